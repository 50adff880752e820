//! Where responses end.

use postrider_imap::Limits;
use postrider_imap::{Quirk, Quirks, Response, ResponsePart};

use crate::{ends_well, reading, told, told_within};

fn count(parts: &[ResponsePart], of: fn(&ResponsePart) -> bool) -> usize {
    parts.iter().filter(|part| of(part)).count()
}

fn is_response(part: &ResponsePart) -> bool {
    matches!(part, ResponsePart::Response(_))
}

fn is_unparsed(part: &ResponsePart) -> bool {
    matches!(part, ResponsePart::Unparsed(_))
}

#[test]
fn what_looks_like_a_literal_in_a_text_is_text() {
    // RFC 9051 §9: `text = 1*TEXT-CHAR`, in which a brace is like any other.
    let wire = "a NO No such mailbox: x{10}\r\n\
        * OK [ALERT] see {3}\r\n\
        * NO {3}\r\n\
        * BAD a {3+}\r\n\
        * OK a ~{3}\r\n\
        + go on {3}\r\n\
        * BYE {3}\r\n\
        * PREAUTH x {3}\r\n\
        z OK {10}\r\n";
    let parts = told(wire);
    assert_eq!(parts.len(), 9, "{parts:?}");
    assert_eq!(count(&parts, is_response), 9, "{parts:?}");
    let ResponsePart::Response(Response::Tagged(_, status)) = &parts[0] else { panic!() };
    assert_eq!(status.text.as_bytes(), b"No such mailbox: x{10}");
}

#[test]
fn a_line_that_is_no_response_is_passed_over_and_the_next_is_read() {
    let lines = [
        "",
        "*",
        "* ",
        "a",
        "a ",
        "a OKAY",
        "\0",
        "\u{e9}",
        "* LIST (",
        "* LIST () \"/",
        "* STATUS x (MESSAGES",
        "* 1 FETCH",
        "* 1 FETCH x",
        "* 0 FETCH (UID 1)",
        "* SEARCH x",
        "* 4294967296 EXISTS",
        "{3}",
        "a {3}",
        "x{3}",
        "* CAPABILITY (",
        "* FLAGS \"",
        "()",
        "\\",
    ];
    for line in lines {
        let wire = format!("* 1 EXISTS\r\n{line}\r\n* 2 EXISTS\r\nz OK done\r\n");
        let reading = reading::responses(wire.as_bytes(), &Limits::new(), Quirks::tolerant());
        let parts = reading.parts();
        assert_eq!(reading.left, 0, "{line}");
        assert_eq!(parts[0], ResponsePart::Response(Response::Exists(1)), "{line}");
        assert_eq!(parts[parts.len() - 2], ResponsePart::Response(Response::Exists(2)), "{line}");
        assert!(ends_well(&parts), "{line}");
        assert_eq!(parts.len(), 4, "{line}: {parts:?}");
        assert!(is_unparsed(&parts[1]), "{line}: {:?}", parts[1]);
        // It ends where its line does.
        assert_eq!(reading.told[1].end, 12 + line.len() + 2, "{line}");
    }
}

#[test]
fn the_literal_of_a_broken_response_is_passed_over_with_it() {
    for line in
        ["* LIST {5}\r\na\r\nbc x", "* LIST () {2}\r\n\r\n{2}\r\n* x", "* STATUS ({3}\r\n)))"]
    {
        let parts = told(format!("{line}\r\nz OK done\r\n"));
        assert_eq!(parts.len(), 2, "{line}: {parts:?}");
        assert!(is_unparsed(&parts[0]) && ends_well(&parts), "{line}: {parts:?}");
    }
}

#[test]
fn names_stand_in_literals_of_each_kind() {
    // RFC 7888 §4 has `{n+}` for clients only, and RFC 3516 `~{n}` for what is binary; a server that
    // sends them where a string stands is understood.
    for head in ["{7}", "{7+}"] {
        let wire = format!("* LIST () \"/\" {head}\r\na\"b {{3}}\r\nz OK done\r\n");
        let parts = told(&wire);
        let ResponsePart::Response(Response::List(list)) = &parts[0] else { panic!("{parts:?}") };
        assert_eq!(list.mailbox.as_bytes(), b"a\"b {3}", "{head}");
    }
}

#[test]
fn an_empty_literal_is_a_string() {
    let parts = told("* LIST () \"/\" {0}\r\n\r\n* STATUS {0}\r\n (MESSAGES 1)\r\nz OK done\r\n");
    assert_eq!(count(&parts, is_response), 3, "{parts:?}");
    let ResponsePart::Response(Response::List(list)) = &parts[0] else { panic!("{parts:?}") };
    assert_eq!(list.mailbox.as_bytes(), b"");
}

#[test]
fn what_goes_past_the_limit_is_passed_over_with_its_literals() {
    let limits = Limits::new().with_unit(600, 600);
    let long = "x".repeat(700);
    for unit in [
        format!("* OK {long}"),
        format!("* OK {long} {{3}}"),
        format!("* LIST () \"/\" {long}"),
        format!("* LIST () \"/\" {{700}}\r\n{long}"),
        format!("* LIST () \"/\" {{700}}\r\n{long} {{4}}\r\n\r\n\r\n x"),
        format!("* LIST ({long} {{4}}\r\n\r\n\r\n {{2}}\r\n)) {long}"),
        format!("* LIST () \"/\" {{300}}\r\n{} {{300}}\r\n{}", &long[..300], &long[..300]),
        long.clone(),
        format!("+ {long} {{3}}"),
        format!("a NO {long} {{3}}"),
    ] {
        let parts = told_within(format!("{unit}\r\n* 2 EXISTS\r\nz OK done\r\n"), &limits);
        let exists = ResponsePart::Response(Response::Exists(2));
        assert_eq!(parts.len(), 3, "{unit}: {parts:?}");
        assert!(matches!(parts[0], ResponsePart::TooLong { message: None, .. }), "{unit}");
        assert_eq!(parts[1], exists, "{unit}");
        assert!(ends_well(&parts), "{unit}");
    }
}

#[test]
fn a_literal_without_an_end_ends_the_reading() {
    for line in [
        "* LIST () \"/\" {99999999999999999999}",
        "* LIST () \"/\" {18446744073709551616}",
        "* LIST () \"/\" {000000000000000000000000000001}",
        "* 1 FETCH (BODY[] {18446744073709551616}",
        "* 1 FETCH (ENVELOPE ({18446744073709551616}",
        "* 1 FETCH (BODY[] {99999999999999999999999999}",
    ] {
        let parts = told(format!("{line}\r\nz OK done\r\n"));
        assert_eq!(parts.last(), Some(&ResponsePart::Endless), "{line}: {parts:?}");
    }
}

#[test]
fn a_line_that_ends_with_lf_alone_is_read_where_that_is_forgiven() {
    // RFC 9051 §2.2: "All interactions transmitted by client and server are in the form of lines,
    // that is, strings that end with a CRLF."
    for wire in ["* 1 EXISTS\n", "* 1 FETCH (UID 1)\n", "* LIST () \"/\" {1}\nx\n"] {
        let read = |forgiven| reading::responses(wire.as_bytes(), &Limits::new(), forgiven);
        let tolerant = read(Quirks::tolerant());
        assert!(matches!(tolerant.told[0].part, ResponsePart::Response(_)), "{wire}");
        assert!(tolerant.told[0].quirks.contains(Quirk::LineEnd), "{wire}");
        let strict = read(Quirks::strict());
        assert!(matches!(strict.told[0].part, ResponsePart::Unparsed(_)), "{wire}");
        assert_eq!(strict.left, 0, "{wire}");
    }
}

#[test]
fn a_hundred_thousand_ids_are_one_response() {
    // Each second number, so that no two make a range; 588 895 octets, more than a unit may have.
    let ids: Vec<String> = (1..=100_000).map(|n| (2 * n).to_string()).collect();
    let wire = format!("* SEARCH {}\r\nz OK done\r\n", ids.join(" "));
    let limits = Limits::new();
    assert!(wire.len() > limits.unit);
    let reading = reading::cut_responses(wire.as_bytes(), &limits, Quirks::tolerant(), || 4 << 10);
    let parts = reading.parts();
    let ResponsePart::Response(Response::Search { numbers, .. }) = &parts[0] else {
        panic!("{:?}", parts.len())
    };
    assert!(numbers.iter().eq((1..=100_000).map(|n| 2 * n)));
    assert!(ends_well(&parts) && parts.len() == 2);
}
