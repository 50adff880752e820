//! Why a message cannot be written.

use postrider_message::InvalidValue;

/// Why a part cannot be made, or a message not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The value of a field cannot be written.
    #[error(transparent)]
    Value(#[from] InvalidValue),
    /// A transfer encoding that the content cannot have: `7bit` for what has 8-bit octets, or
    /// base64 for a multipart (RFC 2045 §6.2 and §6.4).
    #[error("transfer encoding cannot carry the content")]
    Encoding,
    /// Octets that must stay as they are, and that [`Options::transport`](super::Options) has no
    /// room for: a message or a signed part with 8-bit octets or long lines (RFC 2046 §5.2.1). Where
    /// the next host has 8BITMIME or BINARYMIME, ask for that transport; else send the message as a
    /// [file](super::Entity::octets), which may be encoded.
    #[error("content that must stay as it is needs an 8bit or binary transport")]
    Transport,
    /// UTF-8 in a field, where [`Options::utf8`](super::Options) does not allow it and no encoded
    /// word may stand (RFC 6532 §3).
    #[error("field is not ASCII")]
    NotAscii,
    /// Parts in parts deeper than [`Options::depth`](super::Options).
    #[error("parts are nested too deep")]
    Depth,
    /// A multipart without a part: it has one at least (RFC 2046 §5.1.1).
    #[error("multipart without parts")]
    NoParts,
    /// What is of one kind, where another one belongs: a multipart of plain octets, or a field of
    /// an entity that is kept as it is.
    #[error("entity is of another kind")]
    Kind,
    /// A line of a content that must stay as it is, or that was streamed, is the delimiter of a
    /// multipart around it.
    #[error("content has the delimiter of a multipart")]
    Boundary,
    /// A source, where the whole content must be there.
    #[error("content is streamed")]
    Streamed,
    /// Octets for a source that is not due.
    #[error("no source is due")]
    NoSource,
    /// A source with more or fewer octets than it said.
    #[error("source is not of its size")]
    SourceSize,
}
