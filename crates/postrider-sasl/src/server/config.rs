//! How a server lets clients in.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use postrider_wire::{ClearTextLogin, Secret, TlsInfo};

use crate::mac::derived;
use crate::{ChannelBinding, Mechanism};

/// The settings of a server's exchanges. The default is safe: what reveals a password needs TLS.
///
/// ```
/// use postrider_sasl::Mechanism;
/// use postrider_sasl::server::Config;
/// use postrider_wire::TlsInfo;
///
/// # let (entropy, secret) = ([1; 32], [2; 32]);
/// let config = Config::new(entropy).with_salt_secret(secret);
/// let clear: Vec<_> = config.offered(None).collect();
/// assert_eq!(clear, [Mechanism::ScramSha256]);
/// let tls = TlsInfo::new().with_exporter([7; 32]);
/// let in_tls: Vec<_> = config.offered(Some(&tls)).collect();
/// assert_eq!(in_tls, [Mechanism::ScramSha256Plus, Mechanism::ScramSha256, Mechanism::Plain]);
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// The mechanisms, in the order in which they are offered.
    pub mechanisms: Vec<Mechanism>,
    /// Whether passwords and tokens may cross a connection without TLS.
    pub clear_text: ClearTextLogin,
    /// The name behind the `@` of CRAM-MD5's challenges.
    pub host: String,
    /// The iterations that SCRAM tells of users that there are not, and of those whose password is kept.
    /// They should be those of the kept keys.
    pub iterations: u32,
    /// What is kept of most users.
    pub kept: Kept,
    /// The scope that a token must be asked for, told when one is refused.
    pub scope: Option<String>,
    /// Where the authorization server describes itself, told when a token is refused: a URL.
    pub openid_configuration: Option<String>,
    entropy: Secret<[u8; 32]>,
    salt_secret: Option<Secret<[u8; 32]>>,
}

/// What the embedder keeps of most users. It tells what has to be computed for a user that there is
/// not, so that the refusal takes as long as that of a wrong password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kept {
    /// Keys of SCRAM ([`super::Credential::Scram`]): PLAIN and LOGIN take the time of a derivation.
    #[default]
    Keys,
    /// Passwords ([`super::Credential::Password`]): SCRAM takes the time of a derivation.
    Passwords,
    /// Something that only the embedder can compare with ([`super::Credential::Verified`]): nothing is
    /// computed, and equal times are its own matter.
    Other,
}

impl Config {
    /// SCRAM-SHA-256, bound to the channel where there is one, and PLAIN, which needs TLS. `entropy` is
    /// to be new for each session, from a generator made for secrets.
    #[must_use]
    pub fn new(entropy: [u8; 32]) -> Self {
        Self {
            mechanisms: Vec::from([
                Mechanism::ScramSha256Plus,
                Mechanism::ScramSha256,
                Mechanism::Plain,
            ]),
            clear_text: ClearTextLogin::Refuse,
            host: String::from("localhost"),
            iterations: 4096,
            kept: Kept::Keys,
            scope: None,
            openid_configuration: None,
            entropy: Secret::new(entropy),
            salt_secret: None,
        }
    }

    /// Sets the secret of which salts are made for users that there are not. SCRAM is neither offered
    /// nor done without it. It has to be the same in all sessions, also after a restart: a salt that
    /// changes tells that there is no such user.
    #[must_use]
    pub fn with_salt_secret(mut self, secret: [u8; 32]) -> Self {
        self.salt_secret = Some(Secret::new(secret));
        self
    }

    /// Sets the mechanisms, in the order in which they are offered.
    #[must_use]
    pub fn with_mechanisms(mut self, mechanisms: impl IntoIterator<Item = Mechanism>) -> Self {
        self.mechanisms = mechanisms.into_iter().collect();
        self
    }

    /// Sets whether passwords and tokens may cross a connection without TLS.
    #[must_use]
    pub fn with_clear_text(mut self, clear_text: ClearTextLogin) -> Self {
        self.clear_text = clear_text;
        self
    }

    /// Sets the name behind the `@` of CRAM-MD5's challenges. Letters, digits, `.` and `-` of it are
    /// used.
    #[must_use]
    pub fn with_host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// Sets the iterations of users that there are not, and of those whose password is kept.
    #[must_use]
    pub fn with_iterations(mut self, iterations: u32) -> Self {
        self.iterations = iterations;
        self
    }

    /// Sets what is kept of most users.
    #[must_use]
    pub fn with_kept(mut self, kept: Kept) -> Self {
        self.kept = kept;
        self
    }

    /// Sets the scope that is told when a token is refused.
    #[must_use]
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Sets the URL that is told when a token is refused.
    #[must_use]
    pub fn with_openid_configuration(mut self, url: impl Into<String>) -> Self {
        self.openid_configuration = Some(url.into());
        self
    }

    /// The mechanisms that this connection allows: nothing that reveals a password without TLS unless
    /// told, `-PLUS` where there is a channel to bind to, EXTERNAL where TLS knows the client.
    pub fn offered<'a>(
        &'a self,
        tls: Option<&'a TlsInfo>,
    ) -> impl Iterator<Item = Mechanism> + use<'a> {
        self.mechanisms.iter().copied().filter(move |mechanism| self.allows(*mechanism, tls))
    }

    pub(super) fn allows(&self, mechanism: Mechanism, tls: Option<&TlsInfo>) -> bool {
        if mechanism.scram_hash().is_some() && self.salt_secret.is_none() {
            return false;
        }
        match mechanism {
            Mechanism::External => tls.is_some_and(|tls| tls.peer.is_some()),
            _ if mechanism.is_plus() => {
                tls.is_some_and(|tls| ChannelBinding::from(tls).best().is_some())
            }
            _ if mechanism.reveals_secret() => {
                tls.is_some() || self.clear_text == ClearTextLogin::Allow
            }
            _ => true,
        }
    }

    /// Entropy for the exchange of this number in the session, so that each has its own nonce.
    #[must_use]
    pub fn entropy_for(&self, exchange: u32) -> [u8; 32] {
        derived(self.entropy.expose(), &[b"exchange", &exchange.to_be_bytes()])
    }

    pub(super) fn salt_secret(&self) -> Option<&[u8; 32]> {
        self.salt_secret.as_ref().map(Secret::expose)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("mechanisms", &self.mechanisms)
            .field("clear_text", &self.clear_text)
            .field("iterations", &self.iterations)
            .field("kept", &self.kept)
            .finish_non_exhaustive()
    }
}
