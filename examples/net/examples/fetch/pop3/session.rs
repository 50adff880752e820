//! One connection: login, listing, mails, deletions.

use postrider::{
    drive::{Next, blocking::Driver},
    pop3::{
        Error, Keyword,
        client::{Client, Event},
    },
    wire::Machine,
};
use postrider_net::Handshake;

use super::{login, queue::Queue, told};
use crate::fetch::{
    intake::{Intake, unasked},
    plan::Plan,
    store::Store,
};
use postrider_net::program::{
    failure::{Code, Failure, broken},
    road::{self, Stream},
};

/// Fetches what is new. What is whole is kept, whatever happens then.
pub(crate) fn run(
    plan: &Plan,
    store: Store,
    handshake: Option<&Handshake>,
    client: Client,
    stream: Stream,
) -> Result<(), Failure> {
    let mut driver = Driver::new(client, stream);
    let mut session = Session {
        plan,
        intake: Intake::new(store),
        queue: Queue::default(),
        stage: Stage::Before,
        deleted: 0,
    };
    loop {
        match driver.next() {
            Ok(Next::StartTls(token)) => {
                driver = driver
                    .upgrade(token, road::upgrade(handshake))
                    .map_err(|error| broken(&error))?;
            }
            Ok(Next::Event(event)) => {
                session.event(driver.machine(), event)?;
                session.ask(driver.machine())?;
            }
            Ok(Next::App) => {}
            Ok(Next::Closed) => return session.closed(),
            Err(error) => return session.intake.broken(broken(&error)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Up to the listing.
    Before,
    Mails,
    /// `QUIT` was said.
    End,
    /// `QUIT` was answered: deletions are done.
    Over,
}

struct Session<'a> {
    plan: &'a Plan,
    intake: Intake,
    queue: Queue,
    stage: Stage,
    deleted: u64,
}

impl Session<'_> {
    fn event(&mut self, client: &mut Client, event: Event) -> Result<(), Failure> {
        match event {
            Event::Ready { .. } => client.login_with(login(&self.plan.account)?).map_err(misuse)?,
            Event::DeriveKey(due) => client.key(due.derive()).map_err(misuse)?,
            // There is no other: the login fails.
            Event::NeedToken(_) => client.decline(),
            Event::LoginFailed(fault) => self.give_up(client, told::no_login(fault)),
            // Again, and now with what holds for this user.
            Event::LoggedIn(_) => client.capa().map_err(misuse)?,
            Event::Capabilities(_) => client.list(None).map_err(misuse)?,
            Event::ScanListing(listing) => self.queue.size(listing),
            Event::ListEnd => client.uidl(None).map_err(misuse)?,
            Event::UniqueIdListing { message, uid, .. } => self.queue.listed(message, uid),
            Event::UidlEnd => self.begin(),
            Event::RetrieveBegin { .. } => {
                let wanted = self.queue.answered().ok_or_else(unasked)?;
                self.intake.store.begin(wanted)?;
            }
            Event::Chunk(octets) => self.intake.write(&octets)?,
            Event::RetrieveEnd => {
                self.intake.store.end()?;
                if self.intake.store.is_due() {
                    self.commit()?;
                }
            }
            Event::Aborted(_) => self.intake.store.discard()?,
            Event::Done { command: Keyword::Dele, .. } => {
                self.deleted = self.deleted.saturating_add(1);
            }
            Event::Done { command: Keyword::Quit, .. } => self.stage = Stage::Over,
            Event::Rejected(reply) => self.intake.note(told::refusal(None, None, &reply)),
            Event::Refused { command, message, reply, .. } => match command {
                // They are optional, or only of use to the bar.
                Keyword::Capa => client.list(None).map_err(misuse)?,
                Keyword::List => client.uidl(None).map_err(misuse)?,
                Keyword::Retr => {
                    self.queue.answered();
                    self.intake.note(told::refusal(Some(command), message, &reply));
                }
                Keyword::Dele => self.intake.note(told::refusal(Some(command), message, &reply)),
                // Without UIDL nothing tells new mail from known.
                _ => self.give_up(client, told::refusal(Some(command), message, &reply)),
            },
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self) {
        let store = &mut self.intake.store;
        self.intake.known = self.queue.part(store.seen(), self.plan.delete);
        store.end_listing();
        self.intake.expect(self.queue.octets(), !self.plan.verbose);
        self.stage = Stage::Mails;
    }

    /// Says as much as the client takes; goodbye behind the last.
    fn ask(&mut self, client: &mut Client) -> Result<(), Failure> {
        if self.stage != Stage::Mails {
            return Ok(());
        }
        while client.is_ready() {
            if let Some(message) = self.queue.next_delete() {
                client.dele(message).map_err(misuse)?;
            } else if let Some(message) = self.queue.next_fetch() {
                client.retr(message).map_err(misuse)?;
            } else {
                break;
            }
        }
        let idle = client.in_flight() == 0 && client.is_ready() && !self.intake.store.is_writing();
        if idle && self.queue.is_empty() {
            self.commit()?;
            if self.queue.is_empty() {
                client.quit().map_err(misuse)?;
                self.stage = Stage::End;
            } else {
                // What was just kept is to be deleted.
                return self.ask(client);
            }
        }
        Ok(())
    }

    /// What is whole is safe from now on, and may be deleted.
    fn commit(&mut self) -> Result<(), Failure> {
        for wanted in self.intake.commit()? {
            if self.plan.delete {
                self.queue.fetched(&wanted);
            }
        }
        Ok(())
    }

    fn give_up(&mut self, client: &mut Client, failure: Failure) {
        self.intake.note(failure);
        client.shutdown();
    }

    fn closed(self) -> Result<(), Failure> {
        let deleted = match self.plan.delete && self.stage == Stage::Over {
            true => format!("; deleted {} on the server", self.deleted),
            false => String::new(),
        };
        let is_done = matches!(self.stage, Stage::End | Stage::Over);
        self.intake.closed(is_done.then_some(&*deleted))
    }
}

fn misuse(error: Error) -> Failure {
    Failure::new(Code::Protocol, error.to_string())
}
