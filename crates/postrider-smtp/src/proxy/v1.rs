//! Version 1: a line of text (§2.1).
//!
//! ```text
//! "PROXY" SP ( "TCP4" / "TCP6" ) SP source SP destination SP port SP port CRLF
//! "PROXY" SP "UNKNOWN" [ SP anything ] CRLF
//! ```

use alloc::format;
use alloc::string::String;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use super::{Endpoints, Fault, Header, Parsed, Transport, Version, begins_like};

/// What the line begins with.
pub(super) const NAME: &[u8] = b"PROXY ";
/// What follows it.
const FAMILIES: [&[u8]; 4] = [b"TCP4 ", b"TCP6 ", b"UNKNOWN ", b"UNKNOWN\r\n"];
/// Longest line, its end included.
const LONGEST: usize = 107;

/// Whether the line has words for them.
pub(super) fn can_tell(endpoints: &Endpoints) -> bool {
    match endpoints {
        Endpoints::Unknown => true,
        Endpoints::Ipv4 { transport, .. } | Endpoints::Ipv6 { transport, .. } => {
            *transport == Transport::Stream
        }
        Endpoints::Local | Endpoints::Unix { .. } => false,
    }
}

/// Reads a line that begins like one of this version.
pub(super) fn parse(octets: &[u8], limit: usize) -> Parsed {
    let longest = LONGEST.min(limit);
    let within = octets.get(..longest).unwrap_or(octets);
    let behind = within.get(NAME.len()..).unwrap_or_default();
    if !FAMILIES.iter().any(|family| begins_like(behind, family)) {
        return Parsed::Invalid(Fault::Line);
    }
    // Controls stand in no line but at its end, as CRLF.
    let end = within.iter().position(|octet| !matches!(octet, b' '..=b'~'));
    let Some((line, ending)) = end.and_then(|end| within.split_at_checked(end)) else {
        let all = within.len() >= longest;
        return if all { Parsed::Invalid(Fault::TooLong) } else { Parsed::Partial };
    };
    if ending == b"\r" {
        let all = within.len() >= longest;
        return if all { Parsed::Invalid(Fault::TooLong) } else { Parsed::Partial };
    }
    let told = ending.starts_with(b"\r\n").then(|| core::str::from_utf8(line).ok());
    match told.flatten().and_then(endpoints) {
        Some(endpoints) => Parsed::Complete {
            header: Header { version: Version::One, endpoints, tlvs: Default::default() },
            octets: line.len().saturating_add(2),
        },
        None => Parsed::Invalid(Fault::Line),
    }
}

fn endpoints(line: &str) -> Option<Endpoints> {
    let mut words = line.split(' ').skip(1);
    let family = words.next()?;
    if family == "UNKNOWN" {
        // §2.1: what else stands in the line must be ignored.
        return Some(Endpoints::Unknown);
    }
    let (source, destination) = (words.next()?, words.next()?);
    let (from, to) = (port(words.next()?)?, port(words.next()?)?);
    if words.next().is_some() {
        return None;
    }
    let transport = Transport::Stream;
    if family == "TCP4" {
        // The parser of `core` refuses leading zeroes, as §2.1 asks.
        let address = |text: &str| text.parse::<Ipv4Addr>().ok();
        let source = SocketAddrV4::new(address(source)?, from);
        let destination = SocketAddrV4::new(address(destination)?, to);
        Some(Endpoints::Ipv4 { transport, source, destination })
    } else {
        let address = |text: &str| text.parse::<Ipv6Addr>().ok();
        let source = SocketAddrV6::new(address(source)?, from, 0, 0);
        let destination = SocketAddrV6::new(address(destination)?, to, 0, 0);
        Some(Endpoints::Ipv6 { transport, source, destination })
    }
}

/// A decimal number up to 65535, without leading zeroes.
fn port(text: &str) -> Option<u16> {
    let digital = text.bytes().all(|octet| octet.is_ascii_digit());
    let leading = text.len() > 1 && text.starts_with('0');
    (digital && !leading).then(|| text.parse().ok()).flatten()
}

/// The line.
pub(super) fn write(endpoints: &Endpoints) -> String {
    match endpoints {
        Endpoints::Ipv4 { source, destination, .. } => {
            let (from, to) = (source.ip(), destination.ip());
            format!("PROXY TCP4 {from} {to} {} {}\r\n", source.port(), destination.port())
        }
        Endpoints::Ipv6 { source, destination, .. } => {
            let (from, to) = (groups(*source.ip()), groups(*destination.ip()));
            format!("PROXY TCP6 {from} {to} {} {}\r\n", source.port(), destination.port())
        }
        _ => "PROXY UNKNOWN\r\n".into(),
    }
}

/// An address in groups of hexadecimal digits alone: §2.1 knows no dots in them.
fn groups(address: Ipv6Addr) -> String {
    if address.to_ipv4_mapped().is_none() {
        return format!("{address}");
    }
    let [.., high, low] = address.segments();
    format!("::ffff:{high:x}:{low:x}")
}
