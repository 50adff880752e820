//! Twice the input takes about twice the time, however it comes.

use std::time::{Duration, Instant};

use postrider_imap::Limits;
use postrider_imap::{CommandPart, CommandReader, Quirks, ResponseReader};

/// Input of about this length.
type OfLength = Box<dyn Fn(usize) -> Vec<u8>>;

/// A reader: how many octets its step consumed, or `None` when it has to see more.
type Reads = Box<dyn FnMut(&[u8]) -> Option<usize>>;

fn responses(limits: &Limits) -> Reads {
    let mut reader = ResponseReader::new(limits, Quirks::tolerant());
    Box::new(move |octets| {
        let step = reader.read(octets);
        (!step.is_starved()).then_some(step.octets)
    })
}

fn commands(limits: &Limits) -> Reads {
    let mut reader = CommandReader::new(limits, Quirks::tolerant());
    Box::new(move |octets| {
        let step = reader.read(octets);
        if let Some(CommandPart::Literal(_)) = step.part {
            reader.accept();
        }
        (!step.is_starved()).then_some(step.octets)
    })
}

/// Reads all of it in pieces of that size, as a program does that holds what is not consumed.
fn time(mut read: Reads, wire: &[u8], piece: usize) -> Duration {
    let started = Instant::now();
    let (mut start, mut end) = (0, 0);
    loop {
        if let Some(octets) = read(&wire[start..end]) {
            start += octets;
        } else {
            if end == wire.len() {
                return started.elapsed();
            }
            end = end.saturating_add(piece).min(wire.len());
        }
    }
}

/// Quadratic work on 16 times as much would be 256 times as much.
fn is_linear(name: &str, piece: usize, reads: impl Fn() -> Reads, wire: impl Fn(usize) -> Vec<u8>) {
    const N: usize = 32 << 10;
    let best = |n: usize| {
        let wire = wire(n);
        (0..5).map(|_| time(reads(), &wire, piece)).min().unwrap()
    };
    let (once, more) = (best(N), best(16 * N));
    println!("{name:32} {piece:>8} {once:?} {more:?}");
    assert!(more < once * 80 + Duration::from_millis(50), "{name} by {piece}: {once:?} {more:?}");
}

fn repeated(
    before: &'static str,
    what: &'static str,
    behind: &'static str,
) -> impl Fn(usize) -> Vec<u8> {
    move |n| format!("{before}{}{behind}\r\n", what.repeat(n / what.len())).into_bytes()
}

/// Blanks in front of a number that many literals follow.
fn blanks_before_literals(n: usize) -> Vec<u8> {
    let literals = "{0}\r\n ".repeat(n / 2 / 70);
    format!("* {}1 X {literals}x\r\n", " ".repeat(n / 2)).into_bytes()
}

/// Flags that come in the worst order, each in two cases of letters.
fn flags_in_disorder(n: usize) -> Vec<u8> {
    let flags: String = (0..n / 16).rev().map(|at| format!("k{at:06} K{at:06} ")).collect();
    format!("* 1 FETCH (FLAGS ({flags}a))\r\n").into_bytes()
}

/// Addresses in groups that do not end.
fn addresses(n: usize) -> Vec<u8> {
    let group = "(NIL NIL \"g\" NIL)".repeat(n / 17);
    format!("* 1 FETCH (ENVELOPE (NIL NIL ({group}) NIL NIL NIL NIL NIL NIL NIL))\r\n").into_bytes()
}

#[test]
fn reading_takes_linear_time_in_pieces_of_any_size() {
    let large = Limits::new().with_unit(1 << 20, 1 << 20).with_list(1 << 20);
    let small = Limits::new().with_unit(2048, 2048);
    let cases: [(&str, OfLength); 34] = [
        ("text", Box::new(repeated("* OK ", "x", ""))),
        ("lines", Box::new(repeated("", "* 1 EXISTS\r\n", ""))),
        ("unparsed lines", Box::new(repeated("", "\r\n", ""))),
        ("LFs in a unit of LIST", Box::new(repeated("* LIST () \"/\" x ", "\"\n", ""))),
        ("parentheses", Box::new(repeated("* LIST ", "(", ""))),
        ("parentheses in FETCH", Box::new(repeated("* 1 FETCH (X ", "(", ""))),
        ("quotes in FETCH", Box::new(repeated("* 1 FETCH (X (", "\"\" ", ""))),
        ("backslashes in FETCH", Box::new(repeated("* 1 FETCH (X \"", "\\", ""))),
        ("pairs in FETCH", Box::new(repeated("* 1 FETCH (X \"", "\\\\", "\")"))),
        ("a bracket without end", Box::new(repeated("* 1 FETCH (BODY[", "(", ""))),
        ("field names", Box::new(repeated("* 1 FETCH (BODY[HEADER.FIELDS (", "a ", ")] NIL)"))),
        ("items", Box::new(repeated("* 1 FETCH (", "UID 1 ", "UID 1)"))),
        ("unknown items", Box::new(repeated("* 1 FETCH (", "X (y) ", "UID 1)"))),
        ("empty items", Box::new(repeated("* 1 FETCH (", " ", "UID 1)"))),
        ("bodies", Box::new(repeated("* 1 FETCH (", "BODY[] {1}\r\n) ", "UID 1)"))),
        ("quoted bodies", Box::new(repeated("* 1 FETCH (", "BODY[] \"x\" ", "UID 1)"))),
        ("literals", Box::new(repeated("* LIST () \"/\" x (y (", "{1}\r\n( ", "))"))),
        ("literals in an item", Box::new(repeated("* 1 FETCH (X (", "{1}\r\n( ", "))"))),
        ("empty literals", Box::new(repeated("* LIST () \"/\" x (y (", "{0}\r\n ", "))"))),
        ("flags", Box::new(repeated("* 1 FETCH (FLAGS (", "a ", "b))"))),
        ("ids", Box::new(repeated("* SEARCH", " 1 3", ""))),
        ("threads", Box::new(repeated("* THREAD ", "(1 2)", ""))),
        ("blanks before literals", Box::new(blanks_before_literals)),
        ("flags in disorder", Box::new(flags_in_disorder)),
        ("broken items", Box::new(repeated("* 1 FETCH (", "UID x ", "UID 1)"))),
        ("broken structures", Box::new(repeated("* 1 FETCH (", "BODY (((NIL NIL NIL))) ", "X y)"))),
        ("broken lines", Box::new(repeated("", "* 1 FETCH (X \"\r\n", ""))),
        ("addresses", Box::new(addresses)),
        ("quoted with escapes", Box::new(repeated("* LIST () \"/\" \"", "\\\"", "\""))),
        ("attributes", Box::new(repeated("* LIST (", "\\A\\b ", ") \"/\" x"))),
        ("results", Box::new(repeated("* ESEARCH", " MIN 1", ""))),
        ("partial results", Box::new(repeated("* ESEARCH UID", " PARTIAL (1:2 3,4)", ""))),
        ("entries", Box::new(repeated("* METADATA x (", "/a {1}\r\n( ", "/b NIL)"))),
        ("brackets in a code", Box::new(repeated("* OK [X ", "\"]\"", "] x"))),
    ];
    for (name, wire) in cases {
        for piece in [16, 4096, usize::MAX] {
            is_linear(name, piece, || responses(&large), &wire);
            is_linear(name, piece, || responses(&small), &wire);
        }
    }
}

#[test]
fn reading_commands_takes_linear_time_in_pieces_of_any_size() {
    let large = Limits::new().with_unit(1 << 20, 1 << 20).with_list(1 << 20).with_swallow(u64::MAX);
    let small = Limits::new().with_unit(2048, 2048).with_swallow(u64::MAX);
    let cases: [(&str, OfLength); 19] = [
        ("text", Box::new(repeated("a ", "x", ""))),
        ("commands", Box::new(repeated("", "a NOOP\r\n", ""))),
        ("unparsed lines", Box::new(repeated("", "\r\n", ""))),
        ("LFs", Box::new(repeated("a ", "\n", ""))),
        ("CRs", Box::new(repeated("a ", "\r", ""))),
        ("parentheses", Box::new(repeated("a SEARCH ", "(", ""))),
        ("negations", Box::new(repeated("a SEARCH ", "NOT ", "ALL"))),
        ("backslashes", Box::new(repeated("a LOGIN x \"", "\\\\", "\""))),
        ("quotes before braces", Box::new(repeated("a LOGIN ", "\"{1}\r", ""))),
        ("a set", Box::new(repeated("a FETCH 1", ",1:*", " UID"))),
        ("search keys", Box::new(repeated("a SEARCH ", "SEEN ", "ALL"))),
        ("literals", Box::new(repeated("a SEARCH ", "SUBJECT {1+}\r\n( ", "ALL"))),
        ("messages", Box::new(repeated("a APPEND x", " {1+}\r\n(", ""))),
        ("URLs", Box::new(repeated("a APPEND x CATENATE (URL x", " URL x", ")"))),
        (
            "URLs in literals",
            Box::new(repeated("a APPEND x CATENATE (URL x", " URL {1+}\r\nx", ")")),
        ),
        ("extensions", Box::new(repeated("a APPEND x", " X (y (z))", " {1+}\r\nx"))),
        ("flags of a message", Box::new(repeated("a APPEND x (", "b a ", "c) {1+}\r\nx"))),
        ("alternatives", Box::new(repeated("a SEARCH ", "OR SEEN ", "ALL"))),
        ("attributes", Box::new(repeated("a FETCH 1 (", "X-Y[((( (a (b)) ", "UID)"))),
    ];
    for (name, wire) in cases {
        for piece in [16, 4096, usize::MAX] {
            is_linear(name, piece, || commands(&large), &wire);
            is_linear(name, piece, || commands(&small), &wire);
        }
    }
}
