//! What an index and its values may cost, counted by an allocator.

use allocation_counter::measure;
use postrider_message::{
    AddressList, FieldValue, HeaderSection, MessageIdList, RawValue, Received, Text,
};

#[test]
fn an_index_allocates_one_table_and_nothing_for_a_field() {
    let text = "Subject: a value of some length\r\n folded\r\n".repeat(4096) + "\r\n";
    let cost = measure(|| drop(HeaderSection::parse(&text)));
    // One table that doubles from 4 to 4096 entries, and the 100 defects of a repeated Subject.
    assert!(cost.count_total <= 24, "{cost:?}");
    assert!(cost.bytes_max <= 4096 * 64, "{cost:?}");
}

#[test]
fn looking_a_field_up_allocates_nothing() {
    let section = HeaderSection::parse("From: a@b\r\nSubject: plain\r\nTo: c@d\r\n\r\n");
    let cost = measure(|| {
        let subject = section.headers().subject().unwrap();
        assert_eq!(subject.value.as_str(), "plain");
        assert!(section.headers().date().is_none());
    });
    assert_eq!(cost.count_total, 0);
}

/// What nests, repeats or does not end.
const FAMILIES: &[&[u8]] = &[
    b"(",
    b"\"",
    b"\"\"",
    b"\\",
    b",",
    b"=?=?",
    b"=?utf-8?q?a?= ",
    b"<",
    b"<>",
    b"<@a:",
    b"a@",
    b"a@b,",
    b".",
    b"a.",
    b"a ",
    b"a:;",
    b"a:b@c,",
    b"[]",
    b"\xff",
    b"<a@b>",
    b"(a)",
    b"()",
    b"(\\a)",
    b"\"a\" ",
];

#[test]
fn a_mebibyte_of_anything_hostile_costs_a_few_mebibytes() {
    for family in FAMILIES {
        let text = family.repeat((1 << 20) / family.len());
        let raw = RawValue::new(&text);
        let hop = [b"from x ", &text[..]].concat();
        for (value, cost) in [
            ("addresses", measure(|| drop(AddressList::read(raw)))),
            ("ids", measure(|| drop(MessageIdList::read(raw)))),
            ("received", measure(|| drop(Received::read(RawValue::new(&hop))))),
            ("text", measure(|| drop(Text::read(raw)))),
            ("section", measure(|| drop(HeaderSection::parse(&text)))),
        ] {
            assert!(cost.bytes_max < 8 << 20, "{value} of {}: {cost:?}", family.escape_ascii());
        }
    }
}

/// Octets that were allocated in all are the work a copy takes: a value that copied its rest again
/// and again would quadruple them.
#[test]
fn twice_the_input_allocates_at_most_about_twice_as_much() {
    let work = |text: &[u8]| {
        let raw = RawValue::new(text);
        measure(|| {
            drop((AddressList::read(raw), MessageIdList::read(raw)));
            drop((Received::read(raw), Text::read(raw), HeaderSection::parse(text)));
        })
        .bytes_total
    };
    for family in FAMILIES {
        let text = family.repeat((1 << 18) / family.len());
        let (once, twice) = (work(&text), work(&text.repeat(2)));
        assert!(twice <= once * 5 / 2 + 65_536, "{}: {once} {twice}", family.escape_ascii());
    }
}
