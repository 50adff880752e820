//! Fragments out of a message.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use memchr::{memchr, memrchr};
use postrider_message::{HeaderSection, MessageId};

use super::{is_field, is_inner};

/// Why a message cannot be split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SplitError {
    /// Octets beyond ASCII, or NUL: "the inner message must not use "8bit" or "binary" encoding"
    /// (RFC 2046 §5.2.2).
    #[error("message is not 7bit")]
    NotSevenBit,
    /// An identifier that is not `left@right`, as of a `Message-ID`.
    #[error("invalid identifier")]
    Id,
    /// A message of more fragments than can be counted.
    #[error("too many fragments")]
    TooMany,
}

/// One fragment: a whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fragment<'a> {
    /// Its header section with the empty line behind it.
    pub header: Vec<u8>,
    /// Its body: a piece of the message that was split.
    pub body: &'a [u8],
}

impl Fragment<'_> {
    /// The whole fragment.
    pub fn to_vec(&self) -> Vec<u8> {
        [&self.header, self.body].concat()
    }
}

/// The fragments that [`split`] makes.
#[derive(Debug, Clone)]
pub struct Fragments<'a> {
    pieces: Pieces<'a>,
    /// The fields that all fragments have.
    fields: Vec<u8>,
    id: String,
    line_end: &'static str,
    number: u32,
    total: u32,
}

/// Splits a message into fragments whose bodies have at most so many octets. The first has the
/// whole header section, however long; one that is a longer line has more, since fragmentation
/// agents "must split messages at line boundaries only" (RFC 2046 §5.2.2.1).
///
/// The identifier is a new one, without angle brackets, that no other message has; the `Message-ID`
/// of each fragment is made of it and the number. Fragments have the fields of the message that are
/// kept from the first of them when they are put together, so that they go where the message would.
/// Then the message has all of its fields, those that it shares with the fragments before the
/// others.
pub fn split<'a>(message: &'a [u8], id: &str, size: usize) -> Result<Fragments<'a>, SplitError> {
    if message.iter().any(|octet| !matches!(octet, 1..=0x7f)) {
        return Err(SplitError::NotSevenBit);
    }
    let is_plain =
        |octet: u8| octet.is_ascii_graphic() && !matches!(octet, b'"' | b'\\' | b'<' | b'>');
    let (left, right) = id.split_once('@').ok_or(SplitError::Id)?;
    if MessageId::new(id).is_err()
        || !id.bytes().all(is_plain)
        || left.is_empty()
        || right.is_empty()
    {
        return Err(SplitError::Id);
    }
    let section = HeaderSection::parse(message);
    let mut fields = Vec::new();
    for field in section.headers().fields().filter(|field| !is_inner(*field)) {
        // A line without a colon is none, and some readers end the section there.
        if is_field(field) {
            fields.extend_from_slice(field.raw());
        }
    }
    let line_end = if message
        .get(..section.headers().separator().end())
        .unwrap_or_default()
        .ends_with(b"\r\n")
    {
        "\r\n"
    } else {
        "\n"
    };
    if fields.last().is_some_and(|&octet| octet != b'\n') {
        fields.extend_from_slice(line_end.as_bytes());
    }
    let header = section.headers().separator().end();
    let pieces = Pieces { rest: message, size, header };
    let total = u32::try_from(pieces.clone().count().max(1));
    let total = total.map_err(|_| SplitError::TooMany)?;
    Ok(Fragments { pieces, fields, id: id.to_owned(), line_end, number: 0, total })
}

impl<'a> Iterator for Fragments<'a> {
    type Item = Fragment<'a>;

    fn next(&mut self) -> Option<Fragment<'a>> {
        if self.number >= self.total {
            return None;
        }
        self.number = self.number.saturating_add(1);
        let (number, total, end) = (self.number, self.total, self.line_end);
        let body = self.pieces.next().unwrap_or_default();
        let (left, right) = self.id.split_once('@')?;
        let mut header = self.fields.clone();
        let own = format!(
            "Message-ID: <{left}.{number}@{right}>{end}MIME-Version: 1.0{end}\
             Content-Type: message/partial; number={number}; total={total};{end}\tid=\"{id}\"{end}{end}",
            id = self.id,
        );
        header.extend_from_slice(own.as_bytes());
        Some(Fragment { header, body })
    }
}

/// The bodies of all fragments: whole lines.
#[derive(Debug, Clone)]
struct Pieces<'a> {
    rest: &'a [u8],
    size: usize,
    /// Octets that the next piece has at least.
    header: usize,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let header = core::mem::take(&mut self.header);
        let most = self.rest.get(..self.size).unwrap_or(self.rest);
        let end = if self.rest.len() <= self.size {
            self.rest.len()
        } else if header > most.len() {
            header
        } else if let Some(end) = memrchr(b'\n', most) {
            header.max(end.saturating_add(1))
        } else {
            memchr(b'\n', self.rest).map_or(self.rest.len(), |end| end.saturating_add(1))
        };
        let (piece, behind) = self.rest.split_at_checked(end)?;
        self.rest = behind;
        Some(piece)
    }
}
