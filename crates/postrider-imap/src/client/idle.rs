//! IDLE (RFC 2177): the server tells what is new at once, until the client says DONE. And what can be
//! done where it does not have IDLE.

use postrider_wire::TimerKind;

use super::pending::Task;
use super::{Client, Event, Handle};
use crate::{Command, CommandName, Error, Misuse, Status, TaggedCommand};

/// How far an IDLE is, and where it is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Idling {
    pub(super) handle: Handle,
    place: Place,
    wish: Wish,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// IDLE is said; `+` is due, and nothing may be said before it.
    Asked,
    /// The same, to renew one that was told already.
    Renewing,
    /// `+` came: the server tells what is new.
    On,
    /// DONE is said; the answer is due.
    Leaving,
    /// Without IDLE: nothing is in flight until it is time to ask.
    Resting,
    /// NOOP is said; the answer is due.
    Polling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Stay,
    /// DONE, and then IDLE again; NOOP, and then rest.
    Renew,
    /// DONE or NOOP, and then the outcome.
    Leave,
}

impl Idling {
    /// Whether [`Client::done`] would change anything.
    pub(super) fn may_be_done(self) -> bool {
        self.wish != Wish::Leave
    }

    /// Whether the server may be silent as long as it likes.
    pub(super) fn is_on(self) -> bool {
        matches!(self.place, Place::On | Place::Resting)
    }
}

impl Client {
    /// Lets the server tell what is new as soon as it is: [`Event::IdleBegun`] comes when it agreed,
    /// and untagged data as ever, until [`Client::done`]. Then [`Event::Completed`] comes. A command
    /// that is given meanwhile ends it too.
    ///
    /// A server may end a session that is silent for half an hour, so the client says DONE and IDLE
    /// anew whenever [`TimerKind::Renewal`] runs out. Nothing is told of that, unless the server
    /// refuses: then [`Event::Completed`] comes early.
    ///
    /// Where the server does not announce IDLE, and
    /// [`Config::with_polling`](super::Config::with_polling) says how often, the client asks by NOOP
    /// instead. All the rest is the same, but that [`Event::Completed`] tells of the last NOOP.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; [`Misuse::NotOffered`] unless the server is known to offer IDLE, or there
    /// is polling. A login forgets what the server offers: where its answer does not say, ask with
    /// [`Client::capability`] first.
    pub fn idle(&mut self) -> Result<Handle, Error> {
        match self.offered("IDLE") {
            Ok(()) => self.give(Task::Say(Command::Idle)),
            Err(_) if self.config.polling.is_some() => self.give(Task::Watch),
            Err(error) => Err(error),
        }
    }

    /// Ends IDLE. DONE is sent once it may be: not before the server agreed to IDLE, and
    /// [`Event::IdleBegun`] is not told then. An IDLE that was not said yet is withdrawn.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] without IDLE, or when this was called before.
    pub fn done(&mut self) -> Result<(), Error> {
        if self.leave() {
            return Ok(());
        }
        let waits = self.waiting.iter().rfind(|waiting| waiting.name == CommandName::Idle);
        let handle = waits.map(|waiting| waiting.handle).ok_or(Misuse::NotNow)?;
        self.withdraw(handle);
        Ok(())
    }

    /// Wishes IDLE to end. Whether it was not wished before.
    pub(super) fn leave(&mut self) -> bool {
        let over = self.stage != super::Stage::Ready || self.doom.is_some();
        match &mut self.idling {
            Some(idling) if idling.may_be_done() && !over => idling.wish = Wish::Leave,
            _ => return false,
        }
        self.say_done();
        true
    }

    /// IDLE was said.
    pub(super) fn begin_idle(&mut self, handle: Handle) {
        // What was given behind it does not wait for it.
        let wish = if self.waiting.is_empty() { Wish::Stay } else { Wish::Leave };
        self.idling = Some(Idling { handle, place: Place::Asked, wish });
    }

    /// The server does not have IDLE.
    pub(super) fn begin_watch(&mut self, handle: Handle) {
        self.idling = Some(Idling { handle, place: Place::Resting, wish: Wish::Stay });
        self.events.push_back(Event::IdleBegun);
        self.rest();
        if !self.waiting.is_empty() {
            self.leave();
        }
    }

    fn rest(&mut self) {
        let after = self.config.polling.unwrap_or(self.config.renewal);
        self.chassis.timers.start(TimerKind::Renewal, after);
    }

    /// The server says `+` while IDLE is in flight. Whether it was due.
    pub(super) fn idle_begins(&mut self) -> bool {
        let Some(idling) = &mut self.idling else { return false };
        let told = match idling.place {
            Place::Asked => idling.wish != Wish::Leave,
            Place::Renewing => false,
            Place::On | Place::Leaving | Place::Resting | Place::Polling => return false,
        };
        idling.place = Place::On;
        if told {
            self.events.push_back(Event::IdleBegun);
        }
        self.chassis.timers.stop(TimerKind::Reply);
        self.chassis.timers.start(TimerKind::Renewal, self.config.renewal);
        true
    }

    /// The half hour is nearly over, or it is time to ask.
    pub(super) fn renew(&mut self) {
        if let Some(idling) = &mut self.idling
            && idling.wish == Wish::Stay
        {
            idling.wish = Wish::Renew;
        }
    }

    /// Says DONE, or NOOP, if that is wished for and may be said. Whether it was.
    pub(super) fn say_done(&mut self) -> bool {
        let Some(idling) = &mut self.idling else { return false };
        if idling.wish == Wish::Stay || self.doom.is_some() {
            return false;
        }
        match idling.place {
            Place::On => {
                if self.chassis.send(b"DONE\r\n").is_err() {
                    // The server does not read.
                    self.chassis.timers.ensure(TimerKind::Reply, self.config.reply);
                    return false;
                }
                idling.place = Place::Leaving;
                self.chassis.timers.start(TimerKind::Reply, self.config.reply);
            }
            Place::Resting if self.chassis.out.room() == 0 => {
                self.chassis.timers.ensure(TimerKind::Reply, self.config.reply);
                return false;
            }
            Place::Resting => {
                idling.place = Place::Polling;
                let handle = idling.handle;
                self.say_idle(handle, Command::Noop);
            }
            _ => return false,
        }
        self.chassis.timers.stop(TimerKind::Renewal);
        true
    }

    fn say_idle(&mut self, handle: Handle, command: Command) {
        let (name, options) = (CommandName::of(&command), self.write_options());
        self.say_for(Some(handle), name, |tag| {
            TaggedCommand { tag: tag.clone(), command }.encode(options)
        });
    }

    /// The answer to IDLE or NOOP came: whether it was to be renewed, and is.
    pub(super) fn idle_goes_on(&mut self, handle: Option<Handle>, status: &Status) -> bool {
        let Some(idling) = self.idling.filter(|idling| handle == Some(idling.handle)) else {
            return false;
        };
        self.chassis.timers.stop(TimerKind::Renewal);
        let next = match (idling.place, idling.wish) {
            (Place::Leaving, Wish::Renew) if status.is_ok() => Place::Renewing,
            (Place::Polling, Wish::Renew) if status.is_ok() => Place::Resting,
            _ => {
                self.idling = None;
                return false;
            }
        };
        self.idling = Some(Idling { place: next, wish: Wish::Stay, ..idling });
        if next == Place::Resting {
            self.rest();
        } else {
            self.say_idle(idling.handle, Command::Idle);
        }
        // What was given between DONE and its answer.
        if !self.waiting.is_empty() {
            self.leave();
        }
        true
    }

    /// The session is over. Where nothing is in flight, the outcome is still due.
    pub(super) fn lose_watch(&mut self) {
        if let Some(Idling { handle, place: Place::Resting, .. }) = self.idling.take() {
            self.outcome(Event::Lost { handle, command: CommandName::Idle });
        }
    }
}
