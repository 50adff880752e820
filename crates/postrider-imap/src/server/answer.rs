//! Verdicts: how the embedder answers a question.

use alloc::vec::Vec;

use super::SelectData;
use super::{Access, Asked, Said, Server};
use crate::{
    Code, Flag, InvalidValue, MessageNumber, PlainCode, Response, Status, StatusKind, Tag, Text,
};
use crate::{CommandName, Error, Misuse};

impl Server {
    /// Grants what was asked: `OK … completed`.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing changed: when nothing was asked, when a payload is open, and
    /// for [`super::Event::Select`], which is granted by [`Server::accept_select`].
    pub fn accept(&mut self) -> Result<(), Error> {
        self.accept_with(None)
    }

    /// As [`Server::accept`], with a text in place of `… completed`. [`super::Event::Idle`] and
    /// [`super::Event::Append`] are not completed by being granted: there it is not said.
    ///
    /// # Errors
    ///
    /// As [`Server::accept`].
    pub fn accept_with(&mut self, text: Option<Text>) -> Result<(), Error> {
        let asked =
            self.asked().filter(|asked| !is_select(asked.name)).ok_or(Misuse::NothingPending)?;
        if self.append_asked() {
            self.append_accepted();
            return Ok(());
        }
        if asked.name == CommandName::Idle {
            self.close_fetch();
            self.begin_idle();
            return Ok(());
        }
        let text = text.unwrap_or_else(|| completed(asked.name, asked.uid));
        self.verdict(Status::ok(text))
    }

    /// Selects the mailbox that was asked for.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing changed, when no [`super::Event::Select`] waits.
    pub fn accept_select(&mut self, data: SelectData) -> Result<(), Error> {
        let asked =
            self.asked().filter(|asked| is_select(asked.name)).ok_or(Misuse::NothingPending)?;
        let name = asked.name;
        let read_write = data.read_write && name == CommandName::Select;
        self.tell_mailbox(&data);
        self.access = if read_write { Access::ReadWrite } else { Access::ReadOnly };
        let code = if read_write {
            Code::Plain(PlainCode::ReadWrite)
        } else {
            Code::Plain(PlainCode::ReadOnly)
        };
        self.verdict(Status::ok(completed(name, false)).with_code(code))
    }

    /// Refuses what was asked.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing changed: when nothing was asked, when a payload is open, or
    /// when the status is neither NO nor BAD.
    pub fn reject(&mut self, status: Status) -> Result<(), Error> {
        self.asked().ok_or(Misuse::NothingPending)?;
        check_refusal(&status)?;
        self.verdict(status)
    }

    /// Tells how many messages there are.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] in no selected mailbox; unless the client idles, or one of
    /// [`super::Event::Noop`], [`super::Event::Idle`], [`super::Event::Fetch`],
    /// [`super::Event::Store`], [`super::Event::Append`] and [`super::Event::AppendEnd`] waits; and
    /// [`Misuse::Full`] without room in the outbox.
    pub fn exists(&mut self, messages: u32) -> Result<(), Error> {
        self.news(&Response::Exists(messages))
    }

    /// Tells how many messages are `\Recent`.
    ///
    /// # Errors
    ///
    /// As [`Server::exists`].
    pub fn recent(&mut self, messages: u32) -> Result<(), Error> {
        self.news(&Response::Recent(messages))
    }

    /// Tells that the message with this number is gone, and that those behind it have moved up.
    ///
    /// # Errors
    ///
    /// As [`Server::exists`], and [`Misuse::NothingPending`] while [`super::Event::Fetch`] or
    /// [`super::Event::Store`] waits: the client could not know which messages its numbers mean
    /// (RFC 3501 §7.4.1).
    pub fn expunge(&mut self, number: MessageNumber) -> Result<(), Error> {
        let numbered = [CommandName::Fetch, CommandName::Store];
        if self.asked().is_some_and(|asked| numbered.contains(&asked.name)) {
            return Err(Misuse::NothingPending.into());
        }
        self.may_tell()?;
        self.news(&Response::Expunge(number))
    }

    fn news(&mut self, news: &Response) -> Result<(), Error> {
        self.may_tell()?;
        self.close_fetch();
        self.say_response(news);
        Ok(())
    }

    fn asked(&self) -> Option<&Asked> {
        self.asked.as_ref()
    }

    pub(super) fn verdict(&mut self, status: Status) -> Result<(), Error> {
        if self.in_payload() {
            return Err(Misuse::Payload.into());
        }
        let asked = self.asked.take().ok_or(Misuse::NothingPending)?;
        self.close_fetch();
        let accepted = status.is_ok();
        if accepted || status.kind == StatusKind::No {
            self.state = self.state.after(asked.name, accepted);
        }
        self.say_tagged(&asked.tag, &status);
        if asked.name == CommandName::Append && self.append_asked() {
            self.append_refused();
        }
        // Before login every refusal counts, so that passwords cannot be tried for ever.
        if asked.name == CommandName::Login && !accepted {
            self.count_bad();
        }
        Ok(())
    }

    /// In the order of the sample session (RFC 3501 §8).
    fn tell_mailbox(&mut self, data: &SelectData) {
        self.say_response(&Response::Exists(data.exists));
        self.say_response(&Response::Flags(data.flags.clone()));
        self.say_response(&Response::Recent(data.recent));
        if let Some(unseen) = data.unseen {
            let text = alloc::format!("Message {unseen} is the first unseen message");
            self.say_code(Code::Unseen(unseen), text);
        }
        if let Some(validity) = data.uid_validity {
            self.say_code(Code::UidValidity(validity), "UIDs valid");
        }
        if let Some(next) = data.uid_next {
            self.say_code(Code::UidNext(next), "Predicted next UID");
        }
        if let Some(flags) = &data.permanent_flags {
            let text = if flags.contains(&Flag::Any) { "Flags and keywords" } else { "Limited" };
            self.say_code(Code::PermanentFlags(flags.clone()), text);
        }
    }

    fn say_code(&mut self, code: Code, text: impl Into<bytes::Bytes>) {
        // The texts of this crate have no line ends.
        let text = Text::new(text).unwrap_or_default();
        self.say_status(&Status::ok(text).with_code(code));
    }

    pub(super) fn say_response(&mut self, response: &Response) {
        let mut line = Vec::new();
        response.write(&mut line);
        self.say(line);
    }

    /// An untagged status.
    pub(super) fn say_status(&mut self, status: &Status) {
        self.say_response(&Response::Status(status.clone()));
    }

    /// The status that ends a command.
    pub(super) fn say_tagged(&mut self, tag: &Tag, status: &Status) {
        self.say_response(&Response::Tagged(tag.clone(), status.clone()));
    }

    /// Queues a line, or keeps it until there is room.
    pub(super) fn say(&mut self, line: Vec<u8>) {
        self.queue(line, Said::Whole);
    }

    /// Queues a part of a FETCH response, of which more follows.
    pub(super) fn say_part(&mut self, line: Vec<u8>) {
        self.queue(line, Said::Part);
    }

    fn queue(&mut self, line: Vec<u8>, said: Said) {
        if !self.deferred.is_empty() || self.chassis.send(&line).is_err() {
            self.deferred.push_back((line, said));
        } else {
            self.said = said;
        }
    }
}

/// A refusal is NO or BAD.
pub(super) fn check_refusal(status: &Status) -> Result<(), Error> {
    match status.kind {
        StatusKind::No | StatusKind::Bad => Ok(()),
        _ => Err(InvalidValue::Combination.into()),
    }
}

fn is_select(name: CommandName) -> bool {
    matches!(name, CommandName::Select | CommandName::Examine)
}

/// `FETCH completed`
pub(super) fn completed(name: CommandName, uid: bool) -> Text {
    let uid = if uid { "UID " } else { "" };
    Text::new(alloc::format!("{uid}{name} completed")).unwrap_or_default()
}
