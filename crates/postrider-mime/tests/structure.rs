//! What holds of every input: totality, tiling, and what hostile structure comes to.

use std::string::String;

use postrider_message::{Defect, Span, code as header_code};
use postrider_mime::{Limits, Message, Part, code};
use proptest::prelude::*;

fn names(defects: &[Defect]) -> Vec<&'static str> {
    defects.iter().map(|defect| defect.code().name()).collect()
}

fn bodies(message: &Message<&str>) -> Vec<String> {
    let leaf = |part: &Part<'_>| part.children().next().is_none() && part.message().is_none();
    let text = |part: Part<'_>| String::from_utf8_lossy(part.raw_body()).into_owned();
    message.parts().filter(leaf).map(text).collect()
}

/// Every octet of a part is in its header section, its body, or, in a multipart, in the preamble,
/// a child, a delimiter line with the line end before it, or the epilogue.
fn check_tiling(message: &Message<&[u8]>) -> Result<(), TestCaseError> {
    let bytes = message.as_bytes();
    for part in message.parts() {
        let (headers, header) = (part.headers(), part.header_span());
        let mut at = headers.span().start();
        for field in headers.fields() {
            prop_assert_eq!(field.span().start(), at);
            at = field.span().end();
        }
        prop_assert_eq!(at, headers.span().end());
        prop_assert_eq!(headers.span().end(), headers.separator().start());
        prop_assert_eq!(headers.separator().end(), header.end());
        prop_assert_eq!(header.end(), part.body_span().start());
        if let Some(nested) = part.message() {
            // A mbox line is no part of the nested message.
            let mbox = nested.headers().mbox_from().map_or(0, <[u8]>::len);
            prop_assert_eq!(nested.span().start(), part.body_span().start() + mbox);
            prop_assert_eq!(nested.span().end(), part.body_span().end());
        }
        let mut at = part.body_span().start() + part.preamble().len();
        for child in part.children() {
            let mbox = child.headers().mbox_from().map_or(0, <[u8]>::len);
            let gap = Span::from_range(at..child.span().start() - mbox).of(bytes);
            prop_assert!(is_delimiter(gap, part, ""), "{:?}", String::from_utf8_lossy(gap));
            at = child.span().end();
        }
        if let Some(epilogue) = part.epilogue() {
            let end = part.body_span().end();
            let gap = Span::from_range(at..end - epilogue.len()).of(bytes);
            prop_assert!(is_delimiter(gap, part, "--"), "{:?}", String::from_utf8_lossy(gap));
        } else if part.is_multipart() {
            prop_assert_eq!(at, part.body_span().end());
        }
    }
    Ok(())
}

fn is_delimiter(gap: &[u8], part: Part<'_>, closing: &str) -> bool {
    let ty = part.content_type().value;
    let gap = gap.strip_prefix(b"\r").unwrap_or(gap);
    let gap = gap.strip_prefix(b"\n").unwrap_or(gap);
    let line = gap.strip_prefix(b"--").and_then(|gap| gap.strip_prefix(&*ty.boundary()?));
    let rest = line.and_then(|line| line.strip_prefix(closing.as_bytes()));
    rest.is_some_and(|rest| rest.trim_ascii().is_empty())
}

/// Messages of pieces that matter, in any order.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"Content-Type: multipart/mixed; boundary=a\n"[..],
        b"Content-Type: multipart/digest; boundary=\"a b\"\r\n",
        b"Content-Type: multipart/x; boundary=ab; boundary=c\n",
        b"Content-Type: multipart/mixed\n",
        b"Content-Type: message/rfc822\n",
        b"Content-Type: text/plain; charset=utf-8\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"From a b c\n",
        b" folded\n",
        b"Subject : x\n",
        b"no colon\n",
        b"\n",
        b"\r\n",
        b"--a\n",
        b"--a--\n",
        b"--ab\r\n",
        b"--ab--\n",
        b"--a b \n",
        b"--a",
        b"--",
        b"\r",
        b"x=3D\xff=\n",
        b"aGVsbG8=\n",
        b"text",
    ]);
    let rest = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    let start = prop::sample::select(vec![
        &b""[..],
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\n",
        b"Content-Type: multipart/digest; boundary=ab\r\n\r\n",
    ]);
    (start, rest).prop_map(|(start, rest)| [start, &rest].concat())
}

/// Reads all there is to read.
fn read_all(message: &Message<&[u8]>) {
    for part in message.parts() {
        let _ = (part.decoded(), part.text(), part.content_type(), part.disposition());
        let _ = (part.id(), part.description(), part.md5(), part.language(), part.location());
        let headers = part.headers();
        let _ = (headers.subject(), headers.from(), headers.date(), headers.trace());
        let _ = (part.lines(), part.octets(), part.raw_transfer_encoding());
    }
}

proptest! {
    #[test]
    fn any_octets_are_a_message(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let message = Message::parse(&bytes[..]).unwrap();
        read_all(&message);
        check_tiling(&message)?;
        prop_assert_eq!(message.into_storage(), &bytes[..]);
    }

    #[test]
    fn the_parts_of_any_message_tile_it(bytes in soup()) {
        let message = Message::parse(&bytes[..]).unwrap();
        read_all(&message);
        check_tiling(&message)?;
    }

    #[test]
    fn limits_hold_whatever_the_structure(bytes in soup(), depth in 0_usize..4, parts in 0_usize..6) {
        let limits = Limits::default().with_depth(depth).with_parts(parts).with_defects(2);
        let message = Message::parse_with(&bytes[..], &limits).unwrap();
        prop_assert!(message.parts().len() <= parts.max(1));
        prop_assert!(message.defects().len() <= 2);
        for part in message.parts() {
            let around = std::iter::successors(part.parent(), |part| part.parent()).count();
            prop_assert!(around <= depth);
            let body = part.body_span().range();
            for child in part.children().chain(part.message()) {
                let child = child.span().range();
                prop_assert!(body.start <= child.start && child.end <= body.end);
            }
        }
    }
}

#[test]
fn a_boundary_that_another_begins_with_is_no_trap() {
    let text = "Content-Type: multipart/mixed; boundary=ab\n\n--ab\n\
        Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--abc\nstill one\n--ab\n\ntwo\n--ab--\n";
    let message = Message::parse(text).unwrap();
    assert_eq!(bodies(&message), ["one\n--abc\nstill one", "two"]);
    assert_eq!(names(message.defects()), ["unclosed-multipart"]);
}

#[test]
fn a_delimiter_counts_at_the_start_of_a_line_only() {
    let text = "Content-Type: multipart/mixed; boundary=a\n\n x--a\n--a\n\n --a\nx --a\n--a--\n";
    let message = Message::parse(text).unwrap();
    assert_eq!(message.root().preamble(), b" x--a");
    assert_eq!(bodies(&message), [" --a\nx --a"]);
}

#[test]
fn an_outer_delimiter_ends_all_that_is_open_inside() {
    let text = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\
        Content-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ninner\n\
        --a\n\nnext\n--a--\n";
    let message = Message::parse(text).unwrap();
    assert_eq!(bodies(&message), ["inner", "next"]);
    assert_eq!(names(message.defects()), ["unclosed-multipart"]);
    assert_eq!(message.part(&[1, 1]).unwrap().raw_body(), b"inner");
}

#[test]
fn a_delimiter_ends_a_header_section_without_an_empty_line() {
    let text = "Content-Type: multipart/mixed; boundary=a\n\n--a\nSubject: x\n--a\n\nnext\n--a--\n";
    let message = Message::parse(text).unwrap();
    assert_eq!(bodies(&message), ["", "next"]);
    let first = message.part(&[1]).unwrap();
    assert!(first.headers().defects().has(&header_code::NO_BLANK_LINE));
    assert_eq!(first.headers().subject().unwrap().value.as_str(), "x");
}

#[test]
fn a_multipart_without_a_boundary_has_no_parts() {
    for header in ["multipart/mixed", "multipart/mixed; boundary=\"\"", "multipart/mixed; boundary"]
    {
        let text = format!("Content-Type: {header}\n\n--\n\nx\n----\n");
        let message = Message::parse(&*text).unwrap();
        assert_eq!(message.parts().len(), 1);
        assert_eq!(names(message.defects()), ["no-boundary"]);
        assert_eq!(message.root().preamble(), message.root().raw_body());
    }
}

#[test]
fn a_boundary_with_equals_signs_and_no_quotation_marks_is_read() {
    let text = "Content-Type: multipart/mixed; boundary=----=_NextPart_000.1; x=y\n\n\
        ------=_NextPart_000.1\n\nhi\n------=_NextPart_000.1--\n";
    let message = Message::parse(text).unwrap();
    assert_eq!(bodies(&message), ["hi"]);
    assert!(message.root().content_type().defects.has(&code::UNQUOTED_VALUE));
}

#[test]
fn ten_thousand_multiparts_in_each_other_are_bounded() {
    let mut text = String::new();
    for level in 0..10_000 {
        text += &format!("Content-Type: multipart/mixed; boundary={level}\n\n--{level}\n");
    }
    let message = Message::parse(&*text).unwrap();
    assert_eq!(message.parts().len(), 101);
    assert!(message.defects().has(&code::TOO_DEEP));
}

#[test]
fn a_million_parts_are_bounded() {
    let text =
        "Content-Type: multipart/mixed; boundary=a\n\n".to_owned() + &"--a\n\n".repeat(1_000_000);
    let message = Message::parse(&*text).unwrap();
    assert_eq!(message.parts().len(), 10_000);
    assert!(message.defects().has(&code::TOO_MANY_PARTS));
}

#[test]
fn bodies_are_decoded_and_their_faults_told() {
    let decode = |encoding: &str, body: &str| {
        let text = format!("Content-Transfer-Encoding: {encoding}\n\n{body}");
        let message = Message::parse(text.into_bytes()).unwrap();
        let decoded = message.root().decoded();
        (String::from_utf8(decoded.value.into_owned()).unwrap(), names(&decoded.defects))
    };
    let told = |text: &str, defects: &[&'static str]| (text.to_owned(), defects.to_vec());
    assert_eq!(decode("7bit", "a=3Db"), told("a=3Db", &[]));
    assert_eq!(decode("BASE64 (comment)", "aGVs\r\nbG8=\r\n"), told("hello", &[]));
    assert_eq!(decode("base64", "aG!Vs\nbG8="), told("hello", &["not-base64"]));
    assert_eq!(decode("base64", "aGVsbG8=aGVsbG8="), told("hellohello", &["after-padding"]));
    assert_eq!(decode("quoted-printable", "a=3Db=\r\nc =E2=82=AC"), told("a=bc €", &[]));
    assert_eq!(decode("quoted-printable", "1=2=3D3"), told("1=2=3", &["not-quoted-printable"]));
    assert_eq!(decode("x-none", "as it is"), told("as it is", &["unknown-encoding"]));
}

#[test]
fn text_is_decoded_by_its_charset() {
    let text = |header: &[u8], body: &[u8]| {
        let bytes = [b"Content-Type: ", header, b"\n\n", body].concat();
        let message = Message::parse(bytes).unwrap();
        message.root().text().map(|text| (text.value.into_owned(), text.defects.len()))
    };
    let is = |text: &str, defects| Some((text.to_owned(), defects));
    assert_eq!(text(b"text/plain; charset=iso-8859-1", b"Andr\xe9"), is("André", 0));
    assert_eq!(text(b"text/plain; charset=\"koi8-r\"", b"\xed\xc9\xd2"), is("Мир", 0));
    assert_eq!(text(b"text/html; charset=utf-8", "\u{feff}é".as_bytes()), is("é", 0));
    assert_eq!(text(b"text/plain", "é".as_bytes()), is("é", 1));
    assert_eq!(text(b"text/plain; charset=x-unknown", b"Andr\xe9"), is("André", 1));
    assert_eq!(text(b"image/png", b"x"), None);
}

/// One mebibyte of each: in a body between delimiters, and as a Content-Type. Why the time is
/// linear is in the tree: each line that starts with `--` is compared once with each open
/// boundary, and their number is bounded.
#[test]
fn a_mebibyte_of_anything_hostile_is_read_within_the_limits() {
    let families = [
        "--a",
        "--a\n",
        "--a--\n",
        "--",
        "--\n",
        "\n--a\n\n",
        "--a\n--b\n",
        "; a=b",
        "; a=\"",
        "; \"",
        ";",
        "=",
        "/",
        "(",
        "=\n",
        "= ",
        "=3",
        "A=",
        "A===",
        "AAAA=",
        "*",
        "\r",
        "\n",
        " ",
        "From ",
        "--a\nContent-Type: multipart/x; boundary=a\n\n",
        "--a\nContent-Type: message/rfc822\n\n",
    ];
    for family in families {
        let flood = family.repeat((1 << 20) / family.len());
        for text in [
            format!("Content-Type: multipart/mixed; boundary=a\n\n{flood}"),
            format!("Content-Type: text/plain; charset={flood}\n\n{flood}"),
            format!("Content-Type: {flood}"),
            format!("Content-Transfer-Encoding: base64\n\n{flood}"),
            format!("Content-Transfer-Encoding: quoted-printable\n\n{flood}"),
        ] {
            let message = Message::parse(text.as_bytes()).unwrap();
            read_all(&message);
            assert!(message.parts().len() <= Limits::DEFAULT.parts);
            assert!(message.defects().len() <= Limits::DEFAULT.defects);
            let parameters = message.root().content_type().value.parameters().iter().count();
            assert!(parameters <= postrider_message::Limits::DEFAULT.parameters);
        }
    }
}

#[test]
fn section_defects_are_those_of_the_structure_and_of_every_header_section() {
    let text = "A : 1\nContent-Type: multipart/mixed; boundary=x\n\n--x\nB : 2\n\n--x\nC\n\n";
    let message = Message::parse(text).unwrap();
    let told: Vec<_> = message.section_defects().map(|one| one.code().name()).collect();
    let expected = ["unclosed-multipart", "space-before-colon", "space-before-colon", "no-colon"];
    assert_eq!(told, expected);
}

#[test]
fn a_boundary_by_rfc_2231_delimits_and_is_told() {
    let mail = "Content-Type: multipart/mixed;\n boundary*0=\"a\"; boundary*1*=%20b\n\n\
        --a b\n\nx\n--a b--\n";
    let message = Message::parse(mail).unwrap();
    assert_eq!(message.root().children().count(), 1);
    assert!(message.defects().has(&code::EXTENDED_BOUNDARY));
}
