//! Which messages are what SEARCH asks for (RFC 9051 §6.4.4).
//!
//! A [`Search`] is made of the keys of a SEARCH, SORT or THREAD command, and of a [`Scope`]: what the
//! keys are relative to, such as the number of messages and the time. It is then asked of one message
//! after the other, with as much of it as is at hand. The store is not asked for more than it takes:
//! what metadata decide never opens a message, and what the header section decides never reads a body.
//!
//! ```
//! use postrider_imap::{Date, Flag, InternalDate, MessageNumber, SearchKey, Uid};
//! use postrider_mailbox::search::{Scope, Search, Verdict};
//! use postrider_mailbox::{Metadata, Need, Source};
//! use postrider_message::HeaderSection;
//!
//! // SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"
//! let keys = [
//!     SearchKey::Flagged,
//!     SearchKey::Since(Date::new(1994, 2, 1)?),
//!     SearchKey::not(SearchKey::From("Smith".into())),
//! ];
//! let (two, uid) = (MessageNumber::new(2)?, Uid::new(14)?);
//! let search = Search::new(&keys, None, &Scope::new(2, Some(uid), 0))?;
//!
//! let date = InternalDate::from_unix(837_596_665, -7 * 60)?;
//! let mut metadata = Metadata::new(uid, [Flag::Flagged], date, 4286);
//! assert_eq!(search.test(two, &metadata, Source::metadata()), Verdict::Needs(Need::Header));
//! let header = HeaderSection::parse("From: \"Ann\" <ann@a.example>\r\n\r\n");
//! let source = Source::header(header.headers());
//! assert_eq!(search.test(two, &metadata, source), Verdict::Yes);
//!
//! // Without the flag nobody needs to know whom it is from.
//! metadata.flags.remove(&Flag::Flagged);
//! assert_eq!(search.test(two, &metadata, Source::metadata()), Verdict::No);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! Where a store implements [`Messages`](crate::Messages), [`run`] does all of this in one call. What
//! is told of the messages that were found is made by [`results`](crate::results).
//!
//! # What a string matches
//!
//! A string matches where it is a substring of the text, by the collation i;unicode-casemap
//! (RFC 5051): see [`Substring`]. The text is decoded first (RFC 9051 §6.4.4): encoded words,
//! transfer encodings, charsets.
//!
//! - `BODY`: the texts of all parts that are `text/*` or `message/*`, nested messages included, each
//!   by itself. No header field, be it that of a part or of a nested message: "this doesn't match any
//!   header fields". Texts are searched as they are written, HTML with its tags. Other types are left
//!   out, as "server implementations MAY" do, and so is what stands before and behind the parts of a
//!   multipart. A nested message that is encoded is searched as a text.
//! - `TEXT`: all that `BODY` matches, and each line of each header section, of the message, its parts
//!   and nested messages: name, colon and value.
//! - `HEADER`: the values of the fields of this name, each by itself. The empty string matches
//!   wherever there is such a field.
//! - `SUBJECT`: the same, of `Subject`; a run of white space also matches as one blank, as the
//!   envelope has it.
//! - `FROM`, `TO`, `CC`, `BCC`: the same, of those fields. The addresses also match as a list of
//!   `name <local@domain>`, whatever quotation marks and comments the field has.
//!
//! Where a value is folded, the line end and the octet of white space behind it are one blank, also where
//! that octet is a tab: "runs of FWS ... are semantically interpreted as a single space character"
//! (RFC 5322 §3.2.2), and nobody searches for a tab. White space beyond that stays.
//!
//! # Numbers
//!
//! Message numbers that no message has name nothing, and the search goes on: a server that answers BAD
//! to them, as to other commands, asks [`View::has`](crate::view::View::has) first. `\Recent` is for the
//! session to know: [`View::over`](crate::view::View::over) adds it to what the store knows.
//!
//! # Dates
//!
//! `BEFORE`, `ON` and `SINCE` compare the day that INTERNALDATE tells in its own zone, `SENTBEFORE`
//! and its kin the day that the first `Date` field tells: "disregarding time and timezone". A message
//! without the field was sent on no day: none of the three matches. A field that cannot be read, such as
//! one of the year `0102`, tells a day before all others, as it does with other servers. Where the
//! store keeps no date of saving, `SAVEDBEFORE` and its kin compare INTERNALDATE (RFC 8514 §4.3);
//! where it does, but not for this message, none of the three matches.
//!
//! # Extensions
//!
//! - `OLDER` and `YOUNGER` (RFC 5032) compare with the time of the [`Scope`].
//! - `MODSEQ` (RFC 7162) compares the one MODSEQ of the message: a store that keeps none for each
//!   entry "MUST ignore" the entry. A message without one matches no `MODSEQ`.
//! - `FILTER` (RFC 5466) is replaced by what the [`Scope`] knows under that name, also inside of
//!   filters, which may be 8 deep. A filter counts as often as it is named: a search has at most
//!   100 000 keys, whose strings, names and ranges of numbers are no more than 2^20 together.
//! - `FUZZY` (RFC 6203) matches what the key in it matches: the RFC leaves the algorithm to the server.
//! - `ANNOTATION`, keys of Gmail and unknown keys are refused.
//!
//! # Costs
//!
//! Nothing here recurses. A message takes time in proportion to its size times the number of keys,
//! whatever strings and texts are. Sets are held as ranges and looked up by halving. Keys of one AND or
//! OR are asked in the order of their costs: flags before sets, metadata before fields, fields before
//! texts. Decoded texts are kept until the message is decided, so that several keys decode them once.

mod body;
mod caseless;
mod compile;
mod error;
mod fields;
mod key;
mod program;
mod ranges;
mod run;
mod scope;
mod strings;
mod substring;
mod tree;

use postrider_imap::{
    Charset, MessageNumber, SearchCommand, SearchKey, SortCommand, ThreadCommand, Uid,
};

use crate::{Metadata, Need, Source};

pub use error::Unsearchable;
pub use run::run;
pub use scope::Scope;
pub use substring::Substring;

use body::Texts;
use program::{Asked, Program};

/// The keys of a search, ready to be asked of one message after another.
#[derive(Debug, Clone)]
pub struct Search {
    program: Program,
    mod_seq: bool,
    fuzzy: bool,
}

/// Whether a message is what a search asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "yes, no, or not known yet")]
pub enum Verdict {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// So much of it must be read to tell. It is always more than what was at hand.
    Needs(Need),
}

impl Search {
    /// Of keys that must all match. Without any, all messages are found. Strings are of the charset, or
    /// of UTF-8 where none is said.
    ///
    /// # Errors
    ///
    /// [`Unsearchable`] says why there can be no such search, and how the command is answered.
    pub fn new(
        keys: &[SearchKey],
        charset: Option<&Charset>,
        scope: &Scope<'_>,
    ) -> Result<Self, Unsearchable> {
        compile::compile(keys, charset, scope)
    }

    /// Of a SEARCH command.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn of(command: &SearchCommand, scope: &Scope<'_>) -> Result<Self, Unsearchable> {
        Self::new(&command.keys, command.charset.as_ref(), scope)
    }

    /// Of a SORT command.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn of_sort(command: &SortCommand, scope: &Scope<'_>) -> Result<Self, Unsearchable> {
        Self::new(&command.keys, Some(&command.charset), scope)
    }

    /// Of a THREAD command.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn of_thread(command: &ThreadCommand, scope: &Scope<'_>) -> Result<Self, Unsearchable> {
        Self::new(&command.keys, Some(&command.charset), scope)
    }

    /// How much of a message must be read at most.
    #[must_use]
    pub fn need(&self) -> Need {
        self.program.need()
    }

    /// Whether `MODSEQ` was among the keys, so that the highest one is told (RFC 7162 §3.1.5).
    #[must_use]
    pub fn asks_mod_seq(&self) -> bool {
        self.mod_seq
    }

    /// Whether `FUZZY` was among the keys, without which there is no RELEVANCY (RFC 6203 §4).
    #[must_use]
    pub fn is_fuzzy(&self) -> bool {
        self.fuzzy
    }

    /// Whether the message is what is asked for, if metadata alone can tell.
    #[must_use]
    #[inline]
    pub fn by_metadata(&self, number: MessageNumber, metadata: &Metadata) -> Option<bool> {
        match self.test(number, metadata, Source::metadata()) {
            Verdict::Yes => Some(true),
            Verdict::No => Some(false),
            Verdict::Needs(_) => None,
        }
    }

    /// Whether the message is what is asked for, as far as what is at hand can tell.
    #[must_use]
    #[inline]
    pub fn test(&self, number: MessageNumber, metadata: &Metadata, source: Source<'_>) -> Verdict {
        let Some(root) = source.root() else {
            return self.program.run(&Asked { number, metadata, source, texts: None });
        };
        let texts = Texts::new(root);
        self.program.run(&Asked { number, metadata, source, texts: Some(&texts) })
    }

    /// The same search with UIDs where its keys have message numbers, of which the argument tells the
    /// UID that each has now. Whoever goes on searching while messages come and go needs this: "any
    /// message sequence numbers used in the search program are evaluated at the time the command is
    /// received" (RFC 5267 §4.3).
    ///
    /// ```
    /// use postrider_imap::{InternalDate, MessageNumber, SearchKey, SequenceSet, Uid};
    /// use postrider_mailbox::search::{Scope, Search};
    /// use postrider_mailbox::Metadata;
    ///
    /// let uids = [Uid::new(3)?, Uid::new(7)?, Uid::new(9)?];
    /// let keys = [SearchKey::Numbers(SequenceSet::parse("2:3")?.into())];
    /// let search = Search::new(&keys, None, &Scope::new(3, Some(uids[2]), 0))?
    ///     .pinned(|number| uids.get(number.get() as usize - 1).copied());
    ///
    /// // The first message is gone, so that UID 7 is number 1 now.
    /// let metadata = Metadata::new(uids[1], [], InternalDate::from_unix(0, 0)?, 1);
    /// assert_eq!(search.by_metadata(MessageNumber::new(1)?, &metadata), Some(true));
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    #[must_use]
    pub fn pinned(mut self, uid: impl Fn(MessageNumber) -> Option<Uid>) -> Self {
        self.program.pin(uid);
        self
    }
}
