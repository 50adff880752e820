//! BINARY, BINARY.PEEK and BINARY.SIZE (RFC 3516 §4, RFC 9051 §6.4.5).

use postrider_imap::{
    BodySection, FetchAttribute as Attribute, FetchItem, Flag, InternalDate, Partial, Uid,
};
use postrider_mailbox::{Answer, Fetch, FetchError, Metadata, Need, Octets, Source};
use postrider_mime::Message;

const MAIL: &str = "Content-Type: multipart/mixed; boundary=b\r\n\r\n\
    --b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\none =3D 1=\r\n!\r\n\
    --b\r\nContent-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lGAAA5\r\n\
    --b\r\nContent-Transfer-Encoding: 8bit\r\n\r\nas it stands\r\n\
    --b\r\nContent-Transfer-Encoding: x-rot13\r\n\r\nuryyb\r\n\
    --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\
    Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8=\r\n\
    --b--\r\n";

fn metadata() -> Metadata {
    let date = InternalDate::from_unix(0, 0).unwrap();
    Metadata::new(Uid::new(1).unwrap(), [], date, MAIL.len() as u64)
}

fn peek(part: &[u32]) -> Attribute {
    Attribute::Binary { part: part.to_vec(), peek: true, partial: None }
}

fn answers(attributes: Vec<Attribute>) -> Result<Vec<Answer>, FetchError> {
    let message = Message::parse(MAIL).unwrap();
    let fetch = Fetch::new(attributes);
    fetch.answer(&metadata(), Source::message(&message)).map(Iterator::collect)
}

/// The octets of a part, decoded, or none.
fn binary(attribute: Attribute) -> Option<(Option<u64>, Vec<u8>)> {
    match answers(vec![attribute]).unwrap().as_slice() {
        [Answer::Body(body)] => {
            assert!(matches!(body.name, BodySection::Binary(_)));
            let octets = body.octets.as_ref()?;
            Some((body.origin, octets.of(MAIL.as_bytes()).to_vec()))
        }
        other => panic!("one answer: {other:?}"),
    }
}

#[test]
fn binary_is_the_part_without_its_encoding() {
    for (part, expected) in [
        (&[1][..], &b"one = 1!"[..]),
        (&[2], b"GIF\0\x009"),
        (&[3], b"as it stands"),
        (&[5, 1], b"Hello"),
    ] {
        assert_eq!(binary(peek(part)), Some((None, expected.to_vec())), "{part:?}");
    }
    assert_eq!(binary(peek(&[6])), None);
    assert_eq!(binary(peek(&[1, 1])), None);
}

#[test]
fn a_partial_counts_in_what_is_decoded() {
    // RFC 3516 §4.2: "the <partial> arguments refer to the DECODED section data".
    for (part, origin, octets, expected) in [
        (2, 1, 3, &b"IF\0"[..]),
        (2, 3, 100, b"\0\x009"),
        (2, 6, 1, b""),
        (2, u64::MAX, u64::MAX, b""),
        (3, 3, 2, b"it"),
    ] {
        let partial = Some(Partial::new(origin, octets).unwrap());
        let attribute = Attribute::Binary { part: vec![part], peek: true, partial };
        assert_eq!(binary(attribute), Some((Some(origin), expected.to_vec())));
    }
}

#[test]
fn an_encoding_that_changes_nothing_leaves_the_octets_where_they_lie() {
    let at = MAIL.find("as it stands").unwrap() as u64;
    let answers = answers(vec![peek(&[3])]).unwrap();
    let [Answer::Body(body)] = &answers[..] else { panic!("octets: {answers:?}") };
    assert_eq!(body.octets, Some(Octets::Stored(at..at + 12)));
}

#[test]
fn the_size_is_that_of_the_octets() {
    // RFC 3516 §4.3: "The value returned MUST match the size of the <nstring> or <literal8>". Where
    // there is no part there are no octets, and the grammar has no NIL.
    for part in [&[][..], &[1], &[2], &[3], &[5], &[5, 1], &[6]] {
        let octets = binary(peek(part)).map_or(0, |(_, octets)| octets.len() as u64);
        let told = answers(vec![Attribute::BinarySize(part.to_vec())]).unwrap();
        let size = FetchItem::BinarySize(part.to_vec(), octets);
        assert_eq!(told, [Answer::Item(size)]);
    }
}

#[test]
fn what_has_no_encoding_of_its_own_is_told_as_it_stands() {
    // RFC 2045 §6.4 allows multiparts and messages none. RFC 9051 §6.4.5 does not let a client ask.
    assert_eq!(binary(peek(&[])), Some((None, MAIL.as_bytes().to_vec())));
    let nested = "Subject: inner\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8=";
    assert_eq!(binary(peek(&[5])), Some((None, nested.as_bytes().to_vec())));
    let whole = Fetch::new(vec![peek(&[]), Attribute::BinarySize(vec![])]);
    assert_eq!(whole.need(), Need::Metadata);
    assert_eq!(whole.answer(&metadata(), Source::metadata()).unwrap().count(), 2);
}

#[test]
fn an_unknown_encoding_refuses_the_message_before_anything_is_told() {
    // RFC 3516 §4.3: "it MUST fail the request".
    for attribute in [peek(&[4]), Attribute::BinarySize(vec![4])] {
        let told = answers(vec![Attribute::Flags, attribute]);
        assert_eq!(told, Err(FetchError::UnknownCte));
    }
}

#[test]
fn binary_makes_a_message_seen_and_its_peek_and_size_do_not() {
    let asked = Attribute::Binary { part: vec![1], peek: false, partial: None };
    for (attribute, sets) in
        [(asked, true), (peek(&[1]), false), (Attribute::BinarySize(vec![1]), false)]
    {
        let fetch = Fetch::new(attribute);
        assert_eq!((fetch.need(), fetch.sets_seen()), (Need::Message, sets));
        let message = Message::parse(MAIL).unwrap();
        let metadata = metadata();
        let answers = fetch.answer(&metadata, Source::message(&message)).unwrap();
        assert_eq!(answers.becomes_seen(), sets);
        let flags = Answer::Item(FetchItem::Flags([Flag::Seen].into()));
        assert_eq!(answers.skip(1).collect::<Vec<_>>(), Vec::from_iter(sets.then_some(flags)));
        assert!(!fetch.read_only().sets_seen());
    }
}

#[test]
fn the_message_at_hand_tells_its_own_size() {
    // What the store knows beside it is another message's.
    let mut metadata = metadata();
    metadata.size = 7;
    let message = Message::parse(MAIL).unwrap();
    let fetch = Fetch::new(vec![peek(&[]), Attribute::BinarySize(vec![])]);
    let told: Vec<_> = fetch.answer(&metadata, Source::message(&message)).unwrap().collect();
    let [Answer::Body(body), Answer::Item(size)] = &told[..] else { panic!("two: {told:?}") };
    let len = MAIL.len() as u64;
    assert_eq!(body.octets, Some(Octets::Stored(0..len)));
    assert_eq!(*size, FetchItem::BinarySize(vec![], len));
}

#[test]
fn a_part_that_is_asked_for_piece_by_piece_is_decoded_once() {
    let piece = |part, origin| {
        let partial = Some(Partial::new(origin, 1).unwrap());
        Attribute::Binary { part: vec![part], peek: true, partial }
    };
    let attributes: Vec<_> = (0..6).map(|at| piece(2, at)).chain([piece(1, 0)]).collect();
    let told = answers(attributes).unwrap();
    let pieces: Vec<&[u8]> = told
        .iter()
        .map(|answer| match answer {
            Answer::Body(body) => body.octets.as_ref().unwrap().of(MAIL.as_bytes()),
            Answer::Item(item) => panic!("octets: {item:?}"),
        })
        .collect();
    assert_eq!(pieces.concat(), b"GIF\0\x009o");
    // All are still held here, so pieces of two decodings would lie apart.
    let place = |at: usize| pieces[at].as_ptr() as usize;
    assert!((0..6).all(|at| place(at) == place(0) + at));
}

#[test]
fn what_holds_nul_is_a_literal8_and_nothing_else_is() {
    // RFC 9051 §9: `literal` is `*CHAR8`, which is `%x01-ff`; `literal8` is `*OCTET`, for "BINARY"
    // alone. §7.5.2: what holds no NUL SHOULD be a string.
    let whole = Attribute::BodySection {
        section: postrider_imap::Section::default(),
        peek: true,
        partial: None,
    };
    for (attribute, octets, is_literal8) in [
        (peek(&[2]), &b"GIF\0\x009"[..], true),
        (peek(&[2]), b"GIF", false),
        (peek(&[2]), b"", false),
        (peek(&[1]), b"\xff\x01", false),
        (whole, b"GIF\0", false),
    ] {
        let told = answers(vec![attribute]).unwrap();
        let [Answer::Body(body)] = &told[..] else { panic!("one answer: {told:?}") };
        assert_eq!(body.is_literal8(octets), is_literal8, "{octets:?}");
    }
}
