//! Flags and keywords.

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use bytes::Bytes;

use super::InvalidValue;
use super::text::{Lossy, write_words};

/// A message flag (RFC 9051 §2.3.2): a system flag, a registered keyword, or another.
///
/// ```
/// use postrider_imap::Flag;
///
/// assert_eq!(Flag::new("\\seen")?, Flag::Seen);
/// assert_eq!(Flag::new("$forwarded")?.to_string(), "$Forwarded");
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
    // Most are written as the RFCs write them.
    let is = |row: &[u8]| row == name || row.eq_ignore_ascii_case(name);
    KNOWN.get(at).is_some_and(|(_, row)| is(row)).then_some(at)
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
    octet_table!(octet => octet.is_ascii_graphic()
        && !matches!(octet, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\'))
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

/// A set of flags. Those with a name here take no memory of their own; all others share one piece.
///
/// ```
/// use postrider_imap::{Flag, FlagSet};
///
/// let flags: FlagSet = [Flag::Seen, Flag::Forwarded, Flag::Seen].into_iter().collect();
/// assert_eq!(flags.len(), 2);
/// assert!(flags.contains(&Flag::Seen) && !flags.contains(&Flag::Deleted));
/// ```
#[derive(Clone, Default)]
pub struct FlagSet {
    /// A bit for each row of [`KNOWN`].
    known: u16,
    /// The names of the others as they are written, in the order of [`order`], with a blank between
    /// them. A value for each would cost an allocation for each.
    others: Vec<u8>,
}

/// How the names of flags follow each other: keywords before those with a backslash, letters in any
/// case.
fn order(one: &[u8], other: &[u8]) -> Ordering {
    let is_extension = |name: &[u8]| name.first() == Some(&b'\\');
    let folded = |name| <[u8]>::iter(name).map(u8::to_ascii_lowercase);
    is_extension(one).cmp(&is_extension(other)).then_with(|| folded(one).cmp(folded(other)))
}

/// Appends a name to others.
fn push_name(others: &mut Vec<u8>, before: &[u8], name: &[u8]) {
    let blank = usize::from(!others.is_empty());
    others.reserve(before.len().saturating_add(name.len()).saturating_add(blank));
    if blank > 0 {
        others.push(b' ');
    }
    others.extend_from_slice(before);
    others.extend_from_slice(name);
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
        self.others().count().saturating_add(self.known.count_ones() as usize)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known == 0 && self.others.is_empty()
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn contains(&self, flag: &Flag) -> bool {
        match known_bit(flag) {
            Some(bit) => self.known & bit != 0,
            None => self.others().any(|name| is_named(flag, name)),
        }
    }

    /// Adds one. Whether it was not there.
    pub fn insert(&mut self, flag: &Flag) -> bool {
        let new = !self.contains(flag);
        if new {
            self.add(flag);
            self.sort();
        }
        new
    }

    /// Takes one away. Whether it was there.
    pub fn remove(&mut self, flag: &Flag) -> bool {
        let there = self.contains(flag);
        if let Some(bit) = known_bit(flag) {
            self.known &= !bit;
        } else if there {
            let mut others = Vec::with_capacity(self.others.len());
            for name in self.others().filter(|name| !is_named(flag, name)) {
                push_name(&mut others, b"", name);
            }
            self.others = others;
        }
        there
    }

    /// Whether each flag of the other set is among them. Of flags that have a name here, that is one
    /// comparison.
    #[must_use]
    pub fn is_superset(&self, other: &Self) -> bool {
        self.known & other.known == other.known
            && (other.others.is_empty() || self.beside(other).all(|(own, _)| own.is_some()))
    }

    /// Whether a flag of the other set is among them. Of flags that have a name here, that is one
    /// comparison.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        let is_in_both = |(own, other): (Option<&[u8]>, Option<&[u8]>)| own.and(other).is_some();
        self.known & other.known != 0
            || (!self.others.is_empty()
                && !other.others.is_empty()
                && self.beside(other).any(is_in_both))
    }

    /// Adds each flag of the other set.
    pub fn insert_all(&mut self, other: &Self) {
        self.known |= other.known;
        if other.others.is_empty() || self.is_superset(other) {
            return;
        }
        let blank = usize::from(!self.others.is_empty());
        let most = self.others.len().saturating_add(other.others.len()).saturating_add(blank);
        let mut others = Vec::with_capacity(most);
        for name in self.beside(other).filter_map(|(own, other)| own.or(other)) {
            push_name(&mut others, b"", name);
        }
        self.others = others;
    }

    /// Takes each flag of the other set away.
    pub fn remove_all(&mut self, other: &Self) {
        self.known &= !other.known;
        self.keep_others(other, false);
    }

    /// Takes away what the other set has not.
    pub fn retain_all(&mut self, other: &Self) {
        self.known &= other.known;
        self.keep_others(other, true);
    }

    /// Keeps the names that the other set has, or those that it has not.
    fn keep_others(&mut self, other: &Self, shared: bool) {
        let stays = |other: Option<&[u8]>| other.is_some() == shared;
        if self.others.is_empty()
            || self.beside(other).all(|(own, other)| own.is_none() || stays(other))
        {
            return;
        }
        let mut others = Vec::with_capacity(self.others.len());
        for name in self.beside(other).filter_map(|(own, other)| own.filter(|_| stays(other))) {
            push_name(&mut others, b"", name);
        }
        self.others = others;
    }

    /// The names of both sets that have no place here, each once, as each of the two has it. As both
    /// are in order, no name is compared with more than its neighbours.
    fn beside<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (Option<&'a [u8]>, Option<&'a [u8]>)> {
        let (mut own, mut others) = (self.others().peekable(), other.others().peekable());
        core::iter::from_fn(move || {
            let next = match (own.peek(), others.peek()) {
                (Some(one), Some(other)) => order(one, other),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return None,
            };
            let one = if next.is_le() { own.next() } else { None };
            let other = if next.is_ge() { others.next() } else { None };
            Some((one, other))
        })
    }

    /// Whether a client may store all of them (RFC 3501 §9 `flag`).
    #[must_use]
    pub fn is_storable(&self) -> bool {
        !self.contains(&Flag::Recent) && !self.contains(&Flag::Any)
    }

    /// Each of them: those with a name here first, the others by their names.
    pub fn iter(&self) -> impl Iterator<Item = Flag> {
        let known = KNOWN.iter().enumerate().filter(|(at, _)| self.known & (1 << at) != 0);
        let other = |name: &[u8]| match name.strip_prefix(b"\\") {
            Some(name) => Flag::Extension(Keyword(Bytes::copy_from_slice(name))),
            None => Flag::Keyword(Keyword(Bytes::copy_from_slice(name))),
        };
        known.map(|(_, (flag, _))| flag.clone()).chain(self.others().map(other))
    }

    /// Each as it is written.
    pub(crate) fn names(&self) -> impl Iterator<Item = &[u8]> {
        let known = KNOWN.iter().enumerate().filter(|(at, _)| self.known & (1 << at) != 0);
        known.map(|(_, (_, name))| *name).chain(self.others())
    }

    fn others(&self) -> impl Iterator<Item = &[u8]> {
        self.others.split(|octet| *octet == b' ').filter(|name| !name.is_empty())
    }

    /// Adds a flag by the name that was read, without an order: [`FlagSet::sort`] comes behind.
    /// `false` when it is no flag.
    pub(crate) fn push(&mut self, name: &[u8]) -> bool {
        let is_flag = known(name).is_some() || {
            let word = name.strip_prefix(b"\\").unwrap_or(name);
            !word.is_empty() && word.iter().all(|&octet| is_keyword_octet(octet))
        };
        if is_flag {
            self.push_flag(name);
        }
        is_flag
    }

    /// Adds what is known to be a flag, without an order.
    pub(crate) fn push_flag(&mut self, name: &[u8]) {
        match known(name) {
            Some(at) => self.known |= 1 << at,
            None => push_name(&mut self.others, b"", name),
        }
    }

    /// Adds the system flag at the front, if there is one and it is written as the RFCs write it. How
    /// many octets it has; what follows may go on with its name.
    #[inline(always)]
    pub(crate) fn push_system(&mut self, octets: &[u8]) -> Option<usize> {
        let (at, len) = match octets {
            [b'\\', b'A', b'n', b's', b'w', b'e', b'r', b'e', b'd', ..] => (0, 9),
            [b'\\', b'F', b'l', b'a', b'g', b'g', b'e', b'd', ..] => (1, 8),
            [b'\\', b'D', b'e', b'l', b'e', b't', b'e', b'd', ..] => (2, 8),
            [b'\\', b'S', b'e', b'e', b'n', ..] => (3, 5),
            [b'\\', b'D', b'r', b'a', b'f', b't', ..] => (4, 6),
            [b'\\', b'R', b'e', b'c', b'e', b'n', b't', ..] => (5, 7),
            _ => return None,
        };
        self.known |= 1 << at;
        Some(len)
    }

    /// Adds a flag without an order.
    fn add(&mut self, flag: &Flag) {
        match known_bit(flag) {
            Some(bit) => self.known |= bit,
            None => {
                let (before, name) = flag.pieces();
                push_name(&mut self.others, before, name);
            }
        }
    }

    /// Brings what was pushed into order.
    pub(crate) fn sort(&mut self) {
        if self.others.is_empty()
            || self.others().is_sorted_by(|one, other| order(one, other) == Ordering::Less)
        {
            return;
        }
        let mut names: Vec<&[u8]> = self.others().collect();
        names.sort_by(|one, other| order(one, other));
        names.dedup_by(|one, other| order(one, other) == Ordering::Equal);
        let mut others = Vec::with_capacity(self.others.len());
        for name in names {
            push_name(&mut others, b"", name);
        }
        self.others = others;
    }
}

/// The bit of a flag that has a name here, be it given as a keyword.
fn known_bit(flag: &Flag) -> Option<u16> {
    match flag {
        Flag::Keyword(name) => known(name.as_bytes()).map(|at| 1 << at),
        Flag::Extension(word) => {
            let is = |row: &[u8]| {
                row.strip_prefix(b"\\").is_some_and(|row| row.eq_ignore_ascii_case(&word.0))
            };
            KNOWN.iter().position(|(_, row)| is(row)).map(|at| 1 << at)
        }
        flag => flag.place().map(|at| 1 << at),
    }
}

/// Whether this is how the flag, which has no name here, is written.
fn is_named(flag: &Flag, name: &[u8]) -> bool {
    let (before, word) = flag.pieces();
    name.split_at_checked(before.len())
        .is_some_and(|(front, rest)| front == before && rest.eq_ignore_ascii_case(word))
}

impl PartialEq for FlagSet {
    fn eq(&self, other: &Self) -> bool {
        self.known == other.known && self.others.eq_ignore_ascii_case(&other.others)
    }
}

impl Eq for FlagSet {}

impl Hash for FlagSet {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.known.hash(state);
        self.others.iter().for_each(|octet| state.write_u8(octet.to_ascii_lowercase()));
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
            self.add(&flag);
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

impl fmt::Display for FlagSet {
    /// The flags with blanks between them, without parentheses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_words(f, self.iter())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_flag_at_the_front_is_the_flag_of_that_name() {
        for (flag, name) in KNOWN {
            let mut front = FlagSet::new();
            let text = [name, b" x"].concat();
            let len = front.push_system(&text);
            let is_system = matches!(
                flag,
                Flag::Answered
                    | Flag::Flagged
                    | Flag::Deleted
                    | Flag::Seen
                    | Flag::Draft
                    | Flag::Recent
            );
            assert_eq!(len, is_system.then_some(name.len()));
            let expected: FlagSet = is_system.then_some(flag).into_iter().collect();
            assert_eq!(front, expected);
        }
    }
}
