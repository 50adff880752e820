//! What [`lint`](crate::Headers::lint) says.

use alloc::vec::Vec;
use core::fmt;

use super::findings;
use crate::{Defect, Headers, Severity};

/// How much a finding matters to who wrote the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// Something was not read, because a bound of [`Limits`](crate::Limits) was reached.
    Note,
    /// Readers will understand it, and it should not have been written: [`Severity::Obsolete`] and
    /// [`Severity::Advice`].
    Warning,
    /// No conforming writer writes it, or not all readers understand the same:
    /// [`Severity::Malformed`] and [`Severity::Ambiguous`].
    Error,
}

impl Level {
    /// The level of a severity.
    pub const fn of(severity: Severity) -> Self {
        match severity {
            Severity::Malformed | Severity::Ambiguous => Self::Error,
            Severity::Obsolete | Severity::Advice => Self::Warning,
            Severity::Limit => Self::Note,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// How well a header section follows the RFCs: each finding with its code, its octets and the rule,
/// in the order of the octets. `Display` writes a line for each.
///
/// What the RFCs of today ask is told as an error, what they advise as a warning. A header section
/// does not tell how it is stored: lines that all end in LF are no finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    findings: Vec<Defect>,
    dropped: usize,
}

impl Report {
    /// The findings, at most [`Limits::defects`](crate::Limits::defects), where there are more
    /// those that matter most, but of one rule no more than a quarter of them.
    pub fn findings(&self) -> &[Defect] {
        &self.findings
    }

    /// How many more there were.
    pub const fn dropped(&self) -> usize {
        self.dropped
    }

    /// The level of the worst finding; `None` where there is nothing to say.
    pub fn worst(&self) -> Option<Level> {
        self.findings.iter().map(|finding| Level::of(finding.severity())).max()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            let name = finding.code().name();
            writeln!(f, "{}[{name}]: {finding}", Level::of(finding.severity()))?;
        }
        match self.dropped {
            0 => Ok(()),
            more => writeln!(f, "{}: {more} more findings", Level::Note),
        }
    }
}

pub(crate) fn lint(headers: Headers<'_>) -> Report {
    let (findings, dropped) = findings(headers, |_| true);
    Report { findings, dropped }
}
