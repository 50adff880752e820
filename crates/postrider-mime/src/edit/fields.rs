//! Fields that say what a body is.

use alloc::{string::String, vec::Vec};

use postrider_message::{FieldName, Headers};

use super::EditError;

/// Whether a field is one that describes the body: "any RFC 822 header field which begins with the
/// string "Content-"" (RFC 2045 §3).
pub(super) fn is_content(name: &[u8]) -> bool {
    const START: &[u8] = b"content-";
    name.get(..START.len()).is_some_and(|start| start.eq_ignore_ascii_case(START))
}

/// The fields that describe the body, each with its line end.
pub(super) fn content_fields(headers: Headers<'_>, line_end: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for field in headers.fields().filter(|field| is_content(field.name())) {
        out.extend_from_slice(field.raw());
        if !field.raw().ends_with(b"\n") {
            out.extend_from_slice(line_end);
        }
    }
    out
}

/// Makes this the one field of its name, where the first one stood, or else before `place`'s next;
/// removes all where there are no octets.
pub(super) fn put_field(
    headers: &mut postrider_message::Edit<'_>,
    name: FieldName,
    field: &[u8],
    behind: Option<usize>,
) -> Result<(), EditError> {
    let place = headers.position(name);
    headers.remove_all(name);
    if !field.is_empty() {
        let behind = behind.map(|at| at.saturating_add(1));
        let place = place.or(behind).unwrap_or(usize::MAX);
        headers.insert_raw(place, &String::from_utf8_lossy(field))?;
    }
    Ok(())
}
