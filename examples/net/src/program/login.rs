//! What the command line, the URL and the environment know of a login.

use postrider::{
    sasl::{
        Mechanism,
        client::{Choice, Credentials},
    },
    wire::{ClearTextLogin, Policy, Secret, Security, TlsInfo},
};

use super::{
    failure::{Code, Failure, usage},
    flags::Access,
    target::{Protocol, Target},
};

/// Whose mail is read, where, and what is needed to get in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Account {
    /// Where.
    pub target: Target,
    /// Whether a session that starts in clear text is upgraded.
    pub policy: Policy,
    /// Whether the password may cross a connection without TLS.
    pub clear_text: ClearTextLogin,
    /// Who logs in, and what proves it.
    pub credentials: Credentials,
    /// Which mechanisms may be used.
    pub choice: Choice,
    /// Whether the ways that are older than SASL may be taken, too: no mechanism was named.
    pub old_ways: bool,
}

impl Account {
    /// Of this URL, and these flags.
    ///
    /// # Errors
    ///
    /// [`Code::Usage`], for what is wrong or missing.
    pub fn new(url: &Secret<String>, access: &Access) -> Result<Self, Failure> {
        let target: Target =
            url.expose().parse().map_err(|error| usage(format!("the URL: {error}")))?;
        let clear_text = match access.clear_text_login {
            true => ClearTextLogin::Allow,
            false => ClearTextLogin::Refuse,
        };
        let mechanisms = mechanisms(&access.mechanism)?;
        let variable = access.password_env.as_deref().unwrap_or(match target.protocol {
            Protocol::Pop3 => "POP3_PASSWORD",
            Protocol::Imap => "IMAP_PASSWORD",
        });
        let password = password(target.password.as_ref(), variable)?;
        let server = (target.host.as_str(), target.port);
        let credentials = credentials(&target.user, password, server, &mechanisms)?;
        let choice = Choice::default().with_clear_text(clear_text);
        let (choice, old_ways) = match mechanisms.is_empty() {
            true => (choice, true),
            false => (choice.with_mechanisms(mechanisms), false),
        };
        let policy = access.starttls.into();
        Ok(Self { target, policy, clear_text, credentials, choice, old_ways })
    }

    /// Whether certificates may have to be looked at.
    #[must_use]
    pub fn may_use_tls(&self) -> bool {
        self.target.implicit_tls || self.policy != Policy::Never
    }

    /// For a session that starts in clear text, or under this TLS.
    #[must_use]
    pub fn security(&self, tls: Option<TlsInfo>) -> Security {
        tls.map_or(Security::StartTls(self.policy), Security::Implicit)
    }
}

/// The mechanisms of `--mechanism`.
///
/// # Errors
///
/// [`Code::Usage`] for one that is not known here.
pub fn mechanisms(names: &[String]) -> Result<Vec<Mechanism>, Failure> {
    let known = |name: &String| {
        let digest = "it is historic (RFC 6331), and left out on purpose";
        let why =
            if name.eq_ignore_ascii_case("DIGEST-MD5") { digest } else { "it is not known here" };
        Mechanism::from_name(name).ok_or_else(|| usage(format!("--mechanism {name}: {why}")))
    };
    names.iter().map(known).collect()
}

/// The password of the URL, or else of the environment variable.
///
/// # Errors
///
/// [`Code::Usage`] when there is none.
pub fn password(
    in_url: Option<&Secret<String>>,
    variable: &str,
) -> Result<Secret<String>, Failure> {
    match in_url {
        Some(password) => Ok(password.clone()),
        None => std::env::var(variable).map(Secret::new).map_err(|_| {
            usage(format!("there is no password, neither in the URL nor in {variable}"))
        }),
    }
}

/// The credentials for these mechanisms: with those of OAuth the password is the token.
///
/// # Errors
///
/// [`Code::Usage`] for a name or password that cannot be one.
pub fn credentials(
    user: &str,
    password: Secret<String>,
    (host, port): (&str, u16),
    mechanisms: &[Mechanism],
) -> Result<Credentials, Failure> {
    let is_token =
        |mechanism: &Mechanism| matches!(mechanism, Mechanism::OAuthBearer | Mechanism::XOAuth2);
    let credentials = if mechanisms.iter().any(is_token) {
        Credentials::token(user, password)
            .and_then(|credentials| credentials.with_host(host))
            .map(|credentials| credentials.with_port(port))
    } else {
        Credentials::password(user, password)
    };
    credentials.map_err(|error| usage(format!("the login: {error}")))
}

/// Entropy for one login.
///
/// # Errors
///
/// [`Code::Config`] where the system has none.
pub fn entropy() -> Result<[u8; 32], Failure> {
    let entropy = ring::rand::generate(&ring::rand::SystemRandom::new())
        .map_err(|_| Failure::new(Code::Config, "the system has no randomness"))?;
    Ok(entropy.expose())
}
