//! What a server is told before the session.

use alloc::string::String;

use postrider_wire::dot::OutgoingNewlines;
use postrider_wire::{ClearTextLogin, Security};

use crate::{Capability, Limits, Reply, Status, ValueError};

/// The settings of a [`super::Server`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// How the session is protected.
    pub security: Security,
    /// Whether `USER` and `PASS` are taken without TLS. Never under a policy that requires TLS.
    pub clear_text_login: ClearTextLogin,
    /// The bounds.
    pub limits: Limits,
    /// What happens to a bare CR or LF in a message: made CRLF, or a retrieval that fails.
    pub newlines: OutgoingNewlines,
    /// Whether `TOP` is there.
    pub top: TopCommand,
    pub(super) greeting: Reply,
    pub(super) name: String,
    pub(super) implementation: Option<Capability>,
}

/// Whether a server has the optional command `TOP` (RFC 1939 §7), and announces it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two answers to one question")]
pub enum TopCommand {
    /// It has. An embedder that answers [`super::Event::Retrieve`] needs to do nothing more.
    #[default]
    Offered,
    /// It has not: RFC 1939 §8 thinks of servers that remove what was retrieved.
    Withheld,
}

impl Config {
    /// No login in clear text, limits for servers, bare newlines made CRLF.
    #[must_use]
    pub fn new(security: Security) -> Self {
        Self {
            security,
            clear_text_login: ClearTextLogin::Refuse,
            limits: Limits::server(),
            newlines: OutgoingNewlines::Normalize,
            top: TopCommand::Offered,
            greeting: Reply::own(Status::Ok, "POP3 server ready"),
            name: String::from("POP3 server"),
            implementation: None,
        }
    }

    /// Sets whether `USER` and `PASS` are taken without TLS.
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

    /// Sets what happens to a bare CR or LF in a message.
    #[must_use]
    pub fn with_newlines(mut self, newlines: OutgoingNewlines) -> Self {
        self.newlines = newlines;
        self
    }

    /// Sets whether `TOP` is there.
    #[must_use]
    pub fn with_top(mut self, top: TopCommand) -> Self {
        self.top = top;
        self
    }

    /// Sets the text of the greeting.
    ///
    /// # Errors
    ///
    /// As [`Reply::ok`].
    pub fn with_greeting(mut self, text: &str) -> Result<Self, ValueError> {
        self.greeting = Reply::ok(text)?;
        Ok(self)
    }

    /// Sets the name that signs off, such as `dewey POP3 server`: at most 128 octets.
    ///
    /// # Errors
    ///
    /// As [`Reply::ok`].
    pub fn with_name(mut self, name: &str) -> Result<Self, ValueError> {
        const MOST: usize = 128;
        if name.len() > MOST {
            return Err(ValueError::TooLong { most: MOST });
        }
        self.name = String::from(Reply::ok(name)?.text());
        Ok(self)
    }

    /// Sets what `IMPLEMENTATION` announces once the user is known (RFC 2449 §6.9).
    ///
    /// # Errors
    ///
    /// As [`Capability::new`].
    pub fn with_implementation(mut self, text: &str) -> Result<Self, ValueError> {
        self.implementation = Some(Capability::new("IMPLEMENTATION", text.split(' '))?);
        Ok(self)
    }
}
