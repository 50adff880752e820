//! A header section, built field by field.

use alloc::{string::String, vec::Vec};

use super::{Folder, InvalidValue, WriteValue};
use crate::{
    AddressList, DateTime, FieldName, Headers, Mailbox, MessageId, MessageIdList, PhraseList, Text,
};

/// Octets of an identifier that a line surely holds, with its angle brackets and the blank before.
const IDENTIFIER: usize = 900;

/// Octets that the fields of most messages have room in.
const SECTION: usize = 512;

/// Builds a header section (RFC 5322 §3.6): the fields in the order of the calls, then the empty
/// line.
///
/// Each call refuses what cannot be written: control characters, a field that may occur once and
/// is there already, an empty list of recipients, what is not ASCII in an address or identifier
/// unless [`with_utf8`](Self::with_utf8) was asked for. What is missing is not told:
/// RFC 5322 asks for `Date` and `From`, and for `Sender` where `From` has several mailboxes.
///
/// Trace fields belong on top, a block of `Resent-` fields below them, and the others below these
/// (RFC 5322 §3.6.6 and §3.6.7): call in this order.
///
/// ```
/// use postrider_message::{AddrSpec, DateTime, HeaderBuilder, Mailbox, MessageId, Zone};
///
/// let mary = Mailbox::with_name(AddrSpec::new("mary", "example.net")?, "Mary Smith")?;
/// let jürgen = Mailbox::with_name(AddrSpec::new("juergen", "example.org")?, "Jürgen")?;
/// let section = HeaderBuilder::new()
///     .date(&DateTime::from_unix(880_127_706, Zone::east(-360)?)?)?
///     .from(&mary.into())?
///     .to(&jürgen.into())?
///     .subject("Saying Hello")?
///     .message_id(&MessageId::new("1234@local.machine.example")?)?
///     .finish();
/// assert_eq!(
///     section,
///     "Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n\
///      From: Mary Smith <mary@example.net>\r\n\
///      To: =?utf-8?Q?J=C3=BCrgen?= <juergen@example.org>\r\n\
///      Subject: Saying Hello\r\n\
///      Message-ID: <1234@local.machine.example>\r\n\
///      \r\n"
/// );
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
#[derive(Debug, Clone)]
pub struct HeaderBuilder {
    out: String,
    /// A bit for each known name.
    seen: u128,
    utf8: bool,
}

impl Default for HeaderBuilder {
    fn default() -> Self {
        Self { out: String::with_capacity(SECTION), seen: 0, utf8: false }
    }
}

impl HeaderBuilder {
    /// No field yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same builder, writing UTF-8 as it is (RFC 6532) from here on, for a message that goes
    /// where SMTPUTF8 is known, or ASCII alone, which is the default.
    #[must_use]
    pub const fn with_utf8(mut self, utf8: bool) -> Self {
        self.utf8 = utf8;
        self
    }

    /// Whether this field was written.
    pub fn has(&self, name: FieldName) -> bool {
        self.seen & bit(name) != 0
    }

    /// Any field of a known name. Its value may be of any type: that it is one that the field has is
    /// up to the caller here, and for [`named`](Self::named) also where the name is known. The
    /// methods with the names of fields ask for the right one.
    pub fn field(self, name: FieldName, value: &impl WriteValue) -> Result<Self, InvalidValue> {
        self.write(name.as_str(), Some(name), |to| value.write_value(to))
    }

    /// Any field, as [`field`](Self::field).
    pub fn named(self, name: &str, value: &impl WriteValue) -> Result<Self, InvalidValue> {
        self.write(name, FieldName::of(name.as_bytes()), |to| value.write_value(to))
    }

    /// `Date` (RFC 5322 §3.6.1): when the message was complete.
    pub fn date(self, date: &DateTime) -> Result<Self, InvalidValue> {
        self.field(FieldName::Date, date)
    }

    /// `From` (RFC 5322 §3.6.2): who wrote it. At least one address; groups are allowed by RFC 6854.
    pub fn from(self, authors: &AddressList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::From, authors)
    }

    /// `Sender` (RFC 5322 §3.6.2): who sent it, where that is not the one author.
    pub fn sender(self, sender: &Mailbox<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::Sender, sender)
    }

    /// `Reply-To` (RFC 5322 §3.6.2): where answers are to go. At least one address.
    pub fn reply_to(self, list: &AddressList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::ReplyTo, list)
    }

    /// `To` (RFC 5322 §3.6.3). At least one address.
    pub fn to(self, list: &AddressList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::To, list)
    }

    /// `Cc` (RFC 5322 §3.6.3). At least one address.
    pub fn cc(self, list: &AddressList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::Cc, list)
    }

    /// `Bcc` (RFC 5322 §3.6.3), which may be empty.
    pub fn bcc(self, list: &AddressList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::Bcc, list)
    }

    /// `Message-ID` (RFC 5322 §3.6.4).
    pub fn message_id(self, id: &MessageId<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::MessageId, id)
    }

    /// `In-Reply-To` (RFC 5322 §3.6.4). At least one identifier.
    pub fn in_reply_to(self, ids: &MessageIdList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::InReplyTo, ids)
    }

    /// `References` (RFC 5322 §3.6.4). At least one identifier.
    pub fn references(self, ids: &MessageIdList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::References, ids)
    }

    /// `In-Reply-To` and `References` of an answer to this message, as RFC 5322 §3.6.4 makes them
    /// of the fields of its parent: neither where the parent has no identifier to name.
    ///
    /// The identifiers are copied as they are read, for programs compare them as they stand. One
    /// that would not fit on a line, or is not ASCII where the builder writes ASCII, is left out.
    ///
    /// ```
    /// use postrider_message::{HeaderBuilder, HeaderSection};
    ///
    /// let parent = HeaderSection::parse(
    ///     "Message-ID: <3@c.example>\nIn-Reply-To: <2@b.example>\nReferences: <1@a.example>\n\n",
    /// );
    /// let section = HeaderBuilder::new().answering(parent.headers())?.finish();
    /// assert_eq!(
    ///     section,
    ///     "In-Reply-To: <3@c.example>\r\nReferences: <1@a.example> <3@c.example>\r\n\r\n"
    /// );
    /// # Ok::<(), postrider_message::InvalidValue>(())
    /// ```
    pub fn answering(mut self, parent: Headers<'_>) -> Result<Self, InvalidValue> {
        let utf8 = self.utf8;
        let usable = |id: &&MessageId<'_>| {
            id.as_str().len() <= IDENTIFIER && (utf8 || id.as_str().is_ascii())
        };
        let own = parent.message_id().map(|parsed| parsed.value);
        let own = own.as_ref().and_then(|list| list.ids().first());
        // "If the parent message does not contain a "References:" field but does have an
        // "In-Reply-To:" field containing a single message identifier": that one is taken.
        let ancestors = parent
            .references()
            .or_else(|| parent.in_reply_to().filter(|parsed| parsed.value.ids().len() == 1));
        let ancestors = ancestors.as_ref().map_or(&[][..], |parsed| parsed.value.ids());
        let references: Vec<_> = ancestors.iter().chain(own).filter(usable).cloned().collect();
        if let Some(own) = own.filter(|id| usable(id)) {
            self = self.field(FieldName::InReplyTo, own)?;
        }
        if references.is_empty() {
            Ok(self)
        } else {
            self.references(&MessageIdList::new(references))
        }
    }

    /// `Subject` (RFC 5322 §3.6.5).
    pub fn subject(self, text: &str) -> Result<Self, InvalidValue> {
        self.field(FieldName::Subject, &Text::new(text)?)
    }

    /// `Subject` of an answer to this message: `Re: ` and the parent's subject, or that alone where
    /// it begins so in any case, for there ought to be one (RFC 5322 §3.6.5). No field where the
    /// parent has no subject, or an empty one. Control characters that a parent's encoded words hid
    /// become blanks.
    ///
    /// ```
    /// use postrider_message::{HeaderBuilder, HeaderSection};
    ///
    /// let parent = HeaderSection::parse("Subject: =?utf-8?Q?Hi=0ABcc:_a@b.example?=\n\n");
    /// let section = HeaderBuilder::new().reply_subject(parent.headers())?.finish();
    /// assert_eq!(section, "Subject: Re: Hi Bcc: a@b.example\r\n\r\n");
    /// # Ok::<(), postrider_message::InvalidValue>(())
    /// ```
    pub fn reply_subject(self, parent: Headers<'_>) -> Result<Self, InvalidValue> {
        let subject = parent.subject().map(|parsed| parsed.value.into_cow()).unwrap_or_default();
        let plain = subject.replace(char::is_control, " ");
        let plain = plain.trim();
        let begins = plain.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("Re:"));
        match plain {
            "" => Ok(self),
            _ if begins => self.subject(plain),
            _ => self.subject(&["Re: ", plain].concat()),
        }
    }

    /// `Comments` (RFC 5322 §3.6.5), which may occur again.
    pub fn comments(self, text: &str) -> Result<Self, InvalidValue> {
        self.field(FieldName::Comments, &Text::new(text)?)
    }

    /// `Keywords` (RFC 5322 §3.6.5), which may occur again. At least one phrase.
    pub fn keywords<'k>(
        self,
        phrases: impl IntoIterator<Item = &'k str>,
    ) -> Result<Self, InvalidValue> {
        self.field(FieldName::Keywords, &PhraseList::new(phrases)?)
    }

    /// `Resent-Date` (RFC 5322 §3.6.6), which begins a block of `Resent-` fields.
    pub fn resent_date(self, date: &DateTime) -> Result<Self, InvalidValue> {
        self.field(FieldName::ResentDate, date)
    }

    /// `Resent-From` (RFC 5322 §3.6.6). At least one address.
    pub fn resent_from(self, list: &AddressList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::ResentFrom, list)
    }

    /// `Resent-Sender` (RFC 5322 §3.6.6).
    pub fn resent_sender(self, sender: &Mailbox<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::ResentSender, sender)
    }

    /// `Resent-To` (RFC 5322 §3.6.6). At least one address.
    pub fn resent_to(self, list: &AddressList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::ResentTo, list)
    }

    /// `Resent-Cc` (RFC 5322 §3.6.6). At least one address.
    pub fn resent_cc(self, list: &AddressList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::ResentCc, list)
    }

    /// `Resent-Bcc` (RFC 5322 §3.6.6), which may be empty.
    pub fn resent_bcc(self, list: &AddressList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::ResentBcc, list)
    }

    /// `Resent-Message-ID` (RFC 5322 §3.6.6).
    pub fn resent_message_id(self, id: &MessageId<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::ResentMessageId, id)
    }

    /// `Disposition-Notification-To` (RFC 8098 §2.1): who asks to be told that it was read. At least
    /// one address.
    pub fn disposition_notification_to(self, list: &AddressList<'_>) -> Result<Self, InvalidValue> {
        self.field(FieldName::DispositionNotificationTo, list)
    }

    /// `Content-Description` (RFC 2045 §8).
    pub fn content_description(self, text: &str) -> Result<Self, InvalidValue> {
        self.field(FieldName::ContentDescription, &Text::new(text)?)
    }

    /// The fields that were written, without the empty line behind them.
    pub fn as_str(&self) -> &str {
        &self.out
    }

    /// The fields, and the empty line that ends them. The body may follow.
    pub fn finish(mut self) -> String {
        self.out.push_str("\r\n");
        self.out
    }

    fn write(
        mut self,
        name: &str,
        known: Option<FieldName>,
        value: impl FnOnce(&mut Folder),
    ) -> Result<Self, InvalidValue> {
        if let Some(known) = known {
            if self.has(known) && known.is_single() {
                return Err(InvalidValue::Again);
            }
            self.seen |= bit(known);
        }
        self.out = append_field(self.out, name, known, self.utf8, value)?;
        Ok(self)
    }
}

const _: () = assert!(FieldName::COUNT <= u128::BITS as usize, "a bit for each name");

/// The bit of a name.
const fn bit(name: FieldName) -> u128 {
    1_u128.wrapping_shl(name as u32)
}

/// One field, with its last CRLF; ASCII unless it may be UTF-8.
pub(super) fn write_field(
    name: &str,
    utf8: bool,
    value: impl FnOnce(&mut Folder),
) -> Result<String, InvalidValue> {
    append_field(String::new(), name, None, utf8, value)
}

/// These fields and one more, as [`write_field`] makes it.
fn append_field(
    fields: String,
    name: &str,
    known: Option<FieldName>,
    utf8: bool,
    value: impl FnOnce(&mut Folder),
) -> Result<String, InvalidValue> {
    let start = fields.len();
    let mut folder = match known {
        // A known name needs no look.
        Some(_) => Folder::after(fields, name),
        None => Folder::behind(fields, name)?,
    }
    .with_utf8(utf8);
    value(&mut folder);
    let fields = folder.finish()?;
    let field = fields.get(start..).unwrap_or_default();
    // Nothing but name, colon and line end.
    let empty = field.len() <= name.len().saturating_add(":\r\n".len());
    if empty && FieldName::of(name.as_bytes()).is_some_and(FieldName::needs_value) {
        return Err(InvalidValue::Empty);
    }
    if utf8 || field.is_ascii() { Ok(fields) } else { Err(InvalidValue::NotAscii) }
}
