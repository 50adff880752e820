//! Who logs in, and what nobody gets to see.

use crate::programs::{Receive, send};

const MAIL: &[u8] = b"Subject: hello\r\n\r\nDear Bob\r\n";
/// In it are the octets that a URL encodes.
const PASSWORD: &str = "täns/ta:af@%";
const LOGIN: &str = "t%C3%AFm:t%C3%A4ns%2Fta:af%40%25@";
const USER: [&str; 2] = ["--user", "tïm:täns/ta:af@%"];
/// `printf '%s' … | base64` of the password, and of `\0user\0password`.
const BASE64: [&str; 2] = ["dMOkbnMvdGE6YWZAJQ", "AHTDr20AdMOkbnMvdGE6YWZAJQ"];
/// RFC 4616, RFC 5802, RFC 7677, RFC 2195 and LOGIN: all that a password is good for, strongest first.
const MECHANISMS: [&str; 9] = [
    "SCRAM-SHA-512-PLUS",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-512",
    "SCRAM-SHA-256",
    "SCRAM-SHA-1",
    "CRAM-MD5",
    "PLAIN",
    "LOGIN",
];

#[track_caller]
fn assert_no_secret(text: &str) {
    for secret in [PASSWORD, "t%C3%A4ns%2Fta", BASE64[0], BASE64[1]] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn every_mechanism_logs_in_and_no_secret_is_shown() {
    for (tls, scheme) in [("starttls", "smtp"), ("implicit", "smtps")] {
        let receive = Receive::new(&[&USER[..], &["--tls", tls]].concat());
        for mechanism in MECHANISMS {
            let arguments = ["--to", "bob@b.example", "--mechanism", mechanism, "-"];
            let sent = receive.send(scheme, LOGIN, &arguments, MAIL).expect(0);
            assert_no_secret(&sent.told);
            assert!(sent.told.contains(&format!("C: AUTH {mechanism}")), "{}", sent.told);
            let (octets, envelope) = receive.mails().pop().unwrap();
            assert_eq!(octets, MAIL);
            assert_eq!(envelope["user"], "tïm");
            assert_eq!(envelope["mechanism"], mechanism);
            assert_eq!(envelope["protocol"], "ESMTPSA");
        }
        assert_no_secret(&receive.log());
        // Nothing asked for: the strongest.
        receive.send(scheme, LOGIN, &["--to", "bob@b.example", "-"], MAIL).expect(0);
        assert_eq!(receive.mails().pop().unwrap().1["mechanism"], MECHANISMS[0]);
    }
}

#[test]
fn a_password_can_come_from_the_environment() {
    let receive = Receive::new(&USER);
    let url = format!("smtp://t%C3%AFm@localhost:{}", receive.port);
    let certificate = receive.certificate();
    let arguments =
        ["--url", &url, "--ca", &certificate, "--to", "bob@b.example", "--verbose", "-"];
    let sent = send(&arguments, MAIL, Some(PASSWORD)).expect(0);
    assert_no_secret(&sent.told);
    assert_eq!(receive.mails().len(), 1);
    let sent = send(&arguments, MAIL, None).expect(64);
    assert!(sent.failures()[0].contains("SMTP_PASSWORD"), "{}", sent.told);
}

#[test]
fn a_wrong_password_is_told_in_the_server_s_words() {
    let receive = Receive::new(&USER);
    for mechanism in ["SCRAM-SHA-512-PLUS", "PLAIN"] {
        let arguments = ["--to", "bob@b.example", "--mechanism", mechanism, "-"];
        let sent = receive.send("smtp", "t%C3%AFm:wrong@", &arguments, MAIL).expect(77);
        let failures = sent.failures();
        assert_eq!(failures.len(), 1, "{failures:?}");
        assert!(failures[0].starts_with("send: the login failed: 535 5.7.8 "), "{failures:?}");
    }
    // Nobody who must log in and does not.
    let sent = receive.send("smtp", "", &["--to", "bob@b.example", "-"], MAIL).expect(77);
    assert!(sent.failures()[0].contains(": 530 5.7.0 "), "{}", sent.told);
    assert_eq!(receive.mails().len(), 0);
}

#[test]
fn nobody_logs_in_in_clear() {
    // The server would: it is told that there is no TLS, and CRAM-MD5 and SCRAM show no password.
    let receive = Receive::new(&[&USER[..], &["--tls", "never"]].concat());
    let only = |mechanism| {
        let arguments =
            ["--starttls", "never", "--to", "bob@b.example", "--mechanism", mechanism, "-"];
        receive.send("smtp", LOGIN, &arguments, MAIL)
    };
    for mechanism in ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256-PLUS"] {
        let sent = only(mechanism).expect(77);
        assert!(!sent.told.contains("C: AUTH"), "{}", sent.told);
    }
    // RFC 5802 §9: who listens can try passwords, at the cost of the iterations for each.
    only("SCRAM-SHA-256").expect(0);
    assert_eq!(receive.mails().pop().unwrap().1["protocol"], "ESMTPA");
}
