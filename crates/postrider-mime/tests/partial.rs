//! Messages in fragments, bodies that are elsewhere, and TNEF (RFC 2046 §5.2.2 and §5.2.3).

use postrider_mime::{
    Message, code,
    external_body::AccessType,
    partial::{PartialError, SplitError, reassemble, split},
    tnef_key,
};
use postrider_testkit::{read_shared, shared_files};
use proptest::prelude::*;

/// The fields of a message in the order of their octets, and its body.
fn fields_and_body(mail: &[u8]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let message = Message::parse(mail).unwrap();
    let mut fields: Vec<_> = message.headers().fields().map(|field| field.raw().to_vec()).collect();
    fields.sort();
    (fields, mail[message.root().body_span().start()..].to_vec())
}

fn put_together(fragments: &[Vec<u8>], limit: usize) -> Result<Vec<u8>, PartialError> {
    let messages: Vec<_> = fragments.iter().map(|one| Message::parse(one).unwrap()).collect();
    let parts: Vec<_> = messages.iter().map(Message::root).collect();
    reassemble(&parts, limit)
}

#[test]
fn fragments_make_the_message_that_mimekit_makes_of_them() {
    for (name, count) in [("message-partial", 3), ("rfc2046", 2)] {
        let path = |end: &str| format!("corpora/mimekit/partial/{name}{end}.eml");
        let Some(whole) = read_shared(&path("")) else { return };
        let file = |number| read_shared(&path(&format!(".{number}"))).unwrap();
        let mut fragments: Vec<_> = (0..count).map(file).collect();
        let ours = put_together(&fragments, usize::MAX).unwrap();
        // Theirs has the fields in another order, where the RFC says "appended, in order".
        assert!(fields_and_body(&ours) == fields_and_body(&whole), "{name}");
        fragments.reverse();
        assert_eq!(put_together(&fragments, ours.len()), Ok(ours.clone()));
        assert_eq!(put_together(&fragments, ours.len() - 1), Err(PartialError::TooLarge));
    }
}

#[test]
fn the_fields_are_those_that_the_rfc_keeps() {
    let Some(whole) = read_shared("corpora/mimekit/partial/rfc2046.eml") else { return };
    let file = |number| read_shared(&format!("corpora/mimekit/partial/rfc2046.{number}.eml"));
    let ours = put_together(&[file(0).unwrap(), file(1).unwrap()], usize::MAX).unwrap();
    // The example of RFC 2046 §5.2.2.2 has Subject before Message-ID, against "in order".
    let lines = |mail: &[u8]| {
        let mut lines: Vec<_> = mail.split(|&octet| octet == b'\n').map(<[u8]>::to_vec).collect();
        assert!(lines[4].starts_with(b"Subject: ") || lines[5].starts_with(b"Subject: "));
        lines[4..6].sort();
        lines
    };
    assert_eq!(lines(&ours), lines(&whole));
}

fn fragment(id: &str, rest: &str, body: &str) -> Vec<u8> {
    format!("A: {rest}\nContent-Type: message/partial; id=\"{id}\"; {rest}\n\n{body}").into_bytes()
}

#[test]
fn what_makes_no_message_is_told() {
    let part = |rest| fragment("a@b", rest, "C: d\n\ntext\n");
    for (fragments, expected) in [
        (vec![], PartialError::Missing(1)),
        (vec![part("number=1; total=2")], PartialError::Missing(2)),
        (vec![part("number=2; total=2")], PartialError::Missing(1)),
        (vec![part("number=1; total=3"), part("number=3; total=3")], PartialError::Missing(2)),
        (vec![part("number=1")], PartialError::NoTotal),
        (vec![part("number=1; total=2"), part("number=1; total=2")], PartialError::Twice(1)),
        (vec![part("number=1; total=2"), part("number=2; total=3")], PartialError::DifferentTotals),
        (vec![part("number=1"), part("number=2; total=1")], PartialError::DifferentTotals),
        (
            vec![part("number=1"), fragment("c@d", "number=2; total=2", "")],
            PartialError::DifferentIds,
        ),
        (vec![part("number=0; total=1")], PartialError::NotAFragment),
        (vec![part("total=1")], PartialError::NotAFragment),
        (vec![b"Content-Type: text/plain\n\n".to_vec()], PartialError::NotAFragment),
    ] {
        assert_eq!(put_together(&fragments, usize::MAX), Err(expected));
    }
    for (rest, is_wrong) in [("number=1", false), ("number=3; total=2", true), ("number=x", true)] {
        let mail = part(rest);
        let message = Message::parse(&mail).unwrap();
        let told = message.root().partial().unwrap();
        assert_eq!(told.defects.has(&code::NOT_A_FRAGMENT), is_wrong, "{rest}");
    }
}

#[test]
fn a_fragment_in_a_multipart_gets_its_line_end_back() {
    let part =
        |number| format!("--x\nContent-Type: message/partial; id=a; number={number}; total=2\n\n");
    let mail = format!(
        "Content-Type: multipart/mixed; boundary=x\n\n{}A: b\n\nfirst\n{}second\n--x--\n",
        part(1),
        part(2)
    );
    let message = Message::parse(mail.as_bytes()).unwrap();
    let parts: Vec<_> = message.root().children().collect();
    assert_eq!(reassemble(&parts, 100).unwrap(), b"\nfirst\nsecond");
}

#[test]
fn what_is_not_7bit_or_has_no_identifier_is_not_split() {
    assert_eq!(split("A: b\n\né".as_bytes(), "a@b", 10).unwrap_err(), SplitError::NotSevenBit);
    assert_eq!(split(b"A: b\n\n\0", "a@b", 10).unwrap_err(), SplitError::NotSevenBit);
    for id in ["", "a", "@b", "a@", "a\"@b", "a@b\nC: d", "a b@c"] {
        assert_eq!(split(b"A: b\n\n", id, 10).unwrap_err(), SplitError::Id, "{id:?}");
    }
}

#[test]
fn mails_are_split_and_put_together_again() {
    let mut split_up = 0;
    for file in shared_files("corpora/spamassassin").iter().step_by(20) {
        let mail = std::fs::read(file).unwrap();
        let Ok(fragments) = split(&mail, "id@a.example", 2000) else { continue };
        let fragments: Vec<_> = fragments.map(|fragment| fragment.to_vec()).collect();
        let ours = put_together(&fragments, usize::MAX).unwrap();
        let ((fields, body), (ours, our_body)) = (fields_and_body(&mail), fields_and_body(&ours));
        assert!(body == our_body, "{}", file.display());
        assert!(fields == ours, "{}", file.display());
        split_up += usize::from(fragments.len() > 1);
    }
    assert!(split_up > 50 || postrider_testkit::shared("corpora").is_none(), "{split_up}");
}

proptest! {
    #[test]
    fn fragments_end_with_lines_and_have_the_body_in_them(
        body in "[a-c\\n]{0,60}",
        size in 0_usize..40,
    ) {
        let mail = format!("A: b\nSubject: c\n\n{body}");
        let fragments: Vec<_> = split(mail.as_bytes(), "a@b", size).unwrap().collect();
        let (last, others) = fragments.split_last().unwrap();
        prop_assert!(fragments[0].body.starts_with(b"A: b\nSubject: c\n\n"));
        for one in others.iter().skip(1) {
            prop_assert!(one.body.ends_with(b"\n"));
            prop_assert!(one.body.len() <= size || !one.body[..one.body.len() - 1].contains(&b'\n'));
        }
        prop_assert!(!last.body.is_empty());
        let fragments: Vec<_> = fragments.iter().map(|one| one.to_vec()).collect();
        prop_assert_eq!(put_together(&fragments, usize::MAX).unwrap(), mail.into_bytes());
    }
}

#[test]
fn an_external_body_tells_where_it_is() {
    // RFC 2046 §5.2.3.6
    let mail = "Content-type: message/external-body;\n     name=\"BodyFormats.ps\";\n     \
        site=\"thumper.bellcore.com\"; mode=\"image\";\n     access-type=ANON-FTP; directory=\"pub\";\n     \
        expiration=\"Fri, 14 Jun 1991 19:13:14 -0400 (EDT)\"\n\n\
        Content-type: application/postscript\nContent-ID: <id42@guppylake.bellcore.com>\n\n";
    let message = Message::parse(mail.as_bytes()).unwrap();
    let external = message.root().external_body().unwrap().value;
    assert_eq!(external.access_type(), AccessType::AnonFtp);
    assert_eq!(external.parameter("site").as_deref(), Some(&b"thumper.bellcore.com"[..]));
    assert_eq!(external.parameter("directory").as_deref(), Some(&b"pub"[..]));
    assert_eq!(external.expiration().unwrap().to_string(), "Fri, 14 Jun 1991 19:13:14 -0400");
    assert_eq!((external.size(), external.is_writable()), (None, false));
    let inner = external.message().unwrap();
    assert!(inner.root().media_type().is("application", "postscript"));
    assert_eq!(inner.root().id().as_deref(), Some(&b"<id42@guppylake.bellcore.com>"[..]));

    // RFC 2017 §3.1: white space in a URL only folds it.
    let mail = "Content-type: message/external-body; access-type=URL;\n \
        URL=\"ftp://cs.utk.edu/pub/moore/bulk-mailer/\n bulk-mailer.tar\"; size=7; permission=Read-Write\n\n";
    let message = Message::parse(mail.as_bytes()).unwrap();
    let external = message.root().external_body().unwrap().value;
    assert_eq!(external.access_type(), AccessType::Url);
    let url = b"ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar";
    assert_eq!(external.url().as_deref(), Some(&url[..]));
    assert_eq!((external.size(), external.is_writable()), (Some(7), true));
}

#[test]
fn tnef_is_told_by_its_type_its_name_and_its_first_octets() {
    for (ty, expected) in [
        ("application/ms-tnef", true),
        ("application/vnd.ms-tnef; name=a", true),
        ("application/octet-stream; name=\"WINMAIL.DAT\"", true),
        ("text/plain; name=winmail.dat", false),
        ("application/octet-stream; name=a.dat", false),
    ] {
        let mail = format!("Content-Type: {ty}\nContent-Transfer-Encoding: base64\n\neJ8+IgEC\n");
        let message = Message::parse(mail.as_bytes()).unwrap();
        assert_eq!(message.root().is_tnef(), expected, "{ty}");
        assert_eq!(tnef_key(&message.root().decoded().value), Some(0x0201));
    }
    assert_eq!(tnef_key(b"\x78\x9f\x3e\x22\x01"), None);
}
