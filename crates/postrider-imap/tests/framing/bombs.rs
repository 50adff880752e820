//! Input that is made to hurt.

use postrider_imap::Limits;
use postrider_imap::{Command, CommandPart, Quirks, Response, ResponsePart, ResponseReader};

use crate::reading::commands;
use crate::{ends_well, told, told_within};

const MANY: usize = 10_000;
const MEGABYTE: usize = 1 << 20;

#[test]
fn ten_thousand_literals_are_read_or_passed_over() {
    let names = |n: usize| {
        format!("* LIST () \"/\" x (\"CHILDINFO\" ({}))\r\nz OK done\r\n", "{1}\r\na ".repeat(n))
    };
    let parts = told(names(1000));
    assert!(matches!(&parts[0], ResponsePart::Response(Response::List(_))), "{:?}", parts[0]);
    // A literal counts for 64 octets of the unit.
    let parts = told(names(MANY));
    assert!(matches!(&parts[0], ResponsePart::TooLong { message: None, .. }), "{:?}", parts[0]);
    assert!(ends_well(&parts) && parts.len() == 2);
    let parts = told(format!("* 1 FETCH (X ({}))\r\nz OK done\r\n", "{1}\r\n) ".repeat(MANY)));
    assert!(ends_well(&parts), "{parts:?}");
    let parts =
        told(format!("* 1 FETCH ({}UID 1)\r\nz OK done\r\n", "BODY[] {1}\r\n) ".repeat(MANY)));
    assert!(ends_well(&parts));
    assert_eq!(parts.len(), MANY * 3 + 3);
}

#[test]
fn announced_octets_take_no_memory_before_they_come() {
    for line in [
        "* LIST () \"/\" {4294967295}\r\n",
        "* LIST () \"/\" {18446744073709551615}\r\n",
        "* 1 FETCH (X {18446744073709551615}\r\n",
        "* 1 FETCH (ENVELOPE ({18446744073709551615}\r\n",
        "* 1 FETCH (BODY[] {18446744073709551615}\r\n",
    ] {
        let mut reader = ResponseReader::new(&Limits::new(), Quirks::tolerant());
        let info = allocation_counter::measure(|| {
            let mut rest = line.as_bytes();
            for _ in 0..100 {
                let step = reader.read(rest);
                rest = &rest[step.octets..];
            }
            assert!(rest.is_empty() || reader.is_skipping(), "{line}");
        });
        assert!(info.bytes_max < 4096, "{line}: {}", info.bytes_max);
        assert!(reader.in_payload() || reader.is_skipping(), "{line}");
    }
}

#[test]
fn a_megabyte_of_parentheses_is_passed_over() {
    let limits = Limits::new().with_unit(4 << 20, 4 << 20);
    for octet in ["(", ")", "\"", "\\", "[", "{", "}", "\\\"", "()", "(\"", "{1}", "~{", "* ", "\0"]
    {
        let bomb = octet.repeat(MEGABYTE / octet.len());
        for before in [
            "",
            "* ",
            "* LIST ",
            "* 1 FETCH (",
            "* 1 FETCH (X ",
            "* 1 FETCH (BODY[",
            "* THREAD ",
            "* SEARCH ",
            "* 1 FETCH (BODY ",
            "* 1 FETCH (ENVELOPE ",
            "* OK [",
            "* NAMESPACE ",
            "* STATUS x ",
        ] {
            let wire = format!("{before}{bomb}\r\nz OK done\r\n");
            let parts = told_within(&wire, &limits);
            assert!(ends_well(&parts), "{before}{octet}");
            let parts = told(&wire);
            assert!(ends_well(&parts), "{before}{octet}");
        }
    }
}

#[test]
fn bodies_in_bodies_of_any_depth_are_read_or_passed_over() {
    let limits = Limits::new().with_unit(4 << 20, 4 << 20);
    let text = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)";
    for depth in [1, 50, 99, 101, MANY] {
        let nested = format!("{}{text}{}", "(".repeat(depth), " \"MIXED\")".repeat(depth));
        for octets in ["", " BODY[] {3}\r\n)))"] {
            let wire = format!("* 1 FETCH (BODY {nested}{octets} UID 7)\r\nz OK done\r\n");
            let parts = told_within(&wire, &limits);
            assert!(ends_well(&parts), "{depth}");
            let said = format!("{parts:?}");
            assert!(said.contains("Uid("), "{depth}: the other item is told");
            assert_eq!(said.contains("Unparsed("), depth > 100, "{depth}");
        }
    }
}

#[test]
fn empty_literals_without_end_are_passed_over() {
    let bomb = "{0}\r\n".repeat(MEGABYTE / 5);
    for before in ["* LIST () ", "* 1 FETCH (X (", "* 1 FETCH (BODY[] "] {
        let parts = told(format!("{before}{bomb}\r\nz OK done\r\n"));
        assert!(ends_well(&parts), "{before}: {:?}", parts.len());
    }
}

#[test]
fn a_megabyte_of_anything_is_no_command() {
    let limits = Limits::new().with_unit(4 << 20, 4 << 20);
    for octet in [
        "(", ")", "\"", "\\", "[", "{", "}", "\\\"", "()", "(\"", "{1}", "~{", "NOT ", "OR ", "\0",
        "\n",
    ] {
        let bomb = octet.repeat(MEGABYTE / octet.len());
        for before in [
            "",
            "a ",
            "a SEARCH ",
            "a FETCH ",
            "a FETCH 1 (BODY[",
            "a APPEND ",
            "a APPEND x CATENATE ",
            "a LIST ",
            "a ID ",
            "a NOTIFY SET ",
            "a UID SORT (",
        ] {
            let wire = format!("{before}{bomb}\r\nz NOOP\r\n");
            for limits in [&limits, &Limits::new()] {
                let read =
                    commands(wire.as_bytes(), limits, Quirks::strict(), |_| true, || usize::MAX);
                let last = read.told.last().map(|told| &told.part);
                assert!(
                    matches!(last, Some(CommandPart::Command(it)) if it.command == Command::Noop),
                    "{before}{octet}"
                );
            }
        }
    }
}
