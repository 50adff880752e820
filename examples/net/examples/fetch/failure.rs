//! One line about what went wrong, and an exit code of `sysexits.h`.

use core::fmt;
use std::process::ExitCode;

/// What a caller can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Code {
    /// The command line.
    Usage = 64,
    /// There is no such host.
    NoHost = 68,
    /// The server refuses, for good.
    Unavailable = 69,
    /// The mail cannot be written.
    CantCreate = 73,
    /// Later, perhaps.
    TempFail = 75,
    /// The server does not speak the protocol, or not over TLS as asked.
    Protocol = 76,
    /// The login failed.
    NoPermission = 77,
    /// The certificates to trust cannot be read, or there are none.
    Config = 78,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

/// What the program ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    text: String,
}

impl Failure {
    pub(crate) fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

impl fmt::Display for Failure {
    /// One line, whatever the server says: what could move the cursor is escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.text.chars() {
            if character.is_control() {
                write!(f, "{}", character.escape_default())?;
            } else {
                write!(f, "{character}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
