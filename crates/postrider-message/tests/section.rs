//! Header sections as they are found: every anomaly is kept, and told once.

use std::vec::Vec;

use postrider_message::{FieldName, HeaderIndex, HeaderSection, Limits, Span, code};

/// The names and unfolded values of the fields, and the codes of the defects.
fn read(text: &[u8]) -> (Vec<(String, String)>, Vec<&'static str>) {
    let section = HeaderSection::parse(text);
    let lossy = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let fields = section
        .headers()
        .fields()
        .map(|field| (lossy(field.name()), lossy(&field.unfolded())))
        .collect();
    (fields, section.headers().defects().iter().map(|defect| defect.code().name()).collect())
}

#[test]
fn anomalies_are_kept_and_told() {
    type Row = (&'static [u8], &'static [(&'static str, &'static str)], &'static [&'static str]);
    let table: &[Row] = &[
        (b"A: 1\r\nB: 2\r\n\r\nbody: x", &[("A", "1"), ("B", "2")], &[]),
        (b"A: 1\nB: 2\n\nbody: x", &[("A", "1"), ("B", "2")], &[]),
        (b"A: 1\r\nB: 2\n\r\n", &[("A", "1"), ("B", "2")], &["mixed-line-ends"]),
        (b"A: 1\r\n\t2\r\n 3\r\n\r\n", &[("A", "1\t2 3")], &[]),
        (b"A: 1\r\n  \r\n 2\r\n\r\n", &[("A", "1   2")], &[]),
        (b"A \t: 1\n\n", &[("A", "1")], &["space-before-colon"]),
        (b"A: 1\nwhat\nB: 2\n\n", &[("A", "1"), ("", "what"), ("B", "2")], &["no-colon"]),
        // The colon of a continuation line is none of a name (RFC 5322 §2.2).
        (b"what\n more: x\nB: 2\n\n", &[("", "what more: x"), ("B", "2")], &["no-colon"]),
        (b" 1\nA: 2\n\n", &[("", "1"), ("A", "2")], &["stray-continuation"]),
        (b"From a@b Tue Jul  1 10:52\nA: 1\n\n", &[("A", "1")], &["mbox-from"]),
        (b">From a@b Tue Jul  1 10:52\nA: 1\n\n", &[("A", "1")], &["mbox-from"]),
        (b"\xef\xbb\xbfA: 1\n\n", &[("A", "1")], &["byte-order-mark"]),
        (
            b"\xef\xbb\xbfFrom a@b Tue Jul  1 10:52\nA: 1\n\n",
            &[("A", "1")],
            &["byte-order-mark", "mbox-from"],
        ),
        (b"A: 1\n\xef\xbb\xbfB: 2\n\n", &[("A", "1"), ("\u{feff}B", "2")], &["invalid-field-name"]),
        (b"\xef\xbb\xbf\nA: 1\n\n", &[("", "\u{feff}"), ("A", "1")], &["no-colon"]),
        (b"From : a@b\n\n", &[("From", "a@b")], &["space-before-colon"]),
        (b": 1\n\n", &[("", "1")], &["invalid-field-name"]),
        (b"A b: 1\n\n", &[("A b", "1")], &["invalid-field-name"]),
        (b"\xc4: 1\n\n", &[("\u{fffd}", "1")], &["invalid-field-name"]),
        (b"A: \xc4\n\n", &[("A", "\u{fffd}")], &[]),
        (b"A: 1\r2\n\n", &[("A", "1\r2")], &["bare-cr"]),
        (b"A: 1\0\n\n", &[("A", "1\0")], &["nul"]),
        (
            b"Date: 1\nA: 2\ndate: 3\n\n",
            &[("Date", "1"), ("A", "2"), ("date", "3")],
            &["duplicate-field"],
        ),
        (b"A: 1", &[("A", "1")], &[]),
        (b"", &[], &[]),
        (b"\nA: 1\n", &[], &[]),
    ];
    for (text, fields, defects) in table {
        let expected: Vec<_> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(read(text), (expected, defects.to_vec()), "{}", text.escape_ascii());
    }
}

#[test]
fn the_same_bytes_are_found_in_any_storage() {
    let text = b"Subject: a\r\n b\r\n\r\nbody";
    let owned = HeaderSection::parse(text.to_vec());
    let borrowed = HeaderSection::parse(&text[..]);
    for headers in [owned.headers(), borrowed.headers()] {
        let subject = headers.get(FieldName::Subject).unwrap();
        assert_eq!(subject.raw(), b"Subject: a\r\n b\r\n");
        assert_eq!(subject.value(), b" a\r\n b");
        assert_eq!((subject.span(), subject.value_span()), (Span::new(0, 16), Span::new(8, 14)));
        assert_eq!(headers.separator(), Span::new(16, 18));
        assert_eq!(headers.raw(), &text[..16]);
    }
    assert_eq!(owned.into_storage(), text);
}

#[test]
fn fields_beyond_the_limit_are_not_indexed_but_the_section_ends_where_it_ends() {
    let text = "A: 1\nB: 2\n x\nC: 3\n y\n\nbody";
    let section = HeaderSection::parse_with(text, &Limits::default().with_fields(2));
    assert_eq!(section.headers().fields().len(), 2);
    assert_eq!(section.headers().fields().next_back().unwrap().raw(), b"B: 2\n x\n");
    assert!(section.headers().defects().has(&code::TOO_MANY_FIELDS));
    assert_eq!(section.headers().raw(), b"A: 1\nB: 2\n x\nC: 3\n y\n");
    assert_eq!(section.body(), b"body");
}

#[test]
fn defects_beyond_the_limit_are_counted() {
    let text = "x\n".repeat(10);
    let section = HeaderSection::parse_with(&text, &Limits::default().with_defects(3));
    let defects = section.headers().defects();
    assert_eq!((defects.len(), defects.dropped()), (3, 7));
}

#[test]
fn an_index_ends_before_a_delimiter_where_it_is_told_to() {
    let text = b"--a\nA: 1\n--b\n\n";
    let mut asked = Vec::new();
    let mut budget = 5;
    let index = HeaderIndex::parse_until(text, 4, &Limits::DEFAULT, &mut budget, |line| {
        asked.push(line);
        true
    });
    assert_eq!(asked, [9]);
    assert_eq!((index.span(), index.separator()), (Span::new(4, 9), Span::new(9, 9)));
    assert!(index.headers(text).defects().has(&code::NO_BLANK_LINE));
}

#[test]
fn what_an_index_keeps_is_taken_from_the_budget_and_what_exceeds_it_is_cut() {
    let text = b"A: 1\nB: 2\n\tb\nC: 3\n\tc\n\n";
    let mut budget = 5;
    let index = HeaderIndex::parse_until(text, 0, &Limits::DEFAULT, &mut budget, |_| false);
    assert_eq!((index.is_cut(), index.headers(text).fields().len()), (false, 3));
    let index = HeaderIndex::parse_until(text, 0, &Limits::DEFAULT, &mut budget, |_| false);
    assert_eq!((index.is_cut(), index.headers(text).fields().len()), (true, 2));
    assert_eq!(budget, 0);
    assert_eq!(index.headers(text).fields().next_back().unwrap().raw(), b"B: 2\n\tb\n");
    let index = HeaderIndex::parse_until(text, 0, &Limits::DEFAULT, &mut budget, |_| false);
    assert_eq!((index.is_cut(), index.headers(text).fields().len()), (true, 0));
    let defects = index.headers(text).defects();
    assert_eq!(defects.len(), 1);
    assert!(defects.has(&code::TOO_MANY_FIELDS));
}

#[test]
fn the_field_at_an_offset_is_the_one_whose_octets_it_lies_in() {
    let text = b"From x@y.example Tue\nTo: a@a.example\n\t, b@b.example\nno colon\nCc: g: c@c.example\n\nCc: d";
    let section = HeaderSection::parse(&text[..]);
    let headers = section.headers();
    for offset in (0..=text.len()).chain([usize::MAX]) {
        let holds = |field: &postrider_message::Field<'_>| field.span().range().contains(&offset);
        let expected = headers.fields().find(holds).map(|field| field.span());
        assert_eq!(headers.field_at(offset).map(|field| field.span()), expected, "{offset}");
    }
    // The group is not closed at the end of the value, which here is the end of all.
    let section = HeaderSection::parse("To: a@a.example\nCc: g: c@c.example");
    let cc = section.headers().cc().unwrap();
    let field = section.headers().field_at(cc.defects[0].span().start()).unwrap();
    assert_eq!(field.known(), Some(FieldName::Cc));
    assert!(HeaderSection::parse("").headers().field_at(0).is_none());
}
