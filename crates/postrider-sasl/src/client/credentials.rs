//! Who the client is, and how it can show it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use postrider_wire::Secret;

use crate::scram::DerivedKey;
use crate::{Error, MOST, MOST_TOKEN, Mechanism, Part};

/// What a client can log in with.
///
/// ```
/// use postrider_sasl::client::Credentials;
/// use postrider_wire::Secret;
///
/// let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
/// assert!(!format!("{tim:?}").contains("tanstaaf"));
/// assert!(Credentials::password("t\0im", Secret::new("x".into())).is_err());
/// # Ok::<(), postrider_sasl::Error>(())
/// ```
#[derive(Clone)]
pub struct Credentials {
    pub(super) kind: Kind,
    pub(super) authzid: Option<String>,
    pub(super) host: Option<(String, u16)>,
    pub(super) derived: Option<DerivedKey>,
    pub(super) least_iterations: u32,
}

#[derive(Clone)]
pub(super) enum Kind {
    Password { user: String, password: Secret<String> },
    Token { user: String, token: Option<Secret<String>> },
    External,
    Anonymous { trace: String },
}

impl Credentials {
    /// A name and a password, for PLAIN, LOGIN, CRAM-MD5 and SCRAM.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`], [`Error::Forbidden`] for NUL, [`Error::TooLong`].
    pub fn password(user: &str, password: Secret<String>) -> Result<Self, Error> {
        checked(user, Part::AuthenticationIdentity, MOST)?;
        checked(password.expose(), Part::Password, MOST)?;
        Ok(Self::of(Kind::Password { user: user.into(), password }))
    }

    /// A name and a bearer token, for OAUTHBEARER and XOAUTH2.
    ///
    /// # Errors
    ///
    /// As [`Credentials::password`], and [`Error::Forbidden`] for a control character: OAuth parts its
    /// values with one (RFC 7628 §3.1).
    pub fn token(user: &str, token: Secret<String>) -> Result<Self, Error> {
        let mut credentials = Self::token_later(user)?;
        check_token(&token)?;
        credentials.kind = Kind::Token { user: user.into(), token: Some(token) };
        Ok(credentials)
    }

    /// The same, with a token that is asked for when it is due ([`super::Step::NeedToken`]).
    ///
    /// # Errors
    ///
    /// As [`Credentials::token`].
    pub fn token_later(user: &str) -> Result<Self, Error> {
        checked(user, Part::AuthenticationIdentity, MOST)?;
        no_controls(user, Part::AuthenticationIdentity)?;
        Ok(Self::of(Kind::Token { user: user.into(), token: None }))
    }

    /// What TLS knows of the client: EXTERNAL.
    #[must_use]
    pub fn external() -> Self {
        Self::of(Kind::External)
    }

    /// Nobody, with a trace that may be an address or any text of up to 255 characters, or empty:
    /// ANONYMOUS (RFC 4505 §3).
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`] for a control character, [`Error::TooLong`].
    pub fn anonymous(trace: &str) -> Result<Self, Error> {
        no_controls(trace, Part::Trace)?;
        if trace.chars().count() > 255 {
            return Err(Error::TooLong(Part::Trace));
        }
        Ok(Self::of(Kind::Anonymous { trace: trace.into() }))
    }

    fn of(kind: Kind) -> Self {
        let least_iterations = crate::scram::LEAST_ITERATIONS;
        Self { kind, authzid: None, host: None, derived: None, least_iterations }
    }

    /// Whom to act as, where that is another one.
    ///
    /// # Errors
    ///
    /// As [`Credentials::password`], and for a control character.
    pub fn with_authzid(mut self, authzid: &str) -> Result<Self, Error> {
        checked(authzid, Part::AuthorizationIdentity, MOST)?;
        no_controls(authzid, Part::AuthorizationIdentity)?;
        self.authzid = Some(authzid.into());
        Ok(self)
    }

    /// The server as the client knows it, for OAUTHBEARER (RFC 7628 §3.1).
    ///
    /// # Errors
    ///
    /// As [`Credentials::with_authzid`].
    pub fn with_host(mut self, host: &str, port: u16) -> Result<Self, Error> {
        checked(host, Part::Host, 255)?;
        no_controls(host, Part::Host)?;
        self.host = Some((host.into(), port));
        Ok(self)
    }

    /// A key of an earlier login: where the server still has its salt and iterations, nothing is
    /// derived.
    #[must_use]
    pub fn with_derived_key(mut self, key: DerivedKey) -> Self {
        self.derived = Some(key);
        self
    }

    /// Sets the fewest iterations of SCRAM that are taken, in place of 4096 (RFC 7677 §4). The most
    /// are a million.
    #[must_use]
    pub fn with_least_iterations(mut self, iterations: u32) -> Self {
        self.least_iterations = iterations.max(1);
        self
    }

    /// Whether these are credentials for the mechanism.
    pub(crate) fn fit(&self, mechanism: Mechanism) -> bool {
        match &self.kind {
            Kind::Password { .. } => match mechanism {
                Mechanism::Plain => true,
                // They have no place for whom to act as.
                Mechanism::Login | Mechanism::CramMd5 => self.authzid.is_none(),
                _ => mechanism.scram_hash().is_some(),
            },
            Kind::Token { .. } => match mechanism {
                Mechanism::OAuthBearer => true,
                Mechanism::XOAuth2 => self.authzid.is_none(),
                _ => false,
            },
            Kind::External => mechanism == Mechanism::External,
            Kind::Anonymous { .. } => mechanism == Mechanism::Anonymous,
        }
    }

    /// Empty where there are none, which [`Credentials::fit`] has ruled out.
    pub(super) fn user_and_password(&self) -> (&str, &str) {
        match &self.kind {
            Kind::Password { user, password } => (user, password.expose()),
            _ => ("", ""),
        }
    }

    /// ```text
    /// message = [authzid] UTF8NUL authcid UTF8NUL passwd
    /// ```
    pub(super) fn plain_message(&self) -> Secret<Vec<u8>> {
        let (user, password) = self.user_and_password();
        let authzid = self.authzid.as_deref().unwrap_or_default();
        Secret::new([authzid, "\0", user, "\0", password].concat().into_bytes())
    }

    /// The message of EXTERNAL or ANONYMOUS.
    pub(super) fn open_message(&self) -> &str {
        match &self.kind {
            Kind::Anonymous { trace } => trace,
            _ => self.authzid.as_deref().unwrap_or_default(),
        }
    }
}

fn checked(text: &str, part: Part, most: usize) -> Result<(), Error> {
    match text.len() {
        0 => Err(Error::Empty(part)),
        n if n > most => Err(Error::TooLong(part)),
        _ if text.contains('\0') => Err(Error::Forbidden(part)),
        _ => Ok(()),
    }
}

fn no_controls(text: &str, part: Part) -> Result<(), Error> {
    if text.chars().any(char::is_control) { Err(Error::Forbidden(part)) } else { Ok(()) }
}

pub(super) fn check_token(token: &Secret<String>) -> Result<(), Error> {
    checked(token.expose(), Part::Token, MOST_TOKEN)?;
    no_controls(token.expose(), Part::Token)
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Password { .. } => "password",
            Kind::Token { .. } => "token",
            Kind::External => "external",
            Kind::Anonymous { .. } => "anonymous",
        };
        f.debug_struct("Credentials").field("kind", &kind).finish_non_exhaustive()
    }
}
