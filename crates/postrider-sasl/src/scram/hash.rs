//! The hashes.

use alloc::vec;
use alloc::vec::Vec;

use hmac::digest::core_api::BlockSizeUser;
use hmac::{Mac, SimpleHmac};
use postrider_wire::Secret;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// A hash that SCRAM is used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Hash {
    /// SHA-1 (RFC 5802).
    Sha1,
    /// SHA-256 (RFC 7677).
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// Octets of a digest.
    #[must_use]
    pub const fn octets(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// `H(str)` of RFC 5802 §2.2.
    pub(crate) fn digest(self, octets: &[u8]) -> Secret<Vec<u8>> {
        Secret::new(match self {
            Self::Sha1 => Sha1::digest(octets).to_vec(),
            Self::Sha256 => Sha256::digest(octets).to_vec(),
            Self::Sha512 => Sha512::digest(octets).to_vec(),
        })
    }

    /// `HMAC(key, str)` of RFC 5802 §2.2, over the pieces one after the other.
    pub(crate) fn hmac(self, key: &[u8], pieces: &[&[u8]]) -> Secret<Vec<u8>> {
        match self {
            Self::Sha1 => keyed::<Sha1>(key, pieces),
            Self::Sha256 => keyed::<Sha256>(key, pieces),
            Self::Sha512 => keyed::<Sha512>(key, pieces),
        }
    }

    /// `Hi(str, salt, i)` of RFC 5802 §2.2.
    pub(crate) fn hi(self, password: &[u8], salt: &[u8], iterations: u32) -> Secret<Vec<u8>> {
        let mut key = vec![0; self.octets()];
        match self {
            Self::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations, &mut key),
            Self::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, &mut key),
            Self::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, iterations, &mut key),
        }
        Secret::new(key)
    }
}

/// HMAC takes keys of any length, so there is nothing to fail.
pub(crate) fn keyed<D: Digest + BlockSizeUser>(key: &[u8], pieces: &[&[u8]]) -> Secret<Vec<u8>> {
    let Ok(mut mac) = SimpleHmac::<D>::new_from_slice(key) else { return Secret::new(Vec::new()) };
    pieces.iter().for_each(|piece| mac.update(piece));
    Secret::new(mac.finalize().into_bytes().to_vec())
}
