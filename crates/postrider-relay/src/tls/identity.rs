//! Whether the name in a certificate, or the pattern in a policy, is the name of a host.
//!
//! ```
//! use postrider_relay::DomainName;
//! use postrider_relay::tls::identity::name_matches;
//!
//! let host = DomainName::parse("mx.example.com")?;
//! assert!(name_matches(&host, "MX.example.com"));
//! assert!(name_matches(&host, "*.example.com"));
//! assert!(!name_matches(&host, "m*.example.com"));
//! assert!(!name_matches(&host, "*.com"));
//! # Ok::<(), postrider_relay::InvalidDomain>(())
//! ```

use crate::DomainName;

/// Whether a DNS-ID of a certificate is this name: octet by octet, without regard to case. An asterisk
/// is one label, and stands in the place of the whole first label or for itself (RFC 7672 §3.2.3, RFC
/// 8461 §4.1). A name of the certificate that is not in A-labels is never the same.
#[must_use]
pub fn name_matches(reference: &DomainName, dns_id: &str) -> bool {
    match dns_id.strip_prefix("*.") {
        Some(parent) => is_child(reference, parent),
        None => reference.as_str().eq_ignore_ascii_case(dns_id),
    }
}

/// Whether a name is one label, and then this.
pub(super) fn is_child(name: &DomainName, parent: &str) -> bool {
    name.as_str().split_once('.').is_some_and(|(_, above)| above.eq_ignore_ascii_case(parent))
}
