//! Why there is no host to try.

use postrider_smtp::EnhancedStatusCode;

/// Why there is no host to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NoRoute {
    /// The domain takes no mail (RFC 7505).
    #[error("the domain takes no mail")]
    NullMx,
    /// The domain does not exist.
    #[error("the domain does not exist")]
    NoSuchDomain,
    /// What stands behind the `@` is no name of a domain.
    #[error("the domain is no name")]
    NoName,
    /// Nobody knows at present. Try again later; never take this for a lack of MX records.
    #[error("the domain could not be looked up")]
    LookupFailed,
    /// We are the best host for this mail, and do not know what to do with it.
    #[error("mail for the domain loops back to this host")]
    LoopsBack,
    /// There are MX records, and none names a host. The domain's own addresses are then no way out
    /// (RFC 5321 §5.1).
    #[error("no mx record of the domain names a host")]
    NoHost,
    /// There are hosts, and none has an address.
    #[error("no host of the domain has an address")]
    NoAddress,
    /// There are hosts, and none is at an address that mail of others is sent to.
    #[error("no host of the domain has a public address")]
    NotPublic,
    /// There are hosts, and none may be used under the policies of the domain (MTA-STS, DANE) at
    /// present. These change, so that it is worth another try (RFC 8461 §5).
    #[error("the policy of the domain allows none of its hosts")]
    Policy,
    /// The mail requires TLS all the way, and nothing vouches for the name of any host (RFC 8689 §4.2.1).
    #[error("the mail requires tls, and no host of the domain can prove to be one")]
    RequireTls,
}

impl NoRoute {
    /// The code of the reply, and of the bounce, that says so.
    #[must_use]
    pub fn reply_code(self) -> u16 {
        match self {
            Self::NullMx => 556,
            Self::NoSuchDomain
            | Self::NoName
            | Self::NoHost
            | Self::NoAddress
            | Self::NotPublic
            | Self::RequireTls => 550,
            Self::LookupFailed | Self::Policy => 451,
            Self::LoopsBack => 554,
        }
    }

    /// The enhanced status code.
    #[must_use]
    pub fn status(self) -> EnhancedStatusCode {
        match self {
            Self::NullMx => EnhancedStatusCode::NULL_MX,
            Self::NoSuchDomain => EnhancedStatusCode::NO_SUCH_SYSTEM,
            Self::NoName => EnhancedStatusCode::RECIPIENT_SYNTAX,
            Self::LookupFailed => EnhancedStatusCode::DIRECTORY_FAILURE,
            Self::LoopsBack => EnhancedStatusCode::ROUTING_LOOP,
            Self::NoHost | Self::NoAddress | Self::NotPublic => EnhancedStatusCode::NO_ROUTE,
            Self::Policy => EnhancedStatusCode::TEMPORARY_CRYPTOGRAPHIC,
            Self::RequireTls => EnhancedStatusCode::ENCRYPTION_NEEDED,
        }
    }

    /// Whether another try may help.
    #[must_use]
    pub fn is_temporary(self) -> bool {
        matches!(self, Self::LookupFailed | Self::Policy)
    }
}
