//! Sections: which octets of a message are meant.

use alloc::vec::Vec;

use super::base::{astring, failure, number64, nz_number, octet, sp, while_octets, word};
use super::fetch_command::is_name_octet;
use super::{Grammar, Parsed, whole};
use crate::value::{BodySection, FieldName, Partial, Section, SectionText, is_keyword_octet};

/// Names for which room is made at first: clients ask for up to fifteen.
const EXPECTED: usize = 15;

/// Part numbers in one section; deeper messages are not addressed by hand.
const PARTS: usize = 128;

impl Grammar<'_> {
    /// The name of an item whose octets are streamed, with its origin.
    ///
    /// ```text
    /// msg-att-static = … "BODY" section ["<" number ">"] SP nstring /
    ///                  "BINARY" section-binary SP (nstring / literal8) /
    ///                  "RFC822" [".HEADER" / ".TEXT"] SP nstring
    /// ```
    ///
    /// (RFC 9051 §9, RFC 3501 §9)
    pub(crate) fn body_section_name(&self, name: &[u8]) -> Option<(BodySection, Option<u64>)> {
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        match name.len() {
            6 if is(b"RFC822") => return Some((BodySection::Rfc822, None)),
            11 if is(b"RFC822.TEXT") => return Some((BodySection::Rfc822Text, None)),
            13 if is(b"RFC822.HEADER") => return Some((BodySection::Rfc822Header, None)),
            _ => {}
        }
        whole(name, |input| {
            let (rest, section) = if let Ok((rest, ())) = word(input, b"BODY") {
                let (rest, section) = self.section(rest)?;
                (rest, BodySection::Section(section))
            } else {
                let (rest, ()) = word(input, b"BINARY")?;
                let (rest, part) = section_binary(rest)?;
                (rest, BodySection::Binary(part))
            };
            if rest.is_empty() {
                return Ok((rest, (section, None)));
            }
            let (rest, ()) = octet(rest, b'<')?;
            let (rest, origin) = number64(rest)?;
            let (rest, ()) = octet(rest, b'>')?;
            Ok((rest, (section, Some(origin))))
        })
    }

    /// ```text
    /// section      = "[" [section-spec] "]"
    /// section-spec = section-msgtext / (section-part ["." section-text])
    /// section-text = section-msgtext / "MIME"
    /// ```
    ///
    /// (RFC 9051 §9)
    pub(super) fn section<'a>(&self, input: &'a [u8]) -> Parsed<'a, Section> {
        let (inner, ()) = octet(input, b'[')?;
        if let Some((b']', rest)) = inner.split_first() {
            return Ok((rest, Section::all()));
        }
        let (rest, part) = match inner.first() {
            Some(b'0'..=b'9') => section_part(inner)?,
            _ => (inner, Vec::new()),
        };
        let (rest, text) = match rest.split_first() {
            Some((b'.', rest)) if !part.is_empty() => some(self.section_text(rest)?),
            _ if part.is_empty() => some(self.section_text(rest)?),
            _ => (rest, None),
        };
        let (rest, ()) = octet(rest, b']')?;
        Section::new(part, text).map_or_else(|_| failure(input), |section| Ok((rest, section)))
    }

    /// ```text
    /// section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
    /// ```
    fn section_text<'a>(&self, input: &'a [u8]) -> Parsed<'a, SectionText> {
        let (name, rest) = while_octets(input, is_name_octet);
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        match name.len() {
            4 if is(b"TEXT") => Ok((rest, SectionText::Text)),
            4 if is(b"MIME") => Ok((rest, SectionText::Mime)),
            6 if is(b"HEADER") => Ok((rest, SectionText::Header)),
            13 if is(b"HEADER.FIELDS") => {
                let (rest, names) = self.header_list(sp(rest)?.0)?;
                Ok((rest, SectionText::HeaderFields(names)))
            }
            17 if is(b"HEADER.FIELDS.NOT") => {
                let (rest, names) = self.header_list(sp(rest)?.0)?;
                Ok((rest, SectionText::HeaderFieldsNot(names)))
            }
            _ => failure(input),
        }
    }

    /// `header-list = "(" header-fld-name *(SP header-fld-name) ")"`
    fn header_list<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<FieldName>> {
        if let Some(plain) = self.plain_header_list(input) {
            return Ok(plain);
        }
        self.list1(input, |input| {
            let (rest, name) = astring(input)?;
            let name = match FieldName::common(name.octets) {
                Some(name) => Ok(name),
                None => FieldName::new(name.to_bytes()),
            };
            name.map_or_else(|_| failure(input), |name| Ok((rest, name)))
        })
    }

    /// A list of atoms with single blanks between them, as clients write it.
    fn plain_header_list<'a>(&self, input: &'a [u8]) -> Option<(&'a [u8], Vec<FieldName>)> {
        let mut rest = input.strip_prefix(b"(")?;
        let mut names = Vec::with_capacity(EXPECTED);
        for _ in 0..self.limits.list {
            let (word, behind) = while_octets(rest, is_keyword_octet);
            names.push(match FieldName::common(word) {
                Some(name) => name,
                None => FieldName::new(bytes::Bytes::copy_from_slice(word)).ok()?,
            });
            match behind {
                [b' ', behind @ ..] => rest = behind,
                [b')', behind @ ..] => return Some((behind, names)),
                _ => return None,
            }
        }
        None
    }
}

fn some<T>((rest, value): (&[u8], T)) -> (&[u8], Option<T>) {
    (rest, Some(value))
}

/// `section-part = nz-number *("." nz-number)`. A dot that no number follows is left.
fn section_part(input: &[u8]) -> Parsed<'_, Vec<u32>> {
    let (mut rest, first) = nz_number(input)?;
    let mut part = Vec::new();
    part.push(first.get());
    while let [b'.', behind @ ..] = rest
        && behind.first().is_some_and(u8::is_ascii_digit)
    {
        let (behind, one) = nz_number(behind)?;
        part.push(one.get());
        if part.len() > PARTS {
            return failure(input);
        }
        rest = behind;
    }
    Ok((rest, part))
}

/// `section-binary = "[" [section-part] "]"` (RFC 3516 §7)
pub(super) fn section_binary(input: &[u8]) -> Parsed<'_, Vec<u32>> {
    let (rest, ()) = octet(input, b'[')?;
    if let Some((b']', rest)) = rest.split_first() {
        return Ok((rest, Vec::new()));
    }
    let (rest, part) = section_part(rest)?;
    octet(rest, b']').map(|(rest, ())| (rest, part))
}

/// `partial = "<" number64 "." nz-number64 ">"`, if it is there.
pub(super) fn partial(input: &[u8]) -> Parsed<'_, Option<Partial>> {
    let Some((b'<', rest)) = input.split_first() else { return Ok((input, None)) };
    let (rest, origin) = number64(rest)?;
    let (rest, ()) = octet(rest, b'.')?;
    let (rest, octets) = number64(rest)?;
    let (rest, ()) = octet(rest, b'>')?;
    let partial = Partial::new(origin, octets);
    partial.map_or_else(|_| failure(input), |partial| Ok((rest, Some(partial))))
}
