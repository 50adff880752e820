//! Exchanges that others have printed or computed, byte for byte, at both ends.

use super::std::eprintln;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use postrider_testkit::read_shared;
use serde_json::Value;

use super::*;

/// The vectors with messages; the others describe what must fail.
fn vectors() -> Vec<Value> {
    let Some(json) = read_shared("vectors/sasl/scram.json") else {
        eprintln!("skipped: no vectors/sasl/scram.json");
        return Vec::new();
    };
    let Value::Array(all) = serde_json::from_slice(&json).unwrap() else { panic!("no list") };
    let vectors: Vec<_> = all.into_iter().filter(|vector| vector["source"] != "negative").collect();
    assert!(vectors.len() >= 8);
    vectors
}

fn field<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap_or_else(|| panic!("no {name}"))
}

fn hash(vector: &Value) -> Hash {
    match field(vector, "hash") {
        "sha1" => Hash::Sha1,
        "sha256" => Hash::Sha256,
        "sha512" => Hash::Sha512,
        other => panic!("{other}"),
    }
}

fn hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn channel(vector: &Value) -> ChannelBinding {
    let data = hex(field(vector, "cb_hex"));
    let gs2 = field(vector, "gs2");
    if gs2.starts_with("p=tls-exporter,") {
        ChannelBinding::from(&tls13().with_exporter(data.try_into().unwrap()))
    } else if gs2.starts_with("p=tls-server-end-point,") {
        ChannelBinding::from(&tls13().with_server_end_point(Bytes::from(data)))
    } else {
        ChannelBinding::none()
    }
}

fn user(vector: &Value) -> String {
    field(vector, "user").replace("=2C", ",").replace("=3D", "=")
}

fn authzid(vector: &Value) -> Option<String> {
    let mut parts = field(vector, "gs2").split(',');
    parts.nth(1).unwrap().strip_prefix("a=").map(ToOwned::to_owned)
}

#[test]
fn the_client_says_what_every_vector_says() {
    for vector in vectors() {
        let password = secret(field(&vector, "password"));
        let mut client = Client::new(hash(&vector), &user(&vector), &password, &[0; 32])
            .unwrap()
            .with_nonce(field(&vector, "client_nonce"));
        let gs2 = field(&vector, "gs2");
        if gs2.starts_with("p=") {
            client = client.bound_to(&channel(&vector)).unwrap();
        } else if gs2.starts_with('y') {
            client = client.not_offered();
        }
        if let Some(authzid) = authzid(&vector) {
            client = client.acting_as(&authzid).unwrap();
        }
        let name = field(&vector, "source");
        let step = client.step(ClientInput::Begin).unwrap();
        assert_eq!(step, respond(field(&vector, "client_first")), "{name}");
        let challenge = field(&vector, "server_first").as_bytes();
        let step = client.step(ClientInput::Challenge(challenge)).unwrap();
        let ClientStep::DeriveKey(due) = step else { panic!("{step:?}") };
        let key = due.derive();
        assert_eq!(key.expose(), hex(field(&vector, "salted_password_hex")), "{name}");
        let step = client.step(ClientInput::Key(key)).unwrap();
        assert_eq!(step, respond(field(&vector, "client_final")), "{name}");
        assert!(!client.is_proven());
        let last = field(&vector, "server_final").as_bytes();
        assert_eq!(client.step(ClientInput::Challenge(last)), Ok(respond("")), "{name}");
        assert!(client.is_proven());
        assert_eq!(client.step(ClientInput::Done), Ok(ClientStep::Complete), "{name}");
    }
}

#[test]
fn the_server_says_what_every_vector_says() {
    for vector in vectors() {
        let salt = STANDARD.decode(field(&vector, "salt_b64")).unwrap();
        let iterations = vector["iterations"].as_u64().unwrap().try_into().unwrap();
        let [stored, server_key] = ["stored_key_b64", "server_key_b64"]
            .map(|name| STANDARD.decode(field(&vector, name)).unwrap());
        let keys = ScramKeys::new(hash(&vector), &salt, iterations, &stored, &server_key).unwrap();
        let plus = field(&vector, "gs2").starts_with("p=");
        let mut server = Server::new(hash(&vector), plus, &policy(), &channel(&vector), &[0; 32])
            .with_nonce(field(&vector, "server_nonce"));
        let name = field(&vector, "source");
        let first = field(&vector, "client_first").as_bytes();
        let (user, authzid) = (user(&vector), authzid(&vector));
        let need = ServerStep::NeedKeys { user: user.clone(), authzid: authzid.clone() };
        assert_eq!(server.step(ServerInput::Response(first)), Ok(need), "{name}");
        let challenge = ServerStep::Challenge(field(&vector, "server_first").as_bytes().to_vec());
        let step = server.step(ServerInput::Keys(Lookup::Keys(keys)));
        assert_eq!(step, Ok(challenge), "{name}");
        let data = field(&vector, "server_final").as_bytes().to_vec();
        let success = ServerStep::Success { user, authzid, data };
        let last = field(&vector, "client_final").as_bytes();
        assert_eq!(server.step(ServerInput::Response(last)), Ok(success), "{name}");
    }
}

#[test]
fn keys_are_derived_as_every_vector_has_them() {
    for vector in vectors() {
        let salt = STANDARD.decode(field(&vector, "salt_b64")).unwrap();
        let iterations = vector["iterations"].as_u64().unwrap();
        let password = secret(field(&vector, "password"));
        let keys =
            ScramKeys::derive(&password, &salt, iterations.try_into().unwrap(), hash(&vector))
                .unwrap();
        let text = format!(
            "{}${}:{}${}:{}",
            hash(&vector).mechanism(),
            iterations,
            field(&vector, "salt_b64"),
            field(&vector, "stored_key_b64"),
            field(&vector, "server_key_b64"),
        );
        assert_eq!(keys.to_text(), secret(&text));
        assert_eq!(text.parse(), Ok(keys));
    }
}

/// The lines of a session as `C: `, `S: `, unfolded.
fn session(path: &str) -> Vec<String> {
    let Some(text) = read_shared(path) else {
        eprintln!("skipped: no {path}");
        return Vec::new();
    };
    let text = String::from_utf8(text).unwrap().replace("\n    ", "");
    text.lines().filter(|line| !line.starts_with('#')).map(ToString::to_string).collect()
}

#[test]
fn the_sessions_of_rfc_5802_and_rfc_7677_run_as_printed() {
    for (path, hash, nonce) in [
        ("vectors/rfc-sessions/rfc5802-01.txt", Hash::Sha1, "fyko+d2lbbFgONRv9qkxdawL"),
        ("vectors/rfc-sessions/rfc7677-01.txt", Hash::Sha256, NONCE),
    ] {
        let lines = session(path);
        if lines.is_empty() {
            continue;
        }
        let mut client =
            Client::new(hash, "user", &secret("pencil"), &[0; 32]).unwrap().with_nonce(nonce);
        let mut step = client.step(ClientInput::Begin).unwrap();
        assert_eq!(lines.len(), 4);
        for line in &lines {
            if let Some(message) = line.strip_prefix("C: ") {
                assert_eq!(step, respond(message));
            } else {
                let message = line.strip_prefix("S: ").unwrap().as_bytes();
                step = client.step(ClientInput::Challenge(message)).unwrap();
                if let ClientStep::DeriveKey(due) = &step {
                    step = client.step(ClientInput::Key(due.derive())).unwrap();
                }
            }
        }
        assert_eq!(client.step(ClientInput::Done), Ok(ClientStep::Complete));
    }
}
