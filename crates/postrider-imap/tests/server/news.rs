//! News with octets of a message, which a client asks for by NOTIFY (RFC 5465 §5.2).

use bytes::{Buf, Bytes};
use postrider_imap::server::{Config, Event, Feature, SelectData, Server};
use postrider_imap::{BodySection, Command, Error, MessageNumber, Misuse, Section};
use postrider_wire::{Inbox, Machine, Progress, Security, TlsInfo};

fn section() -> BodySection {
    BodySection::Section(Section::all())
}

fn one() -> MessageNumber {
    MessageNumber::new(1).unwrap()
}

fn said(server: &mut Server) -> String {
    let outbox = server.outbox();
    let len = outbox.remaining();
    String::from_utf8(outbox.copy_to_bytes(len).to_vec()).unwrap()
}

/// Hears a command that its embedder grants.
fn grants(server: &mut Server, inbox: &mut Inbox, octets: &str) {
    inbox.extend(octets.as_bytes());
    assert!(matches!(server.poll(inbox), Ok(Progress::Event(_))), "{octets}");
    let selected = server.accept_select(&SelectData::new(1));
    selected.or_else(|_| server.accept()).unwrap();
    said(server);
}

fn selected() -> (Server, Inbox) {
    let config = Config::new(Security::Implicit(TlsInfo::new()));
    let mut server = Server::new(config.with_features([Feature::Notify]));
    let mut inbox = server.new_inbox();
    assert!(matches!(server.poll(&mut inbox), Ok(Progress::Wait { .. })));
    grants(&mut server, &mut inbox, "a login mrc secret\r\n");
    grants(&mut server, &mut inbox, "b select inbox\r\n");
    (server, inbox)
}

#[test]
fn commands_wait_until_news_is_whole() {
    let (mut server, mut inbox) = selected();
    let nobody_asked = Error::Misuse(Misuse::NothingPending);
    assert_eq!(server.body_begin(one(), &section(), None, 5), Err(nobody_asked));
    let notify = "c notify set (selected (messagenew (body.peek[]) messageexpunge))\r\n";
    grants(&mut server, &mut inbox, notify);

    server.body_begin(one(), &section(), None, 5).unwrap();
    inbox.extend(b"d noop\r\ne capability\r\n");
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: false, app: true }));
    server.shutdown();
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: false, app: true }));
    assert_eq!(server.write_payload(&mut Bytes::from_static(b"hello")), Ok(5));
    server.finish_payload().unwrap();
    assert_eq!(said(&mut server), "* 1 FETCH (BODY[] {5}\r\nhello)\r\n");
    // And so does the farewell.
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Wait { input: false, app: false }));
    assert!(said(&mut server).starts_with("* BYE "));
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Closed));
}

#[test]
fn news_that_there_is_no_such_section_is_whole() {
    let (mut server, mut inbox) = selected();
    grants(&mut server, &mut inbox, "c notify set (selected (messagenew messageexpunge))\r\n");
    server.body_nil(one(), &section(), None).unwrap();
    assert_eq!(said(&mut server), "* 1 FETCH (BODY[] NIL)\r\n");
}

#[test]
fn news_comes_between_a_command_and_its_verdict() {
    let (mut server, mut inbox) = selected();
    grants(&mut server, &mut inbox, "c notify set (selected (messagenew messageexpunge))\r\n");
    inbox.extend(b"d noop\r\n");
    assert_eq!(server.poll(&mut inbox), Ok(Progress::Event(Event::Command(Command::Noop))));
    server.body_begin(one(), &section(), None, 2).unwrap();
    assert_eq!(server.accept(), Err(Error::Misuse(Misuse::Payload)));
    assert_eq!(server.write_payload(&mut Bytes::from_static(b"hi")), Ok(2));
    server.finish_payload().unwrap();
    server.accept().unwrap();
    assert_eq!(said(&mut server), "* 1 FETCH (BODY[] {2}\r\nhi)\r\nd OK NOOP completed\r\n");
}
