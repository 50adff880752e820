//! The parts that have not ended yet, and what all parts together may still cost.

use alloc::vec::Vec;

use memchr::memmem::Finder;
use postrider_message::Code;

use super::{Kind, Shape};
use crate::{Limits, code};

/// The open parts, the root first, and the counts that the limits bound.
#[derive(Debug, Clone)]
pub(crate) struct Nesting {
    levels: Vec<Level>,
    /// The boundaries of the levels, one behind the other.
    boundaries: Vec<u8>,
    /// Levels that a delimiter can belong to.
    delimited: usize,
    /// Parts that were opened.
    parts: usize,
    /// Fields that header sections may still keep.
    fields: usize,
    lines: Finder<'static>,
}

/// A part that has not ended yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    pub(crate) kind: Kind,
    /// Where a part without Content-Type is a message (RFC 2046 §5.1.5).
    pub(crate) is_digest: bool,
    /// Whether its closing delimiter was met.
    pub(crate) is_closed: bool,
    pub(crate) has_parts: bool,
    /// Whether delimiters are compared with its boundary.
    delimited: bool,
    /// Where its boundary begins; it ends where that of the next level begins.
    boundary: usize,
}

impl Nesting {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            levels: Vec::new(),
            boundaries: Vec::new(),
            delimited: 0,
            parts: 0,
            fields: limits.fields,
            lines: Finder::new(b"\n--"),
        }
    }

    /// How many parts are open.
    pub(crate) const fn depth(&self) -> usize {
        self.levels.len()
    }

    pub(crate) fn innermost(&self) -> Option<&Level> {
        self.levels.last()
    }

    /// How many parts were opened.
    pub(crate) const fn parts(&self) -> usize {
        self.parts
    }

    /// Fields that header sections may still keep.
    pub(crate) const fn fields(&self) -> usize {
        self.fields
    }

    /// The same, to count down.
    pub(crate) const fn fields_mut(&mut self) -> &mut usize {
        &mut self.fields
    }

    /// Whether any delimiter can come.
    pub(crate) const fn is_delimited(&self) -> bool {
        self.delimited > 0
    }

    /// Where the next line end is that `--` follows.
    pub(crate) fn find_line(&self, octets: &[u8]) -> Option<usize> {
        self.lines.find(octets)
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
    pub(crate) fn enter(&mut self, shape: &Shape) {
        if let Some(around) = self.levels.last_mut() {
            around.has_parts = true;
        }
        let boundary = self.boundaries.len();
        let delimited = shape.boundary.is_some();
        self.boundaries.extend_from_slice(shape.boundary.as_deref().unwrap_or_default());
        self.delimited = self.delimited.saturating_add(usize::from(delimited));
        self.parts = self.parts.saturating_add(1);
        self.levels.push(Level {
            kind: shape.kind,
            is_digest: shape.is_digest,
            is_closed: false,
            has_parts: false,
            delimited,
            boundary,
        });
    }

    /// Ends the innermost part. Tells whether its closing delimiter is missing.
    pub(crate) fn leave(&mut self) -> bool {
        let Some(level) = self.levels.pop() else { return false };
        self.boundaries.truncate(level.boundary);
        self.delimited = self.delimited.saturating_sub(usize::from(level.delimited));
        level.delimited
    }

    /// Lets nothing more be delimited by the boundary of this level.
    pub(crate) fn close(&mut self, level: usize) {
        let Some(level) = self.levels.get_mut(level) else { return };
        self.delimited = self.delimited.saturating_sub(usize::from(level.delimited));
        (level.is_closed, level.delimited) = (true, false);
    }

    /// The open part whose delimiter this whole line is, and whether it closes the part. White
    /// space at its end does not count, and of several parts it is the innermost: so a boundary
    /// that another begins with is no trap.
    ///
    /// `delimiter = CRLF "--" boundary`, `close-delimiter = delimiter "--"`, then
    /// `transport-padding CRLF` (RFC 2046 §5.1.1).
    pub(crate) fn level_of(&self, line: &[u8]) -> Option<(usize, bool)> {
        let text = line.strip_prefix(b"--")?.trim_ascii_end();
        let mut end = self.boundaries.len();
        for (number, level) in self.levels.iter().enumerate().rev() {
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
