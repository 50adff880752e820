//! The folder, as one session sees it.

use std::{
    ffi::OsStr,
    fs::{self, File, TryLockError},
    io::{self, Read},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use bytes::Bytes;
use postrider::pop3::{Maildrop, UniqueId};
use ring::digest::{Context, SHA256};

use crate::Failure;

/// Octets that are read at once.
const PIECE: usize = 64 * 1024;

/// Locked from when it is opened to its end.
pub(crate) struct Folder {
    place: PathBuf,
    /// Mail 1 is the first.
    files: Vec<PathBuf>,
    _lock: File,
}

impl Folder {
    /// None where another session has it.
    pub(crate) fn open(place: &Path) -> Result<Option<(Self, Maildrop)>, Failure> {
        let lock = File::create(place.join(".lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(place)? {
            let path = entry?.path();
            if path.extension() == Some(OsStr::new("eml")) {
                files.push(path);
            }
        }
        files.sort();
        let mut maildrop = Maildrop::with_capacity(files.len());
        for path in &files {
            maildrop.push(octets_as_sent(path)?, uid(path)?);
        }
        Ok(Some((Self { place: place.to_owned(), files, _lock: lock }, maildrop)))
    }

    pub(crate) fn mail(&self, message: u32) -> io::Result<Letter> {
        let at = usize::try_from(message).unwrap_or_default().checked_sub(1);
        let path = at.and_then(|at| self.files.get(at)).ok_or(io::ErrorKind::NotFound)?;
        Ok(Letter(File::open(path)?))
    }

    /// Removes all of these that can be removed, and tells whether those were all.
    pub(crate) fn remove(&self, deleted: &[u32]) -> io::Result<()> {
        let mut removed = Ok(());
        for message in deleted {
            let at = usize::try_from(*message).unwrap_or_default().checked_sub(1);
            if let Some(path) = at.and_then(|at| self.files.get(at)) {
                let this = fs::remove_file(path);
                removed = removed.and(this);
            }
        }
        if cfg!(unix) {
            let synced = File::open(&self.place).and_then(|folder| folder.sync_all());
            removed = removed.and(synced);
        }
        removed
    }
}

/// A mail that is read.
pub(crate) struct Letter(File);

impl Letter {
    /// None at its end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Bytes>> {
        let mut piece = vec![0; PIECE];
        let octets = self.0.read(&mut piece)?;
        piece.truncate(octets);
        Ok((octets > 0).then(|| piece.into()))
    }
}

/// The size of a mail whose lines end in CRLF, also where the file has LF or CR alone, or nothing at its end.
fn octets_as_sent(path: &Path) -> io::Result<u64> {
    let mut letter = Letter(File::open(path)?);
    let (mut octets, mut last) = (0_u64, b'\n');
    while let Some(piece) = letter.next()? {
        for &octet in &piece {
            let alone = (last == b'\r') != (octet == b'\n');
            octets = octets.saturating_add(1 + u64::from(alone));
            last = octet;
        }
    }
    // The last line.
    Ok(octets.saturating_add(match last {
        b'\n' => 0,
        b'\r' => 1,
        _ => 2,
    }))
}

/// Another file, or another content, is another mail.
fn uid(path: &Path) -> Result<UniqueId, Failure> {
    let about = fs::metadata(path)?;
    let written = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut hash = Context::new(&SHA256);
    hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
    hash.update(&about.len().to_be_bytes());
    hash.update(&written.as_nanos().to_be_bytes());
    let hash = hash.finish();
    let text: String = hash.as_ref().iter().take(16).map(|octet| format!("{octet:02x}")).collect();
    Ok(UniqueId::new(&text)?)
}
