//! Both programs.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
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

/// What one run of `send` came to.
pub(crate) struct Sent {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) told: String,
}

impl Sent {
    /// Fails unless it ended so.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.out, self.told);
        self
    }

    /// The lines on the standard error that are not of the conversation.
    pub(crate) fn failures(&self) -> Vec<&str> {
        self.told.lines().filter(|line| line.starts_with("send: ")).collect()
    }
}

/// Runs `send` with `--from`, with a mail on its standard input.
pub(crate) fn send(arguments: &[&str], mail: &[u8], password: Option<&str>) -> Sent {
    let mut command = program("send");
    command.args(["--from", "alice@a.example"]).args(arguments);
    command.env_remove("SMTP_PASSWORD").envs(password.map(|password| ("SMTP_PASSWORD", password)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // One that ends before it has read all is right, too.
    let _ = child.stdin.take().unwrap().write_all(mail);
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    Sent { code: status.code().unwrap(), out: text(stdout), told: text(stderr) }
}

/// A running `receive`, and the folder it writes into.
pub(crate) struct Receive {
    child: Child,
    pub(crate) port: u16,
    folder: TempDir,
}

impl Receive {
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut command = program("receive");
        command.arg("--dir").arg(folder.path()).arg("--verbose").args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let port = told["port"].as_u64().unwrap().try_into().unwrap();
        Self { child, port, folder }
    }

    /// The certificate that it made for itself.
    pub(crate) fn certificate(&self) -> String {
        self.folder.path().join("cert.pem").to_str().unwrap().to_owned()
    }

    /// Runs `send` with this server as its target.
    pub(crate) fn send(&self, scheme: &str, login: &str, arguments: &[&str], mail: &[u8]) -> Sent {
        let url = format!("{scheme}://{login}localhost:{}", self.port);
        let certificate = self.certificate();
        let mut all = vec!["--url", &url, "--ca", &certificate, "--verbose"];
        all.extend(arguments);
        send(&all, mail, None)
    }

    /// Everything that was said to it, and by it.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// The mails that came so far, with their envelopes, in the order in which they came.
    pub(crate) fn mails(&self) -> Vec<(Vec<u8>, Value)> {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .collect();
        paths.sort();
        let read = |path: &PathBuf| {
            let envelope = std::fs::read_to_string(path.with_extension("json")).unwrap();
            (std::fs::read(path).unwrap(), serde_json::from_str(&envelope).unwrap())
        };
        paths.iter().map(read).collect()
    }
}

impl Drop for Receive {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file with a mail.
pub(crate) fn file(folder: &TempDir, name: &str, octets: &[u8]) -> String {
    let path: &Path = &folder.path().join(name);
    std::fs::write(path, octets).unwrap();
    path.to_str().unwrap().to_owned()
}
