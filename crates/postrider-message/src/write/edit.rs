//! Changes to a header section that leave all other octets as they are.

use alloc::{string::String, vec::Vec};
use core::ops::Range;

use memchr::{memchr, memrchr};

use super::{
    InvalidValue, WriteValue, builder::write_field, folder::MOST, is_writable_name,
    refuse_controls, slices::Slices,
};
use crate::{Field, HeaderIndex, Headers, Limits, section::goes_behind_mark};

/// Why an edit is not made. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// There is no field at this index, or the order does not name each field once.
    #[error("no such field")]
    NoField,
    /// The line has no name: there is no colon, or nothing before it.
    #[error("line without a field name")]
    NoName,
    /// The octets are not one field, written as RFC 5322 §2.2 has it.
    #[error("not one field")]
    NotOneField,
    /// The value cannot be written.
    #[error(transparent)]
    Value(#[from] InvalidValue),
}

/// One field as it will be written.
#[derive(Debug, Clone)]
enum Piece<'a> {
    /// As it stands in the storage.
    Kept(Field<'a>),
    /// With another name before what stands behind its name.
    Renamed(String, &'a [u8]),
    /// New, with its last line end.
    New(String),
}

impl<'a> Piece<'a> {
    fn name(&self) -> &[u8] {
        match self {
            Self::Kept(field) => field.name(),
            Self::Renamed(name, _) => name.as_bytes(),
            Self::New(text) => text.split_once(':').map_or(&[][..], |(name, _)| name.as_bytes()),
        }
    }
}

/// A header section that is being edited: a list of fields over the storage it was parsed from.
///
/// Fields that are not touched are written octet by octet as they stand, and so are an mbox
/// `From ` line, lines without a colon, the empty line or its absence, and the body; so signatures
/// over what was not edited stay valid. New fields end their lines as the section does, in CRLF or
/// LF. Only where the last line of a message has no line end, and something now follows, one is
/// added.
///
/// A field is named by a string or, where it is known, by its [`FieldName`](crate::FieldName).
///
/// Some things follow from what lines mean by their place. A continuation line with nothing to
/// continue, at the very top, stays at the top, or it would become part of another field: what is
/// put first comes behind it. A line that begins with `From ` is read as that of mbox, and a byte
/// order mark as such, if all lines before it are removed. And a byte order mark at the very top
/// goes with the last field, for before an empty line it would keep it from being one.
///
/// ```
/// use postrider_message::{FieldName, HeaderSection, MessageId, Text};
///
/// let mail = "Subject: Hi\nX-Spam: yes\nBcc: c@d.example\n\nHello\n";
/// let section = HeaderSection::parse(mail);
/// let mut edit = section.headers().edit();
/// assert_eq!(edit.to_vec(), mail.as_bytes());
///
/// edit.prepend("Received", &Text::new("by a.example; Tue, 1 Jul 2003 10:52:37 +0200")?)?;
/// edit.remove_all("bcc");
/// edit.set(FieldName::MessageId, &MessageId::new("1@a.example")?)?;
/// let spam = edit.position("X-Spam").expect("there is one");
/// edit.rename(spam, "X-Old-Spam")?;
/// assert_eq!(
///     edit.to_vec(),
///     b"Received: by a.example; Tue, 1 Jul 2003 10:52:37 +0200\n\
///       Subject: Hi\nX-Old-Spam: yes\nMessage-ID: <1@a.example>\n\nHello\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Edit<'a> {
    storage: &'a [u8],
    /// What stands before this are an mbox line, and other parts of a multipart message.
    start: usize,
    /// The last of it is no line but a byte order mark, which stands on the line of what follows.
    mark: bool,
    pieces: Vec<Piece<'a>>,
    /// From here on come fields beyond the limit, the empty line, and the body.
    end: usize,
    /// Lines end in LF alone.
    lf: bool,
    /// Fields lie behind the last one that is listed.
    cut: bool,
    utf8: bool,
}

impl<'a> Headers<'a> {
    /// A list of the fields to change, which is written with all that surrounds them.
    pub fn edit(self) -> Edit<'a> {
        Edit::new(self)
    }
}

impl<'a> Edit<'a> {
    fn new(headers: Headers<'a>) -> Self {
        let (storage, span) = (headers.bytes(), headers.span());
        let pieces: Vec<_> = headers.fields().map(Piece::Kept).collect();
        let start = match headers.fields().next() {
            // Nothing was indexed, and nothing may stand before what is there.
            None if is_continuation(span.of(storage)) => span.end(),
            _ => span.start(),
        };
        let end = headers.fields().next_back().map_or(start, |field| field.span().end());
        let before = storage.get(..start).unwrap_or_default();
        let mark = !before.is_empty() && !before.ends_with(b"\n") && headers.mbox_from().is_none();
        let (lf, cut) = (ends_in_lf(headers), end < span.end());
        Self { storage, start, mark, pieces, end, lf, cut, utf8: false }
    }

    /// The same list, with new fields in UTF-8 (RFC 6532) where they are not ASCII, or as encoded
    /// words, which is the default.
    #[must_use]
    pub const fn with_utf8(mut self, utf8: bool) -> Self {
        self.utf8 = utf8;
        self
    }

    /// Whether there are fields that are not listed, because they are more than
    /// [`Limits::fields`]: they stay as they are, and an edit does not see them. What must be gone
    /// for certain, such as `Bcc`, is gone only where this is false.
    pub const fn is_cut(&self) -> bool {
        self.cut
    }

    /// How many fields there are now, lines without a colon among them.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The names of the fields now, in order; empty for a line without a colon.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &[u8]> + ExactSizeIterator {
        self.pieces.iter().map(Piece::name)
    }

    /// Where the first field of this name is now, whatever the case of its letters.
    pub fn position(&self, name: impl AsRef<str>) -> Option<usize> {
        let name = name.as_ref();
        self.names().position(|other| other.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// Puts a new field before the one at this index, or behind all where there is none; tells
    /// where it stands, which is one further where a continuation of nothing keeps the top. A
    /// field that may occur once is put in again without a word; [`set`](Self::set) makes it one.
    pub fn insert(
        &mut self,
        index: usize,
        name: impl AsRef<str>,
        value: &impl WriteValue,
    ) -> Result<usize, EditError> {
        let field = self.field(name.as_ref(), value)?;
        Ok(self.place(index, Piece::New(field)))
    }

    /// Puts a new field on top, as trace fields are (RFC 5321 §4.4).
    pub fn prepend(
        &mut self,
        name: impl AsRef<str>,
        value: &impl WriteValue,
    ) -> Result<usize, EditError> {
        self.insert(0, name, value)
    }

    /// Puts a new field behind all others.
    pub fn append(
        &mut self,
        name: impl AsRef<str>,
        value: &impl WriteValue,
    ) -> Result<usize, EditError> {
        self.insert(usize::MAX, name, value)
    }

    /// Puts a field that was written elsewhere before the one at this index, such as a signature.
    /// It must be one field, its line end included, without a defect, a control character or a line
    /// of more than 998 octets (RFC 5322 §2.1.1), in ASCII unless [`with_utf8`](Self::with_utf8)
    /// says otherwise; its line ends become those of the section.
    pub fn insert_raw(&mut self, index: usize, field: &str) -> Result<usize, EditError> {
        let parsed = HeaderIndex::parse(field.as_bytes(), &Limits::DEFAULT);
        let headers = parsed.headers(field.as_bytes());
        let (mut fields, defects) = (headers.fields(), headers.defects());
        let whole = fields.len() == 1
            && fields.all(|one| !one.name().is_empty() && one.raw().len() == field.len());
        let bad = |line: &str| line.trim().is_empty() || line.len() > MOST;
        if !whole || field.lines().any(bad) || !field.ends_with('\n') || !defects.is_empty() {
            return Err(EditError::NotOneField);
        }
        field.lines().try_for_each(refuse_controls)?;
        if !self.utf8 && !field.is_ascii() {
            return Err(InvalidValue::NotAscii.into());
        }
        let field = field.replace("\r\n", "\n");
        let field = if self.lf { field } else { field.replace('\n', "\r\n") };
        Ok(self.place(index, Piece::New(field)))
    }

    /// Gives the field at this index another value. Its name stays as it is spelled.
    pub fn replace(&mut self, index: usize, value: &impl WriteValue) -> Result<(), EditError> {
        let name = self.pieces.get(index).ok_or(EditError::NoField)?.name();
        if name.is_empty() {
            return Err(EditError::NoName);
        }
        let name = core::str::from_utf8(name).map_err(|_| InvalidValue::FieldName)?;
        let field = self.field(name, value)?;
        if let Some(piece) = self.pieces.get_mut(index) {
            *piece = Piece::New(field);
        }
        Ok(())
    }

    /// Makes this the one field of its name: the first is replaced and the others are removed;
    /// where there is none, the field is appended. Tells where it stands.
    pub fn set(
        &mut self,
        name: impl AsRef<str>,
        value: &impl WriteValue,
    ) -> Result<usize, EditError> {
        let name = name.as_ref();
        let field = self.field(name, value)?;
        let Some(first) = self.position(name) else {
            return Ok(self.place(usize::MAX, Piece::New(field)));
        };
        if let Some(piece) = self.pieces.get_mut(first) {
            *piece = Piece::New(field);
        }
        let mut index = 0_usize;
        self.pieces.retain(|piece| {
            let keep = index <= first || !piece.name().eq_ignore_ascii_case(name.as_bytes());
            index = index.saturating_add(1);
            keep
        });
        Ok(first)
    }

    /// Removes the field at this index.
    pub fn remove(&mut self, index: usize) -> Result<(), EditError> {
        if index >= self.pieces.len() {
            return Err(EditError::NoField);
        }
        self.pieces.remove(index);
        Ok(())
    }

    /// Removes all fields of this name, whatever the case of its letters; tells how many.
    pub fn remove_all(&mut self, name: impl AsRef<str>) -> usize {
        let name = name.as_ref();
        let before = self.pieces.len();
        self.pieces.retain(|piece| !piece.name().eq_ignore_ascii_case(name.as_bytes()));
        before.saturating_sub(self.pieces.len())
    }

    /// Gives the field at this index another name. What stands behind its name stays as it is,
    /// folding included, but for white space before the colon.
    pub fn rename(&mut self, index: usize, name: impl AsRef<str>) -> Result<(), EditError> {
        let name = name.as_ref();
        let piece = self.pieces.get_mut(index).ok_or(EditError::NoField)?;
        if !is_writable_name(name) {
            return Err(InvalidValue::FieldName.into());
        }
        if piece.name().is_empty() {
            return Err(EditError::NoName);
        }
        match piece {
            Piece::Kept(field) => {
                // A blank before the colon, of obsolete syntax, would make `From :` a line of mbox.
                let rest = field.raw().get(field.name().len()..).unwrap_or_default();
                let rest = rest.trim_ascii_start();
                *piece = Piece::Renamed(name.into(), rest);
            }
            Piece::Renamed(old, _) => *old = name.into(),
            Piece::New(text) => {
                let rest = text.split_once(':').map_or("", |(_, rest)| rest);
                *text = [name, ":", rest].concat();
            }
        }
        Ok(())
    }

    /// Moves the field at one index to another; tells where it stands. A continuation of nothing,
    /// which is always the first, stays there and so does not move.
    pub fn move_to(&mut self, from: usize, to: usize) -> Result<usize, EditError> {
        if from >= self.pieces.len() {
            return Err(EditError::NoField);
        }
        if from < self.first() {
            return Ok(from);
        }
        let piece = self.pieces.remove(from);
        Ok(self.place(to, piece))
    }

    /// Puts all fields in this order, which names each index once. A continuation of nothing stays
    /// first, wherever the order has it.
    pub fn reorder(&mut self, order: &[usize]) -> Result<(), EditError> {
        let mut pieces: Vec<_> = core::mem::take(&mut self.pieces).into_iter().map(Some).collect();
        let mut seen = alloc::vec![false; pieces.len()];
        let valid = order.len() == pieces.len()
            && order.iter().all(|&index| {
                seen.get_mut(index).is_some_and(|seen| !core::mem::replace(seen, true))
            });
        if !valid {
            self.pieces = pieces.into_iter().flatten().collect();
            return Err(EditError::NoField);
        }
        let stray = pieces.first().and_then(Option::as_ref).is_some_and(is_stray);
        let top = usize::from(stray);
        let order = (0..top).chain(order.iter().copied().filter(|&index| index >= top));
        self.pieces = order.filter_map(|index| pieces.get_mut(index)?.take()).collect();
        Ok(())
    }

    /// The whole storage as it is now, in slices: what is not touched is not copied, and what
    /// stands together comes together. So it is written to a file or a pipe without another copy:
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// use postrider_message::HeaderSection;
    ///
    /// let section = HeaderSection::parse("Subject: Hi\nBcc: c@d.example\n\nHello\n");
    /// let mut edit = section.headers().edit();
    /// edit.remove_all("Bcc");
    /// let mut file = Vec::new(); // or any other `Write`
    /// for slice in edit.slices() {
    ///     file.write_all(slice)?;
    /// }
    /// assert_eq!(file, b"Subject: Hi\n\nHello\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn slices(&self) -> Vec<&[u8]> {
        self.slices_of(0..self.storage.len())
    }

    /// What [`slices`](Self::slices) has of a part of the storage that the header section lies in:
    /// so the section of one part of a message is written between others. Where the range ends
    /// before the fields do, or begins behind their start, they are written all the same.
    ///
    /// ```
    /// use postrider_message::HeaderSection;
    ///
    /// let section = HeaderSection::parse("Subject: Hi\nBcc: c@d.example\n\nHello\n");
    /// let mut edit = section.headers().edit();
    /// edit.remove_all("Bcc");
    /// let empty_line = section.headers().separator();
    /// assert_eq!(edit.slices_of(0..empty_line.start()).concat(), b"Subject: Hi\n");
    /// ```
    pub fn slices_of(&self, range: Range<usize>) -> Vec<&[u8]> {
        let mut out = Slices::new(self.storage, self.lf);
        let before = self.before();
        out.before(range.start.min(before)..before, self.mark && before == self.start);
        for piece in &self.pieces {
            match piece {
                Piece::Kept(field) => out.stored(field.span().range()),
                Piece::Renamed(name, rest) => out.line(name.as_bytes(), rest),
                Piece::New(text) => out.line(text.as_bytes(), &[]),
            }
        }
        out.stored(self.end..range.end.clamp(self.end, self.storage.len()));
        out.into_list()
    }

    /// Appends the whole storage as it is now; [`slices`](Self::slices) are for `std::io::Write`.
    pub fn write(&self, out: &mut Vec<u8>) {
        let slices = self.slices();
        out.reserve(slices.iter().fold(0, |sum, slice| slice.len().saturating_add(sum)));
        for slice in slices {
            out.extend_from_slice(slice);
        }
    }

    /// The whole storage as it is now.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// Where ends what is written before the fields. A byte order mark is left out where it would
    /// stand on an empty line, which it would make a line of the header section.
    fn before(&self) -> usize {
        let next = match self.pieces.first() {
            Some(Piece::Kept(field)) => field.raw(),
            Some(_) => return self.start,
            None => self.storage.get(self.end..).unwrap_or_default(),
        };
        if !self.mark || goes_behind_mark(next) {
            return self.start;
        }
        let before = self.storage.get(..self.start).unwrap_or_default();
        memrchr(b'\n', before).map_or(0, |end| end.saturating_add(1))
    }

    fn field(&self, name: &str, value: &impl WriteValue) -> Result<String, InvalidValue> {
        let field = write_field(name, self.utf8, |to| value.write_value(to))?;
        Ok(if self.lf { field.replace("\r\n", "\n") } else { field })
    }

    /// The first index that a field may be put at.
    fn first(&self) -> usize {
        usize::from(self.pieces.first().is_some_and(is_stray))
    }

    fn place(&mut self, index: usize, piece: Piece<'a>) -> usize {
        let index = index.max(self.first()).min(self.pieces.len());
        self.pieces.insert(index, piece);
        index
    }
}

/// Whether a field is a continuation line with nothing to continue.
fn is_stray(piece: &Piece<'_>) -> bool {
    matches!(piece, Piece::Kept(field) if is_continuation(field.raw()))
}

const fn is_continuation(line: &[u8]) -> bool {
    matches!(line, [b' ' | b'\t', ..])
}

/// Whether lines end in LF alone: the first field says it, else the empty line, else mbox's line;
/// where there is nothing, they end in CRLF.
fn ends_in_lf(headers: Headers<'_>) -> bool {
    let separator = headers.separator().of(headers.bytes());
    let mut texts = [headers.raw(), separator, headers.mbox_from().unwrap_or_default()].into_iter();
    let end = texts.find_map(|text| Some((text, memchr(b'\n', text)?)));
    end.is_some_and(|(text, at)| !text.get(..at).is_some_and(|line| line.ends_with(b"\r")))
}
