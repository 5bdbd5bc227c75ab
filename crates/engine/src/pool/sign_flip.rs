//! A permutation test of a pool: how often would chance alone give an average as far from nothing, if
//! each result could as well have come out on the other side?
//!
//! Who may call this: anybody with effects and variances. What must stay true: all signs are looked at up
//! to [`COMPLETE_UP_TO`](crate::permutation::COMPLETE_UP_TO) of them, otherwise Monte Carlo with
//! p = (b + 1)/(m + 1), which is never 0; the seed decides everything.
//!
//! Follmann & Proschan (1999), *Biometrics* 55:732, as metafor's `permutest`: the statistic is the average
//! over its standard error, τ² worked out anew for each set of signs.
//! Reference: `rr_permutest_exactless` of `meta_bcg.json`.

use super::average::Datum;
use super::heterogeneity::tau2;
use super::hksj::infer_with;
use super::model::Constant;
use super::{PoolQuestion, Study, soundness};
use crate::allocation::Lots;
use crate::count::count_u64;
use crate::permutation::Draws;
use crate::refusal::Refusal;

/// The answer of the signs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignFlip {
    /// Two-sided.
    pub p_value: f64,
    /// How many sets of signs were looked at.
    pub looked_at: u64,
    /// How many of them were at least as extreme.
    pub as_extreme: u64,
    /// Whether every set was looked at.
    pub complete: bool,
}

/// The permutation test of a pool by the question's method and inference.
///
/// ```
/// use difference_engine::permutation::Draws;
/// use difference_engine::pool::{PoolQuestion, Study, sign_flip};
/// let study = |effect| Study { effect, variance: 0.04, ..Study::default() };
/// let studies = [study(0.3), study(0.5), study(0.2), study(0.4)];
/// let flipped = sign_flip(&studies, &PoolQuestion::default(), &Draws::default())?;
/// assert_eq!((flipped.as_extreme, flipped.looked_at), (2, 16));
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// As [`pool`](super::pool()) for results that can't be pooled.
pub fn sign_flip(
    studies: &[Study],
    question: &PoolQuestion,
    draws: &Draws,
) -> Result<SignFlip, Refusal> {
    soundness::check(studies)?;
    let (data, _) = soundness::sorted(studies);
    let statistic = |flipped: &[Datum]| {
        let between = tau2(&Constant(flipped), question.method);
        let average = infer_with(flipped, between, question.inference, 1.0);
        average.statistic().map_or(f64::INFINITY, f64::abs)
    };
    let observed = statistic(&data);
    // Equal statistics differ by rounding.
    let bar = observed - 1e-9 * observed.abs().min(1e9);
    let mut flipped = data.clone();
    let mut extreme = |flips: &mut dyn FnMut() -> bool| {
        for (to, from) in flipped.iter_mut().zip(&data) {
            to.y = if flips() { -from.y } else { from.y };
        }
        statistic(&flipped) >= bar
    };
    let sets = u32::try_from(data.len())
        .ok()
        .and_then(|k| 1_u64.checked_shl(k))
        .filter(|sets| *sets <= draws.complete_up_to);
    let mut as_extreme = 0;
    if let Some(sets) = sets {
        for set in 0..sets {
            let mut bits = set;
            let mut flips = || {
                let flip = bits & 1 == 1;
                bits >>= 1;
                flip
            };
            as_extreme += u64::from(extreme(&mut flips));
        }
        return Ok(SignFlip {
            p_value: count_u64(as_extreme) / count_u64(sets),
            looked_at: sets,
            as_extreme,
            complete: true,
        });
    }
    let mut lots = Lots::new(draws.seed);
    for _ in 0..draws.draws {
        as_extreme += u64::from(extreme(&mut || lots.below(2) == 1));
    }
    let looked_at = u64::from(draws.draws);
    Ok(SignFlip {
        p_value: (count_u64(as_extreme) + 1.0) / (count_u64(looked_at) + 1.0),
        looked_at,
        as_extreme,
        complete: false,
    })
}
