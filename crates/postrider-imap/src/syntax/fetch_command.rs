//! FETCH: what it asks.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::base::{
    any_value, atom, failure, message_set, mod_seq, nz_number, octet, sp, while_octets, word,
};
use super::section::{partial, section_binary};
use super::{Grammar, Parsed};
use crate::command::Command;
use crate::quirks::Quirk;
use crate::value::{
    Atom, FetchAttribute, FetchAttributes, FetchModifiers, MessageSet, PartialRange, Raw,
    octet_table,
};

/// Attributes for which room is made at first: clients ask for up to six.
const EXPECTED: usize = 6;

/// The attributes that stand alone, by their names.
static NAMES: [(&[u8], FetchAttribute); 18] = [
    (b"UID", FetchAttribute::Uid),
    (b"FLAGS", FetchAttribute::Flags),
    (b"MODSEQ", FetchAttribute::ModSeq),
    (b"ENVELOPE", FetchAttribute::Envelope),
    (b"INTERNALDATE", FetchAttribute::InternalDate),
    (b"RFC822.SIZE", FetchAttribute::Rfc822Size),
    (b"BODY", FetchAttribute::Body),
    (b"BODYSTRUCTURE", FetchAttribute::BodyStructure),
    (b"RFC822", FetchAttribute::Rfc822),
    (b"RFC822.HEADER", FetchAttribute::Rfc822Header),
    (b"RFC822.TEXT", FetchAttribute::Rfc822Text),
    (b"EMAILID", FetchAttribute::EmailId),
    (b"THREADID", FetchAttribute::ThreadId),
    (b"SAVEDATE", FetchAttribute::SaveDate),
    (b"PREVIEW", FetchAttribute::Preview { lazy: false }),
    (b"X-GM-MSGID", FetchAttribute::GmailMessageId),
    (b"X-GM-THRID", FetchAttribute::GmailThreadId),
    (b"X-GM-LABELS", FetchAttribute::GmailLabels),
];

/// The attributes that most commands have, in capitals. What follows may go on with their names.
#[inline(always)]
fn frequent(input: &[u8]) -> Option<(FetchAttribute, &[u8])> {
    let is = |name: &[u8]| input.strip_prefix(name);
    let (attribute, rest) = match input.first()? {
        b'U' => (FetchAttribute::Uid, is(b"UID")?),
        b'F' => (FetchAttribute::Flags, is(b"FLAGS")?),
        b'R' => (FetchAttribute::Rfc822Size, is(b"RFC822.SIZE")?),
        b'I' => (FetchAttribute::InternalDate, is(b"INTERNALDATE")?),
        b'E' => (FetchAttribute::Envelope, is(b"ENVELOPE")?),
        b'B' => (FetchAttribute::BodyStructure, is(b"BODYSTRUCTURE")?),
        b'M' => (FetchAttribute::ModSeq, is(b"MODSEQ")?),
        _ => return None,
    };
    Some((attribute, rest))
}

/// The attribute of this name.
fn known(name: &[u8]) -> Option<&'static FetchAttribute> {
    let is = |known: &[u8]| known == name || known.eq_ignore_ascii_case(name);
    NAMES.iter().find(|(known, _)| known.len() == name.len() && is(known)).map(|(_, one)| one)
}

/// The macro of this name.
fn short_form(name: &[u8]) -> Option<FetchAttributes> {
    let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
    match name.len() {
        3 if is(b"ALL") => Some(FetchAttributes::All),
        4 if is(b"FAST") => Some(FetchAttributes::Fast),
        4 if is(b"FULL") => Some(FetchAttributes::Full),
        _ => None,
    }
}

/// Whether the octet may be part of the name of an attribute or item.
pub(super) fn is_name_octet(octet: u8) -> bool {
    octet_table!(octet => octet.is_ascii_alphanumeric()
        || matches!(octet, b'.' | b'-' | b'_' | b'/' | b'+' | b'$'))
}

/// What FETCH has behind its name.
type FetchArguments = (MessageSet, FetchAttributes, FetchModifiers);

impl Grammar<'_> {
    /// ```text
    /// fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att /
    ///         "(" fetch-att *(SP fetch-att) ")") [SP "(" fetch-modifier *(SP fetch-modifier) ")"]
    /// ```
    ///
    /// (RFC 9051 §9, RFC 4466 §2.4)
    pub(crate) fn fetch_command<'a>(&self, uid: bool, input: &'a [u8]) -> Parsed<'a, Command> {
        let (rest, (set, attributes, modifiers)) = self.fetch_arguments(input)?;
        Ok((rest, Command::Fetch { set, uid, attributes, modifiers }))
    }

    /// What is asked, of which messages.
    #[inline]
    pub(super) fn fetch_arguments<'a>(&self, input: &'a [u8]) -> Parsed<'a, FetchArguments> {
        let (rest, set) = message_set(input)?;
        let (rest, attributes) = self.fetch_attributes(self.sp(rest)?.0)?;
        let (rest, modifiers) = match rest.split_first() {
            Some((b' ', rest)) => self.fetch_modifiers(self.blanks(rest))?,
            _ => (rest, FetchModifiers::default()),
        };
        Ok((rest, (set, attributes, modifiers)))
    }

    /// A list of attributes in the form in which nearly all clients send it. `None` otherwise.
    ///
    /// Attributes are put where they are to stay: to hand them up would copy them at each step.
    fn plain_attributes<'a>(&self, input: &'a [u8]) -> Option<(&'a [u8], Vec<FetchAttribute>)> {
        let mut rest = input.strip_prefix(b"(")?;
        let mut list = Vec::with_capacity(EXPECTED);
        for _ in 0..self.limits.attributes.min(self.limits.list) {
            let behind = if let Some((attribute, behind)) = frequent(rest) {
                list.push(attribute);
                behind
            } else {
                let (behind, attribute) = self.fetch_attribute(rest, true).ok()?;
                list.push(attribute);
                behind
            };
            match behind {
                [b' ', behind @ ..] => rest = behind,
                [b')', behind @ ..] => return Some((behind, list)),
                _ => return None,
            }
        }
        None
    }

    fn fetch_attributes<'a>(&self, input: &'a [u8]) -> Parsed<'a, FetchAttributes> {
        if input.first() == Some(&b'(') {
            let met = self.met();
            if let Some((rest, list)) = self.plain_attributes(input) {
                return Ok((rest, FetchAttributes::List(list)));
            }
            self.back_to(met);
            let (rest, list) = self.list1(input, |input| self.fetch_attribute(input, true))?;
            return if list.len() > self.limits.attributes {
                failure(input)
            } else {
                Ok((rest, FetchAttributes::List(list)))
            };
        }
        let (word, rest) = while_octets(input, is_name_octet);
        if let Some(all) = short_form(word) {
            return Ok((rest, all));
        }
        let (rest, one) = self.fetch_attribute(input, false)?;
        Ok((rest, FetchAttributes::List([one].into())))
    }

    /// ```text
    /// fetch-att = "ENVELOPE" / "FLAGS" / "INTERNALDATE" / "RFC822" [".HEADER" / ".SIZE" / ".TEXT"]
    ///             / "BODY" ["STRUCTURE"] / "UID" / "BODY" section [partial] /
    ///             "BODY.PEEK" section [partial] / "BINARY" [".PEEK"] section-binary [partial] /
    ///             "BINARY.SIZE" section-binary / …
    /// ```
    ///
    /// An attribute that this crate does not know may have a list behind it where it stands
    /// `listed`, in a list of attributes; else that is a list of modifiers.
    pub(crate) fn fetch_attribute<'a>(
        &self,
        input: &'a [u8],
        listed: bool,
    ) -> Parsed<'a, FetchAttribute> {
        let (name, rest) = while_octets(input, is_name_octet);
        if rest.first() == Some(&b'[') {
            return self.section_attribute(input, name, rest);
        }
        match known(name) {
            Some(FetchAttribute::Preview { .. }) => Ok(lazy(rest)),
            Some(attribute) => Ok((rest, attribute.clone())),
            None if name.is_empty() || short_form(name).is_some() => failure(input),
            None => {
                let takes = listed || name.eq_ignore_ascii_case(b"ANNOTATION");
                let rest = match rest {
                    [b' ', list @ ..] if takes && list.first() == Some(&b'(') => any_value(list)?.0,
                    _ => rest,
                };
                Ok((rest, FetchAttribute::Other(raw(input, rest))))
            }
        }
    }

    /// An attribute with a section: `rest` begins with its bracket.
    fn section_attribute<'a>(
        &self,
        input: &'a [u8],
        name: &[u8],
        rest: &'a [u8],
    ) -> Parsed<'a, FetchAttribute> {
        let (base, peek) = match name.split_last_chunk::<5>() {
            Some((base, end)) if end.eq_ignore_ascii_case(b".PEEK") => (base, true),
            _ => (name, false),
        };
        let is = |known: &[u8]| base.eq_ignore_ascii_case(known);
        match base.len() {
            4 if is(b"BODY") => {
                let (rest, section) = self.section(rest)?;
                let (rest, partial) = partial(rest)?;
                return Ok((rest, FetchAttribute::BodySection { section, peek, partial }));
            }
            6 if is(b"BINARY") => {
                let (rest, part) = section_binary(rest)?;
                let (rest, partial) = partial(rest)?;
                return Ok((rest, FetchAttribute::Binary { part, peek, partial }));
            }
            11 if is(b"BINARY.SIZE") && !peek => {
                let (rest, part) = section_binary(rest)?;
                return Ok((rest, FetchAttribute::BinarySize(part)));
            }
            _ => {}
        }
        if name.is_empty() {
            return failure(input);
        }
        // Of something unknown: up to the blank or parenthesis behind it.
        let (_, behind) = while_octets(rest, |octet| {
            octet.is_ascii_graphic() && !matches!(octet, b'(' | b')' | b'"' | b'{' | b'\\')
        });
        Ok((behind, FetchAttribute::Other(raw(input, behind))))
    }

    /// ```text
    /// chgsince-fetch-mod  = "CHANGEDSINCE" SP mod-sequence-value   ; RFC 7162 §7
    /// rexpunges-fetch-mod = "VANISHED"
    /// fetch-modifier      =/ "PARTIAL" SP partial-range            ; RFC 9394 §5
    /// fetch-modifier      = fetch-modifier-name [SP fetch-modif-params] ; RFC 4466 §6
    /// ```
    fn fetch_modifiers<'a>(&self, input: &'a [u8]) -> Parsed<'a, FetchModifiers> {
        let (mut rest, ()) = octet(input, b'(')?;
        let mut modifiers = FetchModifiers::default();
        loop {
            rest = self.fetch_modifier(self.blanks(rest), &mut modifiers)?.0;
            match rest.split_first() {
                Some((b')', rest)) => return Ok((rest, modifiers)),
                Some((b' ', behind)) if modifiers.others.len() < self.limits.list => rest = behind,
                _ => return failure(rest),
            }
        }
    }

    fn fetch_modifier<'a>(
        &self,
        input: &'a [u8],
        modifiers: &mut FetchModifiers,
    ) -> Parsed<'a, ()> {
        let (rest, modifier) = atom(input)?;
        let is = |name: &[u8]| modifier.eq_ignore_ascii_case(name);
        if is(b"CHANGEDSINCE") {
            let (rest, value) = mod_seq(sp(rest)?.0)?;
            // RFC 7162 §7: `mod-sequence-value` is not zero.
            if value.get() == 0 && !self.forgives(Quirk::Number) {
                return failure(input);
            }
            modifiers.changed_since = Some(value);
            return Ok((rest, ()));
        }
        if is(b"VANISHED") {
            modifiers.vanished = true;
            return Ok((rest, ()));
        }
        if is(b"PARTIAL") {
            let (rest, range) = partial_range(sp(rest)?.0)?;
            modifiers.partial = Some(range);
            return Ok((rest, ()));
        }
        // `tagged-ext-val` begins with a digit, `*`, `$` or a parenthesis; a name does not.
        let (rest, value) = match rest {
            [b' ', value @ ..] if value.first().is_some_and(begins_value) => {
                let (rest, octets) = any_value(value)?;
                (rest, Some(Raw::read(octets)))
            }
            _ => (rest, None),
        };
        modifiers.others.push((Atom::read(modifier), value));
        Ok((rest, ()))
    }
}

fn begins_value(octet: &u8) -> bool {
    octet.is_ascii_digit() || matches!(octet, b'(' | b'*' | b'$' | b'"' | b'{' | b'~')
}

/// `partial-range = nz-number ":" nz-number / "-" nz-number ":" "-" nz-number` (RFC 9394 §5)
fn partial_range(input: &[u8]) -> Parsed<'_, PartialRange> {
    let last = input.first() == Some(&b'-');
    let number = |input| -> Parsed<'_, NonZeroU32> {
        let rest = if last { octet(input, b'-')?.0 } else { input };
        nz_number(rest)
    };
    let (rest, one) = number(input)?;
    let (rest, other) = number(octet(rest, b':')?.0)?;
    let range = if last { PartialRange::Last(one, other) } else { PartialRange::First(one, other) };
    Ok((rest, range))
}

/// `"PREVIEW" [SP "(" preview-mod *(SP preview-mod) ")"]` (RFC 8970 §6) behind its name.
fn lazy(rest: &[u8]) -> (&[u8], FetchAttribute) {
    match word(rest, b" (LAZY)") {
        Ok((rest, ())) => (rest, FetchAttribute::Preview { lazy: true }),
        Err(_) => (rest, FetchAttribute::Preview { lazy: false }),
    }
}

/// What stands between `input` and `rest`.
fn raw(input: &[u8], rest: &[u8]) -> Raw {
    let len = input.len().saturating_sub(rest.len());
    Raw::read(input.get(..len).unwrap_or_default())
}
