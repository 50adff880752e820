//! ACL (RFC 4314).

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::{InvalidValue, MailboxName};

/// A set of rights: small letters and digits (RFC 4314 §2.1). What each allows is the server's to
/// say; the obsolete `c` and `d` (RFC 4314 §2.1.1) stay what they are.
///
/// ```
/// use postrider_imap::Rights;
///
/// let rights = Rights::parse("lrs")?;
/// assert!(rights.contains(b'r') && !rights.contains(b'w'));
/// assert_eq!(rights.to_string(), "lrs");
/// assert!(Rights::parse("L").is_err());
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Rights(u64);

/// All that can be a right, in the order of writing.
const RIGHTS: [u8; 36] = *b"abcdefghijklmnopqrstuvwxyz0123456789";

impl Rights {
    /// No rights.
    #[must_use]
    pub fn new() -> Self {
        Self(0)
    }

    /// The rights of these letters and digits, in any order.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Octet`] when another octet is among them.
    pub fn parse(rights: impl AsRef<[u8]>) -> Result<Self, InvalidValue> {
        let mut set = Self::new();
        for &right in rights.as_ref() {
            set.insert(right)?;
        }
        Ok(set)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn contains(self, right: u8) -> bool {
        bit(right).is_some_and(|bit| self.0 & bit != 0)
    }

    /// Adds one.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Octet`] when it is no small letter and no digit.
    pub fn insert(&mut self, right: u8) -> Result<(), InvalidValue> {
        self.0 |= bit(right).ok_or(InvalidValue::Octet)?;
        Ok(())
    }

    /// These and those.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These without those.
    #[must_use]
    pub fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Each of them: letters, then digits.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        RIGHTS.into_iter().filter(move |&right| self.contains(right))
    }
}

fn bit(right: u8) -> Option<u64> {
    match right {
        b'a'..=b'z' => Some(1 << right.wrapping_sub(b'a')),
        b'0'..=b'9' => Some(1 << right.wrapping_sub(b'0').wrapping_add(26)),
        _ => None,
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|right| write!(f, "{}", char::from(right)))
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rights({self})")
    }
}

/// What SETACL does with rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three of the grammar")]
pub enum RightsChange {
    /// These and no others.
    Replace(Rights),
    /// `+`: these too.
    Add(Rights),
    /// `-`: no longer these.
    Remove(Rights),
}

/// The ACL response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 4314 has these two")]
pub struct Acl {
    /// Which mailbox.
    pub mailbox: MailboxName,
    /// Who has which rights. An identifier that begins with `-` takes them.
    pub entries: Vec<(Bytes, Rights)>,
}

/// The LISTRIGHTS response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 4314 has these four")]
pub struct ListRights {
    /// Which mailbox.
    pub mailbox: MailboxName,
    /// Who.
    pub identifier: Bytes,
    /// The rights that it always has.
    pub required: Rights,
    /// Those that it can be given, each group only as a whole.
    pub optional: Vec<Rights>,
}

/// The MYRIGHTS response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "RFC 4314 has these two")]
pub struct MyRights {
    /// Which mailbox.
    pub mailbox: MailboxName,
    /// The rights of the user on it.
    pub rights: Rights,
}
