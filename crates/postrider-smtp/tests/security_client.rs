//! Attacks of a server on the client's login and on its single commands. `security.rs` lists all attacks.

use crate::common;

use bytes::Buf;
use common::name;
use postrider_sasl::Mechanism;
use postrider_sasl::client::{Choice, Credentials, NoMechanism};
use postrider_smtp::client::{
    Client, Config, Content, Event, FailureKind, Login, LoginFault, Transaction,
};
use postrider_smtp::{
    Attribute, AttributeName, Attributes, Error, ExtensionKeyword, ForwardPath, Misuse,
    ReversePath, ValueError,
};
use postrider_testkit::{Embedder, Outcome, Role, Run, Scenario, embedder, laws};
use postrider_wire::{ClearTextLogin, Machine, Policy, Secret, Security, TlsInfo};

const PASSWORD: &str = "tanstaaftanstaaf";
/// RFC 7628 §4.1
const TOKEN: &str = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

fn credentials(mechanism: Mechanism) -> Credentials {
    let secret = |text: &str| Secret::new(text.to_owned());
    match mechanism {
        Mechanism::OAuthBearer | Mechanism::XOAuth2 => {
            Credentials::token("tim", secret(TOKEN)).unwrap()
        }
        _ => Credentials::password("tim", secret(PASSWORD)).unwrap(),
    }
}

/// Under TLS from the beginning, with this mechanism alone.
fn client(mechanism: Mechanism) -> Client {
    let choice = Choice::default().with_mechanisms([mechanism]);
    let login = Login::new(credentials(mechanism), [7; 32]).with_choice(choice);
    let config = Config::new(name("bar.com"), Security::Implicit(TlsInfo::new()));
    Client::new(config.with_login(login))
}

/// Sends a mail as soon as it may; has no other token than the one that it gave.
fn sends() -> Box<dyn Embedder<Client>> {
    let on_event = |client: &mut Client, event: &Event| match event {
        Event::DeriveKey(due) => client.key(due.derive()).unwrap(),
        Event::NeedToken(_) => client.decline(),
        Event::Ready { .. } => {
            let mail = Content::whole(&b"Subject: hi\r\n\r\nDear Bob\r\n"[..]);
            let from = ReversePath::parse("a@bar.com").unwrap();
            let to = ForwardPath::parse("b@foo.com").unwrap();
            // A session that is shutting down takes none.
            let _ = client.send(Transaction::new(from, mail).to(to));
        }
        Event::Sent(_) => client.shutdown(),
        _ => {}
    };
    embedder(on_event, |_| false)
}

fn scenario(mechanism: Mechanism) -> Scenario<Client> {
    Scenario::new(mechanism.name(), move || (client(mechanism), sends()))
        .classify(|_| Role::Other)
        .turn("220 foo.com\r\n")
        .turn(format!("250-foo.com\r\n250 AUTH {}\r\n", mechanism.name()))
}

fn said(run: &Run<Client>) -> String {
    String::from_utf8(run.output().to_vec()).unwrap()
}

fn fault(run: &Run<Client>) -> Option<LoginFault> {
    run.events().find_map(|event| match event {
        Event::LoginFailed { failure, fault, .. } => {
            assert_eq!(failure.kind, FailureKind::Auth);
            Some(*fault)
        }
        _ => None,
    })
}

/// The client's first message of SCRAM, which has its nonce.
fn client_first() -> String {
    let run = scenario(Mechanism::ScramSha256).held_open().run();
    let said = said(&run);
    let line = said.lines().last().unwrap();
    let message = line.strip_prefix("AUTH SCRAM-SHA-256 ").unwrap();
    let message = postrider_sasl::line::decode(message.as_bytes(), 1000).unwrap();
    String::from_utf8(message.expose().clone()).unwrap()
}

/// Loopback or not: a machine does not know where it is.
#[test]
fn a_client_gives_no_credentials_in_the_clear_unless_told_to() {
    let revealing = [
        Mechanism::Plain,
        Mechanism::Login,
        Mechanism::CramMd5,
        Mechanism::OAuthBearer,
        Mechanism::XOAuth2,
    ];
    for policy in [Policy::Never, Policy::Opportunistic] {
        for mechanism in revealing {
            let session = |choice: Choice| {
                let make = move || {
                    let login = Login::new(credentials(mechanism), [7; 32]);
                    let config = Config::new(name("bar.com"), Security::StartTls(policy));
                    let login = login.with_choice(choice.clone());
                    (Client::new(config.with_login(login)), sends())
                };
                Scenario::new(mechanism.name(), make)
                    .classify(|_| Role::Other)
                    .turn("220 localhost\r\n")
                    .turn(format!("250-localhost\r\n250 AUTH {}\r\n", mechanism.name()))
                    .turn("221 bye\r\n")
                    .run()
            };
            let run = session(Choice::default());
            assert_eq!(said(&run), "EHLO bar.com\r\nQUIT\r\n", "{mechanism}");
            let needs_tls = LoginFault::NoMechanism(NoMechanism::NeedsTls);
            assert_eq!(fault(&run), Some(needs_tls), "{mechanism}");
            let told = Choice::default().with_clear_text(ClearTextLogin::Allow);
            let run = session(told.with_cram_md5(ClearTextLogin::Allow));
            assert!(said(&run).contains(&format!("AUTH {}", mechanism.name())), "{run:?}");
        }
    }
}

fn challenge(text: &str) -> String {
    format!("334 {}\r\n", postrider_sasl::line::encode(text.as_bytes()).expose())
}

/// RFC 5802 §5, RFC 7677: mutual authentication is the only way to success, whatever the code says.
#[test]
fn a_server_that_does_not_prove_itself_gets_no_mail() {
    let nonce = client_first().rsplit_once("r=").unwrap().1.to_owned();
    let first = |nonce: &str, iterations: u64| {
        challenge(&format!("r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i={iterations}"))
    };
    let good = first(&format!("{nonce}server"), 4096);
    let ok = || "235 2.7.0 welcome\r\n".to_owned();
    let wrong = challenge("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    let attacks: [(&str, Vec<String>); 11] = [
        ("at once", vec![ok()]),
        ("signature skipped", vec![good.clone(), ok()]),
        ("signature empty", vec![good.clone(), challenge(""), ok()]),
        ("signature wrong", vec![good.clone(), wrong, ok()]),
        ("error told as success", vec![good, challenge("e=other-error"), ok()]),
        ("nonce not ours", vec![first("another", 4096), ok()]),
        ("nonce not longer", vec![first(&nonce, 4096), ok()]),
        ("no iterations", vec![first(&format!("{nonce}x"), 0), ok()]),
        ("one iteration", vec![first(&format!("{nonce}x"), 1), ok()]),
        ("2^32-1 iterations", vec![first(&format!("{nonce}x"), 4_294_967_295), ok()]),
        ("unknown extension", vec![challenge(&format!("m=x,r={nonce}x,s=AAAA,i=4096")), ok()]),
    ];
    for (attack, turns) in attacks {
        let run =
            turns.iter().fold(scenario(Mechanism::ScramSha256), |all, turn| all.turn(&turn[..]));
        let run = run.turn("221 bye\r\n").turn("221 bye\r\n").run();
        let fault = fault(&run);
        assert!(matches!(fault, Some(LoginFault::Exchange(_))), "{attack}: {fault:?}");
        let said = said(&run);
        assert!(!said.contains("MAIL FROM"), "{attack}: {said}");
        assert!(said.ends_with("QUIT\r\n"), "{attack}: {said}");
        assert!(!run.events().any(|event| matches!(event, Event::Ready { .. })), "{attack}");
    }
}

/// RFC 7628 §3.2.3: the reasons are answered, and the refusal that follows is told with them. XOAUTH2 is
/// alike, but that the answer is empty.
#[test]
fn a_refused_token_is_told_with_the_reasons_of_the_server() {
    let reasons = r#"{"status":"invalid_token","scope":"example_scope"}"#;
    for (mechanism, dummy) in [(Mechanism::OAuthBearer, "AQ=="), (Mechanism::XOAuth2, "")] {
        let run = scenario(mechanism)
            .turn(challenge(reasons))
            .turn("535 5.7.8 no\r\n")
            .turn("221 bye\r\n")
            .run();
        let why = run.events().find_map(|event| match event {
            Event::NeedToken(why) => why.clone(),
            _ => None,
        });
        let why = why.unwrap_or_else(|| panic!("{run:?}"));
        assert_eq!(why.status.as_deref(), Some("invalid_token"));
        assert_eq!(why.scope.as_deref(), Some("example_scope"));
        let said = said(&run);
        assert!(said.ends_with(&format!("\r\n{dummy}\r\nQUIT\r\n")), "{mechanism}: {said}");
        assert!(fault(&run).is_some(), "{run:?}");
    }
    // A server that lets in whoever answers the reasons: there is nothing that it has accepted.
    let run = scenario(Mechanism::OAuthBearer)
        .turn(challenge(reasons))
        .turn("235 welcome\r\n")
        .turn("221 bye\r\n")
        .run();
    assert!(!said(&run).contains("MAIL FROM"), "{run:?}");
}

#[test]
fn a_client_shows_no_secret_of_a_login_and_keeps_the_laws() {
    let with_secrets = |mechanism: Mechanism| {
        scenario(mechanism)
            .secret(PASSWORD.as_bytes())
            .secret(b"dGFuc3RhYWZ0YW5zdGFhZg==")
            .secret(b"AHRpbQB0YW5zdGFhZnRhbnN0YWFm")
            .secret(TOKEN.as_bytes())
            .debug()
            .tap(Client::set_tap)
    };
    let sent = |scenario: Scenario<Client>| {
        let commands = scenario.turn("250 OK\r\n").turn("250 OK\r\n").turn("354 go ahead\r\n");
        commands.turn("250 taken\r\n").turn("221 bye\r\n")
    };
    let ok = "235 2.7.0 welcome\r\n";
    let no = "535 5.7.8 no\r\n";
    let run = sent(with_secrets(Mechanism::Plain).turn(ok)).run();
    assert!(said(&run).ends_with("Dear Bob\r\n.\r\nQUIT\r\n"), "{run:?}");
    laws::all(&sent(with_secrets(Mechanism::Plain).turn(ok)));
    laws::all(&with_secrets(Mechanism::Plain).turn(no).turn("221 bye\r\n"));
    let prompts = |scenario: Scenario<Client>| {
        scenario.turn(challenge("Username:")).turn(challenge("Password:"))
    };
    laws::all(&sent(prompts(with_secrets(Mechanism::Login)).turn(ok)));
    laws::all(&prompts(with_secrets(Mechanism::Login)).turn(no).turn("221 bye\r\n"));
    laws::all(&sent(with_secrets(Mechanism::OAuthBearer).turn(ok)));
    let refused = with_secrets(Mechanism::OAuthBearer).turn(challenge("{}")).turn(no);
    laws::all(&refused.turn("221 bye\r\n"));
    laws::all(&with_secrets(Mechanism::ScramSha256).turn(no).turn("221 bye\r\n"));
}

/// A challenge is base64 of one line and of bounded length; what is none ends the login, not the client.
#[test]
fn a_challenge_out_of_the_grammar_ends_the_login() {
    let huge = format!("334 {}\r\n", "A".repeat(1 << 20));
    for bad in ["334 !!!\r\n", "334-AAAA\r\n334 AAAA\r\n", "334 A\r\n", "334 AA=A\r\n", &huge] {
        for mechanism in [Mechanism::ScramSha256, Mechanism::CramMd5, Mechanism::OAuthBearer] {
            let run = scenario(mechanism).turn(bad).turn("501 no\r\n").turn("221 bye\r\n").run();
            let told = fault(&run).is_some();
            let failed = matches!(run.outcome(), Outcome::Failed(Error::LineTooLong { .. }));
            assert!(told || failed, "{mechanism}: {run:?}");
            assert!(!said(&run).contains("MAIL FROM"));
        }
    }
}

/// A command that has a method of its own changes the session, and so cannot be said as an extension.
#[test]
fn no_known_command_passes_for_one_of_an_extension() {
    let words = [
        "EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "QUIT", "STARTTLS",
        "AUTH", "VRFY", "EXPN", "HELP", "XCLIENT", "XFORWARD",
    ];
    let config = || Config::new(name("bar.com"), Security::Implicit(TlsInfo::new()));
    let mut client = Client::new(config());
    let mut inbox = client.new_inbox();
    inbox.extend(b"220 foo.com\r\n");
    for turn in ["250-foo.com\r\n250-XCLIENT NAME\r\n250 ETRN\r\n", ""] {
        while !matches!(client.poll(&mut inbox), Ok(postrider_wire::Progress::Wait { .. })) {}
        let n = client.outbox().remaining();
        client.outbox().advance(n);
        inbox.extend(turn.as_bytes());
    }
    assert!(client.is_ready());
    for word in words.into_iter().chain(["SEND", "SOML", "SAML", "TURN", "BDAT5"]) {
        for case in [word.to_owned(), word.to_ascii_lowercase()] {
            // There is no such value, so that no client can be told to say it.
            assert_eq!(ExtensionKeyword::parse(&case), Err(ValueError::Syntax), "{case}");
        }
    }
    // An attribute that the server does not offer is not sent to it, and none is nothing.
    let login = Attributes::new().with(AttributeName::Login, Attribute::Value("bob".into()));
    for told in [login.unwrap(), Attributes::new()] {
        assert_eq!(client.xclient(told.clone()), Err(Misuse::NotNow.into()));
        assert_eq!(client.xforward(told), Err(Misuse::NotNow.into()));
    }
    assert_eq!(client.outbox().remaining(), 0);
    client.extension(ExtensionKeyword::parse("ETRN").unwrap(), None).unwrap();
}
