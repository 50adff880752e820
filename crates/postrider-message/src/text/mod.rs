//! Unstructured text, and the words of phrases and comments: RFC 2047 decoded last, once.

mod phrases;

use alloc::{borrow::Cow, string::String};
use core::{fmt, ops::Range};

use encodify::rfc2047::{EncodedWord, decode_text};
use memchr::{memchr, memchr3, memmem};

use crate::{
    Defects, FieldValue, InvalidValue, Parsed, RawValue, Span, charset, code, unfold,
    write::refuse_controls,
};

pub use phrases::PhraseList;
pub(crate) use phrases::{Phrase, decode_atoms};

/// An unstructured value such as `Subject` (RFC 5322 §2.2.1): unfolded, encoded words decoded.
///
/// Unfolding removes line ends and nothing else (RFC 5322 §2.2.3), so a tab that begins a
/// continuation line stays a tab. White space at both ends is trimmed, and between two encoded words
/// dropped (RFC 2047 §6.2); a lone CR counts as white space. An encoded word that touches other text
/// is decoded too, with a defect.
///
/// What was decoded is data: it may hold any character, line ends included, and is not parsed
/// again. Octets that are neither ASCII nor UTF-8 become U+FFFD, with a defect.
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
        let text = match unfold(raw.bytes()) {
            Cow::Borrowed(line) => decode_words(line, raw.span(), &mut defects),
            Cow::Owned(line) => decode_words(&line, raw.span(), &mut defects).into_owned().into(),
        };
        flawed_words(raw, &mut defects);
        Parsed::new(Self(text), defects, raw.bytes())
    }
}

/// Tells of encoded words that by RFC 2047 are none, or none that can be decoded. The first of either
/// kind is enough.
fn flawed_words(raw: RawValue<'_>, defects: &mut Defects) {
    let value = raw.bytes();
    let blank = |octet: Option<&u8>| octet.is_none_or(u8::is_ascii_whitespace);
    let touches = |place: &Range<usize>| {
        let before = place.start.checked_sub(1).and_then(|before| value.get(before));
        !blank(before) || !blank(value.get(place.end))
    };
    let (mut adjoined, mut broken) = (false, false);
    for (word, place) in encoded_words(value) {
        let span = raw.slice(place.clone()).span();
        if !adjoined && touches(&place) {
            adjoined = true;
            defects.push(&code::ADJOINED_WORD, span);
        }
        if !broken && word.decode().is_err() {
            broken = true;
            defects.push(&code::BROKEN_WORD, span);
        }
        if adjoined && broken {
            return;
        }
    }
}

/// The encoded words of a text and where they stand, whatever stands beside them.
pub(crate) const fn encoded_words(value: &[u8]) -> Words<'_> {
    Words { value, at: 0, ending: 0 }
}

pub(crate) struct Words<'a> {
    value: &'a [u8],
    at: usize,
    /// Where the next `?=` is: it is looked for once, however many words begin before it.
    ending: usize,
}

/// No encoded word is longer; RFC 2047 §2 has 75.
const LONGEST: usize = 2_000;

impl<'a> Words<'a> {
    /// Where an octet pair stands next. Most text has no question mark, which is found out fastest.
    fn seek(&self, pair: &[u8]) -> Option<usize> {
        let rest = self.value.get(self.at..)?;
        memchr(b'?', rest)?;
        memmem::find(rest, pair).map(|found| self.at.saturating_add(found))
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = (EncodedWord<'a>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.seek(b"=?")?;
            self.at = start.saturating_add(2);
            if self.ending < self.at {
                self.ending = self.seek(b"?=")?;
            }
            if self.ending.saturating_sub(start) > LONGEST {
                continue;
            }
            if let Some((word, length)) = self.value.get(start..).and_then(EncodedWord::parse) {
                self.at = start.saturating_add(length);
                return Some((word, start..self.at));
            }
        }
    }
}

/// Trims and decodes encoded words; notes what was not faithful with the span of all. White space that
/// holds a line end becomes one blank, as between the tokens of a structured field (RFC 5322 §3.2.2).
pub(crate) fn decode_words<'a>(
    octets: &'a [u8],
    span: Span,
    defects: &mut Defects,
) -> Cow<'a, str> {
    if let Some(text) = plain(octets) {
        return Cow::Borrowed(text);
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
    if core::str::from_utf8(octets).is_err() {
        defects.push(&code::INVALID_UTF8, span);
    }
    text
}

/// Text that is as it stands, but for the white space at both ends: neither folded nor encoded, and
/// most text is neither.
fn plain(octets: &[u8]) -> Option<&str> {
    let mut text = octets;
    while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..]
    | [rest @ .., b' ' | b'\t' | b'\r' | b'\n'] = text
    {
        text = rest;
    }
    match memchr3(b'\n', b'\r', b'=', text) {
        None => core::str::from_utf8(text).ok(),
        Some(_) => None,
    }
}

/// Octets as text, each misfit U+FFFD; borrowed where it can be.
pub(crate) fn lossy(text: Cow<'_, [u8]>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => String::from_utf8_lossy(text),
        Cow::Owned(text) => Cow::Owned(String::from_utf8_lossy(&text).into_owned()),
    }
}
