//! Lines that end with CRLF, which is what is signed.

use memchr::memchr;

/// Octets with CRLF for each LF that has no CR before it, in slices of the octets and of `"\r\n"`.
/// What is signed is "in canonical MIME format" (RFC 1847 §2.1); programs keep mails with LF.
///
/// ```
/// let slices: Vec<&[u8]> = postrider_mime::security::canonical(b"a\r\nb\n\nc").collect();
/// assert_eq!(slices, [&b"a\r\nb"[..], b"\r\n", b"\r\n", b"c"]);
/// ```
pub const fn canonical(octets: &[u8]) -> Canonical<'_> {
    Canonical { rest: octets, line_end: false }
}

/// The slices that [`canonical`] gives.
#[derive(Debug, Clone)]
pub struct Canonical<'a> {
    rest: &'a [u8],
    /// A line end is to be given for the LF at the start of the rest.
    line_end: bool,
}

impl<'a> Iterator for Canonical<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if core::mem::take(&mut self.line_end) {
            self.rest = self.rest.get(1..).unwrap_or_default();
            return Some(b"\r\n");
        }
        let mut from = 0_usize;
        while let Some(end) = memchr(b'\n', self.rest.get(from..)?) {
            let end = from.saturating_add(end);
            let (text, rest) = self.rest.split_at_checked(end)?;
            if text.last() != Some(&b'\r') {
                (self.rest, self.line_end) = (rest, true);
                return if text.is_empty() { self.next() } else { Some(text) };
            }
            from = end.saturating_add(1);
        }
        let rest = core::mem::take(&mut self.rest);
        Some(rest).filter(|rest| !rest.is_empty())
    }
}
