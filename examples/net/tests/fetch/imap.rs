//! `fetch` over IMAP: what is new, once, whatever happens.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crate::mailbox::Mailbox;
use crate::programs::{fetch, mails};
use crate::script::{CLEAR, Say, serve_as};

const GREETING: &str = "* OK [CAPABILITY IMAP4rev1] ready\r\n";

fn serve(
    sessions: usize,
    answer: impl FnMut(usize, &str) -> Say + Send + 'static,
) -> (String, JoinHandle<Vec<String>>) {
    serve_as("imap", GREETING, sessions, answer)
}

/// Serves these mailboxes, one in each session.
fn serve_all(mailboxes: Vec<Mailbox>) -> (String, JoinHandle<Vec<String>>) {
    serve(mailboxes.len(), move |session, line| mailboxes[session].answer(line))
}

/// Fetches into a folder, in clear, and returns the line about it.
#[track_caller]
fn fetched(url: &str, out: &Path, more: &[&str]) -> String {
    fetch(&[&[url, "--out", out.to_str().unwrap()], &CLEAR[..], more].concat()).expect(0).out
}

fn names(out: &Path) -> Vec<String> {
    mails(out).into_iter().map(|(name, _)| name).collect()
}

/// A file of the hidden folder, of the only account.
fn hidden(out: &Path, name: &str) -> PathBuf {
    fs::read_dir(out.join(".fetch")).unwrap().next().unwrap().unwrap().path().join(name)
}

#[test]
fn mail_is_fetched_once_and_forgotten_when_it_is_gone() {
    let more = Mailbox::new(77, &[1, 2, 5]);
    let less = Mailbox::new(77, &[2, 5]);
    let (url, serving) =
        serve_all(vec![Mailbox::new(77, &[1, 2]), Mailbox::new(77, &[1, 2]), more, less]);
    let out = tempfile::tempdir().unwrap();
    let out = out.path();
    assert_eq!(fetched(&url, out, &[]), "fetched 2 new mails (28 octets); 0 were known\n");
    assert_eq!(fs::read_to_string(hidden(out, "state")).unwrap(), "1 77 0 1:2\nall\n");
    assert_eq!(fetched(&url, out, &[]), "fetched 0 new mails (0 octets); 2 were known\n");
    assert_eq!(fetched(&url, out, &[]), "fetched 1 new mails (14 octets); 2 were known\n");
    assert_eq!(fetched(&url, out, &[]), "fetched 0 new mails (0 octets); 2 were known\n");
    assert_eq!(fs::read_to_string(hidden(out, "seen")).unwrap(), "77.2\n77.5\n");
    assert_eq!(fs::read_to_string(hidden(out, "state")).unwrap(), "1 77 0 2,5\nall\n");
    let expected = [1, 2, 5].map(|n| (format!("77.{n}"), format!("Subject: {n}\r\n\r\n").into()));
    assert_eq!(mails(out), expected);
    let heard = serving.join().unwrap();
    let bodies = heard.iter().filter(|line| line.contains("BODY"));
    // Nothing becomes seen by it.
    assert_eq!(bodies.clone().count(), 3);
    assert!(bodies.clone().all(|line| line.ends_with("BODY.PEEK[]")), "{heard:?}");
}

#[test]
fn with_qresync_only_what_changed_is_told_and_fetched() {
    let mailbox = Mailbox::new(77, &[1, 2, 9]);
    let (url, serving) = serve(1, move |_, line| {
        let (tag, command) = line.split_once(' ').unwrap();
        match command {
            "CAPABILITY" => Say::This(format!(
                "* CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC\r\n{tag} OK done\r\n"
            )),
            "ENABLE QRESYNC" => Say::This(format!("* ENABLED QRESYNC\r\n{tag} OK done\r\n")),
            "EXAMINE INBOX (QRESYNC (77 10 1:4))" => Say::This(format!(
                "* 3 EXISTS\r\n* OK [UIDVALIDITY 77] x\r\n* OK [UIDNEXT 10] x\r\n\
                 * OK [HIGHESTMODSEQ 20] x\r\n* VANISHED (EARLIER) 4\r\n{tag} OK done\r\n"
            )),
            "UID FETCH 5:* FLAGS" | "UID FETCH 9 BODY.PEEK[]" | "LOGOUT" => mailbox.answer(line),
            _ if command.starts_with("LOGIN") => mailbox.answer(line),
            _ => Say::Last(format!("{tag} BAD it was not to be asked for\r\n")),
        }
    });
    let out = tempfile::tempdir().unwrap();
    let account = url.strip_prefix("imap://mrose:tanstaaf@").unwrap().replace(':', "%3A");
    let folder = out.path().join(format!(".fetch/mrose@{account}%2FINBOX"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("state"), "1 77 10 1:4\nall\n").unwrap();
    fs::write(folder.join("seen"), "77.1\n77.2\n77.4\n").unwrap();
    let told = fetched(&url, out.path(), &[]);
    assert_eq!(told, "fetched 1 new mails (14 octets); 2 were known\n");
    assert_eq!(names(out.path()), ["77.9"]);
    assert_eq!(fs::read_to_string(folder.join("state")).unwrap(), "1 77 20 1:3,9\nall\n");
    assert_eq!(fs::read_to_string(folder.join("seen")).unwrap(), "77.1\n77.2\n77.9\n");
    serving.join().unwrap();
}

#[test]
fn what_was_whole_before_a_cut_does_not_come_again() {
    let mailbox = Mailbox::new(77, &[1, 2, 3]);
    let (url, serving) = serve(2, move |session, line| match line.split_once(' ') {
        Some((_, "UID FETCH 2 BODY.PEEK[]")) if session == 0 => {
            Say::Last("* 2 FETCH (UID 2 BODY[] {14}\r\nSubj".to_owned())
        }
        _ => mailbox.answer(line),
    });
    let out = tempfile::tempdir().unwrap();
    let arguments = [&[&*url, "--out", out.path().to_str().unwrap()], &CLEAR[..]].concat();
    fetch(&arguments).expect(75).one_line("stream ended");
    assert_eq!(names(out.path()), ["77.1"]);
    // It would call the others known.
    assert!(!hidden(out.path(), "state").exists());
    let told = fetched(&url, out.path(), &[]);
    assert_eq!(told, "fetched 2 new mails (28 octets); 1 were known\n");
    assert_eq!(names(out.path()), ["77.1", "77.2", "77.3"]);
    assert!(hidden(out.path(), "state").exists());
    let heard = serving.join().unwrap();
    let first = heard.iter().filter(|line| line.ends_with("UID FETCH 1 BODY.PEEK[]"));
    assert_eq!(first.count(), 1, "{heard:?}");
}

#[test]
fn with_another_uidvalidity_everything_is_new() {
    let (url, serving) = serve_all(vec![Mailbox::new(77, &[1, 2]), Mailbox::new(78, &[1])]);
    let out = tempfile::tempdir().unwrap();
    fetched(&url, out.path(), &[]);
    let told = fetched(&url, out.path(), &[]);
    assert_eq!(told, "fetched 1 new mails (14 octets); 0 were known\n");
    assert_eq!(names(out.path()), ["77.1", "77.2", "78.1"]);
    assert_eq!(fs::read_to_string(hidden(out.path(), "seen")).unwrap(), "78.1\n");
    serving.join().unwrap();
}

#[test]
fn since_a_day_is_asked_of_the_server_and_another_day_begins_anew() {
    let mut mailbox = Mailbox::new(77, &[1]);
    mailbox.add(2, "29-Nov-2026");
    mailbox.add(3, "2-Dec-2026");
    let (url, serving) = serve_all(vec![mailbox; 4]);
    let out = tempfile::tempdir().unwrap();
    let since = ["--since", "2026-11-29"];
    let told = fetched(&url, out.path(), &since);
    assert_eq!(told, "fetched 2 new mails (28 octets); 0 were known\n");
    assert_eq!(names(out.path()), ["77.2", "77.3"]);
    let state = fs::read_to_string(hidden(out.path(), "state")).unwrap();
    assert_eq!(state, "1 77 0 1:3\nsince 29-Nov-2026\n");
    let told = fetched(&url, out.path(), &since);
    assert_eq!(told, "fetched 0 new mails (0 octets); 2 were known\n");
    let told = fetched(&url, out.path(), &["--since", "2026-12-02"]);
    assert_eq!(told, "fetched 0 new mails (0 octets); 2 were known\n");
    let told = fetched(&url, out.path(), &[]);
    assert_eq!(told, "fetched 1 new mails (14 octets); 2 were known\n");
    let heard = serving.join().unwrap();
    let searches: Vec<_> =
        heard.iter().filter_map(|line| line.split_once(" UID SEARCH ")).collect();
    let [(_, first), (_, second)] = searches[..] else { panic!("{heard:?}") };
    assert_eq!([first, second], ["UID 1:3 SINCE 29-Nov-2026", "UID 1:1 SINCE 2-Dec-2026"]);
}

#[test]
fn each_mailbox_has_its_own_note_and_its_name_may_be_in_any_language() {
    let (url, serving) = serve_all(vec![Mailbox::new(77, &[1]); 3]);
    let out = tempfile::tempdir().unwrap();
    for path in ["/Entw%C3%BCrfe/2026", "/Entwürfe/2027/", "/a%40b"] {
        let told = fetched(&format!("{url}{path}"), out.path(), &[]);
        assert_eq!(told, "fetched 1 new mails (14 octets); 0 were known\n");
    }
    // Nothing is overwritten where UIDVALIDITY and UID are the same.
    assert_eq!(names(out.path()), ["77.1", "77.1.2", "77.1.3"]);
    assert_eq!(fs::read_dir(out.path().join(".fetch")).unwrap().count(), 3);
    let heard = serving.join().unwrap();
    let examined = heard.iter().filter_map(|line| line.split_once(" EXAMINE "));
    let selected: Vec<_> = examined.map(|(_, name)| name.trim_matches('"')).collect();
    assert_eq!(selected, ["Entw&APw-rfe/2026", "Entw&APw-rfe/2027", "a@b"]);
}

#[test]
fn a_mail_that_vanished_is_no_failure_and_is_asked_for_again_if_it_is_still_there() {
    let mailbox = Mailbox::new(77, &[1, 2, 3, 4]);
    let later = Mailbox::new(77, &[1, 4]);
    let (url, serving) = serve(2, move |session, line| {
        let (tag, command) = line.split_once(' ').unwrap();
        match command {
            _ if session == 1 => later.answer(line),
            "UID FETCH 2 BODY.PEEK[]" => Say::This(format!("{tag} OK done\r\n")),
            "UID FETCH 3 BODY.PEEK[]" => {
                Say::This(format!("{tag} NO [EXPUNGEISSUED] it is gone\r\n"))
            }
            "UID FETCH 4 BODY.PEEK[]" => {
                Say::This(format!("* 4 FETCH (UID 4 BODY[] NIL)\r\n{tag} OK done\r\n"))
            }
            _ => mailbox.answer(line),
        }
    });
    let out = tempfile::tempdir().unwrap();
    let told = fetched(&url, out.path(), &[]);
    assert_eq!(told, "fetched 1 new mails (14 octets); 0 were known\n");
    assert!(!hidden(out.path(), "state").exists());
    let told = fetched(&url, out.path(), &[]);
    assert_eq!(told, "fetched 1 new mails (14 octets); 1 were known\n");
    assert_eq!(names(out.path()), ["77.1", "77.4"]);
    assert_eq!(fs::read_to_string(hidden(out.path(), "state")).unwrap(), "1 77 0 1,4\nall\n");
    serving.join().unwrap();
}

#[test]
fn octets_of_another_mail_than_was_asked_for_are_not_kept() {
    let mailbox = Mailbox::new(77, &[1, 2]);
    let (url, serving) = serve(1, move |_, line| {
        let (tag, command) = line.split_once(' ').unwrap();
        match command {
            // The UID stands behind the octets, and is another; a piece; other octets; unasked for.
            "UID FETCH 1 BODY.PEEK[]" => Say::This(format!(
                "* 1 FETCH (BODY[] {{3}}\r\nabc UID 2)\r\n\
                 * 1 FETCH (UID 1 BODY[]<0> {{3}}\r\nabc)\r\n\
                 * 1 FETCH (UID 1 BODY[TEXT] {{3}}\r\nabc)\r\n\
                 * 9 FETCH (UID 9 BODY[] {{3}}\r\nabc)\r\n{tag} OK done\r\n"
            )),
            "UID FETCH 2 BODY.PEEK[]" => Say::This(format!(
                "* 2 FETCH (BODY[] \"two\" UID 2)\r\n* 2 FETCH (UID 2 BODY[] {{3}}\r\nabc)\r\n\
                 {tag} OK done\r\n"
            )),
            _ => mailbox.answer(line),
        }
    });
    let out = tempfile::tempdir().unwrap();
    let arguments = [&[&*url, "--out", out.path().to_str().unwrap()], &CLEAR[..]].concat();
    fetch(&arguments).expect(76).one_line("1 responses of the server cannot be read");
    assert_eq!(mails(out.path()), [("77.2".to_owned(), b"two".to_vec())]);
    assert!(!hidden(out.path(), "state").exists());
    serving.join().unwrap();
}

#[test]
fn without_pipelining_each_mail_waits_for_the_one_before() {
    for (more, most) in [(&["--pipelining", "off"][..], 1), (&[], 3)] {
        let mailbox = Mailbox::new(77, &[1, 2, 3]);
        // The mails come when nothing more was said for a while: all that was asked for at once.
        let mut asked = Vec::new();
        let (url, serving) = serve(1, move |_, line| {
            if !line.ends_with("BODY.PEEK[]") {
                return mailbox.answer(line);
            }
            asked.push(line.to_owned());
            if asked.len() < most {
                return Say::This(String::new());
            }
            let answers = asked.drain(..).map(|line| match mailbox.answer(&line) {
                Say::This(text) | Say::Last(text) => text,
            });
            Say::This(answers.collect())
        });
        let out = tempfile::tempdir().unwrap();
        let told = fetched(&url, out.path(), more);
        assert_eq!(told, "fetched 3 new mails (42 octets); 0 were known\n");
        serving.join().unwrap();
    }
}

#[test]
fn answers_may_come_in_any_order_with_their_uids_behind_the_octets() {
    let mailbox = Mailbox::new(77, &[4, 6, 9]);
    let mut asked = Vec::new();
    let (url, serving) = serve(1, move |_, line| {
        let Some((command, "BODY.PEEK[]")) = line.rsplit_once(' ') else {
            return mailbox.answer(line);
        };
        asked.push(command.to_owned());
        if asked.len() < 3 {
            return Say::This(String::new());
        }
        let answers = asked.drain(..).rev().map(|command| {
            let (tag, uid) = command.split_once(" UID FETCH ").unwrap();
            let at = mailbox.mails.iter().position(|mail| mail.uid.to_string() == uid).unwrap();
            let text = &mailbox.mails[at].text;
            let (number, octets) = (at + 1, text.len());
            format!(
                "* {number} FETCH (BODY[] {{{octets}}}\r\n{text} UID {uid})\r\n{tag} OK done\r\n"
            )
        });
        Say::This(answers.collect())
    });
    let out = tempfile::tempdir().unwrap();
    let told = fetched(&url, out.path(), &[]);
    assert_eq!(told, "fetched 3 new mails (42 octets); 0 were known\n");
    let expected = [4, 6, 9].map(|n| (format!("77.{n}"), format!("Subject: {n}\r\n\r\n").into()));
    assert_eq!(mails(out.path()), expected);
    serving.join().unwrap();
}
