//! The PROXY protocol: the header in which a proxy tells whose connection it passes on.
//!
//! Version 1 and 2 of the specification that HAProxy publishes as `doc/proxy-protocol.txt`; `§` means
//! its sections. The header comes before anything else on the connection, TLS included.
//!
//! A receiver must know from its configuration that one comes, and from whom: who may send it can
//! call itself any address (§5).
//!
//! ```
//! use postrider_smtp::proxy::{Header, Parsed};
//!
//! let line = b"PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\nEHLO bar.com\r\n";
//! let Parsed::Complete { header, octets } = Header::parse(line) else { panic!("it is complete") };
//! assert_eq!(header.source(), Some("192.168.0.1:56324".parse().unwrap()));
//! assert_eq!(&line[octets..], b"EHLO bar.com\r\n");
//! assert_eq!(Header::parse(&line[..20]), Parsed::Partial);
//! assert!(matches!(Header::parse(b"EHLO bar.com\r\n"), Parsed::Invalid(_)));
//! ```

mod endpoints;
mod v1;
mod v2;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::SocketAddr;

pub use endpoints::{Endpoints, Transport, UnixAddress};

use crate::ValueError;

/// Octets of a header that [`Header::parse`] takes. What a proxy sends is smaller than a segment of
/// TCP (§2.2); a certificate of the client among the TLVs may need more.
pub const LIMIT: usize = 4096;

/// The largest header that there can be: 16 octets, and as many as their length field can tell.
pub const LARGEST: usize = 16 + u16::MAX as usize;

/// Which of the two formats a header is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Version {
    /// A line of text (§2.1).
    One,
    /// Binary, with room for TLVs (§2.2).
    Two,
}

/// What stands before a connection that a proxy passes on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    version: Version,
    endpoints: Endpoints,
    /// Well-formed TLVs, one behind the other.
    tlvs: Box<[u8]>,
}

/// How far a header is understood. More octets never change [`Parsed::Complete`] and
/// [`Parsed::Invalid`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parsed {
    /// It is here. What follows belongs to the connection.
    Complete {
        /// The header.
        header: Header,
        /// How many octets it took.
        octets: usize,
    },
    /// What is here may be the beginning of a header.
    Partial,
    /// No header, whatever follows. The connection is to be dropped at once (§2.1).
    Invalid(Fault),
}

/// Why octets are no header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// They begin like neither version.
    #[error("no header of the proxy protocol")]
    Signature,
    /// A line that is longer than 107 octets, or a header beyond the limit of the caller.
    #[error("the proxy header is too long")]
    TooLong,
    /// A line of version 1 that is not in the grammar of §2.1.
    #[error("malformed proxy line")]
    Line,
    /// Another version or command than §2.2 has.
    #[error("unknown version or command in the proxy header")]
    Command,
    /// An address family or transport that §2.2 does not have.
    #[error("unknown address family or transport in the proxy header")]
    Family,
    /// Fewer octets than the addresses of the family take.
    #[error("the proxy header ends inside its addresses")]
    Addresses,
    /// A TLV that goes past the end of the header.
    #[error("malformed tlv in the proxy header")]
    Tlv,
}

/// Something else that a header of version 2 tells (§2.2): a type, whose meaning the specification or
/// the proxy defines, and octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tlv<'a> {
    kind: u8,
    value: &'a [u8],
}

impl<'a> Tlv<'a> {
    /// Its type, such as 0x02 for the host name that the client asked for (`PP2_TYPE_AUTHORITY`).
    #[must_use]
    pub const fn kind(self) -> u8 {
        self.kind
    }

    /// Its octets. A checksum (`PP2_TYPE_CRC32C`) is not verified.
    #[must_use]
    pub const fn value(self) -> &'a [u8] {
        self.value
    }
}

impl Header {
    /// A header in one line of text, for TCP over IP and for [`Endpoints::Unknown`].
    ///
    /// # Errors
    ///
    /// [`ValueError::Range`] for what version 1 cannot tell.
    pub fn v1(endpoints: Endpoints) -> Result<Self, ValueError> {
        let endpoints = endpoints.normalized();
        if !v1::can_tell(&endpoints) {
            return Err(ValueError::Range);
        }
        Ok(Self { version: Version::One, endpoints, tlvs: Box::default() })
    }

    /// A binary header.
    #[must_use]
    pub fn v2(endpoints: Endpoints) -> Self {
        let endpoints = endpoints.normalized();
        Self { version: Version::Two, endpoints, tlvs: Box::default() }
    }

    /// Adds a TLV.
    ///
    /// # Errors
    ///
    /// [`ValueError::Range`] in version 1, and where there are no addresses before it;
    /// [`ValueError::TooLong`] where the header would be larger than [`LARGEST`].
    pub fn with_tlv(mut self, kind: u8, value: &[u8]) -> Result<Self, ValueError> {
        let addresses = match (self.version, self.endpoints.octets()) {
            (Version::Two, 1..) => self.endpoints.octets(),
            _ => return Err(ValueError::Range),
        };
        let too_long = ValueError::TooLong { most: LARGEST };
        let length = u16::try_from(value.len()).map_err(|_| too_long)?;
        let mut tlvs = Vec::from(core::mem::take(&mut self.tlvs));
        tlvs.push(kind);
        tlvs.extend_from_slice(&length.to_be_bytes());
        tlvs.extend_from_slice(value);
        if tlvs.len().saturating_add(addresses) > usize::from(u16::MAX) {
            return Err(too_long);
        }
        self.tlvs = tlvs.into_boxed_slice();
        Ok(self)
    }

    /// Reads a header of at most [`LIMIT`] octets from the beginning of what a proxy sent.
    #[must_use]
    pub fn parse(octets: &[u8]) -> Parsed {
        Self::parse_within(octets, LIMIT)
    }

    /// Reads a header of at most `limit` octets. A larger one is [`Fault::TooLong`] as soon as its
    /// length is here, so that no more octets than these need be kept.
    #[must_use]
    pub fn parse_within(octets: &[u8], limit: usize) -> Parsed {
        if octets.is_empty() {
            Parsed::Partial
        } else if begins_like(octets, v1::NAME) {
            v1::parse(octets, limit)
        } else if begins_like(octets, v2::SIGNATURE) {
            v2::parse(octets, limit)
        } else {
            Parsed::Invalid(Fault::Signature)
        }
    }

    /// The header as it is sent, all at once and before anything else.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        match self.version {
            Version::One => v1::write(&self.endpoints).into_bytes(),
            Version::Two => v2::write(&self.endpoints, &self.tlvs),
        }
    }

    /// The format that it is written in.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Between whom the connection is.
    #[must_use]
    pub const fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The address of the client, where it is one of IP. `None`: who connected is not told, or is the
    /// proxy itself, and the address of the connection holds.
    #[must_use]
    pub fn source(&self) -> Option<SocketAddr> {
        self.endpoints.pair().map(|(source, _)| source)
    }

    /// The address that the client connected to, where it is one of IP.
    #[must_use]
    pub fn destination(&self) -> Option<SocketAddr> {
        self.endpoints.pair().map(|(_, destination)| destination)
    }

    /// What else is told, in order.
    pub fn tlvs(&self) -> impl Iterator<Item = Tlv<'_>> {
        let mut rest = &*self.tlvs;
        core::iter::from_fn(move || {
            let (tlv, behind) = v2::tlv(rest)?;
            rest = behind;
            Some(tlv)
        })
    }
}

/// Whether `octets` and `start` agree as far as both go.
fn begins_like(octets: &[u8], start: &[u8]) -> bool {
    octets.iter().zip(start).all(|(octet, expected)| octet == expected)
}
