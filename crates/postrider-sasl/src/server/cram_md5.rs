//! CRAM-MD5 (RFC 2195).

use alloc::format;
use alloc::string::String;

use postrider_wire::Secret;

use super::verify::Verifier;
use super::{
    Config, Credential, Failure, Identity, Input, Outcome, Presented, Request, Step, name, text,
};
use crate::mac::{cram_md5, derived};
use crate::{Error, MOST, Mechanism};

/// Digits of a digest.
const DIGEST: usize = 32;

pub(super) struct CramMd5 {
    verifier: Verifier,
    challenge: String,
    state: State,
}

enum State {
    Begin,
    Asked { authcid: String, digest: Secret<String> },
    Over,
}

impl CramMd5 {
    /// ```text
    /// challenge = "<" unique "@" host ">"
    /// ```
    ///
    /// "The syntax of the unencoded form must correspond to that of an RFC 822 'msg-id'" (§2). No clock
    /// is needed where there is entropy.
    pub(super) fn new(config: &Config, entropy: &[u8; 32], verifier: Verifier) -> Self {
        let unique = derived(entropy, &[b"CRAM-MD5"]);
        let unique = unique.first_chunk().map_or(0, |octets| u128::from_be_bytes(*octets));
        let is_of_domain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let host: String = config.host.chars().filter(is_of_domain).take(255).collect();
        let atoms = host.split('.').all(|atom| !atom.is_empty());
        let host = if atoms { host.as_str() } else { "localhost" };
        let challenge = format!("<{unique:032x}@{host}>");
        Self { verifier, challenge, state: State::Begin }
    }

    pub(super) fn begin(&self) -> Step {
        Step::Challenge(Secret::new(self.challenge.clone().into_bytes()))
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Outcome> {
        match (core::mem::replace(&mut self.state, State::Over), input) {
            (State::Begin, Input::Response(message)) => {
                let (authcid, digest) = parse(message)?;
                let user = Some(authcid.clone());
                self.state = State::Asked { authcid, digest };
                let request = Request::new(Mechanism::CramMd5, user, Presented::Nothing);
                Ok(Step::NeedCredential(request))
            }
            (State::Asked { authcid, digest }, Input::Credential(credential)) => {
                let (password, known) = match credential {
                    // A password that is none keys a digest all the same, which anybody can compute.
                    Credential::Password(password) if !password.expose().is_empty() => {
                        (password, true)
                    }
                    // As much is computed for nobody.
                    _ => (digest.clone(), false),
                };
                let due = Secret::new(cram_md5(password.expose(), self.challenge.as_bytes()));
                if self.verifier.are_same(due.expose(), digest.expose()) & known {
                    let identity = Identity { authcid, authzid: None };
                    return Ok(Step::Success { identity, data: None });
                }
                Err(Failure::BadCredentials.into())
            }
            _ => Err(Error::OutOfOrder.into()),
        }
    }
}

/// ```text
/// response = user SP 32HEXDIG
/// ```
///
/// The last space counts, for one may stand in the name. Digits are of lower case (§2), and are taken in
/// either.
fn parse(message: &[u8]) -> Result<(String, Secret<String>), Failure> {
    if message.len() > MOST.saturating_add(DIGEST).saturating_add(1) {
        return Err(Failure::Malformed);
    }
    let at = message.iter().rposition(|&octet| octet == b' ').ok_or(Failure::Malformed)?;
    let (user, digest) = message.split_at_checked(at).ok_or(Failure::Malformed)?;
    let digest = digest.get(1..).unwrap_or_default();
    if digest.len() != DIGEST || !digest.iter().all(u8::is_ascii_hexdigit) {
        return Err(Failure::Malformed);
    }
    let user = name(user)?;
    let digest = text(digest)?.to_ascii_lowercase();
    Ok((user, Secret::new(digest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2195 §2: tim and his shared secret "tanstaaftanstaaf".
    #[test]
    fn the_example_of_rfc_2195_is_let_in_and_one_digit_less_is_not() {
        let login = |response: &str| {
            let config = Config::new([1; 32]);
            let mut server = CramMd5::new(&config, &[2; 32], Verifier::new(&config, &[2; 32]));
            server.challenge = String::from("<1896.697170952@postoffice.reston.mci.net>");
            let asked = server.step(Input::Response(response.as_bytes())).unwrap();
            assert!(matches!(asked, Step::NeedCredential(_)));
            let password = Secret::new(String::from("tanstaaftanstaaf"));
            server.step(Input::Credential(Credential::Password(password)))
        };
        let Ok(Step::Success { identity, data: None }) =
            login("tim b913a602c7eda7a495b4e6e7334d3890")
        else {
            panic!("refused")
        };
        assert_eq!(identity.authcid, "tim");
        let wrong = login("tim b913a602c7eda7a495b4e6e7334d3891");
        assert!(matches!(wrong, Err(Outcome::Failure(Failure::BadCredentials))));
    }

    #[test]
    fn the_challenge_is_a_msg_id_whatever_the_host_is_called() {
        for (host, domain) in [
            ("mail.example.org", "@mail.example.org>"),
            ("a b>\r\n\"@<", "@ab>"),
            ("", "@localhost>"),
            ("[::1]", "@1>"),
            ("a..b", "@localhost>"),
        ] {
            let config = Config::new([1; 32]).with_host(host);
            let server = CramMd5::new(&config, &[2; 32], Verifier::new(&config, &[2; 32]));
            let unique = server.challenge.strip_prefix('<').unwrap().strip_suffix(domain).unwrap();
            assert_eq!(unique.len(), 32, "{host}");
        }
    }
}
