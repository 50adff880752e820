//! The machine contract.

use postrider_sasl::line::secret_of;
use postrider_wire::{
    AbortReason, Inbox, Line, Machine, Outbox, Progress, Timer, TimerKind, TlsInfo, TlsState,
    TlsUpgrade,
};

use super::{
    EarlyTalkers, Ending, Event, Phase, Question, REPLY_ROOM, Server, Turn, Verdict, auth,
};
use crate::syntax::command::{announces_chunk, secret};
use crate::{CommandFault, Error, Reply, State, proxy};

/// Flushing alone helps.
pub(super) const FLUSH: Progress<Event> = Progress::Wait { input: false, app: false };

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
                Phase::Proxy => self.poll_proxy(rx)?,
                Phase::Greeting => {
                    self.greet();
                    None
                }
                Phase::Command => self.poll_command(rx)?,
                Phase::Step(_) => self.poll_step(),
                Phase::Delivering => self.deliver(),
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
        Inbox::new(self.unit_limit())
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
        self.forget();
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
            Phase::Asking(Question::Verdict | Question::Deliver) => {
                Reply::own(554, (3, 0), "transaction failed")
            }
            Phase::Asking(Question::Credential | Question::Identity(_)) => auth::invalid(),
            Phase::Asking(_) => Reply::own(502, (5, 1), "command not implemented"),
            _ => return,
        };
        // Something waits for it.
        let _ = self.give(Verdict::Refused(reply));
    }
}

impl Server {
    fn greet(&mut self) {
        self.say_plain(&self.config.greeting());
        self.next_command();
    }

    /// An inbox must hold a whole line.
    pub(super) fn unit_limit(&self) -> usize {
        let line = self.config.limits.inbox.max(self.line_limit());
        if let Phase::Proxy = self.phase { line.max(proxy::LIMIT) } else { line }
    }

    fn poll_step(&mut self) -> Option<Progress<Event>> {
        match core::mem::replace(&mut self.phase, Phase::Command) {
            Phase::Step(due) => self.carry_out(*due),
            _ => None,
        }
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
        rx.expect_units(self.unit_limit());
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
        if let Phase::Proxy = self.phase {
            return Err(self.fail(Error::Timeout));
        }
        self.farewell(Reply::own(421, (4, 2), "timeout, closing connection"));
        Err(self.chassis.fail(Error::Timeout))
    }

    fn poll_command(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        rx.expect_units(self.unit_limit());
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
        self.lines.set_limit(self.line_limit());
        match self.lines.next(rx) {
            Some(Line::Complete(line)) => {
                self.chassis.timers.start(TimerKind::Idle, self.config.limits.idle_time);
                if self.state == State::Auth {
                    self.chassis.show_line_in(&line, secret_of(&line).as_slice());
                    return Ok(self.hear(&line));
                }
                self.chassis.show_line_in(&line, secret(&line).as_slice());
                if self.is_too_long(&line) {
                    self.refuse_long_line(&line);
                    return Ok(None);
                }
                self.obey(&line, rx)
            }
            Some(_) if self.state == State::Auth => {
                self.hear_too_much();
                Ok(None)
            }
            Some(_) => {
                self.refuse_long_line(rx.octets());
                Ok(None)
            }
            None if !rx.is_eof() => Ok(Some(Progress::Wait { input: true, app: false })),
            None => self.end_of_input(rx),
        }
    }

    /// Whether a line is longer than any but that of `AUTH` may be.
    fn is_too_long(&self, line: &[u8]) -> bool {
        // Its CRLF counts.
        !begins_login(line) && line.len().saturating_add(2) > self.config.limits.line.max(2)
    }

    fn refuse_long_line(&mut self, start: &[u8]) {
        if announces_chunk(start) {
            self.lose_count();
        } else if begins_login(start) && self.may_log_in() {
            self.bad(auth::line_too_long());
        } else {
            self.bad(Reply::own(500, (5, 2), "line too long"));
        }
    }

    /// The client is gone, between two commands if it had manners.
    fn end_of_input(&mut self, rx: &Inbox) -> Result<Option<Progress<Event>>, Error> {
        if let Some(aborted) = self.abandon(AbortReason::Eof) {
            return Ok(Some(Progress::Event(aborted)));
        }
        if self.lines.is_inside_line(rx) || matches!(self.state, State::Auth | State::Bdat) {
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

fn begins_login(line: &[u8]) -> bool {
    line.get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"AUTH "))
}
