//! BODY and BODYSTRUCTURE.

use super::Out;
use crate::value::{BodyStructure, Parameters, Part, PartKind};

/// What stands where the grammar has a part and there is none.
const EMPTY_TEXT: &[u8] = b"(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0)";

impl Out<'_> {
    /// `body` (RFC 9051 §9), with extension data if it is `extended`.
    pub(crate) fn body(&mut self, body: &BodyStructure, extended: bool) {
        let text = body.as_written().filter(|text| extended && self.takes(text));
        if let Some(text) = text {
            return self.put(text);
        }
        let mut part = body.root();
        loop {
            self.open_part(part);
            if let Some(child) = part.parts().next() {
                part = child;
                continue;
            }
            // What has no parts ends, and with it what it is the last part of.
            loop {
                self.close_part(part, extended);
                if let Some(next) = part.next_sibling() {
                    part = next;
                    break;
                }
                match part.parent() {
                    Some(parent) => part = parent,
                    None => return,
                }
            }
        }
    }

    /// Up to the parts of the part.
    fn open_part(&mut self, part: Part<'_>) {
        self.byte(b'(');
        let kind = part.kind();
        if kind != PartKind::Multipart {
            self.string(part.media_type());
            self.sp_string(part.subtype());
            self.sp_parameters(part.parameters());
            self.sp_nstring(part.id());
            self.sp_nstring(part.description());
            self.sp_string(part.encoding());
            self.sp();
            self.number(part.octets());
        }
        if let Some(envelope) = part.envelope() {
            self.sp();
            self.envelope(envelope);
            self.sp();
        }
        let needs = matches!(kind, PartKind::Multipart | PartKind::Message);
        if needs && part.parts().next().is_none() {
            self.put(EMPTY_TEXT);
        }
    }

    /// What stands behind the parts of the part.
    fn close_part(&mut self, part: Part<'_>, extended: bool) {
        let multipart = part.kind() == PartKind::Multipart;
        if multipart {
            self.sp_string(part.subtype());
        }
        if let Some(lines) = part.lines() {
            self.sp();
            self.number(lines);
        }
        if extended && part.has_extension() {
            if multipart {
                self.sp_parameters(part.parameters());
            } else {
                self.sp_nstring(part.md5());
            }
            self.extension(part);
        }
        self.byte(b')');
    }

    /// `SP body-fld-dsp SP body-fld-lang SP body-fld-loc`
    fn extension(&mut self, part: Part<'_>) {
        match part.disposition() {
            None => self.put(b" NIL"),
            Some(disposition) => {
                self.put(b" (");
                self.string(disposition.kind);
                self.sp_parameters(disposition.parameters);
                self.byte(b')');
            }
        }
        let mut languages = part.language();
        match languages.len() {
            0 | 1 => self.sp_nstring(languages.next()),
            _ => {
                self.sp();
                self.list(languages, |out, language| out.string(language));
            }
        }
        self.sp_nstring(part.location());
    }

    /// `SP body-fld-param`
    fn sp_parameters(&mut self, parameters: Parameters<'_>) {
        if parameters.len() == 0 {
            return self.put(b" NIL");
        }
        self.sp();
        self.list(parameters, |out, (name, value)| {
            out.string(name);
            out.sp_string(value);
        });
    }
}
