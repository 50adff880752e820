//! The dot codec on 16 MiB in reads of 64 KiB, measured against counting the lines with `memchr`.

use std::hint::black_box;

use bytes::{Buf, Bytes};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use postrider::wire::dot::{BareNewlines, OutgoingNewlines, Stuffer, Unstuffed, Unstuffer};
use postrider::wire::{Inbox, OutboxWriter};

const SIZE: usize = 16 << 20;
const READ: usize = 64 << 10;

/// Texts as they are before stuffing: ordinary lines, lines of dots, and nothing but lone dots.
fn texts() -> [(&'static str, Vec<u8>); 3] {
    let plain =
        b"The quick brown fox jumps over the lazy dog, and then it goes to sleep again.\r\n";
    let dots = [&[b'.'; 76][..], b"\r\n"].concat();
    [("text", fill(plain)), ("dots", fill(&dots)), ("lone dots", fill(b".\r\n"))]
}

/// Whole lines, about [`SIZE`] octets of them.
fn fill(line: &[u8]) -> Vec<u8> {
    line.repeat(SIZE / line.len())
}

fn stuff(text: &Bytes, mut sink: impl FnMut(&[u8])) {
    let mut out = OutboxWriter::new(READ);
    let mut stuffer = Stuffer::new(OutgoingNewlines::Normalize);
    let mut text = text.clone();
    while !text.is_empty() {
        stuffer.encode(&mut text, &mut out).expect("it normalizes");
        drain(&mut out, &mut sink);
    }
    stuffer.finish(&mut out).expect("it was drained");
    drain(&mut out, &mut sink);
}

fn drain(out: &mut OutboxWriter, sink: &mut impl FnMut(&[u8])) {
    let reader = out.reader();
    while reader.has_remaining() {
        let n = reader.chunk().len();
        sink(reader.chunk());
        reader.advance(n);
    }
}

/// Un-stuffs as a driver would: reads of up to 64 KiB straight into the inbox. Returns the size of
/// the content.
fn unstuff(mut wire: &[u8]) -> usize {
    let mut inbox = Inbox::new(READ);
    inbox.expect_payload(READ);
    let mut unstuffer = Unstuffer::new(BareNewlines::Reject);
    let mut content = 0;
    loop {
        match unstuffer.poll(&mut inbox) {
            Unstuffed::Payload(piece) => content += black_box(piece).len(),
            Unstuffed::NeedInput => {
                let spare = inbox.spare_init().expect("it is empty");
                let n = spare.len().min(wire.len());
                spare[..n].copy_from_slice(&wire[..n]);
                inbox.commit(n);
                wire = &wire[n..];
            }
            _ => return content,
        }
    }
}

fn wire(criterion: &mut Criterion) {
    for (name, text) in texts() {
        let mut stuffed = Vec::new();
        let text = Bytes::from(text);
        stuff(&text, |chunk| stuffed.extend_from_slice(chunk));
        assert_eq!(unstuff(&stuffed), text.len(), "what is stuffed comes back");

        let mut group = criterion.benchmark_group(name);
        group.sample_size(20).throughput(Throughput::Bytes(stuffed.len() as u64));
        group.bench_function("count lines", |bencher| {
            bencher.iter(|| {
                let reads = black_box(&stuffed).chunks(READ);
                reads.map(|read| memchr::memchr_iter(b'\n', read).count()).sum::<usize>()
            });
        });
        group.bench_function("unstuff", |bencher| bencher.iter(|| unstuff(black_box(&stuffed))));
        group.bench_function("stuff", |bencher| {
            bencher.iter(|| stuff(black_box(&text), |chunk| _ = black_box(chunk)));
        });
        group.finish();
    }
}

criterion_group!(benches, wire);
criterion_main!(benches);
