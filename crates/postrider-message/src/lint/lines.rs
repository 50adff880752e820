//! Lines and octets (RFC 5322 §2.1.1, §2.2, §4.1, §4.2, RFC 6532).

use core::str::from_utf8;

use memchr::memchr_iter;

use super::Findings;
use crate::{FieldName, Headers, Received, Span, code};

/// "Each line of characters MUST be no more than 998 characters, and SHOULD be no more than 78
/// characters, excluding the CRLF." RFC 6532 §3.4 makes the first limit one of octets.
pub(super) fn lengths(headers: Headers<'_>, to: &mut Findings) {
    for (line, span) in lines(headers) {
        let line = content(line);
        let characters = || line.iter().filter(|&&octet| octet & 0xc0 != 0x80).count();
        if line.len() > 998 {
            to.tell(&code::LINE_TOO_LONG, span);
        } else if line.len() > 78 && characters() > 78 {
            to.tell(&code::LONG_LINE, span);
        }
    }
}

/// `obs-FWS = 1*WSP *(CRLF 1*WSP)`: the only rule under which a folded line may be blank.
pub(super) fn white(headers: Headers<'_>, to: &mut Findings) {
    for (line, span) in lines(headers) {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            let line = content(line);
            if line.iter().all(|octet| matches!(octet, b' ' | b'\t' | b'\r')) {
                to.tell(&code::WHITE_LINE, span);
            }
        }
    }
}

/// `obs-NO-WS-CTL`. NUL and CR have codes of their own.
pub(super) fn controls(headers: Headers<'_>, to: &mut Findings) {
    let is_control = |octet: u8| match octet {
        0 | b'\t' | b'\r' | b'\n' => false,
        octet => octet < b' ' || octet == 0x7f,
    };
    for (line, span) in lines(headers) {
        if let Some(at) = line.iter().position(|&octet| is_control(octet)) {
            let at = span.start().saturating_add(at);
            to.tell(&code::CONTROL_CHARACTER, Span::from_range(at..at.saturating_add(1)));
        }
    }
}

/// 8-bit octets in a value, from the first to the last. UTF-8 is no finding where a hop says that
/// the message came by a protocol of RFC 6531.
pub(super) fn eight_bit(headers: Headers<'_>, to: &mut Findings) {
    let mut international = None;
    for field in headers.fields() {
        let (value, start) = (field.value(), field.value_span().start());
        let Some(first) = value.iter().position(|octet| !octet.is_ascii()) else { continue };
        let last = value.iter().rposition(|octet| !octet.is_ascii()).unwrap_or(first);
        let at = |offset: usize| start.saturating_add(offset);
        let span = Span::from_range(at(first)..at(last.saturating_add(1)));
        if from_utf8(value).is_err() {
            to.tell(&code::RAW_8BIT, span);
        } else if !*international.get_or_insert_with(|| came_as_utf8(headers)) {
            to.tell(&code::UTF8_HEADER, span);
        }
    }
}

/// Whether a hop says `with UTF8SMTP`, `UTF8SMTPA`, `UTF8SMTPS` or `UTF8SMTPSA` (RFC 6531 §4.3).
fn came_as_utf8(headers: Headers<'_>) -> bool {
    let hops = headers.all(FieldName::Received).take(headers.limits().hops);
    hops.map(|field| field.read::<Received<'_>>()).any(|hop| {
        let protocol = hop.value.with().map(|clause| clause.value()).unwrap_or_default();
        protocol.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("UTF8SMTP"))
    })
}

/// The lines of all fields, line ends included, and where they lie.
pub(super) fn lines(headers: Headers<'_>) -> impl Iterator<Item = (&[u8], Span)> {
    let (raw, base) = (headers.raw(), headers.span().start());
    let mut start = 0_usize;
    let ends = memchr_iter(b'\n', raw).map(|end| end.saturating_add(1));
    ends.chain(core::iter::once(raw.len())).filter_map(move |end| {
        let line = raw.get(start..end).filter(|line| !line.is_empty())?;
        let span = Span::from_range(base.saturating_add(start)..base.saturating_add(end));
        start = end;
        Some((line, span))
    })
}

/// A line without its line end.
pub(super) fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
