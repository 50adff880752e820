//! Where commands end, and which octets of theirs stream.

use postrider_imap::{
    Command, CommandPart, CommandReader, Limits, LiteralRole, MailboxName, Quirks,
};

use crate::reading::{Reading, commands};

fn read(wire: impl AsRef<[u8]>) -> Reading<CommandPart> {
    commands(wire.as_ref(), &Limits::new(), Quirks::strict(), |_| true, || usize::MAX)
}

/// What is told of this, which is whole.
fn told(wire: impl AsRef<[u8]>) -> Vec<CommandPart> {
    let reading = read(wire);
    assert_eq!((reading.left, reading.is_between), (0, true), "all of it was read");
    reading.parts()
}

fn is_noop(part: &CommandPart, tag: &str) -> bool {
    matches!(part, CommandPart::Command(it)
        if it.tag.as_bytes() == tag.as_bytes() && it.command == Command::Noop)
}

/// What is left beside announcements of literals.
fn without_literals(parts: Vec<CommandPart>) -> Vec<CommandPart> {
    parts.into_iter().filter(|part| !matches!(part, CommandPart::Literal(_))).collect()
}

#[test]
fn a_command_that_is_none_is_passed_over_and_the_next_is_read() {
    for line in [
        "",
        " ",
        "a",
        "a ",
        "a  NOOP",
        " a NOOP",
        "a NOOP ",
        "a NOOP x",
        "* NOOP",
        "+ NOOP",
        "a+ NOOP",
        "a LOGIN",
        "a LOGIN \"",
        "a LOGIN x",
        "a LOGIN x{3}",
        "a LOGIN x {3}}",
        "a LOGIN x {3-}",
        "a LOGIN \"x {3}",
        "a LOGIN \"x\\\" {3}",
        "a FETCH",
        "a SEARCH (",
        "a UID",
        "a UID NOOP",
        "{3",
        "\0",
        "\u{e9} NOOP",
        "a\tNOOP",
        "a NOOP\n",
        "a NOOP\r",
        "a NO\nOP",
        "a NOOP\nb NOOP",
        "\na NOOP",
        "a APPEND",
        "a APPEND x",
        "a APPEND x (",
        "a APPEND {3",
        "a REPLACE x",
        "a APPEND x (\\Seen)",
    ] {
        let wire = format!("y NOOP\r\n{line}\r\nz NOOP\r\n");
        let reading = read(&wire);
        let parts = reading.parts();
        assert_eq!(parts.len(), 3, "{line:?}: {parts:?}");
        assert!(is_noop(&parts[0], "y") && is_noop(&parts[2], "z"), "{line:?}: {parts:?}");
        assert!(matches!(parts[1], CommandPart::Unparsed { .. }), "{line:?}: {parts:?}");
        assert_eq!(reading.told[1].end, 8 + line.len() + 2, "{line:?}");
    }
}

#[test]
fn a_tag_is_told_of_what_is_no_command() {
    for (line, tag, name) in [
        ("a x(", Some("a"), Some("x")),
        ("a UID BOGUS(", Some("a"), Some("BOGUS")),
        ("a", Some("a"), None),
        ("* x", None, None),
        ("", None, None),
    ] {
        let parts = told(format!("{line}\r\n"));
        let CommandPart::Unparsed { head, .. } = &parts[0] else { panic!("{line}: {parts:?}") };
        let said = head.as_ref().map(|head| head.tag.as_bytes().to_vec());
        assert_eq!(said, tag.map(|tag| tag.as_bytes().to_vec()), "{line}");
        let said = head.as_ref().and_then(|head| head.name.as_ref().map(ToString::to_string));
        assert_eq!(said.as_deref(), name, "{line}");
    }
}

#[test]
fn strings_stand_in_literals_of_each_kind() {
    // RFC 7888 §4: `{n+}` waits for nothing.
    let expected = told("a LOGIN \"fr ed\" \"x}\"\r\n");
    for wire in [
        "a LOGIN {5}\r\nfr ed {2}\r\nx}\r\n",
        "a LOGIN {5+}\r\nfr ed {2+}\r\nx}\r\n",
        "a LOGIN \"fr ed\" {2}\r\nx}\r\n",
        "a LOGIN {5+}\r\nfr ed \"x}\"\r\n",
        "a LOGIN {05}\r\nfr ed {00002+}\r\nx}\r\n",
    ] {
        assert_eq!(without_literals(told(wire)), expected, "{wire}");
        let waits: Vec<bool> = told(wire)
            .iter()
            .filter_map(|part| match part {
                CommandPart::Literal(request) => Some(request.waits),
                _ => None,
            })
            .collect();
        let non_waiting = waits.iter().filter(|waits| !**waits).count();
        assert_eq!(non_waiting, wire.matches("+}").count(), "{wire}");
    }
}

#[test]
fn the_octets_of_a_literal_are_no_line() {
    let parts = told("a LOGIN {12+}\r\nz NOOP\r\n{3}\r {0+}\r\n\r\nb NOOP\r\n");
    let parts = without_literals(parts);
    let CommandPart::Command(it) = &parts[0] else { panic!("{parts:?}") };
    let Command::Login { user, .. } = &it.command else { panic!("{parts:?}") };
    assert_eq!(&user[..], b"z NOOP\r\n{3}\r");
    assert!(is_noop(&parts[1], "b"));
}

#[test]
fn octets_of_a_message_stream_with_one_end() {
    // RFC 3501 §6.3.11, RFC 3502 §6.3.11, RFC 3516 §4.4, RFC 4469 §5, RFC 8508 §3.2, RFC 9755 §4.
    let cases: [(&str, &[&str]); 7] = [
        (
            "a APPEND x {3}\r\nab\n\r\n",
            &["begin", "message", "literal", "ab\n", "end", "whole", "done"],
        ),
        ("a APPEND x {0+}\r\n\r\n", &["begin", "message", "literal", "end", "whole", "done"]),
        (
            "a APPEND x (\\Seen) \"17-Jul-1996 02:44:25 -0700\" ~{2+}\r\n\0\r\r\n",
            &["begin", "message", "literal", "\0\r", "end", "whole", "done"],
        ),
        (
            "a APPEND {1+}\r\nx {1}\r\na (\\Seen) {1}\r\nb\r\n",
            &[
                "literal", "begin", "message", "literal", "a", "end", "whole", "message",
                "literal", "b", "end", "whole", "done",
            ],
        ),
        (
            "a APPEND x CATENATE (URL \"/u\" TEXT {2}\r\n)) URL /v TEXT {1+}\r\na)\r\n",
            &[
                "begin", "message", "/u", "literal", "))", "end", "/v", "literal", "a", "end",
                "whole", "done",
            ],
        ),
        (
            "a APPEND x UTF8 (~{2}\r\n)\r)\r\n",
            &["begin", "message", "literal", ")\r", "end", "whole", "done"],
        ),
        (
            "a UID REPLACE 4 x {1}\r\nb\r\n",
            &["begin", "message", "literal", "b", "end", "whole", "done"],
        ),
    ];
    for (wire, expected) in cases {
        let wire = format!("{wire}z NOOP\r\n");
        let reading = read(&wire);
        let said: Vec<String> = reading
            .told
            .iter()
            .map(|told| match &told.part {
                CommandPart::AppendBegin { .. } => "begin".into(),
                CommandPart::Message(_) => "message".into(),
                CommandPart::Literal(_) => "literal".into(),
                CommandPart::Chunk => String::from_utf8(told.octets.clone()).unwrap(),
                CommandPart::Url(url) => String::from_utf8(url.to_vec()).unwrap(),
                CommandPart::LiteralEnd => "end".into(),
                CommandPart::MessageEnd => "whole".into(),
                CommandPart::AppendEnd => "done".into(),
                part if is_noop(part, "z") => "noop".into(),
                part => format!("{part:?}"),
            })
            .collect();
        assert_eq!(said, [expected, &["noop"]].concat(), "{wire}");
    }
}

#[test]
fn a_refused_literal_that_waits_never_comes() {
    // RFC 3501 §7.5: the client sends it when it has heard `+`, and only then.
    for line in
        ["a LOGIN {5}", "a APPEND x {5}", "a LOGIN {3+}\r\nabc {5}", "a APPEND x {3+}\r\nabc {5}"]
    {
        let wire = format!("{line}\r\nz NOOP\r\n");
        let takes = |nth| nth == 0;
        let reading = commands(wire.as_bytes(), &Limits::new(), Quirks::strict(), takes, || 1);
        // Where the first literal waits for nothing, its octets come whatever is said.
        let parts = reading.parts();
        assert!(is_noop(parts.last().unwrap(), "z"), "{line}: {parts:?}");
        assert!(reading.is_between);
    }
}

#[test]
fn a_refused_literal_that_does_not_wait_is_swallowed() {
    // RFC 7888 §4.
    for line in [
        "a LOGIN {10+}\r\nb NOOP\r\n\r\n x",
        "a APPEND x {8+}\r\nb NOOP\r\n",
        "a LOGIN {1+}\r\na {8+}\r\nb NOOP\r\n",
    ] {
        let wire = format!("{line}\r\nz NOOP\r\n");
        let reading =
            commands(wire.as_bytes(), &Limits::new(), Quirks::strict(), |_| false, || usize::MAX);
        let noops = reading.parts().iter().filter(|part| is_noop(part, "b")).count();
        assert_eq!(noops, 0, "octets of a literal are read as a command: {:?}", reading.told);
        assert!(is_noop(reading.parts().last().unwrap(), "z"), "{line}: {:?}", reading.told);
    }
}

#[test]
fn a_literal_past_the_limit_is_refused_before_it_comes() {
    let limits = Limits::new().with_unit(512, 512).with_swallow(1000);
    for (size, fits) in
        [("500", false), ("10", true), ("4294967295", false), ("18446744073709551616", false)]
    {
        let wire = format!("a LOGIN {{{size}}}\r\n");
        let reading = commands(wire.as_bytes(), &limits, Quirks::strict(), |_| true, || usize::MAX);
        let CommandPart::Literal(request) = &reading.told[0].part else { panic!("{reading:?}") };
        assert_eq!(request.role, LiteralRole::Argument { fits }, "{size}");
        assert_eq!(request.octets, size.parse().ok(), "{size}");
        assert_eq!(reading.left > 0, fits, "{size}");
    }
    // One that does not wait is swallowed, up to a limit.
    let wire = format!("a LOGIN {{1000+}}\r\n{} x\r\nz NOOP\r\n", "b NOOP\r\n".repeat(125));
    let reading = commands(wire.as_bytes(), &limits, Quirks::strict(), |_| true, || usize::MAX);
    assert!(is_noop(reading.parts().last().unwrap(), "z"), "{:?}", reading.told);
    assert_eq!(reading.told.iter().filter(|told| is_noop(&told.part, "b")).count(), 0);
    let wire = format!("a LOGIN {{1001+}}\r\n{}z NOOP\r\n", "b NOOP\r\n".repeat(200));
    let reading = commands(wire.as_bytes(), &limits, Quirks::strict(), |_| true, || usize::MAX);
    assert_eq!(reading.parts().last(), Some(&CommandPart::Endless), "{:?}", reading.told);
}

#[test]
fn literals_beyond_the_limit_are_refused() {
    let limits = Limits::new();
    let wire = format!("a SEARCH {}x\r\nz NOOP\r\n", "SUBJECT {1+}\r\na ".repeat(10_000));
    let reading = commands(wire.as_bytes(), &limits, Quirks::strict(), |_| true, || usize::MAX);
    let literals = reading.told.iter().filter(|told| matches!(told.part, CommandPart::Literal(_)));
    assert!(literals.count() <= limits.literals + 1);
    assert!(is_noop(reading.parts().last().unwrap(), "z"), "{:?}", reading.told.len());
}

#[test]
fn what_goes_past_the_limit_is_passed_over() {
    let limits = Limits::new().with_unit(512, 512);
    let long = "x".repeat(700);
    for line in [
        format!("a {long}"),
        format!("a LOGIN {long} {{3}}"),
        format!("a LOGIN {{400+}}\r\n{} {long}", &long[..400]),
        long.clone(),
        format!("a LOGIN {long} {{8+}}\r\nb NOOP\r\n"),
    ] {
        let wire = format!("{line}\r\nz NOOP\r\n");
        let reading = commands(wire.as_bytes(), &limits, Quirks::strict(), |_| true, || 100);
        let parts = reading.parts();
        assert!(parts.iter().any(|part| matches!(part, CommandPart::TooLong { .. })), "{parts:?}");
        assert!(is_noop(parts.last().unwrap(), "z"), "{line}: {parts:?}");
        assert!(!parts.iter().any(|part| is_noop(part, "b")), "{parts:?}");
    }
}

#[test]
fn a_line_that_is_no_command_is_a_line() {
    // RFC 2177 §3 `DONE`, and the answers of RFC 3501 §6.2.2, which nothing shows.
    let mut reader = CommandReader::new(&Limits::new(), Quirks::strict());
    for line in ["DONE", "", "*", "dGltIGI5MTNhNjAy", "x{3}", "a NOOP"] {
        reader.expect_line();
        let wire = format!("{line}\r\nz NOOP\r\n");
        let step = reader.read(wire.as_bytes());
        assert_eq!(step.octets, line.len() + 2, "{line}");
        assert_eq!(step.part, Some(CommandPart::Line(line.as_bytes().to_vec().into())), "{line}");
        let step = reader.read(&wire.as_bytes()[step.octets..]);
        assert!(step.part.is_some_and(|part| is_noop(&part, "z")), "{line}");
    }
}

#[test]
fn a_message_that_is_given_up_is_passed_over() {
    let wire = b"a APPEND x {8+}\r\nb NOOP\r\n\r\nz NOOP\r\n";
    let mut reader = CommandReader::new(&Limits::new(), Quirks::strict());
    let mut rest = &wire[..];
    let mut parts = Vec::new();
    loop {
        // Two octets of the message come, and then it is given up.
        let shown = if reader.in_payload() { &rest[..2] } else { rest };
        let step = reader.read(shown);
        rest = &rest[step.octets..];
        match step.part {
            Some(CommandPart::Literal(_)) => reader.accept(),
            Some(CommandPart::Chunk) => reader.discard(),
            Some(part) => parts.push(part),
            None if step.octets == 0 => break,
            None => {}
        }
    }
    assert!(is_noop(parts.last().unwrap(), "z"), "{parts:?}");
    assert!(!parts.iter().any(|part| is_noop(part, "b") || *part == CommandPart::MessageEnd));
}

#[test]
fn a_mailbox_in_a_literal_is_that_mailbox() {
    let parts = without_literals(told("a SELECT {5+}\r\na \"b{\r\n"));
    let CommandPart::Command(it) = &parts[0] else { panic!("{parts:?}") };
    let Command::Select { mailbox, .. } = &it.command else { panic!("{parts:?}") };
    assert_eq!(*mailbox, MailboxName::new("a \"b{").unwrap());
}
