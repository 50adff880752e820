//! The programs, and the zone that they live in.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A program, which `cargo test` builds with the tests.
fn program(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(path.exists(), "build it: cargo build --example {name}");
    Command::new(path)
}

/// The first that is there, within a time that is long enough for a slow machine.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{what} did not come");
        sleep(Duration::from_millis(20));
    }
}

/// A zone file.
pub(crate) struct Zone {
    pub(crate) folder: TempDir,
}

impl Zone {
    pub(crate) fn new(text: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("zone"), format!("$TTL 60\n{text}")).unwrap();
        Self { folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("zone")
    }

    /// Runs `route`: its exit code and its page.
    pub(crate) fn route(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = program("route");
        let done = command.arg("--zone").arg(self.file()).args(arguments).output().unwrap();
        let page = String::from_utf8(done.stdout).unwrap();
        (done.status.code().unwrap(), page + &String::from_utf8(done.stderr).unwrap())
    }
}

/// A program that runs until the test is over.
struct Running {
    child: Child,
    port: u16,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        Self { child, port: told["port"].as_u64().unwrap().try_into().unwrap() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A host: the program `receive`.
pub(crate) struct Host {
    running: Running,
    folder: TempDir,
}

impl Host {
    /// STARTTLS is offered and need not be used, unless the arguments say otherwise.
    pub(crate) fn start(port: u16, arguments: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = program("receive");
        command.arg("--dir").arg(folder.path()).args(["--name", "mx.b.example"]).args(arguments);
        command.args(["--listen", &format!("127.0.0.1:{port}")]);
        Self { running: Running::start(command), folder }
    }

    pub(crate) fn port(&self) -> u16 {
        self.running.port
    }

    /// What it shows.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    /// The only mail for this recipient, and its envelope.
    #[track_caller]
    pub(crate) fn mail(&self, to: &str) -> (String, Value) {
        until(to, || {
            let found: Vec<_> =
                self.mails().into_iter().filter(|(_, told)| told["to"][0] == to).collect();
            assert!(found.len() < 2, "{to} has several mails");
            found.into_iter().next()
        })
    }

    pub(crate) fn mails(&self) -> Vec<(String, Value)> {
        let files = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mails = files.filter(|path| path.extension().is_some_and(|kind| kind == "eml"));
        let read = |path: PathBuf| {
            let told = fs::read(path.with_extension("json")).unwrap();
            (fs::read_to_string(&path).unwrap(), serde_json::from_slice(&told).unwrap())
        };
        mails.map(read).collect()
    }
}

/// The program `relay`, in a hurry.
pub(crate) struct Relay {
    running: Running,
}

impl Relay {
    pub(crate) fn start(zone: &Zone, port: u16, arguments: &[&str]) -> Self {
        let mut command = program("relay");
        command.arg("--zone").arg(zone.file()).arg("--dir").arg(spool(zone)).args(arguments);
        command.args(["--private", "--port", &port.to_string(), "--name", "relay.example"]);
        command.args(["--retry", "1s"]);
        Self { running: Running::start(command) }
    }

    /// Sends a mail from alice@a.example by the program `send`.
    pub(crate) fn send(&self, arguments: &[&str], mail: &str) {
        let url = format!("smtp://localhost:{}", self.running.port);
        let mut command = program("send");
        command.args(["--url", &url, "--from", "alice@a.example"]).args(arguments);
        let mut child =
            command.arg("-").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(mail.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// Ends it in order.
    pub(crate) fn end(mut self) {
        let id = self.running.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.running.child.wait().unwrap().success());
    }
}

/// Where mails of the relay lie.
pub(crate) fn spool(zone: &Zone) -> PathBuf {
    zone.folder.path().join("spool")
}

/// The items that lie there.
pub(crate) fn waiting(zone: &Zone) -> Vec<Value> {
    let read = |path: &Path| serde_json::from_slice(&fs::read(path).ok()?).ok();
    let files = fs::read_dir(spool(zone)).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
        .filter_map(|path| read(&path))
        .collect()
}
