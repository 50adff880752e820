//! Why a mail did not get further.

use alloc::string::{String, ToString};

use postrider_smtp::client::{Failure, FailureKind};
use postrider_smtp::{EnhancedStatusCode, Reply, Unsendable};

use crate::line::line;
use crate::route::NoRoute;
use crate::tls::TlsOutcome;

/// Octets of the words of a host that are kept.
const WORDS: usize = 512;

/// Why a mail did not get further, as it is kept, and told to its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Trouble {
    /// The enhanced status code: of the host, or of this one where the host said none.
    pub status: EnhancedStatusCode,
    /// The host that it was about, if one was reached for.
    #[cfg_attr(feature = "serde", serde(default))]
    pub host: Option<String>,
    /// What the host said, its code first, or what this one has to say: one printable line, of at most
    /// 512 octets.
    pub words: String,
    /// Whether the words are those of the host.
    #[cfg_attr(feature = "serde", serde(default))]
    pub is_reply: bool,
    /// When, in seconds since 1970.
    pub at: i64,
}

impl Trouble {
    /// A trouble that no host told of.
    #[must_use]
    pub fn new(status: EnhancedStatusCode, words: &str, at: i64) -> Self {
        Self {
            status,
            host: None,
            words: line(words, WORDS, true).unwrap_or_default(),
            is_reply: false,
            at,
        }
    }

    /// The host that it was about.
    #[must_use]
    pub fn with_host(mut self, host: &str) -> Self {
        self.host = Some(line(host, WORDS, true).unwrap_or_default());
        self
    }

    /// What a host said. The basic code decides, where the enhanced one contradicts it (RFC 5321 §4.2).
    #[must_use]
    pub fn of_reply(reply: &Reply, at: i64) -> Self {
        let class = if reply.is_permanent() { 5 } else { 4 };
        let status = match reply.enhanced() {
            Some(code) if code.class() == class => code,
            _ => general(class, reply.code()),
        };
        Self { is_reply: true, ..Self::new(status, &reply.to_string(), at) }
    }

    /// What a client told of a recipient.
    #[must_use]
    pub fn of_failure(failure: &Failure, at: i64) -> Self {
        match &failure.reply {
            Some(reply) => Self::of_reply(reply, at),
            None => Self::new(lost(failure.kind), &failure.to_string(), at),
        }
    }

    /// Why a client could not hand a mail to a server as it is.
    #[must_use]
    pub fn of_unsendable(why: Unsendable, at: i64) -> Self {
        let status = match why {
            Unsendable::EightBit | Unsendable::Binary => EnhancedStatusCode::CONVERSION_UNSUPPORTED,
            Unsendable::Utf8 => EnhancedStatusCode::NON_ASCII_ADDRESS,
            Unsendable::RequireTls => EnhancedStatusCode::REQUIRE_TLS,
            Unsendable::TooLarge { .. } => EnhancedStatusCode::TOO_LARGE,
            // No server takes such a mail as it is.
            Unsendable::BareNewline { .. } => EnhancedStatusCode::BAD_CONTENT,
            _ => EnhancedStatusCode::TOO_MANY_RECIPIENTS,
        };
        Self::new(status, &why.to_string(), at)
    }

    /// Why there is no way to the domain.
    #[must_use]
    pub fn of_no_route(why: NoRoute, at: i64) -> Self {
        Self::new(why.status(), &why.to_string(), at)
    }

    /// The same, but not for good: what one host says, another may not.
    pub(super) fn for_now(mut self) -> Self {
        if self.is_permanent() {
            self.status = EnhancedStatusCode::new(4, self.status.subject(), self.status.detail())
                .unwrap_or(EnhancedStatusCode::TEMPORARY);
        }
        self
    }

    /// Whether it is one for good.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.status.class() == 5
    }
}

/// Why a connection to a host could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unreached {
    /// There is no connection: refused, not reached, no answer in time. A few words of the program, such
    /// as `connection refused`.
    Connect(String),
    /// There is one, and its TLS is not what was demanded.
    Tls(TlsOutcome),
    /// The greeting, or the answer to `EHLO`, refused the session.
    Refused(Reply),
    /// The session broke before a mail could be said.
    Broken(String),
}

impl Unreached {
    pub(super) fn trouble(&self, require_tls: bool, at: i64) -> Trouble {
        match self {
            Self::Connect(words) => Trouble::new(EnhancedStatusCode::NO_ANSWER, words, at),
            // RFC 8689 §4.2.1: "Unable to establish TLS-protected SMTP session: 5.7.10".
            Self::Tls(outcome) if require_tls => {
                Trouble::new(EnhancedStatusCode::ENCRYPTION_NEEDED, &outcome.to_string(), at)
            }
            Self::Tls(outcome) => {
                Trouble::new(EnhancedStatusCode::TEMPORARY_CRYPTOGRAPHIC, &outcome.to_string(), at)
            }
            Self::Refused(reply) => Trouble::of_reply(reply, at),
            Self::Broken(words) => Trouble::new(EnhancedStatusCode::CONNECTION_BROKE, words, at),
        }
    }
}

/// The code that says no more than the class does, and for some replies a little more.
fn general(class: u8, code: u16) -> EnhancedStatusCode {
    match (class, code) {
        // RFC 5321 §4.2.3: "Service not available", "insufficient system storage".
        (4, 421) => EnhancedStatusCode::SHUTTING_DOWN,
        (4, 452) => EnhancedStatusCode::SYSTEM_FULL,
        (4, _) => EnhancedStatusCode::TEMPORARY,
        // RFC 7504 §3, §4: a host, and a domain, that takes no mail (RFC 7505 §4.2).
        (_, 521) => EnhancedStatusCode::NO_MAIL_TAKEN,
        (_, 556) => EnhancedStatusCode::NULL_MX,
        _ => EnhancedStatusCode::FAILED,
    }
}

fn lost(kind: FailureKind) -> EnhancedStatusCode {
    match kind {
        FailureKind::Timeout => EnhancedStatusCode::NO_ANSWER,
        FailureKind::Protocol | FailureKind::Limit => EnhancedStatusCode::TEMPORARY_PROTOCOL,
        FailureKind::Tls => EnhancedStatusCode::TEMPORARY_CRYPTOGRAPHIC,
        _ => EnhancedStatusCode::CONNECTION_BROKE,
    }
}
