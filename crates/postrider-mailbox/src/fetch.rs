//! What FETCH answers for one message (RFC 3501 §6.4.5 and §7.4.2).

use alloc::vec::Vec;

use postrider_imap::{BodySection, FetchAttribute, FetchAttributes, FetchItem, Flag, SectionText};

use crate::{Form, Metadata, Need, Octets, Source};

/// A FETCH command, ready to be answered for one message after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    attributes: Vec<FetchAttribute>,
    read_only: bool,
}

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

/// Less of the message is at hand than the attributes need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more of the message is needed to answer")]
#[non_exhaustive]
pub struct NotEnough {
    /// What is needed.
    pub need: Need,
}

impl Fetch {
    /// What a FETCH command asks for. What it asks for twice is answered once.
    pub fn new(attributes: impl Into<FetchAttributes>) -> Self {
        let mut list: Vec<FetchAttribute> = Vec::new();
        for attribute in attributes.into().into_list() {
            if !list.contains(&attribute) {
                list.push(attribute);
            }
        }
        Self { attributes: list, read_only: false }
    }

    /// The same for UID FETCH, which always answers the UID (RFC 3501 §6.4.8).
    #[must_use]
    pub fn by_uid(mut self) -> Self {
        if !self.attributes.contains(&FetchAttribute::Uid) {
            self.attributes.insert(0, FetchAttribute::Uid);
        }
        self
    }

    /// The same in a mailbox opened by EXAMINE: nothing becomes `\Seen` (RFC 3501 §6.3.2).
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// What is asked for, macros resolved.
    pub fn attributes(&self) -> &[FetchAttribute] {
        &self.attributes
    }

    /// How much of each message must be read.
    pub fn need(&self) -> Need {
        self.attributes.iter().map(need).max().unwrap_or(Need::Metadata)
    }

    /// Whether messages become `\Seen` by being answered: `BODY[…]`, `RFC822` and `RFC822.TEXT` do
    /// that, `BODY.PEEK[…]` and `RFC822.HEADER` do not.
    pub fn sets_seen(&self) -> bool {
        let sets_seen = |attribute: &FetchAttribute| match attribute {
            FetchAttribute::BodySection { peek, .. } => !peek,
            FetchAttribute::Rfc822 | FetchAttribute::Rfc822Text => true,
            _ => false,
        };
        !self.read_only && self.attributes.iter().any(sets_seen)
    }

    /// What to answer for one message. Each answer is made when the iterator comes to it.
    ///
    /// # Errors
    ///
    /// [`NotEnough`] when `source` has less than [`need`](Self::need).
    pub fn answer<'a>(
        &'a self,
        metadata: &'a Metadata,
        source: Source<'a>,
    ) -> Result<Answers<'a>, NotEnough> {
        let need = self.need();
        if source.has() < need {
            return Err(NotEnough { need });
        }
        let becomes_seen = self.sets_seen() && !metadata.flags.contains(&Flag::Seen);
        let asked = self.attributes.contains(&FetchAttribute::Flags);
        Ok(Answers {
            attributes: self.attributes.iter(),
            metadata,
            source,
            becomes_seen,
            flags_follow: becomes_seen && !asked,
        })
    }
}

fn need(attribute: &FetchAttribute) -> Need {
    match attribute {
        FetchAttribute::Flags
        | FetchAttribute::InternalDate
        | FetchAttribute::Rfc822Size
        | FetchAttribute::Uid
        | FetchAttribute::Rfc822 => Need::Metadata,
        FetchAttribute::Envelope | FetchAttribute::Rfc822Header | FetchAttribute::Rfc822Text => {
            Need::Header
        }
        FetchAttribute::BodySection { section, .. } if section.part().is_empty() => {
            match section.piece() {
                None => Need::Metadata,
                Some(
                    SectionText::Header
                    | SectionText::Text
                    | SectionText::HeaderFields(_)
                    | SectionText::HeaderFieldsNot(_),
                ) => Need::Header,
                Some(_) => Need::Message,
            }
        }
        _ => Need::Message,
    }
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
}

impl Answers<'_> {
    /// Whether the store has to set `\Seen`: it was not set before.
    pub const fn becomes_seen(&self) -> bool {
        self.becomes_seen
    }

    /// `None` for an attribute that this crate does not know.
    fn answer(&self, attribute: &FetchAttribute) -> Option<Answer> {
        if let Some(request) = attribute.body_request() {
            if matches!(request.name, BodySection::Binary(_)) {
                return None;
            }
            let octets = self.source.section(&request.name.section(), self.metadata.size);
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

impl Iterator for Answers<'_> {
    type Item = Answer;

    fn next(&mut self) -> Option<Answer> {
        while let Some(attribute) = self.attributes.next() {
            if let Some(answer) = self.answer(attribute) {
                return Some(answer);
            }
        }
        let flags = core::mem::take(&mut self.flags_follow);
        flags.then(|| Answer::Item(self.flags()))
    }
}
