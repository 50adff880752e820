//! The `Received` field of a hop (RFC 5321 §4.4).

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;

use postrider_message::{DateTime, fold};
use postrider_smtp::{EhloName, ForwardPath};

use crate::{DomainName, Protocol, literal};

/// Octets of an identifier or of a name in the TLS clause.
const MOST: usize = 128;

/// Why a value cannot stand in a `Received` field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidClause {
    /// It is empty or longer than 128 octets.
    #[error("a clause value must have 1 to 128 octets")]
    Length,
    /// It is no atom: it holds a blank, a control character such as CR or LF, a special or an octet
    /// beyond ASCII.
    #[error("octet {at} of a clause value cannot stand in an atom")]
    #[non_exhaustive]
    NotAnAtom {
        /// Where.
        at: usize,
    },
}

/// What a host writes on top of a message that it takes.
///
/// ```text
/// Stamp = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    by: EhloName,
    date: DateTime,
    peer: Option<(EhloName, IpAddr)>,
    reverse_name: Option<EhloName>,
    via: Option<String>,
    protocol: Option<Protocol>,
    id: Option<String>,
    recipient: Option<ForwardPath>,
    tls: Option<(String, String)>,
}

impl Stamp {
    /// A stamp of the host `by`, which took the message at `date`. RFC 5321 §4.4 prefers local time
    /// with its offset.
    #[must_use]
    pub fn new(by: EhloName, date: DateTime) -> Self {
        Self {
            by,
            date,
            peer: None,
            reverse_name: None,
            via: None,
            protocol: None,
            id: None,
            recipient: None,
            tls: None,
        }
    }

    /// Who sent it: the name it gave in `EHLO`, and the address of its end of the connection. A
    /// name that is no host ([`EhloName::is_host`]) is not written; the address stands in its
    /// place.
    #[must_use]
    pub fn with_peer(mut self, name: EhloName, address: IpAddr) -> Self {
        self.peer = Some((name, address));
        self
    }

    /// The name that the address of the peer has in the DNS. Without it, only the address stands
    /// behind the name the peer gave itself.
    #[must_use]
    pub fn with_reverse_name(mut self, name: EhloName) -> Self {
        self.reverse_name = Some(name);
        self
    }

    /// The link, where it was not TCP, such as `UUCP`: a name that IANA has registered (RFC 5321
    /// §4.4).
    ///
    /// # Errors
    ///
    /// [`InvalidClause`] when it is no atom.
    pub fn with_via(mut self, link: &str) -> Result<Self, InvalidClause> {
        self.via = Some(atom(link)?);
        Ok(self)
    }

    /// How it came. That it came with `SMTPUTF8` also says that the field may have UTF-8: the names
    /// of this host and of the recipient are then written in U-labels, else in A-labels (RFC 6531
    /// §3.7.3).
    #[must_use]
    pub fn with_protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = Some(protocol);
        self
    }

    /// The name that this host gave the message.
    ///
    /// # Errors
    ///
    /// [`InvalidClause`] when it is no atom.
    pub fn with_id(mut self, id: &str) -> Result<Self, InvalidClause> {
        self.id = Some(atom(id)?);
        Ok(self)
    }

    /// The recipient, when there is exactly one. With more than one, leave it out: the field would
    /// tell them of each other (RFC 5321 §7.2).
    ///
    /// It is not written where the field cannot hold it: a local part in UTF-8 without `SMTPUTF8`
    /// (RFC 6531 §3.7.3), or the local postmaster, who has no domain (`Path`, RFC 5321 §4.1.2).
    #[must_use]
    pub fn with_recipient(mut self, recipient: ForwardPath) -> Self {
        self.recipient = Some(recipient);
        self
    }

    /// All recipients of the transaction: if it is one, it is the
    /// [recipient](Self::with_recipient), else none is written.
    #[must_use]
    pub fn with_recipients(mut self, recipients: &[ForwardPath]) -> Self {
        self.recipient = match recipients {
            [only] => Some(only.clone()),
            _ => None,
        };
        self
    }

    /// The TLS layer it came through: protocol version, such as `TLS1.3`, and cipher suite by its
    /// IANA name, which goes into the `tls` clause (RFC 8314 §4.3).
    ///
    /// # Errors
    ///
    /// [`InvalidClause`] when either is no atom.
    pub fn with_tls(mut self, version: &str, cipher: &str) -> Result<Self, InvalidClause> {
        self.tls = Some((atom(version)?, atom(cipher)?));
        Ok(self)
    }

    /// The field, folded, with its last CRLF.
    #[must_use]
    pub fn to_field(&self) -> String {
        let mut clauses = self.clauses();
        if let Some(last) = clauses.last_mut() {
            last.push(';');
        }
        clauses.push(self.date.to_string());
        // Every clause is made of values without control characters, which is all that `fold`
        // refuses.
        fold("Received", clauses.iter().map(String::as_str)).unwrap_or_default()
    }

    /// The clauses in their order; a line may break between them.
    fn clauses(&self) -> Vec<String> {
        let mut clauses = Vec::new();
        if let Some((name, address)) = &self.peer {
            let literal = literal::of(*address);
            // As the peer gave it (RFC 5321 §4.4), in A-labels if it has any.
            if name.is_host() {
                clauses.push(format!("from {name}"));
            } else {
                clauses.push(format!("from {literal}"));
            }
            clauses.push(match &self.reverse_name {
                Some(reverse) if reverse.is_host() => format!("({reverse} {literal})"),
                _ => format!("({literal})"),
            });
        }
        clauses.push(format!("by {}", self.domain(self.by.as_str())));
        if let Some(link) = &self.via {
            clauses.push(format!("via {link}"));
        }
        if let Some(protocol) = self.protocol {
            clauses.push(format!("with {protocol}"));
        }
        if let Some(id) = &self.id {
            clauses.push(format!("id {id}"));
        }
        if let Some(path) = self.path() {
            clauses.push(format!("for {path}"));
        }
        if let Some((version, cipher)) = &self.tls {
            // The comment also keeps readers that do not know the clause from taking it for a part
            // of the one before.
            clauses.push(format!("({version})"));
            clauses.push(format!("tls {cipher}"));
        }
        clauses
    }

    /// The recipient as the field may hold it.
    fn path(&self) -> Option<String> {
        let mailbox = self.recipient.as_ref()?.mailbox()?;
        let (local, domain) = (mailbox.local_part(), self.domain(mailbox.domain()));
        let fits = self.is_utf8() || (local.is_ascii() && domain.is_ascii());
        fits.then(|| format!("<{local}@{domain}>"))
    }

    fn is_utf8(&self) -> bool {
        self.protocol.is_some_and(Protocol::is_utf8)
    }

    /// The name of a host, in U-labels or A-labels, where it has such.
    fn domain<'n>(&self, name: &'n str) -> Cow<'n, str> {
        let is_idn = !name.is_ascii() || name.to_ascii_lowercase().contains("xn--");
        match DomainName::parse(name) {
            Ok(name) if is_idn && self.is_utf8() => Cow::Owned(name.to_unicode()),
            Ok(name) if is_idn => Cow::Owned(name.as_str().into()),
            _ => Cow::Borrowed(name),
        }
    }
}

/// `dot-atom-text` (RFC 5322 §3.2.3), in ASCII.
fn atom(value: &str) -> Result<String, InvalidClause> {
    if !(1..=MOST).contains(&value.len()) {
        return Err(InvalidClause::Length);
    }
    let special = |c: char| !c.is_ascii_graphic() || "()<>[]:;@\\,\"".contains(c);
    match value.find(special) {
        Some(at) => Err(InvalidClause::NotAnAtom { at }),
        None => Ok(value.into()),
    }
}
