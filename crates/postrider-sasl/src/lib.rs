//! SASL (RFC 4422) mechanisms as exchanges without I/O: what a client says and what a server makes of
//! it, as plain values.
//!
//! One mechanism stands here: [`plain`], PLAIN of RFC 4616.
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
//! wiped when dropped. Strings are compared and stored as they come; nothing here prepares them
//! (SASLprep), so identities outside ASCII match only if both sides wrote them alike.
//!
//! # Features
//!
//! `std` (default): `std` in the dependencies. Without it the crate is `no_std` + `alloc`.
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

mod error;
pub mod line;
pub mod plain;

pub use error::{Error, Part};
