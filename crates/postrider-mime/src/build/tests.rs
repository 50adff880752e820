//! Entities that are put into messages that are there.

use alloc::{string::String, vec, vec::Vec};

use postrider_message::{Folder, WriteValue};
use proptest::prelude::*;

use super::{BuildError, Entity, Options};
use crate::{ContentType, Disposition, Message, TransferEncoding, encoding::Transport};

const SEED: [u8; 32] = [7; 32];

/// What boundaries begin with by that seed.
const STEM: &str = "=_a4dqobyha4dqobyha4dqobyh_";

fn has_delimiter(octets: &[u8], boundary: &str) -> bool {
    let delimiter = ["--", boundary].concat();
    octets
        .split(|octet| matches!(octet, b'\r' | b'\n'))
        .any(|line| line.starts_with(delimiter.as_bytes()))
}

#[test]
fn a_content_with_a_delimiter_to_avoid_is_encoded() {
    let text = "one\n--outer\ntwo\n";
    let octets = Entity::text(text).render(&Options::new(), &SEED, &["outer"]).unwrap();
    assert!(!has_delimiter(&octets, "outer"));
    let message = Message::parse(octets).unwrap();
    assert_eq!(message.root().transfer_encoding(), TransferEncoding::Base64);
    assert_eq!(message.root().decoded().value, text.replace('\n', "\r\n").as_bytes());
    let octets = Entity::text(text).render(&Options::new(), &SEED, &["other"]).unwrap();
    assert!(octets.ends_with(b"\r\n\r\none\r\n--outer\r\ntwo\r\n"));
}

/// Escapes and soft line breaks make lines that the content has not.
#[test]
fn a_delimiter_that_quoted_printable_would_make_is_avoided() {
    let text = "Grüße aus Köln, wo die Sonne scheint, und aus Bonn\n--=a\n";
    for (boundary, expected) in
        [("=a", TransferEncoding::QuotedPrintable), ("=3Da", TransferEncoding::Base64)]
    {
        let octets = Entity::text(text).render(&Options::new(), &SEED, &[boundary]).unwrap();
        assert!(!has_delimiter(&octets, boundary));
        assert_eq!(Message::parse(octets).unwrap().root().transfer_encoding(), expected);
    }
}

#[test]
fn own_boundaries_are_not_begun_by_those_to_avoid() {
    let entity = Entity::mixed([Entity::text("a")]).unwrap();
    for avoid in [vec!["=_"], vec!["="], vec![STEM], vec!["=", "a=", "b=_"]] {
        let octets = entity.render(&Options::new(), &SEED, &avoid).unwrap();
        for one in avoid {
            assert!(!has_delimiter(&octets, one), "{one}");
        }
        assert_eq!(Message::parse(octets).unwrap().root().children().count(), 1);
    }
    let all: Vec<String> = (b'!'..=b'~').map(|octet| char::from(octet).into()).collect();
    let refused = entity.render(&Options::new(), &SEED, &all);
    assert_eq!(refused, Err(BuildError::Boundary));
}

#[test]
fn what_must_stay_as_it_is_cannot_have_a_delimiter_to_avoid() {
    let kept = Entity::verbatim("A: b\r\n\r\n--outer");
    assert_eq!(kept.render(&Options::new(), &SEED, &["outer"]), Err(BuildError::Boundary));
    let message = Entity::raw_message("A: b\n\n--outer--");
    assert_eq!(message.render(&Options::new(), &SEED, &["outer"]), Err(BuildError::Boundary));
    let forced = Entity::text("--outer").with_encoding(TransferEncoding::SevenBit).unwrap();
    assert_eq!(forced.render(&Options::new(), &SEED, &["outer"]), Err(BuildError::Boundary));
}

proptest! {
    /// Fields that are written at once are those that the folder would write.
    #[test]
    fn a_short_field_is_written_as_the_folder_writes_it(
        names in ("[a-z]{1,20}", "[a-z.+-]{1,30}"),
        parameters in prop::collection::vec(("[a-z]{1,8}", "[ -~é]{0,30}"), 0..3),
    ) {
        let mut ty = ContentType::known("a", "b");
        if let Ok(named) = ContentType::new(names.0, names.1) {
            ty = named;
        }
        let mut disposition = Disposition::attachment();
        for (name, value) in &parameters {
            ty = ty.with(name, value).unwrap();
            disposition = disposition.with(name, value).unwrap();
        }
        if ty.is_type("text") || ty.is_type("message") || ty.is_type("multipart") {
            return Ok(());
        }
        let mut folder = Folder::new("Content-Type").unwrap();
        ty.write_value(&mut folder);
        let mut expected = folder.finish().unwrap();
        let mut folder = Folder::new("Content-Disposition").unwrap();
        disposition.write_value(&mut folder);
        expected.push_str(&folder.finish().unwrap());
        expected.push_str("\r\n");
        let entity = Entity::new(ty.clone(), "").unwrap();
        let entity = entity.with_disposition(disposition.clone()).unwrap();
        prop_assert_eq!(entity.to_vec(&Options::new(), &SEED).unwrap(), expected.as_bytes());
    }

    /// A name that leaves its field on one line is no other field than a longer one.
    #[test]
    fn a_file_name_is_written_as_the_disposition_that_has_it(
        name in prop_oneof!["[a-zA-Z0-9._+-]{0,50}", "[ -~é]{0,40}"],
    ) {
        let disposition = Disposition::attachment().with_file_name(&name).unwrap();
        let expected = Entity::octets("").with_disposition(disposition).unwrap();
        let expected = expected.to_vec(&Options::new(), &SEED).unwrap();
        let named = Entity::octets("").attached_as(&name).unwrap();
        prop_assert_eq!(named.to_vec(&Options::new(), &SEED).unwrap(), &expected[..]);
        let again = named.with_file_name("b.txt").unwrap().with_file_name(&name).unwrap();
        prop_assert_eq!(again.to_vec(&Options::new(), &SEED).unwrap(), &expected[..]);
    }

    #[test]
    fn no_line_is_a_delimiter_to_avoid(
        texts in prop::collection::vec(
            prop::collection::vec(
                prop::sample::select(vec!["--", "-", "=", "a", "b", "é", "\n", "\r\n", "\r", " ", "=3D"]),
                0..120,
            ),
            1..4,
        ),
        avoid in prop::collection::vec("[-=ab3D]{1,3}", 0..4),
        transport in prop::sample::select(vec![
            Transport::SevenBit, Transport::EightBit, Transport::Binary,
        ]),
    ) {
        let options = Options::new().with_transport(transport);
        let texts: Vec<String> = texts.iter().map(|one| one.concat()).collect();
        let ty = || ContentType::known("application", "x-a");
        let parts = texts.iter().map(|text| Entity::new(ty(), text).unwrap());
        let entity = Entity::mixed(parts).unwrap();
        let octets = entity.render(&options, &SEED, &avoid).unwrap();
        for one in &avoid {
            prop_assert!(!has_delimiter(&octets, one), "{one}");
        }
        let message = Message::parse(octets).unwrap();
        let read: Vec<_> =
            message.root().children().map(|part| part.decoded().value.into_owned()).collect();
        let texts: Vec<_> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        prop_assert_eq!(read, texts);
    }
}
