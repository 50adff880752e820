//! The machine contract.

use alloc::format;
use alloc::vec::Vec;

use postrider_wire::{
    AbortReason, Inbox, Line, Machine, Outbox, Progress, Timer, TimerKind, TlsInfo, TlsState,
    TlsUpgrade,
};

use super::{
    EarlyTalkers, Ending, Event, Phase, Question, REPLY_ROOM, Recipients, Server, Turn, Verdict,
};
use crate::syntax::command::{announces_chunk, secret};
use crate::{CommandFault, Error, Reply, State};

/// Flushing alone helps.
const FLUSH: Progress<Event> = Progress::Wait { input: false, app: false };

impl Machine for Server {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
        if let Some(error) = self.chassis.failed() {
            return Err(error.clone());
        }
        loop {
            if let Some(reason) = self.aborted.take() {
                return Ok(Progress::Event(Event::Aborted(reason)));
            }
            if self.ending == Ending::Timeout && !self.is_over() {
                return self.time_out();
            }
            if self.is_interrupted(rx) {
                self.refuse_early_talk();
                continue;
            }
            let progress = match &self.phase {
                Phase::Greeting => {
                    self.greet();
                    None
                }
                Phase::Command => self.poll_command(rx)?,
                Phase::Asking(_) => Some(self.stand_by(rx, true)),
                Phase::Held(..) if self.is_due() => {
                    self.release();
                    None
                }
                Phase::Held(..) => Some(self.stand_by(rx, false)),
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
        match self.chassis.fired(fired) {
            // What was held back is said with the next poll.
            None | Some(TimerKind::Delay) => {}
            Some(_) if self.is_over() => {}
            Some(_) => self.ending = Ending::Timeout,
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
        // Something waits for it.
        let _ = self.give(Verdict::Refused(reply));
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
        self.delay = core::time::Duration::ZERO;
        self.chassis.timers.stop(TimerKind::Idle);
        self.phase = Phase::Asking(question);
        Progress::Event(event)
    }

    /// Nothing is read for now, but octets may come.
    fn stand_by(&mut self, rx: &mut Inbox, app: bool) -> Progress<Event> {
        rx.expect_units(self.config.limits.unit_limit());
        self.chassis.watch_flush(self.config.limits.progress_time);
        Progress::Wait { input: !rx.is_full() && !rx.is_eof(), app }
    }

    /// Whether a verdict was held back for long enough.
    fn is_due(&self) -> bool {
        self.ending == Ending::Shutdown || !self.chassis.timers.is_running(TimerKind::Delay)
    }

    /// Whether the client speaks though a reply that it must wait for has not left.
    fn is_interrupted(&mut self, rx: &Inbox) -> bool {
        match self.turn {
            Turn::Behind(mark) if self.chassis.out.sent() >= mark => {
                self.turn = Turn::Free;
                false
            }
            Turn::Behind(_) => {
                self.config.early_talkers == EarlyTalkers::Refuse
                    && !rx.is_empty()
                    && !self.is_over()
            }
            _ => false,
        }
    }

    fn refuse_early_talk(&mut self) {
        self.break_off(AbortReason::Protocol);
        self.farewell(Reply::own(554, (5, 0), "you spoke before it was your turn"));
    }

    fn time_out(&mut self) -> Result<Progress<Event>, Error> {
        if let Some(aborted) = self.abandon(AbortReason::Timeout) {
            return Ok(Progress::Event(aborted));
        }
        self.farewell(Reply::own(421, (4, 2), "timeout, closing connection"));
        Err(self.chassis.fail(Error::Timeout))
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
            self.break_off(AbortReason::Discarded);
            self.farewell(Reply::own(421, (3, 2), "service shutting down"));
            return Ok(None);
        }
        if self.chassis.out.room() < REPLY_ROOM {
            self.chassis.watch_flush(self.config.limits.progress_time);
            return Ok(Some(FLUSH));
        }
        self.chassis.timers.stop(TimerKind::Progress);
        match self.lines.next(rx) {
            Some(Line::Complete(line)) => {
                self.chassis.show_line_in(&line, secret(&line).as_slice());
                self.chassis.timers.start(TimerKind::Idle, self.config.limits.idle_time);
                self.obey(&line, rx)
            }
            Some(_) if announces_chunk(rx.octets()) => {
                self.lose_count();
                Ok(None)
            }
            Some(_) => {
                self.bad(Reply::own(500, (5, 2), "line too long"));
                Ok(None)
            }
            None if !rx.is_eof() => Ok(Some(Progress::Wait { input: true, app: false })),
            None => self.end_of_input(rx),
        }
    }

    /// The client is gone, between two commands if it had manners.
    fn end_of_input(&mut self, rx: &Inbox) -> Result<Option<Progress<Event>>, Error> {
        if let Some(aborted) = self.abandon(AbortReason::Eof) {
            return Ok(Some(Progress::Event(aborted)));
        }
        if self.lines.is_inside_line(rx) || self.state == State::Bdat {
            return Err(self.fail(Error::Eof { offset: rx.offset() }));
        }
        self.over();
        Ok(None)
    }

    /// A chunk without a size: where it ends nobody knows, and what comes may be no commands.
    pub(super) fn lose_count(&mut self) {
        self.break_off(AbortReason::Protocol);
        self.farewell(CommandFault::ChunkSize.reply());
    }

    pub(super) fn fail(&mut self, error: Error) -> Error {
        self.over();
        self.chassis.fail(error)
    }
}
