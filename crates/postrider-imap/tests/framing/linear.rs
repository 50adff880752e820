//! Twice the input takes about twice the time, however it comes.

use std::time::{Duration, Instant};

use postrider_imap::Limits;
use postrider_imap::{Quirks, ResponseReader};

/// Reads all of it in pieces of that size, as a program does that holds what is not consumed.
fn time(wire: &[u8], piece: usize, limits: &Limits) -> Duration {
    let started = Instant::now();
    let mut reader = ResponseReader::new(limits, Quirks::tolerant());
    let (mut start, mut end) = (0, 0);
    loop {
        let step = reader.read(&wire[start..end]);
        start += step.octets;
        if step.is_starved() {
            if end == wire.len() {
                return started.elapsed();
            }
            end = end.saturating_add(piece).min(wire.len());
        }
    }
}

/// Quadratic work on 16 times as much would be 256 times as much.
fn is_linear(name: &str, piece: usize, limits: &Limits, wire: impl Fn(usize) -> Vec<u8>) {
    const N: usize = 32 << 10;
    let best = |n: usize| {
        let wire = wire(n);
        (0..5).map(|_| time(&wire, piece, limits)).min().unwrap()
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

#[test]
fn reading_takes_linear_time_in_pieces_of_any_size() {
    let large = Limits::new().with_unit(1 << 20, 1 << 20).with_list(1 << 20);
    let cases: [(&str, Box<dyn Fn(usize) -> Vec<u8>>); 22] = [
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
    ];
    for (name, wire) in cases {
        for piece in [16, 4096, usize::MAX] {
            is_linear(name, piece, &large, &wire);
            is_linear(name, piece, &Limits::new().with_unit(2048, 2048), &wire);
        }
    }
}
