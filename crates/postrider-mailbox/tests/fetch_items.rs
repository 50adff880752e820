//! The items of the extensions: MODSEQ and the modifiers (RFC 7162, RFC 9394), EMAILID and THREADID
//! (RFC 8474), SAVEDATE (RFC 8514), PREVIEW (RFC 8970).

mod common;

use core::num::NonZeroU32;

use common::read;
use postrider_imap::{
    Atom, Code, FetchAttribute as Attribute, FetchItem, FetchModifiers, Flag, InternalDate, ModSeq,
    ObjectId, PartialRange, PlainCode, Section, Uid,
};
use postrider_mailbox::{Answer, Fetch, FetchError, Metadata, Need, Source};
use postrider_mime::Message;

fn metadata(uid: u32) -> Metadata {
    Metadata::new(Uid::new(uid).unwrap(), [], InternalDate::from_unix(0, 0).unwrap(), 100)
}

fn mod_seq(value: u64) -> ModSeq {
    ModSeq::new(value).unwrap()
}

fn told(fetch: &Fetch, metadata: &Metadata, source: Source<'_>) -> Vec<FetchItem> {
    let item = |answer| match answer {
        Answer::Item(item) => item,
        Answer::Body(body) => panic!("no octets were asked for: {body:?}"),
    };
    fetch.answer(metadata, source).unwrap().map(item).collect()
}

fn bare(fetch: &Fetch, metadata: &Metadata) -> Vec<FetchItem> {
    assert_eq!(fetch.need(), Need::Metadata);
    told(fetch, metadata, Source::metadata())
}

#[test]
fn example_13_of_rfc_7162_tells_the_mod_seq_of_each_message() {
    let fetch = Fetch::new(Attribute::ModSeq);
    for (value, expected) in [
        (624_140_003, "MODSEQ (624140003)"),
        (624_140_007, "MODSEQ (624140007)"),
        (624_140_005, "MODSEQ (624140005)"),
    ] {
        let metadata = metadata(1).with_mod_seq(mod_seq(value));
        assert_eq!(bare(&fetch, &metadata), read(expected));
    }
}

/// `C: s100 UID FETCH 1:* (FLAGS) (CHANGEDSINCE 12345)`
#[test]
fn example_12_of_rfc_7162_tells_what_has_changed_and_its_mod_seq() {
    let since = FetchModifiers::new().with_changed_since(mod_seq(12_345));
    let fetch = Fetch::new(Attribute::Flags).by_uid().with_modifiers(&since).unwrap();
    // RFC 7162 §3.1.4.1: "only returned for messages that have a mod-sequence bigger than".
    for (value, wanted) in [(12_344, false), (12_345, false), (12_346, true), (65_402, true)] {
        let metadata = metadata(7).with_mod_seq(mod_seq(value));
        assert_eq!(fetch.is_wanted(&metadata), Ok(wanted), "{value}");
    }
    let mut metadata = metadata(4).with_mod_seq(mod_seq(65_402));
    metadata.flags = [Flag::Seen].into();
    let mut expected = read(r"UID 4 MODSEQ (65402) FLAGS (\Seen)");
    // The order of the items means nothing.
    expected.swap(1, 2);
    assert_eq!(bare(&fetch, &metadata), expected);
    // MODSEQ that is asked for besides is told once.
    let both = Fetch::new(vec![Attribute::ModSeq, Attribute::Flags]);
    let both = both.with_modifiers(&since).unwrap();
    assert_eq!(both.attributes(), [Attribute::ModSeq, Attribute::Flags]);
}

#[test]
fn a_mailbox_without_mod_seqs_refuses_them() {
    // RFC 7162 §3.1.2.2: "MUST reject (with a tagged BAD response)".
    let asked = Fetch::new(Attribute::ModSeq);
    let refused = asked.answer(&metadata(1), Source::metadata()).map(Iterator::count);
    assert_eq!(refused, Err(FetchError::NoModSeq));
    let since = FetchModifiers::new().with_changed_since(mod_seq(1));
    let fetch = Fetch::new(Attribute::Flags).with_modifiers(&since).unwrap();
    assert_eq!(fetch.is_wanted(&metadata(1)), Err(FetchError::NoModSeq));
    assert!(FetchError::NoModSeq.is_bad() && FetchError::NoModSeq.code().is_none());
    assert_eq!(Fetch::new(Attribute::Flags).is_wanted(&metadata(1)), Ok(true));
}

#[test]
fn vanished_needs_uids_and_changedsince() {
    // RFC 7162 §3.2.6
    let flags = || Fetch::new(Attribute::Flags);
    let since = FetchModifiers::new().with_changed_since(mod_seq(12_345));
    let vanished = since.clone().with_vanished();
    assert_eq!(flags().with_modifiers(&vanished), Err(FetchError::NeedsUid));
    let alone = FetchModifiers::new().with_vanished();
    assert_eq!(flags().by_uid().with_modifiers(&alone), Err(FetchError::NeedsChangedSince));
    let fetch = flags().by_uid().with_modifiers(&vanished).unwrap();
    assert_eq!(fetch.vanished_since(), Some(mod_seq(12_345)));
    let fetch = flags().by_uid().with_modifiers(&since).unwrap();
    assert_eq!(fetch.vanished_since(), None);
}

#[test]
fn partial_chooses_places_of_the_list_and_needs_uids() {
    let place = |number| NonZeroU32::new(number).unwrap();
    let first = |one, other| PartialRange::First(place(one), place(other));
    let last = |one, other| PartialRange::Last(place(one), place(other));
    // RFC 9394 §3.1 (23,764 results), §3.3, and the notes of §4.
    for (range, messages, expected) in [
        (last(1, 100), 23_764, 23_664..23_764),
        (first(23_500, 24_000), 23_764, 23_499..23_764),
        (first(1, 500), 23_764, 0..500),
        (first(24_000, 24_500), 23_764, 23_764..23_764),
        (last(1, 3), 701, 698..701),
        (first(1, 5), 701, 0..5),
        (first(500, 400), 1000, 399..500),
        (last(500, 400), 1000, 500..601),
        (last(400, 500), 1000, 500..601),
        (last(11, 20), 10, 0..0),
        (last(u32::MAX, u32::MAX), 3, 0..0),
        (first(u32::MAX, 1), u32::MAX, 0..u32::MAX),
        (last(1, 1), 0, 0..0),
    ] {
        let partial = FetchModifiers::new().with_partial(range);
        let fetch = Fetch::new(Attribute::Flags).by_uid().with_modifiers(&partial).unwrap();
        assert_eq!(fetch.places(messages), expected, "{range:?} of {messages}");
        let numbered = Fetch::new(Attribute::Flags).with_modifiers(&partial);
        assert_eq!(numbered, Err(FetchError::NeedsUid));
    }
    assert_eq!(Fetch::new(Attribute::Flags).places(3), 0..3);
}

#[test]
fn an_unknown_modifier_is_refused() {
    let others = vec![(Atom::new("X-NEW").unwrap(), None)];
    let modifiers = FetchModifiers::new().with_others(others);
    let fetch = Fetch::new(Attribute::Flags).with_modifiers(&modifiers);
    assert_eq!(fetch, Err(FetchError::UnknownModifier));
}

#[test]
fn an_unknown_attribute_is_refused_before_anything_is_told() {
    for unknown in [Attribute::GmailLabels, Attribute::GmailMessageId, Attribute::GmailThreadId] {
        let fetch = Fetch::new(vec![Attribute::Flags, unknown.clone()]);
        assert_eq!(fetch.unknown(), Some(&unknown));
        let refused = fetch.answer(&metadata(1), Source::metadata()).map(Iterator::count);
        assert_eq!(refused, Err(FetchError::UnknownAttribute));
        assert!(FetchError::UnknownAttribute.is_bad());
    }
    assert_eq!(Fetch::new(Attribute::Flags).unknown(), None);
}

#[test]
fn the_examples_of_rfc_8474_are_told() {
    let fetch = Fetch::new(vec![Attribute::EmailId, Attribute::ThreadId]);
    let id = |id: &'static str| ObjectId::new(id).unwrap();
    let message = metadata(1).with_email_id(id("M6d99ac3275bb4e"));
    let threaded = message.clone().with_thread_id(id("T64b478a75b7ea9"));
    let expected = read("EMAILID (M6d99ac3275bb4e) THREADID (T64b478a75b7ea9)");
    assert_eq!(bare(&fetch, &threaded), expected);
    // §5.2: "it MUST return NIL to all FETCH responses for the THREADID data item".
    assert_eq!(bare(&fetch, &message), read("EMAILID (M6d99ac3275bb4e) THREADID NIL"));
    // There is no NIL for EMAILID.
    let refused = fetch.answer(&metadata(1), Source::metadata()).map(Iterator::count);
    assert_eq!(refused, Err(FetchError::UnknownAttribute));
}

#[test]
fn the_example_of_rfc_8514_is_told_and_nil_where_nothing_is_kept() {
    let fetch = Fetch::new(Attribute::SaveDate);
    let date = InternalDate::new([2015, 1, 1], [18, 50, 53], 60).unwrap();
    let expected = read(r#"SAVEDATE "01-Jan-2015 18:50:53 +0100""#);
    assert_eq!(bare(&fetch, &metadata(1).with_save_date(date)), expected);
    assert_eq!(bare(&fetch, &metadata(1)), read("SAVEDATE NIL"));
}

/// The examples of RFC 8970 §3.2 and §5.
#[test]
fn a_preview_is_told_and_nil_only_where_it_is_lazy() {
    let plain = Fetch::new(Attribute::Preview { lazy: false });
    let lazy = Fetch::new(Attribute::Preview { lazy: true });
    assert_eq!((plain.need(), lazy.need()), (Need::Message, Need::Metadata));
    assert_eq!(plain.need_beside_preview(), Need::Metadata);
    let message = Message::parse("Subject: x\r\n\r\nPreview\r\ntext!\r\n").unwrap();
    let expected = read(r#"PREVIEW "Preview text!""#);
    assert_eq!(told(&plain, &metadata(1), Source::message(&message)), expected);
    assert_eq!(told(&lazy, &metadata(1), Source::message(&message)), expected);
    // What the store has is told without the message, by both.
    let stored = Source::metadata().with_preview("Preview text for message 1.");
    let expected = read(r#"PREVIEW "Preview text for message 1.""#);
    assert_eq!(told(&plain, &metadata(1), stored), expected);
    assert_eq!(told(&lazy, &metadata(1), stored), expected);
    // "If ... the server is unable to return preview data without undue delay, the server MUST
    // return NIL"; "A server MUST NOT return NIL to a FETCH PREVIEW request made without".
    assert_eq!(told(&lazy, &metadata(3), Source::metadata()), read("PREVIEW NIL"));
    let refused = plain.answer(&metadata(3), Source::metadata()).map(Iterator::count);
    let Err(FetchError::NotEnough(missing)) = refused else { panic!("the octets are needed") };
    assert_eq!(missing.need, Need::Message);
    // "In such cases, the server MUST return a zero-length string."
    let image = Message::parse("Content-Type: image/gif\r\n\r\nGIF89a\r\n").unwrap();
    assert_eq!(told(&plain, &metadata(2), Source::message(&image)), read(r#"PREVIEW """#));
    assert!(!plain.sets_seen());
}

#[test]
fn a_preview_has_at_most_200_characters_and_one_that_is_stored_256() {
    // RFC 8970 §3.3
    let fetch = Fetch::new(Attribute::Preview { lazy: false });
    let long = "ä".repeat(300);
    let mail = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{long}\r\n");
    let message = Message::parse(mail).unwrap();
    for (source, characters) in [
        (Source::message(&message), 200),
        (Source::metadata().with_preview(&long), 256),
        (Source::metadata().with_preview(""), 0),
    ] {
        let told = told(&fetch, &metadata(1), source);
        let expected = "ä".repeat(characters).into();
        assert_eq!(told, [FetchItem::Preview(Some(expected))]);
    }
}

#[test]
fn flags_that_follow_bring_the_mod_seq_that_they_made() {
    // RFC 7162 §3.1: "the server MUST include mod-sequence data in all subsequent untagged FETCH
    // responses", those of an implicit \Seen among them.
    let flags = || FetchItem::Flags([Flag::Seen].into());
    let metadata = metadata(1).with_mod_seq(mod_seq(5));
    for (asked, expected) in [
        (vec![], vec![flags(), FetchItem::ModSeq(mod_seq(6))]),
        (vec![Attribute::ModSeq], vec![FetchItem::ModSeq(mod_seq(6)), flags()]),
    ] {
        let attributes = asked.into_iter().chain([Attribute::body(Section::all())]);
        let fetch = Fetch::new(attributes.collect::<Vec<_>>());
        let answers = fetch.answer(&metadata, Source::metadata()).unwrap();
        assert!(answers.becomes_seen());
        let items = answers.seen_at(mod_seq(6)).filter_map(|answer| match answer {
            Answer::Item(item) => Some(item),
            Answer::Body(_) => None,
        });
        assert_eq!(items.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn an_unknown_encoding_has_the_code_of_its_refusal() {
    let code = FetchError::UnknownCte.code();
    assert_eq!(code, Some(Code::Plain(PlainCode::UnknownCte)));
    assert!(!FetchError::UnknownCte.is_bad());
}
