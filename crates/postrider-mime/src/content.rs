//! What the body of a part says: its transfer encoding undone, its text by its charset.

use alloc::borrow::Cow;

use postrider_message::{Parsed, charset};

use crate::{Part, TransferEncoding, code, tree::Kind};

impl<'a> Part<'a> {
    /// The body with its transfer encoding undone; what is wrong with it is a defect. A multipart
    /// or a message must not be encoded and is given as it stands (RFC 2045 §6.4).
    pub fn decoded(self) -> Parsed<'a, Cow<'a, [u8]>> {
        let encoding = match self.kind() {
            Kind::Leaf => self.transfer_encoding(),
            Kind::Multipart | Kind::Message => TransferEncoding::Binary,
        };
        let limit = postrider_message::Limits::DEFAULT.defects;
        encoding.decode(self.raw_body(), self.body_span(), limit)
    }

    /// The text of a `text/*` leaf: decoded, then by its charset, as
    /// [`charset::decode`] says. A byte order mark at its start is removed; line ends are as they
    /// stand. `None` for other types.
    pub fn text(self) -> Option<Parsed<'a, Cow<'a, str>>> {
        let ty = self.content_type().value;
        if !ty.is_type("text") || self.kind() != Kind::Leaf {
            return None;
        }
        let label = ty.charset().unwrap_or(Cow::Borrowed(b"us-ascii"));
        let Parsed { value, mut defects, raw, .. } = self.decoded();
        let (text, faithful) = match value {
            Cow::Borrowed(octets) => {
                let decoded = charset::decode(&label, octets);
                (decoded.text, decoded.faithful)
            }
            Cow::Owned(octets) => {
                let decoded = charset::decode(&label, &octets);
                (Cow::Owned(decoded.text.into_owned()), decoded.faithful)
            }
        };
        if !faithful {
            defects.push(&code::UNFAITHFUL_CHARSET, self.body_span());
        }
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
            Cow::Owned(text) if text.starts_with('\u{feff}') => {
                Cow::Owned(text.chars().skip(1).collect())
            }
            owned => owned,
        };
        Some(Parsed::new(text, defects, raw))
    }
}
