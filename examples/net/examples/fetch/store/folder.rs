//! A folder with a file for each mail.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    thread,
};

use super::{create_new, sync_folder};

/// That wait for the disk at a time.
const THREADS: usize = 16;

/// Where mails end up: `UID.eml`. In the hidden folder they are `NUMBER.UID.tmp`, and `NUMBER.UID.part` once
/// they are whole and on the disk.
pub(super) struct Folder {
    place: PathBuf,
    hidden: PathBuf,
    current: Option<(PathBuf, BufWriter<File>)>,
    whole: Vec<(PathBuf, File)>,
    synced: Vec<PathBuf>,
}

impl Folder {
    /// `known`: names of the mails that count as fetched.
    pub(super) fn open(place: &Path, hidden: &Path, known: &HashSet<String>) -> io::Result<Self> {
        let mut folder = Self {
            place: place.to_owned(),
            hidden: hidden.to_owned(),
            current: None,
            whole: Vec::new(),
            synced: Vec::new(),
        };
        for entry in fs::read_dir(hidden)? {
            let path = entry?.path();
            match path.extension().and_then(OsStr::to_str) {
                Some("part") if uid_name(&path).is_some_and(|name| known.contains(name)) => {
                    folder.synced.push(path);
                }
                Some("part" | "tmp") => fs::remove_file(path)?,
                _ => {}
            }
        }
        folder.publish()?;
        Ok(folder)
    }

    pub(super) fn begin(&mut self, message: u32, name: &str) -> io::Result<()> {
        let path = self.hidden.join(format!("{message}.{name}.tmp"));
        let file = create_new(&path)?;
        self.current = Some((path, BufWriter::new(file)));
        Ok(())
    }

    pub(super) fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        match &mut self.current {
            Some((_, file)) => file.write_all(octets),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn end(&mut self) -> io::Result<()> {
        if let Some((path, file)) = self.current.take() {
            self.whole.push((path, file.into_inner().map_err(io::IntoInnerError::into_error)?));
        }
        Ok(())
    }

    pub(super) fn discard(&mut self) -> io::Result<()> {
        match self.current.take() {
            Some((path, _)) => fs::remove_file(path),
            None => Ok(()),
        }
    }

    /// What is whole is on the disk, under names that say so.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        sync_all(&self.whole)?;
        for (path, _) in self.whole.drain(..) {
            let synced = path.with_extension("part");
            fs::rename(&path, &synced)?;
            self.synced.push(synced);
        }
        sync_folder(&self.hidden)
    }

    /// Moves what counts as fetched to its place. Nothing that is there already is overwritten.
    pub(super) fn publish(&mut self) -> io::Result<()> {
        if self.synced.is_empty() {
            return Ok(());
        }
        for path in self.synced.drain(..) {
            let name = uid_name(&path).unwrap_or("mail");
            let mut place = self.place.join(format!("{name}.eml"));
            let mut copy = 1_u32;
            while place.try_exists()? {
                copy = copy.saturating_add(1);
                place = self.place.join(format!("{name}.{copy}.eml"));
            }
            fs::rename(&path, &place)?;
        }
        sync_folder(&self.place)
    }
}

/// Waits for the disk in several threads: file systems write together what is asked for at once.
fn sync_all(files: &[(PathBuf, File)]) -> io::Result<()> {
    thread::scope(|scope| {
        #[expect(clippy::needless_collect, reason = "all begin before one is waited for")]
        let threads: Vec<_> = files
            .chunks(files.len().div_ceil(THREADS).max(1))
            .map(|some| scope.spawn(|| some.iter().try_for_each(|(_, file)| file.sync_all())))
            .collect();
        let panicked = |_| Err(io::Error::other("a thread panicked"));
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(panicked))
    })
}

/// `UID` of `NUMBER.UID.part`.
fn uid_name(path: &Path) -> Option<&str> {
    let stem = path.file_stem()?.to_str()?;
    stem.split_once('.').map(|(_, name)| name)
}
