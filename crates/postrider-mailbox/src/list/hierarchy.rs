//! What CREATE, DELETE and RENAME do to names (RFC 3501 §6.3.3 to §6.3.5).

use alloc::vec::Vec;

use bytes::Bytes;
use postrider_imap::{Delimiter, MailboxEncoding, MailboxName, PlainCode};

use super::Mailbox;
use super::nodes::one_inbox;

/// The levels of names: what parts them, and how many there may be.
///
/// ```
/// use postrider_imap::{Delimiter, MailboxName};
/// use postrider_mailbox::list::Hierarchy;
///
/// let hierarchy = Hierarchy::new(Some(Delimiter::new(b'/')?));
/// // Nothing is there yet: what stands above is created first.
/// let created = hierarchy.create(&MailboxName::new("foo/bar/zap")?, |_| None)?;
/// let created: Vec<_> = created.iter().map(ToString::to_string).collect();
/// assert_eq!(created, ["foo", "foo/bar", "foo/bar/zap"]);
/// assert!(hierarchy.create(&MailboxName::new("foo//bar")?, |_| None).is_err());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Hierarchy {
    delimiter: Option<Delimiter>,
    most_levels: usize,
    encoding: MailboxEncoding,
}

/// Why a name cannot be created, deleted or renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// It is empty, or a level of it is.
    #[error("a level of the name is empty")]
    EmptyLevel,
    /// It has more levels than there may be.
    #[error("the name has too many levels")]
    TooDeep,
    /// It holds `*` or `%`: no LIST could ask for it alone.
    #[error("the name holds a wildcard")]
    Wildcard,
    /// It is not in the encoding of the session, or could be written in another way
    /// (RFC 3501 §5.1.3).
    #[error("the name is not in the encoding of the session")]
    Encoding,
    /// INBOX is never deleted.
    #[error("INBOX is always there")]
    Inbox,
    /// There is a mailbox of that name.
    #[error("there is such a mailbox already")]
    AlreadyExists,
    /// There is no mailbox of that name.
    #[error("there is no such mailbox")]
    NonExistent,
    /// It has names below it, and is no mailbox that could be deleted.
    #[error("there are names below it")]
    HasInferiors,
    /// A name above it can have none below it.
    #[error("a name above it can have none below it")]
    NoInferiors,
    /// It would come to lie below itself.
    #[error("it would come to lie below itself")]
    BelowItself,
}

impl NameError {
    /// The response code for the NO (RFC 5530, RFC 9051 §7.1).
    #[must_use]
    pub fn code(self) -> PlainCode {
        match self {
            Self::AlreadyExists => PlainCode::AlreadyExists,
            Self::NonExistent => PlainCode::NonExistent,
            Self::HasInferiors => PlainCode::HasChildren,
            Self::TooDeep => PlainCode::Limit,
            Self::EmptyLevel
            | Self::Wildcard
            | Self::Encoding
            | Self::Inbox
            | Self::NoInferiors
            | Self::BelowItself => PlainCode::Cannot,
        }
    }
}

/// What RENAME does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Renaming {
    /// The names to be created first, each before those below it.
    pub created: Vec<MailboxName>,
    /// The old and the new name of each mailbox that gets another, all at once. For INBOX none of those below it
    /// are among them (RFC 3501 §6.3.5).
    pub renamed: Vec<(MailboxName, MailboxName)>,
    /// Whether it is INBOX: a mailbox of the new name is created and gets all its messages, and INBOX
    /// stays.
    pub inbox: bool,
}

/// What DELETE does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two ways of RFC 3501 §6.3.4")]
pub enum Deletion {
    /// Mailbox and name go.
    Remove,
    /// The messages go. The name stays for those below it, and cannot be selected any more.
    KeepName,
}

impl Hierarchy {
    /// Names with this delimiter, or without levels, up to 100 of them, in modified UTF-7.
    #[must_use]
    pub const fn new(delimiter: Option<Delimiter>) -> Self {
        Self { delimiter, most_levels: 100, encoding: MailboxEncoding::ModifiedUtf7 }
    }

    /// The same in a session where new names are in this encoding: see [`check`](Self::check).
    #[must_use]
    pub const fn with_encoding(mut self, encoding: MailboxEncoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// The same with another bound.
    #[must_use]
    pub const fn with_most_levels(mut self, levels: usize) -> Self {
        self.most_levels = levels;
        self
    }

    fn octet(self) -> Option<u8> {
        self.delimiter.map(Delimiter::get)
    }

    /// Whether a new mailbox may be called this: no level is empty, there are not too many, no `*` or
    /// `%` stands in it, and it is in the encoding of the session. In modified UTF-7 each level with
    /// `&` must be written in the one way there is for it (RFC 3501 §5.1.3), so that no mailbox has two
    /// names; that is looked at with the feature `std` alone. UTF-8 must be valid.
    ///
    /// ```
    /// use postrider_imap::{MailboxEncoding, MailboxName};
    /// use postrider_mailbox::list::{Hierarchy, NameError};
    ///
    /// let (hierarchy, name) = (Hierarchy::new(None), MailboxName::new("R&D")?);
    /// assert_eq!(hierarchy.check(&name), Err(NameError::Encoding));
    /// assert_eq!(hierarchy.check(&MailboxName::new("R&-D")?), Ok(()));
    /// assert_eq!(hierarchy.with_encoding(MailboxEncoding::Utf8).check(&name), Ok(()));
    /// # Ok::<(), postrider_imap::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NameError::EmptyLevel`], [`NameError::TooDeep`], [`NameError::Wildcard`] or
    /// [`NameError::Encoding`].
    pub fn check(self, name: &MailboxName) -> Result<(), NameError> {
        self.check_levels(name)?;
        let octets = name.as_bytes();
        if octets.iter().any(|octet| matches!(octet, b'*' | b'%')) {
            return Err(NameError::Wildcard);
        }
        if self.is_encoded(octets) { Ok(()) } else { Err(NameError::Encoding) }
    }

    fn check_levels(self, name: &MailboxName) -> Result<(), NameError> {
        let mut levels = 0_usize;
        for level in name.as_bytes().split(|octet| Some(*octet) == self.octet()) {
            if level.is_empty() {
                return Err(NameError::EmptyLevel);
            }
            levels = levels.saturating_add(1);
        }
        if levels > self.most_levels { Err(NameError::TooDeep) } else { Ok(()) }
    }

    fn is_encoded(self, name: &[u8]) -> bool {
        match self.encoding {
            MailboxEncoding::Utf8 => core::str::from_utf8(name).is_ok(),
            #[cfg(feature = "std")]
            MailboxEncoding::ModifiedUtf7 => {
                let mut levels = name.split(|octet| Some(*octet) == self.octet());
                levels.all(|level| {
                    // Each level is a name above others.
                    let read =
                        || MailboxName::new(Bytes::copy_from_slice(level))?.decode(self.encoding);
                    !level.contains(&b'&') || read().is_ok()
                })
            }
            #[cfg(not(feature = "std"))]
            MailboxEncoding::ModifiedUtf7 => true,
        }
    }

    /// The names above one, the outermost first.
    pub fn superiors(self, name: &MailboxName) -> impl Iterator<Item = MailboxName> {
        let octets = name.as_bytes().iter().enumerate();
        let ends = octets.filter(move |(_, octet)| Some(**octet) == self.octet());
        ends.filter(|(at, _)| *at > 0).filter_map(|(at, _)| prefix(name, at))
    }

    /// Whether a name lies below another.
    #[must_use]
    pub fn is_inferior(self, name: &MailboxName, of: &MailboxName) -> bool {
        self.tail(name, of).is_some()
    }

    /// What stands behind a name in one below it, with the delimiter.
    fn tail<'a>(self, name: &'a MailboxName, of: &MailboxName) -> Option<&'a [u8]> {
        let tail = name.as_bytes().strip_prefix(of.as_bytes())?;
        (tail.first().copied() == Some(self.octet()?)).then_some(tail)
    }

    /// Which names CREATE has to make: those above that are not there, the outermost first, and the
    /// mailbox itself as the last. A delimiter at the end, which says that there will be others below,
    /// is taken away. `find` tells what there is of a name. What is there but cannot be selected
    /// becomes a mailbox.
    ///
    /// # Errors
    ///
    /// [`NameError`] when it is to be answered with NO.
    pub fn create(
        self,
        name: &MailboxName,
        mut find: impl FnMut(&MailboxName) -> Option<Mailbox>,
    ) -> Result<Vec<MailboxName>, NameError> {
        let name = self.normal(name);
        if name == MailboxName::inbox() {
            return Err(NameError::AlreadyExists);
        }
        self.check(&name)?;
        if find(&name).is_some_and(|mailbox| mailbox.exists && mailbox.selectable) {
            return Err(NameError::AlreadyExists);
        }
        let mut created = self.missing_superiors(&name, find)?;
        created.push(name);
        Ok(created)
    }

    /// What RENAME has to do, where `names` are those of all mailboxes, and `find` tells what there is
    /// of one.
    ///
    /// # Errors
    ///
    /// [`NameError`] when it is to be answered with NO.
    pub fn rename(
        self,
        from: &MailboxName,
        to: &MailboxName,
        names: impl IntoIterator<Item = MailboxName>,
        mut find: impl FnMut(&MailboxName) -> Option<Mailbox>,
    ) -> Result<Renaming, NameError> {
        let (from, to) = (self.normal(from), self.normal(to));
        self.check(&to)?;
        let mut exists = |name: &MailboxName| find(name).is_some_and(|mailbox| mailbox.exists);
        if to == MailboxName::inbox() || to == from || exists(&to) {
            return Err(NameError::AlreadyExists);
        }
        let inbox = from == MailboxName::inbox();
        let there = inbox || exists(&from);
        let mut renamed = Vec::new();
        if there {
            renamed.push((from.clone(), to.clone()));
        }
        if !inbox {
            for name in names {
                let Some(tail) = self.tail(&name, &from) else { continue };
                let new: Bytes = to.as_bytes().iter().chain(tail).copied().collect();
                let new = MailboxName::new(new).map_err(|_| NameError::EmptyLevel)?;
                // What is below may have been called so before anybody looked.
                self.check_levels(&new)?;
                if exists(&new) && !self.is_inferior(&new, &from) {
                    return Err(NameError::AlreadyExists);
                }
                renamed.push((name, new));
            }
            if renamed.is_empty() {
                return Err(NameError::NonExistent);
            }
            if self.is_inferior(&to, &from) {
                return Err(NameError::BelowItself);
            }
        }
        Ok(Renaming { created: self.missing_superiors(&to, find)?, renamed, inbox })
    }

    /// What DELETE has to do with a name of which there is this, and names below it or none.
    ///
    /// # Errors
    ///
    /// [`NameError`] when it is to be answered with NO.
    pub fn delete(
        self,
        name: &MailboxName,
        mailbox: Option<&Mailbox>,
        has_inferiors: bool,
    ) -> Result<Deletion, NameError> {
        if *name == MailboxName::inbox() {
            return Err(NameError::Inbox);
        }
        let mailbox = mailbox.filter(|mailbox| mailbox.exists);
        match (mailbox.map(|mailbox| mailbox.selectable), has_inferiors) {
            (Some(true), true) => Ok(Deletion::KeepName),
            (Some(_), false) => Ok(Deletion::Remove),
            (_, true) => Err(NameError::HasInferiors),
            (None, false) => Err(NameError::NonExistent),
        }
    }

    /// A name as it is to be looked up and kept: without a delimiter at the end, and with INBOX in
    /// capital letters, as the first level of other names too. A store asks for this before it looks
    /// for the mailbox of a command; [`create`](Self::create) and [`rename`](Self::rename) do so by
    /// themselves.
    ///
    /// ```
    /// use postrider_imap::{Delimiter, MailboxName};
    /// use postrider_mailbox::list::Hierarchy;
    ///
    /// let hierarchy = Hierarchy::new(Some(Delimiter::new(b'/')?));
    /// assert_eq!(hierarchy.normal(&MailboxName::new("inbox/x/")?), MailboxName::new("INBOX/x")?);
    /// assert_eq!(hierarchy.normal(&MailboxName::new("a/inbox")?), MailboxName::new("a/inbox")?);
    /// # Ok::<(), postrider_imap::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn normal(self, name: &MailboxName) -> MailboxName {
        let octets = name.as_bytes();
        let ends = octets.last().copied() == self.octet() && self.octet().is_some();
        let length = octets.len().saturating_sub(usize::from(ends));
        let mut name = prefix(name, length).unwrap_or_else(|| name.clone());
        one_inbox(&mut name, self.octet());
        name
    }

    fn missing_superiors(
        self,
        name: &MailboxName,
        mut find: impl FnMut(&MailboxName) -> Option<Mailbox>,
    ) -> Result<Vec<MailboxName>, NameError> {
        let mut missing = Vec::new();
        for superior in self.superiors(name) {
            match find(&superior).filter(|mailbox| mailbox.exists) {
                Some(mailbox) if !mailbox.inferiors => return Err(NameError::NoInferiors),
                Some(_) => {}
                // INBOX is there, whether the store keeps it or not.
                None if superior == MailboxName::inbox() => {}
                None => missing.push(superior),
            }
        }
        Ok(missing)
    }
}

/// So many octets of a name.
pub(super) fn prefix(name: &MailboxName, length: usize) -> Option<MailboxName> {
    let octets = Bytes::from(name.clone());
    let front = octets.get(..length)?;
    MailboxName::new(octets.slice_ref(front)).ok()
}
