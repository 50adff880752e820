//! The octets of a part: at hand, or to be streamed.

use alloc::{string::String, vec::Vec};

use bytes::Bytes;

/// The octets of a part, before a transfer encoding.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Content<'a> {
    /// Octets of the caller.
    Borrowed(&'a [u8]),
    /// Octets that several messages may share; a clone copies none.
    Shared(Bytes),
    /// Octets that are asked for when their part is written.
    Source(Source),
}

impl Content<'_> {
    /// The octets, where they are at hand.
    pub fn octets(&self) -> Option<&[u8]> {
        match self {
            Self::Borrowed(octets) => Some(octets),
            Self::Shared(octets) => Some(octets),
            Self::Source(_) => None,
        }
    }
}

impl<'a> From<&'a [u8]> for Content<'a> {
    fn from(octets: &'a [u8]) -> Self {
        Self::Borrowed(octets)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Content<'a> {
    fn from(octets: &'a [u8; N]) -> Self {
        Self::Borrowed(octets)
    }
}

impl<'a> From<&'a str> for Content<'a> {
    fn from(text: &'a str) -> Self {
        Self::Borrowed(text.as_bytes())
    }
}

impl<'a> From<&'a Vec<u8>> for Content<'a> {
    fn from(octets: &'a Vec<u8>) -> Self {
        Self::Borrowed(octets)
    }
}

impl<'a> From<&'a String> for Content<'a> {
    fn from(text: &'a String) -> Self {
        Self::Borrowed(text.as_bytes())
    }
}

impl From<Vec<u8>> for Content<'_> {
    fn from(octets: Vec<u8>) -> Self {
        Self::Shared(octets.into())
    }
}

impl From<String> for Content<'_> {
    fn from(text: String) -> Self {
        Self::Shared(text.into())
    }
}

impl From<Bytes> for Content<'_> {
    fn from(octets: Bytes) -> Self {
        Self::Shared(octets)
    }
}

impl From<Source> for Content<'_> {
    fn from(source: Source) -> Self {
        Self::Source(source)
    }
}

/// A content that comes in pieces while the message is written: a file, an upload. The number tells
/// the caller which one is due.
///
/// It is written as base64, or as it is where that was [asked for](super::Entity::with_encoding) or
/// the transport is `binary`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source {
    number: u64,
    size: Option<u64>,
}

impl Source {
    /// A source with a number of the caller's choice, of unknown size.
    pub const fn new(number: u64) -> Self {
        Self { number, size: None }
    }

    /// The same with a known size in octets, from which that of the message is computed. A source
    /// that has another size then is an error.
    #[must_use]
    pub const fn with_size(mut self, octets: u64) -> Self {
        self.size = Some(octets);
        self
    }

    /// The number.
    pub const fn number(self) -> u64 {
        self.number
    }

    /// The size in octets, where it is known.
    pub const fn size(self) -> Option<u64> {
        self.size
    }
}
