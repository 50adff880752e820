//! What a server says it can do.

use super::Atom;
use crate::write::Literals;

/// One capability (RFC 9051 §7.2.2): a name, or a name and a value behind `=`. What is compared is
/// the whole word, without regard to the case of letters.
///
/// ```
/// use postrider_imap::Capability;
///
/// let capability = Capability::new("auth=plain")?;
/// assert!(capability.is("AUTH=PLAIN"));
/// assert_eq!(capability.value_of("AUTH"), Some(&b"plain"[..]));
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Capability(Atom);

impl Capability {
    /// A capability of this name.
    ///
    /// # Errors
    ///
    /// When it is no atom.
    pub fn new(name: impl Into<bytes::Bytes>) -> Result<Self, super::InvalidValue> {
        Atom::new(name).map(Self)
    }

    /// A capability of this crate.
    pub(crate) const fn from_static(name: &'static str) -> Self {
        Self(Atom::from_static(name))
    }

    /// The word.
    #[must_use]
    pub fn atom(&self) -> &Atom {
        &self.0
    }

    /// Whether it is this one, in any case of letters.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.0.is(name)
    }

    /// What stands behind `NAME=`.
    #[must_use]
    pub fn value_of(&self, name: &str) -> Option<&[u8]> {
        let (before, behind) = self.0.as_bytes().split_at_checked(name.len())?;
        if before.eq_ignore_ascii_case(name.as_bytes()) { behind.strip_prefix(b"=") } else { None }
    }
}

impl From<Atom> for Capability {
    fn from(name: Atom) -> Self {
        Self(name)
    }
}

impl core::fmt::Display for Capability {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

/// What a server says it can do, taken together. A view: it holds nothing of its own.
///
/// ```
/// use postrider_imap::{Capabilities, Capability, InvalidValue, Literals};
///
/// let words = ["IMAP4rev1", "auth=PLAIN", "AUTH=XOAUTH2", "LITERAL-", "APPENDLIMIT=35651584"];
/// let words: Vec<_> = words.into_iter().map(Capability::new).collect::<Result<_, _>>()?;
/// let can = Capabilities::new(&words);
/// assert!(can.contains("IMAP4REV1") && !can.contains("IDLE"));
/// assert!(can.mechanisms().eq([&b"PLAIN"[..], b"XOAUTH2"]));
/// assert_eq!(can.append_limit(), Some(35_651_584));
/// assert_eq!(can.literals(), Literals::Minus);
/// # Ok::<(), InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities<'a>(&'a [Capability]);

impl<'a> Capabilities<'a> {
    /// These.
    #[must_use]
    pub fn new(all: &'a [Capability]) -> Self {
        Self(all)
    }

    /// Whether this word is among them, in any case of letters.
    #[must_use]
    pub fn contains(self, name: &str) -> bool {
        self.0.iter().any(|one| one.is(name))
    }

    /// What stands behind `NAME=`, in each of them that begins so.
    pub fn values_of(self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().filter_map(move |one| one.value_of(name))
    }

    /// The mechanisms of AUTHENTICATE: `AUTH=` (RFC 9051 §6.2.2).
    pub fn mechanisms(self) -> impl Iterator<Item = &'a [u8]> {
        self.values_of("AUTH")
    }

    /// Octets of the largest message that APPEND takes in any mailbox (RFC 7889 §2). Without a
    /// number, mailboxes differ: `contains("APPENDLIMIT")` tells.
    #[must_use]
    pub fn append_limit(self) -> Option<u64> {
        self.number("APPENDLIMIT")
    }

    /// How many messages one command may touch (RFC 9738 §3).
    #[must_use]
    pub fn message_limit(self) -> Option<u64> {
        self.number("MESSAGELIMIT")
    }

    /// How many messages one APPEND or COPY may save (RFC 9738 §3).
    #[must_use]
    pub fn save_limit(self) -> Option<u64> {
        self.number("SAVELIMIT")
    }

    /// Which literals need not wait (RFC 7888). IMAP4rev2 has LITERAL- in it (RFC 9051 §4.3).
    #[must_use]
    pub fn literals(self) -> Literals {
        if self.contains("LITERAL+") {
            Literals::Plus
        } else if self.contains("LITERAL-") || self.contains("IMAP4rev2") {
            Literals::Minus
        } else {
            Literals::Wait
        }
    }

    /// Each of them.
    pub fn iter(self) -> core::slice::Iter<'a, Capability> {
        self.0.iter()
    }

    fn number(self, name: &'a str) -> Option<u64> {
        self.values_of(name).find_map(crate::read::decimal)
    }
}

impl<'a> From<&'a [Capability]> for Capabilities<'a> {
    fn from(all: &'a [Capability]) -> Self {
        Self(all)
    }
}
