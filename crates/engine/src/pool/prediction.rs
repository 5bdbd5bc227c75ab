//! Where the true effect of most new places would fall.
//!
//! Higgins, Thompson & Spiegelhalter (2009), *Journal of the Royal Statistical Society A* 172:137:
//! `μ ± t √(se² + τ²)`, t with k − 2 degrees of freedom beside Wald's average and k − 1 beside
//! Hartung and Knapp's (as metafor). What must stay true: with few places it covers less than its
//! level says (84 to 90 % at k = 3 to 10 in simulation), so no page calls it "19 in 20".
//!
//! The calibrated one is the parametric bootstrap of Nagashima, Noma & Furukawa (2019), *Statistical
//! Methods in Medical Research* 28:1689: each draw takes a τ² from its confidence distribution, an
//! average from Hartung and Knapp's t at that τ², and a new place from the normal distribution with
//! that average and variance. The confidence distribution here is Q-profile's (`Q(τ²)` is exactly χ²
//! with k − 1 degrees of freedom at the true τ²) instead of that of DerSimonian and Laird's Q, which
//! needs a numerical integral for each value and says the same to first order.

use super::Prediction;
use super::average::{Datum, average};
use super::hksj::Inferred;
use super::model::Constant;
use super::q_profile::where_q_is;
use crate::allocation::Lots;
use crate::chances::chances;
use crate::count::count;
use crate::distributions::{OutOfDomain, chi2_quantile, critical, normal_quantile, t_quantile};
use crate::evaluation::Chances;
use crate::refusal::Refusal;

/// Values of τ² that the calibrated interval is drawn from.
const STRATA: u32 = 500;
/// Draws at each: 4,000 in all.
const DRAWS_EACH: u32 = 8;

/// What a prediction says of one new place.
#[derive(Clone, Debug)]
pub(super) struct Next {
    /// The interval.
    pub interval: Prediction,
    distribution: Distribution,
}

#[derive(Clone, Debug)]
enum Distribution {
    /// Middle, spread and degrees of freedom.
    T(f64, f64, f64),
    /// Draws in order.
    Draws(Vec<f64>),
}

impl Next {
    /// The chances that a new place's true effect is better than nothing, and than `worthwhile`.
    pub fn chances(
        &self,
        lower_is_better: bool,
        worthwhile: Option<f64>,
    ) -> Result<Chances, Refusal> {
        match &self.distribution {
            Distribution::T(middle, spread, df) => {
                chances(*middle, *spread, Some(*df), lower_is_better, worthwhile)
            }
            Distribution::Draws(draws) => {
                let better_than = |x: f64| {
                    let better = |draw: &f64| {
                        if lower_is_better {
                            -draw > x
                        } else {
                            *draw > x
                        }
                    };
                    count(draws.iter().filter(|draw| better(draw)).count()) / count(draws.len())
                };
                Ok(Chances {
                    prior: "flat".to_owned(),
                    above_zero: better_than(0.0),
                    above_worthwhile: worthwhile.map(|x| better_than(x.abs())),
                })
            }
        }
    }
}

/// The prediction interval at `level`; None under three studies.
pub(super) fn standard(
    average: &Inferred,
    tau2: f64,
    k: usize,
    level: f64,
) -> Result<Option<Next>, OutOfDomain> {
    if k < 3 {
        return Ok(None);
    }
    let df = average.df.unwrap_or(count(k) - 2.0);
    let spread = (average.standard_error.powi(2) + tau2).sqrt();
    let half = critical(level, Some(df))? * spread;
    Ok(Some(Next {
        interval: Prediction {
            level,
            lower: average.estimate - half,
            upper: average.estimate + half,
        },
        distribution: Distribution::T(average.estimate, spread, df),
    }))
}

/// The calibrated interval at `level` from `seed`; None under three studies. The same seed gives the
/// same interval.
pub(super) fn calibrated(
    data: &[Datum],
    level: f64,
    seed: u64,
) -> Result<Option<Next>, OutOfDomain> {
    if data.len() < 3 {
        return Ok(None);
    }
    let df = count(data.len()) - 1.0;
    let mut lots = Lots::new(seed);
    let mut draws = Vec::new();
    // τ² at evenly spaced probabilities instead of drawn ones: the same distribution with less noise.
    for stratum in 0..STRATA {
        let p = (f64::from(stratum) + 0.5) / f64::from(STRATA);
        let tau2 = where_q_is(&Constant(data), chi2_quantile(p, df)?);
        let at = average(data, tau2);
        let error = (at.q / df / at.sum_w).sqrt();
        for _ in 0..DRAWS_EACH {
            let centre = at.mean + t_quantile(uniform(&mut lots), df)? * error;
            draws.push(centre + normal_quantile(uniform(&mut lots))? * tau2.sqrt());
        }
    }
    draws.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    Ok(Some(Next {
        interval: Prediction {
            level,
            lower: quantile(&draws, tail),
            upper: quantile(&draws, 1.0 - tail),
        },
        distribution: Distribution::Draws(draws),
    }))
}

/// A number between 0 and 1, neither of them, from 52 bits of a draw.
fn uniform(lots: &mut Lots) -> f64 {
    const STEPS: u64 = 1 << 52;
    (crate::count::count_u64(lots.below(STEPS)) + 0.5) / crate::count::count_u64(STEPS)
}

/// The quantile of ordered draws, between two of them where it falls there.
fn quantile(ordered: &[f64], p: f64) -> f64 {
    let place = p * (count(ordered.len()) - 1.0);
    let first = usize::try_from(crate::count::nearest(place.floor())).unwrap_or(usize::MAX);
    let at = |i: usize| ordered.get(i).or(ordered.last()).copied().unwrap_or(0.0);
    at(first) + (place - place.floor()) * (at(first + 1) - at(first))
}
