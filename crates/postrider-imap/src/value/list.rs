//! LIST, with what RFC 5258 and its extensions add.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::{Atom, InvalidValue, ListAttributes, MailboxName, Raw, StatusItem};

/// What LIST asks (RFC 9051 §6.3.9).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ListCommand {
    /// Which mailboxes, beside what the patterns say; `None` without the parentheses.
    pub selection: Option<Vec<ListSelection>>,
    /// The reference name; mostly empty.
    pub reference: MailboxName,
    /// The patterns, with `%` and `*`, in the encoding that names of mailboxes have in the session:
    /// [`MailboxName::encode`] leaves both signs as they are. At least one.
    pub patterns: Vec<Bytes>,
    /// Whether the patterns stand in parentheses, which one alone may.
    pub parenthesised: bool,
    /// What is to be told of each; `None` without `RETURN`.
    pub returns: Option<Vec<ListReturn>>,
}

impl ListCommand {
    /// What RFC 3501 §6.3.8 asks: a reference name and one pattern.
    pub fn new(reference: MailboxName, pattern: impl Into<Bytes>) -> Self {
        Self {
            selection: None,
            reference,
            patterns: [pattern.into()].into(),
            parenthesised: false,
            returns: None,
        }
    }

    /// With several patterns.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Empty`] when there are none.
    pub fn with_patterns(mut self, patterns: Vec<Bytes>) -> Result<Self, InvalidValue> {
        if patterns.is_empty() {
            return Err(InvalidValue::Empty);
        }
        self.patterns = patterns;
        self.parenthesised = true;
        Ok(self)
    }

    /// With selection options.
    #[must_use]
    pub fn with_selection(mut self, selection: Vec<ListSelection>) -> Self {
        self.selection = Some(selection);
        self
    }

    /// With return options.
    #[must_use]
    pub fn with_returns(mut self, returns: Vec<ListReturn>) -> Self {
        self.returns = Some(returns);
        self
    }

    /// Whether it is a LIST of RFC 5258 §1, in which an empty pattern asks for nothing special.
    #[must_use]
    pub fn is_extended(&self) -> bool {
        self.selection.is_some()
            || self.returns.is_some()
            || self.parenthesised
            || self.patterns.len() != 1
    }
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
    pub delimiter: Option<Delimiter>,
    /// Its name.
    pub mailbox: MailboxName,
    /// Extended data items (RFC 5258 §4).
    pub extended: Vec<ListExtended>,
}

impl ListResponse {
    /// A mailbox of which LIST tells.
    #[must_use]
    pub fn new(
        attributes: ListAttributes,
        delimiter: Option<Delimiter>,
        mailbox: MailboxName,
    ) -> Self {
        Self { kind: ListKind::List, attributes, delimiter, mailbox, extended: Vec::new() }
    }

    /// Under the name of another response.
    #[must_use]
    pub fn with_kind(mut self, kind: ListKind) -> Self {
        self.kind = kind;
        self
    }

    /// With extended data items.
    #[must_use]
    pub fn with_extended(mut self, extended: Vec<ListExtended>) -> Self {
        self.extended = extended;
        self
    }
}

/// What parts the levels of a hierarchy of mailboxes: one octet of 7 bits (RFC 3501 §9
/// `QUOTED-CHAR`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delimiter(u8);

impl Delimiter {
    /// `/`
    pub const SLASH: Self = Self(b'/');

    /// A delimiter.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Octet`] when it is a control character or has 8 bits.
    pub fn new(octet: u8) -> Result<Self, InvalidValue> {
        if matches!(octet, b' '..=b'~') { Ok(Self(octet)) } else { Err(InvalidValue::Octet) }
    }

    /// The octet.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&char::from(self.0), f)
    }
}

impl fmt::Debug for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&char::from(self.0), f)
    }
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

/// An extended data item of LIST.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListExtended {
    /// `CHILDINFO`: the selection options that subordinate mailboxes matched.
    ChildInfo(Vec<Atom>),
    /// `OLDNAME` (RFC 9051 §7.3.1)
    OldName(MailboxName),
    /// Another: its tag and its value.
    Other(Bytes, Raw),
    /// What breaks the grammar.
    Unparsed(Raw),
}
