//! The one writer of field values: it knows where a line may be folded, and nothing else does.

use alloc::string::String;

use memchr::memrchr;

use super::{InvalidValue, encoded_word::escape, is_writable_name, refuse_controls};

/// A value that can be written as the value of a field.
///
/// What is written is read again as the same value. User-defined fields implement it as the types
/// of this crate do; the [`Folder`] refuses control characters and finds the places to fold.
///
/// ```
/// use postrider_message::{Folder, HeaderBuilder, WriteValue};
///
/// /// `X-Priority: 1 (Highest)`
/// struct Priority(u8);
///
/// impl WriteValue for Priority {
///     fn write_value(&self, to: &mut Folder) {
///         to.token(&self.0.to_string());
///         if self.0 == 1 {
///             to.blank().comment("Highest");
///         }
///     }
/// }
///
/// let section = HeaderBuilder::new().named("X-Priority", &Priority(1))?.finish();
/// assert_eq!(section, "X-Priority: 1 (Highest)\r\n\r\n");
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
pub trait WriteValue {
    /// Writes the value, without the field name and without the last line end.
    fn write_value(&self, to: &mut Folder);
}

/// Octets a line should not exceed, without its line end (RFC 5322 §2.1.1).
const LINE: usize = 78;

/// Octets a line with an encoded word must not exceed (RFC 2047 §2).
const ENCODED_LINE: usize = 76;

/// Octets a line must not exceed, without its line end (RFC 5322 §2.1.1).
pub(super) const MOST: usize = 998;

/// Octets that most fields have room in.
const FIELD: usize = 128;

/// Octets that a line must have left for a long text to go on there in an encoded word.
const WORTH: usize = 32;

/// Takes a field apart in tokens and blanks and folds it between them (RFC 5322 §2.2.3).
///
/// No token is ever broken: not an encoded word, not a quoted string, though RFC 5322 §3.2.4 has
/// folding inside. Where the tokens allow it, no line is longer than 78 octets, or 76 with an
/// encoded word on it (RFC 2047 §2). Where they do not allow even 998, the field is refused
/// ([`InvalidValue::TooLong`]): no writing of it would be valid. No line is ever of white space
/// alone, which some readers take for the end of the header section.
///
/// [`text`](Self::text), [`phrase`](Self::phrase), [`comment`](Self::comment) and
/// [`quoted_string`](Self::quoted_string) cut text in tokens that say the same.
///
/// ```
/// use postrider_message::Folder;
///
/// let mut to = Folder::new("To")?;
/// to.phrase("Smith, Mary").blank().token("<mary@example.net>").token(",");
/// to.blank().phrase("Андрей").blank().token("<andrej@example.org>");
/// assert_eq!(
///     to.finish()?,
///     "To: \"Smith, Mary\" <mary@example.net>, =?utf-8?B?0JDQvdC00YDQtdC5?=\r\n \
///      <andrej@example.org>\r\n"
/// );
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
#[derive(Debug, Clone)]
pub struct Folder {
    out: String,
    /// Where the present line begins.
    line: usize,
    /// Where it begins what was written since the last blank: what moves to the next line.
    word: usize,
    /// The last blank on the present line, where it may be folded.
    blank: Option<usize>,
    /// The blank behind the colon. The first token stays on the line of the name, for a line of
    /// nothing but the name pleases few readers; but what must have its room gets it.
    head: Option<usize>,
    /// Something other than white space was written since the last blank.
    solid: bool,
    /// An encoded word stands on the present line before the last blank, and after it.
    encoded: (bool, bool),
    /// Text beyond ASCII is written as UTF-8 (RFC 6532), not as encoded words.
    utf8: bool,
    /// Whether this is a field, not a value for people to see.
    is_field: bool,
    refused: Option<InvalidValue>,
}

/// A value on one line without end, for `Display`: nothing is folded, and nothing refused.
pub(crate) fn one_line(value: &impl WriteValue) -> String {
    let mut to = Folder { is_field: false, ..Folder::with_head(String::new(), None) };
    value.write_value(&mut to);
    to.out
}

impl Folder {
    /// A folder for the value of the field `name`.
    pub fn new(name: &str) -> Result<Self, InvalidValue> {
        Self::behind(String::with_capacity(FIELD), name)
    }

    /// A folder that appends the field `name` to others. What it refuses to write is lost with them.
    pub(super) fn behind(out: String, name: &str) -> Result<Self, InvalidValue> {
        match is_writable_name(name) {
            true => Ok(Self::after(out, name)),
            false => Err(InvalidValue::FieldName),
        }
    }

    /// As [`behind`](Self::behind), for a name that can be written.
    pub(super) fn after(mut out: String, name: &str) -> Self {
        let line = out.len();
        out.push_str(name);
        out.push(':');
        let head = Some(out.len());
        out.push(' ');
        Self { line, ..Self::with_head(out, head) }
    }

    const fn with_head(out: String, head: Option<usize>) -> Self {
        Self {
            line: 0,
            word: out.len(),
            out,
            blank: None,
            head,
            solid: false,
            encoded: (false, false),
            utf8: false,
            is_field: true,
            refused: None,
        }
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
    /// blank. Control characters are refused. What is not ASCII is written as it is, which
    /// [`HeaderBuilder`](crate::HeaderBuilder) and [`Edit`](crate::Edit) refuse where the field is
    /// to be ASCII.
    pub fn token(&mut self, text: &str) -> &mut Self {
        match refuse_controls(text) {
            Ok(()) => self.put(text, false),
            Err(error) if self.is_field => self.refuse(error),
            Err(_) => self.put(text, false),
        }
        self
    }

    /// As [`token`](Self::token), for one of several texts.
    pub(crate) fn tokens(&mut self, texts: &[&str]) -> &mut Self {
        let start = self.out.len();
        self.out.reserve(texts.iter().map(|text| text.len()).sum());
        for text in texts {
            self.out.push_str(text);
        }
        let written = self.out.get(start..).unwrap_or_default();
        let solid = !written.chars().all(char::is_whitespace);
        match refuse_controls(written) {
            Err(error) if self.is_field => {
                self.out.truncate(start);
                self.refuse(error);
            }
            _ => self.settle(solid),
        }
        self
    }

    /// Writes one blank, where the line may be folded. Two in a row are one.
    pub fn blank(&mut self) -> &mut Self {
        if self.out.len() == self.word {
            return self;
        }
        // Between blanks alone there is nothing that a line could begin or end with.
        if self.solid {
            self.blank = Some(self.out.len());
            self.head = None;
            self.word = self.out.len().saturating_add(1);
            self.solid = false;
            self.encoded = (self.encoded.0 || self.encoded.1, false);
        }
        self.out.push(' ');
        self
    }

    /// Writes one blank, where the line may be folded unless another stands before it.
    pub(super) fn any_blank(&mut self) {
        if self.out.len() == self.word {
            self.put(" ", false);
        } else {
            self.blank();
        }
    }

    /// The whole field, with its last line end; the first refusal where there was one.
    pub fn finish(mut self) -> Result<String, InvalidValue> {
        if let Some(error) = self.refused {
            return Err(error);
        }
        while let Some(b' ' | b'\t') = self.out.as_bytes().last() {
            self.out.pop();
        }
        self.out.push_str("\r\n");
        Ok(self.out)
    }

    /// Notes why the field cannot be written; the first reason counts.
    pub(crate) fn refuse(&mut self, error: InvalidValue) {
        self.refused = self.refused.or(Some(error));
    }

    /// Writes printable ASCII whose words have one blank between them at once, where the line has room
    /// for all of it, so that it is folded nowhere. False, and nothing done, where it has not.
    pub(crate) fn put_words(&mut self, text: &str) -> bool {
        if !self.is_field || self.column().saturating_add(text.len()) > ENCODED_LINE {
            return false;
        }
        let start = self.out.len();
        self.out.push_str(text);
        if let Some(at) = memrchr(b' ', text.as_bytes()) {
            let blank = start.saturating_add(at);
            (self.blank, self.head) = (Some(blank), None);
            self.word = blank.saturating_add(1);
            self.encoded = (self.encoded.0 || self.encoded.1, false);
        }
        self.solid = true;
        true
    }

    /// Writes one encoded word, or what else holds no control characters.
    pub(super) fn put(&mut self, text: &str, encoded: bool) {
        self.out.push_str(text);
        self.encoded.1 |= encoded;
        self.settle(!text.chars().all(char::is_whitespace));
    }

    /// Writes text between quotation marks, as one token. It has no control characters, and is
    /// written as it stands where nothing in it is to be escaped.
    pub(super) fn put_quoted(&mut self, text: &str, escapes: bool) {
        self.out.push('"');
        match escapes {
            true => escape(text, &['"', '\\'], &mut self.out),
            false => self.out.push_str(text),
        }
        self.out.push('"');
        self.settle(true);
    }

    /// Finds the place of what was just written, of white space alone or not.
    #[inline]
    fn settle(&mut self, solid: bool) {
        self.solid |= solid;
        if self.solid && self.is_field {
            self.fold();
        } else if self.is_field && self.column() > MOST {
            self.refuse(InvalidValue::TooLong);
        }
    }

    /// Folds the present line where it is too long and has a place for it.
    fn fold(&mut self) {
        let column = self.column();
        let limit = if self.encoded.0 || self.encoded.1 { ENCODED_LINE } else { LINE };
        let place = match self.blank {
            Some(_) if column <= limit => None,
            Some(at) => Some(at),
            None if column > MOST || (self.encoded.1 && column > ENCODED_LINE) => self.head,
            None => None,
        };
        if let Some(at) = place {
            // What moves is at most what came since the last blank, and it moves once.
            self.out.insert_str(at, "\r\n");
            self.line = at.saturating_add(2);
            self.word = self.word.saturating_add(2);
            (self.blank, self.head) = (None, None);
            self.encoded.0 = false;
        }
        if self.column() > MOST {
            self.refuse(InvalidValue::TooLong);
        }
    }

    /// Octets on the present line.
    fn column(&self) -> usize {
        self.out.len().saturating_sub(self.line)
    }

    /// Whether an encoded word was written since the last blank.
    pub(super) const fn is_after_encoded_word(&self) -> bool {
        self.encoded.1
    }

    /// Octets that an encoded word may have, of a text that would like `wanted`: what is left on
    /// the present line where that is enough, else what a new line has.
    pub(super) fn room(&self, wanted: usize) -> usize {
        if !self.is_field {
            return wanted;
        }
        let here = ENCODED_LINE.saturating_sub(self.column());
        let foldable = self.blank.is_some() || self.head.is_some();
        if !foldable || wanted <= here || here >= WORTH {
            return here;
        }
        let moved = self.out.len().saturating_sub(self.word);
        ENCODED_LINE.saturating_sub(moved.saturating_add(1))
    }
}
