//! The mailboxes of one user: their names, and what is done to them as a whole.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use postrider_imap::{
    CommandName, Create, Delimiter, Flag, FlagSet, InternalDate, ListAttribute, ListAttributes,
    ListCommand, MailboxEncoding, MailboxName, MailboxStatus, ObjectId, PlainCode, StatusItem,
    StatusValue, Uid, UidValidity,
};

use super::SessionId;
use super::mailbox::{Mailbox, NewMessage, ObjectIds};
use super::session::Session;
use crate::Refused;
use crate::copy::Validities;
use crate::list::{self, Answers, Deletion, Hierarchy, Listing};
use crate::maildrop::Locks;
use crate::quota::{Quota, Usage};
use crate::view::UidRange;

/// The mailboxes of one user, and the sessions that are open in them.
///
/// A session sees what others do when it asks for it, by [`Account::tell`]. A mailbox that is deleted
/// stays as long as a session has it selected. Everything is in memory, and nothing waits.
#[derive(Debug)]
pub struct Account {
    names: BTreeMap<MailboxName, Name>,
    subscriptions: BTreeSet<MailboxName>,
    pub(super) mailboxes: BTreeMap<Key, Mailbox>,
    next_key: u64,
    pub(super) sessions: BTreeMap<SessionId, Session>,
    next_session: u64,
    validities: Validities,
    /// The greatest UIDVALIDITY that a mailbox had whose name may be used again.
    retired: UidValidity,
    /// The time from which UIDVALIDITYs are made.
    since: u32,
    ids: ObjectIds,
    delimiter: Delimiter,
    encoding: MailboxEncoding,
    now: Option<InternalDate>,
    append_limit: Option<u64>,
    /// What limits all mailboxes together, and is used.
    pub(super) quota: Quota,
    pub(super) locks: Locks<MailboxName>,
    /// Deleted mailboxes that may still be open.
    dropped: BTreeSet<Key>,
}

/// Subscriptions of one user: those to mailboxes that were deleted stay.
const SUBSCRIPTIONS: usize = 10_000;

/// What a mailbox is known by when its name changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u64);

#[derive(Clone, Debug)]
struct Name {
    /// `None`: it cannot be selected.
    mailbox: Option<Key>,
    uses: ListAttributes,
}

impl Account {
    /// An account with INBOX, whose names have levels parted by `/`.
    ///
    /// The first UIDVALIDITY is `since`, and each other is greater: the time in seconds serves well, for
    /// no other account is made then.
    #[must_use]
    pub fn new(since: u32) -> Self {
        let mut account = Self {
            names: BTreeMap::new(),
            subscriptions: BTreeSet::new(),
            mailboxes: BTreeMap::new(),
            next_key: 0,
            sessions: BTreeMap::new(),
            next_session: 0,
            validities: Validities::new(),
            retired: UidValidity::new(0),
            since,
            ids: ObjectIds::default(),
            delimiter: Delimiter::SLASH,
            encoding: MailboxEncoding::ModifiedUtf7,
            now: None,
            append_limit: None,
            quota: Quota::new(""),
            locks: Locks::new(),
            dropped: BTreeSet::new(),
        };
        // The first there is never fails, be it the last.
        let validity =
            account.validities.fresh(since.into()).unwrap_or_else(|_| UidValidity::new(since));
        account.make(MailboxName::inbox(), ListAttributes::new(), validity);
        account
    }

    /// With another delimiter.
    #[must_use]
    pub const fn with_delimiter(mut self, delimiter: Delimiter) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Names are in this encoding, which is that of all sessions: modified UTF-7 unless it is said.
    #[must_use]
    pub const fn with_encoding(mut self, encoding: MailboxEncoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// Messages have at most so many octets (RFC 7889).
    #[must_use]
    pub const fn with_append_limit(mut self, octets: u64) -> Self {
        self.append_limit = Some(octets);
        self
    }

    /// With limits for all mailboxes together. What the quota says to be used is counted anew.
    #[must_use]
    pub fn with_quota(mut self, quota: Quota) -> Self {
        let used = self.quota.usage();
        self.quota = quota.with_usage(used);
        self
    }

    /// The quota root of all mailboxes.
    #[must_use]
    pub const fn quota(&self) -> &Quota {
        &self.quota
    }

    /// The same, to set its limits.
    pub const fn quota_mut(&mut self) -> &mut Quota {
        &mut self.quota
    }

    /// What time it is: the SAVEDATE (RFC 8514) of what is stored from now on. Without, there is none.
    pub const fn set_now(&mut self, now: InternalDate) {
        self.now = Some(now);
    }

    /// What parts the levels of names.
    #[must_use]
    pub const fn delimiter(&self) -> Delimiter {
        self.delimiter
    }

    /// The mailbox of this name.
    #[must_use]
    pub fn mailbox(&self, name: &MailboxName) -> Option<&Mailbox> {
        self.mailboxes.get(&self.key(name)?)
    }

    /// Stores a message, as a delivery does. Its UID.
    ///
    /// # Errors
    ///
    /// NO: there is no such mailbox, or it is full.
    pub fn deliver(&mut self, name: &MailboxName, message: NewMessage) -> Result<Uid, Refused> {
        let key = self.target(name, CommandName::Append)?;
        self.fits(core::slice::from_ref(&message))?;
        let uids = self.append_to(key, [(message, None)].into(), Usage::default())?;
        uids.first().copied().ok_or_else(|| Refused::no(PlainCode::ServerBug, "No UID was given."))
    }

    /// CREATE (RFC 9051 §6.3.4), and the names above that are not there. The MAILBOXID of the mailbox is told in
    /// the response (RFC 8474 §4.2).
    ///
    /// # Errors
    ///
    /// NO: there is such a mailbox, or there can be none.
    pub fn create(&mut self, create: &Create) -> Result<(), Refused> {
        short(&create.mailbox)?;
        if !create.others.is_empty() {
            return Err(Refused::bad("A parameter of CREATE is not known."));
        }
        if !create.special_use.iter().flatten().all(ListAttribute::is_special_use) {
            return Err(Refused::no(PlainCode::UseAttr, "A mailbox cannot be made for this."));
        }
        let names = self.hierarchy().create(&create.mailbox, |name| self.listed(name))?;
        let validities = self.room_for(names.len())?;
        let last = names.len().saturating_sub(1);
        for (at, (name, validity)) in names.into_iter().zip(validities).enumerate() {
            let uses = create.special_use.iter().flatten().filter(|_| at == last);
            self.make(name, uses.cloned().collect(), validity);
        }
        Ok(())
    }

    /// DELETE (RFC 9051 §6.3.5). Subscriptions stay.
    ///
    /// # Errors
    ///
    /// NO: there is no such mailbox, or it is INBOX, or names stand below one that cannot be selected.
    pub fn delete(&mut self, name: &MailboxName) -> Result<(), Refused> {
        let hierarchy = self.hierarchy();
        let name = &hierarchy.normal(name);
        let inferiors = self.names.keys().any(|other| hierarchy.is_inferior(other, name));
        let deletion = hierarchy.delete(name, self.listed(name).as_ref(), inferiors)?;
        let key = match deletion {
            Deletion::Remove => self.names.remove(name).and_then(|name| name.mailbox),
            Deletion::KeepName => self.names.get_mut(name).and_then(|name| name.mailbox.take()),
        };
        if let Some(key) = key {
            self.quota.free(Usage::mailboxes(1));
            self.retire(key);
            self.dropped.insert(key);
            self.sweep();
        }
        Ok(())
    }

    /// RENAME (RFC 9051 §6.3.6), and the names below. Of INBOX the messages go to the new name.
    ///
    /// # Errors
    ///
    /// NO: there is no such mailbox, or there is one of the new name.
    pub fn rename(&mut self, from: &MailboxName, to: &MailboxName) -> Result<(), Refused> {
        short(to)?;
        let names = self.names.keys().cloned();
        let renaming = self.hierarchy().rename(from, to, names, |name| self.listed(name))?;
        if renaming.inbox {
            let to = renaming.renamed.into_iter().map(|(_, to)| to);
            return self.move_inbox(renaming.created.into_iter().chain(to).collect());
        }
        // All that can fail comes before anything is changed.
        let validities = self.room_for(renaming.created.len())?;
        let mut renumbered = Vec::new();
        for (from, _) in &renaming.renamed {
            let Some(key) = self.names.get(from).and_then(|name| name.mailbox) else { continue };
            let Some(own) = self.mailboxes.get(&key).map(Mailbox::uid_validity) else { continue };
            renumbered.push((key, self.validity_under_another_name(own)?));
        }
        for (name, validity) in renaming.created.into_iter().zip(validities) {
            self.make(name, ListAttributes::new(), validity);
        }
        for (key, validity) in renumbered {
            if let Some(mailbox) = self.mailboxes.get_mut(&key) {
                mailbox.set_uid_validity(validity);
            }
            self.retire(key);
        }
        let moved: Vec<(MailboxName, Name)> = renaming
            .renamed
            .into_iter()
            .filter_map(|(from, to)| Some((to, self.names.remove(&from)?)))
            .collect();
        self.names.extend(moved);
        Ok(())
    }

    /// SUBSCRIBE (RFC 9051 §6.3.7).
    ///
    /// # Errors
    ///
    /// NO: there is no such mailbox.
    pub fn subscribe(&mut self, name: &MailboxName) -> Result<(), Refused> {
        let name = self.hierarchy().normal(name);
        if !self.names.contains_key(&name) {
            return Err(Refused::missing(CommandName::Subscribe));
        }
        if self.subscriptions.len() >= SUBSCRIPTIONS && !self.subscriptions.contains(&name) {
            return Err(Refused::no(PlainCode::Limit, "There are too many subscriptions."));
        }
        self.subscriptions.insert(name);
        Ok(())
    }

    /// UNSUBSCRIBE (RFC 9051 §6.3.8). The mailbox need not be there, nor the subscription.
    pub fn unsubscribe(&mut self, name: &MailboxName) {
        self.subscriptions.remove(&self.hierarchy().normal(name));
    }

    /// LIST, ready to be answered by [`Account::answers`].
    ///
    /// # Errors
    ///
    /// BAD: the options do not go together, or one is not known.
    pub fn list(&self, command: &ListCommand) -> Result<Listing, Refused> {
        Ok(Listing::new(command, Some(self.delimiter))?)
    }

    /// What LIST answers, mailbox by mailbox.
    pub fn answers<'a>(&self, listing: &'a Listing) -> Answers<'a> {
        let subscriptions = self.subscriptions.iter().cloned().map(list::Mailbox::subscription);
        let names = self.names.keys().filter_map(|name| self.listed(name));
        listing.answer(names.chain(subscriptions))
    }

    /// STATUS (RFC 9051 §6.3.11). What the store does not know is not told.
    ///
    /// # Errors
    ///
    /// NO: there is no such mailbox.
    pub fn status(
        &self,
        name: &MailboxName,
        items: &[StatusItem],
    ) -> Result<MailboxStatus, Refused> {
        let mailbox = self.mailbox(name).ok_or_else(|| Refused::missing(CommandName::Status))?;
        let without = |flag: Flag| mailbox.iter().filter(move |one| !one.flags.contains(&flag));
        let deleted: FlagSet = [Flag::Deleted].into();
        let deleted = || mailbox.iter().filter(|one| one.flags.intersects(&deleted));
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let told = mailbox.recents.told();
        let value = |item: &StatusItem| {
            Some(match item {
                StatusItem::Messages => StatusValue::Messages(mailbox.len()),
                StatusItem::Recent => StatusValue::Recent(count(
                    mailbox.iter().filter(|one| Some(one.uid) > told).count(),
                )),
                StatusItem::UidNext => StatusValue::UidNext(mailbox.uid_next()),
                StatusItem::UidValidity => StatusValue::UidValidity(mailbox.uid_validity()),
                StatusItem::Unseen => StatusValue::Unseen(count(without(Flag::Seen).count())),
                StatusItem::Deleted => StatusValue::Deleted(count(deleted().count())),
                StatusItem::DeletedStorage => StatusValue::DeletedStorage(
                    deleted().fold(0, |sum, one| sum.saturating_add(one.size)),
                ),
                StatusItem::Size => StatusValue::Size(mailbox.size()),
                StatusItem::HighestModSeq => StatusValue::HighestModSeq(mailbox.highest_mod_seq()),
                StatusItem::AppendLimit => StatusValue::AppendLimit(self.append_limit),
                StatusItem::MailboxId => {
                    StatusValue::MailboxId(mailbox.mailbox_id()?.as_bytes().to_vec().into())
                }
                _ => return None,
            })
        };
        let mut asked: Vec<&StatusItem> = Vec::new();
        for item in items {
            // Each is told once; what is not known is not told at all.
            if !matches!(item, StatusItem::Other(_)) && !asked.contains(&item) {
                asked.push(item);
            }
        }
        Ok(MailboxStatus::new(name.clone(), asked.into_iter().filter_map(value).collect()))
    }

    pub(super) fn key(&self, name: &MailboxName) -> Option<Key> {
        self.names.get(&self.hierarchy().normal(name))?.mailbox
    }

    /// The mailbox that messages are to be put into.
    pub(super) fn target(&self, name: &MailboxName, command: CommandName) -> Result<Key, Refused> {
        self.key(name).ok_or_else(|| Refused::missing(command))
    }

    /// Whether messages that come from outside are small enough (RFC 7889). What is copied was.
    pub(super) fn fits(&self, messages: &[NewMessage]) -> Result<(), Refused> {
        let fits =
            |message: &NewMessage| self.append_limit.is_none_or(|limit| message.size() <= limit);
        match messages.iter().all(fits) {
            true => Ok(()),
            false => Err(Refused::no(PlainCode::TooBig, "The message is too large.")),
        }
    }

    /// Puts messages into a mailbox, and tells all views of it. Others are to go for them, which is
    /// room that they may take.
    pub(super) fn append_to(
        &mut self,
        key: Key,
        messages: Vec<(NewMessage, Option<ObjectId>)>,
        frees: Usage,
    ) -> Result<Vec<Uid>, Refused> {
        let adds = usage(messages.iter().map(|(message, _)| message));
        self.quota.fits_instead(adds, frees)?;
        let Some(mailbox) = self.mailboxes.get_mut(&key) else { return Ok(Vec::new()) };
        let uids = mailbox.append(messages, self.now, &mut self.ids)?;
        self.quota.add(adds);
        if let (Some(first), Some(last)) = (uids.first(), uids.last()) {
            for view in self.sessions.values_mut().filter_map(|session| session.view_of(key)) {
                // They are greater than all before them.
                let _ = view.appended(UidRange::new(*first, *last));
            }
        }
        Ok(uids)
    }

    pub(super) fn new_session(&mut self) -> SessionId {
        let id = SessionId(self.next_session);
        self.next_session = self.next_session.saturating_add(1);
        self.sessions.insert(id, Session::default());
        id
    }

    /// Forgets what was deleted and no session has selected.
    pub(super) fn sweep(&mut self) {
        let sessions = &self.sessions;
        let is_open = |key: Key| sessions.values().any(|session| session.has(key));
        let gone: Vec<Key> = self.dropped.iter().copied().filter(|key| !is_open(*key)).collect();
        for key in gone {
            self.dropped.remove(&key);
            if let Some(mailbox) = self.mailboxes.remove(&key) {
                self.quota.free(Usage::messages(mailbox.len().into(), mailbox.size()));
            }
        }
    }

    const fn hierarchy(&self) -> Hierarchy {
        Hierarchy::new(Some(self.delimiter)).with_encoding(self.encoding)
    }

    /// What LIST has to know of a name.
    fn listed(&self, name: &MailboxName) -> Option<list::Mailbox> {
        let there = self.names.get(name)?;
        let mut mailbox = list::Mailbox::new(name.clone());
        mailbox.special_uses = there.uses.clone();
        Some(if there.mailbox.is_some() { mailbox } else { mailbox.no_select() })
    }

    /// The UIDVALIDITYs of so many new mailboxes, if there can be as many more.
    fn room_for(&mut self, mailboxes: usize) -> Result<Vec<UidValidity>, Refused> {
        self.quota.fits(Usage::mailboxes(u64::try_from(mailboxes).unwrap_or(u64::MAX)))?;
        let since = self.since.into();
        Ok((0..mailboxes).map(|_| self.validities.fresh(since)).collect::<Result<_, _>>()?)
    }

    fn make(&mut self, name: MailboxName, uses: ListAttributes, validity: UidValidity) -> Key {
        self.quota.add(Usage::mailboxes(1));
        let key = Key(self.next_key);
        self.next_key = self.next_key.saturating_add(1);
        self.mailboxes.insert(key, Mailbox::new(validity, self.ids.mailbox()));
        self.names.insert(name, Name { mailbox: Some(key), uses });
        key
    }

    /// A mailbox gets another name, under which there may have been one with a greater UIDVALIDITY
    /// (RFC 3501 §2.3.1.1): it gets a greater one.
    fn validity_under_another_name(&mut self, own: UidValidity) -> Result<UidValidity, Refused> {
        let former = Some(self.retired).filter(|retired| retired.get() > 0);
        Ok(self.validities.renamed(own, former, self.since.into())?)
    }

    /// The name that a mailbox had may be used again.
    fn retire(&mut self, key: Key) {
        let validity = self.mailboxes.get(&key).map(Mailbox::uid_validity);
        self.retired = validity.into_iter().fold(self.retired, Ord::max);
    }

    /// RFC 9051 §6.3.6: "Renaming INBOX […] moves all messages in INBOX to a new mailbox with the given
    /// name, leaving INBOX empty." The last of the new names is that one, the others stand above it.
    fn move_inbox(&mut self, names: Vec<MailboxName>) -> Result<(), Refused> {
        let Some(inbox) = self.key(&MailboxName::inbox()) else { return Ok(()) };
        let Some(mailbox) = self.mailboxes.get(&inbox) else { return Ok(()) };
        // All that can fail comes before anything is changed.
        mailbox.next_mod_seq()?;
        let uids: Vec<Uid> = mailbox.iter().map(|one| one.uid).collect();
        let validities = self.room_for(names.len())?;
        let mut to = inbox;
        for (name, validity) in names.into_iter().zip(validities) {
            to = self.make(name, ListAttributes::new(), validity);
        }
        self.relocate_to(inbox, &uids, to)?;
        Ok(())
    }
}

/// What messages take.
pub(super) fn usage<'a>(messages: impl Iterator<Item = &'a NewMessage>) -> Usage {
    messages.fold(Usage::default(), |sum, message| sum.plus(Usage::messages(1, message.size())))
}

/// The longest name of a mailbox. Names stay as subscriptions, so they are bounded.
const NAME: usize = 1024;

fn short(name: &MailboxName) -> Result<(), Refused> {
    match name.as_bytes().len() <= NAME {
        true => Ok(()),
        false => Err(Refused::no(PlainCode::Cannot, "The name is too long.")),
    }
}
