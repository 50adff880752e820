//! BODY and BODYSTRUCTURE. What is open stands on a stack of our own, bounded by the limits; the
//! call stack does not grow with the input.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;
use nom::Parser;
use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::char;
use nom::combinator::{map, opt};
use nom::sequence::preceded;

use super::base::{failure, number, quoted, sp};
use super::envelope::nil;
use super::{Parsed, Unit};
use crate::value::{
    AttachedMessage, BodyStructure, Content, Disposition, Envelope, Multipart, MultipartExtension,
    Parameters, Part, PartExtension,
};

/// What is open around the structure that is read.
enum Open {
    /// A multipart, with the parts so far.
    Multi(Vec<BodyStructure>),
    /// An attached message whose structure comes now.
    Message(Box<(Part, Envelope)>),
}

impl<'a> Unit<'a> {
    /// ```text
    /// body            = "(" (body-type-1part / body-type-mpart) ")"
    /// body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
    /// ```
    pub(super) fn body(&self, mut input: &'a [u8]) -> Parsed<'a, BodyStructure> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            (input, _) = char('(').parse(input)?;
            let mut done = if input.starts_with(b"(") {
                open.push(Open::Multi(Vec::new()));
                None
            } else {
                let (rest, (part, envelope)) = self.part(input)?;
                input = rest;
                if let Some(envelope) = envelope {
                    open.push(Open::Message(Box::new((part, envelope))));
                    None
                } else {
                    let (rest, part) = self.close_part(rest, part)?;
                    input = rest;
                    Some(part)
                }
            };
            if open.len() > self.limits.depth {
                return failure(input);
            }
            // A structure that is read closes what it ends, from the inside out.
            while let Some(body) = done.take() {
                match open.pop() {
                    None => return Ok((input, body)),
                    Some(Open::Multi(mut parts)) => {
                        parts.push(body);
                        self.bounded(&parts, input)?;
                        // Some servers put blanks between the parts; no subtype begins like one.
                        let (next, _) = take_while(|octet| octet == b' ').parse(input)?;
                        if next.starts_with(b"(") {
                            input = next;
                            open.push(Open::Multi(parts));
                        } else {
                            let (rest, multi) = self.close_multipart(input, parts)?;
                            input = rest;
                            done = Some(multi);
                        }
                    }
                    Some(Open::Message(outer)) => {
                        let (mut part, envelope) = *outer;
                        let (rest, lines) = preceded(sp, number::<u64>).parse(input)?;
                        let message = AttachedMessage::new(envelope, body, lines);
                        part.content = Content::Message(Box::new(message));
                        let (rest, part) = self.close_part(rest, part)?;
                        input = rest;
                        done = Some(part);
                    }
                }
            }
        }
    }

    /// ```text
    /// body-fields     = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP
    ///                   body-fld-octets
    /// body-type-basic = media-basic SP body-fields
    /// body-type-msg   = media-message SP body-fields SP envelope SP body SP body-fld-lines
    /// body-type-text  = media-text SP body-fields SP body-fld-lines
    /// ```
    ///
    /// The envelope of an attached message is read along; its structure comes next. What follows
    /// the fields tells which of the three it is; media types are not looked at,
    /// because servers disagree about them.
    fn part(&self, input: &'a [u8]) -> Parsed<'a, (Part, Option<Envelope>)> {
        let string = |i| self.string(i);
        let nstring = |i| self.nstring(i);
        let (input, (media_type, (), subtype, ())) = (string, sp, string, sp).parse(input)?;
        let (input, parameters) = self.parameters(input)?;
        let (input, ((), id, (), description)) = (sp, nstring, sp, nstring).parse(input)?;
        // Some servers have NIL here, where the grammar has a string.
        let encoding = map(nstring, Option::unwrap_or_default);
        let (input, ((), encoding, (), octets)) = (sp, encoding, sp, number).parse(input)?;
        let mut part = Part::new(media_type, subtype, encoding, octets);
        part.parameters = parameters;
        part.id = id;
        part.description = description;
        match input {
            [b' ', b'(', ..] => {
                let envelope = |i| self.envelope(i);
                let (input, ((), envelope, ())) = (sp, envelope, sp).parse(input)?;
                Ok((input, (part, Some(envelope))))
            }
            [b' ', b'0'..=b'9', ..] => {
                let (input, lines) = preceded(sp, number).parse(input)?;
                part.content = Content::Text { lines };
                Ok((input, (part, None)))
            }
            _ => Ok((input, (part, None))),
        }
    }

    /// ```text
    /// body-ext-1part = body-fld-md5 [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc
    ///                  *(SP body-extension)]]]
    /// ```
    fn close_part(&self, input: &'a [u8], mut part: Part) -> Parsed<'a, BodyStructure> {
        let (mut input, md5) = opt(preceded(sp, |i| self.nstring(i))).parse(input)?;
        if let Some(md5) = md5 {
            let rest = self.extension_tail(input)?;
            let (disposition, language, location) = rest.1;
            input = rest.0;
            part.extension = Some(PartExtension { md5, disposition, language, location });
        }
        let (input, ()) = close(input)?;
        Ok((input, BodyStructure::Single(part)))
    }

    /// ```text
    /// body-ext-mpart = body-fld-param [SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc
    ///                  *(SP body-extension)]]]
    /// ```
    fn close_multipart(
        &self,
        input: &'a [u8],
        parts: Vec<BodyStructure>,
    ) -> Parsed<'a, BodyStructure> {
        let (input, subtype) = preceded(opt(sp), |i| self.string(i)).parse(input)?;
        let (mut input, parameters) = opt(preceded(sp, |i| self.parameters(i))).parse(input)?;
        let mut multi = Multipart::new(subtype, parts);
        if let Some(parameters) = parameters {
            let rest = self.extension_tail(input)?;
            let (disposition, language, location) = rest.1;
            input = rest.0;
            let extension = MultipartExtension { parameters, disposition, language, location };
            multi.extension = Some(extension);
        }
        let (input, ()) = close(input)?;
        Ok((input, BodyStructure::Multi(multi)))
    }

    /// `[SP body-fld-dsp [SP body-fld-lang [SP body-fld-loc]]]`
    fn extension_tail(
        &self,
        input: &'a [u8],
    ) -> Parsed<'a, (Option<Disposition>, Vec<Bytes>, Option<Bytes>)> {
        let (input, disposition) = opt(preceded(sp, |i| self.disposition(i))).parse(input)?;
        if disposition.is_none() {
            return Ok((input, (None, Vec::new(), None)));
        }
        let (input, language) = opt(preceded(sp, |i| self.language(i))).parse(input)?;
        let Some(language) = language else {
            return Ok((input, (disposition.flatten(), Vec::new(), None)));
        };
        let (input, location) = opt(preceded(sp, |i| self.nstring(i))).parse(input)?;
        Ok((input, (disposition.flatten(), language, location.flatten())))
    }

    /// `body-fld-dsp = "(" string SP body-fld-param ")" / nil`
    fn disposition(&self, input: &'a [u8]) -> Parsed<'a, Option<Disposition>> {
        if let Ok((rest, ())) = nil(input) {
            return Ok((rest, None));
        }
        if input.starts_with(b"\"") {
            // Exchange writes the bare type.
            let (input, kind) = self.string(input)?;
            return Ok((input, Some(Disposition::new(kind, Vec::new()))));
        }
        let fields = (|i| self.string(i), sp, |i| self.parameters(i));
        let (input, (_, (kind, (), parameters), _)) =
            (char('('), fields, char(')')).parse(input)?;
        Ok((input, Some(Disposition::new(kind, parameters))))
    }

    /// `body-fld-lang = nstring / "(" string *(SP string) ")"`
    fn language(&self, input: &'a [u8]) -> Parsed<'a, Vec<Bytes>> {
        if !input.starts_with(b"(") {
            return map(|i| self.nstring(i), |one| one.into_iter().collect()).parse(input);
        }
        let (mut input, _) = char('(').parse(input)?;
        let mut languages = Vec::new();
        loop {
            let language;
            (input, language) = self.string(input)?;
            languages.push(language);
            self.bounded(&languages, input)?;
            if let Some(rest) = input.strip_prefix(b")") {
                return Ok((rest, languages));
            }
            (input, ()) = sp(input)?;
        }
    }

    /// `body-fld-param = "(" string SP string *(SP string SP string) ")" / nil`
    fn parameters(&self, input: &'a [u8]) -> Parsed<'a, Parameters> {
        if let Ok((rest, ())) = nil(input) {
            return Ok((rest, Vec::new()));
        }
        let (mut input, _) = char('(').parse(input)?;
        let mut parameters = Vec::new();
        loop {
            let name;
            (input, name) = self.string(input)?;
            (input, ()) = sp(input)?;
            // Some servers have NIL here, where the grammar has a string.
            let value;
            (input, value) = self.nstring(input)?;
            parameters.push((name, value.unwrap_or_default()));
            self.bounded(&parameters, input)?;
            if let Some(rest) = input.strip_prefix(b")") {
                return Ok((rest, parameters));
            }
            (input, ()) = sp(input)?;
        }
    }
}

/// ```text
/// body-extension = nstring / number / "(" body-extension *(SP body-extension) ")"
/// ```
///
/// Whatever later extensions put before the closing parenthesis is read over.
fn close(mut input: &[u8]) -> Parsed<'_, ()> {
    let mut depth = 0_usize;
    loop {
        input = match input {
            [b')', rest @ ..] if depth == 0 => return Ok((rest, ())),
            [b')', rest @ ..] => {
                depth = depth.saturating_sub(1);
                rest
            }
            [b'(', rest @ ..] => {
                depth = depth.saturating_add(1);
                rest
            }
            [b' ', rest @ ..] => rest,
            [b'"', ..] => quoted(input)?.0,
            [b'{', ..] => super::base::literal(input)?.0,
            _ => take_while1(super::base::is_astring_octet).parse(input)?.0,
        };
    }
}
