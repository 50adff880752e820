//! What is passed on as it came.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::InvalidValue;
use crate::read::{LiteralHead, is_inside_quotes, literal_at_end, stands_apart};

/// Octets in the grammar of IMAP whose meaning this crate does not know: words, strings, literals
/// and lists, as they stand on the wire. They frame as one piece: what follows them on the wire is
/// not changed by what they hold.
///
/// ```
/// use postrider_imap::Raw;
///
/// assert!(Raw::new(&b"(X-FUTURE \"a b\" {3}\r\nabc)"[..]).is_ok());
/// assert!(Raw::new(&b"two\r\nlines"[..]).is_err());
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Raw(Bytes);

impl Raw {
    /// Octets that frame as one piece: no line end but behind the announcement of a literal, with
    /// the octets of the literal behind it, and no announcement at the end. A literal is announced
    /// behind a blank or a parenthesis, and outside of quotes: elsewhere, some readers see none. Quotes
    /// and parentheses that are opened are closed.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Octet`] when they do not.
    pub fn new(octets: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let octets = octets.into();
        if frames(&octets) && is_closed(&octets) {
            Ok(Self(octets))
        } else {
            Err(InvalidValue::Octet)
        }
    }

    /// Octets that the framer has found to be one unit, or a part of it between two values. What is
    /// forgiven in framing is mended, so that it can be written again: LF alone behind the
    /// announcement of a literal becomes CRLF, what no line may hold becomes `?`.
    pub(crate) fn read(octets: &[u8]) -> Self {
        let plain = memchr::memchr3(b'\r', b'\n', 0, octets).is_none();
        if plain && literal_at_end(octets).is_none() || frames(octets) {
            return Self(Bytes::copy_from_slice(octets));
        }
        Self(mended(octets).into())
    }

    /// The octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The lines of which it is made: each with its line end, the octets of the literal that it
    /// announces, and whether that waits. The last one announces none.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8], bool)> {
        let mut rest = Some(self.as_bytes());
        core::iter::from_fn(move || {
            let octets = rest.take()?;
            let literal = memchr::memchr(b'\n', octets).and_then(|at| literal(octets, at));
            let Some(Literal { line, octets, waits, behind }) = literal else {
                return Some((octets, &[][..], false));
            };
            rest = Some(behind);
            Some((line, octets, waits))
        })
    }

    /// Whether what stands behind it in a list is still read as such: what was read may have quotes
    /// or parentheses open.
    pub(crate) fn is_closed(&self) -> bool {
        is_closed(&self.0)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether these octets, put into a line, leave its framing alone.
fn frames(octets: &[u8]) -> bool {
    let mut rest = octets;
    loop {
        let Some(at) = memchr::memchr3(b'\r', b'\n', 0, rest) else {
            return literal_at_end(rest).is_none();
        };
        let Some(literal) = literal(rest, at.saturating_add(1)) else { return false };
        rest = literal.behind;
    }
}

/// Whether quotes and parentheses that are opened are closed, and no others.
fn is_closed(octets: &[u8]) -> bool {
    let mut rest = octets;
    let mut depth = 0_usize;
    loop {
        let Some(at) = rest.iter().position(|octet| matches!(octet, b'(' | b')' | b'"' | b'\n'))
        else {
            return depth == 0;
        };
        let behind = rest.get(at.saturating_add(1)..).unwrap_or_default();
        rest = match rest.get(at) {
            Some(b'(') => {
                depth = depth.saturating_add(1);
                behind
            }
            Some(b')') if depth > 0 => {
                depth = depth.saturating_sub(1);
                behind
            }
            Some(b'"') => match behind_quotes(behind) {
                Some(behind) => behind,
                None => return false,
            },
            Some(b'\n') => match literal(rest, at) {
                Some(literal) => literal.behind,
                None => return false,
            },
            _ => return false,
        };
    }
}

/// What stands behind the quote that closes a string, on the same line.
fn behind_quotes(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let at = rest.iter().position(|octet| matches!(octet, b'"' | b'\\' | b'\n'))?;
        rest = match rest.get(at) {
            Some(b'"') => return rest.get(at.saturating_add(1)..),
            Some(b'\\') => rest.get(at.saturating_add(2)..)?,
            _ => return None,
        };
    }
}

/// These octets so that they frame.
fn mended(octets: &[u8]) -> Vec<u8> {
    let mut mended = Vec::with_capacity(octets.len().saturating_add(8));
    // The line that is looked at, of which so many octets are done with.
    let mut line = octets;
    let mut done = 0_usize;
    loop {
        let rest = line.get(done..).unwrap_or_default();
        let Some(found) = memchr::memchr3(b'\r', b'\n', 0, rest) else {
            mended.extend_from_slice(rest);
            if literal_at_end(rest).is_some() {
                mended.pop();
                mended.push(b'?');
            }
            return mended;
        };
        mended.extend_from_slice(rest.get(..found).unwrap_or_default());
        let at = done.saturating_add(found);
        let lf = at.saturating_add(usize::from(line.get(at) == Some(&b'\r')));
        if let Some(literal) = literal(line, lf) {
            mended.extend_from_slice(b"\r\n");
            mended.extend_from_slice(literal.octets);
            line = literal.behind;
            done = 0;
        } else {
            mended.push(b'?');
            done = at.saturating_add(1);
        }
    }
}

/// A literal and what stands around it.
struct Literal<'a> {
    /// The line that announces it, with its end.
    line: &'a [u8],
    octets: &'a [u8],
    /// Whether the sender waits.
    waits: bool,
    behind: &'a [u8],
}

/// The announcement of a literal at the end of a line, where every reader takes it for one.
fn announced(line: &[u8]) -> Option<LiteralHead> {
    literal_at_end(line).filter(|head| {
        stands_apart(line, head.at) && !is_inside_quotes(line.get(..head.at).unwrap_or_default())
    })
}

/// The literal that is announced before the LF that stands at `lf`.
fn literal(octets: &[u8], lf: usize) -> Option<Literal<'_>> {
    let (line, behind) = octets.split_at_checked(lf.checked_add(1)?)?;
    let text = line.strip_suffix(b"\n")?;
    let head = announced(text.strip_suffix(b"\r").unwrap_or(text))?;
    let (octets, behind) = behind.split_at_checked(usize::try_from(head.octets?).ok()?)?;
    Some(Literal { line, octets, waits: head.waits, behind })
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
