//! Both programs.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A program, which `cargo test` builds with the tests.
fn program(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(path.exists(), "build it: cargo build --example {name}");
    Command::new(path)
}

/// What one run of `fetch` came to.
pub(crate) struct Fetched {
    code: i32,
    pub(crate) out: String,
    pub(crate) told: String,
}

impl Fetched {
    /// Fails unless it ended so.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.out, self.told);
        self
    }

    /// One line was told, with these words.
    #[track_caller]
    pub(crate) fn one_line(&self, words: &str) {
        assert_eq!(self.told.lines().count(), 1, "{}", self.told);
        assert!(self.told.starts_with("fetch: ") && self.told.contains(words), "{}", self.told);
    }
}

pub(crate) fn fetch(arguments: &[&str]) -> Fetched {
    let mut command = program("fetch");
    let Output { status, stdout, stderr } = command
        .args(arguments)
        .env_remove("POP3_PASSWORD")
        .env_remove("IMAP_PASSWORD")
        .output()
        .unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    Fetched { code: status.code().unwrap(), out: text(stdout), told: text(stderr) }
}

/// The mails that were fetched into a folder, by name.
pub(crate) fn mails(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mails = entries.filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut mails: Vec<_> =
        mails.map(|path| (name(&path), std::fs::read(&path).unwrap())).collect();
    mails.sort();
    mails
}

/// A running `maildrop`, and its folder.
pub(crate) struct Maildrop {
    child: Child,
    pub(crate) port: u16,
    pub(crate) folder: TempDir,
}

impl Maildrop {
    pub(crate) fn new(mails: &[&str], arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (number, mail) in mails.iter().enumerate() {
            std::fs::write(folder.path().join(format!("{number}.eml")), mail).unwrap();
        }
        let mut command = program("maildrop");
        command.arg("--dir").arg(folder.path()).args(["--user", "mrose:tanstaaf"]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let port = told["port"].as_u64().unwrap().try_into().unwrap();
        Self { child, port, folder }
    }

    /// Runs `fetch` with this server as its target.
    pub(crate) fn fetch(&self, scheme: &str, arguments: &[&str]) -> Fetched {
        let url = format!("{scheme}://mrose:tanstaaf@localhost:{}", self.port);
        let certificate = self.folder.path().join("cert.pem");
        let certificate = certificate.to_str().unwrap();
        fetch(&[&[&*url, "--ca", certificate], arguments].concat())
    }
}

impl Drop for Maildrop {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
