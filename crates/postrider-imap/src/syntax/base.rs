//! Atoms, numbers, strings, sets and lists.

use alloc::vec::Vec;

use bytes::Bytes;
use nom::error::{Error, ErrorKind};

use super::digits::digits_at_front;
use super::scan::NumberScan;
use super::{Grammar, Parsed};
use crate::quirks::Quirk;
use crate::value::{
    Atom, FlagSet, MailboxName, MessageSet, ModSeq, NumberList, SequenceNumber, SequenceRange,
    SequenceSet, Uid, UidSet, is_atom_octet, is_keyword_octet, is_line_octet,
};
use core::num::NonZeroU32;

pub(crate) fn failure<T>(input: &[u8]) -> Parsed<'_, T> {
    Err(nom::Err::Error(Error::new(input, ErrorKind::Verify)))
}

/// One octet.
pub(crate) fn octet(input: &[u8], octet: u8) -> Parsed<'_, ()> {
    match input.split_first() {
        Some((first, rest)) if *first == octet => Ok((rest, ())),
        _ => failure(input),
    }
}

/// `SP`
pub(crate) fn sp(input: &[u8]) -> Parsed<'_, ()> {
    octet(input, b' ')
}

/// A word in any case of letters, given in capitals.
pub(crate) fn word<'a>(input: &'a [u8], word: &[u8]) -> Parsed<'a, ()> {
    match input.split_at_checked(word.len()) {
        Some((front, rest)) if front.eq_ignore_ascii_case(word) => Ok((rest, ())),
        _ => failure(input),
    }
}

/// The octets at the front that are `good`; perhaps none.
pub(crate) fn while_octets(input: &[u8], good: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let mut len = 0_usize;
    while input.get(len).is_some_and(|&octet| good(octet)) {
        len = len.wrapping_add(1);
    }
    input.split_at_checked(len).unwrap_or_default()
}

/// `1*DIGIT` as 64 bits.
#[inline]
pub(crate) fn number64(input: &[u8]) -> Parsed<'_, u64> {
    match digits_at_front(input) {
        Some((0, _)) => failure(input),
        Some((len @ 1..8, number)) => Ok((input.get(len..).unwrap_or_default(), number.into())),
        Some((_, number)) => any_number(input, 8, number.into()),
        None => any_number(input, 0, 0),
    }
}

/// A number of eight digits or more, or with little behind it. `len` digits were read, and are `sum`.
#[inline(never)]
fn any_number(input: &[u8], mut len: usize, mut sum: u64) -> Parsed<'_, u64> {
    while let Some(digit @ 0..=9) = input.get(len).map(|octet| octet.wrapping_sub(b'0')) {
        sum = sum.wrapping_mul(10).wrapping_add(u64::from(digit));
        len = len.wrapping_add(1);
    }
    match len {
        0 => failure(input),
        // So many digits always fit.
        1..=19 => Ok((input.get(len..).unwrap_or_default(), sum)),
        _ => long_number(input, len),
    }
}

/// A number of `len` digits, many of which may be zeros in front.
#[cold]
fn long_number(input: &[u8], len: usize) -> Parsed<'_, u64> {
    let (digits, rest) = input.split_at_checked(len).unwrap_or_default();
    let number = crate::read::decimal(digits);
    number.map_or_else(|| failure(input), |number| Ok((rest, number)))
}

/// `number = 1*DIGIT` of 32 bits
pub(crate) fn number(input: &[u8]) -> Parsed<'_, u32> {
    let (rest, number) = number64(input)?;
    u32::try_from(number).map_or_else(|_| failure(input), |number| Ok((rest, number)))
}

/// `nz-number = digit-nz *DIGIT`
#[inline]
pub(crate) fn nz_number(input: &[u8]) -> Parsed<'_, NonZeroU32> {
    some_nz_number(input).map_or_else(|| failure(input), Ok)
}

/// The same. Numbers come by thousands, and what fits registers is handed on faster.
#[inline(always)]
fn some_nz_number(input: &[u8]) -> Option<(&[u8], NonZeroU32)> {
    match digits_at_front(input) {
        // Most are short, and something follows them.
        Some((len @ 1..8, number)) => Some((input.get(len..)?, NonZeroU32::new(number)?)),
        _ => any_nz_number(input),
    }
}

#[cold]
#[inline(never)]
fn any_nz_number(input: &[u8]) -> Option<(&[u8], NonZeroU32)> {
    let (rest, number) = number(input).ok()?;
    Some((rest, NonZeroU32::new(number)?))
}

/// `uniqueid = nz-number`
#[inline]
pub(crate) fn uid(input: &[u8]) -> Parsed<'_, Uid> {
    nz_number(input).map(|(rest, uid)| (rest, Uid::from(uid)))
}

/// `mod-sequence-valzer` (RFC 7162 §7)
pub(crate) fn mod_seq(input: &[u8]) -> Parsed<'_, ModSeq> {
    let (rest, number) = number64(input)?;
    ModSeq::new(number).map_or_else(|_| failure(input), |value| Ok((rest, value)))
}

/// A string as it stands on the wire: what is between the quotes or in the literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Str<'a> {
    pub(crate) octets: &'a [u8],
    /// Whether backslashes are among them that stand for what follows them.
    pub(crate) escaped: bool,
}

impl Str<'_> {
    /// The octets that it stands for.
    pub(crate) fn to_bytes(self) -> Bytes {
        if self.escaped {
            let mut plain = Vec::with_capacity(self.octets.len());
            self.unescape_into(&mut plain);
            plain.into()
        } else {
            Bytes::copy_from_slice(self.octets)
        }
    }

    /// Appends the octets that it stands for.
    pub(crate) fn unescape_into(self, plain: &mut Vec<u8>) {
        if !self.escaped {
            return plain.extend_from_slice(self.octets);
        }
        let mut octets = self.octets.iter();
        while let Some(&octet) = octets.next() {
            let octet = if octet == b'\\' { octets.next().copied() } else { Some(octet) };
            plain.extend(octet);
        }
    }
}

/// `quoted = DQUOTE *QUOTED-CHAR DQUOTE`. Octets above 7 bits are taken as they are: UTF-8 where it
/// is enabled, and anything where it is not.
pub(crate) fn quoted(input: &[u8]) -> Parsed<'_, Str<'_>> {
    let Some((b'"', from)) = input.split_first() else { return failure(input) };
    let mut at = 0_usize;
    let mut escaped = false;
    loop {
        at = at.saturating_add(plain_front(from.get(at..).unwrap_or_default()));
        match from.get(at) {
            Some(b'"') => {
                let octets = from.get(..at).unwrap_or_default();
                let rest = from.get(at.saturating_add(1)..).unwrap_or_default();
                return Ok((rest, Str { octets, escaped }));
            }
            Some(b'\\') => {
                escaped = true;
                if !from.get(at.saturating_add(1)).is_some_and(|&octet| is_line_octet(octet)) {
                    return failure(input);
                }
                at = at.saturating_add(2);
            }
            Some(&octet) if is_line_octet(octet) => at = at.saturating_add(1),
            _ => return failure(input),
        }
    }
}

/// How many octets at the front are no quote, backslash or control character. It looks at words of
/// eight octets, and leaves what is less.
#[inline]
fn plain_front(input: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let (words, _) = input.as_chunks::<8>();
    let mut at = 0_usize;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let quotes = word ^ ONES.wrapping_mul(b'"' as u64);
        let slashes = word ^ ONES.wrapping_mul(b'\\' as u64);
        // What borrows is smaller than what is taken from it. The first that does so is one, for
        // nothing before it borrowed; octets above 7 bits are none.
        let found = quotes.wrapping_sub(ONES)
            | slashes.wrapping_sub(ONES)
            | word.wrapping_sub(ONES.wrapping_mul(0x20));
        let found = found & !word & ONES.wrapping_mul(0x80);
        if found != 0 {
            return at.saturating_add((found.trailing_zeros() / 8) as usize);
        }
        at = at.saturating_add(8);
    }
    at
}

/// `literal` and `literal8`, with their octets. A bare LF is taken for its CRLF, as the framing
/// does.
pub(crate) fn literal(input: &[u8]) -> Parsed<'_, &[u8]> {
    let head = input.strip_prefix(b"~").unwrap_or(input);
    let (rest, ()) = octet(head, b'{')?;
    let (rest, size) = number64(rest)?;
    let rest = rest.strip_prefix(b"+").unwrap_or(rest);
    let (rest, ()) = octet(rest, b'}')?;
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    let (rest, ()) = octet(rest, b'\n')?;
    let octets = usize::try_from(size).ok().and_then(|size| rest.split_at_checked(size));
    octets.map_or_else(|| failure(input), |(octets, rest)| Ok((rest, octets)))
}

/// `string = quoted / literal`
pub(crate) fn string(input: &[u8]) -> Parsed<'_, Str<'_>> {
    if input.first() == Some(&b'"') {
        return quoted(input);
    }
    literal(input).map(|(rest, octets)| (rest, Str { octets, escaped: false }))
}

/// `nil`, as a word of its own.
pub(crate) fn nil(input: &[u8]) -> Parsed<'_, ()> {
    let (rest, ()) = word(input, b"NIL")?;
    if rest.first().is_some_and(|&octet| is_keyword_octet(octet)) {
        failure(input)
    } else {
        Ok((rest, ()))
    }
}

/// `NIL`, or a value.
pub(crate) fn or_nil<'a, T>(
    input: &'a [u8],
    value: impl FnOnce(&'a [u8]) -> Parsed<'a, T>,
) -> Parsed<'a, Option<T>> {
    match nil(input) {
        Ok((rest, ())) => Ok((rest, None)),
        Err(_) => value(input).map(|(rest, value)| (rest, Some(value))),
    }
}

/// `nstring = string / nil`
pub(crate) fn nstring(input: &[u8]) -> Parsed<'_, Option<Str<'_>>> {
    match input.first() {
        Some(b'"' | b'{' | b'~') => string(input).map(|(rest, string)| (rest, Some(string))),
        _ => nil(input).map(|(rest, ())| (rest, None)),
    }
}

/// `1*ATOM-CHAR`
pub(crate) fn atom(input: &[u8]) -> Parsed<'_, &[u8]> {
    match while_octets(input, is_atom_octet) {
        ([], _) => failure(input),
        (atom, rest) => Ok((rest, atom)),
    }
}

/// `atom` as a value.
pub(crate) fn name(input: &[u8]) -> Parsed<'_, Atom> {
    atom(input).map(|(rest, atom)| (rest, Atom::read(atom)))
}

/// `astring = 1*ASTRING-CHAR / string`
pub(crate) fn astring(input: &[u8]) -> Parsed<'_, Str<'_>> {
    // `~` may stand in an atom, `{` may not: this is a string with NULs in it (RFC 3516 §4.2).
    if input.starts_with(b"~{") {
        return string(input);
    }
    match while_octets(input, is_keyword_octet) {
        ([], _) => string(input),
        (octets, rest) => Ok((rest, Str { octets, escaped: false })),
    }
}

/// `mailbox = "INBOX" / astring`
pub(crate) fn mailbox(input: &[u8]) -> Parsed<'_, MailboxName> {
    match while_octets(input, is_keyword_octet) {
        ([], _) | ([b'~'], [b'{', ..]) => {}
        (name, rest) => return Ok((rest, MailboxName::read(name))),
    }
    let (rest, name) = string(input)?;
    let known = name.octets.eq_ignore_ascii_case(b"INBOX");
    let name = if known { Ok(MailboxName::inbox()) } else { MailboxName::new(name.to_bytes()) };
    name.map_or_else(|_| failure(input), |name| Ok((rest, name)))
}

/// ```text
/// sequence-set = (seq-number / seq-range) *("," sequence-set)
/// seq-range    = seq-number ":" seq-number
/// seq-number   = nz-number / "*"
/// ```
pub(crate) fn sequence_set(mut input: &[u8]) -> Parsed<'_, SequenceSet> {
    if !matches!(input.first(), Some(b'0'..=b'9' | b'*')) {
        return failure(input);
    }
    // Members of a long set have six octets or more each.
    let octets = memchr::memchr(b' ', input).unwrap_or(input.len());
    let mut ranges = Vec::with_capacity((octets / 6).saturating_add(1));
    loop {
        let (rest, one) = sequence_number(input)?;
        if let Some((b':', rest)) = rest.split_first() {
            let (rest, other) = sequence_number(rest)?;
            ranges.push(SequenceRange::Between(one, other));
            input = rest;
        } else {
            ranges.push(SequenceRange::One(one));
            input = rest;
        }
        match input.split_first() {
            Some((b',', rest)) => input = rest,
            _ => break,
        }
    }
    SequenceSet::new(ranges).map_or_else(|_| failure(input), |set| Ok((input, set)))
}

#[inline(always)]
pub(crate) fn sequence_number(input: &[u8]) -> Parsed<'_, SequenceNumber> {
    match input.split_first() {
        Some((b'*', rest)) => Ok((rest, SequenceNumber::Last)),
        Some((b'1'..=b'9', _)) => match some_nz_number(input) {
            Some((rest, number)) => Ok((rest, SequenceNumber::Number(number))),
            None => failure(input),
        },
        _ => failure(input),
    }
}

/// `sequence-set`, or `$` (RFC 5182).
pub(crate) fn message_set(input: &[u8]) -> Parsed<'_, MessageSet> {
    if let Some((b'$', rest)) = input.split_first() {
        return Ok((rest, MessageSet::Saved));
    }
    sequence_set(input).map(|(rest, set)| (rest, MessageSet::Set(set)))
}

/// `uid-set = (uniqueid / uid-range) *("," uid-set)` (RFC 4315 §4), and the like of message numbers.
pub(crate) fn number_set(input: &[u8]) -> Parsed<'_, NumberList> {
    let mut scan = NumberScan::set(usize::MAX);
    let Ok(taken) = scan.feed(input) else { return failure(input) };
    let Ok(found) = scan.finish() else { return failure(input) };
    Ok((input.get(taken..).unwrap_or_default(), found.numbers))
}

/// `uid-set` (RFC 4315 §4)
pub(crate) fn uid_set(input: &[u8]) -> Parsed<'_, UidSet> {
    let (rest, list) = number_set(input)?;
    UidSet::new(list).map_or_else(|_| failure(input), |set| Ok((rest, set)))
}

/// One value of any shape: a word, a string, a literal or a list of these, balanced. What stands
/// there, uninterpreted. Depth is counted, not put on the stack.
///
/// `tagged-ext-val` (RFC 4466 §3) and whatever an extension may bring.
pub(crate) fn any_value<'a>(input: &'a [u8]) -> Parsed<'a, &'a [u8]> {
    let mut rest = input;
    let mut depth = 0_usize;
    // As in framing, a literal is announced behind what parts words, and in a word braces are only
    // braces.
    let mut parted = true;
    loop {
        match rest.split_first() {
            Some((b'(', behind)) => {
                depth = depth.saturating_add(1);
                (rest, parted) = (behind, true);
                continue;
            }
            Some((b')', behind)) if depth > 0 => {
                depth = depth.saturating_sub(1);
                (rest, parted) = (behind, false);
            }
            Some((b' ', behind)) if depth > 0 => {
                (rest, parted) = (behind, true);
                continue;
            }
            Some((b'"', _)) => (rest, parted) = (quoted(rest)?.0, false),
            Some((b'{', _)) if parted => (rest, parted) = (literal(rest)?.0, true),
            Some((b'~', [b'{', ..])) if parted => (rest, parted) = (literal(rest)?.0, true),
            Some((octet, behind)) if is_bare(*octet) => {
                (rest, parted) = (while_octets(behind, is_bare).1, false);
            }
            _ => return failure(input),
        }
        if depth == 0 {
            let len = input.len().saturating_sub(rest.len());
            return Ok((rest, input.get(..len).unwrap_or_default()));
        }
    }
}

/// What stands in a word of an extension: whatever parts nothing.
fn is_bare(octet: u8) -> bool {
    is_line_octet(octet) && !matches!(octet, b' ' | b'(' | b')' | b'"')
}

impl Grammar<'_> {
    /// Blanks that have no place here.
    pub(crate) fn blanks<'a>(&self, input: &'a [u8]) -> &'a [u8] {
        match input.first() {
            Some(b' ') if self.forgives(Quirk::Blank) => {
                while_octets(input, |octet| octet == b' ').1
            }
            _ => input,
        }
    }

    /// `SP`, with more of them forgiven.
    pub(crate) fn sp<'a>(&self, input: &'a [u8]) -> Parsed<'a, ()> {
        sp(input).map(|(rest, ())| (self.blanks(rest), ()))
    }

    /// Members with single blanks between them, up to what follows the last. No more than the limits
    /// allow.
    pub(crate) fn spaced<'a, T>(
        &self,
        input: &'a [u8],
        member: impl Fn(&'a [u8]) -> Parsed<'a, T>,
    ) -> Parsed<'a, Vec<T>> {
        let (mut input, first) = member(input)?;
        let mut all = Vec::new();
        all.push(first);
        while let Some((b' ', rest)) = input.split_first() {
            let (rest, one) = member(rest)?;
            if all.len() >= self.limits.list {
                return failure(input);
            }
            all.push(one);
            input = rest;
        }
        Ok((input, all))
    }

    /// `*(SP member)` up to the end of the line, as far as the limits allow.
    pub(crate) fn further<'a, T>(
        &self,
        input: &'a [u8],
        member: impl Fn(&'a [u8]) -> Parsed<'a, T>,
    ) -> Parsed<'a, Vec<T>> {
        let mut rest = input;
        let mut all = Vec::new();
        loop {
            let Ok((behind, ())) = self.sp(rest) else { return Ok((rest, all)) };
            // Blanks and CRs at the end of a line are no member.
            if matches!(behind.first(), None | Some(b'\r')) {
                return Ok((rest, all));
            }
            let (behind, one) = member(behind)?;
            if all.len() >= self.limits.list {
                return failure(rest);
            }
            all.push(one);
            rest = behind;
        }
    }

    /// Members in parentheses, with single blanks between them; perhaps none. Blanks more than that
    /// are forgiven.
    pub(crate) fn list<'a, T>(
        &self,
        input: &'a [u8],
        member: impl Fn(&'a [u8]) -> Parsed<'a, T>,
    ) -> Parsed<'a, Vec<T>> {
        let (input, ()) = octet(input, b'(')?;
        let mut input = self.blanks(input);
        let mut all = Vec::new();
        if let Some((b')', rest)) = input.split_first() {
            return Ok((rest, all));
        }
        loop {
            let (rest, one) = member(input)?;
            if all.len() >= self.limits.list {
                return failure(input);
            }
            all.push(one);
            match rest.split_first() {
                Some((b')', rest)) => return Ok((rest, all)),
                Some((b' ', behind)) => {
                    let behind = self.blanks(behind);
                    if let Some((b')', rest)) = behind.split_first()
                        && self.forgives(Quirk::Blank)
                    {
                        return Ok((rest, all));
                    }
                    input = behind;
                }
                _ => return failure(rest),
            }
        }
    }

    /// As [`Grammar::list`], with at least one member.
    pub(crate) fn list1<'a, T>(
        &self,
        input: &'a [u8],
        member: impl Fn(&'a [u8]) -> Parsed<'a, T>,
    ) -> Parsed<'a, Vec<T>> {
        let (rest, all) = self.list(input, member)?;
        if all.is_empty() && !self.forgives(Quirk::EmptyList) {
            failure(input)
        } else {
            Ok((rest, all))
        }
    }

    /// `flag-list = "(" [flag *(SP flag)] ")"`, of flags that a client sets, a message has or a
    /// mailbox allows.
    pub(crate) fn flag_list<'a>(&self, input: &'a [u8]) -> Parsed<'a, FlagSet> {
        let (rest, ()) = octet(input, b'(')?;
        let mut flags = FlagSet::new();
        let mut members = 0_usize;
        let mut rest = self.blanks(rest);
        if let Some((b')', rest)) = rest.split_first() {
            return Ok((rest, flags));
        }
        loop {
            rest = self.flag_into(rest, &mut flags)?.0;
            members = members.saturating_add(1);
            if members > self.limits.list {
                return failure(input);
            }
            match rest.split_first() {
                Some((b')', behind)) => {
                    flags.sort();
                    return Ok((behind, flags));
                }
                Some((b' ', behind)) => {
                    rest = self.blanks(behind);
                    if let Some((b')', behind)) = rest.split_first()
                        && self.forgives(Quirk::Blank)
                    {
                        flags.sort();
                        return Ok((behind, flags));
                    }
                }
                _ => return failure(input),
            }
        }
    }

    pub(super) fn flag_into<'a>(&self, input: &'a [u8], flags: &mut FlagSet) -> Parsed<'a, ()> {
        if input.first() == Some(&b'"') && self.forgives(Quirk::Quoted) {
            let (rest, name) = quoted(input)?;
            return if flags.push(&name.to_bytes()) { Ok((rest, ())) } else { failure(input) };
        }
        let mut len = 0_usize;
        let mut bracket = false;
        while let Some(&octet) = input.get(len)
            && (is_keyword_octet(octet) || matches!(octet, b'\\' | b'*'))
        {
            bracket |= octet == b']';
            len = len.wrapping_add(1);
        }
        if bracket && !self.forgives(Quirk::AtomOctet) {
            return failure(input);
        }
        let (name, rest) = input.split_at_checked(len).unwrap_or_default();
        if flags.push(name) { Ok((rest, ())) } else { failure(input) }
    }
}
