//! Commands on their way: those that are still to be said, and those that wait for their answer.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use postrider_wire::{Full, TimerKind};

use super::append::Appending;
use super::login::LoggingIn;
use super::rules::Claim;
use super::split::first_part;
use super::{Client, Event, Stage, Unsent};
use crate::{
    Command, CommandName, EncodedCommand, Error, Misuse, State, Status, Tag, TaggedCommand,
};

/// Names a command of one client: what is told of the command carries it. Handles ascend in the order
/// in which commands were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(u64);

#[cfg(test)]
impl Handle {
    /// One for tests that make events.
    pub(super) const SOME: Self = Self(1);
}

/// A command that is still to be said, or the rest of one.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) handle: Handle,
    pub(super) name: CommandName,
    claim: Claim,
    task: Task,
    /// Whether a part of it was said, whose answer is due.
    begun: bool,
    /// Whether its numbers may be those of other messages by now.
    stale: bool,
}

#[derive(Debug)]
pub(super) enum Task {
    Say(Command),
    Append(Appending),
    LogIn(Box<LoggingIn>),
    /// What IDLE is where the server does not have it.
    Watch,
}

/// A command that waits for its tagged response.
#[derive(Debug)]
pub(super) struct Flight {
    /// That of its tag.
    number: u64,
    /// `None`: one of the machine's own.
    pub(super) handle: Option<Handle>,
    pub(super) name: CommandName,
    pub(super) claim: Claim,
    octets: usize,
}

/// A command of which some is still to be sent.
#[derive(Debug)]
pub(super) struct Sending {
    command: EncodedCommand,
    sent: usize,
    number: u64,
}

impl Sending {
    /// Where the next piece ends.
    fn end(&self) -> usize {
        let stop = self.command.stops.iter().find(|stop| **stop > self.sent);
        stop.copied().unwrap_or_else(|| self.command.octets.expose().len())
    }
}

impl Client {
    /// How many commands have no outcome yet, said or not.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.open
    }

    /// Takes back a command that was not said yet: [`Event::Unsent`] comes. Whether it was one.
    pub fn withdraw(&mut self, handle: Handle) -> bool {
        let at = self.waiting.iter().position(|one| one.handle == handle && !one.begun);
        let Some(waiting) = at.and_then(|at| self.waiting.remove(at)) else { return false };
        self.unsent(&waiting, Unsent::Withdrawn);
        true
    }

    /// Takes a command from the embedder, to be said as soon as it may be.
    pub(super) fn give(&mut self, task: Task) -> Result<Handle, Error> {
        let (name, claim) = match &task {
            Task::Say(command) => (CommandName::of(command), Claim::of(command)),
            Task::Append(appending) => (appending.name(), Claim::of_target(appending.target())),
            Task::LogIn(_) => {
                (CommandName::Authenticate, Claim::of_name(CommandName::Authenticate))
            }
            Task::Watch => (CommandName::Idle, Claim::of_name(CommandName::Idle)),
        };
        self.check(name)?;
        if self.open >= self.config.limits.pending {
            return Err(Misuse::Full.into());
        }
        self.handles = self.handles.saturating_add(1);
        self.open = self.open.saturating_add(1);
        let handle = Handle(self.handles);
        if self.waiting.is_empty() {
            self.waiting.reserve_exact(1);
        }
        self.waiting.push_back(Waiting { handle, name, claim, task, begun: false, stale: false });
        self.expected = self.expected.after(name, true);
        // It does not wait until somebody ends IDLE.
        self.leave();
        self.say_waiting();
        Ok(handle)
    }

    /// Whether a command may be given now.
    pub(super) fn check(&self, name: CommandName) -> Result<(), Error> {
        let ready = self.stage == Stage::Ready
            && self.ending == super::Ending::NotYet
            && self.doom.is_none()
            && self.chassis.failed().is_none()
            && self.expected.allows(name);
        if ready { Ok(()) } else { Err(Misuse::NotNow.into()) }
    }

    /// Says what waits, as far as it may be said. Whether something changed.
    pub(super) fn say_waiting(&mut self) -> bool {
        let mut any = false;
        while self.may_say_next() {
            any = true;
            self.say_next();
        }
        if self.waiting.is_empty() && self.waiting.capacity() > 0 {
            self.waiting = VecDeque::new();
        }
        any
    }

    fn may_say_next(&self) -> bool {
        let Some(next) = self.waiting.front() else { return false };
        self.stage == Stage::Ready
            && self.doom.is_none()
            && self.chassis.failed().is_none()
            // The command before it is said, with all its literals.
            && self.sending.is_none()
            && self.upload.is_none()
            && self.login.is_none()
            && self.idling.is_none()
            && self.chassis.out.room() > 0
            && (self.flights.is_empty() || self.unanswered <= self.config.limits.in_flight)
            // The parts of one command come one by one.
            && self.flights.iter().all(|flight| {
                flight.handle != Some(next.handle) && next.claim.may_follow(&flight.claim)
            })
    }

    fn say_next(&mut self) {
        let Some(next) = self.waiting.pop_front() else { return };
        if !self.state.allows(next.name) {
            return self.unsent(&next, Unsent::State);
        }
        let Waiting { handle, name, claim, task, .. } = next;
        // There is room: that was asked.
        let _ = match task {
            Task::Say(command) => self.say(handle, claim, command),
            Task::Append(appending) => self.begin_append(handle, name, claim, appending),
            Task::LogIn(login) => {
                self.begin_login(handle, login);
                Ok(())
            }
            Task::Watch => {
                self.begin_watch(handle);
                Ok(())
            }
        };
        if name == CommandName::Idle && self.idling.is_none() {
            self.begin_idle(handle);
        }
    }

    /// Says a command, or as much of it as one line should have: the rest waits in front.
    fn say(&mut self, handle: Handle, claim: Claim, command: Command) -> Result<(), Full> {
        let command = self.ways.adapt(command, self.write_options().utf8);
        let most = self.config.limits.line;
        let (command, rest) = first_part(command, most);
        let name = CommandName::of(&command);
        let options = self.write_options();
        if let Command::Select { mailbox, .. } | Command::Examine { mailbox, .. } = &command {
            let mailbox = mailbox.clone();
            self.events.push_back(Event::Selecting { handle, mailbox });
        }
        self.launch(Some(handle), name, claim.clone(), |tag| {
            TaggedCommand { tag: tag.clone(), command }.encode(options)
        })?;
        if let Some(rest) = rest {
            let task = Task::Say(rest);
            self.waiting.push_front(Waiting {
                handle,
                name,
                claim,
                task,
                begun: true,
                stale: false,
            });
        }
        Ok(())
    }

    /// A command will not be said.
    fn unsent(&mut self, waiting: &Waiting, why: Unsent) {
        let (handle, command) = (waiting.handle, waiting.name);
        self.outcome(Event::Unsent { handle, command, why });
        self.settle_expected(command);
    }

    /// The one outcome of a command.
    pub(super) fn outcome(&mut self, event: Event) {
        self.open = self.open.saturating_sub(1);
        self.events.push_back(event);
    }

    /// This command has its outcome. What the state will be when everything that is still pending went
    /// well: only some commands lead elsewhere.
    pub(super) fn settle_expected(&mut self, command: CommandName) {
        if !State::is_changed_by(command) {
            return;
        }
        let said = self.flights.iter().map(|flight| flight.name);
        let login = self.login.as_ref().map(|_| CommandName::Authenticate);
        let names = said.chain(login).chain(self.waiting.iter().map(|waiting| waiting.name));
        self.expected = names.fold(self.state, |state, name| state.after(name, true));
    }

    /// Nothing that waits will be said.
    pub(super) fn drop_waiting(&mut self, why: Unsent) {
        while let Some(waiting) = self.waiting.pop_front() {
            // The part that is in flight has the outcome.
            let told = waiting.begun
                && self.flights.iter().any(|flight| flight.handle == Some(waiting.handle));
            if !told {
                self.unsent(&waiting, why);
            }
        }
    }

    /// A message went: the numbers of what was not said yet may mean others.
    pub(super) fn renumbered(&mut self) {
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.claim.numbered) {
            waiting.stale = true;
        }
        // The outcome of what was said in part comes behind the answer to that part.
        let drops = |waiting: &Waiting| waiting.stale && !waiting.begun;
        while let Some(at) = self.waiting.iter().position(drops) {
            let Some(waiting) = self.waiting.remove(at) else { return };
            self.unsent(&waiting, Unsent::Renumbered);
        }
    }

    /// Sends one of the machine's own commands; the outbox has room for it, since the server has
    /// just answered.
    pub(super) fn say_own(&mut self, command: Command) {
        let (name, options) = (CommandName::of(&command), self.write_options());
        self.say_for(None, name, |tag| TaggedCommand { tag: tag.clone(), command }.encode(options));
    }

    /// The same, for this handle.
    pub(super) fn say_for(
        &mut self,
        handle: Option<Handle>,
        name: CommandName,
        write: impl FnOnce(&Tag) -> EncodedCommand,
    ) {
        if self.launch(handle, name, Claim::of_name(name), write).is_err() {
            self.doom(Error::Misuse(Misuse::Full));
        }
    }

    /// The next tag and its number.
    pub(super) fn next_tag(&mut self) -> (u64, Tag) {
        self.tags = self.tags.saturating_add(1);
        let tag = self.tag_of(self.tags);
        (self.tags, tag)
    }

    fn tag_of(&self, number: u64) -> Tag {
        Tag::counted(&self.config.tag_prefix, number)
    }

    pub(super) fn launch(
        &mut self,
        handle: Option<Handle>,
        name: CommandName,
        claim: Claim,
        write: impl FnOnce(&Tag) -> EncodedCommand,
    ) -> Result<(), Full> {
        let (number, tag) = self.next_tag();
        let command = write(&tag);
        let octets = command.octets.expose().len();
        self.sending = Some(Sending { command, sent: 0, number });
        if let Err(full) = self.send_piece() {
            // What was refused is not sent later.
            self.sending = None;
            self.tags = number.saturating_sub(1);
            return Err(full);
        }
        self.fly(Flight { number, handle, name, claim, octets });
        Ok(())
    }

    /// A command that was said otherwise.
    pub(super) fn fly_line(&mut self, number: u64, handle: Handle, name: CommandName) {
        let claim = Claim::of_name(name);
        self.fly(Flight { number, handle: Some(handle), name, claim, octets: 0 });
    }

    fn fly(&mut self, flight: Flight) {
        if self.flights.is_empty() {
            self.flights.reserve_exact(1);
        }
        self.unanswered = self.unanswered.saturating_add(flight.octets);
        self.flights.push_back(flight);
        self.chassis.timers.start(TimerKind::Reply, self.config.reply);
    }

    /// Sends the next piece of the command in flight; behind the last there is nothing to send.
    pub(super) fn send_piece(&mut self) -> Result<(), Full> {
        let Some(sending) = &mut self.sending else { return Ok(()) };
        let (from, to) = (sending.sent, sending.end());
        let octets = sending.command.octets.expose().get(from..to).unwrap_or_default();
        let inside = |range: &core::ops::Range<usize>| {
            let (start, end) = (range.start.max(from), range.end.min(to));
            (start < end).then(|| start.saturating_sub(from)..end.saturating_sub(from))
        };
        let secrets: Vec<_> = sending.command.secrets.iter().filter_map(inside).collect();
        self.chassis.send_secret(octets, &secrets)?;
        sending.sent = to;
        if to >= sending.command.octets.expose().len() {
            self.sending = None;
        }
        Ok(())
    }

    /// That of the oldest command in flight.
    pub(super) fn oldest_tag(&self) -> Option<Tag> {
        self.flights.front().map(|flight| self.tag_of(flight.number))
    }

    /// The command in flight that a tagged response answers.
    pub(super) fn land(&mut self, tag: &Tag) -> Option<Flight> {
        let digits = tag.as_bytes().strip_prefix(self.config.tag_prefix.as_bytes())?;
        let number = core::str::from_utf8(digits).ok()?.parse().ok()?;
        let at = self.flights.iter().position(|flight| flight.number == number)?;
        if self.tag_of(number) != *tag {
            return None;
        }
        let flight = self.flights.remove(at)?;
        self.unanswered = self.unanswered.saturating_sub(flight.octets);
        // A literal that is refused ends its command.
        self.sending.take_if(|sending| sending.number == number);
        if self.flights.is_empty() {
            self.flights = VecDeque::new();
            self.chassis.timers.stop(TimerKind::Reply);
        }
        Some(flight)
    }

    /// Whether a line begins with the tag of a command in flight.
    pub(super) fn is_answer(&self, line: &[u8]) -> bool {
        self.flights.iter().any(|flight| {
            let rest = line.strip_prefix(self.tag_of(flight.number).as_bytes());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b" "))
        })
    }

    /// The command in flight with this tag, as ESEARCH repeats it.
    pub(super) fn handle_of_tag(&self, tag: &[u8]) -> Option<Handle> {
        let mut flights = self.flights.iter();
        flights.find(|flight| self.tag_of(flight.number).as_bytes() == tag)?.handle
    }

    /// A command of the embedder was answered: the rest of it follows, or this is its outcome.
    pub(super) fn completed(&mut self, handle: Handle, command: CommandName, status: Status) {
        let rest = self.waiting.front().filter(|next| next.handle == handle);
        let stale = rest.map(|rest| rest.stale);
        match stale {
            Some(stale) if status.is_ok() => {
                self.events.push_back(Event::Part { handle, command, status });
                if stale && let Some(rest) = self.waiting.pop_front() {
                    self.unsent(&rest, Unsent::Renumbered);
                }
                return;
            }
            Some(_) => drop(self.waiting.pop_front()),
            None => {}
        }
        self.outcome(Event::Completed { handle, command, status });
    }

    /// A command whose answer will not come has that for its outcome. The machine's own commands are
    /// nobody's.
    pub(super) fn lose_flights(&mut self) {
        self.sending = None;
        self.break_upload();
        self.lose_watch();
        self.lose_login();
        let flights = core::mem::take(&mut self.flights);
        self.unanswered = 0;
        let lost = flights.iter().filter_map(|flight| Some((flight.handle?, flight.name)));
        for (handle, command) in lost {
            self.waiting.retain(|waiting| waiting.handle != handle);
            self.outcome(Event::Lost { handle, command });
        }
        self.drop_waiting(Unsent::Closed);
    }
}
