//! Fields that say what a body is.

use alloc::{string::String, vec::Vec};

use postrider_message::{FieldName, Headers};

use super::EditError;
use crate::structure::is_content_field;

/// The fields that describe the body, each with its line end.
pub(super) fn content_fields(headers: Headers<'_>, line_end: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for field in headers.fields().filter(|field| is_content_field(field.name())) {
        out.extend_from_slice(field.raw());
        match field.raw() {
            [.., b'\n'] => {}
            // A CR is no line end, and must not become half of one.
            [.., b'\r'] => out.extend_from_slice(b"\r\n"),
            _ => out.extend_from_slice(line_end),
        }
    }
    out
}

/// Makes this the one field of its name, where the first one stood, or else beside the other field
/// that says how to read the body. Where the name is that of a transfer encoding and there is no
/// field, the default is said in the place of one that was there (RFC 2045 §6.1).
pub(super) fn put_field(
    headers: &mut postrider_message::Edit<'_>,
    name: FieldName,
    field: Option<&[u8]>,
) -> Result<(), EditError> {
    let place = headers.position(name);
    let field = match (field, place) {
        (Some(field), _) => String::from_utf8_lossy(field),
        (None, Some(_)) => "Content-Transfer-Encoding: 7bit\r\n".into(),
        (None, None) => return Ok(()),
    };
    let beside = match name {
        FieldName::ContentType => headers.position(FieldName::ContentTransferEncoding),
        _ => headers.position(FieldName::ContentType).map(|at| at.saturating_add(1)),
    };
    let place = headers.insert_raw(place.or(beside).unwrap_or(usize::MAX), &field)?;
    let others: Vec<usize> = headers
        .names()
        .enumerate()
        .filter(|(at, other)| *at != place && other.eq_ignore_ascii_case(name.as_str().as_bytes()))
        .map(|(at, _)| at)
        .collect();
    remove_fields(headers, &others)
}

/// Removes the fields at these places, which are in order.
pub(super) fn remove_fields(
    headers: &mut postrider_message::Edit<'_>,
    places: &[usize],
) -> Result<(), EditError> {
    if places.is_empty() {
        return Ok(());
    }
    let mut order: Vec<usize> = (0..headers.len()).collect();
    order.retain(|at| places.binary_search(at).is_err());
    let kept = order.len();
    order.extend(places);
    // To move all at once costs less than to remove each from the midst.
    headers.reorder(&order)?;
    while headers.len() > kept {
        headers.remove(headers.len().saturating_sub(1))?;
    }
    Ok(())
}
