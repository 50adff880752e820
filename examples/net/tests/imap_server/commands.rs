//! What our client asks and our server answers: both ends read what the other writes.

use bytes::Bytes;
use postrider::imap::{
    Charset, Code, Command, Create, FetchAttribute, FetchItem, Flag, ListCommand, ListReturn,
    Response, SearchCommand, SearchKey, SearchReturn, Section, SequenceSet, SortCommand,
    SortCriterion, SortKey, StatusItem, StatusValue, StoreMode, ThreadCommand,
    client::{Client, Event},
};

use crate::{
    rig::Rig,
    session::{Imap, Tls, data, items, name},
};

fn uids(set: &str) -> SequenceSet {
    SequenceSet::parse(set).unwrap()
}

/// Fetches all mails, each by a command, all at once.
fn fetched(imap: &mut Imap, mails: usize) -> Vec<Vec<u8>> {
    let mut handles = Vec::new();
    for uid in 1..=mails {
        let set = SequenceSet::one(uid.try_into().unwrap()).unwrap();
        let body = FetchAttribute::peek(Section::all());
        handles.push(imap.client().uid_fetch(set, body).unwrap());
    }
    let mut told = Vec::new();
    for handle in handles {
        let mut octets = Vec::new();
        for event in imap.wait(handle).events {
            if let Event::Chunk(chunk) = event {
                octets.extend_from_slice(&chunk);
            }
        }
        told.push(octets);
    }
    told
}

#[test]
fn all_mails_octet_for_octet_in_clear_and_compressed() {
    let rig = Rig::get().unwrap();
    let mails = rig.mails();
    rig.fill("alice", &mails);
    let mut imap = Imap::connect(&rig, Tls::Implicit, |config| config);
    imap.log_in("alice", &[]);
    let told = imap.select("INBOX");
    assert!(told.contains(&Event::Exists(150)));
    assert!(fetched(&mut imap, 150) == mails);
    imap.ok(Client::compress);
    assert!(fetched(&mut imap, 150) == mails);
    assert!(imap.append("INBOX", &mails[149]).is_ok());
    imap.log_out();
    let mut imap = Imap::connect(&rig, Tls::StartTls, |config| config);
    imap.log_in("alice", &[]);
    imap.ok(Client::compress);
    assert!(imap.append("INBOX", &mails[149]).is_ok());
    imap.select("INBOX");
    assert!(fetched(&mut imap, 1) == mails[149..]);
    imap.log_out();
}

#[test]
fn mailboxes_are_made_listed_counted_and_taken_away() {
    let rig = Rig::get().unwrap();
    let mut imap = Imap::open(&rig, "alice");
    let made = imap.run(|client| client.send(Create::new(name("Entwürfe & Ä/2026")))).status;
    assert!(matches!(made.code, Some(Code::MailboxId(_))), "{made:?}");
    imap.ok(|client| client.send(Command::Subscribe(name("Entwürfe & Ä"))));
    let appended = imap.append("Entwürfe & Ä", b"Subject: x\r\n\r\n");
    assert!(matches!(appended.code, Some(Code::AppendUid { .. })), "{appended:?}");
    assert!(!imap.append("nowhere", b"Subject: x\r\n\r\n").is_ok());
    let list = ListCommand::new(name(""), "*").with_returns(vec![
        ListReturn::Children,
        ListReturn::Subscribed,
        ListReturn::Status(vec![StatusItem::Messages, StatusItem::UidNext]),
    ]);
    let told = data(imap.ok(|client| client.send(list)));
    let listed = told.iter().filter(|one| matches!(one, Response::List(_))).count();
    let counted: Vec<_> = told
        .iter()
        .filter_map(|one| match one {
            Response::MailboxStatus(one) => one.items.contains(&StatusValue::Messages(1)).into(),
            _ => None,
        })
        .collect();
    assert_eq!((listed, counted), (3, vec![false, true, false]), "{told:?}");
    let told = data(imap.ok(|client| client.send(Command::GetQuotaRoot(name("INBOX")))));
    assert!(matches!(&told[..], [Response::QuotaRoot(_), Response::Quota(_)]), "{told:?}");
    let told = data(imap.ok(|client| client.send(Command::Namespace)));
    assert!(matches!(&told[..], [Response::Namespace(all)] if all.personal.len() == 1));
    let told = data(imap.ok(|client| client.send(Command::Id(None))));
    assert!(matches!(&told[..], [Response::Id(Some(_))]), "{told:?}");
    let to = name("Älter");
    imap.ok(|client| client.send(Command::Rename { from: name("Entwürfe & Ä"), to }));
    for mailbox in ["Älter/2026", "Älter"] {
        imap.ok(|client| client.send(Command::Delete(name(mailbox))));
    }
    let told = data(imap.ok(|client| client.send(ListCommand::new(name(""), "*"))));
    assert_eq!(told.len(), 1, "{told:?}");
    imap.log_out();
}

#[test]
fn messages_are_searched_sorted_threaded_changed_copied_and_moved() {
    let rig = Rig::get().unwrap();
    rig.fill("alice", &rig.mails()[..8]);
    let mut imap = Imap::inbox(&rig, "alice");
    let search = SearchCommand::new(vec![SearchKey::Subject(Bytes::from_static(b"number 3"))]);
    let told = data(imap.ok(|client| client.send(search.clone().with_uid())));
    let [Response::Search { numbers, .. }] = &told[..] else { panic!("{told:?}") };
    assert_eq!(numbers.iter().collect::<Vec<_>>(), [4]);
    let told = data(imap.ok(|client| {
        client.send(search.with_returns(vec![SearchReturn::Count, SearchReturn::Save]))
    }));
    assert!(matches!(&told[..], [Response::Esearch(_)]), "{told:?}");
    let criterion = SortCriterion { key: SortKey::Size, reverse: true };
    let sort = SortCommand::new(vec![criterion], Charset::utf8(), vec![SearchKey::All]);
    let told = data(imap.ok(|client| client.send(sort)));
    let [Response::Sort { numbers, .. }] = &told[..] else { panic!("{told:?}") };
    assert_eq!(numbers.iter().collect::<Vec<_>>(), [8, 7, 6, 5, 4, 3, 2, 1]);
    let references = postrider::imap::Atom::new("REFERENCES").unwrap();
    let thread = ThreadCommand::new(references, Charset::utf8(), vec![SearchKey::All]);
    assert_eq!(data(imap.ok(|client| client.send(thread))).len(), 1);

    let attributes = vec![
        FetchAttribute::Preview { lazy: false },
        FetchAttribute::SaveDate,
        FetchAttribute::Envelope,
        FetchAttribute::BodyStructure,
        FetchAttribute::Rfc822Size,
    ];
    let told = imap.ok(|client| client.uid_fetch(uids("2:3"), attributes));
    let told = items(&told);
    assert_eq!(told.len(), 2);
    let preview = |item: &FetchItem| matches!(item, FetchItem::Preview(Some(text)) if text.starts_with(b"000001 gr"));
    assert!(told[0].1.iter().any(preview), "{told:?}");
    assert_eq!(told[0].1.len(), 6);

    imap.ok(|client| client.uid_store(uids("1,3"), StoreMode::Add, true, [Flag::Deleted]));
    imap.ok(|client| client.send(Create::new(name("there"))));
    let copy = Command::Copy { set: uids("1:2").into(), uid: true, mailbox: name("there") };
    let outcome = imap.run(|client| client.send(copy));
    assert!(matches!(outcome.status.code, Some(Code::CopyUid { .. })), "{:?}", outcome.status);
    let gone = Command::Move { set: uids("2").into(), uid: true, mailbox: name("there") };
    let told = imap.ok(|client| client.send(gone));
    assert!(told.iter().any(|event| matches!(event, Event::Expunge(n) if n.get() == 2)));
    imap.ok(|client| client.send(Command::UidExpunge(uids("3").into())));
    imap.ok(|client| client.send(Command::Expunge));
    // Several commands behind a SELECT, all at once.
    let unselect = imap.client().send(Command::Unselect).unwrap();
    let select = imap.client().select(name("INBOX")).unwrap();
    let fetch = imap.client().uid_fetch(SequenceSet::all(), FetchAttribute::Flags).unwrap();
    let close = imap.client().send(Command::Close).unwrap();
    for handle in [unselect, select] {
        assert!(imap.wait(handle).status.is_ok());
    }
    let told: Vec<u32> =
        items(&imap.wait(fetch).events).into_iter().map(|(uid, _)| uid.get()).collect();
    assert_eq!(told, [4, 5, 6, 7, 8]);
    assert!(imap.wait(close).status.is_ok());
    imap.log_out();
}
