//! IMAP URLs (RFC 5092), with URLAUTH (RFC 4467).

use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU64;

use bytes::Bytes;

use super::{Atom, InvalidValue, MailboxName, Uid, UidValidity};

/// Where something is on an IMAP server: as CATENATE, referrals and BADURL name it. Octets stand
/// here decoded; [`fmt::Display`] encodes what has to be.
///
/// ```
/// use postrider_imap::{ImapUrl, UrlTarget};
///
/// let url = ImapUrl::parse("imap://minbari.example.org/gray-council;UIDVALIDITY=385759045/;UID=20")?;
/// assert!(matches!(url.target(), UrlTarget::Message { uid, .. } if uid.get() == 20));
/// assert_eq!(url.base().server().map(|server| &server.host[..]), Some(&b"minbari.example.org"[..]));
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImapUrl {
    base: UrlBase,
    target: UrlTarget,
}

/// What a URL begins with (RFC 5092 §11 `imapurl`, `imapurl-rel`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the forms of the grammar")]
pub enum UrlBase {
    /// `imap://` and a server.
    Absolute(UrlServer),
    /// `//` and a server.
    Network(UrlServer),
    /// `/`: the server at hand.
    Path,
    /// Nothing: the server and perhaps the mailbox or the message at hand.
    Relative,
}

/// A server, and who one is there (RFC 5092 §3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the parts of the grammar")]
pub struct UrlServer {
    /// The name of the user; not empty.
    pub user: Option<Bytes>,
    /// How the user is to log in.
    pub auth: Option<UrlMechanism>,
    /// The host: a name, or an address, that of IPv6 in brackets; not empty.
    pub host: Bytes,
    /// The port; 143 unless told.
    pub port: Option<u16>,
}

/// `;AUTH=`: a way to log in (RFC 5092 §3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two forms of the grammar")]
pub enum UrlMechanism {
    /// `*`: any that is safe enough.
    Any,
    /// The mechanism of this name.
    Named(Atom),
}

/// What a URL names on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlTarget {
    /// The server, or what is at hand.
    Nothing,
    /// A mailbox, or the messages in it that a search finds (RFC 5092 §4).
    Mailbox {
        /// The mailbox.
        mailbox: UrlMailbox,
        /// A search program as SEARCH has it; not empty.
        search: Option<Bytes>,
    },
    /// A message or a part of it (RFC 5092 §5).
    Message {
        /// The mailbox.
        mailbox: UrlMailbox,
        /// The message.
        uid: Uid,
        /// The section, as it stands in the brackets of `BODY[…]`; not empty.
        section: Option<Bytes>,
        /// Which octets of it.
        partial: Option<UrlPartial>,
        /// Who may use the URL, and for how long (RFC 4467).
        auth: Option<UrlAuth>,
    },
    /// A message in the mailbox at hand, or a part of it.
    Uid(Uid, Option<Bytes>, Option<UrlPartial>),
    /// A section of the message at hand, or octets of it.
    Section(Bytes, Option<UrlPartial>),
    /// Octets of the section at hand.
    Partial(UrlPartial),
}

/// A mailbox in a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the parts of the grammar")]
pub struct UrlMailbox {
    /// Its name, in UTF-8 whatever the session uses (RFC 5092 §8); not empty.
    pub name: MailboxName,
    /// Its UIDVALIDITY; not zero.
    pub validity: Option<UidValidity>,
}

/// `;PARTIAL=`: octets from an offset on, and at most how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the parts of the grammar")]
pub struct UrlPartial {
    /// The first octet.
    pub offset: u64,
    /// The most octets; without it, all.
    pub length: Option<NonZeroU64>,
}

/// `;EXPIRE=` and `;URLAUTH=` (RFC 5092 §6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the parts of the grammar")]
pub struct UrlAuth {
    /// Until when, as RFC 3339 writes dates, such as `2010-02-02T12:00:00Z`.
    pub expire: Option<Bytes>,
    /// Who.
    pub access: UrlAccess,
    /// The proof; a URL for GENURLAUTH has none yet.
    pub verifier: Option<UrlVerifier>,
}

/// Who may use a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the four of the grammar")]
pub enum UrlAccess {
    /// `submit+`: a message submission server for this user.
    Submit(Bytes),
    /// `user+`: this user.
    User(Bytes),
    /// `authuser`: whoever is logged in.
    AuthUser,
    /// `anonymous`: anybody.
    Anonymous,
}

/// The proof that a URL was made by the server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the parts of the grammar")]
pub struct UrlVerifier {
    /// How it was made: `INTERNAL`, or letters, digits, `-` and `.`.
    pub mechanism: Atom,
    /// The proof: 32 hexadecimal digits or more.
    pub token: Bytes,
}

impl UrlBase {
    /// The server, if the URL names one.
    #[must_use]
    pub fn server(&self) -> Option<&UrlServer> {
        match self {
            Self::Absolute(server) | Self::Network(server) => Some(server),
            Self::Path | Self::Relative => None,
        }
    }
}

impl UrlServer {
    /// A host without user and port.
    pub fn new(host: impl Into<Bytes>) -> Self {
        Self { user: None, auth: None, host: host.into(), port: None }
    }
}

impl UrlMailbox {
    /// A mailbox by its name.
    #[must_use]
    pub fn new(name: MailboxName) -> Self {
        Self { name, validity: None }
    }
}

impl ImapUrl {
    /// A URL of these parts.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Combination`] when they do not go together: parts of what is at hand stand
    /// in relative URLs alone, and URLAUTH in none of them. [`InvalidValue::Empty`],
    /// [`InvalidValue::Number`] and [`InvalidValue::Octet`] when a part is not what the grammar has
    /// there.
    pub fn new(base: UrlBase, target: UrlTarget) -> Result<Self, InvalidValue> {
        base.server().map_or(Ok(()), UrlServer::check)?;
        let relative = base == UrlBase::Relative;
        let some =
            |octets: &Bytes| if octets.is_empty() { Err(InvalidValue::Empty) } else { Ok(()) };
        let some_if = |octets: &Option<Bytes>| octets.as_ref().map_or(Ok(()), some);
        match &target {
            UrlTarget::Nothing => {}
            UrlTarget::Mailbox { mailbox, search } => {
                mailbox.check()?;
                some_if(search)?;
            }
            UrlTarget::Message { mailbox, section, auth, .. } => {
                mailbox.check()?;
                some_if(section)?;
                if let Some(auth) = auth {
                    auth.check()?;
                    if relative {
                        return Err(InvalidValue::Combination);
                    }
                }
            }
            UrlTarget::Uid(..) | UrlTarget::Section(..) | UrlTarget::Partial(_) if !relative => {
                return Err(InvalidValue::Combination);
            }
            UrlTarget::Uid(_, section, _) => some_if(section)?,
            UrlTarget::Section(section, _) => some(section)?,
            UrlTarget::Partial(_) => {}
        }
        Ok(Self { base, target })
    }

    /// Reads a URL, absolute or relative. Dot segments, as in `/foo/../bar`, are no part of the
    /// grammar: they are to be resolved before (RFC 3986 §5.2).
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] when it does not follow the grammar of RFC 5092 §11.
    pub fn parse(url: impl AsRef<[u8]>) -> Result<Self, InvalidValue> {
        crate::syntax::url(url.as_ref())
    }

    /// What it begins with.
    #[must_use]
    pub fn base(&self) -> &UrlBase {
        &self.base
    }

    /// What it names.
    #[must_use]
    pub fn target(&self) -> &UrlTarget {
        &self.target
    }
}

impl UrlServer {
    fn check(&self) -> Result<(), InvalidValue> {
        let empty = self.host.is_empty() || self.user.as_ref().is_some_and(Bytes::is_empty);
        if empty { Err(InvalidValue::Empty) } else { Ok(()) }
    }
}

impl UrlMailbox {
    fn check(&self) -> Result<(), InvalidValue> {
        if self.name.as_bytes().is_empty() {
            return Err(InvalidValue::Empty);
        }
        match self.validity {
            Some(validity) if validity.get() == 0 => Err(InvalidValue::Number),
            _ => Ok(()),
        }
    }
}

impl UrlAuth {
    fn check(&self) -> Result<(), InvalidValue> {
        if self.expire.as_ref().is_some_and(|expire| !is_date_time(expire)) {
            return Err(InvalidValue::Octet);
        }
        if let UrlAccess::Submit(user) | UrlAccess::User(user) = &self.access
            && user.is_empty()
        {
            return Err(InvalidValue::Empty);
        }
        let Some(UrlVerifier { mechanism, token }) = &self.verifier else { return Ok(()) };
        let named = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.');
        let good = mechanism.as_bytes().iter().all(named)
            && token.len() >= 32
            && token.iter().all(u8::is_ascii_hexdigit);
        if good { Ok(()) } else { Err(InvalidValue::Octet) }
    }
}

/// `date-time` of RFC 3339 §5.6, as far as its shape goes.
fn is_date_time(octets: &[u8]) -> bool {
    let shaped = |octets: &[u8], shape: &[u8]| {
        octets.len() == shape.len()
            && octets.iter().zip(shape).all(|(octet, kind)| match kind {
                b'0' => octet.is_ascii_digit(),
                kind => octet.eq_ignore_ascii_case(kind),
            })
    };
    let Some((stem, rest)) = octets.split_at_checked(19) else { return false };
    let rest = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|octet| octet.is_ascii_digit()).count();
            match fraction.split_at_checked(digits) {
                Some(([_, ..], rest)) => rest,
                _ => return false,
            }
        }
        None => rest,
    };
    let zone = shaped(rest, b"Z") || shaped(rest, b"+00:00") || shaped(rest, b"-00:00");
    shaped(stem, b"0000-00-00T00:00:00") && zone
}

/// What need not be encoded: `uchar`, and what else a part allows.
fn encoded(f: &mut fmt::Formatter<'_>, octets: &[u8], also: &[u8]) -> fmt::Result {
    // `sub-delims-sh`
    const PLAIN: &[u8] = b"-._~!$'()*+,";
    for &octet in octets {
        if octet.is_ascii_alphanumeric() || PLAIN.contains(&octet) || also.contains(&octet) {
            write!(f, "{}", char::from(octet))?;
        } else {
            write!(f, "%{octet:02X}")?;
        }
    }
    Ok(())
}

/// `achar = uchar / "&" / "="`
const ACHAR: &[u8] = b"&=";
/// `bchar = achar / ":" / "@" / "/"`; the colon is encoded, for relative URLs have none at first.
const BCHAR: &[u8] = b"&=@/";

impl fmt::Display for ImapUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.base {
            UrlBase::Absolute(server) => write!(f, "imap://{server}")?,
            UrlBase::Network(server) => write!(f, "//{server}")?,
            UrlBase::Path | UrlBase::Relative => {}
        }
        let slash = match self.base {
            UrlBase::Absolute(_) | UrlBase::Network(_) => self.target != UrlTarget::Nothing,
            UrlBase::Path => true,
            UrlBase::Relative => false,
        };
        if slash {
            f.write_str("/")?;
        }
        let part = |f: &mut fmt::Formatter<'_>, uid: &Uid, section: &Option<Bytes>, partial| {
            write!(f, ";UID={uid}")?;
            if let Some(section) = section {
                f.write_str("/;SECTION=")?;
                encoded(f, section, BCHAR)?;
            }
            further(f, partial)
        };
        match &self.target {
            UrlTarget::Nothing => Ok(()),
            UrlTarget::Mailbox { mailbox, search } => {
                mailbox.fmt(f)?;
                let Some(search) = search else { return Ok(()) };
                f.write_str("?")?;
                encoded(f, search, BCHAR)
            }
            UrlTarget::Message { mailbox, uid, section, partial, auth } => {
                write!(f, "{mailbox}/")?;
                part(f, uid, section, *partial)?;
                auth.as_ref().map_or(Ok(()), |auth| auth.fmt(f))
            }
            UrlTarget::Uid(uid, section, partial) => part(f, uid, section, *partial),
            UrlTarget::Section(section, partial) => {
                f.write_str(";SECTION=")?;
                encoded(f, section, BCHAR)?;
                further(f, *partial)
            }
            UrlTarget::Partial(partial) => partial.fmt(f),
        }
    }
}

fn further(f: &mut fmt::Formatter<'_>, partial: Option<UrlPartial>) -> fmt::Result {
    partial.map_or(Ok(()), |partial| write!(f, "/{partial}"))
}

impl fmt::Display for UrlServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(user) = &self.user {
            encoded(f, user, ACHAR)?;
        }
        match &self.auth {
            Some(UrlMechanism::Any) => f.write_str(";AUTH=*")?,
            Some(UrlMechanism::Named(name)) => {
                f.write_str(";AUTH=")?;
                encoded(f, name.as_bytes(), ACHAR)?;
            }
            None => {}
        }
        if self.user.is_some() || self.auth.is_some() {
            f.write_str("@")?;
        }
        // `IP-literal` of RFC 3986 §3.2.2.
        let inside = self.host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]"));
        match inside.filter(|inside| inside.iter().all(|&octet| is_address_octet(octet))) {
            Some(_) => encoded(f, &self.host, b"[]:&=;")?,
            None => encoded(f, &self.host, b"&=;")?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// What stands in the brackets of an address: `IPv6address` and `IPvFuture` of RFC 3986 §3.2.2.
pub(crate) fn is_address_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:".contains(&octet)
}

impl fmt::Display for UrlMailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.name.as_bytes().split(|&octet| octet == b'/').enumerate() {
            match (at, segment) {
                (0, _) => {}
                // A slash at first would read as the name of a server (RFC 5092 §7.1).
                (1, _) if self.name.as_bytes().starts_with(b"/") => f.write_str("%2F")?,
                _ => f.write_str("/")?,
            }
            match segment {
                // RFC 5092 §7: what would read as a dot segment is encoded.
                b"." => f.write_str("%2E")?,
                b".." => f.write_str("%2E%2E")?,
                _ => encoded(f, segment, BCHAR)?,
            }
        }
        self.validity.map_or(Ok(()), |validity| write!(f, ";UIDVALIDITY={validity}"))
    }
}

impl fmt::Display for UrlPartial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ";PARTIAL={}", self.offset)?;
        self.length.map_or(Ok(()), |length| write!(f, ".{length}"))
    }
}

impl fmt::Display for UrlAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(expire) = &self.expire {
            f.write_str(";EXPIRE=")?;
            encoded(f, expire, b":")?;
        }
        f.write_str(";URLAUTH=")?;
        match &self.access {
            UrlAccess::Submit(user) => {
                f.write_str("submit+")?;
                encoded(f, user, ACHAR)?;
            }
            UrlAccess::User(user) => {
                f.write_str("user+")?;
                encoded(f, user, ACHAR)?;
            }
            UrlAccess::AuthUser => f.write_str("authuser")?,
            UrlAccess::Anonymous => f.write_str("anonymous")?,
        }
        let Some(UrlVerifier { mechanism, token }) = &self.verifier else { return Ok(()) };
        write!(f, ":{mechanism}:")?;
        encoded(f, token, b"")
    }
}

/// Octets of a URL with what is encoded in them decoded.
pub(crate) fn decoded(octets: &[u8]) -> Option<Bytes> {
    if !octets.contains(&b'%') {
        return Some(Bytes::copy_from_slice(octets));
    }
    let mut plain = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some((&octet, behind)) = rest.split_first() {
        rest = behind;
        if octet != b'%' {
            plain.push(octet);
            continue;
        }
        let &[high, low, ref behind @ ..] = rest else { return None };
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
        plain.push(digit(high)?.checked_mul(16)?.checked_add(digit(low)?)?);
        rest = behind;
    }
    Some(plain.into())
}
