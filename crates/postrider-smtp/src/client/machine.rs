//! The machine contract.

use alloc::boxed::Box;
use alloc::collections::{BTreeSet, VecDeque};

use postrider_wire::{
    Inbox, Line, Machine, Outbox, Progress, Timer, TimerKind, TlsInfo, TlsUpgrade,
};

use super::payload::Stage;
use super::sending::Cause;
use super::{Awaits, Client, Ending, Event, Sent};
use crate::syntax::reply::{self as grammar, ReplyLine};
use crate::{Capabilities, Command, Error, Protocol, Reply, ReplyDefects, State};

/// Flushing alone helps.
const FLUSH: Progress<Event> = Progress::Wait { input: false, app: false };

impl Machine for Client {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
        if let Some(error) = self.chassis.failed() {
            return Err(error.clone());
        }
        if let Ending::Failed(error) = &self.ending
            && !matches!(self.awaits, Awaits::Over)
        {
            let error = error.clone();
            self.fail(error);
        }
        loop {
            if let Some(event) = self.events.pop_front() {
                if self.events.is_empty() {
                    // An idle session keeps no room for them.
                    self.events = VecDeque::new();
                }
                return Ok(Progress::Event(event));
            }
            if let Ending::Failed(error) = &self.ending {
                let error = error.clone();
                return Err(self.chassis.fail(error));
            }
            let step = match &self.awaits {
                Awaits::Over => Ok(Some(self.chassis.close())),
                Awaits::Payload(_) => self.poll_payload(rx),
                Awaits::Ready => self.poll_ready(rx),
                Awaits::Upgrading => self.poll_upgrade(rx),
                Awaits::Reply(_) => self.poll_reply(rx),
                Awaits::Answers => self.poll_answers(rx),
                Awaits::Embedder => self.poll_embedder(rx),
            };
            match step {
                Ok(Some(progress)) => return Ok(progress),
                Ok(None) => {}
                Err(error) => self.fail(error),
            }
        }
    }

    fn new_inbox(&self) -> Inbox {
        Inbox::new(self.config.limits.unit_limit())
    }

    fn outbox(&mut self) -> &mut Outbox {
        self.chassis.out.reader()
    }

    fn timers(&self) -> &[Timer] {
        self.chassis.timers.as_slice()
    }

    fn on_timeout(&mut self, fired: Timer) {
        if self.chassis.fired(fired).is_some() && !matches!(self.awaits, Awaits::Over) {
            self.ending = Ending::Failed(Error::Timeout);
        }
    }

    fn tls_established(
        &mut self,
        token: TlsUpgrade,
        tls: TlsInfo,
        plain: Inbox,
    ) -> Result<Inbox, Error> {
        let error = |fault| Error::upgrade(fault, plain.offset());
        self.chassis.tls_established(token, tls, &plain, error)?;
        // RFC 3207 §4.2: what was learned in the clear is forgotten and asked again.
        self.capabilities = Capabilities::default();
        self.state = State::Start;
        (self.begun, self.domains) = (0, BTreeSet::new());
        // Places in the stream that is over.
        (self.began, self.heard) = (0, 0);
        self.say_hello();
        Ok(self.new_inbox())
    }

    fn shutdown(&mut self) {
        if self.ending == Ending::No {
            self.ending = Ending::Shutdown;
        }
    }

    fn decline(&mut self) {
        self.give_up_login();
    }
}

impl Client {
    /// The end with an error, once everything was told.
    fn fail(&mut self, error: Error) {
        if let Awaits::Payload(_) = self.awaits {
            self.end_payload();
        }
        self.over_for(&Cause::of(&error));
        self.ending = Ending::Failed(error);
    }

    pub(super) fn say_hello(&mut self) {
        self.say_hello_then(Sent::Ehlo);
    }

    pub(super) fn say_hello_then(&mut self, sent: Sent) {
        // The outbox is empty here: everything before was answered.
        let name = self.config.name.clone();
        let hello = match self.config.protocol {
            Protocol::Smtp => Command::Ehlo(name),
            Protocol::Lmtp => Command::Lhlo(name),
        };
        let _ = self.say(&hello, sent);
    }

    /// The next whole reply, with more of its lines kept until the last is here.
    pub(super) fn next_reply(&mut self, rx: &mut Inbox) -> Result<Option<Reply>, Error> {
        rx.expect_units(self.config.limits.unit_limit());
        loop {
            if self.partial.is_none() {
                self.began = rx.offset();
            }
            let line = match self.lines.next(rx) {
                Some(Line::Complete(line)) => line,
                Some(_) => return Err(Error::LineTooLong { offset: rx.offset() }),
                None => return Ok(None),
            };
            self.chassis.show_line_in(&line, &[]);
            let offset = rx.offset();
            let line = grammar::reply_line(&line).ok_or(Error::Malformed { offset })?;
            if let Some(reply) = self.add_line(&line, offset)? {
                return Ok(Some(reply));
            }
        }
    }

    /// Codes that differ within a reply: the first one counts (RFC 5321 §4.2.1 has them the same).
    fn add_line(&mut self, line: &ReplyLine<'_>, offset: u64) -> Result<Option<Reply>, Error> {
        let mut reply = match self.partial.take() {
            Some(reply) => *reply,
            None => {
                self.partial_text = 0;
                Reply::begin(line.code)
            }
        };
        self.partial_text = self.partial_text.saturating_add(line.text.len());
        let limits = &self.config.limits;
        if reply.lines().len() >= limits.reply_lines || self.partial_text > limits.reply_text {
            return Err(Error::ReplyTooLong { offset });
        }
        reply.note(ReplyDefects {
            mixed_codes: line.code != reply.code(),
            missing_text: line.bare_code,
            bare_lf: self.lines.ended_bare(),
        });
        reply.receive(line.text);
        if line.last {
            return Ok(Some(reply));
        }
        self.partial = Some(Box::new(reply));
        Ok(None)
    }

    /// No command is in flight.
    fn poll_ready(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        if self.ending == Ending::Shutdown && self.say(&Command::Quit, Sent::Quit).is_ok() {
            return Ok(None);
        }
        match self.next_reply(rx)? {
            Some(reply) => self.unsolicited(reply, rx.offset()).map(|()| None),
            None if !rx.is_eof() => Ok(Some(Progress::Wait { input: true, app: true })),
            None if !self.lines.is_inside_line(rx) && self.partial.is_none() => {
                self.over();
                Ok(None)
            }
            None => Err(Error::Eof { offset: rx.offset() }),
        }
    }

    /// A reply is due.
    fn poll_reply(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        if !self.chassis.out.is_empty() {
            // What came before the command had left is no answer to it.
            self.heard = heard(rx);
            self.note_early(rx);
            let input = rx.is_empty() && !rx.is_eof();
            return Ok(Some(Progress::Wait { input, app: false }));
        }
        let reply = match self.next_reply(rx)? {
            Some(reply) => reply,
            None if !rx.is_eof() => return Ok(Some(Progress::Wait { input: true, app: false })),
            None => {
                if self.awaits.is_quitting() {
                    // The goodbye of the server is a courtesy.
                    self.over();
                    return Ok(None);
                }
                return Err(Error::Eof { offset: rx.offset() });
            }
        };
        // A mail has marks of its own: its refusal may come at any time.
        let mail = matches!(self.awaits, Awaits::Reply(Sent::Dot | Sent::Bdat { .. }));
        if self.began < self.heard && !mail {
            return self.unsolicited(reply, rx.offset()).map(|()| None);
        }
        self.chassis.timers.stop(TimerKind::Reply);
        if let Awaits::Reply(sent) = core::mem::replace(&mut self.awaits, Awaits::Ready) {
            self.answered(sent, reply, rx)?;
        }
        Ok(None)
    }

    fn poll_upgrade(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        match self.chassis.tls.poll(rx, &self.chassis.out) {
            Ok(Some(token)) => Ok(Some(Progress::StartTls(token))),
            Ok(None) => Ok(Some(FLUSH)),
            Err(fault) => Err(Error::upgrade(fault, rx.offset())),
        }
    }

    /// The mail has not left to its end: what is here is no verdict on it.
    pub(super) fn note_early(&mut self, rx: &Inbox) {
        let Some(marks) = &mut self.marks else { return };
        marks.early = heard(rx);
        if self.chassis.out.sent() < marks.announced {
            marks.unread = marks.early;
        }
    }

    /// Whether the last reply came, or began to come, before the mail had left to its end.
    pub(super) fn is_early(&self) -> bool {
        self.marks.as_ref().is_some_and(|marks| self.began < marks.early)
    }

    /// Whether the last reply came, or began to come, before what announced the mail had left.
    pub(super) fn is_unread(&self) -> bool {
        self.marks.as_ref().is_some_and(|marks| self.began < marks.unread)
    }

    fn poll_payload(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        self.note_early(rx);
        let awaits_chunk = self.sending.as_ref().is_some_and(|sending| sending.head().is_some());
        if self.is_writing()
            && !awaits_chunk
            && !rx.is_empty()
            && let Some(reply) = self.next_reply(rx)?
        {
            // Before any more of the mail is written.
            return self.interrupted(reply, rx.offset()).map(|()| None);
        }
        if self.is_writing() {
            self.write_whole()?;
            self.write_gathered();
        }
        if self.write_end()? || !matches!(self.awaits, Awaits::Payload(_)) {
            return Ok(None);
        }
        let whole = self.sending.as_ref().is_some_and(|sending| !sending.is_streamed());
        if self.is_writing() && self.ending == Ending::Shutdown && !whole {
            // The rest of the mail is not waited for, and without it the mail is none.
            self.end_payload();
            self.over();
            return Ok(None);
        }
        let app = self.has_room() && !whole;
        if let Some((_, mark)) = self.sending.as_ref().and_then(|sending| sending.head()) {
            // A chunk is to be answered while the next one comes from the embedder.
            self.chassis.watch_flush(self.config.limits.progress_time);
            return Ok(match self.wait_for_answer(rx, mark)? {
                Some(Progress::Wait { input, .. }) => Some(Progress::Wait { input, app }),
                other => other,
            });
        }
        if let Some(reply) = self.next_reply(rx)? {
            return self.interrupted(reply, rx.offset()).map(|()| None);
        }
        if rx.is_eof() {
            return Err(Error::Eof { offset: rx.offset() });
        }
        self.chassis.watch_flush(self.config.limits.progress_time);
        Ok(Some(Progress::Wait { input: true, app }))
    }

    fn is_writing(&self) -> bool {
        matches!(&self.awaits, Awaits::Payload(mail) if mail.stage == Stage::Writing)
    }
}

/// Up to where octets have come.
pub(super) fn heard(rx: &Inbox) -> u64 {
    rx.offset().saturating_add(rx.len() as u64)
}

impl Awaits {
    fn is_quitting(&self) -> bool {
        matches!(self, Self::Reply(Sent::Quit))
    }
}
