//! What the keys of a search are relative to.

use alloc::vec::Vec;
use core::fmt;

use postrider_imap::{Atom, NumberList, SearchKey, Uid};

use super::ranges::Ranges;
use crate::view::View;

/// What the keys of a search are relative to: the machine has neither a clock nor a store.
///
/// ```
/// use postrider_imap::{NumberList, Uid};
/// use postrider_mailbox::search::Scope;
///
/// let saved: NumberList = [Uid::new(14)?, Uid::new(100)?].into_iter().collect();
/// let scope = Scope::new(172, Some(Uid::new(4391)?), 837_596_665).with_saved(&saved);
/// # let _ = scope;
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Scope<'a> {
    pub(super) exists: u32,
    pub(super) last_uid: u32,
    pub(super) now: i64,
    pub(super) saved: Ranges,
    pub(super) save_dates: bool,
    pub(super) filters: Option<&'a Filters<'a>>,
}

/// The keys of the filter of a name (RFC 5466), in UTF-8; `None` where there is none.
type Filters<'a> = dyn Fn(&Atom) -> Option<Vec<SearchKey>> + 'a;

impl<'a> Scope<'a> {
    /// How many messages the session sees, the UID of the last of them, and the time: seconds since
    /// the start of 1970 in UTC. Nothing is saved, there are no filters and no dates of saving.
    #[must_use]
    pub fn new(exists: u32, last_uid: Option<Uid>, now: i64) -> Self {
        Self {
            exists,
            last_uid: last_uid.map_or(0, Uid::get),
            now,
            saved: Ranges::default(),
            save_dates: false,
            filters: None,
        }
    }

    /// What a session sees, with what it has saved, at this time.
    #[must_use]
    pub fn of(view: &View, now: i64) -> Self {
        let saved = Ranges::new(view.saved_uids());
        Self { saved, ..Self::new(view.exists(), view.highest(), now) }
    }

    /// With the UIDs that `$` stands for (RFC 5182), in any order.
    #[must_use]
    pub fn with_saved(mut self, uids: &NumberList) -> Self {
        let range = |range: &postrider_imap::NumberRange| range.first().get()..=range.last().get();
        self.saved = Ranges::new(uids.ranges().iter().map(range));
        self
    }

    /// In a mailbox that keeps when messages came into it (RFC 8514).
    #[must_use]
    pub fn with_save_dates(mut self) -> Self {
        self.save_dates = true;
        self
    }

    /// With the filters that `FILTER` names (RFC 5466): their keys, whose strings are in UTF-8.
    #[must_use]
    pub fn with_filters(
        mut self,
        filters: &'a (dyn Fn(&Atom) -> Option<Vec<SearchKey>> + 'a),
    ) -> Self {
        self.filters = Some(filters);
        self
    }
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("exists", &self.exists)
            .field("last_uid", &self.last_uid)
            .field("now", &self.now)
            .field("saved", &self.saved)
            .field("save_dates", &self.save_dates)
            .field("filters", &self.filters.is_some())
            .finish()
    }
}
