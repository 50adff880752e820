//! BODY and BODYSTRUCTURE: the MIME tree of a message.

mod build;
mod rows;

use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

pub use build::{
    BodyStructureBuilder, ExtensionFields, MultipartFields, ParameterFields, PartFields,
};
pub(crate) use rows::{List, Rows, SingleHead, Tail};

use super::EnvelopeView;
use super::envelope::Shown;
use super::table::Table;
use rows::{NONE, row, tail};

/// The MIME structure of a message or part (RFC 3501 §7.4.2, RFC 9051 §7.5.2).
///
/// The tree lies flat in one buffer, with all its strings: as values of their own, each part and
/// each string would cost an allocation to make and again to drop. Nothing that is done with it
/// recurses, however deep it is. It is made with a [`BodyStructureBuilder`], and [`Part`] is a view
/// of one of its parts.
///
/// ```
/// use postrider_imap::{BodyStructure, BodyStructureBuilder, MultipartFields, PartFields};
///
/// let mut builder = BodyStructureBuilder::new();
/// builder.begin_multipart();
/// let charset = [(&b"CHARSET"[..], &b"US-ASCII"[..])];
/// let text = PartFields { parameters: &charset, ..PartFields::new(b"TEXT", b"PLAIN", b"7BIT", 3028) };
/// builder.part(&PartFields { lines: Some(92), ..text });
/// builder.part(&PartFields::new(b"IMAGE", b"GIF", b"BASE64", 6));
/// builder.end_multipart(&MultipartFields::new(b"MIXED"));
/// let body: BodyStructure = builder.finish()?;
///
/// assert_eq!(body.root().subtype(), b"MIXED");
/// let octets: Vec<u64> = body.root().parts().map(|part| part.octets()).collect();
/// assert_eq!(octets, [3028, 6]);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone)]
pub struct BodyStructure {
    table: Table,
    root: u32,
    /// Whether the text of the table is what a writer may write: it was read without anything to be
    /// forgiven, and without literals.
    as_written: bool,
}

impl BodyStructure {
    /// The structure whose root was put to `root`.
    pub(crate) fn read(table: Table, root: u32, as_written: bool) -> Self {
        Self { table, root, as_written }
    }

    /// How it stood on the wire, if it can be written so again.
    pub(crate) fn as_written(&self) -> Option<&[u8]> {
        self.as_written.then(|| self.table.text())
    }

    /// The message itself.
    #[must_use]
    pub fn root(&self) -> Part<'_> {
        Part { table: &self.table, row: self.root }
    }

    /// All parts, each before its own, with their depth: the root has 0. The structure of an
    /// attached message is one deeper than the part that holds it.
    #[must_use]
    pub fn walk(&self) -> Walk<'_> {
        Walk { next: Some((0, self.root())) }
    }

    /// Writes it as a FETCH response has it behind `BODYSTRUCTURE` (RFC 3501 §9 `body`), with the
    /// extension data that it has; see [`Envelope::write`](super::Envelope::write).
    ///
    /// ```
    /// use postrider_imap::{BodyStructureBuilder, PartFields};
    ///
    /// let mut builder = BodyStructureBuilder::new();
    /// builder.part(&PartFields::new(b"IMAGE", b"GIF", b"BASE64", 6));
    /// let mut out = Vec::new();
    /// builder.finish()?.write(&mut out);
    /// assert_eq!(out, br#"("IMAGE" "GIF" NIL NIL NIL "BASE64" 6)"#);
    /// # Ok::<(), postrider_imap::InvalidValue>(())
    /// ```
    pub fn write(&self, out: &mut Vec<u8>) {
        crate::write::body(out, self);
    }
}

impl PartialEq for BodyStructure {
    fn eq(&self, other: &Self) -> bool {
        let mut others = other.walk();
        let same = self.walk().all(|(depth, part)| {
            others.next().is_some_and(|(at, other)| at == depth && part.says_same(other))
        });
        same && others.next().is_none()
    }
}

impl Eq for BodyStructure {}

impl fmt::Debug for BodyStructure {
    /// The parts in order, each with its depth.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.walk()).finish()
    }
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the four productions of the grammar")]
pub enum PartKind {
    /// Of no other kind (`body-type-basic`).
    Basic,
    /// A text (`body-type-text`): its lines are told.
    Text,
    /// An attached message (`body-type-msg`): its lines and its envelope are told, and its structure
    /// is its only part.
    Message,
    /// A multipart (`body-type-mpart`).
    Multipart,
}

/// One part of a [`BodyStructure`].
#[derive(Clone, Copy)]
pub struct Part<'a> {
    table: &'a Table,
    row: u32,
}

impl<'a> Part<'a> {
    /// What it is.
    #[must_use]
    pub fn kind(self) -> PartKind {
        rows::kind(self.table.word(self.row, row::KIND))
    }

    /// The media type, such as `TEXT`. A multipart has `MULTIPART`.
    #[must_use]
    pub fn media_type(self) -> &'a [u8] {
        match self.kind() {
            PartKind::Multipart => b"MULTIPART",
            _ => self.head(row::MEDIA_TYPE).unwrap_or_default(),
        }
    }

    /// The subtype, such as `PLAIN`.
    #[must_use]
    pub fn subtype(self) -> &'a [u8] {
        let subtype = match self.kind() {
            PartKind::Multipart => self.tail(tail::SUBTYPE),
            _ => self.head(row::SUBTYPE),
        };
        subtype.unwrap_or_default()
    }

    /// The parameters of Content-Type. Those of a multipart are extension data.
    #[must_use]
    pub fn parameters(self) -> Parameters<'a> {
        match self.kind() {
            PartKind::Multipart => self.pairs(self.tail_place(), tail::PARAMETERS),
            _ => self.pairs(self.row, row::PARAMETERS),
        }
    }

    /// Content-ID.
    #[must_use]
    pub fn id(self) -> Option<&'a [u8]> {
        self.head(row::ID)
    }

    /// Content-Description.
    #[must_use]
    pub fn description(self) -> Option<&'a [u8]> {
        self.head(row::DESCRIPTION)
    }

    /// Content-Transfer-Encoding; `7BIT` when there is none. Empty for a multipart.
    #[must_use]
    pub fn encoding(self) -> &'a [u8] {
        self.head(row::ENCODING).unwrap_or_default()
    }

    /// Size in octets, in its transfer encoding. Zero for a multipart.
    #[must_use]
    pub fn octets(self) -> u64 {
        match self.kind() {
            PartKind::Multipart => 0,
            _ => self.table.long(self.row, row::OCTETS),
        }
    }

    /// Size in lines, in its transfer encoding, of a text or a message.
    #[must_use]
    pub fn lines(self) -> Option<u64> {
        match self.kind() {
            PartKind::Text | PartKind::Message => {
                Some(self.table.long(self.tail_place(), tail::LINES))
            }
            _ => None,
        }
    }

    /// The envelope of an attached message.
    #[must_use]
    pub fn envelope(self) -> Option<EnvelopeView<'a>> {
        let place = self.table.word(self.row, row::ENVELOPE);
        (self.kind() == PartKind::Message).then(|| EnvelopeView::new(self.table, place))
    }

    /// Whether extension data was told, as BODYSTRUCTURE does and BODY does not.
    #[must_use]
    pub fn has_extension(self) -> bool {
        self.table.word(self.row, row::KIND) & rows::EXTENDED != 0
    }

    /// Content-MD5: extension data.
    #[must_use]
    pub fn md5(self) -> Option<&'a [u8]> {
        match self.kind() {
            PartKind::Multipart => None,
            _ => self.tail(tail::MD5),
        }
    }

    /// Content-Disposition: extension data.
    #[must_use]
    pub fn disposition(self) -> Option<Disposition<'a>> {
        let kind = self.tail(tail::DISPOSITION)?;
        let parameters = self.pairs(self.tail_place(), tail::DISPOSITION_PARAMETERS);
        Some(Disposition { kind, parameters })
    }

    /// Content-Language: extension data.
    #[must_use]
    pub fn language(self) -> Languages<'a> {
        let (at, left) = self.list(self.tail_place(), tail::LANGUAGE);
        Languages(Strings { table: self.table, at, left })
    }

    /// Content-Location: extension data.
    #[must_use]
    pub fn location(self) -> Option<&'a [u8]> {
        self.tail(tail::LOCATION)
    }

    /// The parts that it has: of a message, its structure.
    #[must_use]
    pub fn parts(self) -> Parts<'a> {
        Parts { table: self.table, next: self.table.word(self.row, row::CHILD) }
    }

    /// The part that holds this one.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        self.at(row::PARENT)
    }

    /// The part behind it, of the same part.
    pub(crate) fn next_sibling(self) -> Option<Self> {
        self.at(row::NEXT)
    }

    /// The part in whose row this word tells the place.
    fn at(self, offset: usize) -> Option<Self> {
        let row = self.table.word(self.row, offset);
        (row != NONE).then_some(Self { table: self.table, row })
    }

    fn head(self, offset: usize) -> Option<&'a [u8]> {
        match self.kind() {
            PartKind::Multipart => None,
            _ => self.table.string(self.row, offset),
        }
    }

    fn tail_place(self) -> u32 {
        self.table.word(self.row, row::TAIL)
    }

    fn tail(self, offset: usize) -> Option<&'a [u8]> {
        self.table.string(self.tail_place(), offset)
    }

    /// Where a list begins, and how many strings it has.
    fn list(self, place: u32, offset: usize) -> (u32, u32) {
        (self.table.word(place, offset), self.table.word(place, offset.wrapping_add(1)))
    }

    fn pairs(self, place: u32, offset: usize) -> Parameters<'a> {
        let (at, left) = self.list(place, offset);
        Parameters(Strings { table: self.table, at, left })
    }

    /// Whether both say the same of themselves; their parts aside.
    fn says_same(self, other: Self) -> bool {
        self.kind() == other.kind()
            && self.has_extension() == other.has_extension()
            && self.media_type() == other.media_type()
            && self.subtype() == other.subtype()
            && self.parameters().eq(other.parameters())
            && self.id() == other.id()
            && self.description() == other.description()
            && self.encoding() == other.encoding()
            && self.octets() == other.octets()
            && self.lines() == other.lines()
            && self.envelope() == other.envelope()
            && self.md5() == other.md5()
            && self.disposition() == other.disposition()
            && self.language().eq(other.language())
            && self.location() == other.location()
    }
}

impl fmt::Debug for Part<'_> {
    /// What it says of itself; its parts aside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Part");
        out.field("kind", &self.kind())
            .field("media_type", &Shown(self.media_type()))
            .field("subtype", &Shown(self.subtype()))
            .field("parameters", &self.parameters());
        if self.kind() != PartKind::Multipart {
            out.field("id", &self.id().map(Shown))
                .field("description", &self.description().map(Shown))
                .field("encoding", &Shown(self.encoding()))
                .field("octets", &self.octets())
                .field("lines", &self.lines())
                .field("envelope", &self.envelope());
        }
        if self.has_extension() {
            out.field("md5", &self.md5().map(Shown))
                .field("disposition", &self.disposition())
                .field("language", &self.language())
                .field("location", &self.location().map(Shown));
        }
        out.finish()
    }
}

/// Content-Disposition (RFC 2183).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Disposition<'a> {
    /// The type, such as `ATTACHMENT`.
    pub kind: &'a [u8],
    /// The parameters, such as `FILENAME`.
    pub parameters: Parameters<'a>,
}

impl PartialEq for Disposition<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.parameters.clone().eq(other.parameters.clone())
    }
}

impl Eq for Disposition<'_> {}

impl Hash for Disposition<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        self.parameters.clone().for_each(|pair| pair.hash(state));
    }
}

/// The parts of a part, in order.
#[derive(Clone)]
pub struct Parts<'a> {
    table: &'a Table,
    next: u32,
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        if self.next == NONE {
            return None;
        }
        let part = Part { table: self.table, row: self.next };
        self.next = self.table.word(self.next, row::NEXT);
        Some(part)
    }
}

impl fmt::Debug for Parts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// All parts of a structure in order, with their depth.
#[derive(Clone)]
pub struct Walk<'a> {
    next: Option<(usize, Part<'a>)>,
}

impl<'a> Iterator for Walk<'a> {
    type Item = (usize, Part<'a>);

    fn next(&mut self) -> Option<(usize, Part<'a>)> {
        let (depth, part) = self.next?;
        self.next = match part.parts().next() {
            Some(child) => Some((depth.saturating_add(1), child)),
            None => behind(depth, part),
        };
        Some((depth, part))
    }
}

/// The part that comes behind all of this one.
fn behind<'a>(mut depth: usize, mut part: Part<'a>) -> Option<(usize, Part<'a>)> {
    loop {
        if let Some(next) = part.next_sibling() {
            return Some((depth, next));
        }
        part = part.parent()?;
        depth = depth.saturating_sub(1);
    }
}

impl fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// Strings whose spans stand one behind the other.
#[derive(Clone)]
struct Strings<'a> {
    table: &'a Table,
    at: u32,
    left: u32,
}

impl<'a> Strings<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        self.left = self.left.checked_sub(1)?;
        let string = self.table.string(self.at, 0).unwrap_or_default();
        self.at = self.at.saturating_add(rows::SPAN);
        Some(string)
    }
}

/// A parameter list: names and values, in order.
#[derive(Clone)]
pub struct Parameters<'a>(Strings<'a>);

impl<'a> Iterator for Parameters<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        Some((self.0.next()?, self.0.next()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = (self.0.left / 2) as usize;
        (len, Some(len))
    }
}

impl ExactSizeIterator for Parameters<'_> {}

impl fmt::Debug for Parameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.clone().map(|(name, value)| (Shown(name), Shown(value))))
            .finish()
    }
}

/// The languages of a part, in order.
#[derive(Clone)]
pub struct Languages<'a>(Strings<'a>);

impl<'a> Iterator for Languages<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.left as usize, Some(self.0.left as usize))
    }
}

impl ExactSizeIterator for Languages<'_> {}

impl fmt::Debug for Languages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone().map(Shown)).finish()
    }
}
