//! The mechanisms.

use alloc::string::String;

use postrider_sasl::client::{self, Choice, Credentials};
use postrider_sasl::server::{self, Config, Credential};
use postrider_sasl::{ChannelBinding, Error, Mechanism};
use postrider_wire::{Secret, TlsInfo};

/// What both ends have, from end to end.
pub fn sasl(name: &str, password: &Secret<String>, entropy: [u8; 32]) -> Result<bool, Error> {
    let (tls, binding) = (TlsInfo::new().with_exporter(entropy), ChannelBinding::none());
    let config = Config::new(entropy).with_mechanisms(Mechanism::ALL).with_salt_secret(entropy);
    let credentials = Credentials::password(name, password.clone())?;
    let offered = config.offered(Some(&tls)).map(Mechanism::name);
    let Some(mechanism) =
        Choice::default().candidates(offered, &credentials, Some(&tls)).pop()
    else {
        return Ok(false);
    };
    let mut client = client::Exchange::new(mechanism, &credentials, &binding, true, entropy)?;
    let mut server = server::Exchange::new(mechanism, &config, Some(&tls), entropy)?;
    let mut next = client.step(client::Input::None)?;
    loop {
        let response = match next {
            client::Step::Respond(response) => response,
            client::Step::DeriveKey(due) => {
                next = client.step(client::Input::Key(due.derive()))?;
                continue;
            }
            client::Step::Complete => return Ok(true),
            _ => return Ok(false),
        };
        let mut step = server.step(server::Input::Response(response.expose()))?;
        if let server::Step::NeedCredential(_) = step {
            let known = Credential::Password(password.clone());
            step = server.step(server::Input::Credential(known))?;
        }
        next = match step {
            server::Step::Challenge(challenge) => {
                client.step(client::Input::Challenge(challenge.expose()))?
            }
            server::Step::Success { .. } => client.step(client::Input::Done)?,
            _ => return Ok(false),
        };
    }
}
