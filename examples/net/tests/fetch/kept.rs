//! What is fetched, once, and what is deleted.

use std::fs;

use crate::programs::{Maildrop, fetch, mails};
use crate::script::{CLEAR, Say, say};
use crate::uidls::{serve, willing};

fn octets(folder: &std::path::Path) -> Vec<Vec<u8>> {
    let mut octets: Vec<_> = mails(folder).into_iter().map(|(_, octets)| octets).collect();
    octets.sort();
    octets
}

#[test]
fn mail_is_fetched_once_and_stays_on_the_server_unless_it_is_to_be_deleted() {
    for (tls, scheme) in [("stls", "pop3"), ("implicit", "pop3s")] {
        let server = Maildrop::new(&["A\n.\n\nb", "B\r\n\r\n..\r\n"], &["--tls", tls]);
        let out = tempfile::tempdir().unwrap();
        let arguments = ["--out", out.path().to_str().unwrap()];
        let told = server.fetch(scheme, &arguments).expect(0).out;
        assert_eq!(told, "fetched 2 new mails (20 octets); 0 were known\n");
        let sent = [b"A\r\n.\r\n\r\nb\r\n".to_vec(), b"B\r\n\r\n..\r\n".to_vec()];
        assert_eq!(octets(out.path()), sent);
        let told = server.fetch(scheme, &arguments).expect(0).out;
        assert_eq!(told, "fetched 0 new mails (0 octets); 2 were known\n");
        assert_eq!(mails(server.folder.path()).len(), 2);
        fs::write(server.folder.path().join("2.eml"), "C").unwrap();
        let told = server.fetch(scheme, &[&arguments[..], &["--delete"]].concat()).expect(0).out;
        assert_eq!(told, "fetched 1 new mails (3 octets); 2 were known; deleted 3 on the server\n");
        assert_eq!(octets(out.path()).len(), 3);
        assert!(mails(server.folder.path()).is_empty());
    }
}

#[test]
fn a_session_that_breaks_off_in_a_mail_keeps_those_before_and_deletes_nothing() {
    let uids = ["first", "../second", "third"];
    let (url, serving) = serve(2, move |session, line| match (session, line) {
        (0, "RETR 2") => Say::Last("+OK\r\nmail 2\r\nhalf of".to_owned()),
        _ => willing(&uids, line),
    });
    let out = tempfile::tempdir().unwrap();
    let arguments =
        [&[&*url, "--out", out.path().to_str().unwrap(), "--delete"], &CLEAR[..]].concat();
    fetch(&arguments).expect(75).one_line("stream ended");
    assert_eq!(mails(out.path()), [("first".to_owned(), b"mail 1\r\n.\r\n".to_vec())]);
    let told = fetch(&arguments).expect(0).out;
    assert_eq!(told, "fetched 2 new mails (22 octets); 1 were known; deleted 3 on the server\n");
    let names: Vec<String> = mails(out.path()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["%2E.%2Fsecond", "first", "third"]);
    let heard = serving.join().unwrap();
    let second = heard.iter().rposition(|line| line == "CAPA").unwrap();
    let (before, after) = heard.split_at(second);
    assert!(!before.iter().any(|line| line.starts_with("DELE") || line == "QUIT"), "{before:?}");
    assert!(!after.iter().any(|line| line == "RETR 1"), "{after:?}");
    // Each mail only when it is whole and on the disk.
    let at = |word: &str| after.iter().position(|line| line == word).unwrap();
    assert!(at("RETR 3") < at("DELE 3") && at("DELE 3") < at("QUIT"), "{after:?}");
}

#[test]
fn a_mailbox_file_gets_new_mail_behind_what_is_there_even_if_that_was_cut_off() {
    let server = Maildrop::new(&["Subject: x\n\nFrom me\n>From you", "Subject: y\n\n"], &[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inbox");
    fs::write(&file, "From a@b Thu Jan  1 00:00:00 1970\nSubject: cut").unwrap();
    let arguments = ["--mbox", file.to_str().unwrap()];
    server.fetch("pop3", &arguments).expect(0);
    server.fetch("pop3", &arguments).expect(0);
    let text = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().map(|line| line.split(" MAILER").next().unwrap()).collect();
    let first = ["From", "Subject: x", "", ">From me", ">>From you", ""];
    let expected = [
        &["From a@b Thu Jan  1 00:00:00 1970", "Subject: cut", ""][..],
        &first,
        &["From", "Subject: y", "", ""],
    ];
    assert_eq!(lines, expected.concat());
}

#[test]
fn what_a_kill_left_is_moved_to_its_place_if_it_counts_as_fetched_and_else_thrown_away() {
    let (url, serving) = serve(2, |_, line| willing(&["known", "new"], line));
    let out = tempfile::tempdir().unwrap();
    let arguments = [&[&*url, "--out", out.path().to_str().unwrap()], &CLEAR[..]].concat();
    fetch(&arguments).expect(0);
    let hidden = fs::read_dir(out.path().join(".fetch")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::read_to_string(hidden.join("seen")).unwrap(), "known\nnew\n");
    // As if it had been killed between the note and the move, and another time in the second mail.
    fs::write(hidden.join("seen"), "known\n").unwrap();
    fs::rename(out.path().join("known.eml"), hidden.join("1.known.part")).unwrap();
    fs::rename(out.path().join("new.eml"), hidden.join("2.new.part")).unwrap();
    fs::write(hidden.join("2.known.tmp"), "half").unwrap();
    // What was there by this name is not overwritten.
    fs::write(out.path().join("new.eml"), "of somebody else").unwrap();
    let told = fetch(&arguments).expect(0).out;
    assert_eq!(told, "fetched 1 new mails (11 octets); 1 were known\n");
    let names: Vec<String> = mails(out.path()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["known", "new", "new.2"]);
    assert_eq!(fs::read(out.path().join("new.2.eml")).unwrap(), b"mail 2\r\n.\r\n");
    let left = fs::read_dir(&hidden).unwrap().map(|entry| entry.unwrap().file_name());
    let mut left: Vec<_> = left.collect();
    left.sort();
    assert_eq!(left, ["lock", "seen"]);
    serving.join().unwrap();
}

#[test]
fn mails_that_share_a_unique_id_are_fetched_and_not_deleted() {
    let (url, serving) = serve(1, |_, line| willing(&["same", "other", "same"], line));
    let out = tempfile::tempdir().unwrap();
    let arguments =
        [&[&*url, "--out", out.path().to_str().unwrap(), "--delete"], &CLEAR[..]].concat();
    let told = fetch(&arguments).expect(0).out;
    assert_eq!(told, "fetched 3 new mails (33 octets); 0 were known; deleted 1 on the server\n");
    let names: Vec<String> = mails(out.path()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["other", "same", "same.2"]);
    let heard = serving.join().unwrap();
    let deleted: Vec<_> = heard.iter().filter(|line| line.starts_with("DELE")).collect();
    assert_eq!(deleted, ["DELE 2"]);
}

#[test]
fn without_pipelining_each_command_waits_for_the_answer_before_it() {
    for (arguments, most) in [(&["--pipelining", "off"][..], 1), (&[], 3)] {
        // The mails come when nothing more was said for a while: all that was asked for at once.
        let mut asked = 0;
        let (url, serving) = serve(1, move |_, line| {
            if !line.starts_with("RETR") {
                return willing(&["a", "b", "c"], line);
            }
            asked += 1;
            if asked < most {
                return say("");
            }
            let numbers = if most == 1 { asked..=asked } else { 1..=asked };
            let mails = numbers.map(|number| format!("+OK\r\nmail {number}\r\n.\r\n"));
            Say::This(mails.collect())
        });
        let out = tempfile::tempdir().unwrap();
        let all = [&[&*url, "--out", out.path().to_str().unwrap()], &CLEAR[..], arguments].concat();
        let told = fetch(&all).expect(0).out;
        assert_eq!(told, "fetched 3 new mails (24 octets); 0 were known\n");
        serving.join().unwrap();
    }
}
