//! Where mail is read: the URL of the command line.

use core::fmt::Write;

use postrider::wire::Secret;

use super::url::{NoUrl, Url};

/// `pop3://user:password@host:port` or `imap://user:password@host:port/MAILBOX`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// What is spoken there.
    pub protocol: Protocol,
    /// TLS from the first octet (RFC 8314 §3).
    pub implicit_tls: bool,
    /// Who logs in.
    pub user: String,
    /// Its password, if it is there.
    pub password: Option<Secret<String>>,
    /// A name or an address, an IPv6 address without its brackets.
    pub host: String,
    /// The usual one, if none is named.
    pub port: u16,
    /// What the mailbox is called, if it is named.
    pub mailbox: Option<String>,
}

/// By which mail is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// POP3.
    Pop3,
    /// IMAP.
    Imap,
}

impl Target {
    /// What was fetched is known for: a user of a server, and there a mailbox, as the name of a file.
    /// Another port may lead to another server.
    #[must_use]
    pub fn account(&self) -> String {
        let account = format!("{}@{}:{}", self.user, self.host, self.port);
        match self.protocol {
            Protocol::Pop3 => file_name(&account),
            Protocol::Imap => file_name(&format!("{account}/{}", self.mailbox())),
        }
    }

    /// What the mailbox is called. INBOX has one name in any case of letters.
    #[must_use]
    pub fn mailbox(&self) -> &str {
        let named = self.mailbox.as_deref().filter(|name| !name.eq_ignore_ascii_case("INBOX"));
        named.unwrap_or("INBOX")
    }
}

impl core::str::FromStr for Target {
    type Err = NoUrl;

    fn from_str(url: &str) -> Result<Self, NoUrl> {
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
        let (protocol, implicit_tls, usual) = match scheme.as_str() {
            "pop3" | "pop" => (Protocol::Pop3, false, 110),
            "pop3s" | "pops" => (Protocol::Pop3, true, 995),
            "imap" => (Protocol::Imap, false, 143),
            "imaps" => (Protocol::Imap, true, 993),
            "" => return Err(NoUrl::new("it has no scheme")),
            _ => return Err(NoUrl::new("its scheme is none of pop3, pop3s, imap and imaps")),
        };
        let url = match protocol {
            Protocol::Pop3 => url.parse()?,
            Protocol::Imap => Url::with_path(url)?,
        };
        let Url { user, password, host, port, path, .. } = url;
        let user = user.ok_or(NoUrl::new("it has no user"))?;
        let (port, mailbox) = (port.unwrap_or(usual), path.filter(|path| !path.is_empty()));
        Ok(Self { protocol, implicit_tls, user, password, host, port, mailbox })
    }
}

/// A name of a file on every system: what could mean something else is percent-encoded, and what is too
/// long for one is hashed.
#[must_use]
pub fn file_name(text: &str) -> String {
    const MOST: usize = 200;
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
    if name.len() <= MOST {
        return name;
    }
    let hash = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    hash.as_ref().iter().map(|octet| format!("{octet:02x}")).collect()
}
