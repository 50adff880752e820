//! Patterns with wildcards (RFC 3501 §6.3.8, RFC 9051 §6.3.9).

use alloc::vec::Vec;

use postrider_imap::{Delimiter, MailboxName};

use super::automaton::{Automaton, Match, Referred, Token};

/// A canonical LIST pattern: `*` is any octets, `%` any but the delimiter.
///
/// Octets are compared, so pattern and names are to be in the same encoding. In modified UTF-7 a
/// wildcard that stands between two characters that are encoded together matches nothing;
/// [`Listing::with_encoding`](super::Listing::with_encoding) knows better.
///
/// It costs the length of the name for each 64 octets of the pattern, whatever wildcards it has.
///
/// ```
/// use postrider_imap::{Delimiter, MailboxName};
/// use postrider_mailbox::list::Pattern;
///
/// let archive = MailboxName::new("archive/")?;
/// let pattern = Pattern::new(&archive, b"%", Some(Delimiter::new(b'/')?));
/// assert!(pattern.matches(&MailboxName::new("archive/2003")?));
/// assert!(!pattern.matches(&MailboxName::new("archive/2003/March")?));
/// assert!(!pattern.matches(&MailboxName::new("Archive/2003")?));
///
/// // INBOX is one name in any case of letters.
/// let pattern = Pattern::new(&MailboxName::new("")?, b"iNb%", None);
/// assert!(pattern.matches(&MailboxName::inbox()));
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    automaton: Automaton,
}

impl Pattern {
    /// The reference with the pattern behind it. What stands in the reference stands for itself.
    #[must_use]
    pub fn new(reference: &MailboxName, pattern: &[u8], delimiter: Option<Delimiter>) -> Self {
        Self::of(reference.as_bytes(), pattern, delimiter)
    }

    /// The same on a server where a pattern that begins with one of these octets is not read in the
    /// context of the reference, such as `#` of the namespace convention, or `/` and `~`.
    ///
    /// ```
    /// use postrider_imap::MailboxName;
    /// use postrider_mailbox::list::Pattern;
    ///
    /// let archive = MailboxName::new("archive/")?;
    /// let pattern = Pattern::with_break_outs(&archive, b"~fred/Mail/*", None, b"#/~");
    /// assert!(pattern.matches(&MailboxName::new("~fred/Mail/foo")?));
    /// # Ok::<(), postrider_imap::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn with_break_outs(
        reference: &MailboxName,
        pattern: &[u8],
        delimiter: Option<Delimiter>,
        break_outs: &[u8],
    ) -> Self {
        let breaks_out = pattern.first().is_some_and(|first| break_outs.contains(first));
        let reference = if breaks_out { &[] } else { reference.as_bytes() };
        Self::of(reference, pattern, delimiter)
    }

    fn of(reference: &[u8], pattern: &[u8], delimiter: Option<Delimiter>) -> Self {
        let patterns = [Token::read(pattern).collect()].into();
        let referred = Referred { reference: reference.into(), patterns };
        Self { automaton: Automaton::new(&[referred], delimiter) }
    }

    /// Whether the name matches.
    #[must_use]
    pub fn matches(&self, name: &MailboxName) -> bool {
        self.run(name).last().is_some_and(|name| name.any)
    }

    /// The levels above the name that match, although they may be no mailboxes: a pattern that ends in
    /// `%` makes them visible (RFC 3501 §6.3.8). The outermost comes first.
    ///
    /// ```
    /// use postrider_imap::{Delimiter, MailboxName};
    /// use postrider_mailbox::list::Pattern;
    ///
    /// let dot = Some(Delimiter::new(b'.')?);
    /// let pattern = Pattern::new(&MailboxName::new("#news.")?, b"comp.%", dot);
    /// let levels = pattern.levels(&MailboxName::new("#news.comp.mail.misc")?);
    /// assert_eq!(levels, [MailboxName::new("#news.comp.mail")?]);
    /// # Ok::<(), postrider_imap::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn levels(&self, name: &MailboxName) -> Vec<MailboxName> {
        let delimiter = self.automaton.delimiter();
        let ends = name.as_bytes().iter().enumerate();
        let ends = ends.filter(|(_, octet)| Some(**octet) == delimiter).map(|(at, _)| at);
        let matched = self.run(name).into_iter().zip(ends);
        matched
            .filter(|(level, end)| level.level && *end > 0)
            .filter_map(|(_, end)| super::hierarchy::prefix(name, end))
            .collect()
    }

    fn run(&self, name: &MailboxName) -> Vec<Match> {
        let (mut reached, mut out) = (Vec::new(), Vec::new());
        self.automaton.run(name.as_bytes(), &mut reached, &mut out);
        out
    }
}
