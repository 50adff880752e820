//! Clients of other protocols, which somebody has sent here: a browser, or TLS where none is due. What
//! they say could be made of an attacker's words ("cross-protocol scripting"), so it is not read on.

use postrider_wire::Inbox;

use super::read::Step;
use super::{Phrase, Server};
use crate::{Error, Fault};

/// What HTTP begins with (RFC 9110 §9, RFC 9113 §3.4).
const METHODS: [&[u8]; 10] = [
    b"GET ",
    b"HEAD ",
    b"POST ",
    b"PUT ",
    b"DELETE ",
    b"CONNECT ",
    b"OPTIONS ",
    b"TRACE ",
    b"PATCH ",
    b"PRI ",
];

/// What stands behind the method of HTTP.
fn method(line: &[u8]) -> Option<&[u8]> {
    METHODS.iter().find_map(|method| line.strip_prefix(*method))
}

/// Whether what stands behind a method is a request of HTTP. A line of IMAP could begin with such a tag,
/// but no command begins with `/`, `*` or a scheme: that is known before the line is whole, and nothing
/// that follows changes it.
fn is_request(behind: &[u8]) -> bool {
    let line = || memchr::memchr(b'\n', behind).and_then(|end| behind.get(..end));
    names_target(behind)
        || line().is_some_and(|line| memchr::memmem::find(line, b" HTTP/").is_some())
}

/// Whether it begins like a target of HTTP.
fn names_target(behind: &[u8]) -> bool {
    let scheme = behind.get(..SCHEME).unwrap_or(behind);
    let scheme = scheme.split(|octet| *octet == b' ').next().unwrap_or_default();
    matches!(scheme.first(), Some(b'/' | b'*')) || scheme.contains(&b':')
}

/// Octets in which the `:` of an absolute target stands.
const SCHEME: usize = 64;

/// Whether these are the first octets of a TLS record of a handshake (RFC 8446 §5.1), or of SSL 2. Not
/// behind a line end, which is read as soon as it is there.
fn is_tls(octets: &[u8]) -> bool {
    match octets {
        [0x16, 0x03, ..] => true,
        [0x80..=0xff, length, 0x01, ..] => *length != b'\n',
        _ => false,
    }
}

impl Server {
    /// Ends the session of a client that speaks another protocol. What is at the front begins a command.
    pub(super) fn foreign(&mut self, rx: &Inbox) -> Option<Step> {
        let octets = rx.octets();
        let foreign = match octets.first()? {
            b'A'..=b'Z' => method(octets).is_some_and(is_request),
            0x16 | 0x80..=0xff => is_tls(octets),
            _ => false,
        };
        if !foreign {
            return None;
        }
        let fault = Error::Protocol { fault: Fault::Foreign, offset: rx.offset() };
        self.bye(Phrase::Foreign, Some(fault));
        Some(Step::Again)
    }
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;

    fn is_http(line: &[u8]) -> bool {
        method(&[line, b"\n"].concat()).is_some_and(is_request)
    }

    #[test]
    fn http_is_known_by_its_first_line() {
        for line in [
            &b"GET / HTTP/1.1"[..],
            b"POST /a0%20LOGIN HTTP/1.0\r",
            b"PRI * HTTP/2.0",
            b"CONNECT example.com:143 HTTP/1.1",
            b"OPTIONS * HTTP/1.1",
            b"GET http://localhost:143/",
        ] {
            assert!(is_http(line), "{}", line.escape_ascii());
        }
        for line in
            [&b"GET LOGIN a b"[..], b"POST CAPABILITY", b"a1 GET /", b"PUT", b"get / HTTP/1.1"]
        {
            assert!(!is_http(line), "{}", line.escape_ascii());
        }
    }

    #[test]
    fn tls_is_known_by_its_first_octets() {
        assert!(is_tls(b"\x16\x03\x01\x02\x00\x01"));
        assert!(is_tls(b"\x80\x2e\x01\x03\x01"));
        assert!(!is_tls(b"\x16"));
        assert!(!is_tls(b"a1 NOOP\r\n"));
    }
}
