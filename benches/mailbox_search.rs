//! SEARCH: over the metadata of a million messages, and for a string in the texts of real mails beside
//! `memmem`, which looks for the same octets and knows nothing of letters.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use postrider::imap::{Date, Flag, InternalDate, Keyword, MessageNumber, SearchKey, Uid};
use postrider::mailbox::Metadata;
use postrider::mailbox::search::{Scope, Search, Substring};
use postrider::mime::Message;
use postrider_testkit::shared_files;

const MESSAGES: u32 = 1_000_000;

fn mailbox() -> Vec<(MessageNumber, Metadata)> {
    let work = Flag::Keyword(Keyword::new("work").unwrap());
    let message = |number: u32| {
        // A sequence without a pattern that a processor could learn.
        let random = number.wrapping_mul(2_654_435_761).rotate_left(13) ^ number;
        let mut flags: Vec<Flag> = Vec::new();
        if random & 3 != 0 {
            flags.push(Flag::Seen);
        }
        if random & 28 == 0 {
            flags.push(work.clone());
        }
        let date = InternalDate::from_unix(740_000_000 + i64::from(random % 40_000_000), 60);
        let flags = flags.into_iter().collect::<postrider::imap::FlagSet>();
        let size = u64::from(random % 8_000);
        let uid = Uid::new(number * 2).unwrap();
        (MessageNumber::new(number).unwrap(), Metadata::new(uid, flags, date.unwrap(), size))
    };
    (1..=MESSAGES).map(message).collect()
}

fn metadata(criterion: &mut Criterion) {
    let mailbox = mailbox();
    let scope = Scope::new(MESSAGES, Uid::new(2 * MESSAGES).ok(), 800_000_000);
    let since = SearchKey::Since(Date::new(1994, 2, 1).unwrap());
    let work = SearchKey::Keyword(Keyword::new("work").unwrap());
    let programs = [
        ("unseen_since_larger", vec![SearchKey::Unseen, since.clone(), SearchKey::Larger(1000)]),
        ("keyword", vec![work.clone()]),
        ("or_not", vec![SearchKey::or(SearchKey::not(since), work), SearchKey::Smaller(4000)]),
    ];
    let mut group = criterion.benchmark_group("metadata");
    group.throughput(Throughput::Elements(MESSAGES.into())).sample_size(20);
    // What it costs to look at them at all.
    group.bench_function("sizes", |bencher| {
        let is_larger = |(_, metadata): &&(MessageNumber, Metadata)| metadata.size > 1000;
        bencher.iter(|| black_box(&mailbox).iter().filter(is_larger).count());
    });
    for (name, keys) in programs {
        let search = Search::new(&keys, None, &scope).unwrap();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let found = |(number, metadata): &&(MessageNumber, Metadata)| {
                    search.by_metadata(*number, metadata) == Some(true)
                };
                black_box(&mailbox).iter().filter(found).count()
            });
        });
    }
    group.finish();
}

/// The decoded texts of the mails at hand.
fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for file in shared_files("corpora/spamassassin") {
        let Ok(message) = Message::parse(std::fs::read(file).unwrap()) else { continue };
        let text =
            |part: postrider::mime::Part<'_>| part.text().map(|text| text.value.into_owned());
        texts.extend(message.parts().filter_map(text));
    }
    if texts.is_empty() {
        texts.push("Line of a text that says nothing in seventy characters.\r\n".repeat(200_000));
    }
    texts
}

fn strings(criterion: &mut Criterion) {
    let texts = texts();
    let ascii: String = texts.iter().filter(|text| text.is_ascii()).map(String::as_str).collect();
    let joined: String = texts.iter().map(String::as_str).collect();
    let mut group = criterion.benchmark_group("strings");
    group.sample_size(20);
    for needle in ["invoice is overdue", "the other teapot", "Quixotic", "Königsberg"] {
        let name = needle.replace(' ', "_");
        let finder = memchr::memmem::Finder::new(needle);
        let string = Substring::new(needle);
        assert!(!string.is_in(&joined), "the whole text is to be read");
        group.throughput(Throughput::Bytes(ascii.len() as u64));
        group.bench_function(format!("memmem/{name}"), |bencher| {
            bencher.iter(|| finder.find(black_box(ascii.as_bytes())));
        });
        group.bench_function(format!("memmem_any/{name}"), |bencher| {
            bencher.iter(|| finder.find(black_box(joined.as_bytes())));
        });
        group.bench_function(format!("ascii/{name}"), |bencher| {
            bencher.iter(|| string.is_in(black_box(&ascii)));
        });
        group.throughput(Throughput::Bytes(joined.len() as u64));
        group.bench_function(format!("any/{name}"), |bencher| {
            bencher.iter(|| string.is_in(black_box(&joined)));
        });
    }
    group.finish();
}

criterion_group!(benches, metadata, strings);
criterion_main!(benches);
