//! Reading the file of a policy (RFC 8461 §3.2).

use alloc::vec::Vec;

use super::{Mode, Policy};
use crate::tls::record::{WSP, is_name};

/// Why a file is no policy. Lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPolicy {
    /// It is longer than [`Policy::LARGEST`].
    #[error("the policy is longer than 64 KiB")]
    TooLarge,
    /// It has more hosts than [`Policy::PATTERNS`].
    #[error("the policy has too many mx fields")]
    TooMany,
    /// A line is not a name, a colon and a value.
    #[error("line {line} of the policy is no field")]
    Line {
        /// Which.
        line: usize,
    },
    /// A field has a value that is not in its grammar.
    #[error("line {line} of the policy has no valid {field}")]
    Value {
        /// The name of the field.
        field: &'static str,
        /// Which.
        line: usize,
    },
    /// A field is not there.
    #[error("the policy has no {field} field")]
    Missing {
        /// Its name.
        field: &'static str,
    },
}

impl Policy {
    /// Reads the file of a policy, of at most [`LARGEST`](Self::LARGEST) octets.
    ///
    /// ```text
    /// sts-policy-record      = sts-policy-field *WSP *(sts-policy-term sts-policy-field *WSP)
    ///                          [sts-policy-term]
    /// sts-policy-field-delim = ":" *WSP
    /// sts-policy-term        = LF / CRLF
    /// ```
    ///
    /// Fields come in any order. Those of other names are ignored, and so are all but the first of a
    /// name other than `mx`. What is not ASCII may stand in the value of a field that is ignored.
    /// Empty lines are passed over, which the grammar does not have.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`]: then there is no policy, and the one before it holds on.
    pub fn parse(octets: &[u8]) -> Result<Self, InvalidPolicy> {
        if octets.len() > Self::LARGEST {
            return Err(InvalidPolicy::TooLarge);
        }
        let mut is_version_told = false;
        let (mut mode, mut max_age, mut mx) = (None, None, Vec::new());
        for (line, text) in (1..).zip(octets.split(|octet| *octet == b'\n')) {
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            let text = str::from_utf8(text).map_err(|_| InvalidPolicy::Line { line })?;
            let text = text.trim_end_matches(WSP);
            if text.is_empty() {
                continue;
            }
            let (name, value) = field(text).ok_or(InvalidPolicy::Line { line })?;
            let invalid = |field| InvalidPolicy::Value { field, line };
            match name {
                "version" if !is_version_told => {
                    is_version_told = true;
                    if value != "STSv1" {
                        return Err(invalid("version"));
                    }
                }
                "mode" if mode.is_none() => {
                    mode = Some(Mode::of(value).ok_or_else(|| invalid("mode"))?);
                }
                "max_age" if max_age.is_none() => {
                    max_age = Some(age(value).ok_or_else(|| invalid("max_age"))?);
                }
                "mx" if mx.len() >= Self::PATTERNS => return Err(InvalidPolicy::TooMany),
                "mx" => mx.push(value.parse().map_err(|_| invalid("mx"))?),
                _ => {}
            }
        }
        let missing = |field| InvalidPolicy::Missing { field };
        if !is_version_told {
            return Err(missing("version"));
        }
        let mode = mode.ok_or_else(|| missing("mode"))?;
        let max_age = max_age.ok_or_else(|| missing("max_age"))?;
        if mx.is_empty() && mode != Mode::None {
            return Err(missing("mx"));
        }
        Ok(Self { mode, mx, max_age })
    }
}

/// ```text
/// sts-policy-extension = sts-policy-ext-name ":" *WSP sts-policy-ext-value
/// sts-policy-ext-value = sts-policy-vchar [*(%x20 / sts-policy-vchar) sts-policy-vchar]
/// sts-policy-vchar     = %x21-7E / UTF8-2 / UTF8-3 / UTF8-4
/// ```
///
/// The fields that have a meaning are of this form, too.
fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let value = value.trim_start_matches(WSP);
    let is_value = !value.is_empty() && !value.bytes().any(|octet| octet.is_ascii_control());
    (is_name(name) && is_value).then_some((name, value))
}

/// ```text
/// sts-policy-max-age-value = 1*10(DIGIT)
/// ```
///
/// "maximum value of 31557600" (RFC 8461 §3.2).
fn age(value: &str) -> Option<u32> {
    let is_digits = value.len() <= 10 && value.bytes().all(|octet| octet.is_ascii_digit());
    let age: u32 = is_digits.then(|| value.parse().ok())??;
    (age <= Policy::LONGEST).then_some(age)
}
