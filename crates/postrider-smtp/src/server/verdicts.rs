//! The embedder's answers.

use alloc::format;
use alloc::vec::Vec;

use postrider_wire::dot::Unstuffer;
use postrider_wire::{AbortReason, Policy, TimerKind};

use super::{Event, Fate, Greeted, Incoming, Phase, Question, Server};
use crate::{EhloName, Error, Keyword, Misuse, Reply};

impl Server {
    /// Says yes to what was asked, in the server's words.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when nothing was asked.
    pub fn accept(&mut self) -> Result<(), Error> {
        match &self.phase {
            Phase::Asking(Question::Hello { name, extended }) => {
                let (name, extended) = (name.clone(), *extended);
                self.accept_hello(name, extended);
            }
            Phase::Asking(Question::Mail) => {
                self.accepted(Keyword::Mail, Reply::own(250, (1, 0), "sender OK"));
            }
            Phase::Asking(Question::Rcpt) => {
                self.recipients.accepted = self.recipients.accepted.saturating_add(1);
                self.accepted(Keyword::Rcpt, Reply::own(250, (1, 5), "recipient OK"));
            }
            Phase::Asking(Question::Data) => self.accept_data(),
            Phase::Asking(Question::Verdict) => {
                self.conclude(Reply::own(250, (0, 0), "OK"));
            }
            _ => return Err(Misuse::NothingPending.into()),
        }
        Ok(())
    }

    /// Says yes to `MAIL`, `RCPT` or a mail, in these words: an identifier of the queue, 251 for a
    /// recipient who moved.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when none of these was asked, [`Misuse::WrongReply`] when the
    /// reply is not positive.
    pub fn accept_with(&mut self, reply: Reply) -> Result<(), Error> {
        if !reply.is_positive() {
            return Err(Misuse::WrongReply.into());
        }
        match &self.phase {
            Phase::Asking(Question::Mail) => self.accepted(Keyword::Mail, reply),
            Phase::Asking(Question::Rcpt) => {
                self.recipients.accepted = self.recipients.accepted.saturating_add(1);
                self.accepted(Keyword::Rcpt, reply);
            }
            Phase::Asking(Question::Verdict) => self.conclude(reply),
            _ => return Err(Misuse::NothingPending.into()),
        }
        Ok(())
    }

    /// Says no to what was asked, in these words. 421 ends the session.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when nothing was asked, [`Misuse::WrongReply`] when the reply is
    /// no refusal.
    pub fn reject(&mut self, reply: Reply) -> Result<(), Error> {
        if !reply.is_refusal() {
            return Err(Misuse::WrongReply.into());
        }
        if !matches!(self.phase, Phase::Asking(_)) {
            return Err(Misuse::NothingPending.into());
        }
        self.refuse_pending(reply);
        Ok(())
    }

    /// Swallows what is left of the mail that is coming in, and refuses it in these words at its
    /// end. [`Event::Aborted`] is the last that is told of it.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no mail is coming in, [`Misuse::WrongReply`] when the reply
    /// is no refusal.
    pub fn discard(&mut self, reply: Reply) -> Result<(), Error> {
        if !reply.is_refusal() {
            return Err(Misuse::WrongReply.into());
        }
        match &self.phase {
            Phase::Payload(incoming) if incoming.fate == Fate::Told => {
                self.swallow(reply);
                self.next = Some(Event::Aborted(AbortReason::Discarded));
                Ok(())
            }
            _ => Err(Misuse::NothingPending.into()),
        }
    }

    fn accept_hello(&mut self, name: EhloName, extended: bool) {
        let mut first = format!("{} greets {name}", self.config.name);
        // RFC 5321 §4.5.3.1.5: names of full length make the line too long.
        first.truncate(480);
        let mut lines = Vec::from([first]);
        if extended {
            let config = &self.config;
            let size = config.size.then(|| format!("SIZE {}", config.limits.message));
            let tls = self.policy() != Policy::Never;
            lines.extend(config.pipelining.then(|| "PIPELINING".into()));
            lines.extend(size);
            lines.extend(config.eight_bit_mime.then(|| "8BITMIME".into()));
            lines.extend(config.enhanced_status_codes.then(|| "ENHANCEDSTATUSCODES".into()));
            lines.extend(tls.then(|| "STARTTLS".into()));
        }
        self.client = Some(Greeted { name, extended });
        self.end_transaction();
        self.enter(if extended { Keyword::Ehlo } else { Keyword::Helo }, true);
        self.say_plain(&Reply::plain(250, lines));
        self.next_command();
    }

    fn accept_data(&mut self) {
        let line = "start mail input; end with <CRLF>.<CRLF>".into();
        self.say_plain(&Reply::plain(354, Vec::from([line])));
        self.enter(Keyword::Data, true);
        let unstuffer = Unstuffer::new(self.config.bare_newlines);
        self.phase = Phase::Payload(Incoming { unstuffer, fate: Fate::Told, octets: 0 });
        self.chassis.timers.start(TimerKind::Progress, self.config.limits.progress_time);
    }

    fn accepted(&mut self, keyword: Keyword, reply: Reply) {
        self.enter(keyword, true);
        self.say(reply);
        self.next_command();
    }

    /// The verdict on a mail: the transaction is over.
    fn conclude(&mut self, reply: Reply) {
        self.end_transaction();
        self.say(reply);
        self.next_command();
    }

    /// Goes where the table says.
    fn enter(&mut self, keyword: Keyword, accepted: bool) {
        if let Some(row) = self.state.row(keyword) {
            self.state = if accepted { row.accepted } else { row.refused };
        }
    }

    /// Refuses what was asked.
    pub(super) fn refuse_pending(&mut self, mut reply: Reply) {
        let Phase::Asking(question) = &self.phase else { return };
        let hello = matches!(question, Question::Hello { .. });
        match question {
            Question::Hello { extended, .. } => {
                let keyword = if *extended { Keyword::Ehlo } else { Keyword::Helo };
                self.enter(keyword, false);
            }
            Question::Mail => self.enter(Keyword::Mail, false),
            Question::Rcpt => {
                self.recipients.refused = self.recipients.refused.saturating_add(1);
                self.enter(Keyword::Rcpt, false);
            }
            Question::Data => self.enter(Keyword::Data, false),
            Question::Verdict => self.end_transaction(),
        }
        let closing = reply.is_closing();
        if hello {
            // RFC 2034 §4: no answer to EHLO has an enhanced code.
            reply.strip();
            self.say_plain(&reply);
        } else {
            self.say(reply);
        }
        if closing {
            self.over();
        } else {
            self.next_command();
        }
    }
}
