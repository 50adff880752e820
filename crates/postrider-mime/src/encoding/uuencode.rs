//! Uuencode (POSIX.1-2024, `uuencode`), which no RFC defines: the body of an `x-uuencode` part, in
//! pieces, and blocks of it in text.

use alloc::vec::Vec;
use core::ops::Range;

use memchr::{memchr, memmem};

use super::problem::Problems;
use crate::code;

/// Octets of a line that are looked at: a line of data has at most 85, and a name that is longer is
/// still recognised.
const LINE: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No `begin` line was seen yet.
    Before,
    Data,
    /// Behind the `end` line.
    After,
}

#[derive(Debug, Clone)]
pub(super) struct UuEncode {
    state: State,
    /// The start of a line that was cut.
    held: Vec<u8>,
    /// Where the line begins that is read.
    line: u64,
    at: u64,
    /// Octets that were read, less those that were made of them.
    room: usize,
}

impl UuEncode {
    pub(super) const fn new() -> Self {
        Self { state: State::Before, held: Vec::new(), line: 0, at: 0, room: 0 }
    }

    pub(super) fn decode(&mut self, chunk: &[u8], out: &mut Vec<u8>, problems: &mut Problems) {
        let mut rest = chunk;
        while let Some(lf) = memchr(b'\n', rest) {
            let (line, after) = rest.split_at_checked(lf.saturating_add(1)).unwrap_or((rest, &[]));
            if self.held.is_empty() && self.line == self.at {
                self.end_line(line, out, problems);
            } else {
                self.hold(line);
                let held = core::mem::take(&mut self.held);
                self.end_line(&held, out, problems);
                self.held = held;
                self.held.clear();
            }
            self.advance(line.len());
            self.line = self.at;
            rest = after;
        }
        self.hold(rest);
        self.advance(rest.len());
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>, problems: &mut Problems) {
        let held = core::mem::take(&mut self.held);
        if !held.is_empty() {
            self.end_line(&held, out, problems);
        }
        if self.state != State::After {
            problems.tell(&code::INCOMPLETE_UUENCODE, self.at);
        }
        self.state = State::Before;
    }

    fn hold(&mut self, octets: &[u8]) {
        let room = LINE.saturating_sub(self.held.len());
        self.held.extend_from_slice(octets.get(..room).unwrap_or(octets));
    }

    fn end_line(&mut self, line: &[u8], out: &mut Vec<u8>, problems: &mut Problems) {
        let line = without_end(line.get(..LINE).unwrap_or(line));
        match self.state {
            State::Before | State::After => match begin(line) {
                Some((_, name)) if self.state == State::Before => {
                    self.state = State::Data;
                    self.room = room_of(name);
                }
                _ if line.trim_ascii().is_empty() => {}
                _ => problems.tell(&code::OUTSIDE_UUENCODE, self.line),
            },
            State::Data if line.trim_ascii() == b"end" => self.state = State::After,
            State::Data => {
                let whole = decode_line(line, &mut self.room, out);
                if !whole || !is_data(line) {
                    problems.tell(&code::NOT_UUENCODE, self.line);
                }
            }
        }
    }

    fn advance(&mut self, octets: usize) {
        self.at = self.at.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
    }
}

/// A file that stands uuencoded in text, from its `begin` line to its `end` line.
///
/// Made by [`uuencoded`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UuBlock<'a> {
    span: Range<usize>,
    mode: u16,
    name: &'a [u8],
    data: &'a [u8],
}

impl<'a> UuBlock<'a> {
    /// The whole lines of the block, as a range of the text.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The permissions the file should get, such as `0o644`.
    pub const fn mode(&self) -> u16 {
        self.mode
    }

    /// The name of the file, as it stands. It is the sender's: not a path to write to.
    pub const fn name(&self) -> &'a [u8] {
        self.name
    }

    /// The content of the file.
    pub fn decoded(&self) -> Vec<u8> {
        // Four characters for three octets, and a length and an end in every line.
        let mut out = Vec::with_capacity(super::three_quarters(self.data.len()));
        let mut room = room_of(self.name);
        for line in self.data.split_inclusive(|octet| *octet == b'\n') {
            decode_line(without_end(line), &mut room, &mut out);
        }
        out
    }
}

/// The uuencoded files in a text: `begin MODE NAME`, lines of data, `end`. What has another line
/// among its data or no `end` is text. The time is linear: no line of data can be a `begin` line.
///
/// ```
/// use postrider_mime::encoding::uuencoded;
///
/// let text = b"See below.\n\nbegin 644 cat.txt\n#0V%T\n`\nend\nBye\n";
/// let file = uuencoded(text).next().unwrap();
/// assert_eq!((file.name(), file.mode()), (&b"cat.txt"[..], 0o644));
/// assert_eq!(file.decoded(), b"Cat");
/// assert_eq!(&text[file.span()], b"begin 644 cat.txt\n#0V%T\n`\nend\n");
/// ```
pub fn uuencoded(text: &[u8]) -> impl Iterator<Item = UuBlock<'_>> {
    let mut at = 0_usize;
    core::iter::from_fn(move || {
        loop {
            let start = next_begin(text, at)?;
            let rest = text.get(start..)?;
            at = start.saturating_add(line_len(rest));
            if let Some(block) = block(rest, start) {
                at = block.span.end;
                return Some(block);
            }
        }
    })
}

/// Where the next line starts that begins as a `begin` line does.
fn next_begin(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    if rest.starts_with(b"begin ") {
        return Some(from);
    }
    let at = memmem::find(rest, b"\nbegin ")?;
    Some(from.saturating_add(at).saturating_add(1))
}

fn block(text: &[u8], start: usize) -> Option<UuBlock<'_>> {
    let (first, mut rest) = text.split_at_checked(line_len(text))?;
    let (mode, name) = begin(without_end(first))?;
    let lines = rest;
    loop {
        let (line, after) = rest.split_at_checked(line_len(rest))?;
        if line.is_empty() {
            return None;
        }
        if line.trim_ascii() == b"end" {
            let data = lines.get(..lines.len().checked_sub(rest.len())?)?;
            let length = text.len().saturating_sub(after.len());
            return Some(UuBlock { span: start..start.saturating_add(length), mode, name, data });
        }
        let line = without_end(line);
        if !is_data(line) {
            return None;
        }
        rest = after;
    }
}

fn line_len(text: &[u8]) -> usize {
    memchr(b'\n', text).map_or(text.len(), |lf| lf.saturating_add(1))
}

/// `begin MODE NAME`
fn begin(line: &[u8]) -> Option<(u16, &[u8])> {
    let rest = line.strip_prefix(b"begin ")?.trim_ascii_start();
    let digits = rest.iter().take_while(|octet| matches!(octet, b'0'..=b'7')).count();
    let (mode, name) = rest.split_at_checked(digits)?;
    let name = name.strip_prefix(b" ")?.trim_ascii();
    if !(3..=5).contains(&digits) || name.is_empty() {
        return None;
    }
    let mode = core::str::from_utf8(mode).ok()?;
    Some((u16::from_str_radix(mode, 8).ok()?, name))
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Octets that the length at the start of a line tells.
fn told_len(first: u8) -> usize {
    usize::from(value(first))
}

/// The six bits of a character; space and grave accent are both zero.
const fn value(character: u8) -> u8 {
    character.wrapping_sub(b' ') & 0x3f
}

/// Whether a line can be data: characters of the encoding, and not more than its length tells but
/// for a checksum. Fewer may be there, since spaces at the end of a line get lost, and mean zero.
fn is_data(line: &[u8]) -> bool {
    let Some((first, symbols)) = line.split_first() else { return true };
    let needed = told_len(*first).div_ceil(3).saturating_mul(4);
    line.iter().all(|octet| matches!(octet, b' '..=b'`'))
        && symbols.len() <= needed.saturating_add(2)
}

/// The length of a `begin` line with this name, at least.
const fn room_of(name: &[u8]) -> usize {
    name.len().saturating_add(b"begin 644 ".len())
}

/// The octets of one line of data. Characters that are missing at its end are zeros, but only as long
/// as all that is made is not longer than what it is made of; false where there is no room for them.
fn decode_line(line: &[u8], room: &mut usize, out: &mut Vec<u8>) -> bool {
    let Some((first, symbols)) = line.split_first() else { return true };
    *room = room.saturating_add(line.len());
    let told = told_len(*first);
    let length = told.min(*room);
    let end = out.len().saturating_add(length);
    let mut groups = symbols.chunks(4);
    while out.len() < end {
        let group = groups.next().unwrap_or_default();
        let bits = |at: usize| u32::from(group.get(at).map_or(0, |octet| value(*octet)));
        let word = bits(0) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
        let [_, octets @ ..] = word.to_be_bytes();
        out.extend_from_slice(&octets);
    }
    out.truncate(end);
    *room = room.saturating_sub(length);
    length == told
}
