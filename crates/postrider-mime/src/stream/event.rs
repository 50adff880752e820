//! What the stream tells: octets with their offsets, and where parts begin and end.

use core::cell::Cell;

use memchr::memchr2;
use postrider_message::{Code, FieldName, FieldValue, Parsed, RawValue};

use crate::{
    ContentType, Disposition, FileNames, Limits, MediaType, TransferEncoding, structure::Kind,
};

/// Octets of the input as they stand, and the offset of the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Octets<'a> {
    /// Octets before these in the whole input.
    pub offset: u64,
    /// The octets.
    pub raw: &'a [u8],
}

impl<'a> Octets<'a> {
    pub(crate) const fn new(offset: u64, raw: &'a [u8]) -> Self {
        Self { offset, raw }
    }

    /// One past the last octet.
    pub const fn end(self) -> u64 {
        self.offset.saturating_add(self.raw.len() as u64)
    }
}

/// One thing the stream tells. Each octet of the input is in exactly one event, and the events are in
/// the order of the octets.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A part begins: first the message itself. No octets.
    Begin(Begin),
    /// A byte order mark before the fields.
    ByteOrderMark(Octets<'a>),
    /// The mbox `From ` line before the fields, or a piece of it.
    MboxFrom(Octets<'a>),
    /// A header field.
    Field(Field<'a>),
    /// A piece of a field that is longer than [`Limits::field`].
    FieldPiece(FieldPiece<'a>),
    /// The header section ended; now it is known what the part is. The octets are the empty line,
    /// if there is one.
    HeaderEnd(HeaderEnd<'a>),
    /// A piece of what stands before the first delimiter of a multipart.
    Preamble(Octets<'a>),
    /// A piece of the body of a leaf.
    Body(Body<'a>),
    /// A piece of what stands behind the closing delimiter of a multipart.
    Epilogue(Octets<'a>),
    /// A delimiter, with the line end before it, which is of it (RFC 2046 §5.1.1); so that behind a
    /// closing delimiter is told with the delimiter of an outer multipart which directly follows.
    Delimiter(Delimiter<'a>),
    /// A piece of what was not told apart any more, since there are
    /// [too many parts](Limits::parts). It is of the innermost multipart that is open.
    Remainder(Octets<'a>),
    /// The innermost open part ends. No octets.
    End(End),
    /// Something is wrong with the structure, as [`Message::defects`](crate::Message::defects) tells,
    /// or with a body that was decoded, as [`Part::decoded`](crate::Part::decoded) and
    /// [`Part::text`](crate::Part::text) tell. No octets: it points at octets that were told.
    Defect(Defect),
}

impl<'a> Event<'a> {
    /// The octets of the input that this event tells; none where it tells none.
    pub const fn octets(&self) -> Option<Octets<'a>> {
        match self {
            Self::Begin(_) | Self::End(_) | Self::Defect(_) => None,
            Self::ByteOrderMark(octets)
            | Self::MboxFrom(octets)
            | Self::Preamble(octets)
            | Self::Epilogue(octets)
            | Self::Remainder(octets) => Some(*octets),
            Self::Field(field) => Some(field.octets),
            Self::FieldPiece(piece) => Some(piece.octets),
            Self::HeaderEnd(end) => Some(end.octets),
            Self::Body(body) => Some(body.octets),
            Self::Delimiter(delimiter) => Some(delimiter.octets),
        }
    }
}

/// A part begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Begin {
    /// Where its header section begins.
    pub offset: u64,
    /// Parts around it: 0 for the message itself.
    pub depth: usize,
    /// Whether it is a part of a digest, where a part without `Content-Type` is a message (RFC 2046
    /// §5.1.5).
    pub in_digest: bool,
}

/// A part ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct End {
    /// Where its body ends.
    pub offset: u64,
    /// Parts around it: 0 for the message itself.
    pub depth: usize,
}

/// Something is wrong with the structure or with a body that was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Defect {
    /// Which rule is broken.
    pub code: &'static Code,
    /// The first octet it is about.
    pub start: u64,
    /// One past the last octet.
    pub end: u64,
}

/// A header field, whole. A view: `Copy`. Name and value are looked for when they are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    octets: Octets<'a>,
    limits: &'a Limits,
    depth: usize,
}

impl<'a> Field<'a> {
    pub(super) const fn new(octets: Octets<'a>, limits: &'a Limits, depth: usize) -> Self {
        Self { octets, limits, depth }
    }

    /// Name and value, the colon between them.
    fn parts(self) -> (&'a [u8], &'a [u8]) {
        let raw = self.octets.raw;
        // Nothing is continued by a first line that begins with white space: all is value.
        let colon = match raw {
            [b' ' | b'\t', ..] => None,
            _ => memchr2(b':', b'\n', raw).filter(|&at| raw.get(at) == Some(&b':')),
        };
        let Some((mut name, value)) = colon.and_then(|colon| raw.split_at_checked(colon)) else {
            return (&[], raw);
        };
        while let [rest @ .., b' ' | b'\t'] = name {
            name = rest;
        }
        (name, value.get(1..).unwrap_or_default())
    }

    /// The field with its last line end, and where it lies.
    pub const fn octets(self) -> Octets<'a> {
        self.octets
    }

    /// Parts around the part that the field is of: 0 for a field of the message itself.
    pub const fn depth(self) -> usize {
        self.depth
    }

    /// The name as it stands, without white space before the colon. Empty for a line that has no
    /// colon.
    pub fn name(self) -> &'a [u8] {
        self.parts().0
    }

    /// Which known name it is.
    pub fn known(self) -> Option<FieldName> {
        FieldName::of(self.name())
    }

    /// The value as it stands behind the colon, folding included, without the last line end.
    pub fn value(self) -> &'a [u8] {
        let (_, value) = self.parts();
        value.strip_suffix(b"\n").map_or(value, |v| v.strip_suffix(b"\r").unwrap_or(v))
    }

    /// The value as a type. Its defects have spans that count from the start of
    /// [`value`](Self::value).
    pub fn read<T: FieldValue<'a>>(self) -> Parsed<'a, T> {
        T::read(self.raw_value())
    }

    pub(super) fn raw_value(self) -> RawValue<'a> {
        RawValue::new(self.value()).with_limits(&self.limits.headers)
    }
}

/// A piece of a header field that is longer than [`Limits::field`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldPiece<'a> {
    /// The piece. The first one of a field has [`Limits::field`] octets.
    pub octets: Octets<'a>,
    /// Whether a field begins with it.
    pub is_first: bool,
}

/// What is given of the body of a leaf, beside its octets as they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Decode {
    /// Nothing else.
    #[default]
    Raw,
    /// The octets with their transfer encoding undone, as [`Part::decoded`](crate::Part::decoded).
    Octets,
    /// Of `text/*` the text, as [`Part::text`](crate::Part::text); of others the octets.
    Text,
}

/// A header section ended.
#[derive(Debug, Clone, Copy)]
pub struct HeaderEnd<'a> {
    pub(super) octets: Octets<'a>,
    pub(super) kind: Kind,
    pub(super) in_digest: bool,
    /// The first `Content-Type`, the first `Content-Disposition`, and the first `Content-Transfer-Encoding`.
    pub(super) content_type: Option<Field<'a>>,
    pub(super) disposition: Option<Field<'a>>,
    pub(super) encoding: TransferEncoding,
    pub(super) decode: &'a Cell<Decode>,
}

impl<'a> HeaderEnd<'a> {
    /// The empty line, or no octets where there is none.
    pub const fn octets(&self) -> Octets<'a> {
        self.octets
    }

    /// Whether parts follow, or would if it had a boundary.
    pub fn is_multipart(&self) -> bool {
        self.kind == Kind::Multipart
    }

    /// Whether a nested message follows as its only part.
    pub fn is_message(&self) -> bool {
        self.kind == Kind::Message
    }

    /// Whether [`Event::Body`] follows.
    pub fn is_leaf(&self) -> bool {
        self.kind == Kind::Leaf
    }

    /// `Content-Type`, or what a part is that has none, as
    /// [`Part::content_type`](crate::Part::content_type). Spans count from the start of the value.
    pub fn content_type(&self) -> Parsed<'a, ContentType<'a>> {
        ContentType::of(self.content_type.map(Field::read), self.in_digest)
    }

    /// Type and subtype of [`content_type`](Self::content_type), without reading the parameters.
    pub fn media_type(&self) -> MediaType<'a> {
        let raw = self.content_type.map(Field::raw_value);
        MediaType::of_part(raw, self.in_digest)
    }

    /// `Content-Transfer-Encoding`; 7bit where there is none (RFC 2045 §6.1).
    pub const fn transfer_encoding(&self) -> TransferEncoding {
        self.encoding
    }

    /// The first `Content-Disposition` (RFC 2183), unless it is longer than [`Limits::field`]. Spans
    /// count from the start of the value.
    pub fn disposition(&self) -> Option<Parsed<'a, Disposition<'a>>> {
        self.disposition.map(Field::read)
    }

    /// All names that the part is given, as [`Part::file_names`](crate::Part::file_names) orders them;
    /// but of fields that are given twice, only the first is looked at.
    pub fn file_names(&self) -> FileNames {
        let fields = [self.disposition, self.content_type].into_iter().flatten();
        FileNames::of(fields.filter_map(|field| Some((field.known()?, field.raw_value()))))
    }

    /// Asks for the body of this leaf in another form than the parser was made for.
    pub fn decode(&self, decode: Decode) {
        self.decode.set(decode);
    }
}

/// A piece of the body of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Body<'a> {
    /// The octets as they stand.
    pub octets: Octets<'a>,
    /// What they say, if that was asked for. What is decoded may come with a later piece, and the
    /// last piece may have no octets.
    pub content: Content<'a>,
}

/// What the body of a leaf says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content<'a> {
    /// It was not asked for.
    Raw,
    /// Octets with the transfer encoding undone.
    Octets(&'a [u8]),
    /// Text.
    Text(&'a str),
}

/// A delimiter of a multipart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delimiter<'a> {
    /// The line end before it, unless that was told already, and the line.
    pub octets: Octets<'a>,
    /// Whether it is the last one of its multipart.
    pub is_closing: bool,
}
