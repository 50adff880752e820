//! What streamed content must be that is written as it is, looked at while it passes.

use alloc::vec::Vec;

use memchr::{memchr, memchr_iter, memmem};

use super::BuildError;
use crate::encoding::{Scan, TransferEncoding};

/// Octets of a line without its line end (RFC 5322 §2.1.1).
const LINE: usize = 998;

/// Looks at streamed content on its way: lines of the encoding that was told (RFC 2045 §2.7–2.9),
/// no boundary of the message, and nothing that agents change where it is to be signed.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    encoding: TransferEncoding,
    /// Octets of the present line.
    line: usize,
    /// The last octet was a CR.
    after_cr: bool,
    /// The last octets, of which a boundary may begin.
    tail: Vec<u8>,
    /// What is looked for where it is to be signed.
    signing: Option<Scan>,
}

impl Pass {
    /// For content that is written by this encoding, and perhaps must stay as it is on its way.
    pub(super) fn new(encoding: TransferEncoding, is_signed: bool) -> Self {
        let signing = (is_signed && encoding.is_identity()).then(Scan::for_signing);
        Self { encoding, line: 0, after_cr: false, tail: Vec::new(), signing }
    }

    /// Looks at a piece of what is written.
    pub(super) fn look(&mut self, piece: &[u8], stem: &[u8]) -> Result<(), BuildError> {
        if !self.encoding.is_identity() {
            return Ok(());
        }
        self.look_for(piece, stem)?;
        if let Some(scan) = &mut self.signing {
            scan.push(piece);
            if scan.has_changed_line() {
                return Err(BuildError::Encoding);
            }
        }
        match self.encoding {
            TransferEncoding::SevenBit if !piece.is_ascii() => Err(BuildError::Encoding),
            TransferEncoding::Binary => Ok(()),
            _ => self.lines(piece),
        }
    }

    /// The content ends here.
    pub(super) fn finish(&self) -> Result<(), BuildError> {
        let bare = self.after_cr && !matches!(self.encoding, TransferEncoding::Binary);
        let is_changed = self.signing.as_ref().is_some_and(Scan::is_changed);
        if bare || is_changed { Err(BuildError::Encoding) } else { Ok(()) }
    }

    fn look_for(&mut self, piece: &[u8], stem: &[u8]) -> Result<(), BuildError> {
        if stem.is_empty() {
            return Ok(());
        }
        let most = stem.len().saturating_sub(1);
        // What may begin in the last piece ends in so many octets of this one.
        self.tail.extend(piece.iter().take(most));
        let found = memmem::find(&self.tail, stem).or_else(|| memmem::find(piece, stem));
        if found.is_some() {
            return Err(BuildError::Boundary);
        }
        if piece.len() > most {
            self.tail.clear();
            self.tail.extend(piece.get(piece.len().saturating_sub(most)..).unwrap_or_default());
        } else {
            self.tail.drain(..self.tail.len().saturating_sub(most));
        }
        Ok(())
    }

    /// No NUL, no CR but before an LF, no LF but behind a CR, and no long line.
    fn lines(&mut self, piece: &[u8]) -> Result<(), BuildError> {
        if memchr(0, piece).is_some() {
            return Err(BuildError::Encoding);
        }
        let mut start = 0_usize;
        let mut ends = 0_usize;
        for at in memchr_iter(b'\n', piece) {
            let before = match at.checked_sub(1) {
                Some(before) => {
                    ends = ends.saturating_add(1);
                    piece.get(before) == Some(&b'\r')
                }
                None => self.after_cr,
            };
            let length = self.line.saturating_add(at.saturating_sub(start));
            if !before || length.saturating_sub(1) > LINE {
                return Err(BuildError::Encoding);
            }
            self.line = 0;
            start = at.saturating_add(1);
        }
        let ends_line = piece.first() == Some(&b'\n');
        let after_cr = piece.last() == Some(&b'\r');
        let whole = ends.saturating_add(usize::from(after_cr));
        let bare = memchr_iter(b'\r', piece).count() != whole
            || (self.after_cr && !ends_line && !piece.is_empty());
        self.line = self.line.saturating_add(piece.len().saturating_sub(start));
        if !piece.is_empty() {
            self.after_cr = after_cr;
        }
        let most = LINE.saturating_add(usize::from(self.after_cr));
        if bare || self.line > most { Err(BuildError::Encoding) } else { Ok(()) }
    }
}
