//! A message on its way into a mailbox.

use alloc::vec::Vec;

use super::{Atom, FlagSet, InternalDate, MailboxName, Raw, SequenceNumber};

/// Where messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 9051 has the one, RFC 8508 the other")]
pub enum AppendTarget {
    /// `APPEND`: one message or several (RFC 3502) into this mailbox.
    Append(MailboxName),
    /// `REPLACE` and `UID REPLACE` (RFC 8508): one message, in the place of another.
    Replace {
        /// Whether the number is a UID.
        uid: bool,
        /// The message that goes.
        message: SequenceNumber,
        /// Where the new one goes.
        mailbox: MailboxName,
    },
}

/// What APPEND says of a message before its octets (RFC 3501 §6.3.11).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppendMessage {
    /// The flags it is to have; none unless told.
    pub flags: FlagSet,
    /// The date it is to have; that of its arrival unless told.
    pub date: Option<InternalDate>,
    /// Extensions between date and octets (RFC 4466 §2.6), such as ANNOTATION: names and values.
    pub extensions: Vec<(Atom, Raw)>,
    /// How its octets come.
    pub data: AppendData,
}

/// How the octets of a message come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AppendData {
    /// `{n}`: so many octets.
    Literal(u64),
    /// `~{n}`: so many octets, NULs among them perhaps (RFC 3516).
    Literal8(u64),
    /// `UTF8 (~{n})`: so many octets, with UTF-8 in the header (RFC 6855, 9755).
    Utf8(u64),
    /// `CATENATE (…)`: in pieces (RFC 4469).
    Catenate,
}

impl AppendMessage {
    /// A message of so many octets, without flags, that arrives now.
    #[must_use]
    pub fn new(octets: u64) -> Self {
        Self::with_data(AppendData::Literal(octets))
    }

    /// A message whose octets come like this, without flags, that arrives now.
    #[must_use]
    pub fn with_data(data: AppendData) -> Self {
        Self { flags: FlagSet::new(), date: None, extensions: Vec::new(), data }
    }

    /// Sets the flags it is to have.
    #[must_use]
    pub fn with_flags(mut self, flags: impl Into<FlagSet>) -> Self {
        self.flags = flags.into();
        self
    }

    /// Sets the date it is to have.
    #[must_use]
    pub fn with_date(mut self, date: InternalDate) -> Self {
        self.date = Some(date);
        self
    }

    /// Sets the extensions that stand between date and octets.
    #[must_use]
    pub fn with_extensions(mut self, extensions: Vec<(Atom, Raw)>) -> Self {
        self.extensions = extensions;
        self
    }

    /// How many octets follow; `None` where they come in pieces.
    #[must_use]
    pub fn octets(&self) -> Option<u64> {
        match self.data {
            AppendData::Literal(octets)
            | AppendData::Literal8(octets)
            | AppendData::Utf8(octets) => Some(octets),
            AppendData::Catenate => None,
        }
    }
}
