//! Fields that a format does not define, kept as text.

use alloc::{borrow::Cow, vec::Vec};

use postrider_message::{HeaderBuilder, InvalidValue};

use super::{
    group::GroupField,
    text::{Plain, made, text},
};

/// `extension-field = extension-field-name ":" *text` (RFC 3464 §2.4)
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExtensionField<'a> {
    name: Cow<'a, str>,
    text: Cow<'a, str>,
}

impl<'a> ExtensionField<'a> {
    /// A field such as `X-Postfix-Queue-ID`. Refused where no field can have this name.
    pub fn new(
        name: impl Into<Cow<'a, str>>,
        text: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let field = Self { name: name.into(), text: made(text)? };
        postrider_message::Folder::new(&field.name)?;
        Ok(field)
    }

    /// The name, in the case it was written in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, unfolded.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A field that was read, if its name could be written.
    pub(super) fn read(field: GroupField<'a>) -> Option<Self> {
        let name = core::str::from_utf8(field.name).ok()?;
        postrider_message::Folder::new(name).ok()?;
        Some(Self { name: Cow::Borrowed(name), text: text(field.raw) })
    }
}

/// Writes them all, but for names that the format has fields of: these would pass for its own.
pub(super) fn write(
    mut to: HeaderBuilder,
    fields: &[ExtensionField<'_>],
    known: &[&str],
) -> Result<HeaderBuilder, InvalidValue> {
    for field in fields {
        if known.iter().any(|name| field.name.eq_ignore_ascii_case(name)) {
            return Err(InvalidValue::Again);
        }
        to = to.named(&field.name, &Plain(&field.text))?;
    }
    Ok(to)
}

/// The text of the first of this name, in any case.
pub(super) fn find<'s>(fields: &'s [ExtensionField<'_>], name: &str) -> Option<&'s str> {
    fields.iter().find(|field| field.name.eq_ignore_ascii_case(name)).map(ExtensionField::text)
}

/// Keeps a field that could be written. How many come is bounded where groups are cut.
pub(super) fn keep<'a>(fields: &mut Vec<ExtensionField<'a>>, field: GroupField<'a>) {
    fields.extend(ExtensionField::read(field));
}
