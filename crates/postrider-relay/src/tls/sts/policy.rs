//! A policy (RFC 8461 §3.2).

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::MxPattern;
use crate::DomainName;

/// What becomes of a host that is not as the policy has it (RFC 8461 §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// No mail goes there.
    Enforce,
    /// Mail goes there, and it is reported.
    Testing,
    /// Nothing: the domain has no policy any more (§8.3).
    None,
}

impl Mode {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Testing => "testing",
            Self::None => "none",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        [Self::Enforce, Self::Testing, Self::None].into_iter().find(|mode| mode.as_str() == word)
    }
}

/// The policy of a domain. `Display` writes the file that [`Policy::parse`] reads.
///
/// ```
/// use postrider_relay::tls::sts::{Mode, Policy};
///
/// let text = "version: STSv1\nmode: testing\nmx: *.mail.company-y.example\nmax_age: 86400\n";
/// let policy = Policy::new(Mode::Testing, ["*.mail.company-y.example".parse()?], 86_400);
/// assert_eq!(policy.to_string(), text);
/// assert_eq!(Policy::parse(text.as_bytes())?, policy);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Policy {
    /// What becomes of hosts that are not as it says.
    pub mode: Mode,
    /// The hosts.
    pub mx: Vec<MxPattern>,
    /// For how many seconds it holds from when it was fetched, at most [`Policy::LONGEST`].
    pub max_age: u32,
}

impl Policy {
    /// The longest time that a policy holds, in seconds: a year.
    pub const LONGEST: u32 = 31_557_600;
    /// Octets of a policy that are read (RFC 8461 §3.3).
    pub const LARGEST: usize = 64 << 10;
    /// Patterns of hosts that are read.
    pub const PATTERNS: usize = 1024;

    /// A policy. An age above [`LONGEST`](Self::LONGEST) is that.
    #[must_use]
    pub fn new(mode: Mode, mx: impl Into<Vec<MxPattern>>, max_age: u32) -> Self {
        Self { mode, mx: mx.into(), max_age: max_age.min(Self::LONGEST) }
    }

    /// Whether it has a host (RFC 8461 §4.1): "a receiving candidate MX host is valid according to an
    /// applied MTA-STS Policy if the MX record name matches one or more of the "mx" fields". Without
    /// regard to the mode.
    #[must_use]
    pub fn allows(&self, host: &DomainName) -> bool {
        self.mx.iter().any(|pattern| pattern.matches(host))
    }

    /// Its lines, without their ends: the `policy-string` of a report (RFC 8460 §4.4).
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::with_capacity(self.mx.len().saturating_add(3));
        lines.push("version: STSv1".to_string());
        lines.push(format!("mode: {}", self.mode.as_str()));
        lines.extend(self.mx.iter().map(|pattern| format!("mx: {pattern}")));
        lines.push(format!("max_age: {}", self.max_age));
        lines
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// As the text of its file.
#[cfg(feature = "serde")]
impl serde::Serialize for Policy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Policy {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(text.as_bytes()).map_err(serde::de::Error::custom)
    }
}
