//! A message as JMAP tells it: the `Email` object (RFC 8621 §4.1).
//!
//! JMAP looks at the last field of a name where there are several (RFC 8621 §4.1.3), the getters of
//! the library at the first. `partId` is the number that IMAP gives the part. `blobId` is null: it
//! names a blob in a store, and there is no store. Of the properties that a store adds there is
//! `size` alone.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use postrider::{
    message::{
        AddressList, DateTime, Field, FieldName, FieldValue, Headers, LanguageTags, Mailbox,
        MessageIdList, Text,
    },
    mime::{Message, Part, code},
};
use serde::Serialize;

use super::parts::Numbered;

/// `Email` (RFC 8621 §4.1).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Email<'m> {
    size: usize,
    message_id: Option<Vec<String>>,
    in_reply_to: Option<Vec<String>>,
    references: Option<Vec<String>>,
    sender: Option<Vec<EmailAddress>>,
    from: Option<Vec<EmailAddress>>,
    to: Option<Vec<EmailAddress>>,
    cc: Option<Vec<EmailAddress>>,
    bcc: Option<Vec<EmailAddress>>,
    reply_to: Option<Vec<EmailAddress>>,
    subject: Option<String>,
    sent_at: Option<String>,
    headers: Vec<EmailHeader<'m>>,
    body_structure: EmailBodyPart<'m>,
    body_values: BTreeMap<String, EmailBodyValue>,
    text_body: Vec<EmailBodyPart<'m>>,
    html_body: Vec<EmailBodyPart<'m>>,
    attachments: Vec<EmailBodyPart<'m>>,
    has_attachment: bool,
    preview: String,
}

/// `EmailAddress` (RFC 8621 §4.1.2.3).
#[derive(Debug, Serialize)]
struct EmailAddress {
    name: Option<String>,
    email: String,
}

/// `EmailHeader` (RFC 8621 §4.1.4): the name, and the value in raw form.
#[derive(Debug, Clone, Serialize)]
struct EmailHeader<'m> {
    name: Cow<'m, str>,
    value: Cow<'m, str>,
}

/// `EmailBodyPart` (RFC 8621 §4.1.4). `headers` are told in `bodyStructure` alone, as the default
/// `bodyProperties` leave them out.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct EmailBodyPart<'m> {
    part_id: Option<String>,
    blob_id: Option<String>,
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<EmailHeader<'m>>>,
    name: Option<String>,
    r#type: String,
    charset: Option<String>,
    disposition: Option<String>,
    cid: Option<String>,
    language: Option<Vec<String>>,
    location: Option<String>,
    sub_parts: Option<Vec<Self>>,
}

/// `EmailBodyValue` (RFC 8621 §4.1.4).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EmailBodyValue {
    value: String,
    is_encoding_problem: bool,
    is_truncated: bool,
}

/// The most characters of a preview (RFC 8621 §4.1.4).
const PREVIEW: usize = 256;

impl<'m> Email<'m> {
    /// The parts are those of this message, with their numbers.
    pub(crate) fn of<B: AsRef<[u8]>>(message: &'m Message<B>, parts: &[Numbered<'m>]) -> Self {
        let headers = message.headers();
        let selection = message.selection();
        // A nested message is one attachment, and what is in it is not of this one.
        let own: Vec<_> = parts.iter().filter(|one| !one.is_nested).collect();
        let leaves: HashMap<usize, EmailBodyPart<'_>> = (own.iter())
            .filter(|one| !one.part.is_multipart())
            .map(|one| (place(one.part), EmailBodyPart::of(one.part, &one.number)))
            .collect();
        let list = |chosen: &[Part<'_>]| {
            chosen.iter().filter_map(|part| leaves.get(&place(*part))).cloned().collect()
        };
        Self {
            size: message.as_bytes().len(),
            message_id: message_ids(headers, FieldName::MessageId),
            in_reply_to: message_ids(headers, FieldName::InReplyTo),
            references: message_ids(headers, FieldName::References),
            sender: addresses(headers, FieldName::Sender),
            from: addresses(headers, FieldName::From),
            to: addresses(headers, FieldName::To),
            cc: addresses(headers, FieldName::Cc),
            bcc: addresses(headers, FieldName::Bcc),
            reply_to: addresses(headers, FieldName::ReplyTo),
            subject: last::<Text<'_>>(headers, FieldName::Subject)
                .map(|text| text.as_str().to_owned()),
            sent_at: last::<Option<DateTime>>(headers, FieldName::Date)
                .flatten()
                .map(|date| date.to_rfc3339().to_string()),
            headers: email_headers(headers),
            text_body: list(selection.text_body()),
            html_body: list(selection.html_body()),
            attachments: list(selection.attachments()),
            has_attachment: selection.has_attachment(),
            preview: selection.preview(PREVIEW),
            body_values: body_values(&own),
            body_structure: body_structure(&own, leaves),
        }
    }
}

/// Where a part begins, which tells the leaves of a message apart.
fn place(part: Part<'_>) -> usize {
    part.header_span().start()
}

/// The value of the last field of a name.
fn last<'a, T: FieldValue<'a>>(headers: Headers<'a>, name: FieldName) -> Option<T> {
    headers.all(name).last().map(|field| field.read::<T>().value)
}

/// `asMessageIds` (RFC 8621 §4.1.2.5)
fn message_ids(headers: Headers<'_>, name: FieldName) -> Option<Vec<String>> {
    let list = last::<MessageIdList<'_>>(headers, name)?;
    let ids: Vec<_> = list.ids().iter().map(|id| id.as_str().to_owned()).collect();
    (!ids.is_empty()).then_some(ids)
}

/// `asAddresses` (RFC 8621 §4.1.2.3)
fn addresses(headers: Headers<'_>, name: FieldName) -> Option<Vec<EmailAddress>> {
    let list = last::<AddressList<'_>>(headers, name)?;
    let address = |mailbox: &Mailbox<'_>| EmailAddress {
        name: mailbox.name().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        email: mailbox.addr_spec().to_string(),
    };
    Some(list.mailboxes().map(address).collect())
}

/// All fields in order. What is no UTF-8 in them is replaced; a line without a colon is no field.
fn email_headers(headers: Headers<'_>) -> Vec<EmailHeader<'_>> {
    let fields = headers.fields().filter(|field| !field.name().is_empty());
    fields.map(EmailHeader::of).collect()
}

impl<'m> EmailHeader<'m> {
    fn of(field: Field<'m>) -> Self {
        Self {
            name: String::from_utf8_lossy(field.name()),
            value: String::from_utf8_lossy(field.value()),
        }
    }
}

impl<'m> EmailBodyPart<'m> {
    /// A part without its fields and parts.
    fn of(part: Part<'m>, number: &str) -> Self {
        let ty = part.content_type().value;
        let is_multipart = part.is_multipart();
        // What a part is that says nothing is us-ascii (RFC 2045 §5.2).
        let says = part.headers().get(FieldName::ContentType).is_some();
        let given = ty.charset().map(|charset| String::from_utf8_lossy(&charset).into_owned());
        let implied = || (!says || ty.is_type("text")).then(|| "us-ascii".to_owned());
        let disposition = part.disposition().map(|read| read.value.ty().to_ascii_lowercase());
        let size = match is_multipart {
            true => part.octets(),
            false => part.decoded_len(),
        };
        Self {
            part_id: (!is_multipart).then(|| number.to_owned()),
            size,
            name: part.file_name(),
            r#type: format!("{}/{}", ty.ty(), ty.subtype()).to_ascii_lowercase(),
            charset: given.or_else(implied),
            disposition: disposition.filter(|ty| !ty.is_empty()),
            cid: part.id().map(|id| {
                let id = id.trim_ascii();
                let inner = id.strip_prefix(b"<").and_then(|id| id.strip_suffix(b">"));
                String::from_utf8_lossy(inner.unwrap_or(id)).into_owned()
            }),
            language: last::<LanguageTags<'_>>(part.headers(), FieldName::ContentLanguage)
                .map(|tags| tags.tags().iter().map(|&tag| tag.to_owned()).collect()),
            location: part.location().map(|it| String::from_utf8_lossy(&it).into_owned()),
            ..Self::default()
        }
    }
}

/// The tree. The parts come each before those in it, so that, from the last to the first, those of
/// a multipart are there before it.
fn body_structure<'m>(
    own: &[&Numbered<'m>],
    mut leaves: HashMap<usize, EmailBodyPart<'m>>,
) -> EmailBodyPart<'m> {
    let mut levels: Vec<Vec<EmailBodyPart<'m>>> = Vec::new();
    for one in own.iter().rev() {
        levels.resize_with(levels.len().max(one.depth + 2), Vec::new);
        let mut told = match one.part.is_multipart() {
            true => EmailBodyPart::of(one.part, &one.number),
            false => leaves.remove(&place(one.part)).unwrap_or_default(),
        };
        if one.part.is_multipart() {
            let mut inside = std::mem::take(&mut levels[one.depth + 1]);
            inside.reverse();
            told.sub_parts = Some(inside);
        }
        told.headers = Some(email_headers(one.part.headers()));
        levels[one.depth].push(told);
    }
    levels.into_iter().next().and_then(|mut roots| roots.pop()).unwrap_or_default()
}

/// The text of every `text/*` part.
fn body_values(own: &[&Numbered<'_>]) -> BTreeMap<String, EmailBodyValue> {
    let value = |one: &&Numbered<'_>| {
        let text = one.part.text()?;
        let is_encoding_problem = text.defects.has(&code::UNFAITHFUL_CHARSET)
            || text.defects.has(&code::UNKNOWN_ENCODING);
        let value = match text.value.contains("\r\n") {
            true => text.value.replace("\r\n", "\n"),
            false => text.value.into_owned(),
        };
        let told = EmailBodyValue { value, is_encoding_problem, is_truncated: false };
        Some((one.number.clone(), told))
    };
    own.iter().filter_map(value).collect()
}
