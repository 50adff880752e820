//! SCRAM (RFC 5802, RFC 7677): keys and messages, which both ends share.
//!
//! ```text
//! C: n,,n=user,r=NONCE
//! S: r=NONCE+MORE,s=SALT,i=ITERATIONS
//! C: c=BINDING,r=NONCE+MORE,p=PROOF
//! S: v=SIGNATURE
//! ```

mod hash;
mod keys;
pub(crate) mod message;

pub use hash::Hash;
pub(crate) use hash::keyed;
pub(crate) use keys::bearable;
pub use keys::{DeriveKey, DerivedKey, ScramKeys};

/// Fewest iterations that are taken where nothing else was said (RFC 7677 §4).
pub const LEAST_ITERATIONS: u32 = 4096;
/// Most iterations that are taken where nothing else was said: about a second of one core.
pub const MOST_ITERATIONS: u32 = 1_000_000;
