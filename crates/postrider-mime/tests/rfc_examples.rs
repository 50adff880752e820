//! The examples of RFC 2046 §5.1.1, RFC 2049 Appendix A and RFC 3501 §6.4.5.

use bytes::Bytes;
use postrider_mime::{Message, Part, TransferEncoding, code, imap::SectionText};

/// `type/subtype` of a part, in lower case.
fn kind(part: Part<'_>) -> String {
    let ty = part.content_type().value;
    format!("{}/{}", ty.ty(), ty.subtype()).to_ascii_lowercase()
}

const SIMPLE: &str = "From: Nathaniel Borenstein <nsb@bellcore.com>
To: Ned Freed <ned@innosoft.com>
Date: Sun, 21 Mar 1993 23:56:48 -0800 (PST)
Subject: Sample message
MIME-Version: 1.0
Content-type: multipart/mixed; boundary=\"simple boundary\"

This is the preamble.  It is to be ignored, though it
is a handy place for composition agents to include an
explanatory note to non-MIME conformant readers.

--simple boundary

This is implicitly typed plain US-ASCII text.
It does NOT end with a linebreak.
--simple boundary
Content-type: text/plain; charset=us-ascii

This is explicitly typed plain US-ASCII text.
It DOES end with a linebreak.

--simple boundary--

This is the epilogue.  It is also to be ignored.
";

#[test]
fn rfc_2046_5_1_1_whatever_the_line_ends() {
    for eol in ["\n", "\r\n"] {
        let text = SIMPLE.replace('\n', eol);
        let message = Message::parse(text.as_bytes()).unwrap();
        assert!(message.defects().is_empty());
        let root = message.root();
        assert!(root.is_multipart());
        let [first, second] = root.children().collect::<Vec<_>>()[..] else { panic!() };
        let lines = |lines: [&str; 2]| lines.join(eol);
        assert_eq!(
            first.text().unwrap().value,
            lines([
                "This is implicitly typed plain US-ASCII text.",
                "It does NOT end with a linebreak."
            ])
        );
        assert_eq!(
            second.text().unwrap().value,
            lines([
                "This is explicitly typed plain US-ASCII text.",
                "It DOES end with a linebreak."
            ]) + eol
        );
        assert_eq!((first.lines(), second.lines()), (1, 2));
        assert_eq!(first.content_type().value.charset().as_deref(), Some(&b"us-ascii"[..]));
        assert!(root.preamble().starts_with(b"This is the preamble."));
        assert!(root.preamble().ends_with(format!("readers.{eol}").as_bytes()));
        let epilogue = format!("{eol}This is the epilogue.  It is also to be ignored.{eol}");
        assert_eq!(root.epilogue(), Some(epilogue.as_bytes()));
    }
}

#[test]
fn rfc_2049_appendix_a_a_complex_multipart_example() {
    let text = "MIME-Version: 1.0
From: Nathaniel Borenstein <nsb@nsb.fv.com>
To: Ned Freed <ned@innosoft.com>
Date: Fri, 07 Oct 1994 16:15:05 -0700 (PDT)
Subject: A multipart example
Content-Type: multipart/mixed;
              boundary=unique-boundary-1

This is the preamble area of a multipart message.

--unique-boundary-1

  ... Some text appears here ...

--unique-boundary-1
Content-type: text/plain; charset=US-ASCII

This could have been part of the previous part, but
illustrates explicit versus implicit typing of body
parts.

--unique-boundary-1
Content-Type: multipart/parallel; boundary=unique-boundary-2

--unique-boundary-2
Content-Type: audio/basic
Content-Transfer-Encoding: base64

  ... base64-encoded 8000 Hz single-channel
      mu-law-format audio data goes here ...

--unique-boundary-2
Content-Type: image/jpeg
Content-Transfer-Encoding: base64

  ... base64-encoded image data goes here ...

--unique-boundary-2--

--unique-boundary-1
Content-type: text/enriched

This is <bold><italic>enriched.</italic></bold>

--unique-boundary-1
Content-Type: message/rfc822

From: (mailbox in US-ASCII)
To: (address in US-ASCII)
Subject: (subject in US-ASCII)
Content-Type: Text/plain; charset=ISO-8859-1
Content-Transfer-Encoding: Quoted-printable

  ... Additional text in ISO-8859-1 goes here ...

--unique-boundary-1--
";
    let message = Message::parse(text).unwrap();
    assert!(message.defects().is_empty());
    assert_eq!(
        message.parts().map(kind).collect::<Vec<_>>(),
        [
            "multipart/mixed",
            "text/plain",
            "text/plain",
            "multipart/parallel",
            "audio/basic",
            "image/jpeg",
            "text/enriched",
            "message/rfc822",
            "text/plain",
        ]
    );
    let parallel = message.part(&[3]).unwrap();
    assert_eq!(parallel.children().count(), 2);
    assert_eq!(parallel.epilogue(), Some(&b""[..]));
    assert_eq!(message.part(&[3, 2]).unwrap().transfer_encoding(), TransferEncoding::Base64);
    let nested = message.part(&[5]).unwrap().message().unwrap();
    assert_eq!(nested.transfer_encoding(), TransferEncoding::QuotedPrintable);
    assert_eq!(nested.text().unwrap().value, "  ... Additional text in ISO-8859-1 goes here ...\n");
    assert_eq!(nested.parent().unwrap().span(), message.part(&[5]).unwrap().span());
}

#[test]
fn rfc_3501_6_4_5_part_specifiers() {
    // 4.2.2 is multipart/alternative in a message in a multipart in the message.
    let leaf = |ty: &str, text: &str| format!("Content-Type: {ty}\r\n\r\n{text}");
    let multipart = |subtype: &str, boundary: &str, parts: &[String]| {
        let mut out = format!("Content-Type: multipart/{subtype}; boundary={boundary}\r\n");
        for part in parts {
            out += &format!("\r\n--{boundary}\r\n{part}");
        }
        out + &format!("\r\n--{boundary}--\r\n")
    };
    let plain = |text: &str| leaf("text/plain", text);
    let octets = |text: &str| leaf("application/octet-stream", text);
    let third = multipart("mixed", "c", &[plain("3.1"), octets("3.2")]);
    let alternative =
        multipart("alternative", "e", &[plain("4.2.2.1"), leaf("text/richtext", "4.2.2.2")]);
    let inner = multipart("mixed", "d", &[plain("4.2.1"), alternative]);
    let fourth = multipart(
        "mixed",
        "b",
        &[leaf("image/gif", "4.1"), leaf("message/rfc822", &format!("Subject: 4.2\r\n{inner}"))],
    );
    let third = leaf("message/rfc822", &format!("Subject: 3\r\n{third}"));
    let text = multipart("mixed", "a", &[plain("1"), octets("2"), third, fourth]);

    let message = Message::parse(Bytes::from(text)).unwrap();
    assert!(message.defects().is_empty());
    let read = |number: &[u32], what| {
        let ranges: Vec<_> = message.section(number, what)?.collect();
        let [range] = &ranges[..] else { panic!("not in one piece: {ranges:?}") };
        Some(core::str::from_utf8(&message.as_bytes()[range.clone()]).unwrap())
    };
    for number in
        [&[1][..], &[2], &[3, 1], &[3, 2], &[4, 1], &[4, 2, 1], &[4, 2, 2, 1], &[4, 2, 2, 2]]
    {
        let spelled: Vec<_> = number.iter().map(u32::to_string).collect();
        assert_eq!(read(number, SectionText::Whole), Some(&*spelled.join(".")));
    }
    assert_eq!(read(&[], SectionText::Whole).unwrap().as_bytes(), message.as_bytes());
    let header = "Content-Type: multipart/mixed; boundary=a\r\n\r\n";
    assert_eq!(read(&[], SectionText::Header), Some(header));
    assert!(read(&[], SectionText::Text).unwrap().starts_with("--a\r\n"));
    assert!(read(&[3], SectionText::Header).unwrap().starts_with("Subject: 3\r\n"));
    assert!(read(&[3], SectionText::Header).unwrap().ends_with("\r\n\r\n"));
    assert!(read(&[3], SectionText::Text).unwrap().starts_with("--c\r\n"));
    assert_eq!(read(&[4, 1], SectionText::Mime), Some("Content-Type: image/gif\r\n\r\n"));
    assert!(read(&[4, 2], SectionText::Header).unwrap().starts_with("Subject: 4.2\r\n"));
    assert_eq!(kind(message.part(&[4, 2, 2]).unwrap()), "multipart/alternative");
    for absent in [&[0][..], &[5], &[1, 1], &[4, 3], &[4, 2, 3], &[3, 1, 1]] {
        assert!(message.part(absent).is_none(), "{absent:?}");
    }
    assert!(message.section(&[4, 1], SectionText::Header).is_none());
    assert!(message.section(&[4], SectionText::Text).is_none());
    assert!(message.section(&[], SectionText::Mime).is_none());
}

#[test]
fn rfc_2046_5_1_5_a_digest_holds_messages_by_default() {
    let text = "Content-Type: multipart/digest; boundary=\"----- next message -----\"\r\n\r\n\
        ------- next message -----\r\n\r\nFrom: someone-else\r\nSubject: my opinion\r\n\r\n\
        ...body goes here ...\r\n\
        ------- next message -----\r\nContent-Type: text/plain\r\n\r\nnot a message\r\n\
        ------- next message -------\r\n";
    let message = Message::parse(text).unwrap();
    let kinds: Vec<_> = message.parts().map(kind).collect();
    assert_eq!(kinds, ["multipart/digest", "message/rfc822", "text/plain", "text/plain"]);
    let nested = message.part(&[1]).unwrap().message().unwrap();
    assert_eq!(nested.headers().subject().unwrap().value.as_str(), "my opinion");
    assert!(!message.defects().has(&code::UNCLOSED_MULTIPART));
}
