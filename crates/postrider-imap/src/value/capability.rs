//! What a server says it can do.

use core::fmt;

use super::Keyword;
use super::text::Lossy;

/// One capability (RFC 3501 §7.2.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// `IMAP4rev1`
    Imap4Rev1,
    /// `STARTTLS`
    StartTls,
    /// `LOGINDISABLED`
    LoginDisabled,
    /// `IDLE` (RFC 2177)
    Idle,
    /// `LITERAL+` (RFC 7888): literals of any size need no permission.
    LiteralPlus,
    /// `LITERAL-` (RFC 7888): literals of up to 4096 octets need no permission.
    LiteralMinus,
    /// `MULTIAPPEND` (RFC 3502)
    MultiAppend,
    /// `COMPRESS=DEFLATE` (RFC 4978)
    CompressDeflate,
    /// Any other, by its name.
    Other(Keyword),
}

const KNOWN: [(Capability, &[u8]); 8] = [
    (Capability::Imap4Rev1, b"IMAP4rev1"),
    (Capability::StartTls, b"STARTTLS"),
    (Capability::LoginDisabled, b"LOGINDISABLED"),
    (Capability::Idle, b"IDLE"),
    (Capability::LiteralPlus, b"LITERAL+"),
    (Capability::LiteralMinus, b"LITERAL-"),
    (Capability::MultiAppend, b"MULTIAPPEND"),
    (Capability::CompressDeflate, b"COMPRESS=DEFLATE"),
];

impl Capability {
    /// The capability of this name.
    #[must_use]
    pub fn new(name: Keyword) -> Self {
        let known = KNOWN.iter().find(|(_, known)| known.eq_ignore_ascii_case(name.as_bytes()));
        known.map_or(Self::Other(name), |(capability, _)| capability.clone())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Other(name) => name.as_bytes(),
            known => KNOWN.iter().find(|(row, _)| row == known).map_or(b"", |(_, name)| *name),
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Lossy(self.name()).fmt(f)
    }
}
