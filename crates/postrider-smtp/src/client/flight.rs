//! Sending a mail: groups of commands, and what each answer means for it.

use alloc::boxed::Box;

use bytes::Bytes;
use postrider_wire::dot::Stuffer;
use postrider_wire::{Inbox, Progress, TimerKind};

use super::machine::heard;
use super::offers::Transport;
use super::payload::Framing;
use super::sending::{Asked, Cause, Due, Sending, Source};
use super::{
    Awaits, Client, Delivery, Ending, Event, FailureKind, Newlines, Nul, Phase, Transaction,
};
use crate::{Command, Error, Extension, Keyword, Misuse, Reply, State};

impl Client {
    /// Sends a mail to its recipients. [`Event::Sent`] answers, exactly once, however it ends.
    ///
    /// `MAIL`, `RCPT` and `DATA` go out in groups where the server offers `PIPELINING`; a mail that can
    /// go as it is goes in one chunk where it offers `CHUNKING`. A mail that is streamed is asked for
    /// with [`Event::Payload`], once a recipient was accepted.
    /// Behind a mail that nobody gets, `RSET` makes sure that the server thinks so too, and the session
    /// is ready for the next.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] unless the session is ready and no transaction open,
    /// [`Misuse::NoRecipient`] for a mail to nobody, [`Error::Unsendable`] for one that the server could
    /// not take as it is. Nothing was written then, no [`Event::Sent`] follows, and the session is as it
    /// was. The transaction is gone: keep a clone where it may be needed, which shares the octets of
    /// the mail.
    pub fn send(&mut self, transaction: Transaction) -> Result<(), Error> {
        if !self.is_ready() || self.state.row(Keyword::Mail).is_none() {
            return Err(Misuse::NotNow.into());
        }
        let mut plan = self.plan(transaction)?;
        self.domains = core::mem::take(&mut plan.domains);
        self.begun = self.begun.saturating_add(1);
        let pipelining = self.capabilities.has(Extension::Pipelining);
        let sending = Sending::new(plan, &self.config, pipelining);
        self.newlines = Newlines::new(Nul::Passes);
        self.binary = sending.is_binary();
        self.sending = Some(Box::new(sending));
        self.awaits = Awaits::Answers;
        self.say_what_is_due();
        Ok(())
    }

    /// Says as much as may be said before the next answer.
    fn say_what_is_due(&mut self) {
        let idle = self.sending.as_ref().is_some_and(|sending| sending.head().is_none());
        self.heed_shutdown();
        while let Some(due) = self.sending.as_mut().and_then(|sending| sending.due()) {
            match due {
                Due::Say(command, asked) => self.say_in_flight(&command, asked),
                Due::Chunks => return self.begin_chunks(),
            }
        }
        if idle {
            self.watch_head();
        }
    }

    /// A mail that its embedder does not write any more is not asked for.
    fn heed_shutdown(&mut self) {
        let unwritten =
            |one: &&mut Box<Sending>| one.is_streamed() && one.whole().is_none() && !one.is_lost();
        if self.ending == Ending::Shutdown
            && let Some(sending) = self.sending.as_mut().filter(unwritten)
        {
            let phase = sending.phase();
            let cause = Cause::Kind(FailureKind::Aborted);
            sending.fail_open(phase, &cause, Delivery::NotSent);
        }
    }

    fn say_in_flight(&mut self, command: &Command, asked: Asked) {
        let line = command.to_line();
        // There is room: what waits in the outbox is unanswered, and that is bounded by its size.
        if self.chassis.send(line.as_bytes()).is_ok() {
            let mark = self.chassis.out.queued();
            if let Some(sending) = &mut self.sending {
                sending.said(asked, mark, line.len());
            }
        }
    }

    fn begin_chunks(&mut self) {
        let Some(sending) = &self.sending else { return };
        self.state = State::Bdat;
        let streamed = sending.is_streamed();
        match sending.transport {
            Transport::Chunk(size) => {
                let command = Command::Bdat { size, last: true };
                // Everything before was answered, so that the outbox is empty. An empty chunk is
                // whole with its announcement, which therefore waits until the mail is finished.
                if size > 0 {
                    let _ = self.chassis.send(command.to_line().as_bytes());
                }
                self.begin_payload(Framing::bdat(size, true));
            }
            _ => self.begin_payload(Framing::gathered()),
        }
        if streamed {
            self.events.push_back(Event::Payload);
        }
    }

    /// Starts the time for the next answer.
    pub(super) fn watch_head(&mut self) {
        let limits = &self.config.limits;
        let after = match self.sending.as_ref().and_then(|sending| sending.head()) {
            None => return self.chassis.timers.stop(TimerKind::Reply),
            Some((Asked::Data, _)) => limits.data_time,
            Some((Asked::Verdict | Asked::VerdictFor(_) | Asked::LoneDot, _)) => {
                limits.verdict_time
            }
            Some(_) => limits.reply_time,
        };
        self.chassis.timers.start(TimerKind::Reply, after);
    }

    /// Answers are due, or something can be said.
    pub(super) fn poll_answers(
        &mut self,
        rx: &mut Inbox,
    ) -> Result<Option<Progress<Event>>, Error> {
        self.say_what_is_due();
        if !matches!(self.awaits, Awaits::Answers) {
            return Ok(None);
        }
        let sent = self.chassis.out.sent();
        if let Some(sending) = &mut self.sending {
            sending.listen(sent, heard(rx));
        }
        let Some((_, mark)) = self.sending.as_ref().and_then(|sending| sending.head()) else {
            self.tidy_up_or_conclude();
            return Ok(None);
        };
        if let Some(wait) = self.wait_for_answer(rx, mark)? {
            return Ok(Some(wait));
        }
        Ok(None)
    }

    /// Takes one answer, if it is here; else what to wait for.
    pub(super) fn wait_for_answer(
        &mut self,
        rx: &mut Inbox,
        mark: u64,
    ) -> Result<Option<Progress<Event>>, Error> {
        let waits = self.chassis.out.sent() < mark && !self.chassis.out.is_empty();
        let whole = self.sending.as_ref().and_then(|sending| sending.whole());
        if waits && whole == Some(mark) {
            return self.heed_early_reply(rx);
        }
        if waits {
            // What came before the command had left is no answer to it.
            let input = rx.is_empty() && !rx.is_eof();
            return Ok(Some(Progress::Wait { input, app: false }));
        }
        let Some(reply) = self.next_reply(rx)? else {
            if rx.is_eof() {
                return Err(Error::Eof { offset: rx.offset() });
            }
            return Ok(Some(Progress::Wait { input: true, app: false }));
        };
        let offset = rx.offset();
        if self.chassis.out.sent() < mark {
            return Err(Error::Unexpected { offset });
        }
        if self.sending.as_ref().is_some_and(|sending| sending.is_out_of_turn(self.began)) {
            return self.unsolicited(reply, offset).map(|()| None);
        }
        self.answer_in_flight(reply, offset)?;
        Ok(None)
    }

    /// A mail is written to its end and has not left: a reply is no verdict, and there is still time not
    /// to send it. Only a chunk has to leave all the same, when it is refused (RFC 3030 §2).
    fn heed_early_reply(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        self.note_early(rx);
        let Some(reply) = self.next_reply(rx)? else {
            return Ok(Some(Progress::Wait { input: !rx.is_eof(), app: false }));
        };
        let offset = rx.offset();
        let in_chunks = self.sending.as_ref().is_some_and(|sending| sending.bears_refusal());
        let borne = in_chunks && !self.is_unread();
        match (reply.is_refusal(), borne && !reply.is_closing()) {
            (false, _) => return Err(Error::Unexpected { offset }),
            (true, true) => self.answer_in_flight(reply, offset)?,
            (true, false) => self.hung_up(reply),
        }
        Ok(None)
    }

    fn answer_in_flight(&mut self, reply: Reply, offset: u64) -> Result<(), Error> {
        let Some(asked) = self.sending.as_mut().and_then(|sending| sending.take_head()) else {
            return Ok(());
        };
        if reply.is_intermediate() && asked != Asked::Data {
            return Err(Error::Unexpected { offset });
        }
        match asked {
            Asked::Mail => self.sender_answered(&reply, offset)?,
            Asked::Rcpt(nth) => {
                self.step(Keyword::Rcpt, &reply, offset)?;
                if let Some(sending) = &mut self.sending {
                    sending.recipient_answered(nth, &reply);
                }
            }
            Asked::Data => self.content_asked_for(&reply, offset)?,
            Asked::Verdict | Asked::VerdictFor(_) if reply.is_positive() && self.is_early() => {
                return Err(Error::Unexpected { offset });
            }
            Asked::Chunk if reply.is_positive() => {}
            Asked::Chunk => self.content_refused(Phase::Content, &reply),
            Asked::Verdict => self.judged(None, &reply),
            Asked::VerdictFor(nth) => self.judged(Some(nth), &reply),
            Asked::LoneDot => self.state = State::Greeted,
            Asked::Rset => {
                // RFC 5321 §4.1.1.5 has no refusal; whatever came, the transaction is over.
                self.state = State::Greeted;
                self.conclude();
            }
        }
        if reply.is_closing() {
            self.hung_up(reply);
        } else if self.sending.is_some() {
            self.watch_head();
        }
        Ok(())
    }

    fn sender_answered(&mut self, reply: &Reply, offset: u64) -> Result<(), Error> {
        self.step(Keyword::Mail, reply, offset)?;
        if let Some(sending) = self.sending.as_mut().filter(|_| !reply.is_positive()) {
            let cause = Cause::Reply(reply.clone());
            sending.fail_open(Phase::Mail, &cause, Delivery::NotSent);
        }
        Ok(())
    }

    /// RFC 5321 §3.3: 354, or a refusal.
    fn content_asked_for(&mut self, reply: &Reply, offset: u64) -> Result<(), Error> {
        if reply.is_positive() {
            return Err(Error::Unexpected { offset });
        }
        let Some(sending) = &self.sending else { return Ok(()) };
        if !reply.is_intermediate() {
            self.content_refused(Phase::Data, reply);
            return Ok(());
        }
        self.state = State::Data;
        let (lost, nobody, lmtp) = (sending.is_lost(), sending.has_nobody(), sending.is_lmtp());
        if (nobody && lmtp) || (lost && !nobody) {
            // Any end of a mail would be one for those that the server accepted; and without any,
            // LMTP has no answer to it. So the connection is all that can end.
            self.over();
            return Ok(());
        }
        let streamed = sending.is_streamed();
        self.begin_payload(Framing::Data(Stuffer::new(self.config.newlines)));
        if nobody {
            self.write_lone_dot();
        } else if streamed {
            self.events.push_back(Event::Payload);
        }
        Ok(())
    }

    /// The server does not want the mail, and the session goes on.
    fn content_refused(&mut self, phase: Phase, reply: &Reply) {
        if let Some(sending) = &mut self.sending {
            let cause = Cause::Reply(reply.clone());
            sending.fail_open(phase, &cause, Delivery::NotSent);
        }
        if let Awaits::Payload(_) = self.awaits {
            self.end_payload();
            self.awaits = Awaits::Answers;
        }
    }

    fn judged(&mut self, nth: Option<usize>, reply: &Reply) {
        let Some(sending) = &mut self.sending else { return };
        sending.judge(nth, reply);
        // A refused chunk leaves the transaction "indeterminate" (RFC 3030 §2).
        if reply.is_positive() || sending.transport == Transport::Data {
            self.state = State::Greeted;
        }
    }

    /// Everything was answered, and nothing more is to be said.
    fn tidy_up_or_conclude(&mut self) {
        let open = self.state.is_in_transaction() && self.ending == Ending::No;
        if !open {
            return self.conclude();
        }
        self.say_in_flight(&Command::Rset, Asked::Rset);
        if self.sending.as_ref().is_some_and(|sending| sending.head().is_none()) {
            return self.conclude();
        }
        self.watch_head();
    }

    /// The report, and what comes after it.
    pub(super) fn conclude(&mut self) {
        let Some(sending) = self.sending.take() else { return };
        self.marks = None;
        self.chassis.timers.stop(TimerKind::Reply);
        self.events.push_back(Event::Sent(sending.into_report()));
        if !matches!(self.awaits, Awaits::Over) {
            self.awaits = Awaits::Ready;
        }
    }

    /// The session is over while a mail is on its way.
    pub(super) fn fail_sending(&mut self, cause: &Cause) {
        let phase = self.phase();
        let Some(sending) = &mut self.sending else { return };
        let delivery = match sending.whole() {
            None => Delivery::NotSent,
            Some(mark) if self.chassis.out.sent() < mark => {
                // And it must not leave any more.
                self.chassis.out.clear();
                Delivery::NotSent
            }
            Some(_) => Delivery::Unknown,
        };
        sending.fail_open(phase, cause, delivery);
    }

    /// The mail was written to its end.
    pub(super) fn completed(&mut self) {
        let mark = self.chassis.out.queued();
        if let Some(sending) = &mut self.sending {
            sending.completed(mark);
        }
        self.awaits = Awaits::Answers;
        self.watch_head();
    }

    /// Writes what fits of a mail that is at hand.
    pub(super) fn write_whole(&mut self) -> Result<(), Error> {
        let Some(Source::Whole(mail)) = self.source() else { return Ok(()) };
        let mut mail = core::mem::take(mail);
        let written = self.write(&mut mail);
        if mail.is_empty() && written.is_ok() {
            return self.finish();
        }
        if let Some(Source::Whole(left)) = self.source() {
            *left = mail;
        }
        written.map(drop)
    }

    /// Takes from the embedder what fits, and no more than was declared.
    pub(super) fn write_streamed(&mut self, payload: &mut Bytes) -> Result<usize, Error> {
        let most = match self.source() {
            Some(Source::Whole(_)) => return Err(Misuse::NothingPending.into()),
            Some(Source::Streamed { declared: Some(declared), written }) => {
                usize::try_from(declared.saturating_sub(*written)).unwrap_or(usize::MAX)
            }
            _ => usize::MAX,
        };
        let mut taken = payload.slice(..payload.len().min(most));
        let n = self.write(&mut taken)?;
        let _ = payload.split_to(n);
        if let Some(Source::Streamed { written, .. }) = self.source() {
            *written = written.saturating_add(n as u64);
        }
        Ok(n)
    }

    /// Whether the embedder has written what it declared.
    pub(super) fn check_streamed(&mut self) -> Result<(), Error> {
        match self.source() {
            Some(Source::Whole(_)) => Err(Misuse::NothingPending.into()),
            Some(&mut Source::Streamed { declared: Some(declared), written })
                if written < declared =>
            {
                Err(Misuse::SizeMismatch { declared, written }.into())
            }
            _ => Ok(()),
        }
    }

    fn source(&mut self) -> Option<&mut Source> {
        self.sending.as_mut().map(|sending| &mut sending.source)
    }
}
