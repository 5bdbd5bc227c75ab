//! The documented generator that lots are drawn with.
//!
//! Who may call this: whoever draws. What must stay true: the same seed gives the same numbers for ever.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The documented generator: the same seed gives the same numbers for ever.
#[derive(Clone, Debug)]
pub struct Lots(ChaCha20Rng);

impl Lots {
    /// Lots from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut key = [0_u8; 32];
        for (place, byte) in key.iter_mut().zip(seed.to_le_bytes()) {
            *place = byte;
        }
        Self(ChaCha20Rng::from_seed(key))
    }

    /// A whole number below `n`, each equally likely; 0 where `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n < 2 {
            return 0;
        }
        let beyond = u64::MAX - (u64::MAX % n + 1) % n;
        loop {
            let drawn = self.0.next_u64();
            if drawn <= beyond {
                return drawn % n;
            }
        }
    }

    /// 64 tosses of a coin.
    pub(crate) fn coins(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn place(&mut self, places: usize) -> usize {
        let n = u64::try_from(places).unwrap_or(u64::MAX);
        usize::try_from(self.below(n)).unwrap_or(0)
    }

    /// Shuffles a list, every order equally likely.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.place(last + 1);
            list.swap(last, other);
        }
    }

    /// Moves `k` entries of a list, drawn by lot, to its front.
    pub fn choose<T>(&mut self, list: &mut [T], k: usize) {
        let n = list.len();
        for i in 0..k.min(n) {
            let other = i + self.place(n - i);
            list.swap(i, other);
        }
    }
}
