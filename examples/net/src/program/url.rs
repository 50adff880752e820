//! A URL with a login, taken apart.

use core::fmt;

use postrider::wire::Secret;

/// `scheme://user:password@host:port`, and a path behind it where one may stand. What stands in user,
/// password and path for itself is percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Url {
    /// In lower case.
    pub scheme: String,
    /// Decoded.
    pub user: Option<String>,
    /// Decoded.
    pub password: Option<Secret<String>>,
    /// A name or an address, an IPv6 address without its brackets.
    pub host: String,
    /// If it is there.
    pub port: Option<u16>,
    /// Decoded, without the slash before it, or one at its end.
    pub path: Option<String>,
}

/// What is wrong with a URL. It holds nothing of it, for the password is in there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoUrl(pub &'static str);

impl NoUrl {
    /// For this reason.
    #[must_use]
    pub const fn new(why: &'static str) -> Self {
        Self(why)
    }
}

impl fmt::Display for NoUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NoUrl {}

impl core::str::FromStr for Url {
    type Err = NoUrl;

    /// Without a path.
    fn from_str(url: &str) -> Result<Self, NoUrl> {
        let (scheme, login, place) = pieces(url)?;
        Self::new(scheme, login, place, None)
    }
}

impl Url {
    /// The same, with a path if there is one.
    ///
    /// # Errors
    ///
    /// [`NoUrl`], also for a URL that can be read in two ways: then one of them gives a password to a
    /// host that nobody meant.
    pub fn with_path(url: &str) -> Result<Self, NoUrl> {
        let (scheme, login, place) = pieces(url)?;
        if let Some(login) = login {
            let (user, _) = login.split_once(':').unwrap_or((login, ""));
            let behind = login.split_once('@').map_or("", |(_, behind)| behind);
            if user.contains('/') || behind.contains('/') {
                return Err(NoUrl("an @ in its password or path is not percent-encoded"));
            }
        }
        let (place, path) = match place.split_once('/') {
            Some((place, path)) => (place, Some(path)),
            None => (place, None),
        };
        if path.is_some_and(|path| path.contains(['?', '#', ';'])) {
            return Err(NoUrl("there is more in its path than a name"));
        }
        Self::new(scheme, login, place, path.map(decoded).transpose()?)
    }

    fn new(
        scheme: &str,
        login: Option<&str>,
        place: &str,
        path: Option<String>,
    ) -> Result<Self, NoUrl> {
        let (user, password) = match login.map(|login| login.split_once(':').ok_or(login)) {
            None => (None, None),
            Some(Err(user)) => (Some(decoded(user)?), None),
            Some(Ok((user, password))) => (Some(decoded(user)?), Some(decoded(password)?)),
        };
        let (host, port) = host_and_port(place)?;
        let (scheme, password) = (scheme.to_ascii_lowercase(), password.map(Secret::new));
        Ok(Self { scheme, user, password, host, port, path })
    }
}

/// Scheme, login and what is behind it.
fn pieces(url: &str) -> Result<(&str, Option<&str>, &str), NoUrl> {
    let (scheme, rest) = url.split_once("://").ok_or(NoUrl("it has no scheme"))?;
    // The last `@` and the last `/`: a password that somebody forgot to encode is still one.
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    Ok(match rest.rsplit_once('@') {
        Some((login, place)) => (scheme, Some(login), place),
        None => (scheme, None, rest),
    })
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
    String::from_utf8(octets).map_err(|_| NoUrl("what is percent-encoded in it is not UTF-8"))
}
