//! Exit codes of `sysexits.h`, and one line about each failure.

use crate::programs::{Maildrop, fetch, mails};
use crate::script::{CLEAR, Say, say};
use crate::uidls::{serve, willing};

#[test]
fn a_wrong_command_line_is_64_and_never_repeats_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    for (url, words) in [
        ("user:sesame@host", "scheme"),
        ("http://user:sesame@host", "scheme"),
        ("pop3://host", "user"),
        ("pop3://user:sesame@host:port", "port"),
        ("pop3://user@host", "POP3_PASSWORD"),
    ] {
        let fetched = fetch(&[url, "--out", out]).expect(64);
        fetched.one_line(words);
        assert!(!fetched.told.contains("sesame"), "{}", fetched.told);
    }
    fetch(&["pop3://user:sesame@host", "--out", out, "--mechanism", "DIGEST-MD5"])
        .expect(64)
        .one_line("DIGEST-MD5");
    for more in [&[][..], &["--out", out, "--mbox", "inbox"]] {
        let fetched = fetch(&[&["pop3://user:sesame@host"], more].concat()).expect(64);
        assert!(!fetched.told.contains("sesame"), "{}", fetched.told);
    }
}

#[test]
fn what_is_not_there_cannot_be_written_or_is_not_trusted_is_68_73_75_76_and_78() {
    let server = Maildrop::new(&["A\n"], &[]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    fetch(&["pop3://a:b@no.such.host.invalid", "--out", out]).expect(68).one_line("invalid");
    server.fetch("pop3", &["--out", file.to_str().unwrap()]).expect(73).one_line("file");
    fetch(&["pop3://a:b@127.0.0.1:1", "--starttls", "never", "--out", out])
        .expect(75)
        .one_line("127.0.0.1:1");
    let port = server.port.to_string();
    fetch(&[&format!("pop3://mrose:tanstaaf@localhost:{port}"), "--out", out])
        .expect(76)
        .one_line("handshake");
    fetch(&["pop3://a:b@localhost:1", "--ca", file.to_str().unwrap(), "--out", out])
        .expect(78)
        .one_line("--ca");
    assert!(mails(folder.path()).is_empty());
}

#[test]
fn a_refused_login_is_77_one_in_clear_too_and_a_locked_maildrop_75() {
    let server = Maildrop::new(&["A\n"], &[]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let certificate = server.folder.path().join("cert.pem");
    let certificate = certificate.to_str().unwrap();
    let url = format!("pop3://mrose:wrong@localhost:{}", server.port);
    let refused = fetch(&[&url, "--ca", certificate, "--out", out, "--verbose"]).expect(77);
    assert!(refused.told.contains("fetch: the login failed: [AUTH] "), "{}", refused.told);
    assert!(!refused.told.contains("wrong"), "{}", refused.told);
    let (url, serving) = serve(1, |_, line| willing(&[], line));
    fetch(&[&url, "--starttls", "never", "--out", out]).expect(77).one_line("--clear-text-login");
    assert!(!serving.join().unwrap().iter().any(|line| line.contains("mrose")));
    let (url, serving) = serve(1, |_, line| match line {
        "PASS tanstaaf" => say("-ERR [IN-USE] another session has it\r\n"),
        _ => willing(&[], line),
    });
    fetch(&[&[&*url, "--out", out], &CLEAR[..]].concat()).expect(75).one_line("[IN-USE]");
    serving.join().unwrap();
}

#[test]
fn a_mail_that_is_refused_does_not_keep_the_others_away() {
    let (url, serving) = serve(1, |_, line| match line {
        "RETR 2" => say("-ERR [SYS/PERM] it is\u{1b}[2J broken\r\n"),
        _ => willing(&["a", "b", "c"], line),
    });
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let fetched = fetch(&[&[&*url, "--out", out, "--delete"], &CLEAR[..]].concat()).expect(69);
    fetched.one_line("RETR 2 was refused: [SYS/PERM] it is");
    assert!(!fetched.told.contains('\u{1b}'));
    let names: Vec<String> = mails(folder.path()).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "c"]);
    let heard = serving.join().unwrap();
    assert!(heard.contains(&"DELE 3".to_owned()) && !heard.contains(&"DELE 2".to_owned()));
}

#[test]
fn a_server_without_unique_ids_and_one_that_talks_nonsense_are_69_and_76() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    for (reply, code, words) in [("-ERR what?\r\n", 69, "UIDL"), ("what?\r\n", 76, "malformed")] {
        let (url, serving) = serve(1, move |_, line| match line {
            "UIDL" => say(reply),
            _ => willing(&["a"], line),
        });
        fetch(&[&[&*url, "--out", out], &CLEAR[..]].concat()).expect(code).one_line(words);
        assert!(!serving.join().unwrap().iter().any(|line| line.starts_with("RETR")));
    }
    let (url, serving) = serve(1, |_, line| match line {
        "QUIT" => Say::Last("-ERR some deleted messages not removed\r\n".to_owned()),
        _ => willing(&["a"], line),
    });
    fetch(&[&[&*url, "--out", out, "--delete"], &CLEAR[..]].concat())
        .expect(69)
        .one_line("QUIT was refused");
    serving.join().unwrap();
}
