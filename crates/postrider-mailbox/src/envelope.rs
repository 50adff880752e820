//! ENVELOPE of a header section (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

use alloc::{borrow::Cow, vec::Vec};

use bytes::Bytes;
use postrider_imap::{Address, Envelope};
use postrider_message::Headers;
use postrider_mime::imap;

/// The envelope of the message with these fields: the view of [`imap::Envelope`] as a value of the
/// protocol. Texts are unfolded and not decoded: absent is `None`, empty is an empty string. Sender
/// and Reply-To that are absent or empty are From; text that is no address has a host that is none.
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
    let view = imap::Envelope::of(headers);
    let mut envelope = Envelope::new();
    envelope.date = view.date().map(own);
    envelope.subject = view.subject().map(own);
    envelope.from = addresses(view.from());
    envelope.sender = addresses(view.sender());
    envelope.reply_to = addresses(view.reply_to());
    envelope.to = addresses(view.to());
    envelope.cc = addresses(view.cc());
    envelope.bcc = addresses(view.bcc());
    envelope.in_reply_to = view.in_reply_to().map(own);
    envelope.message_id = view.message_id().map(own);
    envelope
}

/// Octets of the message as a value of their own.
pub(crate) fn own(octets: Cow<'_, [u8]>) -> Bytes {
    match octets {
        Cow::Borrowed(octets) => Bytes::copy_from_slice(octets),
        Cow::Owned(octets) => Bytes::from(octets),
    }
}

fn addresses<'a>(list: impl Iterator<Item = imap::Address<'a>>) -> Vec<Address> {
    let convert = |view: imap::Address<'_>| {
        let mut address = Address::default();
        address.name = view.name.map(own);
        address.route = view.adl.map(own);
        address.mailbox = view.mailbox.map(own);
        address.host = view.host.map(Bytes::copy_from_slice);
        address
    };
    list.map(convert).collect()
}
