//! Where deployed parsers are known to disagree: each told, with its octets, and the choice kept.
//!
//! The cases are those of "Composition Kills" (USENIX Security 2020), "Inbox Invasion" (CCS 2024),
//! CVE-2024-28054, CVE-2023-27043 and RFC 7103, as far as a header section has them.

use postrider_message::{FieldName, HeaderSection};

/// The code and the octets of each ambiguity.
fn told(text: &[u8]) -> Vec<(&'static str, String)> {
    let section = HeaderSection::parse(text);
    let ambiguities = section.headers().ambiguities();
    assert_eq!(ambiguities.dropped(), 0);
    ambiguities
        .iter()
        .map(|one| {
            assert!(!one.choice().is_empty());
            let octets = &text[one.defect().span().range()];
            (one.defect().code().name(), octets.escape_ascii().to_string())
        })
        .collect()
}

fn check(text: &[u8], expected: &[(&str, &str)]) {
    let expected: Vec<_> =
        expected.iter().map(|(code, text)| (*code, (*text).to_owned())).collect();
    assert_eq!(told(text), expected, "{}", text.escape_ascii());
}

/// The addresses of the first `From`, and the subject.
fn read(text: &[u8]) -> (String, String) {
    let section = HeaderSection::parse(text);
    let from = section.headers().from().map(|from| from.value).unwrap_or_default();
    let people: Vec<_> = from.mailboxes().map(|one| one.addr_spec().to_string()).collect();
    let subject = section.headers().subject().map(|text| text.value.to_string());
    (people.join(" "), subject.unwrap_or_default())
}

#[test]
fn a_plain_message_has_none() {
    let text = b"From: \"Joe, Q.\" <joe@a.example>\r\nTo: G: b@b.example, c@[192.0.2.1];\r\n\
        Subject: =?utf-8?q?a?=\r\n b\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8; name*0=a; name*1=b\r\n\r\n";
    check(text, &[]);
}

#[test]
fn of_two_from_fields_the_first_counts() {
    let text = b"From: a@a.example\nFrom: b@b.example\n\n";
    check(text, &[("duplicate-field", "From: b@b.example\\n")]);
    assert_eq!(read(text).0, "a@a.example");
}

#[test]
fn of_two_content_type_fields_the_first_counts() {
    let text = b"MIME-Version: 1.0\nContent-Type: text/plain\nContent-Type: text/html\n\n";
    check(text, &[("duplicate-field", "Content-Type: text/html\\n")]);
    let section = HeaderSection::parse(text);
    assert_eq!(section.headers().get(FieldName::ContentType).unwrap().value(), b" text/plain");
}

#[test]
fn parameters_given_twice_and_in_two_forms_are_told() {
    check(
        b"Content-Type: multipart/mixed; boundary=a; Boundary=\"b\"\n\n",
        &[("duplicate-parameter", "Boundary=\\\"b\\\"")],
    );
    check(
        b"Content-Disposition: attachment; filename=\"a.txt\";\n filename*=utf-8''a.exe\n\n",
        &[("mixed-parameter", "filename*=utf-8\\'\\'a.exe")],
    );
    check(
        b"Content-Type: multipart/mixed; boundary=\"=?utf-8?q?a?=\"\n\n",
        &[("encoded-word-in-parameter", "boundary=\\\"=?utf-8?q?a?=\\\"")],
    );
}

#[test]
fn a_nul_is_an_octet_of_its_value() {
    let text = b"From: a@a.example\nSubject: a\0b\n\n";
    check(text, &[("nul", "\\x00")]);
    assert_eq!(read(text).1, "a\0b");
    check(
        b"From: a@a.example\0@b.example\n\n",
        &[("not-an-address", "a@a.example\\x00@b.example"), ("nul", "\\x00")],
    );
}

#[test]
fn a_bare_cr_ends_no_line() {
    let text = b"Subject: a\rFrom: b@b.example\r\nFrom: a@a.example\r\n\r\n";
    check(text, &[("bare-cr", "\\r")]);
    assert_eq!(read(text).0, "a@a.example");
    // An empty line is LF or CRLF, not CR CR LF.
    let text = b"Subject: a\r\n\r\r\nFrom: a@a.example\r\n\r\n";
    check(text, &[("bare-cr", "\\r"), ("no-colon", "\\r\\r\\n")]);
    assert_eq!(read(text).0, "a@a.example");
}

#[test]
fn a_line_without_a_colon_ends_no_header_section() {
    let text = b"Subject: a\nno colon\nFrom: a@a.example\n\nbody";
    check(text, &[("no-colon", "no colon\\n")]);
    assert_eq!(read(text).0, "a@a.example");
}

#[test]
fn a_missing_blank_line_makes_the_body_fields_without_a_name() {
    let text = b"From: a@a.example\nSubject: a\nDear Joe\nI write: soon\n\nbody";
    check(text, &[("no-colon", "Dear Joe\\n"), ("invalid-field-name", "I write")]);
    let section = HeaderSection::parse(text);
    assert_eq!(section.body(), b"body");
}

#[test]
fn a_blank_line_of_white_space_continues_its_field() {
    let text = b"Subject: a\n \t\nFrom: a@a.example\n\n";
    check(text, &[("white-line", " \\t\\n")]);
    assert_eq!(read(text).0, "a@a.example");
}

#[test]
fn eight_bit_octets_are_utf_8_or_nothing() {
    let text = "Subject: caf\u{e9}\n\n".as_bytes();
    check(text, &[("utf8-header", "\\xc3\\xa9")]);
    assert_eq!(read(text).1, "caf\u{e9}");
    let text = b"Subject: caf\xe9\nFrom: \xe9@a.example\n\n";
    check(
        text,
        &[("raw-8bit", "\\xe9"), ("raw-8bit", "\\xe9"), ("not-an-address", "\\xe9@a.example")],
    );
    assert_eq!(read(text), (String::new(), "caf\u{fffd}".to_owned()));
}

#[test]
fn white_space_before_a_colon_is_not_part_of_the_name() {
    let text = b"From : a@a.example\nSubject\t: a\n\n";
    check(text, &[("space-before-colon", "From"), ("space-before-colon", "Subject")]);
    assert_eq!(read(text), ("a@a.example".to_owned(), "a".to_owned()));
}

#[test]
fn a_stray_continuation_is_a_field_without_a_name() {
    let text = b" x: y\nFrom: a@a.example\n\n";
    check(text, &[("stray-continuation", " x: y\\n")]);
    assert_eq!(read(text).0, "a@a.example");
}

#[test]
fn lines_end_in_lf_with_or_without_cr() {
    let text = b"Subject: a\nFrom: a@a.example\r\n\r\n";
    check(text, &[("mixed-line-ends", "From: a@a.example\\r\\n")]);
    assert_eq!(read(text), ("a@a.example".to_owned(), "a".to_owned()));
}

#[test]
fn an_mbox_line_is_no_field() {
    let text = b"From x@x.example Tue Jul  1 10:52\nFrom: a@a.example\n\n";
    check(text, &[("mbox-from", "From x@x.example Tue Jul  1 10:52\\n")]);
    assert_eq!(read(text).0, "a@a.example");
}

#[test]
fn the_malformed_header_sections_of_rfc_7103_are_told() {
    let text = |lines: &str| {
        format!("From: user@example.com\nTo: userpal@example.net\n{lines}\nDon't forget\n")
    };
    let date = "Date: Wed, 20 Oct 2010 20:53:35 -0400\n";
    // §7.2: "Line {4} was intended to be a continuation of line {3}".
    let lines = format!("Subject: This is your reminder\nabout the football game tonight\n{date}");
    check(text(&lines).as_bytes(), &[("no-colon", "about the football game tonight\\n")]);
    // §7.3: "Line {4} contains a single whitespace. The intended result is that lines {3}, {4}, and
    // {5} comprise a single continued header field."
    let lines =
        format!("Subject: This is your reminder\n \n about the football game tonight\n{date}");
    let whole = text(&lines);
    check(whole.as_bytes(), &[("white-line", " \\n")]);
    let subject = read(whole.as_bytes()).1;
    assert!(subject.starts_with("This is your reminder "), "{subject}");
    assert!(subject.ends_with(" about the football game tonight"), "{subject}");
    // §7.4: "Note the addition of whitespace in line {4} after the header field name".
    let lines = format!("MIME-Version : 1.0\nContent-Type: text/plain\n{date}");
    check(text(&lines).as_bytes(), &[("space-before-colon", "MIME-Version")]);
    // §7.5.1: two Subject fields.
    let lines = "Subject: Automatic Meeting Reminder\nSubject: 4pm Today -- Staff Meeting\n";
    let whole = text(lines);
    check(whole.as_bytes(), &[("duplicate-field", "Subject: 4pm Today -- Staff Meeting\\n")]);
    assert_eq!(read(whole.as_bytes()).1, "Automatic Meeting Reminder");
}

#[test]
fn nothing_is_joined_or_invented_in_a_confusing_address() {
    type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
    let table: &[Row] = &[
        // CVE-2023-27043
        (
            "alice@a.example)bob@b.example",
            "",
            &[("not-an-address", "alice@a.example)bob@b.example")],
        ),
        ("Joe <a@b.example> <c@d.example>", "a@b.example", &[("after-address", "<c@d.example>")]),
        ("<a@b.example><c@d.example>", "a@b.example", &[("after-address", "<c@d.example>")]),
        ("a@evil.example <b@b.example>", "b@b.example", &[("at-sign-in-phrase", "@")]),
        (
            "\"a@evil.example\"@b.example",
            "\"a@evil.example\"@b.example",
            &[("at-in-local-part", "\"a@evil.example\"")],
        ),
        ("\"a@evil.example\" <b@b.example>", "b@b.example", &[]),
        ("<@evil.example:b@b.example>", "b@b.example", &[("route", "@evil.example:")]),
        ("a@b.example c@d.example", "a@b.example c@d.example", &[("missing-comma", "")]),
        (
            "=?utf-8?q?a?=@b.example",
            "=?utf-8?q?a?=@b.example",
            &[("encoded-word-in-address", "=?utf-8?q?a?=@b.example")],
        ),
        (
            "\"=?utf-8?q?a?=\" <b@b.example>",
            "b@b.example",
            &[("encoded-word-quoted", "=?utf-8?q?a?=")],
        ),
        ("(c@d.example <b@b.example>", "", &[("unclosed-comment", "(c@d.example <b@b.example>")]),
        ("b@b.example (c@d.example)", "b@b.example", &[]),
    ];
    for (value, people, expected) in table {
        let text = format!("From: {value}\n\n");
        let expected: Vec<_> = expected
            .iter()
            .map(|(code, octets)| (*code, octets.escape_default().to_string().replace("\\'", "'")))
            .collect();
        assert_eq!(told(text.as_bytes()), expected, "{value}");
        assert_eq!(read(text.as_bytes()).0, *people, "{value}");
    }
}

#[test]
fn an_ambiguity_is_printed_with_its_rule_its_place_and_the_choice() {
    let text = "From: a@a.example\nFrom: b@b.example\n\n";
    let section = HeaderSection::parse(text);
    let ambiguities = section.headers().ambiguities();
    assert_eq!(
        ambiguities[0].to_string(),
        "a field that may occur once occurs again; the first one counts (RFC 5322 §3.6) at 18..36: \
        the first field counts; all are found in order"
    );
}

#[test]
fn ambiguities_are_gone_through_by_reference_and_printed_a_line_for_each() {
    let section =
        HeaderSection::parse("From: a@a.example\nFrom: b@b.example\nFrom: c@c.example\n\n");
    let ambiguities = section.headers().ambiguities();
    let mut lines = String::new();
    for ambiguity in &ambiguities {
        lines.push_str(&format!("{ambiguity}\n"));
    }
    assert_eq!(lines.lines().count(), 2);
    assert_eq!(ambiguities.to_string(), lines);
}
