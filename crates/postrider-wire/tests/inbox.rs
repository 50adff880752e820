//! The inbox: bounded, consumed in order, nothing scanned twice, nothing kept while idle.

use bytes::BufMut;
use postrider_wire::{Demand, Inbox, OutboxWriter, TlsUpgrade};
use proptest::collection::vec;
use proptest::prelude::*;

#[test]
fn extend_takes_what_fits_and_not_an_octet_more() {
    let mut inbox = Inbox::new(4);
    assert_eq!(inbox.extend(b"abc"), 3);
    assert_eq!(inbox.extend(b"def"), 1);
    assert_eq!((inbox.octets(), inbox.room(), inbox.is_full()), (&b"abcd"[..], 0, true));
    assert_eq!(inbox.extend(b"e"), 0);
    inbox.skip(2);
    assert_eq!((inbox.extend(b"efg"), inbox.octets()), (2, &b"cdef"[..]));
}

#[test]
fn spare_room_is_as_large_as_the_room_and_none_when_full() {
    let mut inbox = Inbox::new(8);
    inbox.extend(b"ab");
    let mut spare = inbox.spare().unwrap();
    assert_eq!(spare.remaining_mut(), 6);
    spare.put_slice(b"cdefgh");
    assert_eq!(inbox.octets(), b"abcdefgh");
    assert!(inbox.spare().is_none());
    assert!(inbox.spare_init().is_none());
}

#[test]
fn nothing_of_the_initialised_room_is_received_before_commit() {
    let mut inbox = Inbox::new(8);
    inbox.extend(b"ab");
    inbox.spare_init().unwrap()[..4].copy_from_slice(b"cdef");
    assert_eq!(inbox.octets(), b"ab");
    inbox.commit(3);
    assert_eq!(inbox.octets(), b"abcde");
    inbox.commit(usize::MAX);
    assert_eq!(inbox.len(), 8, "never more than was lent");
}

#[test]
fn what_was_lent_but_not_committed_is_forgotten_by_other_ways_in() {
    let mut inbox = Inbox::new(64);
    inbox.spare_init().unwrap()[..4].copy_from_slice(b"junk");
    inbox.extend(b"ab");
    assert_eq!(inbox.octets(), b"ab");
    inbox.spare_init().unwrap()[..4].copy_from_slice(b"junk");
    inbox.spare().unwrap().put_slice(b"cd");
    assert_eq!(inbox.octets(), b"abcd");
    inbox.commit(10);
    assert_eq!(inbox.octets(), b"abcd", "nothing is lent any more");
}

#[test]
fn no_more_is_committed_than_was_lent() {
    let mut inbox = Inbox::new(64);
    let lent = inbox.spare_init().unwrap().len();
    inbox.commit(usize::MAX);
    assert_eq!(inbox.len(), lent);
    inbox.skip(lent);
    inbox.commit(1);
    assert!(inbox.is_empty(), "what was lent is used up");

    // A limit that shrinks between two reads leaves initialised room behind what is lent.
    inbox.expect_payload(9000);
    inbox.spare_init().unwrap();
    inbox.commit(1);
    inbox.expect_payload(11);
    let lent = inbox.spare_init().unwrap().len();
    inbox.commit(9000);
    assert_eq!((lent, inbox.len()), (10, 11));
}

#[test]
fn a_boundless_limit_allocates_one_read_at_a_time() {
    let held = allocation_counter::measure(|| {
        let mut inbox = Inbox::new(usize::MAX);
        assert!(inbox.spare_init().unwrap().len() <= 128 * 1024);
        assert!(inbox.spare().is_some());
    });
    assert!(held.bytes_max <= 256 * 1024, "{held:?}");
}

#[test]
fn a_read_that_was_nearly_filled_is_followed_by_a_large_one() {
    let mut inbox = Inbox::new(64 * 1024);
    inbox.expect_payload(64 * 1024);
    let lent = inbox.spare_init().unwrap().len();
    inbox.commit(lent - 100);
    drop(inbox.take_payload(lent));
    assert!(inbox.spare_init().unwrap().len() >= 4096);
}

#[test]
fn a_smaller_limit_fills_the_inbox_and_a_larger_one_makes_room() {
    let mut inbox = Inbox::new(8);
    inbox.extend(b"abcdef");
    inbox.expect_units(4);
    assert_eq!((inbox.room(), inbox.is_full(), inbox.limit()), (0, true, 4));
    assert!(inbox.spare_init().is_none());
    inbox.expect_payload(16);
    assert_eq!((inbox.room(), inbox.demand()), (10, Demand::Payload));
    assert_eq!(inbox.octets(), b"abcdef");
}

#[test]
fn a_limit_of_nothing_is_a_limit_of_one_octet() {
    let mut inbox = Inbox::new(0);
    assert_eq!((inbox.limit(), inbox.extend(b"ab")), (1, 1));
}

#[test]
fn octets_are_consumed_in_order_and_counted() {
    let mut inbox = Inbox::new(64);
    inbox.extend(b"abcdef");
    assert_eq!(&inbox.take_unit(2)[..], b"ab");
    assert_eq!(&inbox.take_payload(2)[..], b"cd");
    inbox.skip(1);
    assert_eq!((inbox.offset(), inbox.octets()), (5, &b"f"[..]));
    assert_eq!(&inbox.take_payload(10)[..], b"f");
    inbox.skip(10);
    assert_eq!(&inbox.take_unit(10)[..], b"");
    assert_eq!((inbox.offset(), inbox.is_empty()), (6, true));
}

#[test]
fn payload_shares_the_read_buffer_and_units_do_not() {
    let mut inbox = Inbox::new(64);
    inbox.extend(b"abcdef");
    let first = inbox.octets().as_ptr();
    assert_ne!(inbox.take_unit(2).as_ptr(), first);
    let next = inbox.octets().as_ptr();
    assert_eq!(inbox.take_payload(2).as_ptr(), next);
}

#[test]
fn a_search_goes_on_where_the_last_one_ended() {
    let mut inbox = Inbox::new(64);
    inbox.extend(b"ab");
    assert_eq!(inbox.find_lf(), None);
    inbox.extend(b"c\nd\n");
    assert_eq!(inbox.find_lf(), Some(3));
    assert_eq!(inbox.find_lf(), Some(3), "the same until it is passed or consumed");
    inbox.pass_lf();
    assert_eq!(inbox.find_lf(), Some(5));
    inbox.skip(4);
    assert_eq!(inbox.find_lf(), Some(1));
    inbox.skip(2);
    assert_eq!(inbox.find_lf(), None);
}

#[test]
fn the_end_of_input_leaves_what_waits() {
    let mut inbox = Inbox::new(64);
    inbox.extend(b"QUIT\r\n");
    inbox.set_eof();
    assert!(inbox.is_eof());
    assert_eq!(inbox.octets(), b"QUIT\r\n");
}

#[test]
fn octets_behind_an_upgrade_go_to_the_tls_engine() {
    let mut inbox = Inbox::new(64);
    let token = TlsUpgrade::when_quiet(&inbox, &OutboxWriter::new(64)).unwrap();
    inbox.extend(b"\x16\x03\x01");
    assert_eq!(&inbox.take_tls_prefix(&token)[..], b"\x16\x03\x01");
    assert!(inbox.is_empty());
}

#[test]
fn debug_shows_counts_and_no_octets() {
    let mut inbox = Inbox::new(64);
    inbox.extend(b"PASS sesame");
    let shown = format!("{inbox:?} {inbox:#?}");
    assert!(shown.contains("len: 11") && !shown.contains("sesame") && !shown.contains("115"));
}

// `allocation-counter` counts in this binary because the testkit brings it in.
#[test]
fn an_idle_inbox_gives_a_large_buffer_back() {
    for payload in [false, true] {
        let mut inbox = Inbox::new(64 * 1024);
        if payload {
            inbox.expect_payload(64 * 1024);
        }
        inbox.spare_init().unwrap()[..3].copy_from_slice(b"abc");
        inbox.commit(3);
        drop(inbox.take_payload(3));
        inbox.expect_units(512);
        assert_eq!(held_by(inbox), 0, "payload: {payload}");
    }
}

#[test]
fn an_idle_inbox_holds_nothing_however_full_it_was() {
    for octets in (1..700).chain([4095, 4096, 8191, 8192]) {
        let mut inbox = Inbox::new(8192);
        inbox.extend(&vec![b'x'; octets]);
        inbox.skip(octets - 1);
        inbox.skip(1);
        assert_eq!(held_by(inbox), 0, "{octets}");
    }
}

/// Octets of heap that go away with the inbox.
fn held_by(inbox: Inbox) -> i64 {
    -allocation_counter::measure(|| drop(inbox)).bytes_current
}

proptest! {
    #[test]
    fn what_goes_in_comes_out_whatever_the_ways(
        ways in vec((0_u8..3, 1_usize..40, 0_u8..3, 0_usize..60), 0..100),
    ) {
        let mut inbox = Inbox::new(50);
        let (mut put, mut got, mut next) = (Vec::new(), Vec::new(), 0_u8);
        for (way_in, many, way_out, take) in ways {
            let many = many.min(inbox.room());
            let octets: Vec<_> = (0..many).map(|_| { next = next.wrapping_add(1); next }).collect();
            put.extend_from_slice(&octets);
            match way_in {
                0 => prop_assert_eq!(inbox.extend(&octets), many),
                1 => if let Some(mut spare) = inbox.spare() { spare.put_slice(&octets) },
                _ => {
                    let mut left = &octets[..];
                    while !left.is_empty() {
                        let spare = inbox.spare_init().unwrap();
                        let n = spare.len().min(left.len());
                        spare[..n].copy_from_slice(&left[..n]);
                        inbox.commit(n);
                        left = &left[n..];
                    }
                }
            }
            prop_assert!(inbox.len() <= 50);
            match way_out {
                0 => got.extend_from_slice(&inbox.take_unit(take)),
                1 => got.extend_from_slice(&inbox.take_payload(take)),
                _ => {
                    let n = take.min(inbox.len());
                    got.extend_from_slice(&inbox.octets()[..n]);
                    inbox.skip(take);
                }
            }
        }
        got.extend_from_slice(inbox.octets());
        prop_assert_eq!(put, got);
    }
}

#[test]
fn a_growing_inbox_stays_below_one_and_a_half_times_its_limit() {
    const LIMIT: usize = 256 * 1024;
    for piece in [1000, 2048, 60_000] {
        let octets = vec![b'x'; piece];
        let heap = allocation_counter::measure(|| {
            let mut inbox = Inbox::new(LIMIT);
            while !inbox.is_full() {
                inbox.extend(&octets);
            }
        });
        assert!(heap.bytes_max <= (LIMIT + LIMIT / 2 + 1024) as u64, "{piece}: {heap:?}");
    }
}

#[test]
fn a_line_that_shares_the_buffer_with_others_does_not_make_it_grow() {
    let mut inbox = Inbox::new(8192);
    let heap = allocation_counter::measure(|| {
        for _ in 0..10_000 {
            inbox.extend(b"NOOP\r\nNO");
            inbox.skip(6);
            inbox.extend(b"OP\r\n");
            inbox.skip(6);
        }
    });
    assert!(heap.bytes_max <= 1024, "{heap:?}");
}
