//! What the embedder can say.

use core::time::Duration;

use bytes::Bytes;
use postrider_wire::dot::StuffError;
use postrider_wire::{Direction, TimerKind, Unit};

use super::{Client, Outcome, Payload, Phase, Sent, Stage};
use crate::{
    Body, Command, Error, ForwardPath, Keyword, MailParameters, Misuse, ReversePath, State,
};

impl Client {
    /// Begins a transaction. [`super::Event::Mail`] answers, or [`super::Event::End`] when it was
    /// refused.
    ///
    /// A declared size is sent where the server offers `SIZE`, and else left out. So is
    /// `BODY=7BIT`.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready and no transaction open.
    /// [`Misuse::EightBitNotOffered`] for [`Body::EightBitMime`] where the server does not offer it
    /// (RFC 6152 §3: the mail must then be made 7-bit, or returned).
    pub fn mail(&mut self, path: ReversePath, parameters: MailParameters) -> Result<(), Error> {
        self.check(Keyword::Mail)?;
        let mut parameters = parameters;
        if !self.capabilities.offers("8BITMIME") {
            if parameters.body == Some(Body::EightBitMime) {
                return Err(Misuse::EightBitNotOffered.into());
            }
            parameters.body = None;
        }
        if self.capabilities.size().is_none() {
            parameters.size = None;
        }
        self.send(&Command::Mail(path, parameters), Sent::Mail)?;
        self.transaction = Some(Outcome::NotSent);
        Ok(())
    }

    /// Adds a recipient. [`super::Event::Rcpt`] answers.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless `MAIL` was accepted.
    pub fn rcpt(&mut self, path: ForwardPath) -> Result<(), Error> {
        self.check(Keyword::Rcpt)?;
        self.send(&Command::Rcpt(path.clone()), Sent::Rcpt(path))
    }

    /// Asks to send the mail. [`super::Event::DataBegin`] answers, and then the payload is due; or
    /// [`super::Event::End`] when it was refused.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless `MAIL` was accepted. [`Misuse::NoRecipient`] when no recipient was:
    /// the replies to `RCPT` say why, for now or for good. Nothing is sent and the transaction stays
    /// open, for another [`Client::rcpt`], for [`Client::rset`] or [`Client::quit`].
    pub fn data(&mut self) -> Result<(), Error> {
        self.check(Keyword::Data)?;
        if self.state != State::Rcpt {
            return Err(Misuse::NoRecipient.into());
        }
        self.send(&Command::Data, Sent::Data)
    }

    /// Moves from `payload` into the outbox what fits, and returns how many octets that were. Dots
    /// are doubled and newlines made CRLF on the way.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no payload is due. [`Error::BareNewline`] where policy
    /// refuses bare newlines: the mail is then aborted, and the session with it.
    pub fn write_payload(&mut self, payload: &mut Bytes) -> Result<usize, Error> {
        let Phase::Payload(mail @ Payload { stage: Stage::Writing, .. }) = &mut self.phase else {
            return Err(Misuse::NothingPending.into());
        };
        let sent = self.chassis.send_stuffed(&mut mail.stuffer, payload);
        sent.map_err(|fault| self.break_off(fault))
    }

    /// Ends the mail: completes its last line if need be, and writes the final dot as soon as there
    /// is room for it. [`super::Event::End`] answers.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no payload is due. [`Error::BareNewline`] as in
    /// [`Client::write_payload`].
    pub fn finish_payload(&mut self) -> Result<(), Error> {
        let Phase::Payload(mail @ Payload { stage: Stage::Writing, .. }) = &mut self.phase else {
            return Err(Misuse::NothingPending.into());
        };
        mail.stage = Stage::Finishing;
        self.write_end().map(drop)
    }

    /// Writes the end of a mail that waits for nothing else; tells whether it fitted.
    pub(super) fn write_end(&mut self) -> Result<bool, Error> {
        let Phase::Payload(mail @ Payload { stage: Stage::Finishing, .. }) = &mut self.phase else {
            return Ok(false);
        };
        match mail.stuffer.finish(&mut self.chassis.out) {
            Ok(()) => {
                self.end_payload();
                self.transaction = Some(Outcome::Unknown);
                self.await_reply(Sent::Dot);
                Ok(true)
            }
            Err(StuffError::Full) => Ok(false),
            Err(fault) => Err(self.break_off(fault)),
        }
    }

    /// Gives up on the mail: the connection closes without a final dot, so that the server cannot
    /// take the part for the whole. [`super::Event::End`] tells [`Outcome::NotSent`].
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no payload is due.
    pub fn abort(&mut self) -> Result<(), Error> {
        if !matches!(self.phase, Phase::Payload(_)) {
            return Err(Misuse::NothingPending.into());
        }
        self.end_payload();
        self.over();
        Ok(())
    }

    /// Ends the transaction, if one is open, and keeps the session. [`super::Event::Reset`] answers.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready.
    pub fn rset(&mut self) -> Result<(), Error> {
        self.check(Keyword::Rset)?;
        self.send(&Command::Rset, Sent::Rset)
    }

    /// Says nothing, to see whether the server is there. [`super::Event::Noop`] answers.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready.
    pub fn noop(&mut self) -> Result<(), Error> {
        self.check(Keyword::Noop)?;
        self.send(&Command::Noop, Sent::Noop)
    }

    /// Ends the session, and an open transaction with it. Nothing answers but `Closed`.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready.
    pub fn quit(&mut self) -> Result<(), Error> {
        self.check(Keyword::Quit)?;
        self.send(&Command::Quit, Sent::Quit)
    }

    fn check(&self, keyword: Keyword) -> Result<(), Error> {
        if self.is_ready() && self.state.row(keyword).is_some() {
            return Ok(());
        }
        Err(Misuse::NotNow.into())
    }

    pub(super) fn send(&mut self, command: &Command, sent: Sent) -> Result<(), Error> {
        self.chassis.send(command.to_line().as_bytes()).map_err(|_| Misuse::NotNow)?;
        self.await_reply(sent);
        Ok(())
    }

    fn await_reply(&mut self, sent: Sent) {
        let after = self.reply_time(&sent);
        self.chassis.timers.start(TimerKind::Reply, after);
        self.phase = Phase::Reply(sent);
    }

    fn reply_time(&self, sent: &Sent) -> Duration {
        match sent {
            Sent::Data => self.config.limits.data_time,
            Sent::Dot => self.config.limits.verdict_time,
            _ => self.config.limits.reply_time,
        }
    }

    /// The payload is over, in order or not.
    pub(super) fn end_payload(&mut self) {
        self.chassis.timers.stop(TimerKind::Progress);
        self.chassis.show(Direction::Out, Unit::PayloadEnd);
    }

    fn break_off(&mut self, fault: StuffError) -> Error {
        self.end_payload();
        self.over();
        match fault {
            StuffError::BareNewline { offset, .. } => Error::BareNewline { offset },
            _ => Misuse::NotNow.into(),
        }
    }

    /// Nothing more is said. An open transaction has its end.
    pub(super) fn over(&mut self) {
        self.state = State::Over;
        self.phase = Phase::Over;
        self.partial = None;
        self.end_transaction(None);
    }

    /// Tells what became of the open transaction, if there is one.
    pub(super) fn end_transaction(&mut self, outcome: Option<Outcome>) {
        if let Some(otherwise) = self.transaction.take() {
            self.events.push_back(super::Event::End(outcome.unwrap_or(otherwise)));
        }
    }
}
