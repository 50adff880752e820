//! What comes in: into the store, along the bar, into the tally.

use indicatif::ProgressBar;

use super::store::{Store, Wanted};
use postrider_net::program::{
    failure::{Code, Failure},
    progress::bar,
};

pub(crate) struct Intake {
    pub(crate) store: Store,
    bar: ProgressBar,
    mails: u64,
    octets: u64,
    /// How many mails of the server were fetched before.
    pub(crate) known: usize,
    /// What went wrong first, and did not end the session.
    first: Option<Failure>,
}

impl Intake {
    pub(crate) fn new(store: Store) -> Self {
        let bar = ProgressBar::hidden();
        Self { store, bar, mails: 0, octets: 0, known: 0, first: None }
    }

    /// So many octets are to come. `alone`: nothing else is shown.
    pub(crate) fn expect(&mut self, octets: u64, alone: bool) {
        self.bar = bar(octets, alone);
    }

    pub(crate) fn write(&mut self, octets: &[u8]) -> Result<(), Failure> {
        self.store.write(octets)?;
        self.bar.inc(octets.len() as u64);
        Ok(())
    }

    /// What is whole is safe from now on, and is returned.
    pub(crate) fn commit(&mut self) -> Result<Vec<Wanted>, Failure> {
        let safe = self.store.commit()?;
        for (_, octets) in &safe {
            self.mails = self.mails.saturating_add(1);
            self.octets = self.octets.saturating_add(*octets);
        }
        Ok(safe.into_iter().map(|(wanted, _)| wanted).collect())
    }

    /// What went wrong, and does not end the session.
    pub(crate) fn note(&mut self, failure: Failure) {
        match self.first {
            None => self.first = Some(failure),
            Some(_) => eprintln!("fetch: {failure}"),
        }
    }

    /// The session broke off. What is whole need not come again.
    pub(crate) fn broken(mut self, failure: Failure) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        self.commit()?;
        Err(self.first.unwrap_or(failure))
    }

    /// The session is over. `more`: what is told besides what was fetched; `None` where it did not come to
    /// that.
    pub(crate) fn closed(mut self, more: Option<&str>) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        self.commit()?;
        let Self { mails, octets, known, .. } = self;
        if let Some(more) = more {
            println!("fetched {mails} new mails ({octets} octets); {known} were known{more}");
        }
        self.first.map_or(Ok(()), Err)
    }
}

/// A mail that belongs to no command.
pub(crate) fn unasked() -> Failure {
    Failure::new(Code::Protocol, "the server sends a mail that nobody asked for")
}
