//! MTA-STS: what a domain demands of connections to its hosts, by HTTPS (RFC 8461).
//!
//! For each domain that mail goes to, keep an [`StsMemory`]. Before a mail goes, ask for the TXT record
//! ([`need`]) and [`decide`]; where a policy is to be fetched, fetch it and tell [`fetched`]. Both only
//! look: they have no clock and keep nothing.
//!
//! ```
//! use postrider_relay::DomainName;
//! use postrider_relay::dns::{Answer, Need, PolicyFetch};
//! use postrider_relay::tls::sts::{self, Mode, StsDecision, StsMemory};
//!
//! let (domain, now) = (DomainName::parse("example.com")?, 1_500_000_000);
//! assert_eq!(sts::need(&domain)?, Need::Txt(DomainName::parse("_mta-sts.example.com")?));
//!
//! // The first mail to the domain: nothing is known.
//! let memory = StsMemory::default();
//! let txt = Answer::records(vec![b"v=STSv1; id=20160831085700Z;".to_vec()], 3600);
//! let StsDecision::Fetch { id, meanwhile: None, .. } = sts::decide(&memory, &txt, now) else { panic!() };
//! let body = "version: STSv1\nmode: enforce\nmx: *.example.net\nmax_age: 604800\n";
//! let (memory, told) = sts::fetched(&memory, &id, &PolicyFetch::body(body), now);
//! let policy = told?.policy;
//! assert_eq!(policy.mode, Mode::Enforce);
//! assert!(policy.allows(&DomainName::parse("mx.example.net")?));
//! assert!(!policy.allows(&DomainName::parse("mx.example.org")?));
//!
//! // The next mail: the record is the same, and so is the policy.
//! assert!(matches!(sts::decide(&memory, &txt, now + 3600), StsDecision::Use(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`StsMemory::renew_at`] says when to fetch anew beside the mail, so that whoever would have the
//! policy expire must keep the domain from being asked for as long as it lasts (RFC 8461 §10.2).

mod memory;
mod parse;
mod pattern;
mod policy;
mod record;

use crate::dns::Need;
use crate::{DomainName, InvalidDomain};

pub use memory::{Cached, RETRY, StsDecision, StsFault, StsMemory, decide, fetched};
pub use parse::InvalidPolicy;
pub use pattern::{InvalidPattern, MxPattern};
pub use policy::{Mode, Policy};
pub use record::StsRecord;

/// The question for the record of a domain: `_mta-sts` below it (RFC 8461 §3.1). The domain is that of
/// the recipient, or that of the smarthost which takes all mail (§3.4); never one above it.
///
/// # Errors
///
/// [`InvalidDomain`] when the domain is too long to have one.
pub fn need(domain: &DomainName) -> Result<Need, InvalidDomain> {
    domain.under("_mta-sts").map(Need::Txt)
}
