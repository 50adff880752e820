//! The part specifiers of the complex message of RFC 9051 §6.4.5.1, all of them, and what they name:
//! each as a client writes it.

use postrider_imap::{Command, InternalDate, Limits, Quirks, TaggedCommand, Uid};
use postrider_mailbox::{Answer, Fetch, Metadata, Source};
use postrider_mime::Message;

/// The message in pieces. A piece is its number, its MIME header, and its body, which for leaves is
/// its number too.
const HEADER: &str =
    "Subject: outer\r\nTo: a@b.example\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n";
const HEADER_3: &str = "Subject: three\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n";
const HEADER_4_2: &str = "Subject: four\r\nContent-Type: multipart/mixed; boundary=e\r\n\r\n";
const MIME_2: &str = "Content-Type: application/octet-stream\r\n\r\n";
const MIME_3: &str = "Content-Type: message/rfc822\r\n\r\n";
const MIME_4: &str = "Content-Type: multipart/mixed; boundary=d\r\n\r\n";
const MIME_41: &str = "Content-Type: image/gif\r\n\r\n";
const MIME_422: &str = "Content-Type: multipart/alternative; boundary=f\r\n\r\n";
const MIME_4222: &str = "Content-Type: text/richtext\r\n\r\n";

struct Complex {
    text_3: String,
    text_4_2: String,
    body_4_2_2: String,
    body_4: String,
    text: String,
}

/// A multipart of these parts.
fn multipart(boundary: &str, parts: &[String]) -> String {
    let mut text = String::new();
    for part in parts {
        text += &format!("--{boundary}\r\n{part}\r\n");
    }
    text + &format!("--{boundary}--")
}

fn complex() -> Complex {
    let plain = |number: &str| format!("\r\n{number}");
    let text_3 = multipart("c", &[plain("3.1"), format!("{MIME_2}3.2")]);
    let body_4_2_2 = multipart("f", &[plain("4.2.2.1"), format!("{MIME_4222}4.2.2.2")]);
    let text_4_2 = multipart("e", &[plain("4.2.1"), format!("{MIME_422}{body_4_2_2}")]);
    let nested = format!("{MIME_3}{HEADER_4_2}{text_4_2}");
    let body_4 = multipart("d", &[format!("{MIME_41}4.1"), nested]);
    let parts = [
        plain("1"),
        format!("{MIME_2}2"),
        format!("{MIME_3}{HEADER_3}{text_3}"),
        format!("{MIME_4}{body_4}"),
    ];
    Complex { text: multipart("a", &parts), text_3, text_4_2, body_4_2_2, body_4 }
}

/// What `FETCH 1 item` answers with, of this mail; `None` is `NIL`.
fn fetched(mail: &str, item: &str) -> Option<String> {
    let line = format!("a FETCH 1 {item}");
    let command = TaggedCommand::parse(line.as_bytes(), &Limits::new(), Quirks::default());
    let (TaggedCommand { command, .. }, _) = command.unwrap();
    let Command::Fetch { attributes, .. } = command else { panic!("no FETCH: {item}") };
    let date = InternalDate::from_unix(0, 0).unwrap();
    let metadata = Metadata::new(Uid::new(1).unwrap(), [], date, mail.len() as u64);
    let message = Message::parse(mail).unwrap();
    let fetch = Fetch::new(attributes);
    match fetch.answer(&metadata, Source::message(&message)).unwrap().next() {
        Some(Answer::Body(body)) => {
            let octets = body.octets?;
            Some(String::from_utf8(octets.of(mail.as_bytes()).to_vec()).unwrap())
        }
        other => panic!("no octets: {other:?}"),
    }
}

#[test]
fn every_part_specifier_of_the_example_names_what_it_stands_beside() {
    let Complex { text, text_3, text_4_2, body_4_2_2, body_4 } = complex();
    let mail = format!("{HEADER}{text}");
    for (section, expected) in [
        ("HEADER", HEADER),
        ("TEXT", &text),
        ("1", "1"),
        ("2", "2"),
        ("3", &format!("{HEADER_3}{text_3}")),
        ("3.HEADER", HEADER_3),
        ("3.TEXT", &text_3),
        ("3.1", "3.1"),
        ("3.2", "3.2"),
        ("4", &body_4),
        ("4.1", "4.1"),
        ("4.1.MIME", MIME_41),
        ("4.2", &format!("{HEADER_4_2}{text_4_2}")),
        ("4.2.HEADER", HEADER_4_2),
        ("4.2.TEXT", &text_4_2),
        ("4.2.1", "4.2.1"),
        ("4.2.2", &body_4_2_2),
        ("4.2.2.1", "4.2.2.1"),
        ("4.2.2.2", "4.2.2.2"),
        // Beyond the list: MIME of the others, and fields of messages.
        ("", &mail),
        ("1.MIME", "\r\n"),
        ("2.MIME", MIME_2),
        ("3.MIME", MIME_3),
        ("4.MIME", MIME_4),
        ("4.2.MIME", MIME_3),
        ("4.2.2.MIME", MIME_422),
        ("4.2.2.2.MIME", MIME_4222),
        ("HEADER.FIELDS (subject)", "Subject: outer\r\n\r\n"),
        ("3.HEADER.FIELDS (SUBJECT)", "Subject: three\r\n\r\n"),
        ("4.2.HEADER.FIELDS.NOT (content-type)", "Subject: four\r\n\r\n"),
    ] {
        let told = fetched(&mail, &format!("BODY.PEEK[{section}]"));
        assert_eq!(told.as_deref(), Some(expected), "{section}");
    }
}

#[test]
fn a_section_that_the_message_does_not_have_is_nil() {
    let mail = format!("{HEADER}{}", complex().text);
    // HEADER and TEXT are of messages alone.
    for section in ["5", "1.1", "3.3", "1.HEADER", "4.TEXT", "4.2.1.HEADER.FIELDS (to)", "9.MIME"] {
        assert_eq!(fetched(&mail, &format!("BODY.PEEK[{section}]")), None, "{section}");
    }
}

#[test]
fn a_partial_counts_in_any_section() {
    let mail = format!("{HEADER}{}", complex().text);
    for (item, expected) in [
        ("BODY.PEEK[]<9.5>", "outer"),
        ("BODY.PEEK[3.HEADER]<9.5>", "three"),
        ("BODY.PEEK[4.1.MIME]<0.7>", "Content"),
        ("BODY.PEEK[4.2.2.2]<2.3>", "2.2"),
        ("BODY.PEEK[4.2.2.2]<2.300>", "2.2.2"),
        ("BODY.PEEK[4.2.2.2]<7.1>", ""),
        // RFC 9051 §6.4.5: "calculated after subsetting the header".
        ("BODY.PEEK[HEADER.FIELDS (TO)]<4.3>", "a@b"),
        ("BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT)]<0.4>", "To: "),
        ("BINARY.PEEK[4.1]<1.5>", ".1"),
    ] {
        assert_eq!(fetched(&mail, item).as_deref(), Some(expected), "{item}");
    }
}

#[test]
fn a_message_that_is_no_multipart_has_part_1_alone() {
    // RFC 9051 §6.4.5.1: "Every message has at least one part number."
    let mail = "Subject: x\r\n\r\nbody\r\n";
    assert_eq!(fetched(mail, "BODY.PEEK[1]").as_deref(), Some("body\r\n"));
    assert_eq!(fetched(mail, "BODY.PEEK[2]"), None);
    // A part of an attached message that is no multipart, and a multipart in a multipart.
    let attached = format!("Content-Type: message/rfc822\r\n\r\n{mail}");
    for (section, expected) in [
        ("1", mail),
        ("1.1", "body\r\n"),
        ("1.TEXT", "body\r\n"),
        ("1.1.MIME", "Subject: x\r\n\r\n"),
    ] {
        let told = fetched(&attached, &format!("BODY.PEEK[{section}]"));
        assert_eq!(told.as_deref(), Some(expected), "{section}");
    }
}
