//! IMAP client and server state machines without I/O.
#![no_std]
#![forbid(unsafe_code)]
#![warn(
    clippy::alloc_instead_of_core,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::todo,
    clippy::unreachable,
    clippy::unwrap_used
)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod client;
mod command;
mod error;
mod framing;
mod limits;
mod response;
pub mod server;
mod state;
mod syntax;
mod value;
mod write;

pub use error::{Error, Fault, Misuse, Refused};
pub use state::State;

pub use command::{CommandName, StoreMode};
pub use limits::Limits;
pub use value::{
    Address, AttachedMessage, BodyRequest, BodySection, BodyStructure, Capability, Code, Content,
    Disposition, Envelope, FetchAttribute, FetchAttributes, FetchItem, FieldName, Flag,
    InternalDate, InvalidValue, Keyword, MailboxName, Multipart, MultipartExtension, Parameters,
    Part, PartExtension, Partial, Section, SectionText, SelectData, SequenceNumber, SequenceRange,
    SequenceSet, Status, StatusKind, Text,
};
