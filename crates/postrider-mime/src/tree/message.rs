//! A whole message in memory: its tree over its storage.

use postrider_message::{Defects, Headers};

use crate::{Limits, Part, TooLarge, tree::Tree};

/// A message with its storage: `&[u8]`, `Vec<u8>`, `Bytes`, a memory map.
#[derive(Clone)]
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

    /// The first part of this `Content-ID` (RFC 2045 §7), nested messages included; with or without
    /// the angle brackets, letters in the case they have. Of a `cid:` URL (RFC 2392) it is what stands
    /// behind the colon, percent signs decoded. Takes time by the number of parts.
    ///
    /// ```
    /// use postrider_mime::Message;
    ///
    /// let mail = "Content-Type: multipart/related; boundary=a\n\n\
    ///     --a\nContent-Type: text/html\n\n<img src='cid:logo@a.example'>\n\
    ///     --a\nContent-Type: image/png\nContent-ID: <logo@a.example>\n\n\n--a--\n";
    /// let message = Message::parse(mail)?;
    /// let image = message.by_content_id("logo@a.example").unwrap();
    /// assert!(image.media_type().is("image", "png"));
    /// assert_eq!(message.by_content_id("LOGO@a.example"), None);
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn by_content_id(&self, id: &str) -> Option<Part<'_>> {
        let wanted = bare_id(id.as_bytes());
        self.parts().find(|part| part.id().is_some_and(|id| bare_id(&id) == wanted))
    }

    /// The table of its parts.
    pub(crate) const fn tree(&self) -> &Tree {
        &self.tree
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

/// An identifier without white space and angle brackets around it.
fn bare_id(id: &[u8]) -> &[u8] {
    let id = id.trim_ascii();
    id.strip_prefix(b"<").and_then(|id| id.strip_suffix(b">")).unwrap_or(id)
}
