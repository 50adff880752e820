//! SASL (RFC 4422) mechanisms as exchanges without I/O, both ends of each: what a client says, and what a
//! server makes of it, as plain values.
//!
//! | mechanism | the client has | the server is told | who listens learns | proves the server |
//! |---|---|---|---|---|
//! | `SCRAM-SHA-512`, `-256`, `-1` with `-PLUS` | a password, TLS | keys or password | nothing | yes, and the channel |
//! | `SCRAM-SHA-512`, `-256`, `-1` ([`scram`]) | a password | keys or password | what passwords can be tried against | yes |
//! | `CRAM-MD5` (RFC 2195) | a password | the password | the same, cheaper | no |
//! | `OAUTHBEARER` (RFC 7628), `XOAUTH2` | a token | a verdict | the token | no |
//! | `PLAIN` (RFC 4616), `LOGIN` | a password | keys, password or verdict | the password | no |
//! | `EXTERNAL` (RFC 4422) | a certificate | a verdict | nothing | no |
//! | `ANONYMOUS` (RFC 4505) | a trace, perhaps | a verdict | the trace | no |
//!
//! `DIGEST-MD5` is historic (RFC 6331) and left out on purpose; no mechanism here has a security layer.
//!
//! # A login, from the client
//!
//! [`client::Choice`] takes the strongest mechanism of those that are offered, and none that reveals a
//! password without TLS. [`client::Exchange`] then turns what the server says into what is to be said. A
//! key that takes long to derive, or a token that has to be fetched, is a step like any other: it can be
//! done in another thread, or after a request to somebody else, while the connection waits.
//!
//! ```
//! use postrider_sasl::client::{Choice, Credentials, Exchange, Input, Step};
//! use postrider_sasl::{ChannelBinding, Mechanism, line};
//! use postrider_wire::{Secret, TlsInfo};
//!
//! # let entropy = [7; 32];
//! let tls = TlsInfo::new();
//! let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
//! let mechanism = Choice::default().choose(["PLAIN", "LOGIN"], &tim, Some(&tls)).unwrap();
//! assert_eq!(mechanism, Mechanism::Plain);
//!
//! let binding = ChannelBinding::from(&tls);
//! let mut client = Exchange::new(mechanism, &tim, &binding, false, entropy)?;
//! let Step::Respond(message) = client.step(Input::None)? else { panic!() };
//! let command = format!("AUTH {mechanism} {}", line::encode_initial(message.expose()).expose());
//! assert_eq!(command, "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
//! assert_eq!(client.step(Input::Done)?, Step::Complete); // 235
//! # Ok::<(), postrider_sasl::Error>(())
//! ```
//!
//! # The same, from the server
//!
//! A server knows no users. It asks ([`server::Step::NeedCredential`]), and the embedder answers when its
//! database has: with keys, with a password, with a verdict of its own, or that there is nobody.
//!
//! ```
//! use postrider_sasl::server::{Config, Credential, Exchange, Input, Step};
//! use postrider_sasl::{Mechanism, line};
//! use postrider_wire::{Secret, TlsInfo};
//!
//! # let (entropy, secret) = ([7; 32], [8; 32]);
//! let tls = TlsInfo::new();
//! let config = Config::new(entropy).with_salt_secret(secret);
//! let mut server = Exchange::new(Mechanism::Plain, &config, Some(&tls), config.entropy_for(0))?;
//! let message = line::decode_initial(b"AHRpbQB0YW5zdGFhZnRhbnN0YWFm", 12288)?;
//! let step = server.step(Input::Response(message.expose()))?;
//! let Step::NeedCredential(request) = step else { panic!() };
//! assert_eq!(request.user.as_deref(), Some("tim"));
//! let known = Credential::Password(Secret::new("tanstaaftanstaaf".into()));
//! let Step::Success { identity, .. } = server.step(Input::Credential(known))? else { panic!() };
//! assert_eq!((identity.authcid.as_str(), identity.authzid), ("tim", None));
//! # Ok::<(), postrider_sasl::Error>(())
//! ```
//!
//! # Both, with SCRAM
//!
//! The tables of all mechanisms are with [`client::Exchange`] and [`server::Exchange`].
//!
//! | client | on the wire | server |
//! |---|---|---|
//! | [`client::Input::None`] → `Respond` | name, nonce | `Response` → `NeedCredential`; `Credential` → `Challenge` |
//! | `Challenge` → `DeriveKey`; `Key` → `Respond` | salt, proof | `Response` → `Success` with data |
//! | `Challenge` → `Respond`, empty; `Done` → `Complete` | the server's proof | |
//!
//! ```
//! use postrider_sasl::scram::{Hash, ScramKeys};
//! use postrider_sasl::{ChannelBinding, Error, Mechanism, client, server};
//! use postrider_wire::Secret;
//!
//! # let (one, other, secret) = ([1; 32], [2; 32], [3; 32]);
//! let password = Secret::new(String::from("pencil"));
//! let user = client::Credentials::password("user", password.clone())?;
//! let keys = ScramKeys::derive(&password, b"0123456789abcdef", 4096, Hash::Sha256)?; // kept
//!
//! let (mechanism, none) = (Mechanism::ScramSha256, ChannelBinding::none());
//! let mut client = client::Exchange::new(mechanism, &user, &none, false, one)?;
//! let config = server::Config::new(other).with_salt_secret(secret);
//! let mut server = server::Exchange::new(mechanism, &config, None, config.entropy_for(0))?;
//! let client::Step::Respond(first) = client.step(client::Input::None)? else { panic!() };
//! server.step(server::Input::Response(first.expose()))?;
//! let step = server.step(server::Input::Credential(server::Credential::Scram(keys)))?;
//! let server::Step::Challenge(salt) = step else { panic!() };
//! let step = client.step(client::Input::Challenge(salt.expose()))?;
//! let client::Step::DeriveKey(due) = step else { panic!() };
//! let step = client.step(client::Input::Key(due.derive()))?;
//! let client::Step::Respond(proof) = step else { panic!() };
//! let step = server.step(server::Input::Response(proof.expose()))?;
//! let server::Step::Success { data: Some(data), .. } = step else { panic!() };
//!
//! client.step(client::Input::Challenge(&data))?; // else `Done` is an error
//! assert_eq!(client.step(client::Input::Done)?, client::Step::Complete);
//! # Ok::<(), Error>(())
//! ```
//!
//! # The same as lines
//!
//! SMTP, POP3 and IMAP all say base64, a line at a time, and `*` to give up. [`client::LineExchange`] and
//! [`server::LineExchange`] are exchanges that take and give such lines, bounded and with what of them is
//! secret; what is left to the protocol is the command, and the replies that tell the verdict.
//!
//! # What a server must see to
//!
//! - Entropy is new in each session, the salt secret ([`server::Config::with_salt_secret`]) never changes.
//! - All failures are answered alike, at a time that tells nothing. The steps are the same for a user that
//!   there is not, and what is computed is too, as far as [`server::Config::kept`] is true.
//! - [`server::Identity::authzid`] is a wish. Whether it is granted is for the embedder to say.
//! - The user next to a token is what the client claims: the token has to be of that user, or tell
//!   whose it is ([`server::Credential::VerifiedAs`]).
//!
//! Passwords, tokens and messages that hold them are [`postrider_wire::Secret`]: redacted in every
//! rendering, wiped when dropped. What a server compares, it compares in constant time.
//!
//! # Features
//!
//! `std` (default): `std` in the dependencies, and SASLprep beyond ASCII ([`prep`]). Without it the crate
//! is `no_std` + `alloc`, and SCRAM takes names and passwords of ASCII alone.
#![no_std]
#![forbid(unsafe_code)]
#![warn(
    clippy::alloc_instead_of_core,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::todo,
    clippy::unreachable,
    clippy::unwrap_used
)]

extern crate alloc;

mod binding;
pub mod client;
mod error;
mod initial_response;
pub mod line;
mod mac;
mod mechanism;
pub mod prep;
mod saslname;
pub mod scram;
pub mod server;

pub use binding::{BindingKind, ChannelBinding};
pub use error::{Error, Part};
pub use initial_response::InitialResponse;
pub use mechanism::{Mechanism, MechanismName, NoMechanismName};

/// Octets of an identity, a password, a host. RFC 4616 §2 asks for at least 255 of the first two.
pub const MOST: usize = 1024;

/// Octets of a bearer token. Messages have at most 12288 octets of base64 in SMTP (RFC 4954 §4).
pub const MOST_TOKEN: usize = 8192;
