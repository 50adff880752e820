//! The bounds of a session.

use core::time::Duration;

/// How much a session may cost. Safe by default; no value means "none".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Longest line in, line end included: a command for a server (RFC 2449 §4 asks for 255), a
    /// reply or a line of a listing for a client (RFC 2449 §4: 512, which servers exceed).
    pub line: usize,
    /// Octets that an inbox holds before login, and on the client outside messages.
    pub inbox: usize,
    /// Octets that an inbox holds after login: how far a server lets a client pipeline.
    pub inbox_logged_in: usize,
    /// Octets of one read while a message comes in.
    pub read: usize,
    /// Octets that wait to be sent.
    pub outbox: usize,
    /// Octets of commands that a client sends before their replies begin. A driver that blocks
    /// writes before it reads: they must fit into the buffers between the two (RFC 2449 §6.6).
    pub in_flight: usize,
    /// Lines of one listing (`LIST`, `UIDL`) that a client takes.
    pub listing: u32,
    /// Lines of one `CAPA` reply that a client takes.
    pub capabilities: usize,
    /// Commands that a server refuses as unknown, malformed or out of place before it closes.
    pub bad_commands: u32,
    /// Logins that a server refuses before it closes.
    pub failed_logins: u32,
    /// How long after its `PASS` the first refusal of a login leaves; each further one takes twice
    /// as long as the one before.
    pub login_delay: Duration,
    /// The most that a refusal of a login is held back.
    pub login_delay_most: Duration,
    /// The wait of a client for a reply.
    pub reply_time: Duration,
    /// The wait of a server for a command. RFC 1939 §3 asks for at least ten minutes after login.
    pub idle_time: Duration,
    /// The wait for the next piece of a message or listing, in either direction.
    pub progress_time: Duration,
    /// The time that the last lines of a session may take to leave.
    pub flush_time: Duration,
}

impl Limits {
    /// For clients.
    #[must_use]
    pub fn client() -> Self {
        Self {
            line: 2048,
            inbox: 8 * 1024,
            inbox_logged_in: 8 * 1024,
            read: 64 * 1024,
            outbox: 4 * 1024,
            in_flight: 2 * 1024,
            listing: 4_000_000,
            capabilities: 128,
            bad_commands: 10,
            failed_logins: 3,
            login_delay: Duration::from_secs(2),
            login_delay_most: Duration::from_secs(30),
            reply_time: Duration::from_secs(5 * 60),
            idle_time: Duration::from_secs(10 * 60),
            progress_time: Duration::from_secs(5 * 60),
            flush_time: Duration::from_secs(30),
        }
    }

    /// For servers.
    #[must_use]
    pub fn server() -> Self {
        Self {
            line: 255,
            inbox: 1024,
            inbox_logged_in: 8 * 1024,
            outbox: 64 * 1024,
            ..Self::client()
        }
    }

    /// Sets the longest line in.
    #[must_use]
    pub fn with_line(mut self, octets: usize) -> Self {
        self.line = octets;
        self
    }

    /// Sets what an inbox holds, before and after login.
    #[must_use]
    pub fn with_inbox(mut self, before_login: usize, after_login: usize) -> Self {
        self.inbox = before_login;
        self.inbox_logged_in = after_login;
        self
    }

    /// Sets the size of one read while a message comes in.
    #[must_use]
    pub fn with_read(mut self, octets: usize) -> Self {
        self.read = octets;
        self
    }

    /// Sets how many octets may wait to be sent.
    #[must_use]
    pub fn with_outbox(mut self, octets: usize) -> Self {
        self.outbox = octets;
        self
    }

    /// Sets how many octets of commands may be unanswered. One command always may.
    #[must_use]
    pub fn with_in_flight(mut self, octets: usize) -> Self {
        self.in_flight = octets;
        self
    }

    /// Sets how many lines of one listing a client takes.
    #[must_use]
    pub fn with_listing(mut self, lines: u32) -> Self {
        self.listing = lines;
        self
    }

    /// Sets how many lines of one `CAPA` reply a client takes.
    #[must_use]
    pub fn with_capabilities(mut self, lines: usize) -> Self {
        self.capabilities = lines;
        self
    }

    /// Sets how many refused commands and refused logins a server bears.
    #[must_use]
    pub fn with_patience(mut self, bad_commands: u32, failed_logins: u32) -> Self {
        self.bad_commands = bad_commands;
        self.failed_logins = failed_logins;
        self
    }

    /// Sets how long the first refusal of a login is held back, and the most that one is. Zero is no
    /// wait.
    #[must_use]
    pub fn with_login_delay(mut self, first: Duration, most: Duration) -> Self {
        self.login_delay = first;
        self.login_delay_most = most;
        self
    }

    /// Sets the wait for a reply, for a command, and for a piece of a message.
    #[must_use]
    pub fn with_times(mut self, reply: Duration, idle: Duration, progress: Duration) -> Self {
        self.reply_time = reply;
        self.idle_time = idle;
        self.progress_time = progress;
        self
    }

    /// How long after its `PASS` the refusal behind `failed` others leaves.
    pub(crate) fn refusal_delay(&self, failed: u32) -> Duration {
        let factor = 2_u32.saturating_pow(failed);
        self.login_delay.saturating_mul(factor).min(self.login_delay_most)
    }

    /// An inbox must hold a whole line.
    pub(crate) fn unit_limit(&self, logged_in: bool) -> usize {
        let inbox = if logged_in { self.inbox_logged_in } else { self.inbox };
        inbox.max(self.line)
    }
}
