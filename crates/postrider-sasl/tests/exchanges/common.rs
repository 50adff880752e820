//! Two ends that talk.

use postrider_sasl::client::{self, Credentials};
use postrider_sasl::scram::{Bounds, Hash, ScramKeys};
use postrider_sasl::server::{self, Config, Credential, Failure, Identity, Request};
use postrider_sasl::{ChannelBinding, Error, Mechanism};
use postrider_wire::{Secret, TlsInfo};

pub(crate) const PASSWORD: &str = "tanstaaftanstaaf";
pub(crate) const TOKEN: &str = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

pub(crate) fn secret(text: &str) -> Secret<String> {
    Secret::new(text.into())
}

/// A channel with all that a mechanism may need.
pub(crate) fn tls() -> TlsInfo {
    TlsInfo::new()
        .with_suite("TLS1.3", "TLS_AES_128_GCM_SHA256")
        .with_exporter([9; 32])
        .with_peer("tim")
}

/// A server that has all mechanisms, and keys of few iterations.
pub(crate) fn config() -> Config {
    Config::new([1; 32])
        .with_salt_secret([2; 32])
        .with_mechanisms(Mechanism::ALL)
        .with_iterations(2)
        .with_host("mail.example.org")
}

/// What Tim has, as the mechanism wants it.
pub(crate) fn tim(mechanism: Mechanism) -> Credentials {
    with_password(mechanism, "tim", PASSWORD)
}

pub(crate) fn with_password(mechanism: Mechanism, user: &str, password: &str) -> Credentials {
    match mechanism {
        Mechanism::OAuthBearer | Mechanism::XOAuth2 => {
            Credentials::token(user, secret(TOKEN)).unwrap()
        }
        Mechanism::External => Credentials::external(),
        Mechanism::Anonymous => Credentials::anonymous("sirhc").unwrap(),
        _ => Credentials::password(user, secret(password))
            .unwrap()
            .with_iterations(Bounds::new(1, 100_000)),
    }
}

pub(crate) fn new_client(mechanism: Mechanism, credentials: &Credentials) -> client::Exchange {
    let binding = ChannelBinding::from(&tls());
    client::Exchange::new(mechanism, credentials, &binding, true, [3; 32]).unwrap()
}

pub(crate) fn new_server(mechanism: Mechanism) -> server::Exchange {
    server::Exchange::new(mechanism, &config(), Some(&tls()), [4; 32]).unwrap()
}

/// What the embedder knows: Tim, whose password or keys are kept, and his token.
pub(crate) fn knows(request: &Request) -> Credential {
    match &request.presented {
        server::Presented::Token(token) if token.expose() == TOKEN => Credential::Verified,
        server::Presented::Token(_) => Credential::Unknown,
        server::Presented::Certificate | server::Presented::Trace(_) => Credential::Verified,
        _ if request.user.as_deref() != Some("tim") => Credential::Unknown,
        _ => Credential::Password(secret(PASSWORD)),
    }
}

pub(crate) fn keys(hash: Hash) -> ScramKeys {
    ScramKeys::derive(&secret(PASSWORD), b"0123456789abcdef", 2, hash).unwrap()
}

/// How a login went.
#[derive(Debug, Default)]
pub(crate) struct Talk {
    pub(crate) identity: Option<Identity>,
    pub(crate) failure: Option<Failure>,
    pub(crate) complete: bool,
    /// The messages of the client and of the server, in their order.
    pub(crate) messages: Vec<(char, Vec<u8>)>,
    /// Whom the embedder was asked about.
    pub(crate) asked: Vec<Request>,
    /// All that a program might print.
    pub(crate) renderings: Vec<String>,
    pub(crate) client_error: Option<Error>,
}

impl Talk {
    /// How many messages of which end, without their content.
    pub(crate) fn shape(&self) -> Vec<(char, usize)> {
        self.messages.iter().map(|(who, message)| (*who, message.len())).collect()
    }
}

/// Has them talk to each other, with an initial response or without, as in SMTP: the server's own proof
/// is one more challenge.
pub(crate) fn talk(
    client: &mut client::Exchange,
    server: &mut server::Exchange,
    initial: bool,
    mut knows: impl FnMut(&Request) -> Credential,
) -> Talk {
    let mut talk = Talk::default();
    let mut from_client = None;
    if initial && client.mechanism().is_client_first() {
        from_client = advance(client, client::Input::None, &mut talk);
    }
    loop {
        talk.renderings.push(format!("{client:?} {server:?}"));
        let mut step = match &from_client {
            Some(message) => server.step(server::Input::Response(message)).unwrap(),
            None => server.step(server::Input::None).unwrap(),
        };
        talk.renderings.push(format!("{step:?}"));
        if let server::Step::NeedCredential(request) = step {
            let input = server::Input::Credential(knows(&request));
            talk.renderings.push(format!("{input:?}"));
            talk.asked.push(request);
            step = server.step(input).unwrap();
            talk.renderings.push(format!("{step:?}"));
        }
        let (challenge, is_last) = match step {
            server::Step::Challenge(challenge) => (challenge.expose().clone(), false),
            server::Step::Success { identity, data, .. } => {
                talk.identity = Some(identity);
                let Some(data) = data else { break };
                (data, true)
            }
            server::Step::Failure(failure) => {
                talk.failure = Some(failure);
                let failed = client.step(client::Input::Failed);
                talk.renderings.push(format!("{failed:?}"));
                talk.client_error = failed.err();
                return talk;
            }
            step => panic!("{step:?}"),
        };
        talk.messages.push(('S', challenge.clone()));
        from_client = advance(client, client::Input::Challenge(&challenge), &mut talk);
        match (&from_client, is_last) {
            (None, _) => return talk,
            (Some(answer), true) => {
                assert_eq!(answer, b"", "the server's proof is answered with nothing");
                break;
            }
            (Some(_), false) => {}
        }
    }
    talk.complete = match client.step(client::Input::Done) {
        Ok(step) => step == client::Step::Complete,
        Err(error) => {
            talk.client_error = Some(error);
            false
        }
    };
    talk.renderings.push(format!("{client:?} {server:?}"));
    talk
}

fn advance(
    client: &mut client::Exchange,
    input: client::Input<'_>,
    talk: &mut Talk,
) -> Option<Vec<u8>> {
    let mut step = client.step(input);
    loop {
        talk.renderings.push(format!("{step:?} {client:?}"));
        let input = match step {
            Ok(client::Step::Respond(message)) => {
                talk.messages.push(('C', message.expose().clone()));
                return Some(message.expose().clone());
            }
            Ok(client::Step::DeriveKey(due)) => {
                let key = due.derive();
                talk.renderings.push(format!("{due:?} {key:?}"));
                client::Input::Key(key)
            }
            Ok(client::Step::NeedToken(why)) => {
                talk.renderings.push(format!("{why:?}"));
                client::Input::Token(secret(TOKEN))
            }
            Ok(step) => panic!("{step:?}"),
            Err(error) => {
                talk.client_error = Some(error);
                return None;
            }
        };
        talk.renderings.push(format!("{:?}", key_or_token(&input)));
        step = client.step(input);
    }
}

/// Inputs hold messages of the wire as they are; what is more than that is looked at.
fn key_or_token(input: &client::Input<'_>) -> Option<String> {
    matches!(input, client::Input::Key(_) | client::Input::Token(_)).then(|| format!("{input:?}"))
}
