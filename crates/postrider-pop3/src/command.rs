//! Commands as values (RFC 1939 §9, RFC 2449 §3, RFC 2595 §4).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use postrider_wire::Secret;

use crate::ValueError;

/// What fits between `USER ` and CRLF in the 255 octets of RFC 2449 §4.
const ARGUMENT: usize = 248;

/// The keyword of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Keyword {
    /// `CAPA` (RFC 2449 §5).
    Capa,
    /// `DELE`.
    Dele,
    /// `LIST`.
    List,
    /// `NOOP`.
    Noop,
    /// `PASS`.
    Pass,
    /// `QUIT`.
    Quit,
    /// `RETR`.
    Retr,
    /// `RSET`.
    Rset,
    /// `STAT`.
    Stat,
    /// `STLS` (RFC 2595 §4).
    Stls,
    /// `UIDL`.
    Uidl,
    /// `USER`.
    User,
}

impl Keyword {
    /// All of them.
    pub(crate) const ALL: [Self; 12] = [
        Self::Capa,
        Self::Dele,
        Self::List,
        Self::Noop,
        Self::Pass,
        Self::Quit,
        Self::Retr,
        Self::Rset,
        Self::Stat,
        Self::Stls,
        Self::Uidl,
        Self::User,
    ];

    /// As it stands on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Capa => "CAPA",
            Self::Dele => "DELE",
            Self::List => "LIST",
            Self::Noop => "NOOP",
            Self::Pass => "PASS",
            Self::Quit => "QUIT",
            Self::Retr => "RETR",
            Self::Rset => "RSET",
            Self::Stat => "STAT",
            Self::Stls => "STLS",
            Self::Uidl => "UIDL",
            Self::User => "USER",
        }
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A command. Messages are named by their number in the maildrop, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// `CAPA`
    Capa,
    /// `DELE n`
    Dele(u32),
    /// `LIST` or `LIST n`
    List(Option<u32>),
    /// `NOOP`
    Noop,
    /// `PASS string`
    Pass(Password),
    /// `QUIT`
    Quit,
    /// `RETR n`
    Retr(u32),
    /// `RSET`
    Rset,
    /// `STAT`
    Stat,
    /// `STLS`
    Stls,
    /// `UIDL` or `UIDL n`
    Uidl(Option<u32>),
    /// `USER name`
    User(UserName),
}

impl Command {
    /// Its keyword.
    #[must_use]
    pub fn keyword(&self) -> Keyword {
        match self {
            Self::Capa => Keyword::Capa,
            Self::Dele(_) => Keyword::Dele,
            Self::List(_) => Keyword::List,
            Self::Noop => Keyword::Noop,
            Self::Pass(_) => Keyword::Pass,
            Self::Quit => Keyword::Quit,
            Self::Retr(_) => Keyword::Retr,
            Self::Rset => Keyword::Rset,
            Self::Stat => Keyword::Stat,
            Self::Stls => Keyword::Stls,
            Self::Uidl(_) => Keyword::Uidl,
            Self::User(_) => Keyword::User,
        }
    }

    /// The line, CRLF included, and where in it a credential stands.
    #[must_use]
    pub fn to_line(&self) -> (Secret<Vec<u8>>, Option<Range<usize>>) {
        // Never grown, so that no copy of a password is left behind.
        let mut line = Vec::with_capacity(ARGUMENT.saturating_add(7));
        line.extend_from_slice(self.keyword().as_str().as_bytes());
        let mut secret = None;
        match self {
            Self::User(name) => push_argument(&mut line, name.as_str()),
            Self::Pass(password) => {
                push_argument(&mut line, password.expose());
                secret = Some(5..line.len());
            }
            Self::Dele(n) | Self::Retr(n) | Self::List(Some(n)) | Self::Uidl(Some(n)) => {
                push_argument(&mut line, &alloc::format!("{n}"));
            }
            _ => {}
        }
        line.extend_from_slice(b"\r\n");
        (Secret::new(line), secret)
    }
}

fn push_argument(line: &mut Vec<u8>, argument: &str) {
    line.push(b' ');
    line.extend_from_slice(argument.as_bytes());
}

/// The name of a mailbox, as in `USER`: 1 to 248 octets without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserName(String);

impl UserName {
    /// Takes a name.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is empty, too long for a command line (RFC 2449 §4), or holds a
    /// control character.
    pub fn new(name: impl Into<String>) -> Result<Self, ValueError> {
        let name = name.into();
        check(&name, char::is_control)?;
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password, as in `PASS`: 1 to 248 octets without CR, LF and NUL. Spaces are part of it
/// (RFC 1939 §7).
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Secret<String>);

impl Password {
    /// Takes a password.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is empty, too long for a command line (RFC 2449 §4), or holds CR, LF
    /// or NUL.
    pub fn new(password: Secret<String>) -> Result<Self, ValueError> {
        check(password.expose(), |c| matches!(c, '\r' | '\n' | '\0'))?;
        Ok(Self(password))
    }

    /// The password itself. Every use of this is a place where it could leak.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The password as a plain secret.
    #[must_use]
    pub fn into_secret(self) -> Secret<String> {
        self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn check(value: &str, forbidden: impl Fn(char) -> bool) -> Result<(), ValueError> {
    if value.is_empty() {
        return Err(ValueError::Empty);
    }
    if value.len() > ARGUMENT {
        return Err(ValueError::TooLong { most: ARGUMENT });
    }
    value.find(forbidden).map_or(Ok(()), |at| Err(ValueError::Forbidden { at }))
}
