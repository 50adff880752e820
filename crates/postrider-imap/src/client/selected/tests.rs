//! The account of a mailbox, beside the examples of the RFCs.

use std::prelude::v1::*;

use super::*;
use crate::client::Handle;
use crate::{Quirks, ResponsePart, ResponseReader};

fn uid(number: u32) -> Uid {
    Uid::new(number).unwrap()
}

fn number(number: u32) -> MessageNumber {
    MessageNumber::new(number).unwrap()
}

/// What was told line by line, and whether each of them fits.
fn tell(selected: &mut Selected, lines: &str) -> Vec<Result<(), Contradiction>> {
    let mut reader = ResponseReader::new(&Limits::new(), Quirks::strict());
    let wire: Vec<u8> =
        lines.lines().flat_map(|line| [line.trim(), "\r\n"].concat().into_bytes()).collect();
    let (mut rest, mut all) = (&wire[..], Vec::new());
    while !rest.is_empty() {
        let step = reader.read(rest);
        rest = &rest[step.octets..];
        match step.part {
            Some(ResponsePart::Response(response)) => all.push(selected.on_response(&response)),
            part => unreachable!("{part:?}"),
        }
    }
    all
}

fn selected(lines: &str) -> Selected {
    let mut selected = Selected::new(&Limits::new());
    let told = tell(&mut selected, lines);
    assert!(told.iter().all(Result::is_ok), "{told:?}");
    selected
}

fn uids(selected: &Selected) -> Vec<Option<u32>> {
    let uid = |at| selected.message(number(at)).map(|message| message.uid.get());
    (1..=selected.exists()).map(uid).collect()
}

/// The mapping of RFC 7162 §3.2.10.2, where `x` is a UID that is not told.
const MAPPING: &str = "* 11 EXISTS
    * 2 FETCH (UID 504)
    * 3 FETCH (UID 505 FLAGS (\\Deleted))
    * 4 FETCH (UID 507 FLAGS (\\Deleted))
    * 5 FETCH (FLAGS () UID 508)
    * 7 FETCH (UID 510 FLAGS (\\Deleted))
    * 11 FETCH (UID 625 FLAGS (\\Deleted) MODSEQ (12121231777))";

#[test]
fn vanished_and_expunge_of_rfc_7162_come_to_the_same() {
    let left = [None, Some(504), Some(508), None, None, None, None];
    let mut vanished = selected(MAPPING);
    assert_eq!(vanished.known(), 6);
    assert_eq!(tell(&mut vanished, "* VANISHED 505,507,510,625"), [Ok(())]);
    assert_eq!(uids(&vanished), left);
    let mut expunged = selected(MAPPING);
    let told = tell(&mut expunged, "* 3 EXPUNGE\n* 3 EXPUNGE\n* 5 EXPUNGE\n* 8 EXPUNGE");
    assert!(told.iter().all(Result::is_ok), "{told:?}");
    assert_eq!(uids(&expunged), left);
    assert_eq!(expunged.number_of(uid(508)), Some(number(3)));
    assert_eq!(expunged.number_of(uid(510)), None);
}

#[test]
fn vanished_earlier_is_about_messages_that_are_not_counted() {
    let mut mailbox = selected(MAPPING);
    assert_eq!(tell(&mut mailbox, "* VANISHED (EARLIER) 41,43:116,505"), [Ok(())]);
    assert_eq!((mailbox.exists(), mailbox.known()), (11, 6));
}

#[test]
fn a_selected_mailbox_of_rfc_7162_is_told() {
    // RFC 7162 §3.1.2.1 and §3.2.5.1.
    let mailbox = selected(
        "* 172 EXISTS
        * 1 RECENT
        * OK [UNSEEN 12] Message 12 is first unseen
        * OK [UIDVALIDITY 3857529045] UIDs valid
        * OK [UIDNEXT 4392] Predicted next UID
        * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)
        * OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited
        * OK [HIGHESTMODSEQ 715194045007] Highest
        A142 OK [READ-WRITE] SELECT completed",
    );
    assert_eq!((mailbox.exists(), mailbox.recent(), mailbox.known()), (172, 1, 0));
    assert_eq!(mailbox.validity(), Some(UidValidity::new(3_857_529_045)));
    assert_eq!(mailbox.uid_next(), Some(uid(4392)));
    assert_eq!(mailbox.highest_mod_seq(), ModSeq::new(715_194_045_007).ok());
    assert_eq!(mailbox.flags().unwrap().len(), 5);
    assert_eq!(mailbox.permanent_flags().unwrap().len(), 3);
    assert_eq!(mailbox.is_read_only(), Some(false));
    assert!(mailbox.is_sticky() && !mailbox.has_no_mod_seq());
}

#[test]
fn flags_and_mod_seqs_are_those_that_were_told_last() {
    let mut mailbox = selected(MAPPING);
    tell(
        &mut mailbox,
        "* 5 FETCH (FLAGS (\\Seen $Forwarded))\n* 5 FETCH (MODSEQ (5))\n* 6 FETCH (FLAGS ())",
    );
    let message = mailbox.message(number(5)).unwrap();
    assert_eq!(message.flags.as_ref().unwrap().len(), 2);
    assert_eq!(message.mod_seq, ModSeq::new(5).ok());
    assert_eq!(mailbox.message(number(6)), None, "its UID was not told");
    // RFC 9586 §3: a session in which there are no numbers.
    tell(&mut mailbox, "* 508 UIDFETCH (FLAGS (\\Deleted))\n* 9999 UIDFETCH (FLAGS ())");
    assert_eq!(mailbox.message(number(5)).unwrap().flags.as_ref().unwrap().len(), 1);
    assert_eq!(mailbox.messages().count(), 6);
}

#[test]
fn what_contradicts_is_told_and_forgotten() {
    for (line, exists) in [
        ("* 12 EXPUNGE", 11),
        ("* 10 EXISTS", 10),
        ("* 12 FETCH (UID 700)", 11),
        ("* 5 FETCH (UID 509)", 11),
        ("* 6 FETCH (UID 511)", 11),
        ("* VANISHED 509", 10),
        ("* VANISHED 1:503", 0),
        ("* VANISHED 1:4294967295", 0),
    ] {
        let mut mailbox = selected(MAPPING);
        let told = tell(&mut mailbox, line);
        if line == "* VANISHED 509" {
            // One unknown message stands between 508 and 510.
            assert_eq!((told, mailbox.exists(), mailbox.known()), (vec![Ok(())], 10, 6));
            continue;
        }
        assert_eq!((told, mailbox.exists()), (vec![Err(Contradiction)], exists), "{line}");
        assert_eq!(mailbox.known(), 0, "{line}");
        // What is told anew is good again.
        tell(&mut mailbox, "* 20 EXISTS\n* 7 FETCH (UID 510)");
        assert_eq!(mailbox.number_of(uid(510)), Some(number(7)), "{line}");
    }
}

#[test]
fn another_mailbox_begins_anew() {
    // RFC 7162 §3.2.11
    let mut mailbox = selected(MAPPING);
    tell(&mut mailbox, "* OK [CLOSED] Previous mailbox is now closed\n* 1 EXISTS");
    assert_eq!(uids(&mailbox), [None]);
    let mut mailbox = selected("* OK [UIDVALIDITY 1] a\n* 1 EXISTS\n* 1 FETCH (UID 5)");
    tell(&mut mailbox, "* OK [UIDVALIDITY 1] a");
    assert_eq!(mailbox.known(), 1);
    tell(&mut mailbox, "* OK [UIDVALIDITY 2] a");
    assert_eq!((mailbox.exists(), mailbox.known()), (1, 0));
}

#[test]
fn a_response_that_comes_in_pieces_is_one() {
    let mut mailbox = selected("* 3 EXISTS");
    let message = FetchedMessage::Number(number(2));
    let flags = FetchItem::Flags(FlagSet::new());
    for event in [
        Event::FetchItems { handle: None, message, items: vec![flags] },
        Event::Chunk(bytes::Bytes::from_static(b"octets of the message")),
        Event::FetchItems { handle: None, message, items: vec![FetchItem::Uid(uid(20))] },
    ] {
        mailbox.on_event(&event).unwrap();
        assert_eq!(mailbox.known(), 0);
    }
    mailbox.on_event(&Event::FetchEnd { handle: None, message }).unwrap();
    assert_eq!(mailbox.message(number(2)).unwrap().flags, Some(FlagSet::new()));
    // A server that does not say which it is.
    let status = Status::ok("done");
    let done = Event::Completed { handle: Handle::SOME, command: CommandName::Examine, status };
    mailbox.on_event(&done).unwrap();
    assert_eq!(mailbox.is_read_only(), Some(true));
}

#[test]
fn no_more_is_held_than_the_limits_allow() {
    let mut mailbox = Selected::new(&Limits { ids: 2, ..Limits::new() });
    let lines = "* 4294967295 EXISTS\n* 1 FETCH (UID 1)\n* 9 FETCH (UID 9)\n* 5 FETCH (UID 5)";
    assert_eq!(tell(&mut mailbox, lines), [Ok(()); 4]);
    assert_eq!((mailbox.exists(), mailbox.known()), (u32::MAX, 2));
}

#[test]
fn a_hundred_thousand_expunged_messages_are_no_more_than_that() {
    // In a mailbox of 100,000 messages all of which are known, those at the front go first.
    let mut mailbox = selected("* 100000 EXISTS");
    let items = |at| vec![FetchItem::Uid(uid(at))];
    for at in 1..=100_000 {
        mailbox.on_response(&Response::Fetch { number: number(at), items: items(at) }).unwrap();
    }
    for at in 1..100_000 {
        mailbox.on_response(&Response::Expunge(number(1))).unwrap();
        assert_eq!(mailbox.message(number(1)).unwrap().uid, uid(at + 1));
    }
    assert_eq!((mailbox.exists(), mailbox.known()), (1, 1));
}
