//! The one writer of field values: it knows where a line may be folded, and nothing else does.

use alloc::string::String;

use super::{InvalidValue, LINE, refuse_controls};

/// A value that can be written as the value of a field.
///
/// What is written is read again as the same value. User-defined fields implement it as the types
/// of this crate do; the [`Folder`] refuses control characters and finds the places to fold.
pub trait WriteValue {
    /// Writes the value, without the field name and without the last line end.
    fn write_value(&self, to: &mut Folder);
}

/// Takes a field apart in tokens and blanks and folds it between them (RFC 5322 §2.2.3): no token
/// is ever broken, and where the tokens allow it, no line is longer than 78 octets.
#[derive(Debug, Clone)]
pub struct Folder {
    out: String,
    /// Octets on the present line.
    column: usize,
    /// Octets since the last blank: what moves to the next line if it grows too long.
    token: usize,
    /// The place of the last blank on the present line, where it may be folded.
    blank: Option<usize>,
    /// Text beyond ASCII is written as UTF-8 (RFC 6532), not as encoded words.
    utf8: bool,
    refused: Option<InvalidValue>,
}

impl Folder {
    /// A folder for the value of the field `name`.
    pub fn new(name: &str) -> Result<Self, InvalidValue> {
        if name.is_empty() || !name.bytes().all(|octet| octet.is_ascii_graphic() && octet != b':') {
            return Err(InvalidValue::FieldName);
        }
        let mut out = String::from(name);
        // The first token stays on the line of the name: a fold before it would leave a line of
        // nothing but the name.
        out.push_str(": ");
        let column = out.len();
        Ok(Self { out, column, token: 0, blank: None, utf8: false, refused: None })
    }

    /// The same folder, writing UTF-8 as it is (RFC 6532), for a message that may be
    /// internationalized, or as encoded words (RFC 2047), which is the default.
    #[must_use]
    pub const fn with_utf8(mut self, utf8: bool) -> Self {
        self.utf8 = utf8;
        self
    }

    /// Whether text beyond ASCII may be written as UTF-8.
    pub const fn is_utf8(&self) -> bool {
        self.utf8
    }

    /// Writes octets that must stay together, and together with what came before since the last
    /// blank. Control characters are refused.
    pub fn token(&mut self, text: &str) -> &mut Self {
        if let Err(error) = refuse_controls(text) {
            self.refused = self.refused.or(Some(error));
            return self;
        }
        self.out.push_str(text);
        self.column = self.column.saturating_add(text.len());
        self.token = self.token.saturating_add(text.len());
        if self.column > LINE
            && let Some(at) = self.blank.take()
        {
            self.out.insert_str(at, "\r\n");
            self.column = self.token.saturating_add(1);
        }
        self
    }

    /// Writes one blank, where the line may be folded. Two in a row are one.
    pub fn blank(&mut self) -> &mut Self {
        if self.token > 0 {
            self.blank = Some(self.out.len());
            self.out.push(' ');
            self.column = self.column.saturating_add(1);
            self.token = 0;
        }
        self
    }

    /// The whole field, with its last line end; the first refusal where there was one.
    pub fn finish(mut self) -> Result<String, InvalidValue> {
        if let Some(error) = self.refused {
            return Err(error);
        }
        let end = self.out.trim_end_matches(' ').len();
        self.out.truncate(end);
        self.out.push_str("\r\n");
        Ok(self.out)
    }
}
