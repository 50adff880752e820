//! The policy file (RFC 8461 §3.2).

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::{DomainName, InvalidDomain};

/// Octets of a policy that are read: "a suggested maximum policy size of 64 kilobytes" (RFC 8461 §3.3).
pub const LARGEST_POLICY: usize = 64 * 1024;
/// Seconds that a policy may be kept: a year, about (RFC 8461 §3.2).
pub const LONGEST_AGE: u32 = 31_557_600;
/// Patterns that are kept; no domain has as many hosts.
const PATTERNS: usize = 1024;

/// What a domain demands of those who bring it mail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// What becomes of mail for which the policy cannot be kept.
    pub mode: Mode,
    /// The hosts that take mail for the domain; none only in [`Mode::None`].
    pub mx: Vec<MxPattern>,
    /// For how many seconds the policy is kept, from when it was fetched: at most [`LONGEST_AGE`].
    pub max_age: u32,
}

/// What becomes of mail for which a policy cannot be kept (RFC 8461 §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// It is not sent.
    Enforce,
    /// It is sent, and reported.
    Testing,
    /// It is sent: the domain has a policy no more (RFC 8461 §8.3).
    None,
}

/// The name of a host, or all names one label below another: `*.example.net` (RFC 8461 §4.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MxPattern {
    wildcard: bool,
    name: DomainName,
}

/// Why a policy cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPolicy {
    /// It has more than 64 KiB.
    #[error("the policy is too large")]
    TooLarge,
    /// It is not UTF-8, or a line of it is no field.
    #[error("line {line} of the policy is no field")]
    #[non_exhaustive]
    Line {
        /// Which, from 1.
        line: usize,
    },
    /// It does not say `version: STSv1`.
    #[error("the policy is not of version STSv1")]
    Version,
    /// It has no mode, or one that RFC 8461 does not have.
    #[error("the policy has no mode")]
    Mode,
    /// It has no age, or one that is no number up to a year.
    #[error("the policy has no age")]
    MaxAge,
    /// A pattern is not in the grammar, or there is none where the mode asks for one.
    #[error("the policy has no valid mx")]
    Mx,
}

impl Policy {
    /// A policy.
    #[must_use]
    pub fn new(mode: Mode, mx: Vec<MxPattern>, max_age: u32) -> Self {
        Self { mode, mx, max_age: max_age.min(LONGEST_AGE) }
    }

    /// Reads a policy file. Lines end in LF or CRLF; fields that RFC 8461 does not have are left out, and
    /// of all but `mx` the first counts.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`].
    pub fn parse(octets: &[u8]) -> Result<Self, InvalidPolicy> {
        if octets.len() > LARGEST_POLICY {
            return Err(InvalidPolicy::TooLarge);
        }
        let text = core::str::from_utf8(octets).map_err(|error| {
            let before = octets.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|octet| **octet == b'\n').count().saturating_add(1);
            InvalidPolicy::Line { line }
        })?;
        let (mut version, mut mode, mut max_age) = (None, None, None);
        let mut mx = Vec::new();
        for (at, line) in text.split('\n').enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line).trim_end_matches([' ', '\t']);
            if line.is_empty() {
                continue;
            }
            let (name, value) =
                field(line).ok_or_else(|| InvalidPolicy::Line { line: at.saturating_add(1) })?;
            match name {
                "version" => version = version.or(Some(value)),
                "mode" => mode = mode.or(Some(value)),
                "max_age" => max_age = max_age.or(Some(value)),
                "mx" if mx.len() < PATTERNS => {
                    mx.push(value.parse().map_err(|_| InvalidPolicy::Mx)?);
                }
                _ => {}
            }
        }
        if version != Some("STSv1") {
            return Err(InvalidPolicy::Version);
        }
        let mode = match mode {
            Some("enforce") => Mode::Enforce,
            Some("testing") => Mode::Testing,
            Some("none") => Mode::None,
            _ => return Err(InvalidPolicy::Mode),
        };
        // sts-policy-max-age-value = 1*10(DIGIT)
        let digits = max_age.filter(|text| {
            (1..=10).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit())
        });
        let max_age = digits
            .and_then(|text| text.parse::<u64>().ok())
            .and_then(|seconds| u32::try_from(seconds).ok())
            .filter(|seconds| *seconds <= LONGEST_AGE)
            .ok_or(InvalidPolicy::MaxAge)?;
        if mx.is_empty() && mode != Mode::None {
            return Err(InvalidPolicy::Mx);
        }
        Ok(Self { mode, mx, max_age })
    }

    /// Whether a host takes mail for the domain: one of the patterns has its name.
    #[must_use]
    pub fn allows(&self, host: &DomainName) -> bool {
        self.mx.iter().any(|pattern| pattern.matches(host))
    }
}

/// ```text
/// sts-policy-field       = name ":" *WSP value
/// sts-policy-ext-name    = (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")
/// ```
fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let value = value.trim_start_matches([' ', '\t']);
    let first = name.bytes().next()?;
    let named = first.is_ascii_alphanumeric()
        && name.len() <= 32
        && name.bytes().all(|o| o.is_ascii_alphanumeric() || b"_-.".contains(&o));
    let valued = !value.is_empty() && !value.chars().any(char::is_control);
    (named && valued).then_some((name, value))
}

impl Mode {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Testing => "testing",
            Self::None => "none",
        }
    }
}

impl MxPattern {
    /// Whether this host is meant. "A wildcard in the left-most label matches exactly one label."
    #[must_use]
    pub fn matches(&self, host: &DomainName) -> bool {
        if !self.wildcard {
            return self.name == *host;
        }
        let below = host.as_str().split_once('.').map(|(_, below)| below);
        below == Some(self.name.as_str())
    }
}

impl core::str::FromStr for MxPattern {
    type Err = InvalidDomain;

    fn from_str(text: &str) -> Result<Self, InvalidDomain> {
        let below = text.strip_prefix("*.");
        // A-labels are what the RFC asks for, and what is compared.
        let name = DomainName::parse(below.unwrap_or(text))?;
        Ok(Self { wildcard: below.is_some(), name })
    }
}

impl fmt::Display for MxPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.wildcard { "*." } else { "" }, self.name)
    }
}

impl Policy {
    /// The lines of the file, as a report on TLS quotes them (RFC 8460 §4.4).
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.to_string().lines().map(Into::into).collect()
    }
}

impl fmt::Display for Policy {
    /// The file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version: STSv1\r\nmode: {}\r\n", self.mode.as_str())?;
        for pattern in &self.mx {
            write!(f, "mx: {pattern}\r\n")?;
        }
        write!(f, "max_age: {}\r\n", self.max_age)
    }
}

impl core::str::FromStr for Policy {
    type Err = InvalidPolicy;

    fn from_str(text: &str) -> Result<Self, InvalidPolicy> {
        Self::parse(text.as_bytes())
    }
}
