//! A mail in the queue: when it is tried, where, for whom, and what its sender is told.

mod classify;
mod delivery;
mod hop;
mod item;
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
    /// Recipients in one transaction: 100, which every server takes (RFC 5321 §4.5.3.1.8).
    pub recipients: usize,
    /// Sessions in one attempt at a next hop: 4. Hosts that cannot be reached do not count.
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
        Self { schedule: Schedule::new(), recipients: 100, sessions: 4, targets: 16 }
    }

    /// Sets when a mail is tried again.
    #[must_use]
    pub fn with_schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
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
}
