//! A client in a test, line by line.
#![allow(dead_code, reason = "each test binary uses some of it")]

use bytes::Buf;
use postrider_imap::MailboxName;
use postrider_imap::client::{Client, Config, Event, Handle, Unsent};
use postrider_wire::{Inbox, Machine, Progress, Security, TlsInfo};

/// A client and what it is told.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) inbox: Inbox,
}

impl Session {
    pub(crate) fn new(offers: &str) -> Self {
        Self::with(Config::new(Security::Implicit(TlsInfo::new())), offers)
    }

    pub(crate) fn with(config: Config, offers: &str) -> Self {
        Self::hello(config, &format!("* PREAUTH [CAPABILITY IMAP4rev1 {offers}] hi\r\n"))
    }

    /// Where nobody is logged in.
    pub(crate) fn greeted(config: Config, offers: &str) -> Self {
        Self::hello(config, &format!("* OK [CAPABILITY IMAP4rev1 {offers}] hi\r\n"))
    }

    pub(crate) fn hello(config: Config, greeting: &str) -> Self {
        let client = Client::new(config);
        let inbox = client.new_inbox();
        let mut session = Self { client, inbox };
        session.hears(greeting);
        session
    }

    /// With a mailbox selected; tags go on with `a002`.
    pub(crate) fn selected(offers: &str) -> Self {
        let mut session = Self::new(offers);
        session.client.select(MailboxName::inbox()).unwrap();
        assert_eq!(session.says(), "a001 SELECT INBOX\r\n");
        session.hears("* 9 EXISTS\r\na001 OK [READ-WRITE] done\r\n");
        session
    }

    pub(crate) fn says(&mut self) -> String {
        let n = self.client.outbox().len();
        String::from_utf8(self.client.outbox().copy_to_bytes(n).to_vec()).unwrap()
    }

    pub(crate) fn hears(&mut self, octets: &str) -> Vec<Event> {
        self.inbox.extend(octets.as_bytes());
        let mut events = Vec::new();
        while let Ok(Progress::Event(event)) = self.client.poll(&mut self.inbox) {
            events.push(event);
        }
        events
    }
}

/// How commands ended, in the order of the events.
pub(crate) fn outcomes(events: &[Event]) -> Vec<(Handle, &'static str)> {
    let outcome = |event: &Event| match event {
        Event::Completed { handle, status, .. } if status.is_ok() => Some((*handle, "ok")),
        Event::Completed { handle, .. } => Some((*handle, "refused")),
        Event::Lost { handle, .. } => Some((*handle, "lost")),
        Event::Unsent { handle, why: Unsent::State, .. } => Some((*handle, "state")),
        Event::Unsent { handle, why: Unsent::Renumbered, .. } => Some((*handle, "renumbered")),
        Event::Unsent { handle, why: Unsent::Closed, .. } => Some((*handle, "closed")),
        Event::Unsent { handle, .. } => Some((*handle, "withdrawn")),
        _ => None,
    };
    events.iter().filter_map(outcome).collect()
}
