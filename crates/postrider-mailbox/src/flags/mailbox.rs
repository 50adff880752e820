//! Which flags there are in a mailbox.

use postrider_imap::{Code, Flag, FlagSet, PlainCode};

/// The system flags that a client may set (RFC 3501 §2.3.2).
const SYSTEM: [Flag; 5] = [Flag::Answered, Flag::Flagged, Flag::Deleted, Flag::Seen, Flag::Draft];

/// Keywords of one mailbox, and octets of one, unless said otherwise.
const KEYWORDS: usize = 256;
const OCTETS: usize = 100;

/// Which flags there are in a mailbox: what FLAGS and PERMANENTFLAGS tell (RFC 3501 §7.1 and §7.2.6).
///
/// ```
/// use postrider_imap::{Flag, FlagSet};
/// use postrider_mailbox::flags::MailboxFlags;
///
/// let mut flags = MailboxFlags::new();
/// assert!(flags.permanent().contains(&Flag::Any));
/// let admitted = flags.admit(&FlagSet::from([Flag::Seen, Flag::Forwarded]))?;
/// // FLAGS is to be told anew, before a response names the keyword.
/// assert!(admitted.is_news && flags.flags().contains(&Flag::Forwarded));
/// # Ok::<(), postrider_mailbox::flags::KeywordLimit>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxFlags {
    /// All that there are.
    flags: FlagSet,
    /// Those of which a change lasts; never `\Recent` or `\*`.
    permanent: FlagSet,
    /// Whether clients may make new keywords.
    new_keywords: bool,
    most: usize,
    most_octets: usize,
}

/// What a mailbox keeps of some flags.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Admitted {
    /// Those that it keeps. What is not among them is ignored (RFC 3501 §7.1, PERMANENTFLAGS).
    pub flags: FlagSet,
    /// Whether there are keywords among them that the mailbox did not have: every session that has it
    /// selected is told FLAGS anew.
    pub is_news: bool,
}

/// There would be more keywords in the mailbox than it may have, or a longer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more keywords than the mailbox may have, or longer ones")]
#[non_exhaustive]
pub struct KeywordLimit;

impl KeywordLimit {
    /// The code of the NO that says so (RFC 5530).
    #[must_use]
    pub fn code(self) -> Code {
        PlainCode::Limit.into()
    }
}

impl Default for MailboxFlags {
    fn default() -> Self {
        Self::new()
    }
}

impl MailboxFlags {
    /// The system flags, and room for 256 keywords of at most 100 octets that clients make: each
    /// message may have all of them.
    #[must_use]
    pub fn new() -> Self {
        let flags: FlagSet = SYSTEM.into();
        Self {
            permanent: flags.clone(),
            flags,
            new_keywords: true,
            most: KEYWORDS,
            most_octets: OCTETS,
        }
    }

    /// Flags that are in the mailbox already: keywords become known, and last.
    #[must_use]
    pub fn with_flags(mut self, flags: &FlagSet) -> Self {
        let mut flags = flags.clone();
        remove_unstorable(&mut flags);
        self.flags.insert_all(&flags);
        self.permanent.insert_all(&flags);
        self
    }

    /// Changes of no other flags than these last.
    #[must_use]
    pub fn with_permanent(mut self, flags: &FlagSet) -> Self {
        self.permanent = flags.clone();
        remove_unstorable(&mut self.permanent);
        self.flags.insert_all(&self.permanent);
        self
    }

    /// At most so many keywords.
    #[must_use]
    pub const fn with_keywords(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// New keywords of at most so many octets.
    #[must_use]
    pub const fn with_keyword_octets(mut self, most: usize) -> Self {
        self.most_octets = most;
        self
    }

    /// No keywords but those that there are.
    #[must_use]
    pub const fn without_new_keywords(mut self) -> Self {
        self.new_keywords = false;
        self
    }

    /// What FLAGS tells: the flags that there may be. `\Recent` is not listed (RFC 3501 §2.3.2 has the
    /// server set it), and neither is `\*`.
    #[must_use]
    pub const fn flags(&self) -> &FlagSet {
        &self.flags
    }

    /// What PERMANENTFLAGS tells, with `\*` where new keywords may be made. A mailbox that was opened
    /// by EXAMINE has none (RFC 3501 §6.3.2: nothing permanent may change).
    #[must_use]
    pub fn permanent(&self) -> FlagSet {
        let mut flags = self.permanent.clone();
        if self.new_keywords && self.keywords() < self.most {
            flags.insert(&Flag::Any);
        }
        flags
    }

    /// What the mailbox keeps of these flags, which a client or a delivery brings; keywords that are
    /// new become known.
    ///
    /// # Errors
    ///
    /// [`KeywordLimit`] when there would be too many, or one would be too long. Nothing is changed then.
    pub fn admit(&mut self, flags: &FlagSet) -> Result<Admitted, KeywordLimit> {
        let mut kept = flags.clone();
        remove_unstorable(&mut kept);
        let mut new = kept.clone();
        new.remove_all(&self.flags);
        if !self.new_keywords {
            new = FlagSet::new();
        }
        // Other flags with a backslash are for the standards to make.
        new.remove_all(&new.iter().filter(|flag| matches!(flag, Flag::Extension(_))).collect());
        let is_long = |flag: &Flag| match flag {
            Flag::Keyword(keyword) => keyword.as_bytes().len() > self.most_octets,
            _ => false,
        };
        let too_many = self.keywords().saturating_add(new.len()) > self.most;
        if !new.is_empty() && (too_many || new.iter().any(|flag| is_long(&flag))) {
            return Err(KeywordLimit);
        }
        self.flags.insert_all(&new);
        self.permanent.insert_all(&new);
        kept.retain_all(&self.permanent);
        Ok(Admitted { flags: kept, is_news: !new.is_empty() })
    }

    /// Those of which a change lasts.
    pub(super) const fn lasting(&self) -> &FlagSet {
        &self.permanent
    }

    fn keywords(&self) -> usize {
        let system = SYSTEM.iter().filter(|flag| self.flags.contains(flag)).count();
        self.flags.len().saturating_sub(system)
    }
}

/// `\Recent` is the server's (RFC 3501 §2.3.2), and `\*` is no flag.
fn remove_unstorable(flags: &mut FlagSet) {
    flags.remove(&Flag::Recent);
    flags.remove(&Flag::Any);
}
