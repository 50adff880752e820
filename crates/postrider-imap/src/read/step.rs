//! What one step of a reader came to.

/// One step of a reader: how many octets at the front are done with, and what was found.
///
/// With no octets and no part the reader has to see more than it was shown.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Step<P> {
    /// How many octets at the front are consumed. The next step is shown what follows them.
    pub octets: usize,
    /// What these octets are.
    pub consumed: Consumed,
    /// What was found, if anything yet.
    pub part: Option<P>,
}

/// What consumed octets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "octets are one of these three")]
pub enum Consumed {
    /// Lines of the protocol, with literals that are values.
    Text,
    /// Octets of a message, which stream.
    Payload,
    /// What is passed over because it is too long or was refused.
    Skipped,
}

impl<P> Step<P> {
    /// Whether the reader has to see more.
    #[must_use]
    pub fn is_starved(&self) -> bool {
        self.octets == 0 && self.part.is_none()
    }

    pub(super) fn starved() -> Self {
        Self { octets: 0, consumed: Consumed::Text, part: None }
    }
}

/// What a step did with the octets at the front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Used {
    /// It cannot go on without more of them.
    Starved,
    /// So many are done with; perhaps none, and it goes on all the same.
    Octets(usize),
}

impl Used {
    /// So many, and without any it cannot go on.
    pub(super) fn some(n: usize) -> Self {
        if n == 0 { Self::Starved } else { Self::Octets(n) }
    }
}

/// So many of the octets that are due as are there.
pub(super) fn at_most(left: u64, octets: &[u8]) -> usize {
    usize::try_from(left).unwrap_or(usize::MAX).min(octets.len())
}
