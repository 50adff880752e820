//! Where mail goes: the URL of the command line.

use core::fmt;

use postrider::wire::Secret;

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

/// What is wrong with a URL. It holds nothing of it, for the password is in there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoUrl(&'static str);

impl fmt::Display for NoUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NoUrl {}

impl core::str::FromStr for Target {
    type Err = NoUrl;

    fn from_str(url: &str) -> Result<Self, NoUrl> {
        let (scheme, rest) = url.split_once("://").ok_or(NoUrl("it has no scheme"))?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "smtp" | "submission" => Scheme::Smtp,
            "smtps" | "submissions" => Scheme::Smtps,
            "lmtp" => Scheme::Lmtp,
            _ => return Err(NoUrl("its scheme is none of smtp, smtps and lmtp")),
        };
        // The last `@` and the last `/`: a password that somebody forgot to encode is still one.
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, rest),
        };
        let (user, password) = match login.map(|login| login.split_once(':').ok_or(login)) {
            None => (None, None),
            Some(Err(user)) => (Some(decoded(user)?), None),
            Some(Ok((user, password))) => (Some(decoded(user)?), Some(decoded(password)?)),
        };
        let (host, port) = host_and_port(place)?;
        let port = match port {
            Some(port) => port,
            None => match scheme {
                // RFC 6409 §3.1: who logs in submits.
                Scheme::Smtp if user.is_some() => 587,
                Scheme::Smtp => 25,
                Scheme::Smtps => 465,
                Scheme::Lmtp => return Err(NoUrl("lmtp has no port of its own: it must be named")),
            },
        };
        let password = password.map(Secret::new);
        Ok(Self { scheme, user, password, host, port })
    }
}

/// `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
fn host_and_port(place: &str) -> Result<(String, Option<u16>), NoUrl> {
    let (host, port) = match place.strip_prefix('[') {
        Some(literal) => {
            let (host, behind) = literal.split_once(']').ok_or(NoUrl("a bracket is not closed"))?;
            match behind.strip_prefix(':') {
                None if !behind.is_empty() => return Err(NoUrl("its port is no number")),
                port => (host, port),
            }
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    if host.is_empty() || host.contains(['/', '?', '#', ' ']) {
        return Err(NoUrl("it names no host"));
    }
    let port = port.map(|port| port.parse().map_err(|_| NoUrl("its port is no number")));
    Ok((host.to_owned(), port.transpose()?))
}

/// Without percent-encoding (RFC 3986 §2.1).
fn decoded(text: &str) -> Result<String, NoUrl> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first != b'%' {
            octets.push(*first);
            continue;
        }
        let digit = |at: usize| behind.get(at).and_then(|octet| char::from(*octet).to_digit(16));
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return Err(NoUrl("a % in it is not followed by two hexadecimal digits"));
        };
        octets.extend(u8::try_from(high * 16 + low));
        rest = behind.get(2..).unwrap_or_default();
    }
    String::from_utf8(octets).map_err(|_| NoUrl("its user or password is not UTF-8"))
}
