//! Line numbers, to tell people where a defect is.

use alloc::vec::Vec;

use memchr::memchr_iter;

use crate::Message;

/// Octets between two counts.
const BLOCK: usize = 4096;

/// The numbers of the lines of a message: one pass to make it, and then at most a look at 4,096
/// octets for each number. It holds four octets for each 4,096 of the message.
#[derive(Clone)]
pub struct LineIndex<'a> {
    bytes: &'a [u8],
    /// Line ends before each block.
    before: Vec<u32>,
}

impl<'a> LineIndex<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut count = 0_u32;
        let before = bytes.chunks(BLOCK).map(|block| {
            let lines = u32::try_from(memchr_iter(b'\n', block).count()).unwrap_or(u32::MAX);
            let before = count;
            count = count.saturating_add(lines);
            before
        });
        Self { before: before.collect(), bytes }
    }

    /// The number of the line that an octet is in, from 1. A line end is in the line it ends; an
    /// offset behind the last octet counts as its end.
    pub fn line(&self, offset: usize) -> usize {
        let offset = offset.min(self.bytes.len());
        let block = (offset / BLOCK).min(self.before.len().saturating_sub(1));
        let before = self.before.get(block).map_or(0, |count| *count as usize);
        let rest = self.bytes.get(block.saturating_mul(BLOCK)..offset).unwrap_or_default();
        before.saturating_add(memchr_iter(b'\n', rest).count()).saturating_add(1)
    }
}

impl core::fmt::Debug for LineIndex<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("LineIndex").field("octets", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl<B: AsRef<[u8]>> Message<B> {
    /// The line numbers of the message, for places that spans tell.
    ///
    /// ```
    /// use postrider_mime::Message;
    ///
    /// let message = Message::parse("Subject: one\r\nTo : you\r\n\r\nHello\r\n")?;
    /// let lines = message.line_index();
    /// let defects = message.all_defects();
    /// assert_eq!(defects[0].code().name(), "space-before-colon");
    /// assert_eq!(lines.line(defects[0].span().start()), 2);
    /// # Ok::<(), postrider_mime::TooLarge>(())
    /// ```
    pub fn line_index(&self) -> LineIndex<'_> {
        LineIndex::new(self.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, LineIndex};

    #[test]
    fn the_number_of_a_line_is_one_more_than_the_line_ends_before_the_octet() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 7] {
            let bytes: alloc::vec::Vec<u8> =
                (0..length).map(|at| if at * at % 7 == 1 { b'\n' } else { b'x' }).collect();
            let index = LineIndex::new(&bytes);
            let mut expected = 1;
            for offset in 0..=length {
                assert_eq!(index.line(offset), expected, "{offset} of {length}");
                expected += usize::from(bytes.get(offset) == Some(&b'\n'));
            }
            assert_eq!(index.line(usize::MAX), index.line(length));
        }
    }
}
