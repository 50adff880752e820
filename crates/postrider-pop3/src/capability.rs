//! What a server can do (RFC 2449 §5 and §6).

use alloc::string::String;
use alloc::vec::Vec;

use crate::ValueError;

/// Octets of one capability line without CRLF (RFC 2449 §5).
const LINE: usize = 510;

/// One line of a `CAPA` reply: a tag and its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Capability {
    tag: String,
    params: Vec<String>,
}

impl Capability {
    /// A capability. Tags are case-insensitive and kept in upper case.
    ///
    /// # Errors
    ///
    /// [`ValueError`] when tag or a parameter is empty or not printable ASCII, the tag begins with
    /// a dot, or the line has more than 510 octets.
    pub fn new<'a>(
        tag: &str,
        params: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, ValueError> {
        check(tag)?;
        if tag.starts_with('.') {
            return Err(ValueError::Forbidden { at: 0 });
        }
        let mut length = tag.len();
        let mut owned = Vec::new();
        for param in params {
            check(param)?;
            length = length.saturating_add(param.len()).saturating_add(1);
            owned.push(String::from(param));
        }
        if length > LINE {
            return Err(ValueError::TooLong { most: LINE });
        }
        Ok(Self { tag: tag.to_ascii_uppercase(), params: owned })
    }

    /// The tag, in upper case.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The parameters.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        self.params.iter().map(String::as_str)
    }

    /// The line, CRLF included.
    #[must_use]
    pub fn to_line(&self) -> Vec<u8> {
        let mut line = Vec::from(self.tag.as_bytes());
        for param in &self.params {
            line.push(b' ');
            line.extend_from_slice(param.as_bytes());
        }
        line.extend_from_slice(b"\r\n");
        line
    }
}

fn check(word: &str) -> Result<(), ValueError> {
    if word.is_empty() {
        return Err(ValueError::Empty);
    }
    word.find(|c: char| !c.is_ascii_graphic())
        .map_or(Ok(()), |at| Err(ValueError::Forbidden { at }))
}

/// All that a server announced, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(Vec<Capability>);

impl Capabilities {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn push(&mut self, capability: Capability) {
        self.0.push(capability);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `tag` was announced, in whatever case.
    #[must_use]
    pub fn has(&self, tag: &str) -> bool {
        self.find(tag).is_some()
    }

    /// The first capability of this tag.
    #[must_use]
    pub fn find(&self, tag: &str) -> Option<&Capability> {
        self.0.iter().find(|capability| capability.tag.eq_ignore_ascii_case(tag))
    }

    /// All, in the order of the server.
    pub fn iter(&self) -> impl Iterator<Item = &Capability> {
        self.0.iter()
    }
}
