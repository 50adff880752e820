//! Whatever the octets: a message is its parts and what delimits them, nothing is lost between them, and
//! what is built out of its parts is read as the same parts.

use core::ops::Range;

use postrider_mime::{
    Message, Part,
    build::{Entity, Options},
};

/// Appends what a part is made of: its octets, in order.
fn pieces(part: Part<'_>, pieces: &mut Vec<Range<usize>>) {
    pieces.push(part.header_span().range());
    if let Some(message) = part.message() {
        return self::pieces(message, pieces);
    }
    if part.children().next().is_none() {
        return pieces.push(part.body_span().range());
    }
    let (body, preamble) = (part.body_span(), part.preamble().len());
    pieces.push(body.start()..body.start() + preamble);
    for child in part.children() {
        self::pieces(child, pieces);
    }
    if let Some(epilogue) = part.epilogue() {
        pieces.push(body.end() - epilogue.len()..body.end());
    }
}

/// Whether this is the line of a delimiter, with the line end before it, the mark of an editor, and the
/// line of a mailbox behind it (RFC 2046 §5.1.1).
fn is_delimiter(octets: &[u8]) -> bool {
    let octets = octets.strip_prefix(b"\r").unwrap_or(octets);
    let octets = octets.strip_prefix(b"\n").unwrap_or(octets);
    if !octets.starts_with(b"--") {
        return is_before_fields(octets);
    }
    let line = octets.iter().position(|&octet| octet == b'\n').map_or(octets.len(), |end| end + 1);
    is_before_fields(&octets[line..])
}

fn is_before_fields(octets: &[u8]) -> bool {
    let octets = octets.strip_prefix("\u{feff}".as_bytes()).unwrap_or(octets);
    octets.is_empty() || (octets.starts_with(b"From ") && !octets[..octets.len() - 1].contains(&b'\n'))
}

/// Every octet is of a part or of a delimiter.
fn nothing_is_lost(octets: &[u8], message: &Message<&[u8]>) {
    let mut told = Vec::new();
    pieces(message.root(), &mut told);
    let mut at = 0;
    for piece in told {
        assert!(piece.start >= at, "{piece:?} before {at}");
        assert!(is_delimiter(&octets[at..piece.start]), "{}", octets[at..piece.start].escape_ascii());
        at = piece.end;
    }
    assert!(octets[at..].is_empty() || is_delimiter(&octets[at..]), "{}", octets[at..].escape_ascii());
    assert!(*message.as_bytes() == *octets);
}
