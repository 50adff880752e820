//! Whatever the octets: a message is its parts and what delimits them, nothing is lost between
//! them, and what is built out of its parts is read as the same parts.

use core::ops::Range;

use postrider_mime::{
    Message, Part,
    build::{BuildError, Entity, Options},
    encoding::{Lines, Transport},
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

/// Whether this is the line of a delimiter, with the line end before it, the mark of an editor, and
/// the line of a mailbox behind it (RFC 2046 §5.1.1).
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
    let line = octets.strip_prefix(b">").unwrap_or(octets);
    octets.is_empty()
        || (line.starts_with(b"From ") && !octets[..octets.len() - 1].contains(&b'\n'))
}

/// Every octet is of a part or of a delimiter.
fn nothing_is_lost(octets: &[u8], message: &Message<&[u8]>) {
    let mut told = Vec::new();
    pieces(message.root(), &mut told);
    let mut at = 0;
    for piece in told {
        assert!(piece.start >= at, "{piece:?} before {at}");
        assert!(
            is_delimiter(&octets[at..piece.start]),
            "{}",
            octets[at..piece.start].escape_ascii()
        );
        at = piece.end;
    }
    assert!(
        octets[at..].is_empty() || is_delimiter(&octets[at..]),
        "{}",
        octets[at..].escape_ascii()
    );
    assert!(*message.as_bytes() == *octets);
}

/// The same part, written anew: its type, and what it decodes to.
fn rebuilt(part: Part<'_>) -> Result<Entity<'_>, BuildError> {
    let children: Vec<_> = part.children().collect();
    let ty = part.content_type().value;
    if !children.is_empty() {
        let parts: Result<Vec<_>, _> = children.into_iter().map(rebuilt).collect();
        return Entity::multipart(ty, parts?);
    }
    // These are not encoded; what is in them was not told apart.
    if ty.is_type("multipart") || ty.is_type("message") {
        return Ok(Entity::octets(part.raw_body()));
    }
    Ok(Entity::new(ty, part.decoded().value.into_owned())?.with_lines(Lines::Octets))
}

fn same(part: Part<'_>, again: Part<'_>) {
    let children: Vec<_> = part.children().collect();
    let ty = part.media_type();
    if children.is_empty() {
        if ty.is_type("multipart") || ty.is_type("message") {
            assert!(again.decoded().value == part.raw_body());
        } else {
            assert!(again.media_type().is(ty.ty(), ty.subtype()), "{ty} {}", again.media_type());
            let (theirs, ours) = (part.decoded().value, again.decoded().value);
            assert_eq!(theirs.escape_ascii().to_string(), ours.escape_ascii().to_string());
        }
        return;
    }
    assert!(again.media_type().is(ty.ty(), ty.subtype()), "{ty} {}", again.media_type());
    assert_eq!(children.len(), again.children().count());
    children.into_iter().zip(again.children()).for_each(|(part, again)| same(part, again));
}

/// What is built out of the parts is read as the same parts. Tells whether it could be built:
/// fields may have what is not written, and parts nest deeper than is written.
fn rebuilt_is_read(part: Part<'_>) -> bool {
    let octets = rebuilt(part).and_then(|entity| entity.to_vec(&Options::new(), &[7; 32]));
    let Ok(octets) = octets else { return false };
    let again = Message::parse(&octets).unwrap();
    same(part, again.root());
    true
}

/// A part that is kept as it is stands in another message as it stood.
fn verbatim_is_read(message: &Message<&[u8]>) -> bool {
    let (part, octets) = (message.root(), message.as_bytes());
    let options = Options::new().with_transport(Transport::Binary);
    let entities = [Entity::text("before"), Entity::verbatim(octets), Entity::text("behind")];
    let built = Entity::mixed(entities).and_then(|entity| entity.to_vec(&options, &[7; 32]));
    let Ok(built) = built else { return false };
    let again = Message::parse(&built).unwrap();
    assert_eq!(again.root().children().count(), 3, "{}", built.escape_ascii());
    let again = again.root().children().nth(1).unwrap();
    // Where the last part in it has no header section, the line end of the delimiter behind it is read
    // as the empty line that ends one.
    let more = again.raw_body().strip_prefix(part.raw_body());
    let has_parts = part.is_multipart() || part.message().is_some();
    let is_same = more == Some(b"") || (has_parts && more == Some(b"\r\n"));
    assert!(is_same, "{}", built.escape_ascii());
    // A header section that lacks its empty line gets one.
    let (theirs, ours) = (part.raw_header(), again.raw_header());
    assert!(ours.starts_with(theirs), "{}", built.escape_ascii());
    assert!(matches!(&ours[theirs.len()..], b"" | b"\r\n" | b"\n" | b"\r\n\r\n" | b"\n\n"));
    true
}

/// Checks a message. Tells whether it was built again, and whether it was kept in another one.
pub(crate) fn built(data: &[u8]) -> (bool, bool) {
    let message = Message::parse(data).unwrap();
    nothing_is_lost(data, &message);
    (rebuilt_is_read(message.root()), verbatim_is_read(&message))
}

pub(crate) fn check(data: &[u8]) {
    built(data);
}
