//! The bounds of a session.

use core::time::Duration;

/// How much a session may cost. Safe by default; no value means "none".
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Longest line in, line end included: a command for a server (RFC 5321 §4.5.3.1.4 asks for 512
    /// and extensions add to it), a reply line for a client (§4.5.3.1.5: 512, which servers exceed).
    pub line: usize,
    /// Octets that an inbox holds outside of mail: how far a server lets a client pipeline.
    pub inbox: usize,
    /// Octets of one read while a mail comes in.
    pub read: usize,
    /// Octets that wait to be sent.
    pub outbox: usize,
    /// Largest mail that a server takes, in octets as RFC 1870 §4 counts them. It is what `SIZE`
    /// announces. A chunk that would exceed it is refused before it is told.
    pub message: u64,
    /// Recipients of one mail that a server takes. RFC 5321 §4.5.3.1.8 asks for at least 100.
    pub recipients: u32,
    /// Commands that a server refuses as unknown, malformed or out of place before it closes.
    pub bad_commands: u32,
    /// Logins that a server refuses before it closes (RFC 4954 §4).
    pub failed_logins: u32,
    /// How long a server holds back the first refusal of a login; each further one takes twice as long.
    pub login_delay: Duration,
    /// The most that a refusal of a login is held back.
    pub login_delay_most: Duration,
    /// Lines of one reply that a client keeps.
    pub reply_lines: usize,
    /// Octets of text of one reply that a client keeps.
    pub reply_text: usize,
    /// Octets of commands that a client says before it has the answer to the first of them, where the
    /// server offers PIPELINING (RFC 2920). No more than the outbox takes.
    pub in_flight: usize,
    /// Octets of reply text that a client keeps for the report on a mail. Of replies beyond it a piece of
    /// the first line is kept, 256 octets a recipient.
    pub report_text: usize,
    /// The wait of a client for a reply to anything but `DATA` and the mail itself, the greeting and a
    /// chunk that is not the last included (RFC 5321 §4.5.3.2.1 to .3: five minutes).
    pub reply_time: Duration,
    /// The wait of a client for 354 (§4.5.3.2.4: two minutes).
    pub data_time: Duration,
    /// The wait for a piece of a mail to leave or to come in (§4.5.3.2.5: three minutes), and of a server
    /// for a client to read its replies.
    pub progress_time: Duration,
    /// The wait of a client for the reply to the final dot, or to the last chunk (§4.5.3.2.6: ten minutes).
    pub verdict_time: Duration,
    /// The wait of a server for a command (§4.5.3.2.7: at least five minutes), and for the next line of
    /// a login.
    pub idle_time: Duration,
    /// The wait of a server for the whole header of the PROXY protocol, before its greeting.
    pub proxy_time: Duration,
    /// The time that the last lines of a session may take to leave.
    pub flush_time: Duration,
}

impl Limits {
    /// For clients: lines of 4 KiB, an outbox of 64 KiB, replies of 128 lines and 16 KiB, 16 KiB of
    /// commands in flight, and the waits that RFC 5321 §4.5.3.2 asks for.
    #[must_use]
    pub fn client() -> Self {
        Self {
            line: 4096,
            inbox: 8 * 1024,
            read: 64 * 1024,
            outbox: 64 * 1024,
            message: 100 << 20,
            recipients: 1000,
            bad_commands: 10,
            failed_logins: 3,
            login_delay: Duration::from_secs(2),
            login_delay_most: Duration::from_secs(30),
            reply_lines: 128,
            reply_text: 16 * 1024,
            in_flight: 16 * 1024,
            report_text: 64 * 1024,
            reply_time: Duration::from_secs(5 * 60),
            data_time: Duration::from_secs(2 * 60),
            progress_time: Duration::from_secs(3 * 60),
            verdict_time: Duration::from_secs(10 * 60),
            idle_time: Duration::from_secs(5 * 60),
            proxy_time: Duration::from_secs(10),
            flush_time: Duration::from_secs(30),
        }
    }

    /// For servers: lines of 2 KiB, an outbox of 8 KiB, mails of 100 MiB to 1000 recipients, 10 bad
    /// commands, 3 refused logins (held back 2 seconds, then 4, to 30 at most), five minutes to the next
    /// command and ten seconds to a PROXY header.
    #[must_use]
    pub fn server() -> Self {
        Self { line: 2048, outbox: 8 * 1024, ..Self::client() }
    }

    /// Sets the longest line in.
    #[must_use]
    pub fn with_line(mut self, octets: usize) -> Self {
        self.line = octets;
        self
    }

    /// Sets what an inbox holds outside of mail.
    #[must_use]
    pub fn with_inbox(mut self, octets: usize) -> Self {
        self.inbox = octets;
        self
    }

    /// Sets the size of one read while a mail comes in.
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

    /// Sets the largest mail that a server takes.
    #[must_use]
    pub fn with_message(mut self, octets: u64) -> Self {
        self.message = octets;
        self
    }

    /// Sets how many recipients of one mail a server takes.
    #[must_use]
    pub fn with_recipients(mut self, recipients: u32) -> Self {
        self.recipients = recipients;
        self
    }

    /// Sets how many refused commands a server bears.
    #[must_use]
    pub fn with_bad_commands(mut self, bad_commands: u32) -> Self {
        self.bad_commands = bad_commands;
        self
    }

    /// Sets how many refused logins a server bears.
    #[must_use]
    pub fn with_failed_logins(mut self, failed_logins: u32) -> Self {
        self.failed_logins = failed_logins;
        self
    }

    /// Sets how long the first refusal of a login is held back, and the most that one is. Zero is no
    /// delay.
    #[must_use]
    pub fn with_login_delay(mut self, first: Duration, most: Duration) -> Self {
        self.login_delay = first;
        self.login_delay_most = most;
        self
    }

    /// Sets the wait of a server for the header of the PROXY protocol.
    #[must_use]
    pub fn with_proxy_time(mut self, proxy: Duration) -> Self {
        self.proxy_time = proxy;
        self
    }

    /// Sets how many lines, and octets of text, of one reply a client keeps.
    #[must_use]
    pub fn with_reply(mut self, lines: usize, octets: usize) -> Self {
        self.reply_lines = lines;
        self.reply_text = octets;
        self
    }

    /// Sets how many octets of commands a client says before it has the answer to the first.
    #[must_use]
    pub fn with_in_flight(mut self, octets: usize) -> Self {
        self.in_flight = octets;
        self
    }

    /// Sets how many octets of reply text a client keeps for the report on a mail.
    #[must_use]
    pub fn with_report_text(mut self, octets: usize) -> Self {
        self.report_text = octets;
        self
    }

    /// Sets the waits of a client: for a reply, for 354, and for the reply to the final dot.
    #[must_use]
    pub fn with_reply_times(mut self, reply: Duration, data: Duration, verdict: Duration) -> Self {
        self.reply_time = reply;
        self.data_time = data;
        self.verdict_time = verdict;
        self
    }

    /// Sets the wait of a server for a command, and of both ends for a piece of a mail.
    #[must_use]
    pub fn with_times(mut self, idle: Duration, progress: Duration) -> Self {
        self.idle_time = idle;
        self.progress_time = progress;
        self
    }

    /// How long the refusal behind `failed` others is held back.
    pub(crate) fn refusal_delay(&self, failed: u32) -> Duration {
        let factor = 2_u32.saturating_pow(failed);
        self.login_delay.saturating_mul(factor).min(self.login_delay_most)
    }

    /// An inbox must hold a whole line.
    pub(crate) fn unit_limit(&self) -> usize {
        self.inbox.max(self.line)
    }
}
