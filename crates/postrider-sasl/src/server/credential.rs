//! What a server asks of the embedder, and what it is told.

use alloc::string::String;

use postrider_wire::Secret;

use crate::Mechanism;
use crate::scram::{Hash, ScramKeys};

/// A question: what is known of this user?
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The mechanism.
    pub mechanism: Mechanism,
    /// Who the client says that it is; in SCRAM prepared by SASLprep. For EXTERNAL, who it is, as TLS
    /// knows. None for ANONYMOUS, and in OAUTHBEARER if the token alone tells.
    pub user: Option<String>,
    /// Whom the client wants to act as, if it asked.
    pub authzid: Option<String>,
    /// What it showed.
    pub presented: Presented,
    /// The host that it thinks it has connected to, as OAUTHBEARER tells. To be compared with what is
    /// known (RFC 7628 §3.2).
    pub host: Option<String>,
    /// The port that it thinks it has connected to.
    pub port: Option<u16>,
}

/// What a client showed to prove who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Presented {
    /// Nothing that could be looked at: the proof is computed, and checked here.
    Nothing,
    /// A password, which is checked here, or by the embedder ([`Credential::Verified`]).
    Password(Secret<String>),
    /// A bearer token, which the embedder checks: that it is valid, for this service, and of this user.
    Token(Secret<String>),
    /// A certificate, which TLS has checked.
    Certificate,
    /// What one who stays anonymous leaves.
    Trace(String),
}

/// The answer: what is known of a user.
///
/// | | PLAIN, LOGIN | SCRAM | CRAM-MD5 | OAuth, EXTERNAL, ANONYMOUS |
/// |---|---|---|---|---|
/// | `Password` | compared | keys are derived, which takes a while | compared | |
/// | `Scram` | derived and compared, which takes a while | if of the same hash | | |
/// | `Verified`, `VerifiedAs` | logged in | | | logged in |
/// | `Unknown` | refused, after as long | refused, at its end | refused | refused |
///
/// Where there is nothing in a row, it is as `Unknown`: it cannot be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credential {
    /// The password, kept as it is.
    Password(Secret<String>),
    /// Keys that were made of the password.
    Scram(ScramKeys),
    /// The embedder itself has checked what was presented, and it is right.
    Verified,
    /// The same, and this is who it was: for tokens and certificates that tell.
    VerifiedAs(String),
    /// There is no such user, or it may not log in this way, or what was presented is wrong.
    Unknown,
}

impl Request {
    /// Whether a kept password would do.
    #[must_use]
    pub fn takes_password(&self) -> bool {
        let by_proof =
            self.mechanism == Mechanism::CramMd5 || self.mechanism.scram_hash().is_some();
        by_proof || matches!(self.presented, Presented::Password(_))
    }

    /// Whether keys of SCRAM with this hash would do.
    #[must_use]
    pub fn takes_keys(&self, hash: Hash) -> bool {
        self.mechanism.scram_hash() == Some(hash)
            || matches!(self.presented, Presented::Password(_))
    }

    /// Whether the embedder can check it by itself.
    #[must_use]
    pub fn takes_verdict(&self) -> bool {
        self.presented != Presented::Nothing
    }
}

/// Who proved to be whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Identity {
    /// Who it is: `anonymous` after ANONYMOUS.
    pub authcid: String,
    /// Whom it wants to act as, if that was asked. Whether it may is for the embedder to say.
    pub authzid: Option<String>,
}

impl Identity {
    /// Somebody who was let in by other means than an [`super::Exchange`], and acts as nobody else.
    #[must_use]
    pub fn new(authcid: impl Into<String>) -> Self {
        Self { authcid: authcid.into(), authzid: None }
    }
}

/// Why a login failed. What is said to the client should be the same for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// An unknown user, a wrong password, proof or token: there is no telling.
    #[error("the credentials are wrong")]
    BadCredentials,
    /// A message is not in the grammar of the mechanism, or too long.
    #[error("a message is malformed")]
    Malformed,
    /// SCRAM found that the client sees another TLS channel, or another offer, than the server:
    /// somebody stands between.
    #[error("the client sees another channel")]
    Channel,
}
