//! What is built to read differently when it is cut differently.

use postrider_imap::{CommandPart, Limits, Quirks, Response, ResponsePart};

use crate::reading::{commands, cut_responses, responses};
use crate::{ends_well, told, told_within};

/// The same parts, whole and octet by octet.
fn same_however_cut(wire: &[u8], limits: &Limits) -> Vec<ResponsePart> {
    let whole = responses(wire, limits, Quirks::tolerant());
    for piece in [1, 7, 31, 512] {
        let cut = cut_responses(wire, limits, Quirks::tolerant(), || piece);
        assert_eq!(cut, whole, "by {piece}: {}", wire.escape_ascii());
    }
    whole.parts()
}

/// The rest of an item that is too long is no payload, whether its name is still here or not.
#[test]
fn an_item_that_is_too_long_is_passed_over_however_it_comes() {
    let limits = Limits::new().with_unit(512, 512);
    let long = "a".repeat(700);
    for item in [
        format!("BODY[HEADER.FIELDS ({long})] {{5}}\r\nhello"),
        format!("BODY[]{} {{5}}\r\nhello", " ".repeat(700)),
        format!("X[{long}BODY[HEADER.FIELDS (aaaaaaaaaaa)] {{5}}\r\nhello"),
        format!("X[{long}BODY[HEADER.FIELDS (aaaaaaaaaaaa)] {{5}}\r\nhello"),
        format!("X[{long}BODY[TEXT] {{5}}\r\nhello"),
        format!("X ({long} {{5}}\r\nhello)"),
        format!("X ({{600}}\r\n{}hello)", "b".repeat(595)),
        format!("X {{600}}\r\n{}", "b".repeat(600)),
    ] {
        let wire = format!("* 1 FETCH (UID 3 {item} FLAGS (\\Seen))\r\nz OK\r\n");
        let parts = same_however_cut(wire.as_bytes(), &limits);
        let too_long = parts.iter().filter(|part| matches!(part, ResponsePart::TooLong { .. }));
        assert_eq!(too_long.count(), 1, "{item} {parts:?}");
        assert!(!parts.iter().any(|part| matches!(part, ResponsePart::Chunk)), "{item} {parts:?}");
        assert!(ends_well(&parts), "{item} {parts:?}");
    }
}

/// An announcement that begins in the octets of a literal is none: the framing of a unit and that of
/// an item agree.
#[test]
fn a_literal_does_not_announce_the_next_one() {
    for (literal, behind) in [(" {5", "}"), (" {5}", ""), (" ~{5", "}"), ("({1", "5}")] {
        let wire = format!(
            "* 1 FETCH (X ({{{}}}\r\n{literal}{behind}\r\n* 9 EXISTS\r\nz OK\r\n",
            literal.len()
        );
        let parts = same_however_cut(wire.as_bytes(), &Limits::new());
        let exists = ResponsePart::Response(Response::Exists(9));
        assert!(parts.contains(&exists), "{wire} {parts:?}");
        assert!(ends_well(&parts), "{wire} {parts:?}");
    }
}

/// RFC 9051 §9 `msg-att-static`: names come in any case of letters, and forgiven are blanks and the
/// parentheses of Domino.
#[test]
fn octets_of_a_message_stream_however_they_are_announced() {
    for name in [
        "body[]",
        "BoDy[header.FIELDS (\"a b\" {4}\r\nDate)]",
        "BODY[HEADER.FIELDS.NOT (From)]<7>",
        "rfc822",
        "RFC822.text",
        "binary[1.2]<0>",
    ] {
        for announced in ["{12}", "~{12}", "{12+}", "  {12}"] {
            let wire = format!(
                "* 1 FETCH (UID 3 {name} {announced}\r\n* 9 EXISTS\r\n FLAGS ())\r\nz OK\r\n"
            );
            let parts = same_however_cut(wire.as_bytes(), &Limits::new());
            assert!(parts.contains(&ResponsePart::BodyEnd), "{wire} {parts:?}");
            assert!(
                !parts.iter().any(|part| matches!(
                    part,
                    ResponsePart::Response(Response::Exists(_) | Response::Other(_))
                )),
                "{wire} {parts:?}"
            );
            assert!(ends_well(&parts), "{wire} {parts:?}");
        }
    }
    let wire = "* 0 UIDFETCH (UID 3 BODY[] {12}\r\n* 9 EXISTS\r\n)\r\nz OK\r\n";
    let parts = told(wire);
    assert!(!parts.contains(&ResponsePart::Response(Response::Exists(9))), "{parts:?}");
    assert!(ends_well(&parts), "{parts:?}");
    // Two literals: the second is what is left of a broken line.
    let wire = "* 1 FETCH (BODY[] {2}\r\nhi {3}\r\n)\r\nz OK\r\n";
    assert!(ends_well(&told_within(wire, &Limits::new())));
}

/// Commands with LFs are no commands, and what follows them is in order.
#[test]
fn a_command_with_a_bare_lf_is_one_bad_command() {
    for line in ["a LOGIN {3}\nabc def", "a X {3}\nb NOOP", "a APPEND {1}\nx {7+}\r\nb NOOP\n"] {
        let wire = format!("{line}\r\nz NOOP\r\n");
        let limits = Limits::new();
        let reading = commands(wire.as_bytes(), &limits, Quirks::tolerant(), |_| true, || 1);
        let parts = reading.parts();
        let good = parts.iter().filter(|part| matches!(part, CommandPart::Command(_)));
        assert_eq!(good.count(), 1, "{line:?} {parts:?}");
        let bad = parts.iter().filter(|part| matches!(part, CommandPart::Unparsed { .. }));
        assert_eq!(bad.count(), 1, "{line:?} {parts:?}");
    }
}
