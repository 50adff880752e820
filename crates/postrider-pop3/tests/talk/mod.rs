//! A client that is driven by hand, a turn of the server at a time.
#![allow(dead_code, reason = "each test binary uses its part")]

use bytes::Buf;
use postrider_pop3::Error;
use postrider_pop3::client::{Client, Config, Event};
use postrider_testkit::{Stop, poll_by_hand, take_output};
use postrider_wire::{Inbox, Machine, Policy, Security, TlsInfo, TlsUpgrade};

pub(crate) fn clear() -> Config {
    Config::new(Security::StartTls(Policy::Never))
}

pub(crate) fn over_tls() -> Config {
    let tls = TlsInfo::new().with_suite("TLS1.3", "TLS_AES_128_GCM_SHA256");
    Config::new(Security::Implicit(tls))
}

/// The reply to `CAPA`.
pub(crate) fn capa(lines: &[&str]) -> String {
    format!("+OK\r\n{}.\r\n", lines.iter().map(|line| format!("{line}\r\n")).collect::<String>())
}

pub(crate) struct Talk {
    pub(crate) client: Client,
    pub(crate) inbox: Inbox,
    /// The upgrade that the client asked for.
    pub(crate) token: Option<TlsUpgrade>,
    pub(crate) end: Option<Result<(), Error>>,
    /// All that was ever sent.
    pub(crate) sent: String,
}

impl Talk {
    pub(crate) fn new(config: Config) -> Self {
        let client = Client::new(config);
        let inbox = client.new_inbox();
        Self { client, inbox, token: None, end: None, sent: String::new() }
    }

    /// A session that was greeted.
    pub(crate) fn greeted(config: Config) -> Self {
        let mut talk = Self::new(config);
        let events = talk.hear("+OK ready\r\n");
        assert!(matches!(events[..], [Event::Ready { .. }]), "{events:?}");
        talk
    }

    /// What waits to be sent, which is then gone.
    pub(crate) fn said(&mut self) -> String {
        let said = String::from_utf8_lossy(&take_output(&mut self.client)).into_owned();
        self.sent += &said;
        said
    }

    /// Flushes, lets this arrive, and returns what is told. What is said in answer stays in the outbox.
    pub(crate) fn hear(&mut self, octets: &str) -> Vec<Event> {
        let mut events = self.poll();
        self.said();
        let mut left = octets.as_bytes();
        while !left.is_empty() && self.end.is_none() {
            let taken = self.inbox.extend(left);
            left = &left[taken..];
            let before = events.len();
            events.extend(self.poll());
            assert!(taken > 0 || events.len() > before, "the inbox is full and stays so");
        }
        events
    }

    /// Lets this arrive where nothing may be told.
    pub(crate) fn hear_only(&mut self, octets: &str) {
        let events = self.hear(octets);
        assert!(events.is_empty(), "{events:?}");
    }

    /// Whether something waits to be sent.
    pub(crate) fn sent_unheard(&mut self) -> bool {
        self.client.outbox().has_remaining()
    }

    /// Everything that is told now.
    pub(crate) fn poll(&mut self) -> Vec<Event> {
        if self.end.is_some() {
            return Vec::new();
        }
        let (events, stop) = poll_by_hand(&mut self.client, &mut self.inbox, |_, _| {});
        match stop {
            Stop::Waits => {}
            Stop::StartTls(token) => self.token = Some(token),
            Stop::Closed => self.end = Some(Ok(())),
            Stop::Failed(error) => self.end = Some(Err(error)),
        }
        events
    }

    /// The server hangs up.
    pub(crate) fn eof(&mut self) -> Vec<Event> {
        self.said();
        self.inbox.set_eof();
        self.poll()
    }

    /// The first timer runs out.
    pub(crate) fn time_out(&mut self) -> Vec<Event> {
        let timer = self.client.timers()[0];
        self.client.on_timeout(timer);
        self.poll()
    }
}
