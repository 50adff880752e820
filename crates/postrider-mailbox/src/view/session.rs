//! The view of one session: what it knows, and what it has not been told.

use postrider_imap::{MessageNumber, Uid};

use super::marks::Marks;
use super::{Access, Extension, NotAscending, Numbering, Ranges, Recents, UidRange, Walk};
use crate::flags::Tells;

/// What one session sees of a mailbox. See the [module](super).
#[derive(Debug, Clone)]
pub struct View {
    /// All that was not told to be gone: first the messages that the session knows, then those that
    /// came and were not told.
    pub(super) numbering: Numbering,
    /// How many messages the session knows, and the largest UID that it was ever told of, zero at first.
    pub(super) known: u32,
    pub(super) horizon: u32,
    /// Known messages that are no more in the mailbox.
    pub(super) gone: Marks,
    /// Known messages whose flags or MODSEQ are to be told, none of which is gone.
    pub(super) changed: Marks,
    /// `$`: known messages, none of which is gone.
    pub(super) saved: Marks,
    pub(super) recent: Marks,
    pub(super) recent_count: u32,
    /// The last number of RECENT.
    pub(super) recent_told: u32,
    recents: Option<(Recents, Access)>,
    pub(super) vanished: bool,
    pub(super) uid_only: bool,
    pub(super) rev2: bool,
    tells: Tells,
}

impl View {
    /// The view of a session that opens the mailbox now, and learns its messages by that.
    #[must_use]
    pub fn new(numbering: Numbering) -> Self {
        Self {
            known: numbering.len(),
            horizon: numbering.highest().map_or(0, Uid::get),
            numbering,
            gone: Marks::default(),
            changed: Marks::default(),
            saved: Marks::default(),
            recent: Marks::default(),
            recent_count: 0,
            recent_told: 0,
            recents: None,
            vanished: false,
            uid_only: false,
            rev2: false,
            tells: Tells::flags(),
        }
    }

    /// With `\Recent`: what no session was told of is recent here, now and when more comes. Without,
    /// nothing is. Called once, before [`exists`](Self::exists) and [`recent`](Self::recent) are
    /// told in the answer to SELECT.
    #[must_use]
    pub fn with_recents(mut self, recents: &Recents, access: Access) -> Self {
        self.recents = Some((recents.clone(), access));
        self.claim(0);
        self.recent_told = self.recent_count;
        self
    }

    /// With what the session has enabled before.
    #[must_use]
    pub fn with(mut self, extension: Extension) -> Self {
        self.enable(extension);
        self
    }

    /// The session has enabled this, and is told of what is queued already in the new way.
    pub fn enable(&mut self, extension: Extension) {
        match extension {
            Extension::Qresync => {
                self.vanished = true;
                (self.tells.uid, self.tells.mod_seq) = (true, true);
            }
            Extension::CondStore => self.tells.mod_seq = true,
            Extension::UidOnly => {
                self.vanished = true;
                self.uid_only = true;
                self.tells.uid = true;
            }
            Extension::Imap4Rev2 => self.rev2 = true,
        }
    }

    /// What this session is told of each change: with UID where QRESYNC or UIDONLY is enabled
    /// (RFC 7162 §3.2.4), with MODSEQ where CONDSTORE or QRESYNC is.
    #[must_use]
    pub const fn tells(&self) -> Tells {
        self.tells
    }

    /// How many messages the session knows: those that EXISTS told and that were not told to be gone.
    #[must_use]
    pub fn exists(&self) -> u32 {
        self.known
    }

    /// How many of them are `\Recent`.
    #[must_use]
    pub fn recent(&self) -> u32 {
        self.recent_count
    }

    /// The UID of a message.
    #[must_use]
    pub fn uid(&self, number: MessageNumber) -> Option<Uid> {
        if number.get() > self.known { None } else { self.numbering.uid(number) }
    }

    /// The number of a message, if the session knows it.
    #[must_use]
    pub fn number(&self, uid: Uid) -> Option<MessageNumber> {
        if uid.get() > self.horizon { None } else { self.numbering.number(uid) }
    }

    /// The first UID that the session knows.
    #[must_use]
    pub fn lowest(&self) -> Option<Uid> {
        Uid::new(self.numbering.select(1)?).ok().filter(|uid| uid.get() <= self.horizon)
    }

    /// The last UID that the session knows, `*` in a set of UIDs.
    #[must_use]
    pub fn highest(&self) -> Option<Uid> {
        Uid::new(self.numbering.select(self.known)?).ok()
    }

    /// Number and UID of all messages that the session knows.
    pub fn iter(&self) -> Walk<'_> {
        self.numbering.walk(1, self.known)
    }

    /// The UIDs that the session knows, as ranges.
    pub fn known(&self) -> Ranges<'_> {
        self.iter().ranges()
    }

    /// Whether the session knows the message, but it is no more in the mailbox, and this could not be
    /// told so far. Its number is taken until it is. FETCH of it is answered with
    /// NO `[EXPUNGEISSUED]` (RFC 2180 §4.1, RFC 5530).
    #[must_use]
    pub fn is_gone(&self, uid: Uid) -> bool {
        self.gone.contains(uid.get()) && self.number(uid).is_some()
    }

    /// Whether the message is `\Recent` for this session.
    #[must_use]
    pub fn is_recent(&self, uid: Uid) -> bool {
        self.recent.contains(uid.get()) && self.number(uid).is_some()
    }

    /// Messages came into the mailbox, by whomever. The session does not know them before
    /// [`tell`](Self::tell) gives EXISTS.
    ///
    /// # Errors
    ///
    /// [`NotAscending`], with nothing changed, for a UID that is not larger than all before it.
    pub fn appended(&mut self, uids: impl Into<UidRange>) -> Result<(), NotAscending> {
        self.numbering.push(uids)
    }

    /// Messages were expunged, by whomever. Those that the session knows stay in the numbering and
    /// are [gone](Self::is_gone) until that is told; of the others it never hears. UIDs that are not
    /// there, or are gone already, change nothing.
    pub fn expunged(&mut self, uids: impl Into<UidRange>) {
        let (first, last) = uids.into().ends();
        if first > last {
            return;
        }
        let known = last.min(self.horizon);
        if first <= known {
            self.gone.insert(first, known, &self.numbering);
            self.changed.remove(first, known, &self.numbering);
            self.saved.remove(first, known, &self.numbering);
        }
        if let Some(unknown) = self.horizon.checked_add(1).map(|next| next.max(first))
            && let Some(range) = UidRange::from_ends(unknown, last)
        {
            self.numbering.remove(range);
        }
    }

    /// Flags or MODSEQ of messages changed, by whomever, and the session is to be told: not after its
    /// own STORE with `.SILENT`. Nothing is queued for messages that it does not know, whose flags it
    /// has never seen, nor for those that are gone.
    pub fn changed(&mut self, uids: impl Into<UidRange>) {
        let (first, last) = uids.into().ends();
        mark(&mut self.changed, &self.gone, (first, last.min(self.horizon)), &self.numbering);
    }

    /// A FETCH response has just told the flags of these messages, so that it need not be done again.
    pub fn told(&mut self, uids: impl Into<UidRange>) {
        let (first, last) = uids.into().ends();
        if first <= last {
            self.changed.remove(first, last, &self.numbering);
        }
    }

    /// The session learns of the messages behind this UID: those are recent that no other was told of.
    pub(super) fn claim(&mut self, behind: u32) {
        let Some((recents, access)) = &self.recents else { return };
        let told = recents.claim(self.horizon, *access).max(behind);
        let fresh = self.known.saturating_sub(self.numbering.through(told));
        if fresh > 0 {
            self.recent_count = self.recent_count.saturating_add(fresh);
            self.recent.insert(told.saturating_add(1), self.horizon, &self.numbering);
        }
    }
}

/// Marks the messages between two UIDs, without those that are gone.
pub(super) fn mark(marks: &mut Marks, gone: &Marks, range: (u32, u32), numbering: &Numbering) {
    let (mut first, last) = range;
    for (start, end) in gone.within(first, last) {
        if first < start {
            marks.insert(first, start.saturating_sub(1), numbering);
        }
        let Some(next) = end.checked_add(1) else { return };
        first = first.max(next);
    }
    if first <= last {
        marks.insert(first, last, numbering);
    }
}
