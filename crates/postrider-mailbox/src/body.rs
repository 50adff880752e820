//! BODY and BODYSTRUCTURE of a message (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

use alloc::{boxed::Box, vec, vec::Vec};

use bytes::Bytes;
use postrider_imap::{
    AttachedMessage, BodyStructure, Content, Disposition, Envelope, Multipart, MultipartExtension,
    Parameters, Part as BodyPart, PartExtension,
};
use postrider_message::{FieldName, Lexer, Token};
use postrider_mime::{Message, Part};

use crate::{
    envelope::{envelope, own},
    lines::LineCounts,
};

/// How much of the structure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the two forms of RFC 3501 §6.4.5")]
pub enum Form {
    /// `BODY`: without extension data.
    Body,
    /// `BODYSTRUCTURE`: with disposition, language, location and what else there is.
    BodyStructure,
}

/// What a part is to this protocol.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape<'a> {
    Multipart,
    /// A `message/rfc822`, and the message in it.
    Message(Part<'a>),
    Text,
    /// Any other type.
    Basic,
    /// A multipart or message whose parts were not read: neither has a form without them.
    Opaque,
}

impl<'a> Shape<'a> {
    pub(crate) fn of(part: Part<'a>) -> Self {
        if part.is_multipart() {
            return Self::Multipart;
        }
        let ty = part.content_type().value;
        if ty.is("message", "rfc822") {
            return part.message().map_or(Self::Opaque, Self::Message);
        }
        match ty.is_type("multipart") {
            true => Self::Opaque,
            false if ty.is_type("text") => Self::Text,
            false => Self::Basic,
        }
    }
}

/// Addresses that the envelopes in one structure tell: one of four octets costs a hundred here, and
/// nothing else bounds how many messages a message holds them in.
const ADDRESSES: usize = 10_000;

/// A part whose own parts come first.
enum Open<'a> {
    Multipart { part: Part<'a>, rest: vec::IntoIter<Part<'a>>, done: Vec<BodyStructure> },
    Message { part: Part<'a>, nested: Part<'a> },
}

/// The structure of a message. Types, parameters and encodings are as they stand, not decoded;
/// what a part does not say is what RFC 2045 §5.2 and §6.1 say for it.
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
    let lines = LineCounts::of(message);
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut addresses = ADDRESSES;
    let mut part = message.root();
    loop {
        let mut built = match Shape::of(part) {
            Shape::Multipart => {
                let mut rest = part.children().collect::<Vec<_>>().into_iter();
                match rest.next() {
                    Some(first) => {
                        open.push(Open::Multipart { part, rest, done: Vec::new() });
                        part = first;
                        continue;
                    }
                    None => multipart(part, vec![empty_text()], form),
                }
            }
            Shape::Message(nested) => {
                open.push(Open::Message { part, nested });
                part = nested;
                continue;
            }
            Shape::Text => {
                single(part, Content::Text { lines: lines.lines(part.body_span()) }, form)
            }
            Shape::Basic | Shape::Opaque => single(part, Content::Basic, form),
        };
        part = loop {
            match open.pop() {
                None => return built,
                Some(Open::Message { part, nested }) => {
                    let count = lines.lines(part.body_span());
                    let envelope = bounded(envelope(nested.headers()), &mut addresses);
                    let message = AttachedMessage::new(envelope, built, count);
                    built = single(part, Content::Message(Box::new(message)), form);
                }
                Some(Open::Multipart { part, mut rest, mut done }) => {
                    done.push(built);
                    let Some(next) = rest.next() else {
                        built = multipart(part, done, form);
                        continue;
                    };
                    open.push(Open::Multipart { part, rest, done });
                    break next;
                }
            }
        };
    }
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

fn multipart(part: Part<'_>, parts: Vec<BodyStructure>, form: Form) -> BodyStructure {
    let ty = part.content_type().value;
    let mut multi = Multipart::new(copy(ty.subtype()), parts);
    if form == Form::BodyStructure {
        let mut extension = MultipartExtension::new();
        extension.parameters = parameters(ty.parameters());
        extension.disposition = disposition(part);
        extension.language = language(part);
        extension.location = part.location().map(own);
        multi.extension = Some(extension);
    }
    BodyStructure::Multi(multi)
}

fn single(part: Part<'_>, content: Content, form: Form) -> BodyStructure {
    let ty = part.content_type().value;
    let (media_type, subtype) = match Shape::of(part) {
        Shape::Opaque => (copy("APPLICATION"), copy("OCTET-STREAM")),
        _ => (copy(ty.ty()), copy(ty.subtype())),
    };
    let octets = u64::try_from(part.octets()).unwrap_or(u64::MAX);
    let mut single = BodyPart::new(media_type, subtype, encoding(part), octets);
    single.parameters = parameters(ty.parameters());
    single.id = part.id().map(own);
    single.description = part.raw_description().map(own);
    single.content = content;
    if form == Form::BodyStructure {
        let mut extension = PartExtension::new();
        extension.md5 = part.md5().map(own);
        extension.disposition = disposition(part);
        extension.language = language(part);
        extension.location = part.location().map(own);
        single.extension = Some(extension);
    }
    BodyStructure::Single(single)
}

/// `("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)`
fn empty_text() -> BodyStructure {
    let mut part = BodyPart::new("TEXT", "PLAIN", "7BIT", 0);
    part.content = Content::Text { lines: 0 };
    BodyStructure::Single(part)
}

fn parameters(parameters: &postrider_mime::Parameters<'_>) -> Parameters {
    let unfolded = |value: &[u8]| {
        value.iter().copied().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect()
    };
    parameters.iter().map(|one| (copy(one.name()), unfolded(one.value()))).collect()
}

/// The name of the encoding, as it stands but for comments; `7BIT` where there is none.
fn encoding(part: Part<'_>) -> Bytes {
    let field = part.headers().get(FieldName::ContentTransferEncoding);
    let first = field.and_then(|field| Lexer::mime(field.raw_value()).next_solid());
    match first.map(|lexeme| lexeme.token) {
        Some(Token::Atom(name)) => Bytes::copy_from_slice(name),
        _ => Bytes::from_static(b"7BIT"),
    }
}

/// Parameters without a type belong to an attachment, as an unknown type does (RFC 2183 §2.8).
fn disposition(part: Part<'_>) -> Option<Disposition> {
    let read = part.disposition()?.value;
    let parameters = parameters(read.parameters());
    match read.ty() {
        "" if parameters.is_empty() => None,
        "" => Some(Disposition::new("ATTACHMENT", parameters)),
        ty => Some(Disposition::new(copy(ty), parameters)),
    }
}

/// `Content-Language = Language-Tag *("," Language-Tag)` (RFC 3282 §2), as many as a field may have
/// parameters.
fn language(part: Part<'_>) -> Vec<Bytes> {
    let Some(field) = part.headers().get(FieldName::ContentLanguage) else { return Vec::new() };
    let tag = |token| match token {
        Token::Atom(tag) => Some(Bytes::copy_from_slice(tag)),
        _ => None,
    };
    let raw = field.raw_value();
    let tags = Lexer::mime(raw).filter_map(|lexeme| tag(lexeme.token));
    tags.take(raw.limits().parameters).collect()
}

fn copy(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}
