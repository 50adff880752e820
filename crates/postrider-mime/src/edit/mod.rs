//! Changes to the parts of a message that leave all other octets as they are.

mod assembly;
mod boundary;
mod change;
mod entity;
mod error;
mod fields;
mod out;
mod parts;
mod place;
mod strip;
mod wrap;

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use memchr::memchr;

pub use error::EditError;
pub use place::Place;
pub use strip::Strip;

use crate::{
    Message, Part,
    build::Options,
    tree::{Node, Tree},
};
use assembly::Assembly;
use boundary::{Boundaries, around};
use change::{Change, Fate};

/// A message whose parts are being edited, over the storage it was parsed from.
///
/// What is not edited is written octet by octet as it stands: parts, delimiters, preambles and
/// epilogues, fields, line ends, and what is wrong with them; so a message without an edit is the
/// message itself. New parts and fields end their lines as the message does, in CRLF or LF.
///
/// Parts are those of the message as it was parsed: an edit changes what is written, not them. An
/// edit of a part that is no longer there is refused, and so is everything that could not be read
/// again as the parts that were asked for; nothing is changed then.
///
/// | of a part | by |
/// |---|---|
/// | its fields | [`headers`](Self::headers) |
/// | its text | [`set_text`](Self::set_text) |
/// | another in its place | [`replace`](Self::replace), [`replace_raw`](Self::replace_raw) |
/// | another beside it, or in it | [`insert`](Self::insert), [`insert_raw`](Self::insert_raw), [`attach`](Self::attach) |
/// | away with it | [`remove`](Self::remove), [`strip_attachments`](Self::strip_attachments), [`strip_parts`](Self::strip_parts) |
/// | a multipart around it | [`wrap`](Self::wrap) |
/// | the one part of a multipart in its place | [`unwrap`](Self::unwrap) |
///
/// ```
/// use postrider_mime::{Edit, Message};
///
/// let message = Message::parse(
///     "Subject: Report\nContent-Type: multipart/mixed; boundary=b\n\n\
///      --b\n\nHere it is.\n\
///      --b\nContent-Type: application/pdf\n\nJVBERi0=\n\
///      --b--\n",
/// )?;
/// let report = message.attachments().next().unwrap();
/// let mut edit = Edit::of(&message);
/// edit.headers(message.root())?.remove_all("Subject");
/// edit.remove(report)?;
/// assert_eq!(
///     edit.to_vec(),
///     b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHere it is.\n--b--\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What an edit is not
///
/// - A header section is the caller's: who gives a part another `Content-Type`, boundary or
///   transfer encoding by [`headers`](Self::headers) changes what its octets mean.
/// - Bounds are those of reading: parts beyond [`Limits`](crate::Limits), which were not told apart,
///   are octets of the part they are in.
/// - What is inside a base64 `message/rfc822` is another message; see
///   [`Part::encoded_message`](crate::Part::encoded_message).
#[derive(Debug, Clone)]
pub struct Edit<'a> {
    bytes: &'a [u8],
    tree: &'a Tree,
    changes: BTreeMap<u32, Change<'a>>,
    /// The parts of which nothing is left, without those in another of them.
    emptied: BTreeSet<u32>,
    /// Read for the first edit that needs them.
    boundaries: Option<Boundaries>,
    /// Lines end in LF alone.
    lf: bool,
    options: Options,
}

impl<'a> Edit<'a> {
    /// No edit yet.
    pub fn of<B: AsRef<[u8]>>(message: &'a Message<B>) -> Self {
        let bytes = message.as_bytes();
        let first_line = memchr(b'\n', bytes).and_then(|end| bytes.get(..end));
        let lf = first_line.is_some_and(|line| !line.ends_with(b"\r"));
        Self {
            bytes,
            tree: message.tree(),
            changes: BTreeMap::new(),
            emptied: BTreeSet::new(),
            boundaries: None,
            lf,
            options: Options::new(),
        }
    }

    /// The fields of a part to change, of the message itself or of any part. What was changed before
    /// is there. What a field says of the body is not checked against it: a new `boundary` or
    /// transfer encoding changes what the octets mean.
    ///
    /// ```
    /// use postrider_message::Text;
    /// use postrider_mime::{Edit, Message};
    ///
    /// let mail = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b--\n";
    /// let message = Message::parse(mail)?;
    /// let text = message.root().children().next().unwrap();
    /// let mut edit = Edit::of(&message);
    /// edit.headers(text)?.append("Content-Description", &Text::new("Greeting")?)?;
    /// let edited = mail.replace("--b\n\n", "--b\nContent-Description: Greeting\n\n");
    /// assert_eq!(edit.to_vec(), edited.as_bytes());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn headers(
        &mut self,
        part: Part<'_>,
    ) -> Result<&mut postrider_message::Edit<'a>, EditError> {
        let id = self.place_of(part)?;
        self.header_edit(id)
    }

    /// Whether an edit changes octets that a `multipart/signed` signs, or a signature over them (RFC
    /// 1847 §2.1). A signature of the whole message, such as that of DKIM, is not thought of.
    pub fn breaks_signature(&self) -> bool {
        let is_signed = |id: u32| {
            self.tree
                .node(id)
                .is_some_and(|node| self.part(node).media_type().is("multipart", "signed"))
        };
        self.changes.iter().any(|(&id, change)| {
            let Some(node) = self.tree.node(id) else { return false };
            let in_it = !change.first.is_empty() || !change.last.is_empty() || change.unwrapped;
            around(self.tree, node).any(is_signed) || (in_it && is_signed(id))
        })
    }

    /// The whole message as it is now, in slices: what is not touched is not copied, and what stands
    /// together comes together. So it is written to a file or a pipe without another copy.
    pub fn slices(&self) -> Vec<&[u8]> {
        Assembly::of(self)
    }

    /// Appends the whole message as it is now; [`slices`](Self::slices) are for `std::io::Write`.
    pub fn write(&self, out: &mut Vec<u8>) {
        let slices = self.slices();
        out.reserve(slices.iter().fold(0, |sum, slice| slice.len().saturating_add(sum)));
        for slice in slices {
            out.extend_from_slice(slice);
        }
    }

    /// The whole message as it is now.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn part(&self, node: &'a Node) -> Part<'a> {
        Part::new(self.bytes, self.tree, node)
    }

    const fn line_end(&self) -> &'static [u8] {
        if self.lf { b"\n" } else { b"\r\n" }
    }

    /// Where a part stands in the table, if it is still there.
    fn place_of(&self, part: Part<'_>) -> Result<u32, EditError> {
        let id = self.tree.index_of(part.node()).ok_or(EditError::NotOfMessage)?;
        let removed = self.changes.get(&id).is_some_and(Change::is_removed);
        // Of these none is in another, so no one before the last could hold it.
        let before = self.emptied.range(..id).next_back();
        if removed || before.is_some_and(|other| self.is_in(id, *other)) {
            return Err(EditError::Gone);
        }
        Ok(id)
    }

    /// Whether a part that comes behind another is in it. Between parts that are beside each other
    /// there is a delimiter.
    fn is_in(&self, id: u32, other: u32) -> bool {
        let nodes = self.tree.node(id).zip(self.tree.node(other));
        nodes.is_some_and(|(id, other)| id.headers.span().start() <= other.body.end())
    }

    /// Leaves nothing of a part, or nothing but its header section.
    fn empty(&mut self, id: u32, fate: Fate) {
        self.change(id).fate = fate;
        while let Some(inner) = self.emptied.range(id.saturating_add(1)..).next().copied()
            && self.is_in(inner, id)
        {
            self.emptied.remove(&inner);
        }
        self.emptied.insert(id);
    }

    fn change(&mut self, id: u32) -> &mut Change<'a> {
        self.changes.entry(id).or_default()
    }

    fn header_edit(&mut self, id: u32) -> Result<&mut postrider_message::Edit<'a>, EditError> {
        let node = self.tree.node(id).ok_or(EditError::NotOfMessage)?;
        let headers = node.headers.headers(self.bytes);
        let utf8 = self.options.utf8;
        let change = self.change(id);
        if change.headless || matches!(change.fate, Fate::Replaced(_)) {
            return Err(EditError::Gone);
        }
        Ok(change.headers.get_or_insert_with(|| headers.edit().with_utf8(utf8)))
    }

    fn boundary(&self, id: u32) -> &[u8] {
        self.boundaries.as_ref().and_then(|table| table.get(id)).unwrap_or_default()
    }

    /// What stays of a multipart all parts of which are removed: an empty text.
    fn empty_part(&self, multipart: &Node) -> &'static [u8] {
        let first = multipart.first_child.and_then(|id| self.tree.node(id));
        // What says nothing in a digest is a message (RFC 2046 §5.1.5).
        match (first.is_some_and(|node| node.in_digest), self.lf) {
            (true, true) => b"Content-Type: text/plain\n\n",
            (true, false) => b"Content-Type: text/plain\r\n\r\n",
            (false, true) => b"\n",
            (false, false) => b"\r\n",
        }
    }
}
