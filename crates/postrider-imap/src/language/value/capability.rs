//! What a server says it can do.

use super::Atom;

/// One capability (RFC 9051 §7.2.2): a name, or a name and a value behind `=`. What is compared is
/// the whole word, without regard to the case of letters.
///
/// ```
/// use postrider_imap::language::Capability;
///
/// let capability = Capability::new("auth=plain")?;
/// assert!(capability.is("AUTH=PLAIN"));
/// assert_eq!(capability.value_of("AUTH"), Some(&b"plain"[..]));
/// # Ok::<(), postrider_imap::language::InvalidValue>(())
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
