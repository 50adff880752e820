//! `fetch` and `watch` at the server.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use postrider::imap::{Command, Flag, SequenceSet, StoreMode};

use crate::{
    rig::{PASSWORD, Rig, program},
    session::Imap,
};

fn url(rig: &Rig) -> String {
    format!("imaps://alice:{PASSWORD}@localhost:{}/INBOX", rig.port("IMAPS"))
}

#[test]
fn fetch_gets_each_mail_once() {
    let rig = Rig::get().unwrap();
    let mails = rig.mails();
    rig.fill("alice", &mails[..40]);
    let out = tempfile::tempdir().unwrap();
    let fetch = || {
        let mut command = program("fetch");
        command.arg(url(&rig)).arg("--ca").arg(rig.certificate()).arg("--out").arg(out.path());
        let output = command.output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
        told
    };
    assert!(fetch().starts_with("fetched 40 new mails "));
    rig.fill("alice", &mails[40..41]);
    assert!(fetch().starts_with("fetched 1 new mails "));
    assert!(fetch().ends_with("(0 octets); 41 were known\n"));
    let files = std::fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "eml"));
    let mut came: Vec<_> = files.map(|path| std::fs::read(path).unwrap()).collect();
    let mut sent = mails[..41].to_vec();
    came.sort();
    sent.sort();
    assert!(came == sent);
}

#[test]
fn watch_tells_what_another_session_does() {
    let rig = Rig::get().unwrap();
    rig.fill("alice", &rig.mails()[..3]);
    let mut watch = program("watch");
    watch.arg(url(&rig)).arg("--ca").arg(rig.certificate());
    let mut watch = watch.stdout(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(watch.stdout.take().unwrap()).lines();
    let mut line = || told.next().unwrap().unwrap();
    let mut other = Imap::inbox(&rig, "alice");
    // Until it watches, what is new is nothing to it.
    let one = SequenceSet::one(2).unwrap();
    let first = std::thread::scope(|scope| {
        let first = scope.spawn(&mut line);
        while !first.is_finished() {
            for mode in [StoreMode::Add, StoreMode::Remove] {
                other.ok(|client| client.uid_store(one.clone(), mode, true, [Flag::Flagged]));
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        }
        first.join().unwrap()
    });
    assert!(first.starts_with("flags 2:"), "{first}");
    other.ok(|client| client.uid_store(one, StoreMode::Add, true, [Flag::Deleted]));
    other.ok(|client| client.send(Command::Expunge));
    assert!(other.append("INBOX", &rig.mails()[5]).is_ok());
    while line() != "gone 2" {}
    assert_eq!(line(), "new 4 Bob <bob@b.example>: number 5");
    watch.kill().unwrap();
    watch.wait().unwrap();
}
