//! SCRAM (RFC 5802, RFC 7677) with SHA-1, SHA-256 and SHA-512, each also bound to the TLS channel
//! (`-PLUS`): the password never crosses the wire, the server need not keep it, and both ends prove
//! that they know it.
//!
//! # The steps
//!
//! | who | message | client | server |
//! |---|---|---|---|
//! | C | `n,,n=user,r=NONCE` | [`ClientInput::Begin`] → `Respond` | `Response` → [`ServerStep::NeedKeys`] |
//! | S | `r=NONCE+MORE,s=SALT,i=4096` | `Challenge` → [`ClientStep::DeriveKey`] | [`ServerInput::Keys`] → `Challenge` |
//! | C | `c=BINDING,r=NONCE+MORE,p=PROOF` | [`ClientInput::Key`] → `Respond` | `Response` → [`ServerStep::Success`] |
//! | S | `v=SIGNATURE` | `Challenge` → `Respond`, empty | its `data` |
//! | S | success, as the protocol has it | [`ClientInput::Done`] → [`ClientStep::Complete`] | |
//!
//! ```
//! use postrider_sasl::ChannelBinding;
//! use postrider_sasl::scram::{
//!     Client, ClientInput, ClientStep, Hash, Lookup, Policy, ScramKeys, Server, ServerInput, ServerStep,
//! };
//! use postrider_wire::Secret;
//!
//! let password = Secret::new(String::from("pencil"));
//! let keys = ScramKeys::derive(&password, b"0123456789abcdef", 4096, Hash::Sha256)?;
//!
//! # let (entropy, other_entropy, secret) = ([1; 32], [2; 32], [3; 32]);
//! let mut client = Client::new(Hash::Sha256, "user", &password, &entropy)?;
//! let channel = ChannelBinding::none();
//! let mut server = Server::new(Hash::Sha256, false, &Policy::new(secret), &channel, &other_entropy);
//!
//! let ClientStep::Respond(first) = client.step(ClientInput::Begin)? else { panic!() };
//! let step = server.step(ServerInput::Response(first.expose()))?;
//! let ServerStep::NeedKeys { user, .. } = step else { panic!() };
//! assert_eq!(user, "user");
//! let step = server.step(ServerInput::Keys(Lookup::Keys(keys)))?;
//! let ServerStep::Challenge(challenge) = step else { panic!() };
//!
//! let step = client.step(ClientInput::Challenge(&challenge))?;
//! let ClientStep::DeriveKey(due) = step else { panic!() };
//! let key = due.derive(); // in another thread
//! let ClientStep::Respond(last) = client.step(ClientInput::Key(key))? else { panic!() };
//! let step = server.step(ServerInput::Response(last.expose()))?;
//! let ServerStep::Success { data, .. } = step else { panic!() };
//!
//! client.step(ClientInput::Challenge(&data))?;
//! assert_eq!(client.step(ClientInput::Done)?, ClientStep::Complete);
//! # Ok::<(), postrider_sasl::scram::Fault>(())
//! ```
//!
//! # What the flag of the client says
//!
//! | flag | client | server |
//! |---|---|---|
//! | `n` | cannot bind | goes on; refuses under a `-PLUS` name |
//! | `y` | [`Client::not_offered`]: could, but saw no `-PLUS` | goes on, unless it offered one: somebody took the offer away |
//! | `p=tls-exporter` | [`Client::bound_to`] a channel of TLS 1.3 (RFC 9266) | compares with its own data |
//! | `p=tls-server-end-point` | the same, where there is no exporter (RFC 5929 §4) | compares with its own data |
//!
//! # What is refused
//!
//! | what | by | as |
//! |---|---|---|
//! | success without the server's signature | client | [`Fault::ServerNotProven`] |
//! | a wrong signature | client | [`Fault::Signature`] |
//! | a nonce that is not ours with more behind it | client | [`Fault::Nonce`] |
//! | iterations out of [`Bounds`], before any is done | client | [`Fault::Iterations`] |
//! | `m=` | both | [`Fault::Extension`], [`ServerError::ExtensionsNotSupported`] |
//! | a wrong proof, an unknown user, keys of another hash | server | [`ServerError::InvalidProof`] |
//! | an old `client-final-message` | server | [`ServerError::Other`]: the nonce is another |
//! | the data of another channel | server | [`ServerError::ChannelBindingsDontMatch`] |
//! | `=` in a name before something else than `2C`, `3D` | server | [`ServerError::InvalidUsernameEncoding`] |
//! | more than [`MOST_MESSAGE`] octets | both | [`Fault::TooLong`], [`ServerError::Other`] |
//!
//! A user that there is not gets a salt made of a secret of the server and the name, the same each
//! time, the iterations of [`Policy`], and the answer of a wrong proof. It is told from others only
//! if these have salts of another length than 16 octets, or other iterations: give [`Policy`] the
//! number that your keys have.

mod client;
mod derive;
mod fault;
mod hash;
mod keys;
mod message;
mod nonce;
mod server;
#[cfg(test)]
mod tests;

use alloc::string::String;

use postrider_wire::Secret;

pub use client::{Client, ClientInput, ClientStep};
pub use derive::{Bounds, DeriveKey, DerivedKey};
pub use fault::{Fault, ServerError};
pub use hash::Hash;
pub use keys::ScramKeys;
pub use server::{Lookup, Policy, Server, ServerInput, ServerStep};

use crate::MOST;
use crate::prep::{Use, saslprep};

/// Longest salt that a server keeps, in octets.
pub const MOST_SALT: usize = 256;
/// Longest message, in octets: names of [`MOST`] octets fit, however they are escaped.
pub const MOST_MESSAGE: usize = 8192;

/// A name that the grammar can carry.
fn check_name(name: &str) -> Result<(), Fault> {
    match name.len() {
        0 => Err(Fault::Empty),
        1..=MOST if name.contains('\0') => Err(Fault::Nul),
        1..=MOST => Ok(()),
        _ => Err(Fault::TooLong),
    }
}

/// "the client SHOULD prepare the username using the "SASLprep" profile [...] treating it as a query
/// string", and "If the preparation of the username fails or results in an empty string, the
/// authentication exchange is aborted" (RFC 5802 §5.1).
fn prepared_name(name: &str) -> Result<String, Fault> {
    check_name(name)?;
    let prepared = saslprep(name, Use::Query)?;
    check_name(prepared.expose())?;
    Ok(prepared.expose().clone())
}

/// `Normalize(str)` of RFC 5802 §2.2: "treated as a "stored string"".
fn prepared_password(password: &Secret<String>) -> Result<Secret<String>, Fault> {
    let check = |password: &Secret<String>| match password.expose().len() {
        0 => Err(Fault::Empty),
        1..=MOST => Ok(()),
        _ => Err(Fault::TooLong),
    };
    check(password)?;
    let prepared = saslprep(password.expose(), Use::Stored)?;
    check(&prepared)?;
    Ok(prepared)
}
