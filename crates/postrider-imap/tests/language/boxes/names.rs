//! The names of mailboxes, and the text they stand for. The tables of other programs are in
//! `mailbox_names.rs`.

use postrider_imap::{InvalidValue, MailboxEncoding, MailboxName};
use proptest::prelude::*;

use super::strategies;

proptest! {
    #[test]
    fn what_a_mailbox_is_called_is_its_name_again(text in "\\PC{0,12}|[&-]{1,6}|[ -~é☺]{0,6}") {
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
                let again = MailboxName::encode(&text, encoding);
                let control = text.chars().any(char::is_control);
                let expected = if control { Err(InvalidValue::Octet) } else { Ok(name.clone()) };
                prop_assert_eq!(again, expected);
            }
        }
    }
}

#[test]
fn names_that_would_end_their_line_are_none() {
    for name in ["a\r\nb", "a\nb", "a\0b", "\x1b[2J", "\x7f"] {
        assert_eq!(MailboxName::new(name), Err(InvalidValue::Octet), "{name:?}");
    }
    for encoding in [MailboxEncoding::ModifiedUtf7, MailboxEncoding::Utf8] {
        assert_eq!(MailboxName::encode("a\nb", encoding), Err(InvalidValue::Octet));
    }
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
