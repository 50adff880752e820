//! The return options of SEARCH and SORT (RFC 4731, 5182, 5267, 6203, 9394).

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;
use postrider_imap::{
    EsearchItem, EsearchResponse, FetchAttribute, ModSeq, NumberList, PartialRange, Response,
    SearchCommand, SearchReturn, SortCommand, Uid,
};

use super::found::{Found, FoundMessage, highest, numbers};
use crate::search::Search;

/// What a SEARCH or SORT command wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returns {
    uid: bool,
    sort: bool,
    /// Whether ESEARCH answers.
    extended: bool,
    mod_seq: bool,
    min: bool,
    max: bool,
    all: bool,
    count: bool,
    partial: Option<PartialRange>,
    relevancy: bool,
    save: bool,
    update: Option<Vec<FetchAttribute>>,
}

/// The return options cannot be. The command is answered with `BAD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreturnable {
    /// More than one of `PARTIAL` and `ALL` (RFC 9394 §3.1, RFC 5267 §4.4).
    #[error("a search returns either all of its results or one piece of them")]
    Pieces,
    /// `RELEVANCY` of a search that is not fuzzy (RFC 6203 §4).
    #[error("relevancy is asked for, but nothing is fuzzy")]
    NotFuzzy,
    /// An option that this crate does not know: "Any options not defined by extensions that the server
    /// supports MUST be rejected with a BAD response" (RFC 9051 §6.4.4).
    #[error("a return option is not supported")]
    Option,
}

impl Returns {
    /// Of a SEARCH command and its keys.
    ///
    /// # Errors
    ///
    /// [`Unreturnable`] says why the command is answered with `BAD`.
    pub fn of_search(command: &SearchCommand, search: &Search) -> Result<Self, Unreturnable> {
        Self::new(command.uid, false, command.returns.as_deref(), search)
    }

    /// Of a SORT command and its keys.
    ///
    /// # Errors
    ///
    /// [`Unreturnable`] says why the command is answered with `BAD`.
    pub fn of_sort(command: &SortCommand, search: &Search) -> Result<Self, Unreturnable> {
        Self::new(command.uid, true, command.returns.as_deref(), search)
    }

    fn new(
        uid: bool,
        sort: bool,
        options: Option<&[SearchReturn]>,
        search: &Search,
    ) -> Result<Self, Unreturnable> {
        let mut returns = Self {
            uid,
            sort,
            extended: options.is_some(),
            mod_seq: search.asks_mod_seq(),
            min: false,
            max: false,
            // Without any, all is asked for (RFC 4731 §3.1).
            all: options.is_none_or(<[_]>::is_empty),
            count: false,
            partial: None,
            relevancy: false,
            save: false,
            update: None,
        };
        let mut pieces = 0_u8;
        for option in options.unwrap_or_default() {
            match option {
                SearchReturn::Min => returns.min = true,
                SearchReturn::Max => returns.max = true,
                SearchReturn::Count => returns.count = true,
                SearchReturn::Save => returns.save = true,
                SearchReturn::All => {
                    pieces = pieces.saturating_add(1);
                    returns.all = true;
                }
                SearchReturn::Partial(range) => {
                    pieces = pieces.saturating_add(1);
                    returns.partial = Some(*range);
                }
                SearchReturn::Update(attributes) => returns.update = Some(attributes.clone()),
                // A hint that more will be asked of these keys.
                SearchReturn::Context => {}
                SearchReturn::Relevancy if !search.is_fuzzy() => {
                    return Err(Unreturnable::NotFuzzy);
                }
                SearchReturn::Relevancy => returns.relevancy = true,
                _ => return Err(Unreturnable::Option),
            }
        }
        if pieces > 1 { Err(Unreturnable::Pieces) } else { Ok(returns) }
    }

    /// The same after `ENABLE IMAP4rev2`, where ESEARCH answers a SEARCH without RETURN too
    /// (RFC 9051 §6.4.4).
    #[must_use]
    pub const fn with_rev2(mut self) -> Self {
        self.extended |= !self.sort;
        self
    }

    /// Whether the client wants to be told what becomes of the results (RFC 5267 §4.3), and what of
    /// each message that is added (RFC 5465 §7).
    #[must_use]
    pub fn update(&self) -> Option<&[FetchAttribute]> {
        self.update.as_deref()
    }

    /// Whether UIDs are told.
    #[must_use]
    pub const fn uid(&self) -> bool {
        self.uid
    }

    /// The response to send before the command of this tag is answered; `None` where all is left to
    /// the tagged response, as in `RETURN (SAVE)`. SEARCH finds messages in the order of the mailbox;
    /// for SORT they are in the order that was asked for.
    #[must_use]
    pub fn response(&self, tag: impl Into<Bytes>, found: &Found) -> Option<Response> {
        let mod_seq = self.mod_seq(found);
        if !self.extended {
            let numbers = found.numbers(self.uid);
            return Some(match self.sort {
                false => Response::Search { numbers, mod_seq },
                true => Response::Sort { numbers, mod_seq },
            });
        }
        let tells = self.min || self.max || self.all || self.count || self.relevancy;
        if !tells && self.partial.is_none() {
            return None;
        }
        let mut response = EsearchResponse::new(self.items(found, mod_seq)).with_tag(tag);
        response.uid = self.uid;
        Some(Response::Esearch(Box::new(response)))
    }

    /// In the order of the examples of RFC 4731 and RFC 5182.
    fn items(&self, found: &Found, mod_seq: Option<ModSeq>) -> Vec<EsearchItem> {
        let list =
            |messages: &[FoundMessage]| (!messages.is_empty()).then(|| numbers(messages, self.uid));
        let number = |message: &FoundMessage| match self.uid {
            true => message.uid.nonzero(),
            false => message.number.nonzero(),
        };
        let messages = found.messages();
        let mut items = Vec::new();
        if self.min {
            items.extend(messages.first().map(number).map(EsearchItem::Min));
        }
        if self.max {
            items.extend(messages.last().map(number).map(EsearchItem::Max));
        }
        if self.all {
            items.extend(list(messages).map(EsearchItem::All));
        }
        if let Some(range) = self.partial {
            items.push(EsearchItem::Partial(range, list(piece(messages, range))));
        }
        if self.count {
            items.push(EsearchItem::Count(u32::try_from(messages.len()).unwrap_or(u32::MAX)));
        }
        if self.relevancy {
            let scored = self.partial.map_or(messages, |range| piece(messages, range));
            if !scored.is_empty() {
                items.push(EsearchItem::Relevancy(alloc::vec![EXACT; scored.len()]));
            }
        }
        items.extend(mod_seq.map(EsearchItem::ModSeq));
        items
    }

    /// The MODSEQ to tell, if one was among the keys and something was found (RFC 7162 §3.1.5): of the
    /// message that `MIN` or `MAX` tells, or the highest one (RFC 4731 §3.2).
    fn mod_seq(&self, found: &Found) -> Option<ModSeq> {
        if !self.mod_seq {
            return None;
        }
        let is_told = self.min || self.max || self.partial.is_some();
        if self.all || self.count || !is_told {
            return found.highest_mod_seq();
        }
        self.told(found).filter_map(highest).max()
    }

    /// What `MIN`, `MAX` and `PARTIAL` tell.
    fn told<'a>(&self, found: &'a Found) -> impl Iterator<Item = &'a [FoundMessage]> {
        let messages = found.messages();
        let first = messages.get(..1).filter(|_| self.min);
        let last = messages.last().filter(|_| self.max).map(core::slice::from_ref);
        let piece = self.partial.map(|range| piece(messages, range));
        first.into_iter().chain(last).chain(piece)
    }

    /// The UIDs that `$` stands for when the command is answered with `OK` (RFC 5182 §2.4, RFC 9051
    /// §6.4.4.1, RFC 9394 §3.2), ascending; `None` where it stays what it was. Where a command that
    /// saves is answered with `NO`, it is empty from then on.
    #[must_use]
    pub fn saved(&self, found: &Found) -> Option<NumberList> {
        if !self.save {
            return None;
        }
        let is_told = self.min || self.max || self.partial.is_some();
        let mut uids: Vec<Uid> = if self.all || self.count || !is_told {
            found.messages().iter().map(|message| message.uid).collect()
        } else {
            self.told(found).flatten().map(|message| message.uid).collect()
        };
        uids.sort_unstable();
        uids.dedup();
        Some(uids.into_iter().collect())
    }

    /// Whether the command saves what it finds.
    #[must_use]
    pub const fn saves(&self) -> bool {
        self.save
    }
}

/// The score of a message that is exactly what was asked for: "100 being the highest" (RFC 6203 §4).
const EXACT: u8 = 100;

/// Places of a list, from its beginning or from its end, in the order of the list.
fn piece(messages: &[FoundMessage], range: PartialRange) -> &[FoundMessage] {
    let (one, other, is_last) = match range {
        PartialRange::First(one, other) => (one, other, false),
        PartialRange::Last(one, other) => (one, other, true),
    };
    let place = |number: u32| usize::try_from(number).unwrap_or(usize::MAX).min(messages.len());
    // Places before the piece, and those before its end.
    let (before, through) =
        (place(one.min(other).get().saturating_sub(1)), place(one.max(other).get()));
    let piece = match is_last {
        false => messages.get(before..through),
        true => messages
            .get(messages.len().saturating_sub(through)..messages.len().saturating_sub(before)),
    };
    piece.unwrap_or_default()
}
