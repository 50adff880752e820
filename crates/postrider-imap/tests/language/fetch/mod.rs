//! FETCH: what it asks and what it answers, with ENVELOPE and BODYSTRUCTURE.

mod bombs;
mod examples;
mod mailkit;
mod shape;
pub(crate) mod strategies;

use postrider_imap::Limits;
use postrider_imap::{
    BodySection, BodyStructure, Command, Envelope, FetchItem, MessageNumber, Quirk, Quirks,
    Response, ResponsePart, ResponseReader, Tag, TaggedCommand,
};
use proptest::option;
use proptest::prelude::*;

use crate::status::{non_zero, uid};
use crate::store::{message_set, options};
use strategies::{attributes, body, body_section, envelope, items, modifiers, own_envelope};

/// The items of a FETCH response with this inside its parentheses, and what was forgiven.
fn read(items: &str, forgiven: Quirks) -> Option<(Vec<FetchItem>, Quirks)> {
    let line = format!("* 1 FETCH ({items})\r\n");
    match Response::parse(line.as_bytes(), &Limits::default(), forgiven) {
        Ok((Response::Fetch { items, .. }, met)) => Some((items, met)),
        _ => None,
    }
}

/// The only item of a FETCH response, as a tolerant reader reads it.
fn tolerant(item: &str) -> (FetchItem, Quirks) {
    let (mut items, met) = read(item, Quirks::tolerant()).unwrap_or_else(|| panic!("{item}"));
    assert_eq!(items.len(), 1, "{item}");
    (items.remove(0), met)
}

/// As a strict reader reads it.
fn strict(item: &str) -> FetchItem {
    let (mut items, met) = read(item, Quirks::strict()).unwrap_or_else(|| panic!("{item}"));
    assert!(met.is_empty() && items.len() == 1, "{item}");
    items.remove(0)
}

fn strict_envelope(text: &str) -> Envelope {
    match strict(&format!("ENVELOPE {text}")) {
        FetchItem::Envelope(envelope) => envelope,
        other => panic!("{text}: {other:?}"),
    }
}

fn tolerant_envelope(text: &str) -> (Envelope, Quirks) {
    match tolerant(&format!("ENVELOPE {text}")) {
        (FetchItem::Envelope(envelope), met) => (envelope, met),
        other => panic!("{text}: {other:?}"),
    }
}

fn strict_body(text: &str) -> BodyStructure {
    match strict(&format!("BODYSTRUCTURE {text}")) {
        FetchItem::BodyStructure(body) => body,
        other => panic!("{text}: {other:?}"),
    }
}

fn tolerant_body(text: &str) -> (BodyStructure, Quirks) {
    match tolerant(&format!("BODYSTRUCTURE {text}")) {
        (FetchItem::BodyStructure(body), met) => (body, met),
        other => panic!("{text}: {other:?}"),
    }
}

/// What a strict reader refuses in items that are written: dates that are none, and MODSEQ 0.
fn forgiven() -> Quirks {
    Quirks::strict().with(Quirk::Nil).with(Quirk::Number).with(Quirk::AtomOctet)
}

proptest! {
    #[test]
    fn what_fetch_answers_reads_back(number in non_zero(), uid in uid(), items in items()) {
        let number = MessageNumber::from(number);
        let fetch = Response::Fetch { number, items: items.clone() };
        for response in [fetch, Response::UidFetch { uid, items }] {
            let mut octets = Vec::new();
            response.write(&mut octets);
            let read = Response::parse(&octets, &Limits::default(), forgiven());
            prop_assert_eq!(read.map(|(read, _)| read).ok(), Some(response));
        }
    }

    #[test]
    fn the_name_of_octets_reads_back(section in body_section(), origin in option::of(any::<u64>())) {
        let mut octets = b"* 1 FETCH (".to_vec();
        section.write(&mut octets, origin);
        octets.extend_from_slice(b" {3}\r\nabc)\r\n");
        let mut reader = ResponseReader::new(&Limits::default(), Quirks::strict());
        let mut rest = &octets[..];
        let begin = loop {
            let step = reader.read(rest);
            prop_assert!(!step.is_starved());
            rest = &rest[step.octets..];
            if let Some(part) = step.part {
                break part;
            }
        };
        let ResponsePart::BodyBegin { section: read, origin: from, declared, .. } = begin else {
            return Err(TestCaseError::fail(format!("{begin:?}")));
        };
        let bracketed = matches!(section, BodySection::Section(_) | BodySection::Binary(_));
        let origin = origin.filter(|_| bracketed);
        prop_assert_eq!((read, from, declared), (section, origin, Some(3)));
    }

    #[test]
    fn what_fetch_asks_reads_back(
        set in message_set(),
        uid: bool,
        attributes in attributes(),
        modifiers in modifiers(),
        options in options(),
    ) {
        let tag = Tag::new("a1").expect("a tag");
        let command = Command::Fetch { set, uid, attributes, modifiers };
        let command = TaggedCommand { tag, command };
        let written = command.encode(options);
        let limits = Limits::default();
        let read = TaggedCommand::parse(written.octets.expose(), &limits, Quirks::strict());
        prop_assert_eq!(read.map(|(read, _)| read).ok(), Some(command));
    }

    #[test]
    fn an_envelope_says_what_it_was_made_of(own in own_envelope()) {
        own.fields(|fields| {
            let envelope = Envelope::new(fields);
            prop_assert_eq!(envelope.date(), fields.date);
            prop_assert_eq!(envelope.subject(), fields.subject);
            prop_assert_eq!(envelope.in_reply_to(), fields.in_reply_to);
            prop_assert_eq!(envelope.message_id(), fields.message_id);
            prop_assert_eq!(envelope.from().collect::<Vec<_>>(), fields.from);
            prop_assert_eq!(envelope.sender().collect::<Vec<_>>(), fields.sender);
            prop_assert_eq!(envelope.reply_to().collect::<Vec<_>>(), fields.reply_to);
            prop_assert_eq!(envelope.to().collect::<Vec<_>>(), fields.to);
            prop_assert_eq!(envelope.cc().collect::<Vec<_>>(), fields.cc);
            prop_assert_eq!(envelope.bcc().collect::<Vec<_>>(), fields.bcc);
            prop_assert_eq!(envelope.view().to_envelope(), envelope);
            Ok(())
        })?;
    }

    #[test]
    fn different_envelopes_are_different(one in envelope(), other in envelope()) {
        prop_assert_eq!(one == other, format!("{one:?}") == format!("{other:?}"));
        prop_assert_eq!(&one.clone(), &one);
    }

    #[test]
    fn different_structures_are_different(one in body(true), other in body(true)) {
        prop_assert_eq!(one == other, format!("{one:?}") == format!("{other:?}"));
        prop_assert_eq!(&one.clone(), &one);
    }
}
