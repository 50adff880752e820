//! Twice the parts, or twice the octets in them, are at most 2.2 times the work of building, in
//! counted instructions, as `tests/linear.rs` counts them.

use std::hint::black_box;

use postrider_message::{HeaderBuilder, Text};
use postrider_mime::{
    ContentType,
    build::{Entity, MessageBuilder, Options, Source, Step},
    encoding::Transport,
};
use postrider_testkit::counted::{self, Reader, kib, measured};

/// What is repeated: lines that are parts, and octets that are nearly boundaries, delimiters and
/// line ends.
const FAMILIES: &[&[u8]] = &[
    b"\n",
    b"\r",
    b"a\r",
    b"-",
    b"--\n",
    b"=",
    b"=_a4dqobyha4dqobyha4dqobyh_",
    b"=_a4dqobyha4dqobyha4dqobyh_0000000a\n",
    b"--=_a4dqobyha4dqobyha4dqobyh_00000000\r\n",
    b"From ",
    b"\0",
    b" ",
    b" \n",
    b"a",
    b"a b\n",
    "é".as_bytes(),
    b"\xe9\n",
    b"\x1b$B\n",
    b"=?utf-8?Q?a?= ",
    b"Content-Type: multipart/x; boundary=a\n\n--a\n",
];

const SEED: [u8; 32] = [7; 32];

const READERS: &[Reader] = &[
    ("one content", |octets| {
        for entity in [
            Entity::octets(octets),
            Entity::new(ContentType::new("text", "x").unwrap(), octets).unwrap(),
            Entity::raw_message(octets),
            Entity::verbatim(octets),
        ] {
            written(Entity::mixed([entity, Entity::text("a")]).unwrap());
        }
    }),
    ("lines as parts", |octets| {
        let lines = || octets.split(|&octet| octet == b'\n');
        written(Entity::mixed(lines().map(Entity::octets)).unwrap());
        written(Entity::mixed(lines().map(Entity::verbatim)).unwrap());
        written(Entity::digest(lines().map(Entity::raw_message)).unwrap());
    }),
    ("parts of a builder", |octets| {
        let mut message = MessageBuilder::new(HeaderBuilder::new());
        for (at, line) in octets.split(|&octet| octet == b'\n').enumerate() {
            let part = Entity::octets(line);
            message = match at % 3 {
                0 => message.alternative(part),
                1 => message.inline(part),
                _ => message.attach(part),
            };
        }
        for options in options() {
            _ = black_box(message.to_vec(&options, &SEED));
        }
        _ = black_box(message.entity());
    }),
    ("multiparts in multiparts", |octets| {
        let mut entity = Entity::text("a");
        for line in octets.split(|&octet| octet == b'\n').take(counted_depth(octets)) {
            entity = Entity::mixed([Entity::octets(line), entity]).unwrap();
        }
        written(entity);
    }),
    ("a text in fields", |octets| {
        let text = String::from_utf8_lossy(octets).replace(char::is_control, " ");
        // A field may have so many octets, and no more.
        let entity = Entity::text("a").attached_as(&text);
        if let Ok(entity) = entity.and_then(|entity| entity.with_parameter("name", &text)) {
            _ = black_box(entity.to_vec(&Options::new(), &SEED));
        }
        if let Ok(text) = Text::new(&*text) {
            _ = black_box(Entity::text("a").with_field("X-A", &text).map(written));
        }
    }),
    ("a source in small pieces", |octets| {
        for (entity, transport) in [
            (Entity::octets(Source::new(0)), Transport::SevenBit),
            (Entity::octets(Source::new(0)), Transport::Binary),
            (Entity::raw_message(Source::new(0)), Transport::EightBit),
        ] {
            let entity = Entity::mixed([entity, Entity::text("a")]).unwrap();
            let options = Options::new().with_transport(transport);
            let mut writer = entity.writer(&options, &SEED).unwrap();
            let mut left = octets;
            while let Ok(step) = writer.next() {
                match step {
                    Step::Done => break,
                    Step::Octets(octets) => _ = black_box(octets),
                    Step::Source(_) if left.is_empty() => _ = writer.end_source(),
                    Step::Source(_) => match writer.supply(left.get(..7).unwrap_or(left)) {
                        Ok(taken) => left = &left[taken..],
                        Err(_) => break,
                    },
                }
            }
        }
    }),
];

/// Levels, a quarter of the octets: their delimiters are as many.
const fn counted_depth(octets: &[u8]) -> usize {
    octets.len() / 4
}

fn options() -> [Options; 4] {
    [
        Options::new(),
        Options::for_signing(),
        Options::new().with_transport(Transport::EightBit).with_utf8(true),
        Options::new().with_transport(Transport::Binary),
    ]
}

fn written(entity: Entity<'_>) {
    for options in options() {
        let options = options.with_depth(usize::MAX);
        _ = black_box(entity.to_vec(&options, &SEED));
        _ = black_box(entity.writer(&options, &SEED).map(|writer| writer.size()));
    }
}

fn of_length(family: &[u8], length: usize) -> Vec<u8> {
    family.iter().copied().cycle().take(length).collect()
}

#[test]
#[ignore = "only runs under the counter, which the test below starts"]
fn readings() {
    counted::readings(READERS, FAMILIES, of_length);
}

#[test]
fn twice_the_parts_are_at_most_twice_the_work_and_a_tenth() {
    counted::assert_linear(READERS, FAMILIES, kib(2));
}

#[test]
fn a_lot_of_anything_is_built() {
    for (_, build) in READERS {
        for family in FAMILIES {
            measured(*build, &of_length(family, kib(2) << 16));
        }
    }
}
