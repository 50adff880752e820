//! A client that is driven by hand, a turn of the server at a time.
#![allow(dead_code, reason = "each test binary uses its part")]

use bytes::Bytes;
use postrider_smtp::client::{
    Client, Config, Content, Delivery, Event, Failure, RecipientOutcome, Report, Transaction,
};
use postrider_smtp::{EhloName, Error, ForwardPath, ReversePath};
use postrider_testkit::{Stop, poll_by_hand, take_output};
use postrider_wire::{Inbox, Machine, Policy, Security, TlsInfo, TlsUpgrade};

pub(crate) fn config() -> Config {
    Config::new(EhloName::parse("bar.com").unwrap(), Security::StartTls(Policy::Never))
}

pub(crate) fn over_tls() -> Config {
    let tls = TlsInfo::new().with_suite("TLS1.3", "TLS_AES_128_GCM_SHA256");
    Config::new(EhloName::parse("bar.com").unwrap(), Security::Implicit(tls))
}

pub(crate) fn path(text: &str) -> ForwardPath {
    ForwardPath::parse(text).unwrap()
}

/// A mail to these.
pub(crate) fn mail_to(recipients: &[&str], content: Content) -> Transaction {
    let transaction = Transaction::new(ReversePath::parse("a@bar.com").unwrap(), content);
    recipients.iter().fold(transaction, |all, to| all.to(path(to)))
}

pub(crate) fn whole(mail: &str) -> Content {
    Content::whole(Bytes::copy_from_slice(mail.as_bytes()))
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

    /// A session that was greeted by a server with these extensions.
    pub(crate) fn greeted(config: Config, extensions: &[&str]) -> Self {
        let mut talk = Self::new(config);
        talk.hear("220 foo.com\r\n");
        talk.hear(&ehlo(extensions));
        talk
    }

    /// The same, ready for a mail.
    pub(crate) fn ready(config: Config, extensions: &[&str]) -> Self {
        let mut talk = Self::new(config);
        talk.hear("220 foo.com\r\n");
        let events = talk.hear(&ehlo(extensions));
        assert!(matches!(events.last(), Some(Event::Ready { .. })), "{events:?}");
        assert_eq!(talk.said(), "");
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

pub(crate) fn ehlo(extensions: &[&str]) -> String {
    let lines: String = extensions.iter().map(|line| format!("250-{line}\r\n")).collect();
    format!("250-foo.com\r\n{lines}250 HELP\r\n")
}

/// The one report in these.
pub(crate) fn report(events: &[Event]) -> &Report {
    let mut reports = events.iter().filter_map(|event| match event {
        Event::Sent(report) => Some(report),
        _ => None,
    });
    let report = reports.next().unwrap_or_else(|| panic!("no report: {events:?}"));
    assert_eq!(reports.next(), None, "one report");
    report
}

/// Each outcome in short: `+250`, `-550 NotSent`, `-Eof Unknown`.
pub(crate) fn outcomes(events: &[Event]) -> Vec<String> {
    let outcomes = report(events).recipients.iter().map(|one| &one.outcome);
    outcomes.map(in_short).collect()
}

pub(crate) fn in_short(outcome: &RecipientOutcome) -> String {
    match outcome {
        RecipientOutcome::Accepted(reply) => format!("+{}", reply.code()),
        RecipientOutcome::Failed(Failure { reply: Some(reply), delivery, .. }) => {
            format!("-{} {delivery:?}", reply.code())
        }
        RecipientOutcome::Failed(Failure { kind, delivery, .. }) => {
            format!("-{kind:?} {delivery:?}")
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) fn failures(report: &Report) -> Vec<&Failure> {
    report.failures().map(|(_, failure)| failure).collect()
}

/// Whether it is one of the two that are no acceptance.
pub(crate) fn may_be_sent_again(outcome: &RecipientOutcome) -> bool {
    outcome.delivery() == Delivery::NotSent
}
