//! What is new, and what of that is wanted.

use postrider::imap::{
    CommandName, EsearchItem, FetchAttribute, FetchItem, NumberList, Response, SearchCommand,
    SearchKey,
    client::{Change, Client, Event, ResyncError, SyncState},
};

use super::session::{Session, Stage};
use postrider_net::program::{
    failure::{Code, Failure},
    imap::{self as told, misuse},
    progress::is_watched,
};

impl Session<'_> {
    pub(super) fn sync(&mut self, client: &mut Client) -> Result<(), Failure> {
        let Stage::Sync(resync) = &mut self.stage else { return Ok(()) };
        while let Some(change) = resync.next_change() {
            match change {
                // What was fetched is forgotten by its UIDVALIDITY, when all is told.
                Change::Reset => self.new.clear(),
                Change::Message { uid, is_new: true, .. } => self.new.push(uid),
                _ => {}
            }
        }
        if let Some(command) = resync.next_command() {
            client.send(command).map_err(misuse)?;
        }
        let lasts = resync.selected().is_sticky() && resync.selected().validity().is_some();
        let failure = match resync.outcome() {
            None => return Ok(()),
            Some(Ok(state)) if lasts => {
                let (state, selected) = (state.clone(), resync.selected().clone());
                self.mails.selected = Some(selected);
                return self.synced(client, state);
            }
            Some(Ok(_)) => Failure::new(Code::Unavailable, "the server has no UIDs that last"),
            Some(Err(ResyncError::Refused { command, status, .. })) => {
                told::refusal(*command, status)
            }
            // Why is told by the driver.
            Some(Err(ResyncError::Lost)) => return Ok(()),
            Some(Err(error)) => Failure::new(Code::Protocol, error.to_string()),
        };
        self.give_up(client, failure);
        Ok(())
    }

    /// What is new is known.
    fn synced(&mut self, client: &mut Client, state: SyncState) -> Result<(), Failure> {
        let store = &mut self.intake.store;
        let new = core::mem::take(&mut self.new);
        self.intake.known = self.queue.fill(&state, new, store.seen())?;
        store.end_listing();
        self.state = Some(state);
        match self.plan.since {
            Some(day) if !self.queue.is_empty() => {
                let span = self.queue.span().map_err(|error| misuse(error.into()))?;
                let keys = [SearchKey::Uid(span.into()), SearchKey::Since(day)];
                client.send(SearchCommand::new(keys.into()).with_uid()).map_err(misuse)?;
                self.stage = Stage::Search;
                Ok(())
            }
            _ => self.measure(client),
        }
    }

    pub(super) fn search(&mut self, client: &mut Client, event: &Event) -> Result<(), Failure> {
        let mut found = |numbers: &NumberList| {
            let all = self.found.get_or_insert_default();
            numbers.ranges().iter().for_each(|range| all.push_range(*range));
        };
        match event {
            Event::Data { response: Response::Search { numbers, .. }, .. } => found(numbers),
            Event::Data { response: Response::Esearch(response), .. } => {
                for item in &response.items {
                    if let EsearchItem::All(numbers) = item {
                        found(numbers);
                    }
                }
                // Without ALL there are none.
                found(&NumberList::new());
            }
            Event::Completed { command: CommandName::Search, status, .. } => {
                if !status.is_ok() {
                    self.give_up(client, told::refusal(CommandName::Search, status));
                    return Ok(());
                }
                let found = self.found.take();
                if found.is_none() {
                    // Nothing, perhaps: it is asked for again.
                    self.state = None;
                }
                self.queue.keep(&found.unwrap_or_default());
                return self.measure(client);
            }
            _ => {}
        }
        Ok(())
    }

    /// Asks how large the mails are, where somebody looks at the bar: for some servers that is work.
    fn measure(&mut self, client: &mut Client) -> Result<(), Failure> {
        if self.queue.is_empty() || !is_watched(!self.plan.verbose) {
            self.stage = Stage::Mails;
            return self.ask(client);
        }
        let all = self.queue.all().map_err(|error| misuse(error.into()))?;
        client.uid_fetch(all, FetchAttribute::Rfc822Size).map_err(misuse)?;
        self.stage = Stage::Sizes;
        Ok(())
    }

    pub(super) fn sizes(&mut self, client: &mut Client, event: &Event) -> Result<(), Failure> {
        match event {
            Event::FetchItems { items, .. } => {
                for item in items {
                    if let FetchItem::Rfc822Size(octets) = item {
                        self.octets = self.octets.saturating_add(*octets);
                    }
                }
            }
            // Without an answer there is no bar.
            Event::Completed { command: CommandName::Fetch, .. } => {
                self.intake.expect(self.octets, !self.plan.verbose);
                self.stage = Stage::Mails;
                self.ask(client)?;
            }
            _ => {}
        }
        Ok(())
    }
}
