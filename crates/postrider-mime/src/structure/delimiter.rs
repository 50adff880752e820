//! Delimiter lines (RFC 2046 §5.1.1).

use memchr::memchr;

use super::Nesting;

/// Octets of the longest line that can be a delimiter, its line end included: "MUST be no more than
/// 998 characters, […] excluding the CRLF" (RFC 5322 §2.1.1). So a reader knows soon enough what a
/// line is.
pub(crate) const LONGEST_LINE: usize = 1000;

/// A line that is `--boundary` or `--boundary--` of an open multipart. The offsets are of the octets
/// that were looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delimiter {
    /// Where the line end before it begins, which belongs to the delimiter.
    pub(crate) start: usize,
    /// Where the line begins.
    pub(crate) line: usize,
    /// One past its line end; before it where the delimiter of an outer part follows directly, to
    /// which that line end belongs.
    pub(crate) end: usize,
    /// Which of the open parts it belongs to.
    pub(crate) level: usize,
    pub(crate) closing: bool,
}

/// What a search came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Delimiter(Delimiter),
    /// There is none, but from here on the octets may turn out to begin one.
    Undecided(usize),
}

/// What the octets at the start of a line are, as far as it is known.
enum Line {
    /// This many octets with the line end.
    Whole(usize),
    /// Too long to be a delimiter.
    TooLong,
    /// More octets decide.
    Undecided,
}

/// Looks for the next delimiter of any open multipart. `line_start` says whether the octets begin at
/// the start of a line; `last`, whether nothing follows them.
pub(crate) fn next_delimiter<T>(
    octets: &[u8],
    line_start: bool,
    last: bool,
    nesting: &Nesting<T>,
) -> Found {
    if !nesting.is_delimited() {
        return Found::Undecided(octets.len());
    }
    // The line end before the line, the line, and where to look for the next line end.
    let mut from = 0;
    if line_start {
        match octets {
            [] | [b'-'] if !last => return Found::Undecided(0),
            [b'-', b'-', ..] => match candidate(octets, 0, last, nesting) {
                Ok(found) => return found,
                Err(next) => from = next,
            },
            _ => {}
        }
    }
    while let Some(found) = octets.get(from..).and_then(|rest| nesting.find_line(rest)) {
        let line = from.saturating_add(found).saturating_add(1);
        match candidate(octets, line, last, nesting) {
            Ok(found) => return found,
            Err(next) => from = next,
        }
    }
    if last {
        return Found::Undecided(octets.len());
    }
    let text = octets.strip_suffix(b"\n-").or_else(|| octets.strip_suffix(b"\n")).unwrap_or(octets);
    Found::Undecided(text.strip_suffix(b"\r").unwrap_or(text).len())
}

/// Whether a line at the start of these octets is a delimiter; `None` where more octets decide.
pub(crate) fn is_delimiter<T>(octets: &[u8], last: bool, nesting: &Nesting<T>) -> Option<bool> {
    if !nesting.is_delimited() {
        return Some(false);
    }
    match line(octets, last) {
        Line::Whole(length) => {
            let whole = octets.get(..length).unwrap_or_default();
            Some(nesting.level_of(whole, usize::MAX).is_some())
        }
        Line::TooLong => Some(false),
        Line::Undecided => None,
    }
}

/// Whether a delimiter of a part around this level stands directly behind the delimiter that closes
/// it; `None` where more octets decide.
///
/// `[CRLF epilogue]` and then `delimiter := CRLF "--" boundary` (RFC 2046 §5.1.1): of one line end
/// the delimiter has to have it, and there is no epilogue.
fn is_followed<T>(behind: &[u8], level: usize, last: bool, nesting: &Nesting<T>) -> Option<bool> {
    if !nesting.is_delimited_around(level) {
        return Some(false);
    }
    match behind {
        [] | [b'-'] if !last => None,
        [b'-', b'-', ..] => match line(behind, last) {
            Line::Whole(length) => {
                let whole = behind.get(..length).unwrap_or_default();
                Some(nesting.level_of(whole, level).is_some())
            }
            Line::TooLong => Some(false),
            Line::Undecided => None,
        },
        _ => Some(false),
    }
}

/// What the line that begins with `--` at this offset is, or where to look on.
fn candidate<T>(
    octets: &[u8],
    at: usize,
    last: bool,
    nesting: &Nesting<T>,
) -> Result<Found, usize> {
    let rest = octets.get(at..).unwrap_or_default();
    match line(rest, last) {
        Line::Undecided => Ok(Found::Undecided(before_line_end(octets, at))),
        Line::TooLong => Err(at),
        Line::Whole(length) => {
            let mut end = at.saturating_add(length);
            match nesting.level_of(rest.get(..length).unwrap_or_default(), usize::MAX) {
                Some((level, closing)) => {
                    let start = before_line_end(octets, at);
                    if closing {
                        let behind = octets.get(end..).unwrap_or_default();
                        match is_followed(behind, level, last, nesting) {
                            None => return Ok(Found::Undecided(start)),
                            Some(true) => end = before_line_end(octets, end),
                            Some(false) => {}
                        }
                    }
                    Ok(Found::Delimiter(Delimiter { start, line: at, end, level, closing }))
                }
                // The line end may be that before a delimiter.
                None if rest.get(..length).is_some_and(|line| line.ends_with(b"\n")) => {
                    Err(end.saturating_sub(1))
                }
                None => Err(end),
            }
        }
    }
}

fn line(rest: &[u8], last: bool) -> Line {
    let most = rest.get(..LONGEST_LINE).unwrap_or(rest);
    match memchr(b'\n', most) {
        Some(lf) => Line::Whole(lf.saturating_add(1)),
        None if rest.len() >= LONGEST_LINE => Line::TooLong,
        None if last => Line::Whole(rest.len()),
        None => Line::Undecided,
    }
}

/// Where the line end before a line at this offset begins.
fn before_line_end(octets: &[u8], line: usize) -> usize {
    let before = octets.get(..line).unwrap_or_default();
    let text = before.strip_suffix(b"\n").map_or(before, |b| b.strip_suffix(b"\r").unwrap_or(b));
    text.len()
}
