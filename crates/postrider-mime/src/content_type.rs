//! `Content-Type` (RFC 2045 §5.1) and `Content-Disposition` (RFC 2183): a value and parameters.

use alloc::{borrow::Cow, string::String, vec, vec::Vec};
use core::fmt::{self, Write};

use postrider_message::{
    Defects, FieldValue, Lexeme, Lexer, Parsed, RawValue, Token, unfold, unquote,
};

use crate::code;

/// `parameter = attribute "=" value`, as it stands: the extensions of RFC 2231 (`name*0*=`) are
/// not resolved. `Display` writes it as [`ContentType`]'s does.
#[derive(Clone, PartialEq, Eq)]
pub struct Parameter<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, [u8]>,
}

impl Parameter<'_> {
    /// The attribute, in the case it was written in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value, quotation marks and folding resolved.
    pub fn value(&self) -> &[u8] {
        &self.value
    }
}

impl fmt::Display for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.name)?;
        if !self.value.is_empty() && self.value.iter().all(|&octet| is_token(octet)) {
            return f.write_str(&String::from_utf8_lossy(&self.value));
        }
        f.write_char('"')?;
        for character in String::from_utf8_lossy(&self.value).chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                _ if character.is_control() => write!(f, "{}", character.escape_default())?,
                _ => f.write_char(character)?,
            }
        }
        f.write_char('"')
    }
}

impl fmt::Debug for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.name)?;
        match core::str::from_utf8(&self.value) {
            Ok(text) => write!(f, "{text:?}"),
            Err(_) => write!(f, "b\"{}\"", self.value.escape_ascii()),
        }
    }
}

/// The parameters of a field, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters<'a> {
    list: Vec<Parameter<'a>>,
}

impl<'a> Parameters<'a> {
    /// All of them, in the order they stand in.
    pub fn iter(&self) -> core::slice::Iter<'_, Parameter<'a>> {
        self.list.iter()
    }

    /// The value of the first parameter of this name, in any case.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.list.iter().find(|one| one.name.eq_ignore_ascii_case(name)).map(Parameter::value)
    }
}

/// `type "/" subtype *(";" parameter)`
///
/// `Display` writes it on one line for people and logs: values are quoted where they must be, and
/// control characters in them are shown by their number.
///
/// ```
/// use postrider_mime::{ContentType, Message};
/// assert_eq!(ContentType::text_plain().to_string(), "text/plain; charset=us-ascii");
///
/// let message = Message::parse("Content-Type: image/png;\n name=\"a \\\"b\\\".png\"\n\n")?;
/// let ty = message.root().content_type().value;
/// assert_eq!(ty.to_string(), r#"image/png; name="a \"b\".png""#);
/// # Ok::<(), postrider_mime::TooLarge>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentType<'a> {
    ty: Cow<'a, str>,
    subtype: Cow<'a, str>,
    parameters: Parameters<'a>,
}

impl<'a> ContentType<'a> {
    /// `text/plain; charset=us-ascii`, what a part is that says nothing (RFC 2045 §5.2).
    pub fn text_plain() -> Self {
        let charset = Parameter {
            name: Cow::Borrowed("charset"),
            value: Cow::Borrowed(b"us-ascii".as_slice()),
        };
        Self {
            ty: Cow::Borrowed("text"),
            subtype: Cow::Borrowed("plain"),
            parameters: Parameters { list: vec![charset] },
        }
    }

    /// `message/rfc822`, what a part of a digest is that says nothing (RFC 2046 §5.1.5).
    pub const fn message_rfc822() -> Self {
        Self {
            ty: Cow::Borrowed("message"),
            subtype: Cow::Borrowed("rfc822"),
            parameters: Parameters { list: Vec::new() },
        }
    }

    /// The type, in the case it was written in.
    pub fn ty(&self) -> &str {
        &self.ty
    }

    /// The subtype, in the case it was written in.
    pub fn subtype(&self) -> &str {
        &self.subtype
    }

    /// Whether the type is this one, whatever the subtype.
    pub fn is_type(&self, ty: &str) -> bool {
        self.ty.eq_ignore_ascii_case(ty)
    }

    /// Whether type and subtype are these.
    pub fn is(&self, ty: &str, subtype: &str) -> bool {
        self.is_type(ty) && self.subtype.eq_ignore_ascii_case(subtype)
    }

    /// The parameters.
    pub const fn parameters(&self) -> &Parameters<'a> {
        &self.parameters
    }

    /// The `charset` parameter as it stands.
    pub fn charset(&self) -> Option<&[u8]> {
        self.parameters.get("charset")
    }

    /// What delimits the parts of a multipart, without white space at its end. `None` where there
    /// is none or it is empty.
    pub fn boundary(&self) -> Option<&[u8]> {
        let boundary = self.parameters.get("boundary")?.trim_ascii_end();
        if boundary.is_empty() { None } else { Some(boundary) }
    }
}

impl fmt::Display for ContentType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ty, self.subtype)?;
        self.parameters.iter().try_for_each(|parameter| write!(f, "; {parameter}"))
    }
}

impl<'a> FieldValue<'a> for ContentType<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut reader = Reader { lexer: Lexer::mime(raw) };
        let value = match reader.content_type() {
            Some(value) => value,
            None => {
                reader.lexer.defect(&code::NOT_A_TYPE, 0, raw.bytes().len());
                Self::text_plain()
            }
        };
        Parsed::new(value, reader.lexer.into_defects(), raw.bytes())
    }
}

/// `disposition-type *(";" parameter)` (RFC 2183 §2). `Display` writes it as [`ContentType`]'s does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposition<'a> {
    ty: Cow<'a, str>,
    parameters: Parameters<'a>,
}

impl<'a> Disposition<'a> {
    /// `inline`, `attachment` or another word, in the case it was written in; empty where the
    /// field has none.
    pub fn ty(&self) -> &str {
        &self.ty
    }

    /// The parameters.
    pub const fn parameters(&self) -> &Parameters<'a> {
        &self.parameters
    }
}

impl fmt::Display for Disposition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.ty)?;
        self.parameters.iter().try_for_each(|parameter| write!(f, "; {parameter}"))
    }
}

impl<'a> FieldValue<'a> for Disposition<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut reader = Reader { lexer: Lexer::mime(raw) };
        let first = reader.lexer.next_solid();
        let ty = first.and_then(token).unwrap_or_default();
        let delimiter = if first.is_some_and(|one| one.is(b';')) { first } else { None };
        let value = Self { ty, parameters: reader.parameters(delimiter) };
        Parsed::new(value, reader.lexer.into_defects(), raw.bytes())
    }
}

struct Reader<'a> {
    lexer: Lexer<'a>,
}

impl<'a> Reader<'a> {
    fn content_type(&mut self) -> Option<ContentType<'a>> {
        let ty = token(self.lexer.next_solid()?)?;
        if !self.lexer.next_solid()?.is(b'/') {
            return None;
        }
        let subtype = token(self.lexer.next_solid()?)?;
        Some(ContentType { ty, subtype, parameters: self.parameters(None) })
    }

    /// `*(";" parameter)`; `delimiter` is a semicolon that was taken already.
    fn parameters(&mut self, delimiter: Option<Lexeme<'a>>) -> Parameters<'a> {
        let mut list: Vec<Parameter<'a>> = Vec::new();
        let mut open = delimiter.is_some() || self.skip_to_semicolon();
        while open {
            if list.len() >= self.lexer.raw().limits().parameters {
                let (at, end) = (self.lexer.at(), self.lexer.raw().bytes().len());
                self.lexer.defect(&code::TOO_MANY_PARAMETERS, at, end);
                break;
            }
            let at = self.lexer.at();
            let (parameter, more) = self.parameter();
            open = more;
            let Some(parameter) = parameter else { continue };
            if list.iter().any(|one| one.name.eq_ignore_ascii_case(&parameter.name)) {
                self.lexer.defect(&code::DUPLICATE_PARAMETER, at, self.lexer.at());
            }
            list.push(parameter);
        }
        Parameters { list }
    }

    /// Ignores what stands before the next semicolon. False where there is none.
    fn skip_to_semicolon(&mut self) -> bool {
        let mut stray = None;
        loop {
            match self.lexer.next_solid() {
                Some(lexeme) if lexeme.is(b';') => break,
                Some(lexeme) => stray = stray.or(Some(lexeme)),
                None => {
                    self.stray(stray);
                    return false;
                }
            }
        }
        self.stray(stray);
        true
    }

    fn stray(&mut self, lexeme: Option<Lexeme<'a>>) {
        if let Some(lexeme) = lexeme {
            self.lexer.defect(&code::AFTER_VALUE, lexeme.start, lexeme.end);
        }
    }

    /// One parameter, and whether a semicolon follows.
    fn parameter(&mut self) -> (Option<Parameter<'a>>, bool) {
        let Some(first) = self.lexer.next_solid() else { return (None, false) };
        if first.is(b';') {
            return (None, true);
        }
        let name = token(first);
        let equals = self.lexer.next_solid();
        let (Some(name), true) = (name, equals.is_some_and(|one| one.is(b'='))) else {
            self.lexer.defect(&code::NOT_A_PARAMETER, first.start, first.end);
            let more = equals.is_some_and(|one| one.is(b';'))
                || (equals.is_some() && self.skip_to_semicolon());
            return (None, more);
        };
        let (value, more) = self.value();
        (Some(Parameter { name, value }), more)
    }

    /// `value = token / quoted-string`. Without quotation marks everything up to the semicolon
    /// counts, because boundaries with `=` and file names with spaces are seen every day.
    fn value(&mut self) -> (Cow<'a, [u8]>, bool) {
        let (first, mut last) = match self.lexer.next_solid() {
            None => return (Cow::Borrowed(&[]), false),
            Some(first) if first.is(b';') => return (Cow::Borrowed(&[]), true),
            Some(Lexeme { token: Token::Quoted(text), .. }) => {
                return (unquote(text), self.skip_to_semicolon());
            }
            Some(first) => (first, first),
        };
        let more = loop {
            match self.lexer.next_solid() {
                Some(lexeme) if lexeme.is(b';') => break true,
                Some(lexeme) => last = lexeme,
                None => break false,
            }
        };
        let text = self.lexer.text(first.start, last.end);
        if first != last {
            self.lexer.defect(&code::UNQUOTED_VALUE, first.start, last.end);
        }
        // A quotation mark that is not closed: what it opened is the value.
        (unfold(text.strip_prefix(b"\"").unwrap_or(text)), more)
    }
}

/// `token = 1*<any (US-ASCII) CHAR except SPACE, CTLs, or tspecials>` (RFC 2045 §5.1)
const fn is_token(octet: u8) -> bool {
    octet.is_ascii_graphic()
        && !matches!(
            octet,
            b'(' | b')'
                | b'<'
                | b'>'
                | b'@'
                | b','
                | b';'
                | b':'
                | b'\\'
                | b'"'
                | b'/'
                | b'['
                | b']'
                | b'?'
                | b'='
        )
}

/// `token` (RFC 2045 §5.1): ASCII without controls.
fn token(lexeme: Lexeme<'_>) -> Option<Cow<'_, str>> {
    let Token::Atom(text) = lexeme.token else { return None };
    if text.iter().all(u8::is_ascii_graphic) {
        core::str::from_utf8(text).ok().map(Cow::Borrowed)
    } else {
        None
    }
}

/// The first word of a value that is one token, such as `Content-Transfer-Encoding`.
pub(crate) fn first_token<'a>(raw: RawValue<'a>) -> (Option<Cow<'a, str>>, Defects) {
    let mut lexer = Lexer::mime(raw);
    let word = lexer.next_solid().and_then(token);
    (word, lexer.into_defects())
}
