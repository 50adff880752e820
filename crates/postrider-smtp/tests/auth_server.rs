//! Logins at the server (RFC 4954): each mechanism, each reply, and the laws.

use crate::serving;

use std::time::Duration;

use postrider_sasl::client::{self, Credentials, Exchange, LineExchange, LineStep};
use postrider_sasl::scram::Bounds;
use postrider_sasl::server::{Credential, Identity};
use postrider_sasl::{ChannelBinding, Mechanism, line};
use postrider_smtp::server::{Config, EarlyTalkers, Event, Server};
use postrider_smtp::{Error, Limits, Misuse, Reply, State};
use postrider_testkit::{Scenario, embedder, laws};
use postrider_wire::{ClearTextLogin, Machine, Policy, Progress, Secret, Security, TimerKind};
use serving::{PASSWORD, Session, TIM, TOKEN, accepts, auth, clear, name, offers, role, tls};

fn in_tls() -> Config {
    Config::new(name(), Security::Implicit(tls())).with_auth(auth())
}

fn in_clear() -> Config {
    let auth = auth().with_clear_text(ClearTextLogin::Allow);
    Config::new(name(), clear()).with_auth(auth)
}

fn greeted(config: Config) -> Session {
    let mut session = Session::new(config);
    assert!(session.say("EHLO bar.com\r\n").starts_with("250-foo.com greets bar.com\r\n"));
    session
}

const INVALID: &str = "535 5.7.8 authentication credentials invalid\r\n";
const SUCCESS: &str = "235 2.7.0 authentication succeeded\r\n";

fn credentials(mechanism: Mechanism, user: &str, password: &str) -> Credentials {
    match mechanism {
        Mechanism::OAuthBearer | Mechanism::XOAuth2 => {
            Credentials::token(user, Secret::new(password.into())).unwrap()
        }
        Mechanism::External => Credentials::external(),
        Mechanism::Anonymous => Credentials::anonymous("sirhc").unwrap(),
        _ => Credentials::password(user, Secret::new(password.into()))
            .unwrap()
            .with_iterations(Bounds::new(1, 100_000)),
    }
}

fn right(mechanism: Mechanism) -> &'static str {
    if matches!(mechanism, Mechanism::OAuthBearer | Mechanism::XOAuth2) { TOKEN } else { PASSWORD }
}

/// Logs in as a client of ours does, and returns all replies.
fn log_in(
    session: &mut Session,
    mechanism: Mechanism,
    credentials: &Credentials,
    initial: bool,
) -> Vec<String> {
    let binding = ChannelBinding::from(&tls());
    let exchange = Exchange::new(mechanism, credentials, &binding, true, [3; 32]).unwrap();
    let mut login = LineExchange::new(exchange, "AUTH", if initial { line::LONGEST } else { 0 });
    let mut replies = Vec::new();
    let mut step = login.begin();
    loop {
        step = match step {
            LineStep::Say(line) => {
                replies.push(session.say(line.as_bytes()));
                let reply = replies.last().unwrap();
                let Some(challenge) = reply.strip_prefix("334 ") else {
                    if reply.starts_with("235 ") {
                        assert_eq!(login.accepted(), Ok(()));
                    }
                    return replies;
                };
                login.challenge(Some(challenge.trim_end().as_bytes()))
            }
            LineStep::DeriveKey(due) => login.key(due.derive()).unwrap(),
            step => panic!("{step:?}"),
        };
    }
}

fn challenge_of(reply: &str) -> Vec<u8> {
    let text = reply.strip_prefix("334 ").unwrap_or_else(|| panic!("{reply}")).trim_end();
    line::decode(text.as_bytes(), 12288).unwrap().expose().clone()
}

#[test]
fn every_mechanism_lets_tim_in_with_and_without_an_initial_response() {
    for mechanism in Mechanism::ALL {
        for initial in [true, false] {
            let mut session = greeted(in_tls());
            let tim = credentials(mechanism, "tim", right(mechanism));
            let replies = log_in(&mut session, mechanism, &tim, initial);
            assert_eq!(replies.last().unwrap(), SUCCESS, "{mechanism}");
            let asked = |event: &Event| matches!(event, Event::Credential(_));
            assert_eq!(session.events.iter().filter(|event| asked(event)).count(), 1);
            let Some(Event::Authenticated { identity, .. }) = session.events.last() else {
                panic!("{:?}", session.events)
            };
            let who = if mechanism == Mechanism::Anonymous { "anonymous" } else { "tim" };
            assert_eq!(identity, &Identity::new(who), "{mechanism}");
            assert_eq!(session.server.authenticated(), Some(identity));
            assert_eq!(session.server.state(), State::Greeted);
            // RFC 4954 §4: once is enough, and it is not offered again.
            assert!(session.say("AUTH PLAIN\r\n").starts_with("503 5.5.1 "));
            let reply = session.say("EHLO bar.com\r\n");
            assert!(!offers(&reply).iter().any(|line| line.starts_with("AUTH")), "{reply}");
            assert!(session.say("MAIL FROM:<>\r\n").starts_with("250 2.1.0 "));
            assert_eq!(session.server.protocol_keyword(), "ESMTPSA");
        }
    }
}

#[test]
fn every_mechanism_refuses_the_wrong_and_the_unknown_alike_and_late() {
    let secret = Mechanism::ALL
        .into_iter()
        .filter(|mechanism| !matches!(mechanism, Mechanism::External | Mechanism::Anonymous));
    for mechanism in secret {
        let mut seen = Vec::new();
        let oauth = matches!(mechanism, Mechanism::OAuthBearer | Mechanism::XOAuth2);
        for user in ["tim", if oauth { "tim" } else { "jim" }] {
            let mut session = greeted(in_tls());
            let jim = credentials(mechanism, user, "wrong");
            let replies = log_in(&mut session, mechanism, &jim, true);
            assert_eq!(replies.last().unwrap(), "", "{mechanism}: it is held back");
            assert_eq!(session.held(), Some(Duration::from_secs(2)));
            assert_eq!(session.fire(TimerKind::Delay), INVALID, "{mechanism}");
            assert_eq!(session.server.authenticated(), None);
            assert_eq!(session.server.state(), State::Greeted);
            assert!(session.say("NOOP\r\n").starts_with("250 "));
            seen.push(replies.len());
        }
        assert_eq!(seen[0], seen[1], "{mechanism}");
    }
}

#[test]
fn tls_decides_what_is_offered() {
    let reply = Session::new(in_tls()).say("EHLO b\r\n");
    let all = "AUTH SCRAM-SHA-512-PLUS SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-512 SCRAM-SHA-256 \
               SCRAM-SHA-1 CRAM-MD5 OAUTHBEARER XOAUTH2 PLAIN LOGIN EXTERNAL ANONYMOUS";
    assert!(offers(&reply).contains(&all), "{reply}");
    let config = |policy| Config::new(name(), Security::StartTls(policy)).with_auth(auth());
    let mut session = Session::new(config(Policy::Opportunistic));
    let reply = session.say("EHLO b\r\n");
    let some = "AUTH SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 ANONYMOUS";
    assert!(offers(&reply).contains(&some), "{reply}");
    // RFC 4954 §4: 504, and "it SHOULD return a 5.5.4 enhanced response code".
    for mechanism in ["PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"] {
        let reply = session.say(format!("AUTH {mechanism} {TIM}\r\n"));
        assert!(reply.starts_with("504 5.5.4 "), "{reply}");
    }
    for mechanism in ["EXTERNAL", "SCRAM-SHA-256-PLUS"] {
        assert!(session.say(format!("AUTH {mechanism}\r\n")).starts_with("504 5.5.4 "));
    }
    assert_eq!(session.server.state(), State::Greeted);
    // RFC 3207 §4: nothing before TLS.
    let mut session = Session::new(config(Policy::Required));
    assert!(!session.say("EHLO b\r\n").contains("AUTH"));
    assert!(session.say("AUTH SCRAM-SHA-256\r\n").starts_with("530 5.7.0 "));
    let none = Config::new(name(), clear()).with_auth(auth().with_mechanisms([Mechanism::Plain]));
    assert!(!Session::new(none).say("EHLO b\r\n").contains("AUTH"));
}

#[test]
fn each_fault_has_its_reply() {
    let long = "A".repeat(12_288);
    let rows = [
        ("AUTH FOOBAR\r\n", "504 5.5.4 "),
        ("AUTH DIGEST-MD5\r\n", "504 5.5.4 "),
        ("AUTH\r\n", "501 5.5.4 "),
        ("AUTH PLAIN =AAA\r\n", "501 5.5.2 "),
        ("AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWF\r\n", "501 5.5.2 "),
        ("AUTH PLAIN *\r\n", "501 5.7.0 "),
        // RFC 4954 §4: "SHOULD return an enhanced status code of 5.7.0 in this case".
        ("AUTH CRAM-MD5 dGlt\r\n", "501 5.7.0 "),
        ("AUTH LOGIN\r\n*\r\n", "501 5.7.0 "),
        ("AUTH LOGIN\r\n!\r\n", "501 5.5.2 "),
        ("AUTH LOGIN\r\ndGlt\r\n \r\n", "501 5.5.2 "),
        ("AUTH LOGIN\r\n*\0\r\n", "501 5.5.2 "),
        ("AUTH PLAIN\r\nQUIT\r\n", ""),
    ];
    for (lines, code) in rows {
        let mut session = greeted(in_clear());
        let said = session.say(lines);
        let last = said.lines().last().unwrap_or_default();
        if code.is_empty() {
            // Four letters of base64: a message that is no PLAIN.
            assert_eq!(session.fire(TimerKind::Delay), INVALID);
        } else {
            assert!(last.starts_with(code), "{lines:?}: {said}");
        }
        assert_eq!(session.server.state(), State::Greeted, "{lines:?}");
        assert!(session.say("NOOP\r\n").starts_with("250 "), "{lines:?}");
    }
    let mut session = greeted(in_clear());
    session.say("AUTH PLAIN\r\n");
    session.say(&long[..6000]);
    let said = session.say(format!("{}\r\nNOOP\r\n", &long[6000..]));
    assert!(said.starts_with("500 5.5.6 ") && said.ends_with("250 2.0.0 OK\r\n"), "{said}");
    // RFC 4954 §6: the initial response is one such line.
    let halves = [format!("AUTH PLAIN {}", &long[..6000]), format!("{}\r\n", &long[6000..])];
    let said = halves.map(|half| session.say(half)).concat();
    assert!(said.starts_with("500 5.5.6 ") && said.lines().count() == 1, "{said}");
    // Any other line is as short as ever.
    let said = session.say(format!("NOOP {}\r\n", &long[..4000]));
    assert!(said.starts_with("500 5.5.2 "), "{said}");
    // The largest line that there may be: base64 of so many octets is no PLAIN, but it is heard.
    session.say(&long[..6000]);
    assert!(session.say(format!("{}\r\n", &long[..6200])).starts_with("500 5.5.2 "));
    let most = 12_288 - "AUTH PLAIN \r\n".len();
    session.say("AUTH PLAIN ");
    session.say(&long[..most / 4 * 4 - 6000]);
    session.say(format!("{}\r\n", &long[..6000]));
    assert_eq!(session.fire(TimerKind::Delay), INVALID);
}

#[test]
fn it_has_its_place() {
    let plain = format!("AUTH PLAIN {TIM}\r\n");
    let mut session = Session::new(in_clear());
    assert!(session.say(&plain).starts_with("503 5.5.1 "), "before EHLO");
    session.say("EHLO b\r\nMAIL FROM:<>\r\n");
    assert!(session.say(&plain).starts_with("503 5.5.1 "), "in a transaction");
    session.say("RCPT TO:<a@foo.com>\r\n");
    assert!(session.say(&plain).starts_with("503 5.5.1 "));
    session.say("BDAT 0\r\n");
    assert!(session.say(&plain).starts_with("503 5.5.1 "));
    session.say("RSET\r\n");
    assert_eq!(session.say(&plain), SUCCESS);
    let mut none = greeted(Config::new(name(), clear()));
    assert!(none.say(&plain).starts_with("502 5.5.1 "));
    assert!(none.say("MAIL FROM:<> AUTH=<>\r\n").starts_with("555 5.5.4 "));
}

#[test]
fn where_it_is_required_nothing_of_value_is_taken_before() {
    let submission = Config::submission(name(), Security::Implicit(tls())).with_auth(auth());
    let extension = "X-JOB".parse().unwrap();
    let config = submission.with_expn(true).with_extension(extension, None);
    let mut session = greeted(config.with_help(true));
    // RFC 4954 §6: 530 5.7.0 "SHOULD be returned by any command other than AUTH, EHLO, HELO, NOOP, RSET, or
    // QUIT".
    for command in ["MAIL FROM:<a@b>", "EXPN x", "X-JOB", "RCPT TO:<a@b>", "DATA", "BDAT 2\r\nHi"] {
        // The octets of a chunk follow its line, and no line end follows them.
        let end = if command.starts_with("BDAT") { "" } else { "\r\n" };
        let said = session.say(format!("{command}{end}"));
        assert!(said.starts_with("530 5.7.0 ") && said.lines().count() == 1, "{command}: {said}");
    }
    for (command, code) in [("NOOP", "250"), ("RSET", "250"), ("VRFY x", "252"), ("HELP", "214")] {
        assert!(session.say(format!("{command}\r\n")).starts_with(code), "{command}");
    }
    assert_eq!(session.say(format!("AUTH PLAIN {TIM}\r\n")), SUCCESS);
    // RFC 4954 §5: `AUTH=` comes along.
    assert!(
        session
            .say("MAIL FROM:<e=mc2@example.com> AUTH=e+3Dmc2@example.com\r\n")
            .starts_with("250 ")
    );
    let Some(Event::Mail { parameters, .. }) = session.events.last() else { panic!() };
    let submitter = parameters.auth.as_ref().unwrap().mailbox();
    assert_eq!(submitter.as_deref(), Some("e=mc2@example.com"));
}

/// RFC 2554 §4, whose example CRAM-MD5 is.
#[test]
fn the_dialogue_of_the_rfc() {
    let mut session = Session::new(in_clear());
    assert!(session.say("EHLO jgm.example.com\r\n").contains("AUTH SCRAM-SHA-512 "));
    assert!(session.say("AUTH FOOBAR\r\n").starts_with("504 "));
    let challenge = challenge_of(&session.say("AUTH CRAM-MD5\r\n"));
    let challenge = String::from_utf8(challenge).unwrap();
    assert!(challenge.starts_with('<') && challenge.ends_with("@foo.com>"), "{challenge}");
    // The answer to another challenge.
    let said = session.say("ZnJlZCA5ZTk1YWVlMDljNDBhZjJiODRhMGMyYjNiYmFlNzg2ZQ==\r\n");
    assert_eq!((said.as_str(), session.fire(TimerKind::Delay).as_str()), ("", INVALID));
    let Some(Event::Credential(request)) = session.events.last() else { panic!() };
    assert_eq!(request.user.as_deref(), Some("fred"));
}

#[test]
fn a_login_that_nobody_can_look_at_is_refused_for_now() {
    let mut session = greeted(in_clear()).on(|server, event| match event {
        Event::Credential(_) => server.defer().unwrap(),
        _ => accepts(server, event),
    });
    for _ in 0..5 {
        let said = session.say(format!("AUTH PLAIN {TIM}\r\n"));
        assert_eq!(said, "454 4.7.0 temporary authentication failure\r\n");
    }
    let mut session = session.on(|server, event| match event {
        Event::Authenticated { .. } => server.defer().unwrap(),
        _ => accepts(server, event),
    });
    assert!(session.say(format!("AUTH PLAIN {TIM}\r\n")).starts_with("454 4.7.0 "));
    assert_eq!(session.server.authenticated(), None);
}

#[test]
fn whether_one_may_act_as_another_is_for_the_embedder_to_say() {
    // RFC 4616 §4: Kurt would be Ursel.
    let ursel = "VXJzZWwAS3VydAB4aXBqMzBka2Ey"; // Ursel NUL Kurt NUL xipj30dka2
    let decides: fn(&mut Server, &Event) = |server, event| match event {
        Event::Credential(_) => server.credential(Credential::Verified).unwrap(),
        Event::Authenticated { identity, .. } if identity.authzid.is_some() => server.decline(),
        _ => accepts(server, event),
    };
    let mut session = greeted(in_clear()).on(decides);
    session.say(format!("AUTH PLAIN {ursel}\r\n"));
    let Some(Event::Authenticated { identity, .. }) = session.events.last() else { panic!() };
    let (who, whom) = (identity.authcid.as_str(), identity.authzid.as_deref());
    assert_eq!((who, whom), ("Kurt", Some("Ursel")));
    assert_eq!(session.fire(TimerKind::Delay), INVALID, "as any other refusal");
    assert_eq!(session.server.authenticated(), None);
    // In words of its own.
    let mut session = session.on(|server, event| match event {
        Event::Credential(_) => server.credential(Credential::Verified).unwrap(),
        Event::Authenticated { .. } => {
            server.reject(Reply::new(535, "your account is closed").unwrap()).unwrap();
        }
        _ => accepts(server, event),
    });
    session.say(format!("AUTH PLAIN {ursel}\r\n"));
    assert_eq!(session.held(), Some(Duration::from_secs(4)), "twice as long");
    assert_eq!(session.fire(TimerKind::Delay), "535 5.0.0 your account is closed\r\n");
}

#[test]
fn the_embedder_says_how_long_a_refusal_waits_and_a_success_does_not() {
    for (mechanism, password) in [
        (Mechanism::Plain, "wrong"),
        (Mechanism::ScramSha256, "wrong"),
        (Mechanism::Plain, PASSWORD),
    ] {
        let mut session = greeted(in_tls()).on(|server, event| {
            if let Event::Credential(_) = event {
                server.delay(Duration::from_secs(11)).unwrap();
            }
            accepts(server, event);
        });
        let tim = credentials(mechanism, "tim", password);
        let replies = log_in(&mut session, mechanism, &tim, true);
        if password == PASSWORD {
            assert_eq!(replies, [SUCCESS]);
        } else {
            assert_eq!(session.held(), Some(Duration::from_secs(11)), "{mechanism}");
            assert_eq!(session.fire(TimerKind::Delay), INVALID);
        }
    }
    let limits = Limits::server().with_login_delay(Duration::ZERO, Duration::ZERO);
    let mut session = greeted(in_clear().with_limits(limits));
    assert_eq!(session.say("AUTH PLAIN AGEAYg==\r\n"), INVALID, "no delay is no delay");
}

#[test]
fn whoever_fails_too_often_is_sent_away() {
    let limits = Limits::server().with_failed_logins(3);
    let mut session = greeted(in_clear().with_limits(limits));
    for wait in [2, 4] {
        session.say("AUTH PLAIN AGEAYg==\r\n");
        assert_eq!(session.held(), Some(Duration::from_secs(wait)));
        assert_eq!(session.fire(TimerKind::Delay), INVALID);
    }
    session.say("AUTH PLAIN AGEAYg==\r\n");
    let said = session.fire(TimerKind::Delay);
    assert_eq!(said, "421 4.7.0 too many failed logins\r\n");
    assert!(session.closed);
}

#[test]
fn a_credential_is_an_answer_to_its_question_alone() {
    let mut session = greeted(in_clear()).on(|_, _| {});
    let nothing = Err(Error::Misuse(Misuse::NothingPending));
    assert_eq!(session.server.credential(Credential::Verified), nothing);
    session.say(format!("AUTH PLAIN {TIM}\r\n"));
    assert!(matches!(session.events.last(), Some(Event::Credential(_))));
    assert_eq!(session.server.accept(), nothing, "what would it mean?");
    assert_eq!(session.server.accept_with(Reply::new(235, "OK").unwrap()), nothing);
    session.server.credential(Credential::Verified).unwrap();
    assert_eq!(session.server.credential(Credential::Verified), nothing);
    session.go_on();
    assert!(matches!(session.events.last(), Some(Event::Authenticated { .. })));
    assert_eq!(session.server.credential(Credential::Verified), nothing);
    assert_eq!(session.server.authenticated(), None, "not yet");
    session.server.accept().unwrap();
    assert_eq!(session.go_on(), SUCCESS);
}

#[test]
fn tls_forgets_a_login() {
    let auth = auth().with_clear_text(ClearTextLogin::Allow);
    let security = Security::StartTls(Policy::Opportunistic);
    let mut session = greeted(Config::submission(name(), security).with_auth(auth));
    assert_eq!(session.say(format!("AUTH PLAIN {TIM}\r\n")), SUCCESS);
    assert!(session.server.authenticated().is_some());
    assert!(session.say("STARTTLS\r\n").starts_with("220 "));
    assert_eq!(session.server.authenticated(), None);
    session.say("EHLO b\r\n");
    assert!(session.say("MAIL FROM:<>\r\n").starts_with("530 5.7.0 "));
    // The nonces of the next login are others.
    assert_eq!(session.say(format!("AUTH PLAIN {TIM}\r\n")), SUCCESS);
}

#[test]
fn each_login_of_a_session_has_its_own_challenge() {
    let mut session = greeted(in_clear());
    let mut challenges = Vec::new();
    for _ in 0..4 {
        challenges.push(session.say("AUTH CRAM-MD5\r\n"));
        assert!(session.say("*\r\n").starts_with("501 5.7.0 "));
    }
    challenges.sort();
    challenges.dedup();
    assert_eq!(challenges.len(), 4);
}

#[test]
fn one_who_does_not_wait_for_a_challenge_is_an_early_talker() {
    let refuses = in_clear().with_early_talkers(EarlyTalkers::Refuse);
    for lines in ["AUTH LOGIN\r\ndGlt\r\n", "AUTH PLAIN\r\nAHRpbQ", "AUTH FOOBAR\r\nNOOP\r\n"] {
        let mut session = greeted(refuses.clone());
        let said = session.say(lines);
        assert!(said.contains("554 5.5.0 you spoke before"), "{lines:?}: {said}");
        assert!(session.closed);
        let mut session = greeted(in_clear());
        session.say(lines);
        assert!(!session.closed && session.error.is_none());
    }
    let mut session = greeted(refuses);
    session.say("AUTH LOGIN\r\n");
    session.say("dGlt\r\n");
    assert_eq!(session.say("dGFuc3RhYWZ0YW5zdGFhZg==\r\n"), SUCCESS);
}

#[test]
fn silence_and_the_end_of_input_amid_a_login_end_the_session() {
    let mut session = greeted(in_clear());
    session.say("AUTH LOGIN\r\n");
    assert!(session.fire(TimerKind::Idle).starts_with("421 4.4.2 "));
    assert_eq!(session.error, Some(Error::Timeout));
    let mut session = greeted(in_clear());
    session.say("AUTH LOGIN\r\ndGlt\r\n");
    session.end();
    assert!(matches!(session.error, Some(Error::Eof { .. })), "{:?}", session.error);
    assert_eq!(session.server.authenticated(), None);
    let mut session = greeted(in_clear());
    session.say("AUTH LOGIN\r\n");
    session.server.shutdown();
    assert!(session.go_on().starts_with("421 4.3.2 "));
    assert!(session.closed);
}

fn scenario(title: &str) -> Scenario<Server> {
    let make = || {
        let limits = Limits::server().with_line(80).with_inbox(128).with_message(64);
        (Server::new(in_clear().with_limits(limits)), embedder(accepts, |_: &mut Server| false))
    };
    Scenario::new(title, make)
        .classify(role)
        .state_limit(20 * 1024)
        .debug()
        .tap(|server: &mut Server, tap| server.set_tap(tap))
}

#[test]
fn the_laws_hold_through_logins() {
    let password = line::encode(PASSWORD.as_bytes());
    let mail = "MAIL FROM:<> AUTH=<>\r\nRCPT TO:<a@foo.com>\r\nDATA\r\nHi\r\n.\r\nQUIT\r\n";
    let plain = scenario("plain").turn(format!("EHLO b\r\nAUTH PLAIN {TIM}\r\n")).turn(mail);
    laws::all(&plain.secret(TIM.as_bytes()).secret(PASSWORD.as_bytes()));
    let login = scenario("login").turn("EHLO b\r\n").turn("AUTH LOGIN\r\n").turn("dGlt\r\n");
    let login = login.turn(format!("{}\r\n", password.expose())).turn(mail);
    laws::all(&login.secret(password.expose().as_bytes()).secret(PASSWORD.as_bytes()));
}

#[test]
fn the_laws_hold_through_logins_that_fail() {
    let wrong = line::encode(b"\0jim\0enough is enough");
    let scenario = scenario("failing")
        .turn("EHLO b\r\nAUTH FOOBAR\r\nAUTH PLAIN !\r\n")
        .turn("AUTH CRAM-MD5\r\n")
        .turn("*\r\n")
        .turn(format!("AUTH PLAIN {}\r\n", wrong.expose()))
        .turn("AUTH LOGIN\r\n")
        .turn(format!("{}\r\nNOOP\r\n", "x".repeat(300)))
        .turn("AUTH SCRAM-SHA-256 biwsbj10aW0scj1hYmM=\r\n")
        .turn("Yz1iaXdzLHI9YWJjLHA9AAAA\r\n")
        .turn("QUIT\r\n");
    laws::all(&scenario.secret(wrong.expose().as_bytes()).secret(b"enough is enough"));
}

#[test]
fn the_laws_hold_through_scram() {
    // What the client says depends on a nonce that follows from the entropy: learned first.
    let mut session = greeted(in_clear());
    let tim = credentials(Mechanism::ScramSha256, "tim", PASSWORD);
    let none = ChannelBinding::none();
    let mut client = Exchange::new(Mechanism::ScramSha256, &tim, &none, false, [3; 32]).unwrap();
    let client::Step::Respond(first) = client.step(client::Input::None).unwrap() else { panic!() };
    let first = format!("AUTH SCRAM-SHA-256 {}\r\n", line::encode(first.expose()).expose());
    let challenge = challenge_of(&session.say(&first));
    let client::Step::DeriveKey(due) = client.step(client::Input::Challenge(&challenge)).unwrap()
    else {
        panic!()
    };
    let step = client.step(client::Input::Key(due.derive())).unwrap();
    let client::Step::Respond(proof) = step else { panic!() };
    let proof = line::encode(proof.expose());
    let run = scenario("scram").turn("EHLO b\r\n").turn(first.clone());
    let run = run.turn(format!("{}\r\n", proof.expose())).secret(proof.expose().as_bytes());
    let good = run.turn("\r\n").turn("QUIT\r\n");
    let said = String::from_utf8(good.run().output().to_vec()).unwrap();
    assert!(said.contains(SUCCESS), "{said}");
    laws::all(&good);
    // The server's own proof is to be taken note of with an empty line, and with nothing else.
    let run = scenario("more to say").turn("EHLO b\r\n").turn(first);
    let bad = run.turn(format!("{}\r\n", proof.expose())).turn("YQ==\r\n").turn("QUIT\r\n");
    let said = String::from_utf8(bad.run().output().to_vec()).unwrap();
    assert!(said.contains("501 5.5.2 nothing was to be said here\r\n"), "{said}");
    laws::all(&bad);
}

#[test]
fn nothing_is_kept_of_a_thousand_logins() {
    let limits = Limits::server().with_failed_logins(u32::MAX).with_bad_commands(u32::MAX);
    let limits = limits.with_login_delay(Duration::ZERO, Duration::ZERO);
    let make = move || {
        let server = Server::new(in_clear().with_limits(limits.clone()));
        (server, embedder(accepts, |_: &mut Server| false))
    };
    let scenario = Scenario::new("thousand", make).state_limit(16 * 1024).turn("EHLO b\r\n");
    let scenario = (0..1000).fold(scenario, |all, _| {
        all.turn("AUTH PLAIN AGEAYg==\r\n").turn("AUTH CRAM-MD5\r\n").turn("*\r\n")
    });
    laws::memory(&scenario);
    let said = String::from_utf8(scenario.run().output().to_vec()).unwrap();
    assert_eq!(said.matches("535 5.7.8 ").count(), 1000);
}

#[test]
fn an_idle_session_of_somebody_takes_a_kibibyte_and_a_half_at_most() {
    let mut kept = None;
    let cost = allocation_counter::measure(|| {
        let mut server = Server::new(in_clear());
        let mut inbox = server.new_inbox();
        let lines = format!("EHLO mail.client.example.com\r\nAUTH PLAIN {TIM}\r\n");
        inbox.extend(lines.as_bytes());
        while let Ok(Progress::Event(event)) = server.poll(&mut inbox) {
            accepts(&mut server, &event);
        }
        let n = bytes::Buf::remaining(server.outbox());
        bytes::Buf::advance(server.outbox(), n);
        let idle = Progress::Wait { input: true, app: false };
        assert_eq!(server.poll(&mut inbox), Ok(idle));
        kept = Some((server, inbox));
    });
    let (server, inbox) = kept.unwrap();
    assert_eq!(server.authenticated(), Some(&Identity::new("tim")));
    let heap = usize::try_from(cost.bytes_current).unwrap();
    let (machine, inbox) = (size_of_val(&server), size_of_val(&inbox));
    eprintln!("idle server, logged in: machine {machine}, inbox {inbox}, heap {heap} octets");
    assert!(machine + inbox + heap <= 1536, "{machine} + {inbox} + {heap}");
}
