//! A mail in the queue: when it is tried, where, for whom, and what its sender is told.
//!
//! A [`QueueItem`] is all that is kept of a mail besides its octets; a [`Delivery`] carries it from attempt
//! to attempt. It tells one [`Step`] at a time, the embedder does it and says what came of it:
//!
//! | step | what is done | what is said |
//! |---|---|---|
//! | [`Step::Route`] | find the way to a domain, with [`Ask::route`] | [`Delivery::routed`] |
//! | [`Step::Connect`] | connect to an address of a host, as its demand has it | [`Delivery::connected`], [`connected_in_clear`](Delivery::connected_in_clear), [`not_connected`](Delivery::not_connected) |
//! | [`Step::Send`] | one transaction over that connection | [`Delivery::sent`], [`Delivery::unsendable`] |
//! | [`Step::Save`] | write the item where it outlives a stop | [`Delivery::saved`] |
//! | [`Step::Bounce`] | make a notice a mail of its own, as [`Bounce`] tells | [`Delivery::bounced`] |
//! | [`Step::Defer`] | wait until then | |
//! | [`Step::Done`] | remove the mail | |
//!
//! ```
//! use postrider_relay::dns::{Answer, Need, Told};
//! use postrider_relay::queue::{Config, Delivery, QueueItem, Step, Unreached};
//! use postrider_relay::route::Router;
//! use postrider_smtp::{ForwardPath, ReversePath};
//!
//! # let mut store = std::collections::BTreeMap::new();
//! let mut now = 1_800_000_000;
//! let item = QueueItem::new("Q1", ReversePath::parse("alice@a.example")?, now)
//!     .to(ForwardPath::parse("bob@b.example")?);
//! // It is in the store before its client hears 250.
//! store.insert(item.id.clone(), item.clone());
//!
//! let mut delivery = Delivery::new(item, Config::new(), [7; 32]);
//! let mut told = Vec::new();
//! loop {
//!     match delivery.step(now) {
//!         Step::Route(ask) => {
//!             // Each host of this world is at one address.
//!             let plan = ask.route(&Router::new()).resolve(|need| match need {
//!                 Need::Addresses(_) => Told::Addresses(Answer::records(["192.0.2.1".parse().unwrap()], 60)),
//!                 other => other.nothing(),
//!             });
//!             delivery.routed(plan, now)?;
//!         }
//!         // Nobody is there, today and all the week. Else `connected` is said, and at `Step::Send` a
//!         // `postrider_smtp::client::Client` sends `send.transaction(content)` and gives the report.
//!         Step::Connect(to) => {
//!             assert_eq!(to.address, "192.0.2.1:25".parse()?);
//!             delivery.not_connected(&Unreached::Connect("connection refused".into()), now)?;
//!         }
//!         Step::Save => {
//!             store.insert(delivery.item().id.clone(), delivery.item().clone());
//!             delivery.saved()?;
//!         }
//!         // The notice becomes an item of its own, and is delivered behind the `Step::Save` that follows.
//!         Step::Bounce(due) => {
//!             told.push((due.id, due.notice.kind));
//!             delivery.bounced()?;
//!         }
//!         Step::Defer(until) => now = until,
//!         Step::Done => break,
//!         other => unreachable!("{other:?}"),
//!     }
//! }
//! let told: Vec<_> = told.iter().map(|(id, kind)| format!("{id} {kind:?}")).collect();
//! assert!(told[0].starts_with("Q1-n0 Delayed") && told[1] == "Q1-n1 Failed", "{told:?}");
//! assert_eq!(now, 1_800_000_000 + 5 * 86_400);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is never lost, and what is doubled
//!
//! The item that was saved last is enough to go on, wherever the program stopped; the one thing that comes
//! twice then is a transaction that a host took and whose [`Step::Save`] did not happen any more (RFC 1047).
//! A connection that breaks behind the whole mail is the same seen from outside: the mail is tried again.
//! Notices are neither lost nor doubled: see [`Bounce`].
//!
//! Three things are the store's: a mail is in it before its client hears 250; an item is replaced as a
//! whole or not at all; and at the start notices that are [held](QueueItem::is_held) are removed.
//!
//! # Several domains
//!
//! A delivery goes from one next hop to the other. Domains that lead to the same hosts, with the same
//! demands, go together. To bring a mail to many domains at the same time, split it when it arrives
//! ([`QueueItem::split_by_domain`]).
//!
//! # What an answer means
//!
//! See [`Class`]. A host that cannot be reached, or refuses for now, is followed by the next; what is left
//! then waits ([`Schedule`]). A refusal for good at `MAIL`, `RCPT`, `DATA` or behind the mail is one; a
//! greeting, a missing extension or a failed handshake is one only if no other host is of another mind.

mod classify;
mod delivery;
mod hop;
mod item;
mod notices;
mod schedule;
mod step;
mod trouble;

pub use classify::Class;
pub use delivery::{Delivery, NotNow};
pub use item::{NoticeOf, QueueItem, QueuedRecipient, RecipientState};
pub use schedule::Schedule;
pub use step::{Ask, Bounce, Connect, Send, Step};
pub use trouble::{Trouble, Unreached};

/// How mails are delivered: the same for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// When a mail is tried again, and when it is given up.
    pub schedule: Schedule,
    /// The same for mails from `<>`, which are notices for the most part: as all others, unless it is set
    /// (RFC 5321 §4.5.4.1: "a shorter maximum number of retries for non-delivery notifications").
    pub notice_schedule: Option<Schedule>,
    /// Recipients in one transaction: 100, which every server takes (RFC 5321 §4.5.3.1.8).
    pub recipients: usize,
    /// Sessions in one attempt at a next hop: 4. Hosts that cannot be reached, or cannot take the mail as it
    /// is, do not count (RFC 8689 §4.2.1: "repeat steps 2-5 with each host").
    pub sessions: u32,
    /// Addresses that are connected to in one attempt at a next hop: 16.
    pub targets: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl Config {
    /// As RFC 5321 asks.
    #[must_use]
    pub fn new() -> Self {
        let schedule = Schedule::new();
        Self { schedule, notice_schedule: None, recipients: 100, sessions: 4, targets: 16 }
    }

    /// Sets when a mail is tried again.
    #[must_use]
    pub fn with_schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Sets when a mail from `<>` is tried again.
    #[must_use]
    pub fn with_notice_schedule(mut self, schedule: Schedule) -> Self {
        self.notice_schedule = Some(schedule);
        self
    }

    /// Sets how many recipients go into one transaction; at least one does.
    #[must_use]
    pub fn with_recipients(mut self, most: usize) -> Self {
        self.recipients = most.max(1);
        self
    }

    /// Sets how many sessions there are in one attempt at a next hop; at least one.
    #[must_use]
    pub fn with_sessions(mut self, most: u32) -> Self {
        self.sessions = most.max(1);
        self
    }

    /// Sets how many addresses are connected to in one attempt at a next hop; at least one.
    #[must_use]
    pub fn with_targets(mut self, most: usize) -> Self {
        self.targets = most.max(1);
        self
    }

    /// The schedule of a notice, or of any other mail.
    fn schedule_of(&self, is_notice: bool) -> &Schedule {
        self.notice_schedule.as_ref().filter(|_| is_notice).unwrap_or(&self.schedule)
    }
}
