//! A random order from a seed: the same order for the same seed, on every machine.

/// A stream of numbers out of 32 octets of entropy (SplitMix64 over the four words of the seed).
/// Good for spreading load, not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        let mut random = Self { state: 0 };
        for word in seed.chunks_exact(8) {
            let word = word.iter().fold(0u64, |sum, &octet| (sum << 8) | u64::from(octet));
            random.state ^= word;
            random.state = random.next();
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, or 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.next()).saturating_mul(bound as u128) >> 64;
        usize::try_from(wide).unwrap_or_default()
    }

    /// A number up to and including `most`.
    pub(crate) fn up_to(&mut self, most: u32) -> u32 {
        let below = usize::try_from(most).unwrap_or(usize::MAX).saturating_add(1);
        u32::try_from(self.below(below)).unwrap_or(most)
    }

    /// A seed of its own for something else.
    pub(crate) fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        for word in seed.chunks_exact_mut(8) {
            word.copy_from_slice(&self.next().to_be_bytes());
        }
        seed
    }

    /// Fisher–Yates.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last.saturating_add(1));
            items.swap(last, other);
        }
    }
}
