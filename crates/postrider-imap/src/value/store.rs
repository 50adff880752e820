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
    /// Other modifiers: names and values (RFC 4466 §2.5).
    pub others: Vec<(Atom, Option<Raw>)>,
    /// What to do with the flags.
    pub mode: StoreMode,
    /// Whether the client does not want to hear what comes of it.
    pub silent: bool,
    /// The flags, or labels, or what else.
    pub what: StoreValue,
}

impl StoreCommand {
    /// A command for these messages, by their numbers.
    pub fn new(set: impl Into<MessageSet>, mode: StoreMode, what: StoreValue) -> Self {
        Self {
            set: set.into(),
            uid: false,
            unchanged_since: None,
            others: Vec::new(),
            mode,
            silent: false,
            what,
        }
    }

    /// The set holds UIDs.
    #[must_use]
    pub fn with_uid(mut self) -> Self {
        self.uid = true;
        self
    }

    /// With `UNCHANGEDSINCE`.
    #[must_use]
    pub fn with_unchanged_since(mut self, mod_seq: ModSeq) -> Self {
        self.unchanged_since = Some(mod_seq);
        self
    }

    /// With other modifiers.
    #[must_use]
    pub fn with_others(mut self, others: Vec<(Atom, Option<Raw>)>) -> Self {
        self.others = others;
        self
    }

    /// With `.SILENT`.
    #[must_use]
    pub fn with_silent(mut self) -> Self {
        self.silent = true;
        self
    }
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
    /// `X-GM-LABELS` (Gmail): as they are called, or as flags.
    GmailLabels(Vec<Bytes>),
    /// `ANNOTATION` (RFC 5257) and others: the name and its value. A name does not begin with `+` or
    /// `-`, which is the mode.
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

impl FetchModifiers {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With `CHANGEDSINCE`.
    #[must_use]
    pub fn with_changed_since(mut self, mod_seq: ModSeq) -> Self {
        self.changed_since = Some(mod_seq);
        self
    }

    /// With `VANISHED`, which needs `CHANGEDSINCE` and UIDs (RFC 7162 §3.2.6).
    #[must_use]
    pub fn with_vanished(mut self) -> Self {
        self.vanished = true;
        self
    }

    /// With `PARTIAL`.
    #[must_use]
    pub fn with_partial(mut self, range: PartialRange) -> Self {
        self.partial = Some(range);
        self
    }

    /// With others.
    #[must_use]
    pub fn with_others(mut self, others: Vec<(Atom, Option<Raw>)>) -> Self {
        self.others = others;
        self
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}
