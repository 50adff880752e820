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
    /// Why it will not be said, once the answer to the part before is there.
    dropped: Option<Unsent>,
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
        let Some(at) = at else { return false };
        self.drop_at(at, Unsent::Withdrawn);
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
        self.waiting.push_back(Waiting { handle, name, claim, task, begun: false, dropped: None });
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

    fn may_say_next(&mut self) -> bool {
        let Some(next) = self.waiting.front() else { return false };
        let may = self.stage == Stage::Ready
            && self.doom.is_none()
            && self.chassis.failed().is_none()
            // The command before it is said, with all its literals.
            && self.sending.is_none()
            && self.upload.is_none()
            && self.login.is_none()
            && self.idling.is_none()
            && self.chassis.out.room() > 0
            && (self.flights.is_empty() || self.unanswered <= self.config.limits.in_flight);
        if self.chassis.out.room() == 0 && self.flights.is_empty() {
            // The server answers what it has not read: it has to, some time.
            self.chassis.timers.ensure(TimerKind::Reply, self.config.reply);
        }
        if !may || self.is_blocked {
            return false;
        }
        // Nobody may read what a server is answering while it takes a large message.
        let is_large = match &next.task {
            Task::Append(appending) => appending.octets() > self.config.limits.in_flight as u64,
            _ => false,
        };
        // The parts of one command come one by one.
        let follows = |flight: &Flight| {
            flight.handle != Some(next.handle) && next.claim.may_follow(&flight.claim)
        };
        let free = self.flights.iter().all(follows) && (!is_large || self.flights.is_empty());
        // Until something is answered, or something else is next.
        self.is_blocked = !free;
        free
    }

    fn say_next(&mut self) {
        let Some(next) = self.waiting.front() else { return };
        let why = match &next.task {
            _ if next.dropped.is_some() => next.dropped,
            _ if !self.state.allows(next.name) => Some(Unsent::State),
            task if !self.is_still_offered(task) => Some(Unsent::NotOffered),
            _ => None,
        };
        if let Some(why) = why {
            return self.drop_at(0, why);
        }
        let Some(next) = self.waiting.pop_front() else { return };
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

    /// Whether the server still takes what it took when the command was given, as far as that is known.
    fn is_still_offered(&self, task: &Task) -> bool {
        let known = self.capabilities.is_some();
        match task {
            Task::Say(Command::Login { .. }) => !self.can("LOGINDISABLED"),
            Task::Say(Command::Idle) => !known || self.can("IDLE"),
            Task::Say(Command::Compress(_)) => !known || self.can("COMPRESS=DEFLATE"),
            _ => true,
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
        // Of the part that is said, and not of the whole.
        let (part, rest) = match rest {
            Some(rest) => (Claim::of(&command), Some((rest, claim))),
            None => (claim, None),
        };
        self.launch(Some(handle), name, part, |tag| {
            TaggedCommand { tag: tag.clone(), command }.encode(options)
        })?;
        if let Some((rest, claim)) = rest {
            let task = Task::Say(rest);
            let rest = Waiting { handle, name, claim, task, begun: true, dropped: None };
            self.waiting.push_front(rest);
        }
        Ok(())
    }

    /// Takes a command out that will not be said, and with it those that were given for what it was to
    /// lead to.
    fn drop_at(&mut self, at: usize, why: Unsent) {
        let Some(waiting) = self.waiting.remove(at) else { return };
        self.unsent(&waiting, why);
        self.context_lost(waiting.name, waiting.claim.saves, at);
    }

    /// This command did not do what it was given for: those that wait from here on, and were given for
    /// the mailbox, the user or the saved result that it was to lead to, must not be said to another.
    pub(super) fn context_lost(&mut self, name: CommandName, saves: bool, from: usize) {
        let selects = |name| matches!(name, CommandName::Select | CommandName::Examine);
        let changes_user = |name| {
            matches!(
                name,
                CommandName::Login | CommandName::Authenticate | CommandName::Unauthenticate
            )
        };
        if !selects(name) && !changes_user(name) && !saves {
            return;
        }
        let mut at = from;
        while let Some(waiting) = self.waiting.get(at) {
            let (is_over, depends) = if changes_user(name) {
                (false, !State::NotAuthenticated.allows(waiting.name))
            } else if selects(name) {
                (selects(waiting.name), !State::Authenticated.allows(waiting.name))
            } else {
                let anew = waiting.claim.saves && !waiting.claim.uses_saved;
                (anew || selects(waiting.name), waiting.claim.uses_saved)
            };
            if is_over {
                return;
            }
            // Nobody knows what a command without a name here is about.
            if !depends && waiting.name != CommandName::Other {
                at = at.saturating_add(1);
            } else if let Some(waiting) = self.waiting.remove(at) {
                self.unsent(&waiting, Unsent::State);
            }
        }
    }

    /// A command will not be said.
    fn unsent(&mut self, waiting: &Waiting, why: Unsent) {
        self.is_blocked = false;
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

    /// Nothing that waits will be said. Whether something waited.
    pub(super) fn drop_waiting(&mut self, why: Unsent) -> bool {
        let before = self.waiting.len();
        for waiting in core::mem::take(&mut self.waiting) {
            if waiting.begun {
                // Its outcome comes behind the answer to the part that is in flight.
                self.waiting.push_back(Waiting { dropped: Some(why), ..waiting });
            } else {
                let (handle, command) = (waiting.handle, waiting.name);
                self.outcome(Event::Unsent { handle, command, why });
            }
        }
        self.settle_expected(CommandName::Select);
        self.waiting.len() != before
    }

    /// A message went: the numbers of what was not said yet may mean others.
    pub(super) fn renumbered(&mut self) {
        let (mut at, why) = (0, Unsent::Renumbered);
        while let Some(waiting) = self.waiting.get_mut(at) {
            if !waiting.claim.numbered {
                at = at.saturating_add(1);
            } else if waiting.begun {
                waiting.dropped = Some(why);
                at = at.saturating_add(1);
            } else {
                self.drop_at(at, why);
            }
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
            if let Some(handle) = handle {
                // A server that answers what it has not read.
                self.idling.take_if(|idling| idling.handle == handle);
                self.outcome(Event::Lost { handle, command: name });
            }
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

    /// Sends more of a command in flight, which has more literals.
    pub(super) fn send_more(&mut self, handle: Handle, command: EncodedCommand) {
        let flight = self.flights.iter().rfind(|flight| flight.handle == Some(handle));
        let Some(number) = flight.map(|flight| flight.number) else { return };
        self.sending = Some(Sending { command, sent: 0, number });
        if self.send_piece().is_err() {
            self.doom(Error::Misuse(Misuse::Full));
        }
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

    /// Where the command in flight is that has this tag. Numbers ascend, and each has one form.
    fn place_of(&self, tag: &[u8]) -> Option<usize> {
        let digits = tag.strip_prefix(self.config.tag_prefix.as_bytes())?;
        let number: u64 = core::str::from_utf8(digits).ok()?.parse().ok()?;
        let at = self.flights.binary_search_by_key(&number, |flight| flight.number).ok()?;
        (self.tag_of(number).as_bytes() == tag).then_some(at)
    }

    /// The command in flight that a tagged response answers.
    pub(super) fn land(&mut self, tag: &Tag) -> Option<Flight> {
        let at = self.place_of(tag.as_bytes())?;
        let flight = self.flights.remove(at)?;
        self.unanswered = self.unanswered.saturating_sub(flight.octets);
        self.is_blocked = false;
        if self.flights.is_empty() {
            self.flights = VecDeque::new();
            self.chassis.timers.stop(TimerKind::Reply);
        }
        Some(flight)
    }

    /// A literal that is refused ends its command. Whether some of it was still to be said.
    pub(super) fn stop_sending(&mut self, flight: &Flight) -> bool {
        self.sending.take_if(|sending| sending.number == flight.number).is_some()
    }

    /// Whether a line begins with the tag of a command in flight.
    pub(super) fn is_answer(&self, line: &[u8]) -> bool {
        let tag = line.split(|octet| *octet == b' ').next().unwrap_or_default();
        self.place_of(tag).is_some()
    }

    /// The command in flight with this tag, as ESEARCH repeats it.
    pub(super) fn handle_of_tag(&self, tag: &[u8]) -> Option<Handle> {
        self.flights.get(self.place_of(tag)?)?.handle
    }

    /// A command of the embedder was answered: the rest of it follows, or this is its outcome.
    pub(super) fn completed(&mut self, handle: Handle, command: CommandName, status: Status) {
        let is_next = self.waiting.front().is_some_and(|next| next.handle == handle);
        let rest = if is_next { self.waiting.pop_front() } else { None };
        if let Some(rest) = rest
            && status.is_ok()
        {
            self.events.push_back(Event::Part { handle, command, status });
            match rest.dropped {
                Some(why) => self.unsent(&rest, why),
                None => self.waiting.push_front(rest),
            }
            return;
        }
        self.outcome(Event::Completed { handle, command, status });
    }

    /// The rest of a command that is said in parts will not be said, and has no outcome of its own.
    pub(super) fn drop_rest(&mut self, handle: Handle) {
        let is_rest = |waiting: &Waiting| waiting.begun && waiting.handle == handle;
        if self.waiting.front().is_some_and(is_rest) {
            self.waiting.pop_front();
        }
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
        let is_begun = self.waiting.front().is_some_and(|waiting| waiting.begun);
        let begun = if is_begun { self.waiting.pop_front() } else { None };
        let mut rest = begun.map(|waiting| (waiting.handle, waiting.name));
        for flight in flights {
            if let Some(handle) = flight.handle {
                rest.take_if(|(of, _)| *of == handle);
                self.outcome(Event::Lost { handle, command: flight.name });
            }
        }
        if let Some((handle, command)) = rest {
            self.outcome(Event::Unsent { handle, command, why: Unsent::Closed });
        }
        self.drop_waiting(Unsent::Closed);
    }
}
