//! What a store knows of a message beside its octets.

use postrider_imap::{FlagSet, InternalDate, ModSeq, ObjectId, Uid};

/// What a store knows of a message beside its octets.
///
/// ```
/// use postrider_imap::{Flag, InternalDate, ModSeq, Uid};
/// use postrider_mailbox::Metadata;
///
/// let date = InternalDate::from_unix(837_596_665, -7 * 60)?;
/// let metadata = Metadata::new(Uid::new(559)?, [Flag::Seen], date, 4286)
///     .with_mod_seq(ModSeq::new(715_194_045_007)?);
/// assert!(metadata.flags.contains(&Flag::Seen));
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metadata {
    /// The unique identifier (RFC 3501 §2.3.1.1).
    pub uid: Uid,
    /// The flags as they are now. `\Recent` is not the store's, but a session's.
    pub flags: FlagSet,
    /// When the message came.
    pub internal_date: InternalDate,
    /// Its size in octets, as `BODY[]` gives it.
    pub size: u64,
    /// When something of it was last changed (RFC 7162); `None` where the mailbox does not count.
    pub mod_seq: Option<ModSeq>,
    /// When it came into this mailbox (RFC 8514); `None` where the store does not keep that.
    pub save_date: Option<InternalDate>,
    /// The identifier of its octets (RFC 8474).
    pub email_id: Option<ObjectId>,
    /// The identifier of its thread (RFC 8474).
    pub thread_id: Option<ObjectId>,
}

impl Metadata {
    /// What every store knows.
    pub fn new(
        uid: Uid,
        flags: impl Into<FlagSet>,
        internal_date: InternalDate,
        size: u64,
    ) -> Self {
        Self {
            uid,
            flags: flags.into(),
            internal_date,
            size,
            mod_seq: None,
            save_date: None,
            email_id: None,
            thread_id: None,
        }
    }

    /// With its MODSEQ.
    #[must_use]
    pub fn with_mod_seq(mut self, mod_seq: ModSeq) -> Self {
        self.mod_seq = Some(mod_seq);
        self
    }

    /// With the date on which it came into this mailbox.
    #[must_use]
    pub fn with_save_date(mut self, date: InternalDate) -> Self {
        self.save_date = Some(date);
        self
    }

    /// With the identifier of its octets.
    #[must_use]
    pub fn with_email_id(mut self, id: ObjectId) -> Self {
        self.email_id = Some(id);
        self
    }

    /// With the identifier of its thread.
    #[must_use]
    pub fn with_thread_id(mut self, id: ObjectId) -> Self {
        self.thread_id = Some(id);
        self
    }
}
