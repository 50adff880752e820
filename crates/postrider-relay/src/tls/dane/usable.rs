//! What SMTP can use of the TLSA records of a host.

use alloc::vec::Vec;

use super::{CERT, DANE_EE, DANE_TA, FULL, SHA2_256, SHA2_512, SPKI, TlsaRecord};

/// Records that are looked at, of those that can be used. A host has two, or four while it changes its
/// key.
pub const MOST: usize = 32;

/// The records that SMTP can use, in their order, at most [`MOST`].
///
/// They are of usage DANE-TA(2) or DANE-EE(3): PKIX-TA(0) and PKIX-EE(1) are of no use, because there
/// is no set of authorities that all of mail trusts (RFC 7672 §3.1.3). Selector and matching type are
/// known (RFC 6698 §2.1), a digest has its length, and what is not a digest is a DER SEQUENCE, as a
/// certificate and a key are.
///
/// Of the digests of one usage and selector only the strongest that is there counts (RFC 7671 §9, which
/// RFC 7672 §5 demands): SHA-512, else SHA-256. What is given in full counts beside it.
///
/// Where this is empty and `records` is not, the host has TLS and nothing to check it by: demand
/// encryption without authentication (RFC 7672 §2.2).
#[must_use]
pub fn usable(records: &[TlsaRecord]) -> Vec<TlsaRecord> {
    filtered(records).into_iter().cloned().collect()
}

/// The same, borrowed.
pub(super) fn filtered(records: &[TlsaRecord]) -> Vec<&TlsaRecord> {
    let mut kept: Vec<_> = records.iter().filter(|record| record.is_known()).take(MOST).collect();
    let strong: Vec<_> = kept
        .iter()
        .filter(|record| record.matching == SHA2_512)
        .map(|record| (record.usage, record.selector))
        .collect();
    kept.retain(|record| {
        record.matching != SHA2_256 || !strong.contains(&(record.usage, record.selector))
    });
    kept
}

impl TlsaRecord {
    fn is_known(&self) -> bool {
        let fits = match self.matching {
            FULL => is_sequence(&self.data),
            SHA2_256 => self.data.len() == 32,
            SHA2_512 => self.data.len() == 64,
            _ => false,
        };
        fits && matches!(self.usage, DANE_TA | DANE_EE) && matches!(self.selector, CERT | SPKI)
    }
}

/// Whether these octets are one DER SEQUENCE: its tag, its length in one to five octets, and as many
/// octets as that says.
fn is_sequence(octets: &[u8]) -> bool {
    let Some((0x30, rest)) = octets.split_first().map(|(tag, rest)| (*tag, rest)) else {
        return false;
    };
    let Some((&first, rest)) = rest.split_first() else { return false };
    if first < 0x80 {
        return rest.len() == usize::from(first);
    }
    let size = usize::from(first & 0x7f);
    match rest.split_at_checked(size) {
        Some((length, content)) if (1..=4).contains(&size) => {
            let length = length.iter().fold(0u64, |sum, octet| sum << 8 | u64::from(*octet));
            u64::try_from(content.len()) == Ok(length)
        }
        _ => false,
    }
}
