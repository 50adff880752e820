//! ASCII in any case of letters, found in a text 64 octets at a time.

use alloc::boxed::Box;
use alloc::vec::Vec;

use memchr::arch::all::packedpair::Pair;
use memchr::memmem::Finder;
use wide::u8x16;

/// Looks for a string of ASCII, whatever the case of letters.
///
/// Two octets of the string that are rare in texts are compared at all places of a block at once, and
/// the string is compared where both are there. A text that has them too often, which somebody must
/// have made for that, is brought into small letters piece by piece, where `memmem` is linear.
#[derive(Clone)]
pub(super) struct Caseless {
    /// In small letters.
    finder: Finder<'static>,
    first: Rare,
    second: Rare,
}

/// An octet of the string.
#[derive(Clone, Copy)]
struct Rare {
    at: usize,
    /// As a small letter, which is a large one with this bit.
    octet: u8,
    bit: u8,
}

/// What a look at a text came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// It has the string.
    Found,
    /// It has not, and there is nothing but ASCII in it.
    AbsentFromAscii,
    /// It has not; there may be other characters, which nobody looked at.
    Absent,
}

const BLOCK: usize = 64;
/// So much text is brought into small letters at once.
const PIECE: usize = 16 << 10;
/// Octets that may be compared in vain at the beginning, and then for each block.
const CREDIT: usize = 4 << 10;

impl Caseless {
    /// Of a string that is not empty.
    pub(super) fn new(string: &[u8]) -> Box<Self> {
        let string = string.to_ascii_lowercase();
        let pair = Pair::new(&string);
        let (first, second) = pair.map_or((0, 0), |pair| (pair.index1(), pair.index2()));
        let rare = |at: u8| {
            let octet = string.get(usize::from(at)).copied().unwrap_or_default();
            let bit = if octet.is_ascii_lowercase() { 0x20 } else { 0 };
            Rare { at: at.into(), octet, bit }
        };
        let (first, second) = (rare(first), rare(second));
        Box::new(Self { finder: Finder::new(&string).into_owned(), first, second })
    }

    /// Whether the text has it, and what was seen of the text on the way.
    pub(super) fn look(&self, text: &[u8]) -> Look {
        let needle = self.finder.needle();
        let behind = |rare: Rare| text.get(rare.at..).unwrap_or_default();
        let blocks =
            behind(self.first).chunks_exact(BLOCK).zip(behind(self.second).chunks_exact(BLOCK));
        let mut credit = CREDIT;
        let mut base = 0_usize;
        let mut seen = u8x16::ZERO;
        for (first, second) in blocks {
            let (places, octets) = self.first.places(first);
            seen |= octets;
            let mut places = places & self.second.places(second).0;
            while places != 0 {
                let at = base.wrapping_add(places.trailing_zeros() as usize);
                places &= places.wrapping_sub(1);
                let there = text.get(at..).and_then(|rest| rest.get(..needle.len()));
                if there.is_some_and(|there| there.eq_ignore_ascii_case(needle)) {
                    return Look::Found;
                }
                credit = match credit.checked_sub(needle.len().saturating_add(BLOCK)) {
                    Some(credit) => credit,
                    None => return self.look_folded(text, base, Look::Absent),
                };
            }
            base = base.wrapping_add(BLOCK);
            credit = credit.saturating_add(BLOCK);
        }
        // The blocks of the first octet begin as far behind the text as it stands in the string.
        let end = base.saturating_add(self.first.at);
        let ends = [text.get(..self.first.at.min(text.len())), text.get(end..)];
        let is_ascii =
            seen.to_array().is_ascii() && ends.iter().all(|end| end.is_none_or(<[u8]>::is_ascii));
        self.look_folded(text, base, if is_ascii { Look::AbsentFromAscii } else { Look::Absent })
    }

    /// The rest of the text. `otherwise` when it has not the string either.
    fn look_folded(&self, text: &[u8], from: usize, otherwise: Look) -> Look {
        let rest = text.get(from..).unwrap_or_default();
        if self.is_in_folded(rest) { Look::Found } else { otherwise }
    }

    fn is_in_folded(&self, text: &[u8]) -> bool {
        let overlap = self.finder.needle().len().saturating_sub(1);
        let step = PIECE.max(overlap);
        let mut piece = Vec::new();
        let mut rest = text;
        while rest.len() > overlap {
            let octets = rest.get(..step.saturating_add(overlap)).unwrap_or(rest);
            piece.clear();
            piece.extend(octets.iter().map(u8::to_ascii_lowercase));
            if self.finder.find(&piece).is_some() {
                return true;
            }
            rest = rest.get(step..).unwrap_or_default();
        }
        false
    }
}

impl Rare {
    /// A bit for each place of a block where it is, and what is set in any octet of the block.
    #[inline(always)]
    fn places(self, block: &[u8]) -> (u64, u8x16) {
        let (bit, octet) = (u8x16::splat(self.bit), u8x16::splat(self.octet));
        let (mut places, mut seen) = (0, u8x16::ZERO);
        for (nth, octets) in block.chunks_exact(16).enumerate() {
            let octets = octets.first_chunk().copied().map_or(u8x16::ZERO, u8x16::from);
            seen |= octets;
            let found = (octets | bit).simd_eq(octet).to_bitmask();
            places |= u64::from(found) << (nth & 3).wrapping_mul(16);
        }
        (places, seen)
    }
}

#[cfg(test)]
mod tests {
    use super::{Caseless, Look};

    #[test]
    fn one_octet_that_is_not_ascii_is_seen_wherever_it_stands() {
        let string = Caseless::new(b"NO VERY RARE STRING");
        for len in [0, 1, 18, 19, 63, 64, 65, 82, 83, 84, 128, 147, 148, 200, 300] {
            let mut text = alloc::vec![b'x'; len];
            assert_eq!(string.look(&text), Look::AbsentFromAscii, "{len}");
            for at in 0..len {
                text[at] = 0xc3;
                assert_eq!(string.look(&text), Look::Absent, "{at} of {len}");
                text[at] = b'x';
            }
        }
    }
}
