//! METADATA (RFC 5464) and ID (RFC 2971).

use alloc::vec::Vec;

use bytes::Bytes;

use super::MailboxName;

/// GETMETADATA.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetMetadata {
    /// Which mailbox; an empty name means the server.
    pub mailbox: MailboxName,
    /// `MAXSIZE`: longer values are left out.
    pub max_size: Option<u32>,
    /// `DEPTH`
    pub depth: Option<MetadataDepth>,
    /// Which entries; at least one.
    pub entries: Vec<Bytes>,
}

/// How far below the entries GETMETADATA looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three of RFC 5464 §4.2.2")]
pub enum MetadataDepth {
    /// `0`: the entries alone.
    Zero,
    /// `1`: what is right below them too.
    One,
    /// `infinity`: all below them.
    Infinity,
}

/// An entry with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 5464 has these two")]
pub struct MetadataEntry {
    /// Its name, such as `/private/comment`.
    pub name: Bytes,
    /// Its value; `None` for `NIL`: there is none, or it goes.
    pub value: Option<Bytes>,
}

/// The METADATA response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetadataResponse {
    /// Entries with their values, as an answer.
    Values {
        /// Which mailbox; an empty name means the server.
        mailbox: MailboxName,
        /// The entries.
        entries: Vec<MetadataEntry>,
    },
    /// Entries that have changed, told unasked.
    Changed {
        /// Which mailbox; an empty name means the server.
        mailbox: MailboxName,
        /// The names of the entries.
        entries: Vec<Bytes>,
    },
}

/// What ID tells: names and values; `None` for `NIL`: nothing.
pub type IdParameters = Option<Vec<(Bytes, Option<Bytes>)>>;
