//! What is written reads back the same, and nothing that is read can do harm.

mod bombs;
mod values;

use std::string::{String, ToString};
use std::vec::Vec;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::command::{Command, Tag, encode};
use crate::response::Response;
use crate::value::{FetchAttributes, FetchItem, Status};

/// Deeper than what the generators make.
fn limits() -> Limits {
    Limits::new().with_depth(16)
}

fn written(item: &FetchItem) -> Bytes {
    let mut out = Vec::new();
    crate::write::item(&mut out, item);
    out.into()
}

/// A command as a server sees it: its pieces joined, without the last line end.
fn sent(command: &Command) -> (Bytes, Peeked) {
    let tag = Tag::new("a001").unwrap();
    let pieces = encode(&tag, command);
    let octets: Vec<u8> = pieces.iter().flat_map(|piece| piece.octets.expose().clone()).collect();
    let octets = Bytes::from(octets.strip_suffix(b"\r\n").unwrap().to_vec());
    let peeked = peek_command(&octets).unwrap();
    (octets, peeked)
}

proptest! {
    #[test]
    fn a_written_fetch_item_reads_back_the_same(item in values::item()) {
        prop_assert_eq!(fetch_item(&written(&item), &limits()), item);
    }

    #[test]
    fn a_written_command_reads_back_the_same(it in values::command()) {
        let (octets, peeked) = sent(&it);
        prop_assert_eq!(command(&octets, &peeked, &limits()), Some(it));
    }

    #[test]
    fn each_piece_of_a_command_but_the_last_announces_the_next(it in values::command()) {
        let pieces = encode(&Tag::new("a").unwrap(), &it);
        let (last, before) = pieces.split_last().unwrap();
        prop_assert!(last.octets.expose().ends_with(b"\r\n"));
        for (piece, next) in before.iter().zip(pieces.iter().skip(1)) {
            let head = literal_at_end(piece.octets.expose().strip_suffix(b"\r\n").unwrap()).unwrap();
            prop_assert!(head.waits);
            prop_assert!(head.octets.unwrap() <= next.octets.expose().len() as u64);
        }
    }

    #[test]
    fn a_written_set_reads_back_the_same(set in values::set()) {
        prop_assert_eq!(crate::SequenceSet::parse(set.to_string()), Ok(set));
    }

    #[test]
    fn a_resolved_set_holds_what_the_set_holds(set in values::set(), largest in 0_u32..20) {
        let resolved = set.resolve(largest);
        for number in 1..=largest {
            let held = resolved.iter().any(|range| range.contains(&number));
            prop_assert_eq!(held, set.contains(number, largest), "{}", number);
        }
        for pair in resolved.windows(2) {
            prop_assert!(pair[0].end() + 1 < *pair[1].start());
        }
    }

    #[test]
    fn a_written_section_name_reads_back_the_same(
        name in values::body_section(),
        origin in proptest::option::of(any::<u64>()),
    ) {
        let mut out = Vec::new();
        crate::write::body_section(&mut out, &name, origin);
        prop_assert_eq!(body_section_name(&out.into(), &limits()), Some((name, origin)));
    }

    #[test]
    fn a_written_status_reads_back_the_same(status in values::status()) {
        let mut out = Vec::from(*b"* ");
        crate::write::status(&mut out, &status);
        prop_assert_eq!(response(&out.into(), &limits()), Some(Response::Status(status)));
    }

    #[test]
    fn a_date_is_the_moment_it_was_made_from(
        seconds in -62_000_000_000_i64..250_000_000_000,
        zone in -1439_i16..1440,
    ) {
        let date = crate::InternalDate::from_unix(seconds, zone).unwrap();
        prop_assert_eq!(date.unix(), seconds);
        prop_assert_eq!(date.zone(), zone);
    }

    #[test]
    fn no_octets_break_a_reader(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        read_everything(&octets);
    }

    #[test]
    fn no_garbled_item_breaks_a_reader(
        item in values::item(),
        at in any::<prop::sample::Index>(),
        octet in any::<u8>(),
    ) {
        let mut octets = written(&item).to_vec();
        let at = at.index(octets.len());
        octets[at] = octet;
        read_everything(&octets);
        read_everything(&octets[..at]);
    }
}

fn read_everything(octets: &[u8]) {
    let octets = Bytes::copy_from_slice(octets);
    let _ = fetch_item(&octets, &limits());
    let _ = response(&octets, &limits());
    let _ = fetch_head(&octets);
    let _ = body_section_name(&octets, &limits());
    let _ = quoted_content(&octets);
    let _ = literal_at_end(&octets);
    let peeked = peek_command(&octets);
    let _ = credentials_at(&octets);
    let _ = peeked.as_ref().map(|peeked| password_at(&octets, peeked));
    if let Some(peeked) = peeked {
        let _ = command(&octets, &peeked, &limits());
    }
    let _ = whole(&octets, sequence_set);
}

#[test]
fn what_a_client_may_write_in_two_ways_is_read_in_both() {
    let parse = |text: &'static str| {
        let octets = Bytes::from_static(text.as_bytes());
        let peeked = peek_command(&octets).unwrap();
        command(&octets, &peeked, &limits())
    };
    // RFC 3501 §8 writes flags without parentheses; the grammar allows both.
    assert_eq!(parse("a005 store 12 +flags \\deleted"), parse("a005 STORE 12 +FLAGS (\\Deleted)"));
    assert_eq!(parse("a LOGIN \"mrc\" {6}\r\nsecret"), parse("b login mrc \"secret\""));
    assert_eq!(parse("a SELECT inBOX"), parse("a SELECT \"INBOX\""));
    let full = parse("a FETCH 1 FULL");
    assert!(matches!(full, Some(Command::Fetch { attributes: FetchAttributes::Full, .. })));
    for bad in [
        "a STORE 1 FLAGS (\\Recent)",
        "a FETCH 0 ALL",
        "a FETCH 4294967296 ALL",
        "a FETCH 1 ()",
        "a FETCH 1 BODY[0]",
        "a FETCH 1 BODY[MIME]",
        "a FETCH 1 BODY[1.]",
        "a FETCH 1 BODY[]<0.0>",
        "a FETCH 1 FULL ",
        "a NOOP now",
        "a LOGIN mrc",
        "a SELECT \"a\u{1}b\"",
    ] {
        assert_eq!(parse(bad), None, "{bad}");
    }
}

#[test]
fn quoted_or_literal_is_chosen_by_content() {
    let written = |text: &[u8]| {
        let mut envelope = crate::Envelope::new();
        envelope.subject = Some(Bytes::copy_from_slice(text));
        let mut out = Vec::new();
        crate::write::envelope(&mut out, &envelope);
        String::from_utf8_lossy(&out).into_owned()
    };
    assert!(written(b"a \"b\" \\c").starts_with(r#"(NIL "a \"b\" \\c" NIL"#));
    assert!(written(b"").starts_with(r#"(NIL "" NIL"#));
    assert!(written(b"a\r\nb").starts_with("(NIL {4}\r\na\r\nb NIL"));
    assert!(written("\u{e4}".as_bytes()).starts_with("(NIL {2}\r\n\u{e4} NIL"));
    // RFC 3501 §9: CHAR8 has no NUL.
    assert!(written(b"a\0b").starts_with("(NIL {3}\r\na?b NIL"));
}

#[test]
fn a_status_of_another_hand_is_understood() {
    let status =
        |text: &'static str| match response(&Bytes::from_static(text.as_bytes()), &limits()) {
            Some(Response::Status(status) | Response::Tagged(_, status)) => status,
            other => core::panic!("{other:?}"),
        };
    assert_eq!(status("IMC1 OK"), Status::ok(""));
    assert_eq!(status("* OK [UIDNEXT 7]"), Status::ok("").with_code(crate::Code::UidNext(7)));
    let junk = status("A1 OK [Error=\"x\" Proxy=Y:1] done");
    assert!(matches!(junk.code, Some(crate::Code::Other(_))));
    // A number that does not fit is no number.
    let overflow = status("* OK [UIDNEXT 4294967296] x");
    assert!(matches!(overflow.code, Some(crate::Code::Other(_))));
}

#[test]
fn blanks_between_the_parts_of_a_multipart_are_forgiven() {
    let read = |between: &str| {
        let part = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)";
        let text = std::format!("BODYSTRUCTURE ({part}{between}{part} \"MIXED\")");
        fetch_item(&Bytes::from(text), &limits())
    };
    let strict = read("");
    assert!(matches!(strict, FetchItem::BodyStructure(_)));
    assert_eq!(read(" "), strict);
    assert_eq!(read("  "), strict);
}

#[test]
fn an_append_is_read_up_to_its_messages() {
    // RFC 3502 §6.3.11, the heads of the two messages of its example.
    let first = b"A003 APPEND saved-messages (\\Seen) ";
    let octets = Bytes::from_static(first);
    let peeked = peek_command(&octets).unwrap();
    let to = append_to(&octets, &peeked, &Limits::new()).unwrap();
    assert_eq!(to.mailbox.as_bytes(), b"saved-messages");
    assert_eq!(to.message.flags, [crate::Flag::Seen]);
    let second = Bytes::from_static(b" (\\Seen) \" 7-Feb-1994 22:43:04 -0800\" ");
    let message = append_message(&second, &Limits::new()).unwrap();
    assert_eq!(message.date.unwrap().to_string(), " 7-Feb-1994 22:43:04 -0800");
    for wrong in [&b"A003 APPEND "[..], b"A003 APPEND box", b"A003 APPEND box (\\Recent) "] {
        let octets = Bytes::copy_from_slice(wrong);
        let peeked = peek_command(&octets).unwrap();
        assert_eq!(append_to(&octets, &peeked, &Limits::new()), None, "{}", wrong.escape_ascii());
    }
}

proptest! {
    #[test]
    fn a_written_append_reads_back(
        mailbox in values::mailbox(),
        message in values::append_message(),
        waits in any::<bool>(),
    ) {
        use crate::write::LiteralForm::{NonSynchronizing, Synchronizing};
        let tag = Tag::new("a").unwrap();
        let form = if waits { Synchronizing } else { NonSynchronizing };
        let pieces = crate::command::encode_append(&tag, &mailbox, &message, form);
        let written: Vec<u8> =
            pieces.iter().flat_map(|piece| piece.octets.expose().clone()).collect();
        let line = written.strip_suffix(b"\r\n").unwrap();
        let head = literal_at_end(line).unwrap();
        prop_assert_eq!((head.octets, head.waits), (Some(message.octets), waits));
        let octets = Bytes::copy_from_slice(&written[..written.len() - (line.len() - head.at) - 2]);
        let peeked = peek_command(&octets).unwrap();
        let mut to = append_to(&octets, &peeked, &Limits::new()).unwrap();
        to.message.octets = message.octets;
        prop_assert_eq!(to, AppendTo { mailbox, message });
    }
}
