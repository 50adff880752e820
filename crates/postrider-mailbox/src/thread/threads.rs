//! Messages that are being threaded.

use alloc::vec::Vec;
use core::ops::Range;

use postrider_imap::{MessageNumber, Thread, Uid};
use postrider_message::HeaderSection;

use super::{
    Algorithm, ThreadKeys,
    identifiers::{Identifiers, index},
    keys, ordered_subject, references, siblings,
};
use crate::{Messages, Metadata, Need, NotEnough, Source, sort::sent_date};

/// A THREAD command that messages are given to, one by one and in any order.
#[derive(Debug, Clone)]
pub struct Threads {
    algorithm: Algorithm,
    ids: Identifiers,
    subjects: Identifiers,
    members: Vec<Member>,
    /// The references of all members, one behind the other.
    references: Vec<u32>,
}

/// One message.
#[derive(Debug, Clone)]
pub(super) struct Member {
    number: MessageNumber,
    uid: Uid,
    /// The sent date.
    pub(super) sent: i64,
    /// Its base subject; [`EMPTY`] where it is empty.
    pub(super) subject: u32,
    pub(super) is_reply_or_forward: bool,
    pub(super) id: Option<u32>,
    /// Which of all references are its own.
    pub(super) references: Range<usize>,
}

/// The number of the empty subject.
pub(super) const EMPTY: u32 = 0;

impl Threads {
    /// Threads by this algorithm.
    pub fn new(algorithm: Algorithm) -> Self {
        let mut subjects = Identifiers::default();
        let _empty = subjects.number_of("");
        Self {
            algorithm,
            ids: Identifiers::default(),
            subjects,
            members: Vec::new(),
            references: Vec::new(),
        }
    }

    /// How much of each message must be read.
    pub const fn need(&self) -> Need {
        Need::Header
    }

    /// Adds a message.
    ///
    /// # Errors
    ///
    /// [`NotEnough`] when `source` has less than [`need`](Self::need); nothing is added then.
    pub fn push(
        &mut self,
        number: MessageNumber,
        metadata: &Metadata,
        source: Source<'_>,
    ) -> Result<(), NotEnough> {
        let headers = source.headers().ok_or_else(|| NotEnough { need: self.need() })?;
        let (subject, is_reply_or_forward) = keys::subject(headers);
        let sent = sent_date(headers, metadata.internal_date);
        let mut member = Member::new(number, metadata.uid, sent, is_reply_or_forward);
        member.subject = self.subjects.number_of(&subject);
        if self.algorithm == Algorithm::References {
            let ids = headers.thread_ids();
            member.id = ids.message_id().map(|id| self.ids.number_of(id));
            member.references = self.refer(ids.references().iter().map(AsRef::as_ref));
        }
        self.members.push(member);
        Ok(())
    }

    /// Adds a message whose keys were kept.
    pub fn push_keys(&mut self, number: MessageNumber, uid: Uid, keys: &ThreadKeys) {
        let mut member = Member::new(number, uid, keys.sent_date, keys.is_reply_or_forward);
        member.subject = self.subjects.number_of(&keys.subject);
        if self.algorithm == Algorithm::References {
            member.id = keys.message_id.as_deref().map(|id| self.ids.number_of(id));
            member.references = self.refer(keys.references.iter().map(AsRef::as_ref));
        }
        self.members.push(member);
    }

    /// The threads, of which THREAD tells the numbers and UID THREAD the UIDs.
    pub fn finish(mut self, by_uid: bool) -> Thread {
        // From here on the place of a member is the order "in which the two messages appear in the
        // mailbox" (RFC 5256 §2.2).
        self.members.sort_by_key(|member| member.number);
        let parents = match self.algorithm {
            Algorithm::OrderedSubject => ordered_subject::parents(&self.members),
            Algorithm::References => {
                references::parents(&self.members, &self.references, self.ids.len())
            }
        };
        drop((self.ids, self.subjects, self.references));
        siblings::thread(&self.members, &parents, |at| {
            let member = self.members.get(index(at))?;
            Some(if by_uid { member.uid.nonzero() } else { member.number.nonzero() })
        })
    }

    /// Threads these messages of a store that answers at once. Those that are gone are left out.
    ///
    /// # Errors
    ///
    /// What went wrong in the store.
    pub fn thread<M: Messages + ?Sized>(
        mut self,
        messages: &M,
        found: impl IntoIterator<Item = (MessageNumber, Uid)>,
        by_uid: bool,
    ) -> Result<Thread, M::Error> {
        for (number, uid) in found {
            let Some(metadata) = messages.metadata(uid)? else { continue };
            let Some(octets) = messages.header(uid)? else { continue };
            let section = HeaderSection::parse(octets);
            // It has what is needed, so it never fails.
            let _added = self.push(number, &metadata, Source::header(section.headers()));
        }
        Ok(self.finish(by_uid))
    }

    fn refer<'a>(&mut self, ids: impl Iterator<Item = &'a str>) -> Range<usize> {
        let start = self.references.len();
        self.references.extend(ids.map(|id| self.ids.number_of(id)));
        start..self.references.len()
    }
}

impl Member {
    const fn new(number: MessageNumber, uid: Uid, sent: i64, is_reply_or_forward: bool) -> Self {
        Self { number, uid, sent, subject: EMPTY, is_reply_or_forward, id: None, references: 0..0 }
    }
}
