//! Where a part stands, and how it is shown to people who debug.

use postrider_mime::{Message, TransferEncoding, code};

const NESTED: &str = "Content-Type: multipart/mixed; boundary=a\n\n\
    --a\nContent-Type: message/rfc822\n\nContent-Type: multipart/x; boundary=b\n\n\
    --b\n\n1\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\n2\n--b--\n\
    --a\n\n3\n--a--\n";

/// RFC 9051 §6.4.5.1: "Every message has at least one part number."
#[test]
fn the_number_of_a_part_names_that_part() {
    for mail in [
        NESTED,
        "A: b\n\nx",
        "Content-Type: message/rfc822\n\nA: b\n\nx",
        "Content-Type: message/rfc822\n\nContent-Type: multipart/x; boundary=b\n\n--b\n\n1\n",
        "Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: b\n\n1\n--b\n\nA: b\n\n2\n",
    ] {
        let message = Message::parse(mail).unwrap();
        for part in message.parts() {
            match part.number() {
                Some(number) => {
                    let named = message.part(&number);
                    assert_eq!(named, Some(part), "{number:?}");
                }
                None => assert!(
                    part.is_multipart() && part.parent().is_none_or(|one| !one.is_multipart())
                ),
            }
        }
    }
    let message = Message::parse(NESTED).unwrap();
    let numbers: Vec<_> = message.parts().map(|part| (part.depth(), part.number())).collect();
    let is = |number: &[u32]| Some(number.to_vec());
    assert_eq!(
        numbers,
        [
            (0, None),
            (1, is(&[1])),
            (2, None),
            (3, is(&[1, 1])),
            (3, is(&[1, 2])),
            (4, is(&[1, 2, 1])),
            (1, is(&[2])),
        ]
    );
}

#[test]
fn a_part_is_equal_to_itself_alone() {
    let (message, other) = (Message::parse(NESTED).unwrap(), Message::parse(NESTED).unwrap());
    assert_eq!(message.root(), message.root());
    assert_ne!(message.root(), other.root());
    assert_ne!(message.root(), message.parts().last().unwrap());
}

/// A log must not hold the mail, nor a number for each of its octets.
#[test]
fn what_is_shown_for_debugging_has_no_octets_of_the_mail() {
    let mail = format!("Subject: secret\n\n{}", "word ".repeat(10_000));
    let message = Message::parse(mail.as_bytes()).unwrap();
    for shown in [
        format!("{message:?}"),
        format!("{:?}", message.root()),
        format!("{:?}", message.headers()),
        format!("{:?}", message.selection()),
        format!("{:?}", message.line_index()),
    ] {
        assert!(shown.len() < 600, "{shown}");
        assert!(!shown.contains("secret") && !shown.contains("115, 101"), "{shown}");
    }
    assert!(format!("{:?}", message.root()).contains("text/plain"));
}

/// RFC 2045 §7 and RFC 2392 §2.
#[test]
fn a_part_is_found_by_its_content_id() {
    let mail = "Content-Type: multipart/related; boundary=b\n\n\
        --b\nContent-ID:\n <1@a>\n\n1\n--b\nContent-ID: 2@a\n\n2\n--b\nContent-ID: <1@a>\n\n3\n";
    let message = Message::parse(mail).unwrap();
    let body = |id| message.by_content_id(id).map(|part| part.raw_body());
    assert_eq!(body("1@a"), Some(&b"1"[..]));
    assert_eq!(body("<2@a>"), Some(&b"2"[..]));
    assert_eq!((body("3@a"), body("")), (None, None));
}

#[test]
fn the_name_of_an_encoding_names_it() {
    use TransferEncoding as T;
    for encoding in
        [T::SevenBit, T::EightBit, T::Binary, T::Base64, T::QuotedPrintable, T::UuEncode]
    {
        assert_eq!(T::of(encoding.name()), encoding);
        assert_eq!(encoding.to_string(), encoding.name());
    }
    assert_eq!(T::of(T::Unknown.name()), T::Unknown);
}

/// RFC 2045 §6.4: the encoding is what a multipart must not have.
#[test]
fn the_encoding_of_a_multipart_is_told_at_its_field() {
    let mail =
        "Content-Type: multipart/x; boundary=b\nContent-Transfer-Encoding: base64\n\n--b--\n";
    let message = Message::parse(mail).unwrap();
    let defect =
        message.defects().iter().find(|one| *one.code() == code::ENCODED_CONTAINER).unwrap();
    assert_eq!(&mail[defect.span().range()], "Content-Transfer-Encoding: base64\n");
}

#[test]
fn the_charset_is_that_of_text_alone() {
    let charset = |mail: &str| {
        let message = Message::parse(mail).unwrap();
        message.root().charset().map(|label| label.to_vec())
    };
    assert_eq!(charset("A: b\n\nx"), Some(b"us-ascii".to_vec()));
    assert_eq!(charset("Content-Type: text/x; charset*=''utf%2D8\n\nx"), Some(b"utf-8".to_vec()));
    assert_eq!(charset("Content-Type: image/png; charset=x\n\nx"), None);
}
