//! The line ends of text, made CRLF in pieces.

use alloc::vec::Vec;

use memchr::memchr_iter;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LineEnds {
    /// The octet before was a CR.
    cr: bool,
}

impl LineEnds {
    /// Copies what stands between LFs that lack their CR in one go.
    pub(super) fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let mut start = 0;
        for lf in memchr_iter(b'\n', piece) {
            let before = lf.checked_sub(1).and_then(|at| piece.get(at));
            if before.map_or(self.cr, |octet| *octet == b'\r') {
                continue;
            }
            out.extend_from_slice(piece.get(start..lf).unwrap_or_default());
            out.extend_from_slice(b"\r\n");
            start = lf.saturating_add(1);
        }
        out.extend_from_slice(piece.get(start..).unwrap_or_default());
        self.cr = piece.last().map_or(self.cr, |octet| *octet == b'\r');
    }
}
