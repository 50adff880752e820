//! Every mail of the SpamAssassin corpus.

use std::{
    fs,
    path::{Path, PathBuf},
};

use postrider_mime::Message;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if !["LICENSE", "NOTICE", "README.txt"].iter().any(|name| path.ends_with(name)) {
            found.push(path);
        }
    }
}

#[test]
fn every_mail_parses_and_everything_in_it_can_be_read() {
    let Some(root) = postrider_testkit::shared("corpora/spamassassin") else {
        eprintln!("skipped: corpora/spamassassin is not here");
        return;
    };
    let mut paths = Vec::new();
    files(&root, &mut paths);
    assert_eq!(paths.len(), 3046);
    let (mut froms, mut dated, mut parts) = (0, 0, 0);
    for path in &paths {
        let message = Message::parse(fs::read(path).unwrap()).unwrap();
        let headers = message.headers();
        froms += usize::from(headers.from().is_some_and(|from| from.value.mailboxes().count() > 0));
        dated += usize::from(headers.date().is_some_and(|date| date.value.is_some()));
        headers.trace();
        for part in message.parts() {
            parts += 1;
            let _ = (part.decoded(), part.text(), part.disposition(), part.lines());
        }
    }
    eprintln!("{} mails, {froms} with an author, {dated} dated, {parts} parts", paths.len());
    // Nearly all of these were sent by programs that follow the RFCs in this.
    assert!(froms * 100 > paths.len() * 97);
    assert!(dated * 100 > paths.len() * 97);
}
