//! The messages of one mailbox.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::convert::Infallible;

use bytes::Bytes;
use postrider_imap::{
    Flag, FlagSet, InternalDate, ModSeq, NumberRange, ObjectId, Status, Uid, UidRanges, UidValidity,
};

use crate::Refused;
use crate::copy::Uids;
use crate::flags::MailboxFlags;
use crate::quota::Usage;
use crate::resync::Expunged;
use crate::view::{Numbering, Recents};
use crate::{Messages, Metadata};

/// Ranges of expunged UIDs that a mailbox remembers: 16 KiB.
const REMEMBERED: usize = 1024;

/// A message that is to be stored.
///
/// ```
/// use postrider_imap::{Flag, InternalDate};
/// use postrider_mailbox::memory::NewMessage;
///
/// let now = InternalDate::from_unix(837_596_665, 0)?;
/// let message = NewMessage::new("Subject: one\r\n\r\nHello\r\n", now).with_flags([Flag::Seen]);
/// assert_eq!(message.octets.len(), 23);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewMessage {
    /// The message.
    pub octets: Bytes,
    /// Its flags.
    pub flags: FlagSet,
    /// When it came.
    pub internal_date: InternalDate,
}

impl NewMessage {
    /// A message without flags.
    pub fn new(octets: impl Into<Bytes>, internal_date: InternalDate) -> Self {
        Self { octets: octets.into(), flags: FlagSet::new(), internal_date }
    }

    /// How many octets it has.
    pub(super) fn size(&self) -> u64 {
        u64::try_from(self.octets.len()).unwrap_or(u64::MAX)
    }

    /// With flags.
    #[must_use]
    pub fn with_flags(mut self, flags: impl Into<FlagSet>) -> Self {
        self.flags = flags.into();
        self
    }
}

/// The messages of one mailbox, and what it remembers of those that went.
#[derive(Debug)]
pub struct Mailbox {
    id: Option<ObjectId>,
    uids: Uids,
    mod_seq: ModSeq,
    messages: BTreeMap<Uid, Stored>,
    pub(super) flags: MailboxFlags,
    pub(super) expunged: Expunged,
    pub(super) recents: Recents,
}

#[derive(Clone, Debug)]
struct Stored {
    metadata: Metadata,
    octets: Bytes,
}

impl Mailbox {
    pub(super) fn new(validity: UidValidity, id: Option<ObjectId>) -> Self {
        Self {
            id,
            uids: Uids::new(validity),
            // RFC 7162 §3.1.2.1 has no HIGHESTMODSEQ of zero.
            mod_seq: ModSeq::new(1).unwrap_or(ModSeq::MAX),
            messages: BTreeMap::new(),
            flags: MailboxFlags::new(),
            expunged: Expunged::new(REMEMBERED),
            recents: Recents::new(None),
        }
    }

    /// The UIDVALIDITY (RFC 3501 §2.3.1.1).
    #[must_use]
    pub const fn uid_validity(&self) -> UidValidity {
        self.uids.validity()
    }

    /// The MAILBOXID (RFC 8474 §4.1), which stays when the mailbox is renamed.
    #[must_use]
    pub const fn mailbox_id(&self) -> Option<&ObjectId> {
        self.id.as_ref()
    }

    /// The HIGHESTMODSEQ (RFC 7162 §3.1.2.1).
    #[must_use]
    pub const fn highest_mod_seq(&self) -> ModSeq {
        self.mod_seq
    }

    /// The UID that the next message gets.
    #[must_use]
    pub const fn uid_next(&self) -> Uid {
        self.uids.next()
    }

    /// Which flags there are.
    #[must_use]
    pub const fn flags(&self) -> &MailboxFlags {
        &self.flags
    }

    /// How many messages there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.messages.len()).unwrap_or(u32::MAX)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// What is known of each message, in the order of their UIDs.
    pub fn iter(&self) -> impl Iterator<Item = &Metadata> {
        self.messages.values().map(|stored| &stored.metadata)
    }

    /// What is known of a message.
    #[must_use]
    pub fn get(&self, uid: Uid) -> Option<&Metadata> {
        self.messages.get(&uid).map(|stored| &stored.metadata)
    }

    /// A message.
    #[must_use]
    pub fn octets_of(&self, uid: Uid) -> Option<&Bytes> {
        self.messages.get(&uid).map(|stored| &stored.octets)
    }

    /// The octets of all messages together.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.iter().fold(0, |sum, metadata| sum.saturating_add(metadata.size))
    }

    pub(super) fn numbering(&self) -> Numbering {
        // The keys of a map ascend.
        Numbering::new(self.messages.keys().copied()).unwrap_or_default()
    }

    /// Stores all of these, or none. The UIDs they got, in their order.
    pub(super) fn append(
        &mut self,
        messages: Vec<(NewMessage, Option<ObjectId>)>,
        now: Option<InternalDate>,
        names: &mut ObjectIds,
    ) -> Result<Vec<Uid>, Refused> {
        let mut uids = self.uids;
        let mut flags = self.flags.clone();
        let mut stored = Vec::with_capacity(messages.len());
        let mod_seq = self.next_mod_seq()?;
        for (message, email_id) in messages {
            let uid = uids.assign()?;
            let admitted = flags.admit(&message.flags)?;
            let size = message.size();
            let mut metadata = Metadata::new(uid, admitted.flags, message.internal_date, size)
                .with_mod_seq(mod_seq);
            metadata.email_id = email_id.or_else(|| names.email());
            metadata.save_date = now;
            stored.push((uid, Stored { metadata, octets: message.octets }));
        }
        let taken = stored.iter().map(|(uid, _)| *uid).collect();
        (self.uids, self.flags) = (uids, flags);
        if !stored.is_empty() {
            self.mod_seq = mod_seq;
        }
        self.messages.extend(stored);
        Ok(taken)
    }

    /// The MODSEQ of the next change.
    pub(super) fn next_mod_seq(&self) -> Result<ModSeq, Refused> {
        let next = self.mod_seq.get().checked_add(1).and_then(|next| ModSeq::new(next).ok());
        next.ok_or_else(|| Status::no("The mailbox has been changed too often.").into())
    }

    /// The mailbox has another UIDVALIDITY now.
    pub(super) const fn set_uid_validity(&mut self, validity: UidValidity) {
        self.uids = Uids::resume(validity, self.uids.next());
    }

    /// The flags of a message are these now, and all that changes at once has this MODSEQ.
    pub(super) fn set_flags(&mut self, uid: Uid, mut flags: FlagSet, mod_seq: ModSeq) {
        flags.remove(&Flag::Recent);
        if let Some(stored) = self.messages.get_mut(&uid) {
            stored.metadata.flags = flags;
            stored.metadata.mod_seq = Some(mod_seq);
            self.mod_seq = self.mod_seq.max(mod_seq);
        }
    }

    /// These messages go. Those that were there, and the room that they took.
    pub(super) fn expunge(&mut self, uids: &[Uid]) -> Result<(UidRanges, Usage), Refused> {
        let mod_seq = self.next_mod_seq()?;
        let (mut gone, mut freed) = (UidRanges::new(), Usage::default());
        for uid in uids {
            let Some(stored) = self.messages.remove(uid) else { continue };
            gone.insert(NumberRange::one(uid.nonzero()));
            freed = freed.plus(Usage::messages(1, stored.metadata.size));
        }
        if !gone.is_empty() {
            self.mod_seq = mod_seq;
            self.expunged.push(mod_seq, &gone);
        }
        Ok((gone, freed))
    }

    /// A message as one that is new in another mailbox, and the identifier that it keeps there.
    pub(super) fn copy_of(&self, uid: Uid) -> Option<(NewMessage, Option<ObjectId>)> {
        let stored = self.messages.get(&uid)?;
        let message = NewMessage::new(stored.octets.clone(), stored.metadata.internal_date)
            .with_flags(stored.metadata.flags.clone());
        Some((message, stored.metadata.email_id.clone()))
    }
}

impl Messages for Mailbox {
    type Error = Infallible;

    fn metadata(&self, uid: Uid) -> Result<Option<Cow<'_, Metadata>>, Infallible> {
        Ok(self.get(uid).map(Cow::Borrowed))
    }

    fn octets(&self, uid: Uid) -> Result<Option<Bytes>, Infallible> {
        Ok(self.octets_of(uid).cloned())
    }
}

/// Identifiers (RFC 8474) that no two mailboxes or messages of an account share.
#[derive(Clone, Debug, Default)]
pub(super) struct ObjectIds {
    mailboxes: u64,
    emails: u64,
}

impl ObjectIds {
    pub(super) fn mailbox(&mut self) -> Option<ObjectId> {
        self.mailboxes = self.mailboxes.saturating_add(1);
        id('F', self.mailboxes)
    }

    fn email(&mut self) -> Option<ObjectId> {
        self.emails = self.emails.saturating_add(1);
        id('M', self.emails)
    }
}

/// A letter and a number make an identifier in the grammar of RFC 8474 §7.
fn id(letter: char, number: u64) -> Option<ObjectId> {
    ObjectId::new(alloc::format!("{letter}{number}")).ok()
}
