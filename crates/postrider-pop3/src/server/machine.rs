//! The machine contract.

use alloc::format;
use alloc::string::String;

use postrider_sasl::line::secret_of;
use postrider_wire::{
    Direction, Inbox, Line, Machine, Outbox, Policy, Progress, Security, Timer, TimerKind, TlsInfo,
    TlsState, TlsUpgrade, Unit,
};

use super::{Ending, Event, Phase, REPLY_ROOM, Server, Speech};
use crate::syntax::command::secret;
use crate::{Error, Misuse, Reply, Status};

/// Flushing alone helps.
const FLUSH: Progress<Event> = Progress::Wait { input: false, app: false };

impl Machine for Server {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
        if let Some(error) = self.chassis.failed() {
            return Err(error.clone());
        }
        if self.ending == Ending::Timeout {
            return Err(self.time_out());
        }
        loop {
            let progress = match self.phase {
                Phase::Greeting => {
                    self.greet();
                    None
                }
                Phase::Command => self.poll_command(rx)?,
                Phase::Asking(_) => {
                    rx.expect_units(self.unit_limit());
                    self.chassis.watch_flush(self.config.limits.progress_time);
                    Some(Progress::Wait { input: wants(rx), app: true })
                }
                Phase::Step(_) => self.poll_step(),
                Phase::Delayed(..) => self.poll_delayed(rx),
                Phase::Listing { list, next } => self.continue_listing(list, next).then_some(FLUSH),
                Phase::Payload(_) => self.poll_payload(rx),
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
            // The next poll says what was held back.
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
        self.user = None;
        // Whoever chose it in the clear (RFC 6856 §7): it need not have been this client.
        self.speech = Speech::Own;
        Ok(self.new_inbox())
    }

    fn shutdown(&mut self) {
        if self.ending == Ending::No {
            self.ending = Ending::Shutdown;
        }
    }

    fn decline(&mut self) {
        self.refuse_pending(None);
    }
}

fn wants(rx: &Inbox) -> bool {
    !rx.is_full() && !rx.is_eof()
}

impl Server {
    fn unit_limit(&self) -> usize {
        self.config.limits.unit_limit(self.state.is_logged_in()).max(self.line_limit())
    }

    /// What was computed while the embedder called.
    fn poll_step(&mut self) -> Option<Progress<Event>> {
        match core::mem::replace(&mut self.phase, Phase::Command) {
            Phase::Step(due) => self.carry_out(*due),
            phase => {
                self.phase = phase;
                None
            }
        }
    }

    fn greet(&mut self) {
        let empty = Reply::own(Status::Ok, "");
        let mut greeting = core::mem::replace(&mut self.config.greeting, empty);
        if let Some(stamp) = &self.config.apop {
            // The first thing in angle brackets is the timestamp.
            let text = greeting.text().replace('<', "(").replace('>', ")");
            // The 512 octets of RFC 2449 §4, without `+OK `, a space and CRLF.
            let fits = text.len().saturating_add(stamp.as_str().len()) <= 505;
            let text = if fits { text } else { String::from("ready") };
            greeting = Reply::own(Status::Ok, format!("{text} {}", stamp.as_str()).trim_start());
        }
        self.say(&greeting);
        self.next_command();
    }

    /// Ready for the next command.
    pub(super) fn next_command(&mut self) {
        self.phase = Phase::Command;
    }

    /// Autologout counts from when the client has heard all that was said to it; until then it must
    /// go on reading.
    fn await_command(&mut self) {
        self.chassis.watch_flush(self.config.limits.progress_time);
        if self.chassis.out.is_empty() {
            self.chassis.timers.ensure(TimerKind::Idle, self.config.limits.idle_time);
        } else {
            self.chassis.timers.stop(TimerKind::Idle);
        }
    }

    /// Autologout: the connection is closed without an answer, and nothing is removed (RFC 1939
    /// §3). A message that was being written gets no dot.
    fn time_out(&mut self) -> Error {
        if let Phase::Payload(_) = self.phase {
            self.chassis.show(Direction::Out, Unit::PayloadEnd);
        }
        self.over();
        self.chassis.out.clear();
        self.chassis.fail(Error::Timeout)
    }

    fn poll_command(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        rx.expect_units(self.unit_limit());
        match self.chassis.tls.poll(rx, &self.chassis.out) {
            Ok(Some(token)) => {
                self.chassis.timers.stop_all();
                return Ok(Some(Progress::StartTls(token)));
            }
            Ok(None) if matches!(self.chassis.tls, TlsState::Agreed) => {
                self.chassis.watch_flush(self.config.limits.progress_time);
                return Ok(Some(FLUSH));
            }
            Ok(None) => {}
            Err(fault) => return Err(self.chassis.fail(Error::upgrade(fault, rx.offset()))),
        }
        if self.ending == Ending::Shutdown {
            self.farewell(&Self::shutting_down());
            return Ok(None);
        }
        if self.chassis.out.room() < REPLY_ROOM {
            self.await_command();
            return Ok(Some(FLUSH));
        }
        self.lines.set_limit(self.line_limit());
        match self.lines.next(rx) {
            Some(Line::Complete(line)) if self.login.is_some() => {
                self.chassis.show_line_in(&line, secret_of(&line).as_slice());
                self.chassis.timers.stop(TimerKind::Idle);
                Ok(self.hear(&line))
            }
            Some(_) if self.login.is_some() => {
                self.hear_too_much();
                Ok(None)
            }
            Some(Line::Complete(line)) => {
                let hidden = secret(&line);
                self.chassis.show_line_in(&line, hidden.as_slice());
                self.chassis.timers.stop(TimerKind::Idle);
                self.obey(&line, rx)
            }
            Some(_) => {
                self.bad("line too long");
                Ok(None)
            }
            None if !rx.is_eof() => {
                self.await_command();
                Ok(Some(Progress::Wait { input: true, app: false }))
            }
            None if !self.lines.is_inside_line(rx) => {
                // The client hung up: nothing is removed.
                self.over();
                Ok(None)
            }
            None => {
                self.over();
                Err(self.chassis.fail(Error::Eof { offset: rx.offset() }))
            }
        }
    }

    /// The refusal of a login waits for its time, and the next command in the inbox.
    fn poll_delayed(&mut self, rx: &mut Inbox) -> Option<Progress<Event>> {
        if !self.chassis.timers.is_running(TimerKind::Delay) {
            self.refuse_login();
            return None;
        }
        if self.ending == Ending::Shutdown {
            // The goodbye is the answer, and says nothing of the password.
            self.farewell(&Self::shutting_down());
            return None;
        }
        rx.expect_units(self.unit_limit());
        self.chassis.watch_flush(self.config.limits.progress_time);
        Some(Progress::Wait { input: wants(rx), app: false })
    }

    fn shutting_down() -> Reply {
        Reply::own(Status::Err, "server shutting down")
    }

    fn poll_payload(&mut self, rx: &mut Inbox) -> Option<Progress<Event>> {
        rx.expect_units(self.config.limits.unit_limit(true));
        if self.write_end().unwrap_or(true) {
            // The message is over, or broken off.
            return None;
        }
        self.chassis.watch_flush(self.config.limits.progress_time);
        if self.chassis.out.room() == 0 {
            return Some(FLUSH);
        }
        Some(Progress::Wait { input: wants(rx), app: true })
    }

    /// Whether `STLS` may be used now: not behind `UTF8` (RFC 6856 §2.1).
    pub(super) fn offers_stls(&self) -> bool {
        let policy = match self.config.security {
            Security::StartTls(policy) => policy,
            Security::Implicit(_) => Policy::Never,
        };
        policy != Policy::Never && !self.chassis.tls.is_established() && !self.is_utf8()
    }

    pub(super) fn agree_on_tls(&mut self, rx: &Inbox) -> Result<(), Error> {
        match self.chassis.tls.agree(rx) {
            Ok(()) => Ok(()),
            Err(fault) => {
                self.over();
                Err(self.chassis.fail(Error::upgrade(fault, rx.offset())))
            }
        }
    }

    /// A call that nothing waits for.
    pub(super) const NOTHING_PENDING: Error = Error::Misuse(Misuse::NothingPending);
}
