//! Chance from a seed: the same on every machine.

/// SplitMix64 (Steele, Lea & Flood 2014).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// A stream of its own for each thing that is drawn (FNV-1a of what it is, and which run it is).
    #[must_use]
    pub fn of(what: &str, run: u64) -> Self {
        let start = 0xcbf2_9ce4_8422_2325 ^ run.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(what.bytes().fold(start, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        }))
    }

    /// The stream that a number begins.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number below a limit.
    pub fn below(&mut self, limit: u32) -> u32 {
        u32::try_from(self.next() % u64::from(limit.max(1))).unwrap_or(0)
    }

    /// A number between 0 and 1, neither of them.
    pub fn share(&mut self) -> f64 {
        let high = u32::try_from(self.next() >> 32).unwrap_or(0);
        (f64::from(high) + 0.5) / 4_294_967_296.0
    }

    /// A standard normal number (Box & Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.share().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.share()).cos()
    }

    /// Mean 0, variance 1, a long tail upwards.
    pub fn exponential(&mut self) -> f64 {
        -self.share().ln() - 1.0
    }

    /// A count with that mean (Knuth 1969; for small means).
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let (limit, mut product, mut count) = ((-mean).exp(), self.share(), 0);
        while product > limit {
            product *= self.share();
            count += 1;
        }
        count
    }

    /// χ² over its degrees of freedom (Wilson & Hilferty 1931).
    pub fn variance_ratio(&mut self, df: f64) -> f64 {
        let spread = 2.0 / (9.0 * df);
        (1.0 - spread + self.normal() * spread.sqrt())
            .powi(3)
            .max(1e-3)
    }
}
