//! Atoms: words that need no quotes.

use core::fmt;
use core::hash::{Hash, Hasher};

use bytes::Bytes;

use super::text::Lossy;
use super::{InvalidValue, is_keyword_octet};

/// A word of the protocol (RFC 3501 §9 `atom`), such as the name of an extension: compared without
/// regard to the case of letters.
///
/// ```
/// use postrider_imap::Atom;
///
/// assert_eq!(Atom::new("QResync")?, Atom::new("QRESYNC")?);
/// assert!(Atom::new("two words").is_err());
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone)]
pub struct Atom(Bytes);

impl Atom {
    /// A word.
    ///
    /// # Errors
    ///
    /// When it is empty, or holds an octet that no atom has.
    pub fn new(word: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let word = word.into();
        if word.is_empty() {
            return Err(InvalidValue::Empty);
        }
        if !word.iter().all(|&octet| is_atom_octet(octet)) {
            return Err(InvalidValue::Octet);
        }
        Ok(Self(word))
    }

    /// A word of this crate.
    pub(crate) const fn from_static(word: &'static str) -> Self {
        Self(Bytes::from_static(word.as_bytes()))
    }

    /// A word that the grammar has read as one.
    pub(crate) fn read(word: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(word))
    }

    /// The word as it was written.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it is this word, in any case of letters.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        self.0.eq_ignore_ascii_case(word.as_bytes())
    }
}

/// `ATOM-CHAR = <any CHAR except atom-specials>` (RFC 3501 §9)
pub(crate) fn is_atom_octet(octet: u8) -> bool {
    is_keyword_octet(octet) & (octet != b']')
}

impl PartialEq for Atom {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Atom {}

impl Hash for Atom {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for octet in &self.0 {
            state.write_u8(octet.to_ascii_lowercase());
        }
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Lossy(&self.0).fmt(f)
    }
}

impl fmt::Debug for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
