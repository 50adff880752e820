//! One connection: login, listing, mails, deletions.

use std::io;

use indicatif::ProgressBar;
use postrider::{
    drive::{Next, blocking::Driver},
    pop3::{
        Error, Keyword,
        client::{Client, Event},
    },
    wire::Machine,
};
use postrider_net::{Handshake, blocking::secure};

use super::{plan::Plan, queue::Queue, store::Store, told};
use postrider_net::program::{
    failure::{Code, Failure},
    progress::bar,
    road::Stream,
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
        store,
        queue: Queue::default(),
        stage: Stage::Before,
        bar: ProgressBar::hidden(),
        first: None,
        tally: Tally::default(),
    };
    loop {
        match driver.next() {
            Ok(Next::StartTls(token)) => {
                let upgrade = |plain, ahead| match handshake {
                    Some(handshake) => secure(handshake, plain, ahead),
                    None => Err(io::ErrorKind::Unsupported.into()),
                };
                driver = driver.upgrade(token, upgrade).map_err(|error| told::broken(&error))?;
            }
            Ok(Next::Event(event)) => {
                session.event(driver.machine(), event)?;
                session.ask(driver.machine())?;
            }
            Ok(Next::App) => {}
            Ok(Next::Closed) => return session.closed(),
            Err(error) => {
                // What is whole need not come again.
                session.commit()?;
                return Err(session.first.unwrap_or_else(|| told::broken(&error)));
            }
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

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    mails: u64,
    octets: u64,
    known: usize,
    deleted: u64,
}

struct Session<'a> {
    plan: &'a Plan,
    store: Store,
    queue: Queue,
    stage: Stage,
    bar: ProgressBar,
    /// What went wrong first, and did not end the session.
    first: Option<Failure>,
    tally: Tally,
}

impl Session<'_> {
    fn event(&mut self, client: &mut Client, event: Event) -> Result<(), Failure> {
        match event {
            Event::Ready { .. } => client.login_with(self.plan.login()?).map_err(misuse)?,
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
                let wanted = self.queue.answered().ok_or_else(nonsense)?;
                self.store.begin(wanted)?;
            }
            Event::Chunk(octets) => {
                self.store.write(&octets)?;
                self.bar.inc(octets.len() as u64);
            }
            Event::RetrieveEnd => {
                self.store.end()?;
                if self.store.is_due() {
                    self.commit()?;
                }
            }
            Event::Aborted(_) => self.store.discard()?,
            Event::Done { command: Keyword::Dele, .. } => {
                self.tally.deleted = self.tally.deleted.saturating_add(1);
            }
            Event::Done { command: Keyword::Quit, .. } => self.stage = Stage::Over,
            Event::Rejected(reply) => self.note(told::refusal(None, None, &reply)),
            Event::Refused { command, message, reply, .. } => match command {
                // They are optional, or only of use to the bar.
                Keyword::Capa => client.list(None).map_err(misuse)?,
                Keyword::List => client.uidl(None).map_err(misuse)?,
                Keyword::Retr => {
                    self.queue.answered();
                    self.note(told::refusal(Some(command), message, &reply));
                }
                Keyword::Dele => self.note(told::refusal(Some(command), message, &reply)),
                // Without UIDL nothing tells new mail from known.
                _ => self.give_up(client, told::refusal(Some(command), message, &reply)),
            },
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self) {
        self.tally.known = self.queue.part(self.store.seen(), self.plan.delete);
        self.store.end_listing();
        self.bar = bar(self.queue.octets(), !self.plan.verbose);
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
        let idle = client.in_flight() == 0 && client.is_ready() && !self.store.is_writing();
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
        for (wanted, octets) in self.store.commit()? {
            self.tally.mails = self.tally.mails.saturating_add(1);
            self.tally.octets = self.tally.octets.saturating_add(octets);
            if self.plan.delete {
                self.queue.fetched(&wanted);
            }
        }
        Ok(())
    }

    fn note(&mut self, failure: Failure) {
        match self.first {
            None => self.first = Some(failure),
            Some(_) => eprintln!("fetch: {failure}"),
        }
    }

    fn give_up(&mut self, client: &mut Client, failure: Failure) {
        self.note(failure);
        client.shutdown();
    }

    fn closed(mut self) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        self.commit()?;
        let Tally { mails, octets, known, deleted } = self.tally;
        if matches!(self.stage, Stage::End | Stage::Over) {
            let deleted = match self.plan.delete && self.stage == Stage::Over {
                true => format!("; deleted {deleted} on the server"),
                false => String::new(),
            };
            println!("fetched {mails} new mails ({octets} octets); {known} were known{deleted}");
        }
        self.first.map_or(Ok(()), Err)
    }
}

fn misuse(error: Error) -> Failure {
    Failure::new(Code::Protocol, error.to_string())
}

fn nonsense() -> Failure {
    Failure::new(Code::Protocol, "the server sends a mail that nobody asked for")
}
