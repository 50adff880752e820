//! A mailbox file.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use postrider::mime::{
    DateTime, Zone,
    mbox::{Format, Mail, Writer},
};

use super::sync_folder;

/// The file, and another, in the hidden folder, in which mails get their form.
pub(super) struct Mbox {
    place: PathBuf,
    batch: BufWriter<File>,
    /// Where the mail that comes in begins in `batch`.
    start: u64,
    current: Option<Mail>,
    formed: Vec<u8>,
}

impl Mbox {
    pub(super) fn open(place: &Path, hidden: &Path) -> io::Result<Self> {
        let path = hidden.join("batch");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(true);
        let batch = BufWriter::new(options.open(path)?);
        Ok(Self { place: place.to_owned(), batch, start: 0, current: None, formed: Vec::new() })
    }

    pub(super) fn begin(&mut self) -> io::Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let date = DateTime::from_unix(i64::try_from(now).unwrap_or_default(), Zone::UTC);
        let date = date.map_err(io::Error::other)?;
        self.start = self.batch.stream_position()?;
        self.formed.clear();
        let mail = Writer::new(Format::Mboxrd).begin("", date, &mut self.formed);
        self.current = Some(mail.map_err(io::Error::other)?);
        Ok(())
    }

    pub(super) fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        if let Some(mail) = &mut self.current {
            mail.write(octets, &mut self.formed);
        }
        self.batch.write_all(&self.formed)?;
        self.formed.clear();
        Ok(())
    }

    pub(super) fn end(&mut self) -> io::Result<()> {
        if let Some(mail) = self.current.take() {
            mail.end(&mut self.formed);
        }
        self.batch.write_all(&self.formed)?;
        self.formed.clear();
        Ok(())
    }

    pub(super) fn discard(&mut self) -> io::Result<()> {
        self.current = None;
        self.batch.flush()?;
        self.batch.get_ref().set_len(self.start)?;
        self.batch.seek(SeekFrom::Start(self.start)).map(drop)
    }

    /// Appends what is whole; all of it is on the disk then, or nothing was changed. What is not whole must
    /// have had its end.
    pub(super) fn append(&mut self) -> io::Result<()> {
        if self.current.is_some() {
            self.discard()?;
        }
        self.batch.flush()?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&self.place)?;
        // Another account may be fetched into it.
        file.lock()?;
        let before = file.metadata()?.len();
        let appended = self.append_to(&mut file, before).and_then(|()| file.sync_all());
        if appended.is_err() {
            file.set_len(before)?;
        }
        appended?;
        let folder = self.place.parent().filter(|folder| !folder.as_os_str().is_empty());
        sync_folder(folder.unwrap_or_else(|| Path::new(".")))
    }

    fn append_to(&mut self, file: &mut File, before: u64) -> io::Result<()> {
        let batch = self.batch.get_mut();
        if batch.metadata()?.len() == 0 {
            return Ok(());
        }
        // Whoever wrote before may have been cut off: a mail begins behind an empty line.
        let mut last = [b'\n'; 2];
        let most = before.min(2);
        file.seek(SeekFrom::Start(before - most))?;
        let at = 2 - usize::try_from(most).unwrap_or_default();
        file.read_exact(&mut last[at..])?;
        let missing: &[u8] = match last {
            [b'\n', b'\n'] => b"",
            [_, b'\n'] => b"\n",
            _ => b"\n\n",
        };
        file.write_all(missing)?;
        batch.seek(SeekFrom::Start(0))?;
        io::copy(batch, file).map(drop)
    }

    /// What was appended need not be kept here.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.batch.get_ref().set_len(0)?;
        self.batch.seek(SeekFrom::Start(0)).map(drop)
    }
}

impl Drop for Mbox {
    fn drop(&mut self) {
        // The folder stays, with the note of what was fetched.
        let _ = self.batch.get_ref().set_len(0);
    }
}
