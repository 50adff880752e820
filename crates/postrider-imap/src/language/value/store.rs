//! STORE, and the modifiers of FETCH.

use alloc::vec::Vec;

use bytes::Bytes;

use super::{Atom, FlagSet, MessageSet, ModSeq, PartialRange, Raw};

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
