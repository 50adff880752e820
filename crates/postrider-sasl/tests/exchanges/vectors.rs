//! The shared wire vectors, in both directions.

use postrider_sasl::client::{self, Credentials, TokenRejected};
use postrider_sasl::server::{self, Credential, Presented, Step};
use postrider_sasl::{ChannelBinding, Mechanism, line};
use serde_json::Value;

use crate::common::*;

/// The message that a client sends to the empty challenge, or to none.
fn first(mechanism: Mechanism, credentials: &Credentials) -> Vec<u8> {
    let mut one = new_client(mechanism, credentials);
    let client::Step::Respond(message) = one.step(client::Input::None).unwrap() else { panic!() };
    assert_eq!(one.step(client::Input::Done), Ok(client::Step::Complete));
    message.expose().clone()
}

/// What the server asks about the message.
fn asked(mechanism: Mechanism, message: &[u8]) -> server::Request {
    let step = new_server(mechanism).step(server::Input::Response(message)).unwrap();
    let Step::NeedCredential(request) = step else { panic!("{step:?}") };
    request
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

#[test]
fn the_shared_vectors_are_what_the_client_says_and_the_server_reads() {
    let Some(file) = postrider_testkit::read_shared("vectors/sasl/sasl.json") else {
        println!("skipped: no shared vectors");
        return;
    };
    let vectors: Vec<Value> = serde_json::from_slice(&file).unwrap();
    let mut seen = Vec::new();
    for vector in &vectors {
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        let Some(mechanism) = Mechanism::from_name(text("mech")) else {
            // POP3's own (RFC 1939 §7), and no mechanism of SASL.
            assert_eq!(text("mech"), "APOP");
            continue;
        };
        seen.push(mechanism);
        match mechanism {
            Mechanism::Plain => plain(vector),
            Mechanism::CramMd5 => {
                let tim = with_password(mechanism, text("user"), text("secret"));
                let mut one = new_client(mechanism, &tim);
                let said = one.step(client::Input::Challenge(text("challenge").as_bytes()));
                let Ok(client::Step::Respond(response)) = said else { panic!("{said:?}") };
                assert_eq!(response.expose(), text("response").as_bytes());
                // The server's side of it, whose challenge is new each time, is beside its code.
            }
            Mechanism::Login => login(vector["prompts"].as_array().unwrap()),
            Mechanism::XOAuth2 => {
                let user = Credentials::token(text("user"), secret(text("token"))).unwrap();
                assert_eq!(first(mechanism, &user), text("raw").as_bytes());
                let request = asked(mechanism, text("raw").as_bytes());
                assert_eq!(request.user.as_deref(), Some(text("user")));
                assert_eq!(request.presented, Presented::Token(secret(text("token"))));
                let why = line::decode(text("error_challenge_b64").as_bytes(), 9999).unwrap();
                let why = TokenRejected::parse(why.expose());
                assert_eq!(why.status.as_deref(), Some("401"));
                assert_eq!(why.schemes.as_deref(), Some("bearer mac"));
                assert_eq!(why.scope.as_deref(), Some("https://mail.google.com/"));
            }
            Mechanism::OAuthBearer => {
                let port = u16::try_from(vector["port"].as_u64().unwrap()).unwrap();
                let user = Credentials::token(text("user"), secret(text("token")))
                    .unwrap()
                    .with_host(text("host"))
                    .unwrap()
                    .with_port(port);
                assert_eq!(first(mechanism, &user), text("raw").as_bytes());
                let request = asked(mechanism, text("raw").as_bytes());
                assert_eq!(request.user.as_deref(), Some(text("user")));
                assert_eq!(request.host.as_deref(), Some(text("host")));
                assert_eq!(request.port, Some(port));
                assert_eq!(request.presented, Presented::Token(secret(text("token"))));
                let mut one = new_client(mechanism, &user);
                one.step(client::Input::None).unwrap();
                let said = one.step(client::Input::Challenge(b"{}"));
                let Ok(client::Step::Respond(dummy)) = said else { panic!("{said:?}") };
                assert_eq!(line::encode(dummy.expose()).expose(), text("dummy_response_b64"));
            }
            Mechanism::Anonymous => {
                let trace = text("trace");
                let message = first(mechanism, &Credentials::anonymous(trace).unwrap());
                assert_eq!(message, trace.as_bytes());
                assert_eq!(asked(mechanism, &message).presented, Presented::Trace(trace.into()));
            }
            Mechanism::External => {
                assert_eq!(text("authzid"), "");
                let message = first(mechanism, &Credentials::external());
                assert_eq!(line::encode_initial(&message).expose(), "=");
                let request = asked(mechanism, &message);
                assert_eq!((request.user.as_deref(), request.authzid), (Some("tim"), None));
            }
            other => panic!("{other} has no reader here"),
        }
    }
    for mechanism in Mechanism::ALL.into_iter().filter(|it| it.scram_hash().is_none()) {
        assert!(seen.contains(&mechanism), "{mechanism}");
    }
}

fn plain(vector: &Value) {
    let text = |name: &str| vector[name].as_str().unwrap_or_default();
    let mut credentials = with_password(Mechanism::Plain, text("authcid"), text("password"));
    if !text("authzid").is_empty() {
        credentials = credentials.with_authzid(text("authzid")).unwrap();
    }
    let message = first(Mechanism::Plain, &credentials);
    if vector["b64"].is_string() {
        assert_eq!(line::encode_initial(&message).expose(), text("b64"));
    } else {
        assert_eq!(message, unhex(text("raw_hex")));
    }
    let request = asked(Mechanism::Plain, &message);
    assert_eq!(request.user.as_deref(), Some(text("authcid")));
    assert_eq!(request.authzid.as_deref().unwrap_or_default(), text("authzid"));
    assert_eq!(request.presented, Presented::Password(secret(text("password"))));
}

/// The client takes prompts of any text, bare ones included; the server says the first two.
fn login(prompts: &[Value]) {
    let prompts: Vec<_> = prompts
        .iter()
        .map(|prompt| line::decode(prompt.as_str().unwrap().as_bytes(), 99).unwrap())
        .collect();
    let pairs = [
        [prompts[0].expose().as_slice(), prompts[1].expose()],
        [prompts[2].expose(), prompts[3].expose()],
        [b"", b""],
    ];
    for pair in pairs {
        let mut one = new_client(Mechanism::Login, &tim(Mechanism::Login));
        assert_eq!(one.step(client::Input::None), Ok(client::Step::Nothing));
        let said = pair.map(|prompt| match one.step(client::Input::Challenge(prompt)) {
            Ok(client::Step::Respond(response)) => response.expose().clone(),
            said => panic!("{said:?}"),
        });
        assert_eq!(said, [b"tim".to_vec(), PASSWORD.into()]);
        assert_eq!(one.step(client::Input::Done), Ok(client::Step::Complete));
    }
    let mut other = new_server(Mechanism::Login);
    let mut said = other.step(server::Input::None).unwrap();
    for (prompt, answer) in prompts.iter().zip(["tim", PASSWORD]) {
        assert_eq!(said, Step::Challenge(prompt.clone()));
        said = other.step(server::Input::Response(answer.as_bytes())).unwrap();
    }
    assert!(matches!(said, Step::NeedCredential(_)), "{said:?}");
    let step = other.step(server::Input::Credential(Credential::Password(secret(PASSWORD))));
    assert!(matches!(step, Ok(Step::Success { .. })), "{step:?}");
}

#[test]
fn a_message_has_the_most_that_is_promised() {
    // RFC 4616 §2 asks for 255 octets of each.
    let long = "x".repeat(255);
    let credentials =
        with_password(Mechanism::Plain, &long, &long).with_authzid(long.clone()).unwrap();
    let request = asked(Mechanism::Plain, &first(Mechanism::Plain, &credentials));
    assert_eq!(request.user, Some(long));
    // What we send fits into the line of SMTP: 12288 octets of base64 (RFC 4954 §4).
    let longest = "x".repeat(postrider_sasl::MOST_TOKEN);
    let credentials = Credentials::token("tim", secret(&longest)).unwrap();
    for mechanism in [Mechanism::OAuthBearer, Mechanism::XOAuth2] {
        let message = first(mechanism, &credentials);
        assert!(line::encode(&message).expose().len() <= 12288);
        asked(mechanism, &message);
    }
    let binding = ChannelBinding::none();
    let none = client::Exchange::new(
        Mechanism::ScramSha256Plus,
        &tim(Mechanism::ScramSha256),
        &binding,
        true,
        [0; 32],
    );
    assert_eq!(none.err(), Some(postrider_sasl::Error::NoChannel));
}
