//! What is to be demanded of the TLS of a connection, and what is to be reported of it.
//!
//! | | tells | RFC |
//! |---|---|---|
//! | [`dane`] | what TLSA records say of a certificate | 7672, 6698, 7671 |
//! | [`sts`] | what policy a domain has, and which hosts it allows | 8461 |
//! | [`require_tls`] | what a mail itself asks for | 8689 |
//! | [`report`] | whom to tell how it went, and what | 8460 |
//!
//! What comes of the first three is a [`Demand`]; what comes of a connection is a [`TlsOutcome`]:
//!
//! ```
//! use postrider_relay::tls::dane::{TlsaRecord, usable};
//! use postrider_relay::tls::{CertificateCheck, Demand};
//!
//! let demand = |records: &[TlsaRecord]| match usable(records) {
//!     none if none.is_empty() => Demand::Encrypted,
//!     records => Demand::Authenticated(CertificateCheck::dane(records, [])),
//! };
//! // Usage 1 is of no use to SMTP: there is TLS, and nothing to check it by.
//! assert_eq!(demand(&[TlsaRecord::new(1, 1, 1, [7; 32])]), Demand::Encrypted);
//! let record = TlsaRecord::new(3, 1, 1, [7; 32]);
//! assert!(matches!(demand(&[record]), Demand::Authenticated(CertificateCheck::Dane { .. })));
//! ```

pub mod dane;
pub mod identity;
mod record;
pub mod report;
pub mod require_tls;
pub mod sts;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::DomainName;
use dane::TlsaRecord;

/// What a connection to a host must offer before a mail may go through it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Demand {
    /// TLS where it is offered, whatever the certificate says; clear text where it is not (RFC 3207,
    /// RFC 7435). A handshake that fails is no reason to lose the mail either: connect again, in clear.
    Opportunistic,
    /// TLS, whatever the certificate says: the host has TLSA records, and none that can be used
    /// (RFC 7672 §2.2).
    Encrypted,
    /// TLS, and the certificate passes this check.
    Authenticated(CertificateCheck),
}

/// Which check a certificate has to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateCheck {
    /// It chains to an authority that is trusted, has not expired, and names this host as a DNS-ID
    /// (RFC 8461 §4.2).
    #[non_exhaustive]
    WebPki {
        /// The host.
        name: DomainName,
    },
    /// One of these records matches (RFC 7672 §3); `dane::verdict` tells.
    #[non_exhaustive]
    Dane {
        /// Those of the host that can be used; never none.
        records: Vec<TlsaRecord>,
        /// The names of which the certificate must have one, where a trust anchor matches: the base
        /// domain of the records, the host, the domain of the recipient and what it is an alias of
        /// (RFC 7672 §3.2.2).
        names: Vec<DomainName>,
    },
}

impl CertificateCheck {
    /// A certificate of the web's authorities, for this host.
    #[must_use]
    pub const fn web_pki(name: DomainName) -> Self {
        Self::WebPki { name }
    }

    /// A certificate that one of these records has; where it is a trust anchor that matches, for one of
    /// these names.
    #[must_use]
    pub fn dane(records: impl Into<Vec<TlsaRecord>>, names: impl Into<Vec<DomainName>>) -> Self {
        Self::Dane { records: records.into(), names: names.into() }
    }
}

impl Demand {
    /// Whether a mail may go in clear text.
    #[must_use]
    pub fn allows_clear_text(&self) -> bool {
        matches!(self, Self::Opportunistic)
    }
}

/// How the TLS of a connection turned out, as far as a demand and a report (RFC 8460 §4.3) care.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsOutcome {
    /// The connection is encrypted, and the certificate passed what was demanded, if anything was.
    Secure,
    /// STARTTLS was not offered, or refused.
    NotOffered,
    /// The certificate is for another host.
    HostMismatch,
    /// The certificate has expired, or is not valid yet.
    Expired,
    /// Nobody that is trusted vouches for the certificate, or no TLSA record matches it.
    NotTrusted,
    /// Something else went wrong: a short word of the program for the cause.
    Failed(String),
}

impl fmt::Display for TlsOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secure => "tls is as demanded",
            Self::NotOffered => "tls is required and not offered",
            Self::HostMismatch => "the certificate is for another host",
            Self::Expired => "the certificate is not valid at this time",
            Self::NotTrusted => "the certificate is not trusted",
            Self::Failed(why) => return write!(f, "tls failed: {why}"),
        })
    }
}
