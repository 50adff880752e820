//! PLAIN (RFC 4616).

use alloc::string::String;

use postrider_wire::Secret;

use super::verify::Verifier;
use super::{Failure, Identity, Input, Outcome, Presented, Request, Step, name, text};
use crate::{Error, MOST, Mechanism};

/// Octets of the message.
const MOST_MESSAGE: usize = 3 * MOST + 2;

pub(super) struct Plain {
    verifier: Verifier,
    state: State,
}

enum State {
    Begin,
    Asked(Identity, Secret<String>),
    Over,
}

impl Plain {
    pub(super) fn new(verifier: Verifier) -> Self {
        Self { verifier, state: State::Begin }
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Outcome> {
        match (core::mem::replace(&mut self.state, State::Over), input) {
            (State::Begin, Input::Response(message)) => {
                let (identity, password) = parse(message)?;
                let user = Some(identity.authcid.clone());
                let presented = Presented::Password(password.clone());
                let mut request = Request::new(Mechanism::Plain, user, presented);
                request.authzid = identity.authzid.clone();
                self.state = State::Asked(identity, password);
                Ok(Step::NeedCredential(request))
            }
            (State::Asked(identity, password), Input::Credential(credential)) => {
                self.verifier.password(identity, &password, &credential)
            }
            _ => Err(Error::OutOfOrder.into()),
        }
    }
}

/// ```text
/// message = [authzid] UTF8NUL authcid UTF8NUL passwd
/// ```
///
/// RFC 4616 §2
fn parse(message: &[u8]) -> Result<(Identity, Secret<String>), Failure> {
    if message.len() > MOST_MESSAGE {
        return Err(Failure::Malformed);
    }
    let mut parts = message.split(|&octet| octet == 0);
    let (Some(authzid), Some(authcid), Some(password), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Failure::Malformed);
    };
    let authzid = match authzid {
        b"" => None,
        authzid => Some(name(authzid)?),
    };
    let authcid = name(authcid)?;
    let password = Secret::new(String::from(text(password)?));
    Ok((Identity { authcid, authzid }, password))
}
