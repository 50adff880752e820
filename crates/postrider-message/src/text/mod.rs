//! Unstructured text, and the words of phrases and comments: RFC 2047 decoded last, once.

use alloc::{borrow::Cow, string::String};
use core::fmt;

use encodify::rfc2047::decode_text;
use memchr::{memchr2, memmem};

use crate::{Defects, FieldValue, Parsed, RawValue, Span, charset, code, unfold};

/// An unstructured value such as `Subject` (RFC 5322 §2.2.1): unfolded, encoded words decoded.
///
/// Unfolding removes line ends and nothing else (RFC 5322 §2.2.3), so a tab that begins a
/// continuation line stays a tab. White space at both ends is trimmed, and between two encoded words
/// dropped (RFC 2047 §6.2).
///
/// What was decoded is data: it may hold any character, line ends included, and is not parsed
/// again. Octets that are neither ASCII nor UTF-8 become U+FFFD, with a defect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, still borrowed where nothing had to be decoded.
    pub fn into_cow(self) -> Cow<'a, str> {
        self.0
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'a> FieldValue<'a> for Text<'a> {
    fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut defects = Defects::with_limit(raw.limits().defects);
        let text = match unfold(raw.bytes()) {
            Cow::Borrowed(line) => decode_words(line, raw.span(), &mut defects),
            Cow::Owned(line) => decode_words(&line, raw.span(), &mut defects).into_owned().into(),
        };
        Parsed::new(Self(text), defects, raw.bytes())
    }
}

/// Trims and decodes encoded words; notes what was not faithful with the span of all. White space that
/// holds a line end becomes one blank, as between the tokens of a structured field (RFC 5322 §3.2.2).
pub(crate) fn decode_words<'a>(
    octets: &'a [u8],
    span: Span,
    defects: &mut Defects,
) -> Cow<'a, str> {
    let text = trim(octets);
    // Most text is neither folded nor encoded.
    if memchr2(b'\n', b'=', text).is_none()
        && let Ok(text) = core::str::from_utf8(text)
    {
        return Cow::Borrowed(text);
    }
    match unfold(text) {
        Cow::Borrowed(text) => decode_line(text, span, defects),
        Cow::Owned(text) => match decode_line(&text, span, defects) {
            Cow::Borrowed(text) => Cow::Owned(text.into()),
            Cow::Owned(text) => Cow::Owned(text),
        },
    }
}

/// Decodes the encoded words of unfolded text. White space between two of them goes (RFC 2047 §6.2),
/// all other stays.
fn decode_line<'a>(octets: &'a [u8], span: Span, defects: &mut Defects) -> Cow<'a, str> {
    if core::str::from_utf8(octets).is_err() {
        defects.push(&code::INVALID_UTF8, span);
    }
    if memmem::find(octets, b"=?").is_none() {
        return String::from_utf8_lossy(octets);
    }
    let mut faithful = true;
    let text = decode_text(octets, |label, octets, out: &mut String| {
        let decoded = charset::decode(label, octets);
        faithful &= decoded.faithful;
        out.push_str(&decoded.text);
    });
    if !faithful {
        defects.push(&code::UNKNOWN_CHARSET, span);
    }
    text
}

/// Without the white space and the line ends at both ends.
const fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..]
    | [rest @ .., b' ' | b'\t' | b'\r' | b'\n'] = text
    {
        text = rest;
    }
    text
}
