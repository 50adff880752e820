//! The numbers of a mailbox of a million messages: made, walked, and changed.

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use postrider::imap::{MessageSet, SequenceSet, Uid};
use postrider::mailbox::view::{Numbering, Permit, UidRange, View};

const MILLION: u32 = 1_000_000;

/// Numbers that look random, always the same.
fn random() -> impl FnMut() -> u32 {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 32) as u32
    }
}

/// Ascending UIDs with gaps: one in `apart` is there.
fn uids(messages: u32, apart: u32) -> Vec<Uid> {
    let (mut random, mut last) = (random(), 0);
    let mut next = || {
        last += 1 + random() % (2 * apart - 1);
        Uid::new(last).unwrap()
    };
    (0..messages).map(|_| next()).collect()
}

/// No gaps, some, and UIDs far from each other.
const APART: [(&str, u32); 3] = [("dense", 1), ("holes", 2), ("sparse", 2000)];

fn build(c: &mut Criterion) {
    let mut group = c.benchmark_group("view_build");
    group.throughput(Throughput::Elements(MILLION.into()));
    for (name, apart) in APART {
        let uids = uids(MILLION, apart);
        group.bench_function(name, |b| {
            b.iter(|| Numbering::new(black_box(&uids).iter().copied()).unwrap());
        });
    }
    group.finish();
}

/// A random message goes: the store says so, and the session is told.
fn expunge(c: &mut Criterion) {
    let mut group = c.benchmark_group("view_expunge");
    group.throughput(Throughput::Elements(1));
    for (name, apart) in APART {
        let uids = uids(MILLION, apart);
        let full = View::new(Numbering::new(uids.iter().copied()).unwrap());
        let (mut view, mut random) = (full.clone(), random());
        group.bench_function(name, |b| {
            b.iter(|| {
                let uid = uids[random() as usize % uids.len()];
                view.expunged(uid);
                let update = view.tell(Permit::All);
                if view.exists() < MILLION / 2 {
                    view.clone_from(&full);
                }
                update
            });
        });
    }
    group.finish();
}

/// Which messages `FETCH 1:*` names: all numbers and UIDs.
fn fetch_all(c: &mut Criterion) {
    let mut group = c.benchmark_group("view_fetch_all");
    for messages in [MILLION / 10, MILLION] {
        group.throughput(Throughput::Elements(messages.into()));
        for (name, apart) in APART {
            let view = View::new(Numbering::new(uids(messages, apart)).unwrap());
            let set = MessageSet::from(SequenceSet::all());
            group.bench_function(BenchmarkId::new(name, messages), |b| {
                b.iter(|| {
                    let named = view.messages(black_box(&set), false).unwrap();
                    named.fold(0_u32, |sum, (number, uid)| sum ^ number.get() ^ uid.get())
                });
            });
        }
    }
    group.finish();
}

/// All messages are flagged: queued as a range, and told one by one.
fn changed_all(c: &mut Criterion) {
    let mut group = c.benchmark_group("view_tell_changes");
    group.throughput(Throughput::Elements(MILLION.into()));
    let view = View::new(Numbering::new(uids(MILLION, 2)).unwrap());
    group.sample_size(10).bench_function("holes", |b| {
        b.iter_batched_ref(
            || view.clone(),
            |view| {
                view.changed(UidRange::all());
                core::iter::from_fn(|| view.tell(Permit::WithoutExpunge)).count()
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, build, expunge, fetch_all, changed_all);
criterion_main!(benches);
