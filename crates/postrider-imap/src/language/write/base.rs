//! Strings, numbers and lists, and where a client must wait.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use postrider_wire::Secret;

use crate::language::value::{
    FlagSet, InternalDate, MessageSet, NumberList, SequenceNumber, SequenceRange, SequenceSet,
    is_keyword_octet,
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
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct EncodedCommand {
    /// All octets, line end included.
    pub octets: Secret<Vec<u8>>,
    /// Places at which the client waits for `+` before it goes on.
    pub stops: Vec<usize>,
    /// Where credentials stand.
    pub secrets: Vec<Range<usize>>,
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

    /// Octets as they are.
    pub(crate) fn put(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// One octet as it is.
    pub(crate) fn byte(&mut self, octet: u8) {
        self.octets.push(octet);
    }

    /// A blank.
    pub(crate) fn sp(&mut self) {
        self.octets.push(b' ');
    }

    /// A number in digits.
    pub(crate) fn number(&mut self, number: u64) {
        let mut digits = [0_u8; 20];
        let mut rest = number;
        let mut from = digits.len();
        for slot in digits.iter_mut().rev() {
            // A remainder of ten is one digit.
            *slot = b'0'.wrapping_add(u8::try_from(rest % 10).unwrap_or(0));
            rest /= 10;
            from = from.saturating_sub(1);
            if rest == 0 {
                break;
            }
        }
        self.octets.extend_from_slice(digits.get(from..).unwrap_or_default());
    }

    /// `NIL`
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

/// In which form a string can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Escaped,
    Literal,
}

/// The longest string that is quoted: beyond it, a reader is spared the search for its end.
const LONGEST_QUOTED: usize = 1024;

fn form(octets: &[u8], utf8: bool) -> Form {
    if octets.len() > LONGEST_QUOTED {
        return Form::Literal;
    }
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
