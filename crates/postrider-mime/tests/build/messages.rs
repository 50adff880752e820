//! Messages that nest themselves, their boundaries, and their fields.

use postrider_message::{HeaderBuilder, MessageId, MimeVersion};
use postrider_mime::{
    ContentType, Message,
    build::{BuildError, Entity, MessageBuilder, Options},
};

use super::{SEED, STEM, subject, written};

fn png() -> Entity<'static> {
    let ty = ContentType::new("image", "png").unwrap();
    let id = MessageId::new("logo@example.org").unwrap();
    Entity::new(ty, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap().with_content_id(&id).unwrap()
}

fn pdf() -> Entity<'static> {
    let ty = ContentType::new("application", "pdf").unwrap();
    Entity::new(ty, b"%PDF-1.7").unwrap().attached_as("a.pdf").unwrap()
}

/// Types by depth, as our reader finds them.
fn outline(message: &MessageBuilder<'_>) -> String {
    let octets = message.to_vec(&Options::new(), &SEED).unwrap();
    let message = Message::parse(octets).unwrap();
    assert!(message.all_defects().is_empty(), "{:?}", message.all_defects());
    let types = message.parts().map(|part| part.media_type().to_string());
    types.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_message_has_no_level_that_is_not_needed() {
    let new = || MessageBuilder::new(subject("Hello"));
    for (message, expected) in [
        (new(), "text/plain"),
        (new().text("a"), "text/plain"),
        (new().html("a"), "text/html"),
        (new().text("a").html("b"), "multipart/alternative text/plain text/html"),
        (new().html("b").inline(png()), "multipart/related text/html image/png"),
        (new().attach(pdf()), "application/pdf"),
        (new().text("a").attach(pdf()), "multipart/mixed text/plain application/pdf"),
        (new().inline(png()).attach(pdf()), "multipart/mixed image/png application/pdf"),
        (
            new().text("a").html("b").inline(png()).attach(pdf()).attach(pdf()),
            "multipart/mixed multipart/related multipart/alternative text/plain text/html image/png \
             application/pdf application/pdf",
        ),
        (new().body(Entity::mixed([Entity::text("a")]).unwrap()), "multipart/mixed text/plain"),
    ] {
        assert_eq!(outline(&message), expected);
    }
}

#[test]
fn a_text_is_a_message_with_three_fields_more() {
    let message = MessageBuilder::new(subject("Hello")).text("Hello,\nworld!\n");
    assert_eq!(
        String::from_utf8(message.to_vec(&Options::new(), &SEED).unwrap()).unwrap(),
        "Subject: Hello\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         Hello,\r\nworld!\r\n"
    );
}

#[test]
fn a_message_with_alternatives_ends_in_a_line_end() {
    let message = MessageBuilder::new(subject("Hello")).text("Hello!\r\n").html("<p>Hello!</p>");
    let expected = "Subject: Hello\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative;\r\n boundary=\"STEM00000000\"\r\n\r\n\
         --STEM00000000\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nHello!\r\n\r\n\
         --STEM00000000\r\nContent-Type: text/html; charset=us-ascii\r\n\r\n<p>Hello!</p>\r\n\
         --STEM00000000--\r\n";
    assert_eq!(
        String::from_utf8(message.to_vec(&Options::new(), &SEED).unwrap()).unwrap(),
        expected.replace("STEM", STEM)
    );
}

#[test]
fn the_seed_decides_about_the_boundaries_and_nothing_else() {
    let message = || {
        let builder = MessageBuilder::new(subject("Hello")).text("é").html("b").inline(png());
        builder.attach(pdf()).attach(Entity::digest([Entity::raw_message("A: b\n\nc")]).unwrap())
    };
    let octets = |seed| message().to_vec(&Options::new(), &[seed; 32]).unwrap();
    assert_eq!(octets(1), octets(1));
    assert_ne!(octets(1), octets(2));
    // Octets 1 and 2 in base 32.
    let neutral = |seed, stem| String::from_utf8(octets(seed)).unwrap().replace(stem, "STEM");
    let (one, two) =
        (neutral(1, "=_aeaqcaibaeaqcaibaeaqcaib_"), neutral(2, "=_aibaeaqcaibaeaqcaibaeaqc_"));
    assert!(one.contains("\"STEM00000003\""), "{one}");
    assert_eq!(one, two);
}

#[test]
fn a_boundary_that_a_content_has_is_passed_over() {
    let lines = format!("--{STEM}00000000\r\n--{STEM}00000001--\r\n{STEM}00000003\r\n--{STEM}");
    let parts = [Entity::text(&lines), Entity::digest([Entity::raw_message("A: b\n\nc")]).unwrap()];
    let text = written(&Entity::mixed(parts).unwrap());
    assert!(text.contains(&format!("boundary=\"{STEM}00000002\"")), "{text}");
    assert!(text.contains(&format!("boundary=\"{STEM}00000004\"")), "{text}");
    let message = Message::parse(text).unwrap();
    let texts: Vec<_> = message.root().children().map(|part| part.raw_body()).collect();
    assert_eq!(texts[0], lines.as_bytes());
    assert_eq!(message.parts().count(), 5);
}

/// A message that was built by the same seed, attached.
#[test]
fn a_message_can_hold_itself() {
    let mut raw = b"Subject: Hello\r\n\r\nHello".to_vec();
    for depth in 1..20 {
        let message = MessageBuilder::new(subject("Hello"));
        let message = message.text("See below").attach(Entity::raw_message(raw));
        raw = message.to_vec(&Options::new(), &SEED).unwrap();
        let read = Message::parse(&raw).unwrap();
        assert_eq!(read.parts().count(), 3 * depth + 1);
        assert!(read.all_defects().is_empty());
    }
}

#[test]
fn the_mime_version_of_the_caller_is_not_written_again() {
    let header = || HeaderBuilder::new().mime_version(&MimeVersion::ONE).unwrap();
    let message = MessageBuilder::new(header()).text("");
    let text = message.to_vec(&Options::new(), &SEED).unwrap();
    assert_eq!(text, b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n");
    let again = header().content_description("a").unwrap();
    let entity = Entity::text("").with_description("b").unwrap();
    let refused = MessageBuilder::new(again).body(entity).to_vec(&Options::new(), &SEED);
    assert_eq!(refused, Err(BuildError::Value(postrider_message::InvalidValue::Again)));
}

#[test]
fn fields_of_utf8_are_written_where_the_options_have_it() {
    let name = |header: HeaderBuilder| header.subject("Hello, Jürgen").unwrap();
    let entity = || Entity::text("Hello, Jürgen\n").with_description("Hello, Jürgen").unwrap();
    let utf8 = Options::new().with_utf8(true);
    let wide = MessageBuilder::new(name(HeaderBuilder::new().with_utf8(true))).body(entity());
    assert_eq!(
        String::from_utf8(wide.to_vec(&utf8, &SEED).unwrap()).unwrap(),
        "Subject: Hello, Jürgen\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\nContent-Description: Hello, Jürgen\r\n\r\nHello, Jürgen\r\n"
    );
    assert_eq!(wide.to_vec(&Options::new(), &SEED), Err(BuildError::NotAscii));
    let narrow = MessageBuilder::new(name(HeaderBuilder::new())).body(entity());
    assert_eq!(
        String::from_utf8(narrow.to_vec(&Options::new(), &SEED).unwrap()).unwrap(),
        "Subject: Hello, =?utf-8?Q?J=C3=BCrgen?=\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\
         Content-Description: Hello, =?utf-8?Q?J=C3=BCrgen?=\r\n\r\nHello, J=C3=BCrgen\r\n"
    );
}

#[test]
fn an_identifier_that_is_not_ascii_needs_utf8() {
    let id = MessageId::new("ü@example.org").unwrap();
    let entity = Entity::text("a").with_content_id(&id).unwrap();
    assert_eq!(entity.to_vec(&Options::new(), &SEED), Err(BuildError::NotAscii));
    let octets = entity.to_vec(&Options::new().with_utf8(true), &SEED).unwrap();
    assert!(String::from_utf8(octets).unwrap().contains("\r\nContent-ID: <ü@example.org>\r\n"));
}

#[test]
fn a_message_with_utf8_in_its_fields_is_a_global_one() {
    let inner =
        MessageBuilder::new(HeaderBuilder::new().with_utf8(true).subject("Hello, Jürgen").unwrap());
    let inner = inner.text("a\n");
    let entity = Entity::mixed([Entity::message(&inner).unwrap()]).unwrap();
    assert_eq!(entity.to_vec(&Options::new(), &SEED), Err(BuildError::NotAscii));
    let octets = entity.to_vec(&Options::new().with_utf8(true), &SEED).unwrap();
    let text = String::from_utf8(octets).unwrap();
    assert_eq!(
        text,
        "Content-Type: multipart/mixed; boundary=\"STEM00000000\"\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n--STEM00000000\r\n\
         Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         Subject: Hello, Jürgen\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         a\r\n\r\n--STEM00000000--"
            .replace("STEM", STEM)
    );
    let ascii = MessageBuilder::new(subject("Hello")).text("a");
    let text = written(&Entity::message(&ascii).unwrap());
    assert!(text.starts_with("Content-Type: message/rfc822\r\n\r\nSubject: Hello\r\n"), "{text}");
}

#[test]
fn entities_are_nested_no_deeper_than_the_options_have_it() {
    let nest = |depth| {
        let one = |entity, _| Entity::mixed([entity]).unwrap();
        (0..depth).fold(Entity::text("a"), one)
    };
    let options = Options::new().with_depth(3);
    assert!(nest(3).to_vec(&options, &SEED).is_ok());
    assert_eq!(nest(4).to_vec(&options, &SEED), Err(BuildError::Depth));
    assert!(nest(100).to_vec(&Options::new(), &SEED).is_ok());
    assert_eq!(nest(101).to_vec(&Options::new(), &SEED), Err(BuildError::Depth));
}

#[test]
fn a_tree_that_is_deeper_than_the_stack_is_written_copied_and_dropped() {
    let deep = (0..50_000).fold(Entity::text("a"), |one, _| Entity::mixed([one]).unwrap());
    let copy = deep.clone();
    drop(deep);
    assert!(!format!("{copy:?}").is_empty());
    let octets = copy.to_vec(&Options::new().with_depth(usize::MAX), &SEED).unwrap();
    assert!(octets.len() > 50_000 * STEM.len());
}
