//! What a LIST command asks.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use bytes::Bytes;
#[cfg(feature = "std")]
use postrider_imap::MailboxEncoding;
use postrider_imap::{
    Delimiter, ListCommand, ListKind, ListReturn, ListSelection, MailboxName, StatusItem,
};

use super::automaton::{Automaton, Referred, Token};

/// A LIST, LSUB or XLIST command, ready to be answered. See [the module](super).
#[derive(Clone, Debug)]
pub struct Listing {
    pub(super) kind: ListKind,
    /// Whether the command has the extended syntax.
    pub(super) extended: bool,
    pub(super) delimiter: Option<Delimiter>,
    pub(super) reference: MailboxName,
    /// Sorted, each once. None where the delimiter alone is asked for.
    patterns: Vec<Bytes>,
    pub(super) asks_delimiter: bool,
    pub(super) selection: Selection,
    pub(super) returns: Returns,
    break_outs: Bytes,
    #[cfg(feature = "std")]
    pub(super) encoding: Option<MailboxEncoding>,
}

/// The selection options.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Selection {
    pub(super) subscribed: bool,
    pub(super) remote: bool,
    pub(super) recursive: bool,
    pub(super) special_use: bool,
}

/// The return options.
#[derive(Clone, Debug, Default)]
pub(super) struct Returns {
    pub(super) subscribed: bool,
    pub(super) children: bool,
    pub(super) special_use: bool,
    pub(super) status: Vec<StatusItem>,
    pub(super) my_rights: bool,
    pub(super) metadata: Vec<Bytes>,
}

/// Why a LIST command is to be answered with BAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// RECURSIVEMATCH without an option whose matches could be below (RFC 5258 §3.1).
    #[error("RECURSIVEMATCH without another selection option")]
    RecursiveMatchAlone,
    /// A selection option that is not known (RFC 5258 §3).
    #[error("an unknown selection option")]
    UnknownSelection,
    /// A return option that is not known (RFC 5258 §3).
    #[error("an unknown return option")]
    UnknownReturn,
}

impl Listing {
    /// What a LIST command asks, on a server where this parts the levels of names; `None` where names
    /// have no levels. A server whose namespaces have several delimiters takes that of the one which
    /// the reference and the pattern are in, and gives the mailboxes of that one.
    ///
    /// # Errors
    ///
    /// [`ListError`] when the command is to be answered with BAD.
    pub fn new(command: &ListCommand, delimiter: Option<Delimiter>) -> Result<Self, ListError> {
        let mut selection = Selection::default();
        for option in command.selection.iter().flatten() {
            match option {
                ListSelection::Subscribed => selection.subscribed = true,
                ListSelection::Remote => selection.remote = true,
                ListSelection::RecursiveMatch => selection.recursive = true,
                ListSelection::SpecialUse => selection.special_use = true,
                _ => return Err(ListError::UnknownSelection),
            }
        }
        if selection.recursive && !selection.subscribed && !selection.special_use {
            return Err(ListError::RecursiveMatchAlone);
        }
        // RFC 9051 §6.3.9.1 and RFC 6154 §8.4: to select by it is to ask for it.
        let mut returns = Returns {
            subscribed: selection.subscribed,
            special_use: selection.special_use,
            ..Returns::default()
        };
        for option in command.returns.iter().flatten() {
            match option {
                ListReturn::Subscribed => returns.subscribed = true,
                ListReturn::Children => returns.children = true,
                ListReturn::SpecialUse => returns.special_use = true,
                ListReturn::MyRights => returns.my_rights = true,
                ListReturn::Status(_) | ListReturn::Metadata(_) => {}
                _ => return Err(ListError::UnknownReturn),
            }
        }
        let options = || command.returns.iter().flatten();
        returns.status = once(
            options().flat_map(|option| match option {
                ListReturn::Status(items) => items.as_slice(),
                _ => &[],
            }),
            StatusItem::name,
        );
        returns.metadata = once(
            options().flat_map(|option| match option {
                ListReturn::Metadata(entries) => entries.as_slice(),
                _ => &[],
            }),
            Bytes::as_ref,
        );
        let extended = command.is_extended();
        let patterns = command.patterns.clone();
        let mut listing =
            Self::of(ListKind::List, command.reference.clone(), patterns, extended, delimiter);
        listing.selection = selection;
        listing.returns = returns;
        Ok(listing)
    }

    /// What LSUB asks (RFC 3501 §6.3.9): the subscribed names that match. Where `%` matches a name that
    /// is not subscribed but has some below it that are, that one is told with `\Noselect`.
    ///
    /// ```
    /// use postrider_imap::{Delimiter, ListAttribute, MailboxName};
    /// use postrider_mailbox::list::{Listing, Mailbox};
    ///
    /// let slash = Some(Delimiter::new(b'/')?);
    /// let listing = Listing::lsub(&MailboxName::new("")?, "%", slash);
    /// let subscribed = Mailbox::subscription(MailboxName::new("foo/bar")?);
    /// let foo = listing.answer([subscribed]).next().expect("foo, not foo/bar").response;
    /// assert_eq!(foo.mailbox, MailboxName::new("foo")?);
    /// assert_eq!(foo.attributes, [ListAttribute::NoSelect].into());
    /// # Ok::<(), postrider_imap::InvalidValue>(())
    /// ```
    pub fn lsub(
        reference: &MailboxName,
        pattern: impl Into<Bytes>,
        delimiter: Option<Delimiter>,
    ) -> Self {
        let patterns = [pattern.into()].into();
        let mut listing = Self::of(ListKind::Lsub, reference.clone(), patterns, false, delimiter);
        listing.selection.subscribed = true;
        listing
    }

    /// What XLIST of Gmail asks: LIST, with special uses under other names.
    pub fn xlist(
        reference: &MailboxName,
        pattern: impl Into<Bytes>,
        delimiter: Option<Delimiter>,
    ) -> Self {
        let patterns = [pattern.into()].into();
        let mut listing = Self::of(ListKind::Xlist, reference.clone(), patterns, false, delimiter);
        listing.returns.special_use = true;
        listing.returns.children = true;
        listing
    }

    fn of(
        kind: ListKind,
        reference: MailboxName,
        mut patterns: Vec<Bytes>,
        extended: bool,
        delimiter: Option<Delimiter>,
    ) -> Self {
        let asks_delimiter = !extended && patterns.iter().all(Bytes::is_empty);
        // RFC 9051 §6.3.9: in the extended syntax an empty pattern is ignored.
        patterns.retain(|pattern| !pattern.is_empty());
        patterns.sort_unstable();
        patterns.dedup();
        Self {
            kind,
            extended,
            delimiter,
            reference,
            patterns,
            asks_delimiter,
            selection: Selection::default(),
            returns: Returns::default(),
            break_outs: Bytes::new(),
            #[cfg(feature = "std")]
            encoding: None,
        }
    }

    /// The same where names are in this encoding, and wildcards stand for characters. Without it octets
    /// are compared, which in modified UTF-7 misses a wildcard between two characters that are encoded
    /// together. A pattern that is not in the encoding is compared as octets, and so is a name.
    ///
    /// ```
    /// use postrider_imap::{ListCommand, MailboxEncoding, MailboxName};
    /// use postrider_mailbox::list::{Listing, Mailbox};
    ///
    /// let encoding = MailboxEncoding::ModifiedUtf7;
    /// let pattern = MailboxName::encode("*北", encoding)?;
    /// let listing = Listing::new(&ListCommand::new(MailboxName::new("")?, pattern), None)?;
    /// let taipei = || Mailbox::new(MailboxName::encode("台北", encoding).expect("a name"));
    /// assert_eq!(listing.answer([taipei()]).count(), 0);
    /// assert_eq!(listing.with_encoding(encoding).answer([taipei()]).count(), 1);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    #[cfg(feature = "std")]
    #[must_use]
    pub fn with_encoding(mut self, encoding: MailboxEncoding) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// The same on a server where a pattern that begins with one of these octets is not read in the
    /// context of the reference; see [`Pattern::with_break_outs`](super::Pattern::with_break_outs).
    #[must_use]
    pub fn with_break_outs(mut self, octets: impl Into<Bytes>) -> Self {
        self.break_outs = octets.into();
        self
    }

    /// The same on a server that always tells whether there are mailboxes below, as RFC 3348 has it.
    #[must_use]
    pub fn telling_children(mut self) -> Self {
        self.returns.children = true;
        self
    }

    /// The same on a server that always tells special uses, which RFC 6154 §2 allows.
    #[must_use]
    pub fn telling_special_uses(mut self) -> Self {
        self.returns.special_use = true;
        self
    }

    /// Which items the STATUS responses are to have; empty when none are asked for.
    #[must_use]
    pub fn status_items(&self) -> &[StatusItem] {
        &self.returns.status
    }

    /// Which entries the METADATA responses are to have (RFC 9590); empty when none are asked for.
    #[must_use]
    pub fn metadata_entries(&self) -> &[Bytes] {
        &self.returns.metadata
    }

    /// Whether the answer needs to know the subscriptions.
    #[must_use]
    pub fn needs_subscriptions(&self) -> bool {
        self.selection.subscribed || self.returns.subscribed
    }

    /// The patterns, for names of at most so many octets: one with more literal octets matches none.
    pub(super) fn automaton(&self, longest: usize) -> Automaton {
        let plain = Bytes::from(self.reference.clone());
        let text = self.decoded(&plain);
        let behind =
            |reference: &[u8]| Referred { reference: reference.into(), patterns: Vec::new() };
        let (mut alone, mut behind_plain) = (behind(&[]), behind(&plain));
        let mut behind_text = behind(text.as_deref().unwrap_or_default());
        for pattern in &self.patterns {
            let breaks_out = pattern.first().is_some_and(|first| self.break_outs.contains(first));
            let decoded = match breaks_out || text.is_some() {
                true => self.decoded(pattern),
                false => None,
            };
            let referred = match (breaks_out, &decoded) {
                (true, _) => &mut alone,
                (false, Some(_)) => &mut behind_text,
                (false, None) => &mut behind_plain,
            };
            let octets = decoded.as_deref().unwrap_or(pattern);
            let literals = octets.iter().filter(|octet| !matches!(octet, b'%' | b'*')).count();
            if literals.saturating_add(referred.reference.len()) <= longest {
                referred.patterns.push(Token::read(octets).collect());
            }
        }
        let referred = [alone, behind_plain, behind_text];
        let referred: Vec<Referred> =
            referred.into_iter().filter(|referred| !referred.patterns.is_empty()).collect();
        Automaton::new(&referred, self.delimiter)
    }

    /// The text of a reference or a pattern; `None` where octets are compared.
    #[cfg(feature = "std")]
    fn decoded(&self, octets: &Bytes) -> Option<Vec<u8>> {
        let name = MailboxName::new(octets.clone()).ok()?;
        Some(name.decode(self.encoding?).ok()?.into_bytes())
    }

    #[cfg(not(feature = "std"))]
    #[expect(clippy::unused_self, reason = "the encoding is there with `std` alone")]
    fn decoded(&self, _: &Bytes) -> Option<Vec<u8>> {
        None
    }
}

/// What is asked for twice is told once, where it was asked for first.
fn once<'a, T: Clone + 'a>(
    list: impl Iterator<Item = &'a T>,
    key: impl Fn(&'a T) -> &'a [u8],
) -> Vec<T> {
    let mut seen = BTreeSet::new();
    list.filter(|one| seen.insert(key(one))).cloned().collect()
}
