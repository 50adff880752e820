//! SASL (RFC 4422) mechanisms as exchanges without I/O: what a client says and what a server makes of
//! it, as plain values.
//!
//! [`client`] has every mechanism of [`Mechanism`]; of the server's end [`plain`] stands, PLAIN of RFC
//! 4616.
//!
//! # A client
//!
//! [`client::Choice`] picks the strongest mechanism that the server offers and the credentials fit;
//! without TLS none that reveals them. [`client::Exchange`] then answers step by step, and asks for
//! what takes time: a key to be derived ([`client::Step::DeriveKey`]), a token to be got
//! ([`client::Step::NeedToken`]). Success counts only when the exchange says so too: a server of SCRAM
//! that has not proven itself is [`Error::ServerNotProven`].
//!
//! ```
//! use postrider_sasl::client::{Choice, Credentials, Exchange, Input, Step};
//! use postrider_sasl::{ChannelBinding, Mechanism};
//! use postrider_wire::Secret;
//!
//! // RFC 2195 §2
//! let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
//! let entropy = [7; 32]; // New in each exchange.
//! let tls = postrider_wire::TlsInfo::new();
//! let mechanism = Choice::new().choose(["CRAM-MD5", "PLAIN"], &tim, Some(&tls));
//! assert_eq!(mechanism, Ok(Mechanism::CramMd5));
//! let none = ChannelBinding::none();
//! let mut exchange = Exchange::new(Mechanism::CramMd5, &tim, &none, false, &entropy)?;
//! assert_eq!(exchange.step(Input::None)?, Step::Wait);
//! let challenge = b"<1896.697170952@postoffice.reston.mci.net>";
//! let Step::Respond(response) = exchange.step(Input::Challenge(challenge))? else { panic!() };
//! assert_eq!(response.expose(), b"tim b913a602c7eda7a495b4e6e7334d3890");
//! assert_eq!(exchange.step(Input::Done)?, Step::Complete);
//! # Ok::<(), postrider_sasl::Error>(())
//! ```
//!
//! # The two ends
//!
//! A client exchange is made from identity and password, and gives the message to send:
//!
//! ```
//! use postrider_sasl::plain;
//! use postrider_wire::Secret;
//!
//! // RFC 4616 §4
//! let password = Secret::new(String::from("tanstaaftanstaaf"));
//! let mut client = plain::Client::new("tim", &password)?;
//! let message = client.initial_response()?;
//! assert_eq!(message.expose(), b"\0tim\0tanstaaftanstaaf");
//! # Ok::<(), postrider_sasl::Error>(())
//! ```
//!
//! A server exchange takes the message apart. It decides nothing: whether the password is right, and
//! whether this user may act for another one, only the embedder knows.
//!
//! ```
//! use postrider_sasl::plain;
//!
//! let mut server = plain::Server::new();
//! let given = server.receive(b"Ursel\0Kurt\0xipj3plmq")?;
//! assert_eq!(given.authcid, "Kurt");
//! assert_eq!(given.authzid.as_deref(), Some("Ursel"));
//! assert_eq!(given.password.expose(), "xipj3plmq");
//! assert!(!format!("{given:?}").contains("xipj3plmq"));
//! # Ok::<(), postrider_sasl::Error>(())
//! ```
//!
//! # On the wire
//!
//! SMTP, POP3 and IMAP carry messages as lines of base64. [`mod@line`] encodes and decodes them, strictly:
//! a lenient decoder would take two texts for the same message. A client may send its first message
//! with the command that names the mechanism; there an empty message is `=`, because nothing would
//! mean that none was sent. A `*` cancels.
//!
//! ```
//! use postrider_sasl::{Error, line, plain};
//! use postrider_wire::Secret;
//!
//! let mut client = plain::Client::new("bob", &Secret::new("builder".into()))?;
//! let command = format!(
//!     "AUTH {} {}",
//!     plain::NAME,
//!     line::encode_initial(client.initial_response()?.expose()).expose(),
//! );
//! assert_eq!(command, "AUTH PLAIN AGJvYgBidWlsZGVy");
//!
//! let message = line::decode_initial(b"AGJvYgBidWlsZGVy", plain::MOST_MESSAGE)?;
//! assert_eq!(plain::Server::new().receive(message.expose())?.authcid, "bob");
//! assert_eq!(line::decode(b"*", plain::MOST_MESSAGE), Err(Error::Cancelled));
//! # Ok::<(), Error>(())
//! ```
//!
//! # What is refused
//!
//! | what | why |
//! |---|---|
//! | NUL in an identity or password | it parts them on the wire (RFC 4616 §2) |
//! | an empty identity or password | the same grammar |
//! | more than [`plain::MOST`] octets in any of them | memory is bounded |
//! | a challenge that is not empty, by the client | PLAIN has none; the password is not given away |
//! | a second message | an exchange is spent once |
//! | base64 with white space, odd padding or stray bits | RFC 4648 §3 |
//!
//! Passwords and messages that hold them are [`postrider_wire::Secret`]: redacted in every rendering,
//! wiped when dropped. SCRAM prepares names and passwords ([`saslprep`], RFC 4013); PLAIN sends and
//! compares them as they come, so identities outside ASCII match only if both sides wrote them alike.
//!
//! # Features
//!
//! `std` (default): `std` in the dependencies, and `saslprep`. Without it the crate is `no_std` +
//! `alloc`. `saslprep`: SCRAM beyond ASCII.
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
pub mod line;
mod mechanism;
mod nonce;
pub mod plain;
mod prep;
pub mod scram;

pub use binding::{BindingKind, ChannelBinding};
pub use error::{Error, Part};
pub use mechanism::Mechanism;
pub use prep::saslprep;

/// Longest name or password, in octets.
pub const MOST: usize = 1024;
/// Longest token, in octets.
pub const MOST_TOKEN: usize = 8192;
