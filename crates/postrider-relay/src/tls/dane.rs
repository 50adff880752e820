//! DANE for SMTP: which TLSA records can be used, and what they say of a certificate (RFC 7672).

use alloc::vec::Vec;

/// A TLSA record (RFC 6698 §2.1), as the DNS gave it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TlsaRecord {
    /// Certificate usage: 2 is DANE-TA, 3 is DANE-EE; 0 and 1 are of no use to SMTP (RFC 7672 §3.1.3).
    pub usage: u8,
    /// Selector: 0 the whole certificate, 1 its SubjectPublicKeyInfo.
    pub selector: u8,
    /// Matching type: 0 the octets themselves, 1 their SHA-256, 2 their SHA-512.
    pub matching: u8,
    /// Certificate association data.
    pub data: Vec<u8>,
}

impl TlsaRecord {
    /// A record.
    #[must_use]
    pub fn new(usage: u8, selector: u8, matching: u8, data: impl Into<Vec<u8>>) -> Self {
        Self { usage, selector, matching, data: data.into() }
    }
}
