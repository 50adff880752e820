//! Parts of a storage and new text between them, as slices.

use alloc::vec::Vec;
use core::ops::Range;

/// Collects slices of lines. Parts of the storage that stand together become one slice.
pub(super) struct Slices<'s> {
    storage: &'s [u8],
    /// The part of the storage that was added last, where that may still grow.
    open: Range<usize>,
    list: Vec<&'s [u8]>,
    /// What was added last is no line: the next line goes on behind it.
    mark: bool,
    /// A line without an end gets LF where another follows, not CRLF.
    lf: bool,
}

impl<'s> Slices<'s> {
    pub(super) const fn new(storage: &'s [u8], lf: bool) -> Self {
        Self { storage, open: 0..0, list: Vec::new(), mark: false, lf }
    }

    /// What stands before the first field, which may be a mark that is no line.
    pub(super) fn before(&mut self, range: Range<usize>, mark: bool) {
        self.open = range;
        self.mark = mark;
    }

    /// A part of the storage that begins a line.
    pub(super) fn stored(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        if !self.open.is_empty() && self.open.end == range.start {
            self.open.end = range.end;
            self.mark = false;
        } else {
            self.end_line();
            self.open = range;
        }
    }

    /// New text that begins a line, and what follows it on that line.
    pub(super) fn line(&mut self, text: &'s [u8], rest: &'s [u8]) {
        self.end_line();
        self.list.extend([text, rest].into_iter().filter(|slice| !slice.is_empty()));
    }

    pub(super) fn into_list(mut self) -> Vec<&'s [u8]> {
        self.close();
        self.list
    }

    /// Ends the last line where it has no end.
    fn end_line(&mut self) {
        self.close();
        if core::mem::take(&mut self.mark) {
            return;
        }
        match self.list.last() {
            None | Some([.., b'\n']) => {}
            // A CR at the end of the message is no line end, and must not become half of one.
            Some([.., b'\r']) => self.list.push(b"\r\n"),
            Some(_) => self.list.push(if self.lf { b"\n" } else { b"\r\n" }),
        }
    }

    fn close(&mut self) {
        let open = core::mem::take(&mut self.open);
        let part = self.storage.get(open).filter(|part| !part.is_empty());
        self.list.extend(part);
    }
}
