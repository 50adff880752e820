//! Flags and keywords.

use core::fmt;

use bytes::Bytes;

use super::InvalidValue;
use super::text::Lossy;

/// A message flag (RFC 3501 §2.3.2).
///
/// ```
/// use postrider_imap::Flag;
///
/// assert_eq!(Flag::new("\\seen")?, Flag::Seen);
/// assert_eq!(Flag::new("$Forwarded")?.to_string(), "$Forwarded");
/// assert!(Flag::new("two words").is_err());
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flag {
    /// `\Answered`
    Answered,
    /// `\Flagged`
    Flagged,
    /// `\Deleted`
    Deleted,
    /// `\Seen`
    Seen,
    /// `\Draft`
    Draft,
    /// `\Recent`, which no client may set (RFC 3501 §2.3.2).
    Recent,
    /// `\*` in PERMANENTFLAGS: new keywords may be made.
    Any,
    /// A keyword.
    Keyword(Keyword),
    /// A flag that begins with a backslash and is none of the above.
    Extension(Keyword),
}

/// The name of a keyword: an atom. Compared as it is written.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Keyword(Bytes);

/// The system flags and their names.
const SYSTEM: [(Flag, &[u8]); 7] = [
    (Flag::Answered, b"\\Answered"),
    (Flag::Flagged, b"\\Flagged"),
    (Flag::Deleted, b"\\Deleted"),
    (Flag::Seen, b"\\Seen"),
    (Flag::Draft, b"\\Draft"),
    (Flag::Recent, b"\\Recent"),
    (Flag::Any, b"\\*"),
];

impl Flag {
    /// The flag of this name. System flags are known in any case of letters.
    ///
    /// # Errors
    ///
    /// When it is no atom, with or without a backslash before it.
    pub fn new(name: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let name = name.into();
        let known = SYSTEM.iter().find(|(_, known)| known.eq_ignore_ascii_case(&name));
        if let Some((flag, _)) = known {
            return Ok(flag.clone());
        }
        match name.strip_prefix(b"\\") {
            Some(rest) => Keyword::new(name.slice_ref(rest)).map(Self::Extension),
            None => Keyword::new(name).map(Self::Keyword),
        }
    }

    /// Whether a client may store it (RFC 3501 §9 `flag`, without `\Recent` and `\*`).
    #[must_use]
    pub fn is_storable(&self) -> bool {
        !matches!(self, Self::Recent | Self::Any)
    }

    /// Backslash or nothing, then the name.
    pub(crate) fn pieces(&self) -> (&'static [u8], &[u8]) {
        match self {
            Self::Keyword(Keyword(name)) => (b"", name),
            Self::Extension(Keyword(name)) => (b"\\", name),
            system => {
                let row = SYSTEM.iter().find(|(flag, _)| flag == system);
                (b"", row.map_or(b"", |(_, name)| *name))
            }
        }
    }
}

impl Keyword {
    /// A keyword of this name.
    ///
    /// # Errors
    ///
    /// When the name is no atom (RFC 3501 §9). `]` is taken, because large servers use it.
    pub fn new(name: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let name = name.into();
        if name.is_empty() {
            return Err(InvalidValue::Empty);
        }
        if !name.iter().all(|&octet| is_keyword_octet(octet)) {
            return Err(InvalidValue::Octet);
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

pub(crate) fn is_keyword_octet(octet: u8) -> bool {
    octet.is_ascii_graphic() && !matches!(octet, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\')
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, name) = self.pieces();
        write!(f, "{}{}", Lossy(before), Lossy(name))
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Lossy(&self.0).fmt(f)
    }
}

impl fmt::Debug for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
