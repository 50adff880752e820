//! TLSA records as text (RFC 6698 §2.2).

use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use super::TlsaRecord;

/// Why a text is no TLSA record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTlsa {
    /// It does not begin with three numbers of 0 to 255.
    #[error("a TLSA record begins with three numbers of 0 to 255")]
    Number,
    /// What follows is not pairs of hexadecimal digits.
    #[error("the data of a TLSA record are pairs of hexadecimal digits")]
    Data,
}

impl fmt::Display for TlsaRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} ", self.usage, self.selector, self.matching)?;
        self.data.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl FromStr for TlsaRecord {
    type Err = InvalidTlsa;

    /// "Whitespace is allowed within the string of hexadecimal characters" (RFC 6698 §2.2).
    fn from_str(text: &str) -> Result<Self, InvalidTlsa> {
        let mut words = text.split_ascii_whitespace();
        let mut number = || words.next().and_then(number).ok_or(InvalidTlsa::Number);
        let (usage, selector, matching) = (number()?, number()?, number()?);
        let mut digits = words.flat_map(str::bytes).map(digit);
        let mut data = Vec::new();
        while let Some(high) = digits.next() {
            let low = digits.next().flatten();
            let (Some(high), Some(low)) = (high, low) else { return Err(InvalidTlsa::Data) };
            data.push(high << 4 | low);
        }
        if data.is_empty() {
            Err(InvalidTlsa::Data)
        } else {
            Ok(Self { usage, selector, matching, data })
        }
    }
}

/// Without the sign that `u8::from_str` takes.
fn number(word: &str) -> Option<u8> {
    word.bytes().all(|octet| octet.is_ascii_digit()).then(|| word.parse().ok())?
}

fn digit(octet: u8) -> Option<u8> {
    char::from(octet).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
