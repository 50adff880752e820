//! ENVELOPE: the header fields that a list of messages shows, already taken apart.

use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

use super::table::{LARGEST, Span, Table, TableBuilder};
use super::text::Lossy;
use super::wire_text::WireText;

/// The parsed header of a message (RFC 3501 §7.4.2, RFC 9051 §7.5.2).
///
/// Strings are octets as they stand in the message, encoded words included. `None` is `NIL`: the
/// field is absent. An empty address list is `NIL` too.
///
/// All strings lie in one buffer: some twenty values of their own would each cost an allocation or
/// a reference count to make, and again to drop. So an envelope is made as a whole, from
/// [`EnvelopeFields`], and tells its strings as slices.
///
/// ```
/// use postrider_imap::{Address, Envelope, EnvelopeFields};
///
/// let fred = [Address::mailbox(Some(b"Fred Foobar"), b"foobar", b"example.com")];
/// let envelope = Envelope::new(&EnvelopeFields {
///     subject: Some(b"afternoon meeting"),
///     from: &fred,
///     ..EnvelopeFields::default()
/// });
/// assert_eq!(envelope.subject(), Some(&b"afternoon meeting"[..]));
/// assert_eq!(envelope.from().next(), Some(fred[0]));
/// assert_eq!(envelope.message_id(), None);
/// ```
#[derive(Clone)]
pub struct Envelope {
    table: Table,
    /// Where the header of [`Envelope::view`] stands.
    place: u32,
    /// Whether the text of the table is what a writer may write: it was read without anything to be
    /// forgiven, and without literals.
    as_written: bool,
}

/// What an [`Envelope`] is made of, and what it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "RFC 9051 has the same ten fields")]
pub struct EnvelopeFields<'a> {
    /// The Date field.
    pub date: Option<&'a [u8]>,
    /// The Subject field.
    pub subject: Option<&'a [u8]>,
    /// The From field.
    pub from: &'a [Address<'a>],
    /// The Sender field; a server puts From here when there is none.
    pub sender: &'a [Address<'a>],
    /// The Reply-To field; a server puts From here when there is none.
    pub reply_to: &'a [Address<'a>],
    /// The To field.
    pub to: &'a [Address<'a>],
    /// The Cc field.
    pub cc: &'a [Address<'a>],
    /// The Bcc field.
    pub bcc: &'a [Address<'a>],
    /// The In-Reply-To field.
    pub in_reply_to: Option<&'a [u8]>,
    /// The Message-ID field.
    pub message_id: Option<&'a [u8]>,
}

impl Envelope {
    /// An envelope that says this. Of more than 256 MiB of strings, those beyond are left out.
    #[must_use]
    pub fn new(fields: &EnvelopeFields<'_>) -> Self {
        let mut table = TableBuilder::default();
        let mut text = WireText::default();
        let place = put_fields(&mut table, &mut text, fields);
        Self::read(table, place, text.as_bytes(), text.is_as_written())
    }

    /// An envelope whose header was put to `place`, with the text to which its spans refer.
    #[inline(always)]
    pub(crate) fn read(table: TableBuilder, place: u32, text: &[u8], as_written: bool) -> Self {
        Self { table: table.finish(text), place, as_written }
    }

    /// How it stood on the wire, if it can be written so again.
    pub(crate) fn as_written(&self) -> Option<&[u8]> {
        self.as_written.then(|| self.table.text())
    }

    /// What it says.
    #[must_use]
    pub fn view(&self) -> EnvelopeView<'_> {
        EnvelopeView { table: &self.table, place: self.place }
    }

    /// The Date field.
    #[must_use]
    pub fn date(&self) -> Option<&[u8]> {
        self.view().date()
    }

    /// The Subject field.
    #[must_use]
    pub fn subject(&self) -> Option<&[u8]> {
        self.view().subject()
    }

    /// The From field.
    #[must_use]
    pub fn from(&self) -> Addresses<'_> {
        self.view().from()
    }

    /// The Sender field; a server puts From here when there is none.
    #[must_use]
    pub fn sender(&self) -> Addresses<'_> {
        self.view().sender()
    }

    /// The Reply-To field; a server puts From here when there is none.
    #[must_use]
    pub fn reply_to(&self) -> Addresses<'_> {
        self.view().reply_to()
    }

    /// The To field.
    #[must_use]
    pub fn to(&self) -> Addresses<'_> {
        self.view().to()
    }

    /// The Cc field.
    #[must_use]
    pub fn cc(&self) -> Addresses<'_> {
        self.view().cc()
    }

    /// The Bcc field.
    #[must_use]
    pub fn bcc(&self) -> Addresses<'_> {
        self.view().bcc()
    }

    /// The In-Reply-To field.
    #[must_use]
    pub fn in_reply_to(&self) -> Option<&[u8]> {
        self.view().in_reply_to()
    }

    /// The Message-ID field.
    #[must_use]
    pub fn message_id(&self) -> Option<&[u8]> {
        self.view().message_id()
    }

    /// Writes it as a FETCH response has it behind `ENVELOPE` (RFC 3501 §9 `envelope`), for indexes
    /// and logs. Strings of 8-bit octets or several lines are literals, so that the text may hold
    /// line ends.
    ///
    /// ```
    /// use postrider_imap::{Envelope, EnvelopeFields};
    ///
    /// let subject = Some(&b"afternoon meeting"[..]);
    /// let envelope = Envelope::new(&EnvelopeFields { subject, ..EnvelopeFields::default() });
    /// let mut out = Vec::new();
    /// envelope.write(&mut out);
    /// assert_eq!(out, br#"(NIL "afternoon meeting" NIL NIL NIL NIL NIL NIL NIL NIL)"#);
    /// ```
    pub fn write(&self, out: &mut Vec<u8>) {
        crate::write::envelope(out, self.view());
    }
}

impl Default for Envelope {
    /// An envelope in which everything is absent.
    fn default() -> Self {
        Self::new(&EnvelopeFields::default())
    }
}

impl PartialEq for Envelope {
    fn eq(&self, other: &Self) -> bool {
        self.view() == other.view()
    }
}

impl Eq for Envelope {}

impl Hash for Envelope {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.view().hash(state);
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

/// An envelope that lies in a value, such as that of an attached message in a
/// [`BodyStructure`](super::BodyStructure).
#[derive(Clone, Copy)]
pub struct EnvelopeView<'a> {
    table: &'a Table,
    place: u32,
}

/// Words of the header of an envelope: the spans of four strings, and for each of the lists where
/// its addresses begin and end. Two lists that are the same may share theirs.
const HEADER: usize = 20;
const DATE: usize = 0;
const SUBJECT: usize = 2;
const IN_REPLY_TO: usize = 4;
const MESSAGE_ID: usize = 6;
const LISTS: usize = 8;

/// Octets of one address: four spans.
const ADDRESS: u32 = 32;

impl<'a> EnvelopeView<'a> {
    pub(super) fn new(table: &'a Table, place: u32) -> Self {
        Self { table, place }
    }

    /// The Date field.
    #[must_use]
    pub fn date(self) -> Option<&'a [u8]> {
        self.table.string(self.place, DATE)
    }

    /// The Subject field.
    #[must_use]
    pub fn subject(self) -> Option<&'a [u8]> {
        self.table.string(self.place, SUBJECT)
    }

    /// The From field.
    #[must_use]
    pub fn from(self) -> Addresses<'a> {
        self.list(0)
    }

    /// The Sender field; a server puts From here when there is none.
    #[must_use]
    pub fn sender(self) -> Addresses<'a> {
        self.list(1)
    }

    /// The Reply-To field; a server puts From here when there is none.
    #[must_use]
    pub fn reply_to(self) -> Addresses<'a> {
        self.list(2)
    }

    /// The To field.
    #[must_use]
    pub fn to(self) -> Addresses<'a> {
        self.list(3)
    }

    /// The Cc field.
    #[must_use]
    pub fn cc(self) -> Addresses<'a> {
        self.list(4)
    }

    /// The Bcc field.
    #[must_use]
    pub fn bcc(self) -> Addresses<'a> {
        self.list(5)
    }

    /// The In-Reply-To field.
    #[must_use]
    pub fn in_reply_to(self) -> Option<&'a [u8]> {
        self.table.string(self.place, IN_REPLY_TO)
    }

    /// The Message-ID field.
    #[must_use]
    pub fn message_id(self) -> Option<&'a [u8]> {
        self.table.string(self.place, MESSAGE_ID)
    }

    /// The envelope as a value of its own.
    #[must_use]
    pub fn to_envelope(self) -> Envelope {
        let lists: Vec<Vec<Address<'_>>> =
            self.lists().into_iter().map(Iterator::collect).collect();
        let list = |at: usize| lists.get(at).map_or(&[][..], Vec::as_slice);
        Envelope::new(&EnvelopeFields {
            date: self.date(),
            subject: self.subject(),
            from: list(0),
            sender: list(1),
            reply_to: list(2),
            to: list(3),
            cc: list(4),
            bcc: list(5),
            in_reply_to: self.in_reply_to(),
            message_id: self.message_id(),
        })
    }

    /// The six lists in the order of the grammar.
    pub(crate) fn lists(self) -> [Addresses<'a>; 6] {
        [self.from(), self.sender(), self.reply_to(), self.to(), self.cc(), self.bcc()]
    }

    fn list(self, at: usize) -> Addresses<'a> {
        let offset = LISTS.wrapping_add(at.wrapping_mul(2));
        let place = |offset| self.table.word(self.place, offset);
        Addresses { table: self.table, at: place(offset), end: place(offset.wrapping_add(1)) }
    }
}

impl PartialEq for EnvelopeView<'_> {
    fn eq(&self, other: &Self) -> bool {
        let strings =
            |view: &Self| [view.date(), view.subject(), view.in_reply_to(), view.message_id()];
        strings(self) == strings(other)
            && self.lists().into_iter().zip(other.lists()).all(|(one, other)| one.eq(other))
    }
}

impl Eq for EnvelopeView<'_> {}

impl Hash for EnvelopeView<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        [self.date(), self.subject(), self.in_reply_to(), self.message_id()].hash(state);
        for list in self.lists() {
            list.len().hash(state);
            list.for_each(|address| address.hash(state));
        }
    }
}

impl fmt::Debug for EnvelopeView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("date", &self.date().map(Shown))
            .field("subject", &self.subject().map(Shown))
            .field("from", &self.from())
            .field("sender", &self.sender())
            .field("reply_to", &self.reply_to())
            .field("to", &self.to())
            .field("cc", &self.cc())
            .field("bcc", &self.bcc())
            .field("in_reply_to", &self.in_reply_to().map(Shown))
            .field("message_id", &self.message_id().map(Shown))
            .finish()
    }
}

/// The addresses of one field.
#[derive(Clone)]
pub struct Addresses<'a> {
    table: &'a Table,
    at: u32,
    end: u32,
}

impl<'a> Iterator for Addresses<'a> {
    type Item = Address<'a>;

    fn next(&mut self) -> Option<Address<'a>> {
        if self.at >= self.end {
            return None;
        }
        let string = |offset| self.table.string(self.at, offset);
        let address =
            Address { name: string(0), route: string(2), mailbox: string(4), host: string(6) };
        self.at = self.at.saturating_add(ADDRESS);
        Some(address)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = (self.end.saturating_sub(self.at) / ADDRESS) as usize;
        (len, Some(len))
    }
}

impl ExactSizeIterator for Addresses<'_> {}

impl fmt::Debug for Addresses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// One address structure, or one end of a group (RFC 3501 §7.4.2).
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "RFC 9051 has the same four fields")]
pub struct Address<'a> {
    /// The display name.
    pub name: Option<&'a [u8]>,
    /// The source route of RFC 821 (`adl`), practically always absent.
    pub route: Option<&'a [u8]>,
    /// The local part; the name of a group at its start; absent at the end of a group.
    pub mailbox: Option<&'a [u8]>,
    /// The domain; absent at both ends of a group.
    pub host: Option<&'a [u8]>,
}

impl<'a> Address<'a> {
    /// An address.
    #[must_use]
    pub fn mailbox(name: Option<&'a [u8]>, local: &'a [u8], host: &'a [u8]) -> Self {
        Self { name, route: None, mailbox: Some(local), host: Some(host) }
    }

    /// The start of a group: the addresses that follow belong to it.
    #[must_use]
    pub fn group_start(name: &'a [u8]) -> Self {
        Self { name: None, route: None, mailbox: Some(name), host: None }
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

impl fmt::Debug for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address")
            .field("name", &self.name.map(Shown))
            .field("route", &self.route.map(Shown))
            .field("mailbox", &self.mailbox.map(Shown))
            .field("host", &self.host.map(Shown))
            .finish()
    }
}

/// Octets as [`fmt::Debug`] shows a text.
pub(super) struct Shown<'a>(pub(super) &'a [u8]);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl fmt::Display for Address<'_> {
    /// `name <mailbox@host>`, for humans.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name {
            write!(f, "{} ", Lossy(name))?;
        }
        let (mailbox, host) = (self.mailbox.unwrap_or_default(), self.host.unwrap_or_default());
        write!(f, "<{}@{}>", Lossy(mailbox), Lossy(host))
    }
}

/// Appends an address: words of [`ADDRESS`] octets.
#[inline]
pub(crate) fn put_address(table: &mut TableBuilder, [name, route, mailbox, host]: [Span; 4]) {
    let ([a, b], [c, d]) = (name.words(), route.words());
    let ([e, f], [g, h]) = (mailbox.words(), host.words());
    table.push([a, b, c, d, e, f, g, h]);
}

/// Where the addresses of a list begin and end in the table.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ListPlace {
    pub(crate) begin: u32,
    pub(crate) end: u32,
}

impl ListPlace {
    /// How many addresses there are.
    pub(crate) fn len(self) -> usize {
        (self.end.wrapping_sub(self.begin) / ADDRESS) as usize
    }
}

/// Appends the header of an envelope: date, subject, In-Reply-To and Message-ID, and where its
/// lists are. Where it stands.
#[inline]
pub(crate) fn put_header(
    table: &mut TableBuilder,
    strings: [Span; 4],
    lists: &[ListPlace; 6],
) -> u32 {
    let place = table.place();
    let [[a, b], [c, d], [e, f], [g, h]] = strings.map(Span::words);
    let [[i, j], [k, l], [m, n], [o, p], [q, r], [s, t]] = lists.map(|list| [list.begin, list.end]);
    let header: [u32; HEADER] = [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t];
    table.push(header);
    place
}

/// Appends a whole envelope, and its strings to `text`. Where its header stands.
pub(super) fn put_fields(
    table: &mut TableBuilder,
    text: &mut WireText,
    fields: &EnvelopeFields<'_>,
) -> u32 {
    let lists = [fields.from, fields.sender, fields.reply_to, fields.to, fields.cc, fields.bcc];
    text.put(b"(");
    let date = text.nstring(fields.date);
    text.put(b" ");
    let subject = text.nstring(fields.subject);
    let mut places = [ListPlace::default(); 6];
    let mut count = 0_usize;
    for (list, place) in lists.into_iter().zip(&mut places) {
        place.begin = table.place();
        let fits = (LARGEST / 32).saturating_sub(count).min(list.len());
        text.put(if fits == 0 { b" NIL" } else { b" (" });
        for address in list.iter().take(fits) {
            let mut open: &[u8] = b"(";
            let spans = [address.name, address.route, address.mailbox, address.host];
            let spans = spans.map(|string| {
                text.put(core::mem::replace(&mut open, b" "));
                text.nstring(string)
            });
            text.put(b")");
            put_address(table, spans);
            count = count.saturating_add(1);
        }
        if fits > 0 {
            text.put(b")");
        }
        place.end = table.place();
    }
    text.put(b" ");
    let in_reply_to = text.nstring(fields.in_reply_to);
    text.put(b" ");
    let message_id = text.nstring(fields.message_id);
    text.put(b")");
    put_header(table, [date, subject, in_reply_to, message_id], &places)
}
