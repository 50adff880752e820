//! What the body of a part says: its transfer encoding undone, its text by its charset.

use alloc::{borrow::Cow, string::String, vec::Vec};

use postrider_message::{Field, FieldName, Parsed, charset};

use crate::{
    Message, Part, TooLarge, TransferEncoding, code, content_type::text_charset, encoding::Decoder,
    tree::Kind,
};

impl<'a> Part<'a> {
    /// The body with its transfer encoding undone; what is wrong with it is a defect. A multipart,
    /// or a `message/rfc822` whose message is in the tree, is given as it stands: it must not be
    /// encoded (RFC 2045 §6.4). One that is encoded all the same is a leaf and is decoded;
    /// [`encoded_message`](Self::encoded_message) reads what comes out.
    pub fn decoded(self) -> Parsed<'a, Cow<'a, [u8]>> {
        let limit = self.limits().headers.defects;
        self.encoding_to_undo().decode(self.raw_body(), self.body_span(), limit)
    }

    /// The length of [`decoded`](Self::decoded) in octets, without decoding into memory.
    pub fn decoded_len(self) -> usize {
        self.encoding_to_undo().decoded_len(self.raw_body())
    }

    /// The text of a `text/*` leaf: decoded, then by its charset, as
    /// [`charset::decode`] says. A byte order mark at its start is removed; line ends are as they
    /// stand. `None` for other types.
    pub fn text(self) -> Option<Parsed<'a, Cow<'a, str>>> {
        let label = self.charset()?;
        let Parsed { value, mut defects, raw, .. } = self.decoded();
        let decoded = match value {
            Cow::Borrowed(octets) => charset::decode(&label, octets),
            Cow::Owned(octets) => charset::decode_vec(&label, octets),
        };
        if !decoded.faithful {
            defects.push(&code::UNFAITHFUL_CHARSET, self.body_span());
        }
        let text = match decoded.text {
            Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix(MARK).unwrap_or(text)),
            Cow::Owned(mut text) => {
                if text.starts_with(MARK) {
                    text.drain(..MARK.len_utf8());
                }
                Cow::Owned(text)
            }
        };
        Some(Parsed::new(text, defects, raw))
    }

    /// The name of the charset that [`text`](Self::text) decodes by, as it is written; `us-ascii`
    /// where the part has none. `None` where there is no text.
    ///
    /// ```
    /// use postrider_mime::Message;
    /// let message = Message::parse("Content-Type: text/html; charset=\"ISO-8859-1\"\n\nx")?;
    /// assert_eq!(message.root().charset().as_deref(), Some(&b"ISO-8859-1"[..]));
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn charset(self) -> Option<Cow<'a, [u8]>> {
        if self.kind() != Kind::Leaf {
            return None;
        }
        let field = self.structural(FieldName::ContentType);
        text_charset(field.map(Field::raw_value), self.is_in_digest())
    }

    /// The first characters of [`text`](Self::text), at most as many as `characters`. No more of the
    /// body is decoded than they need, but for a piece of some kibibytes.
    ///
    /// ```
    /// use postrider_mime::Message;
    /// let mail = "Content-Transfer-Encoding: quoted-printable\n\
    ///     Content-Type: text/plain; charset=utf-8\n\nGr=C3=BC=C3=9Fe aus K=C3=B6nigsberg";
    /// let message = Message::parse(mail)?;
    /// assert_eq!(message.root().text_prefix(5).unwrap(), "Grüße");
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn text_prefix(self, characters: usize) -> Option<Cow<'a, str>> {
        let label = self.charset()?;
        // Where every octet is a character, or is kept as it stands, nothing is copied.
        let most = characters.saturating_mul(4).saturating_add(MARK.len_utf8());
        let start = self.raw_body().get(..most).unwrap_or_else(|| self.raw_body());
        if self.encoding_to_undo().is_identity() && start.is_ascii() {
            let decoded = charset::decode(&label, start);
            if let (Cow::Borrowed(text), true) = (decoded.text, decoded.faithful) {
                return Some(Cow::Borrowed(first(text, characters)));
            }
        }
        let mut octets = Vec::new();
        let mut undo = Decoder::new(self.encoding_to_undo());
        let (mut decoder, mut text) = (charset::Decoder::new(&label), String::new());
        let mut pieces = self.raw_body().chunks(PIECE).peekable();
        // A mark at the start counts for nothing, so one character more is asked for.
        let (wanted, mut count) = (characters.saturating_add(1), 0_usize);
        loop {
            let piece = pieces.next().unwrap_or_default();
            let last = pieces.peek().is_none();
            undo.decode(piece, &mut octets);
            if last {
                undo.finish(&mut octets);
            }
            let told = text.len();
            decoder.decode(&octets, last, &mut text);
            octets.clear();
            let new = text.get(told..).unwrap_or_default();
            count = count.saturating_add(new.chars().count());
            if last || count >= wanted {
                break;
            }
        }
        if text.starts_with(MARK) {
            text.drain(..MARK.len_utf8());
        }
        text.truncate(first(&text, characters).len());
        Some(Cow::Owned(text))
    }

    /// What RFC 8621 §4.1.4 calls `isEncodingProblem`: "true if malformed sections were found while
    /// decoding the charset, the charset was unknown, or the content-transfer-encoding was unknown".
    /// Malformed base64 or quoted-printable is none. It decodes; who has the text already looks for
    /// these two defects among those that came with it: `unfaithful-charset`, `unknown-encoding`.
    pub fn is_encoding_problem(self) -> bool {
        let defects = match self.text() {
            Some(text) => text.defects,
            None => self.decoded().defects,
        };
        defects.has(&code::UNFAITHFUL_CHARSET) || defects.has(&code::UNKNOWN_ENCODING)
    }

    /// The message in a `message/rfc822` or `message/global` whose transfer encoding hides it from
    /// the tree, decoded and indexed as a message of its own. `None` where there is no such message:
    /// one that is not encoded is [`message`](Self::message).
    ///
    /// RFC 2045 §6.4 forbids to encode a `message/rfc822`, and RFC 6532 §3.7 allows it for
    /// `message/global`. The message has the limits of the one it came from, and as much less depth
    /// as this part lies deep, so that a chain of them ends; at the last level there is `None`.
    ///
    /// ```
    /// use postrider_mime::Message;
    /// let mail = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n\
    ///     U3ViamVjdDogSW5uZXIKCkhlbGxvCg==\n";
    /// let message = Message::parse(mail)?;
    /// let inner = message.root().encoded_message().unwrap()?;
    /// assert_eq!(inner.headers().subject().unwrap().value.as_str(), "Inner");
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn encoded_message(self) -> Option<Result<Message<Vec<u8>>, TooLarge>> {
        let encoding = self.encoding_to_undo();
        if self.kind() != Kind::Leaf
            || encoding.is_identity()
            || encoding == TransferEncoding::Unknown
        {
            return None;
        }
        if !self.media_type().is_message() {
            return None;
        }
        let depth = self.limits().depth.checked_sub(self.depth().saturating_add(1))?;
        let octets = self.decoded().value.into_owned();
        Some(Message::parse_with(octets, &self.limits().with_depth(depth)))
    }

    fn encoding_to_undo(self) -> TransferEncoding {
        match self.kind() {
            Kind::Leaf => self.transfer_encoding(),
            Kind::Multipart | Kind::Message => TransferEncoding::Binary,
        }
    }
}

/// A byte order mark.
const MARK: char = '\u{feff}';

/// Octets of a body that are decoded at once where the start of the text is asked for.
const PIECE: usize = 2 << 10;

/// The first characters of a text.
fn first(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}
