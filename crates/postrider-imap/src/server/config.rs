//! What a server does, and within which bounds.

use alloc::boxed::Box;
use core::time::Duration;

use postrider_wire::{ClearTextLogin, Policy, Security};

use super::{Features, Phrase};
use crate::{Limits, Literals, Text};

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

/// Whether LOGIN is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two answers to one question")]
pub enum LoginCommand {
    /// It is, where a password may cross the connection.
    #[default]
    Offer,
    /// It is not: `LOGINDISABLED` is said, and logins take AUTHENTICATE.
    Refuse,
}

/// The settings of a server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// How the session is protected.
    pub(crate) security: Security,
    /// Whether LOGIN is taken without TLS.
    pub(crate) clear_text_login: ClearTextLogin,
    /// Whether LOGIN is there at all.
    pub(crate) login: LoginCommand,
    /// What AUTHENTICATE does; without it there is none.
    pub(crate) auth: Option<Box<postrider_sasl::server::Config>>,
    /// What the embedder can answer.
    pub(crate) features: Features,
    /// Whether COMPRESS is taken.
    pub(crate) compression: Compression,
    /// Which literals need not wait.
    pub(crate) literals: Literals,
    /// Bounds on what the client can make the server hold.
    pub(crate) limits: Limits,
    /// What the machine says.
    pub(crate) phrases: fn(Phrase) -> Text,
    /// The text of the greeting, in place of the capabilities.
    pub(crate) greeting: Option<Text>,
    /// What BYE says to LOGOUT.
    pub(crate) farewell: Option<Text>,
    /// How long a client may take until it logs in.
    pub(crate) idle_before_login: Duration,
    /// How long a client may be silent after login.
    pub(crate) idle: Duration,
    /// How long a client may take to read some of what it was sent.
    pub(crate) progress: Duration,
    /// How long the last octets may take to leave.
    pub(crate) flush: Duration,
}

impl Config {
    /// A server of IMAP4rev1 without extensions but LITERAL+, that refuses logins without TLS, greets
    /// with its capabilities, and waits three minutes for a login and thirty after it (RFC 3501 §5.4).
    #[must_use]
    pub fn new(security: Security) -> Self {
        Self {
            security,
            clear_text_login: ClearTextLogin::Refuse,
            login: LoginCommand::Offer,
            auth: None,
            features: Features::none(),
            compression: Compression::Refuse,
            literals: Literals::Plus,
            limits: Limits::new(),
            phrases: Phrase::english,
            greeting: None,
            farewell: None,
            idle_before_login: Duration::from_secs(3 * 60),
            idle: Duration::from_secs(30 * 60),
            progress: Duration::from_secs(120),
            flush: Duration::from_secs(10),
        }
    }

    /// Sets what the embedder can answer: what it gives no answer to must not be among them.
    #[must_use]
    pub fn with_features(mut self, features: impl Into<Features>) -> Self {
        self.features = features.into();
        self
    }

    /// Sets whether LOGIN is taken without TLS. Never under a policy that requires TLS.
    #[must_use]
    pub fn with_clear_text_login(mut self, login: ClearTextLogin) -> Self {
        self.clear_text_login = login;
        self
    }

    /// Sets whether LOGIN is there at all.
    #[must_use]
    pub fn with_login(mut self, login: LoginCommand) -> Self {
        self.login = login;
        self
    }

    /// Sets what AUTHENTICATE does, and which mechanisms are said on the connection as it is. With an
    /// initial response where the client has one (SASL-IR, RFC 4959).
    #[must_use]
    pub fn with_auth(mut self, auth: postrider_sasl::server::Config) -> Self {
        self.auth = Some(Box::new(auth));
        self
    }

    /// Sets whether COMPRESS is taken.
    #[must_use]
    pub fn with_compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Sets which literals need not wait: LITERAL+, LITERAL- for those of at most 4096 octets (RFC
    /// 7888), or none. With IMAP4rev2 it is at least LITERAL-.
    #[must_use]
    pub fn with_literals(mut self, literals: Literals) -> Self {
        self.literals = literals;
        self
    }

    /// Sets the bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the words of the machine, such as those of another language.
    ///
    /// ```
    /// use postrider_imap::server::{Config, Phrase};
    /// use postrider_wire::{Security, TlsInfo};
    ///
    /// let config = Config::new(Security::Implicit(TlsInfo::new())).with_phrases(|phrase| match phrase {
    ///     Phrase::LoggedIn => "angemeldet".into(),
    ///     Phrase::LoginFailed => "Anmeldung fehlgeschlagen".into(),
    ///     other => other.english(),
    /// });
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn with_phrases(mut self, phrases: fn(Phrase) -> Text) -> Self {
        self.phrases = phrases;
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
        self.farewell = Some(text.into());
        self
    }

    /// Sets how long a client may take until it logs in, whatever else it says, and how long it may be
    /// silent after that. Each login that is refused begins the first anew.
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

    /// Whether nothing may be said in clear but what leads to TLS.
    pub(super) fn requires_tls(&self) -> bool {
        matches!(self.security, Security::StartTls(Policy::Required))
    }

    /// Whether TLS can be begun in the middle of a session.
    pub(super) fn can_start_tls(&self) -> bool {
        matches!(self.security, Security::StartTls(Policy::Required | Policy::Opportunistic))
    }

    /// Which literals need not wait. RFC 9051 §4.3 has LITERAL- in it.
    pub(super) fn literals(&self) -> Literals {
        match self.literals {
            Literals::Wait if self.features.contains(super::Feature::Imap4Rev2) => Literals::Minus,
            literals => literals,
        }
    }
}
