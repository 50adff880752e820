//! What a client is told before the session.

use postrider_wire::Security;
use postrider_wire::dot::OutgoingNewlines;

use crate::{EhloName, Limits};

/// The settings of a [`super::Client`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// How the client calls itself.
    pub name: EhloName,
    /// How the session is protected. Under a `StartTls` policy other than `Never` the client asks
    /// for the upgrade by itself, as soon as the server offers it.
    pub security: Security,
    /// What happens to a bare CR or LF in a mail.
    pub newlines: OutgoingNewlines,
    /// The bounds.
    pub limits: Limits,
}

impl Config {
    /// Limits for clients; bare newlines become CRLF.
    #[must_use]
    pub fn new(name: EhloName, security: Security) -> Self {
        let newlines = OutgoingNewlines::default();
        Self { name, security, newlines, limits: Limits::client() }
    }

    /// Sets what happens to a bare CR or LF in a mail.
    #[must_use]
    pub fn with_newlines(mut self, newlines: OutgoingNewlines) -> Self {
        self.newlines = newlines;
        self
    }

    /// Sets the bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}
