//! What a client says, and where that leads.

use std::string::String;
use std::vec::Vec;

use bytes::Buf;
use postrider_wire::{Inbox, Machine, Progress, TlsInfo};

use super::*;
use crate::{Atom, MailboxName};

#[test]
fn tags_are_counted_with_three_digits_and_more_when_they_run_out() {
    let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
    client.tags = 998;
    client.stage = Stage::Ready;
    let mut inbox = client.new_inbox();
    for tag in ["a999", "a1000"] {
        client.noop().unwrap();
        let n = client.outbox().len();
        assert_eq!(client.outbox().copy_to_bytes(n), std::format!("{tag} NOOP\r\n"));
        inbox.extend(std::format!("{tag} OK\r\n").as_bytes());
        assert!(matches!(client.poll(&mut inbox), Ok(Progress::Event(Event::Completed { .. }))));
    }
}

/// A client that somebody has logged in.
fn logged_in() -> (Client, Inbox) {
    let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
    let mut inbox = client.new_inbox();
    inbox.extend(b"* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hi\r\n");
    while matches!(client.poll(&mut inbox), Ok(Progress::Event(_))) {}
    (client, inbox)
}

fn answered(client: &mut Client, inbox: &mut Inbox, answer: &str) {
    let n = client.outbox().len();
    client.outbox().advance(n);
    inbox.extend(answer.as_bytes());
    while matches!(client.poll(inbox), Ok(Progress::Event(_))) {}
}

#[test]
fn a_command_leads_where_the_rfcs_say() {
    let (mut client, mut inbox) = logged_in();
    client.send(Command::Enable(Vec::from([Atom::from_static("QRESYNC")]))).unwrap();
    answered(&mut client, &mut inbox, "* ENABLED QRESYNC\r\na001 OK done\r\n");
    // RFC 9051 §6.4 and §6.3.1: CLOSE needs a mailbox that is selected, ENABLE needs that none is.
    assert_eq!(client.send(Command::Close), Err(Misuse::NotNow.into()));
    client.select(MailboxName::inbox()).unwrap();
    answered(&mut client, &mut inbox, "a002 OK [READ-WRITE] done\r\n");
    assert_eq!(
        client.send(Command::Enable(Vec::from([Atom::from_static("QRESYNC")]))),
        Err(Misuse::NotNow.into())
    );
    client.send(Command::Close).unwrap();
    answered(&mut client, &mut inbox, "a003 OK done\r\n");
    assert_eq!(client.state(), State::Authenticated);
    // RFC 8437 §3: as if nobody had logged in yet.
    client.send(Command::Unauthenticate).unwrap();
    answered(&mut client, &mut inbox, "a004 OK done\r\n");
    assert_eq!((client.state(), client.capabilities()), (State::NotAuthenticated, None));
}

#[test]
fn what_only_the_machine_may_say_is_refused_by_any_name() {
    let (mut client, _) = logged_in();
    for name in ["STARTTLS", "starttls", "AUTHENTICATE", "Idle", "COMPRESS", "APPEND", "LOGOUT"] {
        let name = Atom::new(name).unwrap();
        let arguments = crate::Raw::new("x").unwrap();
        let command = Command::Other { uid: false, name, arguments };
        assert_eq!(client.send(command), Err(Misuse::NotNow.into()));
    }
    let plain = Command::Authenticate { mechanism: Atom::from_static("PLAIN"), initial: None };
    for command in [Command::StartTls, plain, Command::Compress(Atom::from_static("LZW"))] {
        assert_eq!(client.send(command), Err(Misuse::NotNow.into()));
    }
    assert!(client.outbox().is_empty());
    // It is IDLE whichever way it is said.
    assert_eq!(client.send(Command::Idle), Err(Misuse::NotOffered.into()));
    client.send(Command::Compress(Atom::from_static("deflate"))).unwrap();
}

#[test]
fn literals_wait_only_where_they_must_and_utf8_is_quoted_where_it_may_be() {
    let comment = |value: &'static str| {
        let entry =
            crate::MetadataEntry { name: "/private/comment".into(), value: Some(value.into()) };
        Command::SetMetadata { mailbox: MailboxName::inbox(), entries: Vec::from([entry]) }
    };
    let said = |client: &mut Client| {
        let n = client.outbox().len();
        String::from_utf8(client.outbox().copy_to_bytes(n).to_vec()).unwrap()
    };
    let (mut client, mut inbox) = logged_in();
    client.send(comment("f\u{fc}r\nalle")).unwrap();
    assert!(said(&mut client).ends_with("{9}\r\n"), "it waits");
    answered(&mut client, &mut inbox, "+ go\r\n");
    answered(&mut client, &mut inbox, "a001 OK [CAPABILITY LITERAL+] done\r\n");
    client.send(comment("f\u{fc}r\nalle")).unwrap();
    assert!(said(&mut client).ends_with("{9+}\r\nf\u{fc}r\nalle)\r\n"));
    answered(&mut client, &mut inbox, "a002 OK [CAPABILITY LITERAL-] done\r\n");
    client.send(comment("f\u{fc}r")).unwrap();
    assert!(said(&mut client).ends_with("{4+}\r\nf\u{fc}r)\r\n"));
    answered(&mut client, &mut inbox, "a003 OK done\r\n");
    client.send(Command::Enable(Vec::from([Atom::from_static("UTF8=ACCEPT")]))).unwrap();
    answered(&mut client, &mut inbox, "* ENABLED UTF8=ACCEPT\r\na004 OK done\r\n");
    client.send(comment("f\u{fc}r")).unwrap();
    assert!(said(&mut client).ends_with("\"f\u{fc}r\")\r\n"));
}
