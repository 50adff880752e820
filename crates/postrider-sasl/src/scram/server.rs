//! The server's end.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::{fmt, mem};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postrider_wire::Secret;

use super::hash::{are_equal, xor};
use super::message::{ClientFinal, ClientFirst, Flag, client_final, client_first};
use super::nonce::nonce;
use super::{Fault, Hash, ScramKeys, ServerError, prepared_name};
use crate::{BindingKind, ChannelBinding};

/// Octets of the salts that the server makes up, which are as long as those of PostgreSQL.
const SALT: usize = 16;

/// What all exchanges of a server have in common.
#[derive(Clone)]
pub struct Policy {
    secret: Secret<[u8; 32]>,
    iterations: u32,
    offers_plus: bool,
    keeps_passwords: bool,
}

impl Policy {
    /// `secret` makes the salts of users that there are not. It has to stay the same, or those change
    /// while those of others do not, and it must not be told.
    #[must_use]
    pub fn new(secret: [u8; 32]) -> Self {
        Self {
            secret: Secret::new(secret),
            iterations: 4096,
            offers_plus: false,
            keeps_passwords: false,
        }
    }

    /// Sets the iterations told for users that there are not, and for those whose password is kept:
    /// the number that the kept keys have. 4096 where it is not set.
    #[must_use]
    pub fn with_iterations(mut self, iterations: u32) -> Self {
        self.iterations = iterations.max(1);
        self
    }

    /// Sets whether `-PLUS` mechanisms are offered on this connection. A client that could bind but did
    /// not see the offer is then refused (RFC 5802 §6).
    #[must_use]
    pub fn with_plus_offered(mut self, offers_plus: bool) -> Self {
        self.offers_plus = offers_plus;
        self
    }

    /// Sets whether the embedder keeps passwords ([`Lookup::Password`]) and not keys. For a user that
    /// there is not, time is then spent on a derivation as well.
    #[must_use]
    pub fn with_kept_passwords(mut self, keeps_passwords: bool) -> Self {
        self.keeps_passwords = keeps_passwords;
        self
    }

    /// What is always the same for a name and a hash, and that nobody else can compute.
    pub(super) fn made_up(&self, hash: Hash, user: &str, purpose: &[u8]) -> Secret<Vec<u8>> {
        hash.hmac(self.secret.expose(), &[purpose, b"\0", user.as_bytes()])
    }

    fn salt(&self, hash: Hash, user: &str) -> Vec<u8> {
        self.made_up(hash, user, b"salt").expose().iter().copied().take(SALT).collect()
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("iterations", &self.iterations)
            .field("offers_plus", &self.offers_plus)
            .field("keeps_passwords", &self.keeps_passwords)
            .finish_non_exhaustive()
    }
}

/// One exchange as the server sees it.
pub struct Server {
    hash: Hash,
    plus: bool,
    policy: Policy,
    channel: ChannelBinding,
    nonce: String,
    state: State,
}

/// What the server is told.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerInput<'a> {
    /// The client's next message, decoded from base64.
    Response(&'a [u8]),
    /// The answer to [`ServerStep::NeedKeys`].
    Keys(Lookup),
}

/// What the embedder has of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lookup {
    /// Keys. Those of another hash are as good as none.
    Keys(ScramKeys),
    /// The password itself. The keys are derived in place, which takes the time of so many iterations;
    /// set [`Policy::with_kept_passwords`] too.
    Password(Secret<String>),
    /// There is no such user, or it may not log in. The exchange goes on as if there were.
    Unknown,
}

/// What the server does next.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerStep {
    /// Send this.
    Challenge(Vec<u8>),
    /// Look the user up, and come back with [`ServerInput::Keys`].
    #[non_exhaustive]
    NeedKeys {
        /// `authcid`, prepared as a query string of SASLprep.
        user: String,
        /// Whom to act as, as the client sent it.
        authzid: Option<String>,
    },
    /// The client knows the password. Whether it may act as `authzid` is for the embedder to say.
    #[non_exhaustive]
    Success {
        /// `authcid`, prepared.
        user: String,
        /// Whom to act as, as the client sent it.
        authzid: Option<String>,
        /// `server-final-message`: additional data with the success, or one more challenge, which the
        /// client answers with an empty message. It must arrive, for with it the server proves itself.
        data: Vec<u8>,
    },
    /// The exchange failed. [`ServerError::InvalidProof`] is a wrong password and an unknown user
    /// alike; all others are faults of the client or of what stands between.
    Failure(ServerError),
}

enum State {
    Begin,
    Asked(First),
    /// `firsts` is the `AuthMessage` so far.
    Challenged {
        first: First,
        firsts: String,
        keys: ScramKeys,
        known: bool,
    },
    Over,
}

struct First {
    user: String,
    authzid: Option<String>,
    bare: String,
    /// `c-nonce s-nonce`
    nonce: String,
    cbind_input: Secret<Vec<u8>>,
}

impl Server {
    /// An exchange by the mechanism of this hash, its `-PLUS` if `plus`, over this channel. `entropy`
    /// has to be new in each exchange, from a generator made for secrets.
    #[must_use]
    pub fn new(
        hash: Hash,
        plus: bool,
        policy: &Policy,
        channel: &ChannelBinding,
        entropy: &[u8; 32],
    ) -> Self {
        let (policy, channel) = (policy.clone(), channel.clone());
        let nonce = nonce(entropy, "server");
        Self { hash, plus, policy, channel, nonce, state: State::Begin }
    }

    /// Exchanges that were printed have their nonce.
    #[cfg(test)]
    pub(super) fn with_nonce(mut self, nonce: &str) -> Self {
        self.nonce = String::from(nonce);
        self
    }

    /// Goes on. What the client does wrong is a [`ServerStep::Failure`].
    ///
    /// # Errors
    ///
    /// [`Fault::OutOfOrder`] for an input that is not due, [`Fault::Over`] behind the end: mistakes of
    /// the caller, both.
    pub fn step(&mut self, input: ServerInput<'_>) -> Result<ServerStep, Fault> {
        match (mem::replace(&mut self.state, State::Over), input) {
            (State::Begin, ServerInput::Response(message)) => {
                let first = client_first(message).map_err(ServerError::from);
                Ok(first.and_then(|first| self.ask(&first)).unwrap_or_else(ServerStep::Failure))
            }
            (State::Asked(first), ServerInput::Keys(lookup)) => Ok(self.challenge(first, lookup)),
            (State::Challenged { first, firsts, keys, known }, ServerInput::Response(message)) => {
                let last = client_final(message).map_err(ServerError::from);
                let end = last.and_then(|last| self.verify(first, &firsts, &keys, known, &last));
                Ok(end.unwrap_or_else(ServerStep::Failure))
            }
            (State::Over, _) => Err(Fault::Over),
            _ => Err(Fault::OutOfOrder),
        }
    }

    fn ask(&mut self, first: &ClientFirst<'_>) -> Result<ServerStep, ServerError> {
        let data = self.cbind_data(first.flag)?;
        let cbind_input = Secret::new([first.gs2_header.as_bytes(), data].concat());
        let user = prepared_name(&first.user)?;
        let authzid = first.authzid.clone();
        self.state = State::Asked(First {
            user: user.clone(),
            authzid: authzid.clone(),
            bare: String::from(first.bare),
            nonce: [first.nonce, &self.nonce].concat(),
            cbind_input,
        });
        Ok(ServerStep::NeedKeys { user, authzid })
    }

    /// What the flag binds to (RFC 5802 §6).
    fn cbind_data(&self, flag: Flag<'_>) -> Result<&[u8], ServerError> {
        match (flag, self.plus) {
            (Flag::Bound(name), true) => BindingKind::from_name(name)
                .and_then(|kind| self.channel.data(kind))
                .ok_or(ServerError::UnsupportedChannelBindingType),
            (Flag::Bound(_), false) => Err(ServerError::ChannelBindingNotSupported),
            // "If the flag is set to "y" and the server supports channel binding, the server MUST fail
            // authentication." That includes a client that asks for -PLUS and then does not bind.
            (Flag::NotOffered, plus) if plus || self.policy.offers_plus => {
                Err(ServerError::ServerDoesSupportChannelBinding)
            }
            (Flag::Unsupported, true) => Err(ServerError::Other),
            (Flag::NotOffered | Flag::Unsupported, _) => Ok(&[]),
        }
    }

    fn challenge(&mut self, first: First, lookup: Lookup) -> ServerStep {
        let (keys, known) = match lookup {
            Lookup::Keys(keys) if keys.hash() == self.hash => (Ok(keys), true),
            Lookup::Password(password) => (self.derive(&first.user, &password), true),
            Lookup::Keys(_) | Lookup::Unknown => (self.made_up(&first.user), false),
        };
        let (keys, known) = match keys {
            Ok(keys) => (keys, known),
            // A password that cannot be prepared is one that nobody can prove.
            Err(_) => match self.made_up(&first.user) {
                Ok(keys) => (keys, false),
                Err(_) => return ServerStep::Failure(ServerError::Other),
            },
        };
        let (salt, iterations) = (STANDARD.encode(keys.salt()), keys.iterations());
        let message = format!("r={},s={salt},i={iterations}", first.nonce);
        let firsts = format!("{},{message}", first.bare);
        self.state = State::Challenged { first, firsts, keys, known };
        ServerStep::Challenge(message.into_bytes())
    }

    fn derive(&self, user: &str, password: &Secret<String>) -> Result<ScramKeys, Fault> {
        let salt = self.policy.salt(self.hash, user);
        ScramKeys::derive(password, &salt, self.policy.iterations, self.hash)
    }

    /// Keys for a user that there is not, of which nobody knows a preimage.
    fn made_up(&self, user: &str) -> Result<ScramKeys, Fault> {
        let made_up = |purpose| self.policy.made_up(self.hash, user, purpose);
        if self.policy.keeps_passwords {
            let password = STANDARD.encode(made_up(b"password").expose());
            return self.derive(user, &Secret::new(password));
        }
        let (stored, server) = (made_up(b"stored key"), made_up(b"server key"));
        let salt = self.policy.salt(self.hash, user);
        let iterations = self.policy.iterations;
        ScramKeys::new(self.hash, &salt, iterations, stored.expose(), server.expose())
    }

    /// ```text
    /// ClientSignature := HMAC(StoredKey, AuthMessage)
    /// ClientKey       := ClientProof XOR ClientSignature
    /// ServerSignature := HMAC(ServerKey, AuthMessage)
    /// ```
    ///
    /// The client knows the password if `H(ClientKey)` is the `StoredKey` (RFC 5802 §3).
    fn verify(
        &self,
        first: First,
        firsts: &str,
        keys: &ScramKeys,
        known: bool,
        last: &ClientFinal<'_>,
    ) -> Result<ServerStep, ServerError> {
        if last.nonce != first.nonce {
            return Err(ServerError::Other);
        }
        if !are_equal(&last.binding, first.cbind_input.expose()) {
            return Err(ServerError::ChannelBindingsDontMatch);
        }
        let message = [firsts.as_bytes(), b",", last.without_proof.as_bytes()];
        let signature = self.hash.hmac(keys.stored_key().expose(), &message);
        let client_key = xor(&last.proof, signature.expose());
        let stored_key = self.hash.digest(client_key.expose());
        let signature = self.hash.hmac(keys.server_key().expose(), &message);
        let proven = are_equal(stored_key.expose(), keys.stored_key().expose())
            & (last.proof.len() == self.hash.octets());
        if !(proven & known) {
            return Err(ServerError::InvalidProof);
        }
        let data = format!("v={}", STANDARD.encode(signature.expose())).into_bytes();
        Ok(ServerStep::Success { user: first.user, authzid: first.authzid, data })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Begin => "Begin",
            State::Asked(_) => "Asked",
            State::Challenged { .. } => "Challenged",
            State::Over => "Over",
        };
        f.debug_struct("Server")
            .field("hash", &self.hash)
            .field("plus", &self.plus)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
