//! The mails: what `shared` has or a few that are built in, made-up ones, and folders that are given.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use crate::generated;

/// Mails under one name.
pub struct Corpus {
    pub name: String,
    pub mails: Vec<Vec<u8>>,
}

impl Corpus {
    /// Octets of all mails.
    pub fn octets(&self) -> usize {
        self.mails.iter().map(Vec::len).sum()
    }
}

/// Some mails of the usual shapes, for a machine that has no others.
const BUILT_IN: [&str; 3] = [
    "Return-Path: <alice@a.example>\r\nReceived: from mx.a.example (mx.a.example [192.0.2.1])\r\n\tby mx.b.example (Postfix) with ESMTPS id 4F2\r\n\tfor <bob@b.example>; Fri, 21 Nov 1997 10:05:43 -0600\r\nFrom: Alice Example <alice@a.example>\r\nTo: bob@b.example\r\nSubject: Saying Hello\r\nDate: Fri, 21 Nov 1997 09:55:06 -0600\r\nMessage-ID: <1234@local.machine.example>\r\n\r\nHello.\r\n",
    "Date: Tue, 1 Jul 2003 10:52:37 +0200\nFrom: =?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>\nTo: \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>\nSubject: =?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=\nMessage-ID: <5678.21-Nov-1997@example.com>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=us-ascii\n\nbody\n",
    "From: jdoe@machine.example (John Doe)\r\nSubject: plain\r\nDate: 26 Aug 1976 14:29 EDT\r\nMessage-ID: <a@b>\r\n\r\nbody\r\n",
];

/// SpamAssassin's mails, all and by folder, or else the built-in ones; the made-up ones; and every
/// folder that `RACE_CORPUS` names.
pub fn corpora() -> io::Result<Vec<Corpus>> {
    let mut corpora = real()?;
    corpora.extend(generated::corpora());
    let folders = env::var_os("RACE_CORPUS").unwrap_or_default();
    for folder in env::split_paths(&folders).filter(|folder| !folder.as_os_str().is_empty()) {
        corpora.push(read(&folder, None)?);
    }
    Ok(corpora)
}

fn real() -> io::Result<Vec<Corpus>> {
    let shared = shared("corpora/spamassassin");
    let Some(shared) = shared else {
        eprintln!("skipped: SpamAssassin's mails are not here; racing on the built-in ones");
        let mails = BUILT_IN.iter().map(|mail| mail.as_bytes().to_vec()).collect();
        return Ok(vec![Corpus { name: "built-in".into(), mails }]);
    };
    let mut corpora = vec![read(&shared, None)?];
    for folder in sorted(&shared)?.into_iter().filter(|path| path.is_dir()) {
        corpora.push(read(&folder, Some("spamassassin"))?);
    }
    Ok(corpora)
}

/// All of SpamAssassin's mails.
pub fn spamassassin() -> io::Result<Corpus> {
    let folder = shared("corpora/spamassassin").ok_or(io::ErrorKind::NotFound)?;
    read(&folder, None)
}

/// What lies at a path of the folder `shared` beside the project, if it is there.
pub fn shared(path: &str) -> Option<PathBuf> {
    let parents = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    parents.map(|parent| parent.join("shared").join(path)).find(|path| path.exists())
}

fn read(folder: &Path, parent: Option<&str>) -> io::Result<Corpus> {
    let last = folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into());
    let name = parent.map_or(last.clone(), |parent| format!("{parent}/{last}"));
    let mut mails = Vec::new();
    walk(folder, &mut mails)?;
    Ok(Corpus { name, mails })
}

/// Every file below a folder but notes of its origin, in the order of the names.
fn walk(folder: &Path, mails: &mut Vec<Vec<u8>>) -> io::Result<()> {
    for path in sorted(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            walk(&path, mails)?;
        } else if !["LICENSE", "NOTICE", "README"].iter().any(|note| name.starts_with(note)) {
            mails.push(fs::read(&path)?);
        }
    }
    Ok(())
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}
