//! A field of an entity, written when it is given.

use alloc::string::String;

use postrider_message::{FieldName, Folder, WriteValue};

use super::BuildError;

/// A field with its last line end, as it is written with UTF-8 and without.
#[derive(Debug, Clone)]
pub(super) struct PartField {
    known: Option<FieldName>,
    utf8: String,
    /// Where it differs; none where it cannot be written in ASCII.
    ascii: Option<String>,
}

impl PartField {
    pub(super) fn new(name: &str, value: &impl WriteValue) -> Result<Self, BuildError> {
        let write = |utf8| {
            let mut folder = Folder::new(name)?.with_utf8(utf8);
            value.write_value(&mut folder);
            folder.finish()
        };
        let utf8 = write(true)?;
        // What is ASCII where UTF-8 may stand is the same where it may not.
        let ascii = match utf8.is_ascii() {
            true => None,
            false => write(false).ok().filter(|field| field.is_ascii()),
        };
        Ok(Self { known: FieldName::of(name.as_bytes()), utf8, ascii })
    }

    pub(super) const fn known(&self) -> Option<FieldName> {
        self.known
    }

    pub(super) fn text(&self, utf8: bool) -> Result<&str, BuildError> {
        match &self.ascii {
            _ if utf8 || self.utf8.is_ascii() => Ok(&self.utf8),
            Some(ascii) => Ok(ascii),
            None => Err(BuildError::NotAscii),
        }
    }
}
