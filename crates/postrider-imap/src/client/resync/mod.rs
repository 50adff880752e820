//! What changed in a mailbox since it was last seen.

mod state;
mod steps;

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use steps::{fetch_flags, from};

pub use state::SyncState;

use super::{Client, Event, Selected};
use crate::{
    Atom, Capabilities, Code, Command, CommandName, FetchModifiers, FlagSet, Limits, MailboxName,
    MessageSet, ModSeq, NumberList, NumberRange, PlainCode, Response, SearchCommand, SearchKey,
    State, Status, Uid, UidRanges, UidSet, UidValidity,
};

/// Selects a mailbox and finds what changed in it, by the best way that the server offers: QRESYNC,
/// else CONDSTORE (RFC 7162), else by asking for all UIDs and flags.
///
/// It says nothing by itself. Send the command that it has at first, and whenever it has another;
/// give it every event; take the changes:
///
/// ```
/// use postrider_imap::client::{Change, Client, Event, Resync, SyncState};
///
/// /// What an embedder does with each event, behind a first `client.send(resync.next_command()…)`.
/// /// `false` once it has ended.
/// fn step(
///     client: &mut Client,
///     resync: &mut Resync,
///     event: &Event,
/// ) -> Result<bool, postrider_imap::Error> {
///     resync.on_event(event);
///     while let Some(change) = resync.next_change() {
///         match change {
///             Change::Reset => {}         // the UIDs name other messages now: forget all
///             Change::Gone(_uids) => {}   // forget these messages
///             Change::Message { .. } => {} // a new message, or other flags
///             _ => {}
///         }
///     }
///     if let Some(command) = resync.next_command() {
///         client.send(command)?;
///     }
///     Ok(resync.outcome().is_none())
/// }
/// # let _ = step;
/// ```
///
/// At the end [`Resync::outcome`] has the state. Keep that, or go on with the session: give it every
/// event as before, take the changes, and keep [`Resync::state`] at the end. A copy of the mailbox
/// holds just the messages that the state knows. Flags are told whenever the server tells
/// them, changed or not: a client without CONDSTORE compares them with what it has. Where something
/// goes wrong, a response that cannot be read or a command that cannot be sent included, there is no
/// state to keep: drop it, begin the next with the old state, and what was told is told again.
///
/// What the server offers is what [`Client::capabilities`] knows when this is made, behind the login;
/// where nothing is known, it asks first. New messages may be told twice, the second time as known.
#[derive(Clone, Debug)]
pub struct Resync {
    mailbox: MailboxName,
    before: Option<SyncState>,
    /// The way that the server offers.
    way: SyncWay,
    step: Step,
    /// Whether the command of this step is in flight.
    in_flight: bool,
    selected: Selected,
    /// The messages that are known to be there.
    known: UidRanges,
    /// What was told since all were asked for.
    found: UidRanges,
    enabled: bool,
    /// Whether another mailbox may still be selected, about which messages are told.
    foreign: bool,
    /// Whether the server said how many messages there are.
    counted: bool,
    /// Whether it answered the search.
    searched: bool,
    /// UIDVALIDITY and highest MODSEQ as SELECT told them. What comes later is for the next time.
    told: (Option<UidValidity>, Option<ModSeq>),
    changes: VecDeque<Change>,
    outcome: Option<Result<SyncState, ResyncError>>,
    /// SELECT or EXAMINE.
    select: CommandName,
    /// Whether a command was given out.
    begun: bool,
    /// Whether a message went of which no UID was known, or the account contradicted itself: then what
    /// is known may be what is gone, and only the count agrees.
    unsure: bool,
    /// What may be enabled, where what the server offers is still to be asked.
    asks: Option<Asks>,
}

/// What the way depends on beside what the server offers.
#[derive(Clone, Copy, Debug)]
struct Asks {
    may_enable: bool,
    at_most: SyncWay,
}

/// What changed, or is new.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The mailbox has another UIDVALIDITY: the UIDs that were known name nothing any more. All its
    /// messages are told as new.
    Reset,
    /// Messages that were known are gone.
    Gone(UidSet),
    /// A message is new, or its flags were told, changed or not.
    #[non_exhaustive]
    Message {
        /// Its UID.
        uid: Uid,
        /// Its flags, if they were told.
        flags: Option<FlagSet>,
        /// Its MODSEQ, if that was told.
        mod_seq: Option<ModSeq>,
        /// Whether it was not known before.
        is_new: bool,
    },
}

/// Why a mailbox is not known in the end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResyncError {
    /// The server refused a command.
    #[error("{command} was refused")]
    #[non_exhaustive]
    Refused {
        /// Which command.
        command: CommandName,
        /// How.
        status: Status,
    },
    /// Something that the server told could not be read, or is missing: what changed is not known.
    #[error("not all that the server told could be read")]
    Unread,
    /// The answer to a command was not heard: the session ended.
    #[error("the session ended")]
    Lost,
    /// There are more ranges of UIDs than [`Limits::ids`] allows.
    #[error("more ranges of UIDs than the limits allow")]
    TooMany,
}

/// A way to find out what changed, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "RFC 7162 has two, and there is the one without it")]
pub enum SyncWay {
    /// The server says what changed and what is gone (RFC 7162 §3.2).
    Qresync,
    /// The server says what changed, and is asked what is still there (RFC 7162 §3.1).
    Condstore,
    /// All UIDs and flags are asked for.
    Compare,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// `CAPABILITY`
    Ask,
    /// `ENABLE QRESYNC`
    Enable,
    /// `SELECT`, with what is known where the server can say what changed
    Select,
    /// `UID FETCH … (FLAGS) (CHANGEDSINCE …)`
    Changed,
    /// `UID SEARCH UID …`, for what is still there
    Search,
    /// `UID FETCH … (FLAGS)` of what is new
    New,
    /// `UID FETCH 1:* (FLAGS)`
    All,
    Done,
}

impl Resync {
    /// For a mailbox of which this is known; without a state, all of it is new. The client must be
    /// logged in, and say nothing else until the end.
    #[must_use]
    pub fn new(client: &Client, mailbox: MailboxName, before: Option<SyncState>) -> Self {
        // RFC 5161 §3.1: not once a mailbox is selected.
        let may_enable = client.state() == State::Authenticated;
        let asks = Asks { may_enable, at_most: SyncWay::Qresync };
        let mut resync = Self::by(mailbox, before, SyncWay::Compare, false, client.limits());
        resync.enabled = client.enabled().iter().any(|name| name.is("QRESYNC"));
        resync.foreign = client.state() == State::Selected;
        match client.capabilities() {
            Some(list) => {
                resync.choose(asks, Capabilities::new(list));
                resync.step = resync.first_step();
            }
            None => (resync.step, resync.asks) = (Step::Ask, Some(asks)),
        }
        resync
    }

    fn choose(&mut self, asks: Asks, offers: Capabilities<'_>) {
        let Asks { may_enable, at_most } = asks;
        let best = if offers.contains("QRESYNC") && (self.enabled || may_enable) {
            SyncWay::Qresync
        } else if offers.contains("CONDSTORE") || offers.contains("QRESYNC") {
            SyncWay::Condstore
        } else {
            SyncWay::Compare
        };
        self.way = best.max(at_most);
    }

    /// What is said once the way is known.
    fn first_step(&self) -> Step {
        let enable = self.way == SyncWay::Qresync && !self.enabled;
        if enable { Step::Enable } else { Step::Select }
    }

    /// Takes no better way than this, whatever the server offers: some offer what they do badly. To be
    /// called before the first command.
    #[must_use]
    pub fn with_at_most(mut self, most: SyncWay) -> Self {
        match &mut self.asks {
            _ if self.begun => {}
            Some(asks) => asks.at_most = most,
            None if self.way < most => {
                (self.way, self.step) = (most, Step::Select);
            }
            None => {}
        }
        self
    }

    /// Selects the mailbox by EXAMINE, so that it is only read and `\Recent` stays with who comes next. To
    /// be called before the first command.
    #[must_use]
    pub fn with_examine(mut self) -> Self {
        if !self.begun {
            self.select = CommandName::Examine;
        }
        self
    }

    /// The way that is taken, as far as that is known yet.
    #[must_use]
    pub fn way(&self) -> SyncWay {
        self.way
    }

    fn by(
        mailbox: MailboxName,
        before: Option<SyncState>,
        way: SyncWay,
        enable: bool,
        limits: &Limits,
    ) -> Self {
        let known = before.as_ref().map(|state| state.known.clone()).unwrap_or_default();
        Self {
            mailbox,
            way,
            step: if enable { Step::Enable } else { Step::Select },
            in_flight: false,
            selected: Selected::new(limits),
            known,
            before,
            found: UidRanges::default(),
            enabled: !enable,
            foreign: false,
            counted: false,
            searched: false,
            told: (None, None),
            changes: VecDeque::new(),
            outcome: None,
            select: CommandName::Select,
            begun: false,
            unsure: false,
            asks: None,
        }
    }

    /// The next command to send, if one is due. It counts as sent.
    pub fn next_command(&mut self) -> Option<Command> {
        if self.in_flight || self.outcome.is_some() {
            return None;
        }
        if matches!(self.step, Step::Changed | Step::Search) && self.known.is_empty() {
            // All went in the meantime.
            self.come_to(Step::New);
        }
        let command = match self.step {
            Step::Ask => Command::Capability,
            Step::Enable => Command::Enable([Atom::from_static("QRESYNC")].into()),
            Step::Select => {
                let (mailbox, parameters) = (self.mailbox.clone(), self.parameters());
                match self.select {
                    CommandName::Examine => Command::Examine { mailbox, parameters },
                    _ => Command::Select { mailbox, parameters },
                }
            }
            Step::Changed => {
                let since = self.before.as_ref().and_then(|before| before.mod_seq);
                let modifiers =
                    FetchModifiers { changed_since: since, ..FetchModifiers::default() };
                fetch_flags(self.all_known()?, modifiers)
            }
            Step::Search => {
                let key = SearchKey::Uid(MessageSet::Set(self.all_known()?));
                Command::Search(Box::new(SearchCommand::new([key].into()).with_uid()))
            }
            Step::New => fetch_flags(from(self.first_new()), FetchModifiers::default()),
            Step::All => fetch_flags(from(1), FetchModifiers::default()),
            Step::Done => return None,
        };
        (self.in_flight, self.begun) = (true, true);
        Some(command)
    }

    /// The next change. Take them as they come: they are held until then.
    pub fn next_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
    }

    /// How it ended: with the state to keep, or without. `None` until then.
    #[must_use]
    pub fn outcome(&self) -> Option<&Result<SyncState, ResyncError>> {
        self.outcome.as_ref()
    }

    /// The state to keep, with all that was told since the end: messages whose UIDs became known, and
    /// those that went. `None` before a good end, and once the mailbox has another UIDVALIDITY.
    ///
    /// Go on giving every event to this, and take the changes, as long as the mailbox is selected; of a
    /// new message that is counted ([`Event::Exists`]) fetch UID and flags. MODSEQs that are told
    /// meanwhile are not counted on: the next session is told some changes once more.
    #[must_use]
    pub fn state(&self) -> Option<SyncState> {
        let Some(Ok(state)) = &self.outcome else { return None };
        let is_same = self.selected.validity().is_none_or(|now| now == state.validity);
        is_same.then(|| SyncState { known: self.known.clone(), ..state.clone() })
    }

    /// What is known of the selected mailbox, numbers included.
    #[must_use]
    pub fn selected(&self) -> &Selected {
        &self.selected
    }

    /// The account of the selected mailbox, to go on with it.
    #[must_use]
    pub fn into_selected(self) -> Selected {
        self.selected
    }

    /// Takes an event of the client.
    pub fn on_event(&mut self, event: &Event) {
        if matches!(self.outcome, Some(Err(_))) {
            return;
        }
        if self.foreign && matches!(self.step, Step::Ask | Step::Enable | Step::Select) {
            match event {
                // RFC 7162 §3.2.11: what comes behind it is about the new one.
                Event::Status { status, .. } if is_closed(status) => {
                    (self.foreign, self.counted, self.unsure) = (false, false, false);
                }
                event if is_about_messages(event) => return,
                _ => {}
            }
        }
        match event {
            Event::Exists(_) => self.counted = true,
            Event::Capability(list) => self.offered(list),
            Event::Completed { status, .. } => {
                if let Some(Code::Capability(list)) = &status.code {
                    self.offered(list);
                }
            }
            Event::Unparsed(_) | Event::TooLong { .. } if self.in_flight => {
                self.outcome = Some(Err(ResyncError::Unread));
            }
            Event::Expunge(number) => {
                // A message of which no UID was told is missed the next time.
                match self.selected.message(*number).map(|message| message.uid) {
                    Some(uid) => self.gone(NumberRange::one(uid.nonzero())),
                    None => self.unsure = true,
                }
            }
            Event::Data { response: Response::Vanished { uids, .. }, .. } => {
                let mut all = NumberList::new();
                for range in uids.as_list().ranges() {
                    let gone = self.take_out(*range);
                    gone.ranges().iter().for_each(|range| all.push_range(*range));
                }
                self.tell_gone(all);
            }
            Event::Data { response: Response::Search { numbers, .. }, .. }
                if self.step == Step::Search =>
            {
                self.found_all(numbers);
            }
            Event::Data { response: Response::Esearch(found), .. } if self.step == Step::Search => {
                self.searched = true;
                for item in &found.items {
                    if let crate::EsearchItem::All(numbers) = item {
                        self.found_all(numbers);
                    }
                }
            }
            Event::Data { response: Response::Enabled(names), .. } => {
                self.enabled |= names.iter().any(|name| name.is("QRESYNC"));
            }
            _ => {}
        }
        // Where the account of numbers contradicts itself, that of UIDs goes on.
        let (fetched, account) = self.selected.hear(event);
        // Before the first count it is that of the mailbox before.
        self.unsure |= account.is_err() && self.counted;
        if let Some(fetched) = fetched {
            self.on_fetched(fetched);
        }
        match event {
            Event::Completed { command, status, .. }
                if self.in_flight && *command == self.name() =>
            {
                self.in_flight = false;
                if status.is_ok() || self.step == Step::Ask {
                    self.go_on();
                } else if self.step == Step::Enable {
                    self.way = SyncWay::Condstore;
                    self.step = Step::Select;
                } else {
                    let (command, status) = (*command, status.clone());
                    self.outcome = Some(Err(ResyncError::Refused { command, status }));
                }
            }
            Event::Lost { .. } | Event::Unsent { .. } if self.outcome.is_none() => {
                self.outcome = Some(Err(ResyncError::Lost));
            }
            _ => {}
        }
        if self.known.pieces().max(self.found.pieces()) > self.selected.most() {
            self.outcome = Some(Err(ResyncError::TooMany));
        }
    }
}

/// Whether an event is about messages of a mailbox.
fn is_about_messages(event: &Event) -> bool {
    matches!(
        event,
        Event::Expunge(_)
            | Event::FetchItems { .. }
            | Event::FetchEnd { .. }
            | Event::Data { response: Response::Vanished { .. }, .. }
    )
}

fn is_closed(status: &Status) -> bool {
    matches!(status.code, Some(Code::Plain(PlainCode::Closed)))
}

#[cfg(test)]
mod tests;
