//! What LIST says of a mailbox.

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

use bytes::Bytes;

use super::text::{Lossy, write_words};
use super::{Atom, InvalidValue};

/// One attribute of a mailbox name (RFC 9051 §7.3.1, RFC 6154, RFC 8457 and XLIST).
///
/// ```
/// use postrider_imap::ListAttribute;
///
/// assert_eq!(ListAttribute::new("\\noSelect")?, ListAttribute::NoSelect);
/// assert_eq!(ListAttribute::Sent.to_string(), "\\Sent");
/// assert!(ListAttribute::new("Sent").is_err());
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListAttribute {
    /// `\Noinferiors`
    NoInferiors,
    /// `\Noselect`
    NoSelect,
    /// `\Marked`
    Marked,
    /// `\Unmarked`
    Unmarked,
    /// `\NonExistent`
    NonExistent,
    /// `\Subscribed`
    Subscribed,
    /// `\Remote`
    Remote,
    /// `\HasChildren`
    HasChildren,
    /// `\HasNoChildren`
    HasNoChildren,
    /// `\NoAccess` (RFC 5465, 8440)
    NoAccess,
    /// `\All`
    All,
    /// `\Archive`
    Archive,
    /// `\Drafts`
    Drafts,
    /// `\Flagged`
    Flagged,
    /// `\Junk`
    Junk,
    /// `\Sent`
    Sent,
    /// `\Trash`
    Trash,
    /// `\Important` (RFC 8457)
    Important,
    /// `\Memos`
    Memos,
    /// `\Scheduled`
    Scheduled,
    /// `\Snoozed`
    Snoozed,
    /// `\Inbox` (XLIST)
    Inbox,
    /// `\AllMail` (XLIST)
    AllMail,
    /// `\Starred` (XLIST)
    Starred,
    /// `\Spam` (XLIST)
    Spam,
    /// Another: its name without the backslash.
    Other(Atom),
}

/// The attributes that have a name here, in the order in which a set holds and writes them.
const KNOWN: [(ListAttribute, &str); 25] = [
    (ListAttribute::NoInferiors, "Noinferiors"),
    (ListAttribute::NoSelect, "Noselect"),
    (ListAttribute::Marked, "Marked"),
    (ListAttribute::Unmarked, "Unmarked"),
    (ListAttribute::NonExistent, "NonExistent"),
    (ListAttribute::Subscribed, "Subscribed"),
    (ListAttribute::Remote, "Remote"),
    (ListAttribute::HasChildren, "HasChildren"),
    (ListAttribute::HasNoChildren, "HasNoChildren"),
    (ListAttribute::NoAccess, "NoAccess"),
    (ListAttribute::All, "All"),
    (ListAttribute::Archive, "Archive"),
    (ListAttribute::Drafts, "Drafts"),
    (ListAttribute::Flagged, "Flagged"),
    (ListAttribute::Junk, "Junk"),
    (ListAttribute::Sent, "Sent"),
    (ListAttribute::Trash, "Trash"),
    (ListAttribute::Important, "Important"),
    (ListAttribute::Memos, "Memos"),
    (ListAttribute::Scheduled, "Scheduled"),
    (ListAttribute::Snoozed, "Snoozed"),
    (ListAttribute::Inbox, "Inbox"),
    (ListAttribute::AllMail, "AllMail"),
    (ListAttribute::Starred, "Starred"),
    (ListAttribute::Spam, "Spam"),
];

/// The place of a known attribute in [`KNOWN`], by its name without the backslash.
fn known(name: &[u8]) -> Option<usize> {
    let &[first, _, third, ..] = name else { return None };
    // The length and two octets tell all of them apart; one comparison then decides.
    let at = match (name.len(), first.to_ascii_lowercase(), third.to_ascii_lowercase()) {
        (11, b'n', b'i') => 0,
        (8, b'n', b's') => 1,
        (6, b'm', b'r') => 2,
        (8, b'u', b'm') => 3,
        (11, b'n', b'n') => 4,
        (10, b's', b'b') => 5,
        (6, b'r', b'm') => 6,
        (11, b'h', b's') => 7,
        (13, b'h', b's') => 8,
        (8, b'n', b'a') => 9,
        (3, b'a', b'l') => 10,
        (7, b'a', b'c') => 11,
        (6, b'd', b'a') => 12,
        (7, b'f', b'a') => 13,
        (4, b'j', b'n') => 14,
        (4, b's', b'n') => 15,
        (5, b't', b'a') => 16,
        (9, b'i', b'p') => 17,
        (5, b'm', b'm') => 18,
        (9, b's', b'h') => 19,
        (7, b's', b'o') => 20,
        (5, b'i', b'b') => 21,
        (7, b'a', b'l') => 22,
        (7, b's', b'a') => 23,
        (4, b's', b'a') => 24,
        _ => return None,
    };
    let row = KNOWN.get(at).map(|(_, row)| row.as_bytes());
    // Most are written as the RFCs write them.
    row.is_some_and(|row| row == name || row.eq_ignore_ascii_case(name)).then_some(at)
}

impl ListAttribute {
    /// The attribute of this name, which begins with a backslash, in any case of letters.
    ///
    /// # Errors
    ///
    /// When it does not, or no atom stands behind it.
    pub fn new(name: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let name = name.into();
        let Some(word) = name.strip_prefix(b"\\") else { return Err(InvalidValue::Octet) };
        match known(word).and_then(|at| KNOWN.get(at)) {
            Some((attribute, _)) => Ok(attribute.clone()),
            None => Atom::new(name.slice_ref(word)).map(Self::Other),
        }
    }

    /// The attribute of this name, which an atom is, without the backslash.
    pub(crate) fn read(name: &[u8]) -> Self {
        match known(name).and_then(|at| KNOWN.get(at)) {
            Some((attribute, _)) => attribute.clone(),
            None => Self::Other(Atom::read(name)),
        }
    }

    /// The name without the backslash.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Other(name) => name.as_bytes(),
            known => {
                known.place().and_then(|at| KNOWN.get(at)).map_or(b"", |(_, name)| name.as_bytes())
            }
        }
    }

    /// Whether it tells what a mailbox is for (RFC 6154 §2, RFC 8457 §4 and the registry of
    /// mailbox attributes), XLIST aside.
    #[must_use]
    pub fn is_special_use(&self) -> bool {
        use ListAttribute::{
            All, Archive, Drafts, Flagged, Important, Junk, Memos, Scheduled, Sent, Snoozed, Trash,
        };
        matches!(
            self,
            All | Archive
                | Drafts
                | Flagged
                | Junk
                | Sent
                | Trash
                | Important
                | Memos
                | Scheduled
                | Snoozed
        )
    }

    fn place(&self) -> Option<usize> {
        KNOWN.iter().position(|(attribute, _)| attribute == self)
    }
}

impl fmt::Display for ListAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\\{}", Lossy(self.name()))
    }
}

/// A set of attributes. Those with a name here take no memory of their own.
///
/// ```
/// use postrider_imap::{ListAttribute, ListAttributes};
///
/// let attributes = ListAttributes::from([ListAttribute::HasChildren, ListAttribute::Sent]);
/// assert!(attributes.contains(&ListAttribute::Sent));
/// assert_eq!(attributes.len(), 2);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ListAttributes {
    /// A bit for each row of [`KNOWN`].
    known: u32,
    /// The others, sorted.
    others: Vec<Atom>,
}

impl ListAttributes {
    /// No attributes.
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
    pub fn contains(&self, attribute: &ListAttribute) -> bool {
        match split(attribute) {
            Ok(bit) => self.known & bit != 0,
            Err(name) => self.place_of(name).is_ok(),
        }
    }

    /// Adds one. Whether it was not there.
    pub fn insert(&mut self, attribute: ListAttribute) -> bool {
        match split(&attribute) {
            Ok(bit) => {
                let new = self.known & bit == 0;
                self.known |= bit;
                new
            }
            Err(name) => match self.place_of(name) {
                Ok(_) => false,
                Err(at) => {
                    self.others.insert(at, name.clone());
                    true
                }
            },
        }
    }

    /// Takes one away. Whether it was there.
    pub fn remove(&mut self, attribute: &ListAttribute) -> bool {
        match split(attribute) {
            Ok(bit) => {
                let there = self.known & bit != 0;
                self.known &= !bit;
                there
            }
            Err(name) => self.place_of(name).map(|at| self.others.remove(at)).is_ok(),
        }
    }

    fn place_of(&self, name: &Atom) -> Result<usize, usize> {
        self.others.binary_search_by(|other| compare(other, name))
    }

    /// Each of them: those with a name here first, the others by their names.
    pub fn iter(&self) -> impl Iterator<Item = ListAttribute> {
        let known = KNOWN.iter().enumerate().filter(|(at, _)| self.known & (1 << at) != 0);
        let others = self.others.iter().cloned().map(ListAttribute::Other);
        known.map(|(_, (attribute, _))| attribute.clone()).chain(others)
    }

    /// The name of each without its backslash.
    pub(crate) fn names(&self) -> impl Iterator<Item = &[u8]> {
        let known = KNOWN.iter().enumerate().filter(|(at, _)| self.known & (1 << at) != 0);
        known.map(|(_, (_, name))| name.as_bytes()).chain(self.others.iter().map(Atom::as_bytes))
    }

    /// Adds an attribute by the name that was read, without an order: [`ListAttributes::sort`]
    /// comes behind. `false` when it is no atom.
    pub(crate) fn push(&mut self, name: &[u8]) -> bool {
        if let Some(at) = known(name) {
            self.known |= 1 << at;
            return true;
        }
        let atom = Atom::new(Bytes::copy_from_slice(name));
        atom.map(|name| self.others.push(name)).is_ok()
    }

    /// Adds what nearly all mailboxes have, whether there are mailboxes below them, if that stands at
    /// the front. What follows; it may go on with the name.
    #[inline(always)]
    pub(crate) fn push_frequent<'a>(&mut self, octets: &'a [u8]) -> Option<&'a [u8]> {
        let (at, rest) = match octets.strip_prefix(b"\\HasNoChildren") {
            Some(rest) => (8, rest),
            None => (7, octets.strip_prefix(b"\\HasChildren")?),
        };
        self.known |= 1 << at;
        Some(rest)
    }

    /// Brings what was pushed into order.
    pub(crate) fn sort(&mut self) {
        if self.others.len() < 2 {
            return;
        }
        self.others.sort_unstable_by(compare);
        self.others.dedup();
    }
}

fn compare(one: &Atom, other: &Atom) -> Ordering {
    one.as_bytes()
        .iter()
        .map(u8::to_ascii_lowercase)
        .cmp(other.as_bytes().iter().map(u8::to_ascii_lowercase))
}

/// The bit of a known attribute, or the name of another.
fn split(attribute: &ListAttribute) -> Result<u32, &Atom> {
    match attribute {
        ListAttribute::Other(name) => known(name.as_bytes()).map(|at| 1 << at).ok_or(name),
        known => Ok(known.place().map_or(0, |at| 1 << at)),
    }
}

impl Extend<ListAttribute> for ListAttributes {
    fn extend<I: IntoIterator<Item = ListAttribute>>(&mut self, attributes: I) {
        for attribute in attributes {
            match split(&attribute) {
                Ok(bit) => self.known |= bit,
                Err(name) => self.others.push(name.clone()),
            }
        }
        self.sort();
    }
}

impl FromIterator<ListAttribute> for ListAttributes {
    fn from_iter<I: IntoIterator<Item = ListAttribute>>(attributes: I) -> Self {
        let mut set = Self::new();
        set.extend(attributes);
        set
    }
}

impl<const N: usize> From<[ListAttribute; N]> for ListAttributes {
    fn from(attributes: [ListAttribute; N]) -> Self {
        attributes.into_iter().collect()
    }
}

impl fmt::Display for ListAttributes {
    /// The attributes with blanks between them, without parentheses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_words(f, self.iter())
    }
}

impl fmt::Debug for ListAttributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_at_the_front_is_the_one_of_that_name() {
        for (name, attribute) in [
            (&b"\\HasNoChildren"[..], ListAttribute::HasNoChildren),
            (b"\\HasChildren", ListAttribute::HasChildren),
        ] {
            let mut front = ListAttributes::new();
            assert_eq!(front.push_frequent(&[name, b" x"].concat()), Some(&b" x"[..]));
            assert!(front.contains(&attribute));
            assert_eq!(front.len(), 1);
        }
        assert_eq!(ListAttributes::new().push_frequent(b"\\HasNo"), None);
    }
}
