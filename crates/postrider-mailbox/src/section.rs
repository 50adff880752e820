//! Body sections (RFC 3501 §6.4.5, RFC 9051 §6.4.5.1).

use postrider_imap::{FieldName, Section, SectionText};
use postrider_message::Headers;
use postrider_mime::{
    Message,
    imap::{self, FieldNames, Ranges, header_fields, header_fields_not},
};

use crate::Octets;

/// The octets of a section: `None` where there is no such part, or the part has no such text, which
/// FETCH answers with `NIL`. See [`Message::section`].
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
    let find = |text| message.section(section.part(), text);
    let assembled = |ranges: Ranges<'_>| Octets::assembled(ranges, message.as_bytes());
    match section.piece() {
        None => find(imap::SectionText::Whole).map(Octets::stored),
        Some(SectionText::Header) => find(imap::SectionText::Header).map(Octets::stored),
        Some(SectionText::Text) => find(imap::SectionText::Text).map(Octets::stored),
        Some(SectionText::Mime) => find(imap::SectionText::Mime).map(Octets::stored),
        Some(SectionText::HeaderFields(names)) => {
            find(imap::SectionText::HeaderFields(&field_names(names))).map(assembled)
        }
        Some(SectionText::HeaderFieldsNot(names)) => {
            find(imap::SectionText::HeaderFieldsNot(&field_names(names))).map(assembled)
        }
        Some(_) => None,
    }
}

/// `HEADER.FIELDS` or `HEADER.FIELDS.NOT` of a message of which the header section is at hand, and
/// begins at the start of the storage.
pub(crate) fn fields(headers: Headers<'_>, names: &[FieldName], wanted: bool) -> Octets {
    let names = field_names(names);
    let ranges = match wanted {
        true => header_fields(headers, &names),
        false => header_fields_not(headers, &names),
    };
    Octets::assembled(ranges, headers.bytes())
}

fn field_names(names: &[FieldName]) -> FieldNames<'_> {
    names.iter().map(FieldName::as_bytes).collect()
}
