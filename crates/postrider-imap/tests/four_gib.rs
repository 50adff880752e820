//! Messages of 4 GiB - 1 octets, the most that RFC 3501 can announce, in both directions: every octet
//! of them is compared, and the heap does not know how large they are.

use std::time::Instant;

use bytes::{Buf, Bytes};
use postrider_imap::client::{Client, Config, Event};
use postrider_imap::{AppendMessage, FetchAttribute, MailboxName, Section, SequenceSet};
use postrider_wire::{Inbox, Machine, MachineEvent, Progress, Security, TlsInfo};

/// `number = 1*DIGIT`, "unsigned 32-bit integer (0 <= n < 4,294,967,296)" (RFC 3501 §9)
const LARGE: u64 = u32::MAX as u64;

/// What the heap may hold at most.
const HEAP: u64 = 16 << 20;

/// Octets that repeat at no power of two: a piece that is missing, doubled or moved is seen.
const PERIOD: usize = 251;

/// The longest piece that is compared at once.
const PIECE: usize = 64 * 1024;

/// Of any place of a message the next [`PIECE`] octets are somewhere in here.
fn pattern() -> Bytes {
    let octets = (0..PERIOD + PIECE).map(|at| u8::try_from(at % PERIOD).unwrap());
    octets.collect::<Vec<u8>>().into()
}

/// The octets that stand at `at`, up to `most` of them.
fn piece(pattern: &Bytes, at: u64, most: usize) -> Bytes {
    let from = usize::try_from(at % PERIOD as u64).unwrap();
    let left = usize::try_from(LARGE - at).unwrap_or(usize::MAX);
    pattern.slice(from..from + most.min(left).min(PIECE))
}

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

fn said(client: &mut Client) -> String {
    let n = client.outbox().remaining();
    String::from_utf8(client.outbox().copy_to_bytes(n).to_vec()).unwrap()
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
