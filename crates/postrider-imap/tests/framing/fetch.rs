//! FETCH responses: which octets stream, and which items stand beside them.

use postrider_imap::Limits;
use postrider_imap::{
    BodySection, FetchItem, FetchedMessage, MessageNumber, Response, ResponsePart, Section, Uid,
};

use crate::reading::{self, Told};
use crate::{ends_well, told, told_within};

/// A part in short: what it is, and the octets.
fn short(told: &Told<ResponsePart>) -> String {
    match &told.part {
        ResponsePart::Response(Response::Fetch { number, items }) => {
            format!("{number} whole {}", items.len())
        }
        ResponsePart::Response(Response::UidFetch { uid, items }) => {
            format!("uid {uid} whole {}", items.len())
        }
        ResponsePart::Response(Response::Tagged(..)) => "tagged".into(),
        ResponsePart::FetchItems { items, .. } => format!("items {}", items.len()),
        ResponsePart::BodyBegin { section, origin, declared, .. } => {
            let name = match section {
                BodySection::Section(section) => format!("[{section}]"),
                other => format!("{other:?}"),
            };
            format!("{name} {origin:?} {declared:?}")
        }
        ResponsePart::Chunk => String::from_utf8(told.octets.clone()).unwrap(),
        ResponsePart::Quoted(octets) => format!("{octets:?}"),
        ResponsePart::BodyEnd => "end".into(),
        ResponsePart::FetchEnd { .. } => "done".into(),
        ResponsePart::TooLong { .. } => "too long".into(),
        other => format!("{other:?}"),
    }
}

fn shorts(wire: &str, limits: &Limits) -> Vec<String> {
    let forgiven = postrider_imap::Quirks::tolerant();
    let reading = reading::responses(wire.as_bytes(), limits, forgiven);
    assert_eq!(reading.left, 0, "{wire}");
    reading.told.iter().map(short).collect()
}

#[track_caller]
fn is(line: &str, expected: &[&str]) {
    let wire = format!("{line}\r\nz OK done\r\n");
    let expected = [expected, &["tagged"]].concat();
    assert_eq!(shorts(&wire, &Limits::new()), expected, "{line}");
}

#[test]
fn octets_of_a_message_stream_in_each_form_they_come_in() {
    is("* 1 FETCH (BODY[] {5}\r\nHello)", &["[] None Some(5)", "Hello", "end", "done"]);
    is("* 1 FETCH (BODY[] {0}\r\n)", &["[] None Some(0)", "end", "done"]);
    // RFC 3516 §4.2: `"BINARY" section-binary ["<" number ">"] SP (nstring / literal8)`.
    is(
        "* 1 FETCH (BINARY[1.2] ~{3}\r\na\rb)",
        &["Binary([1, 2]) None Some(3)", "a\rb", "end", "done"],
    );
    is("* 1 FETCH (BODY[TEXT] \"a\\\"b\")", &["[TEXT] None Some(3)", "b\"a\\\"b\"", "end", "done"]);
    is("* 1 FETCH (BODY[TEXT] \"\")", &["[TEXT] None Some(0)", "end", "done"]);
    is("* 1 FETCH (BODY[7] NIL)", &["[7] None None", "end", "done"]);
    is("* 1 FETCH (BODY[7] nil)", &["[7] None None", "end", "done"]);
    is("* 1 FETCH (RFC822 {2}\r\nhi)", &["Rfc822 None Some(2)", "hi", "end", "done"]);
    is("* 1 FETCH (RFC822.HEADER {2}\r\nhi)", &["Rfc822Header None Some(2)", "hi", "end", "done"]);
    is("* 1 FETCH (RFC822.TEXT NIL)", &["Rfc822Text None None", "end", "done"]);
}

#[test]
fn octets_in_part_come_with_their_origin() {
    // RFC 9051 §7.5.2, BODY[<section>]<<origin octet>>.
    is("* 1 FETCH (BODY[]<0> {5}\r\nHello)", &["[] Some(0) Some(5)", "Hello", "end", "done"]);
    is("* 1 FETCH (BODY[TEXT]<2048> \"\")", &["[TEXT] Some(2048) Some(0)", "end", "done"]);
    is("* 1 FETCH (BINARY[1]<9> {1}\r\nx)", &["Binary([1]) Some(9) Some(1)", "x", "end", "done"]);
}

#[test]
fn several_bodies_stand_in_one_response_with_items_between_them() {
    is(
        "* 12 FETCH (FLAGS (\\Seen) UID 7 BODY[HEADER] {2}\r\nh\n RFC822.SIZE 44 MODSEQ (3) \
         BODY[HEADER.FIELDS (DATE \"From\")] {4}\r\n)(\"\\ BODY[1] NIL BODY[2.TEXT] \"q\" UID 7)",
        &[
            "items 2",
            "[HEADER] None Some(2)",
            "h\n",
            "end",
            "items 2",
            "[HEADER.FIELDS (DATE From)] None Some(4)",
            ")(\"\\",
            "end",
            "[1] None None",
            "end",
            "[2.TEXT] None Some(1)",
            "b\"q\"",
            "end",
            "items 1",
            "done",
        ],
    );
}

#[test]
fn octets_of_a_message_are_never_read_as_anything_else() {
    let body = "x OK done\r\n* 1 FETCH (BODY[] {3}\r\n)\r\n* BYE\r\n";
    let line = format!("* 1 FETCH (BODY[] {{{}}}\r\n{body} UID 1)", body.len());
    let declared = format!("[] None Some({})", body.len());
    is(&line, &[&declared, body, "end", "items 1", "done"]);
}

#[test]
fn uidfetch_names_its_message_by_uid() {
    // RFC 9586 §3.3: `message-data =/ nz-number SP "UIDFETCH" SP msg-att`
    let parts = told("* 25997 UIDFETCH (FLAGS (\\Flagged) BODY[] {2}\r\nhi)\r\nz OK done\r\n");
    let uid = FetchedMessage::Uid(Uid::new(25997).unwrap());
    assert!(matches!(&parts[0], ResponsePart::FetchItems { message, .. } if *message == uid));
    assert!(matches!(&parts[1], ResponsePart::BodyBegin { message, .. } if *message == uid));
    assert!(matches!(&parts[4], ResponsePart::FetchEnd { message, .. } if *message == uid));
    is("* 25997 UIDFETCH (FLAGS (\\Flagged))", &["uid 25997 whole 1"]);
}

#[test]
fn a_response_without_octets_of_a_message_comes_whole() {
    is("* 1 FETCH (FLAGS (\\Seen) UID 7 RFC822.SIZE 1)", &["1 whole 3"]);
    is("* 1 FETCH ()", &["1 whole 0"]);
    is(
        "* 1 FETCH (ENVELOPE ({3}\r\n)\"( {1}\r\n( NIL NIL NIL NIL NIL NIL NIL NIL))",
        &["1 whole 1"],
    );
}

#[test]
fn one_broken_item_harms_no_other() {
    let bad = [
        "UID x",
        "FLAGS \\Seen",
        "ENVELOPE (1 2)",
        "BODY (",
        "X-NEW (a (b {1}\r\n)) c)",
        "INTERNALDATE 7",
    ];
    for bad in bad {
        // An open list takes what follows it, and no more than its line.
        let open = bad.ends_with('(');
        for wire in
            [format!("* 1 FETCH ({bad} UID 7 BODY[] {{2}}\r\nhi RFC822.SIZE 3)\r\nz OK done\r\n")]
        {
            let parts = told(&wire);
            assert!(ends_well(&parts), "{wire}: {parts:?}");
            if open {
                continue;
            }
            let ResponsePart::FetchItems { items, .. } = &parts[0] else { panic!("{parts:?}") };
            assert!(matches!(&items[0], FetchItem::Unparsed(_)), "{wire}: {items:?}");
            assert_eq!(items[1], FetchItem::Uid(Uid::new(7).unwrap()), "{wire}");
        }
    }
}

#[test]
fn a_line_that_ends_inside_the_parentheses_loses_no_more_than_itself() {
    for line in [
        "* 1 FETCH (UID 7",
        "* 1 FETCH (UID 7 ",
        "* 1 FETCH (BODY[] {2}\r\nhi",
        "* 1 FETCH (",
        "* 1 FETCH (BODY[] {2}\r\nhi UID",
        "* 1 FETCH (BODY[] \"hi",
        "* 1 FETCH (BODY[HEADER",
        "* 1 FETCH (BODY[] {2}\r\nhi ENVELOPE (\"",
        "* 1 FETCH (BODY[] {2}\r\nhi) x (",
        "* 1 FETCH (BODY[] {2}\r\nhi)) ",
        "* 1 FETCH (BODY[] x{2}",
        "* 1 FETCH (BODY[] {}",
        "* 1 FETCH (BODY[] {-1}",
        "* 1 FETCH (BODY[] \"{2}",
    ] {
        let parts = told(format!("{line}\r\n* 2 EXISTS\r\nz OK done\r\n"));
        let n = parts.len();
        assert!(ends_well(&parts), "{line}: {parts:?}");
        assert_eq!(parts[n - 2], ResponsePart::Response(Response::Exists(2)), "{line}: {parts:?}");
    }
}

#[test]
fn an_item_past_the_limit_is_passed_over_and_the_others_are_told() {
    let limits = Limits::new().with_unit(600, 600);
    let long = "x".repeat(700);
    for item in [
        format!("X-LONG \"{long}\""),
        format!("X-LONG {long}"),
        format!("X-LONG (a (\"{long}\" \")\" {{3}}\r\n)))) b)"),
        format!("X-LONG {{700}}\r\n{long}"),
        format!("X-LONG (a {{700}}\r\n{long} {{3}}\r\n))) b)"),
        format!("X-{long} 1"),
        format!("BODY[{long}] {{3}}\r\n)))"),
        format!("BODY[] \"{long}\""),
    ] {
        let line = format!("* 3 FETCH (UID 7 {item} RFC822.SIZE 9 BODY[] {{3}}\r\n))) UID 7)");
        let shorts = shorts(&format!("{line}\r\nz OK done\r\n"), &limits);
        let expected = [
            "items 1",
            "too long",
            "items 1",
            "[] None Some(3)",
            ")))",
            "end",
            "items 1",
            "done",
            "tagged",
        ];
        assert_eq!(shorts, expected, "{item}");
    }
}

#[test]
fn a_body_is_never_too_long() {
    let limits = Limits::new().with_unit(512, 512);
    let body = "x".repeat(100_000);
    let wire = format!("* 1 FETCH (BODY[] {{100000}}\r\n{body} UID 1)\r\nz OK done\r\n");
    let expected = ["[] None Some(100000)", &body, "end", "items 1", "done", "tagged"];
    assert_eq!(shorts(&wire, &limits), expected);
}

#[test]
fn items_without_end_are_told_as_they_come() {
    // Otherwise a server could fill the memory with one response.
    let limits = Limits::new().with_unit(2000, 2000);
    let wire = format!("* 1 FETCH ({}UID 1)\r\nz OK done\r\n", "UID 1 ".repeat(100_000));
    let parts = told_within(wire, &limits);
    let one = FetchedMessage::Number(MessageNumber::new(1).unwrap());
    let mut items = 0;
    for part in &parts {
        match part {
            ResponsePart::FetchItems { message, items: some, .. } => {
                assert!(*message == one && some.len() <= 200);
                items += some.len();
            }
            ResponsePart::FetchEnd { .. } | ResponsePart::Response(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(items, 100_001);
    assert!(ends_well(&parts));
}

#[test]
fn a_section_is_what_it_says() {
    let parts = told("* 1 FETCH (BODY[1.2.HEADER.FIELDS.NOT (A B)]<3> {1}\r\nx)\r\nz OK done\r\n");
    let ResponsePart::BodyBegin { section: BodySection::Section(section), .. } = &parts[0] else {
        panic!("{parts:?}")
    };
    assert_eq!(section.part(), [1, 2]);
    assert_eq!(section.to_string(), "1.2.HEADER.FIELDS.NOT (A B)");
    assert_ne!(*section, Section::all());
}
