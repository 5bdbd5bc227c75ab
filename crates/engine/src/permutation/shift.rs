//! The shift algorithm: how many allocations give each sum of whole-number scores.
//!
//! Streitberg & Röhmel 1986, "Exact distributions for permutation and rank tests". Counts are
//! doubles: exact to 2⁵³ allocations, then to 16 digits.

use crate::count::nearest;

use super::Units;

/// Beyond so many cells of the table, drawing is quicker than counting.
const CELLS: u64 = 20_000_000;

/// How many allocations, and how many at least as extreme.
pub(super) struct Counts {
    pub(super) all: f64,
    pub(super) as_extreme: f64,
    pub(super) as_large: f64,
}

/// Counts all allocations where every score is a whole number and lots were drawn over all; `None`
/// where they are not, or where the table would be too large.
pub(super) fn whole_numbers(units: &Units<'_>) -> Option<Counts> {
    let one_block = units.blocks.iter().all(|b| Some(b) == units.blocks.first());
    if !units.covariates.is_empty() || !one_block {
        return None;
    }
    let least = units.values.iter().copied().fold(f64::INFINITY, f64::min);
    let scores: Vec<usize> = units
        .values
        .iter()
        .map(|v| whole(v - least))
        .collect::<Option<_>>()?;
    let treated = units.treated.iter().filter(|t| **t).count();
    let most: usize = {
        let mut sorted = scores.clone();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        sorted.iter().take(treated).sum()
    };
    let cells = u64::try_from(scores.len())
        .ok()?
        .checked_mul(u64::try_from(treated).ok()?)?
        .checked_mul(u64::try_from(most).ok()? + 1)?;
    if cells > CELLS {
        return None;
    }
    // ways[k][s]: how many choices of k of the units so far sum to s.
    let mut ways = vec![vec![0.0_f64; most + 1]; treated + 1];
    *ways.first_mut()?.first_mut()? = 1.0;
    for score in &scores {
        for k in (1..=treated).rev() {
            let (fewer, more) = ways.split_at_mut(k);
            let from = fewer.last()?;
            let to = more.first_mut()?;
            for (place, add) in to.iter_mut().skip(*score).zip(from) {
                *place += add;
            }
        }
    }
    let observed: usize = scores
        .iter()
        .zip(units.treated)
        .filter_map(|(score, treated)| treated.then_some(*score))
        .sum();
    // Compared in whole numbers, |N·s − m·S|, so that no tie is missed.
    let n = i128::try_from(scores.len()).ok()?;
    let centre =
        i128::try_from(treated).ok()? * i128::try_from(scores.iter().sum::<usize>()).ok()?;
    let from_centre = |s: usize| i128::try_from(s).map(|s| n * s - centre).unwrap_or(0);
    let bound = from_centre(observed).abs();
    let mut counts = Counts {
        all: 0.0,
        as_extreme: 0.0,
        as_large: 0.0,
    };
    for (s, number) in ways.last()?.iter().enumerate() {
        counts.all += number;
        if from_centre(s).abs() >= bound {
            counts.as_extreme += number;
        }
        if s >= observed {
            counts.as_large += number;
        }
    }
    Some(counts)
}

/// A whole number of at most a few thousand.
fn whole(x: f64) -> Option<usize> {
    let fits = (0.0..=10_000.0).contains(&x) && x.fract() == 0.0;
    fits.then(|| usize::try_from(nearest(x)).ok()).flatten()
}
