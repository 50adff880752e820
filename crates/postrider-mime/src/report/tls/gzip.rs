//! gzip (RFC 1952) in memory, bounded.

use std::io::{Read, Write};

use alloc::vec::Vec;

use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};

/// Whether octets begin as gzip does (RFC 1952 §2.3.1).
pub(super) fn is_gzip(octets: &[u8]) -> bool {
    octets.starts_with(&[0x1f, 0x8b])
}

/// At most `most` octets of what is inflated, and whether that is all, and whole.
pub(super) fn inflate(octets: &[u8], most: usize) -> (Vec<u8>, Inflated) {
    let mut out = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let read = MultiGzDecoder::new(octets).take(limit).read_to_end(&mut out);
    let told = match read {
        _ if out.len() > most => Inflated::TooLarge,
        Ok(_) => Inflated::Whole,
        Err(_) => Inflated::Broken,
    };
    out.truncate(most);
    (out, told)
}

/// How inflating ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inflated {
    Whole,
    TooLarge,
    Broken,
}

pub(super) fn deflate(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to a `Vec` does not fail.
    let _ = encoder.write_all(octets);
    encoder.finish().unwrap_or_default()
}
