//! Arbitrary values that can be written.

use std::boxed::Box;
use std::prelude::v1::*;

use bytes::Bytes;
use postrider_wire::Secret;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::command::{Command, StoreMode};
use crate::value::*;

/// Any octets but NUL, with those that need care more often than by chance.
fn text() -> impl Strategy<Value = Bytes> {
    let octet = prop_oneof![
        3 => b' '..=b'~',
        1 => prop::sample::select(b"\"\\\r\n{}()<>[]".to_vec()),
        1 => 1_u8..=255,
    ];
    prop_oneof![
        9 => vec(octet, 0..12).prop_map(Bytes::from),
        1 => (500_usize..530).prop_map(|n| Bytes::from(vec![b'x'; n])),
    ]
}

fn nstring() -> impl Strategy<Value = Option<Bytes>> {
    option::of(text())
}

fn address() -> impl Strategy<Value = Address> {
    (nstring(), nstring(), nstring(), nstring()).prop_map(|(name, route, mailbox, host)| Address {
        name,
        route,
        mailbox,
        host,
    })
}

fn addresses() -> impl Strategy<Value = Vec<Address>> {
    vec(address(), 0..3)
}

pub(super) fn envelope() -> impl Strategy<Value = Envelope> {
    let lists = (addresses(), addresses(), addresses(), addresses(), addresses(), addresses());
    (nstring(), nstring(), lists, nstring(), nstring()).prop_map(
        |(date, subject, (from, sender, reply_to, to, cc, bcc), in_reply_to, message_id)| {
            Envelope { date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id }
        },
    )
}

fn parameters() -> impl Strategy<Value = Parameters> {
    vec((text(), text()), 0..3)
}

fn disposition() -> impl Strategy<Value = Option<Disposition>> {
    option::of((text(), parameters()).prop_map(|(kind, list)| Disposition::new(kind, list)))
}

fn part_extension() -> impl Strategy<Value = PartExtension> {
    (nstring(), disposition(), vec(text(), 0..3), nstring()).prop_map(
        |(md5, disposition, language, location)| PartExtension {
            md5,
            disposition,
            language,
            location,
        },
    )
}

fn multipart_extension() -> impl Strategy<Value = MultipartExtension> {
    (parameters(), disposition(), vec(text(), 0..3), nstring()).prop_map(
        |(parameters, disposition, language, location)| MultipartExtension {
            parameters,
            disposition,
            language,
            location,
        },
    )
}

fn part(extended: bool) -> impl Strategy<Value = Part> {
    let extension =
        if extended { option::of(part_extension()).boxed() } else { Just(None).boxed() };
    let content =
        prop_oneof![Just(Content::Basic), any::<u64>().prop_map(|lines| Content::Text { lines }),];
    let names = (text(), text(), text());
    (names, parameters(), nstring(), nstring(), any::<u64>(), content, extension).prop_map(
        |((media_type, subtype, encoding), parameters, id, description, octets, content, it)| {
            let mut part = Part::new(media_type, subtype, encoding, octets);
            part.parameters = parameters;
            part.id = id;
            part.description = description;
            part.content = content;
            part.extension = it;
            part
        },
    )
}

pub(super) fn body(extended: bool) -> impl Strategy<Value = BodyStructure> {
    let leaf = part(extended).prop_map(BodyStructure::Single);
    leaf.prop_recursive(4, 12, 3, move |inner| {
        let message = (part(extended), envelope(), inner.clone(), any::<u64>()).prop_map(
            |(mut part, envelope, body, lines)| {
                let message = AttachedMessage::new(envelope, body, lines);
                part.content = Content::Message(Box::new(message));
                BodyStructure::Single(part)
            },
        );
        let extension =
            if extended { option::of(multipart_extension()).boxed() } else { Just(None).boxed() };
        let multi = (text(), vec(inner, 1..4), extension).prop_map(|(subtype, parts, it)| {
            let mut multi = Multipart::new(subtype, parts);
            multi.extension = it;
            BodyStructure::Multi(multi)
        });
        prop_oneof![message, multi]
    })
}

fn keyword() -> impl Strategy<Value = Keyword> {
    "[A-Za-z$][A-Za-z0-9$_.+&/=:-]{0,10}".prop_map(|name| Keyword::new(name).unwrap())
}

fn flag() -> impl Strategy<Value = Flag> {
    prop_oneof![
        Just(Flag::Answered),
        Just(Flag::Deleted),
        Just(Flag::Seen),
        Just(Flag::Draft),
        Just(Flag::Flagged),
        keyword().prop_map(Flag::Keyword),
        keyword().prop_map(|name| Flag::new(format!("\\x{name}")).unwrap()),
    ]
}

fn flags() -> impl Strategy<Value = Vec<Flag>> {
    vec(flag(), 0..4)
}

pub(super) fn mailbox() -> impl Strategy<Value = MailboxName> {
    "[^\\x00-\\x1f\\x7f]{0,12}".prop_map(|name| MailboxName::new(name).unwrap())
}

pub(super) fn append_message() -> impl Strategy<Value = AppendMessage> {
    (flags(), option::of(date()), any::<u64>()).prop_map(|(flags, date, octets)| AppendMessage {
        flags,
        date,
        octets,
    })
}

fn date() -> impl Strategy<Value = InternalDate> {
    (0_i64..200_000_000_000, -1439_i16..1440)
        .prop_map(|(seconds, zone)| InternalDate::from_unix(seconds, zone).unwrap())
}

pub(super) fn item() -> impl Strategy<Value = FetchItem> {
    let told = prop_oneof![flags(), Just(vec![Flag::Recent, Flag::Seen])];
    prop_oneof![
        envelope().prop_map(FetchItem::Envelope),
        told.prop_map(FetchItem::Flags),
        date().prop_map(FetchItem::InternalDate),
        any::<u64>().prop_map(FetchItem::Rfc822Size),
        any::<u32>().prop_map(FetchItem::Uid),
        body(false).prop_map(FetchItem::Body),
        body(true).prop_map(FetchItem::BodyStructure),
    ]
}

fn sequence_number() -> impl Strategy<Value = SequenceNumber> {
    prop_oneof![
        4 => (1_u32..20).prop_map(|n| n.try_into().unwrap()),
        1 => (1_u32..).prop_map(|n| n.try_into().unwrap()),
        1 => Just(SequenceNumber::Last),
    ]
}

pub(super) fn set() -> impl Strategy<Value = SequenceSet> {
    let range = prop_oneof![
        sequence_number().prop_map(SequenceRange::One),
        (sequence_number(), sequence_number()).prop_map(|(a, b)| SequenceRange::Between(a, b)),
    ];
    vec(range, 1..6).prop_map(|ranges| SequenceSet::new(ranges).unwrap())
}

fn field_names() -> impl Strategy<Value = Vec<FieldName>> {
    vec("[ -~]{1,12}".prop_map(|name| FieldName::new(name).unwrap()), 1..4)
}

pub(super) fn section() -> impl Strategy<Value = Section> {
    let piece = prop_oneof![
        Just(SectionText::Header),
        Just(SectionText::Text),
        Just(SectionText::Mime),
        field_names().prop_map(SectionText::HeaderFields),
        field_names().prop_map(SectionText::HeaderFieldsNot),
    ];
    (vec(1_u32.., 0..4), option::of(piece))
        .prop_filter_map("MIME needs a part", |(part, piece)| Section::new(part, piece).ok())
}

pub(super) fn body_section() -> impl Strategy<Value = BodySection> {
    prop_oneof![
        section().prop_map(BodySection::Section),
        Just(BodySection::Rfc822),
        Just(BodySection::Rfc822Header),
        Just(BodySection::Rfc822Text),
    ]
}

fn attributes() -> impl Strategy<Value = FetchAttributes> {
    let partial = (any::<u64>(), 1_u64..).prop_map(|(o, n)| Partial::new(o, n).unwrap());
    let streamed =
        (section(), any::<bool>(), option::of(partial)).prop_map(|(section, peek, partial)| {
            FetchAttribute::BodySection { section, peek, partial }
        });
    let simple = prop::sample::select(vec![
        FetchAttribute::Envelope,
        FetchAttribute::Flags,
        FetchAttribute::InternalDate,
        FetchAttribute::Rfc822Size,
        FetchAttribute::Uid,
        FetchAttribute::Body,
        FetchAttribute::BodyStructure,
        FetchAttribute::Rfc822,
        FetchAttribute::Rfc822Header,
        FetchAttribute::Rfc822Text,
    ]);
    prop_oneof![
        Just(FetchAttributes::All),
        Just(FetchAttributes::Fast),
        Just(FetchAttributes::Full),
        vec(prop_oneof![streamed, simple], 1..4).prop_map(FetchAttributes::List),
    ]
}

pub(super) fn command() -> impl Strategy<Value = Command> {
    let mode = prop::sample::select(vec![StoreMode::Replace, StoreMode::Add, StoreMode::Remove]);
    prop_oneof![
        Just(Command::Capability),
        Just(Command::Noop),
        Just(Command::Logout),
        Just(Command::Idle),
        Just(Command::Compress),
        Just(Command::StartTls),
        (text(), text()).prop_map(|(user, password)| Command::Login {
            user,
            password: Secret::new(password.to_vec()),
        }),
        (mailbox(), any::<bool>())
            .prop_map(|(mailbox, read_only)| Command::Select { mailbox, read_only }),
        (set(), attributes(), any::<bool>()).prop_map(|(set, attributes, uid)| Command::Fetch {
            set,
            attributes,
            uid
        }),
        (set(), mode, any::<bool>(), flags(), any::<bool>()).prop_map(
            |(set, mode, silent, flags, uid)| Command::Store { set, mode, silent, flags, uid },
        ),
    ]
}

pub(super) fn status() -> impl Strategy<Value = Status> {
    let kind = prop::sample::select(vec![
        StatusKind::Ok,
        StatusKind::No,
        StatusKind::Bad,
        StatusKind::PreAuth,
        StatusKind::Bye,
    ]);
    let code = prop_oneof![
        Just(Code::Alert),
        Just(Code::ReadOnly),
        Just(Code::ReadWrite),
        Just(Code::PrivacyRequired),
        Just(Code::AuthenticationFailed),
        Just(Code::Unavailable),
        Just(Code::NonExistent),
        Just(Code::TooBig),
        Just(Code::TryCreate),
        Just(Code::CompressionActive),
        (any::<u32>(), set()).prop_map(|(validity, uids)| Code::AppendUid { validity, uids }),
        any::<u32>().prop_map(Code::UidNext),
        any::<u32>().prop_map(Code::UidValidity),
        any::<u32>().prop_map(Code::Unseen),
        vec(keyword().prop_map(Capability::new), 1..4)
            .prop_filter("] ends the code", |list| list
                .iter()
                .all(|one| !one.name().contains(&b']')))
            .prop_map(Code::Capability),
        flags().prop_map(Code::PermanentFlags),
    ];
    (kind, option::of(code), "[!-Z^-~]([ -~]{0,20}[!-~])?").prop_map(|(kind, code, text)| Status {
        kind,
        code,
        text: Text::new(text).unwrap(),
    })
}
