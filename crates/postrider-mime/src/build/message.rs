//! A message to be written: its fields, and parts that nest themselves.

use alloc::{borrow::Cow, boxed::Box, vec::Vec};

use postrider_message::{Field, FieldName, HeaderBuilder, HeaderIndex, InvalidValue, Limits};

use super::{
    BuildError, Entity,
    entity::Body,
    field::PartField,
    outline::{self, Frames},
    render::Section,
};

/// Builds a message (RFC 5322, RFC 2045).
///
/// Text, HTML, what HTML refers to and attachments nest themselves, with no level that is not
/// needed: `mixed(related(alternative(text, HTML), inline …), attachments …)`. For another
/// structure there is [`body`](Self::body). `MIME-Version` is added; `Date` and `Message-ID` are
/// the caller's, as all that needs a clock or entropy.
#[derive(Debug, Clone)]
pub struct MessageBuilder<'a> {
    header: HeaderBuilder,
    alternatives: Vec<Entity<'a>>,
    inline: Vec<Entity<'a>>,
    attached: Vec<Entity<'a>>,
    /// Elsewhere, for few have one, and a builder is moved by each call.
    body: Option<Box<Entity<'a>>>,
}

impl<'a> MessageBuilder<'a> {
    /// A message with these fields, and without a body yet.
    pub const fn new(header: HeaderBuilder) -> Self {
        Self {
            header,
            alternatives: Vec::new(),
            inline: Vec::new(),
            attached: Vec::new(),
            body: None,
        }
    }

    /// Adds plain text.
    #[must_use]
    pub fn text(self, text: impl Into<Cow<'a, str>>) -> Self {
        self.alternative(Entity::text(text))
    }

    /// Adds HTML.
    #[must_use]
    pub fn html(self, text: impl Into<Cow<'a, str>>) -> Self {
        self.alternative(Entity::html(text))
    }

    /// Adds another form of the same: flowed text, a calendar invitation. "In general, the best
    /// choice is the LAST part of a type supported by the recipient system's local environment" (RFC
    /// 2046 §5.1.4), so the order of the calls counts.
    #[must_use]
    pub fn alternative(mut self, entity: Entity<'a>) -> Self {
        self.alternatives.push(entity);
        self
    }

    /// Adds what the HTML refers to, by its `Content-ID` (RFC 2392) or `Content-Location`.
    #[must_use]
    pub fn inline(mut self, entity: Entity<'a>) -> Self {
        self.inline.push(entity);
        self
    }

    /// Adds an attachment; see [`Entity::attached_as`].
    #[inline]
    #[must_use]
    pub fn attach(mut self, entity: Entity<'a>) -> Self {
        self.attached.push(entity);
        self
    }

    /// Sets the body: a structure of one's own. Texts and what is inline are left out then, and
    /// attachments are put beside it.
    ///
    /// An entity that is [kept as it is](Entity::verbatim) can be the whole body where it is at hand
    /// and has no fields but `Content-` ones: others would be those of the message.
    #[must_use]
    pub fn body(mut self, entity: Entity<'a>) -> Self {
        self.body = Some(Box::new(entity));
        self
    }

    /// The body, nested.
    pub fn entity(&self) -> Result<Entity<'a>, BuildError> {
        Ok(outline::whole(&self.frames()?.outline(self)))
    }

    /// The multiparts around what was given.
    pub(super) fn frames(&self) -> Result<Frames<'a>, BuildError> {
        Frames::new(self)
    }

    /// The entities that are shown: the body of one's own, or the forms of the text.
    pub(super) fn shown(&self) -> &[Entity<'a>] {
        self.body.as_deref().map_or(&self.alternatives, core::slice::from_ref)
    }

    /// What is inline; what a body of one's own leaves out is not.
    pub(super) fn inlined(&self) -> &[Entity<'a>] {
        if self.body.is_none() { &self.inline } else { &[] }
    }

    pub(super) fn attachments(&self) -> &[Entity<'a>] {
        &self.attached
    }

    /// The fields of the message, where they are not those of its entity.
    ///
    /// An entity that is kept as it is brings its own, which are fields of the message here: they
    /// must be such as describe the body, for only these have a meaning in a part (RFC 2045 §3).
    pub(super) fn section(&self, root: &Entity<'_>) -> Result<Section<'_>, BuildError> {
        let again = |name: FieldName| self.header.has(name);
        use FieldName as N;
        let own = [N::ContentType, N::ContentTransferEncoding];
        let twice = own.into_iter().any(again)
            || (root.presentation.is_some() && again(N::ContentDisposition))
            || root.fields.iter().filter_map(PartField::known).any(again)
            || match &root.body {
                Body::Verbatim(content) => {
                    let octets = content.octets().ok_or(BuildError::Streamed)?;
                    kept_fields(octets)?.into_iter().any(again)
                }
                _ => false,
            };
        match twice {
            true => Err(InvalidValue::Again.into()),
            false => {
                let version = !self.header.has(N::MimeVersion);
                Ok(Section { fields: self.header.as_str(), version })
            }
        }
    }
}

/// The fields of an entity that is kept as it is, those that are known; an error where one does not
/// describe the body, or where something else stands before or between them.
fn kept_fields(octets: &[u8]) -> Result<Vec<FieldName>, BuildError> {
    let index = HeaderIndex::parse(octets, &Limits::DEFAULT);
    let headers = index.headers(octets);
    let describes = |field: Field<'_>| {
        let start = field.name().get(..8);
        start.is_some_and(|start| start.eq_ignore_ascii_case(b"Content-"))
    };
    let first = headers.fields().next().map(Field::span);
    let starts = first.unwrap_or_else(|| index.separator()).start() == 0;
    if index.is_cut() || !starts || !headers.fields().all(describes) {
        return Err(BuildError::Kind);
    }
    Ok(headers.fields().filter_map(Field::known).collect())
}
