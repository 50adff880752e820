//! Searching, and what changes: flags, messages that go or come, and how that is found out later.

use std::{collections::BTreeMap, time::Duration};

use postrider::imap::{
    Charset, Code, Command, Date, EsearchItem, FetchAttribute, FetchItem, FieldName, Flag, FlagSet,
    Response, SearchCommand, SearchKey, SearchReturn, SequenceSet, SortCommand, SortCriterion,
    SortKey, StoreMode, ThreadCommand,
    client::{Change, Config, Event, Resync, Selected, SyncState, SyncWay},
};

use crate::{
    rig::{Rig, with_crlf},
    session::{Imap, Tls, data, items, name},
};

fn uids(set: &str) -> SequenceSet {
    SequenceSet::parse(set).unwrap()
}

fn words(numbers: impl Iterator<Item = u32>) -> String {
    numbers.map(|n| n.to_string()).collect::<Vec<_>>().join(" ")
}

fn found(events: Vec<Event>) -> String {
    let [response] = &data(events)[..] else { panic!("one answer") };
    match response {
        Response::Search { numbers, .. } | Response::Sort { numbers, .. } => words(numbers.iter()),
        Response::Esearch(found) => {
            let all = |item: &EsearchItem| match item {
                EsearchItem::All(numbers) => Some(words(numbers.iter())),
                _ => None,
            };
            found.items.iter().find_map(all).unwrap_or_default()
        }
        Response::Thread(_) => {
            let mut text = Vec::new();
            response.write(&mut text);
            let text = String::from_utf8(text).unwrap();
            text.trim_start_matches("* THREAD ").trim_end().to_owned()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn searches_sorts_and_threads_as_imaplib_has_them() {
    let Some(rig) = Rig::get() else { return };
    rig.fill("search", &rig.mails());
    let mut imap = Imap::inbox(&rig, "search");
    let text = |text: &str| bytes::Bytes::copy_from_slice(text.as_bytes());
    let field = FieldName::new("X-Mailer").unwrap();
    let searches = [
        ("SUBJECT free", vec![SearchKey::Subject(text("free"))]),
        ("OR FROM hotmail TO hotmail", {
            vec![SearchKey::or(SearchKey::From(text("hotmail")), SearchKey::To(text("hotmail")))]
        }),
        ("NOT LARGER 5000 HEADER X-Mailer \"Outlook Express\"", {
            let header = SearchKey::Header(field, text("Outlook Express"));
            vec![SearchKey::not(SearchKey::Larger(5000)), header]
        }),
        ("SENTSINCE 1-Aug-2002 SENTBEFORE 1-Sep-2002", {
            let date = |month| Date::new(2002, month, 1).unwrap();
            vec![SearchKey::SentSince(date(8)), SearchKey::SentBefore(date(9))]
        }),
        ("BODY \"click here\" UID 100:700", {
            vec![SearchKey::Body(text("click here")), SearchKey::Uid(uids("100:700").into())]
        }),
    ];
    // All at once: SEARCH waits for SEARCH, and ESEARCH for nothing.
    let mut handles = Vec::new();
    for (_, keys) in &searches {
        let search = SearchCommand::new(keys.clone()).with_uid();
        let esearch = search.clone().with_returns(vec![SearchReturn::All]);
        handles.push(imap.client().send(search).unwrap());
        handles.push(imap.client().send(esearch).unwrap());
    }
    let mut results = BTreeMap::new();
    while results.len() < handles.len() {
        let event = imap.event();
        if let Event::Data { handle: Some(handle), .. } = event {
            results.insert(handle, found(vec![event]));
        }
    }
    for ((words, _), handles) in searches.iter().zip(handles.chunks(2)) {
        let python = rig.python("search", &["SEARCH", words]);
        assert!(python.trim().split(' ').count() > 3, "{words}: {python}");
        assert_eq!(results[&handles[0]], python.trim(), "{words}");
        assert_eq!(results[&handles[1]], python.trim(), "{words}");
    }
    // Words of Unicode, for which the charset is due.
    let keys = vec![SearchKey::Subject(text("é"))];
    let search = SearchCommand::new(keys).with_uid().with_charset(Charset::utf8());
    found(imap.ok(|client| client.send(search)));

    for (key, word) in [
        (SortKey::Arrival, "ARRIVAL"),
        (SortKey::Date, "DATE"),
        (SortKey::From, "FROM"),
        (SortKey::Subject, "SUBJECT"),
        (SortKey::Size, "SIZE"),
        (SortKey::To, "TO"),
    ] {
        for reverse in [false, true] {
            let criterion = SortCriterion { key: key.clone(), reverse };
            let sort =
                SortCommand::new(vec![criterion], Charset::utf8(), vec![SearchKey::All]).with_uid();
            let ours = found(imap.ok(|client| client.send(sort)));
            let word = if reverse { format!("(REVERSE {word})") } else { format!("({word})") };
            let theirs = rig.python("search", &["SORT", &word, "UTF-8", "ALL"]);
            assert_eq!(ours, theirs.trim(), "{word}");
        }
    }
    for algorithm in ["REFERENCES", "ORDEREDSUBJECT"] {
        let thread = ThreadCommand::new(
            postrider::imap::Atom::new(algorithm).unwrap(),
            Charset::utf8(),
            vec![SearchKey::All],
        );
        let ours = found(imap.ok(|client| client.send(thread.with_uid())));
        let theirs = rig.python("search", &["THREAD", algorithm, "UTF-8", "ALL"]);
        assert_eq!(ours, theirs.trim(), "{algorithm}");
    }
    imap.log_out();
}

fn flags_on_disk(rig: &Rig, user: &str) -> Vec<String> {
    let told = rig.doveadm(user, &["fetch", "@", "flags", "mailbox", "INBOX"]);
    let flags = told.lines().filter_map(|line| line.strip_prefix("flags: "));
    flags.map(|flags| flags.replace("\\Recent", "").trim().to_owned()).collect()
}

#[test]
fn flags_are_stored_and_messages_go() {
    let Some(rig) = Rig::get() else { return };
    rig.fill("store", &rig.mails()[..8]);
    let mut imap = Imap::inbox(&rig, "store");
    imap.ok(|client| client.uid_store(uids("1,3"), StoreMode::Add, false, [Flag::Seen]));
    let flagged = [Flag::Flagged, Flag::new("$Work").unwrap()];
    imap.ok(|client| client.store(uids("2:3"), StoreMode::Add, true, flagged));
    imap.ok(|client| client.uid_store(uids("3"), StoreMode::Remove, true, [Flag::Seen]));
    imap.ok(|client| client.uid_store(uids("4"), StoreMode::Replace, true, [Flag::Answered]));
    let told = imap.ok(|client| client.uid_fetch(uids("1:4"), FetchAttribute::Flags));
    let flags: Vec<FlagSet> = items(&told)
        .into_iter()
        .map(|(_, items)| match &items[..] {
            [FetchItem::Uid(_), FetchItem::Flags(flags)]
            | [FetchItem::Flags(flags), FetchItem::Uid(_)] => flags.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(flags[0].contains(&Flag::Seen) && flags[2].contains(&Flag::Flagged));
    let disk = flags_on_disk(&rig, "store");
    assert_eq!(
        disk,
        ["\\Seen", "\\Flagged $Work", "\\Flagged $Work", "\\Answered", "", "", "", ""]
    );

    imap.ok(|client| client.send(postrider::imap::Create::new(name("Entwürfe & Ä"))));
    let there = || name("Entwürfe & Ä");
    let copy = Command::Copy { set: uids("1:2").into(), uid: true, mailbox: there() };
    let outcome = imap.run(|client| client.send(copy));
    assert!(matches!(outcome.status.code, Some(Code::CopyUid { .. })), "{:?}", outcome.status);
    let gone = Command::Move { set: uids("3").into(), uid: true, mailbox: there() };
    let told = imap.ok(|client| client.send(gone));
    assert!(told.iter().any(|event| matches!(event, Event::Expunge(n) if n.get() == 3)));
    imap.ok(|client| client.uid_store(uids("5:6"), StoreMode::Add, true, [Flag::Deleted]));
    let told = imap.ok(|client| client.send(Command::UidExpunge(uids("6").into())));
    assert!(told.iter().any(|event| matches!(event, Event::Expunge(n) if n.get() == 5)));
    let told = imap.ok(|client| client.send(Command::Expunge));
    assert!(told.iter().any(|event| matches!(event, Event::Expunge(n) if n.get() == 4)));
    imap.log_out();
    let left = rig.doveadm("store", &["search", "@", "mailbox", "INBOX"]);
    let left: Vec<&str> = left.lines().filter_map(|line| line.split(' ').next_back()).collect();
    assert_eq!(left, ["1", "2", "4", "7", "8"]);
    let there = rig.doveadm("store", &["mailbox", "status", "@", "messages", "Entwürfe & Ä"]);
    assert!(there.contains("messages=3"), "{there}");
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
