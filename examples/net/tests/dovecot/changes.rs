//! Searching, and what a session changes: flags, and messages that go.

use std::collections::BTreeMap;

use postrider::imap::{
    Charset, Code, Command, Date, EsearchItem, FetchAttribute, FetchItem, FieldName, Flag, FlagSet,
    Response, SearchCommand, SearchKey, SearchReturn, SequenceSet, SortCommand, SortCriterion,
    SortKey, StoreMode, ThreadCommand, client::Event,
};

use crate::{
    rig::Rig,
    session::{Imap, data, items, name},
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
