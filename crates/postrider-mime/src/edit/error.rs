//! Why an edit is not made.

use postrider_message::InvalidValue;

use crate::build::BuildError;

/// Why an edit is not made. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The part is of another message, such as one that an encoding hides.
    #[error("part of another message")]
    NotOfMessage,
    /// The part, or one around it, was removed, replaced or put elsewhere; or a multipart was put
    /// around the part, behind which this edit cannot be made.
    #[error("part that is no longer there")]
    Gone,
    /// Nothing can stand beside the part: it is a whole message, or a nested one.
    #[error("not a part of a multipart")]
    NotInMultipart,
    /// The part holds no parts between delimiters.
    #[error("not a multipart")]
    NotMultipart,
    /// The part is neither the message itself nor a nested one.
    #[error("not a message")]
    NotMessage,
    /// The multipart says no boundary that a line can hold.
    #[error("multipart without a boundary")]
    NoBoundary,
    /// The multipart, or one around it, holds another that is not closed and would take its
    /// delimiters for its own.
    #[error("multipart whose delimiters another one would take")]
    SimilarBoundary,
    /// The message reaches [`Limits::parts`](crate::Limits::parts), or the header section its limit
    /// of fields: what is beyond was not read.
    #[error("more than the limits let be read")]
    Limit,
    /// There is more or less than one part left, or it is new.
    #[error("not one part in the multipart")]
    NotOnePart,
    /// A line of the octets is a delimiter of a multipart around them, or they would not end before
    /// the next one.
    #[error("octets that are not one part")]
    NotOnePartInOctets,
    /// A field whose name begins with a byte order mark would come first and be read without it.
    #[error("field behind a byte order mark")]
    ByteOrderMark,
    /// The part is no text, or holds parts.
    #[error("not a text")]
    NotText,
    /// The new part cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A value cannot be written.
    #[error(transparent)]
    Value(#[from] InvalidValue),
    /// A field cannot be put into the header section.
    #[error(transparent)]
    Field(#[from] postrider_message::EditError),
}
