//! BODY and BODYSTRUCTURE of a message (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

use alloc::{borrow::Cow, boxed::Box, vec, vec::Vec};

use bytes::Bytes;
use postrider_imap::{
    AttachedMessage, BodyStructure, Content, Disposition, Envelope, Multipart, MultipartExtension,
    Parameters, Part, PartExtension,
};
use postrider_mime::{
    Message,
    imap::{self, Body, BodyType},
};

use crate::envelope::{envelope, own};

/// How much of the structure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the two forms of RFC 3501 §6.4.5")]
pub enum Form {
    /// `BODY`: without extension data.
    Body,
    /// `BODYSTRUCTURE`: with disposition, language, location and what else there is.
    BodyStructure,
}

/// Addresses that the envelopes in one structure tell: one of four octets costs a hundred here, and
/// nothing else bounds how many messages a message holds them in.
const ADDRESSES: usize = 10_000;

/// A part whose own parts come first.
enum Open<'a> {
    Multipart { body: Body<'a>, rest: vec::IntoIter<Body<'a>>, done: Vec<BodyStructure> },
    Message { body: Body<'a>, nested: Body<'a> },
}

/// The structure of a message: the view of [`imap::BodyStructure`] as a value of the protocol. Types,
/// parameters and encodings are as they stand, not decoded; what a part does not say is what RFC 2045
/// §5.2 and §6.1 say for it.
///
/// The value is as deep as the tree, which [`postrider_mime::Limits`] bounds; it is built without
/// recursion. A multipart without parts has one empty text, because the grammar has no empty
/// multipart. Attached messages tell 10,000 addresses together; envelopes beyond that have none. A
/// `message/rfc822` that is encoded, or lies too deep, is an
/// `APPLICATION/OCTET-STREAM`, because the grammar has no message without an envelope.
///
/// ```
/// use postrider_imap::{BodyStructure, Content};
/// use postrider_mailbox::{Form, body};
/// use postrider_mime::Message;
///
/// let message = Message::parse("Subject: one\r\n\r\nHello\r\nBob\r\n")?;
/// let BodyStructure::Single(part) = body(&message, Form::Body) else { panic!("no multipart") };
/// assert_eq!((&part.media_type[..], &part.subtype[..]), (&b"text"[..], &b"plain"[..]));
/// assert_eq!((part.octets, part.content), (12, Content::Text { lines: 2 }));
/// # Ok::<(), postrider_mime::TooLarge>(())
/// ```
pub fn body<B: AsRef<[u8]>>(message: &Message<B>, form: Form) -> BodyStructure {
    let structure = imap::BodyStructure::of(message);
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut addresses = ADDRESSES;
    let mut body = structure.root();
    loop {
        let mut built = match body.body_type() {
            BodyType::Multipart => {
                let mut rest = body.children().collect::<Vec<_>>().into_iter();
                match rest.next() {
                    Some(first) => {
                        open.push(Open::Multipart { body, rest, done: Vec::new() });
                        body = first;
                        continue;
                    }
                    None => multipart(&body, vec![empty_text(form)], form),
                }
            }
            BodyType::Message => match message_of(&body) {
                Some(nested) => {
                    open.push(Open::Message { body, nested: nested.clone() });
                    body = nested;
                    continue;
                }
                None => single(&body, Content::Basic, form),
            },
            BodyType::Text => {
                let lines = body.lines().unwrap_or_default();
                single(&body, Content::Text { lines }, form)
            }
            BodyType::Basic => single(&body, Content::Basic, form),
        };
        body = loop {
            match open.pop() {
                None => return built,
                Some(Open::Message { body, nested }) => {
                    let envelope = envelope(nested.part().headers());
                    let envelope = bounded(envelope, &mut addresses);
                    let lines = body.lines().unwrap_or_default();
                    let message = AttachedMessage::new(envelope, built, lines);
                    built = single(&body, Content::Message(Box::new(message)), form);
                }
                Some(Open::Multipart { body, mut rest, mut done }) => {
                    done.push(built);
                    let Some(next) = rest.next() else {
                        built = multipart(&body, done, form);
                        continue;
                    };
                    open.push(Open::Multipart { body, rest, done });
                    break next;
                }
            }
        };
    }
}

/// The message in a `message/rfc822`. The grammar of RFC 3501 has no place for one in a
/// `message/global`.
fn message_of<'a>(body: &Body<'a>) -> Option<Body<'a>> {
    let has_place = body.media_subtype().eq_ignore_ascii_case("rfc822");
    body.message().filter(|_| has_place)
}

/// The envelope, without its addresses where they are more than are left.
fn bounded(mut envelope: Envelope, left: &mut usize) -> Envelope {
    let lists = [
        &mut envelope.from,
        &mut envelope.sender,
        &mut envelope.reply_to,
        &mut envelope.to,
        &mut envelope.cc,
        &mut envelope.bcc,
    ];
    let count = lists.iter().fold(0_usize, |sum, list| sum.saturating_add(list.len()));
    match left.checked_sub(count) {
        Some(rest) => *left = rest,
        None => lists.into_iter().for_each(|list| *list = Vec::new()),
    }
    envelope
}

fn multipart(body: &Body<'_>, parts: Vec<BodyStructure>, form: Form) -> BodyStructure {
    let mut multi = Multipart::new(copy(body.media_subtype()), parts);
    if form == Form::BodyStructure {
        let mut extension = MultipartExtension::new();
        extension.parameters = parameters(body.parameters());
        extension.disposition = disposition(body);
        extension.language = language(body);
        extension.location = body.location().map(own);
        multi.extension = Some(extension);
    }
    BodyStructure::Multi(multi)
}

fn single(body: &Body<'_>, content: Content, form: Form) -> BodyStructure {
    let (media_type, subtype) = (copy(body.media_type()), copy(body.media_subtype()));
    let encoding = Bytes::copy_from_slice(body.encoding());
    let mut single = Part::new(media_type, subtype, encoding, body.octets());
    single.parameters = parameters(body.parameters());
    single.id = body.id().map(own);
    single.description = body.description().map(own);
    single.content = content;
    if form == Form::BodyStructure {
        let mut extension = PartExtension::new();
        extension.md5 = body.md5().map(own);
        extension.disposition = disposition(body);
        extension.language = language(body);
        extension.location = body.location().map(own);
        single.extension = Some(extension);
    }
    BodyStructure::Single(single)
}

/// `("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 0 0)`
fn empty_text(form: Form) -> BodyStructure {
    let mut part = Part::new("TEXT", "PLAIN", "7BIT", 0);
    part.parameters = [(Bytes::from_static(b"CHARSET"), Bytes::from_static(b"US-ASCII"))].into();
    part.content = Content::Text { lines: 0 };
    part.extension = (form == Form::BodyStructure).then(PartExtension::new);
    BodyStructure::Single(part)
}

fn parameters<'p>(list: impl Iterator<Item = (&'p str, Cow<'p, [u8]>)>) -> Parameters {
    list.map(|(name, value)| (copy(name), own(value))).collect()
}

fn disposition(body: &Body<'_>) -> Option<Disposition> {
    let view = body.disposition()?;
    Some(Disposition::new(copy(view.ty()), parameters(view.parameters())))
}

fn language(body: &Body<'_>) -> Vec<Bytes> {
    body.languages().map(Bytes::copy_from_slice).collect()
}

fn copy(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}
