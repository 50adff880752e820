//! `fetch` over IMAP: exit codes, and one line about each failure.

use crate::mailbox::Mailbox;
use crate::programs::{Fetched, fetch, mails};
use crate::script::{CLEAR, Say, serve_as};

/// Fetches from a server that greets so, and answers one command so; all others as it should.
fn refused(greeting: &'static str, command: &'static str, answer: &'static str) -> Fetched {
    let mailbox = Mailbox::new(77, &[1, 2, 3]);
    let (url, serving) = serve_as("imap", greeting, 1, move |_, line| {
        let (tag, said) = line.split_once(' ').unwrap();
        match said.starts_with(command) {
            // Behind BYE the server hangs up.
            true if answer.contains("BYE") => Say::Last(answer.replace("TAG", tag)),
            true => Say::This(answer.replace("TAG", tag)),
            false => mailbox.answer(line),
        }
    });
    let out = tempfile::tempdir().unwrap();
    let fetched = fetch(&[&[&*url, "--out", out.path().to_str().unwrap()], &CLEAR[..]].concat());
    serving.join().unwrap();
    fetched
}

const READY: &str = "* OK [CAPABILITY IMAP4rev1] ready\r\n";

#[test]
fn a_wrong_command_line_is_64_and_never_repeats_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    for (url, more, words) in [
        ("imap://host", &[][..], "user"),
        ("imap://user@host", &[], "IMAP_PASSWORD"),
        ("imap://user:sesame@host", &["--delete"], "--delete"),
        ("imap://user:sesame@host", &["--since", "2026-02-29"], "2026-02-29"),
        ("imap://user:sesame@host", &["--since", "yesterday"], "yesterday"),
        ("pop3://user:sesame@host", &["--since", "2026-11-01"], "--since"),
        ("pop3://user:sesame@host/INBOX", &[], "host"),
        ("imap://user:sesame@host/INBOX;UID=20", &[], "path"),
        ("imap://user:sesame@host/a%00b", &[], "mailbox"),
        // Which of the two is the host?
        ("imap://user:sesame@host/list@example.com", &[], "percent-encoded"),
        ("imap://user@host/list@example.com", &[], "percent-encoded"),
    ] {
        let fetched = fetch(&[&[url, "--out", out], more].concat()).expect(64);
        fetched.one_line(words);
        assert!(!fetched.told.contains("sesame"), "{}", fetched.told);
    }
}

#[test]
fn a_password_that_nobody_encoded_is_one() {
    let mailbox = Mailbox::new(77, &[1]);
    let greeting = READY;
    let (url, serving) = serve_as("imap", greeting, 1, move |_, line| mailbox.answer(line));
    let place = url.strip_prefix("imap://mrose:tanstaaf@").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("imap://mrose:p/ss@w@{place}/a/b");
    let out = folder.path().to_str().unwrap();
    fetch(&[&[&*url, "--out", out], &CLEAR[..]].concat()).expect(0);
    let heard = serving.join().unwrap();
    assert!(heard.iter().any(|line| line.contains("p/ss@w")), "{heard:?}");
    assert!(heard.iter().any(|line| line.contains("EXAMINE a/b")), "{heard:?}");
}

#[test]
fn a_refused_login_is_77_and_one_that_may_go_well_later_75() {
    for (answer, code, words) in [
        (
            "TAG NO [AUTHENTICATIONFAILED] who\u{1b}[2J?\r\n",
            77,
            "failed: [AUTHENTICATIONFAILED] who",
        ),
        ("TAG NO who are you?\r\n", 77, "the login failed: who are you?"),
        ("TAG NO [UNAVAILABLE] the users are away\r\n", 75, "[UNAVAILABLE]"),
        ("* BYE too many\r\n", 75, "the server closes: too many"),
    ] {
        let fetched = refused(READY, "LOGIN", answer).expect(code);
        fetched.one_line(words);
        assert!(!fetched.told.contains('\u{1b}'));
    }
    refused("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready\r\n", "LOGIN", "").expect(77);
    refused("* BYE [UNAVAILABLE] not now\r\n", "x", "")
        .expect(75)
        .one_line("[UNAVAILABLE] not now");
}

#[test]
fn without_tls_nothing_is_said_that_is_worth_hearing() {
    let (url, serving) = serve_as("imap", READY, 2, |_, line| Mailbox::new(7, &[]).answer(line));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    fetch(&[&url, "--out", out]).expect(76).one_line("starttls");
    fetch(&[&url, "--out", out, "--starttls", "never"]).expect(77).one_line("--clear-text-login");
    let heard = serving.join().unwrap();
    assert!(!heard.iter().any(|line| line.contains("mrose")), "{heard:?}");
}

#[test]
fn a_mailbox_that_cannot_be_read_is_69_75_or_76() {
    for (command, answer, code, words) in [
        (
            "EXAMINE",
            "TAG NO [NONEXISTENT] there is none\r\n",
            69,
            "EXAMINE was refused: [NONEXISTENT]",
        ),
        ("EXAMINE", "TAG NO [INUSE] somebody mends it\r\n", 75, "[INUSE]"),
        ("EXAMINE", "* 1 EXISTS\r\nTAG OK done\r\n", 69, "no UIDs that last"),
        (
            "EXAMINE",
            "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNOTSTICKY] x\r\nTAG OK done\r\n",
            69,
            "no UIDs that last",
        ),
        ("EXAMINE", "what?\r\nTAG OK done\r\n", 76, "could be read"),
        ("UID FETCH 1:*", "* 1 FETCH (UID x)\r\nTAG OK done\r\n", 76, "could be read"),
        ("UID FETCH 1:*", "* BYE [UNAVAILABLE] the disk is full\r\n", 75, "the disk is full"),
    ] {
        let fetched = refused(READY, command, answer).expect(code);
        fetched.one_line(words);
        assert_eq!(fetched.out, "");
    }
}

#[test]
fn a_mail_that_is_refused_does_not_keep_the_others_away() {
    let mailbox = Mailbox::new(77, &[1, 2, 3]);
    let (url, serving) = serve_as("imap", READY, 2, move |session, line| {
        let (tag, command) = line.split_once(' ').unwrap();
        match command {
            "UID FETCH 2 BODY.PEEK[]" if session == 0 => {
                Say::This(format!("{tag} NO [CORRUPTION] it is broken\r\n"))
            }
            _ => mailbox.answer(line),
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let arguments = [&[&*url, "--out", folder.path().to_str().unwrap()], &CLEAR[..]].concat();
    let fetched = fetch(&arguments).expect(69);
    fetched.one_line("UID 2: FETCH was refused: [CORRUPTION]");
    assert_eq!(fetched.out, "fetched 2 new mails (28 octets); 0 were known\n");
    // It is asked for again.
    let fetched = fetch(&arguments).expect(0);
    assert_eq!(fetched.out, "fetched 1 new mails (14 octets); 2 were known\n");
    assert_eq!(mails(folder.path()).len(), 3);
    serving.join().unwrap();
}

#[test]
fn what_cannot_be_read_is_told_and_mail_that_came_all_the_same_is_kept() {
    let answer = "* LIST oops\r\n* 2 FETCH (UID 2 BODY[] {3}\r\nabc)\r\nTAG OK done\r\n";
    let fetched = refused(READY, "UID FETCH 2 BODY", answer).expect(0);
    fetched.one_line("1 responses of the server cannot be read");
    assert_eq!(fetched.out, "fetched 3 new mails (31 octets); 0 were known\n");
    let fetched = refused(READY, "LOGOUT", "* BYE\r\n").expect(0);
    assert_eq!(fetched.told, "");
    let alert = "* OK [ALERT] we move\r\n* 2 FETCH (UID 2 BODY[] {3}\r\nabc)\r\nTAG OK done\r\n";
    refused(READY, "UID FETCH 2 BODY", alert)
        .expect(0)
        .one_line("the server says: [ALERT] we move");
}
