//! Mail that asks for TLS, or asks that it be let alone (RFC 8689).
//!
//! ```
//! use postrider_message::HeaderSection;
//! use postrider_relay::DomainName;
//! use postrider_relay::tls::require_tls::{NameProof, TlsTag};
//! use postrider_relay::tls::{CertificateCheck, Demand};
//!
//! let host = DomainName::parse("mx.example.org")?;
//! let section = HeaderSection::parse("Subject: Lunch\r\n\r\n");
//! // It came with MAIL FROM:<...> REQUIRETLS.
//! let tag = TlsTag::of(true, section.headers());
//! let demand = tag.demand(Some(&host), Demand::Opportunistic, NameProof::Dnssec)?;
//! assert_eq!(demand, Demand::Authenticated(CertificateCheck::web_pki(host.clone())));
//! // An MX record that anybody may have forged is not enough.
//! let refused = tag.demand(Some(&host), Demand::Opportunistic, NameProof::Unproved).unwrap_err();
//! assert_eq!(refused.status().to_string(), "5.7.10");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use postrider_message::{FieldName, Headers, TlsRequired};
use postrider_smtp::EnhancedStatusCode;

use super::{CertificateCheck, Demand};
use crate::DomainName;

/// What a mail says of TLS on its way, kept beside it for as long as it is (RFC 8689 §4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsTag {
    /// Nothing.
    #[default]
    Untagged,
    /// It came with `REQUIRETLS`: it goes on over TLS with a host that is who it says it is, and that
    /// knows `REQUIRETLS`, or not at all.
    Required,
    /// It has `TLS-Required: No`: that it arrives counts more than how.
    NotRequired,
}

/// What proves that a host is one of the domain of the recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameProof {
    /// The MX records that name it are [secure](crate::dns::Answer::secure).
    Dnssec,
    /// The policy of MTA-STS of the domain has it (RFC 8461 §4.1), in mode enforce or testing: what
    /// the mode says is what becomes of other hosts.
    MtaSts,
    /// Its name is no answer of the DNS: the domain itself, which has no MX record, or a host that was
    /// configured.
    Given,
    /// An MX record without any of these.
    Unproved,
}

/// Why a mail that requires TLS does not go to a host (RFC 8689 §4.2.1). When there is no other host to
/// try, it goes back to its sender: there is nothing to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TlsRequiredFault {
    /// Nothing proves that the host is one of the domain of the recipient.
    #[error("the mail requires TLS, and nothing proves the name of the host")]
    Unproved,
    /// The host has no name, so that no certificate can be for it.
    #[error("the mail requires TLS, and the host has no name")]
    NoName,
    /// There is no TLS with the host, or its certificate does not pass.
    #[error("the mail requires TLS, and none can be established with the host")]
    NoTls,
    /// The host does not offer `REQUIRETLS` once TLS is there.
    #[error("the mail requires TLS, and the host does not offer REQUIRETLS")]
    NotOffered,
}

impl TlsRequiredFault {
    /// The code of the bounce that says so: 550.
    #[must_use]
    pub fn reply_code(self) -> u16 {
        550
    }

    /// 5.7.30, REQUIRETLS support required, or 5.7.10, encryption needed (RFC 8689 §4.2.1).
    #[must_use]
    pub fn status(self) -> EnhancedStatusCode {
        match self {
            Self::NotOffered => EnhancedStatusCode::REQUIRE_TLS,
            Self::Unproved | Self::NoName | Self::NoTls => EnhancedStatusCode::ENCRYPTION_NEEDED,
        }
    }
}

impl TlsTag {
    /// The tag of a mail that came with this header section, and with `REQUIRETLS` on its `MAIL` or
    /// without. "If the REQUIRETLS MAIL FROM parameter is specified, the TLS-Required header field MUST
    /// be ignored" (RFC 8689 §4.1).
    #[must_use]
    pub fn of(requiretls: bool, headers: Headers<'_>) -> Self {
        match (requiretls, tls_required_no(headers)) {
            (true, _) => Self::Required,
            (false, true) => Self::NotRequired,
            (false, false) => Self::Untagged,
        }
    }

    /// What is demanded of a connection to a host for such a mail, given what is demanded for others;
    /// the host has no name where it is an address literal.
    ///
    /// A bounce, which has an empty return path, is under none of the demands of §4.2.1, and "the
    /// REQUIRETLS parameter SHOULD NOT cause a bounce message to be discarded" (§5): give it no tag, and
    /// say `REQUIRETLS` to a host that offers it.
    ///
    /// # Errors
    ///
    /// [`TlsRequiredFault`]: this host is not to be used.
    pub fn demand(
        self,
        host: Option<&DomainName>,
        demand: Demand,
        name: NameProof,
    ) -> Result<Demand, TlsRequiredFault> {
        match (self, demand) {
            (Self::Untagged, demand) => Ok(demand),
            (Self::NotRequired, _) => Ok(Demand::Opportunistic),
            (Self::Required, _) if name == NameProof::Unproved => Err(TlsRequiredFault::Unproved),
            (Self::Required, Demand::Authenticated(check)) => Ok(Demand::Authenticated(check)),
            (Self::Required, Demand::Opportunistic | Demand::Encrypted) => {
                let name = host.ok_or(TlsRequiredFault::NoName)?.clone();
                Ok(Demand::Authenticated(CertificateCheck::WebPki { name }))
            }
        }
    }

    /// Whether the mail may go, now that the host has answered the EHLO inside TLS: "Ensure that the
    /// response to the subsequent EHLO following establishment of the TLS protection advertises the
    /// REQUIRETLS capability" (RFC 8689 §4.2.1).
    ///
    /// # Errors
    ///
    /// [`TlsRequiredFault::NotOffered`].
    pub fn check_offer(self, offers_requiretls: bool) -> Result<(), TlsRequiredFault> {
        match self {
            Self::Required if !offers_requiretls => Err(TlsRequiredFault::NotOffered),
            _ => Ok(()),
        }
    }
}

/// Whether the mail says `TLS-Required: No` (RFC 8689 §3): the policies of the domain of the recipient,
/// MTA-STS and DANE, are not to stand in its way. A field that says something else says nothing, and so
/// do two: "More than one instance of the TLS-Required header field MUST NOT appear in a given message".
///
/// ```
/// use postrider_message::HeaderSection;
/// use postrider_relay::tls::require_tls::tls_required_no;
///
/// let section = HeaderSection::parse("TLS-Required: No\r\n\r\n");
/// assert!(tls_required_no(section.headers()));
/// ```
#[must_use]
pub fn tls_required_no(headers: Headers<'_>) -> bool {
    let mut fields = headers.all(FieldName::TlsRequired);
    let first = fields.next().and_then(|field| field.read::<Option<TlsRequired>>().value);
    first == Some(TlsRequired::No) && fields.next().is_none()
}
