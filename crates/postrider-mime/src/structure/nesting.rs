//! The parts that have not ended yet, and what all parts together may still cost.

use alloc::vec::Vec;

use memchr::{memchr, memmem::Finder};
use postrider_message::Code;

use super::{Kind, Shape};
use crate::{Limits, code};

/// The open parts, the root first, each with what a reader keeps of it; and the counts that the
/// limits bound.
#[derive(Debug, Clone)]
pub(crate) struct Nesting<T> {
    /// Those that hold parts.
    levels: Vec<Level<T>>,
    /// The innermost part, where it is a leaf.
    leaf: Option<T>,
    /// The boundaries of the levels, one behind the other.
    boundaries: Vec<u8>,
    /// Levels that a delimiter can belong to.
    delimited: usize,
    /// Parts that were opened.
    parts: usize,
    /// Fields that header sections may still keep.
    fields: usize,
    /// Made for the first multipart: most messages have none.
    lines: Option<Finder<'static>>,
}

/// A part that holds parts and has not ended yet.
#[derive(Debug, Clone)]
pub(crate) struct Level<T> {
    pub(crate) kept: T,
    /// Where a part without Content-Type is a message (RFC 2046 §5.1.5).
    pub(crate) is_digest: bool,
    /// Whether its closing delimiter was met.
    pub(crate) is_closed: bool,
    /// Whether delimiters are compared with its boundary.
    delimited: bool,
    /// Where its boundary begins; it ends where that of the next level begins.
    boundary: usize,
}

impl<T> Nesting<T> {
    pub(crate) const fn new(limits: &Limits) -> Self {
        Self {
            levels: Vec::new(),
            leaf: None,
            boundaries: Vec::new(),
            delimited: 0,
            parts: 0,
            fields: limits.fields,
            lines: None,
        }
    }

    /// How many parts are open.
    pub(crate) const fn depth(&self) -> usize {
        self.levels.len().saturating_add(self.leaf.is_some() as usize)
    }

    /// Whether the innermost part is a leaf.
    pub(crate) const fn is_in_leaf(&self) -> bool {
        self.leaf.is_some()
    }

    /// The innermost part that holds parts.
    pub(crate) fn innermost(&mut self) -> Option<&mut Level<T>> {
        self.levels.last_mut()
    }

    pub(crate) fn level(&mut self, level: usize) -> Option<&mut Level<T>> {
        self.levels.get_mut(level)
    }

    /// How many parts were opened.
    pub(crate) const fn parts(&self) -> usize {
        self.parts
    }

    /// Fields that header sections may still keep.
    pub(crate) const fn fields(&self) -> usize {
        self.fields
    }

    /// Takes the fields of a header section from what sections may still keep.
    pub(crate) const fn set_fields(&mut self, left: usize) {
        self.fields = left;
    }

    /// Whether any delimiter can come.
    pub(crate) const fn is_delimited(&self) -> bool {
        self.delimited > 0
    }

    /// Whether a delimiter of a part around this level can come.
    pub(crate) fn is_delimited_around(&self, level: usize) -> bool {
        let inner = self.levels.get(level..).unwrap_or_default();
        let inner = inner.iter().filter(|one| one.delimited).count();
        self.delimited > inner
    }

    /// Where the next line end is that `--` follows.
    ///
    /// A search for one octet is faster than one for three, and of base64 it passes over all: so the
    /// first hyphen is looked for, and only behind one that begins no such line the line itself.
    pub(crate) fn find_line(&self, octets: &[u8]) -> Option<usize> {
        let hyphen = memchr(b'-', octets)?;
        let (before, from) = octets.split_at_checked(hyphen)?;
        if from.starts_with(b"--") && before.ends_with(b"\n") {
            return hyphen.checked_sub(1);
        }
        let found = self.lines.as_ref()?.find(from)?;
        Some(hyphen.saturating_add(found))
    }

    /// The limit that keeps one more part from having parts, if one does.
    pub(crate) const fn refusal(&self, limits: &Limits) -> Option<&'static Code> {
        if self.levels.len() >= limits.depth {
            Some(&code::TOO_DEEP)
        } else if self.parts.saturating_add(1) >= limits.parts {
            Some(&code::TOO_MANY_PARTS)
        } else {
            None
        }
    }

    /// Opens a part.
    pub(crate) fn enter(&mut self, shape: &Shape, kept: T) {
        self.parts = self.parts.saturating_add(1);
        if shape.kind == Kind::Leaf {
            self.leaf = Some(kept);
            return;
        }
        let boundary = self.boundaries.len();
        let delimited = shape.boundary.is_some();
        if let Some(text) = &shape.boundary {
            self.boundaries.extend_from_slice(text);
            self.delimited = self.delimited.saturating_add(1);
            self.lines.get_or_insert_with(|| Finder::new(b"\n--"));
        }
        let is_digest = shape.is_digest;
        self.levels.push(Level { kept, is_digest, is_closed: false, delimited, boundary });
    }

    /// Ends the innermost part. Tells what was kept of it, and whether its closing delimiter is
    /// missing.
    pub(crate) fn leave(&mut self) -> Option<(T, bool)> {
        if let Some(kept) = self.leaf.take() {
            return Some((kept, false));
        }
        let level = self.levels.pop()?;
        self.boundaries.truncate(level.boundary);
        self.delimited = self.delimited.saturating_sub(usize::from(level.delimited));
        Some((level.kept, level.delimited))
    }

    /// Lets nothing more be delimited by the boundary of this level.
    pub(crate) fn close(&mut self, level: usize) {
        let Some(level) = self.levels.get_mut(level) else { return };
        self.delimited = self.delimited.saturating_sub(usize::from(level.delimited));
        (level.is_closed, level.delimited) = (true, false);
    }

    /// The open part around this level whose delimiter this whole line is, and whether it closes
    /// the part. White space at its end does not count, and of several parts it is the innermost: so
    /// a boundary that another begins with is no trap.
    ///
    /// `delimiter = CRLF "--" boundary`, `close-delimiter = delimiter "--"`, then
    /// `transport-padding CRLF` (RFC 2046 §5.1.1).
    pub(crate) fn level_of(&self, line: &[u8], around: usize) -> Option<(usize, bool)> {
        let text = line.strip_prefix(b"--")?.trim_ascii_end();
        let mut end = self.levels.get(around).map_or(self.boundaries.len(), |level| level.boundary);
        let outer = self.levels.get(..around).unwrap_or(&self.levels);
        for (number, level) in outer.iter().enumerate().rev() {
            let boundary = self.boundaries.get(level.boundary..end).unwrap_or_default();
            end = level.boundary;
            if level.delimited
                && let Some(after) = text.strip_prefix(boundary)
            {
                match after {
                    b"" => return Some((number, false)),
                    b"--" => return Some((number, true)),
                    _ => {}
                }
            }
        }
        None
    }
}
