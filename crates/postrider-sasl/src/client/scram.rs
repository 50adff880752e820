//! SCRAM, as a step among others.

use postrider_wire::Secret;

use super::{Input, Step};
use crate::scram::{Bounds, Client, ClientInput, ClientStep, DerivedKey, Hash};
use crate::{ChannelBinding, Error, Mechanism};

pub(super) struct Scram(Client);

/// What SCRAM takes of the credentials.
pub(super) struct Account<'a> {
    pub(super) authzid: Option<&'a str>,
    pub(super) authcid: &'a str,
    pub(super) password: &'a Secret<alloc::string::String>,
    pub(super) key: Option<&'a DerivedKey>,
    pub(super) bounds: Bounds,
}

impl Scram {
    pub(super) fn new(
        (mechanism, hash): (Mechanism, Hash),
        account: &Account<'_>,
        binding: &ChannelBinding,
        offered_plus: bool,
        entropy: &[u8; 32],
    ) -> Result<Self, Error> {
        let mut client = Client::new(hash, account.authcid, account.password, entropy)?
            .with_bounds(account.bounds);
        if let Some(authzid) = account.authzid {
            client = client.acting_as(authzid)?;
        }
        if let Some(key) = account.key {
            client = client.with_key(key.clone());
        }
        // RFC 5802 §6: `y` says that the client could bind, and believes that the server cannot.
        if mechanism.is_plus() {
            client = client.bound_to(binding)?;
        } else if binding.best().is_some() && !offered_plus {
            client = client.not_offered();
        }
        Ok(Self(client))
    }

    pub(super) fn is_proven(&self) -> bool {
        self.0.is_proven()
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Error> {
        let input = match input {
            Input::None => ClientInput::Begin,
            Input::Challenge(challenge) => ClientInput::Challenge(challenge),
            Input::Key(key) => ClientInput::Key(key),
            Input::Done => ClientInput::Done,
            Input::Token(_) | Input::Failed => return Err(Error::OutOfOrder),
        };
        Ok(match self.0.step(input)? {
            ClientStep::Respond(message) => Step::Respond(message),
            ClientStep::DeriveKey(due) => Step::DeriveKey(due),
            ClientStep::Complete => Step::Complete,
        })
    }
}
