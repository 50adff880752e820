//! What is worth a try where a domain says nothing.

use alloc::vec::Vec;

use super::{Security, Service};
use crate::DomainName;

/// A server that may be there: no record says so. It is for a person to confirm, and no password
/// goes to it before that (RFC 8314 §5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Guess {
    /// The host, which may not even exist. The certificate must name it.
    pub host: DomainName,
    /// The port that is registered for the service.
    pub port: u16,
    /// How TLS begins; it is a must.
    pub security: Security,
}

/// The names that hosts of such a service commonly have, each with implicit TLS before STARTTLS:
/// "some other heuristic", which RFC 6186 §4 allows where there is no SRV record. Only for
/// [`NoEndpoint::NotOffered`](super::NoEndpoint::NotOffered): a domain that says it has no such
/// service is believed, and a lookup that failed is repeated.
///
/// ```
/// use postrider_relay::DomainName;
/// use postrider_relay::discover::{Security, Service, guesses};
///
/// let guesses = guesses(&DomainName::parse("example.com")?, Service::Imap);
/// let first = guesses.first().unwrap();
/// assert_eq!((first.host.as_str(), first.port), ("imap.example.com", 993));
/// assert_eq!(first.security, Security::Implicit);
/// # Ok::<(), postrider_relay::InvalidDomain>(())
/// ```
#[must_use]
pub fn guesses(domain: &DomainName, service: Service) -> Vec<Guess> {
    let labels: &[&str] = match service {
        Service::Submission => &["smtp", "mail"],
        Service::Imap => &["imap", "mail"],
        Service::Pop3 => &["pop", "pop3", "mail"],
    };
    let hosts = labels.iter().filter_map(|label| domain.under(label).ok());
    hosts
        .flat_map(|host| {
            [Security::Implicit, Security::StartTls].map(|security| Guess {
                host: host.clone(),
                port: service.port(security),
                security,
            })
        })
        .collect()
}
