//! Body sections (RFC 3501 §6.4.5, RFC 9051 §6.4.5.1).

use alloc::vec::Vec;
use core::{cmp::Ordering, ops::Range};

use bytes::Bytes;
use postrider_imap::{FieldName, Section, SectionText};
use postrider_message::Headers;
use postrider_mime::{Message, Part};

use crate::Octets;

/// The octets of a section: `None` where there is no such part, or the part has no such text, which
/// FETCH answers with `NIL`.
///
/// `HEADER` and `TEXT` of a message are all of it, in this order and without a gap, whatever its
/// first line looks like.
///
/// ```
/// use postrider_imap::Section;
/// use postrider_mailbox::{Octets, section};
/// use postrider_mime::Message;
///
/// let message = Message::parse("Subject: one\r\n\r\nHello\r\n")?;
/// assert_eq!(section(&message, &Section::header()), Some(Octets::Stored(0..16)));
/// assert_eq!(section(&message, &Section::new(vec![1], None)?), Some(Octets::Stored(16..23)));
/// assert_eq!(section(&message, &Section::new(vec![2], None)?), None);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub fn section<B: AsRef<[u8]>>(message: &Message<B>, section: &Section) -> Option<Octets> {
    let number = section.part();
    let part = message.part(number)?;
    // A message with where it begins: a first line that is no field belongs to the header.
    let whole = || match number {
        [] => Some((part, 0)),
        _ => Some((part.message()?, part.body_span().start())),
    };
    let stored = |range: Range<usize>| {
        let at = |offset| u64::try_from(offset).unwrap_or(u64::MAX);
        Octets::Stored(at(range.start)..at(range.end))
    };
    Some(match section.piece() {
        None if number.is_empty() => stored(0..message.as_bytes().len()),
        None => stored(part.body_span().range()),
        Some(SectionText::Mime) if number.is_empty() => return None,
        Some(SectionText::Mime) => stored(part.header_span().range()),
        Some(SectionText::Header) => {
            let (message, start) = whole()?;
            stored(start..message.body_span().start())
        }
        Some(SectionText::Text) => stored(whole()?.0.body_span().range()),
        Some(SectionText::HeaderFields(names)) => fields(whole().map(headers)?, names, true),
        Some(SectionText::HeaderFieldsNot(names)) => fields(whole().map(headers)?, names, false),
        Some(_) => return None,
    })
}

fn headers((message, _): (Part<'_>, usize)) -> Headers<'_> {
    message.headers()
}

/// The fields that have, or have not, one of these names, as they stand, and the empty line behind
/// them, unless the header section has none (RFC 3501 §6.4.5). Lines that are no fields, and fields
/// behind the limit of the index, have no name.
pub(crate) fn fields(headers: Headers<'_>, names: &[FieldName], wanted: bool) -> Octets {
    let mut names: Vec<&[u8]> = names.iter().map(FieldName::as_bytes).collect();
    names.sort_unstable_by(|one, other| compare(one, other));
    let is_named = |name: &[u8]| names.binary_search_by(|one| compare(one, name)).is_ok();
    let mut octets = Vec::new();
    for field in headers.fields().filter(|field| is_named(field.name()) == wanted) {
        octets.extend_from_slice(field.raw());
    }
    if !wanted {
        octets.extend_from_slice(unindexed(headers));
    }
    let line_end: &[u8] = match headers.separator().len() {
        0 => b"",
        1 => b"\n",
        _ => b"\r\n",
    };
    octets.extend_from_slice(line_end);
    Octets::Assembled(Bytes::from(octets))
}

/// The fields behind the last one that [`postrider_message::Limits`] lets the index hold.
fn unindexed(headers: Headers<'_>) -> &[u8] {
    let start = headers.span().start();
    let last = headers.fields().next_back().map_or(start, |field| field.span().end());
    headers.raw().get(last.saturating_sub(start)..).unwrap_or_default()
}

/// Names without regard to case.
fn compare(one: &[u8], other: &[u8]) -> Ordering {
    let lower = |octet: &u8| octet.to_ascii_lowercase();
    one.iter().map(lower).cmp(other.iter().map(lower))
}
