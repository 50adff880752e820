//! SCRAM, the client's end.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postrider_wire::Secret;
use subtle::ConstantTimeEq;

use super::{Credentials, Input, Step};
use crate::nonce::nonce;
use crate::prep::saslprep;
use crate::scram::message::{Flag, MOST_MESSAGE, ServerFirst, escape, server_signature};
use crate::scram::{DeriveKey, DerivedKey, Hash, bearable};
use crate::{ChannelBinding, Error, Mechanism, Part};

pub(super) struct Scram {
    hash: Hash,
    password: Secret<String>,
    derived: Option<DerivedKey>,
    least_iterations: u32,
    /// `gs2-header`, and the channel binding data behind it.
    header: String,
    binding: Vec<u8>,
    bare: String,
    nonce: String,
    stage: Stage,
}

enum Stage {
    Begin,
    First,
    /// The key is being derived.
    Deriving {
        due: DeriveKey,
        nonce: String,
        server_first: String,
    },
    /// The proof was sent; this signature is due.
    Final(Secret<Vec<u8>>),
    /// The server has proven itself.
    Proven,
}

impl Scram {
    pub(super) fn new(
        mechanism: Mechanism,
        credentials: &Credentials,
        binding: &ChannelBinding,
        plus_offered: bool,
        entropy: &[u8; 32],
    ) -> Result<Self, Error> {
        let nonce = nonce(entropy, "client");
        Self::with_nonce(mechanism, credentials, binding, plus_offered, nonce)
    }

    pub(super) fn with_nonce(
        mechanism: Mechanism,
        credentials: &Credentials,
        binding: &ChannelBinding,
        plus_offered: bool,
        nonce: String,
    ) -> Result<Self, Error> {
        let hash = mechanism.scram_hash().ok_or(Error::WrongCredentials)?;
        let (user, password) = credentials.user_and_password();
        let user = saslprep(user, Part::AuthenticationIdentity)?;
        let password = Secret::new(saslprep(password, Part::Password)?.into_owned());
        let flag = match (mechanism.is_plus(), binding.best()) {
            (true, Some(kind)) => Flag::Bound(kind),
            (true, None) => return Err(Error::NoBinding),
            // The server offers to bind, and the caller does not want to: no claim is made.
            (false, Some(_)) if !plus_offered => Flag::Unoffered,
            _ => Flag::No,
        };
        let (flag, data) = match flag {
            Flag::Bound(kind) => (["p=", kind.name()].concat(), binding.data(kind)),
            Flag::Unoffered => ("y".to_string(), None),
            Flag::No => ("n".to_string(), None),
        };
        let authzid = match credentials.authzid.as_deref() {
            Some(authzid) => {
                ["a=", &escape(&saslprep(authzid, Part::AuthorizationIdentity)?)].concat()
            }
            None => String::new(),
        };
        Ok(Self {
            hash,
            password,
            derived: credentials.derived.clone(),
            least_iterations: credentials.least_iterations,
            header: [&flag, ",", &authzid, ","].concat(),
            binding: data.unwrap_or_default().to_vec(),
            bare: ["n=", &escape(&user), ",r=", &nonce].concat(),
            nonce,
            stage: Stage::Begin,
        })
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Error> {
        let stage = core::mem::replace(&mut self.stage, Stage::Begin);
        match (input, stage) {
            (Input::None | Input::Challenge(b""), Stage::Begin) => {
                self.stage = Stage::First;
                let first = [self.header.as_str(), &self.bare].concat();
                Ok(Step::Respond(Secret::new(first.into_bytes())))
            }
            (Input::Challenge(message), Stage::First) => self.challenged(text(message)?),
            (Input::Key(key), Stage::Deriving { due, nonce, server_first }) => {
                if !due.is_answered_by(&key) {
                    return Err(Error::OutOfOrder);
                }
                Ok(self.prove(&key, &nonce, &server_first))
            }
            (Input::Challenge(message), Stage::Final(expected)) => {
                let signature = server_signature(text(message)?)?;
                if !bool::from(signature.ct_eq(expected.expose())) {
                    return Err(Error::WrongServerSignature);
                }
                self.stage = Stage::Proven;
                // RFC 4954 §4, RFC 5034 §4: data that comes as a challenge is answered with nothing.
                Ok(Step::Respond(Secret::new(Vec::new())))
            }
            (Input::Done, Stage::Proven) => Ok(Step::Complete),
            (Input::Done, _) => Err(Error::ServerNotProven),
            _ => Err(Error::OutOfOrder),
        }
    }

    fn challenged(&mut self, message: &str) -> Result<Step, Error> {
        let first = ServerFirst::parse(message)?;
        let longer = first.nonce.len() > self.nonce.len();
        if !first.nonce.starts_with(&self.nonce) || !longer {
            return Err(Error::Nonce);
        }
        let iterations = bearable(first.iterations, self.least_iterations)?;
        let nonce = first.nonce.to_string();
        let due = DeriveKey::new(self.hash, self.password.clone(), first.salt, iterations);
        if let Some(key) = self.derived.take().filter(|key| due.is_answered_by(key)) {
            return Ok(self.prove(&key, &nonce, message));
        }
        let server_first = message.to_string();
        self.stage = Stage::Deriving { due: due.clone(), nonce, server_first };
        Ok(Step::DeriveKey(due))
    }

    fn prove(&mut self, key: &DerivedKey, nonce: &str, server_first: &str) -> Step {
        let hash = self.hash;
        let binding = STANDARD.encode([self.header.as_bytes(), &self.binding].concat());
        let without_proof = ["c=", &binding, ",r=", nonce].concat();
        // AuthMessage := client-first-message-bare + "," + server-first-message + "," +
        //                client-final-message-without-proof
        let auth: [&[u8]; 5] =
            [self.bare.as_bytes(), b",", server_first.as_bytes(), b",", without_proof.as_bytes()];
        let client_key = hash.hmac(key.salted.expose(), &[b"Client Key"]);
        let stored_key = hash.digest(client_key.expose());
        let signature = hash.hmac(stored_key.expose(), &auth);
        let pairs = client_key.expose().iter().zip(signature.expose());
        let proof: Vec<u8> = pairs.map(|(key, signature)| key ^ signature).collect();
        let server_key = hash.hmac(key.salted.expose(), &[b"Server Key"]);
        self.stage = Stage::Final(hash.hmac(server_key.expose(), &auth));
        let message = [&without_proof, ",p=", &STANDARD.encode(proof)].concat();
        Step::Respond(Secret::new(message.into_bytes()))
    }
}

fn text(message: &[u8]) -> Result<&str, Error> {
    if message.len() > MOST_MESSAGE {
        return Err(Error::MessageTooLong { most: MOST_MESSAGE });
    }
    core::str::from_utf8(message).map_err(|_| Error::Malformed)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use bytes::Bytes;
    use postrider_testkit::read_shared;
    use postrider_wire::{Secret, TlsInfo};
    use serde_json::Value;

    use super::super::{Credentials, Input, Step};
    use super::Scram;
    use crate::{ChannelBinding, Error, Mechanism};

    const RFC_5802: &str = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";

    fn user() -> Credentials {
        Credentials::password("user", Secret::new("pencil".into())).unwrap()
    }

    /// A client of the example of RFC 5802 §5 whose first message is sent.
    fn begun(credentials: &Credentials) -> Scram {
        let nonce = "fyko+d2lbbFgONRv9qkxdawL".to_string();
        let none = ChannelBinding::none();
        let mechanism = Mechanism::ScramSha1;
        let mut scram = Scram::with_nonce(mechanism, credentials, &none, false, nonce).unwrap();
        assert!(matches!(scram.step(Input::None), Ok(Step::Respond(_))));
        scram
    }

    fn challenged(message: &str) -> Result<Step, Error> {
        begun(&user()).step(Input::Challenge(message.as_bytes()))
    }

    /// A client whose proof is sent.
    fn proved() -> Scram {
        let mut scram = begun(&user());
        let due = scram.step(Input::Challenge(RFC_5802.as_bytes())).unwrap();
        let Step::DeriveKey(due) = due else { panic!("{due:?}") };
        assert!(matches!(scram.step(Input::Key(due.derive())), Ok(Step::Respond(_))));
        scram
    }

    /// Every vector with an expected exchange, octet for octet.
    #[test]
    fn the_exchanges_of_rfc_5802_and_7677_and_of_other_programs_are_said() {
        let Some(json) = read_shared("vectors/sasl/scram.json") else { return };
        let vectors: Vec<Value> = serde_json::from_slice(&json).unwrap();
        let mut played = 0;
        for vector in vectors.iter().filter(|vector| vector["client_first"].is_string()) {
            let text = |name: &str| vector[name].as_str().unwrap().to_string();
            let gs2 = text("gs2");
            let binding = text("cb_hex");
            let octets = (0..binding.len()).step_by(2);
            let octets: Vec<u8> =
                octets.map(|at| u8::from_str_radix(&binding[at..at + 2], 16).unwrap()).collect();
            let tls = match &gs2 {
                gs2 if gs2.contains("exporter") => {
                    TlsInfo::new().with_exporter(octets.clone().try_into().unwrap())
                }
                gs2 if gs2.contains("end-point") => {
                    TlsInfo::new().with_server_end_point(Bytes::from(octets.clone()))
                }
                gs2 if gs2.starts_with('y') => TlsInfo::new().with_exporter([1; 32]),
                _ => TlsInfo::new(),
            };
            let plus = gs2.starts_with("p=");
            let mechanism = match (text("hash").as_str(), plus) {
                ("sha1", false) => Mechanism::ScramSha1,
                ("sha256", false) => Mechanism::ScramSha256,
                ("sha256", true) => Mechanism::ScramSha256Plus,
                ("sha512", false) => Mechanism::ScramSha512,
                other => panic!("{other:?}"),
            };
            let name = text("user").replace("=2C", ",").replace("=3D", "=");
            let password = Secret::new(text("password"));
            let mut credentials = Credentials::password(&name, password).unwrap();
            if gs2.contains("a=admin") {
                credentials = credentials.with_authzid("admin").unwrap();
            }
            let binding = ChannelBinding::from(&tls);
            let nonce = text("client_nonce");
            let mut scram =
                Scram::with_nonce(mechanism, &credentials, &binding, plus, nonce).unwrap();
            let said = |step: Result<Step, Error>| match step {
                Ok(Step::Respond(message)) => String::from_utf8(message.expose().clone()).unwrap(),
                other => panic!("{other:?}"),
            };
            assert_eq!(said(scram.step(Input::None)), text("client_first"));
            let due = scram.step(Input::Challenge(text("server_first").as_bytes())).unwrap();
            let Step::DeriveKey(due) = due else { panic!("{due:?}") };
            let key = due.derive();
            let digits: String =
                key.salted.expose().iter().map(|octet| format!("{octet:02x}")).collect();
            assert_eq!(digits, text("salted_password_hex"));
            assert_eq!(said(scram.step(Input::Key(key.clone()))), text("client_final"));
            assert_eq!(said(scram.step(Input::Challenge(text("server_final").as_bytes()))), "");
            assert_eq!(scram.step(Input::Done), Ok(Step::Complete));
            // With the key of the last time nothing is derived.
            let credentials = credentials.with_derived_key(key);
            let nonce = text("client_nonce");
            let mut scram =
                Scram::with_nonce(mechanism, &credentials, &binding, plus, nonce).unwrap();
            scram.step(Input::None).unwrap();
            let first = text("server_first");
            assert_eq!(said(scram.step(Input::Challenge(first.as_bytes()))), text("client_final"));
            played += 1;
        }
        assert_eq!(played, 8);
    }

    #[test]
    fn a_nonce_that_does_not_continue_ours_is_refused() {
        for nonce in ["3rfcNHYJY1ZVvWVs7j", "fyko+d2lbbFgONRv9qkxdawL", "Fyko+d2lbbFgONRv9qkxdawLx"]
        {
            let message = format!("r={nonce},s=QSXCR+Q6sek8bf92,i=4096");
            assert_eq!(challenged(&message), Err(Error::Nonce), "{nonce}");
        }
    }

    #[test]
    fn iterations_outside_of_the_bounds_are_refused() {
        let with = |count: &str| challenged(&RFC_5802.replace("4096", count));
        for count in ["0", "-1", "abc", "4294967296", "04096", "+4096", ""] {
            assert_eq!(with(count), Err(Error::Malformed), "{count}");
        }
        for count in [1, 4095, 1_000_001, u32::MAX] {
            assert_eq!(with(&count.to_string()), Err(Error::Iterations(count)));
        }
        for count in ["4096", "1000000"] {
            assert!(matches!(with(count), Ok(Step::DeriveKey(_))), "{count}");
        }
        let mut told = begun(&user().with_least_iterations(1));
        let one = RFC_5802.replace("4096", "1");
        assert!(matches!(told.step(Input::Challenge(one.as_bytes())), Ok(Step::DeriveKey(_))));
    }

    #[test]
    fn what_must_be_understood_and_is_not_is_refused_and_the_rest_is_kept() {
        assert_eq!(challenged(&format!("m=x,{RFC_5802}")), Err(Error::Extension));
        assert_eq!(challenged(&format!("{RFC_5802},m=x")), Err(Error::Extension));
        assert!(matches!(challenged(&format!("{RFC_5802},x=foo")), Ok(Step::DeriveKey(_))));
    }

    #[test]
    fn a_salt_that_is_none_is_refused() {
        let with = |salt: &str| challenged(&RFC_5802.replace("QSXCR+Q6sek8bf92", salt));
        assert_eq!(with("QSXCR+Q6sek8bf9"), Err(Error::Base64));
        assert_eq!(with(""), Err(Error::Malformed));
    }

    #[test]
    fn the_proof_of_the_server_is_the_only_way_to_success() {
        assert_eq!(proved().step(Input::Done), Err(Error::ServerNotProven), "skipped");
        let wrong = b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_eq!(proved().step(Input::Challenge(wrong)), Err(Error::WrongServerSignature));
        let refused = b"e=invalid-proof";
        assert_eq!(proved().step(Input::Challenge(refused)), Err(Error::Refused));
        let mut scram = proved();
        assert!(scram.step(Input::Challenge(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")).is_ok());
        assert_eq!(scram.step(Input::Done), Ok(Step::Complete));
    }
}
