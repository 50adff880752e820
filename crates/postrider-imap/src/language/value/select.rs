//! SELECT, STATUS, CREATE: what is asked and told of a mailbox.

use alloc::vec::Vec;

use bytes::Bytes;

use super::{Atom, ListAttribute, MailboxName, ModSeq, Raw, SequenceSet, Uid, UidValidity};

/// The parameters of SELECT and EXAMINE (RFC 7162 §3.1.8, §3.2.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelectParameters {
    /// `CONDSTORE`
    pub condstore: bool,
    /// `QRESYNC`
    pub qresync: Option<Qresync>,
    /// Others: names and, with the parentheses, values.
    pub others: Vec<(Atom, Option<Raw>)>,
}

/// What a client knows of a mailbox, so that the server tells what changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Qresync {
    /// The UIDVALIDITY.
    pub validity: UidValidity,
    /// The highest MODSEQ.
    pub mod_seq: ModSeq,
    /// The UIDs.
    pub known: Option<SequenceSet>,
    /// Message numbers and the UIDs they have, of the same length.
    pub matched: Option<(SequenceSet, SequenceSet)>,
}

/// What CREATE makes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Create {
    /// Its name.
    pub mailbox: MailboxName,
    /// What it is for (RFC 6154 §3, `USE`); `None` without the parameter.
    pub special_use: Option<Vec<ListAttribute>>,
    /// Other parameters: names and, with the parentheses, values.
    pub others: Vec<(Atom, Option<Raw>)>,
}

/// What STATUS asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusItem {
    /// `MESSAGES`
    Messages,
    /// `RECENT`
    Recent,
    /// `UIDNEXT`
    UidNext,
    /// `UIDVALIDITY`
    UidValidity,
    /// `UNSEEN`
    Unseen,
    /// `DELETED` (RFC 9051)
    Deleted,
    /// `SIZE` (RFC 8438)
    Size,
    /// `HIGHESTMODSEQ` (RFC 7162)
    HighestModSeq,
    /// `APPENDLIMIT` (RFC 7889)
    AppendLimit,
    /// `MAILBOXID` (RFC 8474)
    MailboxId,
    /// `DELETED-STORAGE` (RFC 9208)
    DeletedStorage,
    /// Another.
    Other(Atom),
}

/// What a STATUS response tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MailboxStatus {
    /// Which mailbox.
    pub mailbox: MailboxName,
    /// What of it, in order.
    pub items: Vec<StatusValue>,
}

/// One thing that a STATUS response tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusValue {
    /// `MESSAGES`
    Messages(u32),
    /// `RECENT`
    Recent(u32),
    /// `UIDNEXT`
    UidNext(Uid),
    /// `UIDVALIDITY`
    UidValidity(UidValidity),
    /// `UNSEEN`
    Unseen(u32),
    /// `DELETED`
    Deleted(u32),
    /// `SIZE`, in octets
    Size(u64),
    /// `HIGHESTMODSEQ`
    HighestModSeq(ModSeq),
    /// `APPENDLIMIT`, in octets; `None`: no limit
    AppendLimit(Option<u32>),
    /// `MAILBOXID`
    MailboxId(Bytes),
    /// `DELETED-STORAGE`, in octets
    DeletedStorage(u64),
    /// What this crate does not know, or what breaks the grammar: name and value.
    Unparsed(Raw),
}
