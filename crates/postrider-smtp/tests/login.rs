//! The login that goes by itself, before the session is ready (RFC 4954).

use crate::talk;

use postrider_sasl::client::{Choice, Credentials, NoMechanism};
use postrider_sasl::scram::{Fault, ScramKeys};
use postrider_sasl::{Error as SaslError, Mechanism, line, server};
use postrider_smtp::client::{Client, Config, Event, FailureKind, Login, LoginFault, Phase};
use postrider_smtp::{EhloName, Error, Keyword, Misuse};
use postrider_wire::{
    ClearTextLogin, Inbox, Machine, Policy, Secret, Security, Side, TlsInfo, Transcript,
    TranscriptLog,
};
use talk::{Talk, config, ehlo, mail_to, outcomes, over_tls, whole};

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.into())
}

fn tim() -> Credentials {
    Credentials::password("tim", secret("tanstaaftanstaaf")).unwrap()
}

fn login(credentials: Credentials) -> Login {
    Login::new(credentials, [7; 32])
}

fn only(mechanism: Mechanism) -> Choice {
    Choice::default()
        .with_mechanisms([mechanism])
        .with_clear_text(ClearTextLogin::Allow)
        .with_cram_md5(ClearTextLogin::Allow)
}

/// A session over TLS with a server that offers these mechanisms.
fn offered(login: Login, mechanisms: &str) -> Talk {
    Talk::greeted(over_tls().with_login(login), &[mechanisms])
}

fn is_logged_in(events: &[Event], by: Mechanism) {
    let [Event::LoggedIn { mechanism, .. }, Event::Ready { .. }] = events else {
        panic!("{events:?}")
    };
    assert_eq!(*mechanism, by);
}

/// The fault, and the code of the server's reply if there is one.
fn failed(talk: &mut Talk, events: &[Event]) -> (LoginFault, Option<u16>) {
    let [Event::LoginFailed { failure, fault, .. }] = events else { panic!("{events:?}") };
    assert_eq!((failure.phase, failure.kind), (Phase::Login, FailureKind::Auth));
    assert_eq!(failure.command, Some(Keyword::Auth));
    let code = failure.reply.as_ref().map(|reply| reply.code());
    if code != Some(421) {
        assert_eq!(talk.said(), "QUIT\r\n");
        assert_eq!(talk.hear("221 bye\r\n"), []);
    }
    assert_eq!(talk.end, Some(Ok(())));
    (*fault, code)
}

const REFUSED: LoginFault = LoginFault::Exchange(SaslError::Refused);

// --- mechanisms ---

/// The message of RFC 4616 §4, as in the SMTP of RFC 4954.
#[test]
fn plain_goes_with_the_command() {
    let mut talk = offered(login(tim()), "AUTH PLAIN LOGIN");
    assert_eq!(talk.said(), "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
    assert_eq!(talk.client.phase(), Phase::Login);
    let events = talk.hear("235 2.7.0 Authentication successful\r\n");
    is_logged_in(&events, Mechanism::Plain);
    talk.client.send(mail_to(&["b@foo.com"], whole("Hi\r\n"))).unwrap();
    for answer in ["250\r\n", "250\r\n", "354\r\n"] {
        talk.hear(answer);
    }
    assert_eq!(outcomes(&talk.hear("250\r\n")), ["+250"]);
}

/// The example of RFC 2195 §2.
#[test]
fn cram_md5_answers_the_challenge() {
    let mut talk = offered(login(tim()), "AUTH CRAM-MD5 PLAIN");
    assert_eq!(talk.said(), "AUTH CRAM-MD5\r\n");
    talk.hear("334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n");
    assert_eq!(talk.said(), "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n");
    is_logged_in(&talk.hear("235 ok\r\n"), Mechanism::CramMd5);
}

#[test]
fn login_is_asked_for_name_and_password() {
    let mut talk = offered(login(tim()), "AUTH LOGIN");
    assert_eq!(talk.said(), "AUTH LOGIN\r\n");
    talk.hear("334 VXNlcm5hbWU6\r\n");
    assert_eq!(talk.said(), "dGlt\r\n");
    talk.hear("334 UGFzc3dvcmQ6\r\n");
    assert_eq!(talk.said(), "dGFuc3RhYWZ0YW5zdGFhZg==\r\n");
    is_logged_in(&talk.hear("235 ok\r\n"), Mechanism::Login);
}

#[test]
fn an_empty_first_message_is_an_equals_sign() {
    let mut talk = offered(login(Credentials::external()), "AUTH EXTERNAL PLAIN");
    assert_eq!(talk.said(), "AUTH EXTERNAL =\r\n");
    is_logged_in(&talk.hear("235 ok\r\n"), Mechanism::External);
    let mut talk = offered(login(Credentials::anonymous("sirhc").unwrap()), "AUTH ANONYMOUS");
    // RFC 4505 §4.
    assert_eq!(talk.said(), "AUTH ANONYMOUS c2lyaGM=\r\n");
}

/// RFC 7628 §4.1.
#[test]
fn a_token_goes_with_the_command() {
    let token = secret("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
    let user = Credentials::token("user@example.com", token).unwrap();
    let user = user.with_host("server.example.com").unwrap().with_port(587);
    let mut talk = offered(login(user), "AUTH OAUTHBEARER");
    assert_eq!(
        talk.said(),
        "AUTH OAUTHBEARER bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3\
         AWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB\r\n"
    );
    is_logged_in(&talk.hear("235 Authentication successful.\r\n"), Mechanism::OAuthBearer);
}

/// RFC 7628 §4.4, and then with another token.
#[test]
fn a_refused_token_can_be_replaced_within_the_login() {
    let mut talk = Talk::new(
        over_tls().with_login(login(Credentials::token_on_demand("u@example.com").unwrap())),
    );
    talk.hear("220 mx.example.com ESMTP\r\n");
    let events = talk.hear("250-mx.example.com\r\n250-PIPELINING\r\n250 AUTH OAUTHBEARER\r\n");
    assert_eq!(events, [Event::NeedToken(None)]);
    assert_eq!(talk.said(), "");
    talk.client.token(secret("stale")).unwrap();
    assert!(talk.said().starts_with("AUTH OAUTHBEARER "));
    talk.hear(
        "334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NoZW1lcyI6ImJlYXJlciBtYWMiLCJzY29wZSI6Imh0dHBz\
         Oi8vbWFpbC5leGFtcGxlLmNvbS8ifQ==\r\n",
    );
    assert_eq!(talk.said(), "AQ==\r\n");
    let events = talk.hear(
        "535-5.7.1 Username and Password not accepted. Learn more at\r\n\
         535 5.7.1 http://support.example.com/mail/oauth\r\n",
    );
    let [Event::NeedToken(Some(why))] = &events[..] else { panic!("{events:?}") };
    assert_eq!(why.status.as_deref(), Some("invalid_token"));
    assert_eq!(why.scope.as_deref(), Some("https://mail.example.com/"));
    talk.client.token(secret("fresh")).unwrap();
    let said = talk.said();
    let message = said.trim_end().strip_prefix("AUTH OAUTHBEARER ").unwrap();
    let message = line::decode_initial(message.as_bytes(), 1000).unwrap();
    assert!(message.expose().ends_with(b"auth=Bearer fresh\x01\x01"));
    is_logged_in(&talk.hear("235 ok\r\n"), Mechanism::OAuthBearer);
}

#[test]
fn a_first_message_that_is_too_long_waits_for_the_challenge() {
    // "n,a=u@example.com,^Aauth=Bearer " and "^A^A" make 512 octets of line with a token of 334.
    for (octets, fits) in [(330, true), (337, false)] {
        let user = Credentials::token("u@example.com", secret(&"t".repeat(octets))).unwrap();
        let mut talk = offered(login(user), "AUTH OAUTHBEARER");
        let said = talk.said();
        assert!(said.len() <= 512);
        assert_eq!(said != "AUTH OAUTHBEARER\r\n", fits, "{octets}");
        if !fits {
            talk.hear("334 \r\n");
            let message = line::decode(talk.said().trim_end().as_bytes(), 1000).unwrap();
            let end = format!("auth=Bearer {}\u{1}\u{1}", "t".repeat(octets));
            assert!(message.expose().ends_with(end.as_bytes()));
        }
        is_logged_in(&talk.hear("235 ok\r\n"), Mechanism::OAuthBearer);
    }
}

/// A server of SCRAM that keeps the keys of this password.
struct ScramServer(server::LineExchange, ScramKeys);

impl ScramServer {
    fn new(password: &str, mechanism: Mechanism, tls: Option<&TlsInfo>) -> Self {
        let hash = mechanism.scram_hash().unwrap();
        let keys = ScramKeys::derive(&secret(password), b"0123456789abcdef", 4096, hash).unwrap();
        let config = server::Config::new([1; 32]).with_salt_secret([2; 32]);
        let exchange =
            server::Exchange::new(mechanism, &config, tls, config.entropy_for(0)).unwrap();
        Self(server::LineExchange::new(exchange, "334 "), keys)
    }

    /// What the server says to this line of the client.
    fn answer(&mut self, text: &str) -> String {
        let mut step = self.0.hear(text.as_bytes());
        if let server::LineStep::NeedCredential(_) = step {
            step = self.0.credential(server::Credential::Scram(self.1.clone()));
        }
        match step {
            server::LineStep::Say(line) => String::from_utf8(line.as_bytes().to_vec()).unwrap(),
            other => format!("535 5.7.8 {other:?}\r\n"),
        }
    }
}

fn bindable() -> TlsInfo {
    TlsInfo::new().with_suite("TLS1.3", "TLS_AES_128_GCM_SHA256").with_exporter([9; 32])
}

fn over_bindable_tls() -> Config {
    Config::new(EhloName::parse("bar.com").unwrap(), Security::Implicit(bindable()))
}

/// Up to the proof of the client, which is what is returned.
fn up_to_proof(talk: &mut Talk, server: &mut ScramServer, mechanism: Mechanism) -> String {
    let said = talk.said();
    let first = said.trim_end().strip_prefix(&format!("AUTH {mechanism} ")).unwrap();
    let events = talk.hear(&server.answer(first));
    let [Event::DeriveKey(due)] = &events[..] else { panic!("{events:?}") };
    assert_eq!(talk.client.phase(), Phase::Login);
    assert_eq!(talk.client.token(secret("x")), Err(Error::Misuse(Misuse::NothingPending)));
    talk.client.key(due.derive()).unwrap();
    assert_eq!(talk.client.key(due.derive()), Err(Error::Misuse(Misuse::NothingPending)));
    talk.said().trim_end().into()
}

#[test]
fn scram_proves_both_ends_and_the_channel() {
    for (mechanism, config) in [
        (Mechanism::ScramSha256, config()),
        (Mechanism::ScramSha256, over_tls()),
        (Mechanism::ScramSha512, over_tls()),
        (Mechanism::ScramSha1, over_tls()),
        (Mechanism::ScramSha256Plus, over_bindable_tls()),
    ] {
        let tls = (mechanism == Mechanism::ScramSha256Plus).then(bindable);
        let mut server = ScramServer::new("tanstaaftanstaaf", mechanism, tls.as_ref());
        let offer = format!("AUTH {mechanism} PLAIN");
        let mut talk = Talk::greeted(config.with_login(login(tim())), &[&offer]);
        let proof = up_to_proof(&mut talk, &mut server, mechanism);
        let answer = server.answer(&proof);
        assert!(answer.starts_with("334 "), "{mechanism}: {answer}");
        talk.hear(&answer);
        assert_eq!(talk.said(), "\r\n", "the server's proof is answered with nothing");
        is_logged_in(&talk.hear("235 ok\r\n"), mechanism);
    }
}

#[test]
fn a_server_that_does_not_prove_itself_is_not_believed() {
    let mechanism = Mechanism::ScramSha256;
    let mut server = ScramServer::new("tanstaaftanstaaf", mechanism, None);
    let mut talk = offered(login(tim()), "AUTH SCRAM-SHA-256");
    up_to_proof(&mut talk, &mut server, mechanism);
    let events = talk.hear("235 come in\r\n");
    let fault = LoginFault::Exchange(SaslError::ServerNotProven);
    assert_eq!(failed(&mut talk, &events), (fault, Some(235)));

    let mut server = ScramServer::new("tanstaaftanstaaf", mechanism, None);
    let mut talk = offered(login(tim()), "AUTH SCRAM-SHA-256");
    up_to_proof(&mut talk, &mut server, mechanism);
    let forged = line::encode(b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_eq!(talk.hear(&format!("334 {}\r\n", forged.expose())), []);
    assert_eq!(talk.said(), "*\r\n", "the login is given up");
    let events = talk.hear("501 5.0.0 cancelled\r\n");
    let fault = LoginFault::Exchange(SaslError::Scram(Fault::Signature));
    assert_eq!(failed(&mut talk, &events), (fault, None));
}

#[test]
fn a_wrong_password_is_refused() {
    let mechanism = Mechanism::ScramSha256;
    let mut server = ScramServer::new("another", mechanism, None);
    let mut talk = offered(login(tim()), "AUTH SCRAM-SHA-256 PLAIN");
    let proof = up_to_proof(&mut talk, &mut server, mechanism);
    let answer = server.answer(&proof);
    let events = talk.hear(&answer);
    assert_eq!(failed(&mut talk, &events), (REFUSED, Some(535)));
    assert!(!talk.sent.contains("PLAIN"), "nothing weaker is tried with the same password");

    let mut talk = offered(login(tim()), "AUTH PLAIN");
    let events = talk.hear("535 5.7.8 Authentication credentials invalid\r\n");
    assert_eq!(failed(&mut talk, &events), (REFUSED, Some(535)));
}

// --- choice ---

#[test]
fn no_secret_crosses_in_clear_unless_that_is_chosen() {
    for offer in ["AUTH PLAIN LOGIN", "AUTH CRAM-MD5", "AUTH=PLAIN"] {
        let mut talk = Talk::new(config().with_login(login(tim())));
        talk.hear("220 foo.com\r\n");
        let events = talk.hear(&ehlo(&[offer]));
        let fault = LoginFault::NoMechanism(NoMechanism::NeedsTls);
        assert_eq!(failed(&mut talk, &events), (fault, None), "{offer}");
        assert!(!talk.sent.contains("AUTH"), "{}", talk.sent);
    }
    let chosen = login(tim()).with_choice(only(Mechanism::Plain));
    let mut talk = Talk::greeted(config().with_login(chosen), &["AUTH PLAIN"]);
    assert!(talk.said().starts_with("AUTH PLAIN "));
}

#[test]
fn a_server_without_a_mechanism_is_no_place_to_log_in() {
    for (extensions, fault) in [
        (&["SIZE"][..], NoMechanism::NoneOffered),
        (&["AUTH DIGEST-MD5 NTLM"], NoMechanism::NoneShared),
    ] {
        let mut talk = Talk::new(over_tls().with_login(login(tim())));
        talk.hear("220 foo.com\r\n");
        let events = talk.hear(&ehlo(extensions));
        assert_eq!(failed(&mut talk, &events), (LoginFault::NoMechanism(fault), None));
    }
    let mut talk = Talk::new(over_tls().with_login(login(tim())));
    talk.hear("220 foo.com\r\n");
    talk.hear("500 what?\r\n");
    let events = talk.hear("250 foo.com\r\n");
    let fault = LoginFault::NoMechanism(NoMechanism::NoneOffered);
    assert_eq!(failed(&mut talk, &events), (fault, None), "behind HELO");
}

#[test]
fn the_login_comes_after_tls_and_by_the_offer_made_there() {
    let login = || login(tim());
    let starttls = |policy| {
        let name = EhloName::parse("bar.com").unwrap();
        Config::new(name, Security::StartTls(policy)).with_login(login())
    };
    for policy in [Policy::Required, Policy::Opportunistic] {
        let mut talk = Talk::greeted(starttls(policy), &["AUTH CRAM-MD5", "STARTTLS"]);
        assert_eq!(talk.said(), "STARTTLS\r\n");
        talk.hear("220 go ahead\r\n");
        let token = talk.token.take().unwrap();
        let plain = std::mem::replace(&mut talk.inbox, Inbox::new(1));
        talk.inbox = talk.client.tls_established(token, TlsInfo::new(), plain).unwrap();
        assert_eq!(talk.said(), "EHLO bar.com\r\n");
        talk.hear(&ehlo(&["AUTH PLAIN"]));
        assert!(talk.said().starts_with("AUTH PLAIN "), "CRAM-MD5 was offered in the clear");
    }
    // A server that takes STARTTLS back leaves nothing that may be said in clear.
    let mut talk = Talk::greeted(starttls(Policy::Opportunistic), &["AUTH PLAIN", "STARTTLS"]);
    let events = talk.hear("454 TLS not available due to temporary reason\r\n");
    let fault = LoginFault::NoMechanism(NoMechanism::NeedsTls);
    assert_eq!(failed(&mut talk, &events), (fault, None));
    let mut talk = Talk::greeted(starttls(Policy::Required), &["AUTH PLAIN", "STARTTLS"]);
    assert_eq!(talk.hear("454 no\r\n"), []);
    assert_eq!(talk.end, Some(Err(Error::TlsRefused)));
    assert!(!talk.sent.contains("AUTH"));
}

#[test]
fn a_mechanism_that_the_server_does_not_know_after_all_is_followed_by_the_next() {
    let mut talk = offered(login(tim()), "AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN");
    let first = talk.said();
    assert!(first.starts_with("AUTH SCRAM-SHA-256 "));
    talk.hear("504 5.5.4 Unrecognized authentication type\r\n");
    let second = talk.said();
    assert!(second.starts_with("AUTH SCRAM-SHA-1 "));
    talk.hear("534 5.7.9 Authentication mechanism is too weak\r\n");
    assert_eq!(talk.said(), "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
    let events = talk.hear("504 5.5.4 nor this\r\n");
    assert_eq!(failed(&mut talk, &events), (REFUSED, Some(504)));
    let nonce = |line: &str| {
        let message = line.trim_end().rsplit(' ').next().unwrap();
        let message = line::decode(message.as_bytes(), 1000).unwrap();
        let text = String::from_utf8(message.expose().clone()).unwrap();
        text.split_once("r=").unwrap().1.to_owned()
    };
    assert_ne!(nonce(&first), nonce(&second), "each exchange has its own");
}

/// RFC 4954 §6 on 534: "weaker than server policy permits for that user. The client SHOULD retry with a new
/// authentication mechanism." Who the user is, a server may know late.
#[test]
fn a_mechanism_that_is_too_weak_for_this_user_is_followed_by_the_next() {
    let mut talk = offered(login(tim()), "AUTH CRAM-MD5 PLAIN");
    assert_eq!(talk.said(), "AUTH CRAM-MD5\r\n");
    talk.hear("334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n");
    assert!(talk.said().starts_with("dGlt"));
    talk.hear("534 5.7.9 Authentication mechanism is too weak\r\n");
    assert_eq!(talk.said(), "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
    let events = talk.hear("534 5.7.9 nor this\r\n");
    assert_eq!(failed(&mut talk, &events), (REFUSED, Some(534)));
}

// --- what goes wrong ---

#[test]
fn a_challenge_that_is_none_ends_the_login() {
    for challenge in ["334 ~~~\r\n", "334-PDE4\r\n334 PDE4\r\n", "334 PDE4\0\r\n"] {
        let mut talk = offered(login(tim()), "AUTH CRAM-MD5");
        assert_eq!(talk.hear(challenge), []);
        assert_eq!(talk.said(), "*\r\n", "{challenge:?}");
        let events = talk.hear("501 5.0.0 cancelled\r\n");
        let (fault, code) = failed(&mut talk, &events);
        assert!(matches!(fault, LoginFault::Exchange(SaslError::Base64 | SaslError::Malformed)));
        assert_eq!(code, None, "that was the answer to the asterisk");
    }
    let mut talk = offered(login(tim()), "AUTH PLAIN");
    assert_eq!(talk.hear("334 c2F5IGl0IGFnYWlu\r\n"), []);
    assert_eq!(talk.said(), "*\r\n", "PLAIN has no challenge");
}

#[test]
fn replies_out_of_place_and_hang_ups_end_the_session() {
    let mut talk = offered(login(tim()), "AUTH PLAIN");
    talk.hear("354 go\r\n");
    assert!(matches!(talk.end, Some(Err(Error::Unexpected { .. }))), "{:?}", talk.end);
    let mut talk = offered(login(tim()), "AUTH PLAIN");
    talk.eof();
    assert!(matches!(talk.end, Some(Err(Error::Eof { .. }))));
    assert_eq!(talk.client.phase(), Phase::Login);
    let mut talk = offered(login(tim()), "AUTH PLAIN");
    talk.time_out();
    assert_eq!(talk.end, Some(Err(Error::Timeout)));
    let mut talk = offered(login(tim()), "AUTH PLAIN");
    let events = talk.hear("421 4.7.0 bye\r\n");
    assert_eq!(failed(&mut talk, &events), (REFUSED, Some(421)));
}

/// A client that waits for a key.
fn waiting() -> Talk {
    let mechanism = Mechanism::ScramSha256;
    let mut server = ScramServer::new("tanstaaftanstaaf", mechanism, None);
    let mut talk = offered(login(tim()), "AUTH SCRAM-SHA-256");
    let said = talk.said();
    let first = said.trim_end().rsplit(' ').next().unwrap();
    let events = talk.hear(&server.answer(first));
    assert!(matches!(&events[..], [Event::DeriveKey(_)]), "{events:?}");
    talk
}

#[test]
fn while_a_key_is_derived_the_server_may_hang_up() {
    let mut talk = waiting();
    let events = talk.hear("421 4.4.2 too slow\r\n");
    assert_eq!(failed(&mut talk, &events), (REFUSED, Some(421)));
    let mut talk = waiting();
    talk.eof();
    assert!(matches!(talk.end, Some(Err(Error::Eof { .. }))));
    let mut talk = waiting();
    talk.hear("250 what?\r\n");
    assert!(matches!(talk.end, Some(Err(Error::Unsolicited { .. }))));
}

#[test]
fn a_login_can_be_given_up_while_something_is_due_from_the_embedder() {
    let give_up: [fn(&mut Client); 2] = [Machine::decline, Machine::shutdown];
    for give_up in give_up {
        let mut talk = waiting();
        give_up(&mut talk.client);
        assert_eq!(talk.poll(), []);
        assert_eq!(talk.said(), "*\r\n");
        let events = talk.hear("501 5.0.0 cancelled\r\n");
        assert_eq!(failed(&mut talk, &events), (LoginFault::GivenUp, None));

        let user = Credentials::token_on_demand("u@example.com").unwrap();
        let mut talk = offered(login(user), "AUTH XOAUTH2");
        give_up(&mut talk.client);
        let events = talk.poll();
        assert_eq!(failed(&mut talk, &events), (LoginFault::GivenUp, None), "nothing was said");
    }
    let mut talk = offered(login(tim()), "AUTH CRAM-MD5");
    talk.client.shutdown();
    talk.hear("334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n");
    assert_eq!(talk.said(), "*\r\n");
}

#[test]
fn what_cannot_be_a_token_ends_the_login() {
    let user = Credentials::token_on_demand("u@example.com").unwrap();
    let mut talk = offered(login(user), "AUTH XOAUTH2");
    talk.client.token(secret("two words")).unwrap();
    let events = talk.poll();
    let (fault, _) = failed(&mut talk, &events);
    assert!(matches!(fault, LoginFault::Exchange(SaslError::Forbidden(_))), "{fault:?}");
}

// --- secrets ---

#[test]
fn no_rendering_shows_the_password() {
    for offer in ["AUTH PLAIN", "AUTH LOGIN"] {
        let config = over_tls().with_login(login(tim()));
        assert!(!format!("{config:?}").contains("tanstaaf"));
        let mut talk = Talk::new(config);
        let log = TranscriptLog::new(1 << 16);
        talk.client.set_tap(Box::new(Transcript::new(Side::Client, log.clone())));
        talk.hear("220 foo.com\r\n");
        let mut told = format!("{:?}", talk.hear(&ehlo(&[offer])));
        for answer in ["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"] {
            if offer == "AUTH LOGIN" {
                told += &format!("{:?} {:?}", talk.hear(answer), talk.client);
            }
        }
        told += &format!("{:?}", talk.hear("235 ok\r\n"));
        told += &log.text();
        assert!(log.text().contains("AUTH"), "{}", log.text());
        for secret in ["tanstaaf", "dGFuc3RhYWZ", "AHRpbQB0YW5zdGFhZnRhbnN0YWFm"] {
            assert!(!told.contains(secret), "{offer}: {told}");
        }
        assert!(talk.sent.contains("dGFuc3RhYWZ") || talk.sent.contains("YW5zdGFhZ"));
    }
}
