//! What bodies say: text by its charset, its start, its length, and messages that are encoded.

use postrider_mime::{Limits, Message, code};
use proptest::prelude::*;

fn mail(fields: &str, body: &[u8]) -> Message<Vec<u8>> {
    Message::parse([fields.as_bytes(), b"\n\n", body].concat()).unwrap()
}

#[test]
fn text_of_mixed_charsets_is_kept_whole() {
    // A forward that was glued to a message in another charset.
    let message = mail("Content-Type: text/plain", b"Andr\xc3\xa9 and Andr\xe9 \x80");
    let text = message.root().text().unwrap();
    assert_eq!(text.value, "André and André €");
    assert!(text.defects.has(&code::UNFAITHFUL_CHARSET));
    assert!(message.root().is_encoding_problem());
    assert!(!mail("Content-Type: text/plain", b"Andre").root().is_encoding_problem());
    // What is wrong inside a known transfer encoding does not count (RFC 8621 §4.1.4).
    for (encoding, is_problem) in [("base64", false), ("x-none", true)] {
        for ty in ["image/png", "text/plain"] {
            let fields = format!("Content-Transfer-Encoding: {encoding}\nContent-Type: {ty}");
            assert_eq!(mail(&fields, b"*").root().is_encoding_problem(), is_problem, "{fields}");
        }
    }
}

#[test]
fn ascii_text_is_borrowed_and_a_mark_is_not_part_of_text() {
    use std::borrow::Cow;
    let message = mail("Content-Type: text/plain", b"plain text");
    assert!(matches!(message.root().text().unwrap().value, Cow::Borrowed(_)));
    assert!(matches!(message.root().text_prefix(5), Some(Cow::Borrowed("plain"))));
    let fields = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64";
    let message = mail(fields, b"77u/w6k=");
    assert_eq!(message.root().text().unwrap().value, "é");
    assert_eq!(message.root().text_prefix(9).unwrap(), "é");
}

#[test]
fn an_encoded_message_is_opened_when_asked_for() {
    // The body is what Python's base64 makes of a message with one part.
    let fields = "Content-Type: message/global\nContent-Transfer-Encoding: base64";
    let message = mail(fields, b"Q29udGVudC1UeXBlOiB0ZXh0L3BsYWluOyBjaGFyc2V0PXV0Zi04CgpjYWbDqQ==");
    let inner = message.root().encoded_message().unwrap().unwrap();
    assert_eq!(inner.root().text().unwrap().value, "café");
    let fields = "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable";
    let message = mail(fields, b"Subject: a=3Db=\n c\n\nHello");
    let inner = message.root().encoded_message().unwrap().unwrap();
    assert_eq!(inner.headers().subject().unwrap().value.as_str(), "a=b c");
    for fields in [
        "Content-Type: message/rfc822",
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64",
    ] {
        assert!(mail(fields, b"A: b\n\nc").root().encoded_message().is_none(), "{fields}");
    }
}

/// Each level is encoded in the one around it, and the last ones are not opened.
#[test]
fn a_chain_of_encoded_messages_ends_at_the_depth() {
    let fields = "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n";
    let mut text = "Hello\n".to_owned();
    for _ in 0..20 {
        text = fields.to_owned() + &text.replace('=', "=3D");
    }
    let limits = Limits::default().with_depth(7);
    let mut message = Message::parse_with(text.into_bytes(), &limits).unwrap();
    let mut opened = 0;
    while let Some(inner) = message.root().encoded_message() {
        message = inner.unwrap();
        opened += 1;
    }
    assert_eq!(opened, 7);
}

const CHARSETS: [&str; 8] =
    ["us-ascii", "utf-8", "iso-8859-1", "utf-16", "utf-7", "iso-2022-jp", "gb18030", "x-none"];

proptest! {
    #[test]
    fn the_start_of_text_is_that_of_the_whole(
        words in prop::collection::vec("(=[0-9A-F]{2}|[A-Za-z]{1,9}|\\PC{1,3}|=\n|[ \t]{1,3}|\n)", 0..60),
        copies in 1..200_usize,
        characters in 0..3000_usize,
        encoding in 0..4_usize,
        charset in 0..8_usize,
    ) {
        let encoding = ["8bit", "base64", "quoted-printable", "x-uuencode"][encoding];
        let fields = format!("Content-Type: text/plain; charset={}\nContent-Transfer-Encoding: {encoding}", CHARSETS[charset]);
        let message = mail(&fields, words.concat().repeat(copies).as_bytes());
        let whole = message.root().text().unwrap().value;
        let expected: String = whole.chars().take(characters).collect();
        prop_assert_eq!(message.root().text_prefix(characters).unwrap(), expected);
        prop_assert_eq!(message.root().decoded_len(), message.root().decoded().value.len());
    }
}

/// The start of a long text costs what the start of a short one does.
#[test]
fn the_start_and_the_length_are_told_without_decoding_all() {
    for (encoding, line) in [
        ("base64", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\n"),
        ("quoted-printable", "=41 b=\n"),
        ("8bit", "\u{e9}\n"),
    ] {
        let fields = format!("Content-Type: text/plain\nContent-Transfer-Encoding: {encoding}");
        let message = mail(&fields, line.repeat((8 << 20) / line.len()).as_bytes());
        let cost = allocation_counter::measure(|| {
            assert_eq!(message.root().text_prefix(100).unwrap().chars().count(), 100);
            assert!(message.root().decoded_len() > 1 << 20);
        });
        assert!(cost.bytes_max < 48 << 10, "{encoding}: {cost:?}");
    }
}

/// No charset makes more than three octets of one.
#[test]
fn text_is_at_most_three_times_as_long_as_its_octets() {
    for charset in CHARSETS {
        for octet in [0x00_u8, 0x2b, 0x80, 0xa1, 0xe3, 0xff, 0x1b] {
            let message = mail(
                &format!("Content-Type: text/plain; charset={charset}"),
                &vec![octet; 1 << 16],
            );
            let cost = allocation_counter::measure(|| {
                let text = message.root().text().unwrap().value;
                assert!(text.len() <= 3 << 16, "{charset} {octet}: {}", text.len());
            });
            assert!(cost.bytes_max <= 8 << 16, "{charset} {octet}: {cost:?}");
        }
    }
}
