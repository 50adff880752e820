//! ENVELOPE (RFC 3501 §7.4.2, RFC 9051 §7.5.2).

use alloc::{borrow::Cow, vec::Vec};

use postrider_message::{Field, FieldName, Headers};

use super::{Address, addresses::Lists};

/// The envelope of the message with these fields: `env-date`, `env-subject` and so on.
///
/// Date, Subject, In-Reply-To and Message-ID are the text of the first field of that name: absent is
/// `None`, empty is an empty text. Sender and Reply-To that are absent or empty are From (RFC 9051
/// §7.5.2). All fields of a name are one list, the first first: nobody is hidden.
///
/// Text that is no address (RFC 5322 §3.4), and not in an [`AddressList`], is told where it stands,
/// as Dovecot tells it: a word at `MISSING_DOMAIN`, other words as a name of `MISSING_MAILBOX`, and
/// what is broken between angle brackets at `SYNTAX_ERROR`. No domain of the text is told, so no
/// address is made up; these hosts are none that a mail could go to (RFC 5321 §4.1.2 `Domain` has no
/// underscore).
///
/// [`AddressList`]: postrider_message::AddressList
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
///
/// let section = HeaderSection::parse("To: staff, a@b.example\r\n\r\n");
/// let envelope = Envelope::of(section.headers());
/// let hosts: Vec<_> = envelope.to().map(|one| one.host.unwrap()).collect();
/// assert_eq!(hosts, [&b"MISSING_DOMAIN"[..], b"b.example"]);
/// ```
#[derive(Debug, Clone)]
pub struct Envelope<'a> {
    headers: Headers<'a>,
    from: Lists<'a>,
    sender: Option<Lists<'a>>,
    reply_to: Option<Lists<'a>>,
    to: Lists<'a>,
    cc: Lists<'a>,
    bcc: Lists<'a>,
}

impl<'a> Envelope<'a> {
    /// Reads the address fields of this header section; the others are read when asked for.
    pub fn of(headers: Headers<'a>) -> Self {
        let list = |name| Lists::of(headers, name);
        let some = |name| Some(list(name)).filter(|list| !list.is_empty());
        Self {
            headers,
            from: list(FieldName::From),
            sender: some(FieldName::Sender),
            reply_to: some(FieldName::ReplyTo),
            to: list(FieldName::To),
            cc: list(FieldName::Cc),
            bcc: list(FieldName::Bcc),
        }
    }

    /// `env-date`
    pub fn date(&self) -> Option<Cow<'a, [u8]>> {
        self.text(FieldName::Date)
    }

    /// `env-subject`, on one line: each run of white space is one blank.
    pub fn subject(&self) -> Option<Cow<'a, [u8]>> {
        self.text(FieldName::Subject).map(one_blank)
    }

    /// `env-from`
    pub fn from(&self) -> impl Iterator<Item = Address<'_>> {
        self.from.addresses()
    }

    /// `env-sender`
    pub fn sender(&self) -> impl Iterator<Item = Address<'_>> {
        self.sender.as_ref().unwrap_or(&self.from).addresses()
    }

    /// `env-reply-to`
    pub fn reply_to(&self) -> impl Iterator<Item = Address<'_>> {
        self.reply_to.as_ref().unwrap_or(&self.from).addresses()
    }

    /// `env-to`
    pub fn to(&self) -> impl Iterator<Item = Address<'_>> {
        self.to.addresses()
    }

    /// `env-cc`
    pub fn cc(&self) -> impl Iterator<Item = Address<'_>> {
        self.cc.addresses()
    }

    /// `env-bcc`
    pub fn bcc(&self) -> impl Iterator<Item = Address<'_>> {
        self.bcc.addresses()
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
        self.headers.get(name).map(Field::unfolded)
    }
}

/// A text for a list of messages: each run of white space is one blank, and there is none at the
/// ends.
pub(super) fn one_blank(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let is_white = |octet: &u8| b" \t\r\n".contains(octet);
    let mut before = b' ';
    let odd = text.iter().any(|&octet| {
        let last = core::mem::replace(&mut before, octet);
        matches!(octet, b'\t' | b'\r' | b'\n') || (octet == b' ' && last == b' ')
    });
    if !odd && (before != b' ' || text.is_empty()) {
        return text;
    }
    let mut out = Vec::with_capacity(text.len());
    for word in text.split(is_white).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
    Cow::Owned(out)
}
