//! What a client has to log in with.

use alloc::string::String;

use postrider_wire::Secret;

use crate::error::check;
use crate::prep::{Use, saslprep};
use crate::scram::{Bounds, DerivedKey};
use crate::{Error, Mechanism, Part};

/// What a client has to log in with: a password, a bearer token, what TLS tells of it, or nothing.
///
/// ```
/// use postrider_sasl::{Error, Mechanism, Part};
/// use postrider_sasl::client::Credentials;
/// use postrider_wire::Secret;
///
/// let tim = Credentials::password("tim", Secret::new("tanstaaftanstaaf".into()))?;
/// assert!(tim.fit(Mechanism::ScramSha256) && !tim.fit(Mechanism::OAuthBearer));
/// assert!(!format!("{tim:?}").contains("tanstaaf"));
///
/// let nul = Credentials::password("t\0im", Secret::new("x".into()));
/// assert_eq!(nul.unwrap_err(), Error::Forbidden(Part::AuthenticationIdentity));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub(super) kind: Kind,
    pub(super) authzid: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Password { authcid: String, password: Secret<String>, key: Option<DerivedKey>, bounds: Bounds },
    Token { user: String, token: Option<Secret<String>>, host: Option<String>, port: Option<u16> },
    External,
    Anonymous { trace: String },
}

impl Credentials {
    /// The user `authcid` and its password.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] or [`Error::TooLong`] for either, [`Error::Forbidden`] for control characters in the
    /// name and for NUL in the password.
    pub fn password(authcid: impl Into<String>, password: Secret<String>) -> Result<Self, Error> {
        let authcid = authcid.into();
        check(&authcid, Part::AuthenticationIdentity)?;
        check(password.expose(), Part::Password)?;
        let bounds = Bounds::default();
        Ok(Self::of(Kind::Password { authcid, password, key: None, bounds }))
    }

    /// The user and a bearer token for it (RFC 6750), as the authorization server gave it.
    ///
    /// # Errors
    ///
    /// As [`Credentials::password`], and [`Error::Forbidden`] for all in a token that is not visible ASCII.
    pub fn token(user: impl Into<String>, token: Secret<String>) -> Result<Self, Error> {
        check(token.expose(), Part::Token)?;
        Self::bearer(user.into(), Some(token))
    }

    /// The user of a bearer token that is fetched when the login asks for it
    /// ([`super::Step::NeedToken`]).
    ///
    /// # Errors
    ///
    /// As [`Credentials::token`].
    pub fn token_on_demand(user: impl Into<String>) -> Result<Self, Error> {
        Self::bearer(user.into(), None)
    }

    fn bearer(user: String, token: Option<Secret<String>>) -> Result<Self, Error> {
        check(&user, Part::AuthenticationIdentity)?;
        Ok(Self::of(Kind::Token { user, token, host: None, port: None }))
    }

    /// What the TLS layer tells of the client: its certificate (EXTERNAL).
    #[must_use]
    pub fn external() -> Self {
        Self::of(Kind::External)
    }

    /// Nobody, who leaves a trace: an address of mail, or a word of at most 255 characters without
    /// `@` (RFC 4505 §2). It may be empty.
    ///
    /// # Errors
    ///
    /// [`Error::TooLong`], or [`Error::Forbidden`] for control characters.
    pub fn anonymous(trace: impl Into<String>) -> Result<Self, Error> {
        let trace = trace.into();
        if !trace.is_empty() {
            check(&trace, Part::Trace)?;
        }
        Ok(Self::of(Kind::Anonymous { trace }))
    }

    fn of(kind: Kind) -> Self {
        Self { kind, authzid: None }
    }

    /// Acts as somebody else, which PLAIN, SCRAM, EXTERNAL and OAUTHBEARER can ask for, and no other.
    ///
    /// # Errors
    ///
    /// As [`Credentials::password`].
    pub fn with_authzid(mut self, authzid: impl Into<String>) -> Result<Self, Error> {
        let authzid = authzid.into();
        check(&authzid, Part::AuthorizationIdentity)?;
        self.authzid = Some(authzid);
        Ok(self)
    }

    /// Sets the host that the client connected to, which OAUTHBEARER tells. Without effect where there
    /// is no token.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`], [`Error::TooLong`], or [`Error::Forbidden`] for all but visible ASCII.
    pub fn with_host(mut self, name: impl Into<String>) -> Result<Self, Error> {
        let name = name.into();
        check(&name, Part::Host)?;
        if let Kind::Token { host, .. } = &mut self.kind {
            *host = Some(name);
        }
        Ok(self)
    }

    /// Sets the port that the client connected to, which OAUTHBEARER tells. Without effect where there
    /// is no token.
    #[must_use]
    pub fn with_port(mut self, number: u16) -> Self {
        if let Kind::Token { port, .. } = &mut self.kind {
            *port = Some(number);
        }
        self
    }

    /// Has a key of an earlier login at hand, which saves SCRAM the derivation as long as salt,
    /// iterations and hash stay. Without effect where there is no password.
    #[must_use]
    pub fn with_derived_key(mut self, derived: DerivedKey) -> Self {
        if let Kind::Password { key, .. } = &mut self.kind {
            *key = Some(derived);
        }
        self
    }

    /// Sets how many iterations SCRAM bears; 4096 to 1,000,000 where it is not set. Without effect
    /// where there is no password.
    #[must_use]
    pub fn with_iterations(mut self, borne: Bounds) -> Self {
        if let Kind::Password { bounds, .. } = &mut self.kind {
            *bounds = borne;
        }
        self
    }

    /// User and password, for what protocols have besides SASL (`USER` and `PASS` of POP3, `LOGIN` of IMAP).
    /// None where it is no password, and where somebody else is to be acted as, which those cannot carry.
    #[must_use]
    pub fn as_password(&self) -> Option<(&str, &Secret<String>)> {
        match (&self.kind, &self.authzid) {
            (Kind::Password { authcid, password, .. }, None) => Some((authcid, password)),
            _ => None,
        }
    }

    /// Whether the mechanism can carry these credentials: all of them, the authorization identity
    /// included, and what SASLprep makes of them in SCRAM.
    #[must_use]
    pub fn fit(&self, mechanism: Mechanism) -> bool {
        let authzid = self.authzid.is_some();
        match &self.kind {
            Kind::Password { authcid, password, .. } => match mechanism {
                Mechanism::Plain => true,
                Mechanism::Login | Mechanism::CramMd5 => !authzid,
                _ => {
                    let is_made = |text: &str, purpose| {
                        saslprep(text, purpose).is_ok_and(|text| !text.expose().is_empty())
                    };
                    mechanism.scram_hash().is_some()
                        && is_made(authcid, Use::Query)
                        && is_made(password.expose(), Use::Stored)
                }
            },
            Kind::Token { .. } => match mechanism {
                Mechanism::OAuthBearer => true,
                Mechanism::XOAuth2 => !authzid,
                _ => false,
            },
            Kind::External => mechanism == Mechanism::External,
            Kind::Anonymous { .. } => mechanism == Mechanism::Anonymous && !authzid,
        }
    }
}
