//! FETCH as a whole: order, `\Seen`, and how much of a message is needed.

use postrider_imap::{
    BodySection, FetchAttribute as Attribute, FetchItem, Flag, FlagSet, InternalDate, Section,
    SectionText, SequenceSet, Uid,
};
use postrider_mailbox::{
    Answer, Fetch, FetchError, Metadata, Need, Octets, Source, numbers, numbers_by_uid,
};
use postrider_message::HeaderSection;
use postrider_mime::Message;

const MAIL: &str = "Subject: one\r\n\r\nHello\r\n";

fn uid(uid: u32) -> Uid {
    Uid::new(uid).unwrap()
}

fn set(flags: &[Flag]) -> FlagSet {
    flags.iter().cloned().collect()
}

fn metadata(flags: &[Flag], size: u64) -> Metadata {
    Metadata::new(uid(559), set(flags), InternalDate::from_unix(0, 0).unwrap(), size)
}

fn answers(fetch: &Fetch, flags: &[Flag]) -> (Vec<Answer>, bool) {
    let message = Message::parse(MAIL).unwrap();
    let metadata = metadata(flags, MAIL.len() as u64);
    let answers = fetch.answer(&metadata, Source::message(&message)).unwrap();
    let becomes_seen = answers.becomes_seen();
    (answers.collect(), becomes_seen)
}

fn flags(flags: &[Flag]) -> Answer {
    Answer::Item(FetchItem::Flags(set(flags)))
}

fn named(name: &BodySection, range: core::ops::Range<u64>) -> impl Fn(&Answer) -> bool {
    let name = name.clone();
    move |answer| match answer {
        Answer::Body(body) => {
            body.name == name && body.octets == Some(Octets::Stored(range.clone()))
        }
        Answer::Item(_) => false,
    }
}

#[test]
fn answers_come_in_the_order_of_the_attributes_and_values_once() {
    let asked =
        vec![Attribute::Uid, Attribute::Rfc822Header, Attribute::Rfc822Size, Attribute::Uid];
    let (told, _) = answers(&Fetch::new(asked), &[]);
    assert_eq!(told.len(), 3);
    assert_eq!(told[0], Answer::Item(FetchItem::Uid(uid(559))));
    assert!(named(&BodySection::Rfc822Header, 0..16)(&told[1]));
    assert_eq!(told[2], Answer::Item(FetchItem::Rfc822Size(23)));
}

#[test]
fn a_section_that_is_asked_for_twice_is_answered_once() {
    let text = Attribute::body(Section::text());
    let asked = vec![text.clone(), Attribute::peek(Section::header()), text];
    let (told, _) = answers(&Fetch::new(asked), &[Flag::Seen]);
    assert_eq!(told.len(), 2);
    assert!(named(&BodySection::Section(Section::text()), 16..23)(&told[0]));
    assert!(named(&BodySection::Section(Section::header()), 0..16)(&told[1]));
}

#[test]
fn uid_fetch_tells_the_uid_asked_or_not() {
    let uid = Answer::Item(FetchItem::Uid(uid(559)));
    let (told, _) = answers(&Fetch::new(Attribute::Flags).by_uid(), &[]);
    assert_eq!(told, [uid.clone(), flags(&[])]);
    let (told, _) = answers(&Fetch::new(vec![Attribute::Flags, Attribute::Uid]).by_uid(), &[]);
    assert_eq!(told, [flags(&[]), uid]);
}

#[test]
fn only_unpeeked_octets_make_a_message_seen() {
    let text = Section::text();
    for (attribute, sets) in [
        (Attribute::body(Section::all()), true),
        (Attribute::body(text.clone()), true),
        (Attribute::Rfc822, true),
        (Attribute::Rfc822Text, true),
        (Attribute::Rfc822Header, false),
        (Attribute::peek(text), false),
        (Attribute::BodyStructure, false),
        (Attribute::Envelope, false),
    ] {
        let fetch = Fetch::new(attribute.clone());
        assert_eq!((fetch.sets_seen(), answers(&fetch, &[]).1), (sets, sets), "{attribute:?}");
        assert!(!fetch.read_only().sets_seen());
    }
}

#[test]
fn flags_follow_when_the_message_becomes_seen() {
    let fetch = Fetch::new(Attribute::body(Section::all()));
    let (told, seen) = answers(&fetch, &[Flag::Flagged]);
    assert!(seen && named(&BodySection::Section(Section::all()), 0..23)(&told[0]));
    assert_eq!(told[1..], [flags(&[Flag::Flagged, Flag::Seen])]);
    // Seen before: nothing changes, nothing follows.
    let (told, seen) = answers(&fetch, &[Flag::Seen]);
    assert_eq!((told.len(), seen), (1, false));
    // Read only: neither.
    assert_eq!(answers(&fetch.read_only(), &[]).0.len(), 1);
}

#[test]
fn flags_that_are_asked_for_are_told_once_and_as_they_become() {
    let fetch = Fetch::new(vec![Attribute::Flags, Attribute::Rfc822]);
    let (told, seen) = answers(&fetch, &[]);
    assert_eq!((told.len(), seen), (2, true));
    assert_eq!(told[0], flags(&[Flag::Seen]));
}

#[test]
fn a_section_that_is_not_there_is_nil() {
    let section = Section::new(vec![2], None).unwrap();
    let (told, _) = answers(&Fetch::new(Attribute::peek(section)), &[]);
    let Answer::Body(body) = &told[0] else { panic!("a body: {told:?}") };
    assert_eq!(body.octets, None);
}

#[test]
fn a_message_of_any_size_needs_only_its_header_for_the_usual() {
    let size = 5 << 30;
    let header = HeaderSection::parse("Subject: one\r\n\r\n");
    let asked = vec![
        Attribute::Rfc822Size,
        Attribute::Envelope,
        Attribute::body(Section::header()),
        Attribute::body(Section::text()),
        Attribute::body(Section::all()),
    ];
    let fetch = Fetch::new(asked);
    assert_eq!(fetch.need(), Need::Header);
    let metadata = metadata(&[Flag::Seen], size);
    let told: Vec<_> = fetch.answer(&metadata, Source::header(header.headers())).unwrap().collect();
    assert_eq!(told[0], Answer::Item(FetchItem::Rfc822Size(size)));
    assert!(named(&BodySection::Section(Section::header()), 0..16)(&told[2]));
    assert!(named(&BodySection::Section(Section::text()), 16..size)(&told[3]));
    assert!(named(&BodySection::Section(Section::all()), 0..size)(&told[4]));
}

#[test]
fn less_than_what_is_needed_is_refused() {
    let fields = SectionText::HeaderFields(vec![postrider_imap::FieldName::new("To").unwrap()]);
    let metadata = metadata(&[], 0);
    for (attribute, need) in [
        (Attribute::Flags, Need::Metadata),
        (Attribute::Rfc822, Need::Metadata),
        (Attribute::body(Section::all()), Need::Metadata),
        (Attribute::peek(Section::new(vec![], Some(fields)).unwrap()), Need::Header),
        (Attribute::Rfc822Text, Need::Header),
        (Attribute::Body, Need::Message),
        (Attribute::peek(Section::new(vec![1], None).unwrap()), Need::Message),
    ] {
        let fetch = Fetch::new(vec![Attribute::Flags, attribute.clone()]);
        assert_eq!(fetch.need(), need, "{attribute:?}");
        let header = HeaderSection::parse("To: x\r\n\r\n");
        for (source, has) in
            [(Source::metadata(), Need::Metadata), (Source::header(header.headers()), Need::Header)]
        {
            let answer = fetch.answer(&metadata, source).map(|answers| answers.count());
            let missing = match answer {
                Err(FetchError::NotEnough(not_enough)) => Some(not_enough.need),
                _ => None,
            };
            assert_eq!(missing, (has < need).then_some(need));
        }
    }
}

#[test]
fn header_and_message_give_the_same_sections() {
    let names = || vec![postrider_imap::FieldName::new("subject").unwrap()];
    let pieces = [
        SectionText::Header,
        SectionText::Text,
        SectionText::HeaderFields(names()),
        SectionText::HeaderFieldsNot(names()),
    ];
    for mail in
        [MAIL, "From me\r\nSubject: x\r\nno colon\r\n\r\nbody", "Subject: x\r\n", "", "\r\n"]
    {
        let (message, header) = (Message::parse(mail).unwrap(), HeaderSection::parse(mail));
        let sections =
            pieces.iter().map(|piece| Section::new(vec![], Some(piece.clone())).unwrap());
        let list: Vec<_> = sections.chain([Section::all()]).map(Attribute::peek).collect();
        let (fetch, metadata) = (Fetch::new(list), metadata(&[], mail.len() as u64));
        let of = |source| fetch.answer(&metadata, source).unwrap().collect::<Vec<_>>();
        assert_eq!(of(Source::header(header.headers())), of(Source::message(&message)), "{mail:?}");
    }
}

#[test]
fn sequence_sets_name_messages_that_exist_in_ascending_order() {
    for (set, exists, expected) in [
        ("1", 0, &[][..]),
        ("1:*", 0, &[]),
        ("*", 3, &[3]),
        ("5:*", 3, &[3]),
        ("4", 3, &[]),
        ("3:1,2", 3, &[1, 2, 3]),
        ("4294967295:2", 3, &[2, 3]),
        ("2,1,2", 3, &[1, 2]),
    ] {
        let set = SequenceSet::parse(set).unwrap();
        assert_eq!(
            numbers(&set, exists).map(u32::from).collect::<Vec<_>>(),
            expected,
            "{set} of {exists}"
        );
    }
}

#[test]
fn a_bomb_of_sequence_sets_costs_what_exists() {
    let text = vec!["1:4294967295"; 10_000].join(",");
    let set = SequenceSet::parse(&text).unwrap();
    assert_eq!(numbers(&set, 3).count(), 3);
    assert_eq!(numbers_by_uid(&set, &[uid(5), uid(4_294_967_295)]).count(), 2);
}

#[test]
fn uids_name_messages_by_their_place() {
    let uids = [3, 5, 8, 4_000_000_000].map(uid);
    for (set, expected) in [
        ("1:4", &[1][..]),
        ("4", &[]),
        ("8,3", &[1, 3]),
        ("*", &[4]),
        ("4294967295:*", &[4]),
        ("5:8", &[2, 3]),
    ] {
        let set = SequenceSet::parse(set).unwrap();
        assert_eq!(
            numbers_by_uid(&set, &uids).map(u32::from).collect::<Vec<_>>(),
            expected,
            "{set}"
        );
    }
    assert_eq!(numbers_by_uid(&SequenceSet::all(), &[]).count(), 0);
}
