//! Units, and what reads them.

use std::io::{self, Write};

use postrider::imap::{Quirk, Quirks};
use serde::Serialize;
use serde_json::Value;

/// A command, response or reply, and where it stands in the input.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) offset: u64,
    pub(crate) len: u64,
    /// Who said it, where both do.
    pub(crate) side: Option<&'static str>,
    pub(crate) said: Said,
}

/// What a unit says.
#[derive(Debug)]
pub(crate) enum Said {
    This {
        kind: String,
        value: Value,
        quirks: Vec<&'static str>,
    },
    /// It could not be read, and why. The text holds nothing of it.
    Unreadable(String),
}

impl Said {
    pub(crate) fn new(kind: impl Into<String>, value: Value) -> Self {
        Self::This { kind: kind.into(), value, quirks: Vec::new() }
    }

    pub(crate) fn forgiven(mut self, met: Quirks) -> Self {
        if let Self::This { quirks, .. } = &mut self {
            quirks.extend(met.iter().map(Quirk::name));
        }
        self
    }
}

impl Unit {
    /// As one line of JSON.
    pub(crate) fn write(self, out: &mut impl Write) -> io::Result<()> {
        let Self { offset, len, side, said } = self;
        let mut line = Line { offset, len, side, ..Line::default() };
        match said {
            Said::This { kind, value, quirks } => {
                (line.ok, line.kind) = (true, Some(kind));
                (line.value, line.quirks) = (Some(value), Some(quirks));
            }
            Said::Unreadable(error) => line.error = Some(error),
        }
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")
    }
}

/// The line, its fields in the order in which they are read.
#[derive(Default, Serialize)]
struct Line {
    offset: u64,
    len: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<&'static str>,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quirks: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// One step of a decoder.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// How many octets at the front are done with.
    pub(crate) octets: usize,
    /// What the unit says that ends with them.
    pub(crate) said: Option<Said>,
}

impl Step {
    /// Without octets and without a unit it has to see more.
    pub(crate) fn is_starved(&self) -> bool {
        self.octets == 0 && self.said.is_none()
    }
}

/// Reads what one side says.
pub(crate) trait Decoder {
    /// Reads on. `octets` are all that have come and are not consumed.
    fn step(&mut self, octets: &[u8]) -> Step;

    /// Whether nothing is read any more: octets were announced whose end nobody knows.
    fn is_lost(&self) -> bool {
        false
    }

    /// The input ends, with octets that belong to no unit yet, or inside what was consumed.
    fn end(&mut self) -> Said {
        let why = if self.is_lost() {
            "a literal of which nobody knows the end: nothing behind it is read"
        } else {
            "the input ends inside of it"
        };
        Said::Unreadable(why.into())
    }
}
