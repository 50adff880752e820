//! Mails on disk: written in pieces, read in pieces, gone with the process.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use bytes::Bytes;

/// How much of a mail is in memory at once.
pub(crate) const PIECE: usize = 64 * 1024;

/// A mail in a temporary file.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    size: u64,
    ascii: bool,
}

impl Spool {
    pub(crate) fn new() -> io::Result<Self> {
        let file = tempfile::tempfile().map_err(in_spool)?;
        Ok(Self { file, size: 0, ascii: true })
    }

    pub(crate) fn push(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece).map_err(in_spool)?;
        self.size += piece.len() as u64;
        self.ascii &= piece.is_ascii();
        Ok(())
    }

    /// Whether every octet is below 128.
    pub(crate) fn is_ascii(&self) -> bool {
        self.ascii
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// A reader from the first octet. The file has one position, so one reader at a time.
    pub(crate) fn reader(&self) -> io::Result<Pieces> {
        self.reader_of(0..self.size)
    }

    /// A reader of a part of the mail.
    pub(crate) fn reader_of(&self, part: Range<u64>) -> io::Result<Pieces> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(part.start))?;
        Ok(Pieces { file: file.take(part.end.saturating_sub(part.start)) })
    }

    /// The first `most` octets.
    pub(crate) fn head(&self, most: u64) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.reader_of(0..most)?.file.read_to_end(&mut head)?;
        Ok(head)
    }
}

/// Says that it is the temporary file that fails, and not the mail that somebody named.
fn in_spool(error: io::Error) -> io::Error {
    let folder = std::env::temp_dir();
    io::Error::new(error.kind(), format!("temporary file in {}: {error}", folder.display()))
}

/// A mail being read.
#[derive(Debug)]
pub(crate) struct Pieces {
    file: io::Take<File>,
}

impl Pieces {
    /// The next piece; empty at the end.
    pub(crate) fn next(&mut self) -> io::Result<Bytes> {
        let mut piece = Vec::with_capacity(PIECE);
        (&mut self.file).take(PIECE as u64).read_to_end(&mut piece)?;
        Ok(piece.into())
    }
}

/// The offset of the first octet in which `prefix` and `mail` together differ from `copy`, or `None`
/// when they are the same.
pub(crate) fn first_difference(
    prefix: &[u8],
    mail: &Spool,
    copy: &Spool,
) -> io::Result<Option<u64>> {
    let mut sent = BufReader::new(prefix.chain(mail.reader()?.file));
    let mut got = BufReader::new(copy.reader()?.file);
    let mut at = 0;
    let (mut a, mut b) = (vec![0; PIECE], vec![0; PIECE]);
    loop {
        let (n, m) = (read_full(&mut sent, &mut a)?, read_full(&mut got, &mut b)?);
        if a[..n] != b[..m] {
            let same = a[..n].iter().zip(&b[..m]).take_while(|(x, y)| x == y).count();
            return Ok(Some(at + same as u64));
        }
        if n == 0 {
            return Ok(None);
        }
        at += n as u64;
    }
}

fn read_full(from: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match from.read(&mut into[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}
