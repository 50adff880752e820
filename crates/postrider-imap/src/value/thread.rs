//! THREAD (RFC 5256).

use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::{Atom, Charset, InvalidValue, SearchKey};

/// THREAD and UID THREAD (RFC 5256 §3).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ThreadCommand {
    /// Whether UIDs are asked for.
    pub uid: bool,
    /// `ORDEREDSUBJECT`, `REFERENCES` or another.
    pub algorithm: Atom,
    /// The charset of the strings.
    pub charset: Charset,
    /// What a message must be; all of them.
    pub keys: Vec<SearchKey>,
}

impl ThreadCommand {
    /// Asks for message numbers. Without keys it asks for all messages.
    #[must_use]
    pub fn new(algorithm: Atom, charset: Charset, keys: Vec<SearchKey>) -> Self {
        Self { uid: false, algorithm, charset, keys }
    }

    /// Asks for UIDs.
    #[must_use]
    pub fn with_uid(mut self) -> Self {
        self.uid = true;
        self
    }
}

/// The threads of a THREAD response (RFC 5256 §4), as a flat list: each message with its depth, the
/// answers behind what they answer. So no depth of a discussion needs a deep value.
///
/// ```
/// use core::num::NonZeroU32;
/// use postrider_imap::{Thread, ThreadNode};
///
/// // The example of RFC 5256: (2)(3 6 (4 23)(44 7 96))
/// let mut thread = Thread::default();
/// for (depth, number) in [(0, 2), (0, 3), (1, 6), (2, 4), (3, 23), (2, 44), (3, 7), (4, 96)] {
///     thread.push(depth, NonZeroU32::new(number).unwrap())?;
/// }
/// assert_eq!(thread.threads().count(), 2);
/// assert_eq!(thread.nodes().last().map(|node| node.depth), Some(4));
/// # Ok::<(), postrider_imap::InvalidValue>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Thread {
    nodes: Vec<ThreadNode>,
}

/// One place in a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a place has these two")]
pub struct ThreadNode {
    /// How many places are above it; 0 begins a thread.
    pub depth: u32,
    /// The message; `None` where it is missing and only its answers are there.
    pub number: Option<NonZeroU32>,
}

impl Thread {
    /// These places, each behind what it answers.
    ///
    /// A missing message stands only where it holds two or more answers together that nothing else
    /// holds; any other is taken out, and its answers move up (RFC 5256 §3, REFERENCES step 3). The
    /// grammar cannot say it.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Combination`] when one is deeper than an answer to the one before it.
    pub fn new(nodes: Vec<ThreadNode>) -> Result<Self, InvalidValue> {
        let mut deepest = 0;
        for node in &nodes {
            if node.depth > deepest {
                return Err(InvalidValue::Combination);
            }
            deepest = node.depth.saturating_add(1);
        }
        Ok(Self::pruned(nodes))
    }

    /// Places that the grammar has read, or that were checked.
    pub(crate) fn read(nodes: Vec<ThreadNode>) -> Self {
        Self { nodes }
    }

    /// Adds a message at the end: a new thread at depth 0, otherwise an answer to the last message
    /// that is one less deep.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::Combination`] when it is deeper than an answer to the last message.
    pub fn push(&mut self, depth: u32, number: NonZeroU32) -> Result<(), InvalidValue> {
        let deepest = self.nodes.last().map_or(0, |last| last.depth.saturating_add(1));
        if depth > deepest {
            return Err(InvalidValue::Combination);
        }
        self.nodes.push(ThreadNode { depth, number: Some(number) });
        Ok(())
    }

    /// All places in their order.
    #[must_use]
    pub fn nodes(&self) -> &[ThreadNode] {
        &self.nodes
    }

    /// The places of each thread. The first of them has depth 0, all others are deeper.
    pub fn threads(&self) -> impl Iterator<Item = &[ThreadNode]> {
        self.nodes.chunk_by(|_, next| next.depth > 0)
    }

    /// The numbers of all messages in the order of their threads.
    pub fn numbers(&self) -> impl Iterator<Item = NonZeroU32> {
        self.nodes.iter().filter_map(|node| node.number)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Takes out the missing messages that hold nothing together. Linear, whatever the depth.
    pub(crate) fn pruned(mut nodes: Vec<ThreadNode>) -> Self {
        if nodes.iter().all(|node| node.number.is_some()) {
            return Self { nodes };
        }
        // From the back, so that the answers to a place are known before the place.
        let mut answers = Answers::default();
        let mut gone = alloc::vec![false; nodes.len()];
        for (at, node) in nodes.iter().enumerate().rev() {
            let below = answers.take(node.depth.saturating_add(1));
            let missing = node.number.is_none();
            match below.missing {
                // A missing message that is the only answer holds nothing together.
                Some(only) if below.count == 1 => {
                    if let Some(gone) = gone.get_mut(if missing { at } else { only }) {
                        *gone = true;
                    }
                    answers.add(node.depth, missing.then_some(only), 1);
                }
                _ if missing && below.count < 2 => {
                    if let Some(gone) = gone.get_mut(at) {
                        *gone = true;
                    }
                    answers.add(node.depth, None, below.count);
                }
                _ => answers.add(node.depth, missing.then_some(at), 1),
            }
        }
        // From the front: each place moves up by as many as have gone above it.
        let mut moves: Vec<u32> = Vec::new();
        let mut gone = gone.into_iter();
        nodes.retain_mut(|node| {
            let gone = gone.next().unwrap_or(false);
            let depth = usize::try_from(node.depth).unwrap_or(usize::MAX);
            moves.truncate(depth);
            let above = moves.last().copied().unwrap_or(0);
            moves.push(above.saturating_add(gone.into()));
            node.depth = node.depth.saturating_sub(above);
            !gone
        });
        Self { nodes }
    }
}

/// The answers that wait, seen from the back, for what they answer: by depth.
#[derive(Default)]
struct Answers(Vec<Below>);

/// The answers to one place.
#[derive(Clone, Copy, Default)]
struct Below {
    count: u32,
    /// The last of them that was added, if it is a missing message.
    missing: Option<usize>,
}

impl Answers {
    fn slot(&mut self, depth: u32) -> Option<&mut Below> {
        let depth = usize::try_from(depth).ok()?;
        if self.0.len() <= depth {
            self.0.resize(depth.checked_add(1)?, Below::default());
        }
        self.0.get_mut(depth)
    }

    fn take(&mut self, depth: u32) -> Below {
        let depth = usize::try_from(depth).unwrap_or(usize::MAX);
        self.0.get_mut(depth).map(core::mem::take).unwrap_or_default()
    }

    fn add(&mut self, depth: u32, missing: Option<usize>, count: u32) {
        if let Some(below) = self.slot(depth).filter(|_| count > 0) {
            below.count = below.count.saturating_add(count);
            below.missing = missing;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(places: &[(u32, u32)]) -> Vec<ThreadNode> {
        places
            .iter()
            .map(|&(depth, number)| ThreadNode { depth, number: NonZeroU32::new(number) })
            .collect()
    }

    #[test]
    fn a_missing_message_stays_where_it_holds_answers_together() {
        for (given, kept) in [
            // two answers: stays
            (&[(0, 0), (1, 3), (1, 5)][..], &[(0, 0), (1, 3), (1, 5)][..]),
            // one answer, or none
            (&[(0, 0), (1, 3), (2, 5), (0, 9)], &[(0, 3), (1, 5), (0, 9)]),
            (&[(0, 0)], &[]),
            (&[(0, 0), (0, 4)], &[(0, 4)]),
            (&[(0, 0), (1, 0), (2, 0), (3, 7), (0, 8)], &[(0, 7), (0, 8)]),
            // the only answer to a message
            (&[(0, 1), (1, 0), (2, 3), (2, 4), (3, 5)], &[(0, 1), (1, 3), (1, 4), (2, 5)]),
            (&[(0, 1), (1, 0), (2, 0), (3, 3), (3, 4)], &[(0, 1), (1, 3), (1, 4)]),
            // the only answer to a missing message
            (&[(0, 0), (1, 0), (2, 3), (2, 4)], &[(0, 0), (1, 3), (1, 4)]),
            // one of two answers
            (&[(0, 1), (1, 0), (2, 3), (2, 4), (1, 5)], &[(0, 1), (1, 0), (2, 3), (2, 4), (1, 5)]),
            (&[(0, 1), (1, 5), (1, 0), (2, 3), (2, 4)], &[(0, 1), (1, 5), (1, 0), (2, 3), (2, 4)]),
            // one of two, of which the other goes
            (&[(0, 1), (1, 0), (2, 3), (2, 4), (1, 0)], &[(0, 1), (1, 3), (1, 4)]),
            (&[(0, 1), (1, 0), (1, 0), (2, 3), (2, 4)], &[(0, 1), (1, 3), (1, 4)]),
        ] {
            let pruned = Thread::new(nodes(given)).unwrap();
            assert_eq!(pruned.nodes(), nodes(kept), "{given:?}");
            assert_eq!(Thread::new(pruned.nodes.clone()), Ok(pruned));
        }
    }

    #[test]
    fn no_place_is_deeper_than_an_answer() {
        assert_eq!(Thread::new(nodes(&[(1, 1)])), Err(InvalidValue::Combination));
        assert_eq!(Thread::new(nodes(&[(0, 1), (2, 1)])), Err(InvalidValue::Combination));
        let mut thread = Thread::default();
        assert!(thread.push(1, NonZeroU32::MIN).is_err());
        assert!(thread.push(0, NonZeroU32::MIN).is_ok());
        assert!(thread.push(2, NonZeroU32::MIN).is_err());
    }
}
