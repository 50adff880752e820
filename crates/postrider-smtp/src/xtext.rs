//! `xtext`: octets as printable ASCII without blanks, `+` and `=` (RFC 3461 §4).
//!
//! ```
//! use postrider_smtp::xtext;
//!
//! assert_eq!(xtext::encode("QQ 314+159"), "QQ+20314+2B159");
//! assert_eq!(xtext::decode(b"QQ+20314+2B159").as_deref(), Some(&b"QQ 314+159"[..]));
//! assert_eq!(xtext::decode(b"a b"), None);
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use crate::syntax::address::breaks_lines;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Whether an octet stands for itself.
///
/// ```text
/// xchar = any ASCII CHAR between "!" (33) and "~" (126) inclusive, except for "+" and "=".
/// ```
pub(crate) const fn is_xchar(octet: u8) -> bool {
    matches!(octet, 33..=42 | 44..=60 | 62..=126)
}

/// Any text as `xtext`, its UTF-8 octet by octet.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for octet in text.bytes() {
        if is_xchar(octet) {
            out.push(char::from(octet));
        } else {
            let digit = |n: u8| HEX.get(usize::from(n)).copied().map_or('0', char::from);
            out.push('+');
            out.push(digit(octet >> 4));
            out.push(digit(octet & 15));
        }
    }
    out
}

/// The octets that `xtext` stands for, or `None` when it is none. Hexadecimal digits in lower case are
/// forgiven.
#[must_use]
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(octet) = rest.next() {
        if octet == b'+' {
            let mut digit = || char::from(rest.next()?).to_digit(16)?.try_into().ok();
            let (high, low): (u8, u8) = (digit()?, digit()?);
            out.push((high << 4) | low);
        } else if is_xchar(octet) {
            out.push(octet);
        } else {
            return None;
        }
    }
    Some(out)
}

/// The text that `xtext` stands for, if it is UTF-8 that breaks no line.
pub(crate) fn decode_text(text: &str) -> Option<String> {
    let text = String::from_utf8(decode(text.as_bytes())?).ok()?;
    (!text.contains(breaks_lines)).then_some(text)
}

/// Whether all of `text` is `xtext`.
#[must_use]
pub fn is_xtext(text: &str) -> bool {
    decode(text.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    extern crate std;
    use alloc::string::String;

    use proptest::prelude::*;

    use super::{decode, encode, is_xtext};

    #[test]
    fn what_is_not_xtext_is_refused() {
        for bad in ["a b", "a=b", "+", "+4", "+4G", "a+", "é", "\r\n", "\u{7f}"] {
            assert!(!is_xtext(bad), "{bad:?}");
        }
        assert_eq!(decode(b"+2b+2B"), Some(b"++".to_vec()));
        assert_eq!(decode(b""), Some(b"".to_vec()));
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(text in any::<String>()) {
            let xtext = encode(&text);
            prop_assert!(xtext.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'='));
            prop_assert_eq!(decode(xtext.as_bytes()), Some(text.into_bytes()));
        }
    }
}
