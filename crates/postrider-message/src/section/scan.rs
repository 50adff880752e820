//! Where the fields of a header section end and their names, 64 octets at a time.

use wide::u8x16;

/// Octets that are looked at at once.
const BLOCK: usize = 64;

/// What a block of octets holds, a bit for each octet.
pub(super) struct Block {
    /// The offset of the first octet.
    pub(super) base: usize,
    /// The first colon of each field, where its first line has one.
    pub(super) colons: u64,
    /// The last LF of each field: no white space follows, which would continue it.
    pub(super) ends: u64,
}

/// Cuts a header section in fields.
///
/// A search for each line end and each colon would begin anew every twenty octets, and the processor
/// would guess wrong at most of them where a search ends. Here the places of a whole block are found
/// at once and without a branch.
pub(super) struct Blocks<'a> {
    bytes: &'a [u8],
    /// Where the next block begins.
    base: usize,
    /// 1 where a field begins at the next block.
    starts: u64,
    /// Whether the name that the last block began goes on.
    in_name: bool,
}

impl<'a> Blocks<'a> {
    /// Looks at `bytes` from the field on that begins at `start`.
    pub(super) const fn new(bytes: &'a [u8], start: usize) -> Self {
        Self { bytes, base: start, starts: 1, in_name: false }
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<Block> {
        let base = self.base;
        let rest = self.bytes.get(base..).filter(|rest| !rest.is_empty())?;
        self.base = base.wrapping_add(BLOCK);
        let next = rest.get(1..).and_then(<[u8]>::first_chunk);
        let Masks { lines, colons, white } = match rest.first_chunk::<BLOCK>().zip(next) {
            Some((block, next)) => Masks::of(block, next),
            None => Masks::of_last(rest),
        };
        let ends = lines & !white;
        let starts = ends << 1 | self.starts;
        self.starts = ends >> 63;
        // A bit that is added where a field begins runs as a carry through all octets of the name and
        // comes to rest in the first colon, or at the end of a line that has none.
        let (sum, first) = (!(colons | lines)).overflowing_add(starts);
        let (sum, second) = sum.overflowing_add(u64::from(self.in_name));
        self.in_name = first | second;
        Some(Block { base, colons: sum & colons, ends })
    }
}

/// Which octets of a block are what.
struct Masks {
    lines: u64,
    colons: u64,
    /// White space in the octet behind.
    white: u64,
}

impl Masks {
    /// The masks of a block, and of the same octets moved on by one.
    #[inline]
    fn of(block: &[u8; BLOCK], next: &[u8; BLOCK]) -> Self {
        let mut masks = Self { lines: 0, colons: 0, white: 0 };
        let (line, colon) = (u8x16::splat(b'\n'), u8x16::splat(b':'));
        let (space, tab) = (u8x16::splat(b' '), u8x16::splat(b'\t'));
        let quarters = block.as_chunks::<16>().0.iter().zip(next.as_chunks::<16>().0);
        for (number, (quarter, next)) in quarters.enumerate() {
            let (octets, next) = (u8x16::from(*quarter), u8x16::from(*next));
            let place =
                |bits: u8x16| u64::from(bits.to_bitmask()) << (number.wrapping_mul(16) & 63);
            masks.lines |= place(octets.simd_eq(line));
            masks.colons |= place(octets.simd_eq(colon));
            masks.white |= place(next.simd_eq(space) | next.simd_eq(tab));
        }
        masks
    }

    /// The masks of what is left at the end: behind it there is none of these octets.
    #[cold]
    fn of_last(rest: &[u8]) -> Self {
        let (mut block, mut next) = ([0; BLOCK], [0; BLOCK]);
        for (to, from) in block.iter_mut().zip(rest) {
            *to = *from;
        }
        for (to, from) in next.iter_mut().zip(rest.iter().skip(1)) {
            *to = *from;
        }
        Self::of(&block, &next)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    /// The same by looking at one octet after the other.
    fn slowly(bytes: &[u8], start: usize) -> (Vec<usize>, Vec<usize>) {
        let (mut colons, mut ends, mut in_name) = (Vec::new(), Vec::new(), true);
        for (at, &octet) in bytes.iter().enumerate().skip(start) {
            if octet == b':' && in_name {
                colons.push(at);
                in_name = false;
            } else if octet == b'\n' {
                in_name = !matches!(bytes.get(at + 1), Some(b' ' | b'\t'));
                ends.extend(in_name.then_some(at));
            }
        }
        (colons, ends)
    }

    #[test]
    fn the_same_places_are_found_as_by_looking_at_one_octet_after_the_other() {
        for alphabet in [&b"ab\n:;\x0b\t9c d"[..], b"a\n", b"\n: ", b"aaaaaaa:\naaaaaa"] {
            let text: Vec<u8> =
                (0..700_usize).map(|i| alphabet[(i * i + i / 7) % alphabet.len()]).collect();
            for start in 0..70 {
                for end in (start..=text.len()).step_by(13) {
                    let (mut colons, mut ends) = (Vec::new(), Vec::new());
                    let mut blocks = Blocks::new(&text[..end], start);
                    while let Some(block) = blocks.next() {
                        let places = |bits: u64| {
                            (0..64)
                                .filter(move |bit| bits >> bit & 1 == 1)
                                .map(|bit| block.base + bit)
                        };
                        colons.extend(places(block.colons));
                        ends.extend(places(block.ends));
                    }
                    assert_eq!((colons, ends), slowly(&text[..end], start));
                }
            }
        }
    }
}
