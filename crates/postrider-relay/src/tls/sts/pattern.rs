//! Which hosts a policy has (RFC 8461 §3.2, §4.1).

use core::fmt;
use core::str::FromStr;

use crate::DomainName;
use crate::tls::identity;

/// The hosts of one `mx` of a policy: one host, or all that are one label below a domain.
///
/// ```text
/// sts-policy-mx-value = ["*."] Domain
/// ```
///
/// ```
/// use postrider_relay::DomainName;
/// use postrider_relay::tls::sts::MxPattern;
///
/// let pattern: MxPattern = "*.example.com".parse()?;
/// assert!(pattern.matches(&DomainName::parse("mail.example.com")?));
/// assert!(!pattern.matches(&DomainName::parse("example.com")?));
/// assert!(!pattern.matches(&DomainName::parse("foo.bar.example.com")?));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MxPattern {
    is_wildcard: bool,
    domain: DomainName,
}

/// A text is no pattern of hosts: it is not in the grammar, or not in A-labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("this is no pattern of hosts")]
#[non_exhaustive]
pub struct InvalidPattern;

impl MxPattern {
    /// This host.
    #[must_use]
    pub const fn host(name: DomainName) -> Self {
        Self { is_wildcard: false, domain: name }
    }

    /// The hosts that are one label below this domain.
    #[must_use]
    pub const fn below(domain: DomainName) -> Self {
        Self { is_wildcard: true, domain }
    }

    /// Whether this is one of the hosts.
    #[must_use]
    pub fn matches(&self, host: &DomainName) -> bool {
        if self.is_wildcard {
            identity::is_child(host, self.domain.as_str())
        } else {
            *host == self.domain
        }
    }
}

impl FromStr for MxPattern {
    type Err = InvalidPattern;

    /// "the "mx" value MUST specify the Punycode-encoded A-label" (RFC 8461 §3.2): a U-label is refused.
    fn from_str(text: &str) -> Result<Self, InvalidPattern> {
        let (is_wildcard, name) = match text.strip_prefix("*.") {
            Some(parent) => (true, parent),
            None => (false, text),
        };
        if !name.is_ascii() || name.ends_with('.') {
            return Err(InvalidPattern);
        }
        let domain = DomainName::parse(name).map_err(|_| InvalidPattern)?;
        Ok(Self { is_wildcard, domain })
    }
}

impl fmt::Display for MxPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_wildcard {
            f.write_str("*.")?;
        }
        self.domain.fmt(f)
    }
}
