//! What TLSA records say of the chain of certificates that a server presented.

use core::cell::OnceCell;

use sha2::{Digest, Sha256, Sha512};

use super::usable::filtered;
use super::{CERT, DANE_EE, DANE_TA, FULL, SHA2_256, SHA2_512, SPKI, TlsaRecord};

/// A certificate that a server presented, as two pieces of it. The TLS library, or what reads X.509
/// beside it, knows both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Presented<'a> {
    /// The whole certificate in DER.
    pub certificate: &'a [u8],
    /// Its SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7), the tag and the length of that SEQUENCE with
    /// it.
    pub public_key: &'a [u8],
}

impl<'a> Presented<'a> {
    /// A certificate.
    #[must_use]
    pub const fn new(certificate: &'a [u8], public_key: &'a [u8]) -> Self {
        Self { certificate, public_key }
    }
}

/// What TLSA records say of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DaneVerdict {
    /// A DANE-EE(3) record has the certificate of the server. It is authenticated, and that is all:
    /// neither its names nor its expiration are to be checked (RFC 7672 §3.1.1).
    EndEntity,
    /// A DANE-TA(2) record has this certificate of the chain. It remains to check that the chain up to
    /// it is valid, trusting that one, and that the certificate of the server is for one of the names
    /// of the demand (RFC 7672 §3.1.2, §3.2.2; [`name_matches`](crate::tls::identity::name_matches)).
    #[non_exhaustive]
    TrustAnchor {
        /// Where it stands in the chain; the certificate of the server is 0, and this is never it.
        index: usize,
    },
    /// No record that can be used matches: the server is not authenticated.
    NoMatch,
}

/// What these records say of a chain, which begins with the certificate of the server. Records that
/// [are of no use](super::usable) say nothing. A match of DANE-EE(3) is told before one of DANE-TA(2),
/// for less is left to check; of trust anchors that which is nearest to the server is told.
///
/// DANE-TA(2) is looked for above the certificate of the server: the anchor signs, and is part of what
/// the server presents, self-signed or not (RFC 7672 §3.1.2).
#[must_use]
pub fn verdict(records: &[TlsaRecord], chain: &[Presented<'_>]) -> DaneVerdict {
    let records = filtered(records);
    let any = |usage: u8, presented: &Presented<'_>| {
        let digests = Digests::new(presented);
        records.iter().any(|record| record.usage == usage && digests.match_with(record))
    };
    let Some((server, issuers)) = chain.split_first() else { return DaneVerdict::NoMatch };
    if any(DANE_EE, server) {
        return DaneVerdict::EndEntity;
    }
    match issuers.iter().position(|presented| any(DANE_TA, presented)) {
        Some(above) => DaneVerdict::TrustAnchor { index: above.saturating_add(1) },
        None => DaneVerdict::NoMatch,
    }
}

impl TlsaRecord {
    /// Whether the record has this certificate, whatever its usage (RFC 6698 §2.1).
    #[must_use]
    pub fn matches(&self, presented: &Presented<'_>) -> bool {
        Digests::new(presented).match_with(self)
    }
}

/// The digests of a certificate and of its key, each made once, when it is asked for: the peer decides
/// how long its chain is.
struct Digests<'a> {
    certificate: Selected<'a>,
    public_key: Selected<'a>,
}

/// What a selector selects.
struct Selected<'a> {
    octets: &'a [u8],
    sha256: OnceCell<[u8; 32]>,
    sha512: OnceCell<[u8; 64]>,
}

impl<'a> Digests<'a> {
    fn new(presented: &Presented<'a>) -> Self {
        let of = |octets| Selected { octets, sha256: OnceCell::new(), sha512: OnceCell::new() };
        Self { certificate: of(presented.certificate), public_key: of(presented.public_key) }
    }

    fn match_with(&self, record: &TlsaRecord) -> bool {
        let selected = match record.selector {
            CERT => &self.certificate,
            SPKI => &self.public_key,
            _ => return false,
        };
        let octets = selected.octets;
        match record.matching {
            FULL => record.data == octets,
            SHA2_256 => {
                record.data == selected.sha256.get_or_init(|| Sha256::digest(octets).into())
            }
            SHA2_512 => {
                record.data == selected.sha512.get_or_init(|| Sha512::digest(octets).into())
            }
            _ => false,
        }
    }
}
