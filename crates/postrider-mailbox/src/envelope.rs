//! ENVELOPE of a header section (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

use alloc::{borrow::Cow, vec::Vec};

use bytes::Bytes;
use postrider_imap::{Address, Envelope};
use postrider_message::{self as message, AddressList, FieldName, Headers, Mailbox, Parsed};

/// The envelope of the message with these fields.
///
/// Date, Subject, In-Reply-To and Message-ID are the text of the field, unfolded and not decoded:
/// absent is `None`, empty is an empty string. Sender and Reply-To that name nobody are From. What
/// is no address (RFC 5322 §3.4) is not in a list; see [`AddressList`].
///
/// ```
/// use postrider_mailbox::envelope;
/// use postrider_message::HeaderSection;
///
/// let section = HeaderSection::parse("From: \"Q. Public\" <joe@example.org>\r\nSubject:\r\n\r\n");
/// let envelope = envelope(section.headers());
/// assert_eq!(envelope.subject.as_deref(), Some(&b""[..]));
/// assert_eq!(envelope.from[0].name.as_deref(), Some(&b"Q. Public"[..]));
/// assert_eq!(envelope.reply_to, envelope.from);
/// assert_eq!(envelope.date, None);
/// ```
pub fn envelope(headers: Headers<'_>) -> Envelope {
    let from = addresses(headers, FieldName::From);
    let or_from = |name| {
        let list = addresses(headers, name);
        if list.is_empty() { from.clone() } else { list }
    };
    let mut envelope = Envelope::new();
    envelope.date = scalar(headers, FieldName::Date);
    envelope.subject = scalar(headers, FieldName::Subject);
    envelope.sender = or_from(FieldName::Sender);
    envelope.reply_to = or_from(FieldName::ReplyTo);
    envelope.from = from;
    envelope.to = addresses(headers, FieldName::To);
    envelope.cc = addresses(headers, FieldName::Cc);
    envelope.bcc = addresses(headers, FieldName::Bcc);
    envelope.in_reply_to = scalar(headers, FieldName::InReplyTo);
    envelope.message_id = scalar(headers, FieldName::MessageId);
    envelope
}

/// Octets of the message as a value of their own.
pub(crate) fn own(octets: Cow<'_, [u8]>) -> Bytes {
    match octets {
        Cow::Borrowed(octets) => Bytes::copy_from_slice(octets),
        Cow::Owned(octets) => Bytes::from(octets),
    }
}

fn scalar(headers: Headers<'_>, name: FieldName) -> Option<Bytes> {
    headers.get(name).map(|field| own(field.unfolded()))
}

/// The addresses of a field, each group between its two markers.
fn addresses(headers: Headers<'_>, name: FieldName) -> Vec<Address> {
    let Some(field) = headers.get(name) else { return Vec::new() };
    let read: Parsed<'_, AddressList<'_>> = field.read();
    let mut list = Vec::new();
    for address in read.value.addresses() {
        match address {
            message::Address::Mailbox(mailbox) => list.push(self::address(mailbox)),
            message::Address::Group(group) => {
                list.push(Address::group_start(own(group.raw_name())));
                list.extend(group.mailboxes().iter().map(self::address));
                list.push(Address::group_end());
            }
        }
    }
    list
}

fn address(mailbox: &Mailbox<'_>) -> Address {
    let spec = mailbox.addr_spec();
    let copy = |text: &str| Bytes::copy_from_slice(text.as_bytes());
    let name = mailbox.raw_name().map(own);
    let mut address = Address::mailbox(name, copy(spec.local_part()), copy(spec.domain()));
    // `addr-adl` is a string: the white space that folding left between the domains is not of it.
    let solid = |route: &[u8]| route.iter().copied().filter(|o| !o.is_ascii_whitespace()).collect();
    address.route = mailbox.route().map(solid);
    address
}
