//! `message/partial`: a message in fragments (RFC 2046 §5.2.2).
//!
//! ```
//! use postrider_mime::{Message, partial};
//!
//! let mail = "From: joe@a.example\nSubject: Long\n\nfirst line\nsecond line\n";
//! let fragments: Vec<Vec<u8>> = partial::split(mail.as_bytes(), "id@a.example", 40)?
//!     .map(|fragment| fragment.to_vec())
//!     .collect();
//! let messages: Vec<_> = fragments.iter().map(|one| Message::parse(one).unwrap()).collect();
//! let parts: Vec<_> = messages.iter().map(Message::root).collect();
//! assert_eq!(parts[1].partial().unwrap().value.number, Some(2));
//! assert_eq!(partial::reassemble(&parts, 1 << 20)?, mail.as_bytes());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod reassemble;
mod split;

use alloc::vec::Vec;

use postrider_message::{Field, Parsed};

use crate::{Part, code, structure::is_content_field};

pub use reassemble::{PartialError, reassemble};
pub use split::{Fragment, Fragments, SplitError, split};

/// What a `message/partial` says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Partial {
    /// `id`: the same in all fragments of one message.
    pub id: Option<Vec<u8>>,
    /// `number`: the place of this fragment, from 1 on.
    pub number: Option<u32>,
    /// `total`: how many there are. "This third subfield is required on the final fragment".
    pub total: Option<u32>,
}

impl<'a> Part<'a> {
    /// What a `message/partial` says of itself, `None` where this is another type. Told with the
    /// defects of its `Content-Type`, and with [`NOT_A_FRAGMENT`](code::NOT_A_FRAGMENT).
    pub fn partial(self) -> Option<Parsed<'a, Partial>> {
        if !self.media_type().is("message", "partial") {
            return None;
        }
        let ty = self.content_type();
        let parameters = ty.value.parameters();
        let number = |name| {
            let octets = parameters.octets(name)?;
            let text = core::str::from_utf8(&octets).ok()?.trim();
            text.parse().ok().filter(|&number: &u32| number > 0 && !text.starts_with('+'))
        };
        let id = parameters.octets("id").map(|id| id.into_owned());
        let value = Partial { id, number: number("number"), total: number("total") };
        let in_range = value.number.is_some_and(|one| value.total.is_none_or(|all| one <= all));
        let is_wrong = value.id.is_none()
            || !in_range
            || parameters.get("total").is_some() && value.total.is_none();
        let (mut defects, raw) = (ty.defects, ty.raw);
        if is_wrong {
            let mut all = postrider_message::Defects::with_limit(self.limits().headers.defects);
            all.push(&code::NOT_A_FRAGMENT, self.header_span());
            all.append(&defects);
            defects = all;
        }
        Some(Parsed::new(value, defects, raw))
    }
}

/// Whether others take it for a field wherever it stands: its name is "printable US-ASCII
/// characters" (RFC 5322 §2.2). At the start of a message, a name with a blank may be the line of
/// mbox, and one with a byte order mark is another name.
fn is_field(field: Field<'_>) -> bool {
    !field.name().is_empty() && field.name().iter().all(u8::is_ascii_graphic)
}

/// Whether a field is that of the message in the fragments, not of the message around the first
/// one: `Content-` fields, `Subject`, `Message-ID`, `Encrypted` and `MIME-Version` (RFC 2046
/// §5.2.2.1).
fn is_inner(field: Field<'_>) -> bool {
    const NAMES: [&[u8]; 4] = [b"Subject", b"Message-ID", b"Encrypted", b"MIME-Version"];
    let name = field.name();
    is_content_field(name) || NAMES.iter().any(|inner| inner.eq_ignore_ascii_case(name))
}
