//! A window of 512 UIDs, a bit for each.

/// As many as a block holds messages.
pub(super) type Bits = [u64; 8];

/// The lowest `n` bits.
const fn below(n: u32) -> u64 {
    if n >= u64::BITS { u64::MAX } else { (1_u64 << n).wrapping_sub(1) }
}

/// Those bits of each word that lie in `from..to`.
fn masks(from: u32, to: u32) -> impl Iterator<Item = u64> {
    (0..8_u32).map(move |word| {
        let start = word.saturating_mul(u64::BITS);
        below(to.saturating_sub(start)) & !below(from.saturating_sub(start))
    })
}

/// Sets the bits in `from..to`.
pub(super) fn set(bits: &mut Bits, from: u32, to: u32) {
    bits.iter_mut().zip(masks(from, to)).for_each(|(word, mask)| *word |= mask);
}

/// Sets one bit, which is what most calls are about where mailboxes are made.
#[inline]
pub(super) fn set_one(bits: &mut Bits, at: u32) {
    if let Some(word) = usize::try_from(at / u64::BITS).ok().and_then(|word| bits.get_mut(word)) {
        *word |= 1 << (at % u64::BITS);
    }
}

/// Clears the bits in `from..to`; how many were set.
pub(super) fn clear(bits: &mut Bits, from: u32, to: u32) -> u32 {
    let mut cleared = 0_u32;
    for (word, mask) in bits.iter_mut().zip(masks(from, to)) {
        cleared = cleared.saturating_add((*word & mask).count_ones());
        *word &= !mask;
    }
    cleared
}

pub(super) fn is_set(bits: &Bits, at: u32) -> bool {
    let word = usize::try_from(at / u64::BITS).ok().and_then(|word| bits.get(word));
    word.is_some_and(|word| word >> (at % u64::BITS) & 1 == 1)
}

/// How many bits before `at` are set.
pub(super) fn rank(bits: &Bits, at: u32) -> u32 {
    let masked = bits.iter().zip(masks(0, at)).map(|(word, mask)| (word & mask).count_ones());
    masked.fold(0, u32::saturating_add)
}

/// The place of the bit that has `before` set bits before it.
pub(super) fn select(bits: &Bits, before: u32) -> Option<u32> {
    let (mut rest, mut start) = (before, 0_u32);
    for &word in bits {
        let count = word.count_ones();
        if rest < count {
            return Some(start.saturating_add(select_in(word, rest)));
        }
        rest = rest.saturating_sub(count);
        start = start.saturating_add(u64::BITS);
    }
    None
}

/// Halves what is left until it is one bit.
fn select_in(word: u64, before: u32) -> u32 {
    let (mut rest, mut at, mut width) = (before, 0_u32, u64::BITS / 2);
    while width > 0 {
        let count = (word >> at & below(width)).count_ones();
        if rest >= count {
            rest = rest.saturating_sub(count);
            at = at.saturating_add(width);
        }
        width /= 2;
    }
    at
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn what_is_counted_is_what_was_set() {
        let mut bits = [0; 8];
        set(&mut bits, 60, 70);
        set_one(&mut bits, 511);
        let places: Vec<u32> = (60..70).chain([511]).collect();
        for at in 0..=512 {
            assert_eq!(rank(&bits, at) as usize, places.iter().filter(|&&p| p < at).count());
            assert_eq!(is_set(&bits, at), places.contains(&at));
        }
        for (before, &place) in places.iter().enumerate() {
            assert_eq!(select(&bits, u32::try_from(before).unwrap()), Some(place));
        }
        assert_eq!(select(&bits, 11), None);
        assert_eq!(clear(&mut bits, 0, 65), 5);
        assert_eq!(select(&bits, 0), Some(65));
    }
}
