//! What holds of SCRAM for all octets: who does not know the password gets nowhere, with messages made
//! up and with honest ones changed on the way, and texts of keys are read as they are written.

use postrider_sasl::ChannelBinding;
use postrider_sasl::prep::{Use, saslprep};
use postrider_sasl::scram::{
    Bounds, Client, ClientInput, ClientStep, Fault, Hash, Lookup, Policy, ScramKeys, Server,
    ServerInput, ServerStep,
};
use postrider_wire::Secret;

/// Derivations of more iterations would be all that a run does.
const BOUNDS: Bounds = Bounds::new(1, 8);

/// The first octet says which message of an honest exchange the others change; they are also taken for
/// lines that a peer sends, for a text of keys and for a name.
pub(crate) fn check(data: &[u8]) {
    let Some((choice, octets)) = data.split_first() else { return };
    let hash = Hash::ALL[usize::from(choice >> 2) % Hash::ALL.len()];
    client_believes_nobody(hash, octets);
    server_believes_nobody(hash, octets);
    change_on_the_way(hash, usize::from(choice % 4), octets);
    if let Ok(text) = str::from_utf8(octets) {
        if let Ok(keys) = text.parse::<ScramKeys>() {
            assert_eq!(keys.to_text().expose().parse(), Ok(keys));
        }
        if let Ok(stored) = saslprep(text, Use::Stored) {
            assert_eq!(saslprep(text, Use::Query), Ok(stored), "a query allows more");
        }
    }
}

fn password() -> Secret<String> {
    Secret::new(String::from("tanstaaftanstaaf"))
}

fn new_client(hash: Hash) -> Client {
    Client::new(hash, "us,er", &password(), &[1; 32]).unwrap().with_bounds(BOUNDS)
}

fn new_server(hash: Hash) -> Server {
    Server::new(hash, false, &Policy::new([3; 32]), &ChannelBinding::none(), &[2; 32])
}

fn keys(hash: Hash) -> Lookup {
    Lookup::Keys(ScramKeys::derive(&password(), b"0123456789abcdef", 2, hash).unwrap())
}

/// Lines of a peer; `~` stands for the nonce so far, which a peer knows.
fn lines(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    octets.split(|octet| *octet == b'\n').take(6)
}

fn with_nonce(line: &[u8], nonce: &[u8]) -> Vec<u8> {
    line.split(|octet| *octet == b'~').collect::<Vec<_>>().join(nonce)
}

fn nonce_in(message: &[u8]) -> Vec<u8> {
    let mut fields = message.split(|octet| *octet == b',');
    fields.find_map(|field| field.strip_prefix(b"r=")).unwrap().to_vec()
}

fn client_believes_nobody(hash: Hash, octets: &[u8]) {
    let mut client = new_client(hash);
    let Ok(ClientStep::Respond(first)) = client.step(ClientInput::Begin) else { panic!() };
    let nonce = nonce_in(first.expose());
    for line in lines(octets) {
        let line = with_nonce(line, &nonce);
        let mut step = client.step(ClientInput::Challenge(&line));
        if let Ok(ClientStep::DeriveKey(due)) = &step {
            assert!((1..=8).contains(&due.iterations()));
            step = client.step(ClientInput::Key(due.derive()));
            assert!(step.is_ok());
        }
        assert!(!client.is_proven());
        if step.is_err() {
            assert_eq!(client.step(ClientInput::Challenge(&line)), Err(Fault::Over));
            break;
        }
    }
    assert!(client.step(ClientInput::Done).is_err());
}

fn server_believes_nobody(hash: Hash, octets: &[u8]) {
    let mut server = new_server(hash);
    let mut nonce = b"fyko".to_vec();
    for line in lines(octets) {
        let line = with_nonce(line, &nonce);
        let mut step = server.step(ServerInput::Response(&line)).unwrap();
        if let ServerStep::NeedKeys { user, .. } = &step {
            assert!(!user.is_empty() && !user.contains('\0'));
            step = server.step(ServerInput::Keys(keys(hash))).unwrap();
        }
        match step {
            ServerStep::Challenge(challenge) => nonce = nonce_in(&challenge),
            ServerStep::Failure(_) => {
                assert_eq!(server.step(ServerInput::Response(&line)), Err(Fault::Over));
                return;
            }
            step => panic!("{step:?}"),
        }
    }
}

/// An honest exchange of which message `number` is changed: what is not the same cannot end well.
fn change_on_the_way(hash: Hash, number: usize, octets: &[u8]) {
    let (mut client, mut server) = (new_client(hash), new_server(hash));
    let mut changed = false;
    let mut change = |at: usize, message: Vec<u8>| {
        if at != number {
            return message;
        }
        let mut other = message.clone();
        for (octet, by) in other.iter_mut().zip(octets) {
            *octet ^= by;
        }
        other.extend_from_slice(octets.get(message.len()..).unwrap_or_default());
        changed = other != message;
        other
    };
    let mut exchange = || {
        let mut input = Vec::new();
        for at in [0, 2] {
            let mut step = client.step(ClientInput::Challenge(&input))?;
            if let ClientStep::DeriveKey(due) = &step {
                step = client.step(ClientInput::Key(due.derive()))?;
            }
            let ClientStep::Respond(message) = step else { panic!() };
            let message = change(at, message.expose().clone());
            let mut step = server.step(ServerInput::Response(&message))?;
            if matches!(step, ServerStep::NeedKeys { .. }) {
                step = server.step(ServerInput::Keys(keys(hash)))?;
            }
            input = match step {
                ServerStep::Challenge(message) => change(1, message),
                ServerStep::Success { data, .. } => change(3, data),
                _ => Vec::new(),
            };
        }
        client.step(ClientInput::Challenge(&input))?;
        client.step(ClientInput::Done)
    };
    let end = exchange();
    assert_eq!(end == Ok(ClientStep::Complete), !changed);
}
