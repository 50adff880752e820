//! How much of a message is at hand, and how much is needed.

use alloc::string::String;
use core::fmt;

use postrider_imap::{BodyStructure, Envelope, Section, SectionText};
use postrider_message::Headers;
use postrider_mime::{Message, Part};

use crate::{FetchError, Form, Octets, binary::Binary, body, envelope, section, section::fields};

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

/// Less of the message is at hand than is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more of the message is needed")]
#[non_exhaustive]
pub struct NotEnough {
    /// What is needed.
    pub need: Need,
}

/// What is at hand of a message. So `BODY[]`, `BODY[HEADER]` and ENVELOPE of a message of any size
/// are answered without its body in memory.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    inner: Inner<'a>,
    preview: Option<&'a str>,
}

/// Characters of a preview that is made here: "The server SHOULD limit the length of the preview
/// text to 200 preview characters." (RFC 8970 §3.3)
const PREVIEW: usize = 200;

/// "The server MUST NOT output preview text longer than 256 preview characters." (RFC 8970 §3.3)
const LONGEST_PREVIEW: usize = 256;

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
    fn binary(&self, part: &[u32]) -> Option<Binary<'_>>;
    fn preview(&self) -> String;
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

    fn binary(&self, part: &[u32]) -> Option<Binary<'_>> {
        Binary::of(self, part)
    }

    fn preview(&self) -> String {
        Self::preview(self, PREVIEW)
    }

    fn root(&self) -> Part<'_> {
        Self::root(self)
    }
}

impl<'a> Source<'a> {
    const fn new(inner: Inner<'a>) -> Self {
        Self { inner, preview: None }
    }

    /// Nothing of the message itself.
    pub const fn metadata() -> Self {
        Self::new(Inner::Metadata)
    }

    /// The header section, read from the start of the message.
    pub const fn header(headers: Headers<'a>) -> Self {
        Self::new(Inner::Header(headers))
    }

    /// All of it.
    pub const fn message<B: AsRef<[u8]> + Sync>(message: &'a Message<B>) -> Self {
        Self::new(Inner::Message(message))
    }

    /// The same with the preview that the store has of the message, in place of one that is made
    /// here. Of one that is too long the first 256 characters are told (RFC 8970 §3.3).
    #[must_use]
    pub const fn with_preview(mut self, preview: &'a str) -> Self {
        self.preview = Some(preview);
        self
    }

    /// How much there is, but for a preview.
    pub const fn has(self) -> Need {
        match self.inner {
            Inner::Metadata => Need::Metadata,
            Inner::Header(_) => Need::Header,
            Inner::Message(_) => Need::Message,
        }
    }

    pub(crate) fn envelope(self) -> Option<Envelope> {
        self.headers().map(envelope)
    }

    pub(crate) fn body(self, form: Form) -> Option<BodyStructure> {
        match self.inner {
            Inner::Message(message) => Some(message.body(form)),
            _ => None,
        }
    }

    /// The preview that the store has.
    pub(crate) const fn preview(self) -> Option<&'a str> {
        self.preview
    }

    /// The preview to tell: `None` where one cannot be told without more of the message.
    pub(crate) fn tell_preview(self) -> Option<String> {
        match (self.preview, self.inner) {
            (Some(preview), _) => Some(preview.chars().take(LONGEST_PREVIEW).collect()),
            (None, Inner::Message(message)) => Some(message.preview()),
            (None, _) => None,
        }
    }

    /// The tree of the parts, if it is at hand.
    pub fn root(self) -> Option<Part<'a>> {
        match self.inner {
            Inner::Message(message) => Some(message.root()),
            _ => None,
        }
    }

    /// The octets of a section of a message of this size.
    pub(crate) fn section(self, section: &Section, size: u64) -> Option<Octets> {
        if let Inner::Message(message) = self.inner {
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

    fn find_binary(self, part: &[u32]) -> Option<Binary<'a>> {
        match self.inner {
            Inner::Message(message) => message.binary(part),
            _ => None,
        }
    }

    /// Whether the transfer encoding of a part, if there is such, can be undone.
    pub(crate) fn check_encoding(self, part: &[u32]) -> Result<(), FetchError> {
        match self.find_binary(part) {
            Some(Binary::Unknown) => Err(FetchError::UnknownCte),
            _ => Ok(()),
        }
    }

    /// The octets of a part of a message of this size, its transfer encoding undone.
    pub(crate) fn binary(self, part: &[u32], size: u64) -> Option<Octets> {
        if part.is_empty() {
            return self.section(&Section::default(), size);
        }
        self.find_binary(part)?.octets()
    }

    /// How many those are; none where there is no such part: the grammar has no `NIL` for it.
    pub(crate) fn binary_size(self, part: &[u32], size: u64) -> u64 {
        if part.is_empty() {
            let whole = self.section(&Section::default(), size);
            return whole.map_or(size, |octets| octets.len());
        }
        self.find_binary(part).and_then(Binary::size).unwrap_or_default()
    }

    /// The fields of the header section, if they are at hand.
    pub fn headers(self) -> Option<Headers<'a>> {
        match self.inner {
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
