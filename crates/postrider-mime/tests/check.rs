//! What `Message::check` finds, by the sentences of the RFCs.

use postrider_mime::{Limits, Message};

fn told(mail: &str) -> Vec<(&'static str, String)> {
    let message = Message::parse(mail).unwrap();
    let check = message.check();
    let tell = |span: core::ops::Range<usize>| mail.as_bytes()[span].escape_ascii().to_string();
    check.defects.iter().map(|one| (one.code().name(), tell(one.span().range()))).collect()
}

fn is(defects: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    defects.iter().map(|&(name, octets)| (name, octets.to_owned())).collect()
}

const MULTIPART: &str = "Content-Type: multipart/mixed; boundary=b\n\n";

/// RFC 5322 §2.1.1: "MUST be no more than 998 characters [...] excluding the CRLF".
#[test]
fn a_line_may_have_998_octets() {
    for (length, defects) in [(998, 0), (999, 1)] {
        for eol in ["\n", "\r\n", ""] {
            let mail = format!("\r\n{}{eol}", "x".repeat(length))
                .replace("\r\n", if eol == "\n" { "\n" } else { "\r\n" });
            let check = Message::parse(&*mail).unwrap().check();
            assert_eq!((check.lines, check.longest_line), (2, length));
            assert_eq!(check.defects.len(), defects, "{:?}", check.defects);
        }
    }
}

/// RFC 5322 §2.3: "CR and LF MUST only occur together as CRLF; they MUST NOT appear independently in
/// the body."
#[test]
fn nul_a_bare_carriage_return_and_mixed_line_ends_are_told_of_bodies() {
    let octets = [("nul", "\\x00"), ("bare-cr", "\\r"), ("bare-cr", "\\r")];
    assert_eq!(told("A: \0\r b\n\nx\0y\rz\n\r"), is(&octets));
    let mixed = [("mixed-line-ends", "b\\n")];
    assert_eq!(told("A: b\r\n\r\na\r\nb\nc\nd\r\n"), is(&mixed));
    assert_eq!(told("A: b\r\n\r\na\r\n"), is(&[]));
}

/// RFC 2045 §2.7: "7bit data" has no "octets with decimal values greater than 127".
#[test]
fn octets_above_127_in_a_7bit_body_are_told_once_a_leaf() {
    let mail = format!(
        "{MULTIPART}é--b\n\né é\n--b\nContent-Transfer-Encoding: 8bit\n\né\n\
         --b\nContent-Transfer-Encoding: 7bit\n\nxé\n--b--\n"
    );
    // What stands before the first delimiter is no leaf.
    let mail = mail.replacen("é--b\n", "é\n--b\n", 1);
    let defects = told(&mail);
    assert_eq!(defects, is(&[("undeclared-8bit", "\\xc3"), ("undeclared-8bit", "\\xc3")]));
}

/// RFC 2046 §5.1.1: "Boundary delimiters must not appear within the encapsulated material", and "the
/// boundary delimiter MUST occur at the beginning of a line".
#[test]
fn a_boundary_that_is_no_delimiter_is_told_of_a_multipart_that_lacks_one() {
    let misplaced = [("misplaced-boundary", "--b")];
    for body in [
        "text --b\n\nmore\n--c--x\n",
        "--b x\n",
        "--bx\n",
        "---b\n",
        "--b\n\none --b\n\ntwo --b--",
        "--b\n\none\n--b--x",
        "x\n----b",
    ] {
        assert_eq!(told(&format!("{MULTIPART}{body}")), is(&misplaced), "{body:?}");
    }
    for body in ["--b\n\none --b\n--b--\n", "", "--b", "--b--", "--b\t \r\n\nx", "--", "--a", "-b"]
    {
        let defects = told(&format!("{MULTIPART}{body}"));
        assert!(!defects.iter().any(|(name, _)| *name == "misplaced-boundary"), "{body:?}");
    }
}

#[test]
fn each_multipart_that_lacks_a_delimiter_tells_the_first_place_of_its_own_boundary() {
    let inner = "Content-Type: multipart/x; boundary=c\n\nx --b --c --c\n";
    let mail = format!("{MULTIPART}--b\n{inner}--b\n{inner}y --b");
    let octets = ["--b", "--c", "--c"].map(|octets| ("misplaced-boundary", octets));
    assert_eq!(told(&mail), is(&octets));
    // The outer one is whole.
    let mail = format!("{MULTIPART}--b\n{inner}--b--\n --b");
    assert_eq!(told(&mail), is(&octets[1..2]));
}

/// RFC 2046 §5.1: "The boundary delimiter MUST NOT appear inside any of the encapsulated parts, on a
/// line by itself or as the prefix of any line"; §5.1.1: "Boundary string comparisons must compare the
/// boundary value with the beginning of each candidate line. An exact match of the entire candidate
/// line is not required".
#[test]
fn each_line_that_begins_with_the_boundary_and_is_no_delimiter_is_told() {
    let long = "x".repeat(1000);
    for (body, spans) in [
        ("--b\n\none\n--bx\n--b y\n--b--\n".to_owned(), 2),
        ("--b\n\none\n--b--x\n--b--\n".to_owned(), 1),
        // Behind the closing delimiter.
        ("--b\n\none\n--b--\n--b\n\ntwo\n--b--\n".to_owned(), 2),
        // Too long for a delimiter.
        (format!("--b\n\none\n--b {long}\n--b--\n"), 1),
        ("--b\n--b: x\n\none\n--b--\n".to_owned(), 1),
        ("--b\n\none\n--b \t\r\n\ntwo\n--b-- \n--\n--c\n".to_owned(), 0),
    ] {
        let mail = format!("{MULTIPART}{body}");
        let found = Message::parse(&*mail).unwrap().check().defects;
        let is = |name: &str| found.iter().filter(|one| one.code().name() == name).count();
        assert_eq!(is("misplaced-boundary"), spans, "{body:?}");
    }
}

/// RFC 2046 §5.1: "a unique boundary parameter value that does not contain the boundary parameter
/// value of an enclosing multipart as a prefix". The reverse misleads those who compare prefixes.
#[test]
fn a_boundary_that_is_like_one_around_it_is_told() {
    for (inner, alike) in [("b", true), ("bc", true), ("\"\"", false), ("c", false), ("B", false)] {
        let field = format!("Content-Type: multipart/x; boundary={inner}\n");
        let text = inner.trim_matches('"');
        let mail = format!("{MULTIPART}--b\n{field}\n--{text}\n\none\n--{text}--\n\n--b--\n");
        let found = told(&mail);
        let similar = found.iter().find(|one| one.0 == "similar-boundary");
        assert_eq!(
            similar.map(|one| &*one.1),
            alike.then_some(&*field.escape_default().to_string())
        );
    }
    // The boundary of the one before is over.
    let inner = "Content-Type: multipart/x; boundary=c\n\n--c\n\n1\n--c--\n";
    assert_eq!(told(&format!("{MULTIPART}--b\n{inner}--b\n{inner}--b--\n")), is(&[]));
}

/// RFC 2046 §5.2.1: "No encoding other than "7bit", "8bit", or "binary" is permitted for the body of a
/// "message/rfc822" entity."
#[test]
fn an_encoded_message_and_text_behind_the_encoding_are_told() {
    let ty = "Content-Type: message/rfc822\n";
    let field = "Content-Transfer-Encoding: base64\n";
    assert_eq!(
        told(&format!("{ty}{field}\nQTogYgoK")),
        is(&[("encoded-message", &field.escape_default().to_string(),)])
    );
    // RFC 6532 §3.7 allows it.
    assert_eq!(told(&format!("Content-Type: message/global\n{field}\nQTogYgoK")), is(&[]));
    assert_eq!(
        told("Content-Transfer-Encoding: base64; foo (x)\n\nQQ=="),
        is(&[("after-encoding", "; foo (x)")])
    );
    assert_eq!(told("Content-Transfer-Encoding: (x) base64 (y)\n\nQQ=="), is(&[]));
}

#[test]
fn a_field_that_is_too_long_for_the_structure_is_told() {
    let mail =
        format!("Content-Type: multipart/x;\n x={};\n boundary=b\n\n--b\n\n", "y".repeat(99));
    for (limit, parts, told) in [(1000, 2, 0), (mail.len() - 6, 2, 0), (mail.len() - 7, 1, 1)] {
        let limits = Limits::DEFAULT.with_field(limit);
        let message = Message::parse_with(&*mail, &limits).unwrap();
        assert_eq!(message.parts().len(), parts);
        assert_eq!(message.check().defects.len(), told);
    }
}

#[test]
fn no_more_is_told_than_the_limit() {
    let mail = "\n".to_owned() + &"\0".repeat(500);
    let check = Message::parse(&*mail).unwrap().check();
    assert_eq!((check.defects.len(), check.defects.dropped()), (100, 400));
}
