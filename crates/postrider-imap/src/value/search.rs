//! SEARCH, SORT and ESEARCH.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use bytes::Bytes;

use super::{
    Atom, Charset, Date, FetchAttribute, FieldName, Keyword, MessageSet, ModSeq, PartialRange, Raw,
    SequenceSet, Uid,
};

/// SEARCH and UID SEARCH (RFC 9051 §6.4.4).
///
/// ```
/// use postrider_imap::{SearchCommand, SearchKey, SearchReturn};
///
/// // UID SEARCH RETURN (COUNT) UNSEEN NOT FROM "Smith"
/// let search = SearchCommand::new(vec![
///     SearchKey::Unseen,
///     SearchKey::not(SearchKey::From("Smith".into())),
/// ])
/// .with_uid()
/// .with_returns(vec![SearchReturn::Count]);
/// # let _ = search;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SearchCommand {
    /// Whether UIDs are asked for.
    pub uid: bool,
    /// What is asked for; `None` without RETURN, so that SEARCH answers.
    pub returns: Option<Vec<SearchReturn>>,
    /// The charset of the strings. Without one they are US-ASCII (RFC 3501 §6.4.4), or UTF-8 in
    /// IMAP4rev2 (RFC 9051 §6.4.4) and after `ENABLE UTF8=ACCEPT`, where none may stand (RFC 6855 §3).
    pub charset: Option<Charset>,
    /// What a message must be; all of them. Without any, `ALL` is written.
    pub keys: Vec<SearchKey>,
}

impl SearchCommand {
    /// Asks for the numbers of the messages that are all of this.
    #[must_use]
    pub fn new(keys: Vec<SearchKey>) -> Self {
        Self { uid: false, returns: None, charset: None, keys }
    }

    /// Asks for UIDs.
    #[must_use]
    pub fn with_uid(mut self) -> Self {
        self.uid = true;
        self
    }

    /// Asks for these results (RFC 4731), so that ESEARCH answers. None of them ask for all.
    #[must_use]
    pub fn with_returns(mut self, returns: Vec<SearchReturn>) -> Self {
        self.returns = Some(returns);
        self
    }

    /// Sets the charset of the strings.
    #[must_use]
    pub fn with_charset(mut self, charset: Charset) -> Self {
        self.charset = Some(charset);
        self
    }
}

/// What a search returns (RFC 4731, 5182, 5267, 6203, 9394).
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
    /// `UPDATE` (RFC 5267), with what is to be fetched of each message that is added (RFC 5465 §7);
    /// perhaps nothing.
    Update(Vec<FetchAttribute>),
    /// `CONTEXT` (RFC 5267)
    Context,
    /// `PARTIAL` (RFC 5267, 9394)
    Partial(PartialRange),
    /// `RELEVANCY` (RFC 6203)
    Relevancy,
    /// Another: its name and its value.
    Other(Atom, Option<Raw>),
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
    /// `LARGER` than so many octets
    Larger(u64),
    /// `SMALLER` than so many octets
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
    /// `FILTER` (RFC 5466): a search that is stored under this name, which has no `/`.
    Filter(Atom),
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
    /// In parentheses: all of them. Without any, `ALL` is written.
    And(Vec<Self>),
    /// `ANNOTATION` (RFC 5257) and keys that this crate does not know: the name, and what stands
    /// behind it and a blank. The grammar does not tell where an unknown key ends. So one is read,
    /// and only where that is forgiven, at the end of its list, with strings behind it or nothing.
    Other(Atom, Raw),
}

impl SearchKey {
    /// `NOT` this.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "it is the name of the key")]
    pub fn not(key: Self) -> Self {
        Self::Not(Box::new(key))
    }

    /// `OR`: the one or the other.
    #[must_use]
    pub fn or(one: Self, other: Self) -> Self {
        Self::Or(Box::new(one), Box::new(other))
    }

    /// `OR` of all of these, nested as little as can be: servers bound how deep keys nest. `None`
    /// when there are none.
    ///
    /// ```
    /// use postrider_imap::SearchKey::{self, Draft, Flagged, Seen};
    ///
    /// let any = SearchKey::any(vec![Seen, Flagged, Draft]);
    /// assert_eq!(any, Some(SearchKey::or(SearchKey::or(Seen, Flagged), Draft)));
    /// ```
    #[must_use]
    pub fn any(mut keys: Vec<Self>) -> Option<Self> {
        while keys.len() > 1 {
            let mut rest = keys.into_iter();
            keys = core::iter::from_fn(|| {
                let one = rest.next()?;
                Some(match rest.next() {
                    Some(other) => Self::or(one, other),
                    None => one,
                })
            })
            .collect();
        }
        keys.pop()
    }

    /// These keys and all that are nested in them, each before what is in it. Without recursion.
    ///
    /// ```
    /// use postrider_imap::SearchKey::{self, Seen};
    ///
    /// let keys = [SearchKey::not(SearchKey::or(Seen, SearchKey::From("Smith".into())))];
    /// assert!(SearchKey::walk(&keys).any(|key| *key == Seen));
    /// assert_eq!(SearchKey::walk(&keys).count(), 4);
    /// ```
    pub fn walk(keys: &[Self]) -> impl Iterator<Item = &Self> {
        let mut rest: Vec<&Self> = keys.iter().rev().collect();
        core::iter::from_fn(move || {
            let key = rest.pop()?;
            match key {
                Self::Not(key) | Self::Fuzzy(key) => rest.push(key),
                Self::Or(one, other) => rest.extend([&**other, &**one]),
                Self::And(keys) => rest.extend(keys.iter().rev()),
                _ => {}
            }
            Some(key)
        })
    }

    /// `FUZZY`: about this (RFC 6203).
    #[must_use]
    pub fn fuzzy(key: Self) -> Self {
        Self::Fuzzy(Box::new(key))
    }

    /// One UID.
    #[must_use]
    pub fn uid(uid: Uid) -> Self {
        Self::Uid(SequenceSet::from(uid).into())
    }
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
    pub charset: Charset,
    /// What a message must be; all of them. Without any, `ALL` is written.
    pub keys: Vec<SearchKey>,
}

impl SortCommand {
    /// Asks for the numbers of the messages that are all of this, in this order.
    #[must_use]
    pub fn new(criteria: Vec<SortCriterion>, charset: Charset, keys: Vec<SearchKey>) -> Self {
        Self { uid: false, returns: None, criteria, charset, keys }
    }

    /// Asks for UIDs.
    #[must_use]
    pub fn with_uid(mut self) -> Self {
        self.uid = true;
        self
    }

    /// Asks for these results (RFC 5267 §3), so that ESEARCH answers.
    #[must_use]
    pub fn with_returns(mut self, returns: Vec<SearchReturn>) -> Self {
        self.returns = Some(returns);
        self
    }
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
    /// `ANNOTATION` (RFC 5257)
    Annotation {
        /// The path of the entry.
        entry: Bytes,
        /// `value.priv` or `value.shared`.
        attribute: Atom,
    },
    /// Another.
    Other(Atom),
}

/// ESEARCH over several mailboxes (RFC 7377).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EsearchOptions {
    /// Where, without the parentheses of `IN (…)`; `None` where that is not said. It is the
    /// selected mailbox then.
    pub source: Option<Raw>,
    /// What is asked for.
    pub returns: Option<Vec<SearchReturn>>,
    /// The charset of the strings.
    pub charset: Option<Charset>,
    /// What a message must be; all of them.
    pub keys: Vec<SearchKey>,
}

impl EsearchOptions {
    /// Asks for the numbers of the messages that are all of this.
    #[must_use]
    pub fn new(keys: Vec<SearchKey>) -> Self {
        Self { source: None, returns: None, charset: None, keys }
    }

    /// Sets where, such as `subtree ("a" "b")`.
    #[must_use]
    pub fn with_source(mut self, source: Raw) -> Self {
        self.source = Some(source);
        self
    }

    /// Asks for these results.
    #[must_use]
    pub fn with_returns(mut self, returns: Vec<SearchReturn>) -> Self {
        self.returns = Some(returns);
        self
    }

    /// Sets the charset of the strings.
    #[must_use]
    pub fn with_charset(mut self, charset: Charset) -> Self {
        self.charset = Some(charset);
        self
    }
}
