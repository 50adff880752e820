//! Where the words of a field may end, 64 octets at a time.

use wide::u8x16;

/// Octets that are looked at at once.
const BLOCK: usize = 64;

/// The octets that are no part of a plain word, in order: white space, controls, octets beyond ASCII,
/// and `( ) < [ ] ; " \ , /`.
pub(super) struct Stops<'a> {
    bytes: &'a [u8],
    /// Where the present block begins.
    base: usize,
    /// Its octets that are still to be told, a bit for each.
    mask: u64,
}

impl<'a> Stops<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, base: 0, mask: mask_at(bytes, 0) }
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<(usize, u8)> {
        while self.mask == 0 {
            let base = self.base.saturating_add(BLOCK);
            if base >= self.bytes.len() {
                return None;
            }
            self.base = base;
            self.mask = mask_at(self.bytes, base);
        }
        let at = self.base.saturating_add(self.mask.trailing_zeros() as usize);
        self.mask &= self.mask.wrapping_sub(1);
        Some((at, *self.bytes.get(at)?))
    }
}

#[inline(never)]
fn mask_at(bytes: &[u8], base: usize) -> u64 {
    let rest = bytes.get(base..).unwrap_or_default();
    match rest.first_chunk::<BLOCK>() {
        Some(block) => mask(block),
        None => {
            let mut block = [b'x'; BLOCK];
            for (to, from) in block.iter_mut().zip(rest) {
                *to = *from;
            }
            mask(&block)
        }
    }
}

#[inline]
fn mask(block: &[u8; BLOCK]) -> u64 {
    let splat = u8x16::splat;
    let (first, last) = (splat(b'!'), splat(b'~'));
    let mut mask = 0;
    for (number, sixteen) in block.as_chunks::<16>().0.iter().enumerate() {
        let octets = u8x16::from(*sixteen);
        // Both parentheses have one value but for the last bit.
        let stops = (octets | splat(1)).simd_eq(splat(b')'))
            | octets.simd_eq(splat(b'<'))
            | octets.simd_eq(splat(b';'))
            | octets.simd_eq(splat(b'"'))
            | octets.simd_eq(splat(b'['))
            | octets.simd_eq(splat(b'\\'))
            | octets.simd_eq(splat(b']'))
            | octets.simd_eq(splat(b','))
            | octets.simd_eq(splat(b'/'));
        let printable = octets.max(first).min(last).simd_eq(octets);
        let bits = u64::from(stops.to_bitmask()) | (u64::from(!printable.to_bitmask()) & 0xffff);
        mask |= bits << (number.wrapping_mul(16) & 63);
    }
    mask
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::Stops;

    #[test]
    fn stops_are_all_octets_that_are_no_part_of_a_plain_word() {
        let text: Vec<u8> = (0..=255).chain([b'a'; 70]).chain(0..=255).collect();
        for start in 0..140 {
            for end in (start..text.len()).step_by(11) {
                let text = &text[start..end];
                let mut stops = Stops::of(text);
                let found: Vec<_> = core::iter::from_fn(|| stops.next()).collect();
                let stop =
                    |octet: u8| !octet.is_ascii_graphic() || b"()<[];\"\\,/".contains(&octet);
                let slow: Vec<_> =
                    text.iter().copied().enumerate().filter(|(_, octet)| stop(*octet)).collect();
                assert_eq!(found, slow);
            }
        }
    }
}
