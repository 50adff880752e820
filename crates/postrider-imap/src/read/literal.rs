//! The announcement of a literal.

/// The announcement of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LiteralHead {
    /// Where `{` or `~{` stands.
    pub(crate) at: usize,
    /// The announced size; `None` when it does not fit.
    pub(crate) octets: Option<u64>,
    /// Whether the sender waits for a continuation (RFC 7888: `{n+}` does not).
    pub(crate) waits: bool,
    /// Whether it is `~{n}` (RFC 3516).
    pub(crate) binary: bool,
}

/// Digits of the longest size that fits 64 bits. More of them, be they zeros, are no size.
const DIGITS: usize = 20;

/// `literal = "{" number64 ["+"] "}" CRLF` and `literal8 = "~{" number64 ["+"] "}" CRLF` (RFC 9051
/// §9), at the end of a line that stands here without its CRLF.
pub(crate) fn literal_at_end(line: &[u8]) -> Option<LiteralHead> {
    let inner = line.strip_suffix(b"}")?;
    let (inner, waits) = match inner.strip_suffix(b"+") {
        Some(inner) => (inner, false),
        None => (inner, true),
    };
    let digits = inner.iter().rev().take_while(|octet| octet.is_ascii_digit()).count();
    let (before, digits) = inner.split_at_checked(inner.len().checked_sub(digits)?)?;
    if digits.is_empty() {
        return None;
    }
    let octets = if digits.len() > DIGITS { None } else { decimal(digits) };
    // More digits than any size has, whose beginning was passed over already.
    let before = match before.strip_suffix(b"{") {
        Some(before) => before,
        None if digits.len() > DIGITS => before,
        None => return None,
    };
    let binary = before.ends_with(b"~");
    let at = before.len().saturating_sub(usize::from(binary));
    Some(LiteralHead { at, octets, waits, binary })
}

/// A decimal number, if it fits.
pub(crate) fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |sum, digit| {
        let digit = digit.is_ascii_digit().then(|| digit.wrapping_sub(b'0'))?;
        sum.checked_mul(10)?.checked_add(digit.into())
    })
}
