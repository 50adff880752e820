//! The strings of a search by its charset (RFC 9051 §6.4.4).

use alloc::borrow::Cow;

use postrider_imap::Charset;
use postrider_message::charset;

use super::{Substring, Unsearchable};

/// How the strings of a search are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strings<'a> {
    label: &'a [u8],
    /// Whether filters, which are in UTF-8, can stand beside it.
    goes_with_filters: bool,
}

impl<'a> Strings<'a> {
    /// Without a charset strings are UTF-8: "if CHARSET is not provided, IMAP4rev2 servers MUST assume
    /// UTF-8", and US-ASCII, which IMAP4rev1 assumes, is UTF-8 too.
    pub(super) const UTF_8: Strings<'static> = Strings { label: b"utf-8", goes_with_filters: true };

    pub(super) fn of(charset: Option<&'a Charset>) -> Result<Self, Unsearchable> {
        let Some(named) = charset else { return Ok(Self::UTF_8) };
        let label = named.as_bytes();
        // Nothing of an unknown charset is faithful, not even an empty text.
        if !charset::decode(label, b"").faithful {
            return Err(Unsearchable::Charset);
        }
        let goes_with_filters = named.is("utf-8") || named.is("us-ascii");
        Ok(Self { label, goes_with_filters })
    }

    pub(super) const fn goes_with_filters(self) -> bool {
        self.goes_with_filters
    }

    pub(super) fn read(self, octets: &[u8]) -> Result<Substring, Unsearchable> {
        let decoded = charset::decode(self.label, octets);
        match decoded.text {
            _ if !decoded.faithful => Err(Unsearchable::Octets),
            Cow::Borrowed(text) => Ok(Substring::new(text)),
            Cow::Owned(text) => Ok(Substring::new(&text)),
        }
    }
}
