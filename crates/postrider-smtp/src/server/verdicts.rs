//! The embedder's answers.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

use postrider_wire::{AbortReason, TimerKind};

use super::incoming::{Fate, Incoming};
use super::offers::Stage;
use super::{Greeted, Phase, Question, Server, Verdict, auth};
use crate::{CommandFault, EhloName, Error, Keyword, Misuse, Reply};

impl Question {
    /// Whether yes can be said in words of the embedder's own.
    fn takes_words(&self) -> bool {
        matches!(
            self,
            Self::Mail(_)
                | Self::Rcpt(_)
                | Self::Verdict
                | Self::Deliver
                | Self::Vrfy { .. }
                | Self::Expn { .. }
                | Self::Help
                | Self::Extension
        )
    }
}

impl Server {
    /// Says yes to what was asked, in the server's words.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when nothing was asked.
    pub fn accept(&mut self) -> Result<(), Error> {
        self.give(Verdict::Accepted(None))
    }

    /// Says yes to `MAIL`, `RCPT`, a mail, `VRFY`, `EXPN`, `HELP` or a further command, in these words:
    /// an identifier of the queue, 251 for a recipient who moved.
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
            Phase::Asking(question) if question.takes_words() => {
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

    /// Says that there is no answer now, in the server's words: the client may come again. 451, or 454 to
    /// a login.
    ///
    /// # Errors
    ///
    /// [`Misuse::NothingPending`] when nothing was asked.
    pub fn defer(&mut self) -> Result<(), Error> {
        let reply = match &self.phase {
            Phase::Asking(Question::Credential | Question::Identity(_)) => auth::unavailable(),
            _ => Reply::own(451, (3, 0), "try again later"),
        };
        self.give(Verdict::Refused(reply))
    }

    /// Holds back the verdict that will be given on what was asked: it is said so long after it was
    /// given (a tarpit). [`TimerKind::Delay`] runs meanwhile, and the session lives on: octets are
    /// taken in, and a shutdown cuts the wait short.
    ///
    /// Told on [`super::Event::Credential`] it is for the refusal alone, should this login come to one.
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
        match (&self.phase, &verdict) {
            // It takes a credential.
            (Phase::Asking(Question::Credential), Verdict::Accepted(_)) => {
                return Err(Misuse::NothingPending.into());
            }
            (Phase::Asking(Question::Credential | Question::Identity(_)), Verdict::Refused(no))
                if no.is_permanent() =>
            {
                self.delay = self.refusal_delay();
            }
            (Phase::Asking(_), _) => {}
            _ => return Err(Misuse::NothingPending.into()),
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
        let or = |reply: Option<Reply>, code, status, text: &str| {
            reply.unwrap_or_else(|| Reply::own(code, status, text))
        };
        match question {
            Question::Hello { name, extended } => self.accept_hello(name, extended),
            Question::Credential => self.next_command(),
            Question::Identity(identity) => self.login_accepted(identity),
            Question::Mail(traits) => {
                self.traits = traits;
                self.accepted(Keyword::Mail, or(reply, 250, (1, 0), "sender OK"));
            }
            Question::Rcpt(path) => {
                self.keep(path);
                self.recipients.accepted = self.recipients.accepted.saturating_add(1);
                self.accepted(Keyword::Rcpt, or(reply, 250, (1, 5), "recipient OK"));
            }
            Question::Data => {
                let line = "start mail input; end with <CRLF>.<CRLF>".into();
                self.say_plain(&Reply::plain(354, Vec::from([line])));
                self.enter(Keyword::Data, true);
                self.begin_payload(Incoming::data(self.config.bare_newlines));
            }
            Question::Bdat(announced) => {
                self.enter(Keyword::Bdat, true);
                let policy = self.bare_newlines_in_chunks();
                self.begin_payload(Incoming::bdat(policy, announced, Fate::Told));
            }
            Question::Verdict if self.is_lmtp() => self.begin_deliveries(reply),
            Question::Verdict => self.end_with(or(reply, 250, (0, 0), "OK")),
            Question::Deliver => self.delivered(or(reply, 250, (1, 5), "delivered")),
            Question::Vrfy { utf8 } | Question::Expn { utf8 } => {
                let reply = reply.unwrap_or_else(|| CommandFault::NotVerified.reply());
                self.answer(reply, utf8);
            }
            Question::Help => self.conclude_with(or(reply, 214, (0, 0), "see RFC 5321")),
            Question::Extension | Question::Xforward(_) => {
                if let Question::Xforward(told) = question {
                    self.accept_xforward(told);
                }
                self.conclude_with(or(reply, 250, (0, 0), "OK"));
            }
            Question::Xclient(told) => self.accept_xclient(told),
        }
    }

    fn decide_against(&mut self, question: Question, mut reply: Reply) {
        match question {
            Question::Hello { extended, .. } => {
                self.enter(self.hello(extended), false);
                // RFC 2034 §4: no answer to EHLO has an enhanced code.
                reply.strip();
                reply.make_ascii();
                self.say_plain(&reply);
                return self.go_on_after(&reply);
            }
            Question::Credential | Question::Identity(_) => return self.login_refused(reply),
            Question::Mail(_) => self.enter(Keyword::Mail, false),
            Question::Rcpt(_) => {
                self.recipients.refused = self.recipients.refused.saturating_add(1);
                self.enter(Keyword::Rcpt, false);
            }
            Question::Data => self.enter(Keyword::Data, false),
            Question::Bdat(announced) => return self.refuse_chunk(announced, reply),
            Question::Verdict if self.is_lmtp() => return self.begin_deliveries(Some(reply)),
            Question::Verdict => return self.end_with(reply),
            Question::Vrfy { utf8 } | Question::Expn { utf8 } => return self.answer(reply, utf8),
            Question::Deliver => return self.delivered(reply),
            Question::Help | Question::Xclient(_) | Question::Xforward(_) | Question::Extension => {
            }
        }
        self.conclude_with(reply);
    }

    fn hello(&self, extended: bool) -> Keyword {
        match (self.is_lmtp(), extended) {
            (true, _) => Keyword::Lhlo,
            (false, true) => Keyword::Ehlo,
            (false, false) => Keyword::Helo,
        }
    }

    fn accept_hello(&mut self, name: EhloName, extended: bool) {
        let mut first = format!("{} greets {name}", self.config.name);
        // RFC 5321 §4.5.3.1.5: names of full length make the line too long.
        first.truncate(480);
        let mut lines = Vec::from([first]);
        if extended {
            let stage = Stage {
                policy: self.policy(),
                tls: self.tls(),
                logged_in: self.identity.is_some(),
            };
            lines.extend(self.config.offers(&stage));
        }
        self.client = Some(Greeted { name, extended });
        self.break_off(AbortReason::Withdrawn);
        self.end_transaction();
        self.enter(self.hello(extended), true);
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

    /// Says this, in the words of the transaction, and ends it.
    pub(super) fn end_with(&mut self, reply: Reply) {
        let said = reply.clone();
        self.say(reply);
        self.end_transaction();
        self.go_on_after(&said);
    }

    /// Says this to a client that did or did not ask for UTF-8.
    fn answer(&mut self, reply: Reply, utf8: bool) {
        let said = reply.clone();
        self.say_in(reply, utf8);
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
    pub(super) fn enter(&mut self, keyword: Keyword, accepted: bool) {
        if let Some(row) = self.state.row(keyword) {
            self.state = if accepted { row.accepted } else { row.refused };
        }
    }
}
