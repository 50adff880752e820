//! What both readers cost at their limits, in time and in memory that an allocator counts; and
//! messages that only the stream can read. `STREAM_GIB=4` makes the long message as long as that, in
//! GiB; it has 64 MiB where it is not set.

use std::{
    env,
    time::{Duration, Instant},
};

use allocation_counter::measure;
use postrider_mime::{
    Limits, Message, TooLarge,
    stream::{Content, Decode, Event, Parser},
};

const MIB: u64 = 1 << 20;

/// Far more than any of these takes, even where much else runs; what is not linear takes hours.
const LONG: Duration = Duration::from_secs(60);

/// The number of parts that the stream tells of a message that comes in chunks.
fn stream<'c>(
    limits: &Limits,
    decode: Decode,
    chunks: impl IntoIterator<Item = &'c [u8]>,
) -> usize {
    let mut parts = 0;
    let mut tell = |event: Event<'_>| parts += usize::from(matches!(event, Event::Begin(_)));
    let mut parser = Parser::with_limits(decode, limits);
    for chunk in chunks {
        parser.push(chunk, &mut tell);
    }
    parser.finish(&mut tell);
    parts
}

/// Reads a message with both, and says what they tell and the most memory each took.
fn both(mail: &[u8], limits: &Limits) -> (usize, u64, u64) {
    let start = Instant::now();
    let (mut of_tree, mut of_stream) = (0, 0);
    let tree = measure(|| of_tree = Message::parse_with(mail, limits).unwrap().parts().len());
    let chunks = || mail.chunks(16 << 10);
    let pushed = measure(|| of_stream = stream(limits, Decode::Text, chunks()));
    assert_eq!(of_tree, of_stream);
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
    eprintln!("{of_tree} parts, {} and {} octets", tree.bytes_max, pushed.bytes_max);
    (of_tree, tree.bytes_max, pushed.bytes_max)
}

fn most() -> Limits {
    let headers = postrider_message::Limits::DEFAULT.with_fields(usize::MAX);
    let limits = Limits::DEFAULT.with_headers(headers).with_fields(usize::MAX);
    limits.with_depth(usize::MAX).with_parts(usize::MAX)
}

#[test]
fn ten_thousand_multiparts_in_each_other() {
    let nested: Vec<u8> = (0..10_000)
        .flat_map(|level| {
            format!("Content-Type: multipart/x; boundary={level}\n\n--{level}\n").into_bytes()
        })
        .collect();
    let (parts, tree, stream) = both(&nested, &Limits::DEFAULT);
    assert_eq!(parts, 101);
    assert!(tree < MIB && stream < MIB);
    let (parts, tree, stream) = both(&nested, &most());
    assert_eq!(parts, 10_001);
    assert!(tree < 32 * MIB && stream < 4 * MIB);
}

#[test]
fn ten_thousand_messages_in_each_other() {
    let nested = b"Content-Type: message/rfc822\n\n".repeat(10_000);
    let (parts, tree, stream) = both(&nested, &Limits::DEFAULT);
    assert_eq!(parts, 101);
    assert!(tree < MIB && stream < MIB);
    assert_eq!(both(&nested, &most()).0, 10_001);
}

#[test]
fn a_million_parts() {
    let mail = [b"Content-Type: multipart/x; boundary=a\n\n", &*b"--a\n\n".repeat(1_000_000)];
    let mail = mail.concat();
    let (parts, tree, stream) = both(&mail, &Limits::DEFAULT);
    assert_eq!(parts, 10_000);
    assert!(tree < 16 * MIB && stream < MIB);
    let (parts, tree, stream) = both(&mail, &most());
    assert_eq!(parts, 1_000_001);
    // The tree keeps each part; the stream keeps none.
    assert!(tree < 1024 * MIB && stream < MIB);
}

#[test]
fn a_header_section_of_a_hundred_megabytes() {
    for line in ["A: b\n", "a\n", ":\n", " a\n", "To: a@b\n", "--\n"] {
        let mail = line.repeat(100_000_000 / line.len());
        let (parts, tree, stream) = both(mail.as_bytes(), &Limits::DEFAULT);
        assert_eq!(parts, 1);
        assert!(tree < MIB && stream < MIB, "{line:?}");
    }
    for line in ["Content-Type: multipart/x; boundary=", "From ", "X: ", "\u{feff}", ""] {
        for filling in ["a", " ", "\n ", "-"] {
            let mail = line.to_owned() + &filling.repeat(10_000_000 / filling.len());
            let (parts, tree, stream) = both(mail.as_bytes(), &Limits::DEFAULT);
            assert_eq!(parts, 1);
            assert!(tree < MIB && stream < MIB, "{line:?} {filling:?}");
        }
    }
}

/// What comes by single octets is not looked through again with each of them.
#[test]
fn a_field_and_a_line_that_come_octet_by_octet() {
    let limits = Limits::DEFAULT.with_field(1 << 20);
    let head = "Content-Type: multipart/x; boundary=a\nX: ".to_owned();
    let mail = head + &"y\n ".repeat(300_000) + "\n\n--" + &"z".repeat(300_000);
    let start = Instant::now();
    assert_eq!(stream(&limits, Decode::Text, mail.as_bytes().chunks(1)), 1);
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}

#[test]
fn a_message_of_four_gibibytes_is_too_large_for_the_tree_alone() {
    let Ok(length) = usize::try_from(1_u64 << 32) else { return };
    // Memory that is never touched is never there.
    let mail = vec![0_u8; length];
    let refused: Result<_, TooLarge> = Message::parse(&mail[..]);
    assert!(refused.is_err());
    assert!(Message::parse(&mail[..1]).is_ok());
}

#[test]
fn a_message_longer_than_memory_goes_through_the_stream() {
    let mib: u64 = env::var("STREAM_GIB").map_or(64, |gib| gib.parse::<u64>().unwrap() << 10);
    // 1 MiB: a part of base64, then a part of text.
    let line = [&*b"QUJD".repeat(19), b"\r\n"].concat();
    let head =
        "\r\n--a\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let text = "\r\n--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    let lines = 10_000;
    let mut part = [head.as_bytes(), &*line.repeat(lines), text.as_bytes()].concat();
    let filling = usize::try_from(MIB).unwrap() - part.len();
    part.extend("é\r\n".repeat(filling / 4).bytes());
    part.resize(usize::try_from(MIB).unwrap(), b'.');
    let start = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n";
    let end = b"\r\n--a--\r\n";
    let limits = Limits::DEFAULT.with_parts(usize::MAX).with_fields(usize::MAX);
    let (mut parts, mut octets, mut told, mut decoded, mut characters) = (0, 0, 0, 0, 0);
    let began = Instant::now();
    let cost = measure(|| {
        let mut tell = |event: Event<'_>| {
            parts += u64::from(matches!(event, Event::Begin(_)));
            let Some(raw) = event.octets() else { return };
            assert_eq!(raw.offset, told);
            told = raw.end();
            if let Event::Body(body) = event {
                match body.content {
                    Content::Octets(octets) => decoded += octets.len() as u64,
                    Content::Text(text) => characters += text.len() as u64,
                    _ => panic!("what was asked for is decoded"),
                }
            }
        };
        let mut parser = Parser::with_limits(Decode::Text, &limits);
        let parts = (0..mib).flat_map(|_| part.chunks(16 << 10));
        for chunk in [&start[..]].into_iter().chain(parts).chain([&end[..]]) {
            octets += chunk.len() as u64;
            parser.push(chunk, &mut tell);
        }
        parser.finish(&mut tell);
    });
    eprintln!("{octets} octets in {:?}, at most {} on the heap", began.elapsed(), cost.bytes_max);
    assert_eq!((parts, told), (2 * mib + 1, octets));
    assert_eq!(decoded, mib * lines as u64 * 19 * 3);
    assert_eq!(characters, mib * filling as u64);
    assert!(cost.bytes_max < 16 * MIB, "{cost:?}");
}
