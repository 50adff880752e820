//! Verdicts: how the embedder answers a question.

use alloc::vec::Vec;
use core::time::Duration;

use postrider_wire::TimerKind;

use super::{Access, Asked, Delay, Phrase, Said, SelectData, Selecting, Server};
use crate::{Code, InvalidValue, PlainCode, Response, State, Status, StatusKind, Tag};
use crate::{CommandName, Error, Misuse};

/// What a question is answered by.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The tagged response.
    End(Status),
    /// That of a login, in the words of the machine, with the capabilities that are there then.
    LoggedIn,
    /// IDLE begins, or the messages of APPEND may come.
    Proceed,
}

impl Server {
    /// Grants what was asked: `OK … completed`. IDLE begins, and the messages of APPEND may come, where
    /// those were asked for.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing changed: when nothing was asked, when a payload is open, for
    /// SELECT and EXAMINE before [`Server::begin_select`], and for [`super::Event::Credential`], which
    /// is answered by [`Server::credential`].
    pub fn accept(&mut self) -> Result<(), Error> {
        let asked = self.pending().ok_or(Misuse::NothingPending)?;
        let verdict = match asked.name {
            _ if self.append_asked() => Verdict::Proceed,
            CommandName::Idle => Verdict::Proceed,
            CommandName::Login | CommandName::Authenticate => Verdict::LoggedIn,
            _ => Verdict::End(self.completed()),
        };
        self.grant(verdict)
    }

    /// As [`Server::accept`], with a status of your own, such as one with a response code. SELECT has
    /// its code from the machine in any case.
    ///
    /// # Errors
    ///
    /// As [`Server::accept`]; when the status is not OK; and for IDLE and [`super::Event::Append`],
    /// which are not completed by being granted.
    pub fn accept_with(&mut self, status: Status) -> Result<(), Error> {
        let asked = self.pending().ok_or(Misuse::NothingPending)?;
        if asked.name == CommandName::Idle || self.append_asked() {
            return Err(Misuse::NotNow.into());
        }
        if !status.is_ok() {
            return Err(InvalidValue::Combination.into());
        }
        self.grant(Verdict::End(status))
    }

    fn grant(&mut self, verdict: Verdict) -> Result<(), Error> {
        let asked = self.pending().ok_or(Misuse::NothingPending)?;
        let selecting = is_select(asked.name) && asked.selecting == Selecting::Asked;
        if selecting || self.awaits_credential() {
            return Err(Misuse::NotNow.into());
        }
        if self.in_payload() {
            return Err(Misuse::Payload.into());
        }
        self.stop_delay();
        self.verdict(verdict)
    }

    /// Selects the mailbox that was asked for: tells what is known of it, and accepts.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing changed, when no SELECT or EXAMINE waits.
    pub fn accept_select(&mut self, data: &SelectData) -> Result<(), Error> {
        self.begin_select(data)?;
        self.accept()
    }

    /// Tells what is known of the mailbox that was asked for. What QRESYNC asks for is told by
    /// [`Server::respond`] and [`Server::fetch_items`] then, and [`Server::accept`] ends it.
    ///
    /// # Errors
    ///
    /// As [`Server::accept_select`].
    pub fn begin_select(&mut self, data: &SelectData) -> Result<(), Error> {
        let asked = self.asked.as_mut().filter(|_| self.held.is_none() && self.next.is_none());
        let asked = asked.filter(|asked| is_select(asked.name)).ok_or(Misuse::NothingPending)?;
        if asked.selecting != Selecting::Asked {
            return Err(Misuse::NothingPending.into());
        }
        let read_write = data.read_write && asked.name == CommandName::Select;
        asked.selecting = Selecting::Told;
        self.access = if read_write { Access::ReadWrite } else { Access::ReadOnly };
        self.has_mod_seqs = data.highest_mod_seq.is_some();
        self.tell_mailbox(data);
        Ok(())
    }

    /// Refuses what was asked. A refused SELECT leaves no mailbox selected (RFC 3501 §6.3.1). A refused
    /// login is answered when [`crate::Limits::login_delay`] has passed since it was asked, twice that
    /// the second time, and so on: guessing takes time, and an unknown user cannot be told from a wrong
    /// password that took longer to check.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], with nothing changed: when nothing was asked, when a payload is open, or
    /// when the status is neither NO nor BAD.
    pub fn reject(&mut self, status: Status) -> Result<(), Error> {
        self.pending().ok_or(Misuse::NothingPending)?;
        check_refusal(&status)?;
        if self.in_payload() {
            return Err(Misuse::Payload.into());
        }
        self.verdict(Verdict::End(status))
    }

    /// Whatever the verdict on what was asked is, it takes effect no sooner than `after` from now: for
    /// a user that asks too often. Other commands of this client wait meanwhile. A delay that runs is
    /// never made shorter by this.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when nothing was asked.
    pub fn hold_back(&mut self, after: Duration) -> Result<(), Error> {
        self.pending().ok_or(Misuse::NothingPending)?;
        let mut timers = self.chassis.timers.as_slice().iter();
        let runs = timers.find(|timer| timer.kind == TimerKind::Delay).map(|timer| timer.after);
        let after = runs.map_or(after, |runs| after.max(runs));
        self.chassis.timers.start(TimerKind::Delay, after);
        self.delay = Delay::Any;
        Ok(())
    }

    /// The status by which [`Server::accept`] ends the command that waits for a verdict, to be given a
    /// response code and to [`Server::accept_with`].
    #[must_use]
    pub fn completed(&self) -> Status {
        let asked = self.pending().map(|asked| (asked.name, asked.uid));
        let (command, uid) = asked.unwrap_or((CommandName::Noop, false));
        Status::ok(self.words(Phrase::Completed { command, uid }))
    }

    /// The tag of the command that waits for a verdict: what ESEARCH tells, and what a search that is
    /// followed is known by.
    #[must_use]
    pub fn tag(&self) -> Option<&Tag> {
        self.pending().map(|asked| &asked.tag)
    }

    /// The question that waits for a verdict of the embedder.
    pub(super) fn pending(&self) -> Option<&Asked> {
        self.asked.as_ref().filter(|_| self.held.is_none() && self.next.is_none())
    }

    /// The verdict, now or when it may leave.
    pub(super) fn verdict(&mut self, verdict: Verdict) -> Result<(), Error> {
        if self.pending().is_none() {
            return Err(Misuse::NothingPending.into());
        }
        if self.chassis.timers.is_running(TimerKind::Delay) {
            self.held = Some(alloc::boxed::Box::new(verdict));
        } else {
            self.carry_out(verdict);
        }
        Ok(())
    }

    pub(super) fn carry_out(&mut self, verdict: Verdict) {
        self.delay = Delay::None;
        match verdict {
            Verdict::Proceed => {
                // News may have been told meanwhile, and `+` is a line of its own.
                self.close_fetch();
                if self.append_asked() {
                    self.append_accepted();
                } else {
                    self.begin_idle();
                }
            }
            Verdict::LoggedIn => self.end_command(None),
            Verdict::End(status) => self.end_command(Some(status)),
        }
    }

    /// The tagged response to what was asked; where no status is given, that of a login.
    fn end_command(&mut self, given: Option<Status>) {
        let Some(asked) = self.asked.take() else { return };
        let tells_capabilities = given.is_none();
        let mut status = given.unwrap_or_else(|| Status::ok(self.words(Phrase::LoggedIn)));
        self.close_fetch();
        let accepted = status.is_ok();
        let logs_in = matches!(asked.name, CommandName::Login | CommandName::Authenticate);
        if logs_in {
            self.end_login(accepted);
        }
        // BAD leaves the mailbox selected, unless another was begun to be told of.
        let carried_out = status.kind != StatusKind::Bad || asked.selecting == Selecting::Told;
        if asked.selecting == Selecting::Asked
            && carried_out
            && !accepted
            && self.state == State::Selected
        {
            self.tell_closed();
        }
        if carried_out {
            self.state = self.state.after(asked.name, accepted);
        }
        match asked.name {
            // What is there changes with a login (RFC 9051 §6.2.2).
            _ if tells_capabilities => {
                status.code = Some(Code::Capability(self.capabilities()));
            }
            CommandName::Select | CommandName::Examine if accepted => {
                status.code = Some(Code::Plain(match self.access {
                    Access::ReadWrite => PlainCode::ReadWrite,
                    Access::ReadOnly => PlainCode::ReadOnly,
                }));
            }
            CommandName::Unauthenticate if accepted => self.unauthenticated(),
            CommandName::Notify if accepted => self.notified = asked.notify,
            _ => {}
        }
        self.say_tagged(asked.tag, status);
        if self.append_asked() {
            self.append_refused();
        }
        // Before login every refusal counts, so that passwords cannot be tried for ever.
        if logs_in && !accepted {
            self.count_bad();
        }
    }

    /// RFC 7162 §3.2.11, RFC 9051 §6.3.2: where what is told of one mailbox ends.
    fn tell_closed(&mut self) {
        let features = self.config.features;
        let due = [super::Feature::Qresync, super::Feature::Imap4Rev2];
        if due.iter().any(|feature| features.contains(*feature)) {
            self.say_code(Code::Plain(PlainCode::Closed), Phrase::Closed);
        }
    }

    /// In the order of the sample session (RFC 3501 §8).
    fn tell_mailbox(&mut self, data: &SelectData) {
        if self.state == State::Selected {
            self.tell_closed();
        }
        let rev2 = self.enabled.contains(super::Feature::Imap4Rev2);
        self.say_response(&Response::Exists(data.exists));
        self.say_response(&Response::Flags(data.flags.clone()));
        if !rev2 {
            self.say_response(&Response::Recent(data.recent));
        }
        if let Some(unseen) = data.unseen.filter(|_| !rev2) {
            self.say_code(Code::Unseen(unseen), Phrase::FirstUnseen(unseen));
        }
        if let Some(validity) = data.uid_validity {
            self.say_code(Code::UidValidity(validity), Phrase::UidsValid);
        }
        if let Some(next) = data.uid_next {
            self.say_code(Code::UidNext(next), Phrase::NextUid);
        }
        if let Some(flags) = &data.permanent_flags {
            let keywords = flags.contains(&crate::Flag::Any);
            let phrase = Phrase::PermanentFlags { keywords };
            self.say_code(Code::PermanentFlags(flags.clone()), phrase);
        }
        if self.config.features.contains(super::Feature::CondStore) {
            match data.highest_mod_seq {
                Some(highest) => {
                    self.say_code(Code::HighestModSeq(highest), Phrase::HighestModSeq);
                }
                None => self.say_code(Code::Plain(PlainCode::NoModSeq), Phrase::NoModSeq),
            }
        }
        if let Some(id) = &data.mailbox_id
            && self.config.features.contains(super::Feature::ObjectId)
        {
            self.say_code(Code::MailboxId(id.clone()), Phrase::MailboxId);
        }
        if let Some(list) = &data.list
            && rev2
        {
            self.say_response(&Response::List(list.clone()));
        }
    }

    fn say_code(&mut self, code: Code, phrase: Phrase) {
        self.say_status(Status::ok(self.words(phrase)).with_code(code));
    }

    pub(super) fn say_response(&mut self, response: &Response) {
        let mut line = core::mem::take(&mut self.line);
        line.clear();
        response.write_with(&mut line, self.write_options());
        self.say(&line);
        self.keep_line(line);
    }

    /// An untagged status.
    pub(super) fn say_status(&mut self, status: Status) {
        self.say_response(&Response::Status(status));
    }

    /// The status that ends a command.
    pub(super) fn say_tagged(&mut self, tag: Tag, status: Status) {
        self.say_response(&Response::Tagged(tag, status));
    }

    /// `+`
    pub(super) fn say_go_ahead(&mut self, phrase: Phrase) {
        let text = self.words(phrase);
        self.say_response(&Response::Continue(crate::Continuation::new(text)));
    }

    /// Queues a line, or keeps it until there is room.
    pub(super) fn say(&mut self, line: &[u8]) {
        self.queue(line, Said::Whole);
    }

    /// Queues a part of a FETCH response, of which more follows.
    pub(super) fn say_part(&mut self, line: &[u8]) {
        self.queue(line, Said::Part);
    }

    fn queue(&mut self, line: &[u8], said: Said) {
        if !self.deferred.is_empty() || self.chassis.send(line).is_err() {
            self.deferred.push_back((line.to_vec(), said));
        } else {
            self.said = said;
        }
    }

    /// Keeps the memory of a line for the next one, if it is not much.
    pub(super) fn keep_line(&mut self, line: Vec<u8>) {
        if line.capacity() <= super::fetch::FRAGMENT.saturating_mul(2) {
            self.line = line;
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

pub(super) fn is_select(name: CommandName) -> bool {
    matches!(name, CommandName::Select | CommandName::Examine)
}
