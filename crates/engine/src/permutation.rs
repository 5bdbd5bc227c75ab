//! The lots drawn again: how often would chance alone, in the very way the trial drew, give a
//! difference at least as large?
//!
//! Who may call this: [`evaluate`](crate::evaluate()). What must stay true: lots are drawn again as they were
//! drawn (units within blocks, clusters whole); complete up to a number of allocations, otherwise
//! Monte Carlo with p = (b + 1)/(m + 1) (Phipson & Smyth 2010), which is never 0; the seed decides
//! everything.
//!
//! The statistic is the treatment's coefficient in the plan's model, two-sided by its absolute
//! value: with r the outcome's residuals on blocks and covariates (Freedman & Lane 1983) and T an
//! allocation, T′r / T′MT. Where clusters were drawn, give one unit a cluster, its value the mean of
//! its pupils' residuals (Gail et al. 1996), and no covariates. Whole-number scores without blocks and
//! covariates are counted out completely however many allocations there are (Streitberg & Röhmel 1986).

mod redrawn;
mod shift;
mod tosses;

pub use redrawn::redrawn;

use serde::{Deserialize, Serialize};

use crate::binary::wilson;
use crate::count::{count as size, count_u64 as count, nearest};
use crate::evaluation::Interval;
use crate::refusal::Refusal;
use tosses::{Side, Tosses};

/// Complete enumeration up to this many allocations.
pub const COMPLETE_UP_TO: u64 = 100_000;

/// What is drawn again.
#[derive(Clone, Copy, Debug)]
pub struct Units<'a> {
    /// One value a unit: the outcome, or its residual, in the outcome's unit.
    pub values: &'a [f64],
    /// Who got it, in the same order.
    pub treated: &'a [bool],
    /// The block of each unit; empty where lots were drawn over all.
    pub blocks: &'a [u32],
    /// Covariates of the model, each as long as `values`; empty where there are none.
    pub covariates: &'a [Vec<f64>],
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    /// Complete enumeration up to this many allocations ([`COMPLETE_UP_TO`]).
    pub complete_up_to: u64,
    /// Monte Carlo draws beyond.
    pub draws: u32,
    /// Their seed.
    pub seed: u64,
}

impl Default for Draws {
    fn default() -> Self {
        Self {
            complete_up_to: COMPLETE_UP_TO,
            draws: 9_999,
            seed: 1,
        }
    }
}

/// The answer of the lots.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Permutation {
    /// The coefficient as the lots really fell, in the outcome's unit.
    pub observed: f64,
    /// Two-sided.
    pub p_value: f64,
    /// Standard deviation of the coefficient over the allocations: chance alone, in the outcome's unit.
    pub chance_sd: f64,
    /// How many allocations there are, counted up to the largest number that there is room for.
    pub allocations: f64,
    /// How many were looked at: all, or the draws.
    pub looked_at: u64,
    /// How many of them were at least as extreme.
    pub as_extreme: u64,
    /// How many of them were at least as large, one-sided upwards.
    pub as_large: u64,
    /// Whether every allocation was looked at.
    pub complete: bool,
    /// The Monte Carlo interval of the p-value (Wilson, 95 %); none where it is complete.
    pub interval: Option<Interval>,
    /// The smallest p that this trial could have given.
    pub smallest_p: f64,
}

/// A block's units and how many of them got it.
struct Block {
    units: Vec<usize>,
    treated: usize,
}

/// What the sums of an allocation are made of: for each unit its residual and its place on each
/// direction of the covariates.
struct Setting {
    blocks: Vec<Block>,
    /// One row a unit: residual first, then the orthonormal directions.
    rows: Vec<Vec<f64>>,
    /// Σ n₁n₀/n over blocks: T′MT without covariates.
    spread: f64,
}

fn refuse(code: &str, says: &str, cure: &str) -> Refusal {
    Refusal::new(code, says, cure)
}

impl Setting {
    fn of(units: &Units<'_>) -> Result<Self, Refusal> {
        let n = units.values.len();
        let fits = units.treated.len() == n
            && (units.blocks.is_empty() || units.blocks.len() == n)
            && units.covariates.iter().all(|c| c.len() == n);
        if !fits || units.values.iter().any(|v| !v.is_finite()) {
            return Err(refuse(
                "lots-do-not-fit",
                "The lots can’t be drawn again, because a unit has no value or no group.",
                "Leave units without an outcome out before drawing again.",
            ));
        }
        let mut by_block: std::collections::BTreeMap<u32, Block> =
            std::collections::BTreeMap::new();
        for (i, treated) in units.treated.iter().enumerate() {
            let key = units.blocks.get(i).copied().unwrap_or(0);
            let block = by_block.entry(key).or_insert(Block {
                units: Vec::new(),
                treated: 0,
            });
            block.units.push(i);
            block.treated += usize::from(*treated);
        }
        let blocks: Vec<Block> = by_block.into_values().collect();
        let spread: f64 = blocks
            .iter()
            .map(|b| {
                let (size, treated) = (size(b.units.len()), size(b.treated));
                treated * (size - treated) / size
            })
            .sum();
        if spread <= 0.0 {
            return Err(refuse(
                "one-group",
                "Nobody could have been drawn otherwise: no block has both groups.",
                "Check which column says who got what.",
            ));
        }
        let centre = |values: &[f64]| -> Vec<f64> {
            let mut centred = values.to_vec();
            for block in &blocks {
                let sum: f64 = block.units.iter().filter_map(|i| values.get(*i)).sum();
                let mean = sum / size(block.units.len());
                for i in &block.units {
                    if let Some(v) = centred.get_mut(*i) {
                        *v -= mean;
                    }
                }
            }
            centred
        };
        let mut directions: Vec<Vec<f64>> = Vec::new();
        let mut residual = centre(units.values);
        for covariate in units.covariates {
            let mut column = centre(covariate);
            let before = norm(&column);
            // Gram & Schmidt twice: once leaves what rounding left.
            for _ in 0..2 {
                for direction in &directions {
                    remove(&mut column, direction);
                }
            }
            let after = norm(&column);
            if after > 1e-10 * before && after > 0.0 {
                column.iter_mut().for_each(|x| *x /= after);
                directions.push(column);
            }
        }
        for _ in 0..2 {
            for direction in &directions {
                remove(&mut residual, direction);
            }
        }
        let rows = (0..n)
            .map(|i| {
                residual
                    .get(i)
                    .into_iter()
                    .chain(directions.iter().filter_map(|d| d.get(i)))
                    .copied()
                    .collect()
            })
            .collect();
        Ok(Self {
            blocks,
            rows,
            spread,
        })
    }

    fn width(&self) -> usize {
        self.rows.first().map_or(1, Vec::len)
    }

    fn add(&self, sums: &mut [f64], unit: usize) {
        if let Some(row) = self.rows.get(unit) {
            for (sum, x) in sums.iter_mut().zip(row) {
                *sum += x;
            }
        }
    }

    /// The coefficient from an allocation's sums; 0 where covariates explain the allocation whole.
    fn coefficient(&self, sums: &[f64]) -> f64 {
        self.coefficient_over(sums, self.spread)
    }

    /// The same with another T′MT without covariates, where an allocation may have other numbers.
    fn coefficient_over(&self, sums: &[f64], spread: f64) -> f64 {
        let mut parts = sums.iter();
        let top = parts.next().copied().unwrap_or(0.0);
        let bottom = spread - parts.map(|q| q * q).sum::<f64>();
        if bottom > 1e-10 * self.spread {
            top / bottom
        } else {
            0.0
        }
    }

    fn observed(&self, treated: &[bool]) -> f64 {
        let mut sums = vec![0.0; self.width()];
        for (i, _) in treated.iter().enumerate().filter(|(_, t)| **t) {
            self.add(&mut sums, i);
        }
        self.coefficient(&sums)
    }

    /// Standard deviation of the coefficient over all allocations (Strasser & Weber 1999); none where
    /// covariates make the coefficient more than a sum.
    fn chance_sd(&self) -> Option<f64> {
        if self.width() > 1 {
            return None;
        }
        let variance: f64 = self
            .blocks
            .iter()
            .filter(|b| b.units.len() > 1)
            .map(|b| {
                let (n, treated) = (size(b.units.len()), size(b.treated));
                let squares: f64 = b
                    .units
                    .iter()
                    .filter_map(|i| self.rows.get(*i)?.first())
                    .map(|r| r * r)
                    .sum();
                treated * (n - treated) / (n * (n - 1.0)) * squares
            })
            .sum();
        Some(variance.sqrt() / self.spread)
    }

    fn allocations(&self) -> f64 {
        self.blocks
            .iter()
            .map(|b| choose(b.units.len(), b.treated))
            .product::<f64>()
            .min(f64::MAX)
    }

    /// Every allocation's sums of one block.
    fn subsets(&self, block: &Block) -> Vec<Vec<f64>> {
        // The smaller side is listed: sums of a whole block are 0, so the other side's are the same
        // with the other sign, and no list is deeper than it must be.
        let others = block.units.len() - block.treated;
        let (few, sign) = if others < block.treated {
            (others, -1.0)
        } else {
            (block.treated, 1.0)
        };
        let mut all = Vec::new();
        let mut sums = vec![vec![0.0; self.width()]; few + 1];
        self.deeper(block, few, 0, 0, &mut sums, &mut all);
        for list in &mut all {
            list.iter_mut().for_each(|s| *s *= sign);
        }
        all
    }

    fn deeper(
        &self,
        block: &Block,
        few: usize,
        from: usize,
        chosen: usize,
        sums: &mut [Vec<f64>],
        all: &mut Vec<Vec<f64>>,
    ) {
        if chosen == few {
            all.extend(sums.get(chosen).cloned());
            return;
        }
        let still = few - chosen;
        for at in from..=block.units.len().saturating_sub(still) {
            let Some(unit) = block.units.get(at) else {
                return;
            };
            // Each depth's sum starts anew from the one above, so rounding does not pile up.
            let mut next = sums.get(chosen).cloned().unwrap_or_default();
            self.add(&mut next, *unit);
            if let Some(place) = sums.get_mut(chosen + 1) {
                *place = next;
            }
            self.deeper(block, few, at + 1, chosen + 1, sums, all);
        }
    }
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

fn remove(from: &mut [f64], direction: &[f64]) {
    let along: f64 = from.iter().zip(direction).map(|(a, b)| a * b).sum();
    for (a, b) in from.iter_mut().zip(direction) {
        *a -= along * b;
    }
}

/// Binomial coefficient as a real number, exact while it is below 2⁵³.
fn choose(n: usize, k: usize) -> f64 {
    let k = k.min(n - k.min(n));
    (1..=k).fold(1.0, |product, i| {
        (product * size(n - k + i) / size(i)).round()
    })
}

#[derive(Default)]
struct Tally {
    sum: f64,
    squares: f64,
    bound: f64,
    observed: f64,
    slack: f64,
    looked_at: u64,
    as_extreme: u64,
    as_large: u64,
}

impl Tally {
    fn new(observed: f64, scale: f64) -> Self {
        // Allocations that tie but for rounding count as ties.
        let slack = 1e-10 * scale.max(observed.abs());
        Self {
            bound: observed.abs() - slack,
            observed,
            slack,
            ..Self::default()
        }
    }

    /// Standard deviation of what was looked at.
    fn spread(&self) -> f64 {
        let n = count(self.looked_at.max(1));
        let mean = self.sum / n;
        (self.squares / n - mean * mean).max(0.0).sqrt()
    }

    fn look(&mut self, coefficient: f64) {
        self.looked_at += 1;
        self.sum += coefficient;
        self.squares += coefficient * coefficient;
        self.as_extreme += u64::from(coefficient.abs() >= self.bound);
        self.as_large += u64::from(coefficient >= self.observed - self.slack);
    }
}

/// Draws the lots again.
///
/// ```
/// use difference_engine::permutation::{permutation, Draws, Units};
/// let values = [12.0, 15.0, 11.0, 18.0, 20.0, 14.0, 9.0, 16.0];
/// let treated = [true, true, true, true, false, false, false, false];
/// let units = Units { values: &values, treated: &treated, blocks: &[], covariates: &[] };
/// let p = permutation(&units, Draws::default())?;
/// assert_eq!((p.as_extreme, p.looked_at), (60, 70));
/// assert!((p.observed + 0.75).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `lots-do-not-fit`, `one-group`, and `no-variation` where all values are the same.
pub fn permutation(units: &Units<'_>, draws: Draws) -> Result<Permutation, Refusal> {
    let setting = Setting::of(units)?;
    let observed = setting.observed(units.treated);
    let scale = scale(&setting, units)?;
    let allocations = setting.allocations();
    // Where every block has as many who got it as who did not, each allocation has a mirror image
    // that is just as extreme.
    let mirrored = setting
        .blocks
        .iter()
        .all(|b| 2 * b.treated == b.units.len() || b.treated == 0 || b.treated == b.units.len());
    let fewest = if mirrored { 2.0 } else { 1.0 };
    let mut tally = Tally::new(observed, scale);
    if allocations <= count(draws.complete_up_to) {
        let lists: Vec<Vec<Vec<f64>>> = setting
            .blocks
            .iter()
            .filter(|b| b.treated > 0 && b.treated < b.units.len())
            .map(|b| setting.subsets(b))
            .collect();
        let start = vec![0.0; setting.width()];
        combine(&setting, &lists, &start, &mut tally);
        return Ok(Permutation {
            observed,
            chance_sd: setting.chance_sd().unwrap_or_else(|| tally.spread()),
            p_value: count(tally.as_extreme) / count(tally.looked_at),
            allocations,
            looked_at: tally.looked_at,
            as_extreme: tally.as_extreme,
            as_large: tally.as_large,
            complete: true,
            interval: None,
            smallest_p: fewest / allocations,
        });
    }
    if let Some(counts) = shift::whole_numbers(units) {
        return Ok(Permutation {
            observed,
            chance_sd: setting.chance_sd().unwrap_or(0.0),
            p_value: counts.as_extreme / counts.all,
            allocations,
            looked_at: nearest(counts.all),
            as_extreme: nearest(counts.as_extreme),
            as_large: nearest(counts.as_large),
            complete: true,
            interval: None,
            smallest_p: fewest / allocations,
        });
    }
    let mut tosses = Tosses::new(draws.seed);
    let mut sides: Vec<Side> = setting
        .blocks
        .iter()
        .filter(|b| b.treated > 0 && b.treated < b.units.len())
        .map(|b| Side::of(&setting, b))
        .collect();
    let mut sums = vec![0.0; setting.width()];
    for _ in 0..draws.draws {
        sums.fill(0.0);
        for side in &mut sides {
            side.toss(&mut tosses);
            side.add(&mut sums);
        }
        tally.look(setting.coefficient(&sums));
    }
    let drawn = count(u64::from(draws.draws));
    Ok(Permutation {
        observed,
        chance_sd: setting.chance_sd().unwrap_or_else(|| tally.spread()),
        p_value: (count(tally.as_extreme) + 1.0) / (drawn + 1.0),
        allocations,
        looked_at: tally.looked_at,
        as_extreme: tally.as_extreme,
        as_large: tally.as_large,
        complete: false,
        interval: if draws.draws == 0 {
            None
        } else {
            Some(wilson(tally.as_extreme, u64::from(draws.draws), 0.95)?)
        },
        smallest_p: (fewest / allocations).max(1.0 / (drawn + 1.0)),
    })
}

/// Root mean square of the residuals.
///
/// # Errors
/// `no-variation` where there is none.
fn scale(setting: &Setting, units: &Units<'_>) -> Result<f64, Refusal> {
    let residuals: Vec<f64> = setting
        .rows
        .iter()
        .filter_map(|r| r.first().copied())
        .collect();
    let scale = norm(&residuals) / size(residuals.len()).sqrt();
    let largest = units.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if scale <= 1e-14 * largest || scale == 0.0 {
        return Err(refuse(
            "no-variation",
            "All units have the same value, so drawing again changes nothing.",
            "Check that the right column is chosen as the outcome.",
        ));
    }
    Ok(scale)
}

/// Every combination of the blocks' allocations.
fn combine(setting: &Setting, lists: &[Vec<Vec<f64>>], sums: &[f64], tally: &mut Tally) {
    let Some((first, rest)) = lists.split_first() else {
        tally.look(setting.coefficient(sums));
        return;
    };
    for part in first {
        let next: Vec<f64> = sums.iter().zip(part).map(|(a, b)| a + b).collect();
        combine(setting, rest, &next, tally);
    }
}
