//! Where a likelihood of τ² is highest.
//!
//! Who may call this: [`super::reml`] and [`super::maximum_likelihood`]. What must stay true: such a
//! likelihood can have several peaks; all of them are found by the slope's changes of sign and the
//! highest is taken, so that the answer depends on no starting value.
//!
//! Nothing changes faster with τ² than on the scale of the smallest `v + τ²`, so the slope is looked at
//! where that grows by half each time. Beyond `2 RSS/(k − p)` (RSS of ordinary least squares) and the
//! largest v both slopes are negative, since `y′PPy ≤ w² RSS` for the largest weight w and
//! `tr P ≥ (k − p) w` for the smallest: no peak is higher up.

use super::model::Model;
use super::root::falling;

/// A likelihood: its height, its slope, and the slope with its derivative, at a τ².
pub(super) struct Likelihood<H, S, D> {
    /// Up to a constant.
    pub height: H,
    /// Up to a factor above zero.
    pub slope: S,
    /// The slope and its own derivative.
    pub steepness: D,
}

/// The τ² where the likelihood is highest, never below zero.
pub(super) fn highest<M: Model>(
    model: &M,
    likelihood: &Likelihood<impl Fn(f64) -> f64, impl Fn(f64) -> f64, impl Fn(f64) -> (f64, f64)>,
) -> f64 {
    let freedom = model.freedom();
    let squares = model.unweighted().squares;
    if freedom <= 0.0 || squares <= 0.0 {
        return 0.0;
    }
    let ceiling = model.largest_v().max(2.0 * squares / freedom);
    let finest = model.smallest_v();

    let at_zero = (likelihood.slope)(0.0);
    let mut peaks = Vec::new();
    if at_zero <= 0.0 {
        peaks.push(0.0);
    }
    let (mut low, mut rises) = (0.0, at_zero > 0.0);
    while low < ceiling {
        let high = (1.5 * (finest + low) - finest).min(ceiling);
        let goes_on = (likelihood.slope)(high) > 0.0;
        if rises && !goes_on {
            peaks.push(falling(&likelihood.steepness, low, high));
        }
        (low, rises) = (high, goes_on);
    }
    match peaks.as_slice() {
        [only] => *only,
        several => {
            let mut best = (f64::NEG_INFINITY, 0.0);
            for peak in several {
                let height = (likelihood.height)(*peak);
                if height > best.0 {
                    best = (height, *peak);
                }
            }
            best.1
        }
    }
}
