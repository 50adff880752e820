//! The names of mailboxes, and the text they stand for.

use postrider_imap::language::{InvalidValue, MailboxEncoding, MailboxName};
use proptest::prelude::*;
use serde_json::Value;

use super::strategies;

/// The cases of other programs, valid or invalid.
fn cases(kind: &str) -> Vec<Value> {
    let Some(file) = postrider_testkit::read_shared("vectors/imap/mutf7.json") else {
        return Vec::new();
    };
    let file: Value = serde_json::from_slice(&file).expect("JSON");
    let cases = file[kind].as_array().expect("cases").clone();
    assert!(cases.len() > 40, "{} cases", cases.len());
    cases
}

/// A text as the source of another program spells it: `\x1F`, `\u0080`, `\U00010000`, `\n`.
fn spelt(text: &Value) -> String {
    let text = text.as_str().expect("a text");
    let mut plain = String::new();
    let mut rest = text.chars();
    while let Some(one) = rest.next() {
        if one != '\\' {
            plain.push(one);
            continue;
        }
        let digits = match rest.next().expect("what is escaped") {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            'n' => {
                plain.push('\n');
                continue;
            }
            'r' => {
                plain.push('\r');
                continue;
            }
            other => panic!("\\{other}"),
        };
        let digits: String = rest.by_ref().take(digits).collect();
        let code = u32::from_str_radix(&digits, 16).expect("digits");
        plain.push(char::from_u32(code).expect("a character"));
    }
    plain
}

#[test]
fn names_of_other_programs_are_read_and_written() {
    for case in cases("valid") {
        let (text, wire) = (spelt(&case["utf8"]), spelt(&case["mutf7"]));
        let name = MailboxName::new(wire.clone()).expect("a name");
        assert_eq!(name.decode(MailboxEncoding::ModifiedUtf7).as_ref(), Ok(&text), "{wire}");
        assert_eq!(name.decode_lossy(MailboxEncoding::ModifiedUtf7), text, "{wire}");
        assert_eq!(MailboxName::encode(&text, MailboxEncoding::ModifiedUtf7), Ok(name), "{text}");
    }
}

#[test]
fn what_other_programs_refuse_has_no_text() {
    for case in cases("invalid") {
        let wire = spelt(&case["mutf7"]);
        let text = MailboxName::new(wire.clone())
            .and_then(|name| name.decode(MailboxEncoding::ModifiedUtf7));
        assert_eq!(text, Err(InvalidValue::Octet), "{wire}");
    }
}

proptest! {
    #[test]
    fn what_a_mailbox_is_called_is_its_name_again(text in "\\PC{0,12}|[&-]{1,6}|.{0,6}") {
        let name = MailboxName::encode(&text, MailboxEncoding::ModifiedUtf7).expect("a name");
        prop_assert!(name.as_bytes().is_ascii());
        let inbox = text.eq_ignore_ascii_case("INBOX");
        let expected = if inbox { "INBOX".to_owned() } else { text };
        prop_assert_eq!(name.decode(MailboxEncoding::ModifiedUtf7), Ok(expected));
    }

    #[test]
    fn no_two_names_are_called_the_same(name in strategies::mailbox()) {
        for encoding in [MailboxEncoding::ModifiedUtf7, MailboxEncoding::Utf8] {
            if let Ok(text) = name.decode(encoding) {
                prop_assert_eq!(MailboxName::encode(&text, encoding), Ok(name.clone()));
            }
        }
    }
}

#[test]
fn names_that_would_end_their_line_are_none() {
    for name in ["a\r\nb", "a\nb", "a\0b", "\x1b[2J", "\x7f"] {
        assert_eq!(MailboxName::new(name), Err(InvalidValue::Octet), "{name:?}");
    }
    assert!(MailboxName::encode("a\nb", MailboxEncoding::Utf8).is_err());
}

#[test]
fn names_in_no_encoding_are_shown_as_far_as_they_can_be_read() {
    let shown = |octets: &[u8]| {
        MailboxName::new(octets.to_vec())
            .expect("a name")
            .decode_lossy(MailboxEncoding::ModifiedUtf7)
    };
    // UTF-8 where modified UTF-7 should be, an ampersand that no one encoded, a missing end.
    assert_eq!(shown("Entwürfe".as_bytes()), "Entwürfe");
    assert_eq!(shown(b"R&"), "R&");
    assert_eq!(shown(b"&Jjo"), "\u{263a}");
    assert_eq!(shown(b"\xff"), "\u{fffd}");
}

#[test]
fn inbox_is_one_name_in_any_case() {
    // RFC 3501 §5.1
    for name in ["inbox", "InBoX", "INBOX"] {
        assert_eq!(MailboxName::new(name), Ok(MailboxName::inbox()));
    }
    assert_ne!(MailboxName::new("inbox/a"), MailboxName::new("INBOX/a"));
}
