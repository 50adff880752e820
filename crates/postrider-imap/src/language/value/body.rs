//! BODY and BODYSTRUCTURE: the MIME tree of a message.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;

use super::Envelope;

/// The MIME structure of a message or part (RFC 3501 §7.4.2, RFC 9051 §7.5.2).
///
/// The reader bounds its depth by [`crate::Limits`]; who builds one by hand bounds it too, for a
/// tree is cloned, compared and dropped by recursion.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a part has parts, or it has not")]
pub enum BodyStructure {
    /// One part without parts of its own, other than those of an attached message.
    Single(Part),
    /// A multipart.
    Multi(Multipart),
}

impl BodyStructure {
    /// Writes it as a FETCH response has it behind `BODY` or `BODYSTRUCTURE` (RFC 3501 §9 `body`),
    /// with the extension data that it has; see [`Envelope::write`].
    ///
    /// ```
    /// use postrider_imap::language::{BodyStructure, Part};
    ///
    /// let mut out = Vec::new();
    /// BodyStructure::Single(Part::new("IMAGE", "GIF", "BASE64", 6)).write(&mut out);
    /// assert_eq!(out, br#"("IMAGE" "GIF" NIL NIL NIL "BASE64" 6)"#);
    /// ```
    pub fn write(&self, out: &mut Vec<u8>) {
        crate::language::write::body(out, self);
    }
}

/// A parameter list: names and values, in order.
pub type Parameters = Vec<(Bytes, Bytes)>;

/// A part that is no multipart.
///
/// ```
/// use postrider_imap::language::{Content, Part};
///
/// let mut part = Part::new("TEXT", "PLAIN", "7BIT", 3028);
/// part.parameters.push(("CHARSET".into(), "US-ASCII".into()));
/// part.content = Content::Text { lines: 92 };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// The media type, such as `TEXT`.
    pub media_type: Bytes,
    /// The subtype, such as `PLAIN`.
    pub subtype: Bytes,
    /// The parameters of Content-Type.
    pub parameters: Parameters,
    /// Content-ID.
    pub id: Option<Bytes>,
    /// Content-Description.
    pub description: Option<Bytes>,
    /// Content-Transfer-Encoding; `7BIT` when there is none.
    pub encoding: Bytes,
    /// Size in octets, in its transfer encoding.
    pub octets: u64,
    /// What else is known, by the kind of the part.
    pub content: Content,
    /// Extension data: present in BODYSTRUCTURE, absent in BODY.
    pub extension: Option<PartExtension>,
}

impl Part {
    /// A part of which only the basic facts are known.
    #[must_use]
    pub fn new(
        media_type: impl Into<Bytes>,
        subtype: impl Into<Bytes>,
        encoding: impl Into<Bytes>,
        octets: u64,
    ) -> Self {
        Self {
            media_type: media_type.into(),
            subtype: subtype.into(),
            parameters: Vec::new(),
            id: None,
            description: None,
            encoding: encoding.into(),
            octets,
            content: Content::Basic,
            extension: None,
        }
    }
}

/// What BODY tells of some kinds of parts only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the three productions of the grammar")]
pub enum Content {
    /// Nothing more (`body-type-basic`).
    #[default]
    Basic,
    /// A text (`body-type-text`), which must be of media type `TEXT`.
    Text {
        /// Size in lines, in its transfer encoding.
        lines: u64,
    },
    /// A message (`body-type-msg`), which must be of type `MESSAGE/RFC822`.
    Message(Box<AttachedMessage>),
}

/// What is told of an attached message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachedMessage {
    /// Its envelope.
    pub envelope: Envelope,
    /// Its structure.
    pub body: BodyStructure,
    /// Its size in lines, in its transfer encoding.
    pub lines: u64,
}

impl AttachedMessage {
    /// All three.
    #[must_use]
    pub fn new(envelope: Envelope, body: BodyStructure, lines: u64) -> Self {
        Self { envelope, body, lines }
    }
}

/// Extension data of a part that is no multipart (`body-ext-1part`). Values of later extensions
/// behind these are read over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartExtension {
    /// Content-MD5.
    pub md5: Option<Bytes>,
    /// Content-Disposition.
    pub disposition: Option<Disposition>,
    /// Content-Language.
    pub language: Vec<Bytes>,
    /// Content-Location.
    pub location: Option<Bytes>,
}

impl PartExtension {
    /// Extension data that says nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Content-Disposition (RFC 2183).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Disposition {
    /// The type, such as `ATTACHMENT`.
    pub kind: Bytes,
    /// The parameters, such as `FILENAME`.
    pub parameters: Parameters,
}

impl Disposition {
    /// A disposition of this kind.
    #[must_use]
    pub fn new(kind: impl Into<Bytes>, parameters: Parameters) -> Self {
        Self { kind: kind.into(), parameters }
    }
}

/// A multipart: its parts, at least one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Multipart {
    /// The parts in order. The grammar has no multipart without parts: one that has none is written
    /// with one empty text part.
    pub parts: Vec<BodyStructure>,
    /// The subtype, such as `MIXED`.
    pub subtype: Bytes,
    /// Extension data: present in BODYSTRUCTURE, absent in BODY.
    pub extension: Option<MultipartExtension>,
}

impl Multipart {
    /// A multipart without extension data.
    #[must_use]
    pub fn new(subtype: impl Into<Bytes>, parts: Vec<BodyStructure>) -> Self {
        Self { parts, subtype: subtype.into(), extension: None }
    }
}

/// Extension data of a multipart (`body-ext-mpart`). Values of later extensions behind these are
/// read over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MultipartExtension {
    /// The parameters of Content-Type.
    pub parameters: Parameters,
    /// Content-Disposition.
    pub disposition: Option<Disposition>,
    /// Content-Language.
    pub language: Vec<Bytes>,
    /// Content-Location.
    pub location: Option<Bytes>,
}

impl MultipartExtension {
    /// Extension data that says nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}
