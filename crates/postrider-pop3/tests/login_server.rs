//! Logins at the server that show no password (RFC 5034, RFC 1939 §7), and what it announces of them.

mod serving;

use std::time::Duration;

use postrider_pop3::server::{Config, Event, Server, UserCommand};
use postrider_pop3::{ApopStamp, Error, Limits, Misuse, Reply, ResponseCode, State};
use postrider_sasl::client::{self, Credentials, Exchange, LineExchange, LineStep};
use postrider_sasl::scram::Bounds;
use postrider_sasl::server::Credential;
use postrider_sasl::{ChannelBinding, Mechanism, line};
use postrider_testkit::{Scenario, embedder, laws};
use postrider_wire::{
    ClearTextLogin, Machine, Policy, Progress, Secret, Security, Side, TimerKind, Transcript,
    TranscriptLog,
};
use serving::{PASSWORD, Session, TIM, TOKEN, accepts, auth, clear, lines, maildrop, tls};

fn in_tls() -> Config {
    Config::new(Security::Implicit(tls())).with_auth(auth())
}

fn in_clear() -> Config {
    Config::new(clear()).with_auth(auth().with_clear_text(ClearTextLogin::Allow))
}

const INVALID: &str = "-ERR [AUTH] authentication failed\r\n";
const SUCCESS: &str = "+OK maildrop has 1 message (4 octets)\r\n";

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
                let Some(challenge) = reply.strip_prefix("+ ") else {
                    if reply.starts_with("+OK ") {
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
    let text = reply.strip_prefix("+ ").unwrap_or_else(|| panic!("{reply}")).trim_end();
    line::decode(text.as_bytes(), 12288).unwrap().expose().clone()
}

#[test]
fn every_mechanism_lets_tim_in_with_and_without_an_initial_response() {
    for mechanism in Mechanism::ALL {
        for initial in [true, false] {
            let mut session = Session::new(in_tls());
            let tim = credentials(mechanism, "tim", right(mechanism));
            let replies = log_in(&mut session, mechanism, &tim, initial);
            assert_eq!(replies.last().unwrap(), SUCCESS, "{mechanism}");
            let asked = |event: &Event| matches!(event, Event::Credential(_));
            assert_eq!(session.events.iter().filter(|event| asked(event)).count(), 1);
            let Some(Event::Authenticated { identity, .. }) = session.events.last() else {
                panic!("{:?}", session.events)
            };
            let who = if mechanism == Mechanism::Anonymous { "anonymous" } else { "tim" };
            assert_eq!((identity.authcid.as_str(), &identity.authzid), (who, &None));
            assert_eq!(session.server.authenticated(), Some(identity));
            assert_eq!(session.server.state(), State::Transaction);
            assert_eq!(session.held(), None, "{mechanism}: nothing of the delay is left");
            assert_eq!(session.say("AUTH PLAIN\r\n"), "-ERR AUTH not possible now\r\n");
            assert_eq!(session.say("STAT\r\n"), "+OK 1 4\r\n");
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
            let mut session = Session::new(in_tls());
            let jim = credentials(mechanism, user, "wrong");
            let replies = log_in(&mut session, mechanism, &jim, true);
            assert_eq!(replies.last().unwrap(), "", "{mechanism}: it is held back");
            assert_eq!(session.held(), Some(Duration::from_secs(2)));
            assert_eq!(session.fire(TimerKind::Delay), INVALID, "{mechanism}");
            assert_eq!(session.server.authenticated(), None);
            assert_eq!(session.server.state(), State::Authorization);
            assert!(session.say("CAPA\r\n").starts_with("+OK "));
            seen.push(replies.len());
        }
        assert_eq!(seen[0], seen[1], "{mechanism}");
    }
}

fn sasl(session: &mut Session) -> Option<String> {
    let reply = session.say("CAPA\r\n");
    let found = lines(&reply).into_iter().find_map(|line| line.strip_prefix("SASL "));
    found.map(str::to_owned)
}

#[test]
fn tls_decides_what_is_offered() {
    let all = "SCRAM-SHA-512-PLUS SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-512 SCRAM-SHA-256 \
               SCRAM-SHA-1 CRAM-MD5 OAUTHBEARER XOAUTH2 PLAIN LOGIN EXTERNAL ANONYMOUS";
    assert_eq!(sasl(&mut Session::new(in_tls())).as_deref(), Some(all));
    let config = |policy| Config::new(Security::StartTls(policy)).with_auth(auth());
    let mut session = Session::new(config(Policy::Opportunistic));
    let some = "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 ANONYMOUS";
    assert_eq!(sasl(&mut session).as_deref(), Some(some));
    for mechanism in ["PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"] {
        let reply = session.say(format!("AUTH {mechanism} {TIM}\r\n"));
        assert_eq!(reply, "-ERR TLS is required for this mechanism\r\n");
    }
    for mechanism in ["EXTERNAL", "SCRAM-SHA-256-PLUS"] {
        let reply = session.say(format!("AUTH {mechanism}\r\n"));
        assert_eq!(reply, "-ERR unrecognised authentication mechanism\r\n");
    }
    assert_eq!(session.server.state(), State::Authorization);
    // Where TLS is required, nothing before it, be it as safe as it may.
    let mut session = Session::new(config(Policy::Required).with_apop("foo.com", [4; 32]));
    assert_eq!(sasl(&mut session), None);
    for line in ["AUTH SCRAM-SHA-256", "APOP tim c4c9334bac560ecc979e58001b3e22fb", "USER tim"] {
        let reply = session.say(format!("{line}\r\n"));
        assert_eq!(reply, "-ERR TLS is required for login\r\n", "{line}");
    }
    assert!(session.say("STLS\r\n").starts_with("+OK "));
    assert_eq!(sasl(&mut session).as_deref(), Some(all));
    let none = Config::new(clear()).with_auth(auth().with_mechanisms([Mechanism::Plain]));
    assert_eq!(sasl(&mut Session::new(none)), None);
}

/// RFC 1734 §2 and RFC 5034 §4: what is wrong is told, and the session is where it was.
#[test]
fn each_fault_has_its_reply() {
    let long = "A".repeat(12_288);
    let rows = [
        ("AUTH FOOBAR\r\n", "-ERR unrecognised authentication mechanism"),
        ("AUTH DIGEST-MD5\r\n", "-ERR unrecognised authentication mechanism"),
        ("AUTH\r\n", "-ERR arguments of AUTH not understood"),
        ("AUTH PLAIN AAAA AAAA\r\n", "-ERR arguments of AUTH not understood"),
        ("AUTH PLAIN !\r\n", "-ERR arguments of AUTH not understood"),
        ("AUTH PLAIN =AAA\r\n", "-ERR cannot decode the base64"),
        ("AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWF\r\n", "-ERR cannot decode the base64"),
        ("AUTH LOGIN\r\n*\r\n", "-ERR authentication cancelled"),
        ("AUTH LOGIN\r\n!\r\n", "-ERR cannot decode the base64"),
        ("AUTH LOGIN\r\ndGlt\r\n \r\n", "-ERR cannot decode the base64"),
        ("AUTH LOGIN\r\n*\0\r\n", "-ERR cannot decode the base64"),
        // Four letters of base64: a message that is no PLAIN.
        ("AUTH PLAIN\r\nQUIT\r\n", ""),
        // The challenge that it would answer was not said.
        ("AUTH CRAM-MD5 dGlt\r\n", ""),
    ];
    for (said, expected) in rows {
        let mut session = Session::new(in_clear());
        let reply = session.say(said);
        let last = reply.lines().last().unwrap_or_default();
        if expected.is_empty() {
            assert_eq!(session.fire(TimerKind::Delay), INVALID);
        } else {
            assert_eq!(last, expected, "{said:?}");
        }
        assert_eq!(session.server.state(), State::Authorization, "{said:?}");
        assert!(session.say("CAPA\r\n").starts_with("+OK "), "{said:?}");
    }
    let mut session = Session::new(in_clear());
    session.say("AUTH PLAIN\r\n");
    session.say(&long[..6000]);
    let said = session.say(format!("{}\r\nQUIT\r\n", &long[6000..]));
    assert_eq!(said, "-ERR line too long\r\n+OK POP3 server signing off\r\n");
    // Any other line is as short as ever (RFC 2449 §4).
    let mut session = Session::new(in_clear());
    for line in ["USER", "APOP tim", "LANG", "X"] {
        let said = session.say(format!("{line} {}\r\n", &long[..300]));
        assert_eq!(said, "-ERR line too long\r\n", "{line}");
    }
    // The largest line that there may be: base64 of so many octets is no PLAIN, but it is heard.
    let most = (12_288 - "AUTH PLAIN \r\n".len()) / 4 * 4;
    session.say("AUTH PLAIN ");
    session.say(&long[..most - 6000]);
    session.say(format!("{}\r\n", &long[..6000]));
    assert_eq!(session.fire(TimerKind::Delay), INVALID);
}

#[test]
fn it_has_its_place() {
    let plain = format!("AUTH PLAIN {TIM}\r\n");
    let mut session = Session::new(in_clear().with_clear_text_login(ClearTextLogin::Allow));
    assert_eq!(session.say("USER mrose\r\n"), "+OK\r\n");
    assert_eq!(session.say(&plain), SUCCESS, "another way than was begun");
    assert!(!session.events.iter().any(|event| matches!(event, Event::Login { .. })));
    let mut session = Session::new(in_clear().with_clear_text_login(ClearTextLogin::Allow));
    session.say("USER mrose\r\nAUTH FOOBAR\r\n");
    assert_eq!(session.say("PASS x\r\n"), "-ERR PASS not possible now\r\n");
    let mut none = Session::new(Config::new(clear()));
    assert_eq!(none.say(&plain), "-ERR AUTH not available\r\n");
    let apop = "APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n";
    assert_eq!(none.say(apop), "-ERR APOP not available\r\n");
    assert_eq!(none.say("UTF8\r\n"), "-ERR UTF8 not available\r\n");
    assert_eq!(none.say("LANG *\r\n"), "-ERR LANG not available\r\n");
    let capa = none.say("CAPA\r\n");
    assert_eq!(lines(&capa), ["UIDL", "TOP", "RESP-CODES", "PIPELINING"]);
}

#[test]
fn user_and_pass_can_be_withheld() {
    let mut session = Session::new(in_tls().with_user(UserCommand::Withheld));
    assert_eq!(session.say("USER tim\r\n"), "-ERR USER not available\r\n");
    assert!(!lines(&session.say("CAPA\r\n")).contains(&"USER"));
    let mut session = Session::new(in_tls());
    assert!(lines(&session.say("CAPA\r\n")).contains(&"USER"));
}

/// RFC 3206 §5: a server that announces `AUTH-RESP-CODE` tells with `[AUTH]`, and with nothing else, that
/// the credentials are wrong.
#[test]
fn what_is_announced_of_response_codes_holds() {
    assert!(lines(&Session::new(in_tls()).say("CAPA\r\n")).contains(&"AUTH-RESP-CODE"));
    let mut session = Session::new(in_tls()).on(|server, event| match event {
        Event::Login { user, .. } if user == "locked" => {
            let reply = Reply::err("another session").unwrap().with_code(ResponseCode::InUse);
            server.reject(reply).unwrap();
        }
        Event::Login { user, .. } if user == "slow" => {
            server.reject_after(Reply::err("no").unwrap(), Duration::ZERO).unwrap();
        }
        Event::Login { user, .. } if user == "own" => {
            server.reject(Reply::err("no such user").unwrap()).unwrap();
        }
        _ => server.decline(),
    });
    for (user, expected) in [
        ("locked", "-ERR [IN-USE] another session\r\n"),
        ("own", "-ERR [AUTH] no such user\r\n"),
        ("x", "-ERR [AUTH] login refused\r\n"),
    ] {
        session.say(format!("USER {user}\r\nPASS x\r\n"));
        assert_eq!(session.fire(TimerKind::Delay), expected);
    }
    let mut session = Session::new(in_tls()).on(|server, event| match event {
        Event::Login { .. } => {
            server.reject_after(Reply::err("no").unwrap(), Duration::ZERO).unwrap();
        }
        Event::Credential(_) => {
            let reply = Reply::err("no backend").unwrap().with_code(ResponseCode::SysTemp);
            server.reject(reply).unwrap();
        }
        _ => panic!("{event:?}"),
    });
    assert_eq!(session.say("USER x\r\nPASS x\r\n"), "+OK\r\n-ERR [AUTH] no\r\n");
    // What is no guess is not counted as one.
    for _ in 0..5 {
        session.say(format!("AUTH PLAIN {TIM}\r\n"));
        assert_eq!(session.held(), Some(Duration::from_secs(4)));
        assert_eq!(session.fire(TimerKind::Delay), "-ERR [SYS/TEMP] no backend\r\n");
    }
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
    let mut session = Session::new(in_clear()).on(decides);
    session.say(format!("AUTH PLAIN {ursel}\r\n"));
    let Some(Event::Authenticated { identity, .. }) = session.events.last() else { panic!() };
    let (who, whom) = (identity.authcid.as_str(), identity.authzid.as_deref());
    assert_eq!((who, whom), ("Kurt", Some("Ursel")));
    assert_eq!(session.fire(TimerKind::Delay), "-ERR [AUTH] login refused\r\n");
    assert_eq!(session.server.authenticated(), None);
}

#[test]
fn whoever_fails_too_often_is_sent_away_by_whatever_way() {
    let mut session = Session::new(in_tls().with_apop("foo.com", [4; 32]));
    session.say("AUTH PLAIN AGEAYg==\r\n");
    assert_eq!(session.held(), Some(Duration::from_secs(2)));
    assert_eq!(session.fire(TimerKind::Delay), INVALID);
    session.say("APOP tim c4c9334bac560ecc979e58001b3e22fb\r\n");
    assert_eq!(session.held(), Some(Duration::from_secs(4)));
    assert_eq!(session.fire(TimerKind::Delay), "-ERR [AUTH] login refused\r\n");
    session.say("AUTH PLAIN AGEAYg==\r\n");
    assert_eq!(session.held(), Some(Duration::from_secs(8)));
    assert_eq!(session.fire(TimerKind::Delay), INVALID);
    assert!(session.closed);
    let limits = Limits::server().with_login_delay(Duration::ZERO, Duration::ZERO);
    let mut session = Session::new(in_clear().with_limits(limits));
    assert_eq!(session.say("AUTH PLAIN AGEAYg==\r\n"), INVALID, "no delay is no delay");
}

#[test]
fn a_credential_is_an_answer_to_its_question_alone() {
    let mut session = Session::new(in_clear()).on(|_, _| {});
    let nothing = Err(Error::Misuse(Misuse::NothingPending));
    assert_eq!(session.server.credential(Credential::Verified), nothing);
    session.say(format!("AUTH PLAIN {TIM}\r\n"));
    assert!(matches!(session.events.last(), Some(Event::Credential(_))));
    assert_eq!(session.server.accept(), nothing, "what would it mean?");
    assert_eq!(session.server.accept_login(maildrop()), nothing, "nobody has proved anything");
    session.server.credential(Credential::Verified).unwrap();
    assert_eq!(session.server.credential(Credential::Verified), nothing);
    session.go_on();
    assert!(matches!(session.events.last(), Some(Event::Authenticated { .. })));
    assert_eq!(session.server.credential(Credential::Verified), nothing);
    assert_eq!(session.server.authenticated(), None, "not yet");
    session.server.accept_login(maildrop()).unwrap();
    assert_eq!(session.go_on(), SUCCESS);
}

#[test]
fn each_login_of_a_session_has_its_own_challenge() {
    let mut session = Session::new(in_clear());
    let mut challenges = Vec::new();
    for _ in 0..4 {
        challenges.push(session.say("AUTH CRAM-MD5\r\n"));
        assert_eq!(session.say("*\r\n"), "-ERR authentication cancelled\r\n");
    }
    challenges.sort();
    challenges.dedup();
    assert_eq!(challenges.len(), 4);
}

#[test]
fn silence_and_the_end_of_input_amid_a_login_end_the_session() {
    let mut session = Session::new(in_clear());
    session.say("AUTH LOGIN\r\n");
    assert_eq!(session.fire(TimerKind::Idle), "", "autologout says nothing (RFC 1939 §3)");
    assert_eq!(session.error, Some(Error::Timeout));
    let mut session = Session::new(in_clear());
    session.say("AUTH LOGIN\r\ndGlt\r\n");
    session.end();
    assert!(session.closed, "{:?}", session.error);
    assert_eq!(session.server.authenticated(), None);
    let mut session = Session::new(in_clear());
    session.say("AUTH LOGIN\r\n");
    session.server.shutdown();
    assert_eq!(session.go_on(), "-ERR server shutting down\r\n");
    assert!(session.closed);
}

// --- APOP ---

#[test]
fn apop_proves_a_password_to_the_timestamp_of_the_greeting() {
    let config = || {
        let config = Config::new(clear()).with_greeting("<ready> (RFC 1939)").unwrap();
        config.with_apop("dbc.mtview.ca.us", [4; 32])
    };
    let mut session = Session::silent(config(), accepts);
    let greeting = session.say("");
    let text = greeting.strip_prefix("+OK (ready) (RFC 1939) ").unwrap().trim_end();
    let stamp = ApopStamp::parse(text).unwrap();
    assert!(stamp.as_str().ends_with("@dbc.mtview.ca.us>"));
    let digest = stamp.digest(&Secret::new(PASSWORD.into()));
    let wrong = stamp.digest(&Secret::new("tanstaaf".into()));
    // RFC 1939 §7 has one argument after the other, and names that servers have spaces in.
    for (line, expected) in [
        ("APOP tim", "-ERR arguments of APOP not understood\r\n"),
        ("APOP tim 1234", "-ERR arguments of APOP not understood\r\n"),
        (&format!("APOP {}", digest.expose()), "-ERR arguments of APOP not understood\r\n"),
    ] {
        assert_eq!(session.say(format!("{line}\r\n")), expected, "{line}");
    }
    assert_eq!(session.say(format!("APOP tim {}\r\n", wrong.expose())), "");
    assert_eq!(session.fire(TimerKind::Delay), "-ERR login refused\r\n");
    let said = session.say(format!("APOP tim {}\r\n", digest.expose()));
    assert_eq!(said, "+OK tim's maildrop has 1 message (4 octets)\r\n");
    let Some(Event::Apop { user, proof, .. }) = session.events.last() else { panic!() };
    assert_eq!(user, "tim");
    assert!(!format!("{proof:?} {:?}", session.server).contains(digest.expose()));
    // Another session has another one; the words give way where they would not fit.
    let long = "x".repeat(400);
    let other = config().with_greeting(&long).unwrap().with_apop(&long, [5; 32]);
    let mut session = Session::silent(other, accepts);
    let greeting = session.say("");
    assert!(greeting.starts_with("+OK ready <") && greeting.len() <= 512, "{greeting}");
    assert!(!greeting.contains(stamp.as_str()));
}

// --- secrets and laws ---

#[test]
fn no_transcript_shows_what_a_login_says() {
    let log = TranscriptLog::new(64 * 1024);
    let mut session = Session::new(in_clear().with_apop("foo.com", [4; 32]));
    session.server.set_tap(Box::new(Transcript::new(Side::Server, log.clone())));
    session.say("AUTH LOGIN\r\ndGlt\r\n*\r\n");
    session.say("AUTH LOGIN\r\ndGlt\r\nZW5vdWdo\r\n");
    session.fire(TimerKind::Delay);
    session.say("APOP tim c4c9334bac560ecc979e58001b3e22fb\r\n");
    session.fire(TimerKind::Delay);
    session.say("APOP tanstaaf\r\nAUTH tanstaaf !\r\n");
    session.say(format!("AUTH PLAIN {TIM}\r\n"));
    let text = log.text();
    assert!(text.contains("C: AUTH [secret]\n") && text.contains("C: *\n"), "{text}");
    assert!(text.contains("S: + [secret]\n"), "{text}");
    for told in ["dGlt", "ZW5v", "c4c9", "tanst", TIM] {
        assert!(!text.contains(told), "{text}");
    }
    assert!(!format!("{:?} {:?}", session.events, session.server).contains(PASSWORD));
}

fn scenario(title: &str) -> Scenario<Server> {
    let make = || {
        let limits = Limits::server().with_line(80).with_inbox(128, 128).with_outbox(4096);
        let config = in_clear().with_limits(limits).with_apop("foo.com", [4; 32]);
        (Server::new(config), embedder(sends, |_: &mut Server| false))
    };
    fn sends(server: &mut Server, event: &Event) {
        accepts(server, event);
        if let Event::Retrieve { .. } = event {
            server.write_payload(&mut bytes::Bytes::from_static(b"Hi\r\n")).unwrap();
            server.finish_payload().unwrap();
        }
    }
    Scenario::new(title, make)
        .state_limit(20 * 1024)
        .debug()
        .tap(|server: &mut Server, tap| server.set_tap(tap))
}

#[test]
fn the_laws_hold_through_logins() {
    let password = line::encode(PASSWORD.as_bytes());
    let mail = "CAPA\r\nSTAT\r\nRETR 1\r\nDELE 1\r\nQUIT\r\n";
    let plain = scenario("plain").turn(format!("CAPA\r\nAUTH PLAIN {TIM}\r\n")).turn(mail);
    laws::all(&plain.secret(TIM.as_bytes()).secret(PASSWORD.as_bytes()));
    let login = scenario("login").turn("AUTH LOGIN\r\n").turn("dGlt\r\n");
    let login = login.turn(format!("{}\r\n", password.expose())).turn(mail);
    laws::all(&login.secret(password.expose().as_bytes()).secret(PASSWORD.as_bytes()));
    let stamp = {
        let mut session =
            Session::silent(Config::new(clear()).with_apop("foo.com", [4; 32]), accepts);
        let greeting = session.say("");
        ApopStamp::parse(greeting.trim_end().rsplit(' ').next().unwrap()).unwrap()
    };
    let digest = stamp.digest(&Secret::new(PASSWORD.into()));
    let apop = scenario("apop").turn(format!("APOP tim {}\r\n", digest.expose())).turn(mail);
    laws::all(&apop.secret(digest.expose().as_bytes()).secret(PASSWORD.as_bytes()));
}

#[test]
fn the_laws_hold_through_logins_that_fail() {
    let wrong = line::encode(b"\0jim\0enough is enough");
    let scenario = scenario("failing")
        .turn("AUTH FOOBAR\r\nAUTH PLAIN !\r\nAPOP x\r\n")
        .turn("AUTH CRAM-MD5\r\n")
        .turn("*\r\n")
        .turn(format!("AUTH PLAIN {}\r\n", wrong.expose()))
        .turn("AUTH LOGIN\r\n")
        .turn(format!("{}\r\nCAPA\r\n", "x".repeat(300)))
        .turn("AUTH SCRAM-SHA-256 biwsbj10aW0scj1hYmM=\r\n")
        .turn("Yz1iaXdzLHI9YWJjLHA9AAAA\r\n")
        .turn("QUIT\r\n");
    laws::all(&scenario.secret(wrong.expose().as_bytes()).secret(b"enough is enough"));
}

#[test]
fn the_laws_hold_through_scram() {
    // What the client says depends on a nonce that follows from the entropy: learned first.
    let mut session = Session::new(in_clear());
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
    let whole = scenario("scram")
        .turn(first)
        .turn(format!("{}\r\n", proof.expose()))
        .turn("\r\n")
        .turn("STAT\r\nQUIT\r\n")
        .secret(proof.expose().as_bytes())
        .secret(PASSWORD.as_bytes());
    assert!(whole.run().events().any(|event| matches!(event, Event::Authenticated { .. })));
    laws::all(&whole);
}

#[test]
fn an_idle_session_pays_nothing_for_a_login_that_is_over() {
    let config = in_clear;
    let live = |lines: &str| {
        let mut kept = None;
        let heap = allocation_counter::measure(|| {
            let mut session = Session::new(config());
            session.say(lines);
            session.events.clear();
            session.events.shrink_to_fit();
            kept = Some(session);
        });
        drop(kept);
        heap.bytes_current
    };
    let before = live("CAPA\r\n");
    let after = live(&format!("AUTH LOGIN\r\n*\r\nAUTH PLAIN {TIM}\r\n"));
    // A maildrop of one message, and who it is.
    assert!(after - before < 400, "{before} {after}");
    assert!(matches!(
        Server::new(config()).poll(&mut postrider_wire::Inbox::new(1)),
        Ok(Progress::Wait { .. })
    ));
}
