//! How a part is to be presented (RFC 2183).

use postrider_message::InvalidValue;

use super::plain::is_plain;
use crate::Disposition;

/// Octets of a file name that leaves its field on one line (RFC 5322 §2.1.1).
const NAME: usize = 78 - "Content-Disposition: attachment; filename=".len();

/// The disposition of an entity.
#[derive(Debug, Clone)]
pub(super) enum Presentation<'a> {
    /// An attachment with a file name that needs no more than most do: it is a token, and fits.
    File(FileName),
    Other(Disposition<'a>),
}

/// A short name, kept where it stands: an attachment that has one allocates nothing for it.
#[derive(Debug, Clone)]
pub(super) struct FileName {
    octets: [u8; NAME],
    length: usize,
}

impl FileName {
    /// The name, where it is such a one.
    fn of(name: &str) -> Option<Self> {
        let (mut octets, name) = ([0; NAME], name.as_bytes());
        octets.get_mut(..name.len())?.copy_from_slice(name);
        let is_token = !name.is_empty() && is_plain(name);
        is_token.then_some(Self { octets, length: name.len() })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }
}

impl Presentation<'_> {
    /// An attachment with this file name.
    pub(super) fn file(name: &str) -> Result<Self, InvalidValue> {
        match FileName::of(name) {
            Some(name) => Ok(Self::File(name)),
            None => Ok(Self::Other(Disposition::attachment().with_file_name(name)?)),
        }
    }
}
