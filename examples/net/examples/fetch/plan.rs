//! What the command line asks for, checked before anything is connected.

use std::path::PathBuf;

use postrider::{
    pop3::client::{Config, Login, LoginBy, Pipelining},
    sasl::{
        Mechanism,
        client::{Choice, Credentials},
    },
    wire::{ClearTextLogin, Policy, Secret, Security, TlsInfo},
};

use super::{
    arguments::{Arguments, Switch},
    failure::{Code, Failure},
    target::{Scheme, Target},
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

fn usage(text: impl Into<String>) -> Failure {
    Failure::new(Code::Usage, text)
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
        let mechanisms = mechanisms(&arguments.mechanism)?;
        let credentials = credentials(arguments, &target, &mechanisms)?;
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
        let entropy = ring::rand::generate(&ring::rand::SystemRandom::new())
            .map_err(|_| Failure::new(Code::Config, "the system has no randomness"))?;
        Ok(Login::new(self.credentials.clone(), entropy.expose())
            .with_choice(self.choice.clone())
            .with_login_by(self.ways.iter().copied()))
    }
}

fn mechanisms(names: &[String]) -> Result<Vec<Mechanism>, Failure> {
    let known = |name: &String| {
        Mechanism::from_name(name)
            .ok_or_else(|| usage(format!("--mechanism {name}: it is not known here")))
    };
    names.iter().map(known).collect()
}

/// What the URL and the environment know of a login.
fn credentials(
    arguments: &Arguments,
    target: &Target,
    mechanisms: &[Mechanism],
) -> Result<Credentials, Failure> {
    let variable = &arguments.password_env;
    let password = match &target.password {
        Some(password) => password.clone(),
        None => Secret::new(std::env::var(variable).map_err(|_| {
            usage(format!("there is no password, neither in the URL nor in {variable}"))
        })?),
    };
    let is_token =
        |mechanism: &Mechanism| matches!(mechanism, Mechanism::OAuthBearer | Mechanism::XOAuth2);
    let user = &target.user;
    let credentials = if mechanisms.iter().any(is_token) {
        Credentials::token(user, password)
            .and_then(|credentials| credentials.with_host(&target.host))
            .map(|credentials| credentials.with_port(target.port))
    } else {
        Credentials::password(user, password)
    };
    credentials.map_err(|error| usage(format!("the login: {error}")))
}
