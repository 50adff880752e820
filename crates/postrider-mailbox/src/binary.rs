//! Parts with their transfer encoding undone (RFC 3516 §4, RFC 9051 §6.4.5).

use postrider_mime::{Message, TransferEncoding, imap};

use crate::{Octets, envelope::own};

/// The body of a part, for BINARY and BINARY.SIZE.
#[derive(Debug, Clone)]
pub(crate) enum Binary<'a> {
    /// As it stands. RFC 2045 §6.4 lets multiparts and messages have no encoding that could be
    /// undone, so those that RFC 9051 §6.4.5 forbids to ask for are answered so.
    Stored(Octets),
    /// To be decoded.
    Encoded(imap::Binary<'a>),
    /// In an encoding that is not known.
    Unknown,
}

impl<'a> Binary<'a> {
    /// The body of a part with a number. `None` where there is no such part.
    pub(crate) fn of<B: AsRef<[u8]>>(message: &'a Message<B>, part: &[u32]) -> Option<Self> {
        let Some(binary) = message.binary(part) else {
            let ranges = message.section(part, imap::SectionText::Whole)?;
            return Some(Self::Stored(Octets::stored(ranges)));
        };
        Some(match binary.part().transfer_encoding() {
            TransferEncoding::Unknown => Self::Unknown,
            encoding if encoding.is_identity() => {
                let ranges = message.section(part, imap::SectionText::Whole)?;
                Self::Stored(Octets::stored(ranges))
            }
            _ => Self::Encoded(binary),
        })
    }

    /// The octets.
    pub(crate) fn octets(self) -> Option<Octets> {
        match self {
            Self::Stored(octets) => Some(octets),
            Self::Encoded(binary) => Some(Octets::Assembled(own(binary.decoded().ok()?.value))),
            Self::Unknown => None,
        }
    }

    /// How many they are, without decoding into memory.
    pub(crate) fn size(self) -> Option<u64> {
        match self {
            Self::Stored(octets) => Some(octets.len()),
            Self::Encoded(binary) => binary.size().ok(),
            Self::Unknown => None,
        }
    }
}
