//! The mechanisms by name.

use alloc::string::String;
use core::fmt;

use crate::scram::Hash;

/// A mechanism that both ends have.
///
/// ```
/// use postrider_sasl::Mechanism;
///
/// assert_eq!(Mechanism::from_name("scram-sha-256-plus"), Some(Mechanism::ScramSha256Plus));
/// assert_eq!(Mechanism::from_name("DIGEST-MD5"), None, "historic (RFC 6331)");
/// assert!(Mechanism::Plain.reveals_secret() && !Mechanism::ScramSha1.reveals_secret());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Mechanism {
    /// `SCRAM-SHA-512-PLUS`, bound to the TLS channel.
    ScramSha512Plus,
    /// `SCRAM-SHA-256-PLUS` (RFC 7677), bound to the TLS channel.
    ScramSha256Plus,
    /// `SCRAM-SHA-1-PLUS` (RFC 5802), bound to the TLS channel.
    ScramSha1Plus,
    /// `SCRAM-SHA-512`.
    ScramSha512,
    /// `SCRAM-SHA-256` (RFC 7677).
    ScramSha256,
    /// `SCRAM-SHA-1` (RFC 5802).
    ScramSha1,
    /// `CRAM-MD5` (RFC 2195).
    CramMd5,
    /// `OAUTHBEARER` (RFC 7628).
    OAuthBearer,
    /// `XOAUTH2`, the form of OAuth that came before RFC 7628.
    XOAuth2,
    /// `PLAIN` (RFC 4616).
    Plain,
    /// `LOGIN`, which was never standardised.
    Login,
    /// `EXTERNAL` (RFC 4422 Appendix A): what TLS knows of the client.
    External,
    /// `ANONYMOUS` (RFC 4505).
    Anonymous,
}

impl Mechanism {
    /// All of them, the strongest first.
    pub const ALL: [Self; 13] = [
        Self::ScramSha512Plus,
        Self::ScramSha256Plus,
        Self::ScramSha1Plus,
        Self::ScramSha512,
        Self::ScramSha256,
        Self::ScramSha1,
        Self::CramMd5,
        Self::OAuthBearer,
        Self::XOAuth2,
        Self::Plain,
        Self::Login,
        Self::External,
        Self::Anonymous,
    ];

    /// The registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ScramSha512Plus => "SCRAM-SHA-512-PLUS",
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
            Self::ScramSha1Plus => "SCRAM-SHA-1-PLUS",
            Self::ScramSha512 => "SCRAM-SHA-512",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::CramMd5 => "CRAM-MD5",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::XOAuth2 => "XOAUTH2",
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::External => "EXTERNAL",
            Self::Anonymous => "ANONYMOUS",
        }
    }

    /// The mechanism of this name, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// Whether the client has the first word, so that its message can go with the command.
    #[must_use]
    pub const fn is_client_first(self) -> bool {
        !matches!(self, Self::CramMd5 | Self::Login)
    }

    /// Whether who reads the exchange can log in: password or token cross the wire.
    #[must_use]
    pub const fn reveals_secret(self) -> bool {
        matches!(self, Self::Plain | Self::Login | Self::OAuthBearer | Self::XOAuth2)
    }

    /// Whether the exchange is bound to the TLS channel (RFC 5056).
    #[must_use]
    pub const fn is_plus(self) -> bool {
        matches!(self, Self::ScramSha512Plus | Self::ScramSha256Plus | Self::ScramSha1Plus)
    }

    /// The hash of a SCRAM mechanism.
    #[must_use]
    pub const fn scram_hash(self) -> Option<Hash> {
        match self {
            Self::ScramSha512Plus | Self::ScramSha512 => Some(Hash::Sha512),
            Self::ScramSha256Plus | Self::ScramSha256 => Some(Hash::Sha256),
            Self::ScramSha1Plus | Self::ScramSha1 => Some(Hash::Sha1),
            _ => None,
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Longest name (RFC 4422 §3.1).
const LONGEST: usize = 20;

/// The name of a mechanism, known here or not: 1 to 20 letters, digits, `-` and `_`, in upper case (RFC
/// 4422 §3.1).
///
/// ```
/// use postrider_sasl::{Mechanism, MechanismName};
///
/// let name = MechanismName::parse("scram-sha-1")?;
/// assert_eq!((name.as_str(), name.mechanism()), ("SCRAM-SHA-1", Some(Mechanism::ScramSha1)));
/// assert!(MechanismName::parse("PLAIN\r\nQUIT").is_err());
/// # Ok::<(), postrider_sasl::NoMechanismName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MechanismName(String);

/// A text that is no name of a mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no name of a mechanism")]
#[non_exhaustive]
pub struct NoMechanismName;

impl MechanismName {
    /// Reads a name in any case.
    ///
    /// # Errors
    ///
    /// [`NoMechanismName`] when it is empty, too long or holds anything else.
    pub fn parse(name: &str) -> Result<Self, NoMechanismName> {
        let allowed = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
        let sound = (1..=LONGEST).contains(&name.len()) && name.bytes().all(allowed);
        if sound { Ok(Self(name.to_ascii_uppercase())) } else { Err(NoMechanismName) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The mechanism, if it is known here.
    #[must_use]
    pub fn mechanism(&self) -> Option<Mechanism> {
        Mechanism::from_name(&self.0)
    }
}

impl From<Mechanism> for MechanismName {
    fn from(mechanism: Mechanism) -> Self {
        Self(String::from(mechanism.name()))
    }
}

impl fmt::Display for MechanismName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::str::FromStr for MechanismName {
    type Err = NoMechanismName;

    fn from_str(name: &str) -> Result<Self, NoMechanismName> {
        Self::parse(name)
    }
}
