//! Messages without their attachments.

use alloc::format;

use super::{Edit, EditError};
use crate::{Disposition, Part, Selection, build::Entity};

/// What becomes of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strip {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
    /// A text in its place tells what stood there: type, name and size.
    Note,
}

impl Edit<'_> {
    /// Removes those attachments of the message, as [`Message::attachments`](crate::Message) tells
    /// them, that are to go; tells how many. A message that is an attachment as a whole becomes an
    /// empty text. The multiparts stay; see [`unwrap`](Self::unwrap). Pictures and films that are
    /// shown in their place are no attachments; see [`strip_parts`](Self::strip_parts).
    ///
    /// ```
    /// use postrider_mime::{Edit, Message, Strip};
    ///
    /// let message = Message::parse(
    ///     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n\
    ///      --b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n--b--\n",
    /// )?;
    /// let mut edit = Edit::of(&message);
    /// assert_eq!(edit.strip_attachments(|_| Strip::Note)?, 1);
    /// let edited = Message::parse(edit.to_vec())?;
    /// let note = edited.root().children().last().unwrap();
    /// assert_eq!(note.text().unwrap().value, "Removed: a.pdf (application/pdf, 4 octets)\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn strip_attachments(
        &mut self,
        wanted: impl FnMut(Part<'_>) -> Strip,
    ) -> Result<usize, EditError> {
        let selection = Selection::of(self.part(self.tree.root()));
        self.strip_all(selection.attachments().iter().copied(), wanted)
    }

    /// As [`strip_attachments`](Self::strip_attachments), of all parts but multiparts: attachments,
    /// texts, and what is shown between them, such as the pictures of a letter, which are no
    /// attachments (RFC 8621 §4.1.4). Nested messages are told as a whole and then, where they stay,
    /// part by part.
    ///
    /// ```
    /// use postrider_mime::{Edit, Message, Strip};
    ///
    /// let message = Message::parse(
    ///     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nLook:\n\
    ///      --b\nContent-Type: image/gif; name=a.gif\n\nGIF89a\n--b--\n",
    /// )?;
    /// assert_eq!(message.attachments().count(), 0);
    /// let mut edit = Edit::of(&message);
    /// let is_large = |octets| if octets > 5 { Strip::Note } else { Strip::Keep };
    /// assert_eq!(edit.strip_parts(|part| is_large(part.decoded_len()))?, 1);
    /// let edited = Message::parse(edit.to_vec())?;
    /// let note = edited.root().children().last().unwrap();
    /// assert_eq!(note.text().unwrap().value, "Removed: a.gif (image/gif, 6 octets)\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn strip_parts(
        &mut self,
        wanted: impl FnMut(Part<'_>) -> Strip,
    ) -> Result<usize, EditError> {
        let tree = self.tree;
        let bytes = self.bytes;
        let parts = tree.nodes().map(|node| Part::new(bytes, tree, node));
        self.strip_all(parts.filter(|part| !part.is_multipart()), wanted)
    }

    fn strip_all<'p>(
        &mut self,
        parts: impl Iterator<Item = Part<'p>>,
        mut wanted: impl FnMut(Part<'_>) -> Strip,
    ) -> Result<usize, EditError> {
        let before = (self.changes.clone(), self.emptied.clone());
        let mut count = 0_usize;
        for part in parts {
            if self.place_of(part) == Err(EditError::Gone) {
                continue;
            }
            let done = match wanted(part) {
                Strip::Keep => continue,
                Strip::Remove => self.strip(part),
                Strip::Note => self.note(part),
            };
            match done {
                Ok(()) => count = count.saturating_add(1),
                Err(EditError::Gone) => {}
                Err(error) => {
                    (self.changes, self.emptied) = before;
                    return Err(error);
                }
            }
        }
        Ok(count)
    }

    fn strip(&mut self, part: Part<'_>) -> Result<(), EditError> {
        match self.remove(part) {
            Err(EditError::NotInMultipart) => self.replace(part, &Entity::text(""), &[0; 32]),
            done => done,
        }
    }

    fn note(&mut self, part: Part<'_>) -> Result<(), EditError> {
        let (ty, octets) = (part.media_type(), part.decoded_len());
        let text = match part.safe_file_name() {
            Some(name) => format!("Removed: {name} ({ty}, {octets} octets)\r\n"),
            None => format!("Removed: {ty}, {octets} octets\r\n"),
        };
        let note = Entity::text(text).with_disposition(Disposition::inline())?;
        self.replace(part, &note, &[0; 32])
    }
}
