//! gzip (RFC 1952) in memory, bounded.

use std::io::{Read, Write};

use alloc::vec::Vec;

use flate2::{Compression, bufread::GzDecoder, write::GzEncoder};

/// Whether octets begin as gzip does (RFC 1952 §2.3.1).
pub(super) fn is_gzip(octets: &[u8]) -> bool {
    octets.starts_with(&[0x1f, 0x8b])
}

/// Members that are inflated. A report has one; to begin one costs as much as thousands of octets,
/// and it may have none.
const MEMBERS: usize = 64;

/// At most `most` octets of what is inflated, and whether that is all, and whole.
pub(super) fn inflate(octets: &[u8], most: usize) -> (Vec<u8>, Inflated) {
    let mut out = Vec::new();
    let mut rest = octets;
    let mut told = Inflated::TooLarge;
    for _ in 0..MEMBERS {
        let left = most.saturating_sub(out.len()).saturating_add(1);
        let mut member = GzDecoder::new(rest);
        let limit = u64::try_from(left).unwrap_or(u64::MAX);
        let read = member.by_ref().take(limit).read_to_end(&mut out);
        if out.len() > most {
            break;
        }
        rest = member.into_inner();
        if read.is_err() || rest.is_empty() {
            told = if read.is_err() { Inflated::Broken } else { Inflated::Whole };
            break;
        }
    }
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
