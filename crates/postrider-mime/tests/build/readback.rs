//! What is written is read again as it was: trees of every shape.

use postrider_message::{HeaderBuilder, MessageId};
use postrider_mime::{
    ContentType, Disposition, Message, Part,
    build::{Entity, MessageBuilder, Options},
    encoding::Transport,
};
use proptest::prelude::*;

/// A part as it is made, and as it is to be read.
#[derive(Debug, Clone)]
enum Shape {
    Leaf {
        ty: (&'static str, &'static str),
        content: Vec<u8>,
        name: Option<String>,
        id: Option<u32>,
    },
    Parts {
        subtype: &'static str,
        parts: Vec<Self>,
    },
    Message {
        subject: String,
        part: Box<Self>,
    },
}

const SUBTYPES: [&str; 5] = ["mixed", "alternative", "digest", "parallel", "x-new"];

fn content() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(vec![
        "Hello",
        "From me",
        ".",
        "..",
        " ",
        "a ",
        "é",
        "日本語",
        "=",
        "=3D",
        "--",
        "--=_",
        "-- ",
        "\t",
        "\r\n",
        "\r\n",
        "\n",
        "\r",
        "\0",
        "\u{ff}",
        "--=_aeaqcaibaeaqcaibaeaqcaib_00000000",
        "\r\n\r\n",
    ]);
    prop_oneof![
        4 => prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..200),
        1 => "[ -~]{990,1010}".prop_map(String::into_bytes),
    ]
}

fn leaf() -> impl Strategy<Value = Shape> {
    let ty = prop::sample::select(vec![
        ("text", "plain"),
        ("text", "html"),
        ("application", "octet-stream"),
        ("image", "png"),
        ("application", "json"),
        ("x-a", "b.c+d"),
    ]);
    let name = prop::option::of("[ -~äß日€]{1,90}");
    (ty, content(), name, prop::option::of(any::<u32>()))
        .prop_map(|(ty, content, name, id)| Shape::Leaf { ty, content, name, id })
}

fn shape() -> impl Strategy<Value = Shape> {
    leaf().prop_recursive(5, 40, 5, |inner| {
        let parts = prop::collection::vec(inner.clone(), 1..5);
        prop_oneof![
            3 => (prop::sample::select(SUBTYPES.to_vec()), parts)
                .prop_map(|(subtype, parts)| Shape::Parts { subtype, parts }),
            1 => ("[ -~äß日]{0,40}", inner)
                .prop_map(|(subject, part)| Shape::Message { subject, part: Box::new(part) }),
        ]
    })
}

fn entity(shape: &Shape) -> Entity<'_> {
    match shape {
        Shape::Leaf { ty, content, name, id } => {
            let ty = ContentType::new(ty.0, ty.1).unwrap();
            let mut entity = Entity::new(ty, content).unwrap();
            if let Some(name) = name {
                entity = entity.attached_as(name).unwrap().with_parameter("name", name).unwrap();
            } else {
                entity = entity.with_disposition(Disposition::inline()).unwrap();
            }
            if let Some(id) = id {
                let id = MessageId::new(format!("{id}@example.org")).unwrap();
                entity = entity.with_content_id(&id).unwrap();
            }
            entity
        }
        Shape::Parts { subtype, parts } => {
            let ty = ContentType::new("multipart", *subtype).unwrap();
            Entity::multipart(ty, parts.iter().map(entity)).unwrap()
        }
        Shape::Message { subject, part } => {
            let header = HeaderBuilder::new().subject(subject).unwrap();
            Entity::message(&MessageBuilder::new(header).body(entity(part))).unwrap()
        }
    }
}

/// Lone LFs of text are line ends, and written as such.
fn with_line_ends(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for &octet in text {
        if octet == b'\n' && out.last() != Some(&b'\r') {
            out.push(b'\r');
        }
        out.push(octet);
    }
    out
}

fn compare(part: Part<'_>, shape: &Shape) {
    let read = part.content_type().value;
    match shape {
        Shape::Leaf { ty, content, name, id } => {
            assert!(read.is(ty.0, ty.1), "{read} {ty:?}");
            let expected = if ty.0 == "text" { with_line_ends(content) } else { content.clone() };
            assert_eq!(part.decoded().value, expected);
            if ty.0 == "text"
                && let Ok(text) = String::from_utf8(expected)
            {
                // Controls are what they are in the charset too.
                assert_eq!(part.text().unwrap().value, text);
            }
            let disposition = part.disposition().unwrap().value;
            assert_eq!(disposition.is_attachment(), name.is_some());
            let told = disposition.parameters().text("filename").map(|name| name.into_owned());
            assert_eq!(&told, name);
            let told = read.parameters().text("name").map(|name| name.into_owned());
            assert_eq!(&told, name);
            let told = part.headers().content_id().map(|id| id.value.ids()[0].as_str().to_owned());
            assert_eq!(told, id.map(|id| format!("{id}@example.org")));
        }
        Shape::Parts { subtype, parts } => {
            assert!(read.is("multipart", subtype), "{read}");
            let children: Vec<_> = part.children().collect();
            assert_eq!(children.len(), parts.len());
            for (child, shape) in children.into_iter().zip(parts) {
                compare(child, shape);
            }
        }
        Shape::Message { subject, part: inner } => {
            assert!(read.is("message", "rfc822"), "{read}");
            let message = part.message().unwrap();
            let told = message.headers().subject().unwrap().value;
            assert_eq!(told.as_str(), subject);
            compare(message, inner);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_message_that_is_written_is_read_as_it_was_built(
        shape in shape(),
        transport in prop::sample::select(vec![Transport::SevenBit, Transport::EightBit, Transport::Binary]),
        signing in any::<bool>(),
        utf8 in any::<bool>(),
        seed in prop_oneof![Just([1; 32]), any::<[u8; 32]>()],
    ) {
        let options = if signing { Options::for_signing() } else { Options::new() };
        let options = options.with_transport(transport).with_utf8(utf8);
        let header = HeaderBuilder::new().subject("Hello").unwrap();
        let builder = MessageBuilder::new(header).body(entity(&shape));
        let octets = builder.to_vec(&options, &seed).unwrap();
        let message = Message::parse(&octets).unwrap();
        if transport == Transport::SevenBit && !utf8 || signing {
            prop_assert!(octets.is_ascii());
        }
        if transport != Transport::Binary || signing {
            for line in octets.split(|octet| *octet == b'\n') {
                prop_assert!(line.len() <= 999);
            }
        }
        prop_assert!(message.defects().is_empty(), "{:?}", message.defects());
        compare(message.root(), &shape);
    }

    /// In chunks, as a whole and as `Buf` the message has the same octets.
    #[test]
    fn every_way_to_take_a_message_gives_the_same(shape in shape(), step in 1_usize..5000) {
        use bytes::Buf;
        use postrider_mime::build::Step;

        let entity = entity(&shape);
        let whole = entity.to_vec(&Options::new(), &[1; 32]).unwrap();
        let mut writer = entity.writer(&Options::new(), &[1; 32]).unwrap();
        prop_assert_eq!(writer.size(), Some(whole.len() as u64));
        let mut buf = writer.clone().into_buf().unwrap();
        let mut chunks = Vec::new();
        while let Step::Octets(octets) = writer.next().unwrap() {
            prop_assert!(!octets.is_empty() && octets.len() <= 160 << 10);
            chunks.extend_from_slice(octets);
        }
        prop_assert_eq!(&chunks, &whole);
        let mut taken = Vec::new();
        while buf.has_remaining() {
            let length = step.min(buf.remaining());
            taken.extend_from_slice(&buf.copy_to_bytes(length));
            prop_assert_eq!(buf.remaining(), whole.len() - taken.len());
        }
        prop_assert!(buf.chunk().is_empty());
        prop_assert_eq!(taken, whole);
    }
}
