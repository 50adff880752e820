//! What is written: parts of the storage, new text, and the line ends between them.

use alloc::vec::Vec;
use core::ops::Range;

/// The length of the line end that stands at this offset.
pub(super) fn line_end_at(storage: &[u8], at: usize) -> usize {
    match storage.get(at..) {
        Some([b'\n', ..]) => 1,
        Some([b'\r', b'\n', ..]) => 2,
        _ => 0,
    }
}

/// Collects slices. Parts of the storage that stand together become one slice.
///
/// The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1). So where a part ends
/// and another line is to follow, it is not written before it is known what follows: nothing, a
/// line end of the storage, or a line.
pub(super) struct Out<'s> {
    storage: &'s [u8],
    line_end: &'static [u8],
    /// Up to here the storage is written or left out.
    pub(super) at: usize,
    /// The part of the storage that was added last, where that may still grow.
    open: Range<usize>,
    list: Vec<&'s [u8]>,
    /// What was added last is a new part: a line end stands before the next line.
    is_part: bool,
    /// A line end of the storage that stands before the next line.
    owed: Range<usize>,
}

impl<'s> Out<'s> {
    pub(super) const fn new(storage: &'s [u8], line_end: &'static [u8]) -> Self {
        Self { storage, line_end, at: 0, open: 0..0, list: Vec::new(), is_part: false, owed: 0..0 }
    }

    /// Goes on with the storage up to this offset.
    pub(super) fn copy_to(&mut self, end: usize) {
        if self.at < end {
            self.stored(self.at..end);
            self.at = end;
        }
    }

    /// A part of the storage that begins with a line end before a delimiter, or with the delimiter.
    pub(super) fn stored(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let owed = core::mem::take(&mut self.owed);
        if !owed.is_empty() {
            self.raw(owed);
        } else if self.is_part && line_end_at(self.storage, range.start) == 0 {
            self.line_end();
        }
        self.is_part = false;
        self.raw(range);
    }

    /// New text. It brings its own line end where one is needed.
    pub(super) fn text(&mut self, text: &'s [u8]) {
        (self.owed, self.is_part) = (0..0, false);
        self.close();
        if !text.is_empty() {
            self.list.push(text);
        }
    }

    /// One line end more.
    pub(super) fn line_end(&mut self) {
        // A CR before is none, and must not become half of one.
        let end: &[u8] = if self.last() == Some(b'\r') { b"\r\n" } else { self.line_end };
        self.text(end);
    }

    /// A line end, where the present line is not empty.
    pub(super) fn fresh_line(&mut self) {
        if self.last().is_some_and(|last| last != b'\n') {
            self.line_end();
        }
    }

    /// What is written last is a part. Its last line end, if it has one, is its own.
    pub(super) fn end_part(&mut self) {
        (self.owed, self.is_part) = (0..0, true);
    }

    /// This line end of the storage stands before whatever line is next.
    pub(super) fn owe(&mut self, line_end: Range<usize>) {
        if !line_end.is_empty() {
            self.owed = line_end;
        }
    }

    /// The delimiter `--boundary` on a line of its own, or `--boundary--` at the end of one.
    pub(super) fn delimiter(&mut self, boundary: &'s [u8], closing: bool) {
        let owed = core::mem::take(&mut self.owed);
        if !owed.is_empty() {
            self.raw(owed);
        } else if self.is_part {
            self.line_end();
        }
        self.text(b"--");
        self.text(boundary);
        match closing {
            true => self.text(b"--"),
            false => self.line_end(),
        }
    }

    pub(super) fn into_list(mut self) -> Vec<&'s [u8]> {
        self.close();
        self.list
    }

    fn raw(&mut self, range: Range<usize>) {
        if self.open.is_empty() {
            self.open = range;
        } else if self.open.end == range.start {
            self.open.end = range.end;
        } else {
            self.close();
            self.open = range;
        }
    }

    /// The last octet that was written.
    pub(super) fn last(&self) -> Option<u8> {
        match self.open.end.checked_sub(1) {
            Some(last) if !self.open.is_empty() => self.storage.get(last).copied(),
            _ => self.list.last()?.last().copied(),
        }
    }

    fn close(&mut self) {
        let open = core::mem::take(&mut self.open);
        self.list.extend(self.storage.get(open).filter(|part| !part.is_empty()));
    }
}
