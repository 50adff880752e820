//! What the command line asks for, checked before anything is connected.

use std::path::PathBuf;

use postrider::{
    pop3::client::{Config, Login, LoginBy, Pipelining},
    sasl::client::{Choice, Credentials},
    wire::{ClearTextLogin, Policy, Security, TlsInfo},
};

use super::{
    arguments::Arguments,
    target::{Scheme, Target},
};
use postrider_net::program::{
    failure::{Failure, usage},
    flags::Switch,
    login,
};

/// Where the mail is put.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A file for each, in this folder.
    Folder(PathBuf),
    /// Behind the others in this file.
    Mbox(PathBuf),
}

/// All that is asked for.
pub(crate) struct Plan {
    pub(crate) target: Target,
    pub(crate) place: Place,
    pub(crate) delete: bool,
    /// The conversation is shown.
    pub(crate) verbose: bool,
    policy: Policy,
    clear_text: ClearTextLogin,
    pipelining: Pipelining,
    credentials: Credentials,
    choice: Choice,
    ways: Vec<LoginBy>,
}

impl Plan {
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, Failure> {
        let target: Target =
            arguments.url.expose().parse().map_err(|error| usage(format!("the URL: {error}")))?;
        let place = match (&arguments.out, &arguments.mbox) {
            (Some(folder), _) => Place::Folder(folder.clone()),
            (None, Some(file)) => Place::Mbox(file.clone()),
            (None, None) => return Err(usage("neither --out nor --mbox")),
        };
        let clear_text = match arguments.clear_text_login {
            true => ClearTextLogin::Allow,
            false => ClearTextLogin::Refuse,
        };
        let mechanisms = login::mechanisms(&arguments.mechanism)?;
        let password = login::password(target.password.as_ref(), &arguments.password_env)?;
        let server = (target.host.as_str(), target.port);
        let credentials = login::credentials(&target.user, password, server, &mechanisms)?;
        let choice = Choice::default().with_clear_text(clear_text);
        let (choice, ways) = match mechanisms.is_empty() {
            true => (choice, vec![LoginBy::Auth, LoginBy::UserPass]),
            false => (choice.with_mechanisms(mechanisms), vec![LoginBy::Auth]),
        };
        Ok(Self {
            place,
            delete: arguments.delete,
            verbose: arguments.verbose,
            policy: arguments.starttls.into(),
            clear_text,
            pipelining: match arguments.pipelining {
                Switch::On => Pipelining::Offered,
                Switch::Off => Pipelining::Never,
            },
            credentials,
            choice,
            ways,
            target,
        })
    }

    /// Whether certificates may have to be looked at.
    pub(crate) fn may_use_tls(&self) -> bool {
        self.target.scheme == Scheme::Pop3s || self.policy != Policy::Never
    }

    /// For a session that starts in clear text, or under this TLS.
    pub(crate) fn config(&self, tls: Option<TlsInfo>) -> Config {
        Config::new(tls.map_or(Security::StartTls(self.policy), Security::Implicit))
            .with_clear_text_login(self.clear_text)
            .with_pipelining(self.pipelining)
    }

    pub(crate) fn login(&self) -> Result<Login, Failure> {
        Ok(Login::new(self.credentials.clone(), login::entropy()?)
            .with_choice(self.choice.clone())
            .with_login_by(self.ways.iter().copied()))
    }
}
