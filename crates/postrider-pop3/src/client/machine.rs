//! The machine contract.

use alloc::boxed::Box;

use postrider_sasl::line::LONGEST;
use postrider_wire::dot::Unstuffed;
use postrider_wire::{
    AbortReason, Direction, Inbox, Line, Machine, Outbox, Progress, Timer, TlsInfo, TlsState,
    TlsUpgrade, Unit,
};

use super::{Client, Ending, Event, Fate, InFlight, Overlap, Phase, Sent};
use crate::syntax::response;
use crate::{Command, Error, Keyword};

/// Flushing alone helps.
const FLUSH: Progress<Event> = Progress::Wait { input: false, app: false };

impl Machine for Client {
    type Event = Event;
    type Error = Error;

    fn poll(&mut self, rx: &mut Inbox) -> Result<Progress<Event>, Error> {
        if let Some(error) = self.chassis.failed() {
            return Err(error.clone());
        }
        if let Some(event) = self.next.take() {
            return Ok(Progress::Event(event));
        }
        if let Ending::Failed(error) = &self.ending {
            let error = error.clone();
            return self.fail(error, AbortReason::Timeout);
        }
        if let Ending::Rejected(_) = self.ending {
            return Ok(self.turned_away());
        }
        self.listen(rx);
        loop {
            let progress = match &self.phase {
                Phase::Over => Some(self.chassis.close()),
                Phase::Payload(..) => self.poll_payload(rx)?,
                Phase::Embedder => self.poll_embedder(rx)?,
                Phase::Replies if self.in_flight.is_empty() => self.poll_ready(rx)?,
                Phase::Greeting | Phase::Replies | Phase::Listing(..) => self.poll_line(rx)?,
            };
            if let Some(progress) = progress {
                return Ok(progress);
            }
        }
    }

    fn new_inbox(&self) -> Inbox {
        Inbox::new(self.config.limits.unit_limit(self.state.is_logged_in()))
    }

    fn outbox(&mut self) -> &mut Outbox {
        self.chassis.out.reader()
    }

    fn timers(&self) -> &[Timer] {
        self.chassis.timers.as_slice()
    }

    fn on_timeout(&mut self, fired: Timer) {
        if self.chassis.fired(fired).is_some() && !matches!(self.phase, Phase::Over) {
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
        self.overlap = Overlap::Unknown;
        self.offers = None;
        // What comes now is counted anew.
        self.heard = 0;
        let ready = self.ready();
        self.next = Some(ready);
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
    /// The end with an error; a message that was begun has its end first, and each command its
    /// outcome.
    pub(super) fn fail(
        &mut self,
        error: Error,
        reason: AbortReason,
    ) -> Result<Progress<Event>, Error> {
        let told = matches!(self.phase, Phase::Payload(_, Fate::Told));
        if let Phase::Payload(..) = self.phase {
            self.chassis.show(Direction::In, Unit::PayloadEnd);
        }
        self.over();
        self.ending = Ending::Failed(error.clone());
        let aborted = told.then_some(Event::Aborted(reason));
        match aborted.or_else(|| self.next_lost()) {
            Some(event) => Ok(Progress::Event(event)),
            None => Err(self.chassis.fail(error)),
        }
    }

    /// The outcome of the oldest command that will have no other.
    fn next_lost(&mut self) -> Option<Event> {
        loop {
            let InFlight { sent, .. } = self.in_flight.pop_front()?;
            // The upgrade was this client's own doing; the error tells what came of it.
            let command = match sent {
                Sent::Stls => continue,
                // It was a part of the login.
                Sent::Offers => Keyword::Auth,
                _ => sent.keyword(),
            };
            return Some(Event::Lost { command, message: sent.message() });
        }
    }

    /// The end in the words of the server, which no command had asked for.
    fn turned_away(&mut self) -> Progress<Event> {
        self.over();
        Progress::Event(match self.next_lost() {
            Some(lost) => lost,
            None => match core::mem::replace(&mut self.ending, Ending::No) {
                Ending::Rejected(reply) => Event::Rejected(*reply),
                // It is called for no other.
                _ => return self.chassis.close(),
            },
        })
    }

    /// Notes how much came before the commands had left that have not.
    fn listen(&mut self, rx: &Inbox) {
        self.heard = rx.offset().saturating_add(rx.len() as u64);
        let sent = self.chassis.out.sent();
        for command in self.in_flight.iter_mut().rev().take_while(|command| command.end > sent) {
            command.heard = self.heard;
        }
    }

    pub(super) fn next_line(&mut self, rx: &mut Inbox) -> Result<Option<bytes::Bytes>, Error> {
        let limits = &self.config.limits;
        // RFC 5034 §4: challenges are as long as their mechanism makes them.
        let line = if self.login.is_some() { limits.line.max(LONGEST) } else { limits.line };
        self.lines.set_limit(line);
        rx.expect_units(limits.unit_limit(self.state.is_logged_in()).max(line));
        match self.lines.next(rx) {
            Some(Line::Complete(line)) => {
                let challenge = self.login.is_some() && response::challenge(&line).is_some();
                let hidden = (challenge && line.len() > 2).then_some(2..line.len());
                self.chassis.show_line_in(&line, hidden.as_slice());
                Ok(Some(line))
            }
            Some(_) => Err(Error::LineTooLong { offset: rx.offset() }),
            None => Ok(None),
        }
    }

    /// No command is in flight.
    fn poll_ready(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        match self.chassis.tls.poll(rx, &self.chassis.out) {
            Ok(Some(token)) => return Ok(Some(Progress::StartTls(token))),
            Ok(None) if matches!(self.chassis.tls, TlsState::Agreed) => return Ok(Some(FLUSH)),
            Ok(None) => {}
            Err(fault) => {
                return self
                    .fail(Error::upgrade(fault, rx.offset()), AbortReason::Protocol)
                    .map(Some);
            }
        }
        if self.ending == Ending::Shutdown && self.send(&Command::Quit, Sent::Quit).is_ok() {
            return Ok(None);
        }
        match self.next_line(rx) {
            Ok(Some(line)) => match self.unsolicited(&line, rx.offset()) {
                Ok(event) => Ok(Some(Progress::Event(event))),
                Err(error) => self.fail(error, AbortReason::Protocol).map(Some),
            },
            Ok(None) if !rx.is_eof() => Ok(Some(Progress::Wait { input: true, app: true })),
            Ok(None) if !self.lines.is_inside_line(rx) => {
                self.over();
                Ok(None)
            }
            Ok(None) => self.fail(Error::Eof { offset: rx.offset() }, AbortReason::Eof).map(Some),
            Err(error) => self.fail(error, AbortReason::Protocol).map(Some),
        }
    }

    /// A line is due: the greeting, a reply, or one of a listing.
    fn poll_line(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        let app = self.is_ready();
        let sent = self.chassis.out.sent();
        let is_unsent = |oldest: &InFlight| oldest.end > sent;
        if matches!(self.phase, Phase::Replies) && self.in_flight.front().is_some_and(is_unsent) {
            // What came before the command had left is no answer to it that could be looked at now.
            let input = rx.is_empty() && !rx.is_eof();
            return Ok(Some(Progress::Wait { input, app }));
        }
        let began = rx.offset();
        let line = match self.next_line(rx) {
            Ok(Some(line)) => line,
            Ok(None) if !rx.is_eof() => {
                return Ok(Some(Progress::Wait { input: true, app }));
            }
            Ok(None) => {
                let error = Error::Eof { offset: rx.offset() };
                return self.fail(error, AbortReason::Eof).map(Some);
            }
            Err(error) => return self.fail(error, AbortReason::Protocol).map(Some),
        };
        let is_early = |oldest: &InFlight| began < oldest.heard;
        if matches!(self.phase, Phase::Replies) && self.in_flight.front().is_some_and(is_early) {
            return self.spoken_out_of_turn(&line, rx.offset()).map(Some);
        }
        let event = match self.phase {
            Phase::Greeting => self.greeted(&line, rx.offset()),
            Phase::Replies => self.answered(&line, rx),
            _ => {
                self.expect_progress();
                self.listed(&line, rx.offset())
            }
        };
        match event {
            Ok(event) => Ok(event.map(Progress::Event)),
            Err(error) => self.fail(error, AbortReason::Protocol).map(Some),
        }
    }

    /// A reply that began before the command had left, and so is no answer to it. If it were taken for
    /// one, each later command would have the answer to the one before it.
    fn spoken_out_of_turn(&mut self, line: &[u8], offset: u64) -> Result<Progress<Event>, Error> {
        match response::reply(line) {
            Some(reply) if !reply.is_ok() => {
                self.ending = Ending::Rejected(Box::new(reply));
                self.chassis.timers.stop_all();
                Ok(self.turned_away())
            }
            _ => self.fail(Error::Unsolicited { offset }, AbortReason::Protocol),
        }
    }

    fn poll_payload(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        let Phase::Payload(unstuffer, fate) = &mut self.phase else { return Ok(None) };
        rx.expect_payload(self.config.limits.read);
        if self.ending == Ending::Shutdown && *fate == Fate::Told {
            *fate = Fate::Swallowed;
            return Ok(Some(Progress::Event(Event::Aborted(AbortReason::Discarded))));
        }
        match unstuffer.poll(rx) {
            Unstuffed::Payload(chunk) => {
                let told = *fate == Fate::Told;
                self.chassis.show(Direction::In, Unit::Payload(&chunk));
                self.expect_progress();
                Ok(told.then_some(Progress::Event(Event::Chunk(chunk))))
            }
            Unstuffed::Fault(_) => {
                let told = *fate == Fate::Told;
                *fate = Fate::Swallowed;
                let aborted = Event::Aborted(AbortReason::BareNewline);
                Ok(told.then_some(Progress::Event(aborted)))
            }
            Unstuffed::End => {
                let told = *fate == Fate::Told;
                self.chassis.show(Direction::In, Unit::PayloadEnd);
                rx.expect_units(self.config.limits.unit_limit(true));
                self.await_reply();
                Ok(told.then_some(Progress::Event(Event::RetrieveEnd)))
            }
            Unstuffed::NeedInput if rx.is_eof() => {
                let error = Error::Eof { offset: rx.offset() };
                self.fail(error, AbortReason::Eof).map(Some)
            }
            _ => Ok(Some(Progress::Wait { input: true, app: self.is_ready() })),
        }
    }
}
