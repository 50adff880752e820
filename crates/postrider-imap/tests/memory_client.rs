//! What a client holds: idle, and while large payloads stream through it.

use bytes::{Buf, Bytes};
use postrider_imap::client::{Client, Config, Event};
use postrider_imap::{AppendMessage, FetchAttribute, MailboxName, Section, SequenceSet};
use postrider_wire::{Inbox, Machine, Progress, Security, TlsInfo};

const MIB: usize = 1 << 20;
const LARGE: usize = 64 * MIB;

fn octet(at: usize) -> u8 {
    (at % 251) as u8
}

/// Logged in, and a mailbox selected.
fn selected() -> (Client, Inbox) {
    let mut client = Client::new(Config::new(Security::Implicit(TlsInfo::new())));
    let mut inbox = client.new_inbox();
    inbox.extend(b"* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ IDLE] hi\r\n");
    events(&mut client, &mut inbox);
    client.select(MailboxName::inbox()).unwrap();
    flush(&mut client);
    inbox.extend(b"* 1 EXISTS\r\na001 OK done\r\n");
    events(&mut client, &mut inbox);
    (client, inbox)
}

fn flush(client: &mut Client) {
    let n = client.outbox().len();
    client.outbox().advance(n);
}

fn events(client: &mut Client, inbox: &mut Inbox) -> usize {
    let mut count = 0;
    while let Progress::Event(_) = client.poll(inbox).unwrap() {
        count += 1;
    }
    count
}

#[test]
fn an_idle_client_is_small() {
    let mut heap = 0;
    let info = allocation_counter::measure(|| {
        let (mut client, mut inbox) = selected();
        client.idle().unwrap();
        flush(&mut client);
        inbox.extend(b"+ idling\r\n");
        events(&mut client, &mut inbox);
        core::mem::forget((client, inbox));
    });
    heap += usize::try_from(info.bytes_current).unwrap();
    let size = size_of::<Client>() + size_of::<Inbox>();
    eprintln!("an idle IMAP client: {} + {heap} on the heap", size);
    assert!(size + heap <= 2048, "{size} + {heap}");
}

#[test]
fn a_large_body_streams_in_without_a_copy() {
    let (mut client, mut inbox) = selected();
    client.fetch(SequenceSet::all(), FetchAttribute::body(Section::all())).unwrap();
    flush(&mut client);
    let mut got = 0;
    let info = allocation_counter::measure(|| {
        inbox.extend(format!("* 1 FETCH (BODY[] {{{LARGE}}}\r\n").as_bytes());
        let (mut sent, mut region) = (0, 0..0);
        while got < LARGE {
            match client.poll(&mut inbox).unwrap() {
                Progress::Event(Event::Chunk(chunk)) => {
                    let at = chunk.as_ptr() as usize;
                    assert!(region.contains(&at), "a chunk lies where it was read");
                    assert!(chunk.iter().enumerate().all(|(n, o)| *o == octet(got + n)));
                    got += chunk.len();
                }
                Progress::Event(_) => {}
                _ => {
                    let spare = inbox.spare_init().unwrap();
                    let n = spare.len().min(LARGE - sent);
                    region = spare.as_ptr() as usize..spare.as_ptr() as usize + n;
                    spare[..n].iter_mut().enumerate().for_each(|(k, o)| *o = octet(sent + k));
                    inbox.commit(n);
                    sent += n;
                }
            }
        }
    });
    assert_eq!(got, LARGE);
    let peak = usize::try_from(info.bytes_max).unwrap();
    eprintln!("64 MiB in: peak {peak}");
    // The inbox while payload streams, the outbox, and the margin: 64 KiB each.
    assert!(peak < 3 * 64 * 1024, "{peak}");
}

#[test]
fn a_large_message_streams_out_without_a_copy() {
    let (mut client, mut inbox) = selected();
    client.append(MailboxName::inbox(), vec![AppendMessage::new(LARGE as u64)]).unwrap();
    flush(&mut client);
    events(&mut client, &mut inbox);
    let mut left = 0;
    let info = allocation_counter::measure(|| {
        let mut made = 0;
        let mut piece = Bytes::new();
        while left < LARGE {
            if piece.is_empty() {
                piece = (0..32 * 1024).map(|n| octet(made + n)).collect::<Vec<u8>>().into();
                made += piece.len();
            }
            let source = piece.as_ptr() as usize..piece.as_ptr() as usize + piece.len();
            client.write_payload(&mut piece).unwrap();
            while client.outbox().has_remaining() {
                let outbox = client.outbox();
                let chunk = outbox.chunk();
                assert!(source.contains(&(chunk.as_ptr() as usize)), "it lies in its source");
                assert!(chunk.iter().enumerate().all(|(n, o)| *o == octet(left + n)));
                let n = chunk.len();
                left += n;
                outbox.advance(n);
            }
            assert_eq!(client.poll(&mut inbox), Ok(Progress::Wait { input: true, app: true }));
        }
    });
    client.finish_payload().unwrap();
    assert_eq!(client.outbox().chunk(), b"\r\n");
    let peak = usize::try_from(info.bytes_max).unwrap();
    eprintln!("64 MiB out: peak {peak}");
    assert!(peak < 3 * 64 * 1024, "{peak}");
}

#[test]
fn a_thousand_mails_stream_while_the_embedder_is_slow() {
    let (mut client, mut inbox) = selected();
    client.fetch(SequenceSet::all(), FetchAttribute::body(Section::all())).unwrap();
    flush(&mut client);
    let body = "x".repeat(3000);
    let mut wire = Vec::new();
    for n in 1..=1000 {
        let mail = format!("* {n} FETCH (UID {n} BODY[] {{3000}}\r\n{body} FLAGS ())\r\n");
        wire.extend_from_slice(mail.as_bytes());
        wire.extend_from_slice(match n {
            500 => b"* 500 FETCH (BODY[] {no}\r\nnonsense\r\n",
            _ if n % 100 == 0 => b"* 1000 EXISTS\r\n",
            _ => b"",
        });
    }
    wire.extend_from_slice(b"a002 OK done\r\n");
    let (mut ended, mut octets, mut told, mut completed) = (0, 0, 0, 0);
    let info = allocation_counter::measure(|| {
        let mut rest = &wire[..];
        while completed == 0 {
            match client.poll(&mut inbox).unwrap() {
                Progress::Event(Event::BodyEnd) => ended += 1,
                Progress::Event(Event::Chunk(chunk)) => octets += chunk.len(),
                Progress::Event(Event::Unparsed(_) | Event::Exists(_)) => told += 1,
                Progress::Event(Event::Completed { .. }) => completed += 1,
                Progress::Event(_) => {}
                _ => {
                    // A driver reads when the machine waits: not polling is the backpressure.
                    let spare = inbox.spare_init().unwrap();
                    let n = spare.len().min(rest.len());
                    spare[..n].copy_from_slice(&rest[..n]);
                    inbox.commit(n);
                    rest = &rest[n..];
                }
            }
        }
    });
    assert_eq!((ended, octets, told), (1000, 3_000_000, 1 + 9));
    let peak = usize::try_from(info.bytes_max).unwrap();
    eprintln!("a thousand mails: peak {peak}");
    // The inbox between payloads (one unit, 256 KiB), the outbox, and the margin.
    assert!(peak < (256 + 64 + 64) * 1024, "{peak}");
}
