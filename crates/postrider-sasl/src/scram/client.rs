//! The client's end.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::{fmt, mem};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postrider_wire::Secret;

use super::derive::Bounds;
use super::hash::{are_equal, xor};
use super::message::{server_final, server_first, text};
use super::nonce::nonce;
use super::{DeriveKey, DerivedKey, Fault, Hash, check_name, prepared_name, prepared_password};
use crate::ChannelBinding;
use crate::saslname::escape;

/// One exchange as the client sees it.
///
/// Only [`ClientStep::Complete`] is a login: the server's signature is checked before it, so what the
/// protocol says of success is not believed alone.
pub struct Client {
    hash: Hash,
    /// `gs2-cbind-flag`
    flag: String,
    /// `saslname`s
    authzid: String,
    user: String,
    /// Prepared.
    password: Secret<String>,
    cbind_data: Secret<Vec<u8>>,
    nonce: String,
    kept: Option<DerivedKey>,
    bounds: Bounds,
    state: State,
}

/// What the client is told.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClientInput<'a> {
    /// The exchange begins.
    Begin,
    /// The server's next message, decoded from base64.
    Challenge(&'a [u8]),
    /// The answer to [`ClientStep::DeriveKey`].
    Key(DerivedKey),
    /// The protocol tells success.
    Done,
}

/// What the client does next.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientStep {
    /// Send this. Empty behind the server's last message, where that came as a challenge; to be left
    /// out where it came along with success.
    Respond(Secret<Vec<u8>>),
    /// Derive the key, and come back with [`ClientInput::Key`].
    DeriveKey(DeriveKey),
    /// Both ends have proven themselves.
    Complete,
}

enum State {
    Begin,
    /// `client-first-message-bare` was sent.
    First(String),
    Deriving(DeriveKey, AuthMessage),
    /// The proof was sent; this signature is expected.
    Final(Secret<Vec<u8>>),
    Proven,
    Complete,
    Over,
}

/// ```text
/// AuthMessage := client-first-message-bare + "," + server-first-message + "," +
///                client-final-message-without-proof
/// ```
struct AuthMessage {
    /// The first two, with the comma between them.
    firsts: String,
    without_proof: String,
}

impl Client {
    /// An exchange for the user of this name. It does not bind and tells the server that it cannot;
    /// see [`Client::bound_to`] and [`Client::not_offered`]. `entropy` has to be new in each exchange,
    /// from a generator made for secrets.
    ///
    /// # Errors
    ///
    /// [`Fault::Empty`], [`Fault::Nul`], [`Fault::TooLong`] or [`Fault::Unprepared`] for name or
    /// password.
    pub fn new(
        hash: Hash,
        user: &str,
        password: &Secret<String>,
        entropy: &[u8; 32],
    ) -> Result<Self, Fault> {
        Ok(Self {
            hash,
            flag: String::from("n"),
            authzid: String::new(),
            user: escape(&prepared_name(user)?).into_owned(),
            password: prepared_password(password)?,
            cbind_data: Secret::new(Vec::new()),
            nonce: nonce(entropy, "client"),
            kept: None,
            bounds: Bounds::default(),
            state: State::Begin,
        })
    }

    /// Acts as `authzid`, which is sent as it is.
    ///
    /// # Errors
    ///
    /// [`Fault::Empty`], [`Fault::Nul`] or [`Fault::TooLong`].
    pub fn acting_as(mut self, authzid: &str) -> Result<Self, Fault> {
        check_name(authzid)?;
        self.authzid = format!("a={}", escape(authzid));
        Ok(self)
    }

    /// Binds to the channel, which makes a `-PLUS` mechanism of it: flag `p`.
    ///
    /// # Errors
    ///
    /// [`Fault::NoBinding`] where there is nothing to bind to.
    pub fn bound_to(mut self, channel: &ChannelBinding) -> Result<Self, Fault> {
        let kind = channel.best().ok_or(Fault::NoBinding)?;
        let data = channel.data(kind).ok_or(Fault::NoBinding)?;
        self.flag = format!("p={}", kind.name());
        self.cbind_data = Secret::new(data.to_vec());
        Ok(self)
    }

    /// Tells that it could bind, but no `-PLUS` mechanism was offered: flag `y`. If one was, somebody
    /// took it out, and the server fails the exchange (RFC 5802 §6).
    #[must_use]
    pub fn not_offered(mut self) -> Self {
        self.flag = String::from("y");
        self.cbind_data = Secret::new(Vec::new());
        self
    }

    /// Has a key at hand, which is used if salt, iterations and hash are still the same.
    #[must_use]
    pub fn with_key(mut self, key: DerivedKey) -> Self {
        self.kept = Some(key);
        self
    }

    /// Sets how many iterations are borne.
    #[must_use]
    pub fn with_bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Exchanges that were printed have their nonce.
    #[cfg(test)]
    pub(super) fn with_nonce(mut self, nonce: &str) -> Self {
        self.nonce = String::from(nonce);
        self
    }

    /// Whether the server has proven that it knows the password.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        matches!(self.state, State::Proven | State::Complete)
    }

    /// Goes on.
    ///
    /// # Errors
    ///
    /// A [`Fault`], which ends the exchange. [`ClientInput::Done`] is [`Fault::ServerNotProven`] as long
    /// as the server's signature was not seen.
    pub fn step(&mut self, input: ClientInput<'_>) -> Result<ClientStep, Fault> {
        match (mem::replace(&mut self.state, State::Over), input) {
            (State::Begin, ClientInput::Begin | ClientInput::Challenge(b"")) => Ok(self.begin()),
            (State::First(bare), ClientInput::Challenge(message)) => self.answer(&bare, message),
            (State::Deriving(due, auth), ClientInput::Key(key)) => {
                if !due.is_answered_by(&key) {
                    return Err(Fault::WrongKey);
                }
                Ok(self.prove(&key, &auth))
            }
            (State::Final(signature), ClientInput::Challenge(message)) => {
                if !are_equal(signature.expose(), &server_final(message)?) {
                    return Err(Fault::Signature);
                }
                self.state = State::Proven;
                Ok(ClientStep::Respond(Secret::new(Vec::new())))
            }
            (State::Proven, ClientInput::Done) => {
                self.state = State::Complete;
                Ok(ClientStep::Complete)
            }
            (State::Over | State::Complete, _) => Err(Fault::Over),
            (_, ClientInput::Done) => Err(Fault::ServerNotProven),
            _ => Err(Fault::OutOfOrder),
        }
    }

    /// `gs2-header`
    fn gs2_header(&self) -> String {
        format!("{},{},", self.flag, self.authzid)
    }

    fn begin(&mut self) -> ClientStep {
        let bare = format!("n={},r={}", self.user, self.nonce);
        let message = format!("{}{bare}", self.gs2_header());
        self.state = State::First(bare);
        ClientStep::Respond(Secret::new(message.into_bytes()))
    }

    fn answer(&mut self, bare: &str, message: &[u8]) -> Result<ClientStep, Fault> {
        let message = text(message)?;
        let first = server_first(message)?;
        // "The client MUST verify that the initial part of the nonce used in subsequent messages is
        // the same as the nonce it initially specified" (RFC 5802 §5.1), and that there is more.
        if first.nonce.strip_prefix(&self.nonce).is_none_or(str::is_empty) {
            return Err(Fault::Nonce);
        }
        let iterations = self.bounds.check(first.iterations)?;

        // cbind-input = gs2-header [ cbind-data ]
        let header = self.gs2_header();
        let input = Secret::new([header.as_bytes(), self.cbind_data.expose()].concat());
        let auth = AuthMessage {
            firsts: format!("{bare},{message}"),
            without_proof: format!("c={},r={}", STANDARD.encode(input.expose()), first.nonce),
        };
        let due = DeriveKey::new(self.hash, first.salt, iterations, self.password.clone());
        if let Some(key) = self.kept.take().filter(|key| due.is_answered_by(key)) {
            return Ok(self.prove(&key, &auth));
        }
        self.state = State::Deriving(due.clone(), auth);
        Ok(ClientStep::DeriveKey(due))
    }

    /// ```text
    /// ClientKey       := HMAC(SaltedPassword, "Client Key")
    /// StoredKey       := H(ClientKey)
    /// ClientSignature := HMAC(StoredKey, AuthMessage)
    /// ClientProof     := ClientKey XOR ClientSignature
    /// ServerKey       := HMAC(SaltedPassword, "Server Key")
    /// ServerSignature := HMAC(ServerKey, AuthMessage)
    /// ```
    fn prove(&mut self, key: &DerivedKey, auth: &AuthMessage) -> ClientStep {
        let hash = self.hash;
        let message = [auth.firsts.as_bytes(), b",", auth.without_proof.as_bytes()];
        let client_key = hash.hmac(key.expose(), &[b"Client Key"]);
        let stored_key = hash.digest(client_key.expose());
        let signature = hash.hmac(stored_key.expose(), &message);
        let proof = xor(client_key.expose(), signature.expose());
        let server_key = hash.hmac(key.expose(), &[b"Server Key"]);
        self.state = State::Final(hash.hmac(server_key.expose(), &message));
        let proof = Secret::new(STANDARD.encode(proof.expose()));
        let message = [auth.without_proof.as_str(), ",p=", proof.expose()].concat();
        ClientStep::Respond(Secret::new(message.into_bytes()))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Begin => "Begin",
            State::First(_) => "First",
            State::Deriving(..) => "Deriving",
            State::Final(_) => "Final",
            State::Proven => "Proven",
            State::Complete => "Complete",
            State::Over => "Over",
        };
        f.debug_struct("Client")
            .field("hash", &self.hash)
            .field("flag", &self.flag)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
