//! Where mails come from: files, standard input, mailboxes in one file, folders.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// One file to read, or standard input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    /// `-`
    Stdin,
    File(PathBuf),
}

impl Input {
    /// What it is called in reports.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::File(path) => path.to_string_lossy().into_owned(),
        }
    }

    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Stdin => {
                let mut octets = Vec::new();
                io::copy(&mut io::stdin().lock(), &mut octets).map(|_| octets)
            }
            Self::File(path) => fs::read(path),
        }
    }
}

/// The files that these paths name, those of a folder in the order of their names.
///
/// Of a Maildir, which has `cur`, `new` and `tmp`, the mails are in `cur` and `new`, its subfolders
/// begin with a dot, and other files are the server's. Any other folder is read through, but for
/// hidden files. Links to folders are not followed, so that no loop is. Of a folder, pipes and devices
/// are left out: one that nobody writes to would be waited for. `tell` hears of folders that cannot be
/// read, and of paths (`None`) where no mail is.
pub(crate) fn inputs(
    paths: &[PathBuf],
    mut tell: impl FnMut(&Path, Option<&io::Error>),
) -> Vec<Input> {
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            found.push(Input::Stdin);
        } else if path.is_dir() {
            let before = found.len();
            let readable = folder(path, &mut found, &mut |path, error| tell(path, Some(error)));
            if readable && found.len() == before {
                tell(path, None);
            }
        } else {
            found.push(Input::File(path.clone()));
        }
    }
    found
}

/// Whether all folders could be read.
fn folder(top: &Path, found: &mut Vec<Input>, failed: &mut impl FnMut(&Path, &io::Error)) -> bool {
    let mut readable = true;
    let mut todo = vec![top.to_owned()];
    while let Some(folder) = todo.pop() {
        let is_maildir = ["cur", "new", "tmp"].iter().all(|name| folder.join(name).is_dir());
        let entries = match entries(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                readable = false;
                failed(&folder, &error);
                continue;
            }
        };
        let mut folders = Vec::new();
        for (path, is_folder) in entries {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let hidden = name.starts_with('.');
            match (is_maildir, is_folder) {
                (true, true) if hidden || name == "cur" || name == "new" => folders.push(path),
                (false, true) if !hidden => folders.push(path),
                (false, false) if !hidden && !is_endless(&path) => found.push(Input::File(path)),
                _ => {}
            }
        }
        todo.extend(folders.into_iter().rev());
    }
    readable
}

/// Whether it leads to a pipe, device or socket.
fn is_endless(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| !file.is_file() && !file.is_dir())
}

/// The entries of a folder by name, and which are folders themselves.
fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        entries.push((entry.path(), entry.file_type()?.is_dir()));
    }
    entries.sort_unstable();
    Ok(entries)
}
