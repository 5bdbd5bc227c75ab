//! An allocation drawn with few tosses and added up with few steps.
//!
//! Who may call this: [`permutation`](super::permutation()). What must stay true: every set of `few` of a block's units is
//! equally likely. With a coin for each unit every set of one size is as likely as another of that size; taking away units drawn
//! by lot from those that are in (or adding such as are not) until there are `few` keeps that so.

use super::{Block, Setting};
use crate::allocation::Lots;

/// Units whose sums are looked up at once.
const TOGETHER: usize = 4;
/// Their sets.
const SETS: usize = 1 << TOGETHER;

/// Numbers up to this are drawn from a quarter of a word.
const SMALL: u64 = 1 << 12;

/// Lots whose every bit is used.
pub(super) struct Tosses {
    lots: Lots,
    /// What is left of a word, and how many bits that is.
    rest: u64,
    left: u32,
}

impl Tosses {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            lots: Lots::new(seed),
            rest: 0,
            left: 0,
        }
    }

    /// So many bits, a divisor of 64 of them.
    fn bits(&mut self, bits: u32) -> u64 {
        if self.left < bits {
            self.rest = self.lots.coins();
            self.left = 64;
        }
        let taken = self.rest & ((1 << bits) - 1);
        self.rest >>= bits;
        self.left -= bits;
        taken
    }

    /// A whole number below `n`, each equally likely, from few bits (Lemire 2019, *ACM Transactions on Modeling and
    /// Computer Simulation* 29(1), article 3).
    fn below(&mut self, n: usize) -> usize {
        let wide = u64::try_from(n).unwrap_or(u64::MAX);
        let bits = match wide {
            0..=SMALL => 16,
            n if n <= u64::from(u32::MAX) => 32,
            _ => return usize::try_from(self.lots.below(wide)).unwrap_or(0),
        };
        let size = 1_u64 << bits;
        loop {
            let product = self.bits(bits) * wide;
            let low = product & (size - 1);
            // Too low to be as likely as the others: looked at closely only where it could be.
            if low >= wide || low >= (size - wide) % wide {
                return usize::try_from(product >> bits).unwrap_or(0);
            }
        }
    }
}

/// A block whose lots are drawn again and again.
pub(super) struct Side {
    units: usize,
    few: usize,
    /// One bit a unit.
    chosen: Vec<u64>,
    width: usize,
    /// For each four units the sums of each set of them, `width` numbers a set.
    tables: Vec<f64>,
}

impl Side {
    /// The smaller side of a block; sums of a whole block are 0, so the other side's are the same with the other sign.
    pub(super) fn of(setting: &Setting, block: &Block) -> Self {
        let others = block.units.len() - block.treated;
        let (few, sign) = if others < block.treated {
            (others, -1.0)
        } else {
            (block.treated, 1.0)
        };
        let width = setting.width();
        let mut tables = Vec::with_capacity(block.units.len().div_ceil(TOGETHER) * SETS * width);
        let mut sums = vec![0.0; width];
        for four in block.units.chunks(TOGETHER) {
            for set in 0..SETS {
                sums.fill(0.0);
                for (at, unit) in four.iter().enumerate() {
                    if set >> at & 1 == 1 {
                        setting.add(&mut sums, *unit);
                    }
                }
                tables.extend(sums.iter().map(|sum| sign * sum));
            }
        }
        Self {
            units: block.units.len(),
            few,
            chosen: vec![0; block.units.len().div_ceil(64)],
            width,
            tables,
        }
    }

    /// Draws the lots.
    pub(super) fn toss(&mut self, tosses: &mut Tosses) {
        let mut inside = 0;
        if 3 * self.few < self.units {
            self.chosen.fill(0);
        } else {
            let mut left = self.units;
            for word in &mut self.chosen {
                *word = tosses.lots.coins();
                if left < 64 {
                    *word &= (1 << left) - 1;
                }
                left = left.saturating_sub(64);
                inside += usize::try_from(word.count_ones()).unwrap_or(0);
            }
        }
        let adding = inside < self.few;
        while inside != self.few {
            let unit = tosses.below(self.units);
            let (place, bit) = (unit / 64, 1_u64 << (unit % 64));
            let Some(word) = self.chosen.get_mut(place) else {
                return;
            };
            if (*word & bit == 0) == adding {
                *word ^= bit;
                inside = if adding { inside + 1 } else { inside - 1 };
            }
        }
    }

    /// Adds up who is in.
    pub(super) fn add(&self, sums: &mut [f64]) {
        if let [sum] = sums {
            *sum += self.one_sum();
            return;
        }
        let mut tables = self.tables.chunks_exact(SETS * self.width);
        for word in &self.chosen {
            let mut word = *word;
            for table in tables.by_ref().take(64 / TOGETHER) {
                let set = usize::try_from(word & 15).unwrap_or(0);
                word >>= TOGETHER;
                let at = set * self.width;
                for (sum, one) in sums.iter_mut().zip(table.get(at..).unwrap_or_default()) {
                    *sum += one;
                }
            }
        }
    }

    /// The same where there is one number a unit: two sums in turn, so that no step waits for the one before.
    fn one_sum(&self) -> f64 {
        let (tables, _) = self.tables.as_chunks::<SETS>();
        let mut tables = tables.iter();
        let (mut even, mut odd) = (0.0, 0.0);
        let mut look = |word: &mut u64| {
            let set = usize::try_from(*word & 15).unwrap_or(0);
            *word >>= TOGETHER;
            tables.next().and_then(|table| table.get(set)).copied()
        };
        for word in &self.chosen {
            let mut word = *word;
            for _ in 0..32 / TOGETHER {
                let (Some(one), other) = (look(&mut word), look(&mut word)) else {
                    break;
                };
                even += one;
                odd += other.unwrap_or(0.0);
            }
        }
        even + odd
    }
}
