//! Where mail comes from: the URL of the command line.

use core::fmt::Write;

use postrider::wire::Secret;

use postrider_net::program::url::{NoUrl, Url};

/// `pop3://user:password@host:port`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) scheme: Scheme,
    pub(crate) user: String,
    pub(crate) password: Option<Secret<String>>,
    /// A name or an address, an IPv6 address without its brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Pop3,
    /// TLS from the first octet (RFC 8314 §3).
    Pop3s,
}

impl Target {
    /// What unique-ids hold for: a user of a server, as a name of a file. Another port may lead to another
    /// server.
    pub(crate) fn account(&self) -> String {
        file_name(&format!("{}@{}:{}", self.user, self.host, self.port))
    }
}

/// A name of a file on every system: what could mean something else is percent-encoded.
pub(crate) fn file_name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for (at, octet) in text.bytes().enumerate() {
        match octet {
            b'.' if at == 0 => name.push_str("%2E"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'@' | b'+' | b'.' => {
                name.push(octet.into());
            }
            _ => {
                let _ = write!(name, "%{octet:02X}");
            }
        }
    }
    name
}

impl core::str::FromStr for Target {
    type Err = NoUrl;

    fn from_str(url: &str) -> Result<Self, NoUrl> {
        let Url { scheme, user, password, host, port, .. } = url.parse()?;
        let (scheme, usual) = match scheme.as_str() {
            "pop3" | "pop" => (Scheme::Pop3, 110),
            "pop3s" | "pops" => (Scheme::Pop3s, 995),
            _ => return Err(NoUrl::new("its scheme is neither pop3 nor pop3s")),
        };
        let user = user.ok_or(NoUrl::new("it has no user"))?;
        Ok(Self { scheme, user, password, host, port: port.unwrap_or(usual) })
    }
}
