//! STORE, FETCH modifiers, and APPEND.

use alloc::vec::Vec;

use bytes::Bytes;

use super::{Atom, FlagSet, InternalDate, MessageSet, ModSeq, PartialRange, Raw};

/// STORE and UID STORE (RFC 3501 §6.4.6, RFC 7162 §3.1.3).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StoreCommand {
    /// Which messages.
    pub set: MessageSet,
    /// Whether the set holds UIDs.
    pub uid: bool,
    /// `UNCHANGEDSINCE`: messages with a higher MODSEQ stay as they are.
    pub unchanged_since: Option<ModSeq>,
    /// What to do with the flags.
    pub mode: StoreMode,
    /// Whether the client does not want to hear what comes of it.
    pub silent: bool,
    /// The flags, or labels, or what else.
    pub what: StoreValue,
}

/// What STORE does with the flags it names (RFC 3501 §6.4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "RFC 9051 has the same three")]
pub enum StoreMode {
    /// `FLAGS`: these and no others, `\Recent` aside.
    Replace,
    /// `+FLAGS`: these too.
    Add,
    /// `-FLAGS`: no longer these.
    Remove,
}

/// What STORE stores.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreValue {
    /// `FLAGS`
    Flags(FlagSet),
    /// `X-GM-LABELS` (Gmail)
    GmailLabels(Vec<Bytes>),
    /// `ANNOTATION` (RFC 5257) and others: the name and its value.
    Other(Atom, Raw),
}

/// The modifiers of FETCH (RFC 7162 §3.1.4.1, §3.2.6, RFC 9394 §3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FetchModifiers {
    /// `CHANGEDSINCE`
    pub changed_since: Option<ModSeq>,
    /// `VANISHED`: the messages that are gone since are told too.
    pub vanished: bool,
    /// `PARTIAL`: only these of the messages.
    pub partial: Option<PartialRange>,
    /// Others: names and values.
    pub others: Vec<(Atom, Option<Raw>)>,
}

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
