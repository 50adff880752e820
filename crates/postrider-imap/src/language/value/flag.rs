//! Flags and keywords.

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use bytes::Bytes;

use super::InvalidValue;
use super::text::Lossy;

/// A message flag (RFC 9051 §2.3.2): a system flag, a registered keyword, or another.
///
/// ```
/// use postrider_imap::language::Flag;
///
/// assert_eq!(Flag::new("\\seen")?, Flag::Seen);
/// assert_eq!(Flag::new("$forwarded")?.to_string(), "$Forwarded");
/// assert!(Flag::new("two words").is_err());
/// # Ok::<(), postrider_imap::language::InvalidValue>(())
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
    /// `$Forwarded`
    Forwarded,
    /// `$MDNSent`
    MdnSent,
    /// `$Junk`
    Junk,
    /// `$NotJunk`
    NotJunk,
    /// `$Phishing`
    Phishing,
    /// `$Important` (RFC 8457)
    Important,
    /// `$Submitted` (RFC 5550)
    Submitted,
    /// `$SubmitPending` (RFC 5550)
    SubmitPending,
    /// Any other keyword.
    Keyword(Keyword),
    /// A flag that begins with a backslash and is none of the above.
    Extension(Keyword),
}

/// The name of a keyword: an atom. Compared without regard to the case of letters.
#[derive(Clone)]
pub struct Keyword(Bytes);

/// The flags that have a name here, in the order in which a [`FlagSet`] holds and writes them.
const KNOWN: [(Flag, &[u8]); 15] = [
    (Flag::Answered, b"\\Answered"),
    (Flag::Flagged, b"\\Flagged"),
    (Flag::Deleted, b"\\Deleted"),
    (Flag::Seen, b"\\Seen"),
    (Flag::Draft, b"\\Draft"),
    (Flag::Recent, b"\\Recent"),
    (Flag::Any, b"\\*"),
    (Flag::Forwarded, b"$Forwarded"),
    (Flag::MdnSent, b"$MDNSent"),
    (Flag::Junk, b"$Junk"),
    (Flag::NotJunk, b"$NotJunk"),
    (Flag::Phishing, b"$Phishing"),
    (Flag::Important, b"$Important"),
    (Flag::Submitted, b"$Submitted"),
    (Flag::SubmitPending, b"$SubmitPending"),
];

/// The place of a known flag in [`KNOWN`], by its name.
fn known(name: &[u8]) -> Option<usize> {
    // The length and two octets tell all of them apart; one comparison then decides.
    let at = match (name.len(), name.get(1)?.to_ascii_lowercase()) {
        (9, b'a') => 0,
        (8, b'f') => 1,
        (8, b'd') => 2,
        (5, b's') => 3,
        (6, b'd') => 4,
        (7, b'r') => 5,
        (2, b'*') => 6,
        (10, b'f') => 7,
        (8, b'm') => 8,
        (5, b'j') => 9,
        (8, b'n') => 10,
        (9, b'p') => 11,
        (10, b'i') => 12,
        (10, b's') => 13,
        (14, b's') => 14,
        _ => return None,
    };
    KNOWN.get(at).is_some_and(|(_, row)| row.eq_ignore_ascii_case(name)).then_some(at)
}

/// The place of a known flag in [`KNOWN`], by what stands behind its backslash.
fn known_extension(name: &[u8]) -> Option<usize> {
    let same =
        |row: &[u8]| row.strip_prefix(b"\\").is_some_and(|row| row.eq_ignore_ascii_case(name));
    KNOWN.iter().position(|(_, row)| same(row))
}

impl Flag {
    /// The flag of this name. System flags and registered keywords are known in any case of letters.
    ///
    /// # Errors
    ///
    /// When it is no atom, with or without a backslash before it.
    pub fn new(name: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let name = name.into();
        if let Some((flag, _)) = known(&name).and_then(|at| KNOWN.get(at)) {
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
            known => {
                (b"", known.place().and_then(|at| KNOWN.get(at)).map_or(b"", |(_, name)| name))
            }
        }
    }

    fn place(&self) -> Option<usize> {
        KNOWN.iter().position(|(flag, _)| flag == self)
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

    fn folded(&self) -> impl Iterator<Item = u8> {
        self.0.iter().map(u8::to_ascii_lowercase)
    }
}

pub(crate) fn is_keyword_octet(octet: u8) -> bool {
    octet.is_ascii_graphic() && !matches!(octet, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\')
}

impl PartialEq for Keyword {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Keyword {}

impl Hash for Keyword {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().for_each(|octet| state.write_u8(octet));
    }
}

impl PartialOrd for Keyword {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Keyword {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

/// A set of flags. Those with a name here take no memory of their own.
///
/// ```
/// use postrider_imap::language::{Flag, FlagSet};
///
/// let flags: FlagSet = [Flag::Seen, Flag::Forwarded, Flag::Seen].into_iter().collect();
/// assert_eq!(flags.len(), 2);
/// assert!(flags.contains(&Flag::Seen) && !flags.contains(&Flag::Deleted));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct FlagSet {
    /// A bit for each row of [`KNOWN`].
    known: u16,
    /// The others, sorted.
    others: Vec<Other>,
}

/// A flag without a name here: keywords before extensions.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Other {
    Keyword(Keyword),
    Extension(Keyword),
}

impl FlagSet {
    /// No flags.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.others.len().saturating_add(self.known.count_ones() as usize)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known == 0 && self.others.is_empty()
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn contains(&self, flag: &Flag) -> bool {
        match split(flag) {
            Ok(bit) => self.known & bit != 0,
            Err(other) => self.others.binary_search(&other).is_ok(),
        }
    }

    /// Adds one. Whether it was not there.
    pub fn insert(&mut self, flag: &Flag) -> bool {
        match split(flag) {
            Ok(bit) => {
                let new = self.known & bit == 0;
                self.known |= bit;
                new
            }
            Err(other) => match self.others.binary_search(&other) {
                Ok(_) => false,
                Err(at) => {
                    self.others.insert(at, other);
                    true
                }
            },
        }
    }

    /// Takes one away. Whether it was there.
    pub fn remove(&mut self, flag: &Flag) -> bool {
        match split(flag) {
            Ok(bit) => {
                let there = self.known & bit != 0;
                self.known &= !bit;
                there
            }
            Err(other) => match self.others.binary_search(&other) {
                Ok(at) => {
                    self.others.remove(at);
                    true
                }
                Err(_) => false,
            },
        }
    }

    /// Whether a client may store all of them (RFC 3501 §9 `flag`).
    #[must_use]
    pub fn is_storable(&self) -> bool {
        !self.contains(&Flag::Recent) && !self.contains(&Flag::Any)
    }

    /// Each of them: those with a name here first, the others by their names.
    pub fn iter(&self) -> impl Iterator<Item = Flag> {
        let known = KNOWN.iter().enumerate().filter(|(at, _)| self.known & (1 << at) != 0);
        known.map(|(_, (flag, _))| flag.clone()).chain(self.others.iter().map(
            |other| match other {
                Other::Keyword(name) => Flag::Keyword(name.clone()),
                Other::Extension(name) => Flag::Extension(name.clone()),
            },
        ))
    }

    /// Each as it is written: a backslash or nothing, and the name.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&'static [u8], &[u8])> {
        let known = KNOWN.iter().enumerate().filter(|(at, _)| self.known & (1 << at) != 0);
        known.map(|(_, (_, name))| (&b""[..], *name)).chain(self.others.iter().map(|other| {
            match other {
                Other::Keyword(name) => (&b""[..], name.as_bytes()),
                Other::Extension(name) => (&b"\\"[..], name.as_bytes()),
            }
        }))
    }

    /// Adds a flag by the name that was read, without an order: [`FlagSet::sort`] comes behind.
    /// `false` when it is no flag.
    pub(crate) fn push(&mut self, name: &[u8]) -> bool {
        if let Some(at) = known(name) {
            self.known |= 1 << at;
            return true;
        }
        let (extension, word) = match name.strip_prefix(b"\\") {
            Some(word) => (true, word),
            None => (false, name),
        };
        let Ok(word) = Keyword::new(Bytes::copy_from_slice(word)) else { return false };
        self.others.push(if extension { Other::Extension(word) } else { Other::Keyword(word) });
        true
    }

    /// Brings what was pushed into order.
    pub(crate) fn sort(&mut self) {
        self.others.sort_unstable();
        self.others.dedup();
    }
}

/// The bit of a known flag, or the form of another.
fn split(flag: &Flag) -> Result<u16, Other> {
    match flag {
        Flag::Keyword(name) => match known(name.as_bytes()) {
            Some(at) => Ok(1 << at),
            None => Err(Other::Keyword(name.clone())),
        },
        Flag::Extension(name) => match known_extension(name.as_bytes()) {
            Some(at) => Ok(1 << at),
            None => Err(Other::Extension(name.clone())),
        },
        flag => Ok(flag.place().map_or(0, |at| 1 << at)),
    }
}

impl FromIterator<Flag> for FlagSet {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        let mut set = Self::new();
        set.extend(flags);
        set
    }
}

impl Extend<Flag> for FlagSet {
    fn extend<I: IntoIterator<Item = Flag>>(&mut self, flags: I) {
        for flag in flags {
            match split(&flag) {
                Ok(bit) => self.known |= bit,
                Err(other) => self.others.push(other),
            }
        }
        self.sort();
    }
}

impl<const N: usize> From<[Flag; N]> for FlagSet {
    fn from(flags: [Flag; N]) -> Self {
        flags.into_iter().collect()
    }
}

impl fmt::Debug for FlagSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
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
