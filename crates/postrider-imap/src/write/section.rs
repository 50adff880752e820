//! Sections.

use super::Out;
use crate::value::{FieldName, Section, SectionText};

impl Out<'_> {
    /// `section-spec` (RFC 9051 §9): what stands between the brackets.
    pub(crate) fn section(&mut self, section: &Section) {
        self.section_part(section.part());
        let Some(piece) = section.piece() else { return };
        if !section.part().is_empty() {
            self.byte(b'.');
        }
        match piece {
            SectionText::Header => self.put(b"HEADER"),
            SectionText::Text => self.put(b"TEXT"),
            SectionText::Mime => self.put(b"MIME"),
            SectionText::HeaderFields(names) => {
                self.put(b"HEADER.FIELDS ");
                self.field_names(names);
            }
            SectionText::HeaderFieldsNot(names) => {
                self.put(b"HEADER.FIELDS.NOT ");
                self.field_names(names);
            }
        }
    }

    /// `section-part = nz-number *("." nz-number)`, or nothing.
    pub(crate) fn section_part(&mut self, part: &[u32]) {
        for (at, number) in part.iter().enumerate() {
            if at > 0 {
                self.byte(b'.');
            }
            self.number((*number).into());
        }
    }

    fn field_names(&mut self, names: &[FieldName]) {
        self.list(names, |out, name| {
            // A bare `]` may stand in an astring, but readers take it for the end of the section.
            let name = name.as_bytes();
            if name.contains(&b']') { out.string(name) } else { out.astring(name) }
        });
    }
}
