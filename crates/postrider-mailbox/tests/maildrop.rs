//! The example session of RFC 1939 §10 over a store, and what becomes of it where others interfere.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::convert::Infallible;

use bytes::{Buf, Bytes};
use postrider_imap::{Flag, FlagSet, InternalDate, Uid, UidValidity};
use postrider_mailbox::maildrop::{InUse, Locks, Policy, Snapshot, unique_id};
use postrider_mailbox::{Messages, Metadata};
use postrider_pop3::Reply;
use postrider_pop3::server::{Config, Event, Server};
use postrider_wire::{ClearTextLogin, Machine, Policy as TlsPolicy, Progress, Security};
use proptest::prelude::*;

fn uid(uid: u32) -> Uid {
    Uid::new(uid).expect("not zero")
}

fn validity() -> UidValidity {
    UidValidity::new(38_505)
}

/// A store that counts how often a message is read.
#[derive(Default)]
struct Store {
    messages: BTreeMap<u32, (FlagSet, Bytes)>,
    reads: Cell<usize>,
}

impl Store {
    fn with(messages: impl IntoIterator<Item = (u32, Vec<u8>)>) -> Self {
        let messages = messages.into_iter();
        let messages =
            messages.map(|(uid, octets)| (uid, (FlagSet::new(), Bytes::from(octets)))).collect();
        Self { messages, reads: Cell::new(0) }
    }

    fn uids(&self) -> Vec<Uid> {
        self.messages.keys().copied().map(uid).collect()
    }

    fn open(&self, policy: Policy) -> Snapshot {
        let Ok(snapshot) = Snapshot::open(self, validity(), self.uids(), policy);
        snapshot
    }
}

impl Messages for Store {
    type Error = Infallible;

    fn metadata(&self, uid: Uid) -> Result<Option<Cow<'_, Metadata>>, Infallible> {
        let date = InternalDate::from_unix(0, 0).expect("a date");
        Ok(self.messages.get(&uid.get()).map(|(flags, octets)| {
            let size = u64::try_from(octets.len()).expect("64 bits");
            Cow::Owned(Metadata::new(uid, flags.clone(), date, size))
        }))
    }

    fn octets(&self, uid: Uid) -> Result<Option<Bytes>, Infallible> {
        self.reads.set(self.reads.get() + 1);
        Ok(self.messages.get(&uid.get()).map(|(_, octets)| octets.clone()))
    }
}

/// What the server says to these lines, and the UIDs it was asked to remove, if it was.
fn session(
    lines: &str,
    store: &mut Store,
    during: impl Fn(&mut Store),
) -> (String, Option<Vec<Uid>>) {
    let config = Config::new(Security::StartTls(TlsPolicy::Never))
        .with_clear_text_login(ClearTextLogin::Allow);
    let mut server = Server::new(config);
    let mut inbox = server.new_inbox();
    inbox.extend(lines.as_bytes());
    inbox.set_eof();
    let (mut said, mut snapshot, mut removed) = (Vec::new(), None, None);
    loop {
        match server.poll(&mut inbox).expect("a sound session") {
            Progress::Event(Event::Login { .. }) => {
                let open = store.open(Policy::new());
                server.accept_login(open.maildrop()).expect("a login waits");
                snapshot = Some(open);
                during(store);
            }
            Progress::Event(Event::Retrieve { message, .. }) => {
                let snapshot = snapshot.as_ref().expect("logged in");
                match snapshot.octets(store, message) {
                    Ok(Some(mut octets)) => {
                        server.accept().expect("a question waits");
                        while !octets.is_empty() {
                            server.write_payload(&mut octets).expect("a message is written");
                            said.extend(take(&mut server));
                        }
                        server.finish_payload().expect("as many octets as were declared");
                    }
                    Ok(None) => server.decline(),
                }
            }
            Progress::Event(Event::Commit { deleted, .. }) => {
                let uids = snapshot.as_ref().expect("logged in").uids(&deleted);
                for uid in &uids {
                    store.messages.remove(&uid.get());
                }
                removed = Some(uids);
                server.accept().expect("a question waits");
            }
            Progress::Event(_) => server.decline(),
            Progress::Wait { .. } => said.extend(take(&mut server)),
            Progress::StartTls(_) => panic!("no TLS here"),
            Progress::Closed => break,
        }
        said.extend(take(&mut server));
    }
    (String::from_utf8(said).expect("ASCII"), removed)
}

fn take(server: &mut Server) -> Bytes {
    let octets = server.outbox().remaining();
    server.outbox().copy_to_bytes(octets)
}

/// A message that is so long as sent, with LF as line end.
fn message(sent: usize) -> Vec<u8> {
    // "A: b", the empty line, and one of text: three line ends, which are two octets each.
    let text = "x".repeat(sent - 10);
    format!("A: b\n\n{text}\n").into_bytes()
}

const LOGIN: &str = "USER mrose\r\nPASS secret\r\n";

/// RFC 1939 §10, with PASS for APOP.
#[test]
fn the_session_of_rfc_1939_has_its_numbers_and_sizes() {
    let mut store = Store::with([(7, message(120)), (9, message(200))]);
    let lines = format!("{LOGIN}STAT\r\nLIST\r\nRETR 1\r\nDELE 1\r\nRETR 2\r\nDELE 2\r\nQUIT\r\n");
    let (said, removed) = session(&lines, &mut store, |_| ());
    for expected in [
        "+OK mrose's maildrop has 2 messages (320 octets)\r\n",
        "+OK 2 320\r\n",
        "1 120\r\n2 200\r\n.\r\n",
        "+OK 120 octets\r\n",
        "+OK 200 octets\r\n",
        "(maildrop empty)\r\n",
    ] {
        assert!(said.contains(expected), "{expected:?} in {said}");
    }
    assert_eq!(removed, Some(vec![uid(7), uid(9)]));
    assert!(store.messages.is_empty());
}

/// RFC 1939 §6: "If a session terminates for some reason other than a client-issued QUIT command, the
/// POP3 session does NOT enter the UPDATE state and MUST not remove any messages from the maildrop."
#[test]
fn nothing_is_removed_without_quit() {
    let mut store = Store::with([(7, message(120))]);
    let (_, removed) = session(&format!("{LOGIN}DELE 1\r\n"), &mut store, |_| ());
    assert_eq!((removed, store.messages.len()), (None, 1));
    let (_, removed) = session(&format!("{LOGIN}DELE 1\r\nRSET\r\nQUIT\r\n"), &mut store, |_| ());
    assert_eq!((removed, store.messages.len()), (Some(vec![]), 1));
}

#[test]
fn what_is_expunged_meanwhile_keeps_its_number_and_cannot_be_retrieved() {
    let mut store = Store::with([(1, message(30)), (2, message(40)), (3, message(50))]);
    let lines = format!("{LOGIN}RETR 2\r\nRETR 3\r\nDELE 2\r\nDELE 3\r\nQUIT\r\n");
    let (said, removed) = session(&lines, &mut store, |store| {
        store.messages.remove(&2);
    });
    let replies: Vec<&str> = said.lines().filter(|line| line.starts_with(['+', '-'])).collect();
    assert!(replies[3].starts_with("-ERR"), "RETR 2: {said}");
    assert_eq!(replies[4], "+OK 50 octets");
    assert_eq!(removed, Some(vec![uid(2), uid(3)]));
    assert_eq!(store.uids(), [uid(1)]);
}

/// RFC 1939 §7: "This unique-id persists across sessions … The server should never reuse an unique-id".
#[test]
fn unique_ids_persist_and_differ_between_uids_and_validities() {
    let mut store = Store::with([(1, message(30)), (2, message(40)), (u32::MAX, message(50))]);
    let (said, _) = session(&format!("{LOGIN}UIDL\r\nDELE 1\r\nQUIT\r\n"), &mut store, |_| ());
    let id = |number: u32| unique_id(validity(), uid(number)).as_str().to_owned();
    let listing = format!("1 {}\r\n2 {}\r\n3 {}\r\n.\r\n", id(1), id(2), id(u32::MAX));
    assert!(said.contains(&listing), "{said}");
    let (said, _) = session(&format!("{LOGIN}UIDL 1\r\nQUIT\r\n"), &mut store, |_| ());
    assert!(said.contains(&format!("+OK 1 {}\r\n", id(2))), "{said}");
    assert_ne!(unique_id(UidValidity::new(1), uid(2)), unique_id(UidValidity::new(2), uid(1)));
    let longest = unique_id(UidValidity::new(u32::MAX), uid(u32::MAX));
    assert_eq!(longest.as_str(), "ffffffffffffffff");
}

#[test]
fn messages_are_numbered_by_their_uids_each_once() {
    let snapshot = Snapshot::new(validity(), [(uid(9), 1), (uid(2), 2), (uid(9), 3)]);
    assert_eq!(snapshot.len(), 2);
    let uids = [0, 1, 2, 3, u32::MAX].map(|number| snapshot.uid(number));
    assert_eq!(uids, [None, Some(uid(2)), Some(uid(9)), None, None]);
    assert_eq!(snapshot.uids(&[2, 1, 2, 0, 7]), [uid(2), uid(9)]);
}

#[test]
fn deleted_messages_are_hidden_where_the_policy_says_so() {
    let mut store = Store::with([(1, message(30)), (2, message(40))]);
    store.messages.get_mut(&1).expect("there").0.insert(&Flag::Deleted);
    assert_eq!(store.open(Policy::new()).len(), 2);
    let shown = store.open(Policy::new().hiding_deleted());
    assert_eq!((shown.len(), shown.uid(1)), (1, Some(uid(2))));
}

#[test]
fn no_message_is_read_where_the_store_keeps_the_sizes_as_sent() {
    let store = Store::with([(1, b"A: b\r\n\r\nHi\r\n".to_vec())]);
    let kept = store.open(Policy::new().stored_as_sent());
    assert_eq!(store.reads.get(), 0);
    assert_eq!(kept, store.open(Policy::new()));
    assert_eq!(store.reads.get(), 1);
}

#[test]
fn a_message_that_is_gone_before_the_maildrop_is_read_is_not_in_it() {
    let store = Store::with([(2, message(40))]);
    let Ok(snapshot) = Snapshot::open(&store, validity(), [1, 2, 3].map(uid), Policy::new());
    assert_eq!((snapshot.len(), snapshot.uid(1)), (1, Some(uid(2))));
}

/// RFC 1939 §4 and RFC 2449 §8.1.2.
#[test]
fn a_second_session_is_refused_until_the_first_has_ended() {
    let mut locks = Locks::new();
    let first = locks.lock("mrose").expect("free");
    assert_eq!(locks.lock("mrose").err(), Some(InUse));
    let other = locks.lock("other").expect("free");
    assert_eq!((first.name(), other.name()), (&"mrose", &"other"));
    let reply = Reply::err("busy").expect("a text").with_code(InUse.code());
    assert_eq!(reply.to_line(), b"-ERR [IN-USE] busy\r\n");
    assert!(locks.unlock(first));
    assert!(!locks.is_locked(&"mrose") && locks.is_locked(&"other"));
    assert!(locks.lock("mrose").is_ok());
}

#[test]
fn a_broken_lock_does_not_open_the_maildrop_of_the_next_session() {
    let mut locks = Locks::new();
    let dead = locks.lock("mrose").expect("free");
    assert!(locks.break_lock(&"mrose"));
    let next = locks.lock("mrose").expect("free");
    assert!(!locks.holds(&dead) && locks.holds(&next));
    assert!(!locks.unlock(dead));
    assert!(locks.is_locked(&"mrose"));
    assert!(locks.unlock(next));
    assert!(!locks.break_lock(&"mrose"));
}

#[test]
fn a_lock_opens_nothing_in_another_set_of_locks() {
    let (mut one, mut other) = (Locks::new(), Locks::new());
    let (own, strange) = (one.lock("mrose").expect("free"), other.lock("mrose").expect("free"));
    assert!(one.holds(&own) && !one.holds(&strange) && own != strange);
    assert!(!one.unlock(strange));
    assert!(one.is_locked(&"mrose") && other.is_locked(&"mrose"));
    assert!(one.unlock(own));
    assert!(!one.is_locked(&"mrose"));
}

proptest! {
    /// RFC 1939 §11, counted octet by octet from what the client gets.
    #[test]
    fn the_size_that_is_told_is_that_of_what_is_sent(
        octets in prop::collection::vec(prop::sample::select(b"ab.\r\n".to_vec()), 1..60),
    ) {
        let mut store = Store::with([(1, octets)]);
        let (said, _) = session(&format!("{LOGIN}RETR 1\r\nQUIT\r\n"), &mut store, |_| ());
        let (_, from) = said.split_once(" octets)\r\n+OK ").expect("RETR answers");
        let (told, from) = from.split_once(" octets\r\n").expect("a size");
        let mut sent = 0;
        for line in from.split("\r\n").take_while(|line| *line != ".") {
            sent += line.strip_prefix('.').unwrap_or(line).len() + 2;
        }
        prop_assert_eq!(told, sent.to_string());
    }
}
