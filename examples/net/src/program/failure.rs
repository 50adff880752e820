//! One line about what went wrong, and an exit code of `sysexits.h`.

use core::fmt;
use std::process::ExitCode;

/// What a caller can tell apart. The numbers are those of BSD, which mail programs have used since
/// sendmail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[non_exhaustive]
pub enum Code {
    /// The command line.
    Usage = 64,
    /// The mail, or something in it: it can never be sent so.
    Data = 65,
    /// The file with the mail cannot be read.
    NoInput = 66,
    /// The server knows no such recipient.
    NoUser = 67,
    /// There is no such host.
    NoHost = 68,
    /// The server refuses, for good.
    Unavailable = 69,
    /// Nobody was to get the mail where not all could (`EX_SOFTWARE`, for want of a better one), and
    /// nobody said why; or the mail was given up.
    Shared = 70,
    /// The mail cannot be written.
    CantCreate = 73,
    /// The connection broke where nobody knows whether the mail arrived.
    Io = 74,
    /// Later, perhaps.
    TempFail = 75,
    /// The server does not speak the protocol, or not over TLS as asked.
    Protocol = 76,
    /// The login failed, or is needed.
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
#[non_exhaustive]
pub struct Failure {
    /// What a caller can tell apart.
    pub code: Code,
    text: String,
}

impl Failure {
    /// In these words, which are escaped where they are shown.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

/// What is wrong with the command line.
pub fn usage(text: impl Into<String>) -> Failure {
    Failure::new(Code::Usage, text)
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
