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
    metadata: &'a Metadata,
    source: Source<'a>,
    becomes_seen: bool,
    flags_follow: bool,
    mod_seq: Option<ModSeq>,
    mod_seq_follows: bool,
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
            metadata,
            source,
            becomes_seen,
            flags_follow: becomes_seen && !asked,
            mod_seq: metadata.mod_seq,
            mod_seq_follows: false,
        }
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

    fn answer(&self, attribute: &FetchAttribute) -> Option<Answer> {
        if let Some(request) = attribute.body_request() {
            let octets = match &request.name {
                BodySection::Binary(part) => self.source.binary(part, self.metadata.size),
                name => self.source.section(&name.section(), self.metadata.size),
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
