//! What has to be new in every exchange, made from the entropy that the caller gives.

use alloc::string::String;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Hash;

/// A nonce of 192 bits in base64, in which no comma stands (RFC 5802 §5.1). Entropy that serves more
/// than one purpose gives another nonce for each.
pub(super) fn nonce(entropy: &[u8; 32], purpose: &str) -> String {
    let octets = Hash::Sha256.hmac(entropy, &[b"SCRAM nonce: ", purpose.as_bytes()]);
    STANDARD.encode(octets.expose().get(..24).unwrap_or_default())
}
