//! The folder. What has its name there is whole, and on the disk.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use postrider::relay::queue::QueueItem;
use postrider::relay::tls::sts::StsMemory;
use serde::Serialize;

pub(crate) struct Spool {
    dir: PathBuf,
    count: AtomicU64,
}

/// A mail that is coming in; nothing of it stays unless it is kept.
pub(crate) struct Incoming {
    pub(crate) id: String,
    file: File,
    path: PathBuf,
    kept: bool,
}

impl Spool {
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        Ok(Self { dir: dir.into(), count: AtomicU64::new(0) })
    }

    /// What was taken before the last stop. What was not, or is made anew, is removed.
    pub(crate) fn recover(&self) -> io::Result<Vec<QueueItem>> {
        let mut items = HashMap::new();
        let mut others = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            match path.extension().and_then(|end| end.to_str()) {
                Some("json") => {
                    let item: QueueItem = serde_json::from_slice(&fs::read(&path)?)?;
                    items.insert(item.id.clone(), item);
                }
                Some("eml" | "tmp") => others.push(path),
                _ => {}
            }
        }
        let is_held = |item: &QueueItem| {
            let about = item.notice_of.as_ref().and_then(|notice| items.get(&notice.id));
            item.is_held(about)
        };
        let held: Vec<String> =
            items.values().filter(|item| is_held(item)).map(|item| item.id.clone()).collect();
        for id in held {
            self.remove(&id)?;
            items.remove(&id);
        }
        for path in others {
            let id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if !items.contains_key(id) && path.exists() {
                fs::remove_file(path)?;
            }
        }
        Ok(items.into_values().collect())
    }

    /// A mail to come, under a name that no other has.
    pub(crate) fn begin(&self) -> io::Result<Incoming> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        self.begin_named(format!("{:x}.{count:x}", since.as_micros()))
    }

    /// A mail to come, under this name.
    pub(crate) fn begin_named(&self, id: String) -> io::Result<Incoming> {
        let path = self.path(&id, "eml.tmp");
        Ok(Incoming { file: File::create(&path)?, path, id, kept: false })
    }

    /// Keeps a mail: its octets first, for what has an item must have them.
    pub(crate) fn keep(&self, mut incoming: Incoming, item: &QueueItem) -> io::Result<()> {
        incoming.file.sync_all()?;
        fs::rename(&incoming.path, self.path(&incoming.id, "eml"))?;
        incoming.kept = true;
        self.save(item)
    }

    /// Writes an item where it outlives a stop.
    pub(crate) fn save(&self, item: &QueueItem) -> io::Result<()> {
        self.write(&self.path(&item.id, "json"), item)
    }

    pub(crate) fn remove(&self, id: &str) -> io::Result<()> {
        // The item first: octets without one are removed at the next start.
        fs::remove_file(self.path(id, "json"))?;
        match fs::remove_file(self.path(id, "eml")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub(crate) fn octets(&self, id: &str) -> io::Result<File> {
        File::open(self.path(id, "eml"))
    }

    /// What is remembered of policies; nothing, if it cannot be read.
    pub(crate) fn policies(&self) -> HashMap<String, StsMemory> {
        let text = fs::read(self.dir.join("policies")).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    pub(crate) fn save_policies(&self, policies: &HashMap<String, StsMemory>) -> io::Result<()> {
        self.write(&self.dir.join("policies"), policies)
    }

    fn path(&self, id: &str, end: &str) -> PathBuf {
        self.dir.join(format!("{id}.{end}"))
    }

    fn write(&self, path: &Path, value: &impl Serialize) -> io::Result<()> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".tmp");
        let mut file = File::create(&temporary)?;
        file.write_all(&serde_json::to_vec(value)?)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        // The names, too, are to be there after a stop.
        File::open(&self.dir)?.sync_all()
    }
}

impl Write for Incoming {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.file.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}
