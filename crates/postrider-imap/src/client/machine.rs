//! What drives a client: reading, waiting, timers, TLS.

use alloc::collections::VecDeque;

use postrider_wire::{Inbox, Machine, Outbox, Progress, Timer, TimerKind, TlsInfo, TlsUpgrade};

use super::read::Reading;
use super::servers::Ways;
use super::{Client, Ending, Event, Stage, Unsent};
use crate::error::Fault;
use crate::{Command, Error, State};

impl Client {
    /// Whether the embedder is waited for.
    fn waits_for_app(&self) -> bool {
        if self.asks() {
            return true;
        }
        if self.upload.is_some() {
            return self.left().is_some() && self.chassis.out.room() > 0;
        }
        match self.idling {
            Some(idling) => idling.may_be_done(),
            None => self.is_at_rest() && self.ending == Ending::NotYet,
        }
    }

    /// Whether nothing is in flight, and nothing waits.
    fn is_at_rest(&self) -> bool {
        self.stage == Stage::Ready
            && self.flights.is_empty()
            && self.waiting.is_empty()
            && self.login.is_none()
    }

    /// Whether the server has something to answer.
    pub(super) fn waits_for_reply(&self) -> bool {
        let silent = self.idling.is_some_and(|idling| idling.is_on());
        !self.flights.is_empty() && !silent && !self.is_uploading() && !self.asks()
    }

    /// The stream is over: in order only between responses, and when nothing is in flight.
    fn input_ended(&mut self, ended: Ended, corrupt: bool) {
        let at_rest = self.stage == Stage::Ready && self.flights.is_empty();
        let orderly = at_rest || self.state == State::Logout;
        let Ended { offset, inside } = ended;
        if corrupt {
            self.doom(Error::Protocol { fault: Fault::Compression, offset });
        } else if inside || !orderly {
            self.doom(Error::Eof { offset });
        } else {
            self.over();
        }
    }

    /// One poll of what reads uncompressed octets.
    fn step(&mut self, rx: &mut Inbox) -> Result<Step, Error> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Step::Answer(Progress::Event(event)));
            }
            if let Some(error) = self.doom.take() {
                return Err(self.chassis.fail(error));
            }
            match self.chassis.tls.poll(rx, &self.chassis.out) {
                Ok(Some(token)) => return Ok(Step::Answer(Progress::StartTls(token))),
                Ok(None) => {}
                Err(fault) => return Err(self.chassis.fail(fault.into())),
            }
            if matches!(self.chassis.tls, postrider_wire::TlsState::Agreed) {
                return Ok(Step::Answer(Progress::Wait { input: false, app: false }));
            }
            if self.stage == Stage::Over {
                return Ok(Step::Answer(self.chassis.close()));
            }
            if self.ends() || self.say_done() || self.go_on() || self.say_waiting() {
                continue;
            }
            self.expect(rx);
            if self.read(rx) {
                continue;
            }
            if rx.is_eof() {
                let offset = rx.offset().saturating_add(rx.len() as u64);
                let inside = self.reading.inside() || !rx.is_empty();
                return Ok(Step::Ended(Ended { offset, inside }));
            }
            self.watch_upload();
            if self.is_at_rest() && self.chassis.out.room() > 0 {
                // It ran for the room that is there now.
                self.chassis.timers.stop(TimerKind::Reply);
            }
            if !self.waits_for_reply() && self.events.capacity() > 0 {
                // It may be a long wait.
                self.events = VecDeque::new();
            }
            let wait = Progress::Wait { input: !rx.is_full(), app: self.waits_for_app() };
            return Ok(Step::Answer(wait));
        }
    }

    /// Does what [`Machine::shutdown`] asked for, as soon as it may be done. Whether something was.
    fn ends(&mut self) -> bool {
        if self.ending == Ending::NotYet {
            return false;
        }
        if self.drop_waiting(Unsent::Closed) {
            return true;
        }
        if self.left().is_some() {
            // The rest of the message is not waited for.
            self.over();
            return true;
        }
        if self.give_up_login() || self.leave() {
            return true;
        }
        let due = self.ending == Ending::Wanted && self.is_at_rest() && self.idling.is_none();
        if due && self.chassis.out.room() == 0 {
            self.chassis.timers.ensure(TimerKind::Reply, self.config.reply);
            return false;
        }
        if due {
            self.ending = Ending::Said;
            self.say_own(Command::Logout);
        }
        due
    }
}

/// What reading uncompressed octets came to.
enum Step {
    Answer(Progress<Event>),
    /// They are over.
    Ended(Ended),
}

/// Where the stream ended, and whether inside something.
#[derive(Clone, Copy)]
struct Ended {
    offset: u64,
    inside: bool,
}

impl Machine for Client {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
        if let Some(error) = self.chassis.failed() {
            return Err(*error);
        }
        loop {
            let Some(mut inflater) = self.inflater.take() else {
                match self.step(rx)? {
                    Step::Answer(answer) => return Ok(answer),
                    Step::Ended(ended) => self.input_ended(ended, false),
                }
                continue;
            };
            let mut over = None;
            let read = self.config.limits.read;
            let answer = inflater.poll(rx, read, |inbox| {
                Ok(match self.step(inbox)? {
                    Step::Answer(answer) => answer,
                    Step::Ended(ended) => {
                        over = Some(ended);
                        Progress::Wait { input: false, app: false }
                    }
                })
            });
            let corrupt = inflater.is_corrupt();
            self.inflater = Some(inflater);
            match over {
                Some(ended) => self.input_ended(ended, corrupt),
                None => return answer,
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
            Some(TimerKind::Renewal) => self.renew(),
            Some(_) if self.chassis.failed().is_none() => self.doom(Error::Timeout),
            _ => {}
        }
    }

    fn tls_established(
        &mut self,
        token: TlsUpgrade,
        tls: TlsInfo,
        plain: Inbox,
    ) -> Result<Inbox, Error> {
        self.chassis.tls_established(token, tls, &plain, Error::from)?;
        // What was said in clear text may have been anybody's (RFC 3501 §6.2.1).
        self.capabilities = None;
        self.ways = Ways::default();
        self.events.clear();
        self.reading = Reading::new(&self.config.limits);
        self.say_own(Command::Capability);
        Ok(self.new_inbox())
    }

    fn shutdown(&mut self) {
        if self.ending == Ending::NotYet {
            self.ending = Ending::Wanted;
        }
    }

    /// Gives up the login, where a key or a token is due. No other event of a client asks for an answer.
    fn decline(&mut self) {
        if self.events.is_empty() {
            self.give_up_login();
        }
    }
}
