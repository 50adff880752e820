//! LOGIN, which was never standardised (draft-murchison-sasl-login).

use alloc::string::String;
use alloc::vec::Vec;

use postrider_wire::Secret;

use super::verify::Verifier;
use super::{Identity, Input, Outcome, Presented, Request, Step, name, text};
use crate::{Error, Mechanism};

/// "The first challenge sent by the server contains the US-ASCII string "Username:"" (§2). Some clients
/// wait for just that.
const USERNAME: &[u8] = b"Username:";
const PASSWORD: &[u8] = b"Password:";

pub(super) struct Login {
    verifier: Verifier,
    state: State,
}

enum State {
    Name,
    Password(String),
    Asked(Identity, Secret<String>),
    Over,
}

impl Login {
    pub(super) fn new(verifier: Verifier) -> Self {
        Self { verifier, state: State::Name }
    }

    pub(super) fn begin(&self) -> Step {
        Step::Challenge(Secret::new(Vec::from(USERNAME)))
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Outcome> {
        match (core::mem::replace(&mut self.state, State::Over), input) {
            (State::Name, Input::Response(authcid)) => {
                self.state = State::Password(name(authcid)?);
                Ok(Step::Challenge(Secret::new(Vec::from(PASSWORD))))
            }
            (State::Password(authcid), Input::Response(password)) => {
                let password = Secret::new(String::from(text(password)?));
                let presented = Presented::Password(password.clone());
                let request = Request::new(Mechanism::Login, Some(authcid.clone()), presented);
                self.state = State::Asked(Identity { authcid, authzid: None }, password);
                Ok(Step::NeedCredential(request))
            }
            (State::Asked(identity, password), Input::Credential(credential)) => {
                self.verifier.password(identity, &password, &credential)
            }
            _ => Err(Error::OutOfOrder.into()),
        }
    }
}
