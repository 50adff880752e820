//! The derivation of a client's key, as a value that another thread can carry out.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use postrider_wire::Secret;

use super::hash::are_equal;
use super::{Fault, Hash};

/// How many iterations a client bears: fewer make a stolen key cheap to try passwords against, more
/// let a server keep the client busy.
///
/// ```
/// use postrider_sasl::scram::Bounds;
///
/// let bounds = Bounds::default();
/// assert_eq!((bounds.least, bounds.most), (4096, 1_000_000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounds {
    /// Fewest; 4096 as RFC 7677 §4 recommends.
    pub least: u32,
    /// Most; 1,000,000 is in the order of a second of one core.
    pub most: u32,
}

impl Bounds {
    /// These, both inclusive.
    #[must_use]
    pub const fn new(least: u32, most: u32) -> Self {
        Self { least, most }
    }

    pub(super) fn check(self, iterations: u32) -> Result<u32, Fault> {
        let borne = (self.least..=self.most).contains(&iterations);
        if borne { Ok(iterations) } else { Err(Fault::Iterations(iterations)) }
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self::new(4096, 1_000_000)
    }
}

/// A derivation that is due. It takes the time of so many iterations, in which an event loop would
/// stand still: send it to another thread.
#[derive(Clone, PartialEq, Eq)]
pub struct DeriveKey {
    hash: Hash,
    salt: Vec<u8>,
    iterations: u32,
    password: Secret<String>,
}

impl DeriveKey {
    /// With a password that is prepared, and iterations within the bounds.
    pub(super) fn new(
        hash: Hash,
        salt: Vec<u8>,
        iterations: u32,
        password: Secret<String>,
    ) -> Self {
        Self { hash, salt, iterations, password }
    }

    /// Derives the key.
    #[must_use]
    pub fn derive(&self) -> DerivedKey {
        DerivedKey {
            hash: self.hash,
            salt: self.salt.clone(),
            iterations: self.iterations,
            // SaltedPassword := Hi(Normalize(password), salt, i)
            salted_password: self.hash.hi(self.password.expose(), &self.salt, self.iterations),
        }
    }

    /// The hash.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The salt that the server gave.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// The iterations that the server asks for.
    #[must_use]
    pub fn iterations(&self) -> u32 {
        self.iterations
    }

    pub(super) fn is_answered_by(&self, key: &DerivedKey) -> bool {
        (self.hash, &self.salt, self.iterations) == (key.hash, &key.salt, key.iterations)
    }
}

impl fmt::Debug for DeriveKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeriveKey")
            .field("hash", &self.hash)
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}

/// `SaltedPassword` (RFC 5802 §3): as good as the password at all servers that keep it with this salt.
/// Kept, it saves the derivation as long as salt and iterations stay.
#[derive(Clone)]
pub struct DerivedKey {
    hash: Hash,
    salt: Vec<u8>,
    iterations: u32,
    salted_password: Secret<Vec<u8>>,
}

impl DerivedKey {
    pub(super) fn expose(&self) -> &[u8] {
        self.salted_password.expose()
    }
}

/// The keys are compared in constant time.
impl PartialEq for DerivedKey {
    fn eq(&self, other: &Self) -> bool {
        (self.hash, self.iterations, &self.salt) == (other.hash, other.iterations, &other.salt)
            && are_equal(self.expose(), other.expose())
    }
}

impl Eq for DerivedKey {}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DerivedKey")
            .field("hash", &self.hash)
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}
