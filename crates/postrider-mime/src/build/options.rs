//! What the way there carries, and what the message may be.

use crate::{Limits, encoding::Transport};

/// How a message is written. The default suits every host: lines of ASCII.
///
/// ```
/// use postrider_mime::{build::Options, encoding::Transport};
/// let options = Options::new().with_transport(Transport::EightBit).with_utf8(true);
/// assert!(options.utf8 && !options.signing);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What is written without encoding: `8bit` where the next hosts have 8BITMIME (RFC 6152),
    /// `binary` where they have BINARYMIME (RFC 3030).
    pub transport: Transport,
    /// UTF-8 in header sections (RFC 6532), for hosts that have SMTPUTF8 and so 8BITMIME (RFC 6531
    /// §3.1). Else text is written as encoded words (RFC 2047). Parameters are written as RFC 2231
    /// has them either way.
    pub utf8: bool,
    /// What is written will be signed (RFC 1847 §2.1): lines of ASCII alone, without what a relay
    /// might change: blanks at the end of a line, `From ` at its start (RFC 3156 §3).
    pub signing: bool,
    /// Parts in parts, at most.
    pub depth: usize,
}

impl Options {
    /// Lines of ASCII, as deep as the reader of this crate goes.
    pub const fn new() -> Self {
        Self {
            transport: Transport::SevenBit,
            utf8: false,
            signing: false,
            depth: Limits::DEFAULT.depth,
        }
    }

    /// For an entity that will be signed: "all data signed according to this protocol MUST be
    /// constrained to 7 bits" (RFC 3156 §3).
    pub const fn for_signing() -> Self {
        Self { signing: true, ..Self::new() }
    }

    /// These options for another way there.
    #[must_use]
    pub const fn with_transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// These options with UTF-8 in header sections, or without.
    #[must_use]
    pub const fn with_utf8(mut self, utf8: bool) -> Self {
        self.utf8 = utf8;
        self
    }

    /// These options with another depth.
    #[must_use]
    pub const fn with_depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }

    /// What is written without encoding: what will be signed is ASCII, and hosts that have SMTPUTF8
    /// have 8BITMIME too (RFC 6531 §3.1).
    pub(super) const fn carried(&self) -> Transport {
        match self.transport {
            _ if self.signing => Transport::SevenBit,
            Transport::SevenBit if self.utf8 => Transport::EightBit,
            transport => transport,
        }
    }

    /// Whether header sections have UTF-8: what will be signed is ASCII.
    pub(super) const fn writes_utf8(&self) -> bool {
        self.utf8 && !self.signing
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}
