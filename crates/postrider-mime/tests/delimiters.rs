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
        assert_eq!(message.defects().has(&code::BOUNDARY_TOO_LONG), expected == 1);
        assert!(!message.defects().has(&code::NO_BOUNDARY));
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

/// Where `delimiter := CRLF dash-boundary` follows a `close-delimiter` of an inner part directly, the
/// one CRLF between is that of the delimiter, and `[CRLF epilogue]` is not there (RFC 2046 §5.1.1).
#[test]
fn the_line_end_before_an_outer_delimiter_is_of_that_delimiter() {
    for (eol, padding, behind, epilogue) in [
        ("\n", "", "", ""),
        ("\r\n", "", "", ""),
        ("\r\n", " \t", "", ""),
        // With a second line end the first one stands before an epilogue.
        ("\n", "", "\n", ""),
        ("\r\n", "", "\r\nx\r\n", "\r\nx"),
    ] {
        let head = format!(
            "Content-Type: multipart/mixed; boundary=o{eol}{eol}--o{eol}\
            Content-Type: message/rfc822{eol}{eol}"
        );
        let inner = format!(
            "Content-Type: multipart/mixed; boundary=i{eol}{eol}--i{eol}{eol}x{eol}--i--{padding}"
        );
        for last in ["--o--", "--o\n\n\nx\n--o--", "--o-- \t\r\n"] {
            let line_end = if behind.is_empty() { "" } else { eol };
            let mail = format!("{head}{inner}{eol}{behind}{last}");
            let message = Message::parse(&*mail).unwrap();
            let nested = message.root().children().next().unwrap().message().unwrap();
            let expected = format!("{inner}{line_end}{epilogue}");
            let shown = nested.span().of(mail.as_bytes());
            assert_eq!(shown.escape_ascii().to_string(), expected.escape_default().to_string());
            assert_eq!(nested.epilogue(), Some(epilogue.as_bytes()), "{mail:?}");
            assert!(message.defects().is_empty());
        }
    }
}

/// Its own boundary delimits no more once it is closed, and none is open around the root.
#[test]
fn the_line_end_behind_the_last_delimiter_is_of_it() {
    for (behind, epilogue) in [("", ""), ("--a", "--a"), ("--a--\n", "--a--\n"), ("\n", "\n")] {
        let mail = format!("Content-Type: multipart/mixed; boundary=a\n\n--a\n\n--a--\n{behind}");
        let message = Message::parse(&*mail).unwrap();
        assert_eq!(message.root().epilogue(), Some(epilogue.as_bytes()));
    }
}

/// Each of the delimiters that follow each other has the line end before it.
#[test]
fn the_stream_waits_for_the_line_behind_a_closing_delimiter() {
    let mail = "Content-Type: multipart/a; boundary=a\r\n\r\n--a\r\n\
        Content-Type: multipart/b; boundary=b\r\n\r\n--b\r\n\
        Content-Type: multipart/c; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--\r\n--a--\r\n";
    for size in [1, 3, mail.len()] {
        let mut told = Vec::new();
        let mut tell = |event: Event<'_>| match event {
            Event::Delimiter(one) if one.is_closing => {
                told.push(String::from_utf8(one.octets.raw.to_vec()).unwrap());
            }
            Event::Epilogue(octets) => panic!("{octets:?}"),
            _ => {}
        };
        let mut parser = Parser::new(Decode::Raw);
        for chunk in mail.as_bytes().chunks(size) {
            parser.push(chunk, &mut tell);
        }
        parser.finish(&mut tell);
        assert_eq!(told, ["\r\n--c--", "\r\n--b--", "\r\n--a--\r\n"]);
    }
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
