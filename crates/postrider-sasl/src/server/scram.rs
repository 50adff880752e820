//! SCRAM, as a step among others.

use postrider_wire::{Secret, TlsInfo};

use super::{
    Config, Credential, Failure, Identity, Input, Kept, Outcome, Presented, Request, Step,
};
use crate::scram::{Hash, Lookup, Policy, Server, ServerError, ServerInput, ServerStep};
use crate::{ChannelBinding, Error, Mechanism};

pub(super) struct Scram {
    mechanism: Mechanism,
    server: Server,
}

impl Scram {
    pub(super) fn new(
        (mechanism, hash): (Mechanism, Hash),
        config: &Config,
        tls: Option<&TlsInfo>,
        entropy: &[u8; 32],
    ) -> Result<Self, Error> {
        let secret = config.salt_secret().ok_or(Error::NoSaltSecret)?;
        let policy = Policy::new(*secret)
            .with_iterations(config.iterations)
            .with_plus_offered(config.offered(tls).any(Mechanism::is_plus))
            .with_kept_passwords(config.kept == Kept::Passwords);
        let channel = tls.map_or_else(ChannelBinding::none, ChannelBinding::from);
        let server = Server::new(hash, mechanism.is_plus(), &policy, &channel, entropy);
        Ok(Self { mechanism, server })
    }

    pub(super) fn step(&mut self, input: Input<'_>) -> Result<Step, Outcome> {
        let input = match input {
            Input::Response(message) => ServerInput::Response(message),
            Input::Credential(Credential::Scram(keys)) => ServerInput::Keys(Lookup::Keys(keys)),
            Input::Credential(Credential::Password(password)) => {
                ServerInput::Keys(Lookup::Password(password))
            }
            Input::Credential(_) => ServerInput::Keys(Lookup::Unknown),
            Input::None => return Err(Error::OutOfOrder.into()),
        };
        match self.server.step(input).map_err(Error::from)? {
            ServerStep::Challenge(message) => Ok(Step::Challenge(Secret::new(message))),
            ServerStep::NeedKeys { user, authzid, .. } => {
                let mut request = Request::new(self.mechanism, Some(user), Presented::Nothing);
                request.authzid = authzid;
                Ok(Step::NeedCredential(request))
            }
            ServerStep::Success { user, authzid, data, .. } => {
                let identity = Identity { authcid: user, authzid };
                Ok(Step::Success { identity, data: Some(data) })
            }
            ServerStep::Failure(error) => Err(Failure::from(error).into()),
        }
    }
}

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Self {
        match error {
            ServerError::InvalidProof | ServerError::UnknownUser => Self::BadCredentials,
            ServerError::ChannelBindingsDontMatch
            | ServerError::ServerDoesSupportChannelBinding
            | ServerError::ChannelBindingNotSupported
            | ServerError::UnsupportedChannelBindingType => Self::Channel,
            _ => Self::Malformed,
        }
    }
}
