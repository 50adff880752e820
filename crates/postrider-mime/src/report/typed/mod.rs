//! Values of a `-type` subfield and text (RFC 3464 §2.1.2): names of MTAs, addresses, diagnostics.

mod address;
mod diagnostic;
mod mta;

use alloc::borrow::Cow;

use postrider_message::{Defects, Folder, InvalidValue, RawValue, WriteValue};

use super::text::{self, Commented, is_atom};
use crate::code;

pub use address::RecipientAddress;
pub use diagnostic::DiagnosticCode;
pub use mta::MtaName;

macro_rules! display {
    ($name:ident $text:ident) => {
        /// `type; text`, for people and logs.
        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}; {}", self.ty, self.$text)
            }
        }
    };
}

use display;

/// The type where a field has none: "The value "unknown" should be used if the Reporting MTA cannot
/// determine the type" (RFC 3464 §2.3.1).
const UNKNOWN: &str = "unknown";

/// `type ";" text`
fn read<'a>(raw: RawValue<'a>, defects: &mut Defects) -> (Cow<'a, str>, Cow<'a, str>) {
    let octets = raw.bytes();
    let at = memchr::memchr(b';', octets);
    let ty = at.and_then(|at| core::str::from_utf8(octets.get(..at)?.trim_ascii()).ok());
    match (ty.filter(|ty| is_atom(ty)), at) {
        (Some(ty), Some(at)) => {
            let behind = raw.slice(at.saturating_add(1)..octets.len());
            (Cow::Borrowed(ty), text::text(behind))
        }
        _ => {
            defects.push(&code::NO_TYPE_SUBFIELD, raw.span());
            (Cow::Borrowed(UNKNOWN), text::text(raw))
        }
    }
}

fn made_type<'a>(ty: impl Into<Cow<'a, str>>) -> Result<Cow<'a, str>, InvalidValue> {
    let ty = ty.into();
    if is_atom(&ty) { Ok(ty) } else { Err(InvalidValue::Token) }
}

fn write(ty: &str, text: &str, comment: Option<&str>, to: &mut Folder) {
    to.token(ty).token(";").blank();
    Commented(text, comment).write_value(to);
}
