//! Commands about messages: FETCH, STORE, SEARCH, COPY and their kin.

use alloc::boxed::Box;
use alloc::vec::Vec;

use postrider_imap::server::{Feature, Server};
use postrider_imap::{
    Command, FetchAttributes, FetchModifiers, MailboxName, MessageSet, NumberRange, Response,
    SearchCommand, SortCommand, Status, StoreCommand, ThreadCommand, UidRanges,
};

use super::super::Account;
use super::names::Wire;
use super::replies::{done_at, done_with, permanent_flags};
use super::{Service, Work};
use crate::results::{Found, Returns};
use crate::resync::Known;
use crate::search::{Scope, Search, run};
use crate::sort::Sort;
use crate::thread::{Algorithm, Threads};
use crate::view::{Access, View};
use crate::{Fetch, Refused, Telling};

impl Service {
    /// Carries out a command about messages; any other is not for memory.
    pub(super) fn on_messages(
        &mut self,
        server: &mut Server,
        account: &mut Account,
        command: Command,
    ) -> Result<(), Refused> {
        let status = match command {
            Command::Fetch { set, uid, attributes, modifiers } => {
                return self.fetch(server, account, &set, uid, attributes, &modifiers);
            }
            Command::Store(store) => self.store(server, account, &store)?,
            Command::Search(search) => self.search(server, account, &search)?,
            Command::Sort(sort) => self.sort(server, account, &sort)?,
            Command::Thread(thread) => self.thread(server, account, &thread)?,
            Command::Expunge => {
                let highest = account.expunge(self.session, None)?;
                done_at(server, highest)
            }
            Command::UidExpunge(set) => {
                let highest = account.expunge(self.session, Some(&set))?;
                done_at(server, highest)
            }
            Command::Copy { set, uid, mailbox } => {
                let mailbox = Wire::of(server).read(&mailbox)?;
                let copied = account.copy(self.session, &set, uid, &mailbox)?;
                done_with(server, copied.code())
            }
            Command::Move { set, uid, mailbox } => {
                self.relocate(server, account, &set, uid, &mailbox)?
            }
            _ => return Err(Refused::bad("not supported here")),
        };
        self.end(account, status);
        Ok(())
    }

    fn fetch(
        &mut self,
        server: &Server,
        account: &Account,
        set: &MessageSet,
        uid: bool,
        attributes: FetchAttributes,
        modifiers: &FetchModifiers,
    ) -> Result<(), Refused> {
        let opened = account.opened(self.session)?;
        let mut fetch = Fetch::new(attributes);
        if uid {
            fetch = fetch.by_uid();
        }
        if opened.access() == Access::ReadOnly {
            fetch = fetch.read_only();
        }
        let fetch = fetch.with_modifiers(modifiers)?;
        if let Some(since) = fetch.vanished_since() {
            let view = opened.view();
            let mailbox = opened.mailbox();
            let known = Known::new(since).with_uids(uids_of(set, view));
            let exist = view.known().map(NumberRange::from);
            let vanished = known.vanished(&mailbox.expunged, exist, mailbox.uid_next());
            if let Some(uids) = vanished {
                self.answer(Response::Vanished { earlier: true, uids });
            }
        }
        let named = opened.view().messages(set, uid)?.collect();
        let uid_only = server.enabled_features().contains(Feature::UidOnly);
        let telling = Telling::new(fetch, named).with_uid_only(uid_only);
        self.work.push_back(Work::Fetch(Box::new(telling)));
        Ok(())
    }

    fn store(
        &mut self,
        server: &Server,
        account: &mut Account,
        store: &StoreCommand,
    ) -> Result<Status, Refused> {
        let stored = account.store(self.session, store)?;
        if let Some((flags, permanent)) = account.new_flags(self.session) {
            self.answer(Response::Flags(flags));
            self.answer(Response::Status(permanent_flags(permanent)));
        }
        let uid_only = server.enabled_features().contains(Feature::UidOnly);
        for (number, items) in stored.told {
            let uid = account.opened(self.session)?.view().uid(number);
            self.answer(match uid.filter(|_| uid_only) {
                Some(uid) => Response::UidFetch { uid, items },
                None => Response::Fetch { number, items },
            });
        }
        Ok(stored.status)
    }

    fn scope<'a>(&self, account: &Account) -> Result<Scope<'a>, Refused> {
        let opened = account.opened(self.session)?;
        Ok(Scope::of(opened.view(), self.now.unix()).with_save_dates())
    }

    fn search(
        &mut self,
        server: &Server,
        account: &mut Account,
        command: &SearchCommand,
    ) -> Result<Status, Refused> {
        let search = Search::of(command, &self.scope(account)?);
        let search = self.or_clear(account, command.returns.is_some(), search)?;
        let mut returns = Returns::of_search(command, &search)?;
        if server.enabled_features().contains(Feature::Imap4Rev2) {
            returns = returns.with_rev2();
        }
        let opened = account.opened(self.session)?;
        let Ok(found) = run(&search, opened.view().iter(), &opened.messages());
        self.tell_found(server, account, &returns, &found)
    }

    fn sort(
        &mut self,
        server: &Server,
        account: &mut Account,
        command: &SortCommand,
    ) -> Result<Status, Refused> {
        let search = Search::of_sort(command, &self.scope(account)?);
        let search = self.or_clear(account, command.returns.is_some(), search)?;
        let returns = Returns::of_sort(command, &search)?;
        let sort = Sort::new(&command.criteria)?;
        let opened = account.opened(self.session)?;
        let messages = opened.messages();
        let Ok(found) = run(&search, opened.view().iter(), &messages);
        let Ok(order) = sort.sort(&messages, found.pairs());
        let found = found.in_order(&order);
        self.tell_found(server, account, &returns, &found)
    }

    /// RFC 5182 §2.1: a search that saves and fails with NO leaves nothing saved.
    fn or_clear<T, E: Into<Refused>>(
        &self,
        account: &mut Account,
        may_save: bool,
        found: Result<T, E>,
    ) -> Result<T, Refused> {
        found.map_err(|error| {
            let refused: Refused = error.into();
            if may_save
                && refused.status().kind == postrider_imap::StatusKind::No
                && let Ok(view) = account.view_mut(self.session)
            {
                view.clear_saved();
            }
            refused
        })
    }

    fn tell_found(
        &mut self,
        server: &Server,
        account: &mut Account,
        returns: &Returns,
        found: &Found,
    ) -> Result<Status, Refused> {
        if let Some(saved) = returns.saved(found) {
            account.view_mut(self.session)?.save_list(&saved);
        }
        let tag = server.tag().map_or_else(Vec::new, |tag| tag.as_bytes().to_vec());
        if let Some(response) = returns.response(tag, found) {
            self.answer(response);
        }
        Ok(server.completed())
    }

    fn thread(
        &mut self,
        server: &Server,
        account: &Account,
        command: &ThreadCommand,
    ) -> Result<Status, Refused> {
        let algorithm = Algorithm::of(&command.algorithm)?;
        let search = Search::of_thread(command, &self.scope(account)?)?;
        let opened = account.opened(self.session)?;
        let messages = opened.messages();
        let Ok(found) = run(&search, opened.view().iter(), &messages);
        let threads = Threads::new(algorithm);
        let Ok(thread) = threads.thread(&messages, found.pairs(), command.uid);
        self.answer(thread);
        Ok(server.completed())
    }

    /// RFC 6851 §4.3: COPYUID goes before what is gone.
    fn relocate(
        &mut self,
        server: &Server,
        account: &mut Account,
        set: &MessageSet,
        uid: bool,
        mailbox: &MailboxName,
    ) -> Result<Status, Refused> {
        let mailbox = Wire::of(server).read(mailbox)?;
        let moved = account.relocate(self.session, set, uid, &mailbox)?;
        if let Some(code) = moved.code() {
            self.answer(Response::Status(Status::ok("Messages moved").with_code(code)));
        }
        let highest = account.opened(self.session)?.mailbox().highest_mod_seq();
        let any = !moved.copied.is_empty();
        Ok(done_at(server, any.then_some(highest)))
    }
}

/// The UIDs that a set names, be they there or not: some went, of which the client is to hear.
fn uids_of(set: &MessageSet, view: &View) -> UidRanges {
    match set {
        MessageSet::Set(set) => {
            let ranges = set.resolve(u32::MAX).into_iter();
            let range = |range: core::ops::RangeInclusive<u32>| {
                let first = core::num::NonZeroU32::new(*range.start())?;
                Some(NumberRange::new(first, core::num::NonZeroU32::new(*range.end())?))
            };
            ranges.filter_map(range).collect()
        }
        MessageSet::Saved => view.saved().map(|(_, uid)| uid).collect(),
    }
}
