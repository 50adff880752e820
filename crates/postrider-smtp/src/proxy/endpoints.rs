//! Between whom a connection is.

use alloc::boxed::Box;
use core::fmt;
use core::net::{SocketAddr, SocketAddrV4, SocketAddrV6};

use crate::ValueError;

/// Octets of the address of a UNIX socket (§2.2).
pub(super) const UNIX: usize = 108;

/// The two ends of the connection that is passed on: the client's, and the one it connected to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoints {
    /// `LOCAL`: the proxy connected on its own behalf, for a health check. The real ends of the
    /// connection hold. Version 2 only.
    Local,
    /// The proxy cannot tell. The real ends of the connection hold.
    Unknown,
    /// `AF_INET`.
    Ipv4 {
        /// What is spoken over it.
        transport: Transport,
        /// The client.
        source: SocketAddrV4,
        /// What it connected to.
        destination: SocketAddrV4,
    },
    /// `AF_INET6`. A flow label and a scope are not told.
    Ipv6 {
        /// What is spoken over it.
        transport: Transport,
        /// The client.
        source: SocketAddrV6,
        /// What it connected to.
        destination: SocketAddrV6,
    },
    /// `AF_UNIX`. Version 2 only.
    Unix {
        /// What is spoken over it.
        transport: Transport,
        /// The client.
        source: UnixAddress,
        /// What it connected to.
        destination: UnixAddress,
    },
}

/// What is spoken over the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// `SOCK_STREAM`: TCP, where it is over IP.
    Stream,
    /// `SOCK_DGRAM`. Version 2 only.
    Datagram,
}

impl Endpoints {
    /// TCP between two addresses.
    ///
    /// # Errors
    ///
    /// [`ValueError::Range`] where one is of IPv4 and the other of IPv6.
    pub fn tcp(source: SocketAddr, destination: SocketAddr) -> Result<Self, ValueError> {
        let transport = Transport::Stream;
        match (source, destination) {
            (SocketAddr::V4(source), SocketAddr::V4(destination)) => {
                Ok(Self::Ipv4 { transport, source, destination })
            }
            (SocketAddr::V6(source), SocketAddr::V6(destination)) => {
                Ok(Self::Ipv6 { transport, source, destination }.normalized())
            }
            _ => Err(ValueError::Range),
        }
    }

    /// Octets of the addresses and ports in version 2.
    pub(super) fn octets(&self) -> usize {
        match self {
            Self::Local | Self::Unknown => 0,
            Self::Ipv4 { .. } => 12,
            Self::Ipv6 { .. } => 36,
            Self::Unix { .. } => 216,
        }
    }

    pub(super) fn pair(&self) -> Option<(SocketAddr, SocketAddr)> {
        match *self {
            Self::Ipv4 { source, destination, .. } => Some((source.into(), destination.into())),
            Self::Ipv6 { source, destination, .. } => Some((source.into(), destination.into())),
            _ => None,
        }
    }

    /// Without what no header can tell.
    pub(super) fn normalized(mut self) -> Self {
        if let Self::Ipv6 { source, destination, .. } = &mut self {
            for address in [source, destination] {
                address.set_flowinfo(0);
                address.set_scope_id(0);
            }
        }
        self
    }
}

/// The address of a UNIX socket: 108 octets as the operating system has them, a path filled up with
/// NULs or, where the first octet is NUL, an abstract name.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnixAddress(Box<[u8; UNIX]>);

impl UnixAddress {
    /// A path or abstract name, filled up with NULs.
    ///
    /// # Errors
    ///
    /// [`ValueError::TooLong`] beyond 108 octets.
    pub fn new(name: &[u8]) -> Result<Self, ValueError> {
        let mut octets = Box::new([0; UNIX]);
        let room = octets.get_mut(..name.len()).ok_or(ValueError::TooLong { most: UNIX })?;
        room.copy_from_slice(name);
        Ok(Self(octets))
    }

    pub(super) fn from_octets(octets: [u8; UNIX]) -> Self {
        Self(Box::new(octets))
    }

    /// All 108 octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &*self.0
    }

    /// The octets up to the first NUL behind the first octet: a path. Whoever uses it as one must
    /// know that a proxy made it up.
    #[must_use]
    pub fn path(&self) -> &[u8] {
        let end = self.0.iter().skip(1).position(|octet| *octet == 0);
        let end = end.map_or(UNIX, |at| at.saturating_add(1));
        self.0.get(..end).unwrap_or_default()
    }
}

impl fmt::Debug for UnixAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnixAddress(\"{}\")", self.path().escape_ascii())
    }
}
