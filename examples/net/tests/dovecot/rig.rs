//! The Dovecot that runs: where it listens, who has an account, and what lies in it.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The password of everybody.
pub(crate) const PASSWORD: &str = "tanstaaf";

/// A rig that runs.
pub(crate) struct Rig {
    folder: PathBuf,
    pub(crate) shared: PathBuf,
}

impl Rig {
    /// The rig of the environment; without one, the test is skipped.
    pub(crate) fn get() -> Option<Self> {
        let Some(folder) = env::var_os("RIG").filter(|folder| !folder.is_empty()) else {
            eprintln!("skipped: there is no rig; see tests/interop/imap.sh");
            return None;
        };
        Some(Self { folder: folder.into(), shared: env::var_os("SHARED")?.into() })
    }

    /// What the server shows.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("tls/cert.pem")
    }

    pub(crate) fn port(&self, name: &str) -> u16 {
        env::var(name).unwrap().parse().unwrap()
    }

    /// Puts mails into the inbox of a user, before anybody opens it.
    pub(crate) fn fill(&self, user: &str, mails: &[Vec<u8>]) {
        let inbox = self.folder.join("dovecot/mail").join(user);
        for name in ["cur", "new", "tmp"] {
            fs::create_dir_all(inbox.join(name)).unwrap();
        }
        for (number, octets) in mails.iter().enumerate() {
            let name = format!("{}.M{number:06}P1.interop:2,", 1_700_000_000 + number);
            fs::write(inbox.join("cur").join(name), octets).unwrap();
        }
        let owner = ["-R", "nobody:nogroup"].map(str::to_owned);
        assert!(Command::new("chown").args(owner).arg(&inbox).status().unwrap().success());
    }

    /// All real mails, in the order of their names.
    pub(crate) fn mails(&self) -> Vec<Vec<u8>> {
        let folder = self.shared.join("corpora/spamassassin/spam-2");
        let mut paths: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.is_file());
        paths.sort();
        let mails: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
        assert_eq!(mails.len(), 1396);
        mails
    }

    /// What the administrator's program of Dovecot says to this, for a user.
    pub(crate) fn doveadm(&self, user: &str, words: &[&str]) -> String {
        let config = self.folder.join("dovecot/dovecot.conf");
        let (verb, rest) = words.split_at(words.iter().take_while(|w| !w.starts_with('@')).count());
        let rest = rest.strip_prefix(&["@"]).unwrap_or(rest);
        let output = Command::new("doveadm")
            .arg("-c")
            .arg(config)
            .args(verb)
            .args(["-u", user])
            .args(rest)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What `imaplib` gets for this.
    pub(crate) fn python(&self, user: &str, words: &[&str]) -> String {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop/imap_other.py");
        let output = Command::new("python3")
            .arg("-B")
            .arg(script)
            .args([&self.port("IMAP").to_string(), user, PASSWORD])
            .args(words)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// As the server sends it: Dovecot tells each line end as CRLF.
pub(crate) fn with_crlf(mail: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(mail.len() + mail.len() / 30);
    let mut before = 0;
    for &octet in mail {
        if octet == b'\n' && before != b'\r' {
            out.push(b'\r');
        }
        out.push(octet);
        before = octet;
    }
    out
}
