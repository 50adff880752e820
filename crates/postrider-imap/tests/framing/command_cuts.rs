//! Cutting what a client says anywhere changes nothing.

use postrider_imap::{Limits, Quirks};
use postrider_testkit::Random;
use proptest::prelude::*;

use crate::reading::commands;
use crate::{wire, word};

const VERDICTS: [fn(usize) -> bool; 3] = [|_| true, |_| false, |nth| nth % 2 == 1];

fn cut_anywhere(octets: &[u8], limits: &Limits) {
    for takes in VERDICTS {
        let read = |next: &mut dyn FnMut() -> usize| {
            commands(octets, limits, Quirks::strict(), takes, next)
        };
        let whole = read(&mut || usize::MAX);
        assert_eq!(read(&mut || 1), whole, "{}", octets.escape_ascii());
        for cut in 1..octets.len() {
            let mut pieces = [cut].into_iter();
            let parts = read(&mut || pieces.next().unwrap_or(usize::MAX));
            assert_eq!(parts, whole, "cut at {cut} of {}", octets.escape_ascii());
        }
        for seed in 0..10 {
            let mut random = Random::new(seed);
            assert_eq!(read(&mut || 1 + random.below(30)), whole, "seed {seed}");
        }
    }
}

#[test]
fn a_cut_anywhere_changes_nothing() {
    for stream in [
        "a NOOP\r\n\r\nb LOGIN {3}\r\nabc {4+}\r\n\r\n\r\n\r\nc x{3}\r\nd NOOP\nx\r\n",
        "a APPEND x (\\Seen) {5}\r\nH\r\n {\r\nb APPEND {1+}\r\nx {2+}\r\n\r\n {1}\r\nb\r\nc NOOP\r\n",
        "a APPEND x CATENATE (URL \"/u\" TEXT {2}\r\n)) URL /v TEXT {1+}\r\na)\r\nb NOOP\r\n",
        "a APPEND x UTF8 (~{2}\r\n)\r)\r\nb REPLACE 1 x {1}\r\nbx\r\nc UID REPLACE * y ~{1+}\r\n\0\r\n",
        "a APPEND x {3}\r\nabc (\r\nb APPEND x {3}\r\nabc {x\r\nc SEARCH {1+}\r\na\"{2}\r\n\"\r\n",
        "a LOGIN {99999999999999999999}\r\nb NOOP\r\n",
        "a LOGIN {99999999999999999999+}\r\nb NOOP\r\n",
        "a\r\r\n\r\n\n\r\n a\r\na \"\\\r\n\"\\\" {1}\r\n\"\\\\\" {1}\r\nx\r\n",
    ] {
        cut_anywhere(stream.as_bytes(), &Limits::new());
    }
}

#[test]
fn a_cut_anywhere_in_what_is_too_long_changes_nothing() {
    let limits = Limits::new().with_unit(512, 512).with_swallow(1000);
    let long = "x".repeat(600);
    for stream in [
        format!("a {long} {{3}}\r\nb NOOP\r\n"),
        format!("a {long} {{9+}}\r\nb NOOP\r\n\r\n {{600+}}\r\n{long}\r\nc NOOP\r\n"),
        format!("a LOGIN {{600}}\r\n{long}\r\nb NOOP\r\n"),
        format!("a LOGIN {{600+}}\r\n{long} {{600+}}\r\n{long}\r\nb NOOP\r\n"),
        format!("a APPEND x {{600+}}\r\n{long} {long}\r\nb NOOP\r\n"),
        format!("a {long} {{99999999999999999999999+}}\r\nb NOOP\r\n"),
        format!("a {}\r\nb NOOP\r\n", &long[..508]),
        format!("a {}\r\nb NOOP\r\n", &long[..509]),
    ] {
        cut_anywhere(stream.as_bytes(), &limits);
    }
}

/// Words of the language, whole and broken.
const WORDS: &[&str] = &[
    "a ",
    "b ",
    "LOGIN ",
    "APPEND x ",
    "REPLACE 1 x ",
    "UID ",
    "SEARCH ",
    "SUBJECT ",
    "NOOP",
    "CATENATE (",
    "URL ",
    "TEXT ",
    "UTF8 (",
    "(\\Seen) ",
    "{3}\r\n",
    "{3+}\r\n",
    "{0}\r\n",
    "~{2}\r\n",
    "~{2+}\r\n",
    "{600}\r\n",
    "{600+}\r\n",
    "{4294967296+}\r\n",
    "{18446744073709551616}\r\n",
    "{",
    "}",
    "abc",
    "\"",
    "\\",
    "(",
    ")",
    "\r\n",
    "\n",
    "\r",
    " ",
    "\0",
    "z NOOP\r\n",
    "\u{e9}",
    "[",
    "x",
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_octets_are_read_the_same_however_they_come(
        octets in wire(word(WORDS)),
        pieces in prop::collection::vec(1..40_usize, 1..20),
        verdict in 0..3_usize,
        strict: bool,
    ) {
        let limits = Limits::new().with_unit(512, 512).with_swallow(1000);
        let forgiven = if strict { Quirks::strict() } else { Quirks::tolerant() };
        let takes = VERDICTS[verdict];
        let whole = commands(&octets, &limits, forgiven, takes, || usize::MAX);
        let mut pieces = pieces.iter().copied().cycle();
        let cut = commands(&octets, &limits, forgiven, takes, || pieces.next().unwrap());
        prop_assert_eq!(&cut, &whole);
        let one = commands(&octets, &limits, forgiven, takes, || 1);
        prop_assert_eq!(&one, &whole);
    }

    #[test]
    fn what_follows_a_command_is_read(octets in wire(word(WORDS))) {
        let limits = Limits::new().with_unit(512, 512);
        let read = |octets: &[u8]| {
            commands(octets, &limits, Quirks::strict(), |_| true, || usize::MAX)
        };
        let whole = read(&octets);
        if whole.is_between && whole.left == 0 {
            let more = read(&[&octets[..], b"z NOOP\r\n"].concat());
            prop_assert_eq!(more.told.len(), whole.told.len() + 1);
            prop_assert_eq!(&more.told[..whole.told.len()], &whole.told[..]);
        }
    }
}
