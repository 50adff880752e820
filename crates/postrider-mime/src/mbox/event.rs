//! What the reader of a mailbox tells.

use super::FromLine;
use crate::stream::{Defect, Octets};

/// One thing that is told of a mailbox. Each octet of the input is in exactly one event, and the
/// events are in the order of the octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// What is of no mail: a byte order mark, or empty lines before the first `From ` line.
    Outside(Octets<'a>),
    /// A mail begins behind its `From ` line.
    Begin(Begin<'a>),
    /// A piece of the mail.
    Octets(Octets<'a>),
    /// The `>` that was put before a line when the mail was written: it is not of the mail.
    Quote(Octets<'a>),
    /// The mail ends. The octets are the empty line behind it, if there is one.
    End(Octets<'a>),
    /// Something is wrong with the mailbox. No octets: it points at octets that are told.
    Defect(Defect),
}

/// A mail begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Begin<'a> {
    /// The `From ` line, its line end included; empty where the mailbox begins without one.
    pub octets: Octets<'a>,
}

impl<'a> Begin<'a> {
    /// The `From ` line, if there is one.
    pub const fn from_line(self) -> Option<FromLine<'a>> {
        if self.octets.raw.is_empty() { None } else { Some(FromLine::new(self.octets.raw)) }
    }
}

impl<'a> Event<'a> {
    /// The octets of the input that this event tells; none where it tells none.
    pub const fn octets(&self) -> Option<Octets<'a>> {
        match self {
            Self::Outside(octets)
            | Self::Octets(octets)
            | Self::Quote(octets)
            | Self::End(octets)
            | Self::Begin(Begin { octets }) => Some(*octets),
            Self::Defect(_) => None,
        }
    }
}
