//! ENVELOPE (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

use alloc::borrow::Cow;

use postrider_message::{self as message, AddressList, FieldName, Headers, Mailbox};

/// The envelope of the message with these fields: `env-date`, `env-subject` and so on.
///
/// Date, Subject, In-Reply-To and Message-ID are the text of the first field of that name: absent is
/// `None`, empty is an empty text. Sender and Reply-To that name nobody are From (RFC 9051 §7.5.2).
/// What is no address (RFC 5322 §3.4) is not in a list; see [`AddressList`].
///
/// ```
/// use postrider_message::HeaderSection;
/// use postrider_mime::imap::Envelope;
///
/// let section = HeaderSection::parse("From: joe@example.org\r\nTo: Us: a@b.example;\r\n\r\n");
/// let envelope = Envelope::of(section.headers());
/// assert!(envelope.reply_to().eq(envelope.from()));
/// assert_eq!(envelope.date(), None);
/// let to: Vec<_> = envelope.to().map(|one| (one.mailbox, one.host)).collect();
/// assert_eq!(to[0], (Some(b"Us"[..].into()), None));
/// assert_eq!(to[1], (Some(b"a"[..].into()), Some(&b"b.example"[..])));
/// assert_eq!(to[2], (None, None));
/// ```
#[derive(Debug, Clone)]
pub struct Envelope<'a> {
    headers: Headers<'a>,
    from: AddressList<'a>,
    sender: Option<AddressList<'a>>,
    reply_to: Option<AddressList<'a>>,
    to: AddressList<'a>,
    cc: AddressList<'a>,
    bcc: AddressList<'a>,
}

/// One address structure, or one end of a group (RFC 3501 §7.4.2). Each `None` is `NIL`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "`address` of RFC 3501 §9 has these four")]
pub struct Address<'a> {
    /// `addr-name`: the display name, encoded words left as they stand.
    pub name: Option<Cow<'a, [u8]>>,
    /// `addr-adl`: the source route, without white space.
    pub adl: Option<Cow<'a, [u8]>>,
    /// `addr-mailbox`: the local part, unquoted; the name of a group at its start; `None` at its
    /// end.
    pub mailbox: Option<Cow<'a, [u8]>>,
    /// `addr-host`: the domain; `None` at both ends of a group.
    pub host: Option<&'a [u8]>,
}

impl<'a> Envelope<'a> {
    /// Reads the address fields of this header section; the others are read when asked for.
    pub fn of(headers: Headers<'a>) -> Self {
        let list = |name| headers.read::<AddressList<'a>>(name).map(|read| read.value);
        let some = |name| list(name).filter(|list| !list.addresses().is_empty());
        Self {
            headers,
            from: list(FieldName::From).unwrap_or_default(),
            sender: some(FieldName::Sender),
            reply_to: some(FieldName::ReplyTo),
            to: list(FieldName::To).unwrap_or_default(),
            cc: list(FieldName::Cc).unwrap_or_default(),
            bcc: list(FieldName::Bcc).unwrap_or_default(),
        }
    }

    /// `env-date`
    pub fn date(&self) -> Option<Cow<'a, [u8]>> {
        self.text(FieldName::Date)
    }

    /// `env-subject`
    pub fn subject(&self) -> Option<Cow<'a, [u8]>> {
        self.text(FieldName::Subject)
    }

    /// `env-from`
    pub fn from(&self) -> impl Iterator<Item = Address<'_>> {
        addresses(&self.from)
    }

    /// `env-sender`
    pub fn sender(&self) -> impl Iterator<Item = Address<'_>> {
        addresses(self.sender.as_ref().unwrap_or(&self.from))
    }

    /// `env-reply-to`
    pub fn reply_to(&self) -> impl Iterator<Item = Address<'_>> {
        addresses(self.reply_to.as_ref().unwrap_or(&self.from))
    }

    /// `env-to`
    pub fn to(&self) -> impl Iterator<Item = Address<'_>> {
        addresses(&self.to)
    }

    /// `env-cc`
    pub fn cc(&self) -> impl Iterator<Item = Address<'_>> {
        addresses(&self.cc)
    }

    /// `env-bcc`
    pub fn bcc(&self) -> impl Iterator<Item = Address<'_>> {
        addresses(&self.bcc)
    }

    /// `env-in-reply-to`
    pub fn in_reply_to(&self) -> Option<Cow<'a, [u8]>> {
        self.text(FieldName::InReplyTo)
    }

    /// `env-message-id`
    pub fn message_id(&self) -> Option<Cow<'a, [u8]>> {
        self.text(FieldName::MessageId)
    }

    fn text(&self, name: FieldName) -> Option<Cow<'a, [u8]>> {
        self.headers.get(name).map(message::Field::unfolded)
    }
}

/// The addresses of a list, each group between its two ends.
fn addresses<'e>(list: &'e AddressList<'_>) -> impl Iterator<Item = Address<'e>> {
    list.addresses().iter().flat_map(|address| {
        let (start, end) = match address {
            message::Address::Mailbox(_) => (None, None),
            message::Address::Group(group) => {
                let start = Address { mailbox: Some(group.raw_name()), ..Address::default() };
                (Some(start), Some(Address::default()))
            }
        };
        let mailboxes = address.mailboxes().iter().map(mailbox);
        start.into_iter().chain(mailboxes).chain(end)
    })
}

fn mailbox<'e>(mailbox: &'e Mailbox<'_>) -> Address<'e> {
    let spec = mailbox.addr_spec();
    Address {
        name: mailbox.raw_name(),
        adl: mailbox.route().map(without_space),
        mailbox: Some(Cow::Borrowed(spec.local_part().as_bytes())),
        host: Some(spec.domain().as_bytes()),
    }
}

/// `addr-adl` is a string: the white space that folding left between the domains is not of it.
fn without_space(route: &[u8]) -> Cow<'_, [u8]> {
    if !route.iter().any(u8::is_ascii_whitespace) {
        return Cow::Borrowed(route);
    }
    Cow::Owned(route.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect())
}
