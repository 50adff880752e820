//! IDLE (RFC 2177): the server tells what is new at once, until the client says DONE.

use postrider_wire::TimerKind;

use super::{Client, Event, Stage};
use crate::{Command, Status};
use crate::{CommandName, Error, Misuse};

/// How far an IDLE is, and where it is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Idling {
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Stay,
    /// DONE, and then IDLE again.
    Renew,
    /// DONE, and then the outcome.
    Leave,
}

impl Idling {
    /// Whether [`Client::done`] would change anything.
    pub(super) fn may_be_done(self) -> bool {
        self.wish != Wish::Leave
    }

    /// Whether the server may be silent as long as it likes.
    pub(super) fn is_on(self) -> bool {
        self.place == Place::On
    }
}

impl Client {
    /// Lets the server tell what is new as soon as it is: [`Event::IdleBegun`] comes when it agreed,
    /// and untagged data as ever, until [`Client::done`]. Then [`Event::Completed`] comes.
    ///
    /// A server may end a session that is silent for half an hour, so the client says DONE and IDLE
    /// anew whenever [`TimerKind::Renewal`] runs out. Nothing is told of that, unless the server
    /// refuses: then [`Event::Completed`] comes early.
    ///
    /// # Errors
    ///
    /// As [`Client::capability`]; [`Misuse::NotOffered`] unless the server is known to offer IDLE.
    pub fn idle(&mut self) -> Result<(), Error> {
        self.offered("IDLE")?;
        self.command(Command::Idle)?;
        self.stage = Stage::Idling(Idling { place: Place::Asked, wish: Wish::Stay });
        Ok(())
    }

    /// Ends IDLE. DONE is sent once it may be: not before the server agreed to IDLE, and
    /// [`Event::IdleBegun`] is not told then.
    ///
    /// # Errors
    ///
    /// [`Misuse::NotNow`] without IDLE, or when this was called before.
    pub fn done(&mut self) -> Result<(), Error> {
        match &mut self.stage {
            Stage::Idling(idling) if idling.may_be_done() && self.flight.is_some() => {
                idling.wish = Wish::Leave
            }
            _ => return Err(Misuse::NotNow.into()),
        }
        self.say_done();
        Ok(())
    }

    /// The server says `+` while IDLE is in flight. Whether it was due.
    pub(super) fn idle_begins(&mut self) -> bool {
        let Stage::Idling(idling) = &mut self.stage else { return false };
        let told = match idling.place {
            Place::Asked => idling.wish != Wish::Leave,
            Place::Renewing => false,
            Place::On | Place::Leaving => return false,
        };
        idling.place = Place::On;
        if told {
            self.events.push_back(Event::IdleBegun);
        }
        self.chassis.timers.stop(TimerKind::Reply);
        self.chassis.timers.start(TimerKind::Renewal, self.config.renewal);
        true
    }

    /// The half hour is nearly over.
    pub(super) fn renew(&mut self) {
        if let Stage::Idling(idling) = &mut self.stage
            && idling.wish == Wish::Stay
        {
            idling.wish = Wish::Renew;
        }
    }

    /// Says DONE if that is wished for and may be said. Whether it was.
    pub(super) fn say_done(&mut self) -> bool {
        let Stage::Idling(idling) = &mut self.stage else { return false };
        let due = idling.place == Place::On && idling.wish != Wish::Stay;
        if !due || self.doom.is_some() || self.chassis.send(b"DONE\r\n").is_err() {
            return false;
        }
        idling.place = Place::Leaving;
        self.chassis.timers.stop(TimerKind::Renewal);
        self.chassis.timers.start(TimerKind::Reply, self.config.reply);
        true
    }

    /// The answer to IDLE came: whether it was to be renewed, and is.
    pub(super) fn idle_again(&mut self, status: &Status) -> bool {
        self.chassis.timers.stop(TimerKind::Renewal);
        let renewed = Idling { place: Place::Leaving, wish: Wish::Renew };
        if self.stage != Stage::Idling(renewed) || !status.is_ok() {
            return false;
        }
        let again = Idling { place: Place::Renewing, wish: Wish::Stay };
        self.start_own(CommandName::Idle, Command::Idle, Stage::Idling(again));
        true
    }
}
