//! Calls of an embedder at odd moments: between a notice and the question behind it, before the messages
//! of APPEND come, and behind the end.

use bytes::Buf;
use postrider_imap::server::{Config, Event, Feature, SelectData, Server};
use postrider_imap::{Command, FetchItem, Flag, MessageNumber, Misuse, Response, Status};
use postrider_wire::{Inbox, Machine, Progress, Security, TlsInfo};

/// A mailbox is selected, and what was said of that is gone.
fn selected() -> (Server, Inbox) {
    let config = Config::new(Security::Implicit(TlsInfo::new())).with_features([
        Feature::CondStore,
        Feature::MultiAppend,
        Feature::Notify,
    ]);
    let mut server = Server::new(config);
    let mut inbox = server.new_inbox();
    inbox.extend(b"a login mrc secret\r\n");
    next(&mut server, &mut inbox);
    server.accept().unwrap();
    inbox.extend(b"b select inbox\r\n");
    next(&mut server, &mut inbox);
    server.accept_select(&SelectData::new(3)).unwrap();
    said(&mut server);
    (server, inbox)
}

fn next(server: &mut Server, inbox: &mut Inbox) -> Event {
    match server.poll(inbox) {
        Ok(Progress::Event(event)) => event,
        other => panic!("{other:?}"),
    }
}

fn said(server: &mut Server) -> String {
    let n = server.outbox().remaining();
    String::from_utf8(server.outbox().copy_to_bytes(n).to_vec()).unwrap()
}

#[test]
fn a_question_is_not_answered_before_it_is_told() {
    let (mut server, mut inbox) = selected();
    inbox.extend(b"c select other (condstore)\r\n");
    assert_eq!(next(&mut server, &mut inbox), Event::Enabled(Feature::CondStore));
    let nothing = Err(Misuse::NothingPending.into());
    assert_eq!(server.accept_select(&SelectData::new(1)), nothing);
    assert_eq!(server.reject(Status::no("no")), nothing);
    server.decline();
    assert_eq!(said(&mut server), "");
    let asked = next(&mut server, &mut inbox);
    assert!(matches!(asked, Event::Command(Command::Select { .. })), "{asked:?}");
    server.accept_select(&SelectData::new(1)).unwrap();
}

#[test]
fn news_told_while_append_waits_ends_before_the_permission() {
    let (mut server, mut inbox) = selected();
    inbox.extend(b"c append inbox {5}\r\n");
    next(&mut server, &mut inbox);
    let one = MessageNumber::new(1).unwrap();
    server.fetch_items(one, &[FetchItem::Flags([Flag::Seen].into())]).unwrap();
    server.accept().unwrap();
    assert_eq!(said(&mut server), "* 1 FETCH (FLAGS (\\Seen))\r\n+ go ahead\r\n");
}

#[test]
fn nothing_is_told_behind_the_end() {
    let (mut server, mut inbox) = selected();
    inbox.extend(b"c notify set (selected (messagenew messageexpunge))\r\n");
    next(&mut server, &mut inbox);
    server.accept().unwrap();
    server.shutdown();
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: false, app: false }));
    assert!(said(&mut server).contains("* BYE "));
    assert!(!server.may_update() && !server.may_expunge());
    for news in [Response::Exists(4), Response::Status(Status::ok("x"))] {
        assert_eq!(server.update(&news), Err(Misuse::NotNow.into()), "{news:?}");
    }
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Closed));
}
