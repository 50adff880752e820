//! What one session does in the mailbox that it has selected.

use alloc::vec::Vec;

use postrider_imap::{
    CommandName, FetchItem, Flag, FlagSet, MailboxName, MessageNumber, ModSeq, NumberRange,
    ObjectId, PlainCode, Qresync, Status, Uid, UidSet, UidValidity,
};

use super::account::{Account, Key};
use super::mailbox::Mailbox;
use crate::flags::Tells;
use crate::resync::Known;
use crate::view::{Access, Extension, Permit, Update, View, Viewed};
use crate::{Messages, Refused};

/// A session of an [`Account`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub(super) u64);

/// What a session has open.
#[derive(Debug, Default)]
pub(super) struct Session {
    selected: Option<Open>,
    extensions: Vec<Extension>,
}

#[derive(Debug)]
pub(super) struct Open {
    pub(super) key: Key,
    pub(super) view: View,
    access: Access,
    /// The FLAGS that it was told.
    flags: FlagSet,
}

impl Session {
    pub(super) fn has(&self, key: Key) -> bool {
        self.selected.as_ref().is_some_and(|open| open.key == key)
    }

    /// The view of this mailbox, if the session has it open.
    pub(super) fn view_of(&mut self, key: Key) -> Option<&mut View> {
        self.selected.as_mut().filter(|open| open.key == key).map(|open| &mut open.view)
    }
}

/// What SELECT and EXAMINE tell (RFC 9051 §6.3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Selected {
    /// EXISTS
    pub exists: u32,
    /// RECENT, for sessions of IMAP4rev1.
    pub recent: u32,
    /// UNSEEN, for sessions of IMAP4rev1: the first message that is not `\Seen`.
    pub unseen: Option<MessageNumber>,
    /// FLAGS
    pub flags: FlagSet,
    /// PERMANENTFLAGS
    pub permanent: FlagSet,
    /// UIDVALIDITY
    pub uid_validity: UidValidity,
    /// UIDNEXT
    pub uid_next: Uid,
    /// HIGHESTMODSEQ
    pub highest_mod_seq: ModSeq,
    /// MAILBOXID (RFC 8474)
    pub mailbox_id: Option<ObjectId>,
    /// Whether it is `READ-ONLY`.
    pub access: Access,
    /// With QRESYNC: VANISHED (EARLIER), which goes before every FETCH.
    pub vanished: Option<UidSet>,
    /// With QRESYNC: the messages of which UID, FLAGS and MODSEQ are told.
    pub changed: Vec<(MessageNumber, Uid)>,
}

/// The mailbox that a session has selected, as it sees it: with its own `\Recent`.
#[derive(Clone, Copy, Debug)]
pub struct Opened<'a> {
    mailbox: &'a Mailbox,
    view: &'a View,
    access: Access,
}

impl<'a> Opened<'a> {
    /// The mailbox.
    #[must_use]
    pub const fn mailbox(self) -> &'a Mailbox {
        self.mailbox
    }

    /// What the session sees of it.
    #[must_use]
    pub const fn view(self) -> &'a View {
        self.view
    }

    /// Its messages, with the session's own `\Recent`.
    #[must_use]
    pub const fn messages(self) -> Viewed<'a, Mailbox> {
        self.view.over(self.mailbox)
    }

    /// Whether the session may change it.
    #[must_use]
    pub const fn access(self) -> Access {
        self.access
    }
}

/// The command needs a mailbox that is selected, and there is none.
pub(super) fn nothing_selected() -> Refused {
    Refused::bad("No mailbox is selected.")
}

fn no_session() -> Refused {
    Refused::bad("There is no such session.")
}

impl Account {
    /// A session begins, with nothing selected.
    pub fn open(&mut self) -> SessionId {
        self.new_session()
    }

    /// A session ends, and expunges nothing.
    pub fn close(&mut self, session: SessionId) {
        self.sessions.remove(&session);
        self.sweep();
    }

    /// ENABLE, now and for what the session selects later.
    pub fn enable(&mut self, session: SessionId, extension: Extension) {
        let Some(session) = self.sessions.get_mut(&session) else { return };
        if session.extensions.contains(&extension) {
            return;
        }
        session.extensions.push(extension);
        if let Some(open) = &mut session.selected {
            open.view.enable(extension);
        }
    }

    /// SELECT, or EXAMINE. What was selected before is not, whatever comes of it.
    ///
    /// # Errors
    ///
    /// NO: there is no such mailbox.
    pub fn select(
        &mut self,
        session: SessionId,
        name: &MailboxName,
        access: Access,
        qresync: Option<&Qresync>,
    ) -> Result<Selected, Refused> {
        self.unselect(session);
        let key = self.key(name).ok_or_else(|| Refused::missing(CommandName::Select))?;
        let mailbox =
            self.mailboxes.get(&key).ok_or_else(|| Refused::missing(CommandName::Select))?;
        let session = self.sessions.get_mut(&session).ok_or_else(no_session)?;
        let view = View::new(mailbox.numbering()).with_recents(&mailbox.recents, access);
        let view = session.extensions.iter().fold(view, |view, extension| view.with(*extension));
        let unseen = mailbox.iter().find(|one| !one.flags.contains(&Flag::Seen));
        let known = qresync.and_then(|qresync| Known::from_select(qresync, mailbox.uid_validity()));
        let changed = known.iter().flat_map(|known| {
            view.iter()
                .filter(|(_, uid)| mailbox.get(*uid).is_some_and(|one| known.is_changed(one)))
        });
        let selected = Selected {
            exists: view.exists(),
            recent: view.recent(),
            unseen: unseen.and_then(|unseen| view.number(unseen.uid)),
            flags: mailbox.flags.flags().clone(),
            permanent: match access {
                Access::ReadWrite => mailbox.flags.permanent(),
                Access::ReadOnly => FlagSet::new(),
            },
            uid_validity: mailbox.uid_validity(),
            uid_next: mailbox.uid_next(),
            highest_mod_seq: mailbox.highest_mod_seq(),
            mailbox_id: mailbox.mailbox_id().cloned(),
            access,
            vanished: known.as_ref().and_then(|known| {
                let exist = view.known().map(NumberRange::from);
                known.vanished(&mailbox.expunged, exist, mailbox.uid_next())
            }),
            changed: changed.collect(),
        };
        session.selected = Some(Open { key, view, access, flags: selected.flags.clone() });
        Ok(selected)
    }

    /// UNSELECT (RFC 9051 §6.4.2), and what CLOSE does after EXAMINE: nothing is expunged.
    pub fn unselect(&mut self, session: SessionId) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.selected = None;
        }
        self.sweep();
    }

    /// The mailbox that the session has selected: what FETCH, SEARCH, SORT and THREAD ask.
    ///
    /// # Errors
    ///
    /// BAD: it has none.
    pub fn opened(&self, session: SessionId) -> Result<Opened<'_>, Refused> {
        let session = self.sessions.get(&session).ok_or_else(no_session)?;
        let open = session.selected.as_ref().ok_or_else(nothing_selected)?;
        let mailbox = self.mailboxes.get(&open.key).ok_or_else(nothing_selected)?;
        Ok(Opened { mailbox, view: &open.view, access: open.access })
    }

    /// The view of the session, to save the result of a search in or to ask for news.
    ///
    /// # Errors
    ///
    /// BAD: it has selected nothing.
    pub fn view_mut(&mut self, session: SessionId) -> Result<&mut View, Refused> {
        let session = self.sessions.get_mut(&session).ok_or_else(no_session)?;
        session.selected.as_mut().map(|open| &mut open.view).ok_or_else(nothing_selected)
    }

    /// The next thing that the session has not been told, as far as that may be; ask until there is
    /// nothing left. What FETCH tells is [`Account::news_of`] the message.
    pub fn tell(&mut self, session: SessionId, permit: Permit) -> Option<Update> {
        self.view_mut(session).ok()?.tell(permit)
    }

    /// FLAGS, and PERMANENTFLAGS, which are to be told before anything else, where others have made
    /// keywords since.
    pub fn new_flags(&mut self, session: SessionId) -> Option<(FlagSet, FlagSet)> {
        let open = self.sessions.get_mut(&session)?.selected.as_mut()?;
        let flags = &self.mailboxes.get(&open.key)?.flags;
        if *flags.flags() == open.flags {
            return None;
        }
        open.flags.clone_from(flags.flags());
        let permanent = match open.access {
            Access::ReadWrite => flags.permanent(),
            Access::ReadOnly => FlagSet::new(),
        };
        Some((open.flags.clone(), permanent))
    }

    /// What a FETCH response tells of a message that was changed: UID, FLAGS and MODSEQ, each where it
    /// is wanted. `None` when it is gone.
    #[must_use]
    pub fn news_of(&self, session: SessionId, uid: Uid, tells: Tells) -> Option<Vec<FetchItem>> {
        let opened = self.opened(session).ok()?;
        opened.view.number(uid)?;
        let messages = opened.messages();
        let Ok(metadata) = messages.metadata(uid);
        let metadata = metadata?;
        Some(tells.items(&metadata))
    }

    pub(super) fn selected(&self, session: SessionId) -> Result<&Open, Refused> {
        let session = self.sessions.get(&session).ok_or_else(no_session)?;
        session.selected.as_ref().ok_or_else(nothing_selected)
    }

    pub(super) fn writable(&self, session: SessionId) -> Result<Key, Refused> {
        let open = self.selected(session)?;
        match open.access {
            Access::ReadWrite => Ok(open.key),
            Access::ReadOnly => Err(Status::no("The mailbox is read only.")
                .with_code(PlainCode::ReadOnly.into())
                .into()),
        }
    }
}
