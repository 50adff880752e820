//! What the embedder can say.

use core::time::Duration;

use postrider_wire::TimerKind;

use super::payload::Framing;
use super::sending::Cause;
use super::{Awaits, Client, Event, Extent, FailureKind, Newlines, Nul, Outcome, Sent};
use crate::{
    Body, Command, Error, ForwardPath, Keyword, MailParameters, Misuse, Protocol, RcptParameters,
    ReversePath, State, Unsendable,
};

impl Client {
    /// Begins a transaction. [`super::Event::Mail`] answers, or [`super::Event::End`] when it was
    /// refused.
    ///
    /// A declared size is sent where the server offers `SIZE`, and else left out. So are `BODY=7BIT`, `AUTH=`
    /// and the parameters of `DSN`.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready and no transaction open; in LMTP always, where
    /// [`Client::send`] alone knows how many answers a mail has.
    /// [`Misuse::EightBitNotOffered`] for [`Body::EightBitMime`] where the server does not offer it
    /// (RFC 6152 §3: the mail must then be made 7-bit, or returned). [`Error::Unsendable`] for
    /// [`Body::BinaryMime`], `SMTPUTF8` and `REQUIRETLS` where the server does not offer them.
    pub fn mail(&mut self, path: ReversePath, parameters: MailParameters) -> Result<(), Error> {
        self.check(Keyword::Mail)?;
        if self.config.protocol == Protocol::Lmtp {
            return Err(Misuse::NotNow.into());
        }
        let mut parameters = parameters;
        parameters.smtp_utf8 |= !path.is_ascii();
        self.check_promises(&parameters)?;
        let binary = parameters.body == Some(Body::BinaryMime);
        if !binary && !self.capabilities.offers("8BITMIME") {
            if parameters.body == Some(Body::EightBitMime) {
                return Err(Misuse::EightBitNotOffered.into());
            }
            parameters.body = None;
        }
        if self.capabilities.size().is_none() {
            parameters.size = None;
        }
        self.leave_out_of_mail(&mut parameters);
        let utf8 = parameters.smtp_utf8;
        self.say(&Command::Mail(path, parameters), Sent::Mail)?;
        self.extent = Some(Extent::Partial);
        self.begun = self.begun.saturating_add(1);
        self.newlines = Newlines::new(Nul::Passes);
        (self.binary, self.utf8) = (binary, utf8);
        Ok(())
    }

    /// Adds a recipient. [`super::Event::Rcpt`] answers, or [`super::Event::Unanswered`] when the session
    /// ends before.
    ///
    /// # Errors
    ///
    /// As [`Client::rcpt_with`].
    pub fn rcpt(&mut self, path: ForwardPath) -> Result<(), Error> {
        self.rcpt_with(path, RcptParameters::new())
    }

    /// Adds a recipient with what goes with it. `NOTIFY` and `ORCPT` are left out where the server does not
    /// offer `DSN`.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless `MAIL` was accepted. [`Error::Unsendable`] for a path with UTF-8 where `MAIL`
    /// was said without `SMTPUTF8` (RFC 6531 §3.4).
    pub fn rcpt_with(
        &mut self,
        path: ForwardPath,
        parameters: RcptParameters,
    ) -> Result<(), Error> {
        self.check(Keyword::Rcpt)?;
        if !path.is_ascii() && !self.utf8 {
            return Err(Unsendable::Utf8.into());
        }
        let mut parameters = parameters;
        self.leave_out_of_rcpt(&mut parameters);
        self.say(&Command::Rcpt(path.clone(), parameters), Sent::Rcpt(path))
    }

    /// Asks to send the mail. [`super::Event::DataBegin`] answers, and then the payload is due; or
    /// [`super::Event::End`] when it was refused.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless `MAIL` was accepted. [`Misuse::NoRecipient`] when no recipient was:
    /// the replies to `RCPT` say why, for now or for good. Nothing is sent and the transaction stays
    /// open, for another [`Client::rcpt`], for [`Client::rset`] or [`Client::quit`].
    /// [`Unsendable::Binary`] for a mail with [`Body::BinaryMime`], which goes in chunks alone (RFC 3030
    /// §3).
    pub fn data(&mut self) -> Result<(), Error> {
        self.check(Keyword::Data)?;
        if self.binary {
            return Err(Unsendable::Binary.into());
        }
        if self.state != State::Rcpt {
            return Err(Misuse::NoRecipient.into());
        }
        self.say(&Command::Data, Sent::Data)
    }

    /// Announces the next chunk of the mail, of exactly `size` octets (RFC 3030 §2). Its payload is due
    /// at once: there is no 354. [`super::Event::Bdat`] answers a chunk that is taken,
    /// [`super::Event::End`] the `last` one, and one that is refused.
    ///
    /// Nothing is changed on the way, or the size would be wrong: the octets are lines that end in
    /// CRLF, across chunks too, unless the mail is [`Body::BinaryMime`]; and no dots are doubled. A mail in chunks costs a round trip a chunk;
    /// `DATA` costs two in all.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless `MAIL` was accepted and `DATA` was not said.
    /// [`Misuse::ChunkingNotOffered`] where the server does not offer `CHUNKING`.
    /// [`Misuse::NoRecipient`] as in [`Client::data`].
    pub fn bdat(&mut self, size: u64, last: bool) -> Result<(), Error> {
        self.check(Keyword::Bdat)?;
        if !self.capabilities.offers("CHUNKING") {
            return Err(Misuse::ChunkingNotOffered.into());
        }
        if self.state == State::Mail {
            return Err(Misuse::NoRecipient.into());
        }
        // An empty chunk is whole with its announcement, which therefore waits until it is finished.
        if size > 0 {
            let line = Command::Bdat { size, last }.to_line();
            self.chassis.send(line.as_bytes()).map_err(|_| Misuse::NotNow)?;
        }
        self.state = State::Bdat;
        self.begin_payload(Framing::bdat(size, last));
        Ok(())
    }

    /// Ends the transaction, if one is open, and keeps the session. [`super::Event::Reset`] answers.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready.
    pub fn rset(&mut self) -> Result<(), Error> {
        self.check(Keyword::Rset)?;
        self.say(&Command::Rset, Sent::Rset)
    }

    /// Says nothing, to see whether the server is there. [`super::Event::Noop`] answers.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready.
    pub fn noop(&mut self) -> Result<(), Error> {
        self.check(Keyword::Noop)?;
        self.say(&Command::Noop, Sent::Noop)
    }

    /// Ends the session, and an open transaction with it. Nothing answers but `Closed`.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready.
    pub fn quit(&mut self) -> Result<(), Error> {
        self.check(Keyword::Quit)?;
        self.say(&Command::Quit, Sent::Quit)
    }

    pub(super) fn check(&self, keyword: Keyword) -> Result<(), Error> {
        if self.is_ready() && self.state.row(keyword).is_some() {
            return Ok(());
        }
        Err(Misuse::NotNow.into())
    }

    pub(super) fn say(&mut self, command: &Command, sent: Sent) -> Result<(), Error> {
        self.chassis.send(command.to_line().as_bytes()).map_err(|_| Misuse::NotNow)?;
        self.await_reply(sent);
        Ok(())
    }

    pub(super) fn await_reply(&mut self, sent: Sent) {
        let after = self.reply_time(&sent);
        self.chassis.timers.start(TimerKind::Reply, after);
        self.awaits = Awaits::Reply(sent);
    }

    fn reply_time(&self, sent: &Sent) -> Duration {
        match sent {
            Sent::Data => self.config.limits.data_time,
            Sent::Dot | Sent::Bdat { last: true } => self.config.limits.verdict_time,
            _ => self.config.limits.reply_time,
        }
    }

    /// Nothing more is said, as the embedder wishes, or because all was said.
    pub(super) fn over(&mut self) {
        self.over_for(&Cause::Kind(FailureKind::Aborted));
    }

    /// Nothing more is said. Recipients that wait for their answer and an open transaction have their
    /// ends.
    pub(super) fn over_for(&mut self, cause: &Cause) {
        self.fail_sending(cause);
        if !matches!(self.awaits, Awaits::Over) {
            self.last_phase = self.phase();
        }
        self.state = State::Over;
        self.partial = None;
        self.login = None;
        if let Awaits::Reply(Sent::Rcpt(path)) = core::mem::replace(&mut self.awaits, Awaits::Over)
        {
            self.events.push_back(Event::Unanswered { path });
        }
        self.conclude();
        self.end_transaction(None);
    }

    /// Tells what became of the open transaction, if there is one.
    pub(super) fn end_transaction(&mut self, outcome: Option<Outcome>) {
        self.marks = None;
        let Some(transaction) = self.extent.take() else { return };
        let outcome = outcome.unwrap_or_else(|| match transaction {
            Extent::Partial => Outcome::NotSent,
            Extent::Whole(mark) if self.chassis.out.sent() < mark => {
                // And it must not leave any more.
                self.chassis.out.clear();
                Outcome::NotSent
            }
            Extent::Whole(_) => Outcome::Unknown,
            Extent::Refused(reply) => Outcome::Refused(*reply),
        });
        self.events.push_back(Event::End(outcome));
    }
}
