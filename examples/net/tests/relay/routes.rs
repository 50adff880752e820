//! What `route` tells.

use std::fs;

use crate::programs::Zone;

const WORLD: &str = "
b.example.      IN MX 20 mx2.b.example.
b.example.      IN MX 10 mx1.b.example.
b.example.      IN MX 30 gone.b.example.
mx1.b.example.  IN A 192.0.2.1
mx1.b.example.  IN AAAA 2001:db8::1
mx2.b.example.  IN A 192.0.2.2
_25._tcp.mx1.b.example. IN TLSA 3 1 1 2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683
null.example.   IN MX 0 .
near.example.   IN MX 0 mx.near.example.
mx.near.example. IN A 127.0.0.1
sts.example.    IN MX 10 mx.sts.example.
sts.example.    IN MX 20 other.example.
mx.sts.example. IN A 192.0.2.3
other.example.  IN A 192.0.2.4
_mta-sts.sts.example. IN TXT \"v=STSv1; id=1;\"
";

/// These must be in the page in this order, each in a line of its own.
#[track_caller]
fn in_order(page: &str, lines: &[&str]) {
    let mut rest = page.lines();
    for line in lines {
        assert!(rest.any(|other| other.contains(line)), "no {line:?} in its place of\n{page}");
    }
}

/// Every line but the heads names an RFC.
#[track_caller]
fn with_references(page: &str) {
    for line in page.lines().filter(|line| line.starts_with(' ')) {
        let is_head = line.trim_start().starts_with(|c: char| c.is_ascii_digit());
        assert!(is_head || (line.contains("(RFC ") && line.ends_with(')')), "{line:?}");
    }
}

#[test]
fn hosts_are_told_in_their_order_with_addresses_and_reasons() {
    let (code, page) = Zone::new(WORLD).route(&["bob@b.example"]);
    assert_eq!(code, 0, "{page}");
    in_order(
        &page,
        &[
            "<bob@b.example>",
            "1. mx1.b.example, preference 10",
            "192.0.2.1:25",
            "2. mx2.b.example, preference 20",
            "192.0.2.2:25",
            "gone.b.example: it has no address",
        ],
    );
    assert!(!page.contains("TLSA"), "nothing proves these records: {page}");
    with_references(&page);
}

#[test]
fn what_is_demanded_is_told() {
    let world = Zone::new(WORLD);
    let (code, page) = world.route(&["--secure", "bob@b.example"]);
    assert_eq!(code, 0, "{page}");
    in_order(&page, &["1. mx1.b.example", "TLSA 3 1 1 2c70e1", "2. mx2.b.example"]);
    with_references(&page);

    let policy = world.folder.path().join("policy");
    fs::write(&policy, "version: STSv1\nmode: enforce\nmx: mx.sts.example\nmax_age: 86400\n")
        .unwrap();
    let flag = format!("--sts-policy=sts.example={}", policy.display());
    let (code, page) = world.route(&[&flag, "bob@sts.example"]);
    assert_eq!(code, 0, "{page}");
    in_order(
        &page,
        &[
            "1. mx.sts.example",
            "(RFC 8461 §4)",
            "not other.example: it is not in the MTA-STS policy",
        ],
    );
    with_references(&page);
}

#[test]
fn where_there_is_no_way_the_exit_code_says_whether_later() {
    let world = Zone::new(WORLD);
    for (arguments, code, word) in [
        (&["bob@null.example"][..], 68, "556 5.1.10"),
        (&["bob@nowhere.example"], 68, "550 5.1.2"),
        (&["bob@near.example"], 68, "its addresses are not public"),
        (&["bob@b.example", "bob@null.example"], 68, "1. mx1.b.example"),
        // RFC 8689 §4.2.1: nothing vouches for the hosts.
        (&["--requiretls", "bob@b.example"], 68, "RFC 8689"),
    ] {
        let (told, page) = world.route(arguments);
        assert_eq!(told, code, "{arguments:?}: {page}");
        assert!(page.contains(word), "{arguments:?}: {page}");
        with_references(&page);
    }
    assert_eq!(world.route(&["--private", "bob@near.example"]).0, 0);
    assert_eq!(world.route(&["--secure", "--requiretls", "bob@b.example"]).0, 0);
}

#[test]
fn a_command_line_without_sense_has_a_code_of_its_own() {
    let world = Zone::new(WORLD);
    assert_eq!(world.route(&["nobody"]).0, 64);
    assert_eq!(world.route(&[]).0, 64);
    assert_eq!(Zone::new("no zone at all").route(&["bob@b.example"]).0, 78);
}
