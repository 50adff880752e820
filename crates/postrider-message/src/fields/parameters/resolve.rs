//! Putting a value together and decoding it (RFC 2231 §3 and §4).

use alloc::{borrow::Cow, vec::Vec};

use memchr::memchr;

use super::{Form, Parameter};
use crate::{
    Defects, RawValue, charset, code,
    fields::grammar::hex_octet,
    text::{decode_words, encoded_words},
};

/// The value of a parameter, its sections put together, percent signs resolved, decoded by its
/// charset (RFC 2231 §4).
///
/// What was decoded is data: it may hold any character, line ends and path separators included.
/// A plain value that holds encoded words, which RFC 2047 §5 forbids but many senders write, is
/// told as they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterValue<'p> {
    text: Cow<'p, str>,
    charset: Option<&'p str>,
    language: Option<&'p str>,
    faithful: bool,
    form: ParameterForm,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterForm {
    /// `name=value` (RFC 2045 §5.1).
    Plain,
    /// `name=value` with encoded words in the value, which RFC 2047 §5 forbids.
    EncodedWords,
    /// `name*=charset'language'value` (RFC 2231 §4).
    Extended,
    /// `name*0=`, `name*1=` and so on, extended or not (RFC 2231 §3).
    Sections,
}

impl<'p> ParameterValue<'p> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text, still borrowed where nothing had to be decoded.
    pub fn into_text(self) -> Cow<'p, str> {
        self.text
    }

    /// The charset as the value names it.
    pub const fn charset(&self) -> Option<&'p str> {
        self.charset
    }

    /// The language as the value names it (RFC 5646).
    pub const fn language(&self) -> Option<&'p str> {
        self.language
    }

    /// Whether the charset is known and all octets belong to it; else the text is what
    /// [`charset::decode`] makes of them.
    pub const fn is_faithful(&self) -> bool {
        self.faithful
    }

    /// How the value is written.
    pub const fn form(&self) -> ParameterForm {
        self.form
    }

    /// The value of parameters of one name, ordered by form and number.
    pub(super) fn of<'a: 'p>(
        group: impl Iterator<Item = &'p Parameter<'a>> + Clone,
    ) -> Option<Self> {
        Source::of(group).map(Self::from_source)
    }

    /// All values of parameters of one name, ordered by form and number: the one that counts first.
    pub(super) fn all<'a: 'p>(
        group: impl Iterator<Item = &'p Parameter<'a>> + Clone,
    ) -> impl Iterator<Item = Self> {
        let of = |form: fn(&Form) -> bool| group.clone().filter(move |one| form(&one.form().1));
        let extended = of(|form| *form == Form::Extended).map(Source::extended);
        let begins = of(|form| matches!(form, Form::Section { number: 0, .. })).next().is_some();
        let sections = begins.then(|| sections(group.clone()));
        let plain = of(|form| *form == Form::Plain).map(Source::Plain);
        extended.chain(sections).chain(plain).map(Self::from_source)
    }

    fn from_source(source: Source<'p, '_>) -> Self {
        match source {
            Source::Plain(one) => Self::plain(one.value()),
            Source::Extended(octets, labels, form) => Self::extended(octets, labels, form),
        }
    }

    /// The octets of the value, sections put together and percent signs resolved.
    pub(super) fn octets_of<'a: 'p>(
        group: impl Iterator<Item = &'p Parameter<'a>> + Clone,
    ) -> Option<Cow<'p, [u8]>> {
        Some(match Source::of(group)? {
            Source::Plain(one) => Cow::Borrowed(one.value()),
            Source::Extended(octets, ..) => octets,
        })
    }

    fn plain(value: &'p [u8]) -> Self {
        let mut form = ParameterForm::Plain;
        let (text, faithful) = if encoded_words(value).next().is_some() {
            form = ParameterForm::EncodedWords;
            let mut defects = Defects::with_limit(1);
            let text = decode_words(value, RawValue::new(value), &mut defects);
            let codes = [&code::UNKNOWN_CHARSET, &code::NOT_OF_CHARSET, &code::INVALID_UTF8];
            (text, !codes.into_iter().any(|code| defects.has(code)))
        } else {
            match core::str::from_utf8(value) {
                Ok(text) => (Cow::Borrowed(text), true),
                Err(_) => (charset::decode(b"us-ascii", value).text, false),
            }
        };
        Self { text, charset: None, language: None, faithful, form }
    }

    fn extended(octets: Cow<'p, [u8]>, labels: Labels<'p>, form: ParameterForm) -> Self {
        let Labels { charset, language } = labels;
        let label = charset.map_or(&b"us-ascii"[..], str::as_bytes);
        let (text, faithful) = match octets {
            Cow::Borrowed(octets) => {
                let decoded = charset::decode(label, octets);
                (decoded.text, decoded.faithful)
            }
            Cow::Owned(octets) => {
                let decoded = charset::decode(label, &octets);
                (Cow::Owned(decoded.text.into_owned()), decoded.faithful)
            }
        };
        Self { text, charset, language, faithful, form }
    }
}

/// What stands before the value: `[charset] "'" [language] "'"`.
#[derive(Debug, Clone, Copy, Default)]
struct Labels<'p> {
    charset: Option<&'p str>,
    language: Option<&'p str>,
}

enum Source<'p, 'a> {
    Plain(&'p Parameter<'a>),
    Extended(Cow<'p, [u8]>, Labels<'p>, ParameterForm),
}

impl<'p, 'a> Source<'p, 'a> {
    /// Which parameters count: extended ones or sections from 0 on before plain ones. An extended
    /// value that is not cut into sections counts before one that is.
    fn of(group: impl Iterator<Item = &'p Parameter<'a>> + Clone) -> Option<Self> {
        let mut plain = None;
        for one in group.clone() {
            match one.form().1 {
                Form::Plain => plain = plain.or(Some(one)),
                Form::Extended => return Some(Self::extended(one)),
                Form::Section { number, .. } => {
                    if number > 0 {
                        break;
                    }
                    return Some(sections(group));
                }
            }
        }
        plain.map(Self::Plain)
    }

    fn extended(one: &'p Parameter<'a>) -> Self {
        let (labels, rest) = labels(one.value());
        Self::Extended(percent_decoded(rest), labels, ParameterForm::Extended)
    }
}

/// The sections 0, 1, 2 and so on up to the first one that is missing; of each the first.
fn sections<'p, 'a: 'p>(group: impl Iterator<Item = &'p Parameter<'a>>) -> Source<'p, 'a> {
    let mut parts = Labels::default();
    let mut octets: Cow<'p, [u8]> = Cow::Borrowed(&[]);
    let mut next = 0_u32;
    for one in group {
        let Form::Section { number, extended } = one.form().1 else { continue };
        if number < next {
            continue;
        } else if number > next {
            break;
        }
        let value = match (extended, number) {
            (false, _) => Cow::Borrowed(one.value()),
            (true, 0) => {
                let (found, rest) = labels(one.value());
                parts = found;
                percent_decoded(rest)
            }
            (true, _) => percent_decoded(one.value()),
        };
        octets = match number {
            0 => value,
            _ => {
                let mut whole: Vec<u8> = octets.into_owned();
                whole.extend_from_slice(&value);
                Cow::Owned(whole)
            }
        };
        next = next.saturating_add(1);
    }
    Source::Extended(octets, parts, ParameterForm::Sections)
}

/// Charset and language, and what stands behind them. Without two apostrophes there are neither.
fn labels(value: &[u8]) -> (Labels<'_>, &[u8]) {
    let split = |text: &'_ [u8]| memchr(b'\'', text);
    let found = split(value).and_then(|first| {
        let rest = value.get(first.checked_add(1)?..)?;
        let second = split(rest)?;
        let text = |octets| core::str::from_utf8(octets).ok().filter(|text| !text.is_empty());
        let labels = Labels {
            charset: value.get(..first).and_then(text),
            language: rest.get(..second).and_then(text),
        };
        Some((labels, rest.get(second.checked_add(1)?..)?))
    });
    found.unwrap_or_else(|| (Labels::default(), value))
}

/// Whether an extended first value has both of its apostrophes.
pub(super) fn is_labelled(value: &[u8]) -> bool {
    value.iter().filter(|&&octet| octet == b'\'').nth(1).is_some()
}

/// `ext-octet = "%" 2(DIGIT / "A" / "B" / "C" / "D" / "E" / "F")`; small letters too. A percent
/// sign that starts none is a character.
fn percent_decoded(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'%', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        match after {
            [high, low, after @ ..] if octet == b'%' => match hex_octet(*high, *low) {
                Some(decoded) => {
                    out.push(decoded);
                    rest = after;
                }
                None => out.push(octet),
            },
            _ => out.push(octet),
        }
    }
    Cow::Owned(out)
}

/// Whether every percent sign starts an `ext-octet`.
pub(super) fn is_percent_encoded(value: &[u8]) -> bool {
    value
        .split(|&octet| octet == b'%')
        .skip(1)
        .all(|after| matches!(after, [high, low, ..] if hex_octet(*high, *low).is_some()))
}
