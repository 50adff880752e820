//! Our client and our server on everything that both have: logins, LMTP, and each extension of a mail.

use crate::serving;
use crate::talk;

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use postrider_sasl::client::{Choice, Credentials};
use postrider_sasl::{Mechanism, server as sasl};
use postrider_smtp::client::{
    self, Chunking, Client, Config, Content, Delivery, Login, LoginFault, Transaction,
};
use postrider_smtp::server::{self, Server};
use postrider_smtp::{
    AuthParameter, Body, EnvelopeId, ForwardPath, MailParameters, Notify, OriginalRecipient,
    RcptParameters, Reply, Ret, ReversePath,
};
use postrider_testkit::{Embedder, Outcome as End, Pair, PairEnd, embedder};
use postrider_wire::{Policy, Secret, Security};
use talk::{failures, mail_to, outcomes, path};

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.into())
}

/// Sends this, then quits.
fn sends(transaction: Transaction) -> Box<dyn Embedder<Client>> {
    let on_event = move |client: &mut Client, event: &client::Event| match event {
        client::Event::Ready { .. } => client.send(transaction.clone()).unwrap(),
        client::Event::Sent(_) => client.quit().unwrap(),
        client::Event::DeriveKey(due) => client.key(due.derive()).unwrap(),
        client::Event::NeedToken(why) => {
            let token = if why.is_some() { "fresh" } else { "stale" };
            client.token(secret(token)).unwrap();
        }
        _ => {}
    };
    embedder(on_event, |_| false)
}

/// Says yes, but to Green, and delivers to nobody whose name begins with "full".
fn serves() -> Box<dyn Embedder<Server>> {
    let on_event = |server: &mut Server, event: &server::Event| {
        let refusal = |code, text| Reply::new(code, text).unwrap();
        let told = match event {
            server::Event::Rcpt { path, .. } if path.to_string().starts_with("<Green@") => {
                server.reject(refusal(550, "No such user here"))
            }
            server::Event::Deliver { path, .. } if path.to_string().starts_with("<full") => {
                server.reject(refusal(452, "over quota"))
            }
            server::Event::Credential(request) => server.credential(credential(request)),
            _ => server.accept(),
        };
        let _ = told;
    };
    embedder(on_event, |_| false)
}

fn credential(request: &sasl::Request) -> sasl::Credential {
    match (&request.presented, request.user.as_deref()) {
        (sasl::Presented::Token(token), _) if token.expose() == "fresh" => {
            sasl::Credential::Verified
        }
        (sasl::Presented::Token(_), _) => sasl::Credential::Unknown,
        (sasl::Presented::Certificate | sasl::Presented::Trace(_), _) => sasl::Credential::Verified,
        (_, Some("tim")) => sasl::Credential::Password(secret("tanstaaftanstaaf")),
        _ => sasl::Credential::Unknown,
    }
}

fn auth(mechanism: Mechanism) -> sasl::Config {
    sasl::Config::new([1; 32]).with_salt_secret([2; 32]).with_mechanisms([mechanism])
}

fn credentials(mechanism: Mechanism, password: &str) -> Credentials {
    match mechanism {
        Mechanism::OAuthBearer | Mechanism::XOAuth2 => Credentials::token_on_demand("tim").unwrap(),
        Mechanism::External => Credentials::external(),
        Mechanism::Anonymous => Credentials::anonymous("sirhc").unwrap(),
        _ => Credentials::password("tim", secret(password)).unwrap(),
    }
}

type Ends = (postrider_testkit::Run<Client>, postrider_testkit::Run<Server>);

fn talk(client: Config, server: server::Config, transaction: Transaction, capacity: usize) -> Ends {
    let make = move || (Client::new(client.clone()), sends(transaction.clone()));
    let pair = Pair::new(make, move || (Server::new(server.clone()), serves()));
    let run = pair.capacity(capacity).run(capacity as u64);
    assert_eq!(run.end, PairEnd::Finished);
    (run.client, run.server)
}

fn client_in(security: Security) -> Config {
    Config::new(serving::name(), security)
}

#[test]
fn every_mechanism_lets_the_client_in_and_no_wrong_password_does() {
    for mechanism in Mechanism::ALL {
        let by_password = !matches!(
            mechanism,
            Mechanism::OAuthBearer
                | Mechanism::XOAuth2
                | Mechanism::External
                | Mechanism::Anonymous
        );
        for password in ["tanstaaftanstaaf", "wrong"] {
            let choice = Choice::default().with_mechanisms([mechanism]);
            let login = Login::new(credentials(mechanism, password), [7; 32]).with_choice(choice);
            let client = client_in(Security::Implicit(serving::tls())).with_login(login);
            let server =
                server::Config::submission(serving::name(), Security::Implicit(serving::tls()))
                    .with_auth(auth(mechanism));
            let mail = mail_to(&["b@foo.com"], Content::whole(&b"Hi\r\n"[..]));
            let (client, server) = talk(client, server, mail, 4096);
            let told: Vec<_> = client.events().collect();
            if by_password && password == "wrong" {
                let Some(client::Event::LoginFailed { failure, fault, .. }) = told.last() else {
                    panic!("{mechanism}: {told:?}")
                };
                assert_eq!(failure.reply.as_ref().unwrap().code(), 535, "{mechanism}");
                assert!(matches!(fault, LoginFault::Exchange(_)));
                assert_eq!(server.payload(), b"");
                continue;
            }
            let by = told.iter().find_map(|event| match event {
                client::Event::LoggedIn { mechanism, .. } => Some(*mechanism),
                _ => None,
            });
            assert_eq!(by, Some(mechanism), "{told:?}");
            assert_eq!(server.payload(), b"Hi\r\n", "{mechanism}");
            assert_eq!(client.outcome(), &End::Closed);
        }
    }
}

#[test]
fn the_login_takes_the_upgrade_first_and_the_strongest_mechanism() {
    let login = || Login::new(credentials(Mechanism::Plain, "tanstaaftanstaaf"), [7; 32]);
    let both = [Mechanism::Plain, Mechanism::ScramSha256, Mechanism::CramMd5];
    let config = |policy| {
        server::Config::submission(serving::name(), Security::StartTls(policy))
            .with_auth(auth(Mechanism::Plain).with_mechanisms(both))
    };
    let mail = || mail_to(&["b@foo.com"], Content::whole(&b"Hi\r\n"[..]));
    let client = client_in(Security::StartTls(Policy::Required)).with_login(login());
    let (client, server) = talk(client, config(Policy::Required), mail(), 100);
    assert_eq!(server.payload(), b"Hi\r\n");
    let said = String::from_utf8_lossy(client.output()).into_owned();
    let (tls, auth) = (said.find("STARTTLS").unwrap(), said.find("AUTH SCRAM-SHA-256").unwrap());
    assert!(tls < auth && said.matches("AUTH ").count() == 1, "{said}");
}

#[test]
fn lmtp_tells_of_each_recipient() {
    let to = ["a@foo.com", "Green@foo.com", "full@foo.com", "b@foo.com"];
    for chunking in [Chunking::Never, Chunking::Always] {
        for capacity in [1, 30, 4096] {
            let clear = || Security::StartTls(Policy::Never);
            let client = client_in(clear()).with_lmtp().with_chunking(chunking);
            let server = server::Config::lmtp(serving::name(), clear());
            let mail = mail_to(&to, Content::whole(&b".Hi\r\n"[..]));
            let (client, server) = talk(client, server, mail, capacity);
            let told: Vec<_> = client.events().cloned().collect();
            assert_eq!(outcomes(&told), ["+250", "-550 NotSent", "-452 NotSent", "+250"]);
            let report = talk::report(&told);
            assert_eq!(failures(report)[1].phase, client::Phase::Verdict);
            assert_eq!(server.payload(), b".Hi\r\n");
            assert_eq!(client.outcome(), &End::Closed);
        }
    }
}

/// Everything that can go with a mail, as the server is told of it.
#[test]
fn what_goes_with_a_mail_arrives() {
    let kept = Rc::new(RefCell::new(Vec::new()));
    let parameters = MailParameters::new()
        .with_body(Body::BinaryMime)
        .with_ret(Ret::Headers)
        .with_envid(EnvelopeId::encode("a=b c").unwrap())
        .with_auth(AuthParameter::encode("e=mc2@example.com").unwrap())
        .with_require_tls(true);
    let to = RcptParameters::new()
        .with_notify(Notify::new(true, false, true).unwrap())
        .with_orcpt(OriginalRecipient::new("rfc822", "B+b@foo.com").unwrap());
    let mail = Bytes::from_static(b"binary\n\r\0");
    let transaction = Transaction::new(
        ReversePath::parse("j\u{fc}rgen@bar.com").unwrap(),
        Content::whole(mail.clone()),
    )
    .with_parameters(parameters.clone())
    .with_recipient(path("b@foo.com"), to.clone());
    let server = server::Config::submission(serving::name(), Security::Implicit(serving::tls()))
        .with_auth(auth(Mechanism::Plain))
        .with_dsn(true)
        .with_smtp_utf8(true)
        .with_binary_mime(true)
        .with_require_tls(true);
    let login = Login::new(credentials(Mechanism::Plain, "tanstaaftanstaaf"), [7; 32]);
    let client = client_in(Security::Implicit(serving::tls())).with_login(login);
    let told = kept.clone();
    let make_server = move || {
        let told = told.clone();
        let on_event = move |server: &mut Server, event: &server::Event| {
            let _ = match event {
                server::Event::Credential(request) => server.credential(credential(request)),
                _ => server.accept(),
            };
            if matches!(event, server::Event::Mail { .. } | server::Event::Rcpt { .. }) {
                told.borrow_mut().push(event.clone());
            }
        };
        (Server::new(server.clone()), embedder(on_event, |_: &mut Server| false))
    };
    let make = move || (Client::new(client.clone()), sends(transaction.clone()));
    let run = Pair::new(make, make_server).run(1);
    assert_eq!(run.end, PairEnd::Finished);
    assert_eq!(run.server.payload(), mail);
    let told: Vec<_> = run.client.events().cloned().collect();
    let report = talk::report(&told);
    assert_eq!(report.recipients[0].outcome.delivery(), Delivery::Accepted);
    assert!(!report.left_out.dsn && !report.left_out.auth);
    let kept = kept.borrow();
    let [
        server::Event::Mail { path: from, parameters: mail, .. },
        server::Event::Rcpt { path, parameters: rcpt, .. },
    ] = &kept[..]
    else {
        panic!("{kept:?}")
    };
    assert_eq!(from.to_string(), "<j\u{fc}rgen@bar.com>");
    assert_eq!(*mail, parameters.with_smtp_utf8(true).with_size(9));
    assert_eq!((path, rcpt), (&ForwardPath::parse("b@foo.com").unwrap(), &to));
}
