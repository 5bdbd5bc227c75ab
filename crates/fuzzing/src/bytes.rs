//! Choices and numbers out of an input's bytes, first to last; noughts where it ends.

use engine::sample::MISSING;

/// What is left of an input.
pub struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// Yes or no.
    pub fn yes(&mut self) -> bool {
        self.byte() % 2 == 1
    }

    /// A whole number below a limit.
    pub fn below(&mut self, limit: u8) -> u8 {
        self.byte() % limit.max(1)
    }

    /// One of several.
    pub fn one<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        let at = self.below(u8::try_from(of.len()).unwrap_or(u8::MAX));
        of.get(usize::from(at)).cloned()
    }

    /// Mostly a small number; sometimes one that nobody should have; sometimes any eight bytes.
    pub fn number(&mut self) -> f64 {
        match self.byte() {
            byte @ 0..=179 => f64::from(byte) / 4.0 - 8.0,
            180..=199 => 0.0,
            200..=209 => f64::NAN,
            byte @ 210..=229 => {
                let odd = [
                    -0.0,
                    1e-300,
                    1e300,
                    -1e300,
                    f64::INFINITY,
                    f64::NEG_INFINITY,
                    f64::MIN_POSITIVE,
                    1e9,
                    1e9 + 1.0,
                    9_007_199_254_740_992.0,
                    1e-9,
                    -1e-9,
                    1e154,
                    1e-154,
                ];
                odd.get(usize::from(byte % 14)).copied().unwrap_or(0.0)
            }
            _ => {
                let mut eight = [0; 8];
                eight.iter_mut().for_each(|byte| *byte = self.byte());
                f64::from_le_bytes(eight)
            }
        }
    }

    /// So many numbers.
    pub fn numbers(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.number()).collect()
    }

    /// So many codes below a limit, a few of them missing.
    pub fn codes(&mut self, n: usize, limit: u8) -> Vec<u32> {
        (0..n)
            .map(|_| match self.byte() {
                255 => MISSING,
                byte => u32::from(byte % limit.max(1)),
            })
            .collect()
    }
}
