//! LMTP at the server (RFC 2033): a greeting of its own, and a reply for each recipient.

use crate::serving;

use postrider_smtp::server::{Config, Event, Server};
use postrider_smtp::{Error, Limits, Reply, State};
use postrider_testkit::{Scenario, embedder, laws};
use postrider_wire::dot::BareNewlines;
use postrider_wire::{Machine, Policy, Security, TimerKind};
use serving::{Session, TIM, accepts, auth, clear, name, offers, role, tls};

fn config() -> Config {
    Config::lmtp(name(), clear())
}

fn reply(code: u16, text: &str) -> Reply {
    Reply::new(code, text).unwrap()
}

/// RFC 2033 §4.2: Pat, Jones and Green; Jones is nobody, and Green's mailbox is full.
fn decides(server: &mut Server, event: &Event) {
    match event {
        Event::Rcpt { path, .. } if path.to_string() == "<Jones@foo.com>" => {
            server.reject(reply(550, "no such user here")).unwrap();
        }
        Event::Deliver { path, .. } if path.to_string() == "<Green@foo.com>" => {
            server.reject(reply(452, "mailbox full")).unwrap();
        }
        _ => accepts(server, event),
    }
}

fn greeted(config: Config) -> Session {
    let mut session = Session::new(config).on(decides);
    assert!(session.say("LHLO b\r\n").starts_with("250"));
    session
}

const TO: &str = "MAIL FROM:<chris@bar.com>\r\nRCPT TO:<Pat@foo.com>\r\nRCPT TO:<Jones@foo.com>\r\n\
                  RCPT TO:<Green@foo.com>\r\n";

fn asked(session: &Session) -> Vec<String> {
    let paths = session.events.iter().filter_map(|event| match event {
        Event::Deliver { path, .. } => Some(path.to_string()),
        _ => None,
    });
    paths.collect()
}

#[test]
fn the_greeting_is_lhlo_and_no_other() {
    let mut session = Session::silent(config(), accepts);
    assert_eq!(session.say(""), "220 foo.com LMTP service ready\r\n");
    // RFC 2033 §4.1.
    assert_eq!(session.say("EHLO b\r\n"), "500 command not recognised\r\n");
    assert_eq!(session.say("HELO b\r\n"), "500 command not recognised\r\n");
    assert!(session.say("MAIL FROM:<>\r\n").starts_with("503 5.5.1 "));
    assert_eq!(session.say("LHLO\r\n"), "501 syntax error in arguments\r\n");
    let said = session.say("LHLO b\r\n");
    assert!(said.starts_with("250-foo.com greets b\r\n"), "{said}");
    // RFC 2033 §5: these two must be there.
    assert!(
        offers(&said).contains(&"PIPELINING") && offers(&said).contains(&"ENHANCEDSTATUSCODES")
    );
    assert!(session.server.is_extended());
    assert_eq!(session.server.state(), State::Greeted);
    let mut smtp = Session::new(Config::new(name(), clear()));
    assert_eq!(smtp.say("LHLO b\r\n"), "500 command not recognised\r\n");
}

/// The example of RFC 2033 §4.2, in our words.
#[test]
fn each_recipient_has_its_reply_in_order() {
    let mut session = greeted(config());
    let codes = |said: &str| said.lines().map(|line| line[..9].to_owned()).collect::<Vec<_>>();
    let said = session.say(TO);
    assert_eq!(codes(&said), ["250 2.1.0", "250 2.1.5", "550 5.0.0", "250 2.1.5"]);
    assert!(session.say("DATA\r\n").starts_with("354 "));
    let said = session.say("Blah blah blah...\r\n..etc.\r\n.\r\n");
    assert_eq!(said, "250 2.1.5 delivered\r\n452 4.0.0 mailbox full\r\n");
    assert_eq!(asked(&session), ["<Pat@foo.com>", "<Green@foo.com>"]);
    assert_eq!(session.server.state(), State::Greeted);
    assert!(session.say("QUIT\r\n").starts_with("221 "));
}

#[test]
fn in_chunks_the_last_is_answered_for_each_and_others_once() {
    let mut session = greeted(config());
    session.say(TO);
    assert_eq!(session.say("BDAT 4\r\nHi\r\n"), "250 2.0.0 4 octets received\r\n");
    let said = session.say("BDAT 2 LAST\r\n\r\nNOOP\r\n");
    assert_eq!(said, "250 2.1.5 delivered\r\n452 4.0.0 mailbox full\r\n250 2.0.0 OK\r\n");
    // Refused in the middle: once, and the transaction is over.
    let limits = Limits::server().with_message(5);
    let mut session = greeted(config().with_limits(limits.clone()));
    session.say(TO);
    session.say("BDAT 4\r\nHi\r\n");
    assert_eq!(session.say("BDAT 4\r\nHi\r\n"), "552 5.3.4 mail exceeds the largest size\r\n");
    assert!(session.say("BDAT 2 LAST\r\nHi").starts_with("503 5.5.1 "));
    // Refused at its end: for each.
    let mut session = greeted(config().with_limits(limits));
    session.say(TO);
    let said = session.say("BDAT 6 LAST\r\nHello!");
    assert_eq!(said, "552 5.3.4 mail exceeds the largest size\r\n".repeat(2));
    assert_eq!(session.server.state(), State::Greeted);
}

#[test]
fn a_mail_for_nobody_is_503() {
    let mut session = greeted(config());
    session.say("MAIL FROM:<>\r\n");
    assert!(session.say("DATA\r\n").starts_with("503 5.5.1 "));
    session.say("RCPT TO:<Jones@foo.com>\r\n");
    // RFC 2033 §4.2: not 554.
    assert!(session.say("DATA\r\n").starts_with("503 5.5.1 "));
    assert!(session.say("BDAT 2\r\nHi").starts_with("503 5.5.1 "));
}

/// RFC 2033 §4.3: "If there were no previously successful RCPT commands in the mail transaction, then the
/// BDAT LAST command returns zero replies."
#[test]
fn the_last_chunk_for_nobody_has_no_reply() {
    let mut session = greeted(config());
    let nobody = "MAIL FROM:<>\r\nRCPT TO:<Jones@foo.com>\r\n";
    for chunks in ["BDAT 2 LAST\r\nHi", "BDAT 0 LAST\r\n"] {
        session.say(nobody);
        assert_eq!(session.say(format!("{chunks}NOOP\r\n")), "250 2.0.0 OK\r\n");
        assert_eq!(session.server.state(), State::Greeted);
    }
    // The others have one each.
    session.say(nobody);
    let said = session.say("BDAT 2\r\nHiBDAT 2\r\nHiBDAT 2 LAST\r\nHiNOOP\r\n");
    assert_eq!(
        said,
        format!("{}250 2.0.0 OK\r\n", "503 5.5.1 bad sequence of commands\r\n".repeat(2))
    );
    // There it is over.
    assert!(session.say("BDAT 2 LAST\r\nHi").starts_with("503 5.5.1 "));
    session.say(nobody);
    session.say("BDAT 2\r\nHiRSET\r\n");
    assert!(session.say("BDAT 2 LAST\r\nHi").starts_with("503 5.5.1 "));
    assert!(!session.events.iter().any(|event| matches!(event, Event::DataBegin)));
    // No flood of them is borne.
    let limits = Limits::server().with_bad_commands(2);
    let mut session = greeted(config().with_limits(limits));
    session.say(format!("{nobody}BDAT 2 LAST\r\nHi{nobody}"));
    assert!(session.say("BDAT 2 LAST\r\nHi").starts_with("421 4.7.0 "));
    assert!(session.closed);
    let mut smtp = Session::new(Config::new(name(), clear())).on(decides);
    smtp.say(format!("EHLO b\r\n{nobody}"));
    assert!(smtp.say("BDAT 2 LAST\r\nHi").starts_with("554 5.5.1 "));
}

#[test]
fn a_mail_that_is_swallowed_is_refused_to_each() {
    let limits = Limits::server().with_message(8);
    for (mail, said) in [
        ("a bare\nLF\r\n.\r\n", "550 5.5.2 mail holds a bare CR, a bare LF or a NUL\r\n"),
        ("much too long\r\n.\r\n", "552 5.3.4 mail exceeds the largest size\r\n"),
    ] {
        let mut session = greeted(config().with_limits(limits.clone()));
        session.say(format!("{TO}DATA\r\n"));
        assert_eq!(session.say(mail), said.repeat(2));
        assert!(asked(&session).is_empty());
        assert!(session.say("NOOP\r\n").starts_with("250 "));
        assert!(
            session.say(format!("{TO}DATA\r\nHi\r\n.\r\n")).ends_with("452 4.0.0 mailbox full\r\n")
        );
    }
}

/// Judges the whole mail by what its sender is called.
fn judges(server: &mut Server, event: &Event) {
    let sender = server.client_name().map(ToString::to_string);
    match (event, sender.as_deref()) {
        (Event::DataEnd, Some("spammer")) => server.reject(reply(554, "spam")).unwrap(),
        (Event::DataEnd, Some("early")) => server.defer().unwrap(),
        (Event::DataEnd, Some("known")) => {
            server.accept_with(reply(250, "kept as 4711")).unwrap();
        }
        (Event::DataEnd, _) => server.decline(),
        _ => decides(server, event),
    }
}

#[test]
fn one_verdict_on_the_whole_mail_is_said_for_all() {
    for (sender, said) in [
        ("spammer", "554 5.0.0 spam\r\n"),
        ("early", "451 4.3.0 try again later\r\n"),
        ("known", "250 2.0.0 kept as 4711\r\n"),
        ("anybody", "554 5.3.0 transaction failed\r\n"),
    ] {
        let mut session = greeted(config()).on(judges);
        session.say(format!("LHLO {sender}\r\n{TO}DATA\r\n"));
        assert_eq!(session.say("Hi\r\n.\r\n"), said.repeat(2));
        assert!(asked(&session).is_empty());
    }
}

#[test]
fn a_verdict_of_421_ends_the_session_and_who_is_behind_it_gets_nothing() {
    let mut session = greeted(config()).on(|server, event| match event {
        Event::Deliver { .. } => server.reject(reply(421, "disk on fire")).unwrap(),
        _ => decides(server, event),
    });
    session.say(format!("{TO}DATA\r\n"));
    assert_eq!(session.say("Hi\r\n.\r\nNOOP\r\n"), "421 4.0.0 disk on fire\r\n");
    assert_eq!(asked(&session), ["<Pat@foo.com>"]);
    assert!(session.closed);
    let mut session = greeted(config()).on(|server, event| match event {
        Event::DataEnd => server.reject(reply(421, "disk on fire")).unwrap(),
        _ => decides(server, event),
    });
    session.say(format!("{TO}DATA\r\n"));
    assert_eq!(session.say("Hi\r\n.\r\n"), "421 4.0.0 disk on fire\r\n", "once");
    assert!(session.closed);
}

#[test]
fn a_delivery_may_take_any_time_and_is_waited_for_at_a_shutdown() {
    let mut session = greeted(config()).on(|server, event| match event {
        Event::Deliver { .. } => {}
        _ => decides(server, event),
    });
    session.say(format!("{TO}DATA\r\n"));
    assert_eq!(session.say("Hi\r\n.\r\n"), "");
    assert!(session.server.timers().is_empty(), "{:?}", session.server.timers());
    assert!(session.server.state().is_in_transaction());
    session.server.shutdown();
    session.server.accept_with(reply(250, "in Pat's hands")).unwrap();
    assert_eq!(session.go_on(), "250 2.0.0 in Pat's hands\r\n");
    session.server.delay(std::time::Duration::from_secs(3)).unwrap();
    session.server.accept().unwrap();
    let said = session.go_on();
    assert_eq!(said, "250 2.1.5 delivered\r\n421 4.3.2 service shutting down\r\n");
    assert!(session.closed);
    // What the client did not hear of it will send again; who is not asked about gets nothing.
    let mut session = greeted(config()).on(|server, event| match event {
        Event::Deliver { .. } => {}
        _ => decides(server, event),
    });
    session.say(format!("{TO}DATA\r\n"));
    session.say("Hi\r\n.\r\n");
    session.end();
    session.server.accept().unwrap();
    assert_eq!(session.go_on(), "250 2.1.5 delivered\r\n");
    session.server.accept().unwrap();
    assert_eq!(session.go_on(), "250 2.1.5 delivered\r\n");
    assert!(session.closed);
}

#[test]
fn a_client_that_reads_nothing_is_sent_away_between_two_replies() {
    let mut to = String::from("MAIL FROM:<>\r\n");
    for nth in 0..400 {
        to += &format!("RCPT TO:<user{nth}@foo.com>\r\n");
    }
    let mut server = Server::new(config());
    let mut inbox = server.new_inbox();
    let lines = format!("LHLO b\r\n{to}DATA\r\nHi\r\n.\r\n");
    let (mut rest, mut delivered) = (lines.as_bytes(), 0);
    loop {
        match server.poll(&mut inbox).unwrap() {
            postrider_wire::Progress::Event(event) => {
                delivered += usize::from(matches!(event, Event::Deliver { .. }));
                accepts(&mut server, &event);
            }
            _ if !rest.is_empty() => {
                let n = bytes::Buf::remaining(server.outbox());
                bytes::Buf::advance(server.outbox(), n);
                rest = &rest[inbox.extend(rest)..];
            }
            progress => {
                // 400 replies do not fit.
                let waits = postrider_wire::Progress::Wait { input: false, app: false };
                assert_eq!(progress, waits);
                break;
            }
        }
    }
    assert!((100..400).contains(&delivered), "{delivered}");
    let timer = server.timers()[0];
    assert_eq!(timer.kind, TimerKind::Progress);
    server.on_timeout(timer);
    assert_eq!(server.poll(&mut inbox), Err(Error::Timeout));
}

#[test]
fn the_words_of_the_received_field_are_those_of_the_rfcs() {
    // RFC 3848 §2, RFC 6531 §4.3.
    let secure = Security::Implicit(tls());
    let with_auth = |config: Config| config.with_auth(auth()).with_smtp_utf8(true);
    let login = format!("AUTH PLAIN {TIM}\r\n");
    let mut seen = Vec::new();
    for (config, hello) in [
        (Config::new(name(), clear()), "EHLO b\r\n"),
        (Config::new(name(), secure.clone()), "EHLO b\r\n"),
        (Config::lmtp(name(), clear()), "LHLO b\r\n"),
        (Config::lmtp(name(), secure), "LHLO b\r\n"),
    ] {
        for login in ["", &login[..]] {
            let clear_text = postrider_wire::ClearTextLogin::Allow;
            let config = config.clone().with_smtp_utf8(true);
            let mut session = Session::new(config.with_auth(auth().with_clear_text(clear_text)));
            session.say(format!("{hello}{login}"));
            seen.push(session.server.protocol_keyword());
            session.say("MAIL FROM:<> SMTPUTF8\r\n");
            seen.push(session.server.protocol_keyword());
            session.say("RSET\r\n");
            assert_eq!(session.server.protocol_keyword(), seen[seen.len() - 2]);
        }
    }
    let words = "ESMTP UTF8SMTP ESMTPA UTF8SMTPA ESMTPS UTF8SMTPS ESMTPSA UTF8SMTPSA \
                 LMTP UTF8LMTP LMTPA UTF8LMTPA LMTPS UTF8LMTPS LMTPSA UTF8LMTPSA";
    assert_eq!(seen, words.split_whitespace().collect::<Vec<_>>());
    let mut helo = Session::new(with_auth(Config::new(name(), clear())));
    helo.say("HELO b\r\n");
    assert_eq!(helo.server.protocol_keyword(), "SMTP");
}

fn scenario(title: &str, config: Config) -> Scenario<Server> {
    let make = move || (Server::new(config.clone()), embedder(decides, |_: &mut Server| false));
    Scenario::new(title, make)
        .classify(role)
        .state_limit(16 * 1024)
        .debug()
        .tap(|server: &mut Server, tap| server.set_tap(tap))
}

#[test]
fn the_laws_hold() {
    let limits = Limits::server().with_line(80).with_inbox(128).with_message(64);
    let small = config().with_limits(limits).with_bare_newlines(BareNewlines::Reject);
    let data = format!("{TO}DATA\r\n");
    let turns = scenario("turns", small.clone()).turn("EHLO b\r\nLHLO b\r\n").turn(data.clone());
    laws::all(&turns.turn("Hi\r\n..\r\n.\r\n").turn("NOOP\r\nQUIT\r\n"));
    let group = format!(
        "LHLO b\r\n{TO}DATA\r\nHi\r\n.\r\n{TO}BDAT 2\r\nHiBDAT 0 LAST\r\nMAIL FROM:<>\r\n\
         BDAT 2\r\nHiBDAT 2 LAST\r\nHiQUIT\r\n"
    );
    laws::all(&scenario("group", small.clone()).turn(group));
    let bad =
        format!("LHLO b\r\n{data}bare\nLF\r\n.\r\n{TO}BDAT 65 LAST\r\n{}NOOP\r\n", "x".repeat(65));
    laws::all(&scenario("swallowed", small.clone()).turn(bad));
    let mut secure = small;
    secure.security = Security::StartTls(Policy::Required);
    let tls = scenario("tls", secure).turn("LHLO b\r\nMAIL FROM:<>\r\n").turn("STARTTLS\r\n");
    laws::all(&tls.turn(format!("{TO}LHLO b\r\n{data}.\r\n")).turn("QUIT\r\n"));
}

#[test]
fn a_thousand_recipients_cost_their_paths_and_no_more() {
    let make = || (Server::new(config()), embedder(accepts, |_: &mut Server| false));
    let mut scenario =
        Scenario::new("thousand", make).classify(role).turn("LHLO b\r\nMAIL FROM:<>\r\n");
    for nth in 0..1000 {
        scenario = scenario.turn(format!("RCPT TO:<user{nth:04}@foo.com>\r\n"));
    }
    // Each path is a string of 16 octets and what holds it; the list grows by doubling.
    let scenario = scenario.turn("DATA\r\n").turn("Hi\r\n.\r\n").state_limit(200 * 1024);
    laws::memory(&scenario);
    let said = String::from_utf8(scenario.run().output().to_vec()).unwrap();
    assert_eq!(said.matches("250 2.1.5 delivered\r\n").count(), 1000);
    assert!(said.contains("250 2.1.5 recipient OK\r\n"));
}
