//! What was found, and why nothing was.

use alloc::vec::Vec;

use super::Service;
use crate::DomainName;

/// A server to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The host, whose addresses are looked up.
    pub host: DomainName,
    /// The port.
    pub port: u16,
    /// How TLS begins; it is a must.
    pub security: Security,
    /// The names of which the certificate must have one as a DNS-ID (RFC 6125 §6, RFC 7817 §3): the
    /// host, where it may be trusted to be the right one, and the domain of the user. Never none;
    /// the first goes into SNI (RFC 6186 §4).
    pub names: Vec<DomainName>,
    /// The SRV-ID that the certificate may have instead (RFC 4985), such as `_imaps.example.com`.
    pub srv_id: DomainName,
    /// Whether the user is to be asked before a connection: the host is outside of the domain, and
    /// nothing proves that the domain named it (RFC 6186 §6, RFC 8314 §5.1).
    pub needs_consent: bool,
    /// The priority of its record; lower is tried first.
    pub priority: u16,
}

impl Endpoint {
    /// The endpoint after the user has agreed to this host: a certificate for it will do (RFC 6186
    /// §6).
    #[must_use]
    pub fn with_consent(mut self) -> Self {
        if self.needs_consent {
            self.needs_consent = false;
            self.names.insert(0, self.host.clone());
        }
        self
    }

    pub(super) fn is_at(&self, other: &Self) -> bool {
        (&self.host, self.port, self.security) == (&other.host, other.port, other.security)
    }
}

/// How TLS begins on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "RFC 8314 knows these two")]
pub enum Security {
    /// With the first octet (RFC 8314 §3).
    Implicit,
    /// With STARTTLS or STLS, and nothing of worth before it (RFC 2595, RFC 3207).
    StartTls,
}

/// Why there is no endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NoEndpoint {
    /// The domain has no SRV record for the service, which most domains have not: it says nothing
    /// of it. [`guesses`](super::guesses) may help, or the user.
    #[error("the domain has no record of the service")]
    NotOffered,
    /// The domain says that it does not have the service: the target is `.` (RFC 2782, RFC 6186
    /// §3.4). There is nothing to guess.
    #[error("the domain does not have the service")]
    Unavailable,
    /// There are records, and none names a host and a port.
    #[error("no record of the service names a host")]
    NoHost,
    /// Nobody knows at present: try again later, and set up nothing until then.
    #[error("the records of the service could not be looked up")]
    LookupFailed,
}

impl NoEndpoint {
    /// Whether another try may help.
    #[must_use]
    pub fn is_temporary(self) -> bool {
        self == Self::LookupFailed
    }
}

/// Which of IMAP and POP3 the domain would have a client use that can do both: the one with the
/// record of the lowest priority (RFC 6186 §3.4). Of equals IMAP, which the RFC leaves to the
/// client.
///
/// The outcomes are those of two [`Discovery`](super::Discovery). An account that is set up stays
/// with its service: no change of priorities moves it without its user (RFC 6186 §4).
///
/// ```
/// use postrider_relay::discover::{NoEndpoint, Service, prefer};
///
/// let nothing = prefer(Err(NoEndpoint::Unavailable), Err(NoEndpoint::NotOffered));
/// assert_eq!(nothing, Err(NoEndpoint::Unavailable));
/// ```
///
/// # Errors
///
/// [`NoEndpoint::LookupFailed`] if either lookup failed, since the one that failed may be
/// preferred; else why there is no IMAP, when there is neither.
pub fn prefer(
    imap: Result<&[Endpoint], NoEndpoint>,
    pop3: Result<&[Endpoint], NoEndpoint>,
) -> Result<Service, NoEndpoint> {
    let best = |of: Result<&[Endpoint], NoEndpoint>| match of {
        Ok(endpoints) => Ok(endpoints.iter().map(|endpoint| endpoint.priority).min()),
        Err(why) if why.is_temporary() => Err(why),
        Err(_) => Ok(None),
    };
    match (best(imap)?, best(pop3)?) {
        (Some(imap), Some(pop3)) if pop3 < imap => Ok(Service::Pop3),
        (Some(_), _) => Ok(Service::Imap),
        (None, Some(_)) => Ok(Service::Pop3),
        (None, None) => Err(imap.err().unwrap_or(NoEndpoint::NotOffered)),
    }
}
