//! Which UIDs came of a command: APPENDUID and COPYUID (RFC 4315 §3).

use postrider_imap::{Code, NumberList, Uid, UidSet, UidValidity};

/// The mailbox that messages went to, as far as it matters to what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Destination {
    /// Its UIDVALIDITY.
    pub validity: UidValidity,
    /// Whether the user may select it.
    pub selectable: bool,
    /// Whether its UIDs persist.
    pub sticky: bool,
    /// How many ranges a UID set may have; 10,000 unless changed.
    pub most_ranges: usize,
}

impl Destination {
    /// One that the user may select, with UIDs that persist.
    #[must_use]
    pub const fn new(validity: UidValidity) -> Self {
        Self { validity, selectable: true, sticky: true, most_ranges: 10_000 }
    }

    /// One that the user may put messages in, but not select (RFC 4315 §3).
    #[must_use]
    pub const fn not_selectable(mut self) -> Self {
        self.selectable = false;
        self
    }

    /// One whose UIDs are others in each session. SELECT tells `UIDNOTSTICKY` of it, in an untagged NO
    /// (RFC 4315 §3).
    #[must_use]
    pub const fn not_sticky(mut self) -> Self {
        self.sticky = false;
        self
    }

    /// With another bound for the ranges of a UID set.
    #[must_use]
    pub const fn with_most_ranges(mut self, most: usize) -> Self {
        self.most_ranges = most;
        self
    }

    /// The set, if it is to be told.
    fn tells(&self, uids: &NumberList) -> Option<UidSet> {
        let tells = self.selectable && self.sticky && uids.ranges().len() <= self.most_ranges;
        if tells { UidSet::new(uids.clone()).ok() } else { None }
    }
}

/// UIDs that do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnevenUids {
    /// A new UID is not above the one before (RFC 4315 §3: "assigned in strictly ascending order").
    #[error("a new UID is not above the one before")]
    NotAscending,
    /// There are more of the ones than of the others.
    #[error("not as many new UIDs as messages")]
    Uneven,
}

/// The new UIDs of a command, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Assigned {
    list: NumberList,
    last: Option<Uid>,
}

impl Assigned {
    fn push(&mut self, uid: Uid) -> Result<(), UnevenUids> {
        if self.last.is_some_and(|last| last >= uid) {
            return Err(UnevenUids::NotAscending);
        }
        self.last = Some(uid);
        self.list.push(uid.nonzero());
        Ok(())
    }
}

/// Which UIDs the messages of APPEND or REPLACE got, in the order in which they came.
///
/// ```
/// use postrider_imap::{Uid, UidValidity};
/// use postrider_mailbox::copy::{Appended, Destination};
///
/// let mut appended = Appended::new();
/// appended.push(Uid::new(3955)?)?;
/// let saved_messages = Destination::new(UidValidity::new(38505));
/// let code = appended.code(&saved_messages).expect("a message was appended");
/// assert_eq!(code.to_string(), "APPENDUID 38505 3955");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appended(Assigned);

impl Appended {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next message got this UID.
    ///
    /// # Errors
    ///
    /// [`UnevenUids::NotAscending`] when it is not above the last.
    pub fn push(&mut self, uid: Uid) -> Result<(), UnevenUids> {
        self.0.push(uid)
    }

    /// How many messages.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.list.is_empty()
    }

    /// `APPENDUID`; `None` where nothing was appended, or it is not to be told.
    #[must_use]
    pub fn code(&self, to: &Destination) -> Option<Code> {
        let uids = to.tells(&self.0.list)?;
        Some(Code::AppendUid { validity: to.validity, uids })
    }
}

/// Which UIDs the messages of COPY or MOVE had, and which they got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    from: NumberList,
    to: Assigned,
}

impl Copied {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// These messages, in the order in which they were copied, got these UIDs.
    ///
    /// ```
    /// use postrider_imap::Uid;
    /// use postrider_mailbox::copy::{Copied, UnevenUids};
    ///
    /// let uid = |uid| Uid::new(uid).expect("not zero");
    /// assert_eq!(Copied::pair([1, 2].map(uid), [8, 9].map(uid)).map(|copied| copied.len()), Ok(2));
    /// assert_eq!(Copied::pair([1, 2].map(uid), [8].map(uid)), Err(UnevenUids::Uneven));
    /// assert_eq!(Copied::pair([1].map(uid), [8, 9].map(uid)), Err(UnevenUids::Uneven));
    /// ```
    ///
    /// # Errors
    ///
    /// [`UnevenUids`] when they do not go together.
    pub fn pair(
        from: impl IntoIterator<Item = Uid>,
        to: impl IntoIterator<Item = Uid>,
    ) -> Result<Self, UnevenUids> {
        let (mut copied, mut to) = (Self::new(), to.into_iter());
        for from in from {
            copied.push(from, to.next().ok_or(UnevenUids::Uneven)?)?;
        }
        if to.next().is_some() { Err(UnevenUids::Uneven) } else { Ok(copied) }
    }

    /// The message of one UID was copied and got the other.
    ///
    /// # Errors
    ///
    /// [`UnevenUids::NotAscending`] when that is not above the last.
    pub fn push(&mut self, from: Uid, to: Uid) -> Result<(), UnevenUids> {
        self.to.push(to)?;
        self.from.push(from.nonzero());
        Ok(())
    }

    /// How many messages.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.from.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from.is_empty()
    }

    /// The UIDs that they had, in the order in which they were copied.
    #[must_use]
    pub const fn from(&self) -> &NumberList {
        &self.from
    }

    /// The UIDs that they got, in the same order.
    #[must_use]
    pub const fn to(&self) -> &NumberList {
        &self.to.list
    }

    /// `COPYUID`; `None` where nothing was copied, or it is not to be told.
    #[must_use]
    pub fn code(&self, destination: &Destination) -> Option<Code> {
        let from = destination.tells(&self.from)?;
        let to = destination.tells(&self.to.list)?;
        Some(Code::CopyUid { validity: destination.validity, from, to })
    }
}
