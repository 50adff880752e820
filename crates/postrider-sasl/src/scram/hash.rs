//! The hashes, and the functions of RFC 5802 §2.2 over them.

use alloc::vec;
use alloc::vec::Vec;

use hmac::{Hmac, KeyInit, Mac};
use postrider_wire::Secret;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A hash that SCRAM is used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Hash {
    /// SHA-1 (RFC 5802).
    Sha1,
    /// SHA-256 (RFC 7677).
    Sha256,
    /// SHA-512, in the IANA registry as `SCRAM-SHA-512`.
    Sha512,
}

impl Hash {
    /// All of them, the strongest first.
    pub const ALL: [Self; 3] = [Self::Sha512, Self::Sha256, Self::Sha1];

    /// The name of the mechanism without channel binding.
    #[must_use]
    pub const fn mechanism(self) -> &'static str {
        match self {
            Self::Sha1 => "SCRAM-SHA-1",
            Self::Sha256 => "SCRAM-SHA-256",
            Self::Sha512 => "SCRAM-SHA-512",
        }
    }

    /// Octets of a digest, and so of every key.
    #[must_use]
    pub const fn octets(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// `H(str)`.
    pub(super) fn digest(self, octets: &[u8]) -> Secret<Vec<u8>> {
        match self {
            Self::Sha1 => custody(Sha1::digest(octets)),
            Self::Sha256 => custody(Sha256::digest(octets)),
            Self::Sha512 => custody(Sha512::digest(octets)),
        }
    }

    /// `HMAC(key, str)`, where `str` comes in pieces.
    pub(super) fn hmac(self, key: &[u8], pieces: &[&[u8]]) -> Secret<Vec<u8>> {
        match self {
            Self::Sha1 => keyed::<Hmac<Sha1>>(key, pieces),
            Self::Sha256 => keyed::<Hmac<Sha256>>(key, pieces),
            Self::Sha512 => keyed::<Hmac<Sha512>>(key, pieces),
        }
    }

    /// `Hi(str, salt, i)`: PBKDF2 with as many octets as a digest has.
    pub(super) fn hi(self, password: &str, salt: &[u8], iterations: u32) -> Secret<Vec<u8>> {
        let password = password.as_bytes();
        let mut key = vec![0; self.octets()];
        match self {
            Self::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations, &mut key),
            Self::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, &mut key),
            Self::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, iterations, &mut key),
        }
        Secret::new(key)
    }
}

/// Moves a digest into custody and wipes where it lay.
fn custody(mut digest: impl AsMut<[u8]>) -> Secret<Vec<u8>> {
    let digest = digest.as_mut();
    let kept = Secret::new(digest.to_vec());
    digest.zeroize();
    kept
}

/// HMAC takes keys of any length; were one refused, the empty answer would equal nothing
/// ([`are_equal`]).
fn keyed<M: Mac + KeyInit>(key: &[u8], pieces: &[&[u8]]) -> Secret<Vec<u8>> {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return Secret::new(Vec::new()) };
    pieces.iter().for_each(|piece| mac.update(piece));
    custody(mac.finalize().into_bytes())
}

/// Whether two secrets are the same, in a time that only their lengths tell. Empty ones never are.
pub(super) fn are_equal(one: &[u8], other: &[u8]) -> bool {
    !one.is_empty() && bool::from(one.ct_eq(other))
}

/// `one XOR other`, as long as the shorter.
pub(super) fn xor(one: &[u8], other: &[u8]) -> Secret<Vec<u8>> {
    Secret::new(one.iter().zip(other).map(|(one, other)| one ^ other).collect())
}
