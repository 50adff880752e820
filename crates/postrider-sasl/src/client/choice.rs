//! Which mechanism a client takes.

use alloc::vec::Vec;

use postrider_wire::{ClearTextLogin, TlsInfo};

use super::Credentials;
use crate::{ChannelBinding, Mechanism};

/// What a client is ready to do. The default is safe: what reveals password or token needs TLS.
///
/// ```
/// use postrider_sasl::Mechanism;
/// use postrider_sasl::client::{Choice, Credentials, NoMechanism};
/// use postrider_wire::{Secret, TlsInfo};
///
/// let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
/// let offered = ["LOGIN", "PLAIN", "SCRAM-SHA-256", "DIGEST-MD5"];
/// let choice = Choice::default();
/// assert_eq!(choice.choose(offered, &tim, None), Ok(Mechanism::ScramSha256));
/// assert_eq!(choice.choose(["PLAIN", "CRAM-MD5"], &tim, None), Err(NoMechanism::NeedsTls));
///
/// // When the server says 504 to one, the next can be tried.
/// let tls = TlsInfo::new();
/// let all = choice.candidates(offered, &tim, Some(&tls));
/// assert_eq!(all, [Mechanism::ScramSha256, Mechanism::Plain, Mechanism::Login]);
/// # Ok::<(), postrider_sasl::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choice {
    /// The mechanisms that may be used; all where it is not set. Their order counts for nothing: the
    /// strongest goes first.
    pub mechanisms: Vec<Mechanism>,
    /// Whether password or token may cross a connection without TLS.
    pub clear_text: ClearTextLogin,
    /// Whether CRAM-MD5 may be used without TLS: who listens can try passwords against what he hears,
    /// at the speed of MD5.
    pub cram_md5: ClearTextLogin,
    /// Whether a login by password must be bound to the TLS channel (`-PLUS`), so that nobody can stand
    /// between, not even with a certificate that is trusted. Few servers offer it.
    pub require_binding: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            mechanisms: Vec::from(Mechanism::ALL),
            clear_text: ClearTextLogin::Refuse,
            cram_md5: ClearTextLogin::Refuse,
            require_binding: false,
        }
    }
}

/// Why there is nothing to log in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NoMechanism {
    /// The server offers no mechanism at all.
    #[error("the server offers no login")]
    NoneOffered,
    /// The server offers none that the client may use and that these credentials fit.
    #[error("the server offers no mechanism that can be used")]
    NoneShared,
    /// What is left would reveal the credentials to who listens.
    #[error("what the server offers would reveal the credentials without tls")]
    NeedsTls,
    /// What is left is not bound to the TLS channel.
    #[error("the server offers no mechanism that is bound to the tls channel")]
    NotBound,
}

impl Choice {
    /// Sets the mechanisms that may be used.
    #[must_use]
    pub fn with_mechanisms(mut self, mechanisms: impl IntoIterator<Item = Mechanism>) -> Self {
        self.mechanisms = mechanisms.into_iter().collect();
        self
    }

    /// Sets whether password or token may cross a connection without TLS.
    #[must_use]
    pub fn with_clear_text(mut self, clear_text: ClearTextLogin) -> Self {
        self.clear_text = clear_text;
        self
    }

    /// Sets whether CRAM-MD5 may be used without TLS.
    #[must_use]
    pub fn with_cram_md5(mut self, cram_md5: ClearTextLogin) -> Self {
        self.cram_md5 = cram_md5;
        self
    }

    /// Sets whether a login by password must be bound to the TLS channel.
    #[must_use]
    pub fn with_require_binding(mut self, required: bool) -> Self {
        self.require_binding = required;
        self
    }

    /// The strongest mechanism that may be used.
    ///
    /// # Errors
    ///
    /// [`NoMechanism`] tells why there is none.
    pub fn choose<'a>(
        &self,
        offered: impl IntoIterator<Item = &'a str>,
        credentials: &Credentials,
        tls: Option<&TlsInfo>,
    ) -> Result<Mechanism, NoMechanism> {
        let mut any = false;
        let offered: Vec<_> =
            offered.into_iter().inspect(|_| any = true).filter_map(Mechanism::from_name).collect();
        if !any {
            return Err(NoMechanism::NoneOffered);
        }
        let possible = self.possible(&offered, credentials, tls);
        let allowed = possible.iter().find(|mechanism| self.fault(**mechanism, tls).is_none());
        if let Some(mechanism) = allowed {
            return Ok(*mechanism);
        }
        let fault = possible.iter().find_map(|mechanism| self.fault(*mechanism, tls));
        Err(fault.unwrap_or(NoMechanism::NoneShared))
    }

    /// All mechanisms that may be used, the strongest first, for a client that tries the next when the
    /// server knows nothing of one that it offers (504, 534 in SMTP). After a wrong password there is
    /// nothing to try.
    #[must_use]
    pub fn candidates<'a>(
        &self,
        offered: impl IntoIterator<Item = &'a str>,
        credentials: &Credentials,
        tls: Option<&TlsInfo>,
    ) -> Vec<Mechanism> {
        let offered: Vec<_> = offered.into_iter().filter_map(Mechanism::from_name).collect();
        let mut possible = self.possible(&offered, credentials, tls);
        possible.retain(|mechanism| self.fault(*mechanism, tls).is_none());
        possible
    }

    /// What both ends have, without a look at what listens.
    fn possible(
        &self,
        offered: &[Mechanism],
        credentials: &Credentials,
        tls: Option<&TlsInfo>,
    ) -> Vec<Mechanism> {
        let can_bind = tls.is_some_and(|tls| ChannelBinding::from(tls).best().is_some());
        Mechanism::ALL
            .into_iter()
            .filter(|mechanism| self.mechanisms.contains(mechanism) && offered.contains(mechanism))
            .filter(|mechanism| can_bind || !mechanism.is_plus())
            .filter(|mechanism| credentials.fit(*mechanism))
            .collect()
    }

    fn fault(&self, mechanism: Mechanism, tls: Option<&TlsInfo>) -> Option<NoMechanism> {
        let allowed = match mechanism {
            Mechanism::CramMd5 => self.cram_md5,
            _ if mechanism.reveals_secret() => self.clear_text,
            _ => ClearTextLogin::Allow,
        };
        if tls.is_none() && allowed == ClearTextLogin::Refuse {
            return Some(NoMechanism::NeedsTls);
        }
        let takes_password = mechanism.scram_hash().is_some()
            || matches!(mechanism, Mechanism::CramMd5 | Mechanism::Plain | Mechanism::Login);
        (self.require_binding && takes_password && !mechanism.is_plus())
            .then_some(NoMechanism::NotBound)
    }
}
