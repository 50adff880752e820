//! What a client is told before the session.

use postrider_wire::dot::BareNewlines;
use postrider_wire::{ClearTextLogin, Security};

use crate::Limits;

/// The settings of a [`super::Client`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// How the session is protected. Under a `StartTls` policy other than `Never` the client asks
    /// for the upgrade by itself, before anything else.
    pub security: Security,
    /// Whether a login may cross the connection without TLS.
    pub clear_text_login: ClearTextLogin,
    /// The bounds.
    pub limits: Limits,
    /// What happens to a bare CR, bare LF or NUL in a message.
    pub bare_newlines: BareNewlines,
    /// Whether commands may follow each other without waiting for replies.
    pub pipelining: Pipelining,
}

/// Whether a client may send a command in the TRANSACTION state while others are unanswered
/// (RFC 2449 §6.6). A login is one step after the other in any case: a password is not told to a
/// server that refused the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the three answers to one question")]
pub enum Pipelining {
    /// One command at a time.
    Never,
    /// Once `PIPELINING` stood in the reply to [`super::Client::capa`], on this side of the TLS
    /// upgrade.
    #[default]
    Offered,
    /// Whatever the server says: it is known to take overlapped commands.
    Always,
}

impl Config {
    /// No login in clear text, limits for clients, messages taken as they stand on the server.
    #[must_use]
    pub fn new(security: Security) -> Self {
        Self {
            security,
            clear_text_login: ClearTextLogin::Refuse,
            limits: Limits::client(),
            bare_newlines: BareNewlines::Keep,
            pipelining: Pipelining::Offered,
        }
    }

    /// Sets whether a login may cross the connection without TLS.
    #[must_use]
    pub fn with_clear_text_login(mut self, clear_text_login: ClearTextLogin) -> Self {
        self.clear_text_login = clear_text_login;
        self
    }

    /// Sets the bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets whether commands may follow each other without waiting for replies.
    #[must_use]
    pub fn with_pipelining(mut self, pipelining: Pipelining) -> Self {
        self.pipelining = pipelining;
        self
    }

    /// Sets what happens to a bare CR, bare LF or NUL in a message.
    #[must_use]
    pub fn with_bare_newlines(mut self, policy: BareNewlines) -> Self {
        self.bare_newlines = policy;
        self
    }
}
