//! Names of mail transfer agents.

use alloc::borrow::Cow;
use core::fmt;

use postrider_message::{Defects, Folder, InvalidValue, RawValue, WriteValue};

use super::{display, made_type, read, write};
use crate::report::text::{cut_comment, made, made_comment, split_comment};

/// `mta-name-type ";" mta-name` (RFC 3464 §2.2.2), with the comment that may stand behind.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MtaName<'a> {
    ty: Cow<'a, str>,
    name: Cow<'a, str>,
    comment: Option<Cow<'a, str>>,
}

impl<'a> MtaName<'a> {
    /// A name of this type, such as `dns`, `x400` or `x-local-hostname`.
    pub fn new(
        ty: impl Into<Cow<'a, str>>,
        name: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let (ty, name) = (made_type(ty)?, made(name)?);
        match split_comment(&name).1 {
            None => Ok(Self { ty, name, comment: None }),
            Some(_) => Err(InvalidValue::Grammar),
        }
    }

    /// The host of this domain: type `dns`.
    pub fn dns(domain: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        Self::new("dns", domain)
    }

    /// The same name with a comment: of a client of SMTP its network address, which "SHOULD be
    /// included as a comment enclosed in parentheses" (RFC 3464 §2.2.4).
    pub fn with_comment(mut self, comment: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.comment = Some(made_comment(comment)?);
        Ok(self)
    }

    /// The type, in the case it was written in; `unknown` where the field has none.
    pub fn ty(&self) -> &str {
        &self.ty
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The comment behind the name.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    pub(in crate::report) fn read(raw: RawValue<'a>, defects: &mut Defects) -> Self {
        let (ty, text) = read(raw, defects);
        let (name, comment) = cut_comment(text);
        Self { ty, name, comment }
    }
}

impl WriteValue for MtaName<'_> {
    fn write_value(&self, to: &mut Folder) {
        write(&self.ty, &self.name, self.comment.as_deref(), to);
    }
}

display! { MtaName name }
