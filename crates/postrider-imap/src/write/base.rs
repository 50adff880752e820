//! Strings, numbers and lists, and where a client must wait.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use postrider_wire::Secret;
use wide::u8x16;

use crate::value::{
    FlagSet, InternalDate, MessageSet, NumberList, NumberRange, SequenceNumber, SequenceRange,
    SequenceSet, is_keyword_octet,
};

/// How values are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteOptions {
    /// Which literals of a command wait for permission. Those of a response never do.
    pub literals: Literals,
    /// Whether quoted strings may hold UTF-8 (RFC 9051 §4.3, RFC 9755 §3). Otherwise octets above
    /// 7 bits make a literal.
    pub utf8: bool,
}

impl WriteOptions {
    /// All literals wait, and quoted strings hold 7 bits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets which literals wait; [`Capabilities::literals`](crate::Capabilities::literals)
    /// tells what a server takes.
    #[must_use]
    pub fn with_literals(mut self, literals: Literals) -> Self {
        self.literals = literals;
        self
    }

    /// Quoted strings may hold UTF-8: after `ENABLE IMAP4rev2` or `ENABLE UTF8=ACCEPT`.
    #[must_use]
    pub fn with_utf8(mut self) -> Self {
        self.utf8 = true;
        self
    }
}

/// Which literals of a command wait for the server's `+` (RFC 7888).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the three of RFC 7888")]
pub enum Literals {
    /// All.
    #[default]
    Wait,
    /// LITERAL-: those above 4096 octets.
    Minus,
    /// LITERAL+: none.
    Plus,
}

/// A command as it crosses the wire.
///
/// ```
/// use postrider_imap::{Command, Literals, MetadataEntry, MailboxName, Tag};
/// use postrider_imap::{TaggedCommand, WriteOptions};
///
/// let entry = MetadataEntry { name: "/private/comment".into(), value: Some("two\nlines".into()) };
/// let mailbox = MailboxName::inbox();
/// let command = Command::SetMetadata { mailbox, entries: vec![entry] };
/// let command = TaggedCommand { tag: Tag::new("a1")?, command };
///
/// // Each piece but the last is sent, then the client reads until the server says `+`.
/// let encoded = command.encode(WriteOptions::new());
/// let pieces: Vec<&[u8]> = encoded.expose_pieces().collect();
/// assert_eq!(pieces[0], b"a1 SETMETADATA INBOX (/private/comment {9}\r\n");
/// assert_eq!(pieces[1], b"two\nlines)\r\n");
///
/// // A server with LITERAL+ takes it at once.
/// let encoded = command.encode(WriteOptions::new().with_literals(Literals::Plus));
/// assert_eq!(encoded.expose_pieces().count(), 1);
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct EncodedCommand {
    /// All octets, line end included.
    pub octets: Secret<Vec<u8>>,
    /// Places in them at which the client waits for `+` before it goes on; at their end too, where
    /// octets of a message follow. When NO or BAD comes instead, nothing more of it is sent.
    pub stops: Vec<usize>,
    /// Where in them credentials stand.
    pub secrets: Vec<Range<usize>>,
}

impl EncodedCommand {
    /// The octets, cut at the stops: behind each piece but the last the client waits for `+`. The
    /// last is empty where octets of a message follow that have to wait. They may hold a password.
    pub fn expose_pieces(&self) -> impl Iterator<Item = &[u8]> {
        let octets = self.octets.expose();
        let ends = self.stops.iter().copied().chain([octets.len()]);
        let mut from = 0;
        ends.map(move |end| octets.get(core::mem::replace(&mut from, end)..end).unwrap_or_default())
    }
}

impl fmt::Debug for EncodedCommand {
    /// Counts only: the octets may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodedCommand")
            .field("len", &self.octets.expose().len())
            .field("stops", &self.stops)
            .finish_non_exhaustive()
    }
}

/// A unit that is being written.
#[derive(Debug)]
pub(crate) struct Out<'o> {
    octets: &'o mut Vec<u8>,
    options: WriteOptions,
    /// Where a literal of a command waits; responses have none.
    stops: Option<Vec<usize>>,
    secrets: Vec<Range<usize>>,
}

impl<'o> Out<'o> {
    /// A response, whose literals never wait.
    pub(crate) fn for_response(octets: &'o mut Vec<u8>, options: WriteOptions) -> Self {
        Self { octets, options, stops: None, secrets: Vec::new() }
    }

    /// A command.
    pub(crate) fn for_command(octets: &'o mut Vec<u8>, options: WriteOptions) -> Self {
        Self { octets, options, stops: Some(Vec::new()), secrets: Vec::new() }
    }

    /// Where it waits, and where credentials stand.
    pub(crate) fn marks(self) -> (Vec<usize>, Vec<Range<usize>>) {
        (self.stops.unwrap_or_default(), self.secrets)
    }

    /// Whether quoted strings may hold UTF-8.
    pub(super) fn utf8(&self) -> bool {
        self.options.utf8
    }

    /// Octets as they are.
    #[inline]
    pub(crate) fn put(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// One octet as it is.
    #[inline]
    pub(crate) fn byte(&mut self, octet: u8) {
        self.octets.push(octet);
    }

    /// A blank.
    #[inline]
    pub(crate) fn sp(&mut self) {
        self.octets.push(b' ');
    }

    /// A number in digits.
    pub(crate) fn number(&mut self, number: u64) {
        let Some(low) = u32::try_from(number).ok().filter(|number| *number < EIGHT_DIGITS) else {
            return self.large_number(number);
        };
        let (text, digits) = short_text(low);
        let end = self.octets.len().saturating_add(digits);
        self.octets.extend_from_slice(&text.to_le_bytes());
        self.octets.truncate(end);
    }

    /// `*(SP number)`: each of these ranges in full. What is short is put together first, where nothing
    /// has to grow.
    pub(crate) fn spaced_numbers(&mut self, ranges: &[NumberRange]) {
        const SPACED: usize = 9;
        let mut together = [b' '; 64 * SPACED];
        let mut end = 0_usize;
        for range in ranges {
            for number in range.first().get()..=range.last().get() {
                if number >= EIGHT_DIGITS {
                    self.put(together.get(..end).unwrap_or_default());
                    end = 0;
                    self.sp();
                    self.large_number(number.into());
                    continue;
                }
                let (text, digits) = short_text(number);
                let rest = together.get_mut(end..).unwrap_or_default();
                let Some(([space, place @ ..], _)) = rest.split_first_chunk_mut::<SPACED>() else {
                    continue;
                };
                *space = b' ';
                *place = text.to_le_bytes();
                end = end.saturating_add(1).saturating_add(digits);
                if end.saturating_add(SPACED) > together.len() {
                    self.put(together.get(..end).unwrap_or_default());
                    end = 0;
                }
            }
        }
        self.put(together.get(..end).unwrap_or_default());
    }

    /// A number of nine digits or more.
    #[cold]
    fn large_number(&mut self, number: u64) {
        const EIGHT: u64 = EIGHT_DIGITS as u64;
        self.number(number / EIGHT);
        // A remainder fits.
        let low = eight_digits(u32::try_from(number % EIGHT).unwrap_or_default());
        self.octets.extend_from_slice(&(low | ZEROS).to_le_bytes());
    }

    /// `NIL`
    #[inline]
    pub(crate) fn nil(&mut self) {
        self.put(b"NIL");
    }

    /// `astring`: an atom where that is possible, a quoted string or a literal otherwise.
    pub(crate) fn astring(&mut self, octets: &[u8]) {
        let atom = !octets.is_empty()
            && octets.iter().all(|&octet| is_keyword_octet(octet))
            && !octets.eq_ignore_ascii_case(b"NIL");
        if atom { self.put(octets) } else { self.string(octets) }
    }

    /// `string`: quoted where that is possible, a literal otherwise.
    pub(crate) fn string(&mut self, octets: &[u8]) {
        if octets.len() > LONGEST_QUOTED || !self.plain(b"\"", octets) {
            self.special_string(octets);
        }
    }

    /// `SP string`
    pub(crate) fn sp_string(&mut self, octets: &[u8]) {
        if octets.len() > LONGEST_QUOTED || !self.plain(b" \"", octets) {
            self.sp();
            self.special_string(octets);
        }
    }

    /// `SP nstring`
    #[inline]
    pub(crate) fn sp_nstring(&mut self, octets: Option<&[u8]>) {
        match octets {
            Some(octets) => self.sp_string(octets),
            None => self.put(b" NIL"),
        }
    }

    /// Writes what `open`s a quoted string, and one of octets that stand for themselves. `false` when
    /// some do not, and then nothing is written.
    ///
    /// Strings are short: copied by words of eight octets, they need no call of `memcpy`, and are
    /// searched on the way.
    #[inline]
    fn plain<const N: usize>(&mut self, open: &[u8; N], octets: &[u8]) -> bool {
        let begin = self.octets.len();
        self.octets.reserve(octets.len().saturating_add(16));
        self.octets.extend_from_slice(open);
        let (words, tail) = octets.as_chunks::<8>();
        let mut special = 0;
        for word in words {
            special |= specials(u64::from_le_bytes(*word));
            self.octets.extend_from_slice(word);
        }
        if let Some(last) = octets.last_chunk::<8>() {
            // The last eight once more, over those of them that are there.
            special |= specials(u64::from_le_bytes(*last));
            let end = self.octets.len().saturating_add(tail.len()).saturating_sub(8);
            self.octets.truncate(end);
            self.octets.extend_from_slice(last);
        } else {
            let (word, end) = (less_than_eight(tail), tail.len().wrapping_mul(8));
            let blanks = BLANKS.unbounded_shl(u32::try_from(end).unwrap_or_default());
            special = specials(word | blanks);
            let end = self.octets.len().saturating_add(tail.len());
            self.octets.extend_from_slice(&word.to_le_bytes());
            self.octets.truncate(end);
        }
        self.octets.push(b'"');
        if special != 0 {
            self.octets.truncate(begin);
        }
        special == 0
    }

    fn special_string(&mut self, octets: &[u8]) {
        match form(octets, self.options.utf8) {
            Form::Plain => {
                self.octets.reserve(octets.len().saturating_add(2));
                self.octets.push(b'"');
                self.octets.extend_from_slice(octets);
                self.octets.push(b'"');
            }
            Form::Escaped => {
                self.octets.reserve(octets.len().saturating_mul(2).saturating_add(2));
                self.octets.push(b'"');
                for &octet in octets {
                    if matches!(octet, b'"' | b'\\') {
                        self.octets.push(b'\\');
                    }
                    self.octets.push(octet);
                }
                self.octets.push(b'"');
            }
            Form::Literal => self.literal(octets),
        }
    }

    /// `nstring = string / nil`
    #[inline]
    pub(crate) fn nstring(&mut self, octets: Option<&[u8]>) {
        match octets {
            Some(octets) => self.string(octets),
            None => self.nil(),
        }
    }

    /// `literal`, which waits where it must.
    pub(crate) fn literal(&mut self, octets: &[u8]) {
        let size = octets.len() as u64;
        if octets.contains(&0) {
            // RFC 3516 §4.2: NUL stands in a literal8 alone. To a server without BINARY that
            // announces nothing, and what stands in it would be commands.
            self.byte(b'~');
            self.literal_head_that(size, true);
        } else {
            self.literal_head(size);
        }
        self.put(octets);
    }

    /// `{n}` or `{n+}` with its line end.
    pub(crate) fn literal_head(&mut self, size: u64) {
        let waits = match self.options.literals {
            Literals::Wait => true,
            Literals::Minus => size > 4096,
            Literals::Plus => false,
        };
        self.literal_head_that(size, waits);
    }

    fn literal_head_that(&mut self, size: u64, waits: bool) {
        self.byte(b'{');
        self.number(size);
        if self.stops.is_some() && !waits {
            self.byte(b'+');
        }
        self.put(b"}\r\n");
        if waits {
            self.stop();
        }
    }

    /// A client waits here for permission.
    pub(super) fn stop(&mut self) {
        let at = self.octets.len();
        if let Some(stops) = &mut self.stops {
            stops.push(at);
        }
    }

    /// What `write` writes is a credential.
    pub(crate) fn secret(&mut self, write: impl FnOnce(&mut Self)) {
        let from = self.octets.len();
        write(self);
        self.secrets.push(from..self.octets.len());
    }

    /// `date-time`, in its quotes.
    pub(crate) fn date_time(&mut self, date: InternalDate) {
        self.byte(b'"');
        self.put(&date.octets());
        self.byte(b'"');
    }

    /// Members with blanks between them.
    pub(crate) fn spaced<T>(
        &mut self,
        members: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        for (at, member) in members.into_iter().enumerate() {
            if at > 0 {
                self.sp();
            }
            write(self, member);
        }
    }

    /// Members in parentheses, with blanks between them.
    pub(crate) fn list<T>(
        &mut self,
        members: impl IntoIterator<Item = T>,
        write: impl FnMut(&mut Self, T),
    ) {
        self.byte(b'(');
        self.spaced(members, write);
        self.byte(b')');
    }

    /// `flag-list`
    pub(crate) fn flags(&mut self, flags: &FlagSet) {
        self.list(flags.names(), |out, name| out.put(name));
    }

    /// `sequence-set`
    pub(crate) fn set(&mut self, set: &SequenceSet) {
        for (at, range) in set.ranges().iter().enumerate() {
            if at > 0 {
                self.byte(b',');
            }
            match range {
                SequenceRange::One(number) => self.sequence_number(*number),
                SequenceRange::Between(one, other) => {
                    self.sequence_number(*one);
                    self.byte(b':');
                    self.sequence_number(*other);
                }
            }
        }
    }

    fn sequence_number(&mut self, number: SequenceNumber) {
        match number {
            SequenceNumber::Number(number) => self.number(number.get().into()),
            SequenceNumber::Last => self.byte(b'*'),
        }
    }

    /// `sequence-set`, or `$` (RFC 5182).
    pub(crate) fn message_set(&mut self, set: &MessageSet) {
        match set {
            MessageSet::Set(set) => self.set(set),
            MessageSet::Saved => self.byte(b'$'),
        }
    }

    /// Results as a set, in their order.
    pub(crate) fn number_set(&mut self, list: &NumberList) {
        for (at, range) in list.ranges().iter().enumerate() {
            if at > 0 {
                self.byte(b',');
            }
            self.number(range.first().get().into());
            if range.first() != range.last() {
                self.byte(b':');
                self.number(range.last().get().into());
            }
        }
    }
}

/// Numbers below this have eight digits at most.
const EIGHT_DIGITS: u32 = 100_000_000;

/// Eight times `0`.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// A number below [`EIGHT_DIGITS`] in digits, the first in the lowest octet, and how many they are.
#[inline]
fn short_text(number: u32) -> (u64, usize) {
    let digits = eight_digits(number);
    // Zeros in front stand in the low octets. One digit is always written.
    let zeros = (digits | 1 << 63).trailing_zeros() / 8;
    let text = (digits | ZEROS).unbounded_shr(zeros.wrapping_mul(8));
    (text, 8_usize.saturating_sub(zeros as usize))
}

/// The eight digits of a number below [`EIGHT_DIGITS`], the first in the lowest octet.
fn eight_digits(number: u32) -> u64 {
    // Halves of four digits, then quarters of two, then digits: each in a lane of its own, wide
    // enough for the products, which stand for divisions by 100 and by 10.
    let halves = u64::from(number / 10_000) | u64::from(number % 10_000) << 32;
    let hundreds = (halves.wrapping_mul(10_486) >> 20) & 0x0000_007f_0000_007f;
    let quarters = hundreds | halves.wrapping_sub(hundreds.wrapping_mul(100)) << 16;
    let tens = (quarters.wrapping_mul(103) >> 10) & 0x000f_000f_000f_000f;
    tens | quarters.wrapping_sub(tens.wrapping_mul(10)) << 8
}

/// Eight blanks.
const BLANKS: u64 = 0x2020_2020_2020_2020;

/// Up to seven octets as a word, the first in the lowest octet.
#[inline]
fn less_than_eight(octets: &[u8]) -> u64 {
    // Both ends, which overlap: where they do, they are the same.
    let behind = |part: usize| u32::try_from(octets.len().wrapping_sub(part).wrapping_mul(8));
    let (front, back, part) = match octets {
        [_, _, _, _, ..] => {
            let ends = octets.first_chunk().zip(octets.last_chunk());
            let (front, back) = ends.unwrap_or((&[0; 4], &[0; 4]));
            (u32::from_le_bytes(*front).into(), u32::from_le_bytes(*back).into(), 4)
        }
        [first, .., last] => {
            let second = octets.get(1).copied().unwrap_or_default();
            (u64::from(*first) | u64::from(second) << 8, u64::from(*last), 1)
        }
        [first] => (u64::from(*first), 0, 1),
        [] => (0, 0_u64, 0),
    };
    front | back.unbounded_shl(behind(part).unwrap_or_default())
}

/// Whether one of eight octets may not stand for itself in a quoted string, or is seldom there:
/// control characters, quotes, backslashes, and those above 7 bits. Not zero if there is one.
#[inline]
fn specials(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    let quotes = word ^ (ONES.wrapping_mul(b'"' as u64));
    let slashes = word ^ (ONES.wrapping_mul(b'\\' as u64));
    // An octet without its high bit that borrows is smaller than what is taken from it.
    let controls = word.wrapping_sub(ONES.wrapping_mul(0x20));
    let found = quotes.wrapping_sub(ONES) | slashes.wrapping_sub(ONES) | controls;
    (found | word) & HIGH
}

/// In which form a string can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Escaped,
    Literal,
}

/// The longest string that is quoted: beyond it, a reader is spared the search for its end.
const LONGEST_QUOTED: usize = 1024;

#[inline]
fn form(octets: &[u8], utf8: bool) -> Form {
    if octets.len() > LONGEST_QUOTED {
        return Form::Literal;
    }
    if is_plain(octets) { Form::Plain } else { odd_form(octets, utf8) }
}

/// The form of a string in which something stands that may need care.
#[cold]
fn odd_form(octets: &[u8], utf8: bool) -> Form {
    let mut escape = false;
    let mut high = false;
    for &octet in octets {
        if matches!(octet, 0 | b'\r' | b'\n') {
            return Form::Literal;
        }
        escape |= matches!(octet, b'"' | b'\\');
        high |= octet >= 0x80;
    }
    if high && !(utf8 && core::str::from_utf8(octets).is_ok()) {
        Form::Literal
    } else if escape {
        Form::Escaped
    } else {
        Form::Plain
    }
}

/// Whether a string stands between quotes as it is.
#[inline]
pub(crate) fn is_quotable(octets: &[u8]) -> bool {
    octets.len() <= LONGEST_QUOTED && is_plain(octets)
}

/// Whether no octet is a quote, a backslash, a control or above 7 bits.
#[inline]
fn is_plain(octets: &[u8]) -> bool {
    let (chunks, rest) = octets.as_chunks::<16>();
    if !chunks.iter().all(|chunk| is_plain_chunk(*chunk)) {
        return false;
    }
    // The last octets again, together with those before them.
    match octets.last_chunk::<16>() {
        Some(last) => rest.is_empty() || is_plain_chunk(*last),
        None => {
            rest.iter().all(|octet| matches!(octet, b' '..=b'~' if !matches!(octet, b'"' | b'\\')))
        }
    }
}

#[inline]
fn is_plain_chunk(chunk: [u8; 16]) -> bool {
    let octets = u8x16::from(chunk);
    let control = octets.simd_eq(octets.min(u8x16::splat(31)));
    let quote = octets.simd_eq(u8x16::splat(b'"'));
    let backslash = octets.simd_eq(u8x16::splat(b'\\'));
    (control | quote | backslash | octets).to_bitmask() == 0
}
