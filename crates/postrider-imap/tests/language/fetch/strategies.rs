//! Arbitrary values of FETCH.

use bytes::Bytes;
use postrider_imap::{
    Address, BodySection, BodyStructure, BodyStructureBuilder, Envelope, EnvelopeFields,
    ExtensionFields, FetchAttribute, FetchAttributes, FetchItem, FetchModifiers, FieldName,
    InternalDate, MultipartFields, PartFields, Partial, Raw, Section, SectionText,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::search::partial_range;
use crate::status::{flag_set, mod_seq, uid};

/// Any octets, with those that need care more often than by chance.
pub(crate) fn text() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![
        6 => b' '..=b'~',
        2 => select(b"\"\\\r\n{}()<>[] ".to_vec()),
        1 => any::<u8>(),
    ];
    prop_oneof![
        9 => vec(octet, 0..40),
        3 => "[a-zA-Z0-9@. -]{0,80}".prop_map(String::into_bytes),
        1 => (1000_usize..1100).prop_map(|len| vec![b'x'; len]),
    ]
}

fn nstring() -> impl Strategy<Value = Option<Vec<u8>>> {
    option::of(text())
}

type OwnAddress = [Option<Vec<u8>>; 4];

/// An envelope as plain values.
#[derive(Clone, Debug)]
pub(crate) struct OwnEnvelope {
    strings: [Option<Vec<u8>>; 4],
    lists: [Vec<OwnAddress>; 6],
}

pub(crate) fn own_envelope() -> impl Strategy<Value = OwnEnvelope> {
    let list = || vec(address(), 0..3);
    ([nstring(), nstring(), nstring(), nstring()], [list(), list(), list(), list(), list(), list()])
        .prop_map(|(strings, lists)| OwnEnvelope { strings, lists })
}

fn address() -> impl Strategy<Value = OwnAddress> {
    [nstring(), nstring(), nstring(), nstring()]
}

impl OwnEnvelope {
    /// Calls `with` with the fields.
    pub(crate) fn fields<T>(&self, with: impl FnOnce(&EnvelopeFields<'_>) -> T) -> T {
        let lists: Vec<Vec<Address<'_>>> = self
            .lists
            .iter()
            .map(|list| {
                list.iter()
                    .map(|[name, route, mailbox, host]| Address {
                        name: name.as_deref(),
                        route: route.as_deref(),
                        mailbox: mailbox.as_deref(),
                        host: host.as_deref(),
                    })
                    .collect()
            })
            .collect();
        let [date, subject, in_reply_to, message_id] = &self.strings;
        with(&EnvelopeFields {
            date: date.as_deref(),
            subject: subject.as_deref(),
            from: &lists[0],
            sender: &lists[1],
            reply_to: &lists[2],
            to: &lists[3],
            cc: &lists[4],
            bcc: &lists[5],
            in_reply_to: in_reply_to.as_deref(),
            message_id: message_id.as_deref(),
        })
    }
}

pub(crate) fn envelope() -> impl Strategy<Value = Envelope> {
    own_envelope().prop_map(|own| own.fields(Envelope::new))
}

type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

/// Extension data as plain values.
#[derive(Clone, Debug)]
struct OwnExtension {
    md5: Option<Vec<u8>>,
    disposition: Option<(Vec<u8>, Pairs)>,
    language: Vec<Vec<u8>>,
    location: Option<Vec<u8>>,
}

/// What a part says of itself, as plain values.
#[derive(Clone, Debug)]
pub(crate) struct OwnPart {
    names: [Vec<u8>; 3],
    parameters: Pairs,
    id: Option<Vec<u8>>,
    description: Option<Vec<u8>>,
    octets: u64,
    lines: Option<u64>,
    extension: Option<OwnExtension>,
}

/// A structure as plain values.
#[derive(Clone, Debug)]
pub(crate) enum OwnBody {
    Single(OwnPart),
    Message(OwnPart, Box<(OwnEnvelope, Self)>),
    Multi(OwnPart, Vec<Self>),
}

fn pairs() -> impl Strategy<Value = Pairs> {
    vec((text(), text()), 0..3)
}

fn extension(extended: bool) -> BoxedStrategy<Option<OwnExtension>> {
    if !extended {
        return Just(None).boxed();
    }
    let some = (nstring(), option::of((text(), pairs())), vec(text(), 0..3), nstring()).prop_map(
        |(md5, disposition, language, location)| OwnExtension {
            md5,
            disposition,
            language,
            location,
        },
    );
    option::of(some).boxed()
}

fn own_part(extended: bool) -> impl Strategy<Value = OwnPart> {
    let names = [text(), text(), text()];
    (
        names,
        pairs(),
        nstring(),
        nstring(),
        any::<u64>(),
        option::of(any::<u64>()),
        extension(extended),
    )
        .prop_map(|(names, parameters, id, description, octets, lines, extension)| OwnPart {
            names,
            parameters,
            id,
            description,
            octets,
            lines,
            extension,
        })
}

pub(crate) fn own_body(extended: bool) -> impl Strategy<Value = OwnBody> {
    let leaf = own_part(extended).prop_map(OwnBody::Single);
    leaf.prop_recursive(4, 12, 3, move |inner| {
        let message = (own_part(extended), own_envelope(), inner.clone())
            .prop_map(|(part, envelope, body)| OwnBody::Message(part, Box::new((envelope, body))));
        let multi = (own_part(extended), vec(inner, 1..4)).prop_map(move |(mut part, parts)| {
            if !extended {
                part.parameters.clear();
            }
            OwnBody::Multi(part, parts)
        });
        prop_oneof![message, multi]
    })
}

fn slices(pairs: &Pairs) -> Vec<(&[u8], &[u8])> {
    pairs.iter().map(|(name, value)| (&name[..], &value[..])).collect()
}

impl OwnPart {
    fn with<T>(&self, with: impl FnOnce(&PartFields<'_>, &MultipartFields<'_>) -> T) -> T {
        let [media_type, subtype, encoding] = &self.names;
        let parameters = slices(&self.parameters);
        let own = self.extension.as_ref();
        let disposition = own.and_then(|own| own.disposition.as_ref());
        let disposition_parameters =
            disposition.map(|(_, pairs)| slices(pairs)).unwrap_or_default();
        let language: Vec<&[u8]> =
            own.map(|own| own.language.iter().map(Vec::as_slice).collect()).unwrap_or_default();
        let extension = own.map(|own| ExtensionFields {
            md5: own.md5.as_deref(),
            disposition: disposition.map(|(kind, _)| (&kind[..], &disposition_parameters[..])),
            language: &language,
            location: own.location.as_deref(),
        });
        let part = PartFields {
            media_type,
            subtype,
            parameters: &parameters,
            id: self.id.as_deref(),
            description: self.description.as_deref(),
            encoding,
            octets: self.octets,
            lines: self.lines,
            extension,
        };
        with(&part, &MultipartFields { subtype, parameters: &parameters, extension })
    }
}

impl OwnBody {
    pub(crate) fn build(&self, builder: &mut BodyStructureBuilder) {
        match self {
            Self::Single(part) => part.with(|part, _| builder.part(part)),
            Self::Message(part, inner) => {
                let (envelope, body) = &**inner;
                part.with(|part, _| envelope.fields(|fields| builder.begin_message(part, fields)));
                body.build(builder);
                builder.end_message();
            }
            Self::Multi(part, parts) => {
                builder.begin_multipart();
                parts.iter().for_each(|part| part.build(builder));
                part.with(|_, multipart| builder.end_multipart(multipart));
            }
        }
    }
}

/// With extension data, or without any.
pub(crate) fn body(extended: bool) -> impl Strategy<Value = BodyStructure> {
    own_body(extended).prop_map(|own| {
        let mut builder = BodyStructureBuilder::new();
        own.build(&mut builder);
        builder.finish().expect("built as it must be")
    })
}

pub(crate) fn date() -> impl Strategy<Value = InternalDate> {
    (0_i64..200_000_000_000, -1439_i16..1440)
        .prop_map(|(seconds, zone)| InternalDate::from_unix(seconds, zone).expect("a date"))
}

pub(crate) fn object_id() -> impl Strategy<Value = Bytes> {
    "[A-Za-z0-9_-]{1,40}".prop_map(Bytes::from)
}

fn label() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        2 => select(vec!["\\Inbox", "\\Sent", "\\Important"]).prop_map(Bytes::from),
        2 => "[A-Za-z/ &-]{1,12}".prop_map(Bytes::from),
        1 => text().prop_map(Bytes::from),
    ]
}

fn part_number() -> impl Strategy<Value = Vec<u32>> {
    vec(1_u32.., 0..4)
}

/// An item that no crate knows.
fn unknown_item() -> impl Strategy<Value = Raw> {
    select(vec![
        "X-FUTURE 1",
        "X-FUTURE (a (b \"c d\") NIL)",
        "ANNOTATION (/comment (value.priv \"My comment\" value.shared NIL))",
        "X-FUTURE[1.2]<0> {3}\r\na)b",
        "BODY[TEXT] \"octets of the message\"",
        "BODY[HEADER.FIELDS (\"A]\")] NIL",
    ])
    .prop_map(|item| Raw::new(item).expect("it frames"))
}

pub(crate) fn item() -> impl Strategy<Value = FetchItem> {
    prop_oneof![
        envelope().prop_map(FetchItem::Envelope),
        flag_set().prop_map(FetchItem::Flags),
        option::weighted(0.9, date()).prop_map(FetchItem::InternalDate),
        any::<u64>().prop_map(FetchItem::Rfc822Size),
        uid().prop_map(FetchItem::Uid),
        body(false).prop_map(FetchItem::Body),
        body(true).prop_map(FetchItem::BodyStructure),
        (part_number(), any::<u64>())
            .prop_map(|(part, octets)| FetchItem::BinarySize(part, octets)),
        mod_seq().prop_map(FetchItem::ModSeq),
        object_id().prop_map(FetchItem::EmailId),
        option::of(object_id()).prop_map(FetchItem::ThreadId),
        option::of(date()).prop_map(FetchItem::SaveDate),
        option::of(text()).prop_map(|text| FetchItem::Preview(text.map(Bytes::from))),
        any::<u64>().prop_map(FetchItem::GmailMessageId),
        any::<u64>().prop_map(FetchItem::GmailThreadId),
        vec(label(), 0..4).prop_map(FetchItem::GmailLabels),
        unknown_item().prop_map(FetchItem::Unparsed),
    ]
}

pub(crate) fn items() -> impl Strategy<Value = Vec<FetchItem>> {
    vec(item(), 1..5)
}

pub(crate) fn section() -> impl Strategy<Value = Section> {
    let names = || vec("[ -~]{1,12}".prop_map(|name| FieldName::new(name).expect("a name")), 1..4);
    let piece = prop_oneof![
        Just(SectionText::Header),
        Just(SectionText::Text),
        Just(SectionText::Mime),
        names().prop_map(SectionText::HeaderFields),
        names().prop_map(SectionText::HeaderFieldsNot),
    ];
    (part_number(), option::of(piece))
        .prop_filter_map("MIME needs a part", |(part, piece)| Section::new(part, piece).ok())
}

pub(crate) fn body_section() -> impl Strategy<Value = BodySection> {
    prop_oneof![
        4 => section().prop_map(BodySection::Section),
        2 => part_number().prop_map(BodySection::Binary),
        1 => Just(BodySection::Rfc822),
        1 => Just(BodySection::Rfc822Header),
        1 => Just(BodySection::Rfc822Text),
    ]
}

pub(crate) fn attribute() -> impl Strategy<Value = FetchAttribute> {
    let partial = || {
        option::of(
            (any::<u64>(), 1_u64..)
                .prop_map(|(origin, octets)| Partial::new(origin, octets).expect("some octets")),
        )
    };
    let other = select(vec![
        "X-FUTURE",
        "X-FUTURE (a b)",
        "X-FUTURE[1.2]<0.3>",
        "ANNOTATION (/comment value)",
    ]);
    let simple = select(vec![
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
        FetchAttribute::ModSeq,
        FetchAttribute::EmailId,
        FetchAttribute::ThreadId,
        FetchAttribute::SaveDate,
        FetchAttribute::Preview { lazy: false },
        FetchAttribute::Preview { lazy: true },
        FetchAttribute::GmailMessageId,
        FetchAttribute::GmailThreadId,
        FetchAttribute::GmailLabels,
    ]);
    prop_oneof![
        5 => simple,
        3 => (section(), any::<bool>(), partial()).prop_map(|(section, peek, partial)| {
            FetchAttribute::BodySection { section, peek, partial }
        }),
        1 => (part_number(), any::<bool>(), partial())
            .prop_map(|(part, peek, partial)| FetchAttribute::Binary { part, peek, partial }),
        1 => part_number().prop_map(FetchAttribute::BinarySize),
        1 => other.prop_map(|raw| FetchAttribute::Other(Raw::new(raw).expect("it frames"))),
    ]
}

pub(crate) fn attributes() -> impl Strategy<Value = FetchAttributes> {
    prop_oneof![
        1 => Just(FetchAttributes::All),
        1 => Just(FetchAttributes::Fast),
        1 => Just(FetchAttributes::Full),
        6 => vec(attribute(), 1..4).prop_map(FetchAttributes::List),
    ]
}

pub(crate) fn modifiers() -> impl Strategy<Value = FetchModifiers> {
    let other = select(vec![("X-NEW", None), ("X-NEW", Some("(a b)")), ("X-NEW", Some("7"))]);
    let others = vec(other, 0..2);
    (option::of(mod_seq()), any::<bool>(), option::of(partial_range()), others).prop_map(
        |(changed_since, vanished, partial, others)| {
            let mut modifiers = FetchModifiers::default();
            modifiers.changed_since = changed_since;
            modifiers.vanished = vanished;
            modifiers.partial = partial;
            modifiers.others = others
                .into_iter()
                .map(|(name, value)| {
                    let name = postrider_imap::Atom::new(name).expect("an atom");
                    (name, value.map(|value| Raw::new(value).expect("it frames")))
                })
                .collect();
            modifiers
        },
    )
}
