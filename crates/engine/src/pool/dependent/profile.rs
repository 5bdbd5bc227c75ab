//! Limits of each level's variance, by profiling the likelihood.
//!
//! Who may call this: this folder, for an average alone (with moderators that fit a level exactly the likelihood
//! need not fall). What must stay true: while one variance is held the other is free, as `confint()` of metafor has it.
//! The limits are where twice the log-likelihood has fallen from its top by the χ²₁ quantile.
//!
//! Hardy & Thompson (1996), *Statistics in Medicine* 15:619; Viechtbauer (2010), *Journal of Statistical Software*
//! 36(3). Reference: `konstantopoulos2011_3level_confint`.

use super::levels::{Levels, Variances};
use crate::distributions::{OutOfDomain, chi2_quantile};

/// Doublings after which there is no upper limit.
const REACH: u32 = 200;

/// One of the two variances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Between places.
    Outer,
    /// Within them.
    Inner,
}

/// The limits of a variance at `level`; None where the likelihood has none.
pub(super) fn limits(
    levels: &Levels,
    (top, height): (Variances, f64),
    which: Which,
    level: f64,
) -> Result<Option<(f64, f64)>, OutOfDomain> {
    let bar = height - 0.5 * chi2_quantile(level, 1.0)?;
    let at_top = match which {
        Which::Outer => top[0],
        Which::Inner => top[1],
    };
    // Above the bar and its slope, with the variance held at a value and the other one free.
    let above = |value: f64, other: f64| {
        let (from, free) = match which {
            Which::Outer => ([value, other], [false, levels.free[1]]),
            Which::Inner => ([other, value], [levels.free[0], false]),
        };
        let (found, at) = levels.climb(from, free)?;
        Some(match which {
            Which::Outer => (at.height - bar, at.slope[0], found[1]),
            Which::Inner => (at.height - bar, at.slope[1], found[0]),
        })
    };
    let other = match which {
        Which::Outer => top[1],
        Which::Inner => top[0],
    };
    let Some(at_zero) = above(0.0, other) else {
        return Ok(None);
    };
    let lower = if at_zero.0 >= 0.0 {
        Some(0.0)
    } else {
        crossing(above, at_top, 0.0, other)
    };
    let mut beyond = if at_top > 0.0 {
        2.0 * at_top
    } else {
        levels.finest()
    };
    let mut within = (at_top, other);
    for _ in 0..REACH {
        let Some((over, _, moved)) = above(beyond, within.1) else {
            return Ok(None);
        };
        if over < 0.0 {
            let upper = crossing(above, within.0, beyond, within.1);
            return Ok(lower.zip(upper));
        }
        within = (beyond, moved);
        beyond *= 2.0;
    }
    Ok(None)
}

/// Where a height that is not below zero `within` and below it `beyond` crosses zero: Newton's steps, halving wherever
/// they would leave the bracket.
fn crossing(
    above: impl Fn(f64, f64) -> Option<(f64, f64, f64)>,
    mut within: f64,
    mut beyond: f64,
    mut other: f64,
) -> Option<f64> {
    let mut x = within + (beyond - within) / 2.0;
    for _ in 0..200 {
        let (over, slope, moved) = above(x, other)?;
        other = moved;
        if over >= 0.0 {
            within = x;
        } else {
            beyond = x;
        }
        let (low, high) = (within.min(beyond), within.max(beyond));
        let newton = x - over / slope;
        let next = if newton > low && newton < high {
            newton
        } else {
            low + (high - low) / 2.0
        };
        if (next - x).abs() <= 1e-10 * x.abs() || high - low <= 1e-12 * high {
            return Some(next);
        }
        x = next;
    }
    Some(x)
}
