//! The file of a policy of MTA-STS (RFC 8461 §3.2).

use std::time::{Duration, Instant};

use postrider_relay::tls::sts::{InvalidPolicy, Mode, MxPattern, Policy};
use proptest::prelude::*;

use crate::name;

/// §3.2.
const EXAMPLE: &str = "\
version: STSv1
mode: enforce
mx: mail.example.com
mx: *.example.net
mx: backupmx.example.com
max_age: 604800
";

/// Appendix A.
const APPENDIX: &str = "\
version: STSv1
mode: testing
mx: mx1.example.com
mx: mx2.example.com
mx: mx.backup-example.com
max_age: 1296000
";

fn parse(text: &str) -> Result<Policy, InvalidPolicy> {
    Policy::parse(text.as_bytes())
}

fn patterns(policy: &Policy) -> Vec<String> {
    policy.mx.iter().map(ToString::to_string).collect()
}

#[test]
fn the_examples_of_the_rfc_are_read() {
    for text in [EXAMPLE.to_string(), EXAMPLE.replace('\n', "\r\n"), EXAMPLE.trim_end().into()] {
        let policy = parse(&text).unwrap();
        assert_eq!((policy.mode, policy.max_age), (Mode::Enforce, 604_800));
        assert_eq!(
            patterns(&policy),
            ["mail.example.com", "*.example.net", "backupmx.example.com"]
        );
    }
    let policy = parse(APPENDIX).unwrap();
    assert_eq!((policy.mode, policy.max_age), (Mode::Testing, 1_296_000));
    assert_eq!(patterns(&policy), ["mx1.example.com", "mx2.example.com", "mx.backup-example.com"]);
    assert_eq!(
        (policy.to_string(), parse(EXAMPLE).unwrap().to_string()),
        (APPENDIX.to_string(), EXAMPLE.to_string())
    );
}

/// §3.2: "mail for this domain might be handled by MX "mail.example.com" or any MX at "example.net"";
/// §4.1 on what the asterisk stands for.
#[test]
fn a_host_is_allowed_when_a_pattern_has_it() {
    let policy = parse(EXAMPLE).unwrap();
    for host in ["mail.example.com", "a.example.net", "BACKUPMX.example.com"] {
        assert!(policy.allows(&name(host)), "{host}");
    }
    for host in ["example.com", "example.net", "a.b.example.net", "a.mail.example.com", "net"] {
        assert!(!policy.allows(&name(host)), "{host}");
    }
    let pattern: MxPattern = "*.example.com".parse().unwrap();
    assert!(pattern.matches(&name("mail.example.com")));
    assert!(!pattern.matches(&name("example.com")));
    assert!(!pattern.matches(&name("foo.bar.example.com")));
}

#[test]
fn what_the_grammar_allows_is_read() {
    let plain = parse("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1").unwrap();
    for text in [
        // No white space, much of it, other orders, other ends of lines.
        "version:STSv1\nmode:enforce\nmx:a.example\nmax_age:1",
        "version: \t STSv1 \t\nmode:  enforce \nmx:\ta.example\t\nmax_age: 1 ",
        "max_age: 1\r\nmx: a.example\nmode: enforce\r\nversion: STSv1\r\n",
        "version: STSv1\nmode: enforce\nmx: A.EXAMPLE\nmax_age: 0000000001\n",
        // "unknown fields SHALL be ignored", UTF-8 in them too.
        "version: STSv1\nmode: enforce\nx: y z\nmx: a.example\nmax_age: 1\ny: gr\u{fc}\u{df}e \u{1f40e}\n",
        "version: STSv1\nmode: enforce\nMode: none\nMX: b.example\nmx: a.example\nmax_age: 1\n",
        // "all entries except for the first SHALL be ignored".
        "version: STSv1\nversion: 2\nmode: enforce\nmode: none\nmode: ?\nmx: a.example\nmax_age: 1\nmax_age: x\n",
        // Empty lines, which the grammar does not have.
        "version: STSv1\nmode: enforce\n\nmx: a.example\nmax_age: 1\n\n",
    ] {
        assert_eq!(parse(text), Ok(plain.clone()), "{text}");
    }
}

#[test]
fn hosts_are_needed_but_for_the_mode_none() {
    let none = parse("version: STSv1\nmode: none\nmax_age: 86400\n").unwrap();
    assert_eq!((none.mode, none.mx.len(), none.max_age), (Mode::None, 0, 86_400));
    assert!(!none.allows(&name("a.example")));
    let none = parse("version: STSv1\nmode: none\nmx: a.example\nmax_age: 0\n").unwrap();
    assert_eq!((none.mx.len(), none.max_age), (1, 0));
    for mode in ["enforce", "testing"] {
        let text = format!("version: STSv1\nmode: {mode}\nmax_age: 86400\n");
        assert_eq!(parse(&text), Err(InvalidPolicy::Missing { field: "mx" }));
    }
}

#[test]
fn what_is_no_policy_is_refused_and_told_where() {
    let with =
        |line: &str| format!("version: STSv1\nmode: enforce\nmx: a.example\n{line}\nmax_age: 9\n");
    for line in [
        "x",
        "x ",
        ":",
        ": y",
        "x:",
        "x: ",
        " x: y",
        "x : y",
        "-x: y",
        "x y: z",
        "mx",
        "x: a\u{7}b",
        "x: a\tb\u{7f}",
        "\u{e9}: y",
        "<html>",
    ] {
        assert_eq!(parse(&with(line)), Err(InvalidPolicy::Line { line: 4 }), "{line}");
    }
    let mut octets = with("x: ?").into_bytes();
    let at = octets.iter().position(|octet| *octet == b'?').unwrap();
    octets[at] = 0xff;
    assert_eq!(Policy::parse(&octets), Err(InvalidPolicy::Line { line: 4 }));
    for host in [
        "*",
        "*.",
        ".example.com",
        "*example.com",
        "a.*.example",
        "*.*.example",
        "a.example.",
        "192.0.2.1",
        "[192.0.2.1]",
        "a b",
        "b\u{fc}cher.example",
        "a..example",
        "mailto:a@b",
    ] {
        let told = parse(&with(&format!("mx: {host}")));
        assert_eq!(told, Err(InvalidPolicy::Value { field: "mx", line: 4 }), "{host}");
    }
    for (field, from, to) in [
        ("version", "STSv1", "STSv2"),
        ("version", "STSv1", "stsv1"),
        ("mode", "enforce", "report"),
        ("mode", "enforce", "Enforce"),
        ("max_age", "9", "31557601"),
        ("max_age", "9", "-1"),
        ("max_age", "9", "+1"),
        ("max_age", "9", "1.5"),
        ("max_age", "9", "00000000001"),
        ("max_age", "9", "9999999999"),
    ] {
        let told = parse(&with("x: y").replacen(from, to, 1));
        assert!(
            matches!(told, Err(InvalidPolicy::Value { field: it, .. }) if it == field),
            "{to} {told:?}"
        );
    }
    for field in ["version", "mode", "max_age", "mx"] {
        let lines: Vec<_> = EXAMPLE.lines().filter(|line| !line.starts_with(field)).collect();
        assert_eq!(parse(&lines.join("\n")), Err(InvalidPolicy::Missing { field }));
    }
    assert_eq!(parse(""), Err(InvalidPolicy::Missing { field: "version" }));
    let longest = parse(&EXAMPLE.replace("604800", "31557600")).unwrap();
    assert_eq!(longest.max_age, Policy::LONGEST);
}

#[test]
fn a_policy_is_bounded() {
    let filled = |octets: usize| {
        let mut text = format!("{EXAMPLE}x: ");
        text.extend(std::iter::repeat_n('y', octets - text.len()));
        text
    };
    assert!(parse(&filled(65_536)).is_ok());
    assert_eq!(parse(&filled(65_537)), Err(InvalidPolicy::TooLarge));
    let hosts = |hosts: usize| format!("{EXAMPLE}{}", "mx: a.example\n".repeat(hosts - 3));
    assert_eq!(parse(&hosts(1024)).unwrap().mx.len(), Policy::PATTERNS);
    assert_eq!(parse(&hosts(1025)), Err(InvalidPolicy::TooMany));
}

#[test]
fn hostile_input_costs_no_more_than_its_octets() {
    let began = Instant::now();
    for unit in
        ["\n", "\r\n", ":", "a:b\n", "mx: *.a.example\n", "mx:", "mode: none\n", " ", "\t\n"]
    {
        let text = unit.repeat(65_536 / unit.len());
        for _ in 0..20 {
            let _ = parse(&text);
            let _ = parse(&format!("version: STSv1\n{}", &text[..text.len() - 20]));
        }
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

fn pattern() -> impl Strategy<Value = MxPattern> {
    ("(\\*\\.)?([a-z0-9_-]{1,10}\\.){0,3}[a-z]{2,9}")
        .prop_filter_map("a name", |text| text.parse().ok())
}

proptest! {
    #[test]
    fn a_policy_is_read_as_it_was_written(
        mode in prop::sample::select(vec![Mode::Enforce, Mode::Testing, Mode::None]),
        mx in prop::collection::vec(pattern(), 1..20),
        max_age in 0u32..=40_000_000,
        crlf: bool,
    ) {
        let policy = Policy::new(mode, mx, max_age);
        prop_assert_eq!(policy.max_age, max_age.min(Policy::LONGEST));
        let text = policy.to_string();
        prop_assert_eq!(&policy.lines().join("\n"), text.trim_end());
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        prop_assert_eq!(parse(&text), Ok(policy));
    }

    #[test]
    fn a_pattern_is_read_as_it_was_written(pattern in pattern()) {
        prop_assert_eq!(pattern.to_string().parse(), Ok(pattern));
    }

    #[test]
    fn no_octets_panic(octets in prop::collection::vec(any::<u8>(), 0..300), text in "(([a-z_]{0,8}:)?\\PC{0,12}[\r\n]{1,2}){0,9}") {
        let _ = Policy::parse(&octets);
        if let Ok(policy) = parse(&text) {
            prop_assert_eq!(parse(&policy.to_string()), Ok(policy));
        }
    }
}
