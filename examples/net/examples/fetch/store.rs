//! Mail on the disk, and the note of what was fetched.
//!
//! A mail counts as fetched from the moment in which the file `seen` with its unique-id has taken the place of
//! the one before. Until then what came of it lies in a hidden folder, and is thrown away at the next start;
//! from then on it is moved to its place, at the next start if need be. So a mail is there once, whenever
//! the program is killed. (In a mailbox file, the last ones can be there twice.)

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use postrider::pop3::{SeenUids, UniqueId};

mod folder;
mod mbox;

use folder::Folder;
use mbox::Mbox;

use super::plan::Place;
use postrider_net::program::{
    failure::{Code, Failure},
    target::file_name,
};

/// When mails are made safe together: so many of them, so many octets, or so long after the first.
const MAILS: usize = 64;
const OCTETS: u64 = 32 * 1024 * 1024;
const TIME: Duration = Duration::from_secs(5);

/// A mail that is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Its number in this session.
    pub(crate) message: u32,
    /// What it is known by in all sessions.
    pub(crate) uid: UniqueId,
}

/// The octets of mails, whole or not yet.
enum Mails {
    Folder(Folder),
    Mbox(Mbox),
}

pub(crate) struct Store {
    /// The hidden folder.
    hidden: PathBuf,
    mails: Mails,
    seen: SeenUids,
    /// Whether `seen` is not as on the disk.
    is_changed: bool,
    current: Option<(Wanted, u64)>,
    /// Whole, but not safe.
    whole: Vec<(Wanted, u64)>,
    since: Option<Instant>,
    /// Nobody else fetches for this account, as long as it is open.
    _lock: File,
}

/// What cannot be written, where.
fn failed(path: &Path) -> impl Fn(io::Error) -> Failure {
    move |error| Failure::new(Code::CantCreate, format!("{}: {error}", path.display()))
}

impl Store {
    /// Opens the place for the mail of an account, and mends what a kill has left.
    pub(crate) fn open(place: &Place, account: &str) -> Result<Self, Failure> {
        let hidden = match place {
            Place::Folder(folder) => folder.join(".fetch"),
            Place::Mbox(file) => {
                let name = file.file_name().ok_or_else(|| {
                    Failure::new(Code::Usage, format!("{} is no file", file.display()))
                })?;
                file.with_file_name(format!(".{}.fetch", name.to_string_lossy()))
            }
        };
        let hidden = hidden.join(account);
        fs::create_dir_all(&hidden).map_err(failed(&hidden))?;
        let lock = hidden.join("lock");
        let file = File::create(&lock).map_err(failed(&lock))?;
        file.try_lock().map_err(|_| {
            Failure::new(Code::TempFail, format!("{}: another fetch goes on", hidden.display()))
        })?;
        let seen = read_seen(&hidden)?;
        let mails = match place {
            Place::Folder(folder) => {
                let known: HashSet<String> = seen_names(&seen);
                Mails::Folder(Folder::open(folder, &hidden, &known).map_err(failed(folder))?)
            }
            Place::Mbox(file) => Mails::Mbox(Mbox::open(file, &hidden).map_err(failed(file))?),
        };
        Ok(Self {
            hidden,
            mails,
            seen,
            is_changed: false,
            current: None,
            whole: Vec::new(),
            since: None,
            _lock: file,
        })
    }

    /// What is known of the mailbox, as it was written the last time.
    pub(crate) fn state(&self) -> Result<Option<String>, Failure> {
        read(&self.hidden, "state")
    }

    /// Writes what is known of the mailbox. All that it calls known must be safe.
    pub(crate) fn keep_state(&self, text: &str) -> Result<(), Failure> {
        replace(&self.hidden, "state", text).map_err(failed(&self.hidden))
    }

    pub(crate) fn seen(&mut self) -> &mut SeenUids {
        &mut self.seen
    }

    /// The listing is complete: forgets what the server no longer has.
    pub(crate) fn end_listing(&mut self) {
        self.is_changed |= self.seen.end_listing() > 0;
    }

    pub(crate) fn is_writing(&self) -> bool {
        self.current.is_some()
    }

    pub(crate) fn begin(&mut self, wanted: Wanted) -> Result<(), Failure> {
        let begun = match &mut self.mails {
            Mails::Folder(folder) => folder.begin(wanted.message, &file_name(wanted.uid.as_str())),
            Mails::Mbox(mbox) => mbox.begin(),
        };
        begun.map_err(failed(&self.hidden))?;
        self.current = Some((wanted, 0));
        Ok(())
    }

    pub(crate) fn write(&mut self, octets: &[u8]) -> Result<(), Failure> {
        let written = match &mut self.mails {
            Mails::Folder(folder) => folder.write(octets),
            Mails::Mbox(mbox) => mbox.write(octets),
        };
        written.map_err(failed(&self.hidden))?;
        if let Some((_, sum)) = &mut self.current {
            *sum = sum.saturating_add(octets.len() as u64);
        }
        Ok(())
    }

    /// The mail is whole.
    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        let ended = match &mut self.mails {
            Mails::Folder(folder) => folder.end(),
            Mails::Mbox(mbox) => mbox.end(),
        };
        ended.map_err(failed(&self.hidden))?;
        self.whole.extend(self.current.take());
        self.since.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// The mail will not be whole.
    pub(crate) fn discard(&mut self) -> Result<(), Failure> {
        self.current = None;
        let discarded = match &mut self.mails {
            Mails::Folder(folder) => folder.discard(),
            Mails::Mbox(mbox) => mbox.discard(),
        };
        discarded.map_err(failed(&self.hidden))
    }

    /// Whether it is time to make safe what is whole.
    pub(crate) fn is_due(&self) -> bool {
        let octets = self.whole.iter().fold(0_u64, |sum, (_, octets)| sum.saturating_add(*octets));
        self.whole.len() >= MAILS
            || octets >= OCTETS
            || self.since.is_some_and(|since| since.elapsed() >= TIME)
    }

    /// Makes safe what is whole, and tells it, with sizes.
    pub(crate) fn commit(&mut self) -> Result<Vec<(Wanted, u64)>, Failure> {
        self.since = None;
        let whole = core::mem::take(&mut self.whole);
        if whole.is_empty() && !self.is_changed {
            return Ok(whole);
        }
        let synced = match &mut self.mails {
            Mails::Folder(folder) => folder.sync(),
            Mails::Mbox(mbox) => mbox.append(),
        };
        synced.map_err(failed(&self.hidden))?;
        for (wanted, _) in &whole {
            let full = |error| Failure::new(Code::CantCreate, format!("unique-ids: {error}"));
            self.seen.insert(wanted.uid.clone()).map_err(full)?;
        }
        let written = replace(&self.hidden, "seen", &self.seen.to_text());
        written.map_err(failed(&self.hidden))?;
        self.is_changed = false;
        let placed = match &mut self.mails {
            Mails::Folder(folder) => folder.publish(),
            Mails::Mbox(mbox) => mbox.clear(),
        };
        placed.map_err(failed(&self.hidden))?;
        Ok(whole)
    }
}

fn seen_names(seen: &SeenUids) -> HashSet<String> {
    let text = seen.to_text();
    text.lines()
        .filter_map(|line| UniqueId::new(line).ok())
        .map(|uid| file_name(uid.as_str()))
        .collect()
}

fn read_seen(hidden: &Path) -> Result<SeenUids, Failure> {
    let text = read(hidden, "seen")?.unwrap_or_default();
    SeenUids::parse(&text).map_err(|error| {
        Failure::new(Code::CantCreate, format!("{}: {error}", hidden.join("seen").display()))
    })
}

/// A file of the hidden folder, if it is there.
fn read(hidden: &Path, name: &str) -> Result<Option<String>, Failure> {
    let path = hidden.join(name);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(&path)(error)),
    }
}

/// All at once: the old file or the new one is there.
fn replace(hidden: &Path, name: &str, text: &str) -> io::Result<()> {
    let (path, new) = (hidden.join(name), hidden.join(format!("{name}.new")));
    let mut file = File::create(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, &path)?;
    sync_folder(hidden)
}

/// The names in a folder are on the disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere folders cannot be opened as files.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A file that must not be there.
fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}
