//! Texts that stand on one line, and the octets that may not stand in them.

use core::fmt;

use bytes::Bytes;

/// Why a value cannot be made: it could not be written so that it reads back the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidValue {
    /// CR, LF, NUL or another octet that has no place there.
    #[error("an octet that may not stand there")]
    Octet,
    /// Nothing, where something must stand.
    #[error("an empty value")]
    Empty,
    /// A number out of its range, such as a message number of zero.
    #[error("a number out of range")]
    Number,
    /// Values that do not go together.
    #[error("a combination that has no meaning")]
    Combination,
}

/// Human readable text of a response (RFC 9051 §9 `text`): one line, perhaps empty, without CR, LF
/// and NUL. Octets above 7 bits are kept as they came.
///
/// ```
/// use postrider_imap::Text;
///
/// assert_eq!(Text::new("LOGIN completed")?.to_string(), "LOGIN completed");
/// assert!(Text::new("one\r\na2 OK two").is_err());
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Text(Bytes);

impl Text {
    /// Checks and takes the octets. An empty text is what some servers send; it is written as
    /// nothing behind the response code, so it is allowed here.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Octet`] when CR, LF or NUL stands in it, or `[` at its start, which would
    /// read as a response code.
    pub fn new(text: impl Into<Bytes>) -> Result<Self, InvalidValue> {
        let text = text.into();
        if text.starts_with(b"[") || !text.iter().all(|&octet| is_line_octet(octet)) {
            return Err(InvalidValue::Octet);
        }
        Ok(Self(text))
    }

    /// A text that came in a framed line. What may not be written again becomes `?`.
    pub(crate) fn read(text: Bytes) -> Self {
        if text.iter().all(|&octet| is_line_octet(octet)) {
            return Self(text);
        }
        Self(text.iter().map(|&octet| if is_line_octet(octet) { octet } else { b'?' }).collect())
    }

    /// The octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Whether this octet may stand inside a line.
pub(crate) fn is_line_octet(octet: u8) -> bool {
    !matches!(octet, b'\r' | b'\n' | 0)
}

impl From<&'static str> for Text {
    /// For texts in the source code. What may not stand in a text becomes `?`.
    fn from(text: &'static str) -> Self {
        Self::new(text).unwrap_or_else(|_| {
            let mut clean = text.as_bytes().to_vec();
            for octet in clean.iter_mut().filter(|octet| !is_line_octet(**octet)) {
                *octet = b'?';
            }
            if let Some(first) = clean.first_mut().filter(|first| **first == b'[') {
                *first = b'?';
            }
            Self(clean.into())
        })
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Lossy(&self.0), f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Octets as text: what is not UTF-8 is replaced.
pub(crate) struct Lossy<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Lossy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                f.write_str("\u{fffd}")?;
            }
        }
        Ok(())
    }
}

/// Words with blanks between them.
pub(crate) fn write_words(
    f: &mut fmt::Formatter<'_>,
    words: impl Iterator<Item = impl fmt::Display>,
) -> fmt::Result {
    for (at, word) in words.enumerate() {
        if at > 0 {
            f.write_str(" ")?;
        }
        word.fmt(f)?;
    }
    Ok(())
}
