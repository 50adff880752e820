//! Input that is made to hurt: nesting, length, numbers.

use std::prelude::v1::*;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::super::*;
use crate::value::{BodyStructure, FetchItem};

const MANY: usize = 100_000;

fn unparsed(octets: Vec<u8>) {
    let octets = Bytes::from(octets);
    assert_eq!(fetch_item(&octets, &Limits::new()), FetchItem::Unparsed(octets.clone()));
}

#[test]
fn a_hundred_thousand_parentheses_are_no_body() {
    unparsed([b"BODY ".to_vec(), vec![b'('; MANY]].concat());
    unparsed([b"BODY ".to_vec(), vec![b'('; MANY], vec![b')'; MANY]].concat());
    unparsed([b"ENVELOPE ".to_vec(), vec![b'('; MANY], vec![b')'; MANY]].concat());
}

#[test]
fn messages_in_messages_end_at_the_depth_of_the_limits() {
    let envelope = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";
    let nested = |depth: usize| {
        let open = format!("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 9 {envelope} ");
        let leaf = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)";
        Bytes::from(format!("BODY {}{leaf}{}", open.repeat(depth), " 1)".repeat(depth)))
    };
    assert!(matches!(fetch_item(&nested(100), &Limits::new()), FetchItem::Body(_)));
    assert!(matches!(fetch_item(&nested(101), &Limits::new()), FetchItem::Unparsed(_)));
    assert!(matches!(fetch_item(&nested(MANY), &Limits::new()), FetchItem::Unparsed(_)));
}

#[test]
fn extension_data_of_any_depth_is_read_over() {
    let deep = format!(
        "BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0 NIL NIL NIL NIL {}{})",
        "(".repeat(MANY),
        ")".repeat(MANY)
    );
    let item = fetch_item(&deep.into(), &Limits::new());
    assert!(matches!(item, FetchItem::BodyStructure(BodyStructure::Single(_))));
}

#[test]
fn numbers_that_do_not_fit_are_no_numbers() {
    unparsed(b"RFC822.SIZE 18446744073709551616".to_vec());
    unparsed(b"UID 4294967296".to_vec());
    unparsed(b"UID -1".to_vec());
    unparsed(b"ENVELOPE ({18446744073709551615}\r\nx".to_vec());
    assert_eq!(fetch_head(b"* 4294967296 FETCH ("), FetchHead::No);
    assert_eq!(fetch_head(b"* 12345678901 FETCH ("), FetchHead::No);
    let head = literal_at_end(b"a login {18446744073709551616}").unwrap();
    assert_eq!(head.octets, None);
    // Zeros in front do not make room for more digits.
    let zeros = format!("a login {{{}5+}}", "0".repeat(40));
    assert_eq!(literal_at_end(zeros.as_bytes()).unwrap().octets, None);
    assert_eq!(literal_in_tail(&zeros.as_bytes()[20..]), Some(None));
}

#[test]
fn a_set_of_huge_ranges_costs_what_its_text_costs() {
    let bomb = format!("1:4294967295{}", ",4294967295:1,1:*".repeat(10_000));
    let set = crate::SequenceSet::parse(&bomb).unwrap();
    assert_eq!(set.ranges().len(), 20_001);
    let started = Instant::now();
    assert_eq!(set.resolve(u32::MAX), [1..=u32::MAX]);
    assert_eq!(set.resolve(18), [1..=18]);
    assert_eq!(set.resolve(0), []);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn twice_the_input_takes_about_twice_the_time() {
    let address = "(NIL NIL \"imap\" \"cac.washington.edu\")";
    let time = |addresses: usize| {
        let list = address.repeat(addresses);
        let text = format!("ENVELOPE (NIL NIL ({list}) NIL NIL NIL NIL NIL NIL NIL)");
        let octets = Bytes::from(text);
        let limits = Limits::new().with_list(MANY);
        let started = Instant::now();
        assert!(matches!(fetch_item(&octets, &limits), FetchItem::Envelope(_)));
        started.elapsed()
    };
    let best = |addresses| (0..5).map(|_| time(addresses)).min().unwrap();
    let (once, ten) = (best(5_000), best(50_000));
    // Quadratic work would be a hundred times as much.
    assert!(ten < once * 50 + Duration::from_millis(20), "{once:?} and {ten:?}");
}
