//! A part to be written: its fields and its body.

use alloc::{borrow::Cow, string::String, vec::Vec};

use postrider_message::{
    ContentMd5, FieldName, InvalidValue, LanguageTags, MessageId, Text, Url, WriteValue,
};

use super::{
    BuildError, Content,
    carry::{carrier, carries, needed},
    field::PartField,
    parts::Parts,
    presentation::Presentation,
};
use crate::{
    ContentType, Disposition,
    encoding::{Lines, TransferEncoding},
    flowed,
};

/// A part to be written (RFC 2045 §2.4): fields that say what it is, and a body.
///
/// Made by kind ([`text`](Self::text), [`mixed`](Self::mixed), [`signed`](Self::signed) and so on),
/// then described by `with_…`. A value that cannot be written is refused by the call that gives it.
/// A clone copies no content.
///
/// ```
/// use postrider_mime::{ContentType, build::{Entity, Options}};
///
/// let report = Entity::new(ContentType::new("application", "pdf")?, b"%PDF-1.7")?
///     .attached_as("Übersicht.pdf")?
///     .with_description("Übersicht")?;
/// assert_eq!(
///     String::from_utf8(report.to_vec(&Options::new(), &[0; 32])?)?,
///     "Content-Type: application/pdf\r\n\
///      Content-Disposition: attachment; filename*=utf-8''%C3%9Cbersicht.pdf\r\n\
///      Content-Description: =?utf-8?Q?=C3=9Cbersicht?=\r\n\
///      \r\n\
///      %PDF-1.7"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Entity<'a> {
    pub(super) ty: ContentType<'a>,
    pub(super) encoding: Option<TransferEncoding>,
    lines: Option<Lines>,
    /// The content was given as a string.
    pub(super) is_utf8: bool,
    pub(super) presentation: Option<Presentation<'a>>,
    pub(super) fields: Vec<PartField>,
    pub(super) body: Body<'a>,
    /// Levels of parts in it.
    depth: usize,
}

/// What follows the fields.
#[derive(Debug, Clone)]
pub(super) enum Body<'a> {
    /// Octets of a part that has no parts.
    Content(Content<'a>),
    /// Fields and body together, as they are.
    Verbatim(Content<'a>),
    /// The parts of a multipart.
    Parts(Parts<'a>),
    /// A message: its fields but those of MIME, and the entity that has these and the body.
    Message { section: String, version: bool, entity: Parts<'a> },
}

impl<'a> Entity<'a> {
    /// `text/plain`.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::of_text(ContentType::known("text", "plain"), text)
    }

    /// `text/html`.
    pub fn html(text: impl Into<Cow<'a, str>>) -> Self {
        Self::of_text(ContentType::known("text", "html"), text)
    }

    /// `text/plain; format=flowed` (RFC 3676), with `delsp` where the writer was made so.
    ///
    /// ```
    /// use postrider_mime::{build::{Entity, Options}, flowed::Writer};
    ///
    /// let mut writer = Writer::new();
    /// writer.paragraph(0, "From here on, lines may be broken anew.");
    /// assert_eq!(
    ///     String::from_utf8(Entity::flowed(writer)?.to_vec(&Options::new(), &[0; 32])?)?,
    ///     "Content-Type: text/plain; format=flowed; charset=us-ascii\r\n\r\n \
    ///      From here on, lines may be broken anew.\r\n"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn flowed(text: flowed::Writer) -> Result<Self, BuildError> {
        let mut ty = ContentType::known("text", "plain").with("format", "flowed")?;
        if text.is_delsp() {
            ty = ty.with("delsp", "yes")?;
        }
        Ok(Self::of_text(ty, text.finish()))
    }

    /// A part of any type but a multipart: those are made of parts.
    ///
    /// Text (`text/*`) is written with CRLF line ends, whichever it has. Where it is at hand and
    /// the type has no `charset`, that is told where it is US-ASCII or UTF-8. A message
    /// (`message/rfc822`) is kept as it is but for line ends, and needs a
    /// [transport](super::Options) that carries it.
    #[inline]
    pub fn new(ty: ContentType<'a>, content: impl Into<Content<'a>>) -> Result<Self, BuildError> {
        match ty.is_type("multipart") {
            true => Err(BuildError::Kind),
            false => Ok(Self::of(ty, Body::Content(content.into()))),
        }
    }

    /// `application/octet-stream`: octets of which nothing is known.
    pub fn octets(content: impl Into<Content<'a>>) -> Self {
        let ty = ContentType::known("application", "octet-stream");
        Self::of(ty, Body::Content(content.into()))
    }

    /// A whole entity, its header section included, of which every octet stays: one that was read,
    /// or that was signed.
    pub fn verbatim(entity: impl Into<Content<'a>>) -> Self {
        Self::of(ContentType::known("text", "plain"), Body::Verbatim(entity.into()))
    }

    pub(super) fn of_text(ty: ContentType<'a>, text: impl Into<Cow<'a, str>>) -> Self {
        let content = match text.into() {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        };
        Self { is_utf8: true, ..Self::of(ty, Body::Content(content)) }
    }

    #[inline]
    pub(super) fn of(ty: ContentType<'a>, body: Body<'a>) -> Self {
        let depth = match &body {
            Body::Parts(parts) | Body::Message { entity: parts, .. } => parts.depth(),
            _ => 0,
        };
        Self {
            ty,
            encoding: None,
            lines: None,
            is_utf8: false,
            presentation: None,
            fields: Vec::new(),
            body,
            depth,
        }
    }

    /// The same with this transfer encoding, whether or not it is the best one. Refused where the
    /// content cannot have it (RFC 2045 §6.2), and for what has parts or is a message: these have
    /// the one that their parts need (RFC 2045 §6.4).
    pub fn with_encoding(mut self, encoding: TransferEncoding) -> Result<Self, BuildError> {
        let fits = match (&self.body, encoding) {
            (_, TransferEncoding::UuEncode | TransferEncoding::Unknown) => false,
            (Body::Content(_), encoding) if self.keeps_octets() && !encoding.is_identity() => false,
            (Body::Content(content), encoding) if encoding.is_identity() => {
                let fits = |octets| carries(carrier(encoding), needed(octets, self.lines()));
                content.octets().is_none_or(fits)
            }
            (Body::Content(_), _) => true,
            _ => false,
        };
        match fits {
            true => {
                self.encoding = Some(encoding);
                Ok(self)
            }
            false => Err(BuildError::Encoding),
        }
    }

    /// The same with content that is lines, whose ends are written as CRLF, or octets, of which
    /// each is kept. Without this, what is `text/*` or `message/*` is lines, but for UTF-16 and
    /// UTF-32.
    #[must_use]
    pub const fn with_lines(mut self, lines: Lines) -> Self {
        self.lines = Some(lines);
        self
    }

    /// The same with this `Content-Disposition` (RFC 2183).
    #[inline]
    pub fn with_disposition(self, disposition: Disposition<'a>) -> Result<Self, BuildError> {
        self.presented(Presentation::Other(disposition))
    }

    /// The same as an attachment with this file name, in place of the disposition it has.
    #[inline]
    pub fn attached_as(self, file_name: &str) -> Result<Self, BuildError> {
        self.presented(Presentation::file(file_name)?)
    }

    /// The same with this file name; an attachment where it has no disposition.
    pub fn with_file_name(mut self, name: &str) -> Result<Self, BuildError> {
        match self.presentation.take() {
            Some(Presentation::Other(one)) => self.with_disposition(one.with_file_name(name)?),
            _ => self.attached_as(name),
        }
    }

    #[inline]
    fn presented(mut self, presentation: Presentation<'a>) -> Result<Self, BuildError> {
        self.check_own()?;
        self.presentation = Some(presentation);
        Ok(self)
    }

    /// The same with this parameter of its `Content-Type`. The `boundary` is not the caller's.
    pub fn with_parameter(mut self, name: &str, value: &str) -> Result<Self, BuildError> {
        self.check_own()?;
        if name.eq_ignore_ascii_case("boundary") && matches!(self.body, Body::Parts(_)) {
            return Err(InvalidValue::Again.into());
        }
        self.ty = self.ty.with(name, value)?;
        Ok(self)
    }

    /// The same with this `Content-ID` (RFC 2045 §7), by which HTML shows it as `cid:` and the
    /// identifier (RFC 2392).
    pub fn with_content_id(self, id: &MessageId<'_>) -> Result<Self, BuildError> {
        self.with_known(FieldName::ContentId, id)
    }

    /// The same with this `Content-Description` (RFC 2045 §8).
    pub fn with_description(self, text: &str) -> Result<Self, BuildError> {
        self.with_known(FieldName::ContentDescription, &Text::new(text)?)
    }

    /// The same with this `Content-Language` (RFC 3282 §2).
    pub fn with_language(self, tags: &LanguageTags<'_>) -> Result<Self, BuildError> {
        self.with_known(FieldName::ContentLanguage, tags)
    }

    /// The same with this `Content-Location` (RFC 2557 §4).
    pub fn with_location(self, url: &Url<'_>) -> Result<Self, BuildError> {
        self.with_known(FieldName::ContentLocation, url)
    }

    /// The same with this `Content-MD5` (RFC 1864 §2), computed by the caller over the content with
    /// CRLF line ends.
    pub fn with_md5(self, digest: ContentMd5) -> Result<Self, BuildError> {
        self.with_known(FieldName::ContentMd5, &digest)
    }

    /// The same with this field. Those that `with_…` has methods for take the place of the one that
    /// is there; of others there may be several. `Content-Type`, `Content-Transfer-Encoding`,
    /// `Content-Disposition` and `MIME-Version` are not given so.
    pub fn with_field(self, name: &str, value: &impl WriteValue) -> Result<Self, BuildError> {
        use FieldName as N;
        let own =
            [N::ContentType, N::ContentTransferEncoding, N::ContentDisposition, N::MimeVersion];
        if FieldName::of(name.as_bytes()).is_some_and(|known| own.contains(&known)) {
            return Err(InvalidValue::Again.into());
        }
        self.with_written(PartField::new(name, value)?)
    }

    fn with_known(self, name: FieldName, value: &impl WriteValue) -> Result<Self, BuildError> {
        self.with_written(PartField::new(name.as_str(), value)?)
    }

    fn with_written(mut self, field: PartField) -> Result<Self, BuildError> {
        self.check_own()?;
        if let Some(known) = field.known().filter(|known| known.is_single()) {
            self.fields.retain(|other| other.known() != Some(known));
        }
        self.fields.push(field);
        Ok(self)
    }

    /// What is kept as it is gets no fields.
    #[inline]
    const fn check_own(&self) -> Result<(), BuildError> {
        match self.body {
            Body::Verbatim(_) => Err(BuildError::Kind),
            _ => Ok(()),
        }
    }

    /// Its type; `text/plain` for one that is kept as it is, which is not looked into.
    pub const fn content_type(&self) -> &ContentType<'a> {
        &self.ty
    }

    /// Levels of parts in it: 0 for one without parts.
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// Whether it is a multipart.
    pub const fn is_multipart(&self) -> bool {
        matches!(self.body, Body::Parts(_))
    }

    /// Whether no transfer encoding but identity may be used: "No encoding other than "7bit",
    /// "8bit", or "binary" is permitted for the body of a "message/rfc822" entity" (RFC 2046
    /// §5.2.1), nor for the other composite types (§5.2.2 and §5.2.3).
    pub(super) fn keeps_octets(&self) -> bool {
        let subtypes = ["rfc822", "partial", "external-body"];
        self.ty.is_type("message") && subtypes.iter().any(|one| self.ty.is("message", one))
    }

    /// Whether its content may have any transfer encoding.
    pub(super) fn may_be_encoded(&self) -> bool {
        matches!(self.body, Body::Content(_)) && !self.keeps_octets()
    }

    /// Whether the content is lines, which CRLF ends (RFC 2046 §4.1.1), or octets.
    pub(super) fn lines(&self) -> Lines {
        let wide = |charset: Cow<'_, [u8]>| {
            let start = |name: &[u8]| charset.get(..name.len()).map(<[u8]>::to_ascii_lowercase);
            let of = |name: &'static [u8]| start(name).as_deref() == Some(name);
            of(b"utf-16") || of(b"utf-32") || of(b"ucs-") || of(b"iso-10646-ucs")
        };
        if let Some(lines) = self.lines {
            return lines;
        }
        match self.ty.is_type("text") {
            true if self.ty.charset().is_some_and(wide) => Lines::Octets,
            true => Lines::Text,
            false if self.ty.is_type("message") => Lines::Text,
            false => Lines::Octets,
        }
    }

    pub(super) fn parts(&self) -> Option<&Parts<'a>> {
        match &self.body {
            Body::Parts(parts) | Body::Message { entity: parts, .. } => Some(parts),
            _ => None,
        }
    }

    pub(super) const fn parts_mut(&mut self) -> Option<&mut Parts<'a>> {
        match &mut self.body {
            Body::Parts(parts) | Body::Message { entity: parts, .. } => Some(parts),
            _ => None,
        }
    }
}
