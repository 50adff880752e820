//! How much of a mail comes back, and as what.

use postrider_mime::ContentType;
use postrider_mime::build::{BuildError, Content, Entity};
use postrider_mime::encoding::{TransferEncoding, Transport};
use postrider_smtp::{Body, Ret};

use super::{DsnLimits, NoticeKind, Original};

/// How much of it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Full,
    Header,
}

/// RFC 3461 §4.3 and §6.2, RFC 8689 §5.
pub(super) fn extent(kind: NoticeKind, original: &Original<'_>, limits: &DsnLimits) -> Extent {
    // "If a DSN contains no notifications of delivery failure, the MTA SHOULD return only the headers."
    if kind != NoticeKind::Failed {
        return Extent::Header;
    }
    // "If both RET=FULL and REQUIRETLS are present, the RET=FULL MUST be disregarded."
    if original.parameters.require_tls {
        return Extent::Header;
    }
    let most = match original.parameters.ret {
        Some(Ret::Full) => limits.full_asked,
        Some(_) => return Extent::Header,
        None => limits.full_unasked,
    };
    match original.size() {
        Some(size) if size <= most => Extent::Full,
        _ => Extent::Header,
    }
}

/// The third part of the report. `None` where there is nothing to give back.
pub(super) fn entity<'a>(
    original: &Original<'a>,
    extent: Extent,
    limits: &DsnLimits,
    transport: Transport,
) -> Result<Option<Entity<'a>>, BuildError> {
    if extent == Extent::Full
        && let Some(content) = &original.message
    {
        let global = original.has_utf8_fields();
        if matches!(content, Content::Source(_)) {
            return streamed(original, content.clone(), global, transport).map(Some);
        }
        return if global {
            // Which may be encoded, unlike message/rfc822 (RFC 6532 §3.7).
            Entity::new(ContentType::new("message", "global")?, content.clone()).map(Some)
        } else {
            Ok(Some(Entity::raw_message(content.clone())))
        };
    }
    let header = cut(original.header, limits.header);
    if header.is_empty() {
        return Ok(None);
    }
    if original.has_utf8_fields() {
        let ty = ContentType::new("message", "global-headers")?;
        return Entity::new(ty, header).map(Some);
    }
    let entity = Entity::message_headers(header);
    if header.is_ascii() {
        return Ok(Some(entity));
    }
    // "if the headers are broken and require encoding to make them legal 7-bit content, they MAY be
    // encoded with quoted-printable" (RFC 6522 §4).
    entity.with_encoding(TransferEncoding::QuotedPrintable).map(Some)
}

/// A mail of which nothing is known but what `BODY` said.
fn streamed<'a>(
    original: &Original<'a>,
    content: Content<'a>,
    global: bool,
    transport: Transport,
) -> Result<Entity<'a>, BuildError> {
    let encoding = match original.parameters.body {
        Some(Body::SevenBit) if !global => TransferEncoding::SevenBit,
        Some(Body::BinaryMime) if global => TransferEncoding::Base64,
        Some(Body::BinaryMime) => return Err(BuildError::Transport),
        _ if transport != Transport::SevenBit => TransferEncoding::EightBit,
        _ if global => TransferEncoding::Base64,
        _ => return Err(BuildError::Transport),
    };
    let ty = ContentType::new("message", if global { "global" } else { "rfc822" })?;
    Entity::new(ty, content)?.with_encoding(encoding)
}

/// The fields of a header section, without the empty line, as many as fit.
fn cut(header: &[u8], most: usize) -> &[u8] {
    let header = match header {
        [fields @ .., b'\n', b'\r', b'\n'] | [fields @ .., b'\n', b'\n'] => {
            header.get(..fields.len().saturating_add(1)).unwrap_or(header)
        }
        b"\r\n" | b"\n" => &[],
        header => header,
    };
    if header.len() <= most {
        return header;
    }
    // A field begins behind a line end that no blank follows (RFC 5322 §2.2.3).
    let begins = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| header.get(at));
        before == Some(&b'\n') && header.get(at).is_some_and(|octet| !b" \t".contains(octet))
    };
    let end = (0..=most).rev().find(|at| begins(*at)).unwrap_or_default();
    header.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::cut;

    #[test]
    fn a_header_section_is_cut_between_two_fields() {
        let header = b"A: 1\r\nB: 2\r\n 3\r\nC: 4\r\n\r\n";
        assert_eq!(cut(header, 100), b"A: 1\r\nB: 2\r\n 3\r\nC: 4\r\n");
        assert_eq!(cut(header, 21), b"A: 1\r\nB: 2\r\n 3\r\n");
        assert_eq!(cut(header, 14), b"A: 1\r\n");
        assert_eq!(cut(header, 3), b"");
        assert_eq!(cut(b"A: 1\n\n", 100), b"A: 1\n");
        assert_eq!(cut(b"\r\n", 100), b"");
    }
}
