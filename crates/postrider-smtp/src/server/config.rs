//! What a server is told before the session.

use postrider_wire::Security;
use postrider_wire::dot::BareNewlines;

use crate::{EhloName, Limits};

/// The settings of a [`super::Server`]. The keywords of its `EHLO` reply follow from them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// How the server calls itself.
    pub name: EhloName,
    /// How the session is protected. `STARTTLS` is offered under a `StartTls` policy other than
    /// `Never`; under `Required` nothing of value is taken before it (RFC 3207 §4: 530).
    pub security: Security,
    /// What happens to a bare CR, bare LF or NUL in a mail.
    pub bare_newlines: BareNewlines,
    /// Whether `SIZE` is offered, with [`Limits::message`]. The limit holds either way.
    pub size: bool,
    /// Whether `8BITMIME` is offered: the embedder takes and keeps any octets.
    pub eight_bit_mime: bool,
    /// Whether `CHUNKING` is offered (RFC 3030). Where it is not, the octets of a `BDAT` are swallowed
    /// all the same before it is refused.
    pub chunking: bool,
    /// What happens to a client that does not wait for its turn.
    pub early_talkers: EarlyTalkers,
    /// Whether replies carry enhanced status codes, and `ENHANCEDSTATUSCODES` says so.
    pub enhanced_status_codes: bool,
    /// Whether `PIPELINING` is offered. What comes in a group is answered in order either way.
    pub pipelining: bool,
    /// The bounds.
    pub limits: Limits,
}

/// What a server does with octets that come before a reply has left which the client must read first:
/// the greeting, and the replies to `EHLO`, `HELO` and `DATA` (RFC 5321 §4.3.1, RFC 2920 §3.1). Behind
/// `STARTTLS` such octets are fatal in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EarlyTalkers {
    /// They are answered in order. The default.
    #[default]
    Allow,
    /// The reply leaves, then 554 5.5.0, and the session closes. A mail that was begun is aborted.
    /// Whoever writes without listening is seldom a mail server; but whether octets came early
    /// depends on how fast the replies leave.
    Refuse,
}

impl Config {
    /// Everything offered, bare newlines refused, early talkers allowed, limits for servers.
    #[must_use]
    pub fn new(name: EhloName, security: Security) -> Self {
        Self {
            name,
            security,
            bare_newlines: BareNewlines::Reject,
            size: true,
            eight_bit_mime: true,
            chunking: true,
            early_talkers: EarlyTalkers::default(),
            enhanced_status_codes: true,
            pipelining: true,
            limits: Limits::server(),
        }
    }

    /// Sets what happens to a bare CR, bare LF or NUL in a mail.
    #[must_use]
    pub fn with_bare_newlines(mut self, policy: BareNewlines) -> Self {
        self.bare_newlines = policy;
        self
    }

    /// Sets whether `SIZE` is offered.
    #[must_use]
    pub fn with_size(mut self, offered: bool) -> Self {
        self.size = offered;
        self
    }

    /// Sets whether `8BITMIME` is offered.
    #[must_use]
    pub fn with_eight_bit_mime(mut self, offered: bool) -> Self {
        self.eight_bit_mime = offered;
        self
    }

    /// Sets whether `CHUNKING` is offered.
    #[must_use]
    pub fn with_chunking(mut self, offered: bool) -> Self {
        self.chunking = offered;
        self
    }

    /// Sets what happens to a client that does not wait for its turn.
    #[must_use]
    pub fn with_early_talkers(mut self, policy: EarlyTalkers) -> Self {
        self.early_talkers = policy;
        self
    }

    /// Sets whether replies carry enhanced status codes.
    #[must_use]
    pub fn with_enhanced_status_codes(mut self, offered: bool) -> Self {
        self.enhanced_status_codes = offered;
        self
    }

    /// Sets whether `PIPELINING` is offered.
    #[must_use]
    pub fn with_pipelining(mut self, offered: bool) -> Self {
        self.pipelining = offered;
        self
    }

    /// Sets the bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}
