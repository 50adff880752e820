//! A whole message in memory: its tree over its storage.

use postrider_message::{Defects, Headers};

use crate::{Limits, Part, TooLarge, tree::Tree};

/// A message with its storage: `&[u8]`, `Vec<u8>`, `Bytes`, a memory map.
#[derive(Debug, Clone)]
pub struct Message<B> {
    storage: B,
    tree: Tree,
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

    /// What is wrong with the structure. Header sections, values and bodies have defects of their
    /// own, which they tell when asked, and [`all_defects`](Self::all_defects) tells together.
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
}
