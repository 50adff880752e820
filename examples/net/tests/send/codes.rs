//! Exit codes of `sysexits.h`, and one line about each failure.

use crate::programs::{Receive, Sent, file, send};
use crate::script::{serve, willing};

const MAIL: &[u8] = b"Subject: hello\r\n\r\nDear Bob\r\n";

fn to_bob(url: &str, more: &[&str]) -> Sent {
    let arguments = [&["--url", url, "--to", "bob@b.example"], more, &["-"]].concat();
    send(&arguments, MAIL, None)
}

/// In clear, to a server by hand.
fn clear(url: &str) -> Sent {
    to_bob(url, &["--starttls", "never"])
}

#[track_caller]
fn assert_one_line(sent: &Sent, words: &str) {
    assert_eq!(sent.told.lines().count(), 1, "{}", sent.told);
    assert!(sent.told.starts_with("send: ") && sent.told.contains(words), "{}", sent.told);
}

#[test]
fn a_wrong_command_line_is_64_and_never_repeats_a_password() {
    for (url, words) in [
        ("user:sesame@host", "scheme"),
        ("http://user:sesame@host", "scheme"),
        ("smtp://user:sesame@", "host"),
        ("smtp://user:sesame@host:port", "port"),
        ("smtp://user:sesame@[::1", "bracket"),
        ("smtp://user:sesame%G0@host", "hexadecimal"),
        ("smtp://user:sesame%ff@host", "UTF-8"),
        ("lmtp://user:sesame@host", "port"),
    ] {
        let sent = to_bob(url, &[]).expect(64);
        assert_one_line(&sent, words);
        assert!(!sent.told.contains("sesame"), "{}", sent.told);
    }
    for more in [
        &["--helo", "a b"][..],
        &["--to", "no address"],
        &["--to", "a@b>\r\nRCPT TO:<c@d"],
        &["--notify", "never,success"],
        &["--mechanism", "DIGEST-MD5"],
        &["--mechanism", "PLAIN"],
        &["--envid", "a\r\nb"],
        &["--lmtp"],
    ] {
        let sent = to_bob("smtps://localhost:1", more).expect(64);
        assert_one_line(&sent, "");
    }
    assert!(to_bob("smtp://localhost:1", &["--no-such"]).expect(64).told.contains("--no-such"));
}

#[test]
fn what_is_not_there_is_66_68_75_and_78() {
    let receive = Receive::new(&[]);
    let missing = receive.send("smtp", "", &["--to", "bob@b.example", "/no/such/file"], b"");
    assert_eq!(missing.expect(66).failures().len(), 1);
    // RFC 6761 §6.4: there is no such name.
    assert_one_line(&to_bob("smtp://host.invalid:25", &["--starttls", "never"]).expect(68), "");
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_one_line(&clear(&format!("smtp://{free}")).expect(75), &free.to_string());
    assert_one_line(
        &to_bob("smtps://localhost:1", &["--ca", "/no/such/file"]).expect(78),
        "/no/such",
    );
    let folder = tempfile::tempdir().unwrap();
    let empty = file(&folder, "empty.pem", b"");
    assert_one_line(&to_bob("smtps://localhost:1", &["--ca", &empty]).expect(78), "certificates");
}

#[test]
fn no_tls_where_it_is_asked_for_is_76() {
    let (receive, other) = (Receive::new(&[]), Receive::new(&["--tls", "implicit"]));
    for (server, scheme) in [(&receive, "smtp"), (&other, "smtps")] {
        let url = format!("{scheme}://localhost:{}", server.port);
        let stranger = if scheme == "smtp" { other.certificate() } else { receive.certificate() };
        assert_one_line(&to_bob(&url, &["--ca", &stranger]).expect(76), "certificate");
        assert_eq!(server.mails().len(), 0);
    }
    // Not for this name.
    let url = format!("smtps://127.0.0.1:{}", other.port);
    assert_one_line(&to_bob(&url, &["--ca", &other.certificate()]).expect(76), "certificate");
    let clear = Receive::new(&["--tls", "never"]);
    let sent = clear.send("smtp", "", &["--to", "bob@b.example", "-"], MAIL).expect(76);
    assert!(!sent.told.contains("C: MAIL"), "{}", sent.told);
}

#[test]
fn a_refusal_is_told_in_the_server_s_words() {
    for (refused, reply, code, words) in [
        ("MAIL", "550 5.7.1 go away\r\n", 69, "550 5.7.1 go away"),
        ("MAIL", "451 4.3.0 later\r\n", 75, "451 4.3.0 later"),
        ("MAIL", "530 5.7.0 who are you\r\n", 77, "530 5.7.0 who are you"),
        ("RCPT", "550 5.1.1 nobody\r\n", 67, "550 5.1.1 nobody"),
        ("RCPT", "550 nobody\r\n", 67, "550 nobody"),
        ("RCPT", "554 5.7.1 no relay\r\n", 69, "554 5.7.1 no relay"),
        ("RCPT", "450 4.2.0 greylisted\r\n", 75, "450 4.2.0 greylisted"),
        ("DATA", "554 5.5.1 no\r\n", 69, "554 5.5.1 no"),
        (".", "554-5.6.0 what\r\n554 5.6.0 is this\r\n", 65, "554 5.6.0 what is this"),
        (".", "552 5.3.4 too big\r\n", 65, "552 5.3.4 too big"),
        (".", "452 4.3.1 no room\r\n", 75, "452 4.3.1 no room"),
    ] {
        let answer = move |line: &str| {
            Some(match line {
                _ if line.starts_with(refused) => reply,
                _ if line.starts_with("EHLO") => "250-mx\r\n250 ENHANCEDSTATUSCODES\r\n",
                _ => willing(line),
            })
        };
        let (url, serving) = serve("220 mx ready\r\n", answer);
        assert_one_line(&clear(&url).expect(code), words);
        assert_eq!(serving.join().unwrap().last().map(String::as_str), Some("QUIT"), "{words}");
    }
    let (url, _) = serve("554 5.3.2 closed\r\n", |_| Some("503 no\r\n"));
    assert_one_line(&clear(&url).expect(69), "closed");
    let (url, _) = serve("421 4.3.2 closed for today\r\n", |_| None);
    assert_one_line(&clear(&url).expect(75), "closed for today");
}

#[test]
fn what_cannot_be_sent_is_65_and_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let eight = file(&folder, "eight", "Subject: hello\n\nGrüße\n".as_bytes());
    let utf8 = file(&folder, "utf8", "Subject: Grüße\n\nhello\n".as_bytes());
    let big = file(&folder, "big", &[b'a'; 101]);
    for (mail, words) in [(eight, "8BITMIME"), (utf8, "SMTPUTF8"), (big, "100")] {
        let answer = |line: &str| {
            Some(if line.starts_with("EHLO") {
                "250-mx\r\n250 SIZE 100\r\n"
            } else {
                willing(line)
            })
        };
        let (url, serving) = serve("220 mx ready\r\n", answer);
        let arguments = ["--url", &url, "--starttls", "never", "--to", "bob@b.example", &mail, "-"];
        // The other is sent all the same.
        let sent = send(&arguments, MAIL, None).expect(65);
        assert_one_line(&sent, words);
        let heard = serving.join().unwrap();
        assert_eq!(heard.iter().filter(|line| line.starts_with("MAIL")).count(), 1, "{heard:?}");
    }
}

#[test]
fn a_broken_session_tells_where_the_mail_is() {
    let until =
        |last: &'static str| move |line: &str| (!line.starts_with(last)).then(|| willing(line));
    for last in ["MAIL", "RCPT", "DATA"] {
        let (url, _) = serve("220 mx ready\r\n", until(last));
        let sent = clear(&url).expect(75);
        assert_one_line(&sent, "the connection ended at");
        assert!(!sent.told.contains("perhaps"), "{}", sent.told);
    }
    // RFC 1047: it was sent to its end, and the answer did not come.
    let (url, _) = serve("220 mx ready\r\n", until("."));
    assert_one_line(&clear(&url).expect(74), "perhaps it arrived");
    let (url, _) = serve("220 mx ready\r\n", until("EHLO"));
    assert_one_line(&clear(&url).expect(75), "ended too early");
    let (url, _) = serve("HTTP/1.1 400 Bad Request\r\n", |_| None);
    assert_one_line(&clear(&url).expect(76), "");
}

#[test]
fn what_is_left_when_the_server_closes_is_told() {
    // RFC 5321 §3.8: 421 at any time.
    for (closes, code) in [("RCPT", 75), (".", 75)] {
        let answer = move |line: &str| {
            Some(if line.starts_with(closes) { "421 4.3.2 closing\r\n" } else { willing(line) })
        };
        let (url, _) = serve("220 mx ready\r\n", answer);
        let folder = tempfile::tempdir().unwrap();
        let mail = file(&folder, "mail", MAIL);
        let to = ["--url", &url, "--starttls", "never", "--to", "bob@b.example"];
        let sent = send(&[&to[..], &[&mail, &mail, &mail]].concat(), b"", None).expect(code);
        let failures = sent.failures();
        assert_eq!(failures.len(), 2, "{failures:?}");
        assert!(failures[0].contains("421 4.3.2 closing"), "{failures:?}");
        assert!(failures[1].contains("2 mails were not sent"), "{failures:?}");
    }
}
