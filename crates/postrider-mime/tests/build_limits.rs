//! What building costs in memory, which an allocator counts, and in time. `BUILD_GIB=4` makes the
//! attachments as large as that, in GiB; they have 64 MiB where it is not set.

use std::{
    env,
    time::{Duration, Instant},
};

use allocation_counter::measure;
use bytes::Buf;
use postrider_message::HeaderBuilder;
use postrider_mime::{
    ContentType, TransferEncoding,
    build::{Entity, MessageBuilder, Options, Source, Step, Writer},
    encoding::Transport,
};

const MIB: u64 = 1 << 20;

/// Far more than any of these takes, even where much else runs.
const LONG: Duration = Duration::from_secs(60);

fn octets() -> u64 {
    env::var("BUILD_GIB").map_or(64 * MIB, |gib| gib.parse::<u64>().unwrap() << 30)
}

fn message(attachment: Entity<'_>) -> MessageBuilder<'_> {
    let header = HeaderBuilder::new().subject("Large").unwrap();
    let attachment = attachment.attached_as("large.bin").unwrap();
    MessageBuilder::new(header).text("See the attachment.\n").attach(attachment)
}

/// Takes all chunks, and says how many octets they have; sources get what is in `piece`, again and
/// again.
fn take(mut writer: Writer<'_>, piece: &[u8], mut left: u64) -> u64 {
    let mut sum = 0;
    loop {
        match writer.next().unwrap() {
            Step::Octets(octets) => sum += octets.len() as u64,
            Step::Source(_) if left == 0 => writer.end_source().unwrap(),
            Step::Source(_) => {
                let length = left.min(piece.len() as u64);
                let piece = &piece[..usize::try_from(length).unwrap()];
                left -= writer.supply(piece).unwrap() as u64;
            }
            Step::Done => return sum,
        }
    }
}

/// Lines of 76 characters and CRLF for 57 octets, but for the last line end.
fn base64(octets: u64) -> u64 {
    octets.div_ceil(57) * 2 + octets.div_ceil(3) * 4 - 2
}

#[test]
fn a_streamed_attachment_of_any_size_takes_little_memory() {
    let size = octets();
    let piece = vec![0xa5; 1 << 20];
    for source in [Source::new(0), Source::new(0).with_size(size)] {
        let message = message(Entity::octets(source));
        let writer = message.writer(&Options::new(), &[1; 32]).unwrap();
        let told = writer.size();
        let (mut sum, began) = (0, Instant::now());
        let cost = measure(|| sum = take(writer, &piece, size));
        eprintln!("{sum} octets in {:?}, at most {} on the heap", began.elapsed(), cost.bytes_max);
        assert!(cost.bytes_max < MIB, "{cost:?}");
        assert!(sum > base64(size) && sum < base64(size) + 1000);
        assert_eq!(told, source.size().map(|_| sum));
    }
}

#[test]
fn a_borrowed_attachment_of_any_size_is_not_copied_as_a_whole() {
    let Ok(size) = usize::try_from(octets()) else { return };
    // Memory that is never touched is never there; what is read of it is one page of zeros.
    let content = vec![0_u8; size];
    let (mut sum, mut told, began) = (0, None, Instant::now());
    let cost = measure(|| {
        let message = message(Entity::octets(&content[..]));
        let writer = message.writer(&Options::new(), &[1; 32]).unwrap();
        told = writer.size();
        sum = take(writer, &[], 0);
    });
    eprintln!("{sum} octets in {:?}, at most {} on the heap", began.elapsed(), cost.bytes_max);
    assert!(cost.bytes_max < MIB, "{cost:?}");
    assert!(sum > base64(size as u64) && sum < base64(size as u64) + 1000);
    assert_eq!(told, Some(sum));
}

#[test]
fn a_large_attachment_is_taken_as_buf_in_little_memory() {
    let Ok(size) = usize::try_from(octets()) else { return };
    let content = vec![0_u8; size];
    let ty = || ContentType::new("application", "x-zeros").unwrap();
    for (encoding, transport) in [
        (TransferEncoding::Base64, Transport::SevenBit),
        (TransferEncoding::Binary, Transport::Binary),
    ] {
        let cost = measure(|| {
            let entity = Entity::new(ty(), &content[..]).unwrap().with_encoding(encoding).unwrap();
            let options = Options::new().with_transport(transport);
            let writer = message(entity).writer(&options, &[1; 32]).unwrap();
            let mut buf = writer.into_buf().unwrap();
            while buf.has_remaining() {
                let length = buf.chunk().len();
                assert!(length > 0);
                buf.advance(length);
            }
        });
        assert!(cost.bytes_max < MIB, "{cost:?}");
    }
}

#[test]
fn text_in_quoted_printable_is_written_in_little_memory() {
    let size = usize::try_from(octets().min(64 * MIB)).unwrap();
    let text = "Grüße aus Köln, wo die Sonne scheint, und aus Bonn\n".repeat(size / 54);
    let (mut sum, mut told) = (0, None);
    let cost = measure(|| {
        let header = HeaderBuilder::new().subject("Long").unwrap();
        let message = MessageBuilder::new(header).text(&text[..]).html(&text[..]);
        let writer = message.writer(&Options::new(), &[1; 32]).unwrap();
        told = writer.size();
        sum = take(writer, &[], 0);
    });
    assert!(cost.bytes_max < MIB, "{cost:?}");
    assert_eq!(told, Some(sum));
}

#[test]
fn many_parts_and_deep_ones_take_linear_time() {
    let seconds = |parts: usize, depth: usize| {
        let part = (0..depth).fold(Entity::text("a"), |one, _| Entity::mixed([one]).unwrap());
        let entity = Entity::mixed((0..parts).map(|_| part.clone())).unwrap();
        let began = Instant::now();
        let octets = entity.to_vec(&Options::new().with_depth(usize::MAX), &[1; 32]).unwrap();
        assert!(began.elapsed() < LONG, "{:?}", began.elapsed());
        octets.len()
    };
    assert!(seconds(200_000, 0) > 200_000);
    assert!(seconds(1, 200_000) > 200_000);
}

/// Boundaries that a content has are found in one pass, and passed over without another.
#[test]
fn a_content_full_of_boundaries_takes_linear_time() {
    let stem = "=_aeaqcaibaeaqcaibaeaqcaib_";
    let full: String = (0..300_000).map(|number| format!("--{stem}{number:08x}\r\n")).collect();
    let began = Instant::now();
    let parts = [Entity::text(&full), Entity::text(&full)];
    let octets = Entity::mixed(parts).unwrap().to_vec(&Options::new(), &[1; 32]).unwrap();
    assert!(began.elapsed() < LONG, "{:?}", began.elapsed());
    let head = String::from_utf8_lossy(&octets[..200]).into_owned();
    assert!(head.contains(&format!("boundary=\"{stem}{:08x}\"", 300_000)), "{head}");
}
