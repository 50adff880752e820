//! What servers were recorded saying: MailKit's files, and sessions with two Dovecots.

use crate::unit::{Side, Unit, responses};

/// A file of MailKit's tests. `A########` stands for the tag, and lines end with LF.
pub(crate) fn mailkit(place: &str, octets: &[u8]) -> Vec<Unit> {
    let mut wire = Vec::new();
    for line in octets.split_inclusive(|&octet| octet == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let rest = line.strip_prefix(b"A########");
        wire.extend_from_slice(if rest.is_some() { b"A00000000" } else { b"" });
        wire.extend_from_slice(rest.unwrap_or(line));
        wire.extend_from_slice(b"\r\n");
    }
    responses(place, &wire)
}

/// A session with Dovecot. `\r\n` is written for line ends in literals, and the octets of a client's
/// literal stand on a line of their own.
pub(crate) fn dovecot(place: &str, octets: &[u8]) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for line in octets.split(|&octet| octet == b'\n') {
        let (side, text) = match line.split_at_checked(3) {
            Some((b"C: ", text)) => (Side::Client, text),
            Some((b"S: ", text)) => (Side::Server, text),
            _ if line.is_empty() => continue,
            // An LF that is not one end of a CRLF stands as it is.
            _ => {
                let last = units.last_mut().expect("a unit that goes on");
                last.octets.push(b'\n');
                last.octets.extend(unescaped(line));
                continue;
            }
        };
        let literal = text.strip_prefix(b"(literal ").filter(|_| side == Side::Client);
        if let Some(literal) = literal {
            let size = literal.iter().take_while(|octet| octet.is_ascii_digit()).count();
            let (size, rest) = literal.split_at(size);
            let text = unescaped(rest.strip_prefix(b" octets) ").expect("an announcement"));
            assert_eq!(text.len().to_string().as_bytes(), size, "{place}");
            let command = units.iter_mut().rev().find(|unit| unit.side == Side::Client);
            fill(&mut command.expect("a command").octets, &text);
        } else if text != b"DONE" {
            let octets = if side == Side::Server { unescaped(text) } else { text.to_vec() };
            units.push(Unit { place: place.to_owned(), side, octets });
        }
    }
    for unit in &mut units {
        unit.octets.extend_from_slice(b"\r\n");
    }
    units
}

/// Puts a literal where the command says that one stands.
fn fill(command: &mut Vec<u8>, literal: &[u8]) {
    const HERE: &[u8] = b"<literal>";
    let at = command.windows(HERE.len()).position(|window| window == HERE).expect("a place for it");
    let mut octets = format!("{{{}}}\r\n", literal.len()).into_bytes();
    octets.extend_from_slice(literal);
    command.splice(at..at + HERE.len(), octets);
}

/// The octets that `\r\n` and `\xff` stand for.
fn unescaped(mut text: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(text.len());
    while let Some((&octet, rest)) = text.split_first() {
        if let Some(rest) = text.strip_prefix(br"\r\n") {
            octets.extend_from_slice(b"\r\n");
            text = rest;
        } else if let Some(rest) = text.strip_prefix(br"\xff") {
            octets.push(0xff);
            text = rest;
        } else {
            octets.push(octet);
            text = rest;
        }
    }
    octets
}
