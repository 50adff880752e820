//! LIST, with what RFC 5258 and its extensions add.

use alloc::vec::Vec;

use bytes::Bytes;

use super::{Atom, MailboxName, Raw, StatusItem};

/// What LIST asks (RFC 9051 §6.3.9).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ListCommand {
    /// Which mailboxes, beside what the patterns say.
    pub selection: Vec<ListSelection>,
    /// The reference name.
    pub reference: MailboxName,
    /// The patterns, with `%` and `*`; at least one.
    pub patterns: Vec<Bytes>,
    /// Whether the patterns stand in parentheses, which one alone may.
    pub parenthesised: bool,
    /// What is to be told of each.
    pub returns: Vec<ListReturn>,
}

/// A selection option of LIST (RFC 5258 §3, RFC 6154 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListSelection {
    /// `SUBSCRIBED`
    Subscribed,
    /// `REMOTE`
    Remote,
    /// `RECURSIVEMATCH`
    RecursiveMatch,
    /// `SPECIAL-USE`
    SpecialUse,
    /// Another: its name and, with the parentheses, its value.
    Other(Atom, Option<Raw>),
}

/// A return option of LIST (RFC 5258, 5819, 6154, 8440, 9590).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListReturn {
    /// `SUBSCRIBED`
    Subscribed,
    /// `CHILDREN`
    Children,
    /// `SPECIAL-USE`
    SpecialUse,
    /// `STATUS` of each (RFC 5819)
    Status(Vec<StatusItem>),
    /// `MYRIGHTS` on each (RFC 8440)
    MyRights,
    /// `METADATA` of each: these entries (RFC 9590)
    Metadata(Vec<Bytes>),
    /// Another: its name and, with the parentheses, its value.
    Other(Atom, Option<Raw>),
}

/// A LIST, LSUB or XLIST response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListResponse {
    /// Which of the three.
    pub kind: ListKind,
    /// What is said of the mailbox.
    pub attributes: ListAttributes,
    /// What parts the levels of its hierarchy; `None` for `NIL`: there are none.
    pub delimiter: Option<u8>,
    /// Its name.
    pub mailbox: MailboxName,
    /// Extended data items (RFC 5258 §4).
    pub extended: Vec<ListExtended>,
}

/// The name of the response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three names that carry this data")]
pub enum ListKind {
    /// `LIST`
    #[default]
    List,
    /// `LSUB`
    Lsub,
    /// `XLIST`
    Xlist,
}

/// One attribute of a mailbox name (RFC 9051 §7.3.1, RFC 6154, RFC 8457 and XLIST).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListAttribute {
    /// `\Noinferiors`
    NoInferiors,
    /// `\Noselect`
    NoSelect,
    /// `\Marked`
    Marked,
    /// `\Unmarked`
    Unmarked,
    /// `\NonExistent`
    NonExistent,
    /// `\Subscribed`
    Subscribed,
    /// `\Remote`
    Remote,
    /// `\HasChildren`
    HasChildren,
    /// `\HasNoChildren`
    HasNoChildren,
    /// `\NoAccess` (RFC 8440)
    NoAccess,
    /// `\All`
    All,
    /// `\Archive`
    Archive,
    /// `\Drafts`
    Drafts,
    /// `\Flagged`
    Flagged,
    /// `\Junk`
    Junk,
    /// `\Sent`
    Sent,
    /// `\Trash`
    Trash,
    /// `\Important` (RFC 8457)
    Important,
    /// `\Memos`
    Memos,
    /// `\Scheduled`
    Scheduled,
    /// `\Snoozed`
    Snoozed,
    /// `\Inbox` (XLIST)
    Inbox,
    /// `\AllMail` (XLIST)
    AllMail,
    /// `\Starred` (XLIST)
    Starred,
    /// `\Spam` (XLIST)
    Spam,
    /// Another: its name without the backslash.
    Other(Atom),
}

/// A set of attributes. Those with a name here take no memory of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListAttributes {
    pub(crate) known: u32,
    pub(crate) others: Vec<Atom>,
}

/// An extended data item of LIST.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListExtended {
    /// `CHILDINFO`: the selection options that subordinate mailboxes matched.
    ChildInfo(Vec<Bytes>),
    /// `OLDNAME` (RFC 9051 §7.3.1)
    OldName(MailboxName),
    /// Another: its tag and its value.
    Other(Bytes, Raw),
    /// What breaks the grammar.
    Unparsed(Raw),
}

/// NAMESPACE (RFC 2342).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Namespaces {
    /// Personal namespaces; `None` for `NIL`.
    pub personal: Option<Vec<Namespace>>,
    /// Other users'.
    pub other_users: Option<Vec<Namespace>>,
    /// Shared ones.
    pub shared: Option<Vec<Namespace>>,
}

/// One namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Namespace {
    /// What the names in it begin with.
    pub prefix: Bytes,
    /// What parts the levels of its hierarchy.
    pub delimiter: Option<u8>,
    /// Extension data: names and their values.
    pub extensions: Vec<(Bytes, Vec<Bytes>)>,
}
