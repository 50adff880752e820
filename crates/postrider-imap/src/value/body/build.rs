//! Body structures made by hand.

use alloc::vec::Vec;

use super::rows::{List, Rows, SingleHead, Tail};
use super::{BodyStructure, PartKind};
use crate::value::envelope::put_fields;
use crate::value::table::{Span, TableBuilder, word};
use crate::value::wire_text::WireText;
use crate::value::{EnvelopeFields, InvalidValue};

/// The names and values of parameters.
pub type ParameterFields<'a> = &'a [(&'a [u8], &'a [u8])];

/// What is told of a part that is no multipart.
///
/// ```
/// use postrider_imap::PartFields;
///
/// let charset = [(&b"CHARSET"[..], &b"US-ASCII"[..])];
/// let text = PartFields {
///     parameters: &charset,
///     lines: Some(92),
///     ..PartFields::new(b"TEXT", b"PLAIN", b"7BIT", 3028)
/// };
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 9051 has the same fields")]
pub struct PartFields<'a> {
    /// The media type, such as `TEXT`.
    pub media_type: &'a [u8],
    /// The subtype, such as `PLAIN`.
    pub subtype: &'a [u8],
    /// The parameters of Content-Type: names and values.
    pub parameters: ParameterFields<'a>,
    /// Content-ID.
    pub id: Option<&'a [u8]>,
    /// Content-Description.
    pub description: Option<&'a [u8]>,
    /// Content-Transfer-Encoding; `7BIT` when there is none.
    pub encoding: &'a [u8],
    /// Size in octets, in its transfer encoding.
    pub octets: u64,
    /// Size in lines, in its transfer encoding: a part with it is a text (`body-type-text`), which
    /// must be of media type `TEXT`. A message without it has 0.
    pub lines: Option<u64>,
    /// Extension data: present in BODYSTRUCTURE, absent in BODY.
    pub extension: Option<ExtensionFields<'a>>,
}

impl<'a> PartFields<'a> {
    /// A part of which only the basic facts are known.
    #[must_use]
    pub fn new(media_type: &'a [u8], subtype: &'a [u8], encoding: &'a [u8], octets: u64) -> Self {
        Self { media_type, subtype, encoding, octets, ..Self::default() }
    }
}

/// What is told of a multipart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 9051 has the same fields")]
pub struct MultipartFields<'a> {
    /// The subtype, such as `MIXED`.
    pub subtype: &'a [u8],
    /// The parameters of Content-Type, which are extension data too.
    pub parameters: ParameterFields<'a>,
    /// Extension data: present in BODYSTRUCTURE, absent in BODY. Its MD5 is not told.
    pub extension: Option<ExtensionFields<'a>>,
}

impl<'a> MultipartFields<'a> {
    /// A multipart of this subtype, without extension data.
    #[must_use]
    pub fn new(subtype: &'a [u8]) -> Self {
        Self { subtype, ..Self::default() }
    }
}

/// Extension data (`body-ext-1part`, `body-ext-mpart`). Values of later extensions behind these are
/// read over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 9051 has the same fields")]
pub struct ExtensionFields<'a> {
    /// Content-MD5, of a part that is no multipart.
    pub md5: Option<&'a [u8]>,
    /// Content-Disposition: the type, such as `ATTACHMENT`, and the parameters.
    pub disposition: Option<(&'a [u8], ParameterFields<'a>)>,
    /// Content-Language.
    pub language: &'a [&'a [u8]],
    /// Content-Location.
    pub location: Option<&'a [u8]>,
}

/// Makes a [`BodyStructure`], part by part from the outside in.
///
/// A multipart and a message are begun, then come their parts, then they are ended.
///
/// ```
/// use postrider_imap::{
///     BodyStructureBuilder, EnvelopeFields, MultipartFields, PartFields, PartKind,
/// };
///
/// let text = PartFields { lines: Some(3), ..PartFields::new(b"TEXT", b"PLAIN", b"7BIT", 120) };
/// let mut builder = BodyStructureBuilder::new();
/// builder.begin_multipart();
/// builder.part(&text);
/// let envelope = EnvelopeFields { subject: Some(b"inside"), ..EnvelopeFields::default() };
/// let attached = PartFields::new(b"MESSAGE", b"RFC822", b"7BIT", 500);
/// builder.begin_message(&PartFields { lines: Some(12), ..attached }, &envelope);
/// builder.part(&text);
/// builder.end_message();
/// builder.end_multipart(&MultipartFields::new(b"MIXED"));
/// let body = builder.finish()?;
///
/// let kinds: Vec<PartKind> = body.walk().map(|(_, part)| part.kind()).collect();
/// use PartKind::{Message, Multipart, Text};
/// assert_eq!(kinds, [Multipart, Text, Message, Text]);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
pub struct BodyStructureBuilder {
    rows: Rows,
    text: WireText,
    /// The tails of the messages that are open.
    tails: Vec<Tail>,
    invalid: Option<InvalidValue>,
}

impl Default for BodyStructureBuilder {
    fn default() -> Self {
        Self {
            rows: Rows::new(TableBuilder::default()),
            text: WireText::default(),
            tails: Vec::new(),
            invalid: None,
        }
    }
}

impl Default for BodyStructure {
    /// The structure of an empty text.
    fn default() -> Self {
        let mut builder = BodyStructureBuilder::new();
        builder
            .part(&PartFields { lines: Some(0), ..PartFields::new(b"TEXT", b"PLAIN", b"7BIT", 0) });
        let root = builder.rows.root().unwrap_or_default();
        builder.read(root)
    }
}

impl BodyStructureBuilder {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A part without parts.
    pub fn part(&mut self, part: &PartFields<'_>) {
        self.expect_room();
        let head = self.head(part);
        if let Some(lines) = part.lines {
            self.text.put(b" ");
            self.text.number(lines);
        }
        let tail = self.single_tail(part);
        self.text.put(b")");
        self.rows.single(&head, part.lines.is_some(), &tail);
    }

    /// Begins an attached message: its structure comes next, then [`Self::end_message`].
    pub fn begin_message(&mut self, part: &PartFields<'_>, envelope: &EnvelopeFields<'_>) {
        self.expect_room();
        let head = self.head(part);
        self.text.put(b" ");
        let envelope = put_fields(&mut self.rows.table, &mut self.text, envelope);
        self.text.put(b" ");
        let told = part.extension.is_some_and(|extension| extension != ExtensionFields::default());
        let tail = if told {
            // These strings belong behind the structure of the message.
            self.text.disorder();
            self.single_tail(part)
        } else {
            let extended = part.extension.is_some();
            Tail { lines: part.lines.unwrap_or_default(), extended, ..Tail::EMPTY }
        };
        self.tails.push(tail);
        self.rows.open_message(&head, envelope);
    }

    /// Ends the message that was begun last.
    pub fn end_message(&mut self) {
        self.expect_open(PartKind::Message);
        let tail = self.tails.pop().unwrap_or(Tail::EMPTY);
        self.text.put(b" ");
        self.text.number(tail.lines);
        self.text.put(if tail.extended { b" NIL NIL NIL NIL)" } else { b")" });
        self.rows.close(&tail);
    }

    /// Begins a multipart: its parts come next, then [`Self::end_multipart`].
    pub fn begin_multipart(&mut self) {
        self.expect_room();
        self.text.put(b"(");
        self.rows.open_multipart();
    }

    /// Ends the multipart that was begun last.
    pub fn end_multipart(&mut self, multipart: &MultipartFields<'_>) {
        self.expect_open(PartKind::Multipart);
        self.text.put(b" ");
        let subtype = self.string(multipart.subtype);
        let extended = multipart.extension.is_some() || !multipart.parameters.is_empty();
        let mut tail = Tail::EMPTY;
        if extended {
            let parameters = self.pairs(multipart.parameters);
            tail = self.extension(&multipart.extension.unwrap_or_default());
            tail.parameters = parameters;
        }
        tail.subtype = subtype;
        self.text.put(b")");
        self.rows.close(&tail);
    }

    /// The structure.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Empty`] when there is none, or a multipart or message without parts;
    /// [`InvalidValue::Combination`] when something was ended that was not begun, or was not ended,
    /// or more than one thing stands where only one can; [`InvalidValue::Number`] when its strings
    /// have more than 256 MiB.
    pub fn finish(self) -> Result<BodyStructure, InvalidValue> {
        if let Some(invalid) = self.invalid {
            return Err(invalid);
        }
        if self.rows.open_kind().is_some() {
            return Err(InvalidValue::Combination);
        }
        let root = self.rows.root().ok_or(InvalidValue::Empty)?;
        Ok(self.read(root))
    }

    fn read(self, root: u32) -> BodyStructure {
        let (text, as_written) = (self.text.as_bytes(), self.text.is_as_written());
        BodyStructure::read(self.rows.table.finish(text), root, as_written)
    }

    /// Only one can be the root, or the structure of a message.
    fn expect_room(&mut self) {
        let full = match self.rows.open_kind() {
            None => self.rows.root().is_some(),
            Some(PartKind::Message) => self.rows.has_part(),
            Some(_) => false,
        };
        if full {
            self.invalid.get_or_insert(InvalidValue::Combination);
        }
    }

    fn expect_open(&mut self, kind: PartKind) {
        if self.rows.open_kind() != Some(kind) {
            self.invalid.get_or_insert(InvalidValue::Combination);
        } else if !self.rows.has_part() {
            self.invalid.get_or_insert(InvalidValue::Empty);
        }
    }

    /// Up to the size of the part.
    fn head(&mut self, part: &PartFields<'_>) -> SingleHead {
        self.text.put(b"(");
        let media_type = self.string(part.media_type);
        self.text.put(b" ");
        let subtype = self.string(part.subtype);
        let parameters = self.pairs(part.parameters);
        self.text.put(b" ");
        let id = self.nstring(part.id);
        self.text.put(b" ");
        let description = self.nstring(part.description);
        self.text.put(b" ");
        let encoding = self.string(part.encoding);
        self.text.put(b" ");
        self.text.number(part.octets);
        let octets = part.octets;
        SingleHead { media_type, subtype, parameters, id, description, encoding, octets }
    }

    fn single_tail(&mut self, part: &PartFields<'_>) -> Tail {
        let mut tail = Tail::EMPTY;
        if let Some(extension) = &part.extension {
            self.text.put(b" ");
            let md5 = self.nstring(extension.md5);
            tail = self.extension(extension);
            tail.md5 = md5;
        }
        tail.lines = part.lines.unwrap_or_default();
        tail
    }

    /// Extension data behind the first of them.
    fn extension(&mut self, fields: &ExtensionFields<'_>) -> Tail {
        let mut tail = Tail { extended: true, ..Tail::EMPTY };
        match fields.disposition {
            None => self.text.put(b" NIL"),
            Some((kind, parameters)) => {
                self.text.put(b" (");
                tail.disposition = self.string(kind);
                tail.disposition_parameters = self.pairs(parameters);
                self.text.put(b")");
            }
        }
        let (open, close): (&[u8], &[u8]) = match fields.language {
            [] => (b" NIL", b""),
            [_] => (b" ", b""),
            _ => (b" (", b")"),
        };
        self.text.put(open);
        tail.language = self.list(fields.language.iter().copied());
        self.text.put(close);
        self.text.put(b" ");
        tail.location = self.nstring(fields.location);
        tail
    }

    /// `SP body-fld-param`
    fn pairs(&mut self, pairs: ParameterFields<'_>) -> List {
        let empty = pairs.is_empty();
        self.text.put(if empty { b" NIL" } else { b" (" });
        let list = self.list(pairs.iter().flat_map(|&(name, value)| [name, value]));
        if !empty {
            self.text.put(b")");
        }
        list
    }

    /// Strings with blanks between them.
    fn list<'s>(&mut self, strings: impl Iterator<Item = &'s [u8]>) -> List {
        let place = self.rows.table.place();
        let mut count = 0_usize;
        for string in strings {
            if count > 0 {
                self.text.put(b" ");
            }
            let [start, len] = self.string(string).words();
            self.rows.table.push([start, len]);
            count = count.saturating_add(1);
        }
        List { place, count: word(count) }
    }

    fn string(&mut self, string: &[u8]) -> Span {
        let span = self.text.string(string);
        if !span.is_some() {
            self.invalid.get_or_insert(InvalidValue::Number);
        }
        span
    }

    fn nstring(&mut self, string: Option<&[u8]>) -> Span {
        match string {
            Some(string) => self.string(string),
            None => self.text.nstring(None),
        }
    }
}
