//! What the command line, the URL and the environment know of a login.

use postrider::{
    sasl::{Mechanism, client::Credentials},
    wire::Secret,
};

use super::failure::{Code, Failure, usage};

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
