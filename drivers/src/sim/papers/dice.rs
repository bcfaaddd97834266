//! Dice with a seed (SplitMix64), so that a drawn paper is the same on every machine and in every run.
//!
//! It is no source of secrets. The rule a newcomer would break: every picture throws its own dice, made with [`Dice::of`]
//! from the seed and the picture's name, so that one more picture in the ladder changes none of the others.

/// A row of throws that follows from its seed.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// Dice of one seed and one name.
    pub(super) fn of(seed: u64, name: &str) -> Self {
        // FNV-1a over the name, so that two names start far apart.
        let mixed = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
        let mut dice = Dice(mixed);
        dice.next();
        dice
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// At least `from`, less than `to`.
    pub(super) fn between(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * ((self.next() >> 40) as f32 / (1_u64 << 24) as f32)
    }

    /// One of these.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[(self.next() % from.len() as u64) as usize]
    }

    /// About normal: mean 0, deviation 1, never beyond 3.5.
    pub(super) fn bell(&mut self) -> f32 {
        // Four uniform throws of 16 bits in one number; their sum has deviation sqrt(4/12).
        let bits = self.next();
        let sum: u64 = (0..4).map(|i| (bits >> (16 * i)) & 0xFFFF).sum();
        (sum as f32 / 65_536.0 - 2.0) * 1.732
    }
}
