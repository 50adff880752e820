//! Lines that end with LF, and perhaps with CRLF.

/// Octets of the longest line that is read: an answer of AUTH has 12 288 at most (RFC 4954 §4).
pub(crate) const MOST: usize = 64 << 10;

/// What stands at the front.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Front<'a> {
    /// Not the end yet.
    More,
    /// A line without its end; with it, it has so many octets. Whether it ends with LF alone.
    Line { text: &'a [u8], octets: usize, bare: bool },
    /// A line is too long. So many octets of it are here; whether its end is.
    TooLong { octets: usize, ends: bool },
}

/// The first line.
pub(crate) fn front(octets: &[u8]) -> Front<'_> {
    let Some(lf) = memchr::memchr(b'\n', octets) else {
        return if octets.len() > MOST {
            Front::TooLong { octets: octets.len(), ends: false }
        } else {
            Front::More
        };
    };
    if lf > MOST {
        return Front::TooLong { octets: lf + 1, ends: true };
    }
    let line = &octets[..lf];
    match line.strip_suffix(b"\r") {
        Some(text) => Front::Line { text, octets: lf + 1, bare: false },
        None => Front::Line { text: line, octets: lf + 1, bare: true },
    }
}
