//! FETCH: what it answers. What it asks stands in [`super::fetch_command`].

use alloc::vec::Vec;

use bytes::Bytes;

use super::base::{
    Str, astring, failure, mod_seq, nil, nstring, number64, octet, or_nil, string, uid,
    while_octets,
};
use super::fetch_command::is_name_octet;
use super::section::section_binary;
use super::{Grammar, Parsed, whole};
use crate::quirks::Quirk;
use crate::read::{Extent, item_extent};
use crate::value::{FetchItem, FlagSet, InternalDate, ModSeq, Raw, is_keyword_octet};

/// The items that have a grammar here.
#[derive(Clone, Copy)]
enum Name {
    Body,
    BodyStructure,
    EmailId,
    Envelope,
    Flags,
    GmailLabels,
    GmailMessageId,
    GmailThreadId,
    InternalDate,
    ModSeq,
    Preview,
    Rfc822Size,
    SaveDate,
    ThreadId,
    Uid,
}

/// The item of this name, in capitals.
fn name(name: &[u8]) -> Option<Name> {
    Some(match name {
        b"UID" => Name::Uid,
        b"FLAGS" => Name::Flags,
        b"MODSEQ" => Name::ModSeq,
        b"ENVELOPE" => Name::Envelope,
        b"INTERNALDATE" => Name::InternalDate,
        b"RFC822.SIZE" => Name::Rfc822Size,
        b"BODY" => Name::Body,
        b"BODYSTRUCTURE" => Name::BodyStructure,
        b"EMAILID" => Name::EmailId,
        b"THREADID" => Name::ThreadId,
        b"SAVEDATE" => Name::SaveDate,
        b"PREVIEW" => Name::Preview,
        b"X-GM-MSGID" => Name::GmailMessageId,
        b"X-GM-THRID" => Name::GmailThreadId,
        b"X-GM-LABELS" => Name::GmailLabels,
        _ => return None,
    })
}

/// The items that most responses have, in capitals and with a blank behind them.
fn common(input: &[u8]) -> Option<(Name, &[u8])> {
    let is = |word: &[u8], name| Some((name, input.strip_prefix(word)?));
    match input.first()? {
        b'U' => is(b"UID ", Name::Uid),
        b'F' => is(b"FLAGS ", Name::Flags),
        b'M' => is(b"MODSEQ ", Name::ModSeq),
        b'E' => is(b"ENVELOPE ", Name::Envelope),
        b'I' => is(b"INTERNALDATE ", Name::InternalDate),
        b'R' => is(b"RFC822.SIZE ", Name::Rfc822Size),
        b'B' => is(b"BODYSTRUCTURE ", Name::BodyStructure),
        _ => None,
    }
}

/// Items of one response that are read though framing sees no end of them.
const ENDLESS: usize = 8;

/// The longest name above.
const LONGEST: usize = 13;

/// The item of this name, in any case of letters.
fn name_in_any_case(octets: &[u8]) -> Option<Name> {
    name(octets).or_else(|| {
        let mut buffer = [0_u8; LONGEST];
        let capitals = buffer.get_mut(..octets.len())?;
        capitals.copy_from_slice(octets);
        capitals.make_ascii_uppercase();
        name(capitals)
    })
}

impl Grammar<'_> {
    /// ```text
    /// msg-att = "(" (msg-att-dynamic / msg-att-static) *(SP (msg-att-dynamic / msg-att-static)) ")"
    /// ```
    ///
    /// (RFC 9051 §9). An item that is unknown or broken is [`FetchItem::Unparsed`].
    pub(crate) fn fetch_items<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<FetchItem>> {
        let (rest, ()) = octet(input, b'(')?;
        let mut rest = self.blanks(rest);
        let (mut items, mut endless) = (Vec::with_capacity(4), 0);
        if let Some((b')', rest)) = rest.split_first() {
            return if self.forgives(Quirk::EmptyList) {
                Ok((rest, items))
            } else {
                failure(input)
            };
        }
        loop {
            let (behind, ()) = self.item(rest, &mut items, &mut endless)?;
            if items.len() > self.limits.list {
                return failure(rest);
            }
            match behind.split_first() {
                Some((b')', behind)) => return Ok((behind, items)),
                Some((b' ', behind)) => {
                    rest = self.blanks(behind);
                    if let Some((b')', behind)) = rest.split_first()
                        && self.forgives(Quirk::Blank)
                    {
                        return Ok((behind, items));
                    }
                }
                _ => return failure(behind),
            }
        }
    }

    /// `msg-att` at the end of its line, in the form in which nearly all servers send it: nothing of
    /// it is to be forgiven. `None` otherwise.
    #[inline(always)]
    pub(super) fn plain_items(&self, input: &[u8]) -> Option<Vec<FetchItem>> {
        let mut rest = input.strip_prefix(b"(")?;
        let mut items = Vec::with_capacity(4);
        for _ in 0..self.limits.list {
            let behind = if let Some(value) = rest.strip_prefix(b"UID ") {
                let (behind, value) = uid(value).ok()?;
                items.push(FetchItem::Uid(value));
                behind
            } else if let Some(value) = rest.strip_prefix(b"FLAGS (") {
                let (behind, flags) = plain_flags(value, self.limits.list)?;
                items.push(FetchItem::Flags(flags));
                behind
            } else if let Some(value) = rest.strip_prefix(b"MODSEQ (") {
                let (behind, value) = mod_seq(value).ok()?;
                if value.get() == 0 {
                    return None;
                }
                items.push(FetchItem::ModSeq(value));
                behind.strip_prefix(b")")?
            } else {
                self.known_item(rest, &mut items).ok()?.0
            };
            match behind {
                [b')'] => return Some(items),
                [b' ', behind @ ..] => rest = behind,
                _ => return None,
            }
        }
        None
    }

    /// One whole item behind others: name, blank and value. What is not understood is kept as it
    /// came.
    pub(crate) fn fetch_item_into(&self, item: &[u8], items: &mut Vec<FetchItem>) {
        let before = items.len();
        let met = self.met();
        if whole(item, |input| self.known_item(input, items)).is_none() {
            items.truncate(before);
            self.back_to(met);
            let blanks = item.iter().rev().take_while(|&&octet| octet == b' ').count();
            let item = match item.split_at_checked(item.len().saturating_sub(blanks)) {
                Some((item, [_, ..])) if self.forgives(Quirk::Blank) => item,
                _ => item,
            };
            items.push(FetchItem::Unparsed(Raw::read(item)));
        }
    }

    /// An item, and what follows it.
    ///
    /// Items are put where they are to stay: to hand them up would copy them at each step.
    #[inline]
    fn item<'a>(
        &self,
        input: &'a [u8],
        items: &mut Vec<FetchItem>,
        endless: &mut usize,
    ) -> Parsed<'a, ()> {
        let before = items.len();
        // Without quotes inside strings a reading goes no further than framing sees the item reach.
        let framed = self.without(Quirk::Escape);
        if let Ok((rest, ())) = framed.known_item(input, items)
            && matches!(rest.first(), Some(b' ' | b')'))
        {
            self.back_to(framed.met());
            return Ok((rest, ()));
        }
        items.truncate(before);
        self.odd_item(input, items, endless)
    }

    /// An item that is unknown or broken, or has quotes inside strings: up to where framing sees its
    /// end. With those it may see none, of which so many are searched for that reading stays linear.
    #[cold]
    fn odd_item<'a>(
        &self,
        input: &'a [u8],
        items: &mut Vec<FetchItem>,
        endless: &mut usize,
    ) -> Parsed<'a, ()> {
        let Some(extent) = item_extent(input) else {
            *endless = endless.saturating_add(1);
            let forgiven = *endless <= ENDLESS && self.forgiven.contains(Quirk::Escape);
            return if forgiven { self.known_item(input, items) } else { failure(input) };
        };
        if self.forgiven.contains(Quirk::Escape) {
            let (before, met) = (items.len(), self.met());
            let (item, rest) = input.split_at_checked(extent.end).unwrap_or_default();
            if matches!(rest.first(), Some(b' ' | b')'))
                && whole(item, |input| self.known_item(input, items)).is_some()
            {
                return Ok((rest, ()));
            }
            items.truncate(before);
            self.back_to(met);
        }
        let (rest, item) = self.unparsed_item(input, extent)?;
        items.push(item);
        Ok((rest, ()))
    }

    /// An item of which only is known where it ends.
    fn unparsed_item<'a>(&self, input: &'a [u8], extent: Extent) -> Parsed<'a, FetchItem> {
        let Extent { name, value, end } = extent;
        let Some((item, rest)) = input.split_at_checked(end) else { return failure(input) };
        let blanks = value.saturating_sub(name);
        // Domino puts an item in parentheses of its own; Yandex tells a part that is not there
        // without a value.
        let whole = name > 0 && value < end;
        if !whole && !self.forgives(Quirk::Members)
            || blanks > 1 && !self.forgives(Quirk::Blank)
            || !matches!(rest.first(), Some(b' ' | b')'))
        {
            return failure(input);
        }
        let item = if value < end { item } else { item.get(..name).unwrap_or(item) };
        let rest = if value < end { rest } else { input.get(name..).unwrap_or(rest) };
        Ok((rest, FetchItem::Unparsed(Raw::read(item))))
    }

    /// ```text
    /// msg-att-static  = "ENVELOPE" SP envelope / "INTERNALDATE" SP date-time /
    ///                   "RFC822.SIZE" SP number64 / "BODY" ["STRUCTURE"] SP body /
    ///                   "UID" SP uniqueid / "BINARY.SIZE" section-binary SP number / …
    /// msg-att-dynamic = "FLAGS" SP "(" [flag-fetch *(SP flag-fetch)] ")"
    /// ```
    ///
    /// (RFC 9051 §9); MODSEQ of RFC 7162 §7, EMAILID and THREADID of RFC 8474 §7, SAVEDATE of RFC
    /// 8514 §4.5, PREVIEW of RFC 8970 §6, X-GM-* of Gmail.
    fn known_item<'a>(&self, input: &'a [u8], items: &mut Vec<FetchItem>) -> Parsed<'a, ()> {
        if let Some((name, rest)) = common(input) {
            return self.named_item(name, self.blanks(rest), items);
        }
        let (word, rest) = while_octets(input, is_name_octet);
        if rest.first() == Some(&b'[') && word.eq_ignore_ascii_case(b"BINARY.SIZE") {
            let (rest, part) = section_binary(rest)?;
            let (rest, octets) = number64(self.sp(rest)?.0)?;
            items.push(FetchItem::BinarySize(part, octets));
            return Ok((rest, ()));
        }
        let Some(name) = name_in_any_case(word) else { return failure(input) };
        self.named_item(name, self.sp(rest)?.0, items)
    }

    /// The value of an item of this name.
    fn named_item<'a>(
        &self,
        name: Name,
        input: &'a [u8],
        items: &mut Vec<FetchItem>,
    ) -> Parsed<'a, ()> {
        let rest = match name {
            Name::Uid => {
                let (rest, uid) = uid(input)?;
                items.push(FetchItem::Uid(uid));
                rest
            }
            Name::Flags => {
                let (rest, flags) = self.flag_list(input)?;
                items.push(FetchItem::Flags(flags));
                rest
            }
            Name::ModSeq => {
                let (rest, value) = self.item_mod_seq(input)?;
                items.push(FetchItem::ModSeq(value));
                rest
            }
            Name::Envelope => self.envelope_into(input, items)?.0,
            Name::InternalDate => {
                let (rest, date) = self.date_or_none(input)?;
                items.push(FetchItem::InternalDate(date));
                rest
            }
            Name::Rfc822Size => {
                let (rest, octets) = number64(input)?;
                items.push(FetchItem::Rfc822Size(octets));
                rest
            }
            Name::Body => self.body_into(input, items, FetchItem::Body)?.0,
            Name::BodyStructure => self.body_into(input, items, FetchItem::BodyStructure)?.0,
            Name::EmailId => {
                let (rest, id) = self.object_id_in_list(input)?;
                items.push(FetchItem::EmailId(id));
                rest
            }
            Name::ThreadId => {
                let (rest, id) = or_nil(input, |input| self.object_id_in_list(input))?;
                items.push(FetchItem::ThreadId(id));
                rest
            }
            Name::SaveDate => {
                let (rest, date) = or_nil(input, |input| self.date_or_none(input))?;
                items.push(FetchItem::SaveDate(date.flatten()));
                rest
            }
            Name::Preview => {
                let (rest, text) = nstring(input)?;
                items.push(FetchItem::Preview(text.map(Str::to_bytes)));
                rest
            }
            Name::GmailMessageId => {
                let (rest, id) = number64(input)?;
                items.push(FetchItem::GmailMessageId(id));
                rest
            }
            Name::GmailThreadId => {
                let (rest, id) = number64(input)?;
                items.push(FetchItem::GmailThreadId(id));
                rest
            }
            Name::GmailLabels => {
                let (rest, labels) = self.gmail_labels(input)?;
                items.push(FetchItem::GmailLabels(labels));
                rest
            }
        };
        Ok((rest, ()))
    }

    /// `"MODSEQ" SP "(" permsg-modsequence ")"`, where zero is forgiven.
    fn item_mod_seq<'a>(&self, input: &'a [u8]) -> Parsed<'a, ModSeq> {
        let (rest, ()) = octet(input, b'(')?;
        // Zoho counts below zero.
        let (rest, value) = match rest.split_first() {
            Some((b'-', digits)) if self.forgives(Quirk::Number) => {
                (number64(digits)?.0, ModSeq::default())
            }
            _ => mod_seq(rest)?,
        };
        if value.get() == 0 && !self.forgives(Quirk::Number) {
            return failure(input);
        }
        octet(rest, b')').map(|(rest, ())| (rest, value))
    }

    /// `date-time`. A date that is none and `NIL` are forgiven.
    fn date_or_none<'a>(&self, input: &'a [u8]) -> Parsed<'a, Option<InternalDate>> {
        if let Ok((rest, date)) = self.date_time(input) {
            return Ok((rest, Some(date)));
        }
        if let Ok((rest, ())) = nil(input) {
            return if self.forgives(Quirk::Nil) { Ok((rest, None)) } else { failure(input) };
        }
        let (rest, _) = string(input)?;
        if self.forgives(Quirk::Date) { Ok((rest, None)) } else { failure(input) }
    }

    /// `"(" objectid ")"`, `objectid = 1*255(ALPHA / DIGIT / "_" / "-")` (RFC 8474 §7). Other
    /// strings are forgiven.
    fn object_id_in_list<'a>(&self, input: &'a [u8]) -> Parsed<'a, Bytes> {
        let (rest, ()) = octet(input, b'(')?;
        let (rest, id) = self.object_id(rest)?;
        octet(rest, b')').map(|(rest, ())| (rest, id))
    }

    /// `X-GM-LABELS`: a list of astrings, and of flags such as `\Inbox`.
    pub(crate) fn gmail_labels<'a>(&self, input: &'a [u8]) -> Parsed<'a, Vec<Bytes>> {
        self.list(input, |input| {
            if input.first() != Some(&b'\\') {
                return astring(input).map(|(rest, label)| (rest, label.to_bytes()));
            }
            let flag = |octet| octet == b'\\' || is_keyword_octet(octet);
            let (label, rest) = while_octets(input, flag);
            Ok((rest, Bytes::copy_from_slice(label)))
        })
    }
}

/// `[flag-fetch *(SP flag-fetch)] ")"`, of which nothing is to be forgiven, no more than `most`.
#[inline(always)]
fn plain_flags(mut rest: &[u8], most: usize) -> Option<(&[u8], FlagSet)> {
    let mut flags = FlagSet::new();
    if let Some(behind) = rest.strip_prefix(b")") {
        return Some((behind, flags));
    }
    let mut named = 0_usize;
    for _ in 0..most {
        let behind = match flags.push_system(rest) {
            Some(len) => rest.get(len..)?,
            None => {
                let word = rest.strip_prefix(b"\\").unwrap_or(rest);
                let (word, behind) =
                    while_octets(word, |octet| is_keyword_octet(octet) & (octet != b']'));
                let len = rest.len().wrapping_sub(behind.len());
                if word.is_empty() {
                    return None;
                }
                flags.push_flag(rest.get(..len)?);
                named = named.wrapping_add(1);
                behind
            }
        };
        match behind {
            [b' ', behind @ ..] => rest = behind,
            [b')', behind @ ..] => {
                if named > 1 {
                    flags.sort();
                }
                return Some((behind, flags));
            }
            _ => return None,
        }
    }
    None
}

/// Whether this is an `objectid` (RFC 8474 §7).
pub(crate) fn is_object_id(octets: &[u8]) -> bool {
    let is_id = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-');
    (1..=255).contains(&octets.len()) && octets.iter().all(is_id)
}
