//! The folder of mails: `ID.eml` with the octets, `ID.json` with the item of the queue. A mail is there
//! once it has its `.json`, and gone once that is gone.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use postrider::relay::queue::QueueItem;
use tempfile::{Builder, NamedTempFile};

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
            if path.extension().is_none_or(|kind| kind != "json") {
                continue;
            }
            match serde_json::from_slice::<QueueItem>(&fs::read(&path)?) {
                Ok(item) if self.octets(&item.id).exists() => {
                    items.insert(item.id.clone(), item);
                }
                Ok(_) => set_aside(&path, "its octets are gone")?,
                Err(error) => set_aside(&path, &error.to_string())?,
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
        Ok(Letter { id, file: BufWriter::new(part_in(&self.dir)?) })
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

/// A file of which nothing stays before it has its name.
fn part_in(dir: &Path) -> io::Result<NamedTempFile> {
    Builder::new().suffix(".part").tempfile_in(dir)
}

/// Gives a file its name. After a stop the old one is there, or the new one, and on the disk.
fn persist(file: NamedTempFile, place: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(place)?;
    // A new name is on the disk once its folder is.
    place.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

/// Writes a file so that after a stop the old one is there, or the new one.
pub(crate) fn replace(place: &Path, octets: &[u8]) -> io::Result<()> {
    let mut file = part_in(place.parent().unwrap_or_else(|| Path::new(".")))?;
    file.write_all(octets)?;
    persist(file, place)
}

/// What cannot be delivered is not lost either, and keeps nobody from starting.
fn set_aside(place: &Path, why: &str) -> io::Result<()> {
    eprintln!("relay: {} is set aside: {why}", place.display());
    fs::rename(place, place.with_extension("bad"))
}

/// A mail that comes in. It vanishes if it is not kept.
pub(crate) struct Letter {
    pub(crate) id: String,
    file: BufWriter<NamedTempFile>,
}

impl Letter {
    pub(crate) fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        self.file.write_all(octets)
    }

    /// On the disk, octets first, item behind them: who says 250 has taken the responsibility (RFC 5321
    /// §6.1).
    pub(crate) fn keep(self, spool: &Spool, item: &QueueItem) -> io::Result<()> {
        persist(self.file.into_inner()?, &spool.octets(&self.id))?;
        spool.save(item).inspect_err(|_| {
            let _ = spool.remove(&self.id);
        })
    }
}
