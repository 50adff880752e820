//! The answers for one message, one after the other.

use bytes::Bytes;
use postrider_imap::{BodySection, FetchAttribute, FetchItem, Flag, ModSeq, ObjectId};

use super::Fetch;
use crate::{Form, Metadata, Octets, Source};

/// One thing to send in the FETCH response, in the order of the iterator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "what is told, and what is streamed")]
pub enum Answer {
    /// A value.
    Item(FetchItem),
    /// Octets of the message.
    Body(Body),
}

/// Octets of the message to send.
///
/// They go as a literal, `{n}`, or as a string. A decoded part can hold the octet NUL, which only a
/// literal8 takes, `~{n}` (RFC 9051 §9 `msg-att-static`, RFC 3516 §7):
/// [`is_literal8`](Self::is_literal8) tells when.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Body {
    /// The name to send them under.
    pub name: BodySection,
    /// Where they begin in the section, when a part of it was asked for.
    pub origin: Option<u64>,
    /// The octets; `None` is `NIL`: the message has no such section.
    pub octets: Option<Octets>,
}

/// The answers to a [`Fetch`] for one message, in the order they were asked for. FLAGS follow when
/// `\Seen` changes them and they were not asked for (RFC 3501 §6.4.5).
#[derive(Debug, Clone)]
pub struct Answers<'a> {
    attributes: core::slice::Iter<'a, FetchAttribute>,
    /// How many attributes there are.
    all: usize,
    metadata: &'a Metadata,
    source: Source<'a>,
    becomes_seen: bool,
    flags_follow: bool,
    mod_seq: Option<ModSeq>,
    mod_seq_follows: bool,
    /// The part that was decoded last, for whoever asks for it piece by piece.
    decoded: Option<(&'a [u32], Octets)>,
}

impl Body {
    /// Whether these octets, which are what [`octets`](Self::octets) names, must be sent as a
    /// literal8: they are of `BINARY[…]` and hold NUL. All others go as a literal or a string, as a
    /// server should send what holds no NUL: "this allows the client to determine if the "8bit" data
    /// contains the NUL octet without having to explicitly scan the data stream" (RFC 9051 §7.5.2,
    /// RFC 3516 §4.3). A server that streams without looking first may send any `BINARY[…]` as a
    /// literal8, and no other section.
    ///
    /// ```
    /// use postrider_imap::{FetchAttribute, InternalDate, Uid};
    /// use postrider_mailbox::{Answer, Fetch, Metadata, Source};
    /// use postrider_mime::Message;
    ///
    /// let mail = "Content-Transfer-Encoding: base64\r\n\r\nR0lGAAA5\r\n";
    /// let message = Message::parse(mail)?;
    /// let metadata = Metadata::new(Uid::new(1)?, [], InternalDate::from_unix(0, 0)?, 49);
    /// let fetch = Fetch::new(FetchAttribute::Binary { part: vec![1], peek: true, partial: None });
    /// for answer in fetch.answer(&metadata, Source::message(&message))? {
    ///     let Answer::Body(body) = answer else { continue };
    ///     let octets = body.octets.as_ref().map(|octets| octets.of(mail.as_bytes()));
    ///     assert!(body.is_literal8(octets.unwrap_or_default()));
    /// }
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_literal8(&self, octets: &[u8]) -> bool {
        matches!(self.name, BodySection::Binary(_)) && memchr::memchr(0, octets).is_some()
    }
}

impl<'a> Answers<'a> {
    pub(super) fn new(
        fetch: &'a Fetch,
        metadata: &'a Metadata,
        source: Source<'a>,
        becomes_seen: bool,
    ) -> Self {
        let asked = fetch.attributes.contains(&FetchAttribute::Flags);
        Self {
            attributes: fetch.attributes.iter(),
            all: fetch.attributes.len(),
            metadata,
            source,
            becomes_seen,
            flags_follow: becomes_seen && !asked,
            mod_seq: metadata.mod_seq,
            mod_seq_follows: false,
            decoded: None,
        }
    }

    /// Those behind so many attributes, which were answered before.
    pub(super) fn behind(mut self, attributes: usize) -> Self {
        if let Some(last) = attributes.checked_sub(1) {
            let _ = self.attributes.nth(last);
        }
        self
    }

    /// How many attributes are to be answered.
    pub(super) fn left(&self) -> usize {
        self.attributes.len()
    }

    /// How many are answered.
    pub(super) fn answered(&self) -> usize {
        self.all.saturating_sub(self.attributes.len())
    }

    /// Whether the store has to set `\Seen`: it was not set before.
    pub const fn becomes_seen(&self) -> bool {
        self.becomes_seen
    }

    /// The same where the client has enabled CONDSTORE, and the store has set `\Seen` and counted
    /// that: this MODSEQ is told, asked for or not (RFC 7162 §3.1).
    #[must_use]
    pub fn seen_at(mut self, mod_seq: ModSeq) -> Self {
        let asked = self.attributes.as_slice().contains(&FetchAttribute::ModSeq);
        self.mod_seq = Some(mod_seq);
        self.mod_seq_follows = !asked;
        self
    }

    /// A part without its encoding. One that is asked for piece by piece is decoded once.
    fn binary(&mut self, part: &'a [u32], in_pieces: bool) -> Option<Octets> {
        if let Some((known, octets)) = &self.decoded
            && *known == part
        {
            return Some(octets.clone());
        }
        // Before the next one is made.
        self.decoded = None;
        let octets = self.source.binary(part, self.metadata.size)?;
        if in_pieces {
            self.decoded = Some((part, octets.clone()));
        }
        Some(octets)
    }

    fn answer(&mut self, attribute: &'a FetchAttribute) -> Option<Answer> {
        if let Some(request) = attribute.body_request() {
            let octets = match attribute {
                FetchAttribute::Binary { part, partial, .. } => {
                    self.binary(part, partial.is_some())
                }
                _ => self.source.section(&request.name.section(), self.metadata.size),
            };
            let octets = match request.partial {
                Some(partial) => octets.map(|octets| octets.partial(partial)),
                None => octets,
            };
            let origin = request.partial.map(|partial| partial.origin());
            return Some(Answer::Body(Body { name: request.name, origin, octets }));
        }
        Some(Answer::Item(match attribute {
            FetchAttribute::Envelope => FetchItem::Envelope(self.source.envelope()?),
            FetchAttribute::Flags => self.flags(),
            FetchAttribute::InternalDate => {
                FetchItem::InternalDate(Some(self.metadata.internal_date))
            }
            FetchAttribute::Rfc822Size => FetchItem::Rfc822Size(self.metadata.size),
            FetchAttribute::Uid => FetchItem::Uid(self.metadata.uid),
            FetchAttribute::Body => FetchItem::Body(self.source.body(Form::Body)?),
            FetchAttribute::BodyStructure => {
                FetchItem::BodyStructure(self.source.body(Form::BodyStructure)?)
            }
            FetchAttribute::BinarySize(part) => {
                let size = self.source.binary_size(part, self.metadata.size);
                FetchItem::BinarySize(part.clone(), size)
            }
            FetchAttribute::ModSeq => FetchItem::ModSeq(self.mod_seq?),
            FetchAttribute::EmailId => {
                FetchItem::EmailId(octets_of(self.metadata.email_id.as_ref()?))
            }
            FetchAttribute::ThreadId => {
                FetchItem::ThreadId(self.metadata.thread_id.as_ref().map(octets_of))
            }
            FetchAttribute::SaveDate => FetchItem::SaveDate(self.metadata.save_date),
            FetchAttribute::Preview { .. } => {
                FetchItem::Preview(self.source.tell_preview().map(Bytes::from))
            }
            _ => return None,
        }))
    }

    fn flags(&self) -> FetchItem {
        let mut flags = self.metadata.flags.clone();
        if self.becomes_seen {
            flags.insert(&Flag::Seen);
        }
        FetchItem::Flags(flags)
    }
}

fn octets_of(id: &ObjectId) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}

impl Iterator for Answers<'_> {
    type Item = Answer;

    fn next(&mut self) -> Option<Answer> {
        while let Some(attribute) = self.attributes.next() {
            if let Some(answer) = self.answer(attribute) {
                return Some(answer);
            }
        }
        if core::mem::take(&mut self.flags_follow) {
            return Some(Answer::Item(self.flags()));
        }
        let follows = core::mem::take(&mut self.mod_seq_follows);
        self.mod_seq.filter(|_| follows).map(|mod_seq| Answer::Item(FetchItem::ModSeq(mod_seq)))
    }
}
