//! Which mechanism.

use alloc::vec::Vec;

use postrider_wire::{ClearTextLogin, TlsInfo};

use super::Credentials;
use crate::{ChannelBinding, Mechanism};

/// How a client chooses among what a server offers: the strongest that its credentials fit, and
/// without TLS none that reveals them.
///
/// ```
/// use postrider_sasl::Mechanism;
/// use postrider_sasl::client::{Choice, Credentials};
/// use postrider_wire::Secret;
///
/// let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
/// let choice = Choice::new();
/// let offered = ["LOGIN", "PLAIN", "SCRAM-SHA-1", "DIGEST-MD5"];
/// assert_eq!(choice.choose(offered, &tim, None), Ok(Mechanism::ScramSha1));
/// assert!(choice.choose(["PLAIN"], &tim, None).is_err(), "never in clear text");
/// # Ok::<(), postrider_sasl::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Choice {
    /// Whether a password or a token may be sent without TLS, and CRAM-MD5 be used, from whose answer
    /// a weak password is found by trying.
    pub clear_text: ClearTextLogin,
    /// The mechanisms that may be used at all; empty for all.
    pub only: Vec<Mechanism>,
}

/// Why there is no mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoMechanism {
    /// The server offers none that these credentials fit.
    #[error("the server offers no mechanism for these credentials")]
    NotOffered,
    /// It does, and they would cross the wire in clear text.
    #[error("the mechanisms offered would send credentials in clear text")]
    ClearText,
}

impl Choice {
    /// Nothing in clear text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether credentials may cross the wire in clear text.
    #[must_use]
    pub fn with_clear_text(mut self, clear_text: ClearTextLogin) -> Self {
        self.clear_text = clear_text;
        self
    }

    /// Sets the mechanisms that may be used at all.
    #[must_use]
    pub fn with_only(mut self, mechanisms: &[Mechanism]) -> Self {
        self.only = mechanisms.to_vec();
        self
    }

    /// The strongest that may be used. `offered` are the names that the server gave.
    ///
    /// # Errors
    ///
    /// [`NoMechanism`].
    pub fn choose<'a>(
        &self,
        offered: impl IntoIterator<Item = &'a str>,
        credentials: &Credentials,
        tls: Option<&TlsInfo>,
    ) -> Result<Mechanism, NoMechanism> {
        let (candidates, held_back) = self.sorted(offered, credentials, tls);
        match candidates.first() {
            Some(&strongest) => Ok(strongest),
            None if held_back => Err(NoMechanism::ClearText),
            None => Err(NoMechanism::NotOffered),
        }
    }

    /// All that may be used, the strongest first: what to try next where a server does not know what
    /// it offers (504), or finds it too weak for this user (534).
    pub fn candidates<'a>(
        &self,
        offered: impl IntoIterator<Item = &'a str>,
        credentials: &Credentials,
        tls: Option<&TlsInfo>,
    ) -> Vec<Mechanism> {
        self.sorted(offered, credentials, tls).0
    }

    fn sorted<'a>(
        &self,
        offered: impl IntoIterator<Item = &'a str>,
        credentials: &Credentials,
        tls: Option<&TlsInfo>,
    ) -> (Vec<Mechanism>, bool) {
        let binding = tls.map(ChannelBinding::from).unwrap_or_default();
        let mut fitting: Vec<_> = offered.into_iter().filter_map(Mechanism::from_name).collect();
        fitting.retain(|mechanism| {
            credentials.fit(*mechanism)
                && (self.only.is_empty() || self.only.contains(mechanism))
                && (!mechanism.is_plus() || binding.is_possible())
        });
        fitting.sort_unstable();
        fitting.dedup();
        let open = tls.is_none() && self.clear_text == ClearTextLogin::Refuse;
        let before = fitting.len();
        fitting.retain(|mechanism| {
            !open || !(mechanism.reveals_secret() || *mechanism == Mechanism::CramMd5)
        });
        let held_back = fitting.len() < before;
        (fitting, held_back)
    }
}
