//! Cutting the input anywhere changes nothing.

use postrider_imap::{Limits, Quirks};
use postrider_testkit::{Random, read_shared, shared_files};
use proptest::prelude::*;

use crate::reading::{cut_responses, responses};
use crate::{wire, word};

/// The same for all single cuts of what is small, octet by octet, and for some random cuts.
fn cut_anywhere(octets: &[u8], limits: &Limits, forgiven: Quirks) {
    let whole = responses(octets, limits, forgiven);
    let same = |mut next: Box<dyn FnMut() -> usize>, how: &str| {
        let cut = cut_responses(octets, limits, forgiven, &mut next);
        assert_eq!(cut, whole, "{how} of {}", octets.escape_ascii());
    };
    same(Box::new(|| 1), "octet by octet");
    for cut in 1..octets.len().min(8192) {
        let mut pieces = [cut].into_iter();
        same(Box::new(move || pieces.next().unwrap_or(usize::MAX)), &format!("cut at {cut}"));
    }
    for seed in 0..20 {
        let mut random = Random::new(seed);
        let most = 1 + random.below(100);
        same(Box::new(move || 1 + random.below(most)), &format!("seed {seed}"));
    }
}

/// What readers stumble over, side by side.
const STREAMS: &[&str] = &[
    "* OK [CAPABILITY IMAP4rev2 LITERAL-] hi\r\n* 23 EXISTS\r\na NO No such mailbox: x{10}\r\n",
    "* LIST (\\HasNoChildren) \"/\" {7}\r\na\r\nb c\"\r\n* LIST () NIL {0}\r\n\r\na OK\r\n",
    "* 1 FETCH (UID 7 BODY[]<0> {5}\r\nH\r\n)( FLAGS (\\Seen) BODY[TEXT] \"a\\\"b\" BINARY[1] ~{2}\r\n\0\n)\r\n",
    "* 1 UIDFETCH (ENVELOPE ({2}\r\n\r\n NIL NIL NIL NIL NIL NIL NIL NIL {1}\r\n)))\r\n* 1 FETCH ()\r\n",
    "* 1 FETCH (UID 7\r\n* 2 FETCH (BODY[] \"x\r\n* 3 FETCH (BODY[HEADER.FIELDS (\"]\")] NIL)\r\n",
    "* x\n\n\r\n* 2 EXISTS \r\r\n\0* 3 EXISTS\n* 4 FETCH (UID 1 BODY[] {2}\nhi)\n",
    "* LIST ({99999999999999999999}\r\n* 1 EXISTS\r\n",
    "* 1 FETCH (X ({99999999999999999999}\r\n* 1 EXISTS\r\n",
    "* 1 FETCH (X \"\\\r\n* 2 FETCH (X[\"\\\"]\" \"\\\\\" BODY[] {1}\r\n\r)\r\n+ \r\n+\r\n",
];

#[test]
fn a_cut_anywhere_changes_nothing() {
    for stream in STREAMS {
        for forgiven in [Quirks::tolerant(), Quirks::strict()] {
            cut_anywhere(stream.as_bytes(), &Limits::new(), forgiven);
        }
    }
}

#[test]
fn a_cut_anywhere_in_what_is_too_long_changes_nothing() {
    let limits = Limits::new().with_unit(512, 512);
    let long = "x".repeat(600);
    for stream in [
        format!("* OK {long} {{3}}\r\n* 1 EXISTS\r\n"),
        format!("* LIST {long} {{3}}\r\n\r\n) {{600}}\r\n{long}\r\n* 1 EXISTS\r\n"),
        format!("* LIST ({{600}}\r\n{long} {{2}}\r\n\r\n\r\n* 1 EXISTS\r\n"),
        format!(
            "* 1 FETCH (UID 1 X ({long} \"\\\"{long}) {{9}}\" {{3}}\r\n))) a) UID 2)\r\n* 1 EXISTS\r\n"
        ),
        format!(
            "* 1 FETCH (X[{long}] {{2}}\r\n)) BODY[] {{600}}\r\n{long} X {{600}}\r\n{long} UID 2)\r\n"
        ),
        format!("* LIST {long} {{99999999999999999999999}}\r\n* 1 EXISTS\r\n"),
        format!("* 1 FETCH (X ({long} {{99999999999999999999999}}\r\n* 1 EXISTS\r\n"),
        // At the limit, one before it and one behind it.
        format!("* 1 FETCH (X {})\r\n* 2 EXISTS\r\n", &long[..509]),
        format!("* 1 FETCH (X {})\r\n* 2 EXISTS\r\n", &long[..510]),
        format!("* 1 FETCH (X {})\r\n* 2 EXISTS\r\n", &long[..511]),
        format!("* OK {}\r\n* 2 EXISTS\r\n", &long[..504]),
        format!("* OK {}\r\n* 2 EXISTS\r\n", &long[..505]),
        format!("* OK {}\r\n* 2 EXISTS\r\n", &long[..506]),
        format!("* OK {}\r\n* 2 EXISTS\r\n", &long[..507]),
    ] {
        cut_anywhere(stream.as_bytes(), &limits, Quirks::tolerant());
    }
}

#[test]
fn a_cut_anywhere_in_results_past_the_limit_changes_nothing() {
    let limits = Limits::new().with_unit(512, 512);
    let many = |what: &str, between: &str| vec![what; 400].join(between);
    for stream in [
        format!("* SEARCH {}\r\n* 1 EXISTS\r\n", many("1 3", " ")),
        format!("* SEARCH {} (MODSEQ 917162500)\r\n* 1 EXISTS\r\n", many("4294967295", " ")),
        format!("* SORT {} x\r\n* 1 EXISTS\r\n", many("5 4", " ")),
        format!("* SEARCH {}\n* 1 EXISTS\r\n", many("12", "  ")),
        format!("* SEARCH {} {{3}}\r\nabc\r\n* 1 EXISTS\r\n", many("7 9", " ")),
        format!("* ESEARCH (TAG \"A283\") ALL {}\r\n* 1 EXISTS\r\n", many("2,10:11", ",")),
        format!("* ESEARCH (TAG \"a\") UID MIN 1 ALL {} COUNT 3\r\n* 1 EXISTS\r\n", many("2", ",")),
        format!("* VANISHED (EARLIER) {}\r\n* 1 EXISTS\r\n", many("41,43:116", ",")),
        format!("* VANISHED {},\r\n* 1 EXISTS\r\n", many("300:310", ",")),
        format!("* THREAD {}\r\n* 1 EXISTS\r\n", many("(1 2 (3)(4 5))", "")),
        format!("* THREAD {}\r\n* 1 EXISTS\r\n", many("((3)", "")),
        format!("* SEARCH {}", "1".repeat(1000)),
    ] {
        cut_some(stream.as_bytes(), &limits, Quirks::tolerant());
        cut_some(stream.as_bytes(), &limits.with_ids(5), Quirks::strict());
    }
}

/// Octet by octet, and some random cuts.
fn cut_some(octets: &[u8], limits: &Limits, forgiven: Quirks) {
    let whole = responses(octets, limits, forgiven);
    assert_eq!(cut_responses(octets, limits, forgiven, || 1), whole);
    for seed in 0..30 {
        let mut random = Random::new(seed);
        let most = 1 + random.below(1000);
        let cut = cut_responses(octets, limits, forgiven, || 1 + random.below(most));
        assert_eq!(cut, whole, "seed {seed} of {}", octets.escape_ascii());
    }
}

#[test]
fn a_cut_anywhere_in_what_servers_said_changes_nothing() {
    let mut streams = 0;
    for file in shared_files("vectors/imap/mailkit") {
        let Some(octets) = file.to_str().and_then(read_shared) else { continue };
        // Files of servers have LF for CRLF. The reader takes either.
        if octets.len() > 40_000 || octets.is_empty() {
            continue;
        }
        let whole = responses(&octets, &Limits::new(), Quirks::tolerant());
        for seed in 0..3 {
            let mut random = Random::new(seed);
            let cut =
                cut_responses(&octets, &Limits::new(), Quirks::tolerant(), || 1 + random.below(64));
            assert_eq!(cut, whole, "{}", file.display());
        }
        streams += 1;
    }
    println!("{streams} streams");
}

/// Words of the language, whole and broken.
const WORDS: &[&str] = &[
    "SEARCH ",
    "SORT ",
    "THREAD ",
    "ESEARCH (TAG \"a\") UID ",
    "ALL ",
    "VANISHED ",
    "1 ",
    "3,",
    "5:7",
    "(1 2)",
    "(MODSEQ 3)",
    "* ",
    "*",
    "1 FETCH (",
    "4294967295 UIDFETCH (",
    "BODY[",
    "]",
    "] ",
    "BODY[] ",
    "BODY[TEXT]<1> ",
    "BINARY[1] ",
    "RFC822.TEXT ",
    "HEADER.FIELDS (",
    "UID 1",
    "FLAGS (",
    "ENVELOPE (",
    "{3}\r\n",
    "{0}\r\n",
    "~{2}\r\n",
    "{1+}\r\n",
    "{600}\r\n",
    "{4294967296}\r\n",
    "{18446744073709551616}\r\n",
    "{",
    "}",
    "abc",
    "\"",
    "\\",
    "\\\"",
    "(",
    ")",
    "\r\n",
    "\n",
    "\r",
    " ",
    "\0",
    "NIL",
    "LIST ",
    "OK ",
    "a OK done\r\n",
    "+ ",
    "* 1 EXISTS\r\n",
    "X",
    "\u{e9}",
    "[",
    "]<0>",
];

/// Such words, and results without an end.
fn words_and_results() -> impl Strategy<Value = Vec<u8>> {
    let some = prop::sample::select(vec!["1 3 ", "5 ", "(1 2)", "1,4,", "9:3,", "(", "7"]);
    prop_oneof![
        14 => word(WORDS),
        1 => (1..300_usize, some).prop_map(|(n, what)| what.repeat(n).into_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_octets_are_read_the_same_however_they_come(
        octets in wire(words_and_results()),
        pieces in prop::collection::vec(1..40_usize, 1..20),
        strict: bool,
    ) {
        let limits = Limits::new().with_unit(512, 512);
        let forgiven = if strict { Quirks::strict() } else { Quirks::tolerant() };
        let whole = responses(&octets, &limits, forgiven);
        let mut pieces = pieces.iter().copied().cycle();
        let cut = cut_responses(&octets, &limits, forgiven, || pieces.next().unwrap());
        prop_assert_eq!(&cut, &whole);
        let one = cut_responses(&octets, &limits, forgiven, || 1);
        prop_assert_eq!(&one, &whole);
    }

    #[test]
    fn what_follows_a_line_end_between_responses_is_read(octets in wire(words_and_results())) {
        let limits = Limits::new().with_unit(512, 512);
        let whole = responses(&octets, &limits, Quirks::tolerant());
        if whole.is_between && whole.left == 0 {
            let more = [&octets[..], b"* 7 EXISTS\r\n"].concat();
            let more = responses(&more, &limits, Quirks::tolerant());
            prop_assert_eq!(more.told.len(), whole.told.len() + 1);
            prop_assert_eq!(&more.told[..whole.told.len()], &whole.told[..]);
        }
    }
}
