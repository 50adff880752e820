//! The login of the client that chooses its way (RFC 5034, RFC 1939 §7).

mod talk;

use postrider_pop3::client::{Client, Config, Event, Login, LoginBy, LoginFault};
use postrider_pop3::{Error, Keyword, Misuse, ResponseCode, State, ValueError};
use postrider_sasl::client::{Choice, Credentials, NoMechanism};
use postrider_sasl::scram::{Bounds, Fault, ScramKeys};
use postrider_sasl::{Error as SaslError, Mechanism, line, server};
use postrider_testkit::{Scenario, embedder, laws, read_shared};
use postrider_wire::{
    ClearTextLogin, Inbox, Machine, Policy, Secret, Security, Side, TlsInfo, Transcript,
    TranscriptLog,
};
use talk::{Talk, capa, clear, over_tls};

const PASSWORD: &str = "tanstaaftanstaaf";

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.into())
}

fn tim() -> Credentials {
    // Two iterations are enough where a thousand logins are cut in two.
    let tim = Credentials::password("tim", secret(PASSWORD)).unwrap();
    tim.with_iterations(Bounds::new(1, 100_000))
}

fn login(credentials: Credentials) -> Login {
    Login::new(credentials, [7; 32])
}

const ALL: [LoginBy; 3] = [LoginBy::Auth, LoginBy::Apop, LoginBy::UserPass];

fn allowed() -> Choice {
    Choice::default().with_clear_text(ClearTextLogin::Allow).with_cram_md5(ClearTextLogin::Allow)
}

/// A login in a session whose server answers `CAPA` with these lines; told is what came of that.
fn begin(config: Config, login: Login, lines: &[&str]) -> (Talk, Vec<Event>) {
    let mut talk = Talk::greeted(config);
    talk.client.login_with(login).unwrap();
    assert_eq!(talk.said(), "CAPA\r\n");
    let events = talk.hear(&capa(lines));
    (talk, events)
}

/// The same over TLS, where nothing is told yet.
fn offered(login: Login, lines: &[&str]) -> Talk {
    let (talk, events) = begin(over_tls(), login, lines);
    assert_eq!(events, []);
    talk
}

fn is_logged_in(talk: &Talk, events: &[Event]) {
    assert!(matches!(events, [Event::LoggedIn(_)]), "{events:?}");
    assert_eq!(talk.client.state(), State::Transaction);
    assert!(talk.client.is_ready());
}

/// The login failed, and the session waits for another one.
fn fails(talk: &Talk, events: &[Event]) -> LoginFault {
    let [Event::LoginFailed(fault)] = events else { panic!("{events:?}") };
    assert_eq!(talk.client.state(), State::Authorization);
    assert!(talk.client.is_ready());
    *fault
}

fn refused(talk: &Talk, events: &[Event]) -> (Keyword, Option<ResponseCode>) {
    let [Event::Refused { command, message: None, reply, .. }] = events else {
        panic!("{events:?}")
    };
    assert_eq!(talk.client.state(), State::Authorization);
    assert!(talk.client.is_ready());
    (*command, reply.code().cloned())
}

// --- mechanisms ---

/// The message of RFC 4616 §4, as in the POP3 of RFC 5034.
#[test]
fn plain_goes_with_the_command() {
    let mut talk = offered(login(tim()), &["USER", "SASL PLAIN LOGIN"]);
    assert_eq!(talk.said(), "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
    assert_eq!(talk.client.capa(), Err(Error::Misuse(Misuse::NotNow)));
    assert_eq!(talk.client.mechanism(), None, "not yet");
    let events = talk.hear("+OK Maildrop locked and ready\r\n");
    is_logged_in(&talk, &events);
    assert_eq!(talk.client.mechanism(), Some(Mechanism::Plain));
    talk.client.stat().unwrap();
    assert!(matches!(talk.hear("+OK 2 320\r\n")[..], [Event::DropListing(_)]));
}

/// The example of RFC 2195 §2.
#[test]
fn cram_md5_answers_the_challenge() {
    let mut talk = offered(login(tim()), &["SASL CRAM-MD5 PLAIN"]);
    assert_eq!(talk.said(), "AUTH CRAM-MD5\r\n");
    talk.hear("+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n");
    assert_eq!(talk.said(), "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n");
    let events = talk.hear("+OK\r\n");
    is_logged_in(&talk, &events);
}

#[test]
fn login_is_asked_for_name_and_password() {
    let mut talk = offered(login(tim()), &["SASL LOGIN"]);
    assert_eq!(talk.said(), "AUTH LOGIN\r\n");
    talk.hear("+ VXNlcm5hbWU6\r\n");
    assert_eq!(talk.said(), "dGlt\r\n");
    talk.hear("+ UGFzc3dvcmQ6\r\n");
    assert_eq!(talk.said(), "dGFuc3RhYWZ0YW5zdGFhZg==\r\n");
    let events = talk.hear("+OK\r\n");
    is_logged_in(&talk, &events);
}

#[test]
fn an_empty_first_message_is_an_equals_sign() {
    let mut talk = offered(login(Credentials::external()), &["SASL EXTERNAL PLAIN"]);
    assert_eq!(talk.said(), "AUTH EXTERNAL =\r\n");
    // RFC 4505 §4.
    let mut talk = offered(login(Credentials::anonymous("sirhc").unwrap()), &["SASL ANONYMOUS"]);
    assert_eq!(talk.said(), "AUTH ANONYMOUS c2lyaGM=\r\n");
}

/// RFC 5034 §4: no more than 255 octets go with the command, end of line included.
#[test]
fn a_first_message_that_is_too_long_waits_for_the_challenge() {
    // "AUTH OAUTHBEARER " and CRLF leave 236 of base64: 177 octets, of which 33 are not the token.
    for (octets, fits) in [(144, true), (145, false), (6000, false)] {
        for challenge in ["+ \r\n", "+\r\n"] {
            let user = Credentials::token("u@example.com", secret(&"t".repeat(octets))).unwrap();
            let mut talk = offered(login(user), &["SASL OAUTHBEARER"]);
            let said = talk.said();
            assert_eq!(said != "AUTH OAUTHBEARER\r\n", fits, "{octets}: {}", said.len());
            assert!(said.len() <= 255);
            if !fits {
                talk.hear(challenge);
                let message = line::decode(talk.said().trim_end().as_bytes(), 9000).unwrap();
                let end = format!("auth=Bearer {}\u{1}\u{1}", "t".repeat(octets));
                assert!(message.expose().ends_with(end.as_bytes()));
            }
            let events = talk.hear("+OK\r\n");
            is_logged_in(&talk, &events);
        }
    }
}

/// RFC 7628 §4.4 in POP3, and then with another token.
#[test]
fn a_refused_token_can_be_replaced_within_the_login() {
    let user = Credentials::token_on_demand("u@example.com").unwrap();
    let (mut talk, events) = begin(over_tls(), login(user), &["SASL OAUTHBEARER"]);
    assert_eq!(events, [Event::NeedToken(None)]);
    assert_eq!(talk.said(), "");
    assert_eq!(talk.client.timers(), [], "no reply is due");
    talk.client.token(secret("stale")).unwrap();
    assert!(talk.said().starts_with("AUTH OAUTHBEARER "));
    talk.hear("+ eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\r\n");
    assert_eq!(talk.said(), "AQ==\r\n");
    let events = talk.hear("-ERR [AUTH] Username and Password not accepted\r\n");
    let [Event::NeedToken(Some(why))] = &events[..] else { panic!("{events:?}") };
    assert_eq!(why.status.as_deref(), Some("invalid_token"));
    talk.client.token(secret("fresh")).unwrap();
    let said = talk.said();
    let message = said.trim_end().strip_prefix("AUTH OAUTHBEARER ").unwrap();
    let message = line::decode_initial(message.as_bytes(), 1000).unwrap();
    assert!(message.expose().ends_with(b"auth=Bearer fresh\x01\x01"));
    let events = talk.hear("+OK\r\n");
    is_logged_in(&talk, &events);
    assert_eq!(talk.client.token(secret("x")), Err(Error::Misuse(Misuse::NothingPending)));
}

/// A server of SCRAM that keeps the keys of this password.
struct ScramServer(server::LineExchange, ScramKeys);

impl ScramServer {
    fn new(password: &str) -> Self {
        let mechanism = Mechanism::ScramSha256;
        let hash = mechanism.scram_hash().unwrap();
        let keys = ScramKeys::derive(&secret(password), b"0123456789abcdef", 2, hash).unwrap();
        let config = server::Config::new([1; 32]).with_salt_secret([2; 32]);
        let exchange =
            server::Exchange::new(mechanism, &config, None, config.entropy_for(0)).unwrap();
        Self(server::LineExchange::new(exchange, "+ "), keys)
    }

    /// What the server says to this line of the client.
    fn answer(&mut self, text: &str) -> String {
        let mut step = self.0.hear(text.as_bytes());
        if let server::LineStep::NeedCredential(_) = step {
            step = self.0.credential(server::Credential::Scram(self.1.clone()));
        }
        match step {
            server::LineStep::Say(line) => String::from_utf8(line.as_bytes().to_vec()).unwrap(),
            other => format!("-ERR [AUTH] {other:?}\r\n"),
        }
    }
}

/// Up to the proof of the client, which is what is returned.
fn up_to_proof(talk: &mut Talk, server: &mut ScramServer) -> String {
    let said = talk.said();
    let first = said.trim_end().strip_prefix("AUTH SCRAM-SHA-256 ").unwrap();
    let events = talk.hear(&server.answer(first));
    let [Event::DeriveKey(due)] = &events[..] else { panic!("{events:?}") };
    assert!(!talk.client.is_ready());
    assert_eq!(talk.client.token(secret("x")), Err(Error::Misuse(Misuse::NothingPending)));
    talk.client.key(due.derive()).unwrap();
    assert_eq!(talk.client.key(due.derive()), Err(Error::Misuse(Misuse::NothingPending)));
    talk.said().trim_end().into()
}

#[test]
fn scram_proves_both_ends() {
    for config in [clear(), over_tls()] {
        let mut server = ScramServer::new(PASSWORD);
        let (mut talk, events) = begin(config, login(tim()), &["SASL SCRAM-SHA-256 PLAIN"]);
        assert_eq!(events, []);
        let proof = up_to_proof(&mut talk, &mut server);
        let answer = server.answer(&proof);
        assert!(answer.starts_with("+ "), "{answer}");
        talk.hear(&answer);
        assert_eq!(talk.said(), "\r\n", "the server's proof is answered with nothing");
        let events = talk.hear("+OK\r\n");
        is_logged_in(&talk, &events);
    }
}

#[test]
fn a_server_that_does_not_prove_itself_is_not_believed() {
    let mut server = ScramServer::new(PASSWORD);
    let mut talk = offered(login(tim()), &["SASL SCRAM-SHA-256"]);
    up_to_proof(&mut talk, &mut server);
    let fault = LoginFault::Exchange(SaslError::ServerNotProven);
    assert_eq!(talk.hear("+OK come in\r\n"), [Event::LoginFailed(fault)]);
    assert_eq!((talk.said().as_str(), talk.end), ("", Some(Ok(()))), "nothing more is said to it");
    assert_eq!(talk.client.state(), State::Over);

    let mut server = ScramServer::new(PASSWORD);
    let mut talk = offered(login(tim()), &["SASL SCRAM-SHA-256"]);
    up_to_proof(&mut talk, &mut server);
    let forged = line::encode(b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_eq!(talk.hear(&format!("+ {}\r\n", forged.expose())), []);
    assert_eq!(talk.said(), "*\r\n", "the login is given up");
    let events = talk.hear("-ERR Authentication aborted by client.\r\n");
    let fault = LoginFault::Exchange(SaslError::Scram(Fault::Signature));
    assert_eq!(fails(&talk, &events), fault);
    // Whatever else it says to that, it is not let in.
    for answer in ["+OK come in\r\n", "+ YQ==\r\n"] {
        let mut talk = offered(login(tim()), &["SASL PLAIN"]);
        talk.hear("+ c2F5IGl0IGFnYWlu\r\n");
        assert_eq!(talk.said(), "*\r\n", "PLAIN has no challenge");
        assert!(matches!(talk.hear(answer)[..], [Event::LoginFailed(_)]), "{answer}");
        assert_eq!(talk.end, Some(Ok(())));
    }
}

#[test]
fn a_refusal_is_told_with_its_code_and_nothing_weaker_is_tried() {
    let mut server = ScramServer::new("another");
    let all = login(tim()).with_login_by(ALL);
    let mut talk = offered(all.clone(), &["USER", "SASL SCRAM-SHA-256 PLAIN"]);
    let proof = up_to_proof(&mut talk, &mut server);
    let answer = server.answer(&proof);
    let events = talk.hear(&answer);
    assert_eq!(refused(&talk, &events), (Keyword::Auth, Some(ResponseCode::Auth)));
    assert_eq!(talk.said(), "");
    for (reply, code) in [
        ("-ERR [SYS/TEMP] try later\r\n", Some(ResponseCode::SysTemp)),
        ("-ERR [sys/perm] call somebody\r\n", Some(ResponseCode::SysPerm)),
        ("-ERR [IN-USE] another session\r\n", Some(ResponseCode::InUse)),
        ("-ERR [LOGIN-DELAY] not so fast\r\n", Some(ResponseCode::LoginDelay)),
        ("-ERR no such mechanism\r\n", None),
    ] {
        let mut talk = offered(all.clone(), &["USER", "SASL PLAIN"]);
        let events = talk.hear(reply);
        assert_eq!(refused(&talk, &events), (Keyword::Auth, code), "{reply}");
        // And once more, without another `CAPA`.
        talk.client.login_with(all.clone()).unwrap();
        assert!(talk.said().starts_with("AUTH PLAIN "));
        let events = talk.hear("+OK\r\n");
        is_logged_in(&talk, &events);
    }
}

// --- ways ---

#[test]
fn no_secret_crosses_in_clear_unless_that_is_chosen() {
    for lines in [&["SASL PLAIN LOGIN"][..], &["SASL CRAM-MD5"], &["SASL XOAUTH2", "SASL PLAIN"]] {
        let (mut talk, events) = begin(clear(), login(tim()), lines);
        let fault = LoginFault::NoMechanism(NoMechanism::NeedsTls);
        assert_eq!(fails(&talk, &events), fault, "{lines:?}");
        assert_eq!(talk.sent, "CAPA\r\n");
        assert_eq!(talk.said(), "");
        // Nor by another way, whatever the way may be.
        talk.client.login_with(login(tim()).with_login_by(ALL)).unwrap();
        let events = talk.poll();
        assert_eq!(fails(&talk, &events), fault);
    }
    let chosen = login(tim()).with_choice(allowed());
    let (mut talk, events) = begin(clear(), chosen, &["SASL PLAIN"]);
    assert_eq!(events, []);
    assert!(talk.said().starts_with("AUTH PLAIN "));
}

#[test]
fn a_server_without_a_mechanism_is_no_place_to_log_in_unless_policy_knows_another_way() {
    for (lines, fault) in [
        (&["USER", "UIDL"][..], NoMechanism::NoneOffered),
        (&["USER", "SASL DIGEST-MD5 NTLM"], NoMechanism::NoneShared),
        (&["SASL OAUTHBEARER"], NoMechanism::NoneShared),
    ] {
        let (mut talk, events) = begin(over_tls(), login(tim()), lines);
        assert_eq!(fails(&talk, &events), LoginFault::NoMechanism(fault), "{lines:?}");
        talk.client.login_with(login(tim()).with_login_by(ALL)).unwrap();
        assert_eq!(talk.said(), "USER tim\r\n");
        assert_eq!(talk.hear("+OK\r\n"), []);
        assert_eq!(talk.said(), "PASS tanstaaftanstaaf\r\n");
        let events = talk.hear("+OK\r\n");
        is_logged_in(&talk, &events);
    }
    // A token, or another's name, is nothing that USER and PASS could carry.
    let token = Credentials::token("u", secret("t")).unwrap();
    let other = tim().with_authzid("other").unwrap();
    for credentials in [token, other, Credentials::external()] {
        let login = login(credentials).with_login_by(ALL);
        let (talk, events) = begin(over_tls(), login, &["USER"]);
        let fault = LoginFault::NoMechanism(NoMechanism::NoneOffered);
        assert_eq!(fails(&talk, &events), fault);
    }
}

/// Who wants to be bound to the channel is not let in by a way that is bound to nothing.
#[test]
fn where_binding_is_required_there_is_no_other_way() {
    for lines in [&["USER"][..], &["USER", "SASL PLAIN SCRAM-SHA-256"]] {
        let bound = Choice::default().with_require_binding(true);
        let login = login(tim()).with_choice(bound).with_login_by(ALL);
        let (mut talk, events) = begin(over_tls(), login, lines);
        let fault = LoginFault::NoMechanism(NoMechanism::NotBound);
        assert_eq!((fails(&talk, &events), talk.said().as_str()), (fault, ""), "{lines:?}");
    }
}

#[test]
fn a_server_that_has_no_capa_is_asked_for_nothing_else() {
    let mut talk = Talk::greeted(over_tls());
    talk.client.login_with(login(tim())).unwrap();
    let events = talk.hear("-ERR what?\r\n");
    let fault = LoginFault::NoMechanism(NoMechanism::NoneOffered);
    assert_eq!(fails(&talk, &events), fault);
    talk.client.login_with(login(tim()).with_login_by([LoginBy::UserPass])).unwrap();
    assert_eq!(talk.said(), "USER tim\r\n", "it is not asked again");
    let events = talk.hear("-ERR [AUTH] sorry, no mailbox for tim here\r\n");
    assert_eq!(refused(&talk, &events), (Keyword::User, Some(ResponseCode::Auth)));
}

#[test]
fn what_was_asked_by_hand_is_not_asked_again() {
    let mut talk = Talk::greeted(over_tls());
    talk.client.capa().unwrap();
    talk.hear(&capa(&["SASL PLAIN"]));
    talk.client.login_with(login(tim())).unwrap();
    assert!(talk.said().starts_with("AUTH PLAIN "));
}

#[test]
fn the_login_comes_after_tls_and_by_the_offer_made_there() {
    for policy in [Policy::Required, Policy::Opportunistic] {
        let mut talk = Talk::new(Config::new(Security::StartTls(policy)));
        talk.hear("+OK <1896.697170952@dbc.mtview.ca.us>\r\n");
        assert_eq!(talk.said(), "STLS\r\n");
        talk.hear("+OK\r\n");
        let token = talk.token.take().unwrap();
        let plain = std::mem::replace(&mut talk.inbox, Inbox::new(1));
        talk.inbox = talk.client.tls_established(token, TlsInfo::new(), plain).unwrap();
        assert!(matches!(talk.poll()[..], [Event::Ready { greeting: None, .. }]));
        let by = login(tim()).with_login_by([LoginBy::Apop, LoginBy::UserPass]);
        talk.client.login_with(by).unwrap();
        assert_eq!(talk.said(), "CAPA\r\n");
        talk.hear(&capa(&["USER"]));
        // CVE-2007-1558: the timestamp came in the clear, from whoever that was.
        assert_eq!(talk.said(), "USER tim\r\n");
    }
}

#[test]
fn credentials_beyond_ascii_need_the_word_of_the_server() {
    let josé = || Credentials::password("jos\u{e9}", secret("r\u{e9}sum\u{e9}")).unwrap();
    let by = || login(josé()).with_login_by([LoginBy::UserPass]);
    for lines in [&["USER"][..], &["USER", "UTF8"]] {
        let (talk, events) = begin(over_tls(), by(), lines);
        assert_eq!(fails(&talk, &events), LoginFault::NotAscii, "{lines:?}");
    }
    // RFC 6856 §2.2.
    let mut talk = offered(by(), &["USER", "UTF8 USER"]);
    assert_eq!(talk.said(), "USER jos\u{e9}\r\n");
    // AUTH has its own rules (RFC 5034 §4): UTF-8 always.
    let mut talk = offered(login(josé()), &["SASL PLAIN"]);
    assert!(talk.said().starts_with("AUTH PLAIN "));
    let long = Credentials::password("x".repeat(300), secret("y")).unwrap();
    let by = login(long).with_login_by([LoginBy::UserPass]);
    let (talk, events) = begin(over_tls(), by, &["USER"]);
    let fault = fails(&talk, &events);
    assert!(matches!(fault, LoginFault::Value(ValueError::TooLong { most: 248, .. })), "{fault}");
}

// --- APOP ---

/// RFC 1939 §7, in TLS from the first octet; and in the clear, where that was chosen.
#[test]
fn apop_is_off_until_told() {
    let greeting = "+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n";
    let mrose = || Credentials::password("mrose", secret("tanstaaf")).unwrap();
    let try_it = |config: Config, login: Login| {
        let mut talk = Talk::new(config.with_clear_text_login(ClearTextLogin::Allow));
        talk.hear(greeting);
        talk.client.login_with(login).unwrap();
        talk.said();
        let events = talk.hear(&capa(&["USER"]));
        let said = talk.said();
        (talk, events, said)
    };
    let (talk, events, _) = try_it(over_tls(), login(mrose()));
    assert_eq!(fails(&talk, &events), LoginFault::NoMechanism(NoMechanism::NoneOffered));
    let (_, _, said) = try_it(over_tls(), login(mrose()).with_login_by([LoginBy::UserPass]));
    assert_eq!(said, "USER mrose\r\n");
    let digest = "APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n";
    let (mut talk, _, said) = try_it(over_tls(), login(mrose()).with_login_by(ALL));
    assert_eq!(said, digest);
    let events = talk.hear("+OK maildrop has 1 message (369 octets)\r\n");
    is_logged_in(&talk, &events);
    // In the clear, MD5 is little.
    let (_, _, said) = try_it(clear(), login(mrose()).with_login_by(ALL));
    assert_eq!(said, "USER mrose\r\n", "that was allowed");
    let apop = || login(mrose()).with_login_by([LoginBy::Apop]);
    let (talk, events, _) = try_it(clear(), apop());
    assert_eq!(fails(&talk, &events), LoginFault::NoMechanism(NoMechanism::NeedsTls));
    let (mut talk, _, said) = try_it(clear(), apop().with_choice(allowed()));
    assert_eq!(said, digest);
    // RFC 2449 §8
    let events = talk.hear("-ERR [IN-USE] Do you have another POP session running?\r\n");
    assert_eq!(refused(&talk, &events), (Keyword::Apop, Some(ResponseCode::InUse)));
}

#[test]
fn a_timestamp_that_is_no_msg_id_is_none() {
    let path = "vectors/pop3/apop-timestamps.json";
    let Some(octets) = read_shared(path) else {
        eprintln!("skipped: no {path}");
        return;
    };
    let rows: serde_json::Value = serde_json::from_slice(&octets).unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 11);
    for row in rows {
        let greeting = row["greeting"].as_str().unwrap();
        let accept = row["accept"].as_bool().unwrap();
        let mut talk = Talk::new(over_tls());
        talk.hear(&format!("{greeting}\r\n"));
        if talk.end.is_some() || talk.client.state() == State::Over {
            assert!(!accept && greeting.starts_with("-ERR"), "{greeting}");
            continue;
        }
        let login = login(tim()).with_login_by([LoginBy::Apop]);
        talk.client.login_with(login).unwrap();
        let events = talk.hear(&capa(&["USER"]));
        // Nothing is fallen back to.
        let said = talk.said();
        assert_eq!(said.starts_with("APOP tim "), accept, "{greeting}");
        assert_eq!(events.is_empty(), accept && said.len() == 43, "{greeting}: {events:?}");
    }
}

// --- what goes wrong ---

#[test]
fn a_challenge_that_is_none_ends_the_login() {
    for challenge in ["+ ~~~\r\n", "+ PDE4\0\r\n", "+ PDE4 PDE4\r\n"] {
        let mut talk = offered(login(tim()), &["SASL CRAM-MD5"]);
        assert_eq!(talk.hear(challenge), []);
        assert_eq!(talk.said(), "*\r\n", "{challenge:?}");
        let events = talk.hear("-ERR\r\n");
        let fault = fails(&talk, &events);
        assert!(matches!(fault, LoginFault::Exchange(SaslError::Base64 | SaslError::Malformed)));
    }
}

/// RFC 5034 §4: challenges may be longer than any other line, though not endless.
#[test]
fn a_long_challenge_is_heard_and_an_endless_one_is_fatal() {
    let mut talk = offered(login(tim()), &["SASL CRAM-MD5"]);
    talk.hear(&format!("+ {}\r\n", "QUJD".repeat(2500)));
    // Heard, and too long for CRAM-MD5 alone; whatever it says to that is no error of framing.
    assert_eq!(talk.end, None);
    assert!(!talk.said().is_empty());
    let mut talk = offered(login(tim()), &["SASL CRAM-MD5"]);
    let events = talk.hear(&format!("+ {}", "QUJD".repeat(5000)));
    assert!(matches!(events[..], [Event::Lost { command: Keyword::Auth, .. }]), "{events:?}");
    assert!(matches!(talk.end, Some(Err(Error::LineTooLong { .. }))));
}

#[test]
fn a_session_that_breaks_loses_the_login() {
    let is_lost = |events: &[Event]| {
        matches!(events, [Event::Lost { command: Keyword::Auth, message: None, .. }])
    };
    let mut talk = offered(login(tim()), &["SASL PLAIN"]);
    assert!(is_lost(&talk.eof()));
    assert!(matches!(talk.end, Some(Err(Error::Eof { .. }))));
    let mut talk = offered(login(tim()), &["SASL PLAIN"]);
    assert!(is_lost(&talk.time_out()));
    assert_eq!(talk.end, Some(Err(Error::Timeout)));
    let mut talk = offered(login(tim()), &["SASL PLAIN"]);
    assert!(is_lost(&talk.hear("HTTP/1.1 400 Bad Request\r\n")));
    assert!(matches!(talk.end, Some(Err(Error::Malformed { .. }))));
    let mut talk = Talk::greeted(over_tls());
    talk.client.login_with(login(tim())).unwrap();
    talk.said();
    assert!(is_lost(&talk.eof()), "CAPA was a part of it");
}

/// A client that waits for a key.
fn waiting() -> Talk {
    let mut server = ScramServer::new(PASSWORD);
    let mut talk = offered(login(tim()), &["SASL SCRAM-SHA-256"]);
    let said = talk.said();
    let first = said.trim_end().rsplit(' ').next().unwrap();
    let events = talk.hear(&server.answer(first));
    assert!(matches!(&events[..], [Event::DeriveKey(_)]), "{events:?}");
    talk
}

/// A client that waits for a token, and has said nothing yet.
fn waiting_for_a_token() -> Talk {
    let user = Credentials::token_on_demand("u@example.com").unwrap();
    let (talk, events) = begin(over_tls(), login(user), &["SASL OAUTHBEARER"]);
    assert_eq!(events, [Event::NeedToken(None)]);
    talk
}

#[test]
fn who_declines_gives_the_login_up() {
    let mut talk = waiting();
    talk.client.decline();
    assert_eq!(talk.poll(), []);
    assert_eq!(talk.said(), "*\r\n");
    let events = talk.hear("-ERR cancelled\r\n");
    assert_eq!(fails(&talk, &events), LoginFault::GivenUp);
    let mut talk = waiting_for_a_token();
    talk.client.decline();
    let events = talk.poll();
    assert_eq!(fails(&talk, &events), LoginFault::GivenUp);
    assert_eq!(talk.said(), "", "AUTH was not said");
    // What can be no token, is none.
    let mut talk = waiting_for_a_token();
    talk.client.token(secret("two words")).unwrap();
    let events = talk.poll();
    assert!(matches!(fails(&talk, &events), LoginFault::Exchange(_)));
}

#[test]
fn a_shutdown_amid_a_login_gives_it_up_and_says_quit() {
    for (mut talk, said) in [(waiting(), "*\r\n"), (waiting_for_a_token(), "")] {
        talk.client.shutdown();
        let mut events = talk.poll();
        if !said.is_empty() {
            assert_eq!(talk.said(), said);
            events = talk.hear("-ERR cancelled\r\n");
        }
        assert_eq!(events, [Event::LoginFailed(LoginFault::GivenUp)]);
        assert_eq!(talk.said(), "QUIT\r\n");
        talk.hear("+OK\r\n");
        assert_eq!(talk.end, Some(Ok(())));
    }
    // Amid `CAPA`, and behind `AUTH`.
    let mut talk = Talk::greeted(over_tls());
    talk.client.login_with(login(tim())).unwrap();
    talk.client.shutdown();
    assert_eq!(talk.hear(&capa(&["SASL PLAIN"])), [Event::LoginFailed(LoginFault::GivenUp)]);
    assert_eq!(talk.said(), "QUIT\r\n");
    let mut talk = offered(login(tim()), &["SASL PLAIN"]);
    talk.client.shutdown();
    assert!(matches!(talk.hear("+OK\r\n")[..], [Event::LoggedIn(_)]));
    assert_eq!(talk.said(), "QUIT\r\n");
}

#[test]
fn what_a_server_says_while_it_has_to_wait_ends_the_login() {
    let mut talk = waiting();
    let events = talk.hear("-ERR [SYS/TEMP] too slow\r\n");
    assert_eq!(refused(&talk, &events), (Keyword::Auth, Some(ResponseCode::SysTemp)));
    let mut talk = waiting_for_a_token();
    let events = talk.hear("-ERR autologout\r\n");
    assert!(
        matches!(events[..], [Event::Lost { command: Keyword::Auth, .. }, Event::Rejected(_)]),
        "{events:?}"
    );
    assert_eq!(talk.end, Some(Ok(())));
    for mut talk in [waiting(), waiting_for_a_token()] {
        let events = talk.hear("+OK\r\n");
        assert!(matches!(events[..], [Event::Lost { command: Keyword::Auth, .. }]), "{events:?}");
        assert!(matches!(talk.end, Some(Err(Error::Unsolicited { .. }))));
    }
    for mut talk in [waiting(), waiting_for_a_token()] {
        assert!(matches!(talk.eof()[..], [Event::Lost { command: Keyword::Auth, .. }]));
        assert!(matches!(talk.end, Some(Err(Error::Eof { .. }))));
    }
}

#[test]
fn a_login_has_its_place() {
    let mut client = Client::new(over_tls());
    assert_eq!(client.login_with(login(tim())), Err(Error::Misuse(Misuse::NotNow)));
    let mut talk = offered(login(tim()), &["SASL PLAIN"]);
    let not_now = Err(Error::Misuse(Misuse::NotNow));
    assert_eq!(talk.client.login_with(login(tim())), not_now);
    assert_eq!(talk.client.login("tim", secret("x")), not_now);
    talk.hear("+OK\r\n");
    assert_eq!(talk.client.login_with(login(tim())), not_now);
    assert_eq!(talk.client.utf8(), not_now);
}

#[test]
fn no_transcript_shows_what_a_login_says() {
    let log = TranscriptLog::new(64 * 1024);
    let mut talk = Talk::greeted(over_tls());
    talk.client.set_tap(Box::new(Transcript::new(Side::Client, log.clone())));
    talk.client.login_with(login(tim())).unwrap();
    talk.hear(&capa(&["SASL LOGIN"]));
    talk.hear("+ VXNlcm5hbWU6\r\n");
    talk.hear("+ UGFzc3dvcmQ6\r\n");
    talk.hear("-ERR no\r\n");
    let plain = login(tim()).with_login_by([LoginBy::Auth]);
    talk.client.capa().unwrap();
    talk.hear(&capa(&["SASL PLAIN"]));
    talk.client.login_with(plain.clone()).unwrap();
    talk.hear("-ERR no\r\n");
    let text = log.text();
    assert!(
        text.contains("C: AUTH LOGIN\n") && text.contains("C: AUTH PLAIN [secret]\n"),
        "{text}"
    );
    for told in ["dGFuc", "dGlt", "AHRpb", PASSWORD] {
        assert!(!text.contains(told), "{text}");
        assert!(!format!("{plain:?} {:?}", talk.client).contains(told));
    }
}

// --- the laws ---

type Answers = fn(&mut Client, &Event);

fn scenario(
    name: &str,
    config: fn() -> Config,
    login: fn() -> Login,
    more: Answers,
) -> Scenario<Client> {
    let make = move || {
        let react = move |client: &mut Client, event: &Event| match event {
            // Behind a shutdown nothing is taken any more.
            Event::Ready { .. } => drop(client.login_with(login())),
            Event::LoggedIn(_) => drop(client.quit()),
            Event::DeriveKey(due) => client.key(due.derive()).unwrap(),
            event => more(client, event),
        };
        (Client::new(config()), embedder(react, |_: &mut Client| false))
    };
    Scenario::new(name, make)
        .debug()
        .tap(|client: &mut Client, tap| client.set_tap(tap))
        .secret(PASSWORD.as_bytes())
        .state_limit(24 * 1024)
        .turn("+OK ready <1896.697170952@dbc.mtview.ca.us>\r\n")
}

#[test]
fn the_laws_hold_through_logins() {
    let quit = "+OK bye\r\n";
    laws::all(
        &scenario("login", over_tls, || login(tim()), |_, _| {})
            .turn(capa(&["SASL LOGIN", "PIPELINING"]))
            .turn("+ VXNlcm5hbWU6\r\n")
            .turn("+ UGFzc3dvcmQ6\r\n")
            .turn("+OK welcome\r\n")
            .turn(quit)
            .secret(b"dGFuc3RhYWZ0YW5zdGFhZg=="),
    );
    laws::all(
        &scenario("apop", over_tls, || login(tim()).with_login_by(ALL), |_, _| {})
            .turn("-ERR what is CAPA?\r\n")
            .turn("+OK welcome\r\n")
            .turn(quit),
    );
    laws::all(
        &scenario(
            "fallback",
            over_tls,
            || login(tim()).with_login_by([LoginBy::Auth, LoginBy::UserPass]),
            |_, _| {},
        )
        .turn(capa(&["USER", "SASL NTLM"]))
        .turn("+OK\r\n")
        .turn("+OK welcome\r\n")
        .turn(quit),
    );
}

/// What the server of SCRAM says depends on the client's nonce, which follows from its entropy.
#[test]
fn the_laws_hold_through_scram() {
    let mut server = ScramServer::new(PASSWORD);
    let mut talk = offered(login(tim()), &["SASL SCRAM-SHA-256"]);
    let said = talk.said();
    let challenge = server.answer(said.trim_end().rsplit(' ').next().unwrap());
    let events = talk.hear(&challenge);
    let [Event::DeriveKey(due)] = &events[..] else { panic!("{events:?}") };
    talk.client.key(due.derive()).unwrap();
    let proof = talk.said();
    let proven = server.answer(proof.trim_end());
    let whole = |last: &str| {
        scenario("scram", over_tls, || login(tim()), |_, _| {})
            .turn(capa(&["SASL SCRAM-SHA-256"]))
            .turn(challenge.clone())
            .turn(last)
            .turn("+OK welcome\r\n")
            .turn("+OK bye\r\n")
            .secret(proof.trim_end().as_bytes())
    };
    let run = whole(&proven).run();
    assert!(run.events().any(|event| matches!(event, Event::LoggedIn(_))), "{:?}", run.told());
    laws::all(&whole(&proven));
    laws::all(&whole("+ dj1BQUFB\r\n"));
}

#[test]
fn the_laws_hold_through_logins_that_fail() {
    fn token() -> Login {
        login(Credentials::token_on_demand("u@example.com").unwrap())
    }
    laws::all(
        &scenario("token", over_tls, token, |client, event| match event {
            Event::NeedToken(None) => client.token(secret("staletoken")).unwrap(),
            Event::NeedToken(Some(_)) => client.decline(),
            Event::LoginFailed(_) => drop(client.login_with(login(tim()))),
            Event::Refused { .. } => drop(client.quit()),
            _ => {}
        })
        .turn(capa(&["SASL XOAUTH2 PLAIN"]))
        .turn("+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")
        .turn("-ERR [AUTH] no\r\n")
        .turn("-ERR [SYS/TEMP] not now\r\n")
        .turn("+OK bye\r\n")
        .secret(b"staletoken"),
    );
}
