//! FETCH responses as a server says them: item by item, through its machine into its outbox.

use std::{cell::RefCell, hint::black_box};

use bytes::Buf;
use postrider_imap::{
    Command, Misuse, Response,
    server::{Config, Event, SelectData, Server},
};
use postrider_wire::{Machine, Progress, Security, TlsInfo};

use super::{ours, writing::Written};

thread_local! {
    /// A session in which FETCH waits for its verdict.
    static SERVER: RefCell<Server> = RefCell::new(asked());
}

fn asked() -> Server {
    let mut server = Server::new(Config::new(Security::Implicit(TlsInfo::new())));
    let mut inbox = server.new_inbox();
    inbox.extend(b"a login b c\r\nb select inbox\r\nc fetch 1:* full\r\n");
    loop {
        match server.poll(&mut inbox).expect("the client is right") {
            Progress::Event(Event::Command(Command::Fetch { .. })) => break,
            Progress::Event(Event::Command(_)) => {
                server.accept_select(&SelectData::new(u32::MAX)).expect("it was asked");
            }
            Progress::Event(_) => server.accept().expect("it was asked"),
            other => panic!("{other:?}"),
        }
    }
    drain(&mut server, |_| {});
    server
}

fn drain(server: &mut Server, mut sink: impl FnMut(&[u8])) {
    let outbox = server.outbox();
    while outbox.has_remaining() {
        let n = outbox.chunk().len();
        sink(outbox.chunk());
        outbox.advance(n);
    }
}

fn say(server: &mut Server, response: &Response, mut sink: impl FnMut(&[u8])) {
    let Response::Fetch { number, items } = response else { panic!("{response:?}") };
    loop {
        match server.fetch_items(*number, items) {
            Ok(()) => return,
            Err(error) => assert_eq!(error, Misuse::Full.into()),
        }
        drain(server, &mut sink);
    }
}

/// Says it; and lets the outbox be flushed where it is full.
pub fn serve(written: &Written) -> usize {
    SERVER.with_borrow_mut(|server| {
        say(server, &written.ours, |octets| _ = black_box(octets));
        server.room()
    })
}

/// Fails unless a server says what is written of the values alone.
pub fn check(all: &[Written]) {
    let (mut server, mut said, mut expected) = (asked(), Vec::new(), Vec::new());
    for one in all {
        say(&mut server, &one.ours, |octets| said.extend_from_slice(octets));
        expected.extend(ours::written(&one.ours));
    }
    server.accept().expect("it was asked");
    drain(&mut server, |octets| said.extend_from_slice(octets));
    expected.extend(b"c OK FETCH completed\r\n");
    // Adjacent items of one message make one response, so no two of those may follow each other.
    assert!(said == expected, "{}", said.escape_ascii());
}
