//! Parts that are removed, replaced, and put in.

use alloc::vec::Vec;

use super::{
    Edit, EditError, Place,
    boundary::{Boundaries, around, has_delimiter, would_swallow},
    change::Fate,
};
use crate::{
    Part,
    tree::{Kind, Node, Tree},
};

impl<'a> Edit<'a> {
    /// Removes a part of a multipart, and the delimiter before it.
    ///
    /// RFC 2046 §5.1.1 wants a multipart to have a part: where the last one is removed, an empty
    /// text stands in its place. The message itself and a nested message cannot be removed: remove
    /// the part that the nested one is in.
    ///
    /// ```
    /// use postrider_mime::{Edit, Message};
    ///
    /// let mail = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b--\n";
    /// let message = Message::parse(mail)?;
    /// let text = message.root().children().next().unwrap();
    /// let mut edit = Edit::of(&message);
    /// edit.remove(text)?;
    /// let edited = Message::parse(edit.to_vec())?;
    /// assert_eq!(edited.root().children().next().unwrap().text().unwrap().value, "");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove(&mut self, part: Part<'_>) -> Result<(), EditError> {
        let id = self.place_of(part)?;
        let multipart = self.multipart_around(part)?;
        self.empty(id, Fate::Removed);
        let left = &mut self.change(multipart).left;
        *left = left.map(|left| left.saturating_sub(1));
        Ok(())
    }

    /// Puts a part that was written elsewhere in the place of another: its header section, the empty
    /// line, and its body, as they are.
    ///
    /// They are refused where a line of them is a delimiter of a multipart around them, or they do
    /// not end before the next delimiter: where a multipart in them is not closed and has the
    /// boundary of one around it, or they end in a bare CR.
    ///
    /// ```
    /// use postrider_mime::{Edit, EditError, Message};
    ///
    /// let mail = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b--\n";
    /// let message = Message::parse(mail)?;
    /// let text = message.root().children().next().unwrap();
    /// let mut edit = Edit::of(&message);
    /// edit.replace_raw(text, b"Content-Type: text/html\n\n<p>Hello")?;
    /// let edited = mail.replace("\nHello", "Content-Type: text/html\n\n<p>Hello");
    /// assert_eq!(edit.to_vec(), edited.as_bytes());
    /// assert_eq!(edit.replace_raw(text, b"\n--b\n"), Err(EditError::NotOnePartInOctets));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn replace_raw(&mut self, part: Part<'_>, octets: &[u8]) -> Result<(), EditError> {
        let id = self.place_of(part)?;
        let multipart = self.multipart_around(part)?;
        self.is_replaceable(id)?;
        let avoid = self.boundaries_around(multipart, Some(id));
        check_octets(octets, &avoid, self.tree.limits())?;
        self.empty(id, Fate::Replaced(octets.to_vec()));
        Ok(())
    }

    /// Puts a part that was written elsewhere beside a part or into a multipart. What is refused is
    /// as for [`replace_raw`](Self::replace_raw).
    ///
    /// A multipart that is not closed stays so; one that has no parts gets its delimiters.
    ///
    /// ```
    /// use postrider_mime::{Edit, Message, Place};
    ///
    /// let mail = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b--\n";
    /// let message = Message::parse(mail)?;
    /// let mut edit = Edit::of(&message);
    /// edit.insert_raw(Place::LastIn(message.root()), b"Content-Type: text/html\n\n<p>Hello")?;
    /// let edited = mail.replace("--b--", "--b\nContent-Type: text/html\n\n<p>Hello\n--b--");
    /// assert_eq!(edit.to_vec(), edited.as_bytes());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn insert_raw(&mut self, place: Place<'_>, octets: &[u8]) -> Result<(), EditError> {
        let multipart = self.multipart_of(place)?;
        let avoid = self.boundaries_around(multipart, None);
        check_octets(octets, &avoid, self.tree.limits())?;
        self.put(place, multipart, octets.to_vec())
    }

    /// Puts a part to its place, which was found to be one in this multipart.
    pub(super) fn put(
        &mut self,
        place: Place<'_>,
        multipart: u32,
        part: Vec<u8>,
    ) -> Result<(), EditError> {
        let (Place::Before(at) | Place::After(at) | Place::FirstIn(at) | Place::LastIn(at)) = place;
        let id = self.place_of(at)?;
        let change = self.change(id);
        let list = match place {
            Place::Before(_) => &mut change.before,
            Place::After(_) => &mut change.after,
            Place::FirstIn(_) => &mut change.first,
            Place::LastIn(_) => &mut change.last,
        };
        list.push(part);
        let left = &mut self.change(multipart).left;
        *left = left.map(|left| left.saturating_add(1));
        Ok(())
    }

    /// The multipart that such a place is in.
    pub(super) fn multipart_of(&mut self, place: Place<'_>) -> Result<u32, EditError> {
        match place {
            Place::Before(part) | Place::After(part) => {
                self.place_of(part)?;
                self.multipart_around(part)
            }
            Place::FirstIn(part) | Place::LastIn(part) => {
                let id = self.place_of(part)?;
                if !part.is_multipart() {
                    return Err(EditError::NotMultipart);
                }
                self.editable(id)?;
                Ok(id)
            }
        }
    }

    /// The multipart that a part is in, where parts may come and go.
    pub(super) fn multipart_around(&mut self, part: Part<'_>) -> Result<u32, EditError> {
        let around = part.node().parent.and_then(|id| Some((id, self.tree.node(id)?)));
        match around {
            Some((id, node)) if node.kind == Kind::Multipart => {
                self.editable(id)?;
                Ok(id)
            }
            _ => Err(EditError::NotInMultipart),
        }
    }

    /// Whether parts may come to and go from a multipart.
    fn editable(&mut self, id: u32) -> Result<(), EditError> {
        let node = self.tree.node(id).ok_or(EditError::NotOfMessage)?;
        if self.changes.get(&id).is_some_and(|change| change.is_emptied() || change.unwrapped) {
            return Err(EditError::Gone);
        }
        // At the limit of parts, one part less would be another part more.
        if self.tree.nodes().len().saturating_add(1) >= self.tree.limits().parts {
            return Err(EditError::Limit);
        }
        let tree = self.tree;
        let table = self.boundary_table();
        if table.get(id).is_none() {
            return Err(EditError::NoBoundary);
        }
        if table.is_at_risk(id) || around(tree, node).any(|id| table.is_at_risk(id)) {
            return Err(EditError::SimilarBoundary);
        }
        if self.changes.get(&id).is_none_or(|change| change.left.is_none()) {
            self.change(id).left = Some(children(tree, node).count());
        }
        Ok(())
    }

    /// The boundaries of the message, which are read now if they were not.
    pub(super) fn boundary_table(&mut self) -> &Boundaries {
        let (bytes, tree) = (self.bytes, self.tree);
        self.boundaries.get_or_insert_with(|| Boundaries::of(bytes, tree))
    }

    /// Whether a part can be replaced as a whole.
    pub(super) fn is_replaceable(&self, id: u32) -> Result<(), EditError> {
        let change = self.changes.get(&id);
        let taken = change.is_some_and(|change| change.headless || change.unwrapped);
        if taken { Err(EditError::Gone) } else { Ok(()) }
    }

    /// The boundaries that delimit what is put into this multipart, or, where it stands there, in
    /// the place of a part of it.
    pub(super) fn boundaries_around(&self, multipart: u32, part: Option<u32>) -> Vec<Vec<u8>> {
        let node = self.tree.node(multipart);
        let outer = node.into_iter().flat_map(|node| around(self.tree, node));
        let ids = part.into_iter().chain([multipart]).chain(outer);
        let wrap = |id: &u32| Some(self.changes.get(id)?.wrap.as_ref()?.boundary.clone());
        let own = |id: &u32| self.boundaries.as_ref()?.get(*id).map(<[u8]>::to_vec);
        ids.flat_map(|id| [wrap(&id), own(&id).filter(|_| Some(id) != part)]).flatten().collect()
    }
}

/// The parts in a multipart.
pub(super) fn children<'t>(tree: &'t Tree, node: &Node) -> impl Iterator<Item = u32> + use<'t> {
    let next = move |id: &u32| tree.node(*id)?.next_sibling;
    core::iter::successors(node.first_child, next)
}

/// Whether the octets are one part between delimiters of these boundaries.
pub(super) fn check_octets(
    octets: &[u8],
    boundaries: &[Vec<u8>],
    limits: &crate::Limits,
) -> Result<(), EditError> {
    let tree = Tree::parse(octets, limits).map_err(|_| EditError::NotOnePartInOctets)?;
    // What says nothing is a message in a digest.
    let body = tree.root().body.of(octets);
    let nested = Tree::parse(body, limits).map_err(|_| EditError::NotOnePartInOctets)?;
    let is_cut = octets.ends_with(b"\r")
        || has_delimiter(octets, boundaries)
        || would_swallow(octets, &tree, boundaries)
        || would_swallow(body, &nested, boundaries);
    if is_cut { Err(EditError::NotOnePartInOctets) } else { Ok(()) }
}
