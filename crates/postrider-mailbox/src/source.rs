//! How much of a message is at hand, and how much is needed.

use core::fmt;

use postrider_imap::{BodyStructure, Envelope, Section, SectionText};
use postrider_message::Headers;
use postrider_mime::{Message, Part};

use crate::{Form, Octets, body, envelope, section, section::fields};

/// How much of a message must be read to answer. Ordered: each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Need {
    /// What the store knows beside the message.
    Metadata,
    /// The header section of the message, with the empty line behind it.
    Header,
    /// The message, with the tree of its parts.
    Message,
}

/// What is at hand of a message. So `BODY[]`, `BODY[HEADER]` and ENVELOPE of a message of any size
/// are answered without its body in memory.
#[derive(Clone, Copy)]
pub struct Source<'a>(Inner<'a>);

#[derive(Clone, Copy)]
enum Inner<'a> {
    Metadata,
    Header(Headers<'a>),
    Message(&'a dyn Whole),
}

/// A message, whatever its storage.
trait Whole: Sync {
    fn headers(&self) -> Headers<'_>;
    fn body(&self, form: Form) -> BodyStructure;
    fn section(&self, section: &Section) -> Option<Octets>;
    fn root(&self) -> Part<'_>;
}

impl<B: AsRef<[u8]> + Sync> Whole for Message<B> {
    fn headers(&self) -> Headers<'_> {
        Self::headers(self)
    }

    fn body(&self, form: Form) -> BodyStructure {
        body(self, form)
    }

    fn section(&self, wanted: &Section) -> Option<Octets> {
        section(self, wanted)
    }

    fn root(&self) -> Part<'_> {
        Self::root(self)
    }
}

impl<'a> Source<'a> {
    /// Nothing of the message itself.
    pub const fn metadata() -> Self {
        Self(Inner::Metadata)
    }

    /// The header section, read from the start of the message.
    pub const fn header(headers: Headers<'a>) -> Self {
        Self(Inner::Header(headers))
    }

    /// All of it.
    pub const fn message<B: AsRef<[u8]> + Sync>(message: &'a Message<B>) -> Self {
        Self(Inner::Message(message))
    }

    /// How much there is.
    pub const fn has(self) -> Need {
        match self.0 {
            Inner::Metadata => Need::Metadata,
            Inner::Header(_) => Need::Header,
            Inner::Message(_) => Need::Message,
        }
    }

    pub(crate) fn envelope(self) -> Option<Envelope> {
        self.headers().map(envelope)
    }

    pub(crate) fn body(self, form: Form) -> Option<BodyStructure> {
        match self.0 {
            Inner::Message(message) => Some(message.body(form)),
            _ => None,
        }
    }

    /// The tree of the parts, if it is at hand.
    pub fn root(self) -> Option<Part<'a>> {
        match self.0 {
            Inner::Message(message) => Some(message.root()),
            _ => None,
        }
    }

    /// The octets of a section of a message of this size.
    pub(crate) fn section(self, section: &Section, size: u64) -> Option<Octets> {
        if let Inner::Message(message) = self.0 {
            return message.section(section);
        }
        if !section.part().is_empty() {
            return None;
        }
        let text = || {
            let end = self.headers()?.separator().end();
            u64::try_from(end).ok().map(|end| end.min(size))
        };
        Some(match section.piece() {
            None => Octets::Stored(0..size),
            Some(SectionText::Header) => Octets::Stored(0..text()?),
            Some(SectionText::Text) => Octets::Stored(text()?..size),
            Some(SectionText::HeaderFields(names)) => fields(self.headers()?, names, true),
            Some(SectionText::HeaderFieldsNot(names)) => fields(self.headers()?, names, false),
            Some(_) => return None,
        })
    }

    /// The fields of the header section, if they are at hand.
    pub fn headers(self) -> Option<Headers<'a>> {
        match self.0 {
            Inner::Metadata => None,
            Inner::Header(headers) => Some(headers),
            Inner::Message(message) => Some(message.headers()),
        }
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.has()).finish()
    }
}
