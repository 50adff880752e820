//! Logins at the server by AUTHENTICATE (RFC 9051 §6.2.2, RFC 4959) and LOGIN, and what is told of them.

use std::time::Duration;

use crate::serving::{
    LOGIN, PASSWORD, Session, TIM, accepts, auth, capabilities, open, tls, waits,
};
use postrider_imap::server::{Config, Event, Feature, LoginCommand, Server};
use postrider_imap::{Command, Error, Limits, Misuse, State, Status};
use postrider_sasl::client::{Credentials, Exchange, LineExchange, LineStep};
use postrider_sasl::scram::Bounds;
use postrider_sasl::server::Credential;
use postrider_sasl::{ChannelBinding, Mechanism, line};
use postrider_testkit::{Scenario, embedder, laws};
use postrider_wire::{
    ClearTextLogin, Machine, Policy, Secret, Security, Side, TimerKind, Transcript, TranscriptLog,
};

fn in_tls() -> Config {
    Config::new(Security::Implicit(tls())).with_auth(auth())
}

fn in_clear() -> Config {
    open().with_auth(auth().with_clear_text(ClearTextLogin::Allow))
}

const FAILED: &str = "a NO [AUTHENTICATIONFAILED] authentication failed\r\n";
const SECRET: [Mechanism; 6] = [
    Mechanism::Plain,
    Mechanism::Login,
    Mechanism::CramMd5,
    Mechanism::ScramSha1,
    Mechanism::ScramSha256,
    Mechanism::ScramSha256Plus,
];

/// Logs in as a client of ours does, and returns all answers.
fn log_in(
    session: &mut Session,
    mechanism: Mechanism,
    (user, password): (&str, &str),
    initial: bool,
) -> Vec<String> {
    let credentials = Credentials::password(user, Secret::new(password.into()))
        .unwrap()
        .with_iterations(Bounds::new(1, 100_000));
    let binding = ChannelBinding::from(&tls());
    let exchange = Exchange::new(mechanism, &credentials, &binding, true, [3; 32]).unwrap();
    let room = if initial { line::LONGEST } else { 0 };
    let mut login = LineExchange::new(exchange, "a AUTHENTICATE", room);
    go_through(session, &mut login)
}

fn go_through(session: &mut Session, login: &mut LineExchange) -> Vec<String> {
    let mut answers = Vec::new();
    let mut step = login.begin();
    loop {
        step = match step {
            LineStep::Say(line) => {
                answers.push(session.say(line.as_bytes()));
                let answer = answers.last().unwrap();
                let Some(challenge) = answer.strip_prefix("+ ") else {
                    if answer.starts_with("a OK ") {
                        assert_eq!(login.accepted(), Ok(()));
                    }
                    return answers;
                };
                login.challenge(Some(challenge.trim_end().as_bytes()))
            }
            LineStep::DeriveKey(due) => login.key(due.derive()).unwrap(),
            step => panic!("{step:?}"),
        };
    }
}

#[test]
fn every_mechanism_lets_tim_in_with_and_without_an_initial_response() {
    for mechanism in SECRET {
        for initial in [true, false] {
            let mut session = Session::new(in_tls());
            let answers = log_in(&mut session, mechanism, ("tim", PASSWORD), initial);
            let last = answers.last().unwrap();
            assert_eq!(last, "a OK [CAPABILITY IMAP4rev1 LITERAL+] logged in\r\n", "{mechanism}");
            let asked = session.events.iter().filter(|one| matches!(one, Event::Credential(_)));
            assert_eq!(asked.count(), 1, "{mechanism}");
            let Some(Event::Authenticated { identity, .. }) = session.events.last() else {
                panic!("{:?}", session.events)
            };
            assert_eq!((identity.authcid.as_str(), &identity.authzid), ("tim", &None));
            assert_eq!(session.server.authenticated(), Some(identity));
            assert_eq!(session.server.state(), State::Authenticated);
            assert_eq!(session.held(), None, "{mechanism}: nothing of the delay is left");
            let again = session.say(format!("b authenticate plain {TIM}\r\n"));
            assert_eq!(again, "b BAD not in this state\r\n");
            assert_eq!(session.say("c noop\r\n"), "c OK NOOP completed\r\n");
        }
    }
}

#[test]
fn the_unknown_and_the_wrong_are_refused_alike_and_late() {
    for mechanism in SECRET {
        let mut seen = Vec::new();
        for user in ["tim", "jim"] {
            let mut session = Session::new(in_tls());
            let answers = log_in(&mut session, mechanism, (user, "wrong"), true);
            assert_eq!(answers.last().unwrap(), "", "{mechanism}: it is held back");
            assert_eq!(session.held(), Some(Duration::from_secs(2)), "{mechanism}");
            assert_eq!(session.say("b noop\r\n"), "", "{mechanism}: what follows waits");
            let said = session.fire(TimerKind::Delay);
            assert_eq!(said, format!("{FAILED}b OK NOOP completed\r\n"), "{mechanism}");
            assert_eq!(session.server.authenticated(), None);
            assert_eq!(session.server.state(), State::NotAuthenticated);
            seen.push(answers.len());
        }
        assert_eq!(seen[0], seen[1], "{mechanism}");
    }
}

#[test]
fn each_refusal_takes_twice_as_long_up_to_a_bound_whatever_the_command() {
    let limits = Limits::new()
        .with_bad_commands(6, 10)
        .with_login_delay(Duration::from_secs(2), Duration::from_secs(20));
    let mut session = Session::new(in_clear().with_limits(limits));
    let mut seconds = Vec::new();
    for turn in 0.. {
        session.say(match turn % 2 {
            0 => "a login tim wrong\r\n",
            _ => "a authenticate plain AHRpbQB3cm9uZw==\r\n",
        });
        seconds.push(session.held().unwrap().as_secs());
        let said = session.fire(TimerKind::Delay);
        assert!(said.starts_with("a NO "), "{said}");
        if session.error.is_some() {
            assert!(said.ends_with("* BYE too many bad commands\r\n"), "{said}");
            break;
        }
    }
    assert_eq!(seconds, [2, 4, 8, 16, 20, 20, 20]);
    assert!(matches!(session.error, Some(Error::BadCommands { .. })));
}

#[test]
fn the_time_runs_from_the_question_so_a_late_verdict_is_not_later() {
    // By the embedder at once, or after the time has run out.
    for late in [false, true] {
        let mut session = Session::new(in_clear());
        session.ask("a login tim wrong\r\n");
        assert_eq!(session.held(), Some(Duration::from_secs(2)));
        if late {
            session.on_event = waits;
            assert_eq!(session.fire(TimerKind::Delay), "");
        }
        session.server.reject(Status::no("sorry")).unwrap();
        let said = if late { session.go_on() } else { session.fire(TimerKind::Delay) };
        assert_eq!(said, "a NO sorry\r\n", "late: {late}");
    }
    let mut session = Session::new(in_clear());
    session.ask(LOGIN);
    session.server.accept().unwrap();
    assert!(session.go_on().starts_with("a OK "), "whom is let in need not wait");
}

/// RFC 9051 §6.2.2: who proves who it is may still not be let in. How long that took is not seen.
#[test]
fn who_proved_who_it_is_may_be_refused_as_late_as_anyone() {
    fn no_one(server: &mut Server, event: &Event) {
        match event {
            Event::Authenticated { .. } => server.reject(Status::no("not today")).unwrap(),
            event => accepts(server, event),
        }
    }
    for mechanism in SECRET {
        let mut session = Session::new(in_tls()).on(no_one);
        let answers = log_in(&mut session, mechanism, ("tim", PASSWORD), true);
        assert_eq!(answers.last().unwrap(), "", "{mechanism}");
        assert_eq!(session.held(), Some(Duration::from_secs(2)), "{mechanism}");
        assert_eq!(session.fire(TimerKind::Delay), "a NO not today\r\n", "{mechanism}");
        assert_eq!(session.server.authenticated(), None);
    }
}

#[test]
fn each_question_of_a_login_has_its_verdicts_and_no_other() {
    let nothing = Err(Error::Misuse(Misuse::NothingPending));
    let not_now = Err(Error::Misuse(Misuse::NotNow));
    let mut session = Session::new(in_clear());
    assert_eq!(session.server.credential(Credential::Unknown), nothing, "before all");
    session.ask(format!("a authenticate plain {TIM}\r\n"));
    assert!(matches!(session.events[..], [Event::Credential(_)]));
    assert_eq!(session.server.accept(), not_now);
    assert_eq!(session.server.accept_with(Status::ok("yes")), not_now);
    session.server.credential(Credential::Password(Secret::new(PASSWORD.into()))).unwrap();
    assert_eq!(session.server.credential(Credential::Unknown), nothing, "it was told");
    session.ask("");
    assert!(matches!(session.events[..], [_, Event::Authenticated { .. }]));
    assert_eq!(session.server.credential(Credential::Unknown), nothing, "another is asked");
    session.server.accept_with(Status::ok("hello")).unwrap();
    assert_eq!(session.go_on(), "a OK hello\r\n", "a status of its own has its own code");
    // Declined, both are refusals, held back.
    for question in 0..2 {
        let mut session = Session::new(in_clear());
        session.ask(format!("a authenticate plain {TIM}\r\n"));
        if question == 1 {
            session.server.credential(Credential::Password(Secret::new(PASSWORD.into()))).unwrap();
            session.ask("");
        }
        session.server.decline();
        assert_eq!(session.go_on(), "");
        assert!(session.fire(TimerKind::Delay).starts_with("a NO "), "{question}");
        assert_eq!(session.server.state(), State::NotAuthenticated);
    }
}

/// RFC 9051 §6.2.2: "If the client wishes to cancel the authentication exchange, it issues a line
/// consisting of a single "*"." What is wrong is BAD, and the session is where it was.
#[test]
fn each_fault_has_its_answer() {
    let long = "A".repeat(line::LONGEST + 4);
    let rows = [
        ("a authenticate foobar\r\n", "a NO [CANNOT] no such mechanism"),
        ("a authenticate digest-md5 AAAA\r\n", "a NO [CANNOT] no such mechanism"),
        ("a authenticate scram-sha-256-plus\r\n", "a NO [CANNOT] no such mechanism"),
        ("a authenticate external =\r\n", "a NO [CANNOT] no such mechanism"),
        ("a authenticate\r\n", "a BAD syntax error"),
        ("a authenticate plain AAAA AAAA\r\n", "a BAD syntax error"),
        ("a authenticate plain {4+}\r\nAAAA\r\n", "a BAD no literal here"),
        ("a authenticate plain =AAA\r\n", "a BAD "),
        ("a authenticate plain AHRpbQB0YW5zdGFhZnRhbnN0YWF\r\n", "a BAD "),
        ("a authenticate plain\r\n*\r\n", "a BAD authentication cancelled"),
        ("a authenticate login\r\n*\r\n", "a BAD authentication cancelled"),
        ("a authenticate login\r\ndGlt\r\n*\r\n", "a BAD authentication cancelled"),
        ("a authenticate login\r\n!\r\n", "a BAD not what was to be said here"),
        ("a authenticate login\r\ndGlt\r\n \r\n", "a BAD not what was to be said here"),
        ("a authenticate login\r\n*\0\r\n", "a BAD not what was to be said here"),
        ("a authenticate login\r\n{3+}\r\nx\r\n\r\n", "a BAD not what was to be said here"),
        // Four letters of base64: a message that is no PLAIN.
        ("a authenticate plain\r\nNOOP\r\n", ""),
        ("a authenticate plain =\r\n", ""),
        // The challenge that it would answer was not said.
        ("a authenticate cram-md5 dGlt\r\n", ""),
    ];
    for (said, expected) in rows {
        let mut session = Session::new(in_clear());
        let answer = session.say(said);
        let last = answer.lines().last().unwrap_or_default();
        if expected.is_empty() {
            assert_eq!(session.fire(TimerKind::Delay), FAILED, "{said:?}");
        } else {
            assert!(last.starts_with(expected), "{said:?}: {answer:?}");
        }
        assert_eq!(session.server.state(), State::NotAuthenticated, "{said:?}");
        assert_eq!(session.say("b noop\r\n"), "b OK NOOP completed\r\n", "{said:?}");
    }
    // A line at the bound and one above it, in either place.
    for (octets, too_long) in [(line::LONGEST, false), (line::LONGEST + 4, true)] {
        let mut session = Session::new(in_clear());
        session.say("a authenticate plain\r\n");
        let said = session.say(format!("{}\r\nb noop\r\n", &long[..octets]));
        let answered = format!(
            "{said}{}",
            session.held().map_or(String::new(), |_| session.fire(TimerKind::Delay))
        );
        let expected = if too_long { "a BAD " } else { FAILED };
        assert!(answered.starts_with(expected), "{octets}: {answered}");
        assert!(answered.ends_with("b OK NOOP completed\r\n"), "{octets}: {answered}");
    }
}

#[test]
fn a_credential_of_another_kind_lets_nobody_in() {
    let mut session = Session::new(in_clear()).on(|server, event| match event {
        Event::Credential(_) => server.credential(Credential::Verified).unwrap(),
        event => accepts(server, event),
    });
    log_in(&mut session, Mechanism::ScramSha256, ("tim", PASSWORD), true);
    let said = session.fire(TimerKind::Delay);
    assert_eq!(said, FAILED);
    assert_eq!(session.server.state(), State::NotAuthenticated);
}

#[test]
fn tls_decides_what_is_offered() {
    let said = |session: &mut Session| {
        let all = capabilities(session);
        all.iter().filter(|word| *word != "IMAP4rev1" && *word != "LITERAL+").cloned().collect()
    };
    let words = |config: Config| -> Vec<String> { said(&mut Session::new(config)) };
    let few = || auth().with_mechanisms([Mechanism::ScramSha256, Mechanism::Plain]);
    let start = |policy| Config::new(Security::StartTls(policy)).with_auth(few());
    let proofs = ["SASL-IR", "AUTH=SCRAM-SHA-256"];
    let both = ["SASL-IR", "AUTH=SCRAM-SHA-256", "AUTH=PLAIN"];
    let opportunistic = [&["STARTTLS", "LOGINDISABLED"], &proofs[..]].concat();
    assert_eq!(words(start(Policy::Opportunistic)), opportunistic);
    assert_eq!(words(start(Policy::Never)), [&["LOGINDISABLED"], &proofs[..]].concat());
    assert_eq!(words(Config::new(Security::Implicit(tls())).with_auth(few())), both);
    let no_login = Config::new(Security::Implicit(tls())).with_login(LoginCommand::Refuse);
    assert_eq!(words(no_login.clone()), ["LOGINDISABLED"]);
    // RFC 9051 §6.2.3: LOGIN is refused where LOGINDISABLED is said.
    let mut session = Session::new(no_login);
    assert_eq!(session.say(LOGIN), "a BAD unknown command\r\n");
    assert_eq!(session.say("b authenticate plain\r\n"), "b NO no such mechanism\r\n");
    // RFC 5530 §3: PRIVACYREQUIRED. Where TLS is required nothing is said that could be a proof.
    let mut session = Session::new(start(Policy::Required));
    for line in ["login tim x", "authenticate scram-sha-256", "authenticate plain"] {
        let said = session.say(format!("a {line}\r\n"));
        assert_eq!(said, "a NO [PRIVACYREQUIRED] TLS first\r\n", "{line}");
    }
    assert!(session.say("b starttls\r\n").starts_with("b OK "));
    let all: Vec<String> = said(&mut session);
    assert_eq!(all, both);
    assert_eq!(session.say(format!("c authenticate plain {TIM}\r\n")).get(..5), Some("c OK "));
    let mut session = Session::new(start(Policy::Opportunistic));
    let said = session.say(format!("a authenticate plain {TIM}\r\n"));
    assert_eq!(said, "a NO [PRIVACYREQUIRED] TLS first\r\n");
}

#[test]
fn what_is_there_after_login_is_told_with_it() {
    let config = || in_clear().with_features([Feature::Idle, Feature::Qresync]);
    for login in [LOGIN.to_owned(), format!("a authenticate plain {TIM}\r\n")] {
        let mut session = Session::new(config());
        let said = session.say(login);
        let told = said.strip_prefix("a OK [CAPABILITY ").unwrap().split_once(']').unwrap().0;
        assert_eq!(told, "IMAP4rev1 LITERAL+ ENABLE CONDSTORE IDLE QRESYNC");
        assert_eq!(capabilities(&mut session).join(" "), told);
        assert!(!session.greeting.contains("IDLE") && session.greeting.contains("AUTH=PLAIN"));
    }
}

#[test]
fn unauthenticate_leaves_nothing_of_the_user() {
    // RFC 8437 §2: "the server resets ... to the state as it was when the connection was made".
    let features = [Feature::Unauthenticate, Feature::Qresync, Feature::Notify];
    let mut session = Session::new(in_clear().with_features(features));
    session.say(format!(
        "a authenticate plain {TIM}\r\nb enable qresync\r\nc select inbox\r\n\
         d notify set (selected (messagenew messageexpunge))\r\n"
    ));
    assert!(session.server.may_update() && !session.server.enabled_features().is_empty());
    assert!(capabilities(&mut session).iter().any(|word| word == "UNAUTHENTICATE"));
    assert_eq!(session.say("e unauthenticate\r\n"), "e OK UNAUTHENTICATE completed\r\n");
    let server = &session.server;
    assert_eq!((server.state(), server.authenticated()), (State::NotAuthenticated, None));
    assert!(server.enabled_features().is_empty() && !server.may_update() && !server.may_expunge());
    assert!(!server.is_read_write());
    assert!(capabilities(&mut session).iter().any(|word| word == "AUTH=PLAIN"));
    assert_eq!(session.timer(TimerKind::Idle), Some(Duration::from_secs(180)));
    let said = session.say(format!("f noop {}\r\n", "x".repeat(13_000)));
    assert_eq!(said, "f BAD [TOOBIG] too long\r\n", "the bounds of a stranger");
    assert!(session.say("g login tim tanstaaftanstaaf\r\n").starts_with("g OK [CAPABILITY "));
    // Refused by the embedder, everything is as it was.
    fn keeps(server: &mut Server, event: &Event) {
        match event {
            Event::Command(Command::Unauthenticate) => server.decline(),
            event => accepts(server, event),
        }
    }
    let mut session = Session::selected(in_clear().with_features(features)).on(keeps);
    assert_eq!(session.say("e unauthenticate\r\n"), "e NO not supported here\r\n");
    assert_eq!(session.server.state(), State::Selected);
    let mut session = Session::new(in_clear().with_features(features));
    assert_eq!(session.say("a unauthenticate\r\n"), "a BAD not in this state\r\n");
}

/// What is said, and what a tap sees of it.
fn shown(config: Config, turn: &str) -> (String, String) {
    let log = TranscriptLog::new(1 << 20);
    let mut server = Server::new(config);
    server.set_tap(Box::new(Transcript::new(Side::Server, log.clone())));
    let mut session = Session::of(server);
    let mut said = session.say(turn);
    while session.held().is_some() {
        said += &session.fire(TimerKind::Delay);
    }
    let seen = format!("{:?} {:?} {:?}", session.server, session.events, log);
    (said, log.text() + &seen)
}

#[test]
fn no_rendering_shows_what_a_login_says() {
    let secrets = [PASSWORD, TIM, "dGFuc3RhYWZ0YW5zdGFhZg==", &TIM[4..], "aHVudGVyMg", "hunter2"];
    let strict = || Config::new(Security::StartTls(Policy::Never)).with_auth(auth());
    for turn in [
        format!("a authenticate plain {TIM}\r\n"),
        format!("a authenticate plain\r\n{TIM}\r\n"),
        "a authenticate login dGlt\r\ndGFuc3RhYWZ0YW5zdGFhZg==\r\n".into(),
        "a authenticate login\r\ndGlt\r\naHVudGVyMg==\r\n".into(),
        // Refused, and what a client says all the same, which does not wait.
        format!("a authenticate foobar\r\n{TIM}\r\nb noop\r\n"),
        format!("a authenticate foobar {TIM}\r\nb noop\r\n"),
        format!("a authenticate login\r\n!\r\n{TIM}\r\nb noop\r\n"),
        format!("a authenticate plain ={TIM}\r\nb noop\r\n"),
        format!("a authenticate plain {TIM} x\r\nb noop\r\n"),
        format!("a authenticate plain\r\n{}{TIM}\r\nb noop\r\n", "A".repeat(12_400)),
        format!("authenticate plain {TIM}\r\nb noop\r\n"),
        format!("a autenticate plain\r\n{TIM}\r\nb noop\r\n"),
        LOGIN.into(),
        "a login tim hunter2\r\n".into(),
        "a login tim {7+}\r\nhunter2\r\n".into(),
        "a login tim hunter2 x\r\n".into(),
        "a login {3+}\r\ntim {7}\r\nhunter2\r\n".into(),
    ] {
        let withheld = in_clear().with_login(LoginCommand::Refuse);
        for config in [in_clear(), strict(), open(), withheld] {
            let (said, seen) = shown(config, &turn);
            for secret in secrets {
                // What may be a tag is one, where nothing says that it is a login.
                let line = turn.contains("autenticate") && said.contains(secret);
                assert!(line || !said.contains(secret), "{turn}: {said}");
                assert!(line || !seen.contains(secret), "{turn}: {seen}");
            }
        }
    }
}

#[test]
fn the_laws_hold_for_every_way_in() {
    let laws = |name: &str, config: fn() -> Config, turns: &[String]| {
        let make = move || (Server::new(config()), embedder(accepts, |_| false));
        let scenario = Scenario::new(name, make)
            .debug()
            .tap(Server::set_tap)
            .secret(PASSWORD.as_bytes())
            .secret(b"hunter2");
        let scenario = turns.iter().fold(scenario, |all, turn| all.turn(turn.as_bytes()));
        laws::all(&scenario);
        String::from_utf8(scenario.run().output().to_vec()).unwrap()
    };
    let turns = |turns: &[&str]| -> Vec<String> {
        turns.iter().map(|turn| (*turn).replace("TIM", TIM)).collect()
    };
    for (name, lines, expected) in [
        (
            "plain",
            &["a authenticate plain\r\n", "TIM\r\nb noop\r\n"][..],
            "b OK NOOP completed\r\n",
        ),
        ("initial", &["a authenticate plain TIM\r\nb noop\r\n"], "b OK NOOP completed\r\n"),
        (
            "wrong",
            &["a authenticate plain AGppbQBodW50ZXIy\r\nb noop\r\n"],
            "authentication failed\r\nb OK NOOP completed\r\n",
        ),
        (
            "cancelled",
            &["a authenticate login\r\n", "dGlt\r\n", "*\r\nb authenticate plain TIM\r\n"],
            "logged in\r\n",
        ),
        ("gone", &["a authenticate login\r\n", "dGl"], "+ VXNlcm5hbWU6\r\n"),
    ] {
        let said = laws(name, in_clear, &turns(lines));
        assert!(said.ends_with(expected), "{name}: {said}");
    }
}
