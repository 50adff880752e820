//! One part of a message: a `Copy` view that decodes what it is asked for.

use alloc::borrow::Cow;

use memchr::memchr_iter;
use postrider_message::{
    Field, FieldName, FieldValue, Headers, Lexer, Parsed, RawValue, Span, Text, plain,
};

use crate::{
    ContentType, Disposition, Limits, MediaType, TransferEncoding, code,
    content_type::token,
    tree::{Kind, Node, Tree},
};

/// An entity: a header section and a body (RFC 2045 §2.4). The root is the message itself.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    bytes: &'a [u8],
    tree: &'a Tree,
    node: &'a Node,
}

impl<'a> Part<'a> {
    pub(crate) const fn kind(self) -> Kind {
        self.node.kind
    }

    /// What all spans are of.
    pub(crate) const fn storage(self) -> &'a [u8] {
        self.bytes
    }

    /// What the table has of it.
    pub(crate) const fn node(self) -> &'a Node {
        self.node
    }

    /// What the message of this part is held to.
    pub(crate) const fn limits(self) -> &'a Limits {
        self.tree.limits()
    }

    pub(crate) const fn new(bytes: &'a [u8], tree: &'a Tree, node: &'a Node) -> Self {
        Self { bytes, tree, node }
    }

    /// The fields of this part.
    pub const fn headers(self) -> Headers<'a> {
        self.node.headers.headers(self.bytes)
    }

    /// The header section with the empty line behind it, as IMAP's `HEADER` and `MIME` want it
    /// (RFC 9051 §6.4.5.1).
    pub fn header_span(self) -> Span {
        Span::from_range(self.node.headers.span().start()..self.node.body.start())
    }

    /// The body as it stands, encoded, without the line end before a delimiter.
    pub const fn body_span(self) -> Span {
        self.node.body
    }

    /// Header section and body.
    pub fn span(self) -> Span {
        Span::from_range(self.header_span().start()..self.node.body.end())
    }

    /// The octets of [`header_span`](Self::header_span).
    pub fn raw_header(self) -> &'a [u8] {
        self.header_span().of(self.bytes)
    }

    /// The octets of [`body_span`](Self::body_span).
    pub fn raw_body(self) -> &'a [u8] {
        self.node.body.of(self.bytes)
    }

    /// Octets of the body as it stands: IMAP's `body-fld-octets`.
    pub const fn octets(self) -> usize {
        self.node.body.len()
    }

    /// Lines of the body as it stands, counted now: IMAP's `body-fld-lines`. A last line that is
    /// not ended does not count.
    pub fn lines(self) -> usize {
        memchr_iter(b'\n', self.raw_body()).count()
    }

    /// `Content-Type`, or what a part is that has none: `message/rfc822` in a digest, else
    /// `text/plain; charset=us-ascii` (RFC 2045 §5.2, RFC 2046 §5.1.5).
    pub fn content_type(self) -> Parsed<'a, ContentType<'a>> {
        let field = self.structural(FieldName::ContentType);
        ContentType::of(field.map(Field::read), self.node.in_digest)
    }

    /// Type and subtype of [`content_type`](Self::content_type), without reading the parameters.
    pub fn media_type(self) -> MediaType<'a> {
        let field = self.structural(FieldName::ContentType);
        MediaType::of_part(field.map(Field::raw_value), self.node.in_digest)
    }

    /// `Content-Transfer-Encoding`; 7bit where there is none (RFC 2045 §6.1).
    pub fn transfer_encoding(self) -> TransferEncoding {
        transfer_encoding(self.headers(), self.tree.limits().field)
    }

    /// The value of `Content-Transfer-Encoding` as it stands, unfolded.
    pub fn raw_transfer_encoding(self) -> Option<Cow<'a, [u8]>> {
        self.structural(FieldName::ContentTransferEncoding).map(Field::unfolded)
    }

    /// The value of `Content-ID` as it stands, unfolded (RFC 2045 §7).
    pub fn id(self) -> Option<Cow<'a, [u8]>> {
        self.scalar(FieldName::ContentId)
    }

    /// The value of `Content-Description` as it stands, unfolded (RFC 2045 §8).
    pub fn raw_description(self) -> Option<Cow<'a, [u8]>> {
        self.scalar(FieldName::ContentDescription)
    }

    /// `Content-Description`, decoded.
    pub fn description(self) -> Option<Parsed<'a, Text<'a>>> {
        self.headers().read(FieldName::ContentDescription)
    }

    /// The value of `Content-MD5` as it stands, unfolded (RFC 1864).
    pub fn md5(self) -> Option<Cow<'a, [u8]>> {
        self.scalar(FieldName::ContentMd5)
    }

    /// `Content-Disposition` (RFC 2183).
    pub fn disposition(self) -> Option<Parsed<'a, Disposition<'a>>> {
        self.headers().read(FieldName::ContentDisposition)
    }

    /// The value of `Content-Language` as it stands, unfolded (RFC 3282).
    pub fn language(self) -> Option<Cow<'a, [u8]>> {
        self.scalar(FieldName::ContentLanguage)
    }

    /// The value of `Content-Location` as it stands, unfolded (RFC 2557).
    pub fn location(self) -> Option<Cow<'a, [u8]>> {
        self.scalar(FieldName::ContentLocation)
    }

    /// Whether it is a multipart, with or without parts.
    pub fn is_multipart(self) -> bool {
        self.node.kind == Kind::Multipart
    }

    /// The parts of a multipart, in order. The nested message of a `message/rfc822` is not among
    /// them; see [`message`](Self::message).
    pub fn children(self) -> impl Iterator<Item = Self> {
        let first = if self.is_multipart() { self.node.first_child } else { None };
        let at = move |id: u32| self.at(id);
        core::iter::successors(first.and_then(at), move |part| part.node.next_sibling.and_then(at))
    }

    /// The part behind this one in the multipart around it.
    pub(crate) fn next_sibling(self) -> Option<Self> {
        self.at(self.node.next_sibling?)
    }

    /// Whether it is a message where it does not say what it is (RFC 2046 §5.1.5).
    pub(crate) const fn is_in_digest(self) -> bool {
        self.node.in_digest
    }

    /// The message in a `message/rfc822`: the root of its own tree. `None` where this is another
    /// type, or its encoding hides the message.
    pub fn message(self) -> Option<Self> {
        match self.node.kind {
            Kind::Message => self.at(self.node.first_child?),
            _ => None,
        }
    }

    /// The part around this one: a multipart, or the `message/rfc822` that a nested message is in.
    /// `None` for the message itself.
    pub fn parent(self) -> Option<Self> {
        self.at(self.node.parent?)
    }

    /// What stands before the first delimiter of a multipart; empty elsewhere.
    pub fn preamble(self) -> &'a [u8] {
        self.node.preamble.of(self.bytes)
    }

    /// What stands behind the line of the closing delimiter of a multipart; `None` where it is not
    /// closed. Where the delimiter of an outer multipart follows directly it is empty, and the line
    /// end between is of that delimiter (RFC 2046 §5.1.1).
    pub fn epilogue(self) -> Option<&'a [u8]> {
        self.node.epilogue.map(|span| span.of(self.bytes))
    }

    fn at(self, id: u32) -> Option<Self> {
        Some(Self { node: self.tree.node(id)?, ..self })
    }

    /// The field of this name that the structure was read from, or would have been.
    pub(crate) fn structural(self, name: FieldName) -> Option<Field<'a>> {
        first(self.headers(), name, self.tree.limits().field)
    }

    fn scalar(self, name: FieldName) -> Option<Cow<'a, [u8]>> {
        self.headers().get(name).map(Field::unfolded)
    }
}

/// The first field of this name that is not longer than the structure reads.
pub(crate) fn first(headers: Headers<'_>, name: FieldName, longest: usize) -> Option<Field<'_>> {
    headers.all(name).find(|field| field.span().len() <= longest)
}

/// Whether it is the very part of the very [`Message`](crate::Message), not one that has the same
/// octets.
impl PartialEq for Part<'_> {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.node, other.node)
    }
}

impl Eq for Part<'_> {}

/// The encoding a header section tells.
pub(crate) fn transfer_encoding(headers: Headers<'_>, longest: usize) -> TransferEncoding {
    first(headers, FieldName::ContentTransferEncoding, longest)
        .map_or(TransferEncoding::SevenBit, |field| TransferEncoding::of_value(field.raw_value()))
}

impl TransferEncoding {
    /// The encoding a value tells.
    pub(crate) fn of_value(raw: RawValue<'_>) -> Self {
        match core::str::from_utf8(plain::trim_start(raw.bytes())).map(Self::of) {
            Ok(known) if known != Self::Unknown => known,
            _ => Self::read(raw).value,
        }
    }
}

impl<'a> FieldValue<'a> for TransferEncoding {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let (mut lexer, end) = (Lexer::mime(raw), raw.bytes().len());
        let word = lexer.next_solid().and_then(token);
        let value = word.map_or(Self::Unknown, Self::of);
        if value == Self::Unknown {
            lexer.defect(&code::UNKNOWN_ENCODING, 0, end);
        }
        if let Some(more) = lexer.next_solid() {
            lexer.defect(&code::AFTER_ENCODING, more.start, end);
        }
        Parsed::new(value, lexer.into_defects(), raw.bytes())
    }
}
