//! A folder of mails. Each is written under another name first: what has its name is whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::Value;

pub(crate) struct Spool {
    dir: PathBuf,
    last: AtomicU32,
}

impl Spool {
    pub(crate) fn new(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        Ok(Self { dir: dir.to_owned(), last: AtomicU32::new(0) })
    }

    /// A mail to come.
    pub(crate) fn begin(&self) -> io::Result<Letter> {
        let number = self.last.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let place = self.dir.join(format!("{number:06}.part"));
        let file = OpenOptions::new().write(true).create_new(true).open(&place)?;
        Ok(Letter { file: BufWriter::new(file), place, is_kept: false })
    }
}

/// A mail that comes in. It vanishes if it is not kept.
pub(crate) struct Letter {
    file: BufWriter<File>,
    place: PathBuf,
    is_kept: bool,
}

impl Letter {
    pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        self.file.write_all(octets)
    }

    /// On the disk, envelope first: who says 250 has taken the responsibility (RFC 5321 §6.1).
    pub(crate) fn keep(&mut self, envelope: &Value) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        let mut beside = File::create(self.place.with_extension("json"))?;
        writeln!(beside, "{envelope}")?;
        beside.sync_all()?;
        fs::rename(&self.place, self.place.with_extension("eml"))?;
        self.is_kept = true;
        Ok(())
    }
}

impl Drop for Letter {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_file(&self.place);
        }
    }
}
