//! What is stuffed comes back: the sending half against a naive reference and the receiving half.

use bytes::{Buf, Bytes};
use postrider_wire::dot::{
    BareNewlines, OutgoingNewlines, StuffError, Stuffer, Unstuffed, Unstuffer,
};
use postrider_wire::{Inbox, OutboxWriter};
use proptest::collection::vec;
use proptest::prelude::*;

/// Stuffs `pieces` through an outbox of `room` octets, flushed when it is full.
fn stuff(pieces: &[&[u8]], room: usize, policy: OutgoingNewlines) -> Result<Vec<u8>, StuffError> {
    let mut stuffer = Stuffer::new(policy);
    let mut out = OutboxWriter::new(room);
    let mut wire = Vec::new();
    for piece in pieces {
        let mut payload = Bytes::copy_from_slice(piece);
        while !payload.is_empty() {
            let before = payload.len();
            let taken = stuffer.encode(&mut payload, &mut out);
            flush(&mut out, &mut wire);
            assert_eq!(taken?, before - payload.len());
        }
    }
    assert_eq!(stuffer.offset(), pieces.iter().map(|piece| piece.len() as u64).sum::<u64>());
    let ended = stuffer.finish(&mut out);
    flush(&mut out, &mut wire);
    ended.map(|()| wire)
}

fn flush(out: &mut OutboxWriter, wire: &mut Vec<u8>) {
    let waiting = out.reader().remaining();
    wire.extend_from_slice(&out.reader().copy_to_bytes(waiting));
}

fn unstuff(wire: &[u8], policy: BareNewlines) -> Vec<u8> {
    let mut inbox = Inbox::new(wire.len());
    inbox.extend(wire);
    let mut unstuffer = Unstuffer::new(policy);
    let mut mail = Vec::new();
    loop {
        match unstuffer.poll(&mut inbox) {
            Unstuffed::Payload(piece) => mail.extend_from_slice(&piece),
            Unstuffed::End => break,
            other => panic!("{other:?}"),
        }
    }
    assert!(inbox.is_empty(), "the mail ended early");
    mail
}

/// Every CR, LF and CRLF becomes CRLF, and so does the end of a last line without one.
fn normalized(mail: &[u8]) -> Vec<u8> {
    let mut lines = Vec::new();
    let mut at = 0;
    while at < mail.len() {
        let end = (at..mail.len()).find(|&at| matches!(mail[at], b'\r' | b'\n'));
        let end = end.unwrap_or(mail.len());
        lines.extend_from_slice(&mail[at..end]);
        lines.extend_from_slice(b"\r\n");
        at = end + if mail[end..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    lines
}

/// Octets among which dots and newlines are frequent.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![
        4 => Just(b'.'), 4 => Just(b'\r'), 4 => Just(b'\n'), 3 => Just(b'x'), 1 => any::<u8>()
    ];
    vec(octet, 0..200)
}

/// Lines of any octets but CR and LF, each ended by CRLF.
fn lines() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![2 => Just(b'.'), 5 => any::<u8>()];
    let line = vec(octet.prop_filter("in a line", |o| !matches!(o, b'\r' | b'\n')), 0..20);
    vec(line, 0..20).prop_map(|lines| {
        lines.into_iter().flat_map(|line| [line, b"\r\n".to_vec()].concat()).collect()
    })
}

/// `mail` cut into pieces at places given in per mille.
fn cut<'a>(mail: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut * mail.len() / 1000).collect();
    places.sort_unstable();
    places.push(mail.len());
    let mut from = 0;
    let piece = |to| &mail[std::mem::replace(&mut from, to)..to];
    places.into_iter().map(piece).collect()
}

proptest! {
    #[test]
    fn a_normalized_mail_comes_back_with_crlf_alone(
        mail in hostile(),
        cuts in vec(0_usize..1000, 0..5),
        room in prop_oneof![1_usize..8, 1000_usize..5000],
    ) {
        let wire = stuff(&cut(&mail, &cuts), room, OutgoingNewlines::Normalize).unwrap();
        let policy = if mail.contains(&0) { BareNewlines::Keep } else { BareNewlines::Reject };
        prop_assert_eq!(unstuff(&wire, policy), normalized(&mail));
    }

    #[test]
    fn a_mail_of_whole_lines_comes_back_as_it_is(
        mail in lines(),
        cuts in vec(0_usize..1000, 0..5),
        room in prop_oneof![1_usize..8, 1000_usize..5000],
    ) {
        for policy in [OutgoingNewlines::Normalize, OutgoingNewlines::Refuse] {
            let wire = stuff(&cut(&mail, &cuts), room, policy).unwrap();
            prop_assert_eq!(unstuff(&wire, BareNewlines::Keep), &mail[..]);
        }
    }

    #[test]
    fn refusal_names_the_first_bare_newline_and_only_that(
        mail in hostile(),
        cuts in vec(0_usize..1000, 0..5),
    ) {
        let bare = |at: &usize| match mail[*at] {
            b'\n' => *at == 0 || mail[*at - 1] != b'\r',
            b'\r' => mail.get(*at + 1) != Some(&b'\n'),
            _ => false,
        };
        let first = (0..mail.len()).find(bare).map(|at| at as u64);
        let refused = match stuff(&cut(&mail, &cuts), 64, OutgoingNewlines::Refuse) {
            Ok(_) => None,
            Err(StuffError::BareNewline { offset, .. }) => Some(offset),
            Err(other) => panic!("{other}"),
        };
        prop_assert_eq!(refused, first);
    }

    #[test]
    fn cuts_of_the_payload_carry_no_meaning(
        mail in hostile(),
        cuts in vec(0_usize..1000, 0..8),
    ) {
        let whole = stuff(&[&mail], 4096, OutgoingNewlines::Normalize);
        let pieces = stuff(&cut(&mail, &cuts), 1, OutgoingNewlines::Normalize);
        prop_assert_eq!(whole, pieces);
    }
}

#[test]
fn an_empty_mail_is_a_lone_dot() {
    assert_eq!(stuff(&[], 64, OutgoingNewlines::Normalize).unwrap(), b".\r\n");
}

#[test]
fn no_empty_line_is_added_and_the_last_line_is_completed() {
    let wire = |mail: &[u8]| stuff(&[mail], 64, OutgoingNewlines::Normalize).unwrap();
    assert_eq!(wire(b"a\r\n"), b"a\r\n.\r\n");
    assert_eq!(wire(b"a"), b"a\r\n.\r\n");
    assert_eq!(wire(b"a\r"), b"a\r\n.\r\n");
    assert_eq!(wire(b"."), b"..\r\n.\r\n");
}

#[test]
fn a_full_outbox_leaves_the_payload_and_the_end_for_later() {
    let mut stuffer = Stuffer::new(OutgoingNewlines::Normalize);
    let mut out = OutboxWriter::new(4);
    let mut payload = Bytes::from_static(b"abcdefgh");
    assert_eq!(stuffer.encode(&mut payload, &mut out), Ok(4));
    assert_eq!(stuffer.encode(&mut payload, &mut out), Ok(0));
    assert_eq!(stuffer.finish(&mut out), Err(StuffError::Full));
    let mut wire = Vec::new();
    flush(&mut out, &mut wire);
    assert_eq!(stuffer.encode(&mut payload, &mut out), Ok(4));
    flush(&mut out, &mut wire);
    assert_eq!(stuffer.finish(&mut out), Ok(()));
    flush(&mut out, &mut wire);
    assert_eq!(wire, b"abcdefgh\r\n.\r\n");
}

#[test]
fn long_runs_cross_without_a_copy() {
    let mut stuffer = Stuffer::new(OutgoingNewlines::Normalize);
    let mut out = OutboxWriter::new(1 << 20);
    let mut payload = Bytes::from(vec![b'x'; 1000]);
    let address = payload.as_ptr();
    stuffer.encode(&mut payload, &mut out).unwrap();
    assert_eq!(out.reader().chunk().as_ptr(), address);
}

#[test]
fn long_and_short_lines_come_back_whatever_stands_between_them() {
    let long = |size| [&vec![b'y'; size][..], b"\r\n"].concat();
    let lines =
        [long(0), b".\r\n".to_vec(), b"..x\r\n".to_vec(), long(4093), long(4094), long(9000)];
    for number in 0..lines.len().pow(4) {
        let line = |place| &lines[number / lines.len().pow(place) % lines.len()][..];
        let mail = (0..4).flat_map(line).copied().collect::<Vec<_>>();
        let wire = stuff(&[&mail], 1 << 20, OutgoingNewlines::Refuse).unwrap();
        assert!(unstuff(&wire, BareNewlines::Reject) == mail, "case {number}");
    }
}

#[test]
fn a_read_of_short_dotted_lines_is_one_piece() {
    let wire = [&b"..\r\n".repeat(1000)[..], b".\r\n"].concat();
    let mut inbox = Inbox::new(wire.len());
    inbox.extend(&wire);
    let mut unstuffer = Unstuffer::new(BareNewlines::Reject);
    assert_eq!(unstuffer.poll(&mut inbox), Unstuffed::Payload(b".\r\n".repeat(1000).into()));
    assert_eq!(unstuffer.poll(&mut inbox), Unstuffed::End);
}

#[test]
fn a_long_run_is_handed_on_where_it_lies() {
    let wire = [&[b'x'; 5000][..], b"\r\n..\r\n"].concat();
    let mut inbox = Inbox::new(wire.len());
    inbox.extend(&wire);
    let address = inbox.octets().as_ptr();
    let piece = match Unstuffer::new(BareNewlines::Reject).poll(&mut inbox) {
        Unstuffed::Payload(piece) => piece,
        other => panic!("{other:?}"),
    };
    assert_eq!((piece.as_ptr(), piece.len()), (address, 5002));
}
