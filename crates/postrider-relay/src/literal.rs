//! Address literals (RFC 5321 §4.1.3).

use alloc::format;
use alloc::string::String;
use core::net::IpAddr;

/// The address in a domain that is an address literal, such as `[192.0.2.5]` or `[IPv6:2001:db8::5]`
/// (RFC 5321 §4.1.3): that is where to connect, and no MX is asked for.
///
/// ```
/// use postrider_relay::address_literal;
///
/// assert_eq!(address_literal("[192.0.2.5]"), Some("192.0.2.5".parse()?));
/// assert_eq!(address_literal("192.0.2.5"), None);
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[must_use]
pub fn address_literal(domain: &str) -> Option<IpAddr> {
    let inside = domain.strip_prefix('[')?.strip_suffix(']')?;
    match inside.get(..5) {
        Some(tag) if tag.eq_ignore_ascii_case("IPv6:") => {
            inside.get(5..)?.parse().ok().map(IpAddr::V6)
        }
        _ => inside.parse().ok().map(IpAddr::V4),
    }
}

/// `IPv4-address-literal`, `IPv6-address-literal`.
pub(crate) fn of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("[{address}]"),
        IpAddr::V6(address) => format!("[IPv6:{address}]"),
    }
}
