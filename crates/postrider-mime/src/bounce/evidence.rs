//! What the header section says for or against a notice.

use alloc::string::String;

use memchr::memmem;
use postrider_message::{Field, FieldName, Headers};

use super::{
    flat::first_octets,
    phrases::{PLAIN_SUBJECTS, SENDERS, SUBJECTS},
};
use crate::Part;

/// The octets of a field that are looked at.
const FIELD: usize = 1024;

/// Whether the message may be a notice at all: a mail system sent it, its subject says that it is
/// one, or its type is that of a report. An answer is none, whatever it quotes.
pub(super) fn may_be_notice(part: Part<'_>) -> bool {
    let headers = part.headers();
    let subject = subject(headers);
    if has(&subject, PLAIN_SUBJECTS) {
        return true;
    }
    if ["re:", "fw:", "fwd:", "aw:"].iter().any(|mark| subject.starts_with(mark)) {
        return false;
    }
    says_so(part) || !is_by_subject_alone(part)
}

/// Whether nothing but the subject can tell of a notice: neither the sender nor the type does.
/// Parcels are not delivered either.
pub(super) fn is_by_subject_alone(part: Part<'_>) -> bool {
    !is_from_mail_system(part.headers()) && !part.media_type().is("multipart", "report")
}

/// Whether the subject says that mail was not delivered.
pub(super) fn says_so(part: Part<'_>) -> bool {
    has(&subject(part.headers()), SUBJECTS)
}

/// Whether `From` names a mail system.
pub(super) fn is_from_mail_system(headers: Headers<'_>) -> bool {
    headers.get(FieldName::From).is_some_and(|field| has(&lower(field), SENDERS))
}

fn subject(headers: Headers<'_>) -> String {
    // Decoded: the words may be encoded (RFC 2047).
    let text = headers.subject().map(|subject| subject.value);
    let text = text.as_ref().map_or("", |subject| subject.as_str()).trim_start();
    first_octets(text, FIELD).to_ascii_lowercase()
}

fn lower(field: Field<'_>) -> String {
    let value = field.value();
    let start = value.get(..FIELD).unwrap_or(value);
    String::from_utf8_lossy(start).to_ascii_lowercase()
}

fn has(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| memmem::find(text.as_bytes(), phrase.as_bytes()).is_some())
}
