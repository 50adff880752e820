//! A folder of mails. Each is written under another name first: what has its name is whole.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::Value;
use tempfile::NamedTempFile;

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
        let place = self.dir.join(format!("{number:06}.eml"));
        Ok(Letter { file: BufWriter::new(NamedTempFile::new_in(&self.dir)?), place })
    }
}

/// A mail that comes in. It vanishes if it is not kept.
pub(crate) struct Letter {
    file: BufWriter<NamedTempFile>,
    place: PathBuf,
}

impl Letter {
    pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        self.file.write_all(octets)
    }

    /// On the disk, envelope first: who says 250 has taken the responsibility (RFC 5321 §6.1).
    pub(crate) fn keep(self, envelope: &Value) -> io::Result<()> {
        let file = self.file.into_inner()?;
        file.as_file().sync_all()?;
        let mut beside = File::create(self.place.with_extension("json"))?;
        writeln!(beside, "{envelope}")?;
        beside.sync_all()?;
        file.persist(&self.place)?;
        Ok(())
    }
}
