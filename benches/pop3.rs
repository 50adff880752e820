//! Mails on their way through a POP3 client, in reads of 64 KiB, measured against a copy of the same octets.

use std::hint::black_box;

use bytes::Buf;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use postrider::pop3::client::{Client, Config, Event, Pipelining};
use postrider::wire::{Inbox, Machine, Progress, Secret, Security, TlsInfo};

const READ: usize = 64 << 10;
const LINE: &[u8] =
    b"The quick brown fox jumps over the lazy dog, and then it goes to sleep again.\r\n";

/// So many mails of so many lines each, as a server sends them; a line of each begins with a dot.
struct Mails {
    count: u32,
    octets: usize,
    wire: Vec<u8>,
}

impl Mails {
    fn new(count: u32, lines: usize) -> Self {
        let content = LINE.repeat(lines);
        // The dot is doubled on the way.
        let octets = content.len() + b".x\r\n".len();
        let mail =
            [format!("+OK {octets} octets\r\n").as_bytes(), &content, b"..x\r\n.\r\n"].concat();
        let count_of = usize::try_from(count).expect("it fits");
        Self { count, octets: octets * count_of, wire: mail.repeat(count_of) }
    }

    /// Retrieves them all, pipelined, and returns the size of what came.
    fn retrieve(&self) -> usize {
        let config =
            Config::new(Security::Implicit(TlsInfo::new())).with_pipelining(Pipelining::Always);
        let mut client = Client::new(config);
        let mut inbox = client.new_inbox();
        let mut login = ["+OK ready\r\n", "+OK\r\n", "+OK\r\n"].into_iter();
        let mut wire = &self.wire[..];
        let (mut unasked, mut ended, mut content) = (1..=self.count, 0, 0);
        while ended < self.count {
            match client.poll(&mut inbox).expect("the server is right") {
                Progress::Event(Event::Ready { .. }) => {
                    client.login("mrose", Secret::new("secret".into())).expect("it may");
                }
                Progress::Event(Event::Chunk(piece)) => content += black_box(piece).len(),
                Progress::Event(Event::RetrieveEnd) => ended += 1,
                Progress::Event(_) => {}
                Progress::Wait { .. } => {
                    let sent = client.outbox().remaining();
                    client.outbox().advance(sent);
                    match login.next() {
                        Some(reply) => _ = inbox.extend(reply.as_bytes()),
                        None => read(&mut wire, &mut inbox),
                    }
                }
                Progress::StartTls(_) | Progress::Closed => break,
            }
            while client.state() == postrider::pop3::State::Transaction && client.is_ready() {
                let Some(next) = unasked.next() else { break };
                client.retr(next).expect("it is ready");
            }
        }
        content
    }
}

/// As a driver does: straight into the inbox where it has room for a read.
fn read(wire: &mut &[u8], inbox: &mut Inbox) {
    let n = match inbox.spare_init() {
        Some(spare) => {
            let n = spare.len().min(wire.len());
            spare[..n].copy_from_slice(&wire[..n]);
            inbox.commit(n);
            n
        }
        None => 0,
    };
    *wire = &wire[n..];
}

/// What cannot be avoided: from where the kernel has it to where the embedder has it.
fn copy(wire: &[u8], buffer: &mut [u8]) {
    for piece in wire.chunks(READ) {
        buffer[..piece.len()].copy_from_slice(piece);
        black_box(&mut *buffer);
    }
}

fn pop3(criterion: &mut Criterion) {
    for (name, mails) in
        [("one of 16 MiB", Mails::new(1, 212_369)), ("2600 of 6 KiB", Mails::new(2600, 80))]
    {
        assert_eq!(mails.retrieve(), mails.octets, "all that was sent comes");
        let mut group = criterion.benchmark_group(format!("pop3/{name}"));
        group.sample_size(20).throughput(Throughput::Bytes(mails.wire.len() as u64));
        let mut buffer = vec![0; READ];
        group.bench_function("memcpy", |bencher| {
            bencher.iter(|| copy(black_box(&mails.wire), &mut buffer));
        });
        group.bench_function("retrieve", |bencher| bencher.iter(|| mails.retrieve()));
        group.finish();
    }
}

criterion_group!(benches, pop3);
criterion_main!(benches);
