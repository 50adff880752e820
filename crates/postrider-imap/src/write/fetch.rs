//! FETCH: what it asks, and what it answers.

use alloc::vec::Vec;

use super::{Out, WriteOptions};
use crate::read::is_one_item;
use crate::syntax::is_object_id;
use crate::value::{
    BodySection, FetchAttribute, FetchAttributes, FetchItem, InternalDate, Partial, Raw,
    is_keyword_octet,
};

impl FetchItem {
    /// Writes it as it stands in a FETCH response: name and value.
    pub fn write(&self, octets: &mut Vec<u8>) {
        self.write_with(octets, WriteOptions::default());
    }

    /// As [`FetchItem::write`], with options.
    pub fn write_with(&self, octets: &mut Vec<u8>, options: WriteOptions) {
        Out::for_response(octets, options).fetch_item(self);
    }
}

impl BodySection {
    /// Writes the name under which octets of a message travel in a FETCH response; with where they
    /// begin, if they were asked for in part, which the old names have no place for.
    ///
    /// A FETCH response with octets of a message is put together around them; the server machine
    /// does it too.
    ///
    /// ```
    /// use postrider_imap::{BodySection, FetchItem, Section, Uid};
    ///
    /// let mut out = b"* 12 FETCH (".to_vec();
    /// FetchItem::Uid(Uid::new(4827)?).write(&mut out);
    /// out.push(b' ');
    /// BodySection::Section(Section::text()).write(&mut out, Some(0));
    /// out.extend_from_slice(b" {5}\r\nHello)\r\n");
    /// assert_eq!(out, b"* 12 FETCH (UID 4827 BODY[TEXT]<0> {5}\r\nHello)\r\n");
    /// # Ok::<(), postrider_imap::InvalidValue>(())
    /// ```
    pub fn write(&self, octets: &mut Vec<u8>, origin: Option<u64>) {
        Out::for_response(octets, WriteOptions::default()).body_section_name(self, origin);
    }
}

impl Out<'_> {
    /// `msg-att` (RFC 9051 §9)
    pub(crate) fn fetch_items(&mut self, items: &[FetchItem]) {
        let last = items.len();
        self.list(items.iter().zip(1..), |out, (item, at)| match item {
            // Nothing stands behind it that could be taken for its value.
            FetchItem::Unparsed(raw) if at == last && is_name(raw) => out.put(raw.as_bytes()),
            item => out.fetch_item(item),
        });
    }

    /// One item: name, blank and value.
    pub(crate) fn fetch_item(&mut self, item: &FetchItem) {
        match item {
            FetchItem::Envelope(envelope) => {
                self.put(b"ENVELOPE ");
                self.whole_envelope(envelope);
            }
            FetchItem::Flags(flags) => {
                self.put(b"FLAGS ");
                self.flags(flags);
            }
            FetchItem::InternalDate(date) => {
                self.put(b"INTERNALDATE ");
                self.date_or_nil(*date);
            }
            FetchItem::Rfc822Size(octets) => self.named_number(b"RFC822.SIZE ", *octets),
            FetchItem::Uid(uid) => self.named_number(b"UID ", uid.get().into()),
            FetchItem::Body(body) => {
                self.put(b"BODY ");
                self.body(body, false);
            }
            FetchItem::BodyStructure(body) => {
                self.put(b"BODYSTRUCTURE ");
                self.body(body, true);
            }
            FetchItem::BinarySize(part, octets) => {
                self.put(b"BINARY.SIZE[");
                self.section_part(part);
                self.named_number(b"] ", *octets);
            }
            FetchItem::ModSeq(value) => {
                self.named_number(b"MODSEQ (", value.get());
                self.byte(b')');
            }
            FetchItem::EmailId(id) => {
                self.put(b"EMAILID ");
                self.object_id(id);
            }
            FetchItem::ThreadId(None) => self.put(b"THREADID NIL"),
            FetchItem::ThreadId(Some(id)) => {
                self.put(b"THREADID ");
                self.object_id(id);
            }
            FetchItem::SaveDate(date) => {
                self.put(b"SAVEDATE ");
                self.date_or_nil(*date);
            }
            FetchItem::Preview(text) => {
                self.put(b"PREVIEW ");
                self.nstring(text.as_deref());
            }
            FetchItem::GmailMessageId(id) => self.named_number(b"X-GM-MSGID ", *id),
            FetchItem::GmailThreadId(id) => self.named_number(b"X-GM-THRID ", *id),
            FetchItem::GmailLabels(labels) => {
                self.put(b"X-GM-LABELS ");
                self.gmail_labels(labels);
            }
            FetchItem::Unparsed(raw) => self.unparsed_item(raw),
        }
    }

    /// What was not understood. What was broken and is no name with a value stays one item, so that
    /// those behind it are what they are.
    fn unparsed_item(&mut self, raw: &Raw) {
        if is_one_item(raw.as_bytes()) {
            return self.put(raw.as_bytes());
        }
        if is_name(raw) {
            self.put(raw.as_bytes());
            return self.put(b" NIL");
        }
        for &octet in raw.as_bytes() {
            let plain = octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-');
            self.byte(if plain { octet } else { b'_' });
        }
        // No item that is known ends like this.
        self.put(b"_ NIL");
    }

    fn named_number(&mut self, name: &[u8], number: u64) {
        self.put(name);
        self.number(number);
    }

    fn date_or_nil(&mut self, date: Option<InternalDate>) {
        match date {
            Some(date) => self.date_time(date),
            None => self.nil(),
        }
    }

    /// `"(" objectid ")"` (RFC 8474 §7)
    fn object_id(&mut self, id: &[u8]) {
        self.byte(b'(');
        if is_object_id(id) {
            self.put(id)
        } else {
            self.string(id)
        }
        self.byte(b')');
    }

    /// Labels of Gmail: flags as they are, others as strings.
    pub(crate) fn gmail_labels(&mut self, labels: &[bytes::Bytes]) {
        self.list(labels, |out, label| {
            let is_flag = label.first() == Some(&b'\\')
                && label.iter().all(|&octet| octet == b'\\' || is_keyword_octet(octet));
            if is_flag { out.put(label) } else { out.astring(label) }
        });
    }

    /// The name of an item whose octets are streamed, with its origin.
    pub(crate) fn body_section_name(&mut self, name: &BodySection, origin: Option<u64>) {
        match name {
            BodySection::Section(section) => {
                self.put(b"BODY[");
                self.section(section);
                self.byte(b']');
            }
            BodySection::Binary(part) => {
                self.put(b"BINARY[");
                self.section_part(part);
                self.byte(b']');
            }
            BodySection::Rfc822 => self.put(b"RFC822"),
            BodySection::Rfc822Header => self.put(b"RFC822.HEADER"),
            BodySection::Rfc822Text => self.put(b"RFC822.TEXT"),
        }
        let bracketed = matches!(name, BodySection::Section(_) | BodySection::Binary(_));
        if let Some(origin) = origin.filter(|_| bracketed) {
            self.named_number(b"<", origin);
            self.byte(b'>');
        }
    }

    /// What FETCH asks: a macro, one attribute, or a list.
    pub(crate) fn fetch_attributes(&mut self, attributes: &FetchAttributes) {
        match attributes {
            FetchAttributes::All => self.put(b"ALL"),
            FetchAttributes::Fast => self.put(b"FAST"),
            FetchAttributes::Full => self.put(b"FULL"),
            FetchAttributes::List(list) => match list.as_slice() {
                // What stands behind an unknown name would read as modifiers.
                [one] if !matches!(one, FetchAttribute::Other(_)) => self.fetch_attribute(one),
                several => self.list(several, Self::fetch_attribute),
            },
        }
    }

    pub(crate) fn fetch_attribute(&mut self, attribute: &FetchAttribute) {
        let name: &[u8] = match attribute {
            FetchAttribute::Envelope => b"ENVELOPE",
            FetchAttribute::Flags => b"FLAGS",
            FetchAttribute::InternalDate => b"INTERNALDATE",
            FetchAttribute::Rfc822Size => b"RFC822.SIZE",
            FetchAttribute::Uid => b"UID",
            FetchAttribute::Body => b"BODY",
            FetchAttribute::BodyStructure => b"BODYSTRUCTURE",
            FetchAttribute::Rfc822 => b"RFC822",
            FetchAttribute::Rfc822Header => b"RFC822.HEADER",
            FetchAttribute::Rfc822Text => b"RFC822.TEXT",
            FetchAttribute::ModSeq => b"MODSEQ",
            FetchAttribute::EmailId => b"EMAILID",
            FetchAttribute::ThreadId => b"THREADID",
            FetchAttribute::SaveDate => b"SAVEDATE",
            FetchAttribute::Preview { lazy: false } => b"PREVIEW",
            FetchAttribute::Preview { lazy: true } => b"PREVIEW (LAZY)",
            FetchAttribute::GmailMessageId => b"X-GM-MSGID",
            FetchAttribute::GmailThreadId => b"X-GM-THRID",
            FetchAttribute::GmailLabels => b"X-GM-LABELS",
            FetchAttribute::Other(raw) => return self.raw(raw),
            FetchAttribute::BodySection { section, peek, partial } => {
                self.put(if *peek { b"BODY.PEEK[" } else { b"BODY[" });
                self.section(section);
                return self.close_section(*partial);
            }
            FetchAttribute::Binary { part, peek, partial } => {
                self.put(if *peek { b"BINARY.PEEK[" } else { b"BINARY[" });
                self.section_part(part);
                return self.close_section(*partial);
            }
            FetchAttribute::BinarySize(part) => {
                self.put(b"BINARY.SIZE[");
                self.section_part(part);
                return self.byte(b']');
            }
        };
        self.put(name);
    }

    /// `"]" [partial]`
    fn close_section(&mut self, partial: Option<Partial>) {
        self.byte(b']');
        if let Some(partial) = partial {
            self.named_number(b"<", partial.origin());
            self.named_number(b".", partial.octets());
            self.byte(b'>');
        }
    }
}

/// Whether an item that was not understood is one but for its value, which some servers leave out.
fn is_name(raw: &Raw) -> bool {
    is_one_item(&[raw.as_bytes(), b" NIL"].concat()) && !is_one_item(raw.as_bytes())
}
