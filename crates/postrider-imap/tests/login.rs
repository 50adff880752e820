//! The login of the client that chooses its way (RFC 9051 §6.2.2, RFC 4959, RFC 7628).

mod talk;

use postrider_imap::client::{Client, Config, Event, Handle, Login, LoginBy, LoginFault};
use postrider_imap::{Command, CommandName, Error, MailboxName, Misuse, State};
use postrider_sasl::client::{Choice, Credentials, NoMechanism};
use postrider_sasl::scram::Bounds;
use postrider_sasl::{Error as SaslError, Mechanism, line};
use postrider_testkit::{Embedder, Scenario, laws};
use postrider_wire::{
    Machine, Policy, Progress, Secret, Security, Side, TlsInfo, Transcript, TranscriptLog,
};
use talk::{Session, outcomes};

const PASSWORD: &str = "tanstaaftanstaaf";

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.into())
}

fn tim() -> Credentials {
    let tim = Credentials::password("tim", secret(PASSWORD)).unwrap();
    tim.with_iterations(Bounds::new(1, 100_000))
}

/// RFC 7628 §4.1
fn token_holder() -> Credentials {
    let user = Credentials::token_on_demand("user@example.com").unwrap();
    user.with_host("server.example.com").unwrap().with_port(143)
}

const TOKEN: &str = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

fn login(credentials: Credentials) -> Login {
    Login::new(credentials, [7; 32])
}

fn config() -> Config {
    Config::new(Security::Implicit(TlsInfo::new())).with_tag_prefix("t").unwrap()
}

/// A session over TLS whose server offers this, and a login in it.
fn begin(offers: &str, login: Login) -> (Session, Handle) {
    let mut session = Session::greeted(config(), offers);
    let handle = session.client.login_with(login).unwrap();
    (session, handle)
}

#[track_caller]
fn is_logged_in(session: &Session, events: &[Event], handle: Handle) {
    assert_eq!(outcomes(events), [(handle, "ok")]);
    assert_eq!(session.client.state(), State::Authenticated);
    assert_eq!(session.client.capabilities(), None);
}

#[track_caller]
fn failed(events: &[Event], handle: Handle) -> LoginFault {
    let [Event::LoginFailed { handle: of, fault, .. }] = events else { panic!("{events:?}") };
    assert_eq!(*of, handle);
    *fault
}

/// RFC 4959 §4: both ways of PLAIN.
#[test]
fn plain_with_and_without_an_initial_response() {
    let test = || {
        let test = Credentials::password("test", secret("test")).unwrap();
        login(test.with_authzid("test").unwrap())
    };
    let (mut session, handle) = begin("SASL-IR AUTH=PLAIN", test());
    assert_eq!(session.says(), "t001 AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=\r\n");
    let events = session.hears("t001 OK Success (tls protection)\r\n");
    is_logged_in(&session, &events, handle);
    assert_eq!(session.client.mechanism(), Some(Mechanism::Plain));

    let (mut session, handle) = begin("AUTH=PLAIN", test());
    assert_eq!(session.says(), "t001 AUTHENTICATE PLAIN\r\n");
    // "note that there is a space following the "+""; some leave it out.
    for go in ["+ \r\n", "+\r\n", "+ go ahead\r\n"] {
        let (mut session, handle) = begin("AUTH=PLAIN", test());
        session.says();
        assert_eq!(session.hears(go), []);
        assert_eq!(session.says(), "dGVzdAB0ZXN0AHRlc3Q=\r\n");
        let events = session.hears("t001 OK Success (tls protection)\r\n");
        is_logged_in(&session, &events, handle);
    }
    // Untagged data is no answer.
    session.hears("* OK [ALERT] slow\r\n* ID NIL\r\n+ \r\n");
    assert_eq!(session.says(), "dGVzdAB0ZXN0AHRlc3Q=\r\n");
    let events = session.hears("t001 NO [AUTHENTICATIONFAILED] no\r\n");
    assert_eq!(outcomes(&events), [(handle, "refused")]);
    assert_eq!(session.client.state(), State::NotAuthenticated);
    // And once more.
    session.client.login_with(test()).unwrap();
    assert_eq!(session.says(), "t002 AUTHENTICATE PLAIN\r\n");
}

/// RFC 7628 §4.1 and §4.3, and a token that is refreshed in between.
#[test]
fn a_token_is_asked_for_and_refreshed() {
    let (mut session, handle) = begin("AUTH=OAUTHBEARER SASL-IR", login(token_holder()));
    assert_eq!(session.hears(""), [Event::NeedToken(None)]);
    assert_eq!(session.says(), "");
    let waits = session.client.poll(&mut session.inbox);
    assert_eq!(waits, Ok(Progress::Wait { input: true, app: true }));
    session.client.token(secret("expired")).unwrap();
    let said = session.says();
    assert!(said.starts_with("t001 AUTHENTICATE OAUTHBEARER "), "{said}");
    session.hears(
        "+ eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NvcGUiOiJleGFtcGxlX3Njb3BlIiwib3BlbmlkLWNvbmZpZ3Vy\
         YXRpb24iOiJodHRwczovL2V4YW1wbGUuY29tLy53ZWxsLWtub3duL29wZW5pZC1jb25maWd1cmF0aW9uIn0=\r\n",
    );
    assert_eq!(session.says(), "AQ==\r\n");
    let events = session.hears("t001 NO SASL authentication failed\r\n");
    let [Event::NeedToken(Some(why))] = &events[..] else { panic!("{events:?}") };
    assert!(format!("{why:?}").contains("invalid_token"), "{why:?}");
    // Nothing is in flight, and the command has no outcome yet.
    assert!(session.client.timers().is_empty());
    assert_eq!(session.client.pending(), 1);
    session.client.token(secret(TOKEN)).unwrap();
    assert_eq!(
        session.says(),
        "t002 AUTHENTICATE OAUTHBEARER bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tA\
         XBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB\r\n"
    );
    let events = session.hears("t002 OK SASL authentication succeeded\r\n");
    is_logged_in(&session, &events, handle);
}

#[test]
fn another_token_is_asked_for_once_and_only_where_it_may_help() {
    for (answer, again) in [
        ("NO no", true),
        ("NO [AUTHENTICATIONFAILED] no", true),
        ("NO [EXPIRED] no", true),
        ("NO [UNAVAILABLE] later", false),
        ("NO [AUTHORIZATIONFAILED] no", false),
        ("NO [CONTACTADMIN] no", false),
        ("BAD what?", false),
    ] {
        let (mut session, handle) = begin("AUTH=OAUTHBEARER SASL-IR", login(token_holder()));
        session.hears("");
        session.client.token(secret(TOKEN)).unwrap();
        session.says();
        let events = session.hears(&format!("t001 {answer}\r\n"));
        if !again {
            assert_eq!(outcomes(&events), [(handle, "refused")], "{answer}");
            continue;
        }
        assert!(matches!(events[..], [Event::NeedToken(Some(_))]), "{answer}: {events:?}");
        session.client.token(secret(TOKEN)).unwrap();
        assert!(session.says().starts_with("t002 AUTHENTICATE"));
        let events = session.hears(&format!("t002 {answer}\r\n"));
        assert_eq!(outcomes(&events), [(handle, "refused")], "{answer}");
    }
}

#[test]
fn who_has_no_token_gives_up() {
    let (mut session, handle) = begin("AUTH=OAUTHBEARER", login(token_holder()));
    // Not before the question was told.
    assert_eq!(session.client.token(secret(TOKEN)), Err(Misuse::NothingPending.into()));
    session.hears("");
    session.client.decline();
    assert_eq!(failed(&session.hears(""), handle), LoginFault::GivenUp);
    assert_eq!(session.says(), "");
    assert_eq!(session.client.pending(), 0);
    // The session ends while it is asked.
    let handle = session.client.login_with(login(token_holder())).unwrap();
    assert_eq!(session.hears(""), [Event::NeedToken(None)]);
    let events = session.hears("* BYE too slow\r\n");
    assert_eq!(outcomes(&events), [(handle, "closed")]);
    assert_eq!(session.client.poll(&mut session.inbox), Ok(Progress::Closed));
}

#[test]
fn a_server_that_lets_in_without_proof_is_not_believed() {
    let (mut session, handle) = begin("SASL-IR AUTH=SCRAM-SHA-256", login(tim()));
    let said = session.says();
    let first = said.trim_end().strip_prefix("t001 AUTHENTICATE SCRAM-SHA-256 ").unwrap();
    let first = line::decode(first.as_bytes(), 1000).unwrap();
    let (_, nonce) = std::str::from_utf8(first.expose()).unwrap().split_once("r=").unwrap();
    let challenge = format!("r={nonce}more,s=MDEyMzQ1Njc4OWFiY2RlZg==,i=4096");
    let challenge = line::encode(challenge.as_bytes());
    let events = session.hears(&format!("+ {}\r\n", challenge.expose()));
    let [Event::DeriveKey(due)] = &events[..] else { panic!("{events:?}") };
    assert!(session.client.timers().is_empty(), "it is not the server who is slow");
    session.client.key(due.derive()).unwrap();
    assert!(session.says().ends_with("\r\n"));
    let events = session.hears("t001 OK [CAPABILITY IMAP4rev1] welcome\r\n");
    let fault = failed(&events, handle);
    assert_eq!(fault, LoginFault::Exchange(SaslError::ServerNotProven));
    assert_eq!(session.client.state(), State::NotAuthenticated);
    assert_eq!(session.client.poll(&mut session.inbox), Ok(Progress::Closed));
}

#[test]
fn nonsense_is_answered_with_a_star() {
    let (mut session, handle) = begin("SASL-IR AUTH=SCRAM-SHA-256", login(tim()));
    session.says();
    session.hears("+ !\r\n");
    assert_eq!(session.says(), "*\r\n");
    // RFC 9051 §6.2.2: the server MUST reject with BAD.
    let events = session.hears("t001 BAD cancelled\r\n");
    assert_eq!(failed(&events, handle), LoginFault::Exchange(SaslError::Base64));
    // Who does not hear is left.
    let (mut session, handle) = begin("SASL-IR AUTH=SCRAM-SHA-256", login(tim()));
    session.says();
    session.hears("+ !\r\n");
    assert_eq!(session.says(), "*\r\n");
    let events = session.hears("+ and now?\r\n");
    assert_eq!(failed(&events, handle), LoginFault::Exchange(SaslError::Base64));
    assert_eq!(session.client.poll(&mut session.inbox), Ok(Progress::Closed));
}

#[test]
fn what_the_server_offers_is_asked_if_it_is_not_known() {
    let mut session = Session::hello(config(), "* OK hi\r\n");
    let handle = session.client.login_with(login(tim())).unwrap();
    assert_eq!(session.says(), "t001 CAPABILITY\r\n");
    let events = session.hears("* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\nt001 OK x\r\n");
    assert!(matches!(events[..], [Event::Capability(_)]));
    assert_eq!(session.says(), "t002 AUTHENTICATE PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n");
    let events = session.hears("t002 OK x\r\n");
    is_logged_in(&session, &events, handle);
}

#[test]
fn login_is_a_way_where_it_is_allowed() {
    let both = || login(tim()).with_login_by([LoginBy::Login, LoginBy::Authenticate]);
    let (mut session, handle) = begin("AUTH=GSSAPI", both());
    assert_eq!(session.says(), "t001 LOGIN tim tanstaaftanstaaf\r\n");
    let events = session.hears("t001 OK x\r\n");
    is_logged_in(&session, &events, handle);
    assert_eq!(session.client.mechanism(), None);

    let none = |offers, login| {
        let (mut session, handle) = begin(offers, login);
        let fault = failed(&session.hears(""), handle);
        assert_eq!(session.says(), "");
        let LoginFault::NoMechanism(fault) = fault else { panic!("{fault:?}") };
        fault
    };
    assert_eq!(none("AUTH=GSSAPI", login(tim())), NoMechanism::NoneShared);
    assert_eq!(none("", login(tim())), NoMechanism::NoneOffered);
    assert_eq!(none("LOGINDISABLED", both()), NoMechanism::NoneOffered);
    let bound = both().with_choice(Choice::default().with_require_binding(true));
    assert_eq!(none("AUTH=PLAIN", bound), NoMechanism::NotBound);
}

#[test]
fn nothing_secret_leaves_without_tls() {
    let clear = || Config::new(Security::StartTls(Policy::Never));
    let both = || login(tim()).with_login_by([LoginBy::Login, LoginBy::Authenticate]);
    for offers in ["AUTH=PLAIN SASL-IR", "AUTH=CRAM-MD5", ""] {
        let mut session = Session::greeted(clear(), offers);
        let handle = session.client.login_with(both()).unwrap();
        let fault = failed(&session.hears(""), handle);
        assert_eq!(fault, LoginFault::NoMechanism(NoMechanism::NeedsTls), "{offers}");
        assert_eq!(session.says(), "");
    }
}

#[test]
fn id_follows_the_login_where_both_want_it() {
    let id = Some(vec![("name".into(), Some("my mail".into()))]);
    let id = || config().with_id(id.clone());
    for (config, offers, expected) in [
        (id(), "ID AUTH=PLAIN SASL-IR", "t002 ID (\"name\" \"my mail\")\r\n"),
        (id(), "AUTH=PLAIN SASL-IR", ""),
        (config(), "ID AUTH=PLAIN SASL-IR", ""),
    ] {
        let mut session = Session::greeted(config, offers);
        session.client.login_with(login(tim())).unwrap();
        // It waits until all of that is done.
        session.client.select(MailboxName::inbox()).unwrap();
        session.says();
        session.hears("t001 OK x\r\n");
        let said = session.says();
        if expected.is_empty() {
            assert_eq!(said, "t002 SELECT INBOX\r\n");
            continue;
        }
        assert_eq!(said, expected);
        let events = session.hears("* ID NIL\r\nt002 OK x\r\n");
        assert!(matches!(events[0], Event::Data { handle: None, .. }), "{events:?}");
        assert!(matches!(events[1..], [Event::Selecting { .. }]), "{events:?}");
        assert_eq!(session.says(), "t003 SELECT INBOX\r\n");
    }
}

/// Coremail, which runs 163.com, says that it takes initial responses, and wants ID before SELECT.
#[test]
fn what_a_server_is_known_for_is_done() {
    let greeting = "* OK Coremail System IMap Server Ready(163com[0123])\r\n";
    let mut session = Session::hello(config(), greeting);
    session.client.login_with(login(tim())).unwrap();
    session.client.select(MailboxName::inbox()).unwrap();
    assert_eq!(session.says(), "t001 CAPABILITY\r\n");
    session.hears("* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN ID X-CM-EXT-1\r\nt001 OK x\r\n");
    assert_eq!(session.says(), "t002 AUTHENTICATE PLAIN\r\n");
    session.hears("+ \r\n");
    session.says();
    session.hears("t002 OK x\r\n");
    let id = session.says();
    assert!(id.starts_with("t003 ID (\"name\" \"postrider\" \"version\" "), "{id}");
    session.hears("* ID (\"name\" \"Coremail Imap\")\r\nt003 OK x\r\n");
    assert_eq!(session.says(), "t004 SELECT INBOX\r\n");
}

#[test]
fn no_secret_is_shown() {
    let log = TranscriptLog::new(64 * 1024);
    let mut session = Session::greeted(config(), "AUTH=PLAIN SASL-IR");
    session.client.set_tap(Box::new(Transcript::new(Side::Client, log.clone())));
    session.client.login_with(login(tim())).unwrap();
    let debug = format!("{:?} {:?}", session.client, login(tim()));
    session.says();
    session.hears("t001 OK x\r\n");
    let shown = format!("{debug} {}", log.text());
    assert!(shown.contains("AUTHENTICATE PLAIN"), "{shown}");
    assert!(!shown.contains(PASSWORD) && !shown.contains("AHRpbQ"), "{shown}");
}

#[test]
fn authenticate_is_for_login_with_alone() {
    let mut session = Session::greeted(config(), "AUTH=PLAIN");
    let plain = Command::Authenticate {
        mechanism: postrider_imap::Atom::new("PLAIN").unwrap(),
        initial: None,
    };
    assert_eq!(session.client.send(plain), Err(Error::Misuse(Misuse::NotNow)));
    session.client.login_with(login(tim())).unwrap();
    // Two logins are one too many: the second would come when somebody is in.
    assert_eq!(session.client.login_with(login(tim())), Err(Error::Misuse(Misuse::NotNow)));
}

// --- the laws ---

struct LogsIn(fn() -> Login);

impl Embedder<Client> for LogsIn {
    fn on_event(&mut self, client: &mut Client, event: &Event) {
        let _ = match event {
            Event::Ready => client.login_with((self.0)()).map(drop),
            Event::DeriveKey(due) => client.key(due.derive()),
            Event::NeedToken(_) => client.token(secret(TOKEN)),
            Event::Completed { command: CommandName::Authenticate, .. } => {
                client.logout().map(drop)
            }
            _ => Ok(()),
        };
    }
}

#[test]
fn the_laws_hold_for_a_login() {
    let scenario = |name: &str, make: fn() -> Login, offers: &str| {
        let make =
            move || (Client::new(config()), Box::new(LogsIn(make)) as Box<dyn Embedder<Client>>);
        Scenario::new(name, make)
            .debug()
            .secret(PASSWORD.as_bytes())
            .tap(Client::set_tap)
            .turn(format!("* OK [CAPABILITY IMAP4rev1 {offers}] hi\r\n"))
    };
    let token: fn() -> Login = || login(token_holder());
    let password: fn() -> Login = || login(tim());
    for session in [
        scenario("token", token, "AUTH=OAUTHBEARER SASL-IR")
            .turn("+ eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\r\n")
            .turn("t001 NO no\r\n")
            .turn("t002 OK yes\r\n")
            .turn("* BYE x\r\nt003 OK x\r\n"),
        scenario("plain", password, "AUTH=PLAIN")
            .turn("* OK [ALERT] slow\r\n+ \r\n")
            .turn("t001 OK yes\r\n")
            .turn("* BYE x\r\nt002 OK x\r\n"),
        scenario("nonsense", password, "AUTH=SCRAM-SHA-256 SASL-IR")
            .turn("+ AAAA\r\n")
            .turn("t001 BAD cancelled\r\n")
            .held_open(),
    ] {
        laws::all(&session);
    }
}
