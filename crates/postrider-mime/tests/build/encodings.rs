//! Which encoding a part has, and what is refused.

use postrider_mime::{
    ContentType, Message, TransferEncoding,
    build::{BuildError, Entity, Options},
    encoding::Transport,
};

use super::{SEED, written_with};

/// The encoding that is told, and the content as it is read again.
fn told(entity: &Entity<'_>, options: &Options) -> (TransferEncoding, Vec<u8>) {
    let octets = entity.to_vec(options, &SEED).unwrap();
    for line in octets.split(|octet| *octet == b'\n') {
        let most = if options.transport == Transport::Binary { usize::MAX } else { 999 };
        assert!(line.len() <= most);
    }
    let message = Message::parse(octets).unwrap();
    let part = message.root();
    (part.transfer_encoding(), part.decoded().value.into_owned())
}

#[test]
fn a_content_is_encoded_where_the_way_does_not_carry_it() {
    use TransferEncoding as E;
    use Transport as T;
    let long = "word ".repeat(500);
    let octets: Vec<u8> = (0..=255).collect();
    let octets = octets.as_slice();
    for (content, seven, eight, binary) in [
        (&b"Hello\r\n"[..], E::SevenBit, E::SevenBit, E::SevenBit),
        (
            "Grüße aus Köln, wo die Sonne scheint, und aus Bonn\r\n".as_bytes(),
            E::QuotedPrintable,
            E::EightBit,
            E::EightBit,
        ),
        ("Привет, мир\r\n".as_bytes(), E::Base64, E::EightBit, E::EightBit),
        (long.as_bytes(), E::QuotedPrintable, E::QuotedPrintable, E::Binary),
        (octets, E::Base64, E::Base64, E::Binary),
        (b"a lonely\rCR", E::QuotedPrintable, E::QuotedPrintable, E::Binary),
        (b"a lonely\nLF", E::QuotedPrintable, E::QuotedPrintable, E::Binary),
        (b"a NUL:\0 there", E::Base64, E::Base64, E::Binary),
        (b"", E::SevenBit, E::SevenBit, E::SevenBit),
    ] {
        for (transport, expected) in
            [(T::SevenBit, seven), (T::EightBit, eight), (T::Binary, binary)]
        {
            let options = Options::new().with_transport(transport);
            let (encoding, read) = told(&Entity::octets(content), &options);
            assert_eq!(encoding, expected, "{:?}", content.escape_ascii().to_string());
            assert_eq!(read, content);
        }
    }
}

/// RFC 2046 §4.1.1: "The canonical form of any MIME "text" subtype MUST always represent a line break
/// as a CRLF sequence."
#[test]
fn text_has_line_ends_of_crlf_on_every_way() {
    for transport in [Transport::SevenBit, Transport::EightBit, Transport::Binary] {
        let options = Options::new().with_transport(transport);
        let (_, read) = told(&Entity::text("a\nb\r\nc\rd\n"), &options);
        assert_eq!(read, b"a\r\nb\r\nc\rd\r\n");
    }
}

#[test]
fn what_is_around_a_part_is_as_wide_as_the_part() {
    let eight = Options::new().with_transport(Transport::EightBit);
    let leaf = || Entity::text("Grüße aus Köln, wo die Sonne scheint, und aus Bonn\n");
    let nested =
        Entity::mixed([Entity::text("a"), Entity::alternative([leaf()]).unwrap()]).unwrap();
    let outline = |options: &Options| {
        let message = Message::parse(nested.to_vec(options, &SEED).unwrap()).unwrap();
        let encodings = message.parts().map(|part| part.transfer_encoding().name());
        encodings.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(outline(&eight), "8bit 7bit 8bit 8bit");
    assert_eq!(outline(&Options::new()), "7bit 7bit 7bit quoted-printable");
    let binary = Entity::mixed([nested.clone(), Entity::octets(b"\0\n")]).unwrap();
    let octets = binary.to_vec(&Options::new().with_transport(Transport::Binary), &SEED).unwrap();
    assert!(octets.windows(33).any(|text| text == b"Content-Transfer-Encoding: binary"));
}

#[test]
fn an_encoding_that_cannot_carry_the_content_is_refused() {
    use TransferEncoding as E;
    let refused = |entity: Entity<'_>, encoding| entity.with_encoding(encoding).unwrap_err();
    assert_eq!(refused(Entity::text("é"), E::SevenBit), BuildError::Encoding);
    assert_eq!(refused(Entity::octets("a\nb"), E::SevenBit), BuildError::Encoding);
    assert_eq!(refused(Entity::octets("a\0b"), E::EightBit), BuildError::Encoding);
    assert_eq!(refused(Entity::text("a".repeat(999)), E::SevenBit), BuildError::Encoding);
    assert_eq!(refused(Entity::text("a"), E::UuEncode), BuildError::Encoding);
    assert_eq!(refused(Entity::text("a"), E::Unknown), BuildError::Encoding);
    assert_eq!(refused(Entity::raw_message("A: b\n\nc"), E::Base64), BuildError::Encoding);
    let multipart = Entity::mixed([Entity::text("a")]).unwrap();
    assert_eq!(refused(multipart, E::Base64), BuildError::Encoding);
    for (text, encoding) in [
        ("a".repeat(998), E::SevenBit),
        ("é".repeat(499), E::EightBit),
        ("a\rb\0".to_owned(), E::Binary),
        ("a".to_owned(), E::Base64),
        ("a".to_owned(), E::QuotedPrintable),
    ] {
        let options = Options::new().with_transport(Transport::Binary);
        let entity = Entity::text(&text).with_encoding(encoding).unwrap();
        assert_eq!(told(&entity, &options), (encoding, text.clone().into_bytes()));
    }
    let wide = Entity::text("é").with_encoding(E::EightBit).unwrap();
    assert_eq!(wide.to_vec(&Options::new(), &SEED), Err(BuildError::Transport));
    // What the content is may be said behind the encoding.
    let later = Entity::text("a\nb").with_encoding(E::SevenBit).unwrap();
    let later = later.with_parameter("charset", "utf-16").unwrap();
    assert_eq!(later.to_vec(&Options::new(), &SEED), Err(BuildError::Encoding));
}

#[test]
fn what_will_be_signed_is_safe_from_relays() {
    let signing = Options::for_signing().with_transport(Transport::Binary).with_utf8(true);
    for text in [
        "From here\r\n",
        "a\r\nFrom here\r\n",
        "a \r\nb",
        "a\t",
        "a ",
        "Grüße aus Köln\r\n",
        "a\0b",
    ] {
        let entity = Entity::text(text).with_description("Grüße").unwrap();
        let octets = written_with(&entity, &signing).unwrap();
        assert!(octets.is_ascii() && !octets.contains('\0'));
        for line in octets.split("\r\n") {
            assert!(!line.starts_with("From ") && !line.ends_with([' ', '\t']), "{line:?}");
        }
        let message = Message::parse(octets).unwrap();
        assert_eq!(message.root().decoded().value, text.as_bytes());
    }
    let plain = written_with(&Entity::text("From here\r\n"), &Options::new()).unwrap();
    assert!(plain.ends_with("\r\n\r\nFrom here\r\n"));
}

#[test]
fn a_type_that_is_no_name_is_refused() {
    for (ty, subtype) in [
        ("", "a"),
        ("a", ""),
        ("a b", "c"),
        ("a", "b;c=d"),
        ("a/b", "c"),
        ("é", "b"),
        ("a", "b\r\nX: y"),
    ] {
        assert!(ContentType::new(ty, subtype).is_err(), "{ty:?} {subtype:?}");
    }
    assert!(ContentType::new("a".repeat(127), "vnd.b+xml").is_ok());
    assert!(ContentType::new("a".repeat(128), "b").is_err());
}
