//! What the receiving host knew of the connection, as the big hosts write it.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use memchr::{memchr, memchr2_iter, memrchr};

use super::{Received, words::Words};

/// What the receiving host knew of the connection, "not client EHLO": `TCP-info` (RFC 5321 §4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpInfo<'r> {
    name: Option<&'r str>,
    address: IpAddr,
    port: Option<u16>,
    ident: Option<&'r str>,
    doubtful: bool,
}

impl<'r> TcpInfo<'r> {
    /// The name the address had in the DNS; with some hosts `unknown` where it had none.
    pub const fn name(&self) -> Option<&'r str> {
        self.name
    }

    /// The address of the sending host.
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// The port of the sending host, where it is told.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The user who sent, as the sending host said by the Identification Protocol (RFC 1413), or
    /// as who authenticated.
    pub const fn ident(&self) -> Option<&'r str> {
        self.ident
    }

    /// The receiving host wrote that the name may be forged, or that it did not verify it.
    pub const fn is_doubtful(&self) -> bool {
        self.doubtful
    }
}

impl Received<'_> {
    /// The address the message came from, from the first comment of `from` that tells one, or from
    /// an address in the place of the name.
    ///
    /// Read are `(name [192.0.2.1])`, `([192.0.2.1])`, `(ident@name [192.0.2.1])`,
    /// `(IDENT:ident@[192.0.2.1])`, `([192.0.2.1]:2525 helo=name ident=ident)`,
    /// `(HELO name) (ident@192.0.2.1)`, `(2001:db8::1)` and `[IPv6:2001:db8::1]`. What the client
    /// said of itself is never taken for its address, unless nothing else is told.
    pub fn tcp_info(&self) -> Option<TcpInfo<'_>> {
        let from = self.from()?;
        let (mut said, mut found) = (false, None);
        for comment in from.comments() {
            if found.is_some() {
                if !self.hints.greeting {
                    break;
                }
                said = said || self::said(comment).is_some();
                continue;
            }
            if let Some(info) = usual(comment) {
                found = Some(info);
                continue;
            }
            let scan = Scan::comment(comment);
            said |= scan.helo.is_some();
            found = scan.info();
        }
        let first = || from.value().split(' ').next().unwrap_or_default();
        match found {
            // qmail: the name in the DNS stands before `(HELO name)`.
            Some(info @ TcpInfo { name: None, .. }) if said && address(first()).is_none() => {
                Some(TcpInfo { name: Some(first()).filter(|name| !name.is_empty()), ..info })
            }
            Some(info) => Some(info),
            None if is_name(from.value()) => None,
            None => usual(from.value()).or_else(|| Scan::comment(from.value()).info()),
        }
    }

    /// The name by which the sending host introduced itself with `HELO` or `EHLO`: what a comment
    /// says it was, or the word behind `from`. `None` where other words stand there.
    pub fn helo(&self) -> Option<&str> {
        let from = self.from()?;
        let comments = if self.hints.greeting { from.comments() } else { &[] };
        let said = comments.iter().find_map(|comment| said(comment));
        said.or_else(|| {
            if memchr(b' ', from.value().as_bytes()).is_none() {
                return Some(from.value()).filter(|name| !name.is_empty());
            }
            let mut words = from.value().split(' ').filter(|word| !word.is_empty());
            let first = words.next()?;
            words.next().is_none_or(|second| address(second).is_some()).then_some(first)
        })
    }
}

/// Words of a comment that are looked at.
const WORDS: usize = 16;

/// What a word of a comment says.
enum Word<'r> {
    /// `HELO` or `EHLO`: the next word is the name.
    Greeting,
    /// `helo=name`
    Helo(&'r str),
    /// `ident=name`
    Ident(&'r str),
    /// What follows is of the envelope.
    Envelope,
    Doubtful,
    Other,
}

impl<'r> Word<'r> {
    fn of(word: &'r str) -> Self {
        let is = |text: &str| word.eq_ignore_ascii_case(text);
        match word.as_bytes().first().map(u8::to_ascii_lowercase) {
            Some(b'h' | b'e') => {
                let name = || after(word, "helo=").or_else(|| after(word, "ehlo="));
                match word.len() {
                    4 if is("HELO") || is("EHLO") => Self::Greeting,
                    13 if is("envelope-from") => Self::Envelope,
                    15 if is("envelope-sender") => Self::Envelope,
                    _ => name().map_or(Self::Other, Self::Helo),
                }
            }
            Some(b'i') => after(word, "ident=").map_or(Self::Other, Self::Ident),
            Some(b'f') if is("forged") => Self::Doubtful,
            Some(b'u') if is("unverified") => Self::Doubtful,
            _ => Self::Other,
        }
    }
}

/// The name in a comment that its client gave itself: the last one told.
fn said(comment: &str) -> Option<&str> {
    if !may_greet(comment) {
        return None;
    }
    let mut helo = None;
    let mut words = Words::of(comment, WORDS);
    while let Some(word) = words.next() {
        match Word::of(word) {
            Word::Greeting => helo = words.next(),
            Word::Helo(name) => helo = Some(name),
            Word::Envelope => break,
            Word::Ident(_) | Word::Doubtful | Word::Other => {}
        }
    }
    helo
}

#[derive(Default)]
struct Scan<'r> {
    helo: Option<&'r str>,
    name: Option<&'r str>,
    ident: Option<&'r str>,
    address: Option<(IpAddr, Option<u16>)>,
    doubtful: bool,
    /// Words that may be a name or an address.
    hosts: u8,
}

impl<'r> Scan<'r> {
    fn comment(text: &'r str) -> Self {
        let mut scan = Self::default();
        let mut words = Words::of(text, WORDS);
        while let Some(word) = words.next() {
            match Word::of(word) {
                Word::Greeting => scan.helo = words.next(),
                Word::Helo(name) => scan.helo = Some(name),
                Word::Ident(ident) => scan.ident = Some(ident),
                Word::Envelope => break,
                Word::Doubtful => scan.doubtful = true,
                Word::Other => scan.host(word),
            }
        }
        scan
    }

    /// `address-literal / ( Domain FWS address-literal )`: the address is the first word or the
    /// second, so that one further on, as in `(authenticated as a@192.0.2.1)`, is none.
    fn host(&mut self, word: &'r str) {
        self.hosts = self.hosts.saturating_add(1);
        if self.hosts > 2 || self.address.is_some() {
            return;
        }
        let tagged = after(word, "IDENT:");
        let named = tagged.unwrap_or(word);
        let at = memrchr(b'@', named.as_bytes()).and_then(|at| named.split_at_checked(at));
        let (ident, host) = match at {
            Some((ident, host)) => (Some(ident), host.strip_prefix('@').unwrap_or_default()),
            None if tagged.is_some() => (tagged, ""),
            None => (None, word),
        };
        self.ident = self.ident.or_else(|| ident.filter(|ident| !ident.is_empty()));
        self.address = address(host);
        if self.address.is_none() && self.name.is_none() && !host.is_empty() {
            self.name = Some(host);
        }
    }

    fn info(&self) -> Option<TcpInfo<'r>> {
        let (address, port) = self.address?;
        let Self { name, ident, doubtful, .. } = *self;
        Some(TcpInfo { name, address, port, ident, doubtful })
    }
}

/// What nearly all hosts write, and what a [`Scan`] makes of it: `[192.0.2.1]`, or
/// `name [192.0.2.1]`, where the name is nothing but a name.
fn usual(comment: &str) -> Option<TcpInfo<'_>> {
    let inside = comment.strip_suffix(']')?;
    let (before, address) = inside.split_at_checked(memrchr(b'[', inside.as_bytes())?)?;
    let address = address.strip_prefix('[')?;
    let address: Ipv4Addr = address.parse().ok()?;
    let name = match before {
        "" => None,
        _ => Some(before.strip_suffix(' ').filter(|name| is_name(name))?),
    };
    let address = IpAddr::V4(address);
    Some(TcpInfo { name, address, port: None, ident: None, doubtful: false })
}

/// A word that is none of the key words and no address.
fn is_name(word: &str) -> bool {
    let octets = word.as_bytes();
    octets.first().is_some_and(u8::is_ascii_alphabetic)
        && octets.iter().all(|&octet| is_of_name(octet))
        && matches!(Word::of(word), Word::Other)
}

#[expect(clippy::indexing_slicing, reason = "there is one for each octet")]
fn is_of_name(octet: u8) -> bool {
    /// Letters, digits, dot, hyphen and underscore.
    #[expect(clippy::indexing_slicing, reason = "at build time")]
    static NAME: [bool; 256] = {
        let mut name = [false; 256];
        let mut octet = 0;
        while octet < name.len() {
            let of = octet as u8;
            name[octet] = of.is_ascii_alphanumeric() || matches!(of, b'.' | b'-' | b'_');
            octet = octet.saturating_add(1);
        }
        name
    };
    NAME[usize::from(octet)]
}

/// Whether `helo` or `ehlo` stands anywhere, in any case; nearly always none does.
fn may_greet(text: &str) -> bool {
    memchr2_iter(b'l', b'L', text.as_bytes()).any(|at| {
        let start = at.saturating_sub(2);
        let word = text.as_bytes().get(start..).and_then(<[u8]>::first_chunk::<4>);
        word.is_some_and(|word| matches!(&word.map(|octet| octet | b' '), b"helo" | b"ehlo"))
    })
}

/// What stands behind a key, whatever its case.
pub(super) fn after<'r>(word: &'r str, key: &str) -> Option<&'r str> {
    let (start, rest) = word.split_at_checked(key.len())?;
    start.eq_ignore_ascii_case(key).then_some(rest)
}

/// `address-literal` (RFC 5321 §4.1.3), also without its brackets or its tag, and with a port.
fn address(text: &str) -> Option<(IpAddr, Option<u16>)> {
    // Most are of these forms.
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    if bare.starts_with(|first: char| first.is_ascii_digit())
        && let Ok(address) = bare.parse::<Ipv4Addr>()
    {
        return Some((address.into(), None));
    }
    let colon = memchr(b':', text.as_bytes()).is_some();
    let (inside, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (inside, behind) = rest.split_once(']')?;
            (inside, behind.strip_prefix([':', '.']))
        }
        // Most words are names, which begin with a letter: no address does without a colon.
        None if !colon && !text.starts_with(|first: char| first.is_ascii_digit()) => return None,
        None if !colon => (text, None),
        None => match text.split_once(':') {
            Some((before, port)) if before.contains('.') && !port.contains(':') => {
                (before, Some(port))
            }
            _ => (text, None),
        },
    };
    let inside = after(inside, "IPv6:").unwrap_or(inside);
    // `fe80::1%eth0`
    let inside = inside.split('%').next().unwrap_or_default();
    let address = inside.parse::<IpAddr>().ok()?;
    Some((address, port.and_then(|port| port.parse().ok())))
}

/// Whether the address means something inside one network only: link-local, private (RFC 1918,
/// RFC 4193) or shared (RFC 6598). Loopback is a handover inside one host, and in most mails.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let shared = matches!(v4.octets(), [100, 64..=127, ..]);
            v4.is_private() || v4.is_link_local() || shared
        }
        IpAddr::V6(v6) => is_private_v6(v6),
    }
}

const fn is_private_v6(address: Ipv6Addr) -> bool {
    address.is_unique_local() || address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::{Scan, may_greet, said, usual};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_096))]

        #[test]
        fn a_usual_comment_is_what_its_words_say(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "a.example", "unknown", "HELO", "ehlo", "helo=", "forged", "unverified", "ident=",
                    "envelope-from", " ", "  ", "[192.0.2.1]", "[", "]", "192.0.2.1", "[IPv6:::1]", "@", ":",
                    "x", "-", ",", "(", ")", "3com.example", "1.2.3.4",
                ]),
                0..6,
            ),
        ) {
            let comment = pieces.concat();
            let scan = Scan::comment(&comment);
            if let Some(info) = usual(&comment) {
                prop_assert_eq!(scan.info(), Some(info), "{}", comment);
                prop_assert_eq!(scan.helo, None);
            }
            prop_assert_eq!(said(&comment), scan.helo);
            prop_assert!(scan.helo.is_none() || may_greet(&comment));
        }
    }
}
