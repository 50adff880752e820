//! Input that is made to hurt: nesting, length, numbers.

use std::time::{Duration, Instant};

use postrider_imap::Limits;
use postrider_imap::{FetchItem, Quirks, Response};

use super::{read, tolerant_body};

const MANY: usize = 100_000;

/// Read with these limits: the only item, if it was understood.
fn understood(item: &str, limits: &Limits) -> bool {
    let line = format!("* 1 FETCH ({item})\r\n");
    match Response::parse(line.as_bytes(), limits, Quirks::tolerant()) {
        Ok((Response::Fetch { items, .. }, _)) => !matches!(items[..], [FetchItem::Unparsed(_)]),
        _ => false,
    }
}

#[test]
fn a_million_parentheses_are_no_structure() {
    let open = "(".repeat(1_000_000);
    for name in ["BODY", "BODYSTRUCTURE", "ENVELOPE"] {
        assert_eq!(read(&format!("{name} {open}"), Quirks::tolerant()), None);
        let closed = format!("{name} {open}{}", ")".repeat(1_000_000));
        assert!(!understood(&closed, &Limits::new().with_depth(usize::MAX)), "{name}");
    }
}

#[test]
fn structures_end_at_the_depth_of_the_limits() {
    let envelope = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";
    let leaf = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)";
    let message = format!("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 9 {envelope} ");
    for (open, close) in [(message.as_str(), " 1)"), ("(", " \"MIXED\")")] {
        let nested = |depth| format!("BODY {}{leaf}{}", open.repeat(depth), close.repeat(depth));
        assert!(understood(&nested(100), &Limits::new()));
        assert!(!understood(&nested(101), &Limits::new()));
        assert!(!understood(&nested(10_000), &Limits::new()));
    }
}

#[test]
fn however_deep_a_structure_is_nothing_recurses() {
    let leaf = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)";
    let text = format!("* 1 FETCH (BODY {}{leaf}{})", "(".repeat(MANY), " \"MIXED\")".repeat(MANY));
    let limits = Limits::new().with_depth(usize::MAX);
    let (response, _) = Response::parse(text.as_bytes(), &limits, Quirks::strict()).expect("deep");
    let Response::Fetch { items, .. } = &response else { panic!("no FETCH") };
    let [FetchItem::Body(body)] = &items[..] else { panic!("no BODY") };
    assert_eq!(body.walk().last().map(|(depth, _)| depth), Some(MANY));
    assert!(format!("{body:?}").len() > MANY);
    let mut written = Vec::new();
    response.write(&mut written);
    assert_eq!(written.strip_suffix(b"\r\n"), Some(text.as_bytes()));
    assert_eq!(response.clone(), response);
}

#[test]
fn extension_data_of_any_depth_is_read_over() {
    let deep = format!(
        "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0 NIL NIL NIL NIL {}{})",
        "(".repeat(MANY),
        ")".repeat(MANY)
    );
    let (body, met) = tolerant_body(&deep);
    assert!(met.is_empty() && body.root().has_extension());
}

#[test]
fn numbers_that_do_not_fit_are_no_numbers() {
    for item in [
        "RFC822.SIZE 18446744073709551616",
        "UID 4294967296",
        "UID 0",
        "UID -1",
        "MODSEQ (9223372036854775808)",
        "X-GM-MSGID 18446744073709551616",
        "BINARY.SIZE[0] 1",
    ] {
        assert!(!understood(item, &Limits::new()), "{item}");
    }
    assert_eq!(read("ENVELOPE ({18446744073709551615}\r\nx", Quirks::tolerant()), None);
    assert!(understood("RFC822.SIZE 18446744073709551615", &Limits::new()));
    assert!(understood("RFC822.SIZE 000000000000000000000000000001", &Limits::new()));
}

#[test]
fn lists_end_at_the_limits() {
    let address = "(NIL NIL \"imap\" \"cac.washington.edu\")";
    let envelope = |count| {
        let list = address.repeat(count);
        format!("ENVELOPE (NIL NIL ({list}) NIL NIL NIL NIL NIL NIL NIL)")
    };
    assert!(understood(&envelope(4096), &Limits::new()));
    assert!(!understood(&envelope(4097), &Limits::new()));
    assert!(understood(&envelope(MANY), &Limits::new().with_list(MANY)));
    let parameters = |count| {
        let list = vec!["\"a\" \"b\""; count].join(" ");
        format!("BODY (\"TEXT\" \"PLAIN\" ({list}) NIL NIL \"7BIT\" 0 0)")
    };
    assert!(understood(&parameters(4096), &Limits::new()));
    assert!(!understood(&parameters(4097), &Limits::new()));
}

/// Ten times the input must not take fifty times the time.
fn linear(name: &str, item: impl Fn(usize) -> String) {
    let limits = Limits::new().with_list(usize::MAX).with_depth(usize::MAX);
    let time = |size| {
        let line = format!("* 1 FETCH ({})\r\n", item(size));
        let started = Instant::now();
        let _ = Response::parse(line.as_bytes(), &limits, Quirks::tolerant());
        started.elapsed()
    };
    let best = |size| (0..5).map(|_| time(size)).min().unwrap_or_default();
    let (once, ten) = (best(2_000), best(20_000));
    assert!(ten < once * 50 + Duration::from_millis(20), "{name}: {once:?} and {ten:?}");
}

#[test]
fn ten_times_the_input_takes_about_ten_times_the_time() {
    let envelope = |list: String| format!("ENVELOPE (NIL NIL {list} NIL NIL NIL NIL NIL NIL NIL)");
    linear("addresses", |n| envelope(format!("({})", "(NIL NIL \"a\" \"b\")".repeat(n))));
    linear("broken addresses", |n| envelope(format!("({}", "(NIL NIL \"a\" \"b\")".repeat(n))));
    linear("quotes without backslash", |n| envelope(format!("((\"{}\"", "\"a".repeat(n))));
    linear("escapes", |n| envelope(format!("((\"{}\"", "\\\\".repeat(n))));
    linear("literals", |n| envelope(format!("({})", "(NIL NIL {1}\r\na {1}\r\nb)".repeat(n))));
    linear("blanks", |n| envelope(" ".repeat(n * 10)));
    linear("NILs", |n| envelope(format!("({})", "NIL".repeat(n))));
    linear("parts", |n| {
        format!("BODY ({} \"X\")", "(\"A\" \"B\" NIL NIL NIL \"7BIT\" 1)".repeat(n))
    });
    linear("parts without parts", |n| format!("BODY ({} \"X\")", "(\"A\")".repeat(n)));
    linear("multiparts", |n| {
        let leaf = "(\"A\" \"B\" NIL NIL NIL \"7BIT\" 1)";
        format!("BODY {}{leaf}{}", "(".repeat(n), " \"X\")".repeat(n))
    });
    linear("broken messages", |n| {
        let open = "(\"A\" \"B\" NIL NIL NIL \"7BIT\" 1 (NIL NIL NIL) ";
        format!("BODY {}", open.repeat(n))
    });
    linear("items", |n| vec!["UID 1"; n].join(" "));
    linear("broken items", |n| vec!["UID 0"; n].join(" "));
    linear("sections", |n| vec!["BODY[1.2]<3> NIL"; n].join(" "));
}
