//! ENVELOPE: the header fields that a list of messages shows, already taken apart.

use alloc::vec::Vec;

use bytes::Bytes;

/// The parsed header of a message (RFC 3501 §7.4.2, RFC 9051 §7.5.2).
///
/// Strings are octets as they stand in the message, encoded words included. `None` is `NIL`: the
/// field is absent. An empty address list is `NIL` too.
///
/// ```
/// use postrider_imap::language::{Address, Envelope};
///
/// let mut envelope = Envelope::new();
/// envelope.subject = Some("afternoon meeting".into());
/// envelope.from.push(Address::mailbox(Some("Fred Foobar".into()), "foobar", "example.com"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Envelope {
    /// The Date field.
    pub date: Option<Bytes>,
    /// The Subject field.
    pub subject: Option<Bytes>,
    /// The From field.
    pub from: Vec<Address>,
    /// The Sender field; a server puts From here when there is none.
    pub sender: Vec<Address>,
    /// The Reply-To field; a server puts From here when there is none.
    pub reply_to: Vec<Address>,
    /// The To field.
    pub to: Vec<Address>,
    /// The Cc field.
    pub cc: Vec<Address>,
    /// The Bcc field.
    pub bcc: Vec<Address>,
    /// The In-Reply-To field.
    pub in_reply_to: Option<Bytes>,
    /// The Message-ID field.
    pub message_id: Option<Bytes>,
}

impl Envelope {
    /// An envelope in which everything is absent.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes it as a FETCH response has it behind `ENVELOPE` (RFC 3501 §9 `envelope`), for indexes
    /// and logs; the server machine writes its own. Strings of 8-bit octets or several lines are
    /// literals, so that the text may hold line ends.
    ///
    /// ```
    /// let mut envelope = postrider_imap::language::Envelope::new();
    /// envelope.subject = Some("afternoon meeting".into());
    /// let mut out = Vec::new();
    /// envelope.write(&mut out);
    /// assert_eq!(out, br#"(NIL "afternoon meeting" NIL NIL NIL NIL NIL NIL NIL NIL)"#);
    /// ```
    pub fn write(&self, out: &mut Vec<u8>) {
        crate::language::write::envelope(out, self);
    }
}

/// One address structure, or one end of a group (RFC 3501 §7.4.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Address {
    /// The display name.
    pub name: Option<Bytes>,
    /// The source route of RFC 821 (`adl`), practically always absent.
    pub route: Option<Bytes>,
    /// The local part; the name of a group at its start; absent at the end of a group.
    pub mailbox: Option<Bytes>,
    /// The domain; absent at both ends of a group.
    pub host: Option<Bytes>,
}

impl Address {
    /// An address.
    #[must_use]
    pub fn mailbox(name: Option<Bytes>, local: impl Into<Bytes>, host: impl Into<Bytes>) -> Self {
        Self { name, route: None, mailbox: Some(local.into()), host: Some(host.into()) }
    }

    /// The start of a group: the addresses that follow belong to it.
    #[must_use]
    pub fn group_start(name: impl Into<Bytes>) -> Self {
        Self { name: None, route: None, mailbox: Some(name.into()), host: None }
    }

    /// The end of a group.
    #[must_use]
    pub fn group_end() -> Self {
        Self::default()
    }

    /// Whether a group starts here.
    #[must_use]
    pub fn is_group_start(&self) -> bool {
        self.host.is_none() && self.mailbox.is_some()
    }

    /// Whether a group ends here.
    #[must_use]
    pub fn is_group_end(&self) -> bool {
        self.host.is_none() && self.mailbox.is_none()
    }
}
