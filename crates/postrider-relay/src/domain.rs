//! Names of domains and hosts, as the DNS knows them.

use alloc::string::String;
use core::fmt;
use core::net::IpAddr;

/// Octets of a name without its last dot (RFC 1035 §2.3.4, as text).
const NAME: usize = 253;
/// Octets of a label (RFC 1035 §2.3.4).
const LABEL: usize = 63;

/// The name of a domain or a host: labels of letters, digits, `-` and `_`, in lower case, without a
/// last dot. A name with U-labels is held as its A-labels (RFC 5890 §2.3.2.1), so that equal names are
/// equal values.
///
/// ```
/// use postrider_relay::DomainName;
///
/// let name = DomainName::parse("MX.B\u{fc}cher.example.")?;
/// assert_eq!(name.as_str(), "mx.xn--bcher-kva.example");
/// assert_eq!(name.to_unicode(), "mx.b\u{fc}cher.example");
/// // An address is no name, and nothing may pass for more than one.
/// assert!(DomainName::parse("192.0.2.1").is_err());
/// assert!(DomainName::parse("a b.example").is_err());
/// # Ok::<(), postrider_relay::InvalidDomain>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainName(String);

/// Why a text is no name of a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidDomain {
    /// It is empty, or longer than 253 octets.
    #[error("a name has 1 to 253 octets")]
    Length,
    /// A label is empty, longer than 63 octets, or holds what no host name holds.
    #[error("a label of the name is not in the grammar")]
    Label,
    /// It is an address in the place of a name.
    #[error("an address stands in the place of a name")]
    Address,
    /// Its U-labels have no A-labels (RFC 5891).
    #[error("the name is no internationalized name")]
    Idna,
}

impl DomainName {
    /// Reads a name, with or without its last dot, in A-labels or U-labels (UTS 46, non-transitional).
    ///
    /// # Errors
    ///
    /// [`InvalidDomain`].
    pub fn parse(text: &str) -> Result<Self, InvalidDomain> {
        let text = text.strip_suffix('.').unwrap_or(text);
        // What is much too long is not handed to the tables of IDNA.
        if text.is_empty() || text.len() > NAME.saturating_mul(4) {
            return Err(InvalidDomain::Length);
        }
        let lower = text.to_ascii_lowercase();
        let ascii = if lower.is_ascii() && !lower.contains("xn--") {
            lower
        } else {
            idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::EMPTY)
                .map_err(|_| InvalidDomain::Idna)?
                .into_owned()
        };
        if ascii.len() > NAME {
            return Err(InvalidDomain::Length);
        }
        if !ascii.split('.').all(is_label) {
            return Err(InvalidDomain::Label);
        }
        // "192.0.2.1" and its kin, such as "1": no top-level domain is a number (RFC 3696 §2).
        let last = ascii.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|octet| octet.is_ascii_digit()) || ascii.parse::<IpAddr>().is_ok() {
            return Err(InvalidDomain::Address);
        }
        Ok(Self(ascii))
    }

    /// The name in A-labels.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as people read it.
    #[must_use]
    pub fn to_unicode(&self) -> String {
        let (text, result) = idna::domain_to_unicode(&self.0);
        if result.is_ok() { text } else { self.0.clone() }
    }

    /// The name with these labels in front of it, such as `_25._tcp`.
    ///
    /// # Errors
    ///
    /// [`InvalidDomain`] when the whole is too long.
    pub fn under(&self, labels: &str) -> Result<Self, InvalidDomain> {
        let mut name = String::from(labels);
        name.push('.');
        name.push_str(&self.0);
        Self::parse(&name)
    }

    /// Whether this is `other` or lies below it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.strip_suffix(&other.0).is_some_and(|front| front.is_empty() || front.ends_with('.'))
    }
}

/// ```text
/// label = 1*63(ALPHA / DIGIT / "-" / "_")
/// ```
///
/// More than RFC 1123 §2.1 allows a host, because names with `_` and with `-` at an end are in use.
fn is_label(label: &str) -> bool {
    (1..=LABEL).contains(&label.len())
        && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet))
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::str::FromStr for DomainName {
    type Err = InvalidDomain;

    fn from_str(text: &str) -> Result<Self, InvalidDomain> {
        Self::parse(text)
    }
}
