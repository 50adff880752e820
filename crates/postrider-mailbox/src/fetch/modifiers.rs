//! The modifiers of FETCH: CHANGEDSINCE, VANISHED and PARTIAL.

use core::ops::Range;

use postrider_imap::{FetchAttribute, FetchModifiers, ModSeq, PartialRange};

use super::{Fetch, FetchError};
use crate::Metadata;

/// Which of the messages of the set are answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    changed_since: Option<ModSeq>,
    vanished: bool,
    partial: Option<PartialRange>,
}

impl Fetch {
    /// The same with modifiers. `CHANGEDSINCE` asks for MODSEQ too (RFC 7162 §3.1.4.1). Whether the
    /// client has enabled QRESYNC, which `VANISHED` needs, the session knows.
    ///
    /// ```
    /// use postrider_imap::{FetchAttribute, FetchModifiers, InternalDate, ModSeq, Uid};
    /// use postrider_mailbox::{Fetch, Metadata};
    ///
    /// let since = FetchModifiers::new().with_changed_since(ModSeq::new(12_345)?);
    /// let fetch = Fetch::new(FetchAttribute::Flags).by_uid().with_modifiers(&since)?;
    /// assert!(fetch.attributes().contains(&FetchAttribute::ModSeq));
    ///
    /// let metadata = Metadata::new(Uid::new(4)?, [], InternalDate::from_unix(0, 0)?, 120);
    /// assert!(fetch.is_wanted(&metadata.clone().with_mod_seq(ModSeq::new(65_402)?))?);
    /// assert!(!fetch.is_wanted(&metadata.with_mod_seq(ModSeq::new(12_345)?))?);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When a modifier is not known; when `VANISHED` or `PARTIAL` stand without
    /// [`by_uid`](Self::by_uid), which is to be called before, or `VANISHED` without `CHANGEDSINCE`.
    pub fn with_modifiers(mut self, modifiers: &FetchModifiers) -> Result<Self, FetchError> {
        if !modifiers.others.is_empty() {
            return Err(FetchError::UnknownModifier);
        }
        if (modifiers.vanished || modifiers.partial.is_some()) && !self.by_uid {
            return Err(FetchError::NeedsUid);
        }
        if modifiers.vanished && modifiers.changed_since.is_none() {
            return Err(FetchError::NeedsChangedSince);
        }
        self.chosen = Chosen {
            changed_since: modifiers.changed_since,
            vanished: modifiers.vanished,
            partial: modifiers.partial,
        };
        if modifiers.changed_since.is_some() {
            self.ask(FetchAttribute::ModSeq);
        }
        Ok(self)
    }

    /// Which places of the list of messages are answered, counted from 0, when the set names this
    /// many: those of `PARTIAL` (RFC 9394 §3.3), or all. `CHANGEDSINCE` chooses among them (§3.4), so
    /// ask [`is_wanted`](Self::is_wanted) of these alone.
    ///
    /// ```
    /// use core::num::NonZeroU32;
    /// use postrider_imap::{FetchAttribute, FetchModifiers, PartialRange};
    /// use postrider_mailbox::Fetch;
    ///
    /// let place = |number| NonZeroU32::new(number).unwrap();
    /// let last = FetchModifiers::new().with_partial(PartialRange::Last(place(1), place(3)));
    /// let fetch = Fetch::new(FetchAttribute::Flags).by_uid().with_modifiers(&last)?;
    /// assert_eq!((fetch.places(12), fetch.places(2), fetch.places(0)), (9..12, 0..2, 0..0));
    /// # Ok::<(), postrider_mailbox::FetchError>(())
    /// ```
    #[must_use]
    pub fn places(&self, messages: u32) -> Range<u32> {
        // The ends of a range may stand in either order (RFC 9394 §4).
        let behind = |end: u32| end.min(messages);
        let before = |start: u32| behind(start.saturating_sub(1));
        match self.chosen.partial {
            None => 0..messages,
            Some(PartialRange::First(one, other)) => {
                before(one.min(other).get())..behind(one.max(other).get())
            }
            Some(PartialRange::Last(one, other)) => {
                let from_end = |place: u32| messages.saturating_sub(place);
                from_end(behind(one.max(other).get()))..from_end(before(one.min(other).get()))
            }
        }
    }

    /// Whether this message is answered, as far as `CHANGEDSINCE` tells: it has changed since.
    ///
    /// # Errors
    ///
    /// [`FetchError::NoModSeq`] when the mailbox does not count changes.
    pub fn is_wanted(&self, metadata: &Metadata) -> Result<bool, FetchError> {
        let Some(since) = self.chosen.changed_since else { return Ok(true) };
        metadata.mod_seq.map(|mod_seq| mod_seq > since).ok_or(FetchError::NoModSeq)
    }

    /// Since when the messages of the set that are gone are to be told, before all else, in
    /// `VANISHED (EARLIER)` (RFC 7162 §3.2.6).
    #[must_use]
    pub const fn vanished_since(&self) -> Option<ModSeq> {
        if self.chosen.vanished { self.chosen.changed_since } else { None }
    }
}
