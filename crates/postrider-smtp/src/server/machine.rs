//! The machine contract.

use alloc::format;
use alloc::vec::Vec;

use bytes::Bytes;
use postrider_wire::dot::Unstuffed;
use postrider_wire::{
    AbortReason, Direction, Inbox, Line, Machine, Outbox, Progress, Timer, TimerKind, TlsInfo,
    TlsState, TlsUpgrade, Unit,
};

use super::{Ending, Event, Fate, Phase, Question, REPLY_ROOM, Recipients, Server};
use crate::syntax::command::secret;
use crate::{Error, Reply, State};

/// Flushing alone helps.
const FLUSH: Progress<Event> = Progress::Wait { input: false, app: false };

impl Machine for Server {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
        if let Some(error) = self.chassis.failed() {
            return Err(error.clone());
        }
        if let Some(event) = self.next.take() {
            return Ok(Progress::Event(event));
        }
        if self.ending == Ending::Timeout && !self.is_over() {
            return self.time_out();
        }
        loop {
            let progress = match &self.phase {
                Phase::Greeting => {
                    self.greet();
                    None
                }
                Phase::Command => self.poll_command(rx)?,
                Phase::Asking(_) => {
                    rx.expect_units(self.config.limits.unit_limit());
                    self.chassis.watch_flush(self.config.limits.progress_time);
                    let input = !rx.is_full() && !rx.is_eof();
                    Some(Progress::Wait { input, app: true })
                }
                Phase::Payload(_) => self.poll_payload(rx)?,
                Phase::Over => Some(self.chassis.close()),
            };
            if let Some(progress) = progress {
                return Ok(progress);
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
        if self.chassis.fired(fired).is_some() && !self.is_over() {
            self.ending = Ending::Timeout;
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
        // RFC 3207 §4.2: what was learned in the clear is forgotten.
        self.client = None;
        self.recipients = Recipients::default();
        self.state = State::Start;
        self.next_command();
        Ok(self.new_inbox())
    }

    fn shutdown(&mut self) {
        if self.ending == Ending::No {
            self.ending = Ending::Shutdown;
        }
    }

    fn decline(&mut self) {
        let reply = match &self.phase {
            Phase::Asking(Question::Verdict) => Reply::own(554, (3, 0), "transaction failed"),
            Phase::Asking(_) => Reply::own(502, (5, 1), "command not implemented"),
            _ => return,
        };
        self.refuse_pending(reply);
    }
}

impl Server {
    fn greet(&mut self) {
        let line = format!("{} ESMTP service ready", self.config.name);
        self.say_plain(&Reply::plain(220, Vec::from([line])));
        self.next_command();
    }

    /// Ready for the next command.
    pub(super) fn next_command(&mut self) {
        self.phase = Phase::Command;
        self.chassis.timers.stop(TimerKind::Progress);
        self.chassis.timers.start(TimerKind::Idle, self.config.limits.idle_time);
    }

    /// Asks the embedder, who may take any time.
    pub(super) fn ask(&mut self, question: Question, event: Event) -> Progress<Event> {
        self.chassis.timers.stop(TimerKind::Idle);
        self.phase = Phase::Asking(question);
        Progress::Event(event)
    }

    fn time_out(&mut self) -> Result<Progress<Event>, Error> {
        if self.is_telling() {
            return Ok(Progress::Event(self.abandon(AbortReason::Timeout)));
        }
        self.farewell(Reply::own(421, (4, 2), "timeout, closing connection"));
        Err(self.chassis.fail(Error::Timeout))
    }

    /// Whether a mail is being handed on.
    fn is_telling(&self) -> bool {
        matches!(&self.phase, Phase::Payload(incoming) if incoming.fate == Fate::Told)
    }

    /// The mail that is coming in will have no end; the session neither.
    fn abandon(&mut self, reason: AbortReason) -> Event {
        self.swallow(Reply::own(451, (3, 0), "transaction aborted"));
        self.chassis.show(Direction::In, Unit::PayloadEnd);
        Event::Aborted(reason)
    }

    /// What is left of the mail is not handed on; at its end this is said.
    pub(super) fn swallow(&mut self, reply: Reply) {
        if let Phase::Payload(incoming) = &mut self.phase {
            incoming.fate = Fate::Swallowed(reply);
        }
    }

    fn poll_command(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        rx.expect_units(self.config.limits.unit_limit());
        match self.chassis.tls.poll(rx, &self.chassis.out) {
            Ok(Some(token)) => {
                self.chassis.timers.stop(TimerKind::Idle);
                return Ok(Some(Progress::StartTls(token)));
            }
            Ok(None) if matches!(self.chassis.tls, TlsState::Agreed) => return Ok(Some(FLUSH)),
            Ok(None) => {}
            Err(fault) => return Err(self.fail(Error::upgrade(fault, rx.offset()))),
        }
        if self.ending == Ending::Shutdown {
            self.farewell(Reply::own(421, (3, 2), "service shutting down"));
            return Ok(None);
        }
        if self.chassis.out.room() < REPLY_ROOM {
            return Ok(Some(FLUSH));
        }
        match self.lines.next(rx) {
            Some(Line::Complete(line)) => {
                self.chassis.show_line_in(&line, secret(&line).as_slice());
                self.chassis.timers.start(TimerKind::Idle, self.config.limits.idle_time);
                self.obey(&line, rx)
            }
            Some(_) => {
                self.bad(Reply::own(500, (5, 2), "line too long"));
                Ok(None)
            }
            None if !rx.is_eof() => Ok(Some(Progress::Wait { input: true, app: false })),
            None if !self.lines.is_inside_line(rx) => {
                self.over();
                Ok(None)
            }
            None => Err(self.fail(Error::Eof { offset: rx.offset() })),
        }
    }

    pub(super) fn fail(&mut self, error: Error) -> Error {
        self.over();
        self.chassis.fail(error)
    }

    fn poll_payload(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        let telling = self.is_telling();
        let Phase::Payload(incoming) = &mut self.phase else { return Ok(None) };
        rx.expect_payload(self.config.limits.read);
        match incoming.unstuffer.poll(rx) {
            Unstuffed::Payload(chunk) => {
                self.chassis.timers.start(TimerKind::Progress, self.config.limits.progress_time);
                Ok(telling.then(|| self.take(chunk)).map(Progress::Event))
            }
            Unstuffed::Fault(_) if telling => {
                let text = "mail holds a bare CR, a bare LF or a NUL";
                self.swallow(Reply::own(550, (5, 2), text));
                Ok(Some(Progress::Event(Event::Aborted(AbortReason::BareNewline))))
            }
            Unstuffed::Fault(_) => Ok(None),
            Unstuffed::End => {
                rx.expect_units(self.config.limits.unit_limit());
                Ok(self.end_of_mail())
            }
            Unstuffed::NeedInput if rx.is_eof() => {
                if telling {
                    return Ok(Some(Progress::Event(self.abandon(AbortReason::Eof))));
                }
                Err(self.fail(Error::Eof { offset: rx.offset() }))
            }
            _ => Ok(Some(Progress::Wait { input: true, app: false })),
        }
    }

    /// Hands a chunk on, up to the largest mail (RFC 1870 §6.3): what is told does not depend on how
    /// the chunks were cut.
    fn take(&mut self, mut chunk: Bytes) -> Event {
        let Phase::Payload(incoming) = &mut self.phase else { return Event::Chunk(chunk) };
        let left = self.config.limits.message.saturating_sub(incoming.octets);
        let fits = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        let too_large = fits < chunk.len();
        chunk.truncate(fits);
        incoming.octets = incoming.octets.saturating_add(chunk.len() as u64);
        self.chassis.show(Direction::In, Unit::Payload(&chunk));
        if !too_large {
            return Event::Chunk(chunk);
        }
        self.swallow(Reply::own(552, (3, 4), "mail exceeds the largest size"));
        let aborted = Event::Aborted(AbortReason::TooLarge);
        if chunk.is_empty() {
            return aborted;
        }
        self.next = Some(aborted);
        Event::Chunk(chunk)
    }

    fn end_of_mail(&mut self) -> Option<Progress<Event>> {
        self.chassis.timers.stop(TimerKind::Progress);
        self.chassis.show(Direction::In, Unit::PayloadEnd);
        let Phase::Payload(incoming) = &mut self.phase else { return None };
        match core::mem::replace(&mut incoming.fate, Fate::Told) {
            Fate::Told => Some(self.ask(Question::Verdict, Event::DataEnd)),
            Fate::Swallowed(reply) => {
                let closing = reply.is_closing();
                self.end_transaction();
                self.say(reply);
                if closing {
                    self.over();
                } else {
                    self.next_command();
                }
                None
            }
        }
    }

    /// No mail is under way any more.
    pub(super) fn end_transaction(&mut self) {
        self.recipients = Recipients::default();
        if self.state.is_in_transaction() {
            self.state = State::Greeted;
        }
    }
}
