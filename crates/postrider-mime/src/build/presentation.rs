//! How a part is to be presented (RFC 2183).

use alloc::boxed::Box;

use postrider_message::InvalidValue;

use super::plain::is_plain;
use crate::Disposition;

/// Octets of a file name that leaves its field on one line (RFC 5322 §2.1.1).
const NAME: usize = 78 - "Content-Disposition: attachment; filename=".len();

/// The disposition of an entity.
#[derive(Debug, Clone)]
pub(super) enum Presentation<'a> {
    /// An attachment with a file name that needs no more than most do: it is a token, and fits.
    File(Box<str>),
    Other(Disposition<'a>),
}

impl Presentation<'_> {
    /// An attachment with this file name.
    pub(super) fn file(name: &str) -> Result<Self, InvalidValue> {
        if (1..=NAME).contains(&name.len()) && is_plain(name.as_bytes()) {
            return Ok(Self::File(name.into()));
        }
        Ok(Self::Other(Disposition::attachment().with_file_name(name)?))
    }
}
