//! What an encoder writes keeps the rules of its encoding, does not change with the cuts of its
//! input, has the length that was told, and is decoded to the content.

use postrider_message::Span;
use postrider_mime::{
    TransferEncoding,
    encoding::{Encoder, Lines, Scan, Transport},
};

const ENCODINGS: [TransferEncoding; 5] = [
    TransferEncoding::SevenBit,
    TransferEncoding::EightBit,
    TransferEncoding::Binary,
    TransferEncoding::Base64,
    TransferEncoding::QuotedPrintable,
];

/// Checks this content, cut in pieces of these sizes in turn.
pub(crate) fn check(content: &[u8], sizes: &[usize]) {
    for lines in [Lines::Text, Lines::Octets] {
        let canonical = match lines {
            Lines::Text => with_crlf(content),
            Lines::Octets => content.to_vec(),
        };
        for encoding in ENCODINGS {
            let whole = encoded(Encoder::new(encoding, lines), content, usize::MAX);
            let cut = in_pieces(Encoder::new(encoding, lines), content, sizes);
            let shown = format!("{encoding:?} of {lines:?} {}", content.escape_ascii());
            assert_eq!(cut.escape_ascii().to_string(), whole.escape_ascii().to_string(), "{shown}");
            assert_eq!(encoding.encoded_len(content, lines), whole.len(), "{shown}");
            check_rules(encoding, &whole, &canonical, &shown);
        }
        check_signed(content, sizes, lines, &canonical);
        check_scan(content, sizes, lines);
    }
}

/// What an encoder writes of content in pieces of this size.
pub(crate) fn encoded(encoder: Encoder, content: &[u8], size: usize) -> Vec<u8> {
    in_pieces(encoder, content, &[size])
}

fn in_pieces(mut encoder: Encoder, content: &[u8], sizes: &[usize]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), content);
    for size in sizes.iter().cycle() {
        let (piece, after) = rest.split_at((*size).min(rest.len()));
        encoder.push(piece, &mut out);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    encoder.finish(&mut out);
    out
}

fn check_rules(encoding: TransferEncoding, body: &[u8], canonical: &[u8], shown: &str) {
    let decoded = encoding.decode(body, Span::from_range(0..body.len()), 10);
    assert_eq!(
        decoded.value.escape_ascii().to_string(),
        canonical.escape_ascii().to_string(),
        "{shown}"
    );
    assert!(decoded.defects.is_empty(), "{shown}");
    if encoding.is_identity() {
        return;
    }
    for line in body.split(|octet| *octet == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        assert!(line.len() <= 76, "{shown}");
        assert!(!line.ends_with(b" ") && !line.ends_with(b"\t"), "{shown}");
        assert!(line.iter().all(|octet| matches!(octet, b' '..=b'~' | b'\t')), "{shown}");
    }
}

fn check_signed(content: &[u8], sizes: &[usize], lines: Lines, canonical: &[u8]) {
    let encoder = || Encoder::new(TransferEncoding::QuotedPrintable, lines).for_signing();
    let whole = encoded(encoder(), content, usize::MAX);
    let shown = format!("signed {lines:?} {}", content.escape_ascii());
    assert_eq!(in_pieces(encoder(), content, sizes), whole, "{shown}");
    check_rules(TransferEncoding::QuotedPrintable, &whole, canonical, &shown);
    for line in whole.split(|octet| *octet == b'\n') {
        assert!(!line.starts_with(b"From ") && !line.starts_with(b"."), "{shown}");
    }
}

/// The scan says the same however the content is cut, and what it says is true.
fn check_scan(content: &[u8], sizes: &[usize], lines: Lines) {
    for transport in [Transport::SevenBit, Transport::EightBit, Transport::Binary] {
        for signing in [false, true] {
            let new = || if signing { Scan::for_signing() } else { Scan::new() };
            let (mut whole, mut cut, mut rest) = (new(), new(), content);
            whole.push(content);
            for size in sizes.iter().cycle() {
                let (piece, after) = rest.split_at((*size).min(rest.len()));
                cut.push(piece);
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            let best = whole.best(transport, lines);
            let shown = format!("{transport:?} {lines:?} {signing} {}", content.escape_ascii());
            assert_eq!(cut.best(transport, lines), best, "{shown}");
            assert!(signing || Scan::best_of(content, transport, lines) == best, "{shown}");
            let body = match signing {
                true => encoded(Encoder::new(best, lines).for_signing(), content, usize::MAX),
                false => encoded(Encoder::new(best, lines), content, usize::MAX),
            };
            check_carried(best, &body, &shown);
            if signing {
                let mut written = body.split(|octet| *octet == b'\n');
                assert!(
                    best != TransferEncoding::EightBit && best != TransferEncoding::Binary,
                    "{shown}"
                );
                assert!(
                    written.all(|line| !line.starts_with(b"From ")
                        && !line.trim_ascii_end().starts_with(b".")),
                    "{shown}"
                );
            }
        }
    }
}

/// RFC 2045 §2.7–2.8: no CR or LF but as CRLF, no NUL, lines of at most 998 octets.
fn check_carried(best: TransferEncoding, body: &[u8], shown: &str) {
    if best == TransferEncoding::Binary {
        return;
    }
    assert!(best == TransferEncoding::EightBit || body.is_ascii(), "{shown}");
    let mut lines = body.split(|octet| *octet == b'\n').peekable();
    while let Some(line) = lines.next() {
        let line = match lines.peek() {
            Some(_) => line.strip_suffix(b"\r").expect("no bare LF"),
            None => line,
        };
        assert!(line.len() <= 998 && !line.contains(&b'\r') && !line.contains(&0), "{shown}");
    }
}

fn with_crlf(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for octet in content {
        if *octet == b'\n' && out.last() != Some(&b'\r') {
            out.push(b'\r');
        }
        out.push(*octet);
    }
    out
}
