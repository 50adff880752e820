//! `address-literal` (RFC 5321 §4.1.3), as what it is and what is wrong with it.

use super::Diagnosis;

/// Groups of 16 bits in an IPv6 address.
const GROUPS: usize = 8;

/// What stands between the square brackets of a domain literal. No general address literal is
/// registered, so there are IPv4 and IPv6.
pub(super) fn address_literal(text: &str) -> Diagnosis {
    let tag = text.get(.."IPv6:".len()).filter(|tag| tag.eq_ignore_ascii_case("IPv6:"));
    match tag.and_then(|tag| text.get(tag.len()..)) {
        Some(address) => layout(address).max(characters(address)),
        None if is_ipv4(text) => Diagnosis::AddressLiteral,
        None => Diagnosis::DomainLiteral,
    }
}

/// `IPv4-address-literal = Snum 3("." Snum)`
fn is_ipv4(text: &str) -> bool {
    text.split('.').count() == 4 && text.split('.').all(is_snum)
}

/// `Snum = 1*3DIGIT`, from 0 to 255.
fn is_snum(text: &str) -> bool {
    (1..=3).contains(&text.len())
        && text.bytes().all(|octet| octet.is_ascii_digit())
        && text.parse::<u8>().is_ok()
}

/// How many groups there are, and how many times `::` is.
fn layout(address: &str) -> Diagnosis {
    // An IPv4 address at the end stands for two groups.
    let ipv4 = address.rsplit(':').next().is_some_and(is_ipv4);
    let groups = address.split(':').count().saturating_add(usize::from(ipv4));
    let Some(elision) = address.find("::") else {
        return if groups == GROUPS {
            Diagnosis::AddressLiteral
        } else {
            Diagnosis::Ipv6GroupCount
        };
    };
    if address.rfind("::") != Some(elision) {
        return Diagnosis::Ipv6TwoElisions;
    }
    // At an edge `::` makes two empty groups here, elsewhere one.
    let edge = address.starts_with("::") || address.ends_with("::");
    let most = GROUPS.saturating_add(usize::from(edge));
    match groups {
        _ if groups > most => Diagnosis::Ipv6TooManyGroups,
        _ if groups == most => Diagnosis::Ipv6OneGroup,
        _ => Diagnosis::AddressLiteral,
    }
}

/// Whether colons and digits are where they may be.
fn characters(address: &str) -> Diagnosis {
    let hex =
        |group: &str| group.len() <= 4 && group.bytes().all(|octet| octet.is_ascii_hexdigit());
    let (rest, last) = address.rsplit_once(':').unwrap_or(("", address));
    if address.starts_with(':') && !address.starts_with("::") {
        Diagnosis::Ipv6ColonStart
    } else if address.ends_with(':') && !address.ends_with("::") {
        Diagnosis::Ipv6ColonEnd
    } else if !rest.split(':').all(hex) || !(hex(last) || is_ipv4(last)) {
        Diagnosis::Ipv6Group
    } else {
        Diagnosis::AddressLiteral
    }
}
