//! The comparison of a password that was shown with what is kept.

use alloc::string::String;

use postrider_wire::Secret;

use super::{Config, Credential, Failure, Identity, Kept, Outcome, Step};
use crate::mac::{are_same, derived};
use crate::prep::{Use, saslprep};
use crate::scram::{Hash, ScramKeys};

/// What is compared with, and how much is computed where there is nothing to compare with.
pub(super) struct Verifier {
    kept: Kept,
    hash: Hash,
    iterations: u32,
    /// Keys the digests that are compared, and makes what stands in for missing credentials.
    key: Secret<[u8; 32]>,
}

impl Verifier {
    pub(super) fn new(config: &Config, entropy: &[u8; 32]) -> Self {
        let (kept, iterations) = (config.kept, config.iterations.max(1));
        // Keys that are kept are made for a mechanism that is offered.
        let hash = config.mechanisms.iter().find_map(|mechanism| mechanism.scram_hash());
        let (hash, key) = (hash.unwrap_or(Hash::Sha256), derived(entropy, &[b"verifier"]));
        Self { kept, hash, iterations, key: Secret::new(key) }
    }

    /// Whether two texts are the same, in constant time.
    pub(super) fn are_same(&self, one: &str, other: &str) -> bool {
        are_same(self.key.expose(), one.as_bytes(), other.as_bytes())
    }

    /// The end of a login by a password that was shown.
    pub(super) fn password(
        &self,
        identity: Identity,
        shown: &Secret<String>,
        credential: &Credential,
    ) -> Result<Step, Outcome> {
        let right = match credential {
            Credential::Password(kept) => self.is_password(shown, kept),
            Credential::Scram(keys) => is_of(keys, shown),
            Credential::Verified => true,
            Credential::VerifiedAs(authcid) => {
                let identity = Identity { authcid: authcid.clone(), ..identity };
                return Ok(Step::Success { identity, data: None });
            }
            Credential::Unknown => {
                self.spend(shown);
                false
            }
        };
        if right {
            return Ok(Step::Success { identity, data: None });
        }
        Err(Failure::BadCredentials.into())
    }

    /// RFC 4616 §2: both are prepared as SASLprep has it, where they can be.
    fn is_password(&self, shown: &Secret<String>, kept: &Secret<String>) -> bool {
        let prepared = |text: &Secret<String>| {
            saslprep(text.expose(), Use::Query).unwrap_or_else(|_| text.clone())
        };
        let (shown, kept) = (prepared(shown), prepared(kept));
        // "Results in an empty string": then it shall fail.
        self.are_same(shown.expose(), kept.expose()) & !kept.expose().is_empty()
    }

    /// Takes as long as a comparison with what there would be of a user.
    fn spend(&self, shown: &Secret<String>) {
        match self.kept {
            Kept::Keys => {
                let salt = self.key.expose().get(..16).unwrap_or_default();
                let _ = ScramKeys::derive(shown, salt, self.iterations, self.hash);
            }
            Kept::Passwords => {
                let _ = self.is_password(shown, shown);
            }
            Kept::Other => {}
        }
    }
}

/// Whether keys were made of this password. Keys are compared in constant time.
fn is_of(keys: &ScramKeys, shown: &Secret<String>) -> bool {
    ScramKeys::derive(shown, keys.salt(), keys.iterations(), keys.hash())
        .is_ok_and(|derived| derived == *keys)
}
