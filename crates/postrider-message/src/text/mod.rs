//! Unstructured text, and the words of phrases and comments: RFC 2047 decoded last, once.

mod phrases;
mod words;

use alloc::{borrow::Cow, string::String};
use core::fmt;

use encodify::rfc2047::decode_text;
use memchr::memchr3;

use crate::{
    Defects, FieldValue, InvalidValue, Parsed, RawValue, charset, code, lexer::trim, unfold,
    write::refuse_controls,
};

pub use phrases::PhraseList;
pub(crate) use phrases::{Phrase, decode_atoms};
use words::{Beside, flawed_words, unfaithful_words};
pub(crate) use words::{encoded_words, words_alone};

/// An unstructured value such as `Subject` (RFC 5322 §2.2.1): unfolded, encoded words decoded.
///
/// Unfolding removes line ends and nothing else (RFC 5322 §2.2.3), so a tab that begins a
/// continuation line stays a tab. White space at both ends is trimmed, and between two encoded words
/// dropped (RFC 2047 §6.2); a lone CR counts as white space. An encoded word that touches other text
/// is decoded too, with a defect.
///
/// What was decoded is data: it may hold any character, line ends included, and is not parsed
/// again. Octets that are neither ASCII nor UTF-8 become U+FFFD, with a defect.
///
/// **Not safe to print as it is.** [`as_str`](Text::as_str) and `Display` give line ends, escape
/// sequences and marks that turn the direction of writing as a stranger sent them. In a log or on a
/// terminal escape them, so that nobody adds a line:
///
/// ```
/// use postrider_message::{FieldValue, RawValue, Text};
/// let text = Text::read(RawValue::new(b"=?utf-8?q?a=0D=0A12:00_root_logged_in?=")).value;
/// assert_eq!(text.to_string(), "a\r\n12:00 root logged in");
/// assert_eq!(text.as_str().escape_debug().to_string(), "a\\r\\n12:00 root logged in");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// Text to be written. Control characters but tabs are refused: text that is read may hold
    /// them, and is written again as it was, but there is no need to make more of it.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        let text = text.into();
        refuse_controls(&text)?;
        Ok(Self(text))
    }

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
        if let Some(text) = plain(raw.bytes()) {
            return Parsed::new(Self(Cow::Borrowed(text)), defects, raw.bytes());
        }
        if let Some(text) = words_alone(raw.bytes()) {
            return Parsed::new(Self(Cow::Owned(text)), defects, raw.bytes());
        }
        let text = match unfold(raw.bytes()) {
            Cow::Borrowed(line) => decode(line, raw, Beside::Text, &mut defects),
            Cow::Owned(line) => decode(&line, raw, Beside::Text, &mut defects).into_owned().into(),
        };
        Parsed::new(Self(text), defects, raw.bytes())
    }
}

/// Trims and decodes encoded words; notes what was wrong with them in the octets that they come
/// from. White space that holds a line end becomes one blank, as between the tokens of a structured
/// field (RFC 5322 §3.2.2).
pub(crate) fn decode_words<'a>(
    octets: &'a [u8],
    from: RawValue<'_>,
    defects: &mut Defects,
) -> Cow<'a, str> {
    match plain(octets) {
        Some(text) => Cow::Borrowed(text),
        None => match words_alone(octets) {
            Some(text) => Cow::Owned(text),
            None => decode(octets, from, Beside::Tokens, defects),
        },
    }
}

fn decode<'a>(
    octets: &'a [u8],
    from: RawValue<'_>,
    beside: Beside,
    defects: &mut Defects,
) -> Cow<'a, str> {
    let mut faithful = true;
    let text = decode_text(octets, |label, octets, out: &mut String| {
        let decoded = charset::decode(label, octets);
        faithful &= decoded.faithful;
        out.push_str(&decoded.text);
    });
    if !faithful {
        unfaithful_words(from, defects);
    }
    if core::str::from_utf8(octets).is_err() {
        defects.push(&code::INVALID_UTF8, from.span());
    }
    flawed_words(from, &text, beside, defects);
    text
}

/// Text that is as it stands, but for the white space at both ends: neither folded nor encoded, and
/// most text is neither.
fn plain(octets: &[u8]) -> Option<&str> {
    let text = trim(octets);
    match memchr3(b'\n', b'\r', b'=', text) {
        None => simdutf8::basic::from_utf8(text).ok(),
        Some(_) => None,
    }
}

/// Octets as text, each misfit U+FFFD; borrowed where it can be.
pub(crate) fn lossy(text: Cow<'_, [u8]>) -> Cow<'_, str> {
    match text {
        // The check of the whole is faster than the search for misfits, of which there are hardly any.
        Cow::Borrowed(text) => match simdutf8::basic::from_utf8(text) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(text),
        },
        Cow::Owned(text) => Cow::Owned(match String::from_utf8(text) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }),
    }
}
