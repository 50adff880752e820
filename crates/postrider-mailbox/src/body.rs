//! BODY and BODYSTRUCTURE of a message (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

use alloc::{borrow::Cow, vec, vec::Vec};

use postrider_imap::{
    BodyStructure, BodyStructureBuilder, ExtensionFields, MultipartFields, PartFields,
};
use postrider_mime::{
    Message,
    imap::{self, Body, BodyType},
};

use crate::envelope::with_fields;

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

/// A part whose own parts are being told.
enum Open<'a> {
    Multipart { body: Body<'a>, rest: vec::IntoIter<Body<'a>> },
    Message,
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
/// use postrider_mailbox::{Form, body};
/// use postrider_mime::Message;
///
/// let message = Message::parse("Subject: one\r\n\r\nHello\r\nBob\r\n")?;
/// let structure = body(&message, Form::Body);
/// let part = structure.root();
/// assert_eq!((part.media_type(), part.subtype()), (&b"text"[..], &b"plain"[..]));
/// assert_eq!((part.octets(), part.lines()), (12, Some(2)));
/// # Ok::<(), postrider_mime::TooLarge>(())
/// ```
pub fn body<B: AsRef<[u8]>>(message: &Message<B>, form: Form) -> BodyStructure {
    let structure = imap::BodyStructure::of(message);
    let mut builder = BodyStructureBuilder::new();
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut addresses = ADDRESSES;
    let mut body = structure.root();
    loop {
        match body.body_type() {
            BodyType::Multipart => {
                builder.begin_multipart();
                let mut rest = body.children().collect::<Vec<_>>().into_iter();
                if let Some(first) = rest.next() {
                    open.push(Open::Multipart { body, rest });
                    body = first;
                    continue;
                }
                builder.part(&empty_text(form));
                end_multipart(&mut builder, &body, form);
            }
            BodyType::Message => {
                if let Some(nested) = message_of(&body) {
                    let headers = nested.part().headers();
                    with_part(&body, body.lines(), form, |part| {
                        with_fields(headers, &mut addresses, |envelope| {
                            builder.begin_message(part, envelope);
                        });
                    });
                    open.push(Open::Message);
                    body = nested;
                    continue;
                }
                with_part(&body, None, form, |part| builder.part(part));
            }
            BodyType::Text => {
                let lines = body.lines().unwrap_or_default();
                with_part(&body, Some(lines), form, |part| builder.part(part));
            }
            BodyType::Basic => with_part(&body, None, form, |part| builder.part(part)),
        }
        body = loop {
            match open.last_mut() {
                // More strings than a value may hold are those of no mail.
                None => return builder.finish().unwrap_or_default(),
                Some(Open::Message) => builder.end_message(),
                Some(Open::Multipart { body, rest }) => match rest.next() {
                    Some(next) => break next,
                    None => end_multipart(&mut builder, body, form),
                },
            }
            open.pop();
        };
    }
}

/// The message in a `message/rfc822`. The grammar of RFC 3501 has no place for one in a
/// `message/global`.
fn message_of<'a>(body: &Body<'a>) -> Option<Body<'a>> {
    let has_place = body.media_subtype().eq_ignore_ascii_case("rfc822");
    body.message().filter(|_| has_place)
}

/// `("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 0 0)`
fn empty_text(form: Form) -> PartFields<'static> {
    PartFields {
        parameters: &[(b"CHARSET", b"US-ASCII")],
        lines: Some(0),
        extension: (form == Form::BodyStructure).then(ExtensionFields::default),
        ..PartFields::new(b"TEXT", b"PLAIN", b"7BIT", 0)
    }
}

/// Shows what is told of a part that is no multipart.
fn with_part(body: &Body<'_>, lines: Option<u64>, form: Form, show: impl FnOnce(&PartFields<'_>)) {
    let parameters: Parameters<'_> = body.parameters().collect();
    let (id, description) = (body.id(), body.description());
    with_extension(body, form, |extension| {
        show(&PartFields {
            media_type: body.media_type().as_bytes(),
            subtype: body.media_subtype().as_bytes(),
            parameters: &pairs(&parameters),
            id: id.as_deref(),
            description: description.as_deref(),
            encoding: body.encoding(),
            octets: body.octets(),
            lines,
            extension,
        });
    });
}

fn end_multipart(builder: &mut BodyStructureBuilder, body: &Body<'_>, form: Form) {
    let subtype = body.media_subtype().as_bytes();
    with_extension(body, form, |extension| {
        // The parameters of a multipart are extension data too.
        let parameters: Parameters<'_> = match extension {
            Some(_) => body.parameters().collect(),
            None => Vec::new(),
        };
        let parameters = &pairs(&parameters);
        builder.end_multipart(&MultipartFields { subtype, parameters, extension });
    });
}

/// Shows the extension data, if it is told.
fn with_extension(body: &Body<'_>, form: Form, show: impl FnOnce(Option<ExtensionFields<'_>>)) {
    if form == Form::Body {
        return show(None);
    }
    let disposition = body.disposition();
    let parameters: Parameters<'_> = disposition.iter().flat_map(|one| one.parameters()).collect();
    let parameters = pairs(&parameters);
    let (md5, location) = (body.md5(), body.location());
    show(Some(ExtensionFields {
        md5: md5.as_deref(),
        disposition: disposition.as_ref().map(|one| (one.ty().as_bytes(), &parameters[..])),
        language: &body.languages().collect::<Vec<_>>(),
        location: location.as_deref(),
    }));
}

/// Parameters of which some values had to be put together.
type Parameters<'a> = Vec<(&'a str, Cow<'a, [u8]>)>;

fn pairs<'a>(parameters: &'a Parameters<'_>) -> Vec<(&'a [u8], &'a [u8])> {
    parameters.iter().map(|(name, value)| (name.as_bytes(), &value[..])).collect()
}
