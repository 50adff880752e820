//! What is made of a seed.

use alloc::format;
use alloc::string::String;
use core::fmt::Write as _;

use sha2::{Digest, Sha256};

/// `id-left "@" host`, which tells nothing of the seed. 128 bits of it make it the only one
/// (RFC 5322 §3.6.4), and what the mail is about keeps two apart that were given the same seed.
pub(crate) fn message_id(seed: &[u8; 32], host: &str, about: &str) -> String {
    let about = Sha256::new().chain_update("Message-ID").chain_update(about).finalize();
    let digest = derived(seed, &about);
    let mut id = String::new();
    for octet in digest.iter().take(16) {
        // Writing into a String cannot fail.
        let _ = write!(id, "{octet:02x}");
    }
    format!("{id}@{host}")
}

/// The seed of the boundaries.
pub(super) fn boundaries(seed: &[u8; 32]) -> [u8; 32] {
    derived(seed, b"boundary")
}

fn derived(seed: &[u8; 32], purpose: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(purpose).chain_update(seed).finalize().into()
}
