//! A whole message in memory: its tree over its storage, and parts by number.

use core::ops::Range;

use postrider_message::{Defect, Defects, Headers};

use crate::{Limits, Part, TooLarge, tree::Tree};

/// A message with its storage: `&[u8]`, `Vec<u8>`, `Bytes`, a memory map.
#[derive(Debug, Clone)]
pub struct Message<B> {
    storage: B,
    tree: Tree,
}

/// What of a part: `section-text` and the part itself (RFC 9051 §6.4.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SectionText {
    /// The whole message without a part number; the body of a part with one.
    Whole,
    /// The header section of a message, the empty line included.
    Header,
    /// The body of a message.
    Text,
    /// The header section of a part, the empty line included.
    Mime,
}

impl<B: AsRef<[u8]>> Message<B> {
    /// Indexes a message with the default limits. Always succeeds below 4 GiB.
    pub fn parse(storage: B) -> Result<Self, TooLarge> {
        Self::parse_with(storage, &Limits::DEFAULT)
    }

    /// Indexes a message. Always succeeds below 4 GiB.
    pub fn parse_with(storage: B, limits: &Limits) -> Result<Self, TooLarge> {
        let tree = Tree::parse(storage.as_ref(), limits)?;
        Ok(Self { storage, tree })
    }

    /// The message itself, as the part that holds all others.
    pub fn root(&self) -> Part<'_> {
        Part::new(self.as_bytes(), &self.tree, self.tree.root())
    }

    /// All parts, each before those in it, nested messages included.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = Part<'_>> {
        self.tree.nodes().map(|node| Part::new(self.as_bytes(), &self.tree, node))
    }

    /// The fields of the message.
    pub fn headers(&self) -> Headers<'_> {
        self.root().headers()
    }

    /// What is wrong with the structure, then with each header section, in the order of
    /// [`parts`](Self::parts). Header sections are looked through for it, one after the other; values
    /// and bodies tell their defects when they are read.
    pub fn all_defects(&self) -> impl Iterator<Item = Defect> {
        let sections = self.parts().flat_map(|part| part.headers().defects());
        self.defects().iter().copied().chain(sections)
    }

    /// What is wrong with the structure. Header sections, values and bodies have defects of their
    /// own, which they tell when asked.
    pub const fn defects(&self) -> &Defects {
        self.tree.defects()
    }

    /// The whole storage, as it was handed in.
    pub fn as_bytes(&self) -> &[u8] {
        self.storage.as_ref()
    }

    /// Gives the storage back.
    pub fn into_storage(self) -> B {
        self.storage
    }

    /// The part of this number, as IMAP counts (RFC 9051 §6.4.5.1): `[1, 2]` is the second part of
    /// the first. A message that is no multipart has one part, itself; numbers behind a
    /// `message/rfc822` count in the nested message. No number names the root.
    pub fn part(&self, number: &[u32]) -> Option<Part<'_>> {
        let mut part = self.root();
        let mut entered = true;
        for &number in number {
            let message = if entered || part.is_multipart() { part } else { part.message()? };
            let index = usize::try_from(number).ok()?.checked_sub(1)?;
            part = match message.is_multipart() {
                true => message.children().nth(index)?,
                false if index == 0 => message,
                false => return None,
            };
            entered = false;
        }
        Some(part)
    }

    /// The octets of a section, as a range of the storage. `None` where there is no such part, or
    /// the part has no such text: `HEADER` and `TEXT` are of messages, `MIME` is of parts.
    pub fn section(&self, number: &[u32], text: SectionText) -> Option<Range<usize>> {
        let part = self.part(number)?;
        let message = || if number.is_empty() { Some(part) } else { part.message() };
        let span = match text {
            SectionText::Whole if number.is_empty() => part.span(),
            SectionText::Whole => part.body_span(),
            SectionText::Header => message()?.header_span(),
            SectionText::Text => message()?.body_span(),
            SectionText::Mime if number.is_empty() => return None,
            SectionText::Mime => part.header_span(),
        };
        Some(span.range())
    }
}
