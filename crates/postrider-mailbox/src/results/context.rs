//! What becomes of the results of a search: UPDATE (RFC 5267 §4.3).

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::cmp::Ordering;

use bytes::Bytes;
use postrider_imap::{EsearchItem, EsearchResponse, MessageNumber, NumberList, Uid};

use super::Found;
use super::places::Places;

/// The results of a SEARCH or SORT whose client asked for UPDATE, as the client knows them.
///
/// When a message has come, or something of it has changed, ask the search again and say what it
/// told. What the client must be told then comes in one response, in order: once FETCH and EXISTS of
/// these messages have been sent, and before an EXPUNGE is.
///
/// The search must be [`pinned`](crate::search::Search::pinned): message numbers mean the messages that
/// had them when the command came.
///
/// ```
/// use postrider_imap::{EsearchItem, EsearchResponse, MessageNumber, Uid};
/// use postrider_mailbox::results::{Context, Found};
///
/// // B01 UID SEARCH RETURN (UPDATE COUNT) DELETED KEYWORD $Junk
/// let mut context = Context::of_search("B01", true, &Found::default());
/// context.set(MessageNumber::new(23762)?, Uid::new(32768)?, true);
/// context.set(MessageNumber::new(23763)?, Uid::new(32769)?, true);
/// // * ESEARCH (TAG "B01") UID ADDTO (0 32768:32769)
/// let added = EsearchItem::AddTo(vec![(0, [32768_u32, 32769].into_iter().collect())]);
/// let response = EsearchResponse::new(vec![added]).with_tag("B01").with_uid();
/// assert_eq!(context.response(), Some(response));
/// assert_eq!(context.response(), None);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
///
/// Results of SEARCH are told with the place zero, so that the client keeps them in the order of the
/// mailbox: a change among `n` of them takes the time `log n`. Results of SORT are told with their
/// places. They are kept in pieces of a thousand, and a change takes the time to go through one of
/// them and to count the others: a microsecond or so among hundreds of thousands.
#[derive(Debug, Clone)]
pub struct Context {
    tag: Bytes,
    uid: bool,
    results: Results,
    /// What has not been told, in order.
    changes: Vec<Change>,
}

/// The results in their order.
#[derive(Debug, Clone)]
enum Results {
    /// That of the mailbox.
    Search(BTreeSet<Uid>),
    /// That which was asked for.
    Sort(Places),
}

#[derive(Debug, Clone)]
struct Change {
    is_added: bool,
    place: u32,
    /// The place of the next message that goes on with it.
    next: u32,
    numbers: NumberList,
}

impl Context {
    /// After a SEARCH of this tag, which told UIDs or not and found these messages.
    #[must_use]
    pub fn of_search(tag: impl Into<Bytes>, uid: bool, found: &Found) -> Self {
        let results = Results::Search(uids(found).collect());
        Self { tag: tag.into(), uid, results, changes: Vec::new() }
    }

    /// After a SORT.
    #[must_use]
    pub fn of_sort(tag: impl Into<Bytes>, uid: bool, found: &Found) -> Self {
        let results = Results::Sort(Places::new(uids(found)));
        Self { tag: tag.into(), uid, results, changes: Vec::new() }
    }

    /// The tag of the command, by which CANCELUPDATE names it.
    #[must_use]
    pub const fn tag(&self) -> &Bytes {
        &self.tag
    }

    /// The UIDs of the results in their order.
    pub fn uids(&self) -> impl Iterator<Item = Uid> {
        let (search, sort) = match &self.results {
            Results::Search(uids) => (Some(uids), None),
            Results::Sort(places) => (None, Some(places)),
        };
        search.into_iter().flatten().copied().chain(sort.into_iter().flat_map(Places::iter))
    }

    /// Whether a message matches now. Whether that is new to the client. Of results of SORT, those that
    /// match for the first time go to the end: [`set_by`](Self::set_by) knows their order.
    pub fn set(&mut self, number: MessageNumber, uid: Uid, matches: bool) -> bool {
        self.set_by(number, uid, matches, |_| Ordering::Less)
    }

    /// The same, where `order` tells how a result of this UID stands to the message in the order that
    /// was asked for; results of SEARCH do not ask it. A message that changes its own place is to be taken
    /// out first, and set again.
    pub fn set_by(
        &mut self,
        number: MessageNumber,
        uid: Uid,
        matches: bool,
        order: impl Fn(Uid) -> Ordering,
    ) -> bool {
        let before = match &mut self.results {
            Results::Search(uids) => {
                let is_new = if matches { uids.insert(uid) } else { uids.remove(&uid) };
                is_new.then_some(None)
            }
            Results::Sort(places) if !matches => places.remove(uid).map(Some),
            Results::Sort(places) if places.contains(uid) => None,
            Results::Sort(places) => Some(Some(places.insert(uid, order))),
        };
        let Some(before) = before else { return false };
        self.note(matches, before, number, uid);
        true
    }

    /// A message is gone. Whether it was among the results. The [`response`](Self::response) must be
    /// sent before its EXPUNGE (RFC 5267 §4.3.4), while its number is valid.
    pub fn expunged(&mut self, number: MessageNumber, uid: Uid) -> bool {
        self.set(number, uid, false)
    }

    /// Goes on with the change before where that tells the same with less. `before` is how many results
    /// are before this one, where there is a place to tell.
    fn note(&mut self, is_added: bool, before: Option<usize>, number: MessageNumber, uid: Uid) {
        let number = if self.uid { uid.nonzero() } else { number.nonzero() };
        let place =
            before.map_or(0, |before| u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1));
        // A list is added at its place and those behind it, and removed from its place on.
        let step = u32::from(is_added && before.is_some());
        let goes_on = |last: &&mut Change| last.is_added == is_added && last.next == place;
        if let Some(last) = self.changes.last_mut().filter(goes_on) {
            last.numbers.push(number);
            last.next = last.next.saturating_add(step);
            return;
        }
        let numbers = [number].into_iter().collect();
        self.changes.push(Change { is_added, place, next: place.saturating_add(step), numbers });
    }

    /// What the client has not been told yet; `None` where that is nothing.
    pub fn response(&mut self) -> Option<EsearchResponse> {
        let mut items: Vec<EsearchItem> = Vec::new();
        for Change { is_added, place, numbers, .. } in self.changes.drain(..) {
            match (is_added, items.last_mut()) {
                (true, Some(EsearchItem::AddTo(list)))
                | (false, Some(EsearchItem::RemoveFrom(list))) => list.push((place, numbers)),
                (true, _) => items.push(EsearchItem::AddTo([(place, numbers)].into())),
                (false, _) => items.push(EsearchItem::RemoveFrom([(place, numbers)].into())),
            }
        }
        if items.is_empty() {
            return None;
        }
        let mut response = EsearchResponse::new(items).with_tag(self.tag.clone());
        response.uid = self.uid;
        Some(response)
    }
}

fn uids(found: &Found) -> impl Iterator<Item = Uid> {
    found.messages().iter().map(|message| message.uid)
}
