//! Commands about mailboxes: SELECT, CREATE, LIST, STATUS and their kin.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_imap::server::{Feature, SelectData, Server};
use postrider_imap::{
    Command, CommandName, FetchItem, ListCommand, ListResponse, MailboxEncoding, MailboxName,
    Response, SelectParameters,
};

use super::super::{Account, Selected};
use super::replies::done_with;
use super::{Service, Work};
use crate::Refused;
use crate::flags::Tells;
use crate::list::Listing;
use crate::quota::quota_roots;
use crate::view::Access;

impl Service {
    /// Carries out a command about mailboxes; gives back any other.
    pub(super) fn on_names(
        &mut self,
        server: &mut Server,
        account: &mut Account,
        command: Command,
    ) -> Result<Option<Command>, Refused> {
        let wire = Wire::of(server);
        let status = match command {
            Command::Select { mailbox, parameters } => {
                let mailbox = wire.read(&mailbox)?;
                self.select(server, account, &mailbox, &parameters, Access::ReadWrite)?;
                return Ok(None);
            }
            Command::Examine { mailbox, parameters } => {
                let mailbox = wire.read(&mailbox)?;
                self.select(server, account, &mailbox, &parameters, Access::ReadOnly)?;
                return Ok(None);
            }
            Command::Close | Command::Unselect => {
                if matches!(command, Command::Close) && server.is_read_write() {
                    account.expunge(self.session, None)?;
                }
                account.unselect(self.session);
                server.completed()
            }
            Command::Create(mut create) => {
                create.mailbox = wire.read(&create.mailbox)?;
                account.create(&create)?;
                let id = account.mailbox(&create.mailbox).and_then(|one| one.mailbox_id());
                done_with(server, id.cloned().map(postrider_imap::Code::MailboxId))
            }
            Command::Delete(mailbox) => {
                account.delete(&wire.read(&mailbox)?)?;
                server.completed()
            }
            Command::Rename { from, to } => {
                account.rename(&wire.read(&from)?, &wire.read(&to)?)?;
                server.completed()
            }
            Command::Subscribe(mailbox) => {
                account.subscribe(&wire.read(&mailbox)?)?;
                server.completed()
            }
            Command::Unsubscribe(mailbox) => {
                account.unsubscribe(&wire.read(&mailbox)?);
                server.completed()
            }
            Command::List(list) => {
                self.list(account, wire, list)?;
                server.completed()
            }
            Command::Lsub { reference, pattern } => {
                let reference = wire.read(&reference)?;
                let pattern = wire.pattern(&pattern)?;
                let listing = Listing::lsub(&reference, pattern, Some(account.delimiter()));
                self.tell_listing(account, wire, &listing);
                server.completed()
            }
            Command::Status { mailbox, items } => {
                let mut status = account.status(&wire.read(&mailbox)?, &items)?;
                status.mailbox = mailbox;
                self.answer(status);
                server.completed()
            }
            Command::GetQuota(root) => {
                if account.quota().root() != &root {
                    return Err(Refused::missing(CommandName::GetQuota));
                }
                self.answer(account.quota().response());
                server.completed()
            }
            Command::GetQuotaRoot(mailbox) => {
                account
                    .mailbox(&wire.read(&mailbox)?)
                    .ok_or_else(|| Refused::missing(CommandName::GetQuotaRoot))?;
                self.answer(quota_roots(mailbox, &[account.quota().root()]));
                self.answer(account.quota().response());
                server.completed()
            }
            Command::SetQuota { root, limits } => {
                if account.quota().root() != &root {
                    return Err(Refused::missing(CommandName::SetQuota));
                }
                account.quota_mut().set(&limits)?;
                self.answer(account.quota().response());
                server.completed()
            }
            other => return Ok(Some(other)),
        };
        self.end(account, status);
        Ok(None)
    }

    fn select(
        &mut self,
        server: &mut Server,
        account: &mut Account,
        mailbox: &MailboxName,
        parameters: &SelectParameters,
        access: Access,
    ) -> Result<(), Refused> {
        let selected =
            account.select(self.session, mailbox, access, parameters.qresync.as_ref())?;
        let listed = Wire::of(server).write(mailbox);
        // It is asked for, so this is no misuse.
        let _ = server.begin_select(&select_data(account, listed, &selected));
        if let Some(uids) = selected.vanished {
            self.answer(Response::Vanished { earlier: true, uids });
        }
        let uid_only = server.enabled_features().contains(Feature::UidOnly);
        let tells = Tells::flags().with_all();
        for (number, uid) in selected.changed {
            let told = account.news_of(self.session, uid, tells).unwrap_or_default();
            let mut items: Vec<FetchItem> = [FetchItem::Uid(uid)].into();
            items.extend(told);
            self.answer(match uid_only {
                true => Response::UidFetch { uid, items },
                false => Response::Fetch { number, items },
            });
        }
        self.work.push_back(Work::End(server.completed()));
        Ok(())
    }

    fn list(
        &mut self,
        account: &Account,
        wire: Wire,
        mut list: ListCommand,
    ) -> Result<(), Refused> {
        list.reference = wire.read(&list.reference)?;
        for pattern in &mut list.patterns {
            *pattern = wire.pattern(pattern)?;
        }
        // RFC 3348 §3 tells it without being asked.
        let listing = account.list(&list)?.telling_children();
        self.tell_listing(account, wire, &listing);
        Ok(())
    }

    fn tell_listing(&mut self, account: &Account, wire: Wire, listing: &Listing) {
        for told in account.answers(listing) {
            let items = listing.status_items();
            let status = told.status.then(|| account.status(&told.response.mailbox, items).ok());
            self.answer(wire.list(told.response));
            if let Some(mut status) = status.flatten() {
                status.mailbox = wire.write(&status.mailbox);
                self.answer(status);
            }
        }
    }
}

fn select_data(account: &Account, name: MailboxName, selected: &Selected) -> SelectData {
    let mut data = SelectData::new(selected.exists);
    data.recent = selected.recent;
    data.flags = selected.flags.clone();
    data.permanent_flags = Some(selected.permanent.clone());
    data.unseen = selected.unseen.map(postrider_imap::MessageNumber::get);
    data.uid_validity = Some(selected.uid_validity);
    data.uid_next = Some(selected.uid_next);
    data.highest_mod_seq = Some(selected.highest_mod_seq);
    data.mailbox_id = selected.mailbox_id.clone();
    data.read_write = selected.access == Access::ReadWrite;
    data.list = Some(ListResponse::new([].into(), Some(account.delimiter()), name));
    data
}

/// How names cross the wire: in UTF-8 once IMAP4rev2 or `UTF8=ACCEPT` is enabled (RFC 9051 §5.1,
/// RFC 9755 §3), else as the account has them, in modified UTF-7.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire {
    utf8: bool,
}

impl Wire {
    pub(super) fn of(server: &Server) -> Self {
        let enabled = server.enabled_features();
        let utf8 = [Feature::Imap4Rev2, Feature::Utf8Accept];
        Self { utf8: utf8.iter().any(|feature| enabled.contains(*feature)) }
    }

    /// A name as the account has it.
    pub(super) fn read(self, name: &MailboxName) -> Result<MailboxName, Refused> {
        self.between(name, MailboxEncoding::Utf8, MailboxEncoding::ModifiedUtf7)
            .ok_or_else(|| Refused::bad("No name of a mailbox."))
    }

    /// A name as the client reads it.
    pub(super) fn write(self, name: &MailboxName) -> MailboxName {
        let written = self.between(name, MailboxEncoding::ModifiedUtf7, MailboxEncoding::Utf8);
        written.unwrap_or_else(|| name.clone())
    }

    fn between(
        self,
        name: &MailboxName,
        from: MailboxEncoding,
        to: MailboxEncoding,
    ) -> Option<MailboxName> {
        let plain = name.as_bytes().iter().all(|octet| octet.is_ascii() && *octet != b'&');
        if !self.utf8 || plain {
            return Some(name.clone());
        }
        recoded(name, from, to)
    }

    /// A pattern as the account has it: its wildcards stay what they are.
    fn pattern(self, pattern: &Bytes) -> Result<Bytes, Refused> {
        if pattern.is_empty() {
            return Ok(pattern.clone());
        }
        let bad = |_| Refused::bad("No pattern of mailbox names.");
        let name = self.read(&MailboxName::new(pattern.clone()).map_err(bad)?)?;
        Ok(Bytes::copy_from_slice(name.as_bytes()))
    }

    fn list(self, mut told: ListResponse) -> ListResponse {
        told.mailbox = self.write(&told.mailbox);
        told
    }
}

#[cfg(feature = "std")]
fn recoded(name: &MailboxName, from: MailboxEncoding, to: MailboxEncoding) -> Option<MailboxName> {
    MailboxName::encode(&name.decode(from).ok()?, to).ok()
}

/// Without `std` there is no UTF-7: names are the octets that they are.
#[cfg(not(feature = "std"))]
fn recoded(name: &MailboxName, _: MailboxEncoding, _: MailboxEncoding) -> Option<MailboxName> {
    Some(name.clone())
}
