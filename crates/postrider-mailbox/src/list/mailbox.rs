//! What a store knows of a name.

use postrider_imap::{ListAttribute, ListAttributes, MailboxName};

/// What a store knows of the name of a mailbox.
///
/// ```
/// use postrider_imap::{ListAttribute, MailboxName};
/// use postrider_mailbox::list::Mailbox;
///
/// let sent = Mailbox::new(MailboxName::new("Sent")?).for_use(ListAttribute::Sent).subscribed();
/// assert!(sent.exists && sent.subscribed);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mailbox {
    /// The name, in the encoding of the session.
    pub name: MailboxName,
    /// Whether there is a mailbox, or a name that cannot be selected, such as of a directory.
    pub exists: bool,
    /// Whether it can be selected.
    pub selectable: bool,
    /// Whether there can be mailboxes below it.
    pub inferiors: bool,
    /// Whether there are mailboxes below it that the listing is not given.
    pub hidden_children: bool,
    /// Whether the user is subscribed to it.
    pub subscribed: bool,
    /// Whether it lies on another server (RFC 2193).
    pub remote: bool,
    /// Whether the server thinks that there are new messages; `None` where it does not say.
    pub marked: Option<bool>,
    /// What it is for (RFC 6154), for this user.
    pub special_uses: ListAttributes,
    /// The name it had before (RFC 9051 §6.3.9.7).
    pub old_name: Option<MailboxName>,
}

impl Mailbox {
    /// A mailbox that can be selected.
    #[must_use]
    pub fn new(name: MailboxName) -> Self {
        Self { exists: true, selectable: true, ..Self::nothing(name) }
    }

    /// A name that the user is subscribed to, whether there is such a mailbox or not. If the same name
    /// is given as a mailbox too, it is one that is subscribed: so a list of subscriptions can be
    /// given behind that of mailboxes.
    #[must_use]
    pub fn subscription(name: MailboxName) -> Self {
        Self { subscribed: true, ..Self::nothing(name) }
    }

    fn nothing(name: MailboxName) -> Self {
        Self {
            name,
            exists: false,
            selectable: false,
            inferiors: true,
            hidden_children: false,
            subscribed: false,
            remote: false,
            marked: None,
            special_uses: ListAttributes::new(),
            old_name: None,
        }
    }

    /// One that cannot be selected: `\Noselect`.
    #[must_use]
    pub fn no_select(mut self) -> Self {
        self.selectable = false;
        self
    }

    /// One that never has mailboxes below it: `\Noinferiors`.
    #[must_use]
    pub fn no_inferiors(mut self) -> Self {
        self.inferiors = false;
        self
    }

    /// One with mailboxes below it that the listing is not given.
    #[must_use]
    pub fn with_hidden_children(mut self) -> Self {
        self.hidden_children = true;
        self
    }

    /// One that the user is subscribed to.
    #[must_use]
    pub fn subscribed(mut self) -> Self {
        self.subscribed = true;
        self
    }

    /// One on another server, which only LIST with REMOTE tells.
    #[must_use]
    pub fn remote(mut self) -> Self {
        self.remote = true;
        self
    }

    /// One with new messages, `\Marked`, or without, `\Unmarked`.
    #[must_use]
    pub fn marked(mut self, marked: bool) -> Self {
        self.marked = Some(marked);
        self
    }

    /// One for this use. May be told several times.
    #[must_use]
    pub fn for_use(mut self, special_use: ListAttribute) -> Self {
        self.special_uses.insert(special_use);
        self
    }

    /// One that had another name before.
    #[must_use]
    pub fn with_old_name(mut self, name: MailboxName) -> Self {
        self.old_name = Some(name);
        self
    }

    /// What two values tell of one name.
    pub(super) fn merge(&mut self, other: Self) {
        self.exists |= other.exists;
        self.selectable |= other.selectable;
        self.inferiors &= other.inferiors;
        self.hidden_children |= other.hidden_children;
        self.subscribed |= other.subscribed;
        self.remote |= other.remote;
        self.marked = self.marked.or(other.marked);
        self.special_uses.extend(other.special_uses.iter());
        self.old_name = self.old_name.take().or(other.old_name);
    }
}
