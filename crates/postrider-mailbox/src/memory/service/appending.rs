//! APPEND and REPLACE: messages that come in.

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_imap::server::Server;
use postrider_imap::{
    AppendMessage, AppendTarget, CommandName, Error, MailboxName, MessageSet, Response,
    SequenceRange, SequenceSet, Status,
};

use super::super::{Account, NewMessage};
use super::Service;
use super::names::Wire;
use super::replies::done_with;
use crate::Refused;

/// The messages of one APPEND.
#[derive(Debug)]
pub(super) struct Incoming {
    target: AppendTarget,
    messages: Vec<(AppendMessage, Vec<u8>)>,
}

impl Service {
    pub(super) fn on_append(
        &mut self,
        server: &mut Server,
        account: &Account,
        mut target: AppendTarget,
    ) -> Result<(), Error> {
        let (name, command) = match &mut target {
            AppendTarget::Append(mailbox) => (mailbox, CommandName::Append),
            AppendTarget::Replace { mailbox, .. } => (mailbox, CommandName::Replace),
        };
        let found = Wire::of(server).read(name).and_then(|name| match account.mailbox(&name) {
            Some(_) => Ok(name),
            None => Err(Refused::missing(command)),
        });
        match found {
            Ok(found) => {
                *name = found;
                self.incoming = Some(Incoming { target, messages: Vec::new() });
                server.accept()
            }
            Err(refused) => server.reject(refused.into_status()),
        }
    }

    pub(super) fn begin_message(&mut self, message: AppendMessage) {
        if let Some(incoming) = &mut self.incoming {
            incoming.messages.push((message, Vec::new()));
        }
    }

    pub(super) fn on_chunk(&mut self, octets: &Bytes) {
        let messages = self.incoming.as_mut().map(|incoming| &mut incoming.messages);
        if let Some((_, message)) = messages.and_then(|messages| messages.last_mut()) {
            message.extend_from_slice(octets);
        }
    }

    pub(super) fn on_append_end(&mut self, server: &Server, account: &mut Account) {
        let status = match self.incoming.take() {
            Some(incoming) => self.append(server, account, incoming),
            None => Err(Refused::bad("No message came.")),
        };
        let status = status.unwrap_or_else(Refused::into_status);
        self.end(account, status);
    }

    fn append(
        &mut self,
        server: &Server,
        account: &mut Account,
        incoming: Incoming,
    ) -> Result<Status, Refused> {
        let now = self.now;
        let mut messages = incoming.messages.into_iter().map(|(told, octets)| {
            NewMessage::new(octets, told.date.unwrap_or(now)).with_flags(told.flags)
        });
        match incoming.target {
            AppendTarget::Append(mailbox) => {
                let code = account.append(&mailbox, messages.collect())?;
                Ok(done_with(server, code))
            }
            AppendTarget::Replace { uid, message, mailbox } => {
                let message: MessageSet = SequenceSet::from(SequenceRange::One(message)).into();
                let new = messages.next().ok_or_else(|| Refused::bad("No message came."))?;
                self.replace(server, account, &message, uid, &mailbox, new)
            }
        }
    }

    /// RFC 8508 §3.4: APPENDUID goes before what is gone.
    fn replace(
        &mut self,
        server: &Server,
        account: &mut Account,
        message: &MessageSet,
        by_uid: bool,
        mailbox: &MailboxName,
        new: NewMessage,
    ) -> Result<Status, Refused> {
        let opened = account.opened(self.session)?;
        let named = opened.view().messages(message, by_uid)?.next();
        let (_, uid) = named.ok_or_else(|| Refused::bad("There is no such message."))?;
        if let Some(code) = account.replace(self.session, uid, mailbox, new)? {
            self.answer(Response::Status(Status::ok("Replacement ready").with_code(code)));
        }
        Ok(server.completed())
    }
}
