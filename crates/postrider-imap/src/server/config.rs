//! What a server does, and within which bounds.

use core::time::Duration;

use postrider_wire::{ClearTextLogin, Security};

use crate::Limits;
use crate::Text;

/// Whether a session may be compressed (RFC 4978), once a user has logged in. It then holds about
/// 365 KiB more, and one more inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two answers to one question")]
pub enum Compression {
    /// COMPRESS is an unknown command.
    #[default]
    Refuse,
    /// COMPRESS is offered.
    Offer,
}

/// The settings of a server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// How the session is protected.
    pub(crate) security: Security,
    /// Whether LOGIN is taken without TLS.
    pub(crate) clear_text_login: ClearTextLogin,
    /// Whether COMPRESS is taken.
    pub(crate) compression: Compression,
    /// Bounds on what the client can make the server hold.
    pub(crate) limits: Limits,
    /// The text of the greeting, in place of the capabilities.
    pub(crate) greeting: Option<Text>,
    /// What BYE says to LOGOUT.
    pub(crate) farewell: Text,
    /// How long a client may be silent before login.
    pub(crate) idle_before_login: Duration,
    /// How long a client may be silent after login.
    pub(crate) idle: Duration,
    /// How long a client may take to read some of what it was sent.
    pub(crate) progress: Duration,
    /// How long the last octets may take to leave.
    pub(crate) flush: Duration,
}

impl Config {
    /// A server that refuses logins without TLS, greets with its capabilities, and waits one minute
    /// before login and thirty after (RFC 3501 §5.4).
    #[must_use]
    pub fn new(security: Security) -> Self {
        Self {
            security,
            clear_text_login: ClearTextLogin::Refuse,
            compression: Compression::Refuse,
            limits: Limits::new(),
            greeting: None,
            farewell: Text::from("logging out"),
            idle_before_login: Duration::from_secs(60),
            idle: Duration::from_secs(30 * 60),
            progress: Duration::from_secs(120),
            flush: Duration::from_secs(10),
        }
    }

    /// Sets whether LOGIN is taken without TLS.
    #[must_use]
    pub fn with_clear_text_login(mut self, login: ClearTextLogin) -> Self {
        self.clear_text_login = login;
        self
    }

    /// Sets whether COMPRESS is taken.
    #[must_use]
    pub fn with_compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Sets the bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Greets with this text in place of the capabilities.
    #[must_use]
    pub fn with_greeting(mut self, text: impl Into<Text>) -> Self {
        self.greeting = Some(text.into());
        self
    }

    /// Sets what BYE says to LOGOUT.
    #[must_use]
    pub fn with_farewell(mut self, text: impl Into<Text>) -> Self {
        self.farewell = text.into();
        self
    }

    /// Sets how long a client may be silent before and after login.
    #[must_use]
    pub fn with_idle(mut self, before_login: Duration, after: Duration) -> Self {
        self.idle_before_login = before_login;
        self.idle = after;
        self
    }

    /// Sets how long a client may take to read some of what it was sent.
    #[must_use]
    pub fn with_progress(mut self, progress: Duration) -> Self {
        self.progress = progress;
        self
    }

    /// Sets how long the last octets may take to leave.
    #[must_use]
    pub fn with_flush(mut self, flush: Duration) -> Self {
        self.flush = flush;
        self
    }
}
