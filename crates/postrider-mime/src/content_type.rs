//! `Content-Type` (RFC 2045 §5.1) and `Content-Disposition` (RFC 2183): a value and parameters.

use alloc::{borrow::Cow, string::ToString};
use core::fmt;

use postrider_message::{
    DateTime, Defects, FieldValue, Folder, InvalidValue, Lexeme, Lexer, Parameters, Parsed,
    RawValue, Token, WriteValue, plain,
};

use crate::{
    code,
    structure::{is_message, media_type},
};

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
    /// This type without parameters. Both are names of registered media types as far as their
    /// characters and lengths go: `restricted-name` (RFC 6838 §4.2).
    ///
    /// ```
    /// use postrider_mime::ContentType;
    /// let ty = ContentType::new("application", "pdf")?.with("name", "Grüße.pdf")?;
    /// assert_eq!(ty.to_string(), "application/pdf; name*=utf-8''Gr%C3%BC%C3%9Fe.pdf");
    /// assert!(ContentType::new("text", "a\r\nBcc: b").is_err());
    /// # Ok::<(), postrider_message::InvalidValue>(())
    /// ```
    pub fn new(
        ty: impl Into<Cow<'a, str>>,
        subtype: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let (ty, subtype) = (ty.into(), subtype.into());
        match is_restricted_name(&ty) && is_restricted_name(&subtype) {
            true => Ok(Self { ty, subtype, parameters: Parameters::new() }),
            false => Err(InvalidValue::Token),
        }
    }

    /// A type that is known to be one.
    pub(crate) const fn known(ty: &'static str, subtype: &'static str) -> Self {
        Self {
            ty: Cow::Borrowed(ty),
            subtype: Cow::Borrowed(subtype),
            parameters: Parameters::new(),
        }
    }

    /// The same with this parameter, in place of those of its name; see [`Parameters::with`].
    pub fn with(mut self, name: &str, value: &str) -> Result<Self, InvalidValue> {
        self.parameters = self.parameters.with(name, value)?;
        Ok(self)
    }

    /// The same without the parameters of this name in any form.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.parameters = self.parameters.without(name);
        self
    }

    /// `text/plain; charset=us-ascii`, what a part is that says nothing (RFC 2045 §5.2).
    pub fn text_plain() -> Self {
        Self {
            ty: Cow::Borrowed("text"),
            subtype: Cow::Borrowed("plain"),
            parameters: Parameters::us_ascii(),
        }
    }

    /// `message/rfc822`, what a part of a digest is that says nothing (RFC 2046 §5.1.5).
    pub const fn message_rfc822() -> Self {
        Self {
            ty: Cow::Borrowed("message"),
            subtype: Cow::Borrowed("rfc822"),
            parameters: Parameters::new(),
        }
    }

    /// What a part is whose field reads as this, or that has no field.
    pub(crate) fn of(read: Option<Parsed<'a, Self>>, in_digest: bool) -> Parsed<'a, Self> {
        read.unwrap_or_else(|| {
            let value = if in_digest { Self::message_rfc822() } else { Self::text_plain() };
            Parsed::new(value, Defects::default(), &[])
        })
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

    /// The `charset` parameter, sections and percent signs of RFC 2231 resolved.
    pub fn charset(&self) -> Option<Cow<'_, [u8]>> {
        self.parameters.octets("charset")
    }

    /// What delimits the parts of a multipart, without white space at its end. `None` where there
    /// is none or it is empty. Sections and percent signs of RFC 2231 are resolved, encoded words
    /// are not.
    pub fn boundary(&self) -> Option<Cow<'_, [u8]>> {
        let boundary = match self.parameters.octets("boundary")? {
            Cow::Borrowed(octets) => Cow::Borrowed(octets.trim_ascii_end()),
            Cow::Owned(octets) => Cow::Owned(octets.trim_ascii_end().to_vec()),
        };
        Some(boundary).filter(|boundary| !boundary.is_empty())
    }
}

impl WriteValue for ContentType<'_> {
    fn write_value(&self, to: &mut Folder) {
        to.token(&self.ty).token("/").token(&self.subtype);
        self.parameters.write_behind(to);
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
        if let Some(ty) = MediaType::plain(raw) {
            return with_plain_type(raw, ty);
        }
        let mut lexer = Lexer::mime(raw);
        let value = match content_type(&mut lexer) {
            Some(value) => value,
            None => {
                lexer.defect(&code::NOT_A_TYPE, 0, raw.bytes().len());
                Self::text_plain()
            }
        };
        Parsed::new(value, lexer.into_defects(), raw.bytes())
    }
}

/// `type "/" subtype` alone, without a look at the parameters and without an allocation.
///
/// ```
/// use postrider_message::RawValue;
/// use postrider_mime::MediaType;
///
/// let ty = MediaType::of(RawValue::new(b"Text/HTML; charset=utf-8")).unwrap();
/// assert!(ty.is("text", "html"));
/// assert_eq!(MediaType::of(RawValue::new(b"text")), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MediaType<'a> {
    ty: &'a str,
    subtype: &'a str,
}

impl<'a> MediaType<'a> {
    /// `text/plain`, what a part is that says nothing (RFC 2045 §5.2).
    pub const TEXT_PLAIN: MediaType<'static> = MediaType { ty: "text", subtype: "plain" };

    /// `message/rfc822`, what a part of a digest is that says nothing (RFC 2046 §5.1.5).
    pub const MESSAGE_RFC822: MediaType<'static> = MediaType { ty: "message", subtype: "rfc822" };

    /// What the value of a `Content-Type` begins with. `None` where it begins otherwise; such a
    /// field counts as `text/plain` (RFC 2045 §5.2).
    pub fn of(raw: RawValue<'a>) -> Option<Self> {
        Self::plain(raw).or_else(|| Self::next(&mut Lexer::mime(raw)))
    }

    /// The same where it is written as almost all write it.
    fn plain(raw: RawValue<'a>) -> Option<Self> {
        let (ty, subtype) = media_type(raw.bytes())?;
        let text = |octets| core::str::from_utf8(octets).ok();
        Some(Self { ty: text(ty)?, subtype: text(subtype)? })
    }

    /// That of a part whose `Content-Type` is this, or that has none.
    pub(crate) fn of_part(raw: Option<RawValue<'a>>, in_digest: bool) -> Self {
        match raw {
            Some(raw) => Self::of(raw).unwrap_or(Self::TEXT_PLAIN),
            None if in_digest => Self::MESSAGE_RFC822,
            None => Self::TEXT_PLAIN,
        }
    }

    /// The type, in the case it was written in.
    pub const fn ty(self) -> &'a str {
        self.ty
    }

    /// The subtype, in the case it was written in.
    pub const fn subtype(self) -> &'a str {
        self.subtype
    }

    /// Whether the type is this one, whatever the subtype.
    pub const fn is_type(self, ty: &str) -> bool {
        self.ty.eq_ignore_ascii_case(ty)
    }

    /// Whether type and subtype are these.
    pub const fn is(self, ty: &str, subtype: &str) -> bool {
        self.is_type(ty) && self.subtype.eq_ignore_ascii_case(subtype)
    }

    /// Whether it is that of a message (RFC 2046 §5.2.1, RFC 6532 §3.7).
    pub(crate) const fn is_message(self) -> bool {
        is_message(self.ty.as_bytes(), self.subtype.as_bytes())
    }

    fn next(lexer: &mut Lexer<'a>) -> Option<Self> {
        let ty = token(lexer.next_solid()?)?;
        if !lexer.next_solid()?.is(b'/') {
            return None;
        }
        Some(Self { ty, subtype: token(lexer.next_solid()?)? })
    }
}

/// As it was written: `Image/PNG`.
impl fmt::Display for MediaType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ty, self.subtype)
    }
}

/// `disposition-type *(";" parameter)` (RFC 2183 §2). `Display` writes it as [`ContentType`]'s does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposition<'a> {
    ty: Cow<'a, str>,
    parameters: Parameters<'a>,
}

impl<'a> Disposition<'a> {
    /// `attachment`: to be saved, or shown when asked for (RFC 2183 §2.2).
    ///
    /// ```
    /// use postrider_mime::Disposition;
    /// let disposition = Disposition::attachment().with_file_name("Bericht \"3\".pdf")?;
    /// assert_eq!(disposition.to_string(), r#"attachment; filename="Bericht \"3\".pdf""#);
    /// # Ok::<(), postrider_message::InvalidValue>(())
    /// ```
    pub const fn attachment() -> Self {
        Self { ty: Cow::Borrowed("attachment"), parameters: Parameters::new() }
    }

    /// `inline`: to be shown where it stands (RFC 2183 §2.1).
    pub const fn inline() -> Self {
        Self { ty: Cow::Borrowed("inline"), parameters: Parameters::new() }
    }

    /// Another word, which readers that do not know it take for `attachment` (RFC 2183 §2.8).
    pub fn new(ty: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let ty = ty.into();
        match is_restricted_name(&ty) {
            true => Ok(Self { ty, parameters: Parameters::new() }),
            false => Err(InvalidValue::Token),
        }
    }

    /// The same with this parameter, in place of those of its name; see [`Parameters::with`].
    pub fn with(mut self, name: &str, value: &str) -> Result<Self, InvalidValue> {
        self.parameters = self.parameters.with(name, value)?;
        Ok(self)
    }

    /// The same with this `filename` (RFC 2183 §2.3): text without control characters. It is a
    /// suggestion; readers should keep the last segment of a path alone.
    pub fn with_file_name(self, name: &str) -> Result<Self, InvalidValue> {
        self.with("filename", name)
    }

    /// The same with this `size` (RFC 2183 §2.7), in octets: about that of the file.
    pub fn with_size(self, octets: u64) -> Result<Self, InvalidValue> {
        self.with("size", &octets.to_string())
    }

    /// The same with this `creation-date` (RFC 2183 §2.4).
    pub fn with_creation_date(self, date: &DateTime) -> Result<Self, InvalidValue> {
        self.with("creation-date", &date.to_string())
    }

    /// The same with this `modification-date` (RFC 2183 §2.5).
    pub fn with_modification_date(self, date: &DateTime) -> Result<Self, InvalidValue> {
        self.with("modification-date", &date.to_string())
    }

    /// The same with this `read-date` (RFC 2183 §2.6).
    pub fn with_read_date(self, date: &DateTime) -> Result<Self, InvalidValue> {
        self.with("read-date", &date.to_string())
    }

    /// `inline`, `attachment` or another word, in the case it was written in; empty where the
    /// field has none.
    pub fn ty(&self) -> &str {
        &self.ty
    }

    /// Whether it says `attachment`.
    pub fn is_attachment(&self) -> bool {
        self.ty.eq_ignore_ascii_case("attachment")
    }

    /// Whether it says `inline`.
    pub fn is_inline(&self) -> bool {
        self.ty.eq_ignore_ascii_case("inline")
    }

    /// The parameters.
    pub const fn parameters(&self) -> &Parameters<'a> {
        &self.parameters
    }

    const fn without_type(parameters: Parameters<'a>) -> Self {
        Self { ty: Cow::Borrowed(""), parameters }
    }
}

/// One that was read without a type is written as `attachment`, as which unknown ones count (RFC
/// 2183 §2.8).
impl WriteValue for Disposition<'_> {
    fn write_value(&self, to: &mut Folder) {
        to.token(if self.ty.is_empty() { "attachment" } else { &self.ty });
        self.parameters.write_behind(to);
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
        let mut lexer = Lexer::mime(raw);
        let first = lexer.next_solid();
        let value = match first {
            Some(one) if one.is(b';') => Self::without_type(Parameters::read_list(&mut lexer)),
            Some(one) if is_attribute(&lexer, &one) => {
                lexer = Lexer::mime(raw);
                lexer.defect(&code::NO_DISPOSITION_TYPE, one.start, one.end);
                Self::without_type(Parameters::read_list(&mut lexer))
            }
            _ => {
                let ty = first.and_then(token).map(Cow::Borrowed).unwrap_or_default();
                Self { ty, parameters: Parameters::read_behind(&mut lexer) }
            }
        };
        Parsed::new(value, lexer.into_defects(), raw.bytes())
    }
}

/// The same where type and subtype are plain words.
fn with_plain_type<'a>(
    raw: RawValue<'a>,
    MediaType { ty, subtype }: MediaType<'a>,
) -> Parsed<'a, ContentType<'a>> {
    let bytes = raw.bytes();
    let behind = behind_type(bytes, ty.as_bytes(), subtype.as_bytes());
    let mut lexer = Lexer::mime(raw.slice(behind..bytes.len()));
    let parameters = Parameters::read_behind(&mut lexer);
    let value = ContentType { ty: Cow::Borrowed(ty), subtype: Cow::Borrowed(subtype), parameters };
    Parsed::new(value, lexer.into_defects(), bytes)
}

/// The charset of a text that says nothing (RFC 2045 §5.2).
const US_ASCII: &[u8] = b"us-ascii";

/// The label of the charset of a part whose `Content-Type` is this, or that has none; US-ASCII where
/// it says none. `None` where the part is no text.
pub(crate) fn text_charset(raw: Option<RawValue<'_>>, in_digest: bool) -> Option<Cow<'_, [u8]>> {
    let Some(raw) = raw else {
        return (!in_digest).then_some(Cow::Borrowed(US_ASCII));
    };
    if let Some(label) = plain_text_charset(raw) {
        return Some(Cow::Borrowed(label));
    }
    // A value that is no type is a text without parameters (RFC 2045 §5.2).
    if !MediaType::of_part(Some(raw), in_digest).is_type("text") {
        return None;
    }
    let ty = ContentType::read(raw).value;
    Some(ty.charset().map_or(Cow::Borrowed(US_ASCII), |label| Cow::Owned(label.into_owned())))
}

/// The charset that the `Content-Type` of a text says, or US-ASCII where it says none, without an
/// allocation. `None` where it is no text, or anything but plain parameters stands there: a comment,
/// an escape, an encoded word, something of RFC 2231. Where this tells a charset, [`ContentType`]
/// tells the same.
fn plain_text_charset(raw: RawValue<'_>) -> Option<&[u8]> {
    let (ty, subtype) = media_type(raw.bytes())?;
    if !ty.eq_ignore_ascii_case(b"text") {
        return None;
    }
    let behind = behind_type(raw.bytes(), ty, subtype);
    let mut charset = None;
    for one in plain::parameters(raw.bytes().get(behind..)?, raw.limits().parameters) {
        let (name, value) = one?;
        // Of what is given twice the first counts.
        if charset.is_none() && name.eq_ignore_ascii_case(b"charset") {
            charset = Some(value);
        }
    }
    Some(charset.unwrap_or(US_ASCII))
}

/// Where a value goes on behind these, which it begins with.
fn behind_type(value: &[u8], ty: &[u8], subtype: &[u8]) -> usize {
    let blank = value.len().saturating_sub(plain::trim_start(value).len());
    [blank, ty.len(), 1, subtype.len()].iter().sum()
}

/// `type "/" subtype *(";" parameter)`
fn content_type<'a>(lexer: &mut Lexer<'a>) -> Option<ContentType<'a>> {
    let MediaType { ty, subtype } = MediaType::next(lexer)?;
    let (ty, subtype) = (Cow::Borrowed(ty), Cow::Borrowed(subtype));
    Some(ContentType { ty, subtype, parameters: Parameters::read_behind(lexer) })
}

/// `restricted-name` (RFC 6838 §4.2), of at most 127 characters; such a name is a token.
fn is_restricted_name(name: &str) -> bool {
    let first = name.bytes().next().is_some_and(|octet| octet.is_ascii_alphanumeric());
    // Without a branch for each octet.
    first
        && name.len() <= 127
        && name.bytes().fold(true, |all, octet| {
            all & RESTRICTED.get(usize::from(octet)).copied().unwrap_or_default()
        })
}

/// A mark for each character that such names have.
const RESTRICTED: [bool; 256] = {
    let mut marks = [false; 256];
    let mut rest: &mut [bool] = &mut marks;
    let mut octet = 0_u8;
    while let Some((place, behind)) = rest.split_first_mut() {
        *place = octet.is_ascii_alphanumeric()
            || matches!(octet, b'!' | b'#' | b'$' | b'&' | b'-' | b'^' | b'_' | b'.' | b'+');
        octet = octet.saturating_add(1);
        rest = behind;
    }
    marks
};

/// Whether an equals sign stands behind the first token: a parameter, and no type before it.
fn is_attribute(lexer: &Lexer<'_>, first: &Lexeme<'_>) -> bool {
    let rest = lexer.text(first.end, lexer.raw().bytes().len());
    matches!(first.token, Token::Atom(_)) && rest.trim_ascii_start().starts_with(b"=")
}

/// `token` (RFC 2045 §5.1): ASCII without controls.
pub(crate) fn token(lexeme: Lexeme<'_>) -> Option<&str> {
    let Token::Atom(text) = lexeme.token else { return None };
    if text.iter().all(u8::is_ascii_graphic) { core::str::from_utf8(text).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn a_plain_charset_is_that_of_the_content_type() {
        let words: [&[u8]; 16] = [
            b"; charset=",
            b";charset=\"",
            b"; CharSet=a",
            b"x",
            b"=",
            b"\"",
            b"\"\"",
            b"; c=d",
            b" ",
            b"\r\n\t",
            b"charset*",
            b"=?",
            b"\\",
            b"(",
            b"; =",
            b"/",
        ];
        let (mut plainly, mut named, mut seed) = (0, 0, 1_u64);
        let mut next = move || {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            usize::try_from(seed >> 60).unwrap()
        };
        for _ in 0..200_000 {
            let mut value = Vec::from(&b"Text/plain"[..]);
            for _ in 0..next() {
                value.extend_from_slice(words[next()]);
            }
            let limits = postrider_message::Limits::DEFAULT.with_parameters(next());
            let raw = RawValue::new(&value).with_limits(&limits);
            let Some(charset) = plain_text_charset(raw) else { continue };
            let expected = ContentType::read(raw).value;
            let expected = expected.charset().unwrap_or(Cow::Borrowed(US_ASCII));
            assert_eq!(charset, &*expected, "{}", value.escape_ascii());
            plainly += 1;
            named += usize::from(charset != US_ASCII);
        }
        assert!(plainly > 5000 && named > 500, "{plainly} {named}");
    }
}
