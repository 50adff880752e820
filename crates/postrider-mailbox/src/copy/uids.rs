//! Where UIDs and UIDVALIDITY come from (RFC 3501 §2.3.1.1).

use core::num::NonZeroU32;

use postrider_imap::{Uid, UidValidity};

/// No UID or UIDVALIDITY is left: 32 bits are used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no number is left")]
#[expect(clippy::exhaustive_structs, reason = "there is no more to say")]
pub struct Exhausted;

/// The UIDs of a mailbox: strictly ascending, never given twice (RFC 3501 §2.3.1.1).
///
/// ```
/// use postrider_imap::{Uid, UidValidity};
/// use postrider_mailbox::copy::Uids;
///
/// let mut uids = Uids::new(UidValidity::new(1));
/// assert_eq!(uids.next(), Uid::new(1)?);
/// assert_eq!(uids.assign()?, Uid::new(1)?);
/// assert_eq!(uids.next(), Uid::new(2)?);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uids {
    validity: UidValidity,
    next: Uid,
}

impl Uids {
    /// Those of a new mailbox.
    #[must_use]
    pub fn new(validity: UidValidity) -> Self {
        Self { validity, next: Uid::from(NonZeroU32::MIN) }
    }

    /// Those of a mailbox that was stored with this UIDNEXT.
    #[must_use]
    pub const fn resume(validity: UidValidity, next: Uid) -> Self {
        Self { validity, next }
    }

    /// The UIDVALIDITY.
    #[must_use]
    pub const fn validity(&self) -> UidValidity {
        self.validity
    }

    /// UIDNEXT: what the next message gets.
    #[must_use]
    pub const fn next(&self) -> Uid {
        self.next
    }

    /// A UID for one message.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] when only 2^32-1 is left, which stays UIDNEXT. The messages need new UIDs then,
    /// under a new UIDVALIDITY.
    pub fn assign(&mut self) -> Result<Uid, Exhausted> {
        let uid = self.next;
        self.next =
            uid.get().checked_add(1).and_then(|next| Uid::new(next).ok()).ok_or(Exhausted)?;
        Ok(uid)
    }

    /// UIDs for so many messages, or none at all: APPEND of several and COPY are all or nothing
    /// (RFC 3502 §3, RFC 3501 §6.4.7). They are not made one by one.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] when there are not so many left.
    pub fn assign_many(
        &mut self,
        messages: u32,
    ) -> Result<impl ExactSizeIterator<Item = Uid> + use<>, Exhausted> {
        let first = self.next;
        let next = first.get().checked_add(messages).and_then(|next| Uid::new(next).ok());
        self.next = next.ok_or(Exhausted)?;
        let mut given = Self { validity: self.validity, next: first };
        // All of them are below the new UIDNEXT.
        Ok((0..messages).map(move |_| given.assign().unwrap_or(first)))
    }

    /// Never gives this UID, or one below it: a message with it came by another way, or was there.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] when it is the last there is.
    pub fn pass(&mut self, uid: Uid) -> Result<(), Exhausted> {
        if uid >= self.next {
            let next = uid.get().checked_add(1).and_then(|next| Uid::new(next).ok());
            self.next = next.ok_or(Exhausted)?;
        }
        Ok(())
    }
}

/// The UIDVALIDITY values of a store: each new one is greater than all before, so that a name that
/// comes back after DELETE or RENAME never has an old one (RFC 3501 §2.3.1.1).
///
/// ```
/// use postrider_imap::UidValidity;
/// use postrider_mailbox::copy::Validities;
///
/// let mut validities = Validities::new();
/// let first = validities.fresh(1_700_000_000)?;
/// // Within one second, or with a clock that was put back.
/// let second = validities.fresh(1_699_999_999)?;
/// assert!(second > first);
/// # Ok::<(), postrider_mailbox::copy::Exhausted>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validities {
    last: u32,
}

impl Validities {
    /// Of a store that has none yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { last: 0 }
    }

    /// Of a store whose last, which is its greatest, was this.
    #[must_use]
    pub fn resume(last: UidValidity) -> Self {
        Self { last: last.get() }
    }

    /// The last that was given; what has to be stored.
    #[must_use]
    pub fn last(&self) -> UidValidity {
        UidValidity::new(self.last)
    }

    /// A new one: the time in seconds since 1970, or more where that was given before. After 2106,
    /// when the time has no 32 bits, the next number.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] when none is left.
    pub fn fresh(&mut self, now: u64) -> Result<UidValidity, Exhausted> {
        let least = self.last.checked_add(1).ok_or(Exhausted)?;
        self.last = u32::try_from(now).unwrap_or(0).max(least);
        Ok(UidValidity::new(self.last))
    }

    /// That of a mailbox which gets another name: its own, if that is greater than what the last
    /// mailbox of the new name had, or else a new one. A mailbox of a name that was never used keeps
    /// its own; `former` is `None` then. A new one asks for no new UIDs.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] when none is left.
    pub fn renamed(
        &mut self,
        own: UidValidity,
        former: Option<UidValidity>,
        now: u64,
    ) -> Result<UidValidity, Exhausted> {
        match former {
            Some(former) if former >= own => self.fresh(now),
            _ => Ok(own),
        }
    }
}
