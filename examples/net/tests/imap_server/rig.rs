//! The server that runs, twice: over STARTTLS, and over TLS from the first octet. The two share no mail.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::session::Imap;

/// The password of everybody.
pub(crate) const PASSWORD: &str = "tanstaaf";
const USERS: [&str; 6] = ["alice", "idle", "qresync", "condstore", "compare", "üser"];

/// Ends with the test.
pub(crate) struct Rig {
    folder: TempDir,
    starttls: Running,
    implicit: Running,
}

struct Running {
    child: Child,
    port: u16,
}

impl Rig {
    /// There is always one.
    pub(crate) fn get() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("starttls"), folder.path().join("implicit"));
        let starttls = Running::start(&one, &[]);
        let implicit = Running::start(&other, &["--implicit-tls"]);
        let shown = [one, other].map(|place| fs::read_to_string(place.join("cert.pem")).unwrap());
        fs::write(folder.path().join("both.pem"), shown.concat()).unwrap();
        Some(Self { folder, starttls, implicit })
    }

    /// What the two show.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("both.pem")
    }

    pub(crate) fn port(&self, name: &str) -> u16 {
        if name == "IMAPS" { self.implicit.port } else { self.starttls.port }
    }

    /// Puts mails into the inbox of a user, behind TLS from the first octet.
    pub(crate) fn fill(&self, user: &str, mails: &[Vec<u8>]) {
        let mut imap = Imap::open(self, user);
        for mail in mails {
            assert!(imap.append("INBOX", mail).is_ok());
        }
        imap.log_out();
    }

    /// Mails of several sizes.
    pub(crate) fn mails(&self) -> Vec<Vec<u8>> {
        let mail = |n: usize| {
            let lines = format!("{n:06} grüße\r\n.\r\n").repeat(n * n);
            format!("From: Bob <bob@b.example>\r\nSubject: number {n}\r\n\r\n{lines}").into_bytes()
        };
        (0..150).map(mail).collect()
    }
}

impl Running {
    fn start(place: &Path, more: &[&str]) -> Self {
        let mut command = program("imap_server");
        command.arg("--dir").arg(place).args(more);
        for user in USERS {
            command.args(["--user", &format!("{user}:{PASSWORD}")]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self { child, port: told["port"].as_u64().unwrap().try_into().unwrap() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program, which `cargo test` builds with the tests.
pub(crate) fn program(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(path.exists(), "build it: cargo build --example {name}");
    Command::new(path)
}

/// They have it already.
pub(crate) fn with_crlf(mail: &[u8]) -> Vec<u8> {
    mail.to_vec()
}
