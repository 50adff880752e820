//! One line about what went wrong, and an exit code of `sysexits.h`.

use core::fmt::{self, Write};
use std::process::ExitCode;

use postrider::{
    drive::DriveError,
    wire::{ErrorKind, MachineError},
};

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

    /// Says first what it is about.
    #[must_use]
    pub fn about(self, what: impl fmt::Display) -> Self {
        Self { text: format!("{what}: {}", self.text), ..self }
    }
}

/// What is wrong with the command line.
pub fn usage(text: impl Into<String>) -> Failure {
    Failure::new(Code::Usage, text)
}

impl fmt::Display for Failure {
    /// One line, whatever the server says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped(&self.text).fmt(f)
    }
}

impl std::error::Error for Failure {}

/// A session broke off.
#[must_use]
pub fn broken<E: MachineError>(error: &DriveError<E>) -> Failure {
    match error {
        DriveError::Handshake(error) => no_tls(error),
        DriveError::Machine { error: machine, .. } => {
            let code = match machine.kind() {
                ErrorKind::Timeout | ErrorKind::Eof => Code::TempFail,
                _ => Code::Protocol,
            };
            Failure::new(code, error.to_string())
        }
        _ => Failure::new(Code::Protocol, error.to_string()),
    }
}

/// A handshake failed.
#[must_use]
pub fn no_tls(error: impl fmt::Display) -> Failure {
    Failure::new(Code::Protocol, format!("the tls handshake failed: {error}"))
}

/// A text of a stranger as a terminal can show it: in one line, in one direction, without orders.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(&'a str);

impl<'a> Escaped<'a> {
    /// This text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                // Line ends of Unicode, and marks that turn the direction of writing.
                '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                    write!(f, "{}", character.escape_unicode())?;
                }
                _ if character.is_control() => write!(f, "{}", character.escape_default())?,
                _ => f.write_char(character)?,
            }
        }
        Ok(())
    }
}
