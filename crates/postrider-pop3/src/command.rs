//! Commands as values (RFC 1939 §9, RFC 2449 §3, RFC 2595 §4, RFC 5034 §4, RFC 6856).

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use postrider_wire::Secret;

use crate::{ApopDigest, ApopName, InitialResponse, LanguageRange, MechanismName, ValueError};

/// What fits between `USER ` and CRLF in the 255 octets of RFC 2449 §4.
const ARGUMENT: usize = 248;

/// The keyword of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Keyword {
    /// `APOP` (RFC 1939 §7).
    Apop,
    /// `AUTH` (RFC 5034 §4).
    Auth,
    /// `CAPA` (RFC 2449 §5).
    Capa,
    /// `DELE`.
    Dele,
    /// `LANG` (RFC 6856 §3).
    Lang,
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
    /// `TOP` (RFC 1939 §7).
    Top,
    /// `UIDL`.
    Uidl,
    /// `USER`.
    User,
    /// `UTF8` (RFC 6856 §2).
    Utf8,
}

impl Keyword {
    /// All of them.
    pub(crate) const ALL: [Self; 17] = [
        Self::Apop,
        Self::Auth,
        Self::Capa,
        Self::Dele,
        Self::Lang,
        Self::List,
        Self::Noop,
        Self::Pass,
        Self::Quit,
        Self::Retr,
        Self::Rset,
        Self::Stat,
        Self::Stls,
        Self::Top,
        Self::Uidl,
        Self::User,
        Self::Utf8,
    ];

    /// As it stands on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apop => "APOP",
            Self::Auth => "AUTH",
            Self::Capa => "CAPA",
            Self::Dele => "DELE",
            Self::Lang => "LANG",
            Self::List => "LIST",
            Self::Noop => "NOOP",
            Self::Pass => "PASS",
            Self::Quit => "QUIT",
            Self::Retr => "RETR",
            Self::Rset => "RSET",
            Self::Stat => "STAT",
            Self::Stls => "STLS",
            Self::Top => "TOP",
            Self::Uidl => "UIDL",
            Self::User => "USER",
            Self::Utf8 => "UTF8",
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
    /// `APOP name digest`
    Apop(ApopName, ApopDigest),
    /// `AUTH mechanism` or `AUTH mechanism initial-response`
    #[non_exhaustive]
    Auth {
        /// The mechanism.
        mechanism: MechanismName,
        /// The first message of the client, where it goes along.
        initial: Option<InitialResponse>,
    },
    /// `CAPA`
    Capa,
    /// `DELE n`
    Dele(u32),
    /// `LANG` or `LANG language-range`
    Lang(Option<LanguageRange>),
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
    /// `TOP n lines`
    Top(u32, u32),
    /// `UIDL` or `UIDL n`
    Uidl(Option<u32>),
    /// `USER name`
    User(UserName),
    /// `UTF8`
    Utf8,
}

impl Command {
    /// Its keyword.
    #[must_use]
    pub fn keyword(&self) -> Keyword {
        match self {
            Self::Apop(..) => Keyword::Apop,
            Self::Auth { .. } => Keyword::Auth,
            Self::Capa => Keyword::Capa,
            Self::Dele(_) => Keyword::Dele,
            Self::Lang(_) => Keyword::Lang,
            Self::List(_) => Keyword::List,
            Self::Noop => Keyword::Noop,
            Self::Pass(_) => Keyword::Pass,
            Self::Quit => Keyword::Quit,
            Self::Retr(_) => Keyword::Retr,
            Self::Rset => Keyword::Rset,
            Self::Stat => Keyword::Stat,
            Self::Stls => Keyword::Stls,
            Self::Top(..) => Keyword::Top,
            Self::Uidl(_) => Keyword::Uidl,
            Self::User(_) => Keyword::User,
            Self::Utf8 => Keyword::Utf8,
        }
    }

    /// The line, CRLF included, and where in it a credential stands.
    #[must_use]
    pub fn to_line(&self) -> (Secret<Vec<u8>>, Option<Range<usize>>) {
        // Never grown, so that no copy of a password is left behind.
        let mut line = Vec::with_capacity(ARGUMENT.saturating_add(40).max(self.length()));
        line.extend_from_slice(self.keyword().as_str().as_bytes());
        let mut secret = None;
        match self {
            Self::User(name) => push_argument(&mut line, name.as_str().as_bytes()),
            Self::Pass(password) => {
                push_argument(&mut line, password.expose());
                secret = Some(5..line.len());
            }
            Self::Apop(name, digest) => {
                push_argument(&mut line, name.as_str().as_bytes());
                let from = line.len().saturating_add(1);
                push_argument(&mut line, digest.expose().as_bytes());
                secret = Some(from..line.len());
            }
            Self::Auth { mechanism, initial } => {
                push_argument(&mut line, mechanism.as_str().as_bytes());
                if let Some(initial) = initial {
                    let from = line.len().saturating_add(1);
                    push_argument(&mut line, initial.expose().as_bytes());
                    secret = Some(from..line.len());
                }
            }
            Self::Lang(Some(range)) => push_argument(&mut line, range.as_str().as_bytes()),
            Self::Dele(n) | Self::Retr(n) | Self::List(Some(n)) | Self::Uidl(Some(n)) => {
                push_argument(&mut line, alloc::format!("{n}").as_bytes());
            }
            Self::Top(n, lines) => {
                push_argument(&mut line, alloc::format!("{n} {lines}").as_bytes());
            }
            _ => {}
        }
        line.extend_from_slice(b"\r\n");
        (Secret::new(line), secret)
    }

    /// Octets of a line that may be longer than those of RFC 2449 §4.
    fn length(&self) -> usize {
        match self {
            Self::Auth { mechanism, initial: Some(initial) } => {
                let words = mechanism.as_str().len().saturating_add(initial.expose().len());
                words.saturating_add(8)
            }
            _ => 0,
        }
    }
}

fn push_argument(line: &mut Vec<u8>, argument: &[u8]) {
    line.push(b' ');
    line.extend_from_slice(argument);
}

/// The name of a mailbox, as in `USER`: 1 to 248 octets without control characters, U+2028 and U+2029.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserName(Box<str>);

impl UserName {
    /// Takes a name.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is empty, too long for a command line (RFC 2449 §4), or holds a
    /// control character.
    pub fn new(name: impl Into<String>) -> Result<Self, ValueError> {
        let name = name.into();
        check_length(name.len())?;
        match name.find(breaks_lines) {
            Some(at) => Err(ValueError::Forbidden { at }),
            None => Ok(Self(name.into_boxed_str())),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password, as in `PASS`: 1 to 248 octets without CR, LF and NUL. Spaces are part of it
/// (RFC 1939 §7), and nothing says that it is text.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Secret<Vec<u8>>);

impl Password {
    /// Takes a password.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is empty, too long for a command line (RFC 2449 §4), or holds CR, LF
    /// or NUL.
    pub fn new(password: Secret<Vec<u8>>) -> Result<Self, ValueError> {
        check_octets(password.expose())?;
        Ok(Self(password))
    }

    /// The same from text, which is wiped.
    ///
    /// # Errors
    ///
    /// As [`Password::new`].
    pub fn from_text(password: Secret<String>) -> Result<Self, ValueError> {
        // Both copies are wiped: the one that is taken here when `password` is dropped.
        Self::new(Secret::new(password.expose().as_bytes().to_vec()))
    }

    /// The password itself. Every use of this is a place where it could leak.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// The password as a plain secret.
    #[must_use]
    pub fn into_secret(self) -> Secret<Vec<u8>> {
        self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether a character would break a line, of a command or of a log: it stands in no text.
pub(crate) fn breaks_lines(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn check_octets(value: &[u8]) -> Result<(), ValueError> {
    check_length(value.len())?;
    let forbidden = value.iter().position(|octet| matches!(octet, b'\r' | b'\n' | 0));
    forbidden.map_or(Ok(()), |at| Err(ValueError::Forbidden { at }))
}

fn check_length(octets: usize) -> Result<(), ValueError> {
    match octets {
        0 => Err(ValueError::Empty),
        1..=ARGUMENT => Ok(()),
        _ => Err(ValueError::TooLong { most: ARGUMENT }),
    }
}
