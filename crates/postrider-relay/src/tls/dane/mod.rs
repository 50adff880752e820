//! DANE for SMTP: which TLSA records can be used, and what they say of a certificate (RFC 7672).
//!
//! The TLSA records of `_25._tcp.` and the name of a host are asked for where DNSSEC proves the answers
//! before them, and count where it proves them too. [`usable`] tells what of them SMTP can use: nothing
//! at all means encryption without a check ([`Demand::Encrypted`](super::Demand::Encrypted)), for the
//! host says that it has TLS. [`verdict`] is asked once the handshake is through:
//!
//! ```
//! use postrider_relay::tls::dane::{DaneVerdict, Presented, TlsaRecord, usable, verdict};
//!
//! // What a TLS library tells of a certificate: itself, and its SubjectPublicKeyInfo, both in DER.
//! let (certificate, public_key) = (b"certificate", b"public key");
//! // printf 'public key' | sha256sum
//! let digest = "f569a86d3c2c8d7dda26b5dbea20bd5c19eeb35dfc63fdb724bac4f21c227850";
//!
//! let records = [format!("3 1 1 {digest}").parse::<TlsaRecord>()?];
//! assert_eq!(usable(&records), records);
//! let chain = [Presented::new(certificate, public_key)];
//! assert_eq!(verdict(&records, &chain), DaneVerdict::EndEntity);
//! let other = [Presented::new(certificate, b"another key")];
//! assert_eq!(verdict(&records, &other), DaneVerdict::NoMatch);
//! # Ok::<(), postrider_relay::tls::dane::InvalidTlsa>(())
//! ```

mod presentation;
mod usable;
mod verdict;

use alloc::vec::Vec;

pub use presentation::InvalidTlsa;
pub use usable::{MOST, usable};
pub use verdict::{DaneVerdict, Presented, verdict};

/// Usage: a trust anchor, which the certificate of the server chains to.
const DANE_TA: u8 = 2;
/// Usage: the certificate of the server itself.
const DANE_EE: u8 = 3;

/// Selector: the whole certificate.
const CERT: u8 = 0;
/// Selector: its SubjectPublicKeyInfo.
const SPKI: u8 = 1;

/// Matching type: the octets themselves.
const FULL: u8 = 0;
/// Matching type: their SHA-256.
const SHA2_256: u8 = 1;
/// Matching type: their SHA-512.
const SHA2_512: u8 = 2;

/// A TLSA record (RFC 6698 §2.1), as the DNS gave it. Its text is that of RFC 6698 §2.2.
///
/// ```
/// use postrider_relay::tls::dane::TlsaRecord;
///
/// let record: TlsaRecord = "3 1 1 8BD1DA95272F7FA4FFB24137FC0ED03AAE67E5C4D8B3C507 34E1050A7920B922".parse()?;
/// assert_eq!((record.usage, record.selector, record.matching, record.data.len()), (3, 1, 1, 32));
/// let text = "3 1 1 8bd1da95272f7fa4ffb24137fc0ed03aae67e5c4d8b3c50734e1050a7920b922";
/// assert_eq!(record.to_string(), text);
/// # Ok::<(), postrider_relay::tls::dane::InvalidTlsa>(())
/// ```
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
