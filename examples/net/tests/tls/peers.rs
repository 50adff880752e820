//! Peers that keep to the protocol up to the upgrade, and then do not.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use crate::protocol::{Line, Protocol};

/// One line without its end; empty at the end of the stream.
pub(crate) fn line(stream: &mut impl Read) -> String {
    let (mut line, mut octet) = (Vec::new(), [0]);
    while stream.read(&mut octet).is_ok_and(|n| n == 1) {
        match octet[0] {
            b'\n' => break,
            b'\r' => {}
            octet => line.push(octet),
        }
    }
    String::from_utf8(line).unwrap()
}

/// Reads lines up to one that begins so.
pub(crate) fn until(stream: &mut impl Read, beginning: &str) {
    loop {
        let line = line(stream);
        assert_ne!(line, "", "the stream ended before {beginning:?}");
        if line.starts_with(beginning) {
            return;
        }
    }
}

/// A fake client, as far as the line that asks for the upgrade.
pub(crate) fn hello<P: Protocol>(stream: &mut (impl Read + Write)) {
    for (command, reply) in P::HELLO {
        stream.write_all(command.as_bytes()).unwrap();
        until(stream, reply);
    }
}

/// A fake server: greets, answers, and returns the go-ahead for the upgrade, unsaid.
pub(crate) fn greet<P: Protocol>(stream: &mut (impl Read + Write)) -> String {
    stream.write_all(P::GREETING.as_bytes()).unwrap();
    loop {
        let line = line(stream);
        assert_ne!(line, "", "the client went away");
        match P::answer(&line) {
            Line::Say(reply) => stream.write_all(reply.as_bytes()).unwrap(),
            Line::GoAhead(reply) => return reply,
        }
    }
}

/// What a peer says until it hangs up, one way or the other. We have nothing more to say.
pub(crate) fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let (mut heard, mut buf) = (Vec::new(), [0; 4096]);
    while let Ok(n @ 1..) = stream.read(&mut buf) {
        heard.extend_from_slice(&buf[..n]);
    }
    heard
}

/// Sends a FIN and goes on listening.
pub(crate) fn half_close(stream: &TcpStream) {
    stream.shutdown(Shutdown::Write).unwrap();
}

/// Nothing but TLS records (RFC 8446 §5.1), the last perhaps cut, of which the first is of a
/// handshake.
pub(crate) fn assert_records(mut octets: &[u8], what: &str) {
    while let [kind, rest @ ..] = octets {
        assert!(
            (20..=23).contains(kind),
            "{what}: in clear: {:?}",
            String::from_utf8_lossy(octets)
        );
        let [3, _, high, low, rest @ ..] = rest else { return };
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        octets = rest.get(len..).unwrap_or_default();
    }
}
