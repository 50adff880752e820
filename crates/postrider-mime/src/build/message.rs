//! A message to be written: its fields, and parts that nest themselves.

use alloc::{borrow::Cow, string::String, vec::Vec};

use postrider_message::{FieldName, HeaderBuilder, InvalidValue};

use super::{BuildError, Entity};

/// Builds a message (RFC 5322, RFC 2045).
///
/// Text, HTML, what HTML refers to and attachments nest themselves, with no level that is not
/// needed: `mixed(related(alternative(text, HTML), inline …), attachments …)`. For another
/// structure there is [`body`](Self::body). `MIME-Version` is added; `Date` and `Message-ID` are the
/// caller's, as all that needs a clock or entropy.
#[derive(Debug, Clone)]
pub struct MessageBuilder<'a> {
    header: HeaderBuilder,
    alternatives: Vec<Entity<'a>>,
    inline: Vec<Entity<'a>>,
    attached: Vec<Entity<'a>>,
    body: Option<Entity<'a>>,
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

    /// Adds another form of the same: flowed text, a calendar invitation. "The last part is the best
    /// choice" (RFC 2046 §5.1.4), so the order of the calls counts.
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
    #[must_use]
    pub fn attach(mut self, entity: Entity<'a>) -> Self {
        self.attached.push(entity);
        self
    }

    /// Sets the body: a structure of one's own. Texts and what is inline are left out then, and
    /// attachments are put beside it.
    #[must_use]
    pub fn body(mut self, entity: Entity<'a>) -> Self {
        self.body = Some(entity);
        self
    }

    /// The body, nested.
    pub fn entity(&self) -> Result<Entity<'a>, BuildError> {
        let shown = match (&self.body, self.alternatives.as_slice()) {
            (Some(body), _) => Some(body.clone()),
            (None, []) => None,
            (None, [one]) => Some(one.clone()),
            (None, several) => Some(Entity::alternative(several.iter().cloned())?),
        };
        let inline = if self.body.is_none() { self.inline.as_slice() } else { &[] };
        let mut loose: &[Entity<'a>] = &[];
        let shown = match shown {
            Some(root) if !inline.is_empty() => {
                Some(Entity::related(root, inline.iter().cloned())?)
            }
            None => {
                // Nothing refers to them.
                loose = inline;
                None
            }
            root => root,
        };
        let mut parts: Vec<_> = shown.into_iter().chain(loose.iter().cloned()).collect();
        parts.extend(self.attached.iter().cloned());
        match parts.len() {
            0 => Ok(Entity::text("")),
            1 => Ok(parts.remove(0)),
            _ => Entity::mixed(parts),
        }
    }

    /// The fields without the empty line behind them, whether `MIME-Version` is missing there, and
    /// the entity.
    pub(super) fn pieces(&self) -> Result<(String, bool, Entity<'a>), BuildError> {
        let entity = self.entity()?;
        let again = |name: FieldName| self.header.has(name);
        use FieldName as N;
        let own = [N::ContentType, N::ContentTransferEncoding];
        let twice = own.into_iter().any(again)
            || (entity.disposition.is_some() && again(N::ContentDisposition))
            || entity.fields.iter().filter_map(|field| field.known()).any(again);
        if twice {
            return Err(InvalidValue::Again.into());
        }
        let mut section = self.header.clone().finish();
        section.truncate(section.len().saturating_sub("\r\n".len()));
        Ok((section, !self.header.has(N::MimeVersion), entity))
    }
}
