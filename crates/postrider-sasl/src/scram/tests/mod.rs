//! What SCRAM promises, clause by clause.

extern crate std;

mod client;
mod grammar;
mod keys;
#[cfg(feature = "std")]
mod laws;
mod server;
mod vectors;

use alloc::string::String;
use alloc::vec::Vec;

use postrider_wire::{Secret, TlsInfo};

use super::{
    Bounds, Client, ClientInput, ClientStep, Fault, Hash, Lookup, Policy, ScramKeys, Server,
    ServerError, ServerInput, ServerStep,
};
use crate::ChannelBinding;

/// RFC 7677 §3
const NONCE: &str = "rOprNGfwEbeRWgbNEkqO";
const SERVER_NONCE: &str = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const SALT: &[u8] = b"\x5b\x6d\x99\x68\x9d\x12\x35\x8e\xec\xa0\x4b\x14\x12\x36\xfa\x81";
const SERVER_FIRST: &str =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const CLIENT_FINAL: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const SERVER_FINAL: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

fn secret(text: &str) -> Secret<String> {
    Secret::new(String::from(text))
}

/// The client of RFC 7677 §3, before its first message.
fn client() -> Client {
    Client::new(Hash::Sha256, "user", &secret("pencil"), &[0; 32]).unwrap().with_nonce(NONCE)
}

/// It, behind its first message.
fn begun() -> Client {
    let mut client = client();
    client.step(ClientInput::Begin).unwrap();
    client
}

/// It, behind its proof.
fn proved() -> Client {
    let mut client = begun();
    let due = client.step(ClientInput::Challenge(SERVER_FIRST.as_bytes())).unwrap();
    let ClientStep::DeriveKey(due) = due else { panic!("{due:?}") };
    let step = client.step(ClientInput::Key(due.derive())).unwrap();
    assert_eq!(step, respond(CLIENT_FINAL));
    client
}

fn respond(message: &str) -> ClientStep {
    ClientStep::Respond(Secret::new(message.as_bytes().to_vec()))
}

/// The keys of RFC 7677 §3.
fn keys() -> ScramKeys {
    ScramKeys::derive(&secret("pencil"), SALT, 4096, Hash::Sha256).unwrap()
}

fn policy() -> Policy {
    Policy::new([9; 32])
}

fn server() -> Server {
    server_of(false, &policy(), &ChannelBinding::none())
}

fn server_of(plus: bool, policy: &Policy, channel: &ChannelBinding) -> Server {
    Server::new(Hash::Sha256, plus, policy, channel, &[0; 32]).with_nonce(SERVER_NONCE)
}

/// The server of RFC 7677 §3, behind its challenge.
fn challenged(lookup: Lookup) -> (Server, Vec<u8>) {
    let mut server = server();
    let first = [b"n,,n=user,r=", NONCE.as_bytes()].concat();
    server.step(ServerInput::Response(&first)).unwrap();
    let step = server.step(ServerInput::Keys(lookup)).unwrap();
    let ServerStep::Challenge(challenge) = step else { panic!("{step:?}") };
    (server, challenge)
}

/// What a server makes of a first message.
fn first_step(mut server: Server, message: &[u8]) -> ServerStep {
    server.step(ServerInput::Response(message)).unwrap()
}

fn tls13() -> TlsInfo {
    TlsInfo::new().with_suite("TLS1.3", "TLS_AES_128_GCM_SHA256")
}

/// How both ends see a whole exchange.
#[derive(Debug, PartialEq)]
struct Outcome {
    client: Result<ClientStep, Fault>,
    server: ServerStep,
    asked: Option<String>,
}

/// Carries messages between the two, each through `meddle` with its number, 0 to 3.
fn run(
    mut client: Client,
    mut server: Server,
    lookup: &Lookup,
    mut meddle: impl FnMut(usize, &mut Vec<u8>),
) -> Outcome {
    let mut asked = None;
    let mut due = ClientInput::Begin;
    let mut challenge: Vec<u8>;
    let mut number = 0;
    loop {
        let step = match client.step(due) {
            Ok(ClientStep::DeriveKey(due)) => client.step(ClientInput::Key(due.derive())),
            step => step,
        };
        let message = match step {
            Ok(ClientStep::Respond(message)) => message,
            step => {
                // The client gave up; the server saw nothing of it.
                return Outcome {
                    client: step,
                    server: ServerStep::Failure(ServerError::Other),
                    asked,
                };
            }
        };
        let mut message = message.expose().clone();
        meddle(number, &mut message);
        let step = match server.step(ServerInput::Response(&message)).unwrap() {
            ServerStep::NeedKeys { user, .. } => {
                asked = Some(user);
                server.step(ServerInput::Keys(lookup.clone())).unwrap()
            }
            step => step,
        };
        match step {
            ServerStep::Challenge(message) => {
                challenge = message;
                meddle(number.saturating_add(1), &mut challenge);
                number = 2;
                due = ClientInput::Challenge(&challenge);
            }
            ServerStep::Success { ref data, .. } => {
                let mut data = data.clone();
                meddle(3, &mut data);
                let end = client
                    .step(ClientInput::Challenge(&data))
                    .and_then(|_| client.step(ClientInput::Done));
                return Outcome { client: end, server: step, asked };
            }
            failure => {
                let client = client.step(ClientInput::Done);
                return Outcome { client, server: failure, asked };
            }
        }
    }
}
