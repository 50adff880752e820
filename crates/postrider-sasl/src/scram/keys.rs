//! What a server keeps of a password.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postrider_wire::Secret;

use super::hash::are_equal;
use super::{Fault, Hash, MOST_SALT, prepared_password};

/// `StoredKey` and `ServerKey` with salt and iterations (RFC 5802 §3): who steals them can neither tell
/// the password nor log in with them, but can play the server.
///
/// Written as RFC 5803 has it for directories, and PostgreSQL for `pg_authid`:
///
/// ```
/// use postrider_sasl::scram::{Hash, ScramKeys};
/// use postrider_wire::Secret;
///
/// let password = Secret::new(String::from("pencil"));
/// let keys = ScramKeys::derive(&password, b"0123456789abcdef", 4096, Hash::Sha256)?;
/// assert!(keys.to_text().expose().starts_with("SCRAM-SHA-256$4096:MDEyMzQ1Njc4OWFiY2RlZg==$"));
/// assert_eq!(keys.to_text().expose().parse(), Ok(keys));
/// # Ok::<(), postrider_sasl::scram::Fault>(())
/// ```
#[derive(Clone)]
pub struct ScramKeys {
    hash: Hash,
    salt: Vec<u8>,
    iterations: u32,
    stored_key: Secret<Vec<u8>>,
    server_key: Secret<Vec<u8>>,
}

impl ScramKeys {
    /// From the parts, as a database has them.
    ///
    /// # Errors
    ///
    /// [`Fault::KeyLength`] when a key is not as long as the digests of the hash; [`Fault::Empty`] or
    /// [`Fault::TooLong`] for the salt; [`Fault::Iterations`] for 0.
    pub fn new(
        hash: Hash,
        salt: &[u8],
        iterations: u32,
        stored_key: &[u8],
        server_key: &[u8],
    ) -> Result<Self, Fault> {
        check(salt, iterations)?;
        if [stored_key, server_key].iter().any(|key| key.len() != hash.octets()) {
            return Err(Fault::KeyLength);
        }
        Ok(Self {
            hash,
            salt: salt.to_vec(),
            iterations,
            stored_key: Secret::new(stored_key.to_vec()),
            server_key: Secret::new(server_key.to_vec()),
        })
    }

    /// From a password, which is prepared with SASLprep. Takes the time of so many iterations.
    ///
    /// # Errors
    ///
    /// As [`ScramKeys::new`], and [`Fault::Unprepared`], [`Fault::Empty`] or [`Fault::TooLong`] for the
    /// password.
    pub fn derive(
        password: &Secret<String>,
        salt: &[u8],
        iterations: u32,
        hash: Hash,
    ) -> Result<Self, Fault> {
        check(salt, iterations)?;
        let password = prepared_password(password)?;
        let salted = hash.hi(password.expose(), salt, iterations);
        // ClientKey := HMAC(SaltedPassword, "Client Key")
        // StoredKey := H(ClientKey)
        // ServerKey := HMAC(SaltedPassword, "Server Key")
        let client_key = hash.hmac(salted.expose(), &[b"Client Key"]);
        Ok(Self {
            hash,
            salt: salt.to_vec(),
            iterations,
            stored_key: hash.digest(client_key.expose()),
            server_key: hash.hmac(salted.expose(), &[b"Server Key"]),
        })
    }

    /// The hash.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The salt.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        &self.salt
    }

    /// How many iterations.
    #[must_use]
    pub fn iterations(&self) -> u32 {
        self.iterations
    }

    /// `StoredKey`, as long as a digest.
    #[must_use]
    pub fn stored_key(&self) -> &Secret<Vec<u8>> {
        &self.stored_key
    }

    /// `ServerKey`, as long as a digest.
    #[must_use]
    pub fn server_key(&self) -> &Secret<Vec<u8>> {
        &self.server_key
    }

    /// `SCRAM-SHA-256$4096:SALT$STOREDKEY:SERVERKEY`, with base64, for a database.
    #[must_use]
    pub fn to_text(&self) -> Secret<String> {
        let keys = [&self.stored_key, &self.server_key];
        let [stored, server] = keys.map(|key| Secret::new(STANDARD.encode(key.expose())));
        let (salt, iterations) = (STANDARD.encode(&self.salt), self.iterations.to_string());
        let name = self.hash.mechanism();
        Secret::new(
            [name, "$", &iterations, ":", &salt, "$", stored.expose(), ":", server.expose()]
                .concat(),
        )
    }
}

fn check(salt: &[u8], iterations: u32) -> Result<(), Fault> {
    match (salt.len(), iterations) {
        (0, _) => Err(Fault::Empty),
        (_, 0) => Err(Fault::Iterations(0)),
        (..=MOST_SALT, _) => Ok(()),
        _ => Err(Fault::TooLong),
    }
}

/// Reads what [`ScramKeys::to_text`] writes, with spaces where RFC 3112 §3 allows them, and Dovecot's
/// form `{SCRAM-SHA-256}4096,SALT,STOREDKEY,SERVERKEY`.
impl FromStr for ScramKeys {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let parts = match text.strip_prefix('{') {
            Some(dovecot) => dovecot_parts(dovecot),
            None => directory_parts(text),
        };
        let (scheme, iterations, salt, stored_key, server_key) = parts.ok_or(Fault::Malformed)?;
        let hash = Hash::ALL.into_iter().find(|hash| hash.mechanism().eq_ignore_ascii_case(scheme));
        let iterations = iterations.parse().map_err(|_| Fault::Malformed)?;
        let decode = |text| STANDARD.decode(text).map(Secret::new).map_err(|_| Fault::Encoding);
        Self::new(
            hash.ok_or(Fault::Malformed)?,
            decode(salt)?.expose(),
            iterations,
            decode(stored_key)?.expose(),
            decode(server_key)?.expose(),
        )
    }
}

type Parts<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

/// `scheme "$" iterations ":" salt "$" stored-key ":" server-key` (RFC 5803 §2)
fn directory_parts(text: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = text.split_once('$')?;
    let (info, value) = rest.split_once('$')?;
    let (iterations, salt) = info.trim_matches(' ').split_once(':')?;
    let (stored_key, server_key) = value.trim_matches(' ').split_once(':')?;
    Some((scheme.trim_matches(' '), iterations, salt, stored_key, server_key))
}

fn dovecot_parts(text: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = text.split_once('}')?;
    let (iterations, rest) = rest.split_once(',')?;
    let (salt, rest) = rest.split_once(',')?;
    let (stored_key, server_key) = rest.split_once(',')?;
    Some((scheme, iterations, salt, stored_key, server_key))
}

/// The keys are compared in constant time.
impl PartialEq for ScramKeys {
    fn eq(&self, other: &Self) -> bool {
        (self.hash, self.iterations, &self.salt) == (other.hash, other.iterations, &other.salt)
            && are_equal(self.stored_key.expose(), other.stored_key.expose())
            && are_equal(self.server_key.expose(), other.server_key.expose())
    }
}

impl Eq for ScramKeys {}

impl fmt::Debug for ScramKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScramKeys")
            .field("hash", &self.hash)
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}
