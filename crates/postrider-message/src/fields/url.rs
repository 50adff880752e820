//! URLs in fields: `Content-Location` (RFC 2557 §4) and `Archived-At` (RFC 5064 §2).

use alloc::{borrow::Cow, format};

use crate::{
    Defects, FieldValue, Folder, InvalidValue, Lexer, Parsed, RawValue, Token, WriteValue, code,
    text::lossy,
};

/// A URL as it stands in a field, without white space, which folding puts into long ones. It is not
/// taken apart.
///
/// As the value of `Content-Location`: `[CFWS] URI [CFWS]`, relative or absolute (RFC 2557 §4.2).
///
/// ```
/// use postrider_message::{FieldValue, RawValue, Url};
/// let raw = RawValue::new(b" http://www.example.com/a-very-long-path/\r\n with-a-picture.png");
/// let url = Url::read(raw).value;
/// assert_eq!(url.as_str(), "http://www.example.com/a-very-long-path/with-a-picture.png");
/// assert_eq!(url.scheme(), Some("http"));
/// assert!(Url::new("a b").is_err());
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Url<'a>(Cow<'a, str>);

impl<'a> Url<'a> {
    /// A URL of printable ASCII without white space and angle brackets, not empty. It does not
    /// begin with a parenthesis, which would begin a comment: such a URL says `%28`.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let url = Self(text.into());
        if url.is_bare() { Ok(url) } else { Err(InvalidValue::Url) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the first colon, where that is a scheme (RFC 3986 §3.1).
    pub fn scheme(&self) -> Option<&str> {
        let (scheme, _) = self.0.split_once(':')?;
        let plain =
            |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.');
        let first = scheme.bytes().next().is_some_and(|octet| octet.is_ascii_alphabetic());
        (first && scheme.bytes().all(plain)).then_some(scheme)
    }

    /// Whatever stood where a URL belongs.
    pub(super) const fn of(text: Cow<'a, str>) -> Self {
        Self(text)
    }

    pub(super) fn is_valid(&self) -> bool {
        let plain = |octet: u8| octet.is_ascii_graphic() && !matches!(octet, b'<' | b'>');
        // All octets at once: nearly always all are plain.
        !self.0.is_empty() && self.0.bytes().fold(true, |all, octet| all & plain(octet))
    }

    /// Whether it can stand without angle brackets.
    fn is_bare(&self) -> bool {
        self.is_valid() && !self.0.starts_with('(')
    }

    /// Writes it in angle brackets; what was read and is no URL is refused, as it might close them.
    pub(super) fn write_bracketed(&self, to: &mut Folder) {
        if !self.is_valid() {
            to.refuse(InvalidValue::Url);
        }
        to.token(&format!("<{}>", self.0));
    }
}

/// Removes white space.
pub(super) fn strip_white(text: &[u8]) -> Cow<'_, [u8]> {
    let text = text.trim_ascii();
    if !text.iter().any(u8::is_ascii_whitespace) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect())
}

impl<'a> FieldValue<'a> for Url<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        // Parentheses may be part of a URL, so comments are looked for at its ends alone.
        let mut lexer = Lexer::new(raw);
        let mut start = 0;
        while let Some(lexeme) = lexer.next()
            && let Token::Comment(_) = lexeme.token
        {
            start = lexeme.end;
        }
        let rest = raw.bytes().get(start..).unwrap_or_default();
        let text = without_comment(rest.trim_ascii());
        let mut defects = Defects::with_limit(raw.limits().defects);
        let url = Self(lossy(strip_white(text)));
        if !url.is_valid() {
            defects.push(&code::BAD_URL, raw.span());
        }
        Parsed::new(url, defects, raw.bytes())
    }
}

/// Drops a comment behind white space at the end.
fn without_comment(text: &[u8]) -> &[u8] {
    if text.last() != Some(&b')') {
        return text;
    }
    let opens = |pair: &[u8]| matches!(pair, [white, b'('] if white.is_ascii_whitespace());
    match text.windows(2).position(opens) {
        Some(at) => text.get(..at).unwrap_or_default().trim_ascii_end(),
        None => text,
    }
}

/// Refused where what was read is no URL, or begins with a parenthesis.
impl WriteValue for Url<'_> {
    fn write_value(&self, to: &mut Folder) {
        if !self.is_bare() {
            to.refuse(InvalidValue::Url);
        }
        to.token(&self.0);
    }
}

/// `Archived-At` (RFC 5064 §2): `"<" URI ">"`, where the message can be read in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArchivedAt<'a>(Url<'a>);

impl<'a> ArchivedAt<'a> {
    /// This place.
    pub const fn new(url: Url<'a>) -> Self {
        Self(url)
    }

    /// The URL, without angle brackets.
    pub const fn url(&self) -> &Url<'a> {
        &self.0
    }
}

/// No value where there is no URL in angle brackets.
impl<'a> FieldValue<'a> for Option<ArchivedAt<'a>> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut lexer = Lexer::new(raw);
        let open = lexer.next_solid();
        let inside = open.filter(|one| one.is(b'<')).and_then(|_| lexer.take_until(b'>'));
        let url =
            inside.map(|inside| Url(lossy(strip_white(inside)))).filter(|url| !url.0.is_empty());
        match &url {
            None => lexer.defect(&code::NOT_A_URL, 0, raw.bytes().len()),
            Some(url) if !url.is_valid() => lexer.defect(&code::BAD_URL, 0, lexer.at()),
            Some(_) => {}
        }
        Parsed::new(url.map(ArchivedAt), lexer.into_defects(), raw.bytes())
    }
}

impl WriteValue for ArchivedAt<'_> {
    fn write_value(&self, to: &mut Folder) {
        self.0.write_bracketed(to);
    }
}
