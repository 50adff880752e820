//! Which messages no session was told of.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};

use postrider_imap::Uid;

/// Which messages of a mailbox no session was told of yet, shared by its views: clones are the same
/// value. They are `\Recent` for the first session that is (RFC 3501 §2.3.2).
///
/// A session is told of messages in the order of their UIDs, so one number holds it: the largest UID
/// that was told. A store keeps it with the mailbox: [`Recents::told`].
///
/// ```
/// use postrider_imap::Uid;
/// use postrider_mailbox::view::{Access, Numbering, Recents, View};
///
/// let numbering = Numbering::new([1, 2, 3].map(|uid| Uid::new(uid).unwrap()))?;
/// let recents = Recents::new(Some(Uid::new(1)?));
/// let examine = View::new(numbering.clone()).with_recents(&recents, Access::ReadOnly);
/// let select = View::new(numbering.clone()).with_recents(&recents, Access::ReadWrite);
/// let late = View::new(numbering).with_recents(&recents, Access::ReadWrite);
/// assert_eq!((examine.recent(), select.recent(), late.recent()), (2, 2, 0));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Recents(Arc<AtomicU32>);

/// How a session has opened the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "SELECT and EXAMINE")]
pub enum Access {
    /// By SELECT. What this session is told of is `\Recent` for no other.
    ReadWrite,
    /// By EXAMINE, which must not cause messages to lose `\Recent` (RFC 3501 §6.3.2).
    ReadOnly,
}

impl Recents {
    /// Those behind this UID; all where there is none.
    #[must_use]
    pub fn new(told: Option<Uid>) -> Self {
        Self(Arc::new(AtomicU32::new(told.map_or(0, Uid::get))))
    }

    /// The largest UID that a session was told of.
    #[must_use]
    pub fn told(&self) -> Option<Uid> {
        Uid::new(self.0.load(Ordering::Acquire)).ok()
    }

    /// A session is told of all messages up to this UID. What was told before, zero for nothing.
    pub(super) fn claim(&self, through: u32, access: Access) -> u32 {
        match access {
            Access::ReadWrite => self.0.fetch_max(through, Ordering::AcqRel),
            Access::ReadOnly => self.0.load(Ordering::Acquire),
        }
    }
}
