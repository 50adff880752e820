//! The values of the protocol: owned, plain, cheap to clone.
//!
//! Strings are [`bytes::Bytes`]. What was read holds on to the one unit it was read from; what is
//! made refuses octets that could not be written back.

mod append;
mod body;
mod capability;
mod date;
mod envelope;
mod fetch;
mod flag;
mod mailbox;
mod section;
mod set;
mod status;
mod text;

pub use append::AppendMessage;
pub use body::{
    AttachedMessage, BodyStructure, Content, Disposition, Multipart, MultipartExtension,
    Parameters, Part, PartExtension,
};
pub use capability::Capability;
pub use date::InternalDate;
pub use envelope::{Address, Envelope};
pub use fetch::{BodyRequest, FetchAttribute, FetchAttributes, FetchItem};
pub(crate) use flag::is_keyword_octet;
pub use flag::{Flag, Keyword};
pub use mailbox::{MailboxName, SelectData};
pub use section::{BodySection, FieldName, Partial, Section, SectionText};
pub use set::{SequenceNumber, SequenceRange, SequenceSet};
pub use status::{Code, Status, StatusKind};
pub(crate) use text::is_line_octet;
pub use text::{InvalidValue, Text};
