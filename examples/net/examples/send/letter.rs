//! A file with a mail: what has to be known of it before it is sent, and its octets.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::Path,
};

use bytes::Bytes;

/// How much is read at a time.
const PIECE: usize = 64 * 1024;

/// A mail that was looked through once and is about to be read again.
pub(crate) struct Letter {
    source: Source,
    /// What is known of its octets.
    pub(crate) facts: Facts,
    left: u64,
}

enum Source {
    File(File),
    /// Standard input, which cannot be read twice.
    Memory(Cursor<Vec<u8>>),
}

/// What one look at the octets tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Octets in the file.
    pub(crate) stored: u64,
    /// Octets on the wire, when every line end is CRLF and the last line has one. Dots that are
    /// doubled do not count (RFC 1870 §3).
    pub(crate) sent: u64,
    /// Any octet above 127 (RFC 6152).
    pub(crate) eight_bit: bool,
    /// Any octet above 127 in the header section (RFC 6532).
    pub(crate) eight_bit_header: bool,
    /// NUL, or a line of more than 998 octets (RFC 5322 §2.1.1): what only BINARYMIME may carry.
    pub(crate) binary: bool,
}

impl Letter {
    /// Opens the file, `-` for standard input, and reads through it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut source = if path.as_os_str() == "-" {
            let mut octets = Vec::new();
            io::stdin().lock().read_to_end(&mut octets)?;
            Source::Memory(Cursor::new(octets))
        } else {
            Source::File(File::open(path)?)
        };
        let mut look = Look::default();
        let mut piece = vec![0; PIECE];
        loop {
            match source.read(&mut piece) {
                Ok(0) => break,
                Ok(n) => look.at(piece.get(..n).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        source.rewind()?;
        let facts = look.done();
        Ok(Self { source, facts, left: facts.stored })
    }

    /// The next piece; `None` behind the last. A file that grew meanwhile is sent as long as it was.
    pub(crate) fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        let most = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        let mut piece = vec![0; most];
        self.source.read_exact(&mut piece)?;
        self.left -= most as u64;
        Ok(Some(piece.into()))
    }
}

impl Read for Source {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buf),
            Self::Memory(octets) => octets.read(buf),
        }
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Memory(octets) => octets.seek(to),
        }
    }
}

/// Octets in a line without its end (RFC 5322 §2.1.1).
const LONGEST: u64 = 998;

/// Looks at octets as they come.
#[derive(Default)]
struct Look {
    facts: Facts,
    /// Octets of the open line.
    line: u64,
    last: Option<u8>,
    /// An empty line went by.
    in_body: bool,
}

impl Look {
    fn at(&mut self, octets: &[u8]) {
        for octet in octets {
            self.facts.stored += 1;
            match (self.last, octet) {
                // CR LF: counted as a line end already.
                (Some(b'\r'), b'\n') => {}
                (_, b'\r' | b'\n') => {
                    self.in_body |= self.line == 0;
                    self.facts.sent += 2;
                    self.line = 0;
                }
                _ => {
                    self.facts.sent += 1;
                    self.line += 1;
                    self.facts.binary |= *octet == 0 || self.line > LONGEST;
                    self.facts.eight_bit |= !octet.is_ascii();
                    self.facts.eight_bit_header |= !octet.is_ascii() && !self.in_body;
                }
            }
            self.last = Some(*octet);
        }
    }

    fn done(mut self) -> Facts {
        if self.line > 0 {
            self.facts.sent += 2;
        }
        self.facts
    }
}
