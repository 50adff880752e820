//! Mailboxes, paths and host names: what may stand in a command, and nothing else.

use alloc::string::String;
use core::fmt;

use crate::ValueError;
use crate::syntax::address::{self, Parts};

/// Longest mailbox. RFC 5321 §4.5.3.1 asks for at least 64 + 1 + 255 octets.
const MAILBOX: usize = 512;
/// Longest host name or address literal (RFC 5321 §4.5.3.1.2).
const HOST: usize = 255;

/// A mailbox: local part and domain, as RFC 5321 §4.1.2 writes it, or RFC 6531 §3.3 with UTF-8.
///
/// ```
/// use postrider_smtp::Mailbox;
///
/// let jones = Mailbox::parse("Jones@XYZ.COM")?;
/// assert_eq!((jones.local_part(), jones.domain()), ("Jones", "XYZ.COM"));
/// assert!(Mailbox::parse("\"two words\"@example.org").is_ok());
/// assert!(Mailbox::parse("a@b> SIZE=1").is_err());
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mailbox {
    text: String,
    /// Octets of the local part.
    at: usize,
}

impl Mailbox {
    /// Reads a mailbox without brackets and without a source route.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is not in the grammar or too long.
    pub fn parse(value: &str) -> Result<Self, ValueError> {
        if value.len() > MAILBOX {
            return Err(ValueError::TooLong { most: MAILBOX });
        }
        let parts = address::whole_mailbox(value).ok_or(ValueError::Syntax)?;
        Ok(Self::from_parts(parts))
    }

    /// What the grammar has found; `None` when it is too long.
    fn bounded(parts: Parts<'_>) -> Option<Self> {
        let mailbox = Self::from_parts(parts);
        (mailbox.text.len() <= MAILBOX).then_some(mailbox)
    }

    fn from_parts(parts: Parts<'_>) -> Self {
        let mut text = String::from(parts.local_part);
        text.push('@');
        text.push_str(parts.domain);
        Self { text, at: parts.local_part.len() }
    }

    /// The local part as it was written, quotes included.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// The domain or address literal.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.text.get(self.at.saturating_add(1)..).unwrap_or_default()
    }

    /// Whether it can stand in a mail without `SMTPUTF8`.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.text.is_ascii()
    }

    /// Both, with the `@` between them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl core::str::FromStr for Mailbox {
    type Err = ValueError;

    fn from_str(value: &str) -> Result<Self, ValueError> {
        Self::parse(value)
    }
}

/// Where a mail comes from and a bounce goes to: a mailbox, or nobody (`<>`).
///
/// It displays as it stands in a command, in brackets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReversePath(Option<Mailbox>);

impl ReversePath {
    /// `<>`: the sender of a bounce, to which none may be sent (RFC 5321 §4.5.5).
    #[must_use]
    pub const fn null() -> Self {
        Self(None)
    }

    /// Reads a mailbox without brackets; `""` and `"<>"` are the null path.
    ///
    /// # Errors
    ///
    /// As [`Mailbox::parse`].
    pub fn parse(value: &str) -> Result<Self, ValueError> {
        match value {
            "" | "<>" => Ok(Self::null()),
            value => Mailbox::parse(value).map(Self::from),
        }
    }

    /// The mailbox, unless it is the null path.
    #[must_use]
    pub fn mailbox(&self) -> Option<&Mailbox> {
        self.0.as_ref()
    }

    /// Whether it can be sent without `SMTPUTF8` (RFC 6531 §3.3).
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.0.as_ref().is_none_or(Mailbox::is_ascii)
    }

    /// Whether it is `<>`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn from_wire(parts: Option<Parts<'_>>) -> Option<Self> {
        match parts {
            None => Some(Self::null()),
            Some(parts) => Mailbox::bounded(parts).map(Self::from),
        }
    }
}

impl From<Mailbox> for ReversePath {
    fn from(mailbox: Mailbox) -> Self {
        Self(Some(mailbox))
    }
}

impl fmt::Display for ReversePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0.as_ref().map_or("", Mailbox::as_str))
    }
}

/// Where a mail goes to: a mailbox, or the local `Postmaster`, who needs no domain (RFC 5321
/// §4.1.1.3).
///
/// It displays as it stands in a command, in brackets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ForwardPath(Option<Mailbox>);

impl ForwardPath {
    /// The local postmaster.
    #[must_use]
    pub const fn postmaster() -> Self {
        Self(None)
    }

    /// Reads a mailbox without brackets, or `Postmaster` in any case.
    ///
    /// # Errors
    ///
    /// As [`Mailbox::parse`].
    pub fn parse(value: &str) -> Result<Self, ValueError> {
        if value.eq_ignore_ascii_case("Postmaster") {
            return Ok(Self::postmaster());
        }
        Mailbox::parse(value).map(Self::from)
    }

    /// The mailbox, unless it is the local postmaster.
    #[must_use]
    pub fn mailbox(&self) -> Option<&Mailbox> {
        self.0.as_ref()
    }

    /// Whether it can be sent without `SMTPUTF8` (RFC 6531 §3.3).
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.0.as_ref().is_none_or(Mailbox::is_ascii)
    }

    /// Whether it is the local postmaster, without a domain.
    #[must_use]
    pub fn is_postmaster(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn from_wire(parts: Option<Parts<'_>>) -> Option<Self> {
        match parts {
            None => Some(Self::postmaster()),
            Some(parts) => Mailbox::bounded(parts).map(Self::from),
        }
    }
}

impl From<Mailbox> for ForwardPath {
    fn from(mailbox: Mailbox) -> Self {
        Self(Some(mailbox))
    }
}

impl fmt::Display for ForwardPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0.as_ref().map_or("Postmaster", Mailbox::as_str))
    }
}

/// How a host calls itself in `EHLO`, `HELO` and its greeting: a domain or an address literal.
///
/// What a server received may be less: any printable token, because many clients send no domain and
/// RFC 5321 §4.1.4 forbids refusing mail for it. [`EhloName::is_host`] tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EhloName(String);

impl EhloName {
    /// Reads a domain or an address literal.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when it is neither.
    pub fn parse(value: &str) -> Result<Self, ValueError> {
        match value.len() {
            0 => Err(ValueError::Empty),
            1..=HOST if address::is_host(value.as_bytes()) => Ok(Self(value.into())),
            1..=HOST => Err(ValueError::Syntax),
            _ => Err(ValueError::TooLong { most: HOST }),
        }
    }

    /// What came in: one printable token.
    pub(crate) fn from_wire(value: &[u8]) -> Option<Self> {
        let printable = value.iter().all(u8::is_ascii_graphic);
        let fits = (1..=HOST).contains(&value.len());
        let text = core::str::from_utf8(value).ok()?;
        (printable && fits).then(|| Self(text.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a domain or an address literal, and so safe inside a `Received` field.
    #[must_use]
    pub fn is_host(&self) -> bool {
        address::is_host(self.0.as_bytes())
    }
}

impl fmt::Display for EhloName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::str::FromStr for EhloName {
    type Err = ValueError;

    fn from_str(value: &str) -> Result<Self, ValueError> {
        Self::parse(value)
    }
}
