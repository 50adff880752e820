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
    /// empty text. The multiparts stay; see [`unwrap`](Self::unwrap).
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
        mut wanted: impl FnMut(Part<'_>) -> Strip,
    ) -> Result<usize, EditError> {
        let before = (self.changes.clone(), self.emptied.clone());
        let mut count = 0_usize;
        for part in Selection::of(self.part(self.tree.root())).attachments() {
            let done = match wanted(*part) {
                Strip::Keep => continue,
                Strip::Remove => self.strip(*part),
                Strip::Note => self.note(*part),
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
