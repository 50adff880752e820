//! Through a client.

use std::time::Instant;

use bytes::{Buf, Bytes};
use postrider_imap::client::{Client, Config, Event};
use postrider_imap::{AppendMessage, FetchAttribute, MailboxName, Section, SequenceSet};
use postrider_wire::{Inbox, Machine, MachineEvent, Progress, Security, TlsInfo};

use crate::{HEAP, LARGE, PIECE, pattern, piece, said};

/// Logged in, and a mailbox selected.
fn selected() -> (Client, Inbox) {
    let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
    let mut inbox = client.new_inbox();
    inbox.extend(b"* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n");
    events(&mut client, &mut inbox);
    client.select(MailboxName::inbox()).unwrap();
    assert_eq!(said(&mut client), "a001 SELECT INBOX\r\n");
    inbox.extend(b"* 1 EXISTS\r\na001 OK done\r\n");
    events(&mut client, &mut inbox);
    (client, inbox)
}

fn events(client: &mut Client, inbox: &mut Inbox) -> Vec<Event> {
    let mut told = Vec::new();
    while let Progress::Event(event) = client.poll(inbox).unwrap() {
        told.push(event);
    }
    told
}

/// Runs it, and looks at the most that the heap held meanwhile.
fn measured(what: &str, run: impl FnOnce()) {
    let begin = Instant::now();
    let peak = allocation_counter::measure(run).bytes_max;
    eprintln!("4 GiB - 1 {what}: {:.1} s, peak {peak}", begin.elapsed().as_secs_f64());
    assert!(peak < HEAP, "{peak}");
}

#[test]
fn a_body_of_four_gib_streams_in() {
    let (source, expected) = (pattern(), pattern());
    let (mut client, mut inbox) = selected();
    client.fetch(SequenceSet::all(), FetchAttribute::body(Section::all())).unwrap();
    assert_eq!(said(&mut client), "a002 FETCH 1:* BODY[]\r\n");
    let mut got = 0;
    measured("in", || {
        inbox.extend(b"* 1 FETCH (BODY[] {4294967295}\r\n");
        let (mut sent, mut begun, mut ended) = (0, None, false);
        while !ended {
            match client.poll(&mut inbox).unwrap() {
                Progress::Event(event) => match (event.payload(), &event) {
                    (Some(chunk), _) => {
                        assert!(*chunk == piece(&expected, got, chunk.len()), "behind {got}");
                        got += chunk.len() as u64;
                    }
                    (None, Event::BodyBegin { declared, .. }) => begun = *declared,
                    (None, Event::BodyEnd) => ended = true,
                    (None, other) => panic!("{other:?}"),
                },
                _ if sent < LARGE => {
                    let spare = inbox.spare_init().unwrap();
                    let octets = piece(&source, sent, spare.len());
                    spare[..octets.len()].copy_from_slice(&octets);
                    inbox.commit(octets.len());
                    sent += octets.len() as u64;
                }
                // Behind the last octet the literal is over, without anything that says so.
                _ => panic!("{got} of {sent} octets"),
            }
        }
        assert_eq!((begun, got), (Some(LARGE), LARGE));
    });
    inbox.extend(b" FLAGS ())\r\na002 OK done\r\n");
    let told = events(&mut client, &mut inbox);
    assert!(
        matches!(
            &told[..],
            [Event::FetchItems { .. }, Event::FetchEnd { .. }, Event::Completed { status, .. }]
                if status.is_ok()
        ),
        "{told:?}"
    );
}

#[test]
fn a_message_of_four_gib_streams_out() {
    let (source, expected) = (pattern(), pattern());
    let (mut client, mut inbox) = selected();
    client.append(MailboxName::inbox(), vec![AppendMessage::new(LARGE)]).unwrap();
    assert_eq!(said(&mut client), "a002 APPEND INBOX {4294967295}\r\n");
    inbox.extend(b"+ go on\r\n");
    let told = events(&mut client, &mut inbox);
    let is_begin = matches!(told[..], [Event::AppendBegin { index: 0, octets: LARGE, .. }]);
    assert!(is_begin, "{told:?}");
    measured("out", || {
        let (mut written, mut left) = (0, 0);
        while left < LARGE {
            let mut octets = piece(&source, written, PIECE);
            written += client.write_payload(&mut octets).unwrap() as u64;
            while client.outbox().has_remaining() {
                let outbox = client.outbox();
                let n = outbox.chunk().len();
                assert!(outbox.chunk() == piece(&expected, left, n), "behind {left}");
                outbox.advance(n);
                left += n as u64;
            }
            assert_eq!(client.poll(&mut inbox), Ok(Progress::Wait { input: true, app: true }));
        }
        assert_eq!((written, left), (LARGE, LARGE));
        // Not one more fits into what was declared.
        let more = client.write_payload(&mut Bytes::from_static(b"x"));
        assert!(more.is_err());
    });
    client.finish_payload().unwrap();
    assert_eq!(said(&mut client), "\r\n");
    inbox.extend(b"a002 OK done\r\n");
    let told = events(&mut client, &mut inbox);
    assert!(matches!(&told[..], [Event::Completed { status, .. }] if status.is_ok()), "{told:?}");
}
