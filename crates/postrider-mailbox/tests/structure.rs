//! BODY and BODYSTRUCTURE beyond the examples of RFC 3501.

mod common;

use common::{Wire, single, structure};
use postrider_imap::{BodyStructure, FetchItem, Part, PartKind, Section};
use postrider_mailbox::{Form, body, section};
use postrider_mime::{Limits, Message};

fn full(mail: &str) -> BodyStructure {
    body(&Message::parse(mail).unwrap(), Form::BodyStructure)
}

#[test]
fn a_message_that_says_nothing_is_us_ascii_text_in_7bit() {
    let expected = r#"("text" "plain" ("charset" "us-ascii") NIL NIL "7BIT" 4 1 NIL NIL NIL NIL)"#;
    assert_eq!(full("Subject: x\r\n\r\nab\r\n"), structure(expected));
    // An invalid type counts as none (RFC 2045 §5.2).
    assert_eq!(full("Content-Type: text\r\n\r\nab\r\n"), structure(expected));
    let empty = r#"("text" "plain" ("charset" "us-ascii") NIL NIL "7BIT" 0 0 NIL NIL NIL NIL)"#;
    assert_eq!(full(""), structure(empty));
}

#[test]
fn a_text_without_a_charset_is_told_as_us_ascii_behind_its_parameters() {
    // RFC 2046 §4.1.2: “The default character set, which must be assumed in the absence of a
    // charset parameter, is US-ASCII.” The values are those of Dovecot 2.3.19.
    for (field, expected) in [
        ("text/html; name=x", r#""text" "html" ("name" "x" "charset" "us-ascii")"#),
        ("text/plain; charset=\"\"", r#""text" "plain" ("charset" "")"#),
        (
            "text/html; charset=utf-8; charset=latin1",
            r#""text" "html" ("charset" "utf-8" "charset" "latin1")"#,
        ),
    ] {
        let expected = structure(&format!(r#"({expected} NIL NIL "7BIT" 4 1)"#));
        let mail = format!("Content-Type: {field}\r\n\r\nab\r\n");
        assert_eq!(body(&Message::parse(mail).unwrap(), Form::Body), expected, "{field}");
    }
    // A charset that RFC 2231 tells is not contradicted.
    let mail = "Content-Type: text/plain; charset*=utf-8''utf-8\r\n\r\nab\r\n";
    let expected = r#"("text" "plain" ("charset*" "utf-8''utf-8") NIL NIL "7BIT" 4 1)"#;
    assert_eq!(body(&Message::parse(mail).unwrap(), Form::Body), structure(expected));
    // What is no text has no charset.
    let mail = "Content-Type: image/gif\r\n\r\nab\r\n";
    let expected = r#"("image" "gif" NIL NIL NIL "7BIT" 4)"#;
    assert_eq!(body(&Message::parse(mail).unwrap(), Form::Body), structure(expected));
}

#[test]
fn extension_data_stands_in_bodystructure_alone() {
    let mail = "Content-Type: image/gif\r\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n\
        Content-Disposition: attachment; filename=\"a b.gif\"; size=3\r\n\
        Content-Language: en, de-CH (Swiss)\r\nContent-Location: http://example.org/a.gif\r\n\
        Content-Transfer-Encoding: Base64 (as usual)\r\n\r\nR0lG\r\n";
    let expected = r#"("image" "gif" NIL NIL NIL "Base64" 6 "Q2hlY2sgSW50ZWdyaXR5IQ=="
        ("attachment" ("filename" "a b.gif" "size" "3")) ("en" "de-CH")
        "http://example.org/a.gif")"#;
    assert_eq!(full(mail), structure(expected));
    let short = body(&Message::parse(mail).unwrap(), Form::Body);
    assert_eq!(short, structure(r#"("image" "gif" NIL NIL NIL "Base64" 6)"#));
}

#[test]
fn a_multipart_tells_its_parameters_in_extension_data() {
    // RFC 2046 §5.1.1, the example of two parts; one line ends in CRLF only before its delimiter.
    let mail = "Content-type: multipart/mixed; boundary=\"simple boundary\"\r\n\r\n\
        This is the preamble.\r\n\r\n--simple boundary\r\n\r\n\
        This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.\r\n\
        --simple boundary\r\nContent-type: text/plain; charset=us-ascii\r\n\r\n\
        This is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n\r\n\
        --simple boundary--\r\n\r\nThis is the epilogue.\r\n";
    let text = r#""text" "plain" ("charset" "us-ascii") NIL NIL "7BIT""#;
    let tail = r#""mixed" ("boundary" "simple boundary") NIL NIL NIL"#;
    let none = "NIL NIL NIL NIL";
    let expected = format!("(({text} 80 1 {none})({text} 78 2 {none}) {tail})");
    assert_eq!(full(mail), structure(&expected));
}

#[test]
fn the_parts_of_a_digest_are_messages() {
    // RFC 2046 §5.1.5.
    let mail = "Content-Type: multipart/digest; boundary=\"d\"\r\n\r\n\
        --d\r\n\r\nFrom: someone-else@example.org\r\nSubject: my opinion\r\n\r\nbody\r\n\r\n\
        --d--\r\n";
    let expected = r#"(("message" "rfc822" NIL NIL NIL "7BIT" 61
        (NIL "my opinion" ((NIL NIL "someone-else" "example.org"))
        ((NIL NIL "someone-else" "example.org")) ((NIL NIL "someone-else" "example.org"))
        NIL NIL NIL NIL NIL)
        ("text" "plain" ("charset" "us-ascii") NIL NIL "7BIT" 6 1) 4) "digest")"#;
    assert_eq!(body(&Message::parse(mail).unwrap(), Form::Body), structure(expected));
}

#[test]
fn a_multipart_without_parts_has_one_empty_text() {
    let mail = "Content-Type: multipart/mixed\r\n\r\nno boundary\r\n";
    // As Dovecot 2.3.19 says it, but for the case.
    let text = r#""TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 0 0"#;
    let expected = format!(r#"(({text} NIL NIL NIL NIL) "mixed" NIL NIL NIL NIL)"#);
    assert_eq!(full(mail), structure(&expected));
    let message = Message::parse(mail).unwrap();
    assert_eq!(body(&message, Form::Body), structure(&format!(r#"(({text}) "mixed")"#)));
    assert_eq!(section(&message, &Section::new(vec![1], None).unwrap()), None);
}

#[test]
fn an_encoded_message_is_octets() {
    let mail = "Content-Type: message/rfc822; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n\
        U3ViamVjdDogeAoK\r\n";
    let expected = r#"("APPLICATION" "OCTET-STREAM" ("name" "x") NIL NIL "base64" 18)"#;
    assert_eq!(body(&Message::parse(mail).unwrap(), Form::Body), structure(expected));
}

#[test]
fn a_disposition_without_a_type_is_an_attachment() {
    let mail = "Content-Type: image/gif\r\nContent-Disposition: ; filename=x\r\n\r\n";
    let expected = r#"("image" "gif" NIL NIL NIL "7BIT" 0 NIL ("ATTACHMENT" ("filename" "x")))"#;
    let (got, expected) = (full(mail), structure(expected));
    assert_eq!(single(&got).disposition().unwrap(), single(&expected).disposition().unwrap());
}

/// A message of `depth` multiparts or messages in each other.
fn nested(depth: usize, message: bool) -> String {
    let mut mail = String::new();
    for level in 0..depth {
        match message {
            true => mail.push_str("Content-Type: message/rfc822\r\n\r\n"),
            false => mail.push_str(&format!(
                "Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
            )),
        }
    }
    mail.push_str("\r\nend\r\n");
    mail
}

#[test]
fn what_lies_too_deep_is_octets_and_all_of_it_can_be_sent() {
    for message in [false, true] {
        let mail = Message::parse(nested(10_000, message)).unwrap();
        let value = body(&mail, Form::BodyStructure);
        let (depth, leaf) = value.walk().last().unwrap();
        assert_eq!(value.walk().count(), depth + 1);
        assert_eq!(depth, Limits::DEFAULT.depth);
        assert_eq!(leaf.subtype(), b"OCTET-STREAM");
        let items = [FetchItem::BodyStructure(value)];
        assert_eq!(Wire::new().through(&items), items);
    }
}

#[test]
fn lines_of_messages_in_messages_are_those_of_each_body() {
    let message = Message::parse(nested(3, true)).unwrap();
    let value = body(&message, Form::Body);
    // Each level adds the two lines of its header section.
    let told: Vec<_> = value.walk().map(|(_, part)| (part.kind(), part.lines().unwrap())).collect();
    use PartKind::{Message as Attached, Text};
    assert_eq!(told, [(Attached, 6), (Attached, 4), (Attached, 2), (Text, 1)]);
}

#[test]
fn a_message_global_is_told_like_any_part() {
    let mail = "Content-Type: message/global\r\n\r\nSubject: x\r\n\r\nbody\r\n";
    let expected = r#"("message" "global" NIL NIL NIL "7BIT" 20)"#;
    assert_eq!(body(&Message::parse(mail).unwrap(), Form::Body), structure(expected));
}

#[test]
fn attached_messages_tell_a_bounded_number_of_addresses() {
    let many = "a@b,".repeat(3_000);
    let mut mail = String::from("Content-Type: multipart/digest; boundary=d\r\n\r\n");
    for _ in 0..4 {
        mail.push_str(&format!("--d\r\n\r\nFrom: {many}\r\n\r\n"));
    }
    mail.push_str("--d\r\n\r\nFrom: a@b\r\n\r\n--d--\r\n");
    let value = full(&mail);
    let from = |part: Part<'_>| part.envelope().unwrap().from().count();
    // Each From counts three times, for Sender and Reply-To are From.
    assert_eq!(value.root().parts().map(from).collect::<Vec<_>>(), [3_000, 0, 0, 0, 1]);
}

#[test]
fn languages_are_bounded_like_parameters() {
    let mail = format!("Content-Language: {}\r\n\r\n", "x,".repeat(10_000));
    let value = full(&mail);
    assert_eq!(single(&value).language().count(), postrider_message::Limits::DEFAULT.parameters);
}
