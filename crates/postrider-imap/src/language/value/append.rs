//! APPEND and REPLACE: what stands around the octets of the messages.

use alloc::vec::Vec;

use super::{Atom, FlagSet, InternalDate, Raw};

/// What APPEND says of a message before its octets (RFC 3501 §6.3.11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppendMessage {
    /// The flags it is to have; none unless told.
    pub flags: FlagSet,
    /// The date it is to have; that of its arrival unless told.
    pub date: Option<InternalDate>,
    /// Extensions between date and octets (RFC 4466 §2.6): names and values.
    pub extensions: Vec<(Atom, Raw)>,
}

/// The form in which the octets of a message stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the forms of RFC 3501, 3516 and 9755")]
pub enum AppendForm {
    /// `{n}`
    Literal,
    /// `~{n}`: it may hold NULs (RFC 3516).
    Literal8,
    /// `UTF8 (~{n})`: its header is in UTF-8 (RFC 6855, 9755).
    Utf8,
}
