//! One connection: login, what is new, mails.

use postrider::{
    drive::{Next, blocking::Driver},
    imap::{
        CommandName, FetchAttribute, NumberList, Section, Uid,
        client::{Client, Event, Resync, SyncState},
    },
    wire::Machine,
};
use postrider_net::Handshake;

use super::{mails::Mails, queue::Queue, state};
use crate::fetch::{intake::Intake, plan::Plan, store::Store};
use postrider_net::program::{
    failure::{Code, Failure, broken},
    flags::Switch,
    imap::{self as told, Entrance, enter, misuse},
    road::{self, Stream},
};

/// Mails that are asked for before the first of them came.
const AHEAD: usize = 32;

/// Fetches what is new. What is whole is kept, whatever happens then.
pub(super) fn run(
    plan: &Plan,
    store: Store,
    handshake: Option<&Handshake>,
    client: Client,
    stream: Stream,
) -> Result<(), Failure> {
    let mut driver = Driver::new(client, stream);
    let mut session = Session::new(plan, store);
    loop {
        match driver.next() {
            Ok(Next::StartTls(token)) => {
                let upgraded = driver.upgrade(token, road::upgrade(handshake));
                driver = upgraded.map_err(|error| broken(&error))?;
            }
            Ok(Next::Event(event)) => session.event(driver.machine(), event)?,
            Ok(Next::App) => {}
            Ok(Next::Closed) => return session.closed(),
            // Everything is safe, and the server was told goodbye: how it leaves is its own affair.
            Err(_) if matches!(session.stage, Stage::End) => return session.closed(),
            Err(error) => return session.intake.broken(broken(&error)),
        }
    }
}

pub(super) enum Stage {
    /// Up to the login.
    Enter,
    /// What is new?
    Sync(Box<Resync>),
    /// What of that came since the day that was asked for?
    Search,
    /// How large is it?
    Sizes,
    Mails,
    /// LOGOUT was said, behind all mails.
    End,
    /// It did not come to that.
    GivenUp,
}

pub(super) struct Session<'a> {
    pub(super) plan: &'a Plan,
    pub(super) intake: Intake,
    pub(super) queue: Queue,
    pub(super) stage: Stage,
    /// UIDs of mails that were not in the mailbox the last time.
    pub(super) new: Vec<Uid>,
    /// What the search found, if it was answered.
    pub(super) found: Option<NumberList>,
    /// What to keep of the mailbox, once all mails are safe.
    pub(super) state: Option<SyncState>,
    /// How much of what the server says could not be read.
    pub(super) unread: usize,
    /// How large all mails are.
    pub(super) octets: u64,
    pub(super) mails: Mails,
}

impl<'a> Session<'a> {
    fn new(plan: &'a Plan, store: Store) -> Self {
        Self {
            plan,
            intake: Intake::new(store),
            queue: Queue::default(),
            stage: Stage::Enter,
            new: Vec::new(),
            found: None,
            state: None,
            unread: 0,
            octets: 0,
            mails: Mails::default(),
        }
    }

    fn event(&mut self, client: &mut Client, event: Event) -> Result<(), Failure> {
        if let Some(alert) = told::alert(&event) {
            eprintln!("fetch: {alert}");
        }
        match &event {
            Event::Bye { status, .. } if !self.is_leaving() => {
                self.intake.note(told::bye(status));
            }
            Event::Unparsed(_) | Event::TooLong { .. } => {
                self.unread = self.unread.saturating_add(1);
            }
            _ => {}
        }
        if let Some(selected) = &mut self.mails.selected {
            // Then it forgets its numbers, and takes none for another.
            let _contradiction = selected.on_event(&event);
        }
        match &mut self.stage {
            Stage::Enter => self.enter(client, &event),
            Stage::Sync(resync) => {
                resync.on_event(&event);
                self.sync(client)
            }
            Stage::Search => self.search(client, &event),
            Stage::Sizes => self.sizes(client, &event),
            Stage::Mails => self.mail(client, event),
            Stage::End | Stage::GivenUp => Ok(()),
        }
    }

    fn enter(&mut self, client: &mut Client, event: &Event) -> Result<(), Failure> {
        match enter(client, event, &self.plan.account)? {
            Entrance::Inside => {
                let mailbox = told::mailbox(self.plan.account.target.mailbox(), client)?;
                let before = self.intake.store.state()?;
                let before = before.and_then(|text| state::read(&text, self.plan.since));
                let resync = Resync::new(client, mailbox, before).with_examine();
                self.stage = Stage::Sync(Box::new(resync));
                self.sync(client)?;
            }
            Entrance::Refused(status) => {
                self.give_up(client, told::refusal(CommandName::Login, &status));
            }
            Entrance::Failed(fault) => self.give_up(client, told::no_login(fault)),
            _ => {}
        }
        Ok(())
    }

    /// Asks for as many mails as may be asked for at once; says goodbye behind the last.
    pub(super) fn ask(&mut self, client: &mut Client) -> Result<(), Failure> {
        let most = match self.plan.pipelining {
            Switch::On => AHEAD,
            Switch::Off => 1,
        };
        while let Some(uid) = self.queue.next(most) {
            let whole = FetchAttribute::peek(Section::all());
            let handle = client.uid_fetch(uid, whole).map_err(misuse)?;
            self.queue.asked(handle, uid);
        }
        if self.queue.is_empty() {
            self.finish()?;
            client.shutdown();
            self.stage = Stage::End;
        }
        Ok(())
    }

    /// All mails came that will come.
    fn finish(&mut self) -> Result<(), Failure> {
        self.intake.commit()?;
        if self.unread > 0 {
            let text = format!("{} responses of the server cannot be read", self.unread);
            let failure = Failure::new(Code::Protocol, text);
            match self.mails.missing {
                0 => eprintln!("fetch: {failure}"),
                _ => self.intake.note(failure),
            }
        }
        // What is missing may be gone by now. The next time tells.
        match self.state.take().filter(|_| self.mails.missing == 0) {
            Some(state) => self.intake.store.keep_state(&state::text(&state, self.plan.since)),
            None => Ok(()),
        }
    }

    pub(super) fn give_up(&mut self, client: &mut Client, failure: Failure) {
        self.intake.note(failure);
        client.shutdown();
        self.stage = Stage::GivenUp;
    }

    /// Whether the server was told goodbye, and says it too.
    fn is_leaving(&self) -> bool {
        matches!(self.stage, Stage::End | Stage::GivenUp)
    }

    fn closed(self) -> Result<(), Failure> {
        match self.stage {
            Stage::End => self.intake.closed(Some("")),
            Stage::GivenUp => self.intake.closed(None),
            _ => {
                let failure = Failure::new(Code::TempFail, "the server closed the session");
                self.intake.broken(failure)
            }
        }
    }
}
