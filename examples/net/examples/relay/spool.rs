//! The folder of mails: `ID.eml` with the octets, `ID.json` with the item of the queue. A mail is there
//! once it has its `.json`, and gone once that is gone.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use postrider::relay::queue::QueueItem;

use crate::random;

pub(crate) struct Spool {
    dir: PathBuf,
    /// Locked as long as this program runs.
    _lock: File,
}

impl Spool {
    /// The folder, and the mails that lie in it.
    pub(crate) fn open(dir: &Path) -> io::Result<(Self, Vec<QueueItem>)> {
        fs::create_dir_all(dir)?;
        let lock = File::create(dir.join("lock"))?;
        lock.try_lock().map_err(|_| {
            io::Error::new(io::ErrorKind::AddrInUse, "another relay has this spool")
        })?;
        let spool = Self { dir: dir.to_owned(), _lock: lock };
        let found = spool.clean(spool.read()?)?;
        Ok((spool, found))
    }

    fn read(&self) -> io::Result<BTreeMap<String, QueueItem>> {
        let mut items = BTreeMap::new();
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            if path.extension().is_some_and(|kind| kind == "json") {
                let item: QueueItem = serde_json::from_slice(&fs::read(&path)?)
                    .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
                items.insert(item.id.clone(), item);
            }
        }
        Ok(items)
    }

    /// Removes what a stop left half done: parts of files, mails that had no 250, notices that the mail
    /// they are about makes again.
    fn clean(&self, items: BTreeMap<String, QueueItem>) -> io::Result<Vec<QueueItem>> {
        let about = |item: &QueueItem| item.notice_of.as_ref().and_then(|of| items.get(&of.id));
        let (held, found): (Vec<_>, Vec<_>) =
            items.values().cloned().partition(|item| item.is_held(about(item)));
        for item in held {
            self.remove(&item.id)?;
        }
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            if kind == "part" || (kind == "eml" && !path.with_extension("json").exists()) {
                fs::remove_file(&path)?;
            }
        }
        Ok(found)
    }

    /// A mail to come, under a name that no other has.
    pub(crate) fn begin(&self) -> io::Result<Letter> {
        let id: String = random::<10>().iter().map(|octet| format!("{octet:02x}")).collect();
        let place = self.dir.join(format!("{id}.part"));
        let file = OpenOptions::new().write(true).create_new(true).open(&place)?;
        Ok(Letter { id, file: BufWriter::new(file), place, is_kept: false })
    }

    /// The octets of a mail.
    pub(crate) fn octets(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.eml"))
    }

    /// Puts a mail there whole, over one of the same name.
    pub(crate) fn put(&self, item: &QueueItem, octets: &[u8]) -> io::Result<()> {
        replace(&self.octets(&item.id), octets)?;
        self.save(item)
    }

    /// Writes down how far a mail is.
    pub(crate) fn save(&self, item: &QueueItem) -> io::Result<()> {
        let place = self.dir.join(format!("{}.json", item.id));
        replace(&place, &serde_json::to_vec_pretty(item)?)
    }

    pub(crate) fn remove(&self, id: &str) -> io::Result<()> {
        // In this order: without its item a mail is none.
        for kind in ["json", "eml"] {
            match fs::remove_file(self.dir.join(format!("{id}.{kind}"))) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Writes a file so that after a stop the old one is there, or the new one, and on the disk.
pub(crate) fn replace(place: &Path, octets: &[u8]) -> io::Result<()> {
    let mut part = place.to_owned().into_os_string();
    part.push(".part");
    let mut file = File::create(&part)?;
    file.write_all(octets)?;
    file.sync_all()?;
    fs::rename(&part, place)?;
    sync_folder(place)
}

/// A new name is on the disk once its folder is.
fn sync_folder(place: &Path) -> io::Result<()> {
    place.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

/// A mail that comes in. It vanishes if it is not kept.
pub(crate) struct Letter {
    pub(crate) id: String,
    file: BufWriter<File>,
    place: PathBuf,
    is_kept: bool,
}

impl Letter {
    pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        self.file.write_all(octets)
    }

    /// On the disk, octets first, item behind them: who says 250 has taken the responsibility (RFC 5321
    /// §6.1).
    pub(crate) fn keep(&mut self, spool: &Spool, item: &QueueItem) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        fs::rename(&self.place, spool.octets(&self.id))?;
        self.is_kept = true;
        spool.save(item).inspect_err(|_| {
            let _ = fs::remove_file(spool.octets(&self.id));
        })
    }
}

impl Drop for Letter {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_file(&self.place);
        }
    }
}
