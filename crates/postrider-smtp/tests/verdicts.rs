//! Verdicts on every question: yes, no, not now, and each of them late.

use crate::serving;

use std::time::Duration;

use postrider_smtp::server::{Config, Event, Server, Verification};
use postrider_smtp::{Error, Misuse, Reply, State};
use postrider_wire::{Machine, TimerKind};
use serving::{Session, TIM, accepts, auth, clear, name};

fn config(lmtp: bool) -> Config {
    let config = if lmtp { Config::lmtp(name(), clear()) } else { Config::new(name(), clear()) };
    let auth = auth().with_clear_text(postrider_wire::ClearTextLogin::Allow);
    let config = config.with_auth(auth).with_vrfy(Verification::Ask).with_expn(true);
    let config = config.with_help(true).with_xclient(true).with_xforward(true);
    config.with_extension("ETRN".parse().unwrap(), None)
}

/// A question: which it is, what leads to it, and what is said when it is accepted, deferred and
/// declined.
struct Row {
    asks: fn(&Event) -> bool,
    before: &'static str,
    asked_by: String,
    accepted: &'static str,
    deferred: &'static str,
    declined: &'static str,
    /// Whether yes may have words of its own.
    words: bool,
    lmtp: bool,
}

const LATER: &str = "451 4.3.0 try again later\r\n";
const NOT: &str = "502 5.5.1 command not implemented\r\n";
const TO: &str = "EHLO b\r\nMAIL FROM:<>\r\nRCPT TO:<a@foo.com>\r\n";

fn rows() -> Vec<Row> {
    let row = |asks, before, asked_by: &str, accepted, deferred, declined, words| Row {
        asks,
        before,
        asked_by: asked_by.into(),
        accepted,
        deferred,
        declined,
        words,
        lmtp: false,
    };
    let plain = format!("AUTH PLAIN {TIM}\r\n");
    let failed = "554 5.3.0 transaction failed\r\n";
    let invalid = "535 5.7.8 authentication credentials invalid\r\n";
    let unknown = "252 2.5.0 cannot verify, but will take mail and attempt delivery\r\n";
    let busy = "454 4.7.0 temporary authentication failure\r\n";
    let mut rows = vec![
        row(
            |event| matches!(event, Event::Ehlo { .. }),
            "",
            "HELO b\r\n",
            "250 foo.com greets b\r\n",
            "451 try again later\r\n",
            "502 command not implemented\r\n",
            false,
        ),
        row(
            |event| matches!(event, Event::Authenticated { .. }),
            "EHLO b\r\n",
            &plain,
            "235 2.7.0 authentication succeeded\r\n",
            busy,
            invalid,
            false,
        ),
        row(
            |event| matches!(event, Event::Mail { .. }),
            "EHLO b\r\n",
            "MAIL FROM:<>\r\n",
            "250 2.1.0 sender OK\r\n",
            LATER,
            NOT,
            true,
        ),
        row(
            |event| matches!(event, Event::Rcpt { .. }),
            "EHLO b\r\nMAIL FROM:<>\r\n",
            "RCPT TO:<a@foo.com>\r\n",
            "250 2.1.5 recipient OK\r\n",
            LATER,
            NOT,
            true,
        ),
        row(
            |event| matches!(event, Event::DataBegin),
            TO,
            "DATA\r\n",
            "354 start mail input; end with <CRLF>.<CRLF>\r\n",
            LATER,
            NOT,
            false,
        ),
        row(
            |event| matches!(event, Event::DataBegin),
            TO,
            "BDAT 2\r\nHi",
            "250 2.0.0 2 octets received\r\n",
            LATER,
            NOT,
            false,
        ),
        row(
            |event| matches!(event, Event::DataEnd),
            TO,
            "BDAT 2 LAST\r\nHi",
            "250 2.0.0 OK\r\n",
            LATER,
            failed,
            true,
        ),
        row(|event| matches!(event, Event::Vrfy(_)), "", "VRFY a\r\n", unknown, LATER, NOT, true),
        row(|event| matches!(event, Event::Expn(_)), "", "EXPN a\r\n", unknown, LATER, NOT, true),
        row(
            |event| matches!(event, Event::Help(_)),
            "",
            "HELP\r\n",
            "214 2.0.0 see RFC 5321\r\n",
            LATER,
            NOT,
            true,
        ),
        row(
            |event| matches!(event, Event::Extension { .. }),
            "EHLO b\r\n",
            "ETRN x\r\n",
            "250 2.0.0 OK\r\n",
            LATER,
            NOT,
            true,
        ),
        row(
            |event| matches!(event, Event::Xclient(_)),
            "",
            "XCLIENT ADDR=10.0.0.1\r\n",
            "220 foo.com ESMTP service ready\r\n",
            LATER,
            NOT,
            false,
        ),
        row(
            |event| matches!(event, Event::Xforward(_)),
            "EHLO b\r\n",
            "XFORWARD ADDR=10.0.0.1\r\n",
            "250 2.0.0 OK\r\n",
            LATER,
            NOT,
            false,
        ),
    ];
    rows.push(Row {
        lmtp: true,
        ..row(
            |event| matches!(event, Event::Deliver { .. }),
            "LHLO b\r\nMAIL FROM:<>\r\nRCPT TO:<a@foo.com>\r\n",
            "BDAT 2 LAST\r\nHi",
            "250 2.1.5 delivered\r\n",
            LATER,
            failed,
            true,
        )
    });
    rows
}

/// A session in which the question of the row waits.
fn asked(row: &Row) -> Session {
    let mut session = Session::silent(config(row.lmtp), accepts);
    session.say("");
    session.say(row.before);
    let before = session.events.len();
    session.on_event = |_, _| {};
    let mut said = session.say(&row.asked_by);
    // Up to the question, all is accepted.
    while !(row.asks)(session.events.last().unwrap()) {
        accepts(&mut session.server, session.events.last().unwrap());
        said += &session.go_on();
    }
    assert!(session.events.len() > before);
    assert_eq!(said, "", "{}", row.asked_by);
    session
}

#[test]
fn each_question_has_a_yes_a_no_and_a_not_now() {
    for row in rows() {
        let what = &row.asked_by;
        let mut session = asked(&row);
        session.server.accept().unwrap();
        assert_eq!(session.go_on(), row.accepted, "{what}");

        let mut session = asked(&row);
        session.server.defer().unwrap();
        assert_eq!(session.go_on(), row.deferred, "{what}");
        assert!(!session.closed, "{what}");

        let mut session = asked(&row);
        session.server.decline();
        let mut said = session.go_on();
        if session.held().is_some() {
            said = session.fire(TimerKind::Delay);
        }
        assert_eq!(said, row.declined, "{what}");

        let mut session = asked(&row);
        session.server.reject(Reply::new(421, "enough").unwrap()).unwrap();
        let said = session.go_on();
        let plain = what.starts_with("HELO");
        assert_eq!(said, if plain { "421 enough\r\n" } else { "421 4.0.0 enough\r\n" }, "{what}");
        assert!(session.closed, "{what}");

        let mut session = asked(&row);
        let words = session.server.accept_with(Reply::new(251, "in words").unwrap());
        if row.words {
            assert_eq!((words, session.go_on().as_str()), (Ok(()), "251 2.0.0 in words\r\n"));
        } else {
            assert_eq!(words, Err(Error::Misuse(Misuse::NothingPending)), "{what}");
        }
    }
}

#[test]
fn each_verdict_can_be_held_back() {
    let late = Duration::from_secs(7);
    for row in rows() {
        for verdict in ["accept", "defer", "reject"] {
            let mut session = asked(&row);
            let server = &mut session.server;
            server.delay(late).unwrap();
            match verdict {
                "accept" => server.accept().unwrap(),
                "defer" => server.defer().unwrap(),
                _ => server.reject(Reply::new(550, "no").unwrap()).unwrap(),
            }
            let nothing = Err(Error::Misuse(Misuse::NothingPending));
            assert_eq!((server.accept(), server.defer()), (nothing.clone(), nothing), "given");
            assert_eq!(session.go_on(), "", "{}", row.asked_by);
            assert_eq!(session.held(), Some(late), "{} {verdict}", row.asked_by);
            let said = session.fire(TimerKind::Delay);
            match verdict {
                "accept" => assert_eq!(said, row.accepted),
                "defer" => assert_eq!(said, row.deferred),
                _ => assert!(said.starts_with("550 ") && said.ends_with("no\r\n"), "{said}"),
            }
            // A shutdown cuts the wait short.
            let mut session = asked(&row);
            session.server.delay(late).unwrap();
            session.server.accept().unwrap();
            session.server.shutdown();
            let said = session.go_on();
            // Behind 354, the mail is taken to its end before.
            let instead = row.asked_by.starts_with("BDAT 2\r\n");
            assert!(instead || said.starts_with(row.accepted), "{said}");
            let data = row.asked_by.starts_with("DATA");
            assert!(data || said.ends_with("421 4.3.2 service shutting down\r\n"), "{said}");
        }
    }
}

#[test]
fn a_reply_that_contradicts_the_verdict_is_misuse_and_the_question_stays() {
    for row in rows() {
        let mut session = asked(&row);
        let reply = |code| Reply::new(code, "x").unwrap();
        let wrong = Err(Error::Misuse(Misuse::WrongReply));
        assert_eq!(session.server.reject(reply(250)), wrong);
        assert_eq!(session.server.reject(reply(354)), wrong);
        assert_eq!(session.server.accept_with(reply(550)), wrong);
        assert_eq!(session.go_on(), "");
        session.server.accept().unwrap();
        assert_eq!(session.go_on(), row.accepted);
    }
}

#[test]
fn where_nothing_waits_no_verdict_is_taken() {
    let mut session = Session::new(config(false));
    let nothing = Err(Error::Misuse(Misuse::NothingPending));
    let server = &mut session.server;
    assert_eq!(server.accept(), nothing);
    assert_eq!(server.defer(), nothing);
    assert_eq!(server.reject(Reply::new(550, "no").unwrap()), nothing);
    assert_eq!(server.delay(Duration::from_secs(1)), nothing);
    server.decline();
    assert_eq!(session.go_on(), "");
    assert!(session.say("NOOP\r\n").starts_with("250 "));
}

#[test]
fn what_is_deferred_changes_nothing() {
    for (before, state) in [
        ("EHLO b\r\nMAIL FROM:<>\r\n", State::Greeted),
        ("EHLO b\r\nXCLIENT LOGIN=tim\r\n", State::Greeted),
        ("EHLO b\r\nXFORWARD ADDR=10.0.0.1\r\n", State::Greeted),
        ("HELO b\r\n", State::Start),
    ] {
        let mut session =
            Session::new(config(false)).on(|server: &mut Server, event| match event {
                Event::Ehlo { extended: true, .. } => accepts(server, event),
                _ => server.defer().unwrap(),
            });
        let said = session.say(before);
        assert!(said.lines().last().unwrap().starts_with("451 "), "{said}");
        assert_eq!(session.server.state(), state);
        assert!(session.server.xclient().is_none() && session.server.xforward().is_none());
        assert!(session.server.authenticated().is_none());
    }
}
