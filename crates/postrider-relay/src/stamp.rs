//! The `Received` field of a hop (RFC 5321 §4.4).

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

use postrider_message::{DateTime, fold};
use postrider_smtp::{EhloName, ForwardPath};

use crate::literal;

/// Octets of an identifier or of a name in the TLS clause.
const MOST: usize = 128;

/// How the message came: the word behind `with` (RFC 5321 §4.4, RFC 3848 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// `SMTP`: the client said `HELO`.
    Smtp,
    /// `ESMTP`: the client said `EHLO`.
    Esmtp,
    /// `ESMTPS`: the same under TLS.
    Esmtps,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smtp => "SMTP",
            Self::Esmtp => "ESMTP",
            Self::Esmtps => "ESMTPS",
        })
    }
}

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
            protocol: None,
            id: None,
            recipient: None,
            tls: None,
        }
    }

    /// Who sent it: the name it gave in `EHLO`, and the address of its end of the connection. A name
    /// that is no host ([`EhloName::is_host`]) is not written; the address stands in its place.
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

    /// How it came.
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
    #[must_use]
    pub fn with_recipient(mut self, recipient: ForwardPath) -> Self {
        self.recipient = Some(recipient);
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
        clauses.push(format!("by {}", self.by));
        if let Some(protocol) = self.protocol {
            clauses.push(format!("with {protocol}"));
        }
        if let Some(id) = &self.id {
            clauses.push(format!("id {id}"));
        }
        if let Some(recipient) = &self.recipient {
            clauses.push(format!("for {recipient}"));
        }
        if let Some((version, cipher)) = &self.tls {
            // The comment also keeps readers that do not know the clause from taking it for a part
            // of the one before.
            clauses.push(format!("({version})"));
            clauses.push(format!("tls {cipher}"));
        }
        clauses
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
