//! What is kept of those who may log in.

use std::{collections::HashMap, str::FromStr};

use postrider::sasl::{
    Mechanism,
    scram::{Hash, ScramKeys},
    server::{Config, Credential, Request},
};
use postrider::wire::Secret;

use super::Error;

/// What one exchange of SCRAM costs.
const ITERATIONS: u32 = 4096;

/// Who may log in, and how this is proved.
#[derive(Clone)]
#[non_exhaustive]
pub struct User {
    /// The name.
    pub name: String,
    /// The password.
    pub password: Secret<String>,
}

impl FromStr for User {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, password) = text.split_once(':').ok_or("a password is missing behind :")?;
        Ok(Self { name: name.to_owned(), password: Secret::new(password.to_owned()) })
    }
}

/// Users by name.
pub struct Users {
    kept: HashMap<String, Kept>,
    /// Salts of users that there are not. A server that is started again must have the same, or it
    /// tells who they are; this one has no users tomorrow.
    salt_secret: [u8; 32],
}

struct Kept {
    keys: Vec<ScramKeys>,
    /// For CRAM-MD5, which can do with nothing less.
    password: Secret<String>,
}

impl Users {
    /// Derives the keys of all of them.
    ///
    /// # Errors
    ///
    /// Without randomness, and for a password that SCRAM does not take.
    pub fn new(users: &[User]) -> Result<Self, Error> {
        let mut kept = HashMap::new();
        for user in users {
            let mut keys = Vec::new();
            for hash in Hash::ALL {
                let salt: [u8; 16] = random()?;
                keys.push(ScramKeys::derive(&user.password, &salt, ITERATIONS, hash)?);
            }
            kept.insert(user.name.clone(), Kept { keys, password: user.password.clone() });
        }
        Ok(Self { kept, salt_secret: random()? })
    }

    /// How a session lets them in: by all that a password is good for.
    ///
    /// # Errors
    ///
    /// Without randomness.
    pub fn logins(&self, host: &str) -> Result<Config, Error> {
        let with_password = |mechanism: &Mechanism| {
            mechanism.scram_hash().is_some()
                || matches!(mechanism, Mechanism::CramMd5 | Mechanism::Plain | Mechanism::Login)
        };
        let mechanisms = Mechanism::ALL.into_iter().filter(with_password);
        Ok(Config::new(random()?)
            .with_salt_secret(self.salt_secret)
            .with_mechanisms(mechanisms)
            .with_iterations(ITERATIONS)
            .with_host(host))
    }

    /// Whether these are name and password, of a login without SASL. An unknown name takes as long as a
    /// wrong password.
    #[must_use]
    pub fn knows(&self, user: &str, password: &Secret<Vec<u8>>) -> bool {
        let kept = self.kept.get(user).and_then(|kept| kept.keys.first());
        let (salt, hash) =
            kept.map_or((&self.salt_secret[..16], Hash::Sha512), |keys| (keys.salt(), keys.hash()));
        let Ok(password) = String::from_utf8(password.expose().clone()) else { return false };
        let given = ScramKeys::derive(&Secret::new(password), salt, ITERATIONS, hash);
        // An order of digests tells nothing of one of passwords.
        given.is_ok_and(|given| kept.is_some_and(|kept| kept.stored_key() == given.stored_key()))
    }

    /// What is known of a user that wants to log in.
    #[must_use]
    pub fn credential(&self, request: &Request) -> Credential {
        let Some(kept) = request.user.as_ref().and_then(|user| self.kept.get(user)) else {
            return Credential::Unknown;
        };
        match kept.keys.iter().find(|keys| request.takes_keys(keys.hash())) {
            Some(keys) => Credential::Scram(keys.clone()),
            None => Credential::Password(kept.password.clone()),
        }
    }
}

/// Octets for secrets.
fn random<const N: usize>() -> Result<[u8; N], Error>
where
    [u8; N]: ring::rand::RandomlyConstructable,
{
    let octets = ring::rand::generate(&ring::rand::SystemRandom::new());
    Ok(octets.map_err(|_| "the system has no randomness")?.expose())
}
