//! The embedder's answers.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use postrider_wire::{AbortReason, Policy, TimerKind};

use super::incoming::{Fate, Incoming};
use super::{Greeted, Phase, Question, Server, Verdict};
use crate::{EhloName, Error, Keyword, Misuse, Reply};

impl Server {
    /// Says yes to what was asked, in the server's words.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when nothing was asked.
    pub fn accept(&mut self) -> Result<(), Error> {
        self.give(Verdict::Accepted(None))
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
            Phase::Asking(Question::Mail | Question::Rcpt | Question::Verdict) => {
                self.give(Verdict::Accepted(Some(reply)))
            }
            _ => Err(Misuse::NothingPending.into()),
        }
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
        self.give(Verdict::Refused(reply))
    }

    /// Holds back the verdict that will be given on what was asked: it is said so long after it was
    /// given (a tarpit). [`TimerKind::Delay`] runs meanwhile, and the session lives on: octets are
    /// taken in, and a shutdown cuts the wait short.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when nothing was asked.
    pub fn delay(&mut self, after: Duration) -> Result<(), Error> {
        if !matches!(self.phase, Phase::Asking(_)) {
            return Err(Misuse::NothingPending.into());
        }
        self.delay = after;
        Ok(())
    }

    /// Swallows what is left of the mail that is coming in, and refuses it in these words at its
    /// end, or at the end of its next chunk. [`super::Event::Aborted`] is the last that is told of it.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when no mail is coming in, [`Misuse::WrongReply`] when the reply
    /// is no refusal.
    pub fn discard(&mut self, reply: Reply) -> Result<(), Error> {
        if !reply.is_refusal() {
            return Err(Misuse::WrongReply.into());
        }
        match self.incoming() {
            Some(incoming) if incoming.fate == Fate::Told => {
                incoming.fate = Fate::Swallowed(reply);
                self.aborted = Some(AbortReason::Discarded);
                Ok(())
            }
            _ => Err(Misuse::NothingPending.into()),
        }
    }

    /// Carries a verdict out, or holds it back first.
    pub(super) fn give(&mut self, verdict: Verdict) -> Result<(), Error> {
        if !matches!(self.phase, Phase::Asking(_)) {
            return Err(Misuse::NothingPending.into());
        }
        if let Phase::Asking(question) = core::mem::replace(&mut self.phase, Phase::Command) {
            if self.delay.is_zero() {
                self.decide(question, verdict);
            } else {
                self.chassis.timers.start(TimerKind::Delay, self.delay);
                self.phase = Phase::Held(Box::new((question, verdict)));
            }
        }
        Ok(())
    }

    /// Says what was held back.
    pub(super) fn release(&mut self) {
        self.chassis.timers.stop(TimerKind::Delay);
        match core::mem::replace(&mut self.phase, Phase::Command) {
            Phase::Held(held) => self.decide(held.0, held.1),
            other => self.phase = other,
        }
    }

    fn decide(&mut self, question: Question, verdict: Verdict) {
        match verdict {
            Verdict::Accepted(reply) => self.decide_for(question, reply),
            Verdict::Refused(reply) => self.decide_against(question, reply),
        }
    }

    fn decide_for(&mut self, question: Question, reply: Option<Reply>) {
        let or = |code, status, text: &str| {
            let own = || Reply::own(code, status, text);
            reply.unwrap_or_else(own)
        };
        match question {
            Question::Hello { name, extended } => self.accept_hello(name, extended),
            Question::Mail => self.accepted(Keyword::Mail, or(250, (1, 0), "sender OK")),
            Question::Rcpt => {
                self.recipients.accepted = self.recipients.accepted.saturating_add(1);
                self.accepted(Keyword::Rcpt, or(250, (1, 5), "recipient OK"));
            }
            Question::Data => {
                let line = "start mail input; end with <CRLF>.<CRLF>".into();
                self.say_plain(&Reply::plain(354, Vec::from([line])));
                self.enter(Keyword::Data, true);
                self.begin_payload(Incoming::data(self.config.bare_newlines));
            }
            Question::Bdat(announced) => {
                self.enter(Keyword::Bdat, true);
                let policy = self.config.bare_newlines;
                self.begin_payload(Incoming::bdat(policy, announced, Fate::Told));
            }
            Question::Verdict => {
                self.end_transaction();
                self.conclude_with(or(250, (0, 0), "OK"));
            }
        }
    }

    fn decide_against(&mut self, question: Question, mut reply: Reply) {
        match question {
            Question::Hello { extended, .. } => {
                self.enter(if extended { Keyword::Ehlo } else { Keyword::Helo }, false);
                // RFC 2034 §4: no answer to EHLO has an enhanced code.
                reply.strip();
                self.say_plain(&reply);
                return self.go_on_after(&reply);
            }
            Question::Mail => self.enter(Keyword::Mail, false),
            Question::Rcpt => {
                self.recipients.refused = self.recipients.refused.saturating_add(1);
                self.enter(Keyword::Rcpt, false);
            }
            Question::Data => self.enter(Keyword::Data, false),
            Question::Bdat(announced) => return self.refuse_chunk(announced, reply),
            Question::Verdict => self.end_transaction(),
        }
        self.conclude_with(reply);
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
            lines.extend(config.chunking.then(|| "CHUNKING".into()));
            lines.extend(config.enhanced_status_codes.then(|| "ENHANCEDSTATUSCODES".into()));
            lines.extend(tls.then(|| "STARTTLS".into()));
        }
        self.client = Some(Greeted { name, extended });
        self.break_off(AbortReason::Withdrawn);
        self.end_transaction();
        self.enter(if extended { Keyword::Ehlo } else { Keyword::Helo }, true);
        self.say_plain(&Reply::plain(250, lines));
        self.next_command();
    }

    fn accepted(&mut self, keyword: Keyword, reply: Reply) {
        self.enter(keyword, true);
        self.say(reply);
        self.next_command();
    }

    /// Says this, and goes on unless it was 421.
    pub(super) fn conclude_with(&mut self, reply: Reply) {
        let said = reply.clone();
        self.say(reply);
        self.go_on_after(&said);
    }

    fn go_on_after(&mut self, said: &Reply) {
        if said.is_closing() {
            self.over();
        } else {
            self.next_command();
        }
    }

    /// Goes where the table says.
    fn enter(&mut self, keyword: Keyword, accepted: bool) {
        if let Some(row) = self.state.row(keyword) {
            self.state = if accepted { row.accepted } else { row.refused };
        }
    }
}
