//! The outbox: a `Buf` that only the machine fills, bounded, coalescing, with room for a farewell.

use std::io::IoSlice;

use bytes::{Buf, Bytes, BytesMut};
use postrider_wire::{Encoder, OutboxWriter};
use proptest::collection::vec;
use proptest::prelude::*;

fn drain(out: &mut OutboxWriter) -> Vec<u8> {
    let mut octets = Vec::new();
    let reader = out.reader();
    while reader.has_remaining() {
        let chunk = reader.chunk();
        assert!(!chunk.is_empty(), "a chunk is empty only when nothing remains");
        octets.extend_from_slice(chunk);
        let n = chunk.len();
        reader.advance(n);
    }
    octets
}

#[test]
fn units_are_taken_while_there_is_room_and_overshoot_by_one() {
    let mut out = OutboxWriter::new(8);
    assert_eq!(out.queue(b"0123456"), Ok(()));
    assert_eq!(out.room(), 1);
    assert_eq!(out.queue(b"0123456"), Ok(()));
    assert_eq!(out.room(), 0);
    assert!(out.queue(b"x").is_err());
    assert!(out.queue_bytes(Bytes::from_static(b"x")).is_err());
    assert_eq!(drain(&mut out), b"01234560123456");
    assert_eq!(out.queue(b"x"), Ok(()));
}

#[test]
fn payload_never_overshoots() {
    let mut out = OutboxWriter::new(1000);
    let mut payload = Bytes::from(vec![b'x'; 1500]);
    assert_eq!(out.queue_payload(&mut payload), 1000);
    assert_eq!(out.queue_payload(&mut payload), 0);
    assert_eq!(payload.len(), 500);
    out.reader().advance(300);
    assert_eq!(out.queue_payload(&mut payload), 300);
}

#[test]
fn what_a_dead_transport_loses_is_not_counted_as_sent() {
    let mut out = OutboxWriter::new(1000);
    let mut payload = Bytes::from(vec![b'x'; 500]);
    out.queue(b"0123456789").unwrap();
    out.queue_payload(&mut payload);
    out.reader().advance(12);
    out.reader().abandon();
    assert_eq!((out.sent(), out.queued(), out.reader().remaining()), (12, 12, 0));
    assert!(out.is_empty() && out.room() == 1000);
}

#[test]
fn a_farewell_fits_into_a_full_outbox_but_not_for_ever() {
    let mut out = OutboxWriter::new(8);
    while out.queue(b"0123456789").is_ok() {}
    let mut farewells = 0;
    while out.queue_farewell(b"421 4.3.2 closing\r\n").is_ok() {
        farewells += 1;
        assert!(farewells < 100, "bounded");
    }
    assert!(farewells >= 1);
    assert!(drain(&mut out).ends_with(b"421 4.3.2 closing\r\n"));
}

#[test]
fn a_farewell_fits_behind_a_unit_that_went_far_past_the_limit() {
    let mut out = OutboxWriter::new(8);
    out.queue(&[b'x'; 4000]).unwrap();
    assert!(out.queue_farewell(b"421 4.3.2 closing\r\n").is_ok());
}

#[test]
fn small_pieces_leave_as_one_slice_and_large_ones_without_a_copy() {
    let mut out = OutboxWriter::new(1 << 16);
    let large = Bytes::from(vec![b'x'; 256]);
    out.queue(b"250 2.1.0 ok\r\n").unwrap();
    out.queue_bytes(Bytes::from(vec![b'y'; 255])).unwrap();
    assert_eq!(out.reader().slices(&mut [IoSlice::new(&[]); 8]), 1);
    out.queue_bytes(large.clone()).unwrap();
    out.queue(b"250 2.0.0 ok\r\n").unwrap();
    let mut slices = [IoSlice::new(&[]); 8];
    assert_eq!(out.reader().slices(&mut slices), 3);
    assert_eq!(slices[1].as_ptr(), large.as_ptr());
    assert_eq!(out.reader().slices(&mut [IoSlice::new(&[]); 2]), 2, "what there is room for");
}

#[test]
fn advancing_in_two_steps_is_advancing_in_one() {
    let filled = || {
        let mut out = OutboxWriter::new(1 << 16);
        out.queue(b"abc").unwrap();
        out.queue_bytes(Bytes::from(vec![b'x'; 300])).unwrap();
        out.queue(b"def").unwrap();
        out
    };
    for first in 0..=306 {
        for second in [0, 1, 2, 306 - first] {
            let (mut twice, mut once) = (filled(), filled());
            twice.reader().advance(first);
            twice.reader().advance(second);
            once.reader().advance(first + second);
            assert_eq!(twice.reader().sent(), once.reader().sent());
            assert_eq!(drain(&mut twice), drain(&mut once), "{first} {second}");
        }
    }
}

#[test]
fn advancing_further_than_there_is_drains_and_counts_what_there_was() {
    let mut out = OutboxWriter::new(64);
    out.queue(b"abc").unwrap();
    out.reader().advance(usize::MAX);
    assert!(out.is_empty());
    assert_eq!((out.reader().sent(), out.queued()), (3, 3));
}

#[test]
fn clearing_forgets_what_was_not_sent_and_not_what_was() {
    let mut out = OutboxWriter::new(64);
    out.queue(b"abcdef").unwrap();
    out.reader().advance(2);
    out.clear();
    assert!(out.is_empty());
    assert_eq!((out.reader().sent(), out.queued(), out.room()), (2, 2, 64));
}

#[test]
fn a_drained_outbox_holds_nothing_however_full_it_was() {
    for octets in (1..700).chain([4095, 4096, 8191, 8192]) {
        let mut out = OutboxWriter::new(1 << 16);
        out.queue(&vec![b'x'; octets]).unwrap();
        out.reader().advance(octets - 1);
        out.queue(b"y").unwrap();
        drain(&mut out);
        let freed = allocation_counter::measure(|| drop(out));
        assert_eq!(freed.bytes_current, 0, "{octets}");
    }
}

#[test]
fn debug_shows_counts_and_no_octets() {
    let mut out = OutboxWriter::new(64);
    out.queue(b"PASS sesame\r\n").unwrap();
    let shown = format!("{out:?}") + &format!("{:?}", out.reader());
    assert!(shown.contains("len: 13") && !shown.contains("sesame") && !shown.contains("115"));
}

proptest! {
    #[test]
    fn what_is_queued_comes_out_in_order(
        steps in vec((0_u8..4, 0_usize..600, 0_usize..700), 0..60),
    ) {
        let mut out = OutboxWriter::new(2000);
        let (mut put, mut got) = (Vec::new(), Vec::new());
        for (number, (kind, size, sent)) in steps.into_iter().enumerate() {
            let unit = vec![number as u8; size];
            let queued = match kind {
                0 => out.queue(&unit).map_or(0, |()| size),
                1 => out.queue_bytes(unit.clone().into()).map_or(0, |()| size),
                2 => out.queue_payload(&mut unit.clone().into()),
                _ => out.queue_farewell(&unit).map_or(0, |()| size),
            };
            put.extend_from_slice(&unit[..queued]);
            prop_assert_eq!(out.queued(), put.len() as u64);
            let mut slices = [IoSlice::new(&[]); 64];
            let filled = out.reader().slices(&mut slices);
            let total: usize = slices[..filled].iter().map(|slice| slice.len()).sum();
            prop_assert_eq!(total, out.reader().remaining());
            let n = sent.min(out.reader().remaining());
            got.extend_from_slice(&out.reader().copy_to_bytes(n));
        }
        got.extend_from_slice(&drain(&mut out));
        prop_assert_eq!(put, got);
    }
}

#[test]
fn a_secret_unit_keeps_its_place_among_the_others() {
    let mut out = OutboxWriter::new(64);
    out.queue(b"USER bob\r\n").unwrap();
    out.queue_secret(b"PASS horn\r\n").unwrap();
    out.queue(b"STAT\r\n").unwrap();
    let reader = out.reader();
    assert_eq!(reader.len(), 27);
    assert_eq!(reader.copy_to_bytes(27), "USER bob\r\nPASS horn\r\nSTAT\r\n");
    out.queue(&[b'x'; 64]).unwrap();
    assert!(out.queue_secret(b"PASS horn\r\n").is_err());
}

/// Keeps octets back until it is flushed, and marks where that was.
#[derive(Default)]
struct Framing(Vec<u8>);

impl Encoder for Framing {
    fn encode(&mut self, plain: &[u8], out: &mut BytesMut) {
        self.0.extend_from_slice(plain);
        if self.0.len() > 100 {
            out.extend_from_slice(&self.0.split_off(0));
        }
    }

    fn flush(&mut self, out: &mut BytesMut) {
        out.extend_from_slice(&self.0.split_off(0));
        out.extend_from_slice(b"|");
    }
}

#[test]
fn what_an_encoder_holds_back_leaves_with_the_next_flush_and_only_once() {
    let mut out = OutboxWriter::new(1000);
    out.queue(b"before,").unwrap();
    out.encode_with(Box::new(Framing::default()));
    assert_eq!(out.reader().chunk(), b"before,", "nothing was encoded yet, so nothing is flushed");
    out.queue(b"a").unwrap();
    out.queue_secret(b"b").unwrap();
    assert!(!out.is_empty() && out.room() == 1000 - 7);
    out.queue_farewell(b"c").unwrap();
    assert_eq!(drain(&mut out), b"before,abc|");
    assert!(out.is_empty());
    let mut payload = Bytes::from(vec![b'x'; 300]);
    assert_eq!(out.queue_payload(&mut payload), 300);
    assert_eq!(drain(&mut out).len(), 301);
    assert_eq!(out.sent(), out.queued());
}
