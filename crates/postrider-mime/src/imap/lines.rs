//! How many lines bodies have, counted for a whole message in one pass: bodies lie in each other,
//! and an octet is looked at once, however deep it lies.

use alloc::vec::Vec;

use memchr::memchr_iter;
use postrider_message::Span;

use super::body::is_counted;
use crate::Message;

/// The line ends before each offset where a body that is counted begins or ends.
#[derive(Debug, Clone)]
pub(super) struct LineCounts {
    before: Vec<(usize, u64)>,
}

impl LineCounts {
    /// Counts the bodies of all texts and nested messages. Other octets are not read.
    pub(super) fn of<B: AsRef<[u8]>>(message: &Message<B>) -> Self {
        let mut edges: Vec<(usize, bool)> = Vec::new();
        let counted = message.parts().filter(|part| is_counted(*part));
        for span in counted.map(crate::Part::body_span).filter(|span| !span.is_empty()) {
            edges.extend([(span.start(), true), (span.end(), false)]);
        }
        edges.sort_unstable();
        let (mut at, mut depth, mut count) = (0_usize, 0_usize, 0_u64);
        let mut before = Vec::with_capacity(edges.len());
        for (offset, begins) in edges {
            if depth > 0 {
                let octets = message.as_bytes().get(at..offset).unwrap_or_default();
                let lines = u64::try_from(memchr_iter(b'\n', octets).count()).unwrap_or(u64::MAX);
                count = count.saturating_add(lines);
            }
            depth = if begins { depth.saturating_add(1) } else { depth.saturating_sub(1) };
            at = offset;
            before.push((offset, count));
        }
        before.dedup();
        Self { before }
    }

    /// The lines of one of these bodies. A last line that is not ended does not count.
    pub(super) fn lines(&self, body: Span) -> u64 {
        self.before(body.end()).saturating_sub(self.before(body.start()))
    }

    fn before(&self, offset: usize) -> u64 {
        let found = self.before.binary_search_by_key(&offset, |(offset, _)| *offset);
        found.ok().and_then(|at| self.before.get(at)).map_or(0, |(_, count)| *count)
    }
}
