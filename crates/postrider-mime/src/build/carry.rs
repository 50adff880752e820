//! What octets that are written as they are ask of the way there.

use memchr::{memchr, memchr_iter, memmem};

use crate::encoding::{Lines, TransferEncoding, Transport};

/// Octets of a line without its line end (RFC 5321 §4.5.3.1.6, RFC 5322 §2.1.1).
const LINE: usize = 998;

/// The narrowest way for these octets (RFC 2045 §2.7–2.9). A bare LF ends a line of text, and is a
/// reason for `binary` elsewhere.
pub(super) fn needed(octets: &[u8], lines: Lines) -> Transport {
    if memchr(0, octets).is_some() || !are_lines(octets, lines) {
        return Transport::Binary;
    }
    if octets.is_ascii() { Transport::SevenBit } else { Transport::EightBit }
}

/// Whether a way carries what needs this one.
pub(super) const fn carries(transport: Transport, needed: Transport) -> bool {
    transport as u8 >= needed as u8
}

/// The encoding that is none, of what needs this way.
pub(super) const fn identity(needed: Transport) -> TransferEncoding {
    match needed {
        Transport::SevenBit => TransferEncoding::SevenBit,
        Transport::EightBit => TransferEncoding::EightBit,
        Transport::Binary => TransferEncoding::Binary,
    }
}

/// What an encoding asks of the way: those that encode ask for lines of ASCII.
pub(super) const fn carrier(encoding: TransferEncoding) -> Transport {
    match encoding {
        TransferEncoding::EightBit => Transport::EightBit,
        TransferEncoding::Binary => Transport::Binary,
        _ => Transport::SevenBit,
    }
}

fn are_lines(octets: &[u8], lines: Lines) -> bool {
    let (mut start, mut ends) = (0_usize, 0_usize);
    for at in memchr_iter(b'\n', octets) {
        let line = octets.get(start..at).unwrap_or_default();
        let text = match line.split_last() {
            Some((b'\r', text)) => {
                ends = ends.saturating_add(1);
                text
            }
            _ if lines == Lines::Text => line,
            _ => return false,
        };
        if text.len() > LINE {
            return false;
        }
        start = at.saturating_add(1);
    }
    let rest = octets.get(start..).unwrap_or_default();
    // A CR that is not before an LF is none of a line.
    rest.len() <= LINE && memchr_iter(b'\r', octets).take(ends.saturating_add(1)).count() == ends
}

/// Whether text has no line end but CRLF, so that it is written as it stands.
pub(super) fn is_canonical(octets: &[u8]) -> bool {
    memchr_iter(b'\n', octets)
        .all(|at| at.checked_sub(1).and_then(|at| octets.get(at)) == Some(&b'\r'))
}

/// Whether a line begins with the delimiter of one of these boundaries (RFC 2046 §5.1.1), of which
/// "it is sufficient that the boundary appear in its entirety following the CRLF".
pub(super) fn has_delimiter(octets: &[u8], boundaries: &[impl AsRef<[u8]>]) -> bool {
    if boundaries.is_empty() {
        return false;
    }
    let is_delimiter = |line: &[u8]| {
        let rest = line.strip_prefix(b"--");
        rest.is_some_and(|rest| boundaries.iter().any(|one| rest.starts_with(one.as_ref())))
    };
    // A bare CR ends a line to some readers.
    let behind = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| octets.get(at));
        before.is_none_or(|octet| matches!(octet, b'\n' | b'\r'))
    };
    // What does not overlap is enough: two hyphens at the start of a line never overlap others.
    memmem::find_iter(octets, b"--")
        .any(|at| behind(at) && is_delimiter(octets.get(at..).unwrap_or_default()))
}
