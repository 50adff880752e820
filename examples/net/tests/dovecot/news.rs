//! What another session changes: told under IDLE, and found out later. `tests/imap_server` has this file, too.

use std::{collections::BTreeMap, time::Duration};

use postrider::imap::{
    Command, FetchAttribute, FetchItem, Flag, FlagSet, SequenceSet, StoreMode,
    client::{Change, Config, Event, Resync, Selected, SyncState, SyncWay},
};

use crate::{
    rig::{Rig, with_crlf},
    session::{Imap, Tls, items, name},
};

fn uids(set: &str) -> SequenceSet {
    SequenceSet::parse(set).unwrap()
}

#[test]
fn idle_hears_what_another_session_does() {
    let Some(rig) = Rig::get() else { return };
    rig.fill("idle", &rig.mails()[..4]);
    let mut watcher = Imap::inbox(&rig, "idle");
    let mut mailbox = Selected::new(&postrider::imap::Limits::new());
    // What SELECT told is not asked again: how many there are is told once more by NOOP or not at all.
    for event in watcher.select("INBOX") {
        mailbox.on_event(&event).unwrap();
    }
    for event in watcher.ok(|client| client.uid_fetch(SequenceSet::all(), FetchAttribute::Flags)) {
        mailbox.on_event(&event).unwrap();
    }
    let mut other = Imap::inbox(&rig, "idle");
    let idle = watcher.client().idle().unwrap();
    while watcher.event() != Event::IdleBegun {}
    let mut hear = |watcher: &mut Imap, done: &dyn Fn(&Selected) -> bool| {
        for _ in 0..100 {
            if done(&mailbox) {
                return;
            }
            if let Some(event) = watcher.event_within(Some(Duration::from_secs(10))) {
                mailbox.on_event(&event).unwrap();
            }
        }
        panic!("it was not told");
    };
    other.ok(|client| client.uid_store(uids("2"), StoreMode::Add, true, [Flag::Flagged]));
    hear(&mut watcher, &|mailbox| {
        let two = mailbox.message(2.try_into().unwrap()).unwrap();
        two.flags.as_ref().is_some_and(|flags| flags.contains(&Flag::Flagged))
    });
    other.ok(|client| client.uid_store(uids("1"), StoreMode::Add, true, [Flag::Deleted]));
    other.ok(|client| client.send(Command::Expunge));
    hear(&mut watcher, &|mailbox| {
        mailbox.message(1.try_into().unwrap()).is_some_and(|one| one.uid.get() == 2)
    });
    assert!(other.append("INBOX", b"Subject: new\r\n\r\nHello\r\n").is_ok());
    hear(&mut watcher, &|mailbox| mailbox.exists() == 4);
    // By reference, from wherever the client is held.
    watcher.client().done().unwrap();
    assert!(watcher.wait(idle).status.is_ok());
    // A command ends it, too.
    let idle = watcher.client().idle().unwrap();
    while watcher.event() != Event::IdleBegun {}
    let noop = watcher.client().noop().unwrap();
    assert!(watcher.wait(idle).status.is_ok());
    assert!(watcher.wait(noop).status.is_ok());
    watcher.log_out();
}

/// What a client has of a mailbox.
type Copy = BTreeMap<u32, FlagSet>;

/// Resynchronises a copy, and tells by which commands.
fn resync(
    imap: &mut Imap,
    way: SyncWay,
    state: Option<SyncState>,
    copy: &mut Copy,
) -> (SyncState, Vec<String>) {
    let mut resync = Resync::new(imap.client(), name("INBOX"), state).with_at_most(way);
    let mut said = Vec::new();
    loop {
        if let Some(command) = resync.next_command() {
            said.push(format!("{command:?}"));
            imap.client().send(command).unwrap();
        }
        resync.on_event(&imap.event());
        while let Some(change) = resync.next_change() {
            match change {
                Change::Reset => copy.clear(),
                Change::Gone(uids) => copy.retain(|uid, _| !uids.as_list().contains(*uid)),
                Change::Message { uid, flags, .. } => {
                    let kept = copy.entry(uid.get()).or_default();
                    *kept = flags.unwrap_or_else(|| kept.clone());
                }
                other => panic!("{other:?}"),
            }
        }
        if let Some(outcome) = resync.outcome() {
            return (outcome.clone().unwrap(), said);
        }
    }
}

/// The truth, asked for as a whole.
fn all(imap: &mut Imap) -> Copy {
    let told = imap.ok(|client| client.uid_fetch(SequenceSet::all(), FetchAttribute::Flags));
    let flags = |items: Vec<FetchItem>| {
        items.into_iter().find_map(|item| match item {
            FetchItem::Flags(flags) => Some(flags),
            _ => None,
        })
    };
    items(&told).into_iter().map(|(uid, items)| (uid.get(), flags(items).unwrap())).collect()
}

/// `\Recent` is for one session.
fn lasting(copy: &Copy) -> Vec<(u32, Vec<Flag>)> {
    let flags = |set: &FlagSet| {
        let mut flags: Vec<Flag> = set.iter().filter(|flag| *flag != Flag::Recent).collect();
        flags.sort_by_key(|flag| format!("{flag}"));
        flags
    };
    copy.iter().map(|(uid, set)| (*uid, flags(set))).collect()
}

#[test]
fn a_copy_is_brought_up_to_date_by_each_way() {
    let Some(rig) = Rig::get() else { return };
    let mails = rig.mails();
    for (user, way, expected) in [
        ("qresync", SyncWay::Qresync, "Qresync"),
        ("condstore", SyncWay::Condstore, "changed_since: Some"),
        ("compare", SyncWay::Compare, "SequenceSet([Between(Number(1), Last)])"),
    ] {
        rig.fill(user, &mails[..60]);
        let mut copy = Copy::new();
        let open = |rig: &Rig| {
            let mut imap = Imap::connect(rig, Tls::Implicit, |config: Config| config);
            imap.log_in(user, &[]);
            imap
        };
        let mut imap = open(&rig);
        let (mut state, _) = resync(&mut imap, way, None, &mut copy);
        assert_eq!(copy.len(), 60);
        drop(imap);
        let mut said = Vec::new();
        for round in 0..3_u32 {
            let mut other = Imap::inbox(&rig, user);
            let base = 10 * round;
            let some = format!("{},{}:{}", base + 1, base + 4, base + 6);
            other.ok(|client| {
                client.uid_store(uids(&some), StoreMode::Add, true, [Flag::Seen, Flag::Flagged])
            });
            let gone = format!("{}", base + 8);
            other.ok(|client| client.uid_store(uids(&gone), StoreMode::Add, true, [Flag::Deleted]));
            other.ok(|client| client.send(Command::Expunge));
            if round != 1 {
                assert!(other.append("INBOX", &with_crlf(&mails[100])).is_ok());
            }
            other.log_out();
            // As a program would have kept it.
            state = state.to_string().parse().unwrap();
            let mut imap = open(&rig);
            (state, said) = resync(&mut imap, way, Some(state), &mut copy);
            let truth = all(&mut imap);
            assert_eq!(lasting(&copy), lasting(&truth), "{user}, round {round}");
            let known: Vec<u32> = state.known().iter().collect();
            assert_eq!(known, truth.keys().copied().collect::<Vec<_>>());
        }
        assert!(said.iter().any(|command| command.contains(expected)), "{user}: {said:#?}");
    }
}
