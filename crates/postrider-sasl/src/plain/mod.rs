//! PLAIN (RFC 4616): identity and password as they are, in one message.
//!
//! ```text
//! message = [authzid] UTF8NUL authcid UTF8NUL passwd
//! ```
//!
//! Only for connections under TLS; the machines see to that.

mod client;
mod server;

#[cfg(test)]
mod tests;

pub use client::Client;
pub use server::{Credentials, Server};

/// The name of the mechanism.
pub const NAME: &str = "PLAIN";

/// Octets of each identity and of the password. RFC 4616 §2 asks for at least 255.
pub const MOST: usize = 1024;

/// Octets of the message.
pub const MOST_MESSAGE: usize = 3 * MOST + 2;
