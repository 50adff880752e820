//! How messages are threaded (RFC 5256 §3).

use postrider_imap::Atom;

/// `thread-alg` (RFC 5256 §5). A server that threads by it says so in a capability: `THREAD=` and
/// its [name](Self::name).
///
/// ```
/// use postrider_imap::Atom;
/// use postrider_mailbox::thread::Algorithm;
///
/// assert_eq!(Algorithm::of(&Atom::new("references")?), Ok(Algorithm::References));
/// assert!(Algorithm::of(&Atom::new("REFS")?).is_err());
/// assert_eq!(Algorithm::OrderedSubject.name(), "ORDEREDSUBJECT");
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// "Poor man's threading": by base subject, the later messages below the first.
    OrderedSubject,
    /// By what answers what.
    References,
}

/// There is no such way to thread here: BAD, as a server that does not tell the capability answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the threading algorithm is not known")]
#[non_exhaustive]
pub struct UnknownAlgorithm;

impl Algorithm {
    /// The algorithm of a THREAD command.
    ///
    /// # Errors
    ///
    /// [`UnknownAlgorithm`] for any other name.
    pub fn of(name: &Atom) -> Result<Self, UnknownAlgorithm> {
        [Self::OrderedSubject, Self::References]
            .into_iter()
            .find(|algorithm| name.is(algorithm.name()))
            .ok_or(UnknownAlgorithm)
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrderedSubject => "ORDEREDSUBJECT",
            Self::References => "REFERENCES",
        }
    }
}
