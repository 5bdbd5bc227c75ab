//! Trim and fill: how many results a lopsided funnel seems to lack, and the average with them put back.
//!
//! Duval & Tweedie (2000), *Biometrics* 56:455 and *Journal of the American Statistical Association*
//! 95:89, as metafor's `trimfill` has it: the side is that of the slope on the standard errors; from
//! k₀ = 0 on, the k₀ most extreme results on the fuller side are trimmed, the average of the rest is taken
//! by the pool's method, and k₀ is estimated anew from the ranks about it (L0 or R0) until it stays. The
//! trimmed ones are then mirrored about that average. Reference: `rr_trimfill_L0_REML` of
//! `meta_bcg.json` and the like.

use serde::{Deserialize, Serialize};

use super::super::PoolQuestion;
use super::super::average::{Datum, average};
use super::super::heterogeneity::tau2;
use super::super::hksj::infer;
use super::super::model::Constant;
use super::super::regression::Regression;
use super::super::soundness::order;
use crate::count::{count, nearest};
use crate::distributions::OutOfDomain;
use crate::evaluation::Interval;

/// Rounds after which a count that goes back and forth is taken as it is.
const ROUNDS: u32 = 100;

/// The side of the funnel that seems to lack results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Low effects.
    Left,
    /// High effects.
    Right,
}

/// One estimator's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrimAndFill {
    /// "L0" or "R0".
    pub estimator: String,
    /// Where results seem to be missing.
    pub side: Side,
    /// How many.
    pub k0: u64,
    /// Standard error of that number.
    pub k0_standard_error: f64,
    /// Results with those put back.
    pub k: u64,
    /// The average with them.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Its limits.
    pub interval: Interval,
    /// Variance between places with them.
    pub tau2: f64,
}

#[derive(Clone, Copy)]
enum Estimator {
    L0,
    R0,
}

/// Both estimators.
pub(super) fn both(
    data: &[Datum],
    question: &PoolQuestion,
    level: f64,
) -> Result<Vec<TrimAndFill>, OutOfDomain> {
    if data.len() < 3 {
        return Ok(Vec::new());
    }
    [Estimator::L0, Estimator::R0]
        .into_iter()
        .map(|estimator| fill(data, question, estimator, level))
        .collect()
}

fn fill(
    data: &[Datum],
    question: &PoolQuestion,
    estimator: Estimator,
    level: f64,
) -> Result<TrimAndFill, OutOfDomain> {
    let side = side(data, question);
    let flip = match side {
        Side::Left => 1.0,
        Side::Right => -1.0,
    };
    let mut flipped: Vec<Datum> = data
        .iter()
        .map(|d| Datum {
            y: flip * d.y,
            ..*d
        })
        .collect();
    // Of tied effects the surer one is trimmed first: mirrored, it counts for more.
    flipped.sort_by(|a, b| a.y.total_cmp(&b.y).then(b.v.total_cmp(&a.v)));
    let k = flipped.len();

    let (mut k0, mut round) = (0, 0);
    let (centre, error) = loop {
        let kept = Constant(flipped.get(..k - k0).unwrap_or(&flipped));
        let centre = average(kept.0, tau2(&kept, question.method)).mean;
        let (lacking, error) = lacking(&flipped, centre, estimator);
        let next = usize::try_from(nearest(lacking.round_ties_even().max(0.0)))
            .unwrap_or(0)
            .min(k - 1);
        round += 1;
        let stays = next == k0 || round == ROUNDS;
        k0 = next;
        if stays {
            break (centre, error);
        }
    };
    let mut filled: Vec<Datum> = data.to_vec();
    filled.extend(flipped.iter().skip(k - k0).map(|d| Datum {
        y: flip * (2.0 * centre - d.y),
        v: d.v,
    }));
    filled.sort_by(order);
    let between = tau2(&Constant(&filled), question.method);
    let with = infer(&filled, between, question.inference, level)?;
    Ok(TrimAndFill {
        estimator: match estimator {
            Estimator::L0 => "L0",
            Estimator::R0 => "R0",
        }
        .to_owned(),
        side,
        k0: u64::try_from(k0).unwrap_or(0),
        k0_standard_error: error,
        k: u64::try_from(filled.len()).unwrap_or(u64::MAX),
        estimate: with.estimate,
        standard_error: with.standard_error,
        interval: Interval {
            level,
            lower: with.lower,
            upper: with.upper,
        },
        tau2: between,
    })
}

/// Where results seem to be missing: low effects where small trials find higher ones.
fn side(data: &[Datum], question: &PoolQuestion) -> Side {
    let errors: Vec<f64> = data.iter().map(|d| d.v.sqrt()).collect();
    let slope = Regression::line(data, &errors, "standard error")
        .ok()
        .and_then(|model| {
            let fit = model.fit(tau2(&model, question.method));
            fit.coefficients.last().copied()
        });
    match slope {
        Some(slope) if slope < 0.0 => Side::Right,
        _ => Side::Left,
    }
}

/// How many are lacking, and the standard error of that, from the signed ranks about a centre.
fn lacking(data: &[Datum], centre: f64, estimator: Estimator) -> (f64, f64) {
    let mut centred: Vec<f64> = data.iter().map(|d| d.y - centre).collect();
    centred.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let k = count(data.len());
    let (mut positive, mut largest_negative, mut rank) = (0.0, 0.0, 0.0);
    for x in centred {
        rank += 1.0;
        if x > 0.0 {
            positive += rank;
        } else if x < 0.0 {
            largest_negative = rank;
        }
    }
    match estimator {
        Estimator::R0 => {
            let k0: f64 = k - largest_negative - 1.0;
            (k0, (2.0 * k0.max(0.0) + 2.0).sqrt())
        }
        Estimator::L0 => {
            let k0 = (4.0 * positive - k * (k + 1.0)) / (2.0 * k - 1.0);
            let variance = (k * (k + 1.0) * (2.0 * k + 1.0)
                + 10.0 * k0.powi(3)
                + 27.0 * k0.powi(2)
                + 17.0 * k0
                - 18.0 * k * k0.powi(2)
                - 18.0 * k * k0
                + 6.0 * k * k * k0)
                / 24.0;
            (k0, 4.0 * variance.max(0.0).sqrt() / (2.0 * k - 1.0))
        }
    }
}
