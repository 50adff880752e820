//! The header section over its storage: what callers hold and ask.

use alloc::vec::Vec;

use super::check::check;
use crate::{
    AddressList, Ambiguities, BaseSubject, DateTime, Defects, Field, FieldName, FieldValue,
    HeaderIndex, Limits, Mailbox, MessageIdList, Parsed, Received, Report, Span, Text, ThreadIds,
    Trace, base_subject,
};

/// A header section with its storage: `&[u8]`, `Vec<u8>`, `Bytes`, a memory map.
///
/// The storage may hold the whole message; the body is not read.
#[derive(Debug, Clone)]
pub struct HeaderSection<B> {
    storage: B,
    index: HeaderIndex,
}

impl<B: AsRef<[u8]>> HeaderSection<B> {
    /// Indexes the header section at the start of the storage, with the default limits.
    pub fn parse(storage: B) -> Self {
        Self::parse_with(storage, &Limits::DEFAULT)
    }

    /// Indexes the header section at the start of the storage.
    pub fn parse_with(storage: B, limits: &Limits) -> Self {
        let index = HeaderIndex::parse(storage.as_ref(), limits);
        Self { storage, index }
    }

    /// The readable view.
    pub fn headers(&self) -> Headers<'_> {
        self.index.headers(self.storage.as_ref())
    }

    /// The whole storage, as it was handed in.
    pub fn as_bytes(&self) -> &[u8] {
        self.storage.as_ref()
    }

    /// What follows the empty line.
    pub fn body(&self) -> &[u8] {
        self.as_bytes().get(self.index.separator().end()..).unwrap_or_default()
    }

    /// Gives the storage back.
    pub fn into_storage(self) -> B {
        self.storage
    }
}

impl HeaderIndex {
    /// The readable view of this index over the storage it was parsed from.
    pub const fn headers<'a>(&'a self, bytes: &'a [u8]) -> Headers<'a> {
        Headers { bytes, index: self }
    }
}

/// The fields of one header section, in order. A view: two pointers, `Copy`.
///
/// A getter of one value reads the first field of its name; a getter of an iterator reads all.
/// [`all`](Self::all) has every field of a name that may occur once and occurs again.
#[derive(Clone, Copy)]
pub struct Headers<'a> {
    bytes: &'a [u8],
    index: &'a HeaderIndex,
}

/// Where it lies and what is in it by number; not its octets.
impl core::fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Headers")
            .field("span", &self.span().range())
            .field("fields", &self.index.entries().len())
            .finish_non_exhaustive()
    }
}

impl<'a> Headers<'a> {
    /// All fields in the order they stand in. Lines without a colon are fields without a name.
    pub fn fields(self) -> Fields<'a> {
        Fields { headers: self, entries: self.index.entries().iter() }
    }

    /// The field that an offset into the storage lies in, its line end included: where a
    /// [`Defect`](crate::Defect) belongs. `None` for the empty line, the body, what stands before
    /// the fields, and fields beyond [`Limits::fields`]. Takes a binary search.
    ///
    /// ```
    /// # use postrider_message::HeaderSection;
    /// let section = HeaderSection::parse("Subject: a\nDate: today\n\n");
    /// let headers = section.headers();
    /// let date = headers.date().unwrap();
    /// let field = headers.field_at(date.defects[0].span().start()).unwrap();
    /// assert_eq!(field.name(), b"Date");
    /// ```
    pub fn field_at(self, offset: usize) -> Option<Field<'a>> {
        let entries = self.index.entries();
        let after = entries.partition_point(|entry| entry.span().start() <= offset);
        let field = self.field(entries.get(after.checked_sub(1)?)?);
        // What is missing at the end of a last line without a line end is told there.
        let ended = field.raw().ends_with(b"\n");
        let end = field.span().end();
        (offset < end || (offset == end && !ended)).then_some(field)
    }

    /// The first field of a known name: one lookup, no comparison of names.
    pub fn get(self, name: FieldName) -> Option<Field<'a>> {
        self.all(name).next()
    }

    /// All fields of a known name, in order.
    pub fn all(self, name: FieldName) -> impl Iterator<Item = Field<'a>> {
        self.index.chain(name).map(move |entry| self.field(entry))
    }

    /// All fields of any name, in order, whatever the case of its letters: `named("X-Mailer")`.
    pub fn named<'n, N: AsRef<[u8]> + ?Sized>(
        self,
        name: &'n N,
    ) -> impl Iterator<Item = Field<'a>> + use<'a, 'n, N> {
        let name = name.as_ref();
        let known = FieldName::of(name);
        let chained = known.into_iter().flat_map(move |known| self.all(known));
        // A name that is not known is that of no field that has a known one.
        let compared = known.is_none().then(|| self.fields()).into_iter().flatten();
        let same = move |field: &Field<'a>| {
            field.known().is_none() && field.name().eq_ignore_ascii_case(name)
        };
        chained.chain(compared.filter(same))
    }

    /// The value of the first field of a known name.
    pub fn read<T: FieldValue<'a>>(self, name: FieldName) -> Option<Parsed<'a, T>> {
        self.get(name).map(Field::read)
    }

    /// The first `Subject` (RFC 5322 §3.6.5), encoded words decoded.
    pub fn subject(self) -> Option<Parsed<'a, Text<'a>>> {
        self.read(FieldName::Subject)
    }

    /// The first `From` (RFC 5322 §3.6.2).
    pub fn from(self) -> Option<Parsed<'a, AddressList<'a>>> {
        self.read(FieldName::From)
    }

    /// The first `Sender` (RFC 5322 §3.6.2).
    pub fn sender(self) -> Option<Parsed<'a, AddressList<'a>>> {
        self.read(FieldName::Sender)
    }

    /// The first `Reply-To` (RFC 5322 §3.6.2).
    pub fn reply_to(self) -> Option<Parsed<'a, AddressList<'a>>> {
        self.read(FieldName::ReplyTo)
    }

    /// The first `To` (RFC 5322 §3.6.3).
    pub fn to(self) -> Option<Parsed<'a, AddressList<'a>>> {
        self.read(FieldName::To)
    }

    /// The first `Cc` (RFC 5322 §3.6.3).
    pub fn cc(self) -> Option<Parsed<'a, AddressList<'a>>> {
        self.read(FieldName::Cc)
    }

    /// The first `Bcc` (RFC 5322 §3.6.3).
    pub fn bcc(self) -> Option<Parsed<'a, AddressList<'a>>> {
        self.read(FieldName::Bcc)
    }

    /// All recipients: the mailboxes of every `To`, then every `Cc`, then every `Bcc` field (RFC 5322
    /// §3.6.3), members of groups included. Some messages have several fields of a name, though each
    /// may occur once, and [`to`](Self::to) and its like read the first. A mailbox that is told twice
    /// comes twice. Defects are left out; [`all`](Self::all) has the fields.
    ///
    /// ```
    /// # use postrider_message::HeaderSection;
    /// let section = HeaderSection::parse(
    ///     "Cc: c@c.example\nTo: Joe <a@a.example>, b@b.example\nCc: Team: d@d.example;\n\n",
    /// );
    /// let all: Vec<_> = section.headers().recipients().map(|it| it.addr_spec().to_string()).collect();
    /// assert_eq!(all, ["a@a.example", "b@b.example", "c@c.example", "d@d.example"]);
    /// ```
    pub fn recipients(self) -> impl Iterator<Item = Mailbox<'a>> {
        let names = [FieldName::To, FieldName::Cc, FieldName::Bcc].into_iter();
        names.flat_map(move |name| self.all(name)).flat_map(|field| {
            field.read::<AddressList<'_>>().value.mailboxes().cloned().collect::<Vec<_>>()
        })
    }

    /// The first `Date` (RFC 5322 §3.6.1); no value where it is not a date.
    pub fn date(self) -> Option<Parsed<'a, Option<DateTime>>> {
        self.read(FieldName::Date)
    }

    /// The first `Message-ID` (RFC 5322 §3.6.4): a list, because some have none or several.
    pub fn message_id(self) -> Option<Parsed<'a, MessageIdList<'a>>> {
        self.read(FieldName::MessageId)
    }

    /// The first `In-Reply-To` (RFC 5322 §3.6.4).
    pub fn in_reply_to(self) -> Option<Parsed<'a, MessageIdList<'a>>> {
        self.read(FieldName::InReplyTo)
    }

    /// The first `References` (RFC 5322 §3.6.4).
    pub fn references(self) -> Option<Parsed<'a, MessageIdList<'a>>> {
        self.read(FieldName::References)
    }

    /// The `Received` fields as they stand: the newest first (RFC 5321 §4.4).
    pub fn received(self) -> impl Iterator<Item = Parsed<'a, Received<'a>>> {
        self.all(FieldName::Received).map(Field::read)
    }

    /// The journey the `Received` fields tell: the oldest hop first, with delays. `Date` is looked
    /// at beside them, for when it began.
    ///
    /// ```
    /// # use postrider_message::HeaderSection;
    /// let section = HeaderSection::parse(
    ///     "Received: from x.y.test by example.net with ESMTP; 21 Nov 1997 10:05:43 -0600\n\
    ///      Received: from node.example by x.y.test; 21 Nov 1997 10:01:22 -0600\n\n",
    /// );
    /// let trace = section.headers().trace();
    /// let hops: Vec<_> = trace.hops().iter().map(|hop| (hop.by().unwrap(), hop.delay())).collect();
    /// assert_eq!(hops, [("x.y.test", None), ("example.net", Some(261))]);
    /// ```
    pub fn trace(self) -> Trace<'a> {
        crate::received::trace(self)
    }

    /// The fields, from the first octet to the last line end, without the empty line.
    pub const fn span(self) -> Span {
        self.index.span()
    }

    /// The octets of [`span`](Self::span).
    pub fn raw(self) -> &'a [u8] {
        self.span().of(self.bytes)
    }

    /// The empty line behind the fields.
    pub const fn separator(self) -> Span {
        self.index.separator()
    }

    /// The mbox `From ` line before the fields, its line end included.
    pub fn mbox_from(self) -> Option<&'a [u8]> {
        self.index.mbox_from().map(|span| span.of(self.bytes))
    }

    /// What is wrong with the section as such; each value has defects of its own. Lazy, as values
    /// are: this is where the section is looked through, each time it is called.
    pub fn defects(self) -> Defects {
        check(self.bytes, self.index)
    }

    /// What is wrong with the values of the fields that this crate has types for, field after field:
    /// each is read as its type. At most [`Limits::defects`](crate::Limits::defects).
    ///
    /// ```
    /// # use postrider_message::HeaderSection;
    /// let section = HeaderSection::parse("From: a@a.example <b@b.example>\nDate: today\n\n");
    /// let defects = section.headers().value_defects();
    /// let told: Vec<_> = defects.iter().map(|one| one.code().name()).collect();
    /// assert_eq!(told, ["at-sign-in-phrase", "not-a-date"]);
    /// ```
    pub fn value_defects(self) -> Defects {
        crate::lint::value_defects(self)
    }

    /// The whole storage that this is a view of: what spans count in.
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) const fn limits(self) -> &'a Limits {
        self.index.limits()
    }

    const fn field(self, entry: &'a super::index::Entry) -> Field<'a> {
        Field::new(self.bytes, entry, self.index.limits())
    }

    /// The base subject (RFC 5256 §2.1), by which messages are sorted and threaded. Without a
    /// `Subject` it is empty.
    ///
    /// ```
    /// # use postrider_message::HeaderSection;
    /// let section = HeaderSection::parse("Subject: =?utf-8?q?Re=3A?= [list]\r\n\tBoats\r\n\r\n");
    /// let base = section.headers().base_subject();
    /// assert_eq!((base.as_str(), base.is_reply_or_forward()), ("Boats", true));
    /// ```
    pub fn base_subject(self) -> BaseSubject<'a> {
        self.subject().map(|subject| base_subject(subject.value.into_cow())).unwrap_or_default()
    }

    /// The identifiers that place the message in its thread (RFC 5256 §3): its own, and its
    /// ancestors', from `References` or else from `In-Reply-To`.
    ///
    /// ```
    /// # use postrider_message::HeaderSection;
    /// let section = HeaderSection::parse(
    ///     "Message-ID: <3@a.example>\nReferences: <1@a.example>\n <2@b.example>\n\n",
    /// );
    /// let ids = section.headers().thread_ids();
    /// assert_eq!(ids.message_id(), Some("3@a.example"));
    /// assert_eq!(ids.references(), ["1@a.example", "2@b.example"]);
    /// assert_eq!(ids.parent(), Some("2@b.example"));
    /// ```
    pub fn thread_ids(self) -> ThreadIds<'a> {
        crate::thread::thread_ids(self)
    }

    /// How well the header section follows the RFCs: what is missing, too many, obsolete,
    /// malformed or unwise. It judges the header section of a message, not of a body part; of the
    /// body nothing is looked at.
    ///
    /// ```
    /// # use postrider_message::HeaderSection;
    /// let section = HeaderSection::parse(
    ///     "From: a@a.example, b@a.example\nDate: 21 Nov 97 09:55 GMT\nTo: c@b.example\n\n",
    /// );
    /// assert_eq!(
    ///     section.headers().lint().to_string(),
    ///     "\
    /// error[sender-needed]: several mailboxes in From, and no Sender field (RFC 5322 §3.6.2) at 0..31
    /// warning[obsolete-year]: a year of two or three digits (RFC 5322 §4.3) at 44..46
    /// warning[obsolete-zone]: a zone given by name (RFC 5322 §4.3) at 53..56
    /// warning[missing-message-id]: no Message-ID field, which every message should have (RFC 5322 §3.6.4) at 73..73
    /// ",
    /// );
    /// ```
    pub fn lint(self) -> Report {
        crate::lint::lint(self)
    }

    /// The places where deployed readers are known to disagree, so that a filter and a mail program
    /// may see two messages, each with the choice this crate makes. Who must be sure refuses a
    /// message that has any.
    ///
    /// ```
    /// # use postrider_message::HeaderSection;
    /// let section = HeaderSection::parse("From: a@a.example\nFrom: b@b.example\n\n");
    /// let ambiguities = section.headers().ambiguities();
    /// let place = ambiguities[0].defect().span();
    /// assert_eq!(&section.as_bytes()[place.range()], b"From: b@b.example\n");
    /// assert_eq!(ambiguities[0].choice(), "the first field counts; all are found in order");
    /// ```
    pub fn ambiguities(self) -> Ambiguities {
        crate::lint::ambiguities(self)
    }
}

/// The fields of a header section, in the order they stand in: what [`Headers::fields`] returns.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    headers: Headers<'a>,
    entries: core::slice::Iter<'a, super::index::Entry>,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        self.entries.next().map(|entry| self.headers.field(entry))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }

    fn nth(&mut self, n: usize) -> Option<Field<'a>> {
        self.entries.nth(n).map(|entry| self.headers.field(entry))
    }
}

impl DoubleEndedIterator for Fields<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.entries.next_back().map(|entry| self.headers.field(entry))
    }
}

impl ExactSizeIterator for Fields<'_> {}
