//! What may be told now.

use postrider_imap::Command;

/// What may be told now: what the server machine allows, or what the command in progress does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the rule of RFC 3501 §7.4.1 has two sides")]
pub enum Permit {
    /// All.
    All,
    /// All but EXPUNGE and VANISHED: no command is in progress, or one that numbers messages.
    WithoutExpunge,
}

impl Permit {
    /// By the answer to the question whether messages may go now.
    #[must_use]
    pub const fn new(may_expunge: bool) -> Self {
        if may_expunge { Self::All } else { Self::WithoutExpunge }
    }

    /// While this command is in progress (RFC 3501 §7.4.1, RFC 7162 §3.2.10.2). No other may be: where
    /// several are, messages may go only where they may with each.
    ///
    /// ```
    /// use postrider_imap::{Command, FetchAttribute, FetchModifiers, SequenceSet};
    /// use postrider_mailbox::view::Permit;
    ///
    /// let fetch = |uid| Command::Fetch {
    ///     set: SequenceSet::all().into(),
    ///     uid,
    ///     attributes: FetchAttribute::Flags.into(),
    ///     modifiers: FetchModifiers::new(),
    /// };
    /// assert_eq!(Permit::of(&fetch(false)), Permit::WithoutExpunge);
    /// assert_eq!(Permit::of(&fetch(true)), Permit::All);
    /// assert_eq!(Permit::of(&Command::Noop), Permit::All);
    /// ```
    #[must_use]
    pub fn of(command: &Command) -> Self {
        Self::new(!command.holds_numbers())
    }

    /// Whether messages may go.
    #[must_use]
    pub const fn may_expunge(self) -> bool {
        matches!(self, Self::All)
    }
}
