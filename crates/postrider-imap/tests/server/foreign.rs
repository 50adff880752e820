//! Clients of other protocols at the server: HTTP and TLS end the session, others are bounded.

use crate::serving::{LOGIN, Session, TIM, accepts, auth, open};
use postrider_imap::server::{Config, Event, Server};
use postrider_imap::{Error, Fault, State};
use postrider_testkit::{Outcome, Run, Scenario, embedder, laws};
use postrider_wire::{Policy, Security, TimerKind};

const BYE: &str = "* BYE this is IMAP\r\n";

fn scenario(name: &str, config: fn() -> Config) -> Scenario<Server> {
    let make = move || (Server::new(config()), embedder(accepts, |_| false));
    Scenario::new(name, make).debug().tap(Server::set_tap).secret(b"pa55word")
}

fn said(run: &Run<Server>) -> String {
    String::from_utf8_lossy(run.output()).into_owned()
}

fn ends_as_foreign(run: &Run<Server>, offset: u64, name: &str) {
    let expected = Error::Protocol { fault: Fault::Foreign, offset };
    assert!(matches!(run.outcome(), Outcome::Failed(error) if *error == expected), "{name}");
    let said = said(run);
    assert!(said.ends_with(BYE), "{name}: {said}");
    assert_eq!(run.events().count(), 0, "{name}: nothing is asked");
}

/// "Cross-protocol scripting": a page makes a browser send commands in the body of a request.
#[test]
fn a_request_of_http_ends_the_session_whatever_its_body_says() {
    let body = "a login mrc pa55word\r\nb select inbox\r\n";
    for line in [
        "GET / HTTP/1.1",
        "HEAD /a HTTP/1.0",
        "POST / HTTP/1.1",
        "PUT /a%20LOGIN HTTP/1.1",
        "DELETE /a HTTP/1.1",
        "CONNECT example.com:143 HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "TRACE / HTTP/1.1",
        "PATCH /a HTTP/1.1",
        "GET http://example.com/ HTTP/1.1",
        "PRI * HTTP/2.0",
        "GET /",
    ] {
        for ending in ["\r\n", "\n"] {
            let request = format!("{line}{ending}Host: example.com:143{ending}{ending}{body}");
            let foreign = scenario(line, open).turn(request);
            ends_as_foreign(&foreign.run(), 0, line);
            laws::all(&foreign);
        }
    }
}

#[test]
fn a_handshake_of_tls_ends_the_session() {
    let hellos: [(&str, &[u8]); 4] = [
        ("TLS 1.3", b"\x16\x03\x01\x00\xca\x01\x00\x00\xc6\x03\x03a login mrc pa55word\r\n"),
        ("TLS 1.2", b"\x16\x03\x03\x00\x2f\x01\x00\x00\x2b\x03\x03\r\n"),
        ("SSL 3", b"\x16\x03\x00\x00\x2f\x01\x00"),
        ("SSL 2", b"\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10"),
    ];
    for (name, hello) in hellos {
        let foreign = scenario(name, open).turn(hello);
        ends_as_foreign(&foreign.run(), 0, name);
        laws::all(&foreign);
    }
    // Where it could be begun by STARTTLS, too.
    let start = || Config::new(Security::StartTls(Policy::Required));
    let foreign = scenario("STARTTLS", start).turn(hellos[0].1);
    ends_as_foreign(&foreign.run(), 0, "STARTTLS");
    laws::all(&foreign);
}

#[test]
fn it_is_seen_behind_commands_as_well() {
    let foreign = scenario("behind", open).turn("a capability\r\nGET / HTTP/1.1\r\nb noop\r\n");
    let run = foreign.run();
    let Outcome::Failed(Error::Protocol { fault: Fault::Foreign, offset: 14 }) = run.outcome()
    else {
        panic!("{:?}", run.outcome())
    };
    assert!(said(&run).contains("a OK CAPABILITY completed\r\n* BYE "), "{}", said(&run));
    laws::all(&foreign);
    // A literal and the answer of a login are none of its lines.
    let literal =
        scenario("literal", open).turn("a login {16+}\r\nGET / HTTP/1.1\r\n wrong\r\nb noop\r\n");
    assert!(said(&literal.run()).ends_with("a NO sorry\r\nb OK NOOP completed\r\n"));
    laws::all(&literal);
    let mut session = Session::new(
        open().with_auth(auth().with_clear_text(postrider_wire::ClearTextLogin::Allow)),
    );
    session.say("a authenticate plain\r\n");
    let said = session.say("GET / HTTP/1.1\r\nb noop\r\n");
    assert!(said.starts_with("a BAD ") && said.ends_with("b OK NOOP completed\r\n"), "{said}");
    assert!(session.say(format!("c authenticate plain {TIM}\r\n")).starts_with("c OK "));
}

#[test]
fn what_is_no_first_line_of_http_is_a_command() {
    // RFC 9051 §9: any of these words is a tag, and the name of a command is none of a target.
    for tag in
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI"]
    {
        let legal = scenario(tag, open)
            .turn(format!("{tag} LOGIN tim tanstaaftanstaaf\r\n"))
            .turn(format!("{tag} NOOP\r\n{tag} CREATE /a\r\n{tag} LIST \"\" *\r\n"));
        let said = said(&legal.run());
        assert!(said.contains(&format!("{tag} OK [CAPABILITY ")), "{said}");
        assert!(said.ends_with(&format!("{tag} OK LIST completed\r\n")), "{said}");
        laws::all(&legal);
    }
    // In small letters it is no HTTP (RFC 9110 §9.1).
    let mut session = Session::new(open());
    assert_eq!(session.say("get / HTTP/1.1\r\n"), "get BAD unknown command\r\n");
    assert_eq!(session.say("GET\r\n").matches("BAD").count(), 1);
}

#[test]
fn after_login_no_octet_is_foreign() {
    let mut session = Session::logged_in(open());
    let said = session.say("GET / HTTP/1.1\r\nb noop\r\n");
    assert_eq!(said, "GET BAD unknown command\r\nb OK NOOP completed\r\n");
    let said = session.say("\x16\x03\x01 x\r\nb noop\r\n");
    assert!(said.contains("BAD") && said.ends_with("b OK NOOP completed\r\n"), "{said}");
}

#[test]
fn octets_that_look_like_the_beginning_of_one_are_read_on() {
    for (name, octets) in [
        ("one octet", &b"\x16\r\nb noop\r\n"[..]),
        ("another", b"\x16\x04\x01\r\nb noop\r\n"),
        ("no SSL 2", b"\x80\x2e\x02\r\nb noop\r\n"),
        ("a line end", b"\x80\n\x01x\r\nb noop\r\n"),
        ("UTF-8", b"\xc3\xa4 noop\r\nb noop\r\n"),
        ("no target", b"GET LOGIN a b\r\nb noop\r\n"),
    ] {
        let read = scenario(name, open).turn(octets);
        let run = read.run();
        let said = said(&run);
        assert!(!said.contains(BYE), "{name}: {said}");
        assert!(said.ends_with("b OK NOOP completed\r\n"), "{name}: {said}");
        laws::all(&read);
    }
}

/// They speak in lines, as IMAP does, and their lines are bad commands, of which five are taken.
#[test]
fn a_client_of_smtp_or_pop3_is_told_that_it_is_wrong_and_then_sent_away() {
    for (name, lines) in [
        (
            "SMTP",
            "EHLO example.com\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n\
             Subject: x\r\n\r\nc login mrc pa55word\r\n.\r\nQUIT\r\n",
        ),
        ("POP3", "CAPA\r\nUSER mrose\r\nPASS pa55word\r\nSTAT\r\nLIST\r\nRETR 1\r\nQUIT\r\n"),
        (
            "SIP",
            "INVITE sip:a@b SIP/2.0\r\nVia: x\r\nTo: x\r\nFrom: x\r\nCall-ID: x\r\nCSeq: 1\r\n",
        ),
        ("SSH", "SSH-2.0-x\r\n\x00\x00\x01\r\n\x14\r\n\r\n\r\n\r\n\r\n"),
    ] {
        let foreign = scenario(name, open).turn(lines);
        let run = foreign.run();
        let Outcome::Failed(Error::BadCommands { .. }) = run.outcome() else {
            panic!("{name}: {:?}", run.outcome())
        };
        assert_eq!(run.events().count(), 0, "{name}");
        assert!(said(&run).ends_with("* BYE too many bad commands\r\n"), "{name}");
        assert!(!said(&run).contains("pa55word"), "{name}: nor is it in the transcript (law 12)");
        laws::all(&foreign);
    }
}

#[test]
fn the_words_of_the_farewell_are_the_embedders() {
    let config = open().with_phrases(|phrase| match phrase {
        postrider_imap::server::Phrase::Foreign => "hier spricht man IMAP".into(),
        other => other.english(),
    });
    let mut session = Session::new(config);
    assert_eq!(session.say("GET / HTTP/1.1\r\n"), "* BYE hier spricht man IMAP\r\n");
    assert_eq!(session.server.state(), State::NotAuthenticated);
    assert!(session.timer(TimerKind::Idle).is_none());
    let asked = |event: &Event| matches!(event, Event::Login { .. });
    assert!(!session.events.iter().any(asked) && LOGIN.starts_with("a login"));
}
