//! Through a server.

use std::time::Instant;

use bytes::{Buf, Bytes};
use postrider_imap::server::{Config, Event, SelectData, Server};
use postrider_imap::{
    BodySection, Command, FetchItem, Flag, Limits, MessageNumber, Misuse, Section,
};
use postrider_wire::{Inbox, Machine, MachineEvent, Progress, Security, TlsInfo};

use crate::{HEAP, LARGE, PIECE, pattern, piece, said};

/// Logged in, and a mailbox selected.
fn selected() -> (Server, Inbox) {
    let config = Config::new(Security::Implicit(TlsInfo::new()))
        .with_limits(Limits::new().with_append(LARGE));
    let mut server = Server::new(config);
    let mut inbox = server.new_inbox();
    inbox.extend(b"a login mrc secret\r\n");
    assert!(matches!(next(&mut server, &mut inbox), Event::Login { .. }));
    server.accept().unwrap();
    inbox.extend(b"b select inbox\r\n");
    assert!(matches!(next(&mut server, &mut inbox), Event::Command(Command::Select { .. })));
    server.accept_select(&SelectData::new(1)).unwrap();
    assert!(said(&mut server).ends_with("b OK [READ-WRITE] SELECT completed\r\n"));
    (server, inbox)
}

/// What it tells, which has to be something.
fn next(server: &mut Server, inbox: &mut Inbox) -> Event {
    match server.poll(inbox) {
        Ok(Progress::Event(event)) => event,
        other => panic!("{other:?}"),
    }
}

/// Runs it, and looks at the most that the heap held meanwhile.
fn measured(what: &str, run: impl FnOnce()) {
    let begin = Instant::now();
    let peak = allocation_counter::measure(run).bytes_max;
    eprintln!("4 GiB - 1 {what}: {:.1} s, peak {peak}", begin.elapsed().as_secs_f64());
    assert!(peak < HEAP, "{peak}");
}

#[test]
fn an_append_and_a_fetch_of_four_gib_stream_through_one_session() {
    let (mut server, mut inbox) = selected();
    append(&mut server, &mut inbox);
    fetch(&mut server, &mut inbox);
}

fn append(server: &mut Server, inbox: &mut Inbox) {
    let (source, expected) = (pattern(), pattern());
    inbox.extend(b"c append inbox {4294967295}\r\n");
    let asked = next(server, inbox);
    assert!(matches!(asked, Event::Append { octets: Some(LARGE), .. }), "{asked:?}");
    // Nothing comes before it is permitted.
    assert_eq!(said(server), "");
    server.accept().unwrap();
    assert!(said(server).starts_with("+ "));
    let (mut sent, mut got) = (0, 0);
    measured("in", || {
        let begun = next(server, inbox);
        assert!(
            matches!(begun, Event::AppendBegin { message, .. } if message.octets() == Some(LARGE))
        );
        while got < LARGE {
            match server.poll(inbox).unwrap() {
                Progress::Event(event) => {
                    let chunk = event.payload().expect("nothing but octets of the message");
                    assert!(*chunk == piece(&expected, got, chunk.len()), "behind {got}");
                    got += chunk.len() as u64;
                }
                _ => {
                    let spare = inbox.spare_init().unwrap();
                    let octets = piece(&source, sent, spare.len());
                    spare[..octets.len()].copy_from_slice(&octets);
                    inbox.commit(octets.len());
                    sent += octets.len() as u64;
                }
            }
        }
        assert_eq!((sent, got), (LARGE, LARGE));
    });
    inbox.extend(b"\r\nd fetch 1 flags\r\n");
    assert_eq!(next(server, inbox), Event::AppendEnd);
    server.accept().unwrap();
    // What follows is read as what it is.
    assert!(matches!(next(server, inbox), Event::Command(Command::Fetch { .. })));
    assert_eq!(said(server), "c OK APPEND completed\r\n");
    server.accept().unwrap();
    assert_eq!(said(server), "d OK FETCH completed\r\n");
}

fn fetch(server: &mut Server, inbox: &mut Inbox) {
    let (source, expected) = (pattern(), pattern());
    inbox.extend(b"e fetch 1 (flags body.peek[])\r\n");
    assert!(matches!(next(server, inbox), Event::Command(Command::Fetch { .. })));
    let one = MessageNumber::new(1).unwrap();
    server.fetch_items(one, &[FetchItem::Flags([Flag::Seen].into())]).unwrap();
    server.body_begin(one, &BodySection::Section(Section::all()), None, LARGE).unwrap();
    assert_eq!(said(server), "* 1 FETCH (FLAGS (\\Seen) BODY[] {4294967295}\r\n");
    measured("out", || {
        let (mut written, mut left) = (0, 0);
        while left < LARGE {
            let mut octets = piece(&source, written, PIECE);
            written += server.write_payload(&mut octets).unwrap() as u64;
            while server.outbox().has_remaining() {
                let outbox = server.outbox();
                let n = outbox.chunk().len();
                assert!(outbox.chunk() == piece(&expected, left, n), "behind {left}");
                outbox.advance(n);
                left += n as u64;
            }
            assert_eq!(server.poll(inbox), Ok(Progress::Wait { input: true, app: true }));
        }
        assert_eq!((written, left), (LARGE, LARGE));
        // Not one more fits into what was declared.
        let more = server.write_payload(&mut Bytes::from_static(b"x"));
        assert_eq!(more, Err(Misuse::Size.into()));
    });
    server.finish_payload().unwrap();
    server.accept().unwrap();
    assert_eq!(said(server), ")\r\ne OK FETCH completed\r\n");
}
