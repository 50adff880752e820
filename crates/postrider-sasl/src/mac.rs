//! Keyed hashes: the proof of CRAM-MD5, what is made of entropy, and comparison.

use alloc::string::String;

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// HMAC-SHA-256, under which different things are made of one secret. HMAC takes keys of any length, so
/// that no other answer than the digest ever comes.
pub(crate) fn derived(secret: &[u8; 32], pieces: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(secret) else { return [0; 32] };
    for piece in pieces {
        // Told apart by their lengths.
        mac.update(&u64::try_from(piece.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(piece);
    }
    mac.finalize().into_bytes().into()
}

/// ```text
/// digest = MD5((secret XOR opad), MD5((secret XOR ipad), challenge))
/// ```
///
/// in 32 digits of lower case (RFC 2195 §2).
pub(crate) fn cram_md5(secret: &str, challenge: &[u8]) -> String {
    let Ok(mut mac) = <Hmac<Md5> as KeyInit>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(challenge);
    let digits = b"0123456789abcdef";
    let digest = mac.finalize().into_bytes();
    digest
        .iter()
        .flat_map(|octet| [octet >> 4, octet & 15])
        .filter_map(|digit| digits.get(usize::from(digit)).copied().map(char::from))
        .collect()
}

/// Whether two texts are the same. Digests of them are compared, in constant time, so that not even the
/// length of the secret one can be told from how long it takes.
pub(crate) fn are_same(key: &[u8; 32], one: &[u8], other: &[u8]) -> bool {
    derived(key, &[one]).ct_eq(&derived(key, &[other])).into()
}
