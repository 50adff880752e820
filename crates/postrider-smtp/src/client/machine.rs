//! The machine contract.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use postrider_wire::{
    Inbox, Line, Machine, Outbox, Progress, Timer, TimerKind, TlsInfo, TlsUpgrade,
};

use super::payload::Stage;
use super::{Client, Ending, Event, Phase, Sent};
use crate::syntax::reply::{self as grammar, ReplyLine};
use crate::{Capabilities, Command, Error, Reply, ReplyDefects, State};

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
            && !matches!(self.phase, Phase::Over)
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
            let step = match &self.phase {
                Phase::Over => Ok(Some(self.chassis.close())),
                Phase::Payload(_) => self.poll_payload(rx),
                Phase::Ready => self.poll_ready(rx),
                Phase::Upgrading => self.poll_upgrade(rx),
                Phase::Reply(_) => self.poll_reply(rx),
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
        // RFC 3207 §4.2: what was learned in the clear is forgotten and asked again.
        self.capabilities = Capabilities::default();
        self.state = State::Start;
        self.say_hello();
        Ok(self.new_inbox())
    }

    fn shutdown(&mut self) {
        if self.ending == Ending::No {
            self.ending = Ending::Shutdown;
        }
    }

    fn decline(&mut self) {}
}

impl Client {
    /// The end with an error, once everything was told.
    fn fail(&mut self, error: Error) {
        if let Phase::Payload(_) = self.phase {
            self.end_payload();
        }
        self.over();
        self.ending = Ending::Failed(error);
    }

    pub(super) fn say_hello(&mut self) {
        // The outbox is empty here: everything before was answered.
        let _ = self.send(&Command::Ehlo(self.config.name.clone()), Sent::Ehlo);
    }

    /// The next whole reply, with more of its lines kept until the last is here.
    fn next_reply(&mut self, rx: &mut Inbox) -> Result<Option<Reply>, Error> {
        rx.expect_units(self.config.limits.unit_limit());
        loop {
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
        if self.ending == Ending::Shutdown && self.send(&Command::Quit, Sent::Quit).is_ok() {
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
            // What came before the command had left is no answer to it that could be looked at now.
            let input = rx.is_empty() && !rx.is_eof();
            return Ok(Some(Progress::Wait { input, app: false }));
        }
        let reply = match self.next_reply(rx)? {
            Some(reply) => reply,
            None if !rx.is_eof() => return Ok(Some(Progress::Wait { input: true, app: false })),
            None => {
                if self.phase.is_quitting() {
                    // The goodbye of the server is a courtesy.
                    self.over();
                    return Ok(None);
                }
                return Err(Error::Eof { offset: rx.offset() });
            }
        };
        self.chassis.timers.stop(TimerKind::Reply);
        if let Phase::Reply(sent) = core::mem::replace(&mut self.phase, Phase::Ready) {
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

    fn poll_payload(&mut self, rx: &mut Inbox) -> Result<Option<Progress<Event>>, Error> {
        if self.write_end()? {
            return Ok(None);
        }
        let writing = matches!(&self.phase, Phase::Payload(mail) if mail.stage == Stage::Writing);
        if writing && self.ending == Ending::Shutdown {
            // The rest of the mail is not waited for, and without it the mail is none.
            self.end_payload();
            self.over();
            return Ok(None);
        }
        if let Some(reply) = self.next_reply(rx)? {
            return self.interrupted(reply, rx.offset()).map(|()| None);
        }
        if rx.is_eof() {
            return Err(Error::Eof { offset: rx.offset() });
        }
        self.chassis.watch_flush(self.config.limits.progress_time);
        let app = writing && self.chassis.out.room() > 0;
        Ok(Some(Progress::Wait { input: true, app }))
    }
}

impl Phase {
    fn is_quitting(&self) -> bool {
        matches!(self, Self::Reply(Sent::Quit))
    }
}
