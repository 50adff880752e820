//! Hosts that are no good at first.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::programs::{Relay, Zone, until, waiting};

/// A host that behaves so in its first session, and well in the later ones.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    /// It hangs up in the handshake. So it does in all sessions.
    NoTls,
    /// It knows nobody yet.
    Later,
    /// The connection ends behind the mail, without an answer.
    Lost,
}

/// Its port, and the commands that it heard, with the number of the session.
fn host(first: First) -> (u16, Receiver<(usize, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, heard) = channel();
    thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            // Who hangs up, hangs up.
            let _ = session(stream.unwrap(), first, n, &|line| drop(told.send((n, line))));
        }
    });
    (port, heard)
}

fn session(
    stream: TcpStream,
    first: First,
    n: usize,
    tell: &dyn Fn(String),
) -> std::io::Result<()> {
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    out.write_all(b"220 mx.b.example\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let reply = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" if first == First::NoTls => "250-mx.b.example\r\n250 STARTTLS",
            "EHLO" => "250 mx.b.example",
            "RCPT" if first == First::Later && n == 0 => "450 4.2.1 not yet",
            "DATA" => "354 go on",
            "STARTTLS" => "220 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let word = line.clone();
        tell(line);
        if word == "DATA" {
            out.write_all(b"354 go on\r\n")?;
            for line in lines.by_ref() {
                if line? == "." {
                    break;
                }
            }
            if first == First::Lost && n == 0 {
                return Ok(());
            }
            out.write_all(b"250 taken\r\n")?;
            tell("taken".into());
            continue;
        }
        out.write_all(format!("{reply}\r\n").as_bytes())?;
        if word == "STARTTLS" {
            return Ok(());
        }
    }
    Ok(())
}

const WORLD: &str = "b.example. IN MX 10 mx.b.example.\nmx.b.example. IN A 127.0.0.1\n";
const MAIL: &str = "Subject: Lunch\r\n\r\nDear Bob\r\n";
const TO_BOB: &[&str] = &["--starttls", "never", "--to", "bob@b.example"];

/// The sessions in which this was said, up to the first in which the mail was taken.
fn sessions(heard: &Receiver<(usize, String)>, word: &str) -> Vec<usize> {
    let mut said = Vec::new();
    let began = Instant::now();
    loop {
        assert!(began.elapsed() < Duration::from_secs(20), "the mail is not taken");
        let (n, line) = heard.recv_timeout(Duration::from_secs(20)).expect("the mail is taken");
        if line.starts_with(word) {
            said.push(n);
        }
        if line == "taken" {
            return said;
        }
    }
}

#[test]
fn a_handshake_that_fails_is_no_reason_to_lose_a_mail_of_which_nothing_is_demanded() {
    let zone = Zone::new(WORLD);
    let (port, heard) = host(First::NoTls);
    let relay = Relay::start(&zone, port, &[]);
    relay.send(TO_BOB, MAIL);
    // RFC 7435 §3: in clear text, in a session of its own.
    assert_eq!(sessions(&heard, "STARTTLS"), [0]);
    until("an empty spool", || waiting(&zone).is_empty().then_some(()));
}

#[test]
fn a_handshake_that_fails_is_a_reason_where_tls_is_demanded() {
    let (port, heard) = host(First::NoTls);
    // RFC 7672 §2.2: a record that cannot be used wants TLS all the same.
    let zone = Zone::new(&format!("{WORLD}_{port}._tcp.mx.b.example. IN TLSA 1 1 1 00\n"));
    let relay = Relay::start(&zone, port, &["--secure"]);
    relay.send(TO_BOB, MAIL);
    // Twice, and the mail waits.
    let mut said = Vec::new();
    while said.iter().filter(|(_, line)| line == "STARTTLS").count() < 2 {
        said.push(heard.recv_timeout(Duration::from_secs(20)).unwrap());
    }
    assert!(said.iter().all(|(_, line)| !line.starts_with("MAIL")), "{said:?}");
    assert_eq!(waiting(&zone).len(), 1);
}

#[test]
fn who_says_later_is_asked_later() {
    let zone = Zone::new(WORLD);
    let (port, heard) = host(First::Later);
    let relay = Relay::start(&zone, port, &[]);
    relay.send(TO_BOB, MAIL);
    assert_eq!(sessions(&heard, "RCPT TO:<bob@b.example>"), [0, 1]);
}

#[test]
fn a_mail_without_an_answer_is_sent_again() {
    let zone = Zone::new(WORLD);
    let (port, heard) = host(First::Lost);
    let relay = Relay::start(&zone, port, &[]);
    relay.send(TO_BOB, MAIL);
    // RFC 5321 §4.2.5: better twice than not at all.
    assert_eq!(sessions(&heard, "DATA"), [0, 1]);
    until("an empty spool", || waiting(&zone).is_empty().then_some(()));
}
