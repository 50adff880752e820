//! Commands: what a client asks for.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::Secret;

use super::SyntaxError;
use super::quirks::Quirks;
use super::syntax::Grammar;
use crate::limits::Limits;

use super::value::{
    Atom, Create, EsearchOptions, FetchAttributes, FetchModifiers, GetMetadata, IdParameters,
    InitialResponse, InvalidValue, ListCommand, MailboxName, MessageSet, MetadataEntry,
    NotifyCommand, QuotaLimit, Raw, RightsChange, SearchCommand, SearchKey, SelectParameters,
    SortCommand, StatusItem, StoreCommand, ThreadCommand, UidBatches,
};

/// A command with its arguments, and the tag with which it is answered.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a command has these two")]
pub struct TaggedCommand {
    /// The tag.
    pub tag: Tag,
    /// The command.
    pub command: Command,
}

/// A command with its arguments.
///
/// APPEND and REPLACE are not among them: the octets of a message are no part of a unit, they
/// stream. [`AppendWriter`](super::AppendWriter) writes them.
///
/// ```
/// use postrider_imap::{
///     Command, Date, Flag, ModSeq, SearchCommand, SearchKey, SequenceSet, StoreCommand, StoreMode,
///     StoreValue, Tag, TaggedCommand, WriteOptions,
/// };
///
/// // Commands with many arguments are made of a value that holds them.
/// let since = SearchKey::Since(Date::new(1994, 2, 1)?);
/// let search = SearchCommand::new(vec![SearchKey::Flagged, since]).with_uid();
/// let what = StoreValue::Flags([Flag::Deleted].into());
/// let store = StoreCommand::new(SequenceSet::parse("7,5,9")?, StoreMode::Add, what)
///     .with_unchanged_since(ModSeq::new(320_162_338)?);
///
/// let mut out = Vec::new();
/// for (tag, command) in [("a1", Command::from(search)), ("a2", store.into())] {
///     let command = TaggedCommand { tag: Tag::new(tag)?, command };
///     out.extend_from_slice(command.encode(WriteOptions::new()).octets.expose());
/// }
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     "a1 UID SEARCH FLAGGED SINCE 1-Feb-1994\r\n\
///      a2 STORE 7,5,9 (UNCHANGEDSINCE 320162338) +FLAGS (\\Deleted)\r\n",
/// );
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Command {
    // any state (RFC 3501 §6.1)
    /// `CAPABILITY`
    Capability,
    /// `NOOP`
    Noop,
    /// `LOGOUT`
    Logout,
    /// `ID` (RFC 2971)
    Id(IdParameters),

    // not authenticated (RFC 3501 §6.2)
    /// `STARTTLS`
    StartTls,
    /// `AUTHENTICATE`
    Authenticate {
        /// The name of the mechanism.
        mechanism: Atom,
        /// The initial response (RFC 4959), where it comes with the command.
        initial: Option<InitialResponse>,
    },
    /// `LOGIN`
    Login {
        /// The name of the user.
        user: Bytes,
        /// The password.
        password: Secret<Vec<u8>>,
    },

    // authenticated (RFC 3501 §6.3)
    /// `ENABLE` (RFC 5161)
    Enable(Vec<Atom>),
    /// `SELECT`
    Select {
        /// Which mailbox.
        mailbox: MailboxName,
        /// CONDSTORE and QRESYNC (RFC 7162 §3.1.8, §3.2.5).
        parameters: SelectParameters,
    },
    /// `EXAMINE`
    Examine {
        /// Which mailbox.
        mailbox: MailboxName,
        /// As for SELECT.
        parameters: SelectParameters,
    },
    /// `CREATE`
    Create(Create),
    /// `DELETE`
    Delete(MailboxName),
    /// `RENAME`
    Rename {
        /// What it is called.
        from: MailboxName,
        /// What it is to be called.
        to: MailboxName,
    },
    /// `SUBSCRIBE`
    Subscribe(MailboxName),
    /// `UNSUBSCRIBE`
    Unsubscribe(MailboxName),
    /// `LIST`, with what RFC 5258 and its extensions add.
    List(ListCommand),
    /// `LSUB`
    Lsub {
        /// The reference name.
        reference: MailboxName,
        /// The pattern, with `%` and `*`.
        pattern: Bytes,
    },
    /// `XLIST`, which Gmail had before RFC 6154.
    Xlist {
        /// The reference name.
        reference: MailboxName,
        /// The pattern, with `%` and `*`.
        pattern: Bytes,
    },
    /// `NAMESPACE` (RFC 2342)
    Namespace,
    /// `STATUS`
    Status {
        /// Which mailbox.
        mailbox: MailboxName,
        /// What is asked of it.
        items: Vec<StatusItem>,
    },
    /// `IDLE` (RFC 2177). `DONE` is no command.
    Idle,
    /// `NOTIFY` (RFC 5465)
    Notify(NotifyCommand),
    /// `COMPRESS` (RFC 4978), with the name of the mechanism.
    Compress(Atom),
    /// `UNAUTHENTICATE` (RFC 8437)
    Unauthenticate,
    /// `GETJMAPACCESS` (RFC 9698)
    GetJmapAccess,

    // selected (RFC 3501 §6.4)
    /// `CHECK`
    Check,
    /// `CLOSE`
    Close,
    /// `UNSELECT` (RFC 3691)
    Unselect,
    /// `EXPUNGE`
    Expunge,
    /// `UID EXPUNGE` (RFC 4315)
    UidExpunge(MessageSet),
    /// `SEARCH` and `UID SEARCH`
    Search(Box<SearchCommand>),
    /// `SORT` and `UID SORT` (RFC 5256)
    Sort(Box<SortCommand>),
    /// `THREAD` and `UID THREAD` (RFC 5256)
    Thread(Box<ThreadCommand>),
    /// `ESEARCH` (RFC 7377): a search over several mailboxes.
    Esearch(Box<EsearchOptions>),
    /// `CANCELUPDATE` (RFC 5267): the tags of the searches that are no longer followed.
    CancelUpdate(Vec<Bytes>),
    /// `FETCH` and `UID FETCH`
    Fetch {
        /// Which messages.
        set: MessageSet,
        /// Whether the set holds UIDs.
        uid: bool,
        /// What is asked of each.
        attributes: FetchAttributes,
        /// CHANGEDSINCE, VANISHED (RFC 7162) and PARTIAL (RFC 9394).
        modifiers: FetchModifiers,
    },
    /// `STORE` and `UID STORE`
    Store(StoreCommand),
    /// `COPY` and `UID COPY`
    Copy {
        /// Which messages.
        set: MessageSet,
        /// Whether the set holds UIDs.
        uid: bool,
        /// Where to.
        mailbox: MailboxName,
    },
    /// `MOVE` and `UID MOVE` (RFC 6851)
    Move {
        /// Which messages.
        set: MessageSet,
        /// Whether the set holds UIDs.
        uid: bool,
        /// Where to.
        mailbox: MailboxName,
    },
    /// `UIDBATCHES` (RFC 10022)
    UidBatches(UidBatches),

    // extensions
    /// `GETQUOTA` (RFC 9208): a quota root.
    GetQuota(Bytes),
    /// `GETQUOTAROOT` (RFC 9208)
    GetQuotaRoot(MailboxName),
    /// `SETQUOTA` (RFC 9208)
    SetQuota {
        /// The quota root.
        root: Bytes,
        /// The limits it is to have.
        limits: Vec<QuotaLimit>,
    },
    /// `SETACL` (RFC 4314)
    SetAcl {
        /// Which mailbox.
        mailbox: MailboxName,
        /// Whose rights.
        identifier: Bytes,
        /// What becomes of them.
        rights: RightsChange,
    },
    /// `DELETEACL` (RFC 4314)
    DeleteAcl {
        /// Which mailbox.
        mailbox: MailboxName,
        /// Whose rights.
        identifier: Bytes,
    },
    /// `GETACL` (RFC 4314)
    GetAcl(MailboxName),
    /// `LISTRIGHTS` (RFC 4314)
    ListRights {
        /// Which mailbox.
        mailbox: MailboxName,
        /// Whose rights.
        identifier: Bytes,
    },
    /// `MYRIGHTS` (RFC 4314)
    MyRights(MailboxName),
    /// `GETMETADATA` (RFC 5464)
    GetMetadata(GetMetadata),
    /// `SETMETADATA` (RFC 5464). An empty mailbox name means the server.
    SetMetadata {
        /// Which mailbox.
        mailbox: MailboxName,
        /// The entries and the values they are to have; without one, an entry goes.
        entries: Vec<MetadataEntry>,
    },
    /// A command that this crate does not know: its name, and what stands behind it and a blank.
    Other {
        /// Whether `UID` stands before the name.
        uid: bool,
        /// The name.
        name: Atom,
        /// The arguments.
        arguments: Raw,
    },
}

impl Command {
    /// `FETCH`, by message numbers.
    pub fn fetch(set: impl Into<MessageSet>, attributes: impl Into<FetchAttributes>) -> Self {
        let (set, attributes) = (set.into(), attributes.into());
        Self::Fetch { set, uid: false, attributes, modifiers: FetchModifiers::default() }
    }

    /// `UID FETCH`.
    pub fn uid_fetch(set: impl Into<MessageSet>, attributes: impl Into<FetchAttributes>) -> Self {
        let (set, attributes) = (set.into(), attributes.into());
        Self::Fetch { set, uid: true, attributes, modifiers: FetchModifiers::default() }
    }

    /// `UID COPY`.
    pub fn uid_copy(set: impl Into<MessageSet>, mailbox: MailboxName) -> Self {
        Self::Copy { set: set.into(), uid: true, mailbox }
    }

    /// `UID MOVE` (RFC 6851).
    pub fn uid_move(set: impl Into<MessageSet>, mailbox: MailboxName) -> Self {
        Self::Move { set: set.into(), uid: true, mailbox }
    }

    /// `STATUS`: at least one item.
    pub fn status(mailbox: MailboxName, items: impl Into<Vec<StatusItem>>) -> Self {
        Self::Status { mailbox, items: items.into() }
    }

    /// `LIST "" pattern`, where `*` is all mailboxes and `%` those at the top.
    pub fn list(pattern: impl Into<Bytes>) -> Self {
        Self::List(ListCommand::new(MailboxName::read(b""), pattern))
    }

    /// `SELECT` without parameters.
    #[must_use]
    pub fn select(mailbox: MailboxName) -> Self {
        Self::Select { mailbox, parameters: SelectParameters::default() }
    }

    /// Whether UID stands before its name.
    pub(crate) fn has_uid(&self) -> bool {
        match self {
            Self::Fetch { uid, .. }
            | Self::Copy { uid, .. }
            | Self::Move { uid, .. }
            | Self::Other { uid, .. } => *uid,
            Self::Store(store) => store.uid,
            Self::Search(search) => search.uid,
            Self::Sort(sort) => sort.uid,
            Self::Thread(thread) => thread.uid,
            Self::UidExpunge(_) => true,
            _ => false,
        }
    }

    /// Whether no message may be told to be gone while this command is in progress, because it has
    /// message numbers in the air that would mean other messages. RFC 9051 §7.5.1: "An EXPUNGE response
    /// MUST NOT be sent when no command is in progress, nor while responding to a FETCH, STORE, or SEARCH
    /// command." UID FETCH, UID STORE and UID SEARCH are different commands, unless a UID SEARCH names
    /// messages by numbers all the same; SORT and THREAD are as SEARCH (RFC 5256 §3), and for VANISHED
    /// it is the same (RFC 7162 §3.2.10.2).
    ///
    /// ```
    /// use postrider_imap::{Command, FetchAttribute, SequenceSet};
    ///
    /// assert!(Command::fetch(SequenceSet::all(), FetchAttribute::Flags).holds_numbers());
    /// assert!(!Command::uid_fetch(SequenceSet::all(), FetchAttribute::Flags).holds_numbers());
    /// assert!(!Command::Noop.holds_numbers());
    /// ```
    #[must_use]
    pub fn holds_numbers(&self) -> bool {
        let names = |keys| SearchKey::walk(keys).any(|key| matches!(key, SearchKey::Numbers(_)));
        match self {
            Self::Fetch { uid, .. } => !uid,
            Self::Store(store) => !store.uid,
            Self::Search(search) => !search.uid || names(&search.keys),
            Self::Sort(sort) => !sort.uid || names(&sort.keys),
            Self::Thread(thread) => !thread.uid || names(&thread.keys),
            _ => false,
        }
    }

    /// `EXAMINE` without parameters.
    #[must_use]
    pub fn examine(mailbox: MailboxName) -> Self {
        Self::Examine { mailbox, parameters: SelectParameters::default() }
    }
}

/// The command that these arguments belong to.
macro_rules! from_arguments {
    ($($arguments:ident => $make:expr;)*) => {$(
        impl From<$arguments> for Command {
            fn from(arguments: $arguments) -> Self {
                $make(arguments)
            }
        }
    )*};
}

from_arguments! {
    Create => Self::Create;
    EsearchOptions => |arguments| Self::Esearch(Box::new(arguments));
    GetMetadata => Self::GetMetadata;
    ListCommand => Self::List;
    NotifyCommand => Self::Notify;
    SearchCommand => |arguments| Self::Search(Box::new(arguments));
    SortCommand => |arguments| Self::Sort(Box::new(arguments));
    StoreCommand => Self::Store;
    ThreadCommand => |arguments| Self::Thread(Box::new(arguments));
    UidBatches => Self::UidBatches;
}

/// The tag that ties an answer to its command.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Tag(Bytes);

impl Tag {
    /// `tag = 1*<any ASTRING-CHAR except "+">` (RFC 3501 §9)
    ///
    /// # Errors
    ///
    /// When it is empty, or holds an octet that no tag has.
    pub fn new(tag: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let tag = tag.into();
        if tag.is_empty() {
            return Err(InvalidValue::Empty);
        }
        if tag.iter().all(|&octet| is_tag_octet(octet)) {
            Ok(Self(tag))
        } else {
            Err(InvalidValue::Octet)
        }
    }

    /// A tag whose octets were found to be those of one.
    pub(crate) fn read(tag: &[u8]) -> Option<Self> {
        (!tag.is_empty()).then(|| Self(Bytes::copy_from_slice(tag)))
    }

    /// A tag of a client that counts: a prefix of letters and digits, and a number.
    pub(crate) fn counted(prefix: &str, number: u64) -> Self {
        Self(alloc::format!("{prefix}{number:03}").into())
    }

    /// The tag.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

pub(crate) fn is_tag_octet(octet: u8) -> bool {
    super::value::is_keyword_octet(octet) & (octet != b'+')
}

impl core::fmt::Display for Tag {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Display::fmt(&super::value::Lossy(&self.0), f)
    }
}

impl From<Tag> for Bytes {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

impl core::fmt::Debug for Tag {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(&self.0, f)
    }
}

impl TaggedCommand {
    /// Reads a whole command and tells what was forgiven. The octets of literals stand in it. A line
    /// end may stand behind it, and is not judged: whether it was CRLF is for the reader that frames.
    ///
    /// # Errors
    ///
    /// [`SyntaxError`] when it does not follow the grammar, as far as that is not forgiven, and for
    /// APPEND and REPLACE, which stream.
    pub fn parse(
        unit: &[u8],
        limits: &Limits,
        forgiven: Quirks,
    ) -> Result<(Self, Quirks), SyntaxError> {
        let grammar = Grammar::new(limits, forgiven);
        let unit = super::response::without_line_end(unit);
        if !super::read::is_one_command(unit) {
            return Err(SyntaxError { offset: 0 });
        }
        let command = super::syntax::command(&grammar, unit)?;
        Ok((command, grammar.met()))
    }
}
