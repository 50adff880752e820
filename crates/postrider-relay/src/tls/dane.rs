//! DANE for SMTP: which TLSA records can be used, and what they say of a certificate (RFC 7672).
//!
//! A certificate is judged in two steps, because X.509 is not read here: the TLS library hands the chain
//! over as the server sent it, and [`verdict`] says which check is left, if any.
//!
//! ```
//! use postrider_relay::tls::dane::{DaneVerdict, Presented, TlsaRecord, usable, verdict};
//!
//! // The SHA-256 of "key" stands for that of a SubjectPublicKeyInfo.
//! let digest = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683";
//! let records = usable(&[format!("3 1 1 {digest}").parse()?, "1 1 1 00".parse()?]);
//! assert_eq!(records.len(), 1);
//! let server = Presented::new(b"a certificate", b"key");
//! assert_eq!(verdict(&records, &[server]), DaneVerdict::EndEntity);
//! # Ok::<(), postrider_relay::tls::dane::InvalidTlsa>(())
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest, Sha256, Sha512};

use crate::DomainName;

/// Records of a host of which use is made; none has as many.
const RECORDS: usize = 64;
/// Certificates of a chain that are looked at.
const CHAIN: usize = 32;

/// The issuer is a trust anchor.
const DANE_TA: u8 = 2;
/// This is the certificate, or the key, of the server.
const DANE_EE: u8 = 3;

/// A TLSA record (RFC 6698 §2.1), as the DNS gave it. It displays, and is read, as in a zone file.
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

/// The text is no TLSA record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("a tlsa record is three numbers and hexadecimal digits")]
#[non_exhaustive]
pub struct InvalidTlsa;

/// A certificate that a server presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presented<'a> {
    certificate: &'a [u8],
    public_key: &'a [u8],
}

/// What the records of a host say of the chain that it presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DaneVerdict {
    /// The server's own certificate, or key, is the one. Nothing else is checked: neither its names nor
    /// when it expires (RFC 7672 §3.1.1).
    EndEntity,
    /// This certificate of the chain is a trust anchor. What is left to check: that the chain up to it is
    /// valid now, and that the server's certificate has one of the names of the demand
    /// ([`name_matches`]) (RFC 7672 §3.1.2, §3.2.3).
    #[non_exhaustive]
    TrustAnchor {
        /// Which of the chain, from 0, the server's own.
        index: usize,
    },
    /// None matches: the server is not authenticated.
    NoMatch,
}

impl TlsaRecord {
    /// A record.
    #[must_use]
    pub fn new(usage: u8, selector: u8, matching: u8, data: impl Into<Vec<u8>>) -> Self {
        Self { usage, selector, matching, data: data.into() }
    }

    /// Whether SMTP can use it: DANE-TA or DANE-EE (RFC 7672 §3.1), with a selector and a matching type
    /// that RFC 6698 §2.1 has, and as many octets as these make.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let length = match self.matching {
            0 => !self.data.is_empty(),
            1 => self.data.len() == 32,
            2 => self.data.len() == 64,
            _ => false,
        };
        matches!(self.usage, DANE_TA | DANE_EE) && self.selector <= 1 && length
    }

    /// Whether this certificate is the one that it speaks of. Whether that is enough, the usage says.
    #[must_use]
    pub fn matches(&self, certificate: Presented<'_>) -> bool {
        let selected = match self.selector {
            0 => certificate.certificate,
            1 => certificate.public_key,
            _ => return false,
        };
        match self.matching {
            0 => self.data == selected,
            1 => self.data == Sha256::digest(selected).as_slice(),
            2 => self.data == Sha512::digest(selected).as_slice(),
            _ => false,
        }
    }
}

impl<'a> Presented<'a> {
    /// A certificate in DER, and the SubjectPublicKeyInfo in it, in DER too.
    #[must_use]
    pub fn new(certificate: &'a [u8], public_key: &'a [u8]) -> Self {
        Self { certificate, public_key }
    }
}

/// The records that can be used. Among the digests of the same usage and selector the stronger ones alone
/// count (RFC 7671 §9: "the client SHOULD … use only the strongest"), so that a weak one cannot be chosen
/// by an attacker.
#[must_use]
pub fn usable(records: &[TlsaRecord]) -> Vec<TlsaRecord> {
    let usable: Vec<&TlsaRecord> =
        records.iter().filter(|record| record.is_usable()).take(RECORDS).collect();
    let strongest = |one: &TlsaRecord| {
        let alike = usable
            .iter()
            .filter(|other| (other.usage, other.selector) == (one.usage, one.selector));
        alike.map(|other| other.matching).max()
    };
    usable
        .iter()
        .filter(|one| one.matching == 0 || Some(one.matching) == strongest(one))
        .map(|one| (*one).clone())
        .collect()
}

/// What usable records say of a chain, the server's certificate first. One that matches is enough
/// (RFC 6698 §4.1).
#[must_use]
pub fn verdict(records: &[TlsaRecord], chain: &[Presented<'_>]) -> DaneVerdict {
    let of = |usage: u8| {
        records
            .iter()
            .filter(move |record| record.usage == usage && record.is_usable())
            .take(RECORDS)
    };
    let Some(own) = chain.first() else { return DaneVerdict::NoMatch };
    if of(DANE_EE).any(|record| record.matches(*own)) {
        return DaneVerdict::EndEntity;
    }
    let anchor = chain
        .iter()
        .take(CHAIN)
        .position(|certificate| of(DANE_TA).any(|record| record.matches(*certificate)));
    anchor.map_or(DaneVerdict::NoMatch, |index| DaneVerdict::TrustAnchor { index })
}

/// Whether a DNS-ID of a certificate is this name. A wildcard may be its whole first label and stands for
/// one label (RFC 7672 §3.2.3, RFC 6125 §6.4.3).
///
/// ```
/// use postrider_relay::DomainName;
/// use postrider_relay::tls::dane::name_matches;
///
/// let host = DomainName::parse("mx1.example.com")?;
/// assert!(name_matches(&host, "MX1.example.com") && name_matches(&host, "*.example.com"));
/// assert!(!name_matches(&host, "mx*.example.com") && !name_matches(&host, "*.com"));
/// # Ok::<(), postrider_relay::InvalidDomain>(())
/// ```
#[must_use]
pub fn name_matches(name: &DomainName, dns_id: &str) -> bool {
    match dns_id.strip_prefix("*.") {
        Some(below) => {
            let (_, rest) = name.as_str().split_once('.').unwrap_or_default();
            // Of a whole top-level domain nobody has a certificate.
            rest.contains('.') && DomainName::parse(below).is_ok_and(|below| below.as_str() == rest)
        }
        None => DomainName::parse(dns_id).is_ok_and(|id| id == *name),
    }
}

impl fmt::Display for TlsaRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} ", self.usage, self.selector, self.matching)?;
        self.data.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl core::str::FromStr for TlsaRecord {
    type Err = InvalidTlsa;

    fn from_str(text: &str) -> Result<Self, InvalidTlsa> {
        let mut words = text.split_ascii_whitespace();
        let mut number =
            || words.next().and_then(|word| word.parse::<u8>().ok()).ok_or(InvalidTlsa);
        let [usage, selector, matching] = [number()?, number()?, number()?];
        let digits: String = words.collect();
        if !digits.len().is_multiple_of(2) || !digits.is_ascii() {
            return Err(InvalidTlsa);
        }
        let data: Option<Vec<u8>> = digits
            .as_bytes()
            .chunks_exact(2)
            .map(|pair| {
                let pair = core::str::from_utf8(pair).ok()?;
                let is_hex = pair.bytes().all(|digit| digit.is_ascii_hexdigit());
                is_hex.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
            })
            .collect();
        Ok(Self::new(usage, selector, matching, data.ok_or(InvalidTlsa)?))
    }
}
