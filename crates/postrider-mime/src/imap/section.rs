//! Body sections (RFC 3501 §6.4.5, RFC 9051 §6.4.5.1).

use alloc::vec::Vec;
use core::cmp::Ordering;

use postrider_message::Headers;

use super::Ranges;
use crate::{Message, Part};

/// What of a message or part: `section-text`, or all of it (RFC 9051 §6.4.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SectionText<'a> {
    /// The whole message without a part number; the body of a part with one.
    Whole,
    /// The header section of a message, with the empty line.
    Header,
    /// Those fields of it that have one of these names, and the empty line.
    HeaderFields(&'a FieldNames<'a>),
    /// Those fields of it that have none of these names, and the empty line.
    HeaderFieldsNot(&'a FieldNames<'a>),
    /// The body of a message.
    Text,
    /// The header section of a part, with the empty line.
    Mime,
}

/// `header-list`: names of fields, compared without regard to the case of ASCII letters.
///
/// ```
/// use postrider_mime::imap::FieldNames;
///
/// let names: FieldNames<'_> = ["Date", "FROM"].into_iter().collect();
/// assert!(names.contains(b"From") && !names.contains(b"Fro"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldNames<'a>(Vec<&'a [u8]>);

impl<'a> FieldNames<'a> {
    /// Whether a name is one of these. Takes a binary search.
    pub fn contains(&self, name: &[u8]) -> bool {
        self.0.binary_search_by(|one| compare(one, name)).is_ok()
    }
}

impl<'a> FromIterator<&'a [u8]> for FieldNames<'a> {
    fn from_iter<I: IntoIterator<Item = &'a [u8]>>(names: I) -> Self {
        let mut names: Vec<&[u8]> = names.into_iter().collect();
        names.sort_unstable_by(|one, other| compare(one, other));
        names.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
        Self(names)
    }
}

impl<'a> FromIterator<&'a str> for FieldNames<'a> {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        names.into_iter().map(str::as_bytes).collect()
    }
}

/// Names without regard to case.
fn compare(one: &[u8], other: &[u8]) -> Ordering {
    let lower = |octet: &u8| octet.to_ascii_lowercase();
    one.iter().map(lower).cmp(other.iter().map(lower))
}

/// `HEADER.FIELDS` of one header section: the fields with one of these names, as they stand, and the
/// empty line, unless the section has none. Lines without a colon have no name.
///
/// ```
/// use postrider_message::HeaderSection;
/// use postrider_mime::imap::{FieldNames, header_fields, header_fields_not};
///
/// let mail = b"Date: today\nTo: a@b.example\nSubject: x\n\nHello\n";
/// let section = HeaderSection::parse(&mail[..]);
/// let names: FieldNames<'_> = [&b"to"[..]].into_iter().collect();
/// let fields = header_fields(section.headers(), &names);
/// assert_eq!(fields.clone().collect::<Vec<_>>(), [12..28, 39..40]);
/// assert_eq!(&fields.of(mail)[..], b"To: a@b.example\n\n");
/// let rest = header_fields_not(section.headers(), &names);
/// assert_eq!(rest.collect::<Vec<_>>(), [0..12, 28..40]);
/// ```
pub fn header_fields<'a>(headers: Headers<'a>, names: &'a FieldNames<'a>) -> Ranges<'a> {
    Ranges::fields(headers, names, true)
}

/// `HEADER.FIELDS.NOT` of one header section: the fields with none of these names, lines that are no
/// fields among them, and the empty line, unless the section has none.
pub fn header_fields_not<'a>(headers: Headers<'a>, names: &'a FieldNames<'a>) -> Ranges<'a> {
    Ranges::fields(headers, names, false)
}

impl<B: AsRef<[u8]>> Message<B> {
    /// The part of this number, as IMAP counts (RFC 9051 §6.4.5.1): `[1, 2]` is the second part of
    /// the first. A message that is no multipart has one part, itself; numbers behind a
    /// `message/rfc822` count in the nested message. No number names the root.
    pub fn part(&self, number: &[u32]) -> Option<Part<'_>> {
        let mut part = self.root();
        let mut entered = true;
        for &number in number {
            let message = if entered || part.is_multipart() { part } else { part.message()? };
            let index = usize::try_from(number).ok()?.checked_sub(1)?;
            part = match message.is_multipart() {
                true => message.children().nth(index)?,
                false if index == 0 => message,
                false => return None,
            };
            entered = false;
        }
        Some(part)
    }

    /// The octets of a section, as ranges of the storage. `None` where there is no such part, or the
    /// part has no such text: `HEADER` and `TEXT` are of messages, `MIME` is of parts.
    ///
    /// `HEADER` and `TEXT` of a message are all of it, in this order and without a gap, whatever its
    /// first line looks like: an mbox `From ` line belongs to `HEADER`, and to no field.
    ///
    /// ```
    /// use postrider_mime::{Message, imap::{FieldNames, SectionText}};
    ///
    /// let message = Message::parse("Subject: one\r\nTo: a@b.example\r\n\r\nHello\r\n")?;
    /// let names: FieldNames<'_> = [&b"SUBJECT"[..]].into_iter().collect();
    /// let section = message.section(&[], SectionText::HeaderFields(&names)).unwrap();
    /// assert_eq!(section.clone().collect::<Vec<_>>(), [0..14, 31..33]);
    /// assert_eq!(&section.of(message.as_bytes())[..], b"Subject: one\r\n\r\n");
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn section<'a>(&'a self, number: &[u32], text: SectionText<'a>) -> Option<Ranges<'a>> {
        let part = self.part(number)?;
        // A message, with where it begins.
        let message = || match number {
            [] => Some((part, 0)),
            _ => Some((part.message()?, part.body_span().start())),
        };
        Some(Ranges::one(match text {
            SectionText::Whole if number.is_empty() => 0..self.as_bytes().len(),
            SectionText::Whole => part.body_span().range(),
            SectionText::Header => {
                let (message, start) = message()?;
                start..message.body_span().start()
            }
            SectionText::HeaderFields(names) => {
                return Some(header_fields(message()?.0.headers(), names));
            }
            SectionText::HeaderFieldsNot(names) => {
                return Some(header_fields_not(message()?.0.headers(), names));
            }
            SectionText::Text => message()?.0.body_span().range(),
            SectionText::Mime if number.is_empty() => return None,
            SectionText::Mime => part.header_span().range(),
        }))
    }
}
