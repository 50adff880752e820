//! The beginning of a FETCH response.

use super::response_part::FetchedMessage;
use crate::value::{MessageNumber, Uid};

/// The beginning of a FETCH response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FetchHead {
    pub(super) message: FetchedMessage,
    /// Its octets, up to and with the parenthesis.
    pub(super) len: usize,
}

/// `message-data = nz-number SP "FETCH" SP msg-att`, up to the parenthesis of `msg-att`, and the same
/// of UIDFETCH (RFC 9586 §3.3). More blanks than these are forgiven.
pub(super) fn fetch_head(octets: &[u8]) -> Option<FetchHead> {
    let rest = blanks(octets.strip_prefix(b"*")?)?;
    let digits = rest.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let (number, rest) = rest.split_at_checked(digits)?;
    let number = super::decimal(number).and_then(|number| u32::try_from(number).ok())?;
    let rest = blanks(rest)?;
    let (message, name) = match rest.first() {
        Some(b'U' | b'u') => (FetchedMessage::Uid(Uid::new(number).ok()?), &b"UIDFETCH"[..]),
        _ => (FetchedMessage::Number(MessageNumber::new(number).ok()?), &b"FETCH"[..]),
    };
    let (word, rest) = rest.split_at_checked(name.len())?;
    let rest = blanks(rest)?.strip_prefix(b"(")?;
    let is = word.eq_ignore_ascii_case(name);
    is.then(|| FetchHead { message, len: octets.len().saturating_sub(rest.len()) })
}

/// What stands behind one blank or more.
fn blanks(octets: &[u8]) -> Option<&[u8]> {
    let blanks = octets.iter().take_while(|octet| **octet == b' ').count();
    octets.get(blanks..).filter(|_| blanks > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fetch_response_is_known_by_its_beginning() {
        for (line, len) in
            [("* 12 FETCH (UID 1)", 12), ("*  12  fetch (", 14), ("* 7 UIDFETCH (FLAGS ())", 14)]
        {
            assert_eq!(fetch_head(line.as_bytes()).map(|head| head.len), Some(len), "{line}");
        }
        for line in [
            "* 0 FETCH (",
            "* 1 FETCH",
            "* 4294967296 FETCH (",
            "a 1 FETCH (",
            "* OK (",
            "* \r\n1 FETCH (",
        ] {
            assert_eq!(fetch_head(line.as_bytes()), None, "{line}");
        }
    }
}
