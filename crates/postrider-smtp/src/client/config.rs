//! What a client is told before the session.

use alloc::boxed::Box;

use postrider_wire::Security;
use postrider_wire::dot::OutgoingNewlines;

use super::{Chunking, Login, Partial};
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
    /// What is spoken.
    pub protocol: Protocol,
    /// What to log in with, if anything. The login goes by itself, once TLS stands where policy wants it;
    /// without it the session ends.
    pub login: Option<Box<Login>>,
    /// What happens to a bare CR or LF in a mail.
    pub newlines: OutgoingNewlines,
    /// Whether [`super::Client::send`] says commands in groups where the server offers `PIPELINING`.
    pub pipelining: bool,
    /// When [`super::Client::send`] sends a mail in a chunk.
    pub chunking: Chunking,
    /// What [`super::Client::send`] does when some recipients are refused.
    pub partial: Partial,
    /// The bounds.
    pub limits: Limits,
}

/// What is spoken between client and server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// SMTP (RFC 5321).
    #[default]
    Smtp,
    /// LMTP (RFC 2033): `LHLO` in the place of `EHLO`, and an answer to the mail for each recipient that was
    /// accepted.
    Lmtp,
}

impl Config {
    /// Limits for clients; bare newlines become CRLF.
    #[must_use]
    pub fn new(name: EhloName, security: Security) -> Self {
        Self {
            name,
            security,
            protocol: Protocol::Smtp,
            login: None,
            newlines: OutgoingNewlines::default(),
            pipelining: true,
            chunking: Chunking::default(),
            partial: Partial::default(),
            limits: Limits::client(),
        }
    }

    /// Speaks LMTP. Mails then go through [`super::Client::send`] alone.
    #[must_use]
    pub fn with_lmtp(mut self) -> Self {
        self.protocol = Protocol::Lmtp;
        self
    }

    /// Sets what to log in with.
    #[must_use]
    pub fn with_login(mut self, login: Login) -> Self {
        self.login = Some(Box::new(login));
        self
    }

    /// Sets what happens to a bare CR or LF in a mail.
    #[must_use]
    pub fn with_newlines(mut self, newlines: OutgoingNewlines) -> Self {
        self.newlines = newlines;
        self
    }

    /// Sets whether commands are said in groups where the server offers `PIPELINING`.
    #[must_use]
    pub fn with_pipelining(mut self, wanted: bool) -> Self {
        self.pipelining = wanted;
        self
    }

    /// Sets when a mail goes out in a chunk.
    #[must_use]
    pub fn with_chunking(mut self, chunking: Chunking) -> Self {
        self.chunking = chunking;
        self
    }

    /// Sets what happens when some recipients are refused.
    #[must_use]
    pub fn with_partial(mut self, partial: Partial) -> Self {
        self.partial = partial;
        self
    }

    /// Sets the bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}
