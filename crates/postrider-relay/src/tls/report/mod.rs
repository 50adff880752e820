//! Reports on TLS: whom a domain wants told how connections to its hosts went, and what (RFC 8460).
//!
//! ```
//! use postrider_relay::DomainName;
//! use postrider_relay::dns::Need;
//! use postrider_relay::tls::report::{self, Rua, TlsRptRecord};
//!
//! let domain = DomainName::parse("example.com")?;
//! assert_eq!(report::need(&domain)?, Need::Txt(DomainName::parse("_smtp._tls.example.com")?));
//! let txt = [b"v=TLSRPTv1;rua=mailto:reports@example.com".to_vec()];
//! let record = TlsRptRecord::of(&txt).unwrap();
//! assert!(matches!(&record.rua[..], [Rua::Mailto(to)] if to.as_str() == "reports@example.com"));
//! # Ok::<(), postrider_relay::InvalidDomain>(())
//! ```
//!
//! With the feature `tls-report` there is the other half: a [`Tally`] counts the sessions of a day, and
//! gives a report for each domain when the day is over.
//!
//! ```
//! # #[cfg(feature = "tls-report")] {
//! use postrider_relay::DomainName;
//! use postrider_relay::tls::TlsOutcome;
//! use postrider_relay::tls::report::{CountedPolicy, Failure, Reporter, Tally};
//!
//! let domain = DomainName::parse("example.net").unwrap();
//! let mut tally = Tally::new();
//! let policy = CountedPolicy::none(&domain);
//! tally.succeed(&domain, &policy);
//! let failure = Failure::of(&TlsOutcome::Expired).unwrap().with_mx("mx.example.net");
//! tally.fail(&domain, &policy, failure);
//!
//! let reporter = Reporter::new("Sender Inc.", "tlsrpt@mail.sndr.example.com".parse().unwrap());
//! // Some time on 1 August 2016.
//! let report = tally.report(&domain, &reporter, "1", 1_470_013_207).unwrap();
//! assert_eq!(report.policies[0].failed_sessions, Some(1));
//! let name = reporter.file_name(&report, &domain);
//! assert_eq!(name, "mail.sndr.example.com!example.net!1470009600!1470095999!1.json.gz");
//! # }
//! ```

#[cfg(feature = "tls-report")]
mod counted;
#[cfg(feature = "tls-report")]
mod failure;
mod record;
#[cfg(feature = "tls-report")]
mod reporter;
#[cfg(feature = "tls-report")]
mod tally;

use crate::dns::Need;
use crate::{DomainName, InvalidDomain};

#[cfg(feature = "tls-report")]
pub use counted::CountedPolicy;
#[cfg(feature = "tls-report")]
pub use failure::Failure;
pub use record::{Rua, TlsRptRecord};
#[cfg(feature = "tls-report")]
pub use reporter::Reporter;
#[cfg(feature = "tls-report")]
pub use tally::Tally;

/// The question for the record of a domain: `_smtp._tls` below it (RFC 8460 §3).
///
/// # Errors
///
/// [`InvalidDomain`] when the domain is too long to have one.
pub fn need(domain: &DomainName) -> Result<Need, InvalidDomain> {
    domain.under("_smtp._tls").map(Need::Txt)
}
