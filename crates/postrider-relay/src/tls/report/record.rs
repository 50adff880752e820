//! The TXT record that says where reports go (RFC 8460 §3).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use postrider_smtp::Mailbox;

use crate::tls::record::{self, WSP};

const VERSION: &str = "v=TLSRPTv1";
/// Destinations that are read.
const MOST: usize = 16;

/// What the TXT record of a domain says of reports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TlsRptRecord {
    /// Where reports go, in the order of the record, at most 16; never none. One of them is enough:
    /// "the report SHOULD NOT be considered successfully delivered until one of the endpoints accepts
    /// delivery" (RFC 8460 §3).
    pub rua: Vec<Rua>,
}

/// Where a report goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rua {
    /// To this address. "When sending failure reports via SMTP, sending MTAs MUST deliver reports
    /// despite any TLS-related failures" (RFC 8460 §3): demand nothing
    /// ([`Demand::Opportunistic`](crate::tls::Demand::Opportunistic)), and do not count the session.
    Mailto(Mailbox),
    /// To this URI by POST (RFC 8460 §5.4). A stranger wrote it: look where it leads before you go
    /// there.
    Https(String),
}

impl TlsRptRecord {
    /// The record among the TXT records of the name, each with its strings put together. Records that
    /// do not begin with `v=TLSRPTv1;` are discarded; where not one is left, or where it is not in the
    /// grammar, or where it names nothing that a report can be sent to, no report is wanted.
    #[must_use]
    pub fn of(txt: &[Vec<u8>]) -> Option<Self> {
        record::only(txt, VERSION).and_then(Self::parse)
    }

    /// Reads one record; `None` when it is not in the grammar, or leads nowhere. URIs of other schemes
    /// than `mailto` and `https` are passed over.
    ///
    /// ```text
    /// tlsrpt-record = tlsrpt-version 1*(field-delim tlsrpt-field) [field-delim]
    /// tlsrpt-field  = tlsrpt-rua / tlsrpt-extension
    /// tlsrpt-rua    = %s"rua=" tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri)
    /// ```
    #[must_use]
    pub fn parse(record: &[u8]) -> Option<Self> {
        let fields = record::fields(record, VERSION)?;
        let mut rua = Vec::new();
        for (name, value) in fields {
            if name != "rua" {
                if !record::is_value(value) {
                    return None;
                }
                continue;
            }
            if value.ends_with(WSP) {
                return None;
            }
            for uri in value.split(',').map(|uri| uri.trim_matches(WSP)) {
                if uri.is_empty() || !uri.bytes().all(|octet| octet.is_ascii_graphic()) {
                    return None;
                }
                if rua.len() < MOST {
                    rua.extend(Rua::parse(uri));
                }
            }
        }
        (!rua.is_empty()).then_some(Self { rua })
    }
}

impl Rua {
    /// "commas (ASCII 0x2C), exclamation points (ASCII 0x21), and semicolons (ASCII 0x3B) MUST be
    /// encoded" (RFC 8460 §3).
    fn parse(uri: &str) -> Option<Self> {
        let (scheme, rest) = uri.split_once(':').filter(|_| !uri.contains('!'))?;
        if scheme.eq_ignore_ascii_case("mailto") {
            // Header fields that it asks for are not for a report (RFC 6068 §2).
            let address = rest.split_once('?').map_or(rest, |(address, _)| address);
            Mailbox::parse(&decoded(address)?).ok().map(Self::Mailto)
        } else if scheme.eq_ignore_ascii_case("https") {
            let host = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
            (!host.is_empty() && !host.contains('@')).then(|| Self::Https(uri.to_owned()))
        } else {
            None
        }
    }
}

/// `pct-encoded` (RFC 3986 §2.1).
fn decoded(text: &str) -> Option<String> {
    let mut octets = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(octet) = octets.next() {
        let mut digit = || char::from(octets.next()?).to_digit(16);
        out.push(match octet {
            b'%' => u8::try_from(digit()? << 4 | digit()?).ok()?,
            other => other,
        });
    }
    String::from_utf8(out).ok()
}
