//! The first line of every answer (RFC 1939 §3, RFC 2449 §3 and §8).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::command::breaks_lines;
use crate::{ApopStamp, LanguageTag, ValueError};

/// Octets of text in a reply: with status, response code and CRLF within the 512 of RFC 2449 §4.
const TEXT: usize = 400;
/// Octets of a response code.
const CODE: usize = 64;

/// The status indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "RFC 1939 §3: there are currently two, and stay two")]
pub enum Status {
    /// `+OK`
    Ok,
    /// `-ERR`
    Err,
}

/// An extended response code (RFC 2449 §8): why a command failed, for programs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseCode {
    /// `IN-USE`: the maildrop is locked by another session (RFC 2449 §8.1.2).
    InUse,
    /// `LOGIN-DELAY`: the last login was too recent (RFC 2449 §8.1.1).
    LoginDelay,
    /// `SYS/TEMP`: the server's fault, which is likely to pass (RFC 3206 §4).
    SysTemp,
    /// `SYS/PERM`: the server's fault, which somebody has to mend (RFC 3206 §4).
    SysPerm,
    /// `AUTH`: the credentials are wrong, or may not be used (RFC 3206 §5).
    Auth,
    /// `UTF8`: this message can be had in UTF-8 mode alone (RFC 6856 §5).
    Utf8,
    /// Another one.
    Other(OtherCode),
}

/// A response code that has no name of its own here, in upper case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OtherCode(String);

impl OtherCode {
    /// The code without its brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ResponseCode {
    /// A code by its text, without the brackets: levels of printable ASCII, parted by `/`. Upper and
    /// lower case are the same.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is empty, longer than 64 octets, or not in that grammar.
    pub fn new(code: &str) -> Result<Self, ValueError> {
        if code.is_empty() || code.split('/').any(str::is_empty) {
            return Err(ValueError::Empty);
        }
        if code.len() > CODE {
            return Err(ValueError::TooLong { most: CODE });
        }
        let forbidden = |c: char| !c.is_ascii_graphic() || c == ']';
        if let Some(at) = code.find(forbidden) {
            return Err(ValueError::Forbidden { at });
        }
        Ok(match code.to_ascii_uppercase() {
            code if code == "IN-USE" => Self::InUse,
            code if code == "LOGIN-DELAY" => Self::LoginDelay,
            code if code == "SYS/TEMP" => Self::SysTemp,
            code if code == "SYS/PERM" => Self::SysPerm,
            code if code == "AUTH" => Self::Auth,
            code if code == "UTF8" => Self::Utf8,
            code => Self::Other(OtherCode(code)),
        })
    }

    /// The code without its brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::InUse => "IN-USE",
            Self::LoginDelay => "LOGIN-DELAY",
            Self::SysTemp => "SYS/TEMP",
            Self::SysPerm => "SYS/PERM",
            Self::Auth => "AUTH",
            Self::Utf8 => "UTF8",
            Self::Other(code) => code.as_str(),
        }
    }

    /// Whether the same is likely to work later: nothing is wrong with user, password or command.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::InUse | Self::LoginDelay | Self::SysTemp)
    }
}

/// A status with its text: what a server says before anything else, and often all it says.
///
/// ```
/// use postrider_pop3::{Reply, ResponseCode};
///
/// let reply = Reply::err("Do you have another POP session running?")?
///     .with_code(ResponseCode::InUse);
/// assert_eq!(reply.to_line(), b"-ERR [IN-USE] Do you have another POP session running?\r\n");
/// assert!(Reply::ok("two\r\nlines").is_err());
/// # Ok::<(), postrider_pop3::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reply {
    status: Status,
    code: Option<ResponseCode>,
    text: String,
}

impl Reply {
    /// `+OK` with a text, which may be empty.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when the text is longer than 400 octets, holds a control character, begins or
    /// ends with a space, or begins with `[`, where a response code would be read.
    pub fn ok(text: impl Into<String>) -> Result<Self, ValueError> {
        Self::new(Status::Ok, text.into())
    }

    /// `-ERR` with a text, which may be empty.
    ///
    /// # Errors
    ///
    /// As [`Reply::ok`].
    pub fn err(text: impl Into<String>) -> Result<Self, ValueError> {
        Self::new(Status::Err, text.into())
    }

    /// Puts a response code before the text.
    #[must_use]
    pub fn with_code(mut self, code: ResponseCode) -> Self {
        self.code = Some(code);
        self
    }

    fn new(status: Status, text: String) -> Result<Self, ValueError> {
        if text.len() > TEXT {
            return Err(ValueError::TooLong { most: TEXT });
        }
        if let Some(at) = text.find(breaks_lines) {
            return Err(ValueError::Forbidden { at });
        }
        if text.starts_with(['[', ' ']) {
            return Err(ValueError::Forbidden { at: 0 });
        }
        if text.ends_with(' ') {
            return Err(ValueError::Forbidden { at: text.len().saturating_sub(1) });
        }
        Ok(Self { status, code: None, text })
    }

    /// A reply of our own, whose text is known to be in order.
    pub(crate) fn own(status: Status, text: impl Into<String>) -> Self {
        Self { status, code: None, text: text.into() }
    }

    /// A reply as received: any text, what would break a line replaced.
    pub(crate) fn received(status: Status, code: Option<ResponseCode>, text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let text = text.trim().replace(breaks_lines, "\u{fffd}");
        Self { status, code, text }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Whether the status is `+OK`.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status == Status::Ok
    }

    /// The response code.
    #[must_use]
    pub fn code(&self) -> Option<&ResponseCode> {
        self.code.as_ref()
    }

    /// The timestamp of a greeting that announces `APOP` (RFC 1939 §7): the first thing in angle brackets,
    /// if it is a msg-id and the reply positive.
    #[must_use]
    pub fn apop_stamp(&self) -> Option<ApopStamp> {
        if self.is_ok() { ApopStamp::find(&self.text) } else { None }
    }

    /// The language that a positive answer to `LANG` names, with which its text begins (RFC 6856 §3.2).
    #[must_use]
    pub fn language(&self) -> Option<LanguageTag> {
        let word = self.text.split(' ').next()?;
        if self.is_ok() { LanguageTag::parse(word).ok() } else { None }
    }

    /// The text for people. As received: not to be trusted, least of all before TLS.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line, CRLF included.
    #[must_use]
    pub fn to_line(&self) -> Vec<u8> {
        format!("{self}\r\n").into_bytes()
    }
}

impl fmt::Display for Reply {
    /// As on the wire, without the line end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.status {
            Status::Ok => "+OK",
            Status::Err => "-ERR",
        })?;
        if let Some(code) = &self.code {
            write!(f, " [{}]", code.as_str())?;
        }
        if !self.text.is_empty() {
            write!(f, " {}", self.text)?;
        }
        Ok(())
    }
}
