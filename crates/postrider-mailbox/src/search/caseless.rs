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

    /// Whether the text has it.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let needle = self.finder.needle();
        let behind = |rare: Rare| text.get(rare.at..).unwrap_or_default();
        let blocks =
            behind(self.first).chunks_exact(BLOCK).zip(behind(self.second).chunks_exact(BLOCK));
        let mut credit = CREDIT;
        let mut base = 0_usize;
        for (first, second) in blocks {
            let mut places = self.first.places(first) & self.second.places(second);
            while places != 0 {
                let at = base.wrapping_add(places.trailing_zeros() as usize);
                places &= places.wrapping_sub(1);
                let there = text.get(at..).and_then(|rest| rest.get(..needle.len()));
                if there.is_some_and(|there| there.eq_ignore_ascii_case(needle)) {
                    return true;
                }
                credit = match credit.checked_sub(needle.len().saturating_add(BLOCK)) {
                    Some(credit) => credit,
                    None => return self.is_in_folded(text.get(base..).unwrap_or_default()),
                };
            }
            base = base.wrapping_add(BLOCK);
            credit = credit.saturating_add(BLOCK);
        }
        self.is_in_folded(text.get(base..).unwrap_or_default())
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
    /// A bit for each place of a block where it is.
    #[inline(always)]
    fn places(self, block: &[u8]) -> u64 {
        let (bit, octet) = (u8x16::splat(self.bit), u8x16::splat(self.octet));
        let mut places = 0;
        for (nth, octets) in block.chunks_exact(16).enumerate() {
            let octets = octets.first_chunk().copied().map_or(u8x16::ZERO, u8x16::from);
            let found = (octets | bit).simd_eq(octet).to_bitmask();
            places |= u64::from(found) << (nth & 3).wrapping_mul(16);
        }
        places
    }
}
