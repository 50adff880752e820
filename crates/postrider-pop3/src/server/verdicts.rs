//! The embedder's answers.

use alloc::format;

use bytes::{Buf, Bytes};
use core::time::Duration;
use postrider_wire::dot::{StuffError, Stuffer};
use postrider_wire::{Direction, TimerKind, Unit};

use super::{Payload, Phase, Question, Server, Stage, TopEnd};
use crate::{Error, Keyword, Maildrop, Misuse, Reply, ResponseCode, State, Status};

impl Question {
    /// The command, if it is a question about a login.
    fn login(self) -> Option<Keyword> {
        match self {
            Self::Login => Some(Keyword::Pass),
            Self::Credential | Self::Identity => Some(Keyword::Auth),
            Self::Apop => Some(Keyword::Apop),
            Self::Retrieve { .. } | Self::Commit => None,
        }
    }
}

impl Server {
    /// Lets the user of [`super::Event::Login`], [`super::Event::Authenticated`] or [`super::Event::Apop`] in:
    /// this is the maildrop, and it is locked.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no login waits.
    pub fn accept_login(&mut self, maildrop: Maildrop) -> Result<(), Error> {
        let by = match self.phase {
            Phase::Asking(Question::Login) => Keyword::Pass,
            Phase::Asking(Question::Identity) => Keyword::Auth,
            Phase::Asking(Question::Apop) => Keyword::Apop,
            _ => return Err(Self::NOTHING_PENDING),
        };
        self.keep_identity();
        self.chassis.timers.stop(TimerKind::Delay);
        self.maildrop = maildrop;
        // The name is shown only if it could not be taken for anything else.
        let user = self.user.take();
        let owner = user.as_ref().map(|name| name.as_str());
        let owner = owner.filter(|name| name.bytes().all(|octet| octet.is_ascii_alphanumeric()));
        let text = match owner {
            Some(name) => format!("{name}'s maildrop has {}", self.contents()),
            None => format!("maildrop has {}", self.contents()),
        };
        self.settle(by, true);
        self.say_ok(text);
        self.next_command();
        Ok(())
    }

    /// Says yes to [`super::Event::Retrieve`] (the octets follow through
    /// [`Server::write_payload`]) or to [`super::Event::Commit`] (the messages are removed).
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when neither waits.
    pub fn accept(&mut self) -> Result<(), Error> {
        match self.phase {
            Phase::Asking(Question::Retrieve { octets, lines }) => {
                match lines {
                    // A number that clients read, next to a word that they know it by.
                    None => self.say_numbers(format!("{octets} octets")),
                    Some(_) => self.say_ok("top of message follows"),
                }
                let stuffer = Stuffer::new(self.config.newlines);
                let (declared, top) = (octets, lines.map(TopEnd::new));
                let stage = Stage::Writing;
                self.phase = Phase::Payload(Payload { stuffer, declared, top, stage });
                Ok(())
            }
            Phase::Asking(Question::Commit) => {
                let left = match self.maildrop.drop_listing().messages {
                    0 => format!("{} signing off (maildrop empty)", self.config.name),
                    1 => format!("{} signing off (1 message left)", self.config.name),
                    n => format!("{} signing off ({n} messages left)", self.config.name),
                };
                let reply = self.in_words(Status::Ok, left);
                self.farewell(&reply);
                Ok(())
            }
            _ => Err(Self::NOTHING_PENDING),
        }
    }

    /// Says no to whatever was asked, in these words. A refused [`super::Event::Commit`] ends the
    /// session like an accepted one; messages may then be left that the client deleted.
    ///
    /// A refused login is answered only when [`crate::Limits::login_delay`] has
    /// passed since its `PASS`, twice that the second time, and so on: guessing takes time, and an
    /// unknown user cannot be told from a wrong password that took longer to check. RFC 1939 leaves
    /// this to the server. Meanwhile nothing else of this client is looked at.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when nothing was asked, [`Misuse::NotARefusal`] when the reply is
    /// `+OK`.
    pub fn reject(&mut self, reply: Reply) -> Result<(), Error> {
        if reply.is_ok() {
            return Err(Misuse::NotARefusal.into());
        }
        if self.refuse_pending(Some(reply)) { Ok(()) } else { Err(Self::NOTHING_PENDING) }
    }

    /// Says no to a login in these words, `delay` from now, instead of what the
    /// limits say.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no login waits, [`Misuse::NotARefusal`] when the reply is
    /// `+OK`.
    pub fn reject_after(&mut self, reply: Reply, delay: Duration) -> Result<(), Error> {
        if reply.is_ok() {
            return Err(Misuse::NotARefusal.into());
        }
        let Phase::Asking(question) = self.phase else { return Err(Self::NOTHING_PENDING) };
        let Some(by) = question.login() else { return Err(Self::NOTHING_PENDING) };
        self.hold_back(delay);
        self.phase = Phase::Delayed(by, self.coded(reply));
        Ok(())
    }

    /// RFC 3206 §5: what `AUTH-RESP-CODE` announces holds for every refusal of a login.
    fn coded(&self, reply: Reply) -> Reply {
        let bare = self.config.auth.is_some() && reply.code().is_none();
        if bare { reply.with_code(ResponseCode::Auth) } else { reply }
    }

    /// Refuses what was asked, if anything was.
    pub(super) fn refuse_pending(&mut self, reply: Option<Reply>) -> bool {
        let Phase::Asking(question) = self.phase else { return false };
        let english = self.speaks_english();
        let own = |text| Reply::own(Status::Err, if english { text } else { "" });
        if let Some(by) = question.login() {
            // The next poll says it, or holds it back.
            let reply = reply.unwrap_or_else(|| own("login refused"));
            self.phase = Phase::Delayed(by, self.coded(reply));
            return true;
        }
        match question {
            Question::Login | Question::Credential | Question::Identity | Question::Apop => {}
            Question::Retrieve { .. } => {
                self.say(&reply.unwrap_or_else(|| own("message not available")));
                self.next_command();
            }
            Question::Commit => {
                let reply = reply.unwrap_or_else(|| own("some deleted messages not removed"));
                self.farewell(&reply);
            }
        }
        true
    }

    /// Says the refusal of a login, whose time has come.
    pub(super) fn refuse_login(&mut self) {
        let Phase::Delayed(by, reply) = core::mem::replace(&mut self.phase, Phase::Command) else {
            return;
        };
        self.user = None;
        self.login = None;
        self.settle(by, false);
        // What has nothing to do with the credentials is no guess.
        if !reply.code().is_some_and(ResponseCode::is_temporary) {
            self.failed_logins = self.failed_logins.saturating_add(1);
        }
        if self.failed_logins >= self.config.limits.failed_logins {
            self.farewell(&reply);
        } else {
            self.say(&reply);
            self.next_command();
        }
    }

    fn settle(&mut self, command: Keyword, accepted: bool) {
        if let Some(row) = self.state.row(command) {
            self.state = if accepted { row.accepted } else { row.refused };
        }
    }

    /// Moves what fits of a message into the outbox, dots doubled, and returns how many octets of
    /// `payload` that were. With none, flush first. Of a message whose top alone is asked for, what
    /// goes beyond is taken and thrown away.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no message is being written. [`Error::BareNewline`] where
    /// policy refuses bare newlines: the retrieval is then aborted, and the session with it.
    pub fn write_payload(&mut self, payload: &mut Bytes) -> Result<usize, Error> {
        let Phase::Payload(message @ Payload { stage: Stage::Writing, .. }) = &mut self.phase
        else {
            return Err(Self::NOTHING_PENDING);
        };
        let Some(top) = &mut message.top else {
            let sent = self.chassis.send_stuffed(&mut message.stuffer, payload);
            return sent.map_err(|fault| self.break_off(fault));
        };
        // No more is looked at than there is room for, so that no octet is looked at often.
        let most = payload.len().min(self.chassis.out.room());
        let mut ahead = top.clone();
        let mut wanted = payload.slice(..ahead.take(payload.get(..most).unwrap_or_default()));
        let sent = match self.chassis.send_stuffed(&mut message.stuffer, &mut wanted) {
            Ok(sent) => sent,
            Err(fault) => return Err(self.break_off(fault)),
        };
        if wanted.is_empty() {
            *top = ahead;
        } else {
            top.take(payload.get(..sent).unwrap_or_default());
        }
        payload.advance(sent);
        if !top.is_complete() {
            return Ok(sent);
        }
        let beyond = core::mem::take(payload).len();
        Ok(sent.saturating_add(beyond))
    }

    /// Whether a message that is being written is there as far as it was asked for: a `TOP` that has
    /// its lines. What is written from now on is thrown away; [`Server::finish_payload`] is due.
    #[must_use]
    pub fn is_payload_complete(&self) -> bool {
        matches!(&self.phase, Phase::Payload(Payload { top: Some(top), .. }) if top.is_complete())
    }

    /// Ends the message: completes its last line if need be, and writes the final dot as soon as
    /// there is room for it.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no message is being written. [`Misuse::SizeMismatch`] when it
    /// is not as long as the maildrop says, nor all that a `TOP` asked for: nothing is written then,
    /// and the message can be continued, or aborted. [`Error::BareNewline`] as in [`Server::write_payload`].
    pub fn finish_payload(&mut self) -> Result<(), Error> {
        let Phase::Payload(message @ Payload { stage: Stage::Writing, .. }) = &mut self.phase
        else {
            return Err(Self::NOTHING_PENDING);
        };
        let (declared, written) = (message.declared, message.stuffer.content());
        let complete = message.top.as_ref().is_some_and(TopEnd::is_complete);
        if declared != written && !complete {
            return Err(Misuse::SizeMismatch { declared, written }.into());
        }
        message.stage = Stage::Finishing;
        self.write_end().map(drop)
    }

    /// Writes the end of a message that waits for nothing else; tells whether it fitted.
    pub(super) fn write_end(&mut self) -> Result<bool, Error> {
        let Phase::Payload(message @ Payload { stage: Stage::Finishing, .. }) = &mut self.phase
        else {
            return Ok(false);
        };
        match message.stuffer.finish(&mut self.chassis.out) {
            Ok(()) => {
                self.chassis.show(Direction::Out, Unit::PayloadEnd);
                self.next_command();
                Ok(true)
            }
            Err(StuffError::Full) => Ok(false),
            Err(fault) => Err(self.break_off(fault)),
        }
    }

    /// Gives up on the message: the connection closes without a final dot, so that the client cannot
    /// take the part for the whole, and nothing is removed.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no message is being written.
    pub fn abort(&mut self) -> Result<(), Error> {
        if !matches!(self.phase, Phase::Payload(_)) {
            return Err(Self::NOTHING_PENDING);
        }
        self.chassis.show(Direction::Out, Unit::PayloadEnd);
        self.over();
        Ok(())
    }

    fn break_off(&mut self, fault: StuffError) -> Error {
        self.chassis.show(Direction::Out, Unit::PayloadEnd);
        self.over();
        match fault {
            StuffError::BareNewline { offset, .. } => Error::BareNewline { offset },
            _ => Misuse::NotNow.into(),
        }
    }

    /// Whether the session is over: `Closed` follows once everything is flushed.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Over
    }
}
