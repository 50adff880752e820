//! Keys: what a server keeps, and what a client derives.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postrider_wire::Secret;

use super::{Hash, MOST_ITERATIONS};
use crate::prep::saslprep;
use crate::{Error, Part};

/// Longest salt.
const SALT: usize = 256;

/// What a server keeps of a password (RFC 5802 §3): from it the password cannot be told, nor can one
/// log in with it.
///
/// It is written as PostgreSQL and others keep it, and read in that form:
///
/// ```
/// use postrider_sasl::scram::{Hash, ScramKeys};
/// use postrider_wire::Secret;
///
/// let keys = ScramKeys::derive(&Secret::new("pencil".into()), b"0123456789abcdef", 4096, Hash::Sha256)?;
/// let stored = keys.expose_text();
/// assert!(stored.expose().starts_with("SCRAM-SHA-256$4096:MDEyMzQ1Njc4OWFiY2RlZg==$"));
/// assert_eq!(stored.expose().parse::<ScramKeys>()?, keys);
/// assert!(!format!("{keys:?}").contains("$4096"));
/// # Ok::<(), postrider_sasl::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ScramKeys {
    pub(crate) hash: Hash,
    pub(crate) salt: Vec<u8>,
    pub(crate) iterations: u32,
    pub(crate) stored_key: Secret<Vec<u8>>,
    pub(crate) server_key: Secret<Vec<u8>>,
}

impl ScramKeys {
    /// From the parts, as a database has them.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`] when a key has not the length of the hash, or the salt is empty or longer
    /// than 256 octets; [`Error::Iterations`] for none.
    pub fn new(
        hash: Hash,
        salt: &[u8],
        iterations: u32,
        stored_key: &[u8],
        server_key: &[u8],
    ) -> Result<Self, Error> {
        check_salt(salt)?;
        if iterations == 0 {
            return Err(Error::Iterations(0));
        }
        if stored_key.len() != hash.octets() || server_key.len() != hash.octets() {
            return Err(Error::Malformed);
        }
        Ok(Self {
            hash,
            salt: salt.to_vec(),
            iterations,
            stored_key: Secret::new(stored_key.to_vec()),
            server_key: Secret::new(server_key.to_vec()),
        })
    }

    /// From a password, which is prepared with SASLprep. Takes as long as so many iterations take.
    ///
    /// # Errors
    ///
    /// As [`ScramKeys::new`], and [`Error::Unprepared`] or [`Error::Empty`] for the password.
    pub fn derive(
        password: &Secret<String>,
        salt: &[u8],
        iterations: u32,
        hash: Hash,
    ) -> Result<Self, Error> {
        check_salt(salt)?;
        if iterations == 0 {
            return Err(Error::Iterations(0));
        }
        if password.expose().is_empty() {
            return Err(Error::Empty(Part::Password));
        }
        let prepared = saslprep(password.expose(), Part::Password)?;
        let prepared = Secret::new(prepared.into_owned());
        Ok(Self::salted(
            hash,
            salt,
            iterations,
            &hash.hi(prepared.expose().as_bytes(), salt, iterations),
        ))
    }

    pub(crate) fn salted(hash: Hash, salt: &[u8], iterations: u32, key: &Secret<Vec<u8>>) -> Self {
        let client_key = hash.hmac(key.expose(), &[b"Client Key"]);
        Self {
            hash,
            salt: salt.to_vec(),
            iterations,
            stored_key: hash.digest(client_key.expose()),
            server_key: hash.hmac(key.expose(), &[b"Server Key"]),
        }
    }

    /// The hash.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// How many iterations of the hash.
    #[must_use]
    pub fn iterations(&self) -> u32 {
        self.iterations
    }

    /// `SCRAM-SHA-256$4096:SALT$STOREDKEY:SERVERKEY`, each in base64, for a database.
    #[must_use]
    pub fn expose_text(&self) -> Secret<String> {
        let name = match self.hash {
            Hash::Sha1 => "SCRAM-SHA-1",
            Hash::Sha256 => "SCRAM-SHA-256",
            Hash::Sha512 => "SCRAM-SHA-512",
        };
        let (salt, stored) =
            (STANDARD.encode(&self.salt), STANDARD.encode(self.stored_key.expose()));
        let server = STANDARD.encode(self.server_key.expose());
        let iterations = self.iterations.to_string();
        Secret::new([name, "$", &iterations, ":", &salt, "$", &stored, ":", &server].concat())
    }
}

fn check_salt(salt: &[u8]) -> Result<(), Error> {
    match salt.len() {
        0 => Err(Error::Empty(Part::Salt)),
        1..=SALT => Ok(()),
        _ => Err(Error::TooLong(Part::Salt)),
    }
}

impl FromStr for ScramKeys {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.split('$');
        let (Some(name), Some(salted), Some(keys), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Error::Malformed);
        };
        let hash = match name {
            "SCRAM-SHA-1" => Hash::Sha1,
            "SCRAM-SHA-256" => Hash::Sha256,
            "SCRAM-SHA-512" => Hash::Sha512,
            _ => return Err(Error::Malformed),
        };
        let (iterations, salt) = salted.split_once(':').ok_or(Error::Malformed)?;
        let (stored, server) = keys.split_once(':').ok_or(Error::Malformed)?;
        let iterations = iterations.parse().map_err(|_| Error::Malformed)?;
        let decode = |text: &str| STANDARD.decode(text).map(Secret::new).map_err(|_| Error::Base64);
        let (salt, stored, server) = (decode(salt)?, decode(stored)?, decode(server)?);
        Self::new(hash, salt.expose(), iterations, stored.expose(), server.expose())
    }
}

impl fmt::Debug for ScramKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScramKeys").field("hash", &self.hash).finish_non_exhaustive()
    }
}

/// A derivation that is due: as many rounds of a hash as the server wants, in which a runtime would
/// stand still. It can be sent to another thread.
#[derive(Clone, PartialEq, Eq)]
pub struct DeriveKey {
    hash: Hash,
    password: Secret<String>,
    salt: Vec<u8>,
    iterations: u32,
}

impl DeriveKey {
    /// The password is prepared already; salt and iterations are within the bounds.
    pub(crate) fn new(
        hash: Hash,
        password: Secret<String>,
        salt: Vec<u8>,
        iterations: u32,
    ) -> Self {
        Self { hash, password, salt, iterations }
    }

    /// Derives the key.
    #[must_use]
    pub fn derive(&self) -> DerivedKey {
        let password = self.password.expose().as_bytes();
        DerivedKey {
            hash: self.hash,
            salt: self.salt.clone(),
            iterations: self.iterations,
            salted: self.hash.hi(password, &self.salt, self.iterations),
        }
    }

    /// The salt, as the server gave it.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// How many iterations the server wants.
    #[must_use]
    pub fn iterations(&self) -> u32 {
        self.iterations
    }

    /// Whether this key is the answer.
    pub(crate) fn is_answered_by(&self, key: &DerivedKey) -> bool {
        (self.hash, &self.salt, self.iterations) == (key.hash, &key.salt, key.iterations)
    }
}

impl fmt::Debug for DeriveKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hash, iterations, .. } = self;
        f.debug_struct("DeriveKey")
            .field("hash", hash)
            .field("iterations", iterations)
            .finish_non_exhaustive()
    }
}

/// A derived key (`SaltedPassword` of RFC 5802 §3). It is as good as the password at this server, and
/// can be kept to save the derivation the next time
/// ([`crate::client::Credentials::with_derived_key`]).
#[derive(Clone, PartialEq, Eq)]
pub struct DerivedKey {
    pub(crate) hash: Hash,
    pub(crate) salt: Vec<u8>,
    pub(crate) iterations: u32,
    pub(crate) salted: Secret<Vec<u8>>,
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DerivedKey").field("hash", &self.hash).finish_non_exhaustive()
    }
}

/// A salt and a number of iterations that a server gave, when they can be borne.
pub(crate) fn bearable(iterations: u32, least: u32) -> Result<u32, Error> {
    if (least..=MOST_ITERATIONS).contains(&iterations) {
        return Ok(iterations);
    }
    Err(Error::Iterations(iterations))
}
