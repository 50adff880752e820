//! What arrives.

use crate::programs::{Receive, file};

const BOB: [&str; 2] = ["--to", "bob@b.example"];

/// RFC 5321 §4.5.2, and everything around it.
const DOTS: &[u8] = b"Subject: dots\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n\r\n.\r\n";

fn big() -> Vec<u8> {
    (0..400_000).flat_map(|n| format!(".line {n} of a big mail\r\n").into_bytes()).collect()
}

#[test]
fn mails_arrive_as_they_are_in_order_over_one_connection() {
    let folder = tempfile::tempdir().unwrap();
    let eight = "Subject: eight\r\n\r\nGrüße\r\n".as_bytes();
    let mails: [&[u8]; 6] = [DOTS, b"", b"no header at all\r\n", eight, &big(), b"\r\n\r\n\r\n"];
    let files: Vec<String> =
        (1..).zip(mails).map(|(n, mail)| file(&folder, &format!("{n}.eml"), mail)).collect();
    for (tls, scheme) in [("starttls", "smtp"), ("implicit", "smtps")] {
        for chunking in ["when-useful", "always", "never"] {
            for pipelining in ["on", "off"] {
                let receive = Receive::new(&["--tls", tls]);
                let how = ["--chunking", chunking, "--pipelining", pipelining];
                let files: Vec<&str> = files.iter().map(String::as_str).collect();
                let arguments = [&BOB, &how[..], &files].concat();
                let sent = receive.send(scheme, "", &arguments, b"").expect(0);
                assert_eq!(sent.failures(), [""; 0]);
                assert_eq!(sent.out.lines().count(), mails.len());
                let came = receive.mails();
                assert_eq!(came.len(), mails.len(), "{how:?}");
                for ((octets, envelope), mail) in came.iter().zip(mails) {
                    assert_eq!(octets, mail, "{how:?}");
                    assert_eq!(envelope["from"], "<alice@a.example>");
                    assert_eq!(envelope["protocol"], "ESMTPS");
                    // RFC 5321 §4.1.3; the name may resolve to either.
                    let client = envelope["client"].as_str().unwrap();
                    assert!(["[127.0.0.1]", "[IPv6:::1]"].contains(&client), "{client}");
                    assert_eq!(envelope["size"], mail.len());
                }
                assert_eq!(came[3].1["body"], "8BITMIME");
                assert_eq!(receive.log().matches("QUIT").count(), 1);
            }
        }
    }
}

#[test]
fn lines_become_lines_of_the_wire() {
    let receive = Receive::new(&[]);
    let shapes: [(&[u8], &[u8]); 5] = [
        (b"a: b\n\nc\n", b"a: b\r\n\r\nc\r\n"),
        (b"a: b\r\r.c", b"a: b\r\n\r\n.c\r\n"),
        (b"a: b\r\n\nc\r", b"a: b\r\n\r\nc\r\n"),
        (b"\n", b"\r\n"),
        (b"a: b\n.\n..", b"a: b\r\n.\r\n..\r\n"),
    ];
    for (n, (mail, wire)) in shapes.into_iter().enumerate() {
        for chunking in ["always", "never"] {
            receive
                .send("smtp", "", &["--to", "b@b.example", "--chunking", chunking, "-"], mail)
                .expect(0);
        }
        let came = receive.mails();
        for (octets, envelope) in &came[n * 2..] {
            assert_eq!(octets, wire, "{mail:?}");
            assert_eq!(envelope["size"], wire.len());
        }
        assert_eq!(came.len(), n * 2 + 2);
    }
}

#[test]
fn a_binary_mail_keeps_every_octet() {
    let receive = Receive::new(&[]);
    let binary: Vec<u8> =
        (0..300_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for mail in [&binary[..], b"\n\r\0\r\n.\n"] {
        let arguments = [&BOB[..], &["--body", "binarymime", "-"]].concat();
        receive.send("smtp", "", &arguments, mail).expect(0);
        let (octets, envelope) = receive.mails().pop().unwrap();
        assert!(octets == mail, "{} octets of {}", octets.len(), mail.len());
        assert_eq!(envelope["body"], "BINARYMIME");
    }
}

#[test]
fn an_envelope_carries_what_the_command_line_says() {
    let receive = Receive::new(&[]);
    let arguments = [
        "--to",
        "bob@b.example",
        "--to",
        "bert@b.example",
        "--notify",
        "success,delay",
        "--ret",
        "hdrs",
        "--envid",
        "a=1 +",
        "--helo",
        "laptop.a.example",
        "-",
    ];
    let sent = receive.send("smtp", "", &arguments, DOTS).expect(0);
    // RFC 3461 §4: xtext.
    assert!(sent.told.contains("ENVID=a+3D1+20+2B"), "{}", sent.told);
    let (_, envelope) = receive.mails().pop().unwrap();
    assert_eq!(envelope["to"], serde_json::json!(["<bob@b.example>", "<bert@b.example>"]));
    assert_eq!(envelope["ret"], "HDRS");
    assert_eq!(envelope["envid"], "a=1 +");
    assert_eq!(envelope["notify"], serde_json::json!(["SUCCESS,DELAY", "SUCCESS,DELAY"]));
    let original = ["rfc822;bob@b.example", "rfc822;bert@b.example"];
    assert_eq!(envelope["orcpt"], serde_json::json!(original));
    assert_eq!(envelope["client"], "laptop.a.example");
    assert_eq!(envelope["smtputf8"], false);
}

#[test]
fn a_header_in_utf_8_asks_for_internationalized_mail() {
    let receive = Receive::new(&[]);
    let utf8 = "Subject: Grüße\n\nHallo\n".as_bytes();
    let body: &[u8] = "Subject: Hallo\n\nGrüße\n".as_bytes();
    for (mail, how, asks) in [
        (utf8, "auto", true),
        (utf8, "off", false),
        (body, "auto", false),
        (body, "on", true),
        (b"Subject: Gr\xfc\xdfe\n\nHallo\n", "auto", false),
    ] {
        let arguments = [&BOB[..], &["--smtputf8", how, "-"]].concat();
        receive.send("smtp", "", &arguments, mail).expect(0);
        let (_, envelope) = receive.mails().pop().unwrap();
        assert_eq!(envelope["smtputf8"], asks, "{how} {mail:?}");
        assert_eq!(envelope["protocol"], if asks { "UTF8SMTPS" } else { "ESMTPS" });
    }
}

#[test]
fn in_lmtp_each_recipient_has_an_answer() {
    for more in [&["--chunking", "never"][..], &["--chunking", "always"], &["--pipelining", "off"]]
    {
        let receive =
            Receive::new(&["--lmtp", "--full", "bert@b.example", "--refuse", "nobody@b.example"]);
        let to = ["bob", "nobody", "bert", "carl"].map(|name| format!("{name}@b.example"));
        let to: Vec<&str> = to.iter().flat_map(|path| ["--to", path.as_str()]).collect();
        let arguments = [&to, more, &["-"]].concat();
        // Of several failures the first counts: nobody is not there, and Bert's mailbox is full.
        let sent = receive.send("lmtp", "", &arguments, DOTS).expect(67);
        assert!(sent.out.contains("taken for 2 of 4"), "{}", sent.out);
        let failures = sent.failures();
        assert_eq!(failures.len(), 2, "{failures:?}");
        assert!(failures[0].contains("<nobody@b.example>: 550 5.1.1 "), "{failures:?}");
        assert!(failures[1].contains("<bert@b.example>: 452 4.2.2 "), "{failures:?}");
        let (octets, envelope) = receive.mails().pop().unwrap();
        assert_eq!(octets, DOTS);
        assert_eq!(envelope["to"], serde_json::json!(["<bob@b.example>", "<carl@b.example>"]));
        assert_eq!(envelope["protocol"], "LMTPS");
    }
}

#[test]
fn all_or_nothing_leaves_nobody_with_a_mail() {
    let receive = Receive::new(&["--refuse", "nobody@b.example"]);
    let to = ["--to", "bob@b.example", "--to", "nobody@b.example"];
    receive.send("smtp", "", &[&to[..], &["-"]].concat(), DOTS).expect(67);
    assert_eq!(receive.mails().len(), 1);
    let sent =
        receive.send("smtp", "", &[&to[..], &["--all-or-nothing", "-"]].concat(), DOTS).expect(67);
    assert_eq!(receive.mails().len(), 1);
    assert_eq!(sent.out, "");
}
