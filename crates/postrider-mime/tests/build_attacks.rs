//! Values and contents of an attacker, in everything that the builder takes.

use postrider_message::{
    ContentMd5, FieldValue, HeaderBuilder, MessageId, Parameters, RawValue, Text, Url,
};
use postrider_mime::{
    ContentType, Disposition, Message, TransferEncoding,
    build::{BuildError, Entity, MessageBuilder, Options},
    encoding::Transport,
};
use proptest::prelude::*;

const SEED: [u8; 32] = [7; 32];

const STEM: &str = "=_a4dqobyha4dqobyha4dqobyh_";

/// What ends a line, a field or a value to some reader.
const BREAKS: [&str; 9] =
    ["\r\n", "\r", "\n", "\0", "\u{b}", "\u{85}", "\u{2028}", "\u{2029}", "\r\n\r\n"];

fn name(name: &str) -> Result<Entity<'static>, BuildError> {
    Entity::text("a").attached_as(name)
}

#[test]
fn line_ends_are_refused_in_every_value() {
    for line_end in BREAKS {
        let value = format!("a{line_end}Bcc: b@c.example{line_end}d");
        let value = value.as_str();
        let text = || Entity::text("a");
        let ty = || ContentType::new("text", "plain").unwrap();
        assert!(name(value).is_err());
        assert!(text().with_file_name(value).is_err());
        assert!(text().with_parameter("name", value).is_err());
        assert!(text().with_parameter(value, "a").is_err());
        assert!(text().with_description(value).is_err());
        assert!(ty().with("charset", value).is_err());
        assert!(ContentType::new(value, "a").is_err());
        assert!(ContentType::new("a", value).is_err());
        assert!(Disposition::new(value).is_err());
        assert!(Disposition::attachment().with_file_name(value).is_err());
        assert!(MessageId::new(value).is_err());
        assert!(Url::new(value).is_err());
        assert!(Text::new(value).is_err());
        assert!(text().with_field(value, &ContentMd5::new([0; 16])).is_err());
        assert!(Entity::calendar(value, "").is_err());
        assert!(Entity::pkcs7_mime(value, b"a").is_err());
        assert!(Entity::report(value, text(), text(), None).is_err());
        assert!(Entity::signed("A: b\r\n\r\n", text(), value).is_err());
        assert!(HeaderBuilder::new().subject(value).is_err());
    }
}

#[test]
fn fields_of_the_builder_are_not_given_by_others() {
    let text = |name| Entity::text("a").with_field(name, &Text::new("b").unwrap());
    for name in [
        "Content-Type",
        "content-type",
        "CONTENT-TRANSFER-ENCODING",
        "Content-Disposition",
        "MIME-Version",
        "",
        "a b",
        "a:",
        "--a",
        ">From",
        "é",
        "a\r\nb",
    ] {
        assert!(text(name).is_err(), "{name:?}");
    }
    assert!(text("X-A").is_ok());
    let multipart = Entity::mixed([Entity::text("a")]).unwrap();
    assert!(multipart.clone().with_parameter("Boundary", "a").is_err());
    assert!(multipart.with_parameter("boundary*", "a").is_err());
}

/// A type that was read gives the parts no other boundary than that of the builder.
#[test]
fn the_boundary_of_a_type_that_was_read_is_left_out() {
    for boundary in
        ["boundary=a", "boundary*=utf-8''a", "boundary*0=a; BOUNDARY*1=b", "Boundary=\"a\\\r\n b\""]
    {
        let value = format!("multipart/mixed; {boundary}; x=y");
        let ty = ContentType::read(RawValue::new(value.as_bytes())).value;
        let entity = Entity::multipart(ty, [Entity::text("--a\r\n\r\n--ab--")]).unwrap();
        let octets = entity.to_vec(&Options::new(), &SEED).unwrap();
        let message = Message::parse(octets).unwrap();
        let ty = message.root().content_type().value;
        assert_eq!(ty.boundary().unwrap(), format!("{STEM}00000000").as_bytes());
        assert_eq!(ty.parameters().iter().count(), 2, "{ty}");
        assert_eq!(message.root().children().count(), 1);
    }
}

/// What looks encoded already is text as other text.
#[test]
fn encoded_words_and_percent_signs_are_not_decoded_by_readers() {
    for value in [
        "=?utf-8?Q?a=0D=0ABcc:_b@c.example?=",
        "=?utf-8?B?DQpCY2M6IGI=?=",
        "a%0D%0ABcc: b",
        "utf-8''a%0D%0ABcc: b",
        "a\"; filename=\"b.exe",
        "a\\\"; filename*=utf-8''b.exe",
        "a; name*0=b",
        "\\",
        "\"",
        "../../etc/passwd",
        "(comment",
        "a=?b",
    ] {
        let entity = name(value).unwrap().with_parameter("name", value).unwrap();
        let entity = entity.with_description(value).unwrap();
        let message = Message::parse(entity.to_vec(&Options::new(), &SEED).unwrap()).unwrap();
        let part = message.root();
        let disposition = part.disposition().unwrap().value;
        assert_eq!(disposition.parameters().text("filename").unwrap(), value);
        assert_eq!(disposition.parameters().names().collect::<Vec<_>>(), ["filename"]);
        assert_eq!(part.content_type().value.parameters().text("name").unwrap(), value);
        assert_eq!(part.headers().content_description().unwrap().value.as_str(), value);
        assert_eq!(part.headers().fields().count(), 3);
    }
}

#[test]
fn contents_that_look_like_structure_are_contents() {
    let nasty = [
        format!("--{STEM}00000000--\r\n"),
        format!("\r\n--{STEM}00000000\r\nContent-Type: text/html\r\n\r\n<script>"),
        format!("{STEM}0000000"),
        format!("--{STEM}00000001 \t\r\n--{STEM}00000002"),
        format!("--{}00000000\t", STEM.to_uppercase()),
        "Content-Type: text/html\r\n\r\n".to_owned(),
        "\r\n\r\n".to_owned(),
        "--\r\n----\r\n--=\r\n--=_\r\n".to_owned(),
        ".\r\n.\r\n".to_owned(),
    ];
    for transport in [Transport::SevenBit, Transport::EightBit, Transport::Binary] {
        let options = Options::new().with_transport(transport);
        let parts = nasty.iter().flat_map(|text| {
            let nested =
                Entity::digest([Entity::raw_message(format!("A: b\r\n\r\n{text}"))]).unwrap();
            [Entity::text(text), Entity::octets(text), nested]
        });
        let message = MessageBuilder::new(HeaderBuilder::new()).body(Entity::mixed(parts).unwrap());
        let octets = message.to_vec(&options, &SEED).unwrap();
        let message = Message::parse(octets).unwrap();
        let parts: Vec<_> = message.root().children().collect();
        assert_eq!(parts.len(), 3 * nasty.len());
        for (three, text) in parts.chunks(3).zip(&nasty) {
            assert_eq!(three[0].decoded().value, text.as_bytes());
            assert_eq!(three[1].decoded().value, text.as_bytes());
            let nested = three[2].children().next().unwrap().message().unwrap();
            assert_eq!(nested.raw_body(), text.as_bytes());
        }
    }
}

#[test]
fn a_message_in_a_message_keeps_the_boundaries_of_both() {
    let inner = MessageBuilder::new(HeaderBuilder::new()).text("a").html("b");
    let verbatim = Entity::verbatim(inner.to_vec(&Options::new(), &SEED).unwrap());
    let entity = Entity::mixed([verbatim, Entity::message(&inner).unwrap()]).unwrap();
    let octets = entity.to_vec(&Options::new(), &SEED).unwrap();
    let message = Message::parse(octets).unwrap();
    let boundaries: std::collections::BTreeSet<_> = message
        .parts()
        .filter_map(|part| part.content_type().value.boundary().map(|one| one.into_owned()))
        .collect();
    assert_eq!(boundaries.len(), 3);
    assert!(message.all_defects().is_empty(), "{:?}", message.all_defects());
    assert_eq!(message.parts().count(), 1 + 3 + 1 + 3);
}

/// A kept part with its own header section says what it is itself.
#[test]
fn what_is_kept_needs_a_transport_too() {
    for (octets, transport) in [
        (&b"A: b\r\n\r\n\xe9"[..], Transport::EightBit),
        (b"A: b\r\n\r\n\0", Transport::Binary),
        (b"A: b\r\n\r\na\rb", Transport::Binary),
    ] {
        let entity = || Entity::mixed([Entity::verbatim(octets)]).unwrap();
        assert_eq!(entity().to_vec(&Options::new(), &SEED), Err(BuildError::Transport));
        let options = Options::new().with_transport(transport);
        let written = entity().to_vec(&options, &SEED).unwrap();
        let message = Message::parse(&written).unwrap();
        let part = message.root().children().next().unwrap();
        assert_eq!([part.raw_header(), part.raw_body()].concat(), octets);
    }
}

fn evil() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b.c",
        " ",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "\0",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\"",
        "\\",
        ";",
        "=",
        "%",
        "'",
        "*",
        "(",
        ")",
        "<",
        ">",
        "@",
        ",",
        ":",
        "=?",
        "?=",
        "=?utf-8?Q?=0A?=",
        "utf-8''",
        "%0D%0A",
        "é",
        "日本",
        "filename=",
        "Bcc: x@y.example",
    ]);
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whatever a value is, it is refused or read again, and nothing else is read.
    #[test]
    fn a_value_is_refused_or_is_read_again(value in evil(), utf8 in any::<bool>()) {
        let clean = !value.contains(|c: char| c.is_control() && c != '\t' || "\u{2028}\u{2029}".contains(c));
        let options = Options::new().with_utf8(utf8);
        let told = name(&value);
        prop_assert_eq!(told.is_ok(), clean);
        if let Ok(entity) = told {
            let octets = entity.to_vec(&options, &SEED).unwrap();
            let message = Message::parse(octets).unwrap();
            let disposition = message.root().disposition().unwrap().value;
            prop_assert_eq!(disposition.parameters().text("filename").unwrap(), &value[..]);
            prop_assert_eq!(disposition.parameters().names().count(), 1);
            prop_assert_eq!(message.root().headers().fields().count(), 2);
            prop_assert_eq!(message.root().raw_body(), b"a");
        }
        let told = Entity::text("a").with_description(&value);
        prop_assert_eq!(told.is_ok(), clean);
        if let Ok(entity) = told {
            let octets = entity.to_vec(&options, &SEED).unwrap();
            let message = Message::parse(octets).unwrap();
            let headers = message.root().headers();
            let read = headers.content_description().unwrap().value;
            prop_assert_eq!(read.as_str(), &value[..]);
            prop_assert_eq!(headers.fields().count(), 2);
            prop_assert_eq!(message.root().raw_body(), b"a");
        }
    }

    /// A type of a hostile message, taken over, is a type and nothing else.
    #[test]
    fn a_type_that_was_read_is_written_as_one_field(value in evil()) {
        let value = format!("application/x;{value}");
        let ty = ContentType::read(RawValue::new(value.as_bytes())).value;
        let parameters: Parameters<'_> = ty.parameters().clone();
        let Ok(entity) = Entity::new(ty, "a") else { return Ok(()) };
        let Ok(octets) = entity.to_vec(&Options::new(), &SEED) else { return Ok(()) };
        prop_assert!(octets.is_ascii());
        let message = Message::parse(octets).unwrap();
        prop_assert_eq!(message.root().headers().fields().count(), 1);
        prop_assert_eq!(message.root().raw_body(), b"a");
        let again = message.root().content_type().value;
        for name in parameters.names().filter(|name| !name.contains('*')) {
            prop_assert_eq!(again.parameters().text(name), parameters.text(name));
        }
    }
}

#[test]
fn an_encoding_of_someone_else_is_not_told() {
    for encoding in [TransferEncoding::UuEncode, TransferEncoding::Unknown] {
        let refused = Entity::octets("a").with_encoding(encoding);
        assert_eq!(refused.unwrap_err(), BuildError::Encoding);
    }
}
