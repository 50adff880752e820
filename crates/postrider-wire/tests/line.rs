//! Line framing: cuts carry no meaning, and a line that is too long is one answer.

use postrider_wire::{Inbox, Line, LineReader, Terminator};
use proptest::collection::vec;
use proptest::prelude::*;

/// Frames `stream`, which arrives in pieces; what is left at the end is told too.
fn frame(
    stream: &[u8],
    pieces: impl Iterator<Item = usize>,
    terminator: Terminator,
    limit: usize,
) -> (Vec<Line>, Vec<u8>) {
    let mut reader = LineReader::new(terminator, limit);
    let mut inbox = Inbox::new(limit.max(2));
    let mut lines = Vec::new();
    let (mut rest, mut pieces) = (stream, pieces);
    loop {
        while let Some(line) = reader.next(&mut inbox) {
            lines.push(line);
        }
        assert!(!inbox.is_full(), "an inbox of the line limit always gives a line when full");
        if rest.is_empty() {
            return (lines, inbox.octets().to_vec());
        }
        let piece = pieces.next().unwrap_or(usize::MAX).clamp(1, rest.len());
        rest = &rest[inbox.extend(&rest[..piece])..];
    }
}

fn complete(text: &[u8]) -> Line {
    Line::Complete(text.to_vec().into())
}

/// Lines of at most `limit` octets, end included, and `TooLong` for each other.
fn reference(stream: &[u8], terminator: Terminator, limit: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut from = 0;
    for lf in (0..stream.len()).filter(|&at| stream[at] == b'\n') {
        let text = &stream[from..lf];
        let text = match (text.strip_suffix(b"\r"), terminator) {
            (Some(text), _) => text,
            (None, Terminator::Lf) => text,
            (None, _) => continue,
        };
        let fits = lf + 1 - from <= limit;
        lines.push(if fits { complete(text) } else { Line::TooLong });
        from = lf + 1;
    }
    if stream.len() - from >= limit {
        lines.push(Line::TooLong);
    }
    lines
}

proptest! {
    #[test]
    fn framing_agrees_with_a_naive_reading_however_it_is_cut(
        stream in vec(prop_oneof![1 => Just(b'\r'), 1 => Just(b'\n'), 4 => Just(b'x')], 0..200),
        pieces in vec(1_usize..12, 0..100),
        limit in 2_usize..20,
    ) {
        for terminator in [Terminator::CrLf, Terminator::Lf] {
            let (lines, _) = frame(&stream, pieces.iter().copied(), terminator, limit);
            prop_assert_eq!(&lines, &reference(&stream, terminator, limit));
        }
    }
}

#[test]
fn a_line_of_exactly_the_limit_fits_and_one_octet_more_does_not() {
    let (lines, rest) = frame(b"123\r\n1234\r\n", [].into_iter(), Terminator::CrLf, 5);
    assert_eq!(lines, [complete(b"123"), Line::TooLong]);
    assert_eq!(rest, b"");
}

#[test]
fn a_line_that_is_too_long_is_told_once_and_the_next_line_is_in_sync() {
    let long = [&[b'x'; 5000][..], b"\r\nQUIT\r\n"].concat();
    for size in [1, 7, 5000] {
        let (lines, _) = frame(&long, std::iter::repeat(size), Terminator::CrLf, 64);
        assert_eq!(lines, [Line::TooLong, complete(b"QUIT")]);
    }
}

#[test]
fn a_bare_lf_is_part_of_a_line_for_servers_and_ends_it_for_clients() {
    let (lines, _) = frame(b"a\nb\r\n", [].into_iter(), Terminator::CrLf, 64);
    assert_eq!(lines, [complete(b"a\nb")]);
    let (lines, _) = frame(b"a\nb\r\n", [].into_iter(), Terminator::Lf, 64);
    assert_eq!(lines, [complete(b"a"), complete(b"b")]);
}

#[test]
fn a_partial_line_stays_in_the_inbox() {
    let (lines, rest) = frame(b"QUIT\r", [].into_iter(), Terminator::CrLf, 64);
    assert_eq!((lines, &rest[..]), (vec![], &b"QUIT\r"[..]));
}

#[test]
fn a_changed_limit_holds_for_the_lines_to_come() {
    let mut reader = LineReader::new(Terminator::CrLf, 8);
    let mut inbox = Inbox::new(64);
    inbox.extend(b"0123456789\r\n0123456789\r\n");
    assert_eq!(reader.next(&mut inbox), Some(Line::TooLong));
    reader.set_limit(12);
    assert_eq!(reader.next(&mut inbox), Some(complete(b"0123456789")));
    assert_eq!(reader.next(&mut inbox), None);
}

#[test]
fn lines_that_may_hold_secrets_are_the_same_lines() {
    let mut inbox = Inbox::new(64);
    inbox.extend(b"PASS horn\r\nSTAT\r\npart");
    let mut lines = LineReader::new(Terminator::CrLf, 32).with_secrets();
    assert_eq!(lines.next(&mut inbox), Some(Line::Complete("PASS horn".into())));
    assert_eq!(lines.next(&mut inbox), Some(Line::Complete("STAT".into())));
    assert_eq!(lines.next(&mut inbox), None);
    assert_eq!((inbox.octets(), inbox.offset()), (&b"part"[..], 17));
}

#[test]
fn the_end_of_input_inside_a_swallowed_line_is_inside_a_line() {
    let mut inbox = Inbox::new(8);
    let mut lines = LineReader::new(Terminator::CrLf, 8);
    assert!(!lines.is_inside_line(&inbox));
    inbox.extend(b"12345678");
    assert_eq!(lines.next(&mut inbox), Some(Line::TooLong));
    assert_eq!(lines.next(&mut inbox), None);
    assert!(inbox.is_empty() && lines.is_inside_line(&inbox));
    inbox.extend(b"9\r\n");
    assert_eq!(lines.next(&mut inbox), None);
    assert!(!lines.is_inside_line(&inbox));
}

#[test]
fn a_line_that_ends_in_lf_alone_is_told_apart() {
    let mut reader = LineReader::new(Terminator::Lf, 8);
    let mut inbox = Inbox::new(64);
    inbox.extend(b"a\r\nb\n\n\r\n");
    for (text, bare) in [(&b"a"[..], false), (b"b", true), (b"", true), (b"", false)] {
        assert_eq!(reader.next(&mut inbox), Some(complete(text)));
        assert_eq!(reader.ended_bare(), bare);
    }
}
