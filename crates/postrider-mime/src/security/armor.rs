//! OpenPGP in text: armor and the cleartext signature framework (RFC 9580 §6 and §7).
//!
//! Programs that know no MIME, and people, put OpenPGP into the text of a mail. What surrounds it
//! there is neither signed nor encrypted.
//!
//! ```
//! use postrider_mime::security::armor::{Kind, blocks};
//!
//! let text = b"See:\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- --\nJoe \n\
//!     -----BEGIN PGP SIGNATURE-----\n\nwg==\n-----END PGP SIGNATURE-----\nbye\n";
//! let block = blocks(text).next().unwrap();
//! assert_eq!(block.kind, Kind::SignedMessage);
//! assert_eq!(block.range, 5..text.len() - 4);
//! assert_eq!(block.cleartext().unwrap().as_ref(), b"--\nJoe ");
//! ```

use alloc::{borrow::Cow, vec::Vec};
use core::ops::Range;

use memchr::memchr;

/// What an armor holds, by its first line (RFC 9580 §6.2.1 and §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// `MESSAGE`, or one of its parts: signed, encrypted, or compressed.
    Message,
    /// `SIGNED MESSAGE`: text as it is, and its signature.
    SignedMessage,
    /// `SIGNATURE` of what stands elsewhere.
    Signature,
    /// `PUBLIC KEY BLOCK`
    PublicKey,
    /// `PRIVATE KEY BLOCK`
    PrivateKey,
}

/// An armor in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Block<'a> {
    /// What it holds.
    pub kind: Kind,
    /// Where it lies in the text, the line ends of its last line included.
    pub range: Range<usize>,
    /// Its octets.
    pub octets: &'a [u8],
    /// Whether its last line is there. Else it ends before the next armor or with the text.
    pub is_closed: bool,
    /// Where the signature of a signed message begins in the octets.
    signature: Option<usize>,
}

impl<'a> Block<'a> {
    /// The text of a signed message, dash escaping undone (RFC 9580 §7.2), lines as they stand,
    /// without the line end before the signature, which is not signed (§7.1). `None` where this is no
    /// signed message.
    pub fn cleartext(&self) -> Option<Cow<'a, [u8]>> {
        let text = self.escaped()?;
        let escaped = |line: &&[u8]| line.starts_with(b"- ");
        if !lines(text).any(|line| escaped(&line)) {
            return Some(Cow::Borrowed(text));
        }
        let unescaped = lines(text).map(|line| line.strip_prefix(b"- ").unwrap_or(line));
        Some(Cow::Owned(unescaped.collect::<Vec<_>>().concat()))
    }

    /// What was signed of a signed message: its text with CRLF between lines and without spaces and
    /// tabs at their ends (RFC 9580 §7.1).
    pub fn signed_octets(&self) -> Option<Vec<u8>> {
        let text = self.cleartext()?;
        let mut octets = Vec::with_capacity(text.len());
        for line in lines(&text) {
            let (line, end) = match line.strip_suffix(b"\n") {
                Some(line) => (line.strip_suffix(b"\r").unwrap_or(line), &b"\r\n"[..]),
                None => (line, &b""[..]),
            };
            octets.extend_from_slice(trim_end(line));
            octets.extend_from_slice(end);
        }
        Some(octets)
    }

    /// The armor of the signature: of a signed message what stands behind the text, of a signature
    /// all.
    pub fn signature(&self) -> Option<&'a [u8]> {
        match self.kind {
            Kind::Signature => Some(self.octets),
            _ => self.octets.get(self.signature?..),
        }
    }

    /// The text between the armor headers and the signature.
    fn escaped(&self) -> Option<&'a [u8]> {
        if self.kind != Kind::SignedMessage {
            return None;
        }
        let end = self.signature.unwrap_or(self.octets.len());
        let text = self.octets.get(..end)?;
        // The first line, `Hash` and the like, and an empty line.
        let mut start = 0_usize;
        for line in lines(text) {
            start = start.saturating_add(line.len());
            if trim_end(line.trim_ascii_end()).is_empty() {
                break;
            }
        }
        let text = text.get(start..)?;
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        Some(text.strip_suffix(b"\r").unwrap_or(text))
    }
}

/// The armors of a text, in order. They do not overlap: where one is not closed it ends before the
/// next.
pub const fn blocks(text: &[u8]) -> Blocks<'_> {
    Blocks { text, at: 0 }
}

/// The armors that [`blocks`] finds.
#[derive(Debug, Clone)]
pub struct Blocks<'a> {
    text: &'a [u8],
    /// The start of a line.
    at: usize,
}

/// What is known of an armor that is not closed yet.
#[derive(Debug, Clone, Copy)]
struct Open {
    kind: Kind,
    start: usize,
    signature: Option<usize>,
}

/// A line that begins or ends an armor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Begin(Kind),
    End(Kind),
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Block<'a>;

    fn next(&mut self) -> Option<Block<'a>> {
        let mut open: Option<Open> = None;
        while let Some(rest) = self.text.get(self.at..).filter(|rest| !rest.is_empty()) {
            let line = memchr(b'\n', rest).map_or(rest.len(), |end| end.saturating_add(1));
            let (start, end) = (self.at, self.at.saturating_add(line));
            match (mark(rest.get(..line).unwrap_or(rest)), &mut open) {
                (Some(Mark::Begin(Kind::Signature)), Some(signed))
                    if signed.kind == Kind::SignedMessage && signed.signature.is_none() =>
                {
                    signed.signature = Some(start.saturating_sub(signed.start));
                }
                (Some(Mark::Begin(_)), Some(open)) => {
                    return Some(open.end(self.text, start, false));
                }
                (Some(Mark::Begin(kind)), None) => {
                    open = Some(Open { kind, start, signature: None });
                }
                (Some(Mark::End(kind)), Some(open)) if open.ends_with(kind) => {
                    self.at = end;
                    return Some(open.end(self.text, end, true));
                }
                _ => {}
            }
            self.at = end;
        }
        open.map(|open| open.end(self.text, self.text.len(), false))
    }
}

impl Open {
    fn ends_with(self, kind: Kind) -> bool {
        match self.kind {
            Kind::SignedMessage => self.signature.is_some() && kind == Kind::Signature,
            open => open == kind,
        }
    }

    fn end(self, text: &[u8], end: usize, is_closed: bool) -> Block<'_> {
        let Self { kind, start, signature } = self;
        let octets = text.get(start..end).unwrap_or_default();
        Block { kind, range: start..end, octets, is_closed, signature }
    }
}

/// What a line of five dashes, `BEGIN PGP` or `END PGP`, a name and five dashes marks. White space
/// may follow it (RFC 9580 §6.2.1).
fn mark(line: &[u8]) -> Option<Mark> {
    let line = line.strip_prefix(b"-----")?.trim_ascii_end().strip_suffix(b"-----")?;
    if let Some(name) = line.strip_prefix(b"BEGIN PGP ") {
        kind(name).map(Mark::Begin)
    } else {
        kind(line.strip_prefix(b"END PGP ")?).map(Mark::End)
    }
}

fn kind(name: &[u8]) -> Option<Kind> {
    match name {
        b"MESSAGE" => Some(Kind::Message),
        b"SIGNED MESSAGE" => Some(Kind::SignedMessage),
        b"SIGNATURE" => Some(Kind::Signature),
        b"PUBLIC KEY BLOCK" => Some(Kind::PublicKey),
        b"PRIVATE KEY BLOCK" => Some(Kind::PrivateKey),
        _ if name.starts_with(b"MESSAGE, PART ") => Some(Kind::Message),
        _ => None,
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&octet| octet == b'\n')
}

/// A line without spaces and tabs at its end.
fn trim_end(line: &[u8]) -> &[u8] {
    let blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    let length =
        line.iter().rposition(|octet| !blank(octet)).map_or(0, |last| last.saturating_add(1));
    line.get(..length).unwrap_or(line)
}
