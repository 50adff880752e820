//! What can be limited, and amounts of it (RFC 9208 §5).

use postrider_imap::Atom;

/// Octets of a unit of storage (RFC 9208 §5.1).
const UNIT: u64 = 1024;

/// What a quota root can limit (RFC 9208 §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Resource {
    /// `STORAGE`: octets of the messages, limited in units of 1024.
    Storage,
    /// `MESSAGE`: how many messages.
    Message,
    /// `MAILBOX`: how many mailboxes.
    Mailbox,
    /// `ANNOTATION-STORAGE`: octets of the annotations, limited in units of 1024.
    AnnotationStorage,
}

impl Resource {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 4] =
        [Self::Storage, Self::Message, Self::Mailbox, Self::AnnotationStorage];

    /// The name, as `QUOTA=RES-` announces it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Storage => "STORAGE",
            Self::Message => "MESSAGE",
            Self::Mailbox => "MAILBOX",
            Self::AnnotationStorage => "ANNOTATION-STORAGE",
        }
    }

    /// The resource of this name, in any case of letters.
    #[must_use]
    pub fn by_name(name: &Atom) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| name.is(resource.name()))
    }

    /// How much of what is counted is one of what is told.
    pub(super) const fn unit(self) -> u64 {
        match self {
            Self::Storage | Self::AnnotationStorage => UNIT,
            Self::Message | Self::Mailbox => 1,
        }
    }
}

/// An amount of each resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Octets of messages.
    pub storage: u64,
    /// Messages.
    pub messages: u64,
    /// Mailboxes.
    pub mailboxes: u64,
    /// Octets of annotations.
    pub annotations: u64,
}

impl Usage {
    /// Nothing.
    pub const NONE: Self = Self { storage: 0, messages: 0, mailboxes: 0, annotations: 0 };

    /// So many messages with so many octets together.
    #[must_use]
    pub const fn messages(messages: u64, octets: u64) -> Self {
        Self { storage: octets, messages, ..Self::NONE }
    }

    /// So many mailboxes.
    #[must_use]
    pub const fn mailboxes(mailboxes: u64) -> Self {
        Self { mailboxes, ..Self::NONE }
    }

    /// The same with so many octets of annotations.
    #[must_use]
    pub const fn with_annotations(mut self, octets: u64) -> Self {
        self.annotations = octets;
        self
    }

    /// How much of one resource.
    #[must_use]
    pub const fn of(self, resource: Resource) -> u64 {
        match resource {
            Resource::Storage => self.storage,
            Resource::Message => self.messages,
            Resource::Mailbox => self.mailboxes,
            Resource::AnnotationStorage => self.annotations,
        }
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            storage: self.storage.saturating_add(other.storage),
            messages: self.messages.saturating_add(other.messages),
            mailboxes: self.mailboxes.saturating_add(other.mailboxes),
            annotations: self.annotations.saturating_add(other.annotations),
        }
    }

    /// What is left without the other; nothing of what there is less of.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self {
            storage: self.storage.saturating_sub(other.storage),
            messages: self.messages.saturating_sub(other.messages),
            mailboxes: self.mailboxes.saturating_sub(other.mailboxes),
            annotations: self.annotations.saturating_sub(other.annotations),
        }
    }
}
