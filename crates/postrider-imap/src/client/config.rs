//! What a client does, and within which bounds.

use alloc::string::String;
use core::time::Duration;

use postrider_wire::{ClearTextLogin, Security};

use crate::{IdParameters, InvalidValue, Limits, Literals};

/// The settings of a client.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// How the session is protected.
    pub(crate) security: Security,
    /// Whether LOGIN may be sent without TLS.
    pub(crate) clear_text_login: ClearTextLogin,
    /// Bounds on what the server can make the client hold.
    pub(crate) limits: Limits,
    /// What tags begin with.
    pub(crate) tag_prefix: String,
    /// How long the greeting or the next response of a command may take.
    pub(crate) reply: Duration,
    /// How long the next piece of a payload may take.
    pub(crate) progress: Duration,
    /// How long an IDLE lasts before it is renewed.
    pub(crate) renewal: Duration,
    /// Which literals may go without waiting at most.
    pub(crate) literals: Literals,
    /// How often NOOP is said in the place of IDLE.
    pub(crate) polling: Option<Duration>,
    /// What ID tells behind a login.
    pub(crate) id: Option<IdParameters>,
    /// How long the last octets may take to leave.
    pub(crate) flush: Duration,
}

impl Config {
    /// A client that refuses to log in without TLS, waits five minutes for an answer and two for
    /// payload, renews IDLE every 29 minutes (RFC 2177 §3), and counts its commands `a001`, `a002`.
    #[must_use]
    pub fn new(security: Security) -> Self {
        Self {
            security,
            clear_text_login: ClearTextLogin::Refuse,
            limits: Limits::new(),
            tag_prefix: String::from("a"),
            reply: Duration::from_secs(300),
            progress: Duration::from_secs(120),
            renewal: Duration::from_secs(29 * 60),
            literals: Literals::Plus,
            polling: None,
            id: None,
            flush: Duration::from_secs(10),
        }
    }

    /// Sets whether LOGIN may be sent without TLS.
    #[must_use]
    pub fn with_clear_text_login(mut self, login: ClearTextLogin) -> Self {
        self.clear_text_login = login;
        self
    }

    /// Sets the bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets what tags begin with.
    ///
    /// # Errors
    ///
    /// When it is not made of letters and digits, or is longer than 16.
    pub fn with_tag_prefix(mut self, prefix: &str) -> Result<Self, InvalidValue> {
        if prefix.len() > 16 || !prefix.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
            return Err(InvalidValue::Octet);
        }
        self.tag_prefix = String::from(prefix);
        Ok(self)
    }

    /// Sets how long the next response may take.
    #[must_use]
    pub fn with_reply(mut self, reply: Duration) -> Self {
        self.reply = reply;
        self
    }

    /// Sets how long the next piece of a payload may take.
    #[must_use]
    pub fn with_progress(mut self, progress: Duration) -> Self {
        self.progress = progress;
        self
    }

    /// Sets how long an IDLE lasts before it is renewed.
    #[must_use]
    pub fn with_renewal(mut self, renewal: Duration) -> Self {
        self.renewal = renewal;
        self
    }

    /// Sets which literals go without waiting for the server at most: what it offers is the other bound.
    /// With [`Literals::Wait`] no octet of an APPEND is sent in vain.
    #[must_use]
    pub fn with_literals(mut self, literals: Literals) -> Self {
        self.literals = literals;
        self
    }

    /// Lets [`Client::idle`](super::Client::idle) ask by NOOP, so often, where the server does not
    /// announce IDLE. Some minutes are polite.
    #[must_use]
    pub fn with_polling(mut self, every: Duration) -> Self {
        self.polling = Some(every);
        self
    }

    /// Sets what the client says of itself (ID, RFC 2971), behind each login, where the server offers
    /// ID. Without it nothing is said, but to servers that let nobody in who does not: those are told
    /// the name of this crate.
    #[must_use]
    pub fn with_id(mut self, id: IdParameters) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets how long the last octets may take to leave.
    #[must_use]
    pub fn with_flush(mut self, flush: Duration) -> Self {
        self.flush = flush;
        self
    }
}
