//! Which lines are delimiters, and what the stream tells of them.

use postrider_mime::{
    Message, code,
    stream::{Decode, Event, Parser},
};

fn parts(mail: &str) -> usize {
    Message::parse(mail).unwrap().parts().len()
}

/// RFC 5322 §2.1.1: a line "MUST be no more than 998 characters, excluding the CRLF".
#[test]
fn a_line_that_is_too_long_is_no_delimiter() {
    for (eol, most) in [("\n", 999), ("\r\n", 998), ("", 999)] {
        for (length, expected) in [(most, 2), (most + 1, 1)] {
            let mail = format!(
                "Content-Type: multipart/mixed; boundary=a\n\n--a{}{eol}",
                " ".repeat(length - 3)
            );
            assert_eq!(parts(&mail), expected, "{length} {eol:?}");
        }
    }
}

/// Its closing delimiter is the longest line: `--`, the boundary, `--`.
#[test]
fn a_boundary_that_fits_in_no_line_is_none() {
    for (length, expected) in [(994, 2), (995, 1)] {
        let boundary = "a".repeat(length);
        let mail = format!(
            "Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n--{boundary}\r\n\r\nx\r\n--{boundary}--\r\n"
        );
        let message = Message::parse(&*mail).unwrap();
        assert_eq!(message.parts().len(), expected);
        assert_eq!(message.defects().has(&code::NO_BOUNDARY), expected == 1);
        assert_eq!(message.root().epilogue().is_some(), expected == 2);
    }
}

/// "The body part is then preceded by a delimiter line [...] The CRLF preceding the boundary
/// delimiter line is conceptually attached to the boundary" (RFC 2046 §5.1.1).
#[test]
fn the_stream_tells_each_piece_under_its_name() {
    let mail = "From me\r\nContent-Type: multipart/digest;\r\n boundary=\"x y\"\r\n\r\nbefore\r\n\
        --x y \r\n\r\nSubject: one\r\n\r\nbody\r\n\
        --x y\r\nContent-Type: text/plain\r\n\r\n\r\n--x y--\r\n\r\nbehind";
    let expected = [
        ("begin 0", ""),
        ("mbox", "From me\r\n"),
        ("field", "Content-Type: multipart/digest;\r\n boundary=\"x y\"\r\n"),
        ("multipart", "\r\n"),
        ("preamble", "before"),
        ("delimiter", "\r\n--x y \r\n"),
        ("begin 1 in digest", ""),
        ("message", "\r\n"),
        ("begin 2", ""),
        ("field", "Subject: one\r\n"),
        ("leaf", "\r\n"),
        ("body", "body"),
        ("end 2", ""),
        ("end 1", ""),
        ("delimiter", "\r\n--x y\r\n"),
        ("begin 1 in digest", ""),
        ("field", "Content-Type: text/plain\r\n"),
        ("leaf", "\r\n"),
        ("end 1", ""),
        ("closing delimiter", "\r\n--x y--\r\n"),
        ("epilogue", "\r\nbehind"),
        ("end 0", ""),
    ];
    let mut told: Vec<(String, String)> = Vec::new();
    let mut tell = |event: Event<'_>| {
        let name = match event {
            Event::Begin(begin) if begin.in_digest => format!("begin {} in digest", begin.depth),
            Event::Begin(begin) => format!("begin {}", begin.depth),
            Event::MboxFrom(_) => "mbox".into(),
            Event::Field(_) => "field".into(),
            Event::HeaderEnd(end) if end.is_multipart() => "multipart".into(),
            Event::HeaderEnd(end) if end.is_message() => "message".into(),
            Event::HeaderEnd(_) => "leaf".into(),
            Event::Preamble(_) => "preamble".into(),
            Event::Body(_) => "body".into(),
            Event::Epilogue(_) => "epilogue".into(),
            Event::Delimiter(delimiter) if delimiter.is_closing => "closing delimiter".into(),
            Event::Delimiter(_) => "delimiter".into(),
            Event::End(end) => format!("end {}", end.depth),
            _ => panic!("{event:?}"),
        };
        let octets = event.octets().map_or(&[][..], |octets| octets.raw);
        told.push((name, String::from_utf8(octets.to_vec()).unwrap()));
    };
    let mut parser = Parser::new(Decode::Raw);
    parser.push(mail.as_bytes(), &mut tell);
    parser.finish(&mut tell);
    let told: Vec<_> = told.iter().map(|(name, octets)| (&**name, &**octets)).collect();
    assert_eq!(told, expected);
}

/// What a leaf is decoded to can be chosen when its header section is known.
#[test]
fn each_leaf_is_decoded_as_its_answer_says() {
    let part = "--a\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\naGk=\n";
    let mail = format!("Content-Type: multipart/mixed; boundary=a\n\n{}--a--\n", part.repeat(3));
    let mut answers = [Decode::Raw, Decode::Octets, Decode::Text].into_iter();
    let mut told = String::new();
    let mut parser = Parser::new(Decode::Raw);
    let mut tell = |event: Event<'_>| match event {
        Event::HeaderEnd(end) if end.is_leaf() => end.decode(answers.next().unwrap()),
        Event::Body(body) => told += &format!("{:?}; ", body.content),
        _ => {}
    };
    parser.push(mail.as_bytes(), &mut tell);
    parser.finish(&mut tell);
    assert_eq!(told, "Raw; Octets([104, 105]); Text(\"hi\"); ");
}
