//! The extensions that Dovecot has, each asked for something that is known otherwise.

use std::time::Duration;

use postrider::imap::{
    Command, Create, EventGroup, FetchAttribute, FetchItem, Flag, GetMetadata, ListAttribute,
    ListCommand, ListReturn, ListSelection, MetadataEntry, MetadataResponse, NotifyCommand,
    NotifyEvent, NotifyMailboxes, Response, Rights, RightsChange, SequenceSet, StatusItem,
    StatusValue, StoreMode,
    client::{Client, Event},
};

use crate::{
    rig::{Rig, with_crlf},
    session::{Imap, data, items, name},
};

#[test]
fn list_tells_special_use_children_subscriptions_and_status() {
    let Some(rig) = Rig::get() else { return };
    let mut imap = Imap::open(&rig, "list");
    imap.ok(|client| client.send(Create::new(name("a.b"))));
    imap.ok(|client| client.send(Command::Subscribe(name("a.b"))));
    assert!(imap.append("a.b", b"Subject: x\r\n\r\n").is_ok());
    let list = ListCommand::new(name(""), "*").with_returns(vec![
        ListReturn::Children,
        ListReturn::Subscribed,
        ListReturn::SpecialUse,
        ListReturn::Status(vec![StatusItem::Messages, StatusItem::UidNext]),
    ]);
    let (mut drafts, mut sub, mut counted) = (false, false, None);
    for response in data(imap.ok(|client| client.send(list))) {
        match response {
            Response::List(list) if list.mailbox == name("Drafts") => {
                drafts = list.attributes.contains(&ListAttribute::Drafts);
            }
            Response::List(list) if list.mailbox == name("a.b") => {
                sub = list.attributes.contains(&ListAttribute::Subscribed)
                    && list.attributes.contains(&ListAttribute::HasNoChildren);
            }
            Response::MailboxStatus(status) if status.mailbox == name("a.b") => {
                counted = Some(status.items);
            }
            _ => {}
        }
    }
    assert!(drafts && sub);
    assert!(counted.unwrap().contains(&StatusValue::Messages(1)));
    let special = ListCommand::new(name(""), "*").with_selection(vec![ListSelection::SpecialUse]);
    assert_eq!(data(imap.ok(|client| client.send(special))).len(), 3);
    // Pipelined, and told apart.
    let of = |mailbox| Command::Status { mailbox, items: vec![StatusItem::Messages] };
    let one = imap.client().send(of(name("Sent"))).unwrap();
    let two = imap.client().send(of(name("a.b"))).unwrap();
    let told = imap.wait(one).events;
    assert!(matches!(&told[..], [Event::Data { handle: Some(of), .. }] if *of == one));
    let told = imap.wait(two).events;
    assert!(matches!(&told[..], [Event::Data { handle: Some(of), .. }] if *of == two));
    let told = data(imap.ok(|client| client.send(Command::Namespace)));
    assert!(matches!(&told[..], [Response::Namespace(all)] if !all.personal.is_empty()));
    imap.log_out();
}

#[test]
fn quota_counts_what_is_there() {
    let Some(rig) = Rig::get() else { return };
    let mut imap = Imap::open(&rig, "quota");
    let mail = with_crlf(&rig.mails()[3]);
    assert!(imap.append("INBOX", &mail).is_ok());
    let told = data(imap.ok(|client| client.send(Command::GetQuotaRoot(name("INBOX")))));
    let [Response::QuotaRoot(roots), Response::Quota(quota)] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(roots.roots, std::slice::from_ref(&quota.root));
    let storage = quota.resources.iter().find(|one| one.resource.is("STORAGE")).unwrap();
    assert_eq!(storage.limit, 1024 * 1024);
    // In units of 1024 octets (RFC 9208 §5.1).
    assert_eq!(storage.usage, (mail.len() as u64).div_ceil(1024));
    let told = data(imap.ok(|client| client.send(Command::GetQuota(quota.root.clone()))));
    assert!(matches!(&told[..], [Response::Quota(again)] if again == quota));
    imap.log_out();
}

#[test]
fn metadata_is_kept() {
    let Some(rig) = Rig::get() else { return };
    let mut imap = Imap::open(&rig, "metadata");
    let value = bytes::Bytes::from_static("Für\r\nalle".as_bytes());
    for mailbox in ["", "INBOX"] {
        let entry = MetadataEntry { name: "/private/comment".into(), value: Some(value.clone()) };
        let (mailbox, entries) = (name(mailbox), vec![entry.clone()]);
        let set = Command::SetMetadata { mailbox: mailbox.clone(), entries };
        imap.ok(|client| client.send(set));
        let get = GetMetadata::new(mailbox.clone(), vec!["/private/comment".into()]).unwrap();
        let told = data(imap.ok(|client| client.send(get)));
        let [Response::Metadata(MetadataResponse::Values { mailbox: of, entries, .. })] = &told[..]
        else {
            panic!("{told:?}")
        };
        assert_eq!((of, &entries[..]), (&mailbox, &[entry][..]));
    }
    imap.log_out();
    let told =
        rig.doveadm("metadata", &["mailbox", "metadata", "get", "@", "INBOX", "/private/comment"]);
    assert!(told.contains("Für"), "{told}");
}

#[test]
fn rights_are_given_and_taken() {
    let Some(rig) = Rig::get() else { return };
    let mut imap = Imap::open(&rig, "acl");
    imap.ok(|client| client.send(Create::new(name("shared"))));
    let set = |change| Command::SetAcl {
        mailbox: name("shared"),
        identifier: "login".into(),
        rights: change,
    };
    let rights = |text: &str| Rights::parse(text).unwrap();
    imap.ok(|client| client.send(set(RightsChange::Replace(rights("lrs")))));
    imap.ok(|client| client.send(set(RightsChange::Add(rights("w")))));
    imap.ok(|client| client.send(set(RightsChange::Remove(rights("s")))));
    // Both at once: their answers differ.
    let acl = imap.client().send(Command::GetAcl(name("shared"))).unwrap();
    let mine = imap.client().send(Command::MyRights(name("shared"))).unwrap();
    let told = data(imap.wait(acl).events);
    let [Response::Acl(list)] = &told[..] else { panic!("{told:?}") };
    let entry = list.entries.iter().find(|(who, _)| &who[..] == b"login").unwrap();
    assert_eq!(entry.1, rights("lrw"));
    let told = data(imap.wait(mine).events);
    let [Response::MyRights(mine)] = &told[..] else { panic!("{told:?}") };
    assert!(mine.rights.contains(b'a'));
    let disk = rig.doveadm("acl", &["acl", "get", "@", "shared"]);
    assert!(disk.contains("user=login"), "{disk}");
    let list = Command::ListRights { mailbox: name("shared"), identifier: "login".into() };
    assert_eq!(data(imap.ok(|client| client.send(list))).len(), 1);
    let delete = Command::DeleteAcl { mailbox: name("shared"), identifier: "login".into() };
    imap.ok(|client| client.send(delete));
    imap.log_out();
}

#[test]
fn previews_and_the_dates_of_saving() {
    let Some(rig) = Rig::get() else { return };
    let mut imap = Imap::open(&rig, "preview");
    let mail = b"Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGuten Morgen\r\n";
    assert!(imap.append("INBOX", mail).is_ok());
    imap.select("INBOX");
    let attributes = vec![FetchAttribute::Preview { lazy: false }, FetchAttribute::SaveDate];
    let told = imap.ok(|client| client.uid_fetch(SequenceSet::all(), attributes));
    let [(_, items)] = &items(&told)[..] else { panic!("{told:?}") };
    assert!(items.contains(&FetchItem::Preview(Some("Guten Morgen".into()))), "{items:?}");
    let saved = items.iter().find_map(|item| match item {
        FetchItem::SaveDate(date) => Some(*date),
        _ => None,
    });
    assert!(matches!(saved, Some(Some(_))), "{items:?}");
    imap.log_out();
}

#[test]
fn notify_tells_of_mailboxes_that_are_not_selected() {
    let Some(rig) = Rig::get() else { return };
    let mut imap = Imap::inbox(&rig, "notify");
    let groups = vec![
        EventGroup {
            mailboxes: NotifyMailboxes::Selected,
            events: Some(vec![
                NotifyEvent::MessageNew(vec![FetchAttribute::Uid, FetchAttribute::Flags]),
                NotifyEvent::MessageExpunge,
                NotifyEvent::FlagChange,
            ]),
        },
        EventGroup {
            mailboxes: NotifyMailboxes::Personal,
            events: Some(vec![NotifyEvent::MessageNew(Vec::new()), NotifyEvent::MessageExpunge]),
        },
    ];
    imap.ok(|client| client.send(NotifyCommand::Set { status: false, groups }));
    let mut other = Imap::open(&rig, "notify");
    assert!(other.append("Sent", b"Subject: x\r\n\r\n").is_ok());
    let mut told = || imap.event_within(Some(Duration::from_secs(20))).expect("it is told");
    let status = loop {
        // Nobody asked, so it is nobody's.
        if let Event::Data { handle: None, response: Response::MailboxStatus(status), .. } = told()
        {
            break status;
        }
    };
    assert_eq!(status.mailbox, name("Sent"));
    assert!(other.append("INBOX", b"Subject: y\r\n\r\n").is_ok());
    // Of the selected one Dovecot tells with the next command, and that did not ask for it.
    let told = imap.ok(Client::noop);
    assert!(told.iter().any(|event| match event {
        Event::FetchItems { handle: None, items, .. } => {
            items.iter().any(|item| matches!(item, FetchItem::Uid(uid) if uid.get() == 1))
        }
        _ => false,
    }));
    imap.ok(|client| client.send(NotifyCommand::None));
    imap.log_out();
}

#[test]
fn id_enable_unselect_and_the_rest() {
    let Some(rig) = Rig::get() else { return };
    rig.fill("rest", &rig.mails()[..3]);
    let mut imap = Imap::open(&rig, "rest");
    let id = Some(vec![("name".into(), Some("postrider".into()))]);
    let told = data(imap.ok(|client| client.send(Command::Id(id))));
    let [Response::Id(Some(fields))] = &told[..] else { panic!("{told:?}") };
    assert!(fields.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case(b"name") && value.as_deref() == Some(b"Dovecot")
    }));
    let names = ["QRESYNC", "CONDSTORE"].map(|name| postrider::imap::Atom::new(name).unwrap());
    imap.ok(|client| client.send(Command::Enable(names.into())));
    assert!(imap.client().enabled().iter().any(|name| name.is("QRESYNC")));
    imap.select("INBOX");
    let deleted = SequenceSet::one(2).unwrap();
    imap.ok(|client| client.uid_store(deleted.clone(), StoreMode::Add, true, [Flag::Deleted]));
    // Where QRESYNC is enabled, VANISHED stands for EXPUNGE (RFC 7162 §3.2.10).
    let told = imap.ok(|client| client.send(Command::Expunge));
    let vanished = |event: &Event| {
        matches!(event, Event::Data { response: Response::Vanished { earlier: false, .. }, .. })
    };
    assert!(told.iter().any(vanished), "{told:?}");
    // Several commands behind a SELECT, all at once.
    let unselect = imap.client().send(Command::Unselect).unwrap();
    let select = imap.client().select(name("INBOX")).unwrap();
    let fetch = imap.client().uid_fetch(SequenceSet::all(), FetchAttribute::Envelope).unwrap();
    let close = imap.client().send(Command::Close).unwrap();
    for handle in [unselect, select, fetch, close] {
        assert!(imap.wait(handle).status.is_ok());
    }
    // STARTTLS and login are behind us, and a state is a state.
    assert!(imap.client().uid_fetch(SequenceSet::all(), FetchAttribute::Flags).is_err());
    imap.run(Client::noop);
    imap.log_out();
}
