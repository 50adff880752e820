//! SEARCH, SORT and ESEARCH.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use bytes::Bytes;

use super::{
    Atom, Date, FieldName, Keyword, MailboxName, MessageSet, ModSeq, NumberList, Raw, UidValidity,
};

/// SEARCH and UID SEARCH (RFC 9051 §6.4.4).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SearchCommand {
    /// Whether UIDs are asked for.
    pub uid: bool,
    /// What is asked for; `None` without RETURN, so that SEARCH answers.
    pub returns: Option<Vec<SearchReturn>>,
    /// The charset of the strings.
    pub charset: Option<Bytes>,
    /// What a message must be; all of them.
    pub keys: Vec<SearchKey>,
}

/// What a search returns (RFC 4731, 5182, 5267, 9394; the first two of RFC 5255 too).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SearchReturn {
    /// `MIN`
    Min,
    /// `MAX`
    Max,
    /// `ALL`
    All,
    /// `COUNT`
    Count,
    /// `SAVE` (RFC 5182)
    Save,
    /// `UPDATE` (RFC 5267)
    Update,
    /// `CONTEXT` (RFC 5267)
    Context,
    /// `PARTIAL` (RFC 5267, 9394)
    Partial(PartialRange),
    /// `RELEVANCY` (RFC 6203)
    Relevancy,
    /// Another: its name and its value.
    Other(Atom, Option<Raw>),
}

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

/// What a message must be (RFC 9051 §6.4.4 and the extensions).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SearchKey {
    /// Message numbers, or `$`.
    Numbers(MessageSet),
    /// `UID`
    Uid(MessageSet),
    /// `ALL`
    All,
    /// `ANSWERED`
    Answered,
    /// `DELETED`
    Deleted,
    /// `DRAFT`
    Draft,
    /// `FLAGGED`
    Flagged,
    /// `NEW`
    New,
    /// `OLD`
    Old,
    /// `RECENT`
    Recent,
    /// `SEEN`
    Seen,
    /// `UNANSWERED`
    Unanswered,
    /// `UNDELETED`
    Undeleted,
    /// `UNDRAFT`
    Undraft,
    /// `UNFLAGGED`
    Unflagged,
    /// `UNSEEN`
    Unseen,
    /// `KEYWORD`
    Keyword(Keyword),
    /// `UNKEYWORD`
    Unkeyword(Keyword),
    /// `BCC`
    Bcc(Bytes),
    /// `BODY`
    Body(Bytes),
    /// `CC`
    Cc(Bytes),
    /// `FROM`
    From(Bytes),
    /// `SUBJECT`
    Subject(Bytes),
    /// `TEXT`
    Text(Bytes),
    /// `TO`
    To(Bytes),
    /// `HEADER`: a field that holds this.
    Header(FieldName, Bytes),
    /// `BEFORE`
    Before(Date),
    /// `ON`
    On(Date),
    /// `SINCE`
    Since(Date),
    /// `SENTBEFORE`
    SentBefore(Date),
    /// `SENTON`
    SentOn(Date),
    /// `SENTSINCE`
    SentSince(Date),
    /// `SAVEDBEFORE` (RFC 8514)
    SavedBefore(Date),
    /// `SAVEDON` (RFC 8514)
    SavedOn(Date),
    /// `SAVEDSINCE` (RFC 8514)
    SavedSince(Date),
    /// `SAVEDATESUPPORTED` (RFC 8514)
    SaveDateSupported,
    /// `LARGER`, in octets
    Larger(u64),
    /// `SMALLER`, in octets
    Smaller(u64),
    /// `OLDER` than so many seconds (RFC 5032)
    Older(NonZeroU32),
    /// `YOUNGER` than so many seconds (RFC 5032)
    Younger(NonZeroU32),
    /// `MODSEQ` (RFC 7162): at least this, of an entry if one is named.
    ModSeq {
        /// The name of the entry and its type.
        entry: Option<(Bytes, EntryType)>,
        /// At least this.
        mod_seq: ModSeq,
    },
    /// `EMAILID` (RFC 8474)
    EmailId(Bytes),
    /// `THREADID` (RFC 8474)
    ThreadId(Bytes),
    /// `FILTER` (RFC 5466): a search that is stored under this name.
    Filter(Bytes),
    /// `X-GM-RAW` (Gmail)
    GmailRaw(Bytes),
    /// `X-GM-MSGID` (Gmail)
    GmailMessageId(u64),
    /// `X-GM-THRID` (Gmail)
    GmailThreadId(u64),
    /// `X-GM-LABELS` (Gmail)
    GmailLabels(Bytes),
    /// `FUZZY` (RFC 6203)
    Fuzzy(Box<Self>),
    /// `NOT`
    Not(Box<Self>),
    /// `OR`
    Or(Box<Self>, Box<Self>),
    /// In parentheses: all of them.
    And(Vec<Self>),
    /// `ANNOTATION` and other keys that this crate does not know: the name and its arguments.
    Other(Atom, Raw),
}

/// Whose entry a MODSEQ is of (RFC 7162 §3.1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three of the grammar")]
pub enum EntryType {
    /// `priv`
    Private,
    /// `shared`
    Shared,
    /// `all`
    All,
}

/// SORT and UID SORT (RFC 5256, 5267).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SortCommand {
    /// Whether UIDs are asked for.
    pub uid: bool,
    /// What is asked for; `None` without RETURN, so that SORT answers.
    pub returns: Option<Vec<SearchReturn>>,
    /// By what; at least one.
    pub criteria: Vec<SortCriterion>,
    /// The charset of the strings.
    pub charset: Bytes,
    /// What a message must be; all of them.
    pub keys: Vec<SearchKey>,
}

/// By what messages are sorted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "RFC 5256 has these two")]
pub struct SortCriterion {
    /// `REVERSE`: the largest first.
    pub reverse: bool,
    /// By what.
    pub key: SortKey,
}

/// One key of a sort (RFC 5256 §3, RFC 5957, RFC 6203).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SortKey {
    /// `ARRIVAL`
    Arrival,
    /// `CC`
    Cc,
    /// `DATE`
    Date,
    /// `FROM`
    From,
    /// `SIZE`
    Size,
    /// `SUBJECT`
    Subject,
    /// `TO`
    To,
    /// `DISPLAYFROM` (RFC 5957)
    DisplayFrom,
    /// `DISPLAYTO` (RFC 5957)
    DisplayTo,
    /// `RELEVANCY` (RFC 6203)
    Relevancy,
    /// Another.
    Other(Atom),
}

/// ESEARCH over several mailboxes (RFC 7377).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EsearchOptions {
    /// Where, without the parentheses of `IN (…)`; `None`: the selected mailbox.
    pub source: Option<Raw>,
    /// What is asked for.
    pub returns: Option<Vec<SearchReturn>>,
    /// The charset of the strings.
    pub charset: Option<Bytes>,
    /// What a message must be; all of them.
    pub keys: Vec<SearchKey>,
}

/// The ESEARCH response (RFC 9051 §7.3.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EsearchResponse {
    /// The tag of the command, unless the server speaks on its own.
    pub tag: Option<Bytes>,
    /// The mailbox it is of, when several were searched (RFC 7377).
    pub mailbox: Option<(MailboxName, UidValidity)>,
    /// Whether it tells UIDs.
    pub uid: bool,
    /// What it tells, in order.
    pub items: Vec<EsearchItem>,
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

/// `UIDBATCHES` (draft-ietf-mailmaint-imap-uidbatches).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UidBatches {
    /// How many messages a batch has.
    pub size: NonZeroU32,
    /// Which batches, counted from 1; `None`: all.
    pub range: Option<(NonZeroU32, NonZeroU32)>,
}

/// One batch: its highest and its lowest UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a range has two ends")]
pub struct UidBatch {
    /// The highest UID.
    pub first: super::Uid,
    /// The lowest UID.
    pub last: super::Uid,
}
