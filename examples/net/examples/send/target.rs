//! Where mail goes: the URL of the command line.

use postrider::wire::Secret;

use postrider_net::program::url::{NoUrl, Url};

/// `smtp://user:password@host:port`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// How the conversation begins, and in which protocol.
    pub(crate) scheme: Scheme,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret<String>>,
    /// A name or an address, an IPv6 address without its brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Smtp,
    /// TLS from the first octet (RFC 8314 §3).
    Smtps,
    Lmtp,
}

impl core::str::FromStr for Target {
    type Err = NoUrl;

    fn from_str(url: &str) -> Result<Self, NoUrl> {
        let Url { scheme, user, password, host, port, .. } = url.parse()?;
        let scheme = match scheme.as_str() {
            "smtp" | "submission" => Scheme::Smtp,
            "smtps" | "submissions" => Scheme::Smtps,
            "lmtp" => Scheme::Lmtp,
            _ => return Err(NoUrl::new("its scheme is none of smtp, smtps and lmtp")),
        };
        let port = match port {
            Some(port) => port,
            None => match scheme {
                // RFC 6409 §3.1: who logs in submits.
                Scheme::Smtp if user.is_some() => 587,
                Scheme::Smtp => 25,
                Scheme::Smtps => 465,
                Scheme::Lmtp => {
                    return Err(NoUrl::new("lmtp has no port of its own: it must be named"));
                }
            },
        };
        Ok(Self { scheme, user, password, host, port })
    }
}
