//! What is built to break out of its place does not.

use postrider_imap::Limits;
use postrider_imap::{
    AppendMessage, AppendTarget, AppendWriter, Atom, Command, CommandPart, CommandReader,
    FetchItem, ListExtended, ListResponse, Literals, MailboxName, Quirks, Raw, Response,
    ResponsePart, ResponseReader, SearchKey, Tag, TaggedCommand, WriteOptions,
};

/// The parts that a server reads, with all literals taken.
fn commands(wire: &[u8]) -> Vec<CommandPart> {
    let mut reader = CommandReader::new(&Limits::new(), Quirks::strict());
    let mut rest = wire;
    let mut parts = Vec::new();
    loop {
        let step = reader.read(rest);
        if step.is_starved() {
            assert!(rest.is_empty(), "left: {:?}", String::from_utf8_lossy(rest));
            return parts;
        }
        rest = &rest[step.octets..];
        if let Some(CommandPart::Literal(_)) = step.part {
            reader.accept();
        }
        parts.extend(step.part);
    }
}

/// The parts that a client reads.
fn responses(wire: &[u8], forgiven: Quirks) -> Vec<ResponsePart> {
    let mut reader = ResponseReader::new(&Limits::new(), forgiven);
    let mut rest = wire;
    let mut parts = Vec::new();
    loop {
        let step = reader.read(rest);
        if step.is_starved() {
            return parts;
        }
        rest = &rest[step.octets..];
        parts.extend(step.part);
    }
}

fn tag() -> Tag {
    Tag::new("a").unwrap()
}

fn atom(word: &'static str) -> Atom {
    Atom::new(word).unwrap()
}

/// SECURITY.md, "injection": in a word and in quotes a brace is only a brace, so what would stand in
/// the literal is the next command.
#[test]
fn a_raw_value_announces_no_literal_where_a_reader_sees_none() {
    for raw in [
        "x{20}\r\nb DELETE \"keep this\"",
        "\"x {20}\r\nb DELETE \"keep this\"",
        "(\"\\\" {20}\r\nb DELETE \"keep this\")",
        "~x{20}\r\nb DELETE \"keep this\"",
    ] {
        assert!(Raw::new(raw).is_err(), "{raw}");
    }
}

/// A quote that is open makes the literal behind it text, and the octets of a message commands.
#[test]
fn a_raw_value_leaves_nothing_open() {
    for raw in ["\"x", "(x", "x)", ")(", "(\"x)", "\"\\\"", "{1}\r\n)(", "(\"x\\)"] {
        assert!(Raw::new(raw).is_err(), "{raw}");
    }
    for raw in ["\"(\"", "(x)", "\"\\\"\"", "({1}\r\n\")", "(\")\" (x))", "{1}\r\n("] {
        assert!(Raw::new(raw).is_ok(), "{raw}");
    }
}

/// RFC 9051 §2.2: a command ends with CRLF, and RFC 9051 §4.3: so does the announcement of a
/// literal. Where LF alone did either, two readers would see different commands.
#[test]
fn a_bare_lf_makes_no_literal_of_a_command() {
    for line in [
        "a LOGIN {3}\nabc def\r\n",
        "a SELECT {5}\nINBOX\r\n",
        "a XFUTURE {5}\nINBOX\r\n",
        "a XFUTURE x\nb DELETE y\r\n",
        "a APPEND {1}\nx {5+}\r\nhello\r\n",
        "a APPEND x (\n) {5+}\r\nhello\r\n",
        "a APPEND x CATENATE (URL {1}\nx)\r\n",
    ] {
        let parts = commands(line.as_bytes());
        let last = parts.last();
        assert!(
            matches!(last, Some(CommandPart::Unparsed { head: Some(_), .. })),
            "{line} {parts:?}"
        );
        assert!(!parts.iter().any(|part| matches!(part, CommandPart::Chunk)), "{line}");
        let parsed = TaggedCommand::parse(line.as_bytes(), &Limits::new(), Quirks::strict());
        assert!(parsed.is_err(), "{line}");
    }
    let whole = "a APPEND x {5+}\r\nhello CATENATE (URL {1}\nx)\r\n";
    assert!(matches!(commands(whole.as_bytes()).last(), Some(CommandPart::Unparsed { .. })));
}

/// What a client sent is written to another server as what it was.
#[test]
fn a_command_that_is_passed_on_is_one_command() {
    for line in [
        "a XFUTURE x{20}\r\n",
        "a XFUTURE \"x {20}\r\n",
        "a XFUTURE \"x \"{20}\r\n",
        "a XFUTURE \"\\\" {20+}\r\n",
        "a XFUTURE ({3}\r\nx\"y {2+}\r\n\r\n)\r\n",
    ] {
        for part in commands(line.as_bytes()) {
            let CommandPart::Command(command) = part else { continue };
            let wire = command.encode(WriteOptions::default());
            let again = commands(wire.octets.expose());
            let count =
                again.iter().filter(|part| !matches!(part, CommandPart::Literal(_))).count();
            assert_eq!(count, 1, "{line} {again:?}");
        }
    }
}

/// A broken item of a FETCH response, written before octets of a message, takes none of them.
#[test]
fn what_was_broken_when_it_was_read_breaks_nothing_behind_it() {
    let mut all = Vec::new();
    for wire in [
        "* 1 FETCH (BODY[TEXT] \"abc\r\n",
        "* 1 FETCH (X ((( BODY[]\r\n",
        "* 1 FETCH (X abc\"def UID 7 BODY[] {1}\r\nx)\r\n",
        "* 1 FETCH (X[ BODY[] NIL)\r\n",
        "* 1 FETCH (X \"abc {3}\r\n",
    ] {
        for part in responses(wire.as_bytes(), Quirks::tolerant()) {
            match part {
                ResponsePart::FetchItems { items, .. }
                | ResponsePart::Response(Response::Fetch { items, .. }) => all.extend(items),
                _ => {}
            }
        }
    }
    assert!(all.iter().any(|item| matches!(item, FetchItem::Unparsed(_))), "{all:?}");
    for item in all {
        let mut wire = b"* 1 FETCH (".to_vec();
        item.write(&mut wire);
        wire.extend_from_slice(b" BODY[] {12}\r\n* 9 EXISTS\r\n)\r\nz OK\r\n");
        let parts = responses(&wire, Quirks::tolerant());
        let exists =
            |part: &ResponsePart| matches!(part, ResponsePart::Response(Response::Exists(_)));
        assert!(!parts.iter().any(exists), "{}", String::from_utf8_lossy(&wire));
        assert!(
            parts.iter().any(|part| matches!(part, ResponsePart::Chunk)),
            "{:?}",
            String::from_utf8_lossy(&wire)
        );
    }
}

/// RFC 9051 §7.1: no literals stand in texts, so what would be one is the next response.
#[test]
fn raw_data_that_reads_as_a_text_is_one_line() {
    for raw in [
        "OK x {14}\r\n* 9 EXPUNGE\r\nx",
        "BYE {14}\r\n* 9 EXPUNGE\r\nx",
        "CAPABILITY {14}\r\n* 9 EXPUNGE\r\nx",
        " no {14}\r\n* 9 EXPUNGE\r\nx",
        "FLAGS ({12}\r\n* 9 EXPUNGE)",
    ] {
        let Ok(value) = Raw::new(raw) else { continue };
        let mut wire = Vec::new();
        Response::Other(value).write(&mut wire);
        assert_eq!(responses(&wire, Quirks::tolerant()).len(), 1, "{raw}");
    }
}

/// RFC 3516 §4.2: only servers with BINARY know `~{n}`. To others it announces nothing, so what stands
/// in it must wait for their `+`.
#[test]
fn a_literal8_of_a_command_always_waits() {
    for literals in [Literals::Plus, Literals::Minus, Literals::Wait] {
        let mut options = WriteOptions::default();
        options.literals = literals;
        let command =
            Command::Login { user: "u".into(), password: b"\0\r\nb DELETE inbox".to_vec().into() };
        let wire = TaggedCommand { tag: tag(), command }.encode(options);
        let octets = wire.octets.expose();
        let at = octets.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
        assert_eq!(wire.stops, [at], "{literals:?}");
        assert!(octets[..at].ends_with(b"~{17}\r\n"));
    }
}

/// Octets that would end a place of their own, in each place that takes some.
#[test]
fn whatever_stands_in_a_command_is_one_command() {
    let evil: [&[u8]; 10] = [
        b"x\r\nb DELETE y",
        b"x {3}\r\nb",
        b"x {30}",
        b"\"",
        b"\\",
        b"a\" {5}",
        b"~{5}",
        b"{5+}",
        b"\0\r\nb NOOP\r\n",
        b"\xff\xfe\" b",
    ];
    for evil in evil {
        let bytes = || bytes_of(evil);
        let mut all = vec![
            Command::Login { user: bytes(), password: evil.to_vec().into() },
            Command::Lsub { reference: MailboxName::inbox(), pattern: bytes() },
            Command::CancelUpdate(vec![bytes(), bytes()]),
            Command::GetQuota(bytes()),
            Command::Id(Some(vec![(bytes(), Some(bytes())), (bytes(), None)])),
            Command::DeleteAcl { mailbox: MailboxName::inbox(), identifier: bytes() },
        ];
        if let Ok(name) = MailboxName::new(bytes()) {
            all.push(Command::Rename { from: name.clone(), to: name });
        }
        let mut search = postrider_imap::SearchCommand::new(vec![
            SearchKey::Body(bytes()),
            SearchKey::Not(Box::new(SearchKey::Subject(bytes()))),
        ]);
        search.uid = true;
        all.push(Command::Search(Box::new(search)));
        for command in all {
            for literals in [Literals::Plus, Literals::Wait] {
                let mut options = WriteOptions::default();
                options.literals = literals;
                options.utf8 = true;
                let wire = TaggedCommand { tag: tag(), command: command.clone() }.encode(options);
                let parts = commands(wire.octets.expose());
                let others: Vec<_> =
                    parts.iter().filter(|part| !matches!(part, CommandPart::Literal(_))).collect();
                assert_eq!(others.len(), 1, "{others:?}");
                let CommandPart::Command(read) = others[0] else {
                    // What no such value may hold is refused by whoever reads it.
                    assert!(matches!(others[0], CommandPart::Unparsed { .. }), "{others:?}");
                    continue;
                };
                assert_eq!(read.command, command);
            }
        }
    }
}

fn bytes_of(octets: &[u8]) -> bytes::Bytes {
    bytes::Bytes::copy_from_slice(octets)
}

/// Between the octets of messages too.
#[test]
fn the_pieces_of_an_append_hold_what_they_are_given() {
    let target = AppendTarget::Append(MailboxName::new("a\" {3}").unwrap());
    let mut writer = AppendWriter::new(&tag(), &target, WriteOptions::default());
    let mut message = AppendMessage::new(10);
    message.extensions.push((atom("X"), Raw::new("(\"{3}\" {3}\r\n\"))) ").unwrap_or_default()));
    message.extensions.push((atom("Y"), Raw::new("({4}\r\n\"))) \"\\\" {3}\")").unwrap()));
    message.extensions.remove(0);
    let mut wire = writer.message(&message).octets.expose().clone();
    wire.extend_from_slice(b"b NOOP\r\n\r\n");
    wire.extend_from_slice(writer.finish().octets.expose());
    let parts = commands(&wire);
    assert_eq!(parts.last(), Some(&CommandPart::AppendEnd), "{parts:?}");
    assert!(parts.contains(&CommandPart::Message(message)));
}

/// A value of an extension in LIST.
#[test]
fn a_value_of_an_extension_stays_in_its_list() {
    for raw in ["x) \"", "\"", "(", "x {3}", "x{3}\r\n* 1 EXPUNGE"] {
        assert!(Raw::new(raw).is_err(), "{raw}");
    }
    let list =
        ListResponse::new(Default::default(), None, MailboxName::inbox()).with_extended(vec![
            ListExtended::Other("a\" {3}".into(), Raw::new("(\"(\" {1}\r\n))").unwrap()),
        ]);
    let mut wire = Vec::new();
    Response::List(list.clone()).write(&mut wire);
    let parts = responses(&wire, Quirks::strict());
    assert_eq!(parts, [ResponsePart::Response(Response::List(list))]);
}

/// The answer to a challenge of AUTHENTICATE is a password, or as good as one.
#[test]
fn an_answer_of_authenticate_is_shown_nowhere() {
    let mut reader = CommandReader::new(&Limits::new(), Quirks::strict());
    reader.expect_line();
    let step = reader.read(b"AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
    assert!(!format!("{step:?} {reader:?}").contains("AHRpb"), "{step:?}");
    for line in [
        "a LOGIN joe hunter2",
        "a LOGIN joe \"hunter2\"",
        "a LOGIN joe {7+}\r\nhunter2",
        "a AUTHENTICATE PLAIN hunter2=",
        "a UID LOGIN joe hunter2",
        "a UID AUTHENTICATE PLAIN hunter2=",
        "a LOGIN joe hunter2 x",
        "a login joe hunter2",
        "a LOGIN  joe hunter2",
    ] {
        let shown = format!("{:?}", commands(format!("{line}\r\n").as_bytes()));
        assert!(!shown.contains("hunter2"), "{line}: {shown}");
        let parsed = TaggedCommand::parse(line.as_bytes(), &Limits::new(), Quirks::tolerant());
        assert!(!format!("{parsed:?}").contains("hunter2"), "{line}");
    }
}

/// However large the limits are, no client makes a value that overflows the stack when it is shown or
/// dropped. A thread has 2 MiB.
#[test]
fn no_search_is_too_deep_to_be_dropped() {
    let limits = Limits::new().with_list(usize::MAX).with_depth(usize::MAX).with_unit(512, 1 << 22);
    for (before, key, behind) in [
        ("NOT ", "SEEN", ""),
        ("OR SEEN ", "SEEN", ""),
        ("FUZZY ", "SEEN", ""),
        ("(SEEN ", "SEEN", ")"),
    ] {
        for depth in [900, 200_000] {
            let line = format!("a SEARCH {}{key}{}", before.repeat(depth), behind.repeat(depth));
            let read = TaggedCommand::parse(line.as_bytes(), &limits, Quirks::strict());
            assert_eq!(read.is_ok(), depth < 1000, "{before}");
            assert!(!format!("{:?}", read.clone()).is_empty());
            assert_eq!(read, read.clone());
        }
    }
}

/// RFC 9051 §9: what a strict reader is not to take, one by one.
#[test]
fn a_strict_reader_takes_the_grammar_alone() {
    let mut taken = Vec::new();
    for line in [
        "a  NOOP",
        "a NOOP ",
        " a NOOP",
        "a+ NOOP",
        "a NOOP x",
        "a LOGIN  x y",
        "a LOGIN x",
        "a LOGIN x y z",
        "a LOGIN x y ",
        "a LOGIN \"x y",
        "a LOGIN (x) y",
        "a LOGIN x\ty",
        "a LOGIN x {1}\r\ny ",
        "a SELECT",
        "a SELECT ",
        "a SELECT x y",
        "a SELECT x ()",
        "a SELECT x (CONDSTORE",
        "a SELECT %",
        "a SELECT {1}y",
        "a FETCH 0 FLAGS",
        "a FETCH 01 FLAGS",
        "a FETCH 1:02 FLAGS",
        "a FETCH 1,,2 FLAGS",
        "a FETCH 1: FLAGS",
        "a FETCH 1:2:3 FLAGS",
        "a FETCH ,1 FLAGS",
        "a FETCH 4294967296 FLAGS",
        "a FETCH -1 FLAGS",
        "a FETCH $1 FLAGS",
        "a FETCH 1 ()",
        "a FETCH 1 (FLAGS  UID)",
        "a FETCH 1 ( FLAGS)",
        "a FETCH 1 (FLAGS )",
        "a FETCH 1 FLAGS UID",
        "a FETCH 1 (ALL)",
        "a FETCH 1 BODY[",
        "a FETCH 1 BODY[0]",
        "a FETCH 1 BODY[MIME]",
        "a FETCH 1 BODY[1.]",
        "a FETCH 1 BODY[HEADER.FIELDS ()]",
        "a FETCH 1 BODY[HEADER.FIELDS]",
        "a FETCH 1 BODY[]<0>",
        "a FETCH 1 BODY[]<0.0>",
        "a FETCH 1 BODY[]<.5>",
        "a FETCH 1 BODY []",
        "a FETCH 1 FLAGS ()",
        "a FETCH 1 FLAGS (CHANGEDSINCE)",
        "a FETCH 1 FLAGS (CHANGEDSINCE 0)",
        "a STORE 1 FLAGS",
        "a STORE 1 +FLAGS (\\Recent)",
        "a STORE 1 +FLAGS (\\*)",
        "a STORE 1 +FLAGS  (\\Seen)",
        "a STORE 1 +FLAGS (\\Seen",
        "a STORE 1 +FLAGS (a]b)",
        "a STORE 1 +FLAGS (\"a\")",
        "a SEARCH",
        "a SEARCH ",
        "a SEARCH ()",
        "a SEARCH NOT",
        "a SEARCH OR SEEN",
        "a SEARCH (SEEN",
        "a SEARCH SEEN)",
        "a SEARCH SEEN  UNSEEN",
        "a SEARCH XYZZY",
        "a SEARCH SINCE 32-Jan-2020",
        "a SEARCH SINCE 1-Foo-2020",
        "a SEARCH SINCE 1-Jan-20",
        "a SEARCH SINCE \"1-Jan-2020",
        "a SEARCH LARGER x",
        "a SEARCH CHARSET",
        "a SEARCH RETURN MIN ALL",
        "a SEARCH UID 0",
        "a STATUS x ()",
        "a STATUS x MESSAGES",
        "a STATUS x (XYZ",
        "a LIST \"\"",
        "a LIST \"\" ",
        "a LIST () \"\" () ",
        "a COPY 1",
        "a COPY 0 x",
        "a UID EXPUNGE",
        "a UID NOOP x\"",
        "a UID",
        "a UID ",
        "a EXPUNGE 1",
        "a AUTHENTICATE",
        "a AUTHENTICATE PLAIN !!",
        "a AUTHENTICATE PLAIN a",
        "a AUTHENTICATE PLAIN =a",
        "a AUTHENTICATE PLAIN a=b=",
        "a ENABLE",
        "a ENABLE ",
        "a ID",
        "a ID (\"a\")",
        "a ID (NIL \"a\")",
        "a RENAME x",
        "a IDLE x",
        "a COMPRESS",
        "a SETACL x y",
        "a SETQUOTA x y",
        "a GETMETADATA x",
        "a SETMETADATA x ()",
        "a NOTIFY SET",
        "a NOTIFY NONE x",
        "a THREAD X UTF-8",
        "a SORT () UTF-8 ALL",
        "a SORT (X UTF-8 ALL",
    ] {
        if let Ok((command, _)) =
            TaggedCommand::parse(line.as_bytes(), &Limits::new(), Quirks::strict())
        {
            taken.push((line, command.command));
        }
    }
    assert!(taken.is_empty(), "{taken:#?}");
    for line in [
        "a APPEND x \"1-Jan-2020 00:00:00 +0000\" {1+}\r\nx",
        "a APPEND x \" 12-Jan-2020 00:00:00 +0000\" {1+}\r\nx",
        "a APPEND x (\\Recent) {1+}\r\nx",
        "a APPEND x  {1+}\r\nx",
        "a APPEND x () () {1+}\r\nx",
        "a APPEND x {1+}\r\nx ",
        "a APPEND x {1+}\r\nxy",
    ] {
        let parts = commands(format!("{line}\r\n").as_bytes());
        assert!(!parts.contains(&CommandPart::AppendEnd), "{line} {parts:?}");
    }
}
