//! The standard error, for transcripts.

use core::fmt;
use std::io::{self, Write};

/// Writes lines to the standard error, each at once and whole, so that those of several sessions do not
/// mix. Give one to each [`Transcript`](postrider::wire::Transcript).
#[derive(Debug, Default)]
pub struct Stderr {
    line: String,
}

impl Stderr {
    /// Nothing is begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl fmt::Write for Stderr {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.line.push_str(text);
        let whole = self.line.rfind('\n').map_or(0, |at| at.saturating_add(1));
        if whole == 0 {
            return Ok(());
        }
        let rest = self.line.split_off(whole);
        let lines = core::mem::replace(&mut self.line, rest);
        io::stderr().lock().write_all(lines.as_bytes()).map_err(|_| fmt::Error)
    }
}
