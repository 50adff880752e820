//! What may stand before the first field: a byte order mark, and mbox's line. Few octets tell, so
//! that a reader of pieces knows soon.

use super::HeaderIndex;

/// U+FEFF in UTF-8, which editors and scripts put before what they save.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Blanks behind `From ` that are looked at, no more than a line may have (RFC 5322 §2.1.1).
const BLANKS: usize = 998;

impl HeaderIndex {
    /// The length of the byte order mark that a header section begins with, 0 where it has none.
    /// `None` where more octets decide; `last` says that none follow.
    ///
    /// The mark goes on with neither a blank nor a line end: so an empty line is none with it, and
    /// where the section ends does not depend on it.
    pub fn byte_order_mark(text: &[u8], last: bool) -> Option<usize> {
        match text.strip_prefix(BYTE_ORDER_MARK) {
            None if !last && BYTE_ORDER_MARK.starts_with(text) => None,
            None => Some(0),
            Some([] | [b'\r']) if !last => None,
            Some(rest) if goes_behind_mark(rest) => Some(BYTE_ORDER_MARK.len()),
            Some(_) => Some(0),
        }
    }

    /// Whether a header section, behind a byte order mark, begins with mbox's `From sender date`, and
    /// not with the field `From :`. `None` where more octets decide; `last` says that none follow.
    pub fn begins_with_mbox_from(text: &[u8], last: bool) -> Option<bool> {
        const START: &[u8] = b"From ";
        let text = text.strip_prefix(b">").unwrap_or(text);
        let Some(rest) = text.strip_prefix(START) else {
            return if !last && START.starts_with(text) { None } else { Some(false) };
        };
        let blanks = rest.get(..BLANKS).unwrap_or(rest);
        match blanks.iter().find(|octet| !matches!(octet, b' ' | b'\t')) {
            Some(next) => Some(*next != b':'),
            None if !last && blanks.len() < BLANKS => None,
            None => Some(true),
        }
    }
}

/// Whether what stands before this is a byte order mark and no part of it. So it is before every
/// field that comes first when those before it are removed.
pub(crate) const fn goes_behind_mark(rest: &[u8]) -> bool {
    !matches!(rest, [] | [b' ' | b'\t' | b'\n', ..] | [b'\r', b'\n', ..])
}
