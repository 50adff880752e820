//! One field, and how values are read from it.

use alloc::{borrow::Cow, vec::Vec};

use memchr::memchr;

use super::{FieldName, index::Entry};
use crate::{Defects, Limits, Span};

/// One field of a header section. A view: `Copy`.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    bytes: &'a [u8],
    entry: &'a Entry,
    limits: &'a Limits,
}

impl<'a> Field<'a> {
    pub(crate) const fn new(bytes: &'a [u8], entry: &'a Entry, limits: &'a Limits) -> Self {
        Self { bytes, entry, limits }
    }

    /// The name as it stands, without white space before the colon. Empty for a line that has no
    /// colon.
    pub fn name(self) -> &'a [u8] {
        self.entry.name().of(self.bytes)
    }

    /// Which known name it is.
    #[inline]
    pub const fn known(self) -> Option<FieldName> {
        self.entry.known()
    }

    /// The whole field: name, colon, value, folding and the last line end.
    pub fn raw(self) -> &'a [u8] {
        self.entry.span().of(self.bytes)
    }

    /// Where [`raw`](Self::raw) lies in the storage.
    pub fn span(self) -> Span {
        self.entry.span()
    }

    /// The value as it stands behind the colon, folding included, without the last line end.
    #[inline]
    pub fn value(self) -> &'a [u8] {
        self.value_span().of(self.bytes)
    }

    /// Where [`value`](Self::value) lies in the storage.
    #[inline]
    pub fn value_span(self) -> Span {
        let span = self.entry.value();
        let value = span.of(self.bytes);
        let value = value.strip_suffix(b"\n").map_or(value, |v| v.strip_suffix(b"\r").unwrap_or(v));
        Span::from_range(span.start()..span.start().saturating_add(value.len()))
    }

    /// The value with its line ends removed (RFC 5322 §2.2.3) and white space at both ends
    /// trimmed; borrowed where nothing is folded.
    pub fn unfolded(self) -> Cow<'a, [u8]> {
        unfold(self.value().trim_ascii())
    }

    /// The value as a type. Lazy: this is where it is parsed, each time it is called.
    #[inline]
    pub fn read<T: FieldValue<'a>>(self) -> Parsed<'a, T> {
        T::read(self.raw_value())
    }

    /// The value as [`FieldValue`] implementations want it.
    #[inline]
    pub fn raw_value(self) -> RawValue<'a> {
        let span = self.value_span();
        RawValue { bytes: span.of(self.bytes), offset: span.start(), limits: self.limits }
    }
}

/// Removes line ends (RFC 5322 §2.2.3); borrowed where there are none.
pub fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'\n', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len());
    for line in value.split_inclusive(|&octet| octet == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        out.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
    }
    Cow::Owned(out)
}

/// The octets of a value, where they lie in the storage, and how much of them to read.
#[derive(Debug, Clone, Copy)]
pub struct RawValue<'a> {
    bytes: &'a [u8],
    offset: usize,
    limits: &'a Limits,
}

impl<'a> RawValue<'a> {
    /// A value that stands alone, such as one from a command line. Spans count from its start.
    ///
    /// ```
    /// use postrider_message::{AddressList, FieldValue, RawValue};
    /// let list = AddressList::read(RawValue::new(b"Joe <a@b.example>, c@d.example"));
    /// assert_eq!(list.value.mailboxes().count(), 2);
    /// ```
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0, limits: &Limits::DEFAULT }
    }

    /// The same value, read with these limits.
    pub const fn with_limits(self, limits: &'a Limits) -> Self {
        Self { limits, ..self }
    }

    /// The octets, folding included.
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Where the octets begin in the storage.
    pub const fn offset(self) -> usize {
        self.offset
    }

    /// How much to read.
    pub const fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// A part of this value, by offsets into [`bytes`](Self::bytes).
    #[inline]
    pub fn slice(self, range: core::ops::Range<usize>) -> Self {
        let offset = self.offset.saturating_add(range.start);
        Self { bytes: self.bytes.get(range).unwrap_or_default(), offset, limits: self.limits }
    }

    /// The span of the whole value.
    pub fn span(self) -> Span {
        Span::from_range(self.offset..self.offset.saturating_add(self.bytes.len()))
    }
}

/// A value with all that was wrong with its text, and the text itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parsed<'a, T> {
    /// What was read.
    pub value: T,
    /// What was wrong, with spans of the storage.
    pub defects: Defects,
    /// The octets it was read from, folding included.
    pub raw: &'a [u8],
}

impl<'a, T> Parsed<'a, T> {
    /// A value read from these octets.
    pub const fn new(value: T, defects: Defects, raw: &'a [u8]) -> Self {
        Self { value, defects, raw }
    }

    /// Another value with the same defects and octets.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Parsed<'a, U> {
        Parsed { value: f(self.value), defects: self.defects, raw: self.raw }
    }
}

/// A type that a field's value can be read as. Reading never fails: what does not fit the type is
/// a defect.
///
/// [Your own fields](crate::manual::own_fields) implement it too. Where the types of this crate
/// are read as an `Option`, yours are types that hold one.
pub trait FieldValue<'a>: Sized {
    /// Reads the value, in time linear in its length.
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self>;
}
