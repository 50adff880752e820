//! ENVELOPE of a header section (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

use alloc::{borrow::Cow, vec::Vec};

use bytes::Bytes;
use postrider_imap::{Address, Envelope, EnvelopeFields};
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
/// assert_eq!(envelope.subject(), Some(&b""[..]));
/// assert_eq!(envelope.from().next().and_then(|one| one.name), Some(&b"Q. Public"[..]));
/// assert!(envelope.reply_to().eq(envelope.from()));
/// assert_eq!(envelope.date(), None);
/// ```
pub fn envelope(headers: Headers<'_>) -> Envelope {
    let mut all = usize::MAX;
    with_fields(headers, &mut all, Envelope::new)
}

/// Shows what the envelope says: without addresses where it has more than are left.
pub(crate) fn with_fields<T>(
    headers: Headers<'_>,
    left: &mut usize,
    show: impl FnOnce(&EnvelopeFields<'_>) -> T,
) -> T {
    let view = imap::Envelope::of(headers);
    let mut all: Vec<imap::Address<'_>> = Vec::new();
    all.extend(view.from());
    let from = all.len();
    all.extend(view.sender());
    let sender = all.len();
    all.extend(view.reply_to());
    let reply_to = all.len();
    all.extend(view.to());
    let to = all.len();
    all.extend(view.cc());
    let cc = all.len();
    all.extend(view.bcc());
    match left.checked_sub(all.len()) {
        Some(rest) => *left = rest,
        None => all.clear(),
    }
    let all: Vec<Address<'_>> = all.iter().map(address).collect();
    let list = |from: usize, to: usize| all.get(from..to).unwrap_or_default();
    let (date, subject) = (view.date(), view.subject());
    let (in_reply_to, message_id) = (view.in_reply_to(), view.message_id());
    show(&EnvelopeFields {
        date: date.as_deref(),
        subject: subject.as_deref(),
        from: list(0, from),
        sender: list(from, sender),
        reply_to: list(sender, reply_to),
        to: list(reply_to, to),
        cc: list(to, cc),
        bcc: all.get(cc..).unwrap_or_default(),
        in_reply_to: in_reply_to.as_deref(),
        message_id: message_id.as_deref(),
    })
}

fn address<'a>(view: &'a imap::Address<'_>) -> Address<'a> {
    Address {
        name: view.name.as_deref(),
        route: view.adl.as_deref(),
        mailbox: view.mailbox.as_deref(),
        host: view.host,
    }
}

/// Octets of the message as a value of their own.
pub(crate) fn own(octets: Cow<'_, [u8]>) -> Bytes {
    match octets {
        Cow::Borrowed(octets) => Bytes::copy_from_slice(octets),
        Cow::Owned(octets) => Bytes::from(octets),
    }
}
