//! Version 2: a binary header (§2.2).
//!
//! ```text
//! signature(12) version-and-command(1) family-and-transport(1) length(2) addresses *( TLV )
//! TLV = type(1) length(2) value
//! ```

use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use super::endpoints::UNIX;
use super::{Endpoints, Fault, Header, Parsed, Tlv, Transport, UnixAddress, Version};

/// What the header begins with.
pub(super) const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// Version 2, and the command in the lower half.
const LOCAL: u8 = 0x20;
const PROXY: u8 = 0x21;

/// Reads what begins like a header of this version.
pub(super) fn parse(octets: &[u8], limit: usize) -> Parsed {
    match read(octets, limit) {
        Ok(Some(parsed)) => parsed,
        Ok(None) => Parsed::Partial,
        Err(fault) => Parsed::Invalid(fault),
    }
}

/// Each octet is judged as soon as it is here; addresses only when all of them are (§2.2).
fn read(octets: &[u8], limit: usize) -> Result<Option<Parsed>, Fault> {
    let Some((_, fixed)) = octets.split_at_checked(SIGNATURE.len()) else { return Ok(None) };
    let Some((command, fixed)) = fixed.split_first() else { return Ok(None) };
    if !matches!(*command, LOCAL | PROXY) {
        return Err(Fault::Command);
    }
    let Some((family, fixed)) = fixed.split_first() else { return Ok(None) };
    let known = matches!(family >> 4, 0..=3) && matches!(family & 0xf, 0..=2);
    // With LOCAL it is ignored.
    if *command == PROXY && !known {
        return Err(Fault::Family);
    }
    let Some((length, rest)) = fixed.split_first_chunk() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes(*length));
    let whole = SIGNATURE.len().saturating_add(4).saturating_add(length);
    if whole > limit {
        return Err(Fault::TooLong);
    }
    let Some(block) = rest.get(..length) else { return Ok(None) };
    let (endpoints, tlvs) = if *command == LOCAL {
        (Endpoints::Local, &[][..])
    } else {
        addresses(*family, block).ok_or(Fault::Addresses)?
    };
    let mut rest = tlvs;
    while !rest.is_empty() {
        (_, rest) = tlv(rest).ok_or(Fault::Tlv)?;
    }
    let header = Header { version: Version::Two, endpoints, tlvs: tlvs.into() };
    Ok(Some(Parsed::Complete { header, octets: whole }))
}

/// The addresses of a family, and what stands behind them; `None` where they are not all there.
fn addresses(family: u8, block: &[u8]) -> Option<(Endpoints, &[u8])> {
    let transport = match family & 0xf {
        1 => Transport::Stream,
        2 => Transport::Datagram,
        // How many octets of the block would be addresses is not said then: it is ignored.
        _ => return Some((Endpoints::Unknown, &[])),
    };
    match family >> 4 {
        1 => {
            let (from, rest) = block.split_first_chunk::<4>()?;
            let (to, rest) = rest.split_first_chunk::<4>()?;
            let ([from_port, to_port], rest) = ports(rest)?;
            let source = SocketAddrV4::new(Ipv4Addr::from(*from), from_port);
            let destination = SocketAddrV4::new(Ipv4Addr::from(*to), to_port);
            Some((Endpoints::Ipv4 { transport, source, destination }, rest))
        }
        2 => {
            let (from, rest) = block.split_first_chunk::<16>()?;
            let (to, rest) = rest.split_first_chunk::<16>()?;
            let ([from_port, to_port], rest) = ports(rest)?;
            let source = SocketAddrV6::new(Ipv6Addr::from(*from), from_port, 0, 0);
            let destination = SocketAddrV6::new(Ipv6Addr::from(*to), to_port, 0, 0);
            Some((Endpoints::Ipv6 { transport, source, destination }, rest))
        }
        3 => {
            let (from, rest) = block.split_first_chunk::<UNIX>()?;
            let (to, rest) = rest.split_first_chunk::<UNIX>()?;
            let source = UnixAddress::from_octets(*from);
            let destination = UnixAddress::from_octets(*to);
            Some((Endpoints::Unix { transport, source, destination }, rest))
        }
        _ => Some((Endpoints::Unknown, &[])),
    }
}

fn ports(octets: &[u8]) -> Option<([u16; 2], &[u8])> {
    let (from, rest) = octets.split_first_chunk()?;
    let (to, rest) = rest.split_first_chunk()?;
    Some(([u16::from_be_bytes(*from), u16::from_be_bytes(*to)], rest))
}

/// The first TLV, and what stands behind it; `None` where it is not all there.
pub(super) fn tlv(octets: &[u8]) -> Option<(Tlv<'_>, &[u8])> {
    let (kind, rest) = octets.split_first()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (value, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    Some((Tlv { kind: *kind, value }, rest))
}

/// The header.
pub(super) fn write(endpoints: &Endpoints, tlvs: &[u8]) -> Vec<u8> {
    let length = endpoints.octets().saturating_add(tlvs.len());
    let mut out = Vec::with_capacity(length.saturating_add(16));
    out.extend_from_slice(SIGNATURE);
    out.push(if *endpoints == Endpoints::Local { LOCAL } else { PROXY });
    out.push(family(endpoints));
    // No more can be added to a header than this can tell.
    out.extend_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
    match endpoints {
        Endpoints::Local | Endpoints::Unknown => {}
        Endpoints::Ipv4 { source, destination, .. } => {
            out.extend_from_slice(&source.ip().octets());
            out.extend_from_slice(&destination.ip().octets());
            out.extend_from_slice(&source.port().to_be_bytes());
            out.extend_from_slice(&destination.port().to_be_bytes());
        }
        Endpoints::Ipv6 { source, destination, .. } => {
            out.extend_from_slice(&source.ip().octets());
            out.extend_from_slice(&destination.ip().octets());
            out.extend_from_slice(&source.port().to_be_bytes());
            out.extend_from_slice(&destination.port().to_be_bytes());
        }
        Endpoints::Unix { source, destination, .. } => {
            out.extend_from_slice(source.octets());
            out.extend_from_slice(destination.octets());
        }
    }
    out.extend_from_slice(tlvs);
    out
}

fn family(endpoints: &Endpoints) -> u8 {
    let (family, transport) = match endpoints {
        Endpoints::Local | Endpoints::Unknown => return 0,
        Endpoints::Ipv4 { transport, .. } => (0x10, transport),
        Endpoints::Ipv6 { transport, .. } => (0x20, transport),
        Endpoints::Unix { transport, .. } => (0x30, transport),
    };
    match transport {
        Transport::Stream => family | 1,
        Transport::Datagram => family | 2,
    }
}
