//! Which addresses of a host are tried, and in which order.

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::router::{AddressOrder, Reach};

impl Reach {
    /// Whether mail may be sent to this address.
    ///
    /// ```
    /// use postrider_relay::route::Reach;
    ///
    /// assert!(Reach::Public.allows("192.0.2.1".parse()?));
    /// assert!(!Reach::Public.allows("127.0.0.1".parse()?));
    /// assert!(!Reach::Public.allows("::ffff:10.0.0.1".parse()?));
    /// # Ok::<(), core::net::AddrParseError>(())
    /// ```
    #[must_use]
    pub fn allows(self, address: IpAddr) -> bool {
        match (self, address.to_canonical()) {
            (Self::Any, _) => true,
            (Self::Public, IpAddr::V4(address)) => is_public_v4(address),
            (Self::Public, IpAddr::V6(address)) => is_public_v6(address),
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    // 0/8 is this network (RFC 791 §3.2), 100.64/10 that of a carrier (RFC 6598), 240/4 nobody's.
    !(a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        // Protocol assignments (RFC 6890 §2.2.2), benchmarks (RFC 2544).
        || address.octets().starts_with(&[192, 0, 0])
        || (a == 198 && (18..20).contains(&b))
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // What an IPv4 address is wrapped in leads to that address: NAT64 (RFC 6052), 6to4 (RFC 3056).
    let inner = match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some((high, low)),
        // ::a.b.c.d (RFC 4291 §2.5.5.1), which covers :: and ::1.
        [0, 0, 0, 0, 0, 0, high, low] => Some((high, low)),
        // ::ffff:0:a.b.c.d (RFC 2765).
        [0, 0, 0, 0, 0xffff, 0, high, low] => Some((high, low)),
        _ => None,
    };
    if let Some((high, low)) = inner {
        return is_public_v4(wrapped(high, low));
    }
    // ISATAP (RFC 5214 §6.1).
    if let [_, _, _, _, 0 | 0x200, 0x5efe, high, low] = address.segments()
        && !is_public_v4(wrapped(high, low))
    {
        return false;
    }
    // Unique local (RFC 4193), link-local, site-local (RFC 3879), multicast; 64:ff9b:1::/48 is for
    // NAT64 within a site (RFC 8215).
    !(address.is_unique_local()
        || address.is_unicast_link_local()
        || a & 0xffc0 == 0xfec0
        || (a == 0x64 && b == 0xff9b)
        // Teredo (RFC 4380), and what is thrown away (RFC 6666).
        || (a == 0x2001 && b == 0)
        || address.segments().starts_with(&[0x100, 0, 0, 0])
        || address.is_multicast())
}

fn wrapped(high: u16, low: u16) -> Ipv4Addr {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d)
}

impl AddressOrder {
    /// The addresses in this order, each of them once.
    pub(super) fn sorted(self, told: &[IpAddr]) -> Vec<IpAddr> {
        let mut seen = alloc::collections::BTreeSet::new();
        let once: Vec<IpAddr> =
            told.iter().map(IpAddr::to_canonical).filter(|address| seen.insert(*address)).collect();
        let of = |six: bool| once.iter().copied().filter(move |address| address.is_ipv6() == six);
        match self {
            Self::AsTold => once,
            Self::Ipv6First => of(true).chain(of(false)).collect(),
            Self::Ipv4First => of(false).chain(of(true)).collect(),
            Self::Ipv6Only => of(true).collect(),
            Self::Ipv4Only => of(false).collect(),
            Self::Alternate => {
                let (mut six, mut four) = (of(true), of(false));
                let mut mixed = Vec::with_capacity(once.len());
                loop {
                    let pair = [six.next(), four.next()];
                    if pair == [None, None] {
                        return mixed;
                    }
                    mixed.extend(pair.into_iter().flatten());
                }
            }
        }
    }
}
