//! Bounds on what a peer can make a machine hold.

use core::time::Duration;

/// A unit of this many octets is always taken; a machine with less could not work.
pub(crate) const LEAST: usize = 512;

/// The bounds of one machine. All are safe by default; none means "unlimited".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Octets of one unit before login: a command or response with its inline literals. 8 KiB, and
    /// never below 512, nor at a server with AUTHENTICATE below 12 800: the longest line of a login.
    pub unit_before_login: usize,
    /// Octets of one unit after login; for a client, of one item of a FETCH response. 256 KiB.
    pub unit: usize,
    /// Octets read at once while payload streams. 64 KiB.
    pub read: usize,
    /// Octets that wait in the outbox before a machine takes no more. 64 KiB.
    pub outbox: usize,
    /// Literals in one command. 16, and before login never more than 4. In a response each counts for 64
    /// octets of the unit instead.
    pub literals: usize,
    /// Octets of the messages of one APPEND, all together, that a server takes, with what is said of all
    /// but the first, where that is more than 64 octets. 64 MiB.
    pub append: u64,
    /// Octets of a non-synchronising literal that a server swallows after it refused the command;
    /// above, it closes. 64 KiB, and before login never more than [`Limits::unit_before_login`].
    pub swallow: u64,
    /// Commands that a server may refuse as bad before it says BYE. 10.
    pub bad_commands: u32,
    /// The same before login, failed logins included. 5.
    pub bad_commands_before_login: u32,
    /// How long a server holds the refusal of a login back; twice as long with each that failed before.
    /// 2 s.
    pub login_delay: Duration,
    /// The most that the refusal of a login is held back. 30 s.
    pub login_delay_most: Duration,
    /// Depth of a body structure, and of the keys of a search, these never more than 1000. 100.
    pub depth: usize,
    /// Attributes of one FETCH command that a server takes. 256.
    pub attributes: usize,
    /// Members of any other list: flags, capabilities, field names, addresses, parameters. A
    /// longer one is a syntax error in a command, and not understood in a response. 4096.
    pub list: usize,
    /// Commands of a client without an outcome, said or not. 1000.
    pub pending: usize,
    /// Octets of commands that a client says before the answer to those before them; one more command
    /// may go past it. 16 KiB, which a server reads while nobody reads what it writes.
    pub in_flight: usize,
    /// Octets of one command line of a client: FETCH, STORE, UID MOVE and UID EXPUNGE of larger sets are said in
    /// parts. 8192 (RFC 7162 §4), and never below 2048.
    pub line: usize,
    /// Ranges of numbers that SEARCH, SORT, ESEARCH or VANISHED tell, and places that THREAD tells,
    /// of 8 and 12 octets each. 1 000 000.
    pub ids: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unit_before_login: 8 * 1024,
            unit: 256 * 1024,
            read: 64 * 1024,
            outbox: 64 * 1024,
            literals: 16,
            append: 64 * 1024 * 1024,
            swallow: 64 * 1024,
            bad_commands: 10,
            bad_commands_before_login: 5,
            login_delay: Duration::from_secs(2),
            login_delay_most: Duration::from_secs(30),
            depth: 100,
            attributes: 256,
            list: 4096,
            pending: 1000,
            in_flight: 16 * 1024,
            line: 8192,
            ids: 1_000_000,
        }
    }
}

impl Limits {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How long the refusal of a login waits when so many have failed before.
    pub(crate) fn refusal_delay(&self, failed: u32) -> Duration {
        let factor = 2_u32.saturating_pow(failed);
        self.login_delay.saturating_mul(factor).min(self.login_delay_most)
    }

    /// What a server reads within as long as nobody has logged in: what a stranger can make it hold is
    /// far less.
    pub(crate) fn before_login(&self) -> Self {
        let unit = self.unit_before_login.max(LEAST);
        Self {
            unit,
            literals: self.literals.min(4),
            swallow: self.swallow.min(unit as u64),
            list: self.list.min(64),
            ..*self
        }
    }

    /// Sets the octets of one unit before and after login.
    #[must_use]
    pub fn with_unit(mut self, before_login: usize, after: usize) -> Self {
        self.unit_before_login = before_login.max(LEAST);
        self.unit = after.max(LEAST);
        self
    }

    /// Sets the octets read at once while payload streams.
    #[must_use]
    pub fn with_read(mut self, octets: usize) -> Self {
        self.read = octets.max(1);
        self
    }

    /// Sets the octets that wait in the outbox.
    #[must_use]
    pub fn with_outbox(mut self, octets: usize) -> Self {
        self.outbox = octets.max(1);
        self
    }

    /// Sets the octets of the messages of one APPEND.
    #[must_use]
    pub fn with_append(mut self, octets: u64) -> Self {
        self.append = octets;
        self
    }

    /// Sets the octets that a server swallows of a literal it refused.
    #[must_use]
    pub fn with_swallow(mut self, octets: u64) -> Self {
        self.swallow = octets;
        self
    }

    /// Sets how many bad commands a server takes before and after login.
    #[must_use]
    pub fn with_bad_commands(mut self, before_login: u32, after: u32) -> Self {
        self.bad_commands_before_login = before_login;
        self.bad_commands = after;
        self
    }

    /// Sets how long the first refusal of a login is held back, and how long any.
    #[must_use]
    pub fn with_login_delay(mut self, first: Duration, most: Duration) -> Self {
        self.login_delay = first;
        self.login_delay_most = most;
        self
    }

    /// Sets the literals of one command.
    #[must_use]
    pub fn with_literals(mut self, literals: usize) -> Self {
        self.literals = literals;
        self
    }

    /// Sets the attributes of one FETCH command.
    #[must_use]
    pub fn with_attributes(mut self, attributes: usize) -> Self {
        self.attributes = attributes.max(1);
        self
    }

    /// Sets the members of any other list.
    #[must_use]
    pub fn with_list(mut self, members: usize) -> Self {
        self.list = members.max(1);
        self
    }

    /// Sets how many commands of a client may be without an outcome.
    #[must_use]
    pub fn with_pending(mut self, commands: usize) -> Self {
        self.pending = commands.max(1);
        self
    }

    /// Sets the octets of commands that a client says before the answer to those before them.
    #[must_use]
    pub fn with_in_flight(mut self, octets: usize) -> Self {
        self.in_flight = octets;
        self
    }

    /// Sets the octets of one command line of a client.
    #[must_use]
    pub fn with_line(mut self, octets: usize) -> Self {
        self.line = octets.max(2048);
        self
    }

    /// Sets the ranges of numbers that a response tells.
    #[must_use]
    pub fn with_ids(mut self, ranges: usize) -> Self {
        self.ids = ranges.max(1);
        self
    }

    /// Sets the depth of a body structure and of the keys of a search, these never more than 1000:
    /// their values nest.
    #[must_use]
    pub fn with_depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }
}
