//! BINARY and BINARY.SIZE (RFC 3516 §4, RFC 9051 §6.4.5).

use alloc::borrow::Cow;

use postrider_message::Parsed;

use crate::{Message, Part, TransferEncoding};

/// A body in an encoding that is not known: "UNKNOWN-CTE" (RFC 3516 §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown transfer encoding")]
#[non_exhaustive]
pub struct UnknownCte;

/// The body of a leaf, with its transfer encoding undone when it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Binary<'a> {
    part: Part<'a>,
}

impl<'a> Binary<'a> {
    /// The part it is the body of. Where its encoding
    /// [is the identity](TransferEncoding::is_identity), the octets are those of
    /// [`Part::body_span`], to be sent from there.
    pub const fn part(self) -> Part<'a> {
        self.part
    }

    /// The octets, decoded: what a partial BINARY counts in. What is wrong with the encoding is a
    /// defect; see [`Part::decoded`].
    ///
    /// # Errors
    ///
    /// [`UnknownCte`], to which a server answers `NO [UNKNOWN-CTE]`.
    pub fn decoded(self) -> Result<Parsed<'a, Cow<'a, [u8]>>, UnknownCte> {
        match self.part.transfer_encoding() {
            TransferEncoding::Unknown => Err(UnknownCte),
            _ => Ok(self.part.decoded()),
        }
    }

    /// BINARY.SIZE: how many octets [`decoded`](Self::decoded) has, without decoding into memory.
    ///
    /// # Errors
    ///
    /// [`UnknownCte`], to which a server answers `NO [UNKNOWN-CTE]`.
    pub fn size(self) -> Result<u64, UnknownCte> {
        match self.part.transfer_encoding() {
            TransferEncoding::Unknown => Err(UnknownCte),
            _ => Ok(u64::try_from(self.part.decoded_len()).unwrap_or(u64::MAX)),
        }
    }
}

impl<B: AsRef<[u8]>> Message<B> {
    /// The body of a leaf for BINARY and BINARY.SIZE. `None` where there is no such part, and for
    /// multiparts and messages, of which these must not be requested (RFC 9051 §6.4.5); the same
    /// goes for no number.
    ///
    /// ```
    /// use postrider_mime::Message;
    ///
    /// let message = Message::parse("Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8=\r\n")?;
    /// let binary = message.binary(&[1]).unwrap();
    /// assert_eq!((binary.size(), &binary.decoded()?.value[..]), (Ok(5), &b"Hello"[..]));
    /// assert!(message.binary(&[]).is_none() && message.binary(&[2]).is_none());
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn binary(&self, number: &[u32]) -> Option<Binary<'_>> {
        let part = self.part(number).filter(|_| !number.is_empty())?;
        let is_leaf = !part.is_multipart() && part.message().is_none();
        is_leaf.then_some(Binary { part })
    }
}
