//! What a server holds: idle, with 64 MiB on their way in either direction, and under a bomb.

use allocation_counter::measure;
use bytes::{Buf, BytesMut};
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};
use postrider_imap::server::{Compression, Config, Event, Feature, SelectData, Server};
use postrider_imap::{BodySection, Command, Error, Limits, MessageNumber, Section};
use postrider_wire::{ClearTextLogin, Inbox, Machine, Policy, Progress, Security};

const MIB: u64 = 1 << 20;

fn config() -> Config {
    Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_features([Feature::Idle, Feature::MultiAppend])
}

/// Answers everything with yes until the machine waits, and throws away what it says.
fn settle(server: &mut Server, inbox: &mut Inbox) {
    loop {
        match server.poll(inbox).expect("no error is due") {
            Progress::Event(Event::Command(Command::Select { .. })) => {
                server.accept_select(&SelectData::new(1)).unwrap();
            }
            Progress::Event(
                Event::Login { .. } | Event::Command(Command::Noop | Command::Idle),
            ) => server.accept().unwrap(),
            Progress::Event(event) => panic!("{event:?}"),
            Progress::Wait { .. } => {
                let written = server.outbox().remaining();
                server.outbox().advance(written);
                if written == 0 {
                    return;
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

fn begin(config: Config, commands: &[u8]) -> (Server, Inbox) {
    let mut server = Server::new(config);
    let mut inbox = server.new_inbox();
    settle(&mut server, &mut inbox);
    for line in commands.split_inclusive(|&octet| octet == b'\n') {
        inbox.extend(line);
        settle(&mut server, &mut inbox);
    }
    (server, inbox)
}

#[test]
fn an_idle_server_holds_two_kib_at_most() {
    for (name, commands) in [
        ("greeted", &b""[..]),
        ("selected", b"a login mrc secret\r\nb select inbox\r\n"),
        ("idling", b"a login mrc secret\r\nb select inbox\r\nc idle\r\n"),
    ] {
        let mut kept = None;
        let heap = measure(|| kept = Some(begin(config(), commands))).bytes_current;
        let total = size_of::<Server>() + size_of::<Inbox>() + usize::try_from(heap).unwrap();
        eprintln!(
            "{name}: {} (machine) + {} (inbox) + {heap} (heap) = {total} octets",
            size_of::<Server>(),
            size_of::<Inbox>(),
        );
        assert!(total <= 2048, "{name}: {total}");
        drop(kept);
    }
}

/// The octet at this place of a payload.
fn octet(at: u64) -> u8 {
    (at % 251) as u8
}

#[test]
fn a_body_of_64_mib_leaves_without_a_copy_in_bounded_memory() {
    let (mut server, mut inbox) = begin(config(), b"a login mrc secret\r\nb select inbox\r\n");
    inbox.extend(b"c fetch 1 body[]\r\n");
    let event = server.poll(&mut inbox).unwrap();
    assert!(matches!(event, Progress::Event(Event::Command(Command::Fetch { .. }))));
    let limits = Limits::new();
    let (total, piece) = (64 * MIB, 32 * 1024);
    let mut seen = 0;
    let heap = measure(|| {
        let one = MessageNumber::new(1).unwrap();
        server.body_begin(one, &BodySection::Section(Section::all()), None, total).unwrap();
        let head = server.outbox().remaining();
        server.outbox().advance(head);
        let mut given = 0_u64;
        while given < total {
            let mut source: BytesMut = BytesMut::with_capacity(piece);
            source.extend((given..given + piece as u64).map(octet));
            let mut source = source.freeze();
            given += piece as u64;
            let within = source.as_ptr_range();
            while !source.is_empty() {
                server.write_payload(&mut source).unwrap();
                while server.outbox().has_remaining() {
                    let outbox = server.outbox();
                    let chunk = outbox.chunk();
                    // The outbox offers the octets of the source themselves.
                    assert!(within.contains(&chunk.as_ptr()));
                    assert!(chunk.iter().zip(seen..).all(|(&is, at)| is == octet(at)));
                    let n = chunk.len();
                    seen += n as u64;
                    outbox.advance(n);
                }
            }
        }
        server.finish_payload().unwrap();
        server.accept().unwrap();
    });
    assert_eq!(seen, total);
    let bound = (inbox.limit() + limits.outbox + 64 * 1024) as u64;
    eprintln!("64 MiB out: at most {} octets of heap, {bound} allowed", heap.bytes_max);
    assert!(heap.bytes_max < bound, "{}", heap.bytes_max);
    settle(&mut server, &mut inbox);
}

#[test]
fn a_message_of_64_mib_comes_in_without_a_copy_in_bounded_memory() {
    let (mut server, mut inbox) = begin(config(), b"a login mrc secret\r\n");
    let total = 64 * MIB;
    inbox.extend(format!("c append inbox {{{total}+}}\r\n").as_bytes());
    let event = server.poll(&mut inbox).unwrap();
    assert!(
        matches!(event, Progress::Event(Event::Append { octets, .. }) if octets == Some(total))
    );
    server.accept().unwrap();
    let (mut sent, mut seen, mut largest) = (0_u64, 0_u64, 0);
    let heap = measure(|| {
        let mut lent = core::ptr::null()..core::ptr::null();
        loop {
            match server.poll(&mut inbox).unwrap() {
                Progress::Event(Event::AppendBegin { message, .. }) => {
                    assert_eq!(message.octets(), Some(total))
                }
                Progress::Event(Event::Chunk(chunk)) => {
                    // The chunk lies where the driver read it to.
                    let chunk_at = chunk.as_ptr_range();
                    assert!(lent.start <= chunk_at.start && chunk_at.end <= lent.end);
                    assert!(chunk.iter().zip(seen..).all(|(&is, at)| is == octet(at)));
                    seen += chunk.len() as u64;
                }
                Progress::Wait { input: true, .. } if sent < total => {
                    largest = largest.max(inbox.limit());
                    let spare = inbox.spare_init().unwrap();
                    let left = usize::try_from(total - sent).unwrap();
                    let n = spare.len().min(left);
                    for (octet_in, at) in spare[..n].iter_mut().zip(sent..) {
                        *octet_in = octet(at);
                    }
                    lent = spare.as_ptr_range();
                    inbox.commit(n);
                    sent += n as u64;
                }
                Progress::Wait { input: true, .. } => _ = inbox.extend(b"\r\n"),
                Progress::Event(Event::AppendEnd) => break,
                other => panic!("{other:?}"),
            }
        }
        server.accept().unwrap();
    });
    assert_eq!(seen, total);
    let bound = (largest + Limits::new().outbox + 64 * 1024) as u64;
    eprintln!("64 MiB in: at most {} octets of heap, {bound} allowed", heap.bytes_max);
    assert!(heap.bytes_max < bound, "{}", heap.bytes_max);
    settle(&mut server, &mut inbox);
}

// --- bombs ---

/// Raw DEFLATE of `head`, then `unit` so often that `octets` come of it, in at most 2 MiB.
fn bomb(head: &[u8], unit: &[u8], octets: u64) -> Vec<u8> {
    let flags = create_comp_flags_from_zip_params(6, -15, 0);
    let (mut compressor, mut out) = (CompressorOxide::new(flags), Vec::new());
    let mut push = |plain: &[u8], flush| {
        let (_, taken) = compress_to_output(&mut compressor, plain, flush, |ready| {
            out.extend_from_slice(ready);
            true
        });
        assert_eq!(taken, plain.len());
    };
    push(head, TDEFLFlush::None);
    let block = unit.repeat((1 << 16) / unit.len());
    let blocks = octets / block.len() as u64;
    for _ in 0..blocks {
        push(&block, TDEFLFlush::None);
    }
    push(b"", TDEFLFlush::Sync);
    assert!(out.len() < 2 << 20, "{}", out.len());
    out
}

/// Feeds a bomb and tells how it ended, how many octets of messages came, and the peak of the heap.
fn blow(bomb: &[u8]) -> (Option<Error>, u64, u64) {
    let (mut end, mut seen) = (None, 0);
    let heap = measure(|| {
        let config = config()
            .with_compression(Compression::Offer)
            .with_limits(Limits::new().with_append(1 << 40));
        let (mut server, mut inbox) =
            begin(config, b"a login mrc secret\r\nb compress deflate\r\n");
        let mut left = bomb;
        let mut nothing = 0;
        while nothing < 3 {
            match server.poll(&mut inbox) {
                Ok(Progress::Event(Event::Chunk(chunk))) => seen += chunk.len() as u64,
                Ok(Progress::Event(Event::AppendBegin { .. })) => {}
                Ok(Progress::Event(_)) => server.accept().unwrap(),
                Ok(Progress::Wait { .. }) => {
                    let written = server.outbox().remaining();
                    server.outbox().advance(written);
                    let fed = inbox.extend(&left[..left.len().min(1000)]);
                    left = &left[fed..];
                    nothing = if written + fed == 0 { nothing + 1 } else { 0 };
                }
                Ok(other) => panic!("{other:?}"),
                Err(error) => {
                    end = Some(error);
                    break;
                }
            }
        }
    });
    eprintln!(
        "a bomb: {end:?}, {seen} octets of messages, at most {} octets of heap",
        heap.bytes_max
    );
    (end, seen, heap.bytes_max)
}

const GIB: u64 = 1 << 30;
/// What a compressed session holds, an outbox, and an inbox of 256 KiB, which is held twice and more
/// while it grows.
const BOUND: u64 = (365 + 64 + 64 + 3 * 256) * 1024;

#[test]
fn an_endless_line_is_swallowed_within_memory() {
    let (end, _, peak) = blow(&bomb(b"c ", b"x", GIB / 4));
    assert_eq!(end, None);
    assert!(peak < BOUND, "{peak}");
}

#[test]
fn a_message_that_inflates_to_a_gib_is_payload_like_any_other() {
    let (end, seen, peak) =
        blow(&bomb(format!("c append inbox {{{GIB}+}}\r\n").as_bytes(), b"x", GIB));
    assert_eq!((end, seen), (None, GIB));
    assert!(peak < BOUND, "{peak}");
}

#[test]
fn a_bomb_of_bad_commands_ends_the_session_at_the_limit() {
    let (end, _, peak) = blow(&bomb(b"", b"c x\r\n", GIB / 16));
    assert!(matches!(end, Some(Error::BadCommands { .. })), "{end:?}");
    assert!(peak < BOUND, "{peak}");
}

#[test]
fn a_bomb_of_good_commands_is_answered_one_after_the_other() {
    let (end, _, peak) = blow(&bomb(b"", b"c noop\r\n", 4 << 20));
    assert_eq!(end, None);
    assert!(peak < BOUND, "{peak}");
}

#[test]
fn a_compressed_session_holds_what_its_configuration_says() {
    let mut kept = None;
    let config = || config().with_compression(Compression::Offer);
    let commands = b"a login mrc secret\r\nb compress deflate\r\n";
    let heap = measure(|| kept = Some(begin(config(), commands))).bytes_current;
    eprintln!("a compressed session: {heap} octets of heap");
    assert!(heap < 365 * 1024 + 64 * 1024, "{heap}");
    drop(kept);
}
