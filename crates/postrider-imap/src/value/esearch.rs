//! ESEARCH and UIDBATCHES: what is found.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use bytes::Bytes;

use super::{MailboxName, ModSeq, NumberList, Raw, Uid, UidValidity};

/// A piece of a list of results (RFC 9394 §3.1): counted from 1 at the beginning, or from -1 at
/// the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the two forms of the grammar")]
pub enum PartialRange {
    /// `first:last`
    First(NonZeroU32, NonZeroU32),
    /// `-first:-last`
    Last(NonZeroU32, NonZeroU32),
}

/// The ESEARCH response (RFC 9051 §7.3.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EsearchResponse {
    /// The tag of the command that it answers.
    pub tag: Option<Bytes>,
    /// The mailbox it is of, when several were searched (RFC 7377).
    pub mailbox: Option<(MailboxName, UidValidity)>,
    /// Whether it tells UIDs.
    pub uid: bool,
    /// What it tells, in order.
    pub items: Vec<EsearchItem>,
}

impl EsearchResponse {
    /// Tells message numbers, and answers no command yet.
    #[must_use]
    pub fn new(items: Vec<EsearchItem>) -> Self {
        Self { items, ..Self::default() }
    }

    /// Answers the command of this tag.
    #[must_use]
    pub fn with_tag(mut self, tag: impl Into<Bytes>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// Tells of this mailbox (RFC 7377).
    #[must_use]
    pub fn with_mailbox(mut self, mailbox: MailboxName, validity: UidValidity) -> Self {
        self.mailbox = Some((mailbox, validity));
        self
    }

    /// Tells UIDs.
    #[must_use]
    pub fn with_uid(mut self) -> Self {
        self.uid = true;
        self
    }
}

/// One thing that ESEARCH tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EsearchItem {
    /// `MIN`
    Min(NonZeroU32),
    /// `MAX`
    Max(NonZeroU32),
    /// `ALL`, in order
    All(NumberList),
    /// `COUNT`
    Count(u32),
    /// `MODSEQ` (RFC 7162)
    ModSeq(ModSeq),
    /// `PARTIAL` (RFC 5267, 9394): which piece, and what is in it; `None` for `NIL`.
    Partial(PartialRange, Option<NumberList>),
    /// `ADDTO` (RFC 5267): at which places what is added.
    AddTo(Vec<(u32, NumberList)>),
    /// `REMOVEFROM` (RFC 5267): from which places what is taken.
    RemoveFrom(Vec<(u32, NumberList)>),
    /// `RELEVANCY` (RFC 6203): 1 to 100, for each message of ALL.
    Relevancy(Vec<u8>),
    /// What this crate does not know, or what breaks the grammar: name and value.
    Unparsed(Raw),
}

/// `UIDBATCHES` (RFC 10022 §3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UidBatches {
    /// How many messages a batch has.
    pub size: NonZeroU32,
    /// Which batches, counted from 1, the lower number first; `None`: all. A server answers the
    /// wrong order with BAD and CLIENTBUG (RFC 10022 §3.1.5).
    pub range: Option<(NonZeroU32, NonZeroU32)>,
}

impl UidBatches {
    /// All batches of so many messages.
    #[must_use]
    pub fn new(size: NonZeroU32) -> Self {
        Self { size, range: None }
    }

    /// Asks for these batches alone.
    #[must_use]
    pub fn with_range(mut self, first: NonZeroU32, last: NonZeroU32) -> Self {
        self.range = Some((first, last));
        self
    }
}

/// One batch (RFC 10022 §3.1.2): the highest UID in it and the lowest. They need not be in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a range has two ends")]
pub struct UidBatch {
    /// The highest UID.
    pub first: Uid,
    /// The lowest UID.
    pub last: Uid,
}
