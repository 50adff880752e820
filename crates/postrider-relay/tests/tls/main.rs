//! What is demanded of TLS, and what is reported of it.

mod dane;
mod identity;
#[cfg(feature = "tls-report")]
mod report;
mod report_record;
mod require_tls;
mod sts_memory;
mod sts_policy;
mod sts_record;

use postrider_relay::DomainName;

/// A name that is one.
fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}
