//! What becomes of the results of a search: UPDATE (RFC 5267 §4.3).

use alloc::vec::Vec;
use core::cmp::Ordering;

use bytes::Bytes;
use postrider_imap::{EsearchItem, EsearchResponse, MessageNumber, NumberList, Uid};

use super::Found;

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
/// mailbox: a change takes the time to find a number among ascending ones, and to move those behind it.
/// Results of SORT are told with their places, and a message that goes is looked for among all of them.
#[derive(Debug, Clone)]
pub struct Context {
    tag: Bytes,
    uid: bool,
    sort: bool,
    /// The results in their order.
    uids: Vec<Uid>,
    /// What has not been told, in order.
    changes: Vec<Change>,
}

#[derive(Debug, Clone)]
struct Change {
    is_added: bool,
    place: u32,
    numbers: NumberList,
}

impl Context {
    /// After a SEARCH of this tag, which told UIDs or not and found these messages.
    #[must_use]
    pub fn of_search(tag: impl Into<Bytes>, uid: bool, found: &Found) -> Self {
        Self::new(tag.into(), uid, false, found)
    }

    /// After a SORT.
    #[must_use]
    pub fn of_sort(tag: impl Into<Bytes>, uid: bool, found: &Found) -> Self {
        Self::new(tag.into(), uid, true, found)
    }

    fn new(tag: Bytes, uid: bool, sort: bool, found: &Found) -> Self {
        let uids = found.messages().iter().map(|message| message.uid).collect();
        Self { tag, uid, sort, uids, changes: Vec::new() }
    }

    /// The tag of the command, by which CANCELUPDATE names it.
    #[must_use]
    pub const fn tag(&self) -> &Bytes {
        &self.tag
    }

    /// The UIDs of the results in their order.
    #[must_use]
    pub fn uids(&self) -> &[Uid] {
        &self.uids
    }

    /// Whether a message matches now. Whether that is new to the client. Of results of SORT, those that
    /// match for the first time go to the end: [`set_by`](Self::set_by) knows their order.
    pub fn set(&mut self, number: MessageNumber, uid: Uid, matches: bool) -> bool {
        match self.sort {
            false => self.set_by(number, uid, matches, |other| other.cmp(&uid)),
            true => self.set_by(number, uid, matches, |_| Ordering::Less),
        }
    }

    /// The same, where `order` tells how a result of this UID stands to the message in the order that
    /// was asked for. A message that changes its own place is to be taken out first, and set again.
    pub fn set_by(
        &mut self,
        number: MessageNumber,
        uid: Uid,
        matches: bool,
        order: impl Fn(Uid) -> Ordering,
    ) -> bool {
        let at = match self.sort {
            false => self.uids.binary_search(&uid).ok(),
            true => self.uids.iter().position(|&other| other == uid),
        };
        match (at, matches) {
            (Some(at), false) => {
                self.uids.remove(at);
                self.note(false, at, number, uid);
            }
            (None, true) => {
                let at = self.uids.partition_point(|&other| order(other) == Ordering::Less);
                self.uids.insert(at, uid);
                self.note(true, at, number, uid);
            }
            _ => return false,
        }
        true
    }

    /// A message is gone. Whether it was among the results. The [`response`](Self::response) must be
    /// sent before its EXPUNGE (RFC 5267 §4.3.4), while its number is valid.
    pub fn expunged(&mut self, number: MessageNumber, uid: Uid) -> bool {
        self.set(number, uid, false)
    }

    /// Goes on with the change before where that tells the same with less.
    fn note(&mut self, is_added: bool, at: usize, number: MessageNumber, uid: Uid) {
        let number = if self.uid { uid.nonzero() } else { number.nonzero() };
        let place = match self.sort {
            false => 0,
            true => u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1),
        };
        if let Some(last) = self.changes.last_mut().filter(|last| last.is_added == is_added) {
            // A list is added at its place and those behind it, and removed from its place on.
            let added = if is_added { last.numbers.len() } else { 0 };
            let next = u64::from(last.place).saturating_add(added);
            if !self.sort || next == u64::from(place) {
                last.numbers.push(number);
                return;
            }
        }
        let numbers = [number].into_iter().collect();
        self.changes.push(Change { is_added, place, numbers });
    }

    /// What the client has not been told yet; `None` where that is nothing.
    pub fn response(&mut self) -> Option<EsearchResponse> {
        let mut items: Vec<EsearchItem> = Vec::new();
        for Change { is_added, place, numbers } in self.changes.drain(..) {
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
