//! The line a finding is in, with a mark under the octets.

use std::fmt::{self, Write};

use memchr::{memchr, memchr_iter, memrchr};
use postrider::message::Span;

use super::safe::safe;

/// Columns that are shown of a line.
const WIDTH: usize = 100;
/// Columns before the mark in a line that is longer.
const BEFORE: usize = 30;
/// Octets around the start of the mark that are looked at: more than are shown, however many a
/// character has. What is far away in a line of many megabytes costs nothing.
const NEAR: usize = 1024;

/// Lines of a message by number, asked for in ascending order.
pub(crate) struct Lines<'m> {
    octets: &'m [u8],
    at: usize,
    number: usize,
}

/// A line, or as much of it as matters, and which octets of it are meant.
pub(crate) struct Marked<'m> {
    pub(crate) number: usize,
    line: &'m [u8],
    mark: std::ops::Range<usize>,
    /// Whether something was left out before and behind it.
    cut: [bool; 2],
}

impl<'m> Lines<'m> {
    pub(crate) fn new(octets: &'m [u8]) -> Self {
        Self { octets, at: 0, number: 1 }
    }

    /// The number of the line an offset lies in, counted from 1.
    pub(crate) fn number(&mut self, offset: usize) -> usize {
        let offset = offset.min(self.octets.len());
        if offset > self.at {
            self.number += memchr_iter(b'\n', &self.octets[self.at..offset]).count();
            self.at = offset;
        }
        self.number
    }

    /// The line that a span begins in, and the octets of the span in that line.
    pub(crate) fn marked(&mut self, span: Span) -> Marked<'m> {
        let octets = self.octets;
        let mut offset = span.start().min(octets.len());
        // What is missing at the end of the message is shown behind its last line.
        let at_end = offset == octets.len() && octets.last() == Some(&b'\n');
        offset -= usize::from(at_end);
        let start = memrchr(b'\n', &octets[..offset]).map_or(0, |lf| lf + 1);
        let end = memchr(b'\n', &octets[offset..]).map_or(octets.len(), |lf| offset + lf);
        let line = &octets[start..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let from = (offset - start).min(line.len());
        let to = span.end().saturating_sub(start).clamp(from, line.len());
        let far = from.saturating_sub(NEAR);
        let is_inside = |octet: &&u8| far > 0 && **octet & 0xc0 == 0x80;
        let first = far + line[far..from].iter().take_while(is_inside).count();
        let last = line.len().min(from + NEAR);
        Marked {
            number: self.number(offset),
            line: &line[first..last],
            mark: from - first..to.min(last) - first,
            cut: [first > 0, last < line.len()],
        }
    }
}

impl Marked<'_> {
    /// Whether nothing is meant, in a line where nothing is.
    pub(crate) fn is_blank(&self) -> bool {
        self.line.is_empty() && self.cut == [false; 2]
    }
}

/// Characters of octets, those that are no UTF-8 each shown as one.
fn shown(octets: &[u8]) -> impl Iterator<Item = char> {
    octets.utf8_chunks().flat_map(|chunk| {
        let invalid = (!chunk.invalid().is_empty()).then_some('\u{fffd}');
        chunk.valid().chars().map(safe).chain(invalid)
    })
}

impl fmt::Display for Marked<'_> {
    /// Two lines, indented.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = shown(&self.line[..self.mark.start]).count();
        let is_long =
            self.cut != [false; 2] || before + shown(&self.line[self.mark.start..]).count() > WIDTH;
        let skip = if is_long { before.saturating_sub(BEFORE) } else { 0 };
        let begins = skip == 0 && !self.cut[0];
        write!(f, "    {:>5} | {}", self.number, if begins { "" } else { "…" })?;
        let mut characters = shown(self.line).skip(skip);
        characters.by_ref().take(WIDTH).try_for_each(|character| f.write_char(character))?;
        if characters.next().is_some() || self.cut[1] {
            f.write_char('…')?;
        }
        let column = before - skip + usize::from(!begins);
        let length = shown(&self.line[self.mark.clone()]).take(WIDTH + skip - before).count();
        write!(f, "\n          | {:column$}^", "")?;
        (1..length).try_for_each(|_| f.write_char('~'))?;
        f.write_char('\n')
    }
}
