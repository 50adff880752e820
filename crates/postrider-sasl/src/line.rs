//! Messages as the lines of SMTP, POP3 and IMAP: base64, strictly (RFC 4648 §3: canonical padding,
//! no white space, no other alphabet).

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postrider_wire::Secret;

use crate::Error;

/// Octets of a line that holds base64, its CRLF included (RFC 4954 §4; RFC 5034 §4 names no number).
pub const LONGEST: usize = 12_288;

/// Octets of a message that such a line can hold.
pub const MOST: usize = LONGEST / 4 * 3;

/// A line of a login that is to be sent, and what of it is secret.
///
/// ```
/// use postrider_sasl::line::{self, Line};
///
/// let line = Line::new("334 ", line::encode(b"Password:").expose());
/// assert_eq!(line.as_bytes(), b"334 UGFzc3dvcmQ6\r\n");
/// assert_eq!(line.secret(), [4..16]);
/// assert_eq!(Line::new("334 ", "").secret(), []);
/// assert!(!format!("{line:?}").contains("UGFz"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    text: Secret<String>,
    secret: Option<Range<usize>>,
}

impl Line {
    /// What everybody may see, behind it what is secret, and CRLF.
    #[must_use]
    pub fn new(open: &str, secret: &str) -> Self {
        let end = open.len().saturating_add(secret.len());
        let text = Secret::new([open, secret, "\r\n"].concat());
        Self { text, secret: (!secret.is_empty()).then_some(open.len()..end) }
    }

    /// The octets, CRLF included. Every use of this is a place where they could leak.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.text.expose().as_bytes()
    }

    /// Which octets are secret: one range that is not empty, or none.
    #[must_use]
    pub fn secret(&self) -> &[Range<usize>] {
        self.secret.as_slice()
    }
}

/// Which octets of a line that was heard are secret: all of them, but for the sign that gives up.
#[must_use]
pub fn secret_of(line: &[u8]) -> Option<Range<usize>> {
    (!line.is_empty() && line != b"*").then_some(0..line.len())
}

/// A message as the text of a line, without CRLF.
#[must_use]
pub fn encode(message: &[u8]) -> Secret<String> {
    Secret::new(STANDARD.encode(message))
}

/// A message as the initial response behind `AUTH` or `AUTHENTICATE`: an empty one is `=`, since
/// nothing at all would mean that there is none (RFC 4954 §4, RFC 5034 §4, RFC 4959 §3).
#[must_use]
pub fn encode_initial(message: &[u8]) -> Secret<String> {
    if message.is_empty() { Secret::new(String::from("=")) } else { encode(message) }
}

/// The message in a line, without its CRLF, of at most `most` octets.
///
/// # Errors
///
/// [`Error::Cancelled`] when the line is `*`, [`Error::MessageTooLong`] before anything is decoded,
/// [`Error::Base64`].
pub fn decode(line: &[u8], most: usize) -> Result<Secret<Vec<u8>>, Error> {
    if line == b"*" {
        return Err(Error::Cancelled);
    }
    let room = base64::decoded_len_estimate(line.len());
    // The estimate counts padding, at most two octets of it.
    if room > most.saturating_add(2) {
        return Err(Error::MessageTooLong { most });
    }
    let mut octets = vec![0; room];
    let decoded = STANDARD.decode_slice(line, &mut octets);
    // Wiped from here on, whatever comes of it.
    let octets = Secret::new(octets);
    let message = octets.expose().get(..decoded.map_err(|_| Error::Base64)?).unwrap_or_default();
    if message.len() > most {
        return Err(Error::MessageTooLong { most });
    }
    Ok(Secret::new(message.to_vec()))
}

/// The message in an initial response: `=` is an empty one.
///
/// # Errors
///
/// As [`decode`]. An empty text is [`Error::Base64`]: it is no initial response.
pub fn decode_initial(text: &[u8], most: usize) -> Result<Secret<Vec<u8>>, Error> {
    match text {
        b"" => Err(Error::Base64),
        b"=" => Ok(Secret::new(Vec::new())),
        _ => decode(text, most),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn base64_is_taken_strictly() {
        let decode = |text: &str| decode(text.as_bytes(), 64).map(|m| m.expose().clone());
        assert_eq!(decode("AHRpbQB4"), Ok(Vec::from(&b"\0tim\0x"[..])));
        // White space, missing padding, bits behind the end, another alphabet (RFC 4648 §3).
        for bad in ["AHRpbQB4 ", "AHRpbQB4\n", "QQ", "QQ=", "QR==", "__==", "QQ==QQ=="] {
            assert_eq!(decode(bad), Err(Error::Base64), "{bad:?}");
        }
        assert_eq!(decode("*"), Err(Error::Cancelled));
    }

    #[test]
    fn a_message_is_bounded_before_it_is_decoded() {
        assert_eq!(decode(b"AHRpbQB4", 6).unwrap().expose().len(), 6);
        assert_eq!(decode(b"AHRpbQB4", 5), Err(Error::MessageTooLong { most: 5 }));
        assert_eq!(decode(&[b'!'; 4096], 64), Err(Error::MessageTooLong { most: 64 }));
    }

    #[test]
    fn an_empty_initial_response_is_an_equals_sign() {
        assert_eq!(decode_initial(b"=", 5).unwrap().expose(), b"");
        assert_eq!(encode_initial(b"").expose(), "=");
        assert_eq!(decode_initial(b"", 5), Err(Error::Base64));
        assert_eq!(decode(b"", 5).unwrap().expose(), b"", "behind a challenge, nothing is empty");
    }

    #[test]
    fn a_line_that_is_heard_is_secret_unless_it_gives_up() {
        assert_eq!(secret_of(b"AHRpbQB4"), Some(0..8));
        assert_eq!((secret_of(b""), secret_of(b"*")), (None, None));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_and_nothing_panics(
            octets in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let text = encode_initial(&octets);
            let message = decode_initial(text.expose().as_bytes(), 200)?;
            prop_assert_eq!(message.expose(), &octets);
            let _ = decode(&octets, 64);
            let _ = decode_initial(&octets, 64);
        }
    }
}
