//! A file with a mail: what has to be known of it before it is sent, and its octets.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::Path,
};

use bytes::Bytes;

/// How much is read at a time.
const PIECE: usize = 64 * 1024;
/// How much of a header section is looked at for its charset.
const HEADER: usize = 64 * 1024;

/// A mail that was read through once and is about to be read again.
pub(crate) struct Letter {
    source: Source,
    pub(crate) facts: Facts,
    /// Octets of the file that were not read again yet.
    left: u64,
    /// Whether lines have to be mended.
    mends: bool,
    lines: Lines,
}

/// What one look at the octets tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Octets in the file.
    pub(crate) stored: u64,
    /// Octets that [`Letter::next`] gives: with CRLF at the end of each line, the last one too. Dots that
    /// are doubled on the wire do not count (RFC 1870 §3).
    pub(crate) octets: u64,
    /// Any octet above 127 (RFC 6152).
    pub(crate) eight_bit: bool,
    /// UTF-8 beyond ASCII in the header section (RFC 6532).
    pub(crate) utf8_header: bool,
}

enum Source {
    File(File),
    /// Standard input, which cannot be read twice.
    Memory(Cursor<Vec<u8>>),
}

impl Letter {
    /// Opens the file, `-` for standard input, and reads through it. Binary octets stay as they are.
    pub(crate) fn open(path: &Path, binary: bool) -> io::Result<Self> {
        let mut source = if path.as_os_str() == "-" {
            let mut octets = Vec::new();
            io::stdin().lock().read_to_end(&mut octets)?;
            Source::Memory(Cursor::new(octets))
        } else {
            Source::File(File::open(path)?)
        };
        let (mut facts, mut lines, mut header) =
            (Facts::default(), Lines::default(), Header::new());
        let mut piece = vec![0; PIECE];
        let mut mended = 0_u64;
        loop {
            let octets = match source.read(&mut piece) {
                Ok(0) => break,
                Ok(n) => piece.get(..n).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            facts.stored += octets.len() as u64;
            facts.eight_bit |= !octets.is_ascii();
            let whole = lines.mended(octets);
            mended += whole.len() as u64;
            header.take(&whole);
        }
        mended += lines.end().len() as u64;
        source.rewind()?;
        facts.utf8_header = header.is_utf8();
        facts.octets = if binary { facts.stored } else { mended };
        let mends = facts.octets != facts.stored;
        Ok(Self { source, facts, left: facts.stored, mends, lines: Lines::default() })
    }

    /// The next piece; `None` behind the last. A file that grew meanwhile is sent as long as it was.
    pub(crate) fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.left == 0 {
            let end = if self.mends { self.lines.end() } else { &[] };
            return Ok((!end.is_empty()).then(|| Bytes::from_static(end)));
        }
        let most = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        let mut piece = vec![0; most];
        self.source.read_exact(&mut piece)?;
        self.left -= most as u64;
        Ok(Some(if self.mends { self.lines.mended(&piece).into() } else { piece.into() }))
    }

    /// All of it.
    pub(crate) fn whole(&mut self) -> io::Result<Bytes> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next()? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.into())
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

/// Makes each bare CR and LF a CRLF, as files of other systems need it, and completes the last line.
#[derive(Default)]
struct Lines {
    last: Option<u8>,
}

impl Lines {
    fn mended(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut whole = Vec::with_capacity(octets.len() + octets.len() / 16);
        for &octet in octets {
            match (self.last, octet) {
                (Some(b'\r'), b'\n') => {}
                (_, b'\r' | b'\n') => whole.extend_from_slice(b"\r\n"),
                _ => whole.push(octet),
            }
            self.last = Some(octet);
        }
        whole
    }

    /// What the last line lacks. Only once.
    fn end(&mut self) -> &'static [u8] {
        if matches!(self.last.take(), None | Some(b'\r' | b'\n')) { b"" } else { b"\r\n" }
    }
}

/// The header section, as far as it is looked at.
struct Header {
    octets: Vec<u8>,
}

impl Header {
    fn new() -> Self {
        Self { octets: Vec::new() }
    }

    fn take(&mut self, octets: &[u8]) {
        let room = HEADER.saturating_sub(self.octets.len());
        self.octets.extend(octets.iter().take(room));
    }

    /// Whether there is UTF-8 in it. Octets of another charset are no reason to ask for SMTPUTF8.
    fn is_utf8(&self) -> bool {
        let end = self.octets.windows(4).position(|four| four == b"\r\n\r\n");
        let header = self.octets.get(..end.unwrap_or(self.octets.len())).unwrap_or_default();
        // A character may be cut at the end of what is looked at.
        let valid = match core::str::from_utf8(header) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => {
                let valid = header.get(..error.valid_up_to()).unwrap_or_default();
                core::str::from_utf8(valid).unwrap_or_default()
            }
            Err(_) => return false,
        };
        !valid.is_ascii()
    }
}
