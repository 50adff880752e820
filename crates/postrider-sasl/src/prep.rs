//! Strings made comparable: SASLprep (RFC 4013).

use alloc::borrow::Cow;

use crate::{Error, Part};

/// A name or a password, prepared. ASCII without control characters is itself.
///
/// # Errors
///
/// [`Error::Unprepared`] for what RFC 4013 prohibits, unassigned code points included, and without the
/// feature `saslprep` for all that is not ASCII.
pub fn saslprep(text: &str, part: Part) -> Result<Cow<'_, str>, Error> {
    if text.bytes().all(|octet| matches!(octet, 0x20..=0x7e)) {
        return Ok(Cow::Borrowed(text));
    }
    beyond_ascii(text, part)
}

#[cfg(feature = "saslprep")]
fn beyond_ascii(text: &str, part: Part) -> Result<Cow<'_, str>, Error> {
    match stringprep::saslprep(text) {
        Ok(prepared) if prepared.is_empty() => Err(Error::Empty(part)),
        Ok(prepared) => Ok(prepared),
        Err(_) => Err(Error::Unprepared(part)),
    }
}

#[cfg(not(feature = "saslprep"))]
fn beyond_ascii(_: &str, part: Part) -> Result<Cow<'_, str>, Error> {
    Err(Error::Unprepared(part))
}
