//! Names of mailboxes in modified UTF-7 (RFC 3501 §5.1.3), against the tables of Dovecot and go-imap.

use postrider_imap::language::{MailboxEncoding, MailboxName};
use postrider_testkit::read_shared;
use serde_json::Value;

/// The text that a string of Go's or C's source stands for; octets that are no UTF-8 are in no text.
fn unescaped(source: &str) -> Option<String> {
    let mut octets = Vec::new();
    let mut rest = source;
    while let Some((front, behind)) = rest.split_once('\\') {
        octets.extend_from_slice(front.as_bytes());
        let digits = match behind.as_bytes().first()? {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            b'n' | b'r' => {
                octets.push(if behind.starts_with('n') { b'\n' } else { b'\r' });
                rest = &behind[1..];
                continue;
            }
            other => panic!("{other}"),
        };
        let number = u32::from_str_radix(behind.get(1..=digits)?, 16).expect("digits");
        if digits == 2 {
            octets.push(u8::try_from(number).expect("two digits"));
        } else {
            octets.extend_from_slice(char::from_u32(number)?.to_string().as_bytes());
        }
        rest = &behind[digits + 1..];
    }
    octets.extend_from_slice(rest.as_bytes());
    String::from_utf8(octets).ok()
}

fn rows(kind: &str) -> Option<Vec<Value>> {
    let table: Value =
        serde_json::from_slice(&read_shared("vectors/imap/mutf7.json")?).expect("JSON");
    Some(table[kind].as_array().expect("rows").clone())
}

#[test]
fn names_read_and_write_as_the_tables_have_them() {
    let Some(rows) = rows("valid") else { return };
    let (mut read, mut written) = (0, 0);
    for row in &rows {
        let wire = row["mutf7"].as_str().expect("a string");
        let Some(text) = unescaped(row["utf8"].as_str().expect("a string")) else { continue };
        if text.eq_ignore_ascii_case("INBOX") {
            continue;
        }
        let name = MailboxName::new(wire.to_owned()).expect("a name");
        assert_eq!(name.decode(MailboxEncoding::ModifiedUtf7).as_deref(), Ok(&*text), "{wire}");
        read += 1;
        match MailboxName::encode(&text, MailboxEncoding::ModifiedUtf7) {
            Ok(encoded) => {
                assert_eq!(encoded.as_bytes(), wire.as_bytes(), "{text}");
                written += 1;
            }
            // No mailbox is called so (RFC 5198 §2).
            Err(_) => assert!(text.chars().any(char::is_control), "{text}"),
        }
    }
    assert_eq!((rows.len(), read, written), (88, 88, 54));
}

#[test]
fn what_is_no_name_is_refused() {
    let Some(rows) = rows("invalid") else { return };
    for row in &rows {
        let wire = unescaped(row["mutf7"].as_str().expect("a string")).expect("a text");
        let text = MailboxName::new(wire.clone())
            .and_then(|name| name.decode(MailboxEncoding::ModifiedUtf7));
        assert!(text.is_err(), "{wire:?} {text:?}");
    }
    assert_eq!(rows.len(), 44);
}
