//! What a session changes: STORE, EXPUNGE, APPEND, COPY, MOVE, REPLACE.

use alloc::vec::Vec;

use postrider_imap::{
    Code, CommandName, FetchItem, Flag, MailboxName, MessageNumber, MessageSet, ModSeq, ObjectId,
    PlainCode, Status, StoreCommand, Uid,
};

use super::SessionId;
use super::account::{Account, Key, usage};
use super::mailbox::NewMessage;
use super::session::nothing_selected;
use crate::Refused;
use crate::copy::{Appended, Copied, Destination};
use crate::flags::{Outcome, Store};
use crate::quota::Usage;
use crate::view::Extension;

/// What STORE did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stored {
    /// FETCH responses: what to tell of each message that was changed, or that others have changed. Where
    /// keywords were made, [`Account::new_flags`] goes before them.
    pub told: Vec<(MessageNumber, Vec<FetchItem>)>,
    /// The tagged response.
    pub status: Status,
}

/// What COPY and MOVE did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moved {
    /// Which UIDs became which.
    pub copied: Copied,
    /// The mailbox they went to.
    pub to: Destination,
}

impl Moved {
    /// `COPYUID`, for the tagged OK of COPY; `None` where nothing was copied.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        self.copied.code(&self.to)
    }
}

impl Account {
    /// `\Seen` of a message of which octets were fetched: what
    /// [`Answers::becomes_seen`](crate::Answers::becomes_seen) asks for. Other sessions hear of it, this
    /// one by the same response.
    ///
    /// # Errors
    ///
    /// NO: the session may not change the mailbox.
    pub fn seen(&mut self, session: SessionId, uid: Uid) -> Result<(), Refused> {
        let key = self.writable(session)?;
        if self.selected(session)?.view.number(uid).is_none() {
            return Ok(());
        }
        let Some(mailbox) = self.mailboxes.get_mut(&key) else { return Ok(()) };
        let Some(metadata) = mailbox.get(uid) else { return Ok(()) };
        let mut flags = metadata.flags.clone();
        if flags.insert(&Flag::Seen) {
            let mod_seq = mailbox.next_mod_seq()?;
            mailbox.set_flags(uid, flags, mod_seq);
            self.changed(key, session, uid);
        }
        Ok(())
    }

    /// STORE and UID STORE.
    ///
    /// # Errors
    ///
    /// NO or BAD: the mailbox is read only, the set names what is not there, or the command cannot be
    /// carried out.
    pub fn store(&mut self, session: SessionId, command: &StoreCommand) -> Result<Stored, Refused> {
        let key = self.writable(session)?;
        if command.unchanged_since.is_some() {
            // RFC 7162 §3.1: it enables CONDSTORE.
            self.enable(session, Extension::CondStore);
        }
        let named = self.named(session, &command.set, command.uid)?;
        let Some(mailbox) = self.mailboxes.get_mut(&key) else {
            return Err(nothing_selected());
        };
        let mut store = Store::new(command, &mut mailbox.flags)?;
        let mod_seq = mailbox.next_mod_seq()?;
        let (mut touched, mut changed) = (Vec::new(), Vec::new());
        for (number, uid) in named {
            let Some(metadata) = mailbox.get(uid) else {
                store.note_gone();
                continue;
            };
            match store.apply(number, metadata) {
                Outcome::Changed(flags) => {
                    mailbox.set_flags(uid, flags, mod_seq);
                    changed.push(uid);
                    touched.push((number, uid, store.tells()));
                }
                Outcome::Unchanged => touched.push((number, uid, store.tells())),
                // The client hears at once what others made of it.
                Outcome::Modified => touched.push((number, uid, store.tells().with_all())),
            }
        }
        changed.into_iter().for_each(|uid| self.changed(key, session, uid));
        let mut told = Vec::new();
        let session_tells = self.selected(session)?.view.tells();
        for (number, uid, tells) in touched {
            let tells = tells.as_session(session_tells);
            let items = self.news_of(session, uid, tells).unwrap_or_default();
            if items.is_empty() {
                continue;
            }
            // What others did to the flags is still news where only the MODSEQ is told.
            if tells.flags {
                self.view_mut(session)?.told(uid);
            }
            told.push((number, items));
        }
        Ok(Stored { told, status: store.finish() })
    }

    /// EXPUNGE, or UID EXPUNGE with a set of UIDs (RFC 4315 §2.1): what is `\Deleted` goes. The session
    /// hears of it by [`Account::tell`]. The HIGHESTMODSEQ, if something went.
    ///
    /// # Errors
    ///
    /// NO: the mailbox is read only.
    pub fn expunge(
        &mut self,
        session: SessionId,
        uids: Option<&MessageSet>,
    ) -> Result<Option<ModSeq>, Refused> {
        let key = self.writable(session)?;
        let opened = self.opened(session)?;
        let named: Vec<Uid> = match uids {
            Some(set) => self.named(session, set, true)?.into_iter().map(|(_, uid)| uid).collect(),
            None => opened.mailbox().iter().map(|one| one.uid).collect(),
        };
        let deleted = |uid: &Uid| {
            opened.mailbox().get(*uid).is_some_and(|one| one.flags.contains(&Flag::Deleted))
        };
        let deleted: Vec<Uid> = named.into_iter().filter(deleted).collect();
        self.expunge_from(key, &deleted)
    }

    /// APPEND and MULTIAPPEND (RFC 3502): all messages or none. `APPENDUID`, for the tagged OK.
    ///
    /// # Errors
    ///
    /// NO with TRYCREATE: there is no such mailbox. NO: a message is too large.
    pub fn append(
        &mut self,
        name: &MailboxName,
        messages: Vec<NewMessage>,
    ) -> Result<Option<Code>, Refused> {
        let key = self.target(name, CommandName::Append)?;
        self.fits(&messages)?;
        let uids = self.append_to(
            key,
            messages.into_iter().map(|one| (one, None)).collect(),
            Usage::default(),
        )?;
        Ok(self.appended(key, &uids))
    }

    /// COPY and UID COPY: all messages or none (RFC 9051 §6.4.7).
    ///
    /// # Errors
    ///
    /// NO with TRYCREATE: there is no such mailbox. NO with EXPUNGEISSUED: a message is gone.
    pub fn copy(
        &mut self,
        session: SessionId,
        set: &MessageSet,
        by_uid: bool,
        to: &MailboxName,
    ) -> Result<Moved, Refused> {
        let (from, to, uids) = self.to_copy(session, set, by_uid, to, CommandName::Copy)?;
        self.put(self.copies(from, &uids), &uids, to, Usage::default())
    }

    /// MOVE and UID MOVE (RFC 6851): what [`move_steps`](crate::copy::move_steps) puts in order.
    ///
    /// # Errors
    ///
    /// NO: as for COPY, or the mailbox is read only.
    pub fn relocate(
        &mut self,
        session: SessionId,
        set: &MessageSet,
        by_uid: bool,
        to: &MailboxName,
    ) -> Result<Moved, Refused> {
        self.writable(session)?;
        let (from, to, uids) = self.to_copy(session, set, by_uid, to, CommandName::Move)?;
        self.relocate_to(from, &uids, to)
    }

    /// REPLACE and UID REPLACE (RFC 8508): the new message comes and the old one goes, or neither.
    /// `APPENDUID`, for an untagged OK before the old one is told to be gone.
    ///
    /// # Errors
    ///
    /// NO: as for APPEND, or the message is not there, or the mailbox is read only.
    pub fn replace(
        &mut self,
        session: SessionId,
        uid: Uid,
        to: &MailboxName,
        message: NewMessage,
    ) -> Result<Option<Code>, Refused> {
        let from = self.writable(session)?;
        let opened = self.opened(session)?;
        let known = opened.view().number(uid).and_then(|_| opened.mailbox().get(uid));
        let Some(replaced) = known else {
            return Err(Refused::no(PlainCode::ExpungeIssued, "The message no longer exists."));
        };
        let frees = Usage::messages(1, replaced.size);
        opened.mailbox().next_mod_seq()?;
        let key = self.target(to, CommandName::Replace)?;
        self.fits(core::slice::from_ref(&message))?;
        let uids = self.append_to(key, [(message, None)].into(), frees)?;
        self.expunge_from(from, &[uid])?;
        Ok(self.appended(key, &uids))
    }

    /// Takes messages out, and tells all views of it.
    pub(super) fn expunge_from(
        &mut self,
        key: Key,
        uids: &[Uid],
    ) -> Result<Option<ModSeq>, Refused> {
        let Some(mailbox) = self.mailboxes.get_mut(&key) else { return Ok(None) };
        let (gone, freed) = mailbox.expunge(uids)?;
        let mod_seq = (!gone.is_empty()).then(|| mailbox.highest_mod_seq());
        for view in self.sessions.values_mut().filter_map(|session| session.view_of(key)) {
            gone.ranges().for_each(|range| view.expunged(range));
        }
        self.quota.free(freed);
        Ok(mod_seq)
    }

    /// Takes messages to another mailbox, where they take no room of their own. All of them, or none.
    pub(super) fn relocate_to(
        &mut self,
        from: Key,
        uids: &[Uid],
        to: Key,
    ) -> Result<Moved, Refused> {
        if let Some(source) = self.mailboxes.get(&from) {
            source.next_mod_seq()?;
        }
        let copies = self.copies(from, uids);
        let frees = usage(copies.iter().map(|(message, _)| message));
        let moved = self.put(copies, uids, to, frees)?;
        self.expunge_from(from, uids)?;
        Ok(moved)
    }

    fn copies(&self, from: Key, uids: &[Uid]) -> Vec<(NewMessage, Option<ObjectId>)> {
        let source = self.mailboxes.get(&from);
        uids.iter().filter_map(|uid| source?.copy_of(*uid)).collect()
    }

    /// Puts copies of these messages into another mailbox.
    fn put(
        &mut self,
        copies: Vec<(NewMessage, Option<ObjectId>)>,
        uids: &[Uid],
        to: Key,
        frees: Usage,
    ) -> Result<Moved, Refused> {
        let given = self.append_to(to, copies, frees)?;
        let copied = Copied::pair(uids.iter().copied(), given).unwrap_or_default();
        let to = self.mailboxes.get(&to).ok_or_else(|| Refused::missing(CommandName::Copy))?;
        Ok(Moved { copied, to: Destination::new(to.uid_validity()) })
    }

    fn to_copy(
        &self,
        session: SessionId,
        set: &MessageSet,
        by_uid: bool,
        to: &MailboxName,
        command: CommandName,
    ) -> Result<(Key, Key, Vec<Uid>), Refused> {
        let from = self.selected(session)?.key;
        let to = self.target(to, command)?;
        let mailbox = self.opened(session)?.mailbox();
        let mut uids = Vec::new();
        for (_, uid) in self.named(session, set, by_uid)? {
            match mailbox.get(uid) {
                Some(_) => uids.push(uid),
                None if by_uid => {}
                None => {
                    let text = "Some of the messages no longer exist.";
                    return Err(Refused::no(PlainCode::ExpungeIssued, text));
                }
            }
        }
        Ok((from, to, uids))
    }

    fn appended(&self, key: Key, uids: &[Uid]) -> Option<Code> {
        let mut appended = Appended::new();
        for uid in uids {
            // They ascend.
            appended.push(*uid).ok()?;
        }
        appended.code(&Destination::new(self.mailboxes.get(&key)?.uid_validity()))
    }

    /// Other sessions are to be told of a message; this one hears of it in another way.
    fn changed(&mut self, key: Key, by: SessionId, uid: Uid) {
        for (id, session) in &mut self.sessions {
            if let Some(view) = session.view_of(key).filter(|_| *id != by) {
                view.changed(uid);
            }
        }
    }

    fn named(
        &self,
        session: SessionId,
        set: &MessageSet,
        by_uid: bool,
    ) -> Result<Vec<(MessageNumber, Uid)>, Refused> {
        let named = self.selected(session)?.view.messages(set, by_uid);
        let named = named?;
        Ok(named.collect())
    }
}
