//! Chance that is the same in every run.

/// Numbers that look like chance and are the same in every run.
pub struct Dice(u64);

impl Dice {
    /// Dice of their own, by a number that is not 0.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below this one.
    pub fn roll(&mut self, sides: usize) -> usize {
        // The generator of Vigna, "xorshift64*".
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % sides
    }

    /// One of these.
    pub fn of<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.roll(among.len())]
    }
}
