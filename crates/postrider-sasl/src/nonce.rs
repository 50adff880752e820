//! What has to be new in each exchange, made from the caller's entropy.

use alloc::string::String;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::scram::Hash;

/// A nonce of 192 bits in base64, which holds no comma (RFC 5802 §5.1). `label` keeps the uses of one
/// entropy apart.
pub(crate) fn nonce(entropy: &[u8; 32], label: &str) -> String {
    let octets = Hash::Sha256.hmac(entropy, &[label.as_bytes()]);
    STANDARD_NO_PAD.encode(octets.expose().get(..24).unwrap_or_default())
}
