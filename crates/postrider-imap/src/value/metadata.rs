//! METADATA (RFC 5464).

use alloc::vec::Vec;

use bytes::Bytes;

use super::{Atom, InvalidValue, MailboxName, Raw};

/// GETMETADATA.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetMetadata {
    /// Which mailbox; an empty name means the server.
    pub mailbox: MailboxName,
    /// `MAXSIZE`, in octets: longer values are left out.
    pub max_size: Option<u32>,
    /// `DEPTH`
    pub depth: Option<MetadataDepth>,
    /// Other options: names, and values: in parentheses, or numbers or sets.
    pub others: Vec<(Atom, Option<Raw>)>,
    /// Which entries; at least one.
    pub entries: Vec<Bytes>,
}

impl GetMetadata {
    /// These entries, whatever their size, and nothing below them.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Empty`] when there are none.
    pub fn new(mailbox: MailboxName, entries: Vec<Bytes>) -> Result<Self, InvalidValue> {
        if entries.is_empty() {
            return Err(InvalidValue::Empty);
        }
        Ok(Self { mailbox, max_size: None, depth: None, others: Vec::new(), entries })
    }

    /// With `MAXSIZE`, in octets.
    #[must_use]
    pub fn with_max_size(mut self, octets: u32) -> Self {
        self.max_size = Some(octets);
        self
    }

    /// With `DEPTH`.
    #[must_use]
    pub fn with_depth(mut self, depth: MetadataDepth) -> Self {
        self.depth = Some(depth);
        self
    }

    /// With other options.
    #[must_use]
    pub fn with_others(mut self, others: Vec<(Atom, Option<Raw>)>) -> Self {
        self.others = others;
        self
    }
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
