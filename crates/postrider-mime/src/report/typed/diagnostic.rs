//! What the other side said.

use alloc::borrow::Cow;
use core::fmt;

use postrider_message::{Defects, Folder, InvalidValue, RawValue, WriteValue};

use super::{display, made_type, read, write};
use crate::report::{Status, text::made};

/// `diagnostic-type ";" *text` (RFC 3464 §2.3.6): what the other side said.
///
/// ```
/// use postrider_mime::report::{DiagnosticCode, Status};
/// let said = DiagnosticCode::smtp("550 5.1.1 <joe@example.com>: user unknown")?;
/// assert_eq!(said.reply_code(), Some(550));
/// assert_eq!(said.status(), Some(Status::new(5, 1, 1)?));
/// # Ok::<(), postrider_message::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DiagnosticCode<'a> {
    ty: Cow<'a, str>,
    text: Cow<'a, str>,
}

impl<'a> DiagnosticCode<'a> {
    /// A diagnostic of this type, such as `smtp`, `x400` or `x-local`.
    pub fn new(
        ty: impl Into<Cow<'a, str>>,
        text: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        Ok(Self { ty: made_type(ty)?, text: made(text)? })
    }

    /// A reply of SMTP, its lines joined by blanks: type `smtp`.
    pub fn smtp(reply: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        Self::new("smtp", reply)
    }

    /// The type, in the case it was written in; `unknown` where the field has none.
    pub fn ty(&self) -> &str {
        &self.ty
    }

    /// What was said.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The code of three digits that the text begins with, as a reply of SMTP does (RFC 5321
    /// §4.2), whatever the type says: many who write `x-postfix` or nothing quote a reply.
    pub fn reply_code(&self) -> Option<u16> {
        self.split().map(|(code, _)| code)
    }

    /// The status behind the code (RFC 2034 §4), or that the text begins with.
    pub fn status(&self) -> Option<Status> {
        let behind = self.split().map_or(&*self.text, |(_, behind)| behind);
        let behind = behind.trim_start_matches(['#', '(', '[']);
        Status::at_start(behind).map(|(status, _)| status)
    }

    fn split(&self) -> Option<(u16, &str)> {
        let (code, behind) = self.text.split_at_checked(3)?;
        let code = Some(code).filter(|code| code.bytes().all(|digit| digit.is_ascii_digit()));
        let code: u16 = code?.parse().ok()?;
        let ends = behind.is_empty() || behind.starts_with([' ', '-', '\t']);
        let behind = behind.trim_start_matches([' ', '-', '\t']);
        Some((code, behind)).filter(|(code, _)| ends && (200..=599).contains(code))
    }

    pub(in crate::report) fn read(raw: RawValue<'a>, defects: &mut Defects) -> Self {
        let (ty, text) = read(raw, defects);
        Self { ty, text }
    }
}

impl WriteValue for DiagnosticCode<'_> {
    fn write_value(&self, to: &mut Folder) {
        write(&self.ty, &self.text, None, to);
    }
}

display! { DiagnosticCode text }
