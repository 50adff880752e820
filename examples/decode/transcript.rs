//! Lines of a conversation, as RFCs print them and programs write them.

use std::io::{self, BufRead, Read};

/// Octets of the longest line that is read.
const MOST: u64 = 1 << 20;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

/// A line, and where it stands in the input.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) offset: u64,
    pub(crate) len: u64,
    pub(crate) what: What,
}

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Somebody says this, and a line end.
    Said(Side, Vec<u8>),
    /// Octets without a line end: `C(raw): 'ab\r\n'`.
    Raw(Side, Vec<u8>),
    /// `<5 octets>`: so many octets of a message, which are not there.
    Counted(Side, u64),
    /// `(literal 5 octets) Hello`: a literal that belongs to the line before.
    Literal(Side, u64),
    /// What goes on in the next line: a fold of the print, or a line of a literal.
    Unmarked(Vec<u8>),
    /// From here on TLS protects the conversation.
    Tls,
    /// Words about it, and empty lines.
    Comment,
}

impl What {
    /// Whether it tells what happens, and is no line of the protocol: `C: <open connection to server>`,
    /// `S: ...`. In a mail it may be part of it.
    pub(crate) fn is_told(&self) -> bool {
        let Self::Said(_, text) = self else { return false };
        let inner = text.strip_prefix(b"<").and_then(|text| text.strip_suffix(b">"));
        inner.is_some_and(|inner| inner.contains(&b' ')) || matches!(&text[..], b"..." | b"[...]")
    }
}

/// Reads lines, in a memory that no line exceeds.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    reader: io::BufReader<R>,
    offset: u64,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader: io::BufReader::with_capacity(1 << 16, reader), offset: 0 }
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        let mut octets = Vec::new();
        let read = self.reader.by_ref().take(MOST).read_until(b'\n', &mut octets)?;
        if read == 0 {
            return Ok(None);
        }
        let line = octets.strip_suffix(b"\n").unwrap_or(&octets);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (offset, len) = (self.offset, read as u64);
        self.offset += len;
        Ok(Some(Line { offset, len, what: what(line) }))
    }
}

fn what(line: &[u8]) -> What {
    let words = line.trim_ascii();
    if words.is_empty() || words.starts_with(b"#") {
        let is_tls = words.starts_with(b"# <TLS");
        return if is_tls { What::Tls } else { What::Comment };
    }
    if words == b"<TLS established>" || words == b"<TLS handshake>" {
        return What::Tls;
    }
    let (side, rest) = match line {
        [b'C', b':', rest @ ..] => (Side::Client, rest),
        [b'S', b':', rest @ ..] => (Side::Server, rest),
        [b'C', b'(', b'r', b'a', b'w', b')', b':', rest @ ..] => return raw(Side::Client, rest),
        [b'S', b'(', b'r', b'a', b'w', b')', b':', rest @ ..] => return raw(Side::Server, rest),
        [digit, b'C' | b'S', b':', ..] if digit.is_ascii_digit() => return What::Comment,
        _ => return What::Unmarked(line.to_vec()),
    };
    let text = rest.strip_prefix(b" ").unwrap_or(rest);
    if let Some(octets) = counted(text, b"<", b" octets>") {
        return What::Counted(side, octets);
    }
    let until = memchr::memchr(b')', text).map_or(0, |at| at + 1);
    if let Some(octets) = counted(&text[..until], b"(literal ", b" octets)") {
        return What::Literal(side, octets);
    }
    What::Said(side, text.to_vec())
}

fn counted(text: &[u8], before: &[u8], behind: &[u8]) -> Option<u64> {
    let digits = text.strip_prefix(before)?.strip_suffix(behind)?;
    str::from_utf8(digits).ok()?.parse().ok()
}

/// A string of Python.
fn raw(side: Side, rest: &[u8]) -> What {
    let text = rest.trim_ascii();
    let text = text.strip_prefix(b"b").unwrap_or(text);
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    let mut octets = Vec::new();
    let mut rest = inner;
    while let Some((octet, behind)) = unescaped(rest) {
        octets.push(octet);
        rest = behind;
    }
    What::Raw(side, octets)
}

/// The octets of a line in which a unit with literals was written on one line: `{5}\r\nHello`, where
/// the line end is escaped, and a secret stands for itself.
pub(crate) fn with_literals(line: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = line;
    while let Some(at) = memchr::memmem::find(rest, b"}\\r\\n") {
        let (head, behind) = rest.split_at(at);
        octets.extend_from_slice(head);
        octets.extend_from_slice(b"}\r\n");
        rest = &behind[5..];
        let digits = head.rsplit(|octet| *octet == b'{').next().unwrap_or_default();
        let digits = digits.strip_suffix(b"+").unwrap_or(digits);
        let size = str::from_utf8(digits).ok().and_then(|digits| digits.parse::<usize>().ok());
        let Some(size) = size.filter(|size| *size as u64 <= MOST) else { continue };
        if let Some(behind) = rest.strip_prefix(b"[secret]") {
            octets.resize(octets.len() + size, b'x');
            rest = behind;
            continue;
        }
        for _ in 0..size {
            let Some((octet, behind)) = unescaped(rest) else { break };
            octets.push(octet);
            rest = behind;
        }
    }
    octets.extend_from_slice(rest);
    octets
}

/// The first octet, or the one that an escape stands for.
fn unescaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let (octet, behind) = match text {
        [b'\\', b'r', rest @ ..] => (b'\r', rest),
        [b'\\', b'n', rest @ ..] => (b'\n', rest),
        [b'\\', b't', rest @ ..] => (b'\t', rest),
        [b'\\', b'x', rest @ ..] => {
            let (digits, rest) = rest.split_at_checked(2)?;
            (u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?, rest)
        }
        [octet, rest @ ..] => (*octet, rest),
        [] => return None,
    };
    Some((octet, behind))
}
