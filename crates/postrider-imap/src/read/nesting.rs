//! The inside of parentheses, sixteen octets at a time: where they end is all that matters there.

use wide::u8x16;

/// Where in a value of parentheses and quoted strings one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nesting {
    /// How many parentheses are open.
    pub(super) depth: usize,
    /// Whether a quoted string is.
    pub(super) quoted: bool,
}

/// How many octets are looked at together.
const CHUNK: usize = 16;

/// One bit for each of them.
const ALL: u32 = 0xffff;

impl Nesting {
    /// Goes over octets: up to behind the parenthesis that closes the last one, or before a backslash
    /// or a line end, or where less than sixteen are left. How many.
    pub(super) fn pass(&mut self, octets: &[u8]) -> usize {
        let mut at = 0_usize;
        while let Some(chunk) = octets.get(at..).and_then(|rest| rest.first_chunk::<CHUNK>()) {
            let chunk = u8x16::from(*chunk);
            let is = |octet: u8| chunk.simd_eq(u8x16::splat(octet));
            let ends = (is(b'\n') | is(b'\\')).to_bitmask();
            // The octets before the first of them.
            let before = ends.wrapping_sub(1) & !ends & ALL;
            let inside = self.inside(is(b'"').to_bitmask() & before);
            let closing = is(b')').to_bitmask();
            let mut left = (is(b'(').to_bitmask() | closing) & before & !inside;
            while left != 0 {
                let lowest = left & left.wrapping_neg();
                if closing & lowest == 0 {
                    self.depth = self.depth.saturating_add(1);
                } else {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.quoted = false;
                        return at
                            .saturating_add(lowest.trailing_zeros() as usize)
                            .saturating_add(1);
                    }
                }
                left ^= lowest;
            }
            let last = before ^ (before >> 1);
            if last != 0 {
                self.quoted = inside & last != 0;
            }
            at = at.saturating_add(before.count_ones() as usize);
            if before != ALL {
                break;
            }
        }
        at
    }

    /// Which octets stand inside a quoted string, its first quote included and its last one not, where
    /// these are the quotes.
    fn inside(self, quotes: u32) -> u32 {
        // Whether the number of quotes up to an octet is odd.
        let mut odd = quotes;
        for shift in [1, 2, 4, 8] {
            odd ^= odd << shift;
        }
        (if self.quoted { !odd } else { odd }) & ALL
    }
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use proptest::prelude::*;

    use super::*;

    /// The same, an octet at a time.
    fn slowly(nesting: &mut Nesting, octets: &[u8]) -> usize {
        for (at, octet) in octets.iter().enumerate() {
            match octet {
                b'\n' | b'\\' => return at,
                b'"' => nesting.quoted = !nesting.quoted,
                b'(' if !nesting.quoted => nesting.depth += 1,
                b')' if !nesting.quoted => {
                    nesting.depth -= 1;
                    if nesting.depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
        }
        octets.len()
    }

    proptest! {
        #[test]
        fn sixteen_octets_are_what_each_of_them_is(
            octets in "([()\"a ]{0,40}[\\\\\n()\"b]{0,2}){0,3}",
            depth in 1..5_usize,
            quoted: bool,
        ) {
            let octets = octets.as_bytes();
            let (mut nesting, mut slow) = (Nesting { depth, quoted }, Nesting { depth, quoted });
            let passed = nesting.pass(octets);
            // Up to there they agree, and it does not stop without a reason.
            prop_assert_eq!(slowly(&mut slow, &octets[..passed]), passed);
            prop_assert_eq!(nesting, slow);
            let rest = &octets[passed..];
            let stops = nesting.depth == 0 || matches!(rest.first(), Some(b'\n' | b'\\'));
            prop_assert!(stops || rest.len() < CHUNK, "{} of {}", passed, octets.len());
        }
    }
}
