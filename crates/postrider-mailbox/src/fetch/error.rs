//! Why a FETCH is not answered.

use postrider_imap::{Code, PlainCode};

use crate::NotEnough;

/// Why a FETCH is not answered. What the command alone decides is told before any message is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Less of the message is at hand than the attributes need.
    #[error(transparent)]
    NotEnough(#[from] NotEnough),
    /// An attribute that this crate does not know, or of which the store keeps nothing: the
    /// identifier of the octets (RFC 8474 §5.1) has no `NIL`.
    #[error("an attribute cannot be answered")]
    UnknownAttribute,
    /// A modifier that this crate does not know.
    #[error("unknown modifier")]
    UnknownModifier,
    /// `VANISHED` or `PARTIAL` with message numbers (RFC 7162 §3.2.6, RFC 9394 §3.3).
    #[error("the modifier needs UIDs")]
    NeedsUid,
    /// `VANISHED` without `CHANGEDSINCE` (RFC 7162 §3.2.6).
    #[error("VANISHED needs CHANGEDSINCE")]
    NeedsChangedSince,
    /// `MODSEQ` or `CHANGEDSINCE` in a mailbox that does not count (RFC 7162 §3.1.2.2).
    #[error("the mailbox has no modification sequences")]
    NoModSeq,
    /// `BINARY` or `BINARY.SIZE` of a body in an encoding that is not known (RFC 3516 §4.3).
    #[error("unknown transfer encoding")]
    UnknownCte,
}

impl FetchError {
    /// The code for the tagged response.
    ///
    /// ```
    /// use postrider_imap::{Code, PlainCode};
    /// use postrider_mailbox::FetchError;
    ///
    /// assert_eq!(FetchError::UnknownCte.code(), Some(Code::Plain(PlainCode::UnknownCte)));
    /// assert!(!FetchError::UnknownCte.is_bad() && FetchError::NoModSeq.is_bad());
    /// ```
    #[must_use]
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::UnknownCte => Some(Code::Plain(PlainCode::UnknownCte)),
            _ => None,
        }
    }

    /// Whether the command is wrong, so that the response is BAD. It is NO otherwise.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        !matches!(self, Self::NotEnough(_) | Self::UnknownCte)
    }
}
