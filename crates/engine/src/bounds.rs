//! How far those who were not measured could move the answer.
//!
//! Who may call this: [`evaluate`](crate::evaluate()), for trials by lot that lost pupils. What must stay true: no score of a
//! missing pupil is guessed; the bounds say between what the effect lies whoever they were (Horowitz & Manski), or if
//! the lot only ever moved people into being measured, or only out of it (Lee).
//!
//! Lee, D. S. (2009). Training, wages, and sample selection: estimating sharp bounds on treatment effects. *Review of
//! Economic Studies* 76(3), 1071–1102 (variance: proposition 3). Horowitz, J. L. & Manski, C. F. (2000).
//! Nonparametric analysis of randomized experiments with missing covariate and outcome data. *Journal of the
//! American Statistical Association* 95(449), 77–84. Interval for the effect: Imbens, G. W. & Manski, C. F. (2004).
//! Confidence intervals for partially identified parameters. *Econometrica* 72(6), 1845–1857. Checked by simulation
//! and by hand-worked cases (`tests/it/bounds.rs`): no reference item is about them.

use crate::count::{count, count_u64};
use crate::distributions::{normal_cdf, normal_quantile};
use crate::evaluation::{Bounds, Interval};
use crate::moments::Moments;
use crate::refusal::Refusal;

/// One group: how many were drawn, and the scores of those who were measured.
#[derive(Clone, Copy, Debug)]
pub struct Arm<'a> {
    /// Drawn into it.
    pub drawn: u64,
    /// In any order.
    pub measured: &'a [f64],
}

impl Arm<'_> {
    fn share(&self) -> f64 {
        count(self.measured.len()) / count_u64(self.drawn)
    }
}

/// Lee's bounds: the group that was measured more fully is cut down to the other's share, once from the bottom and
/// once from the top. They hold for those who would be measured in either group, if the lot moved nobody out of being
/// measured who would have been measured otherwise (or nobody into it).
///
/// ```
/// use difference_engine::bounds::{Arm, lee};
/// let intervention = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];
/// let comparison = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
/// let bounds = lee(Arm { drawn: 10, measured: &intervention }, Arm { drawn: 10, measured: &comparison }, 0.95)?;
/// // A fifth of the intervention is cut off: 9 and 10, or 1 and 2.
/// assert_eq!((bounds.lower, bounds.upper), (4.5 - 5.5, 6.5 - 5.5));
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `too-few-pupils` where a group has fewer than two scores, or more than were drawn; `out-of-range` where the scores
/// are too large to be squared.
pub fn lee(intervention: Arm<'_>, comparison: Arm<'_>, level: f64) -> Result<Bounds, Refusal> {
    let (more, fewer, sign) = if intervention.share() >= comparison.share() {
        (intervention, comparison, 1.0)
    } else {
        (comparison, intervention, -1.0)
    };
    enough(&more)?;
    enough(&fewer)?;
    // The share of the better measured group that stays.
    let keep = fewer.share() / more.share();
    let mut sorted = more.measured.to_vec();
    sorted.sort_by(f64::total_cmp);
    let lowest = Trimmed::of(sorted.iter().copied(), keep);
    let highest = Trimmed::of(sorted.iter().rev().copied(), keep);
    let rest = Moments::of(fewer.measured.iter().map(|y| [*y]));
    let of_rest = rest.variance(0).unwrap_or_default() / count(rest.n());
    let share = |arm: Arm<'_>| (1.0 - arm.share()) / (count_u64(arm.drawn) * arm.share());
    let of_share = keep * keep * (share(more) + share(fewer));
    let variance = |cut: &Trimmed| {
        let kept = count(more.measured.len()) * keep;
        let apart = (cut.edge - cut.mean).powi(2);
        cut.variance / kept
            + apart * (1.0 - keep) / kept
            + apart * of_share / (keep * keep)
            + of_rest
    };
    let ends = [
        (
            sign * (lowest.mean - rest.mean(0)),
            variance(&lowest).sqrt(),
        ),
        (
            sign * (highest.mean - rest.mean(0)),
            variance(&highest).sqrt(),
        ),
    ];
    let [one, other] = ends;
    let (low, high) = if sign > 0.0 {
        (one, other)
    } else {
        (other, one)
    };
    Ok(Bounds {
        name: "lee".to_owned(),
        lower: low.0,
        upper: high.0,
        interval: Some(imbens_manski(low, high, level)?),
        definition: "Lee’s bounds: the effect on those who would be measured in either group, if being drawn for the intervention only ever moved pupils one way between being measured and not; raw difference in means, the better measured group cut down to the other’s share; Imbens and Manski’s interval for the effect".to_owned(),
    })
}

/// Horowitz and Manski's bounds: all who are missing had the least score in one group and the most in the other, and the
/// other way round. They hold whoever is missing, and are as wide as that.
///
/// # Errors
/// As [`lee`].
pub fn horowitz_manski(
    intervention: Arm<'_>,
    comparison: Arm<'_>,
    least: f64,
    most: f64,
    level: f64,
) -> Result<Bounds, Refusal> {
    enough(&intervention)?;
    enough(&comparison)?;
    let filled = |arm: Arm<'_>, score: f64| {
        let mut all = Moments::of(arm.measured.iter().map(|y| [*y]));
        let missing = arm
            .drawn
            .saturating_sub(u64::try_from(arm.measured.len()).unwrap_or(u64::MAX));
        all.merge(&Moments::constant(
            usize::try_from(missing).unwrap_or(usize::MAX),
            &[score],
        ));
        (
            all.mean(0),
            all.variance(0).unwrap_or_default() / count(all.n()),
        )
    };
    let end = |ours: f64, theirs: f64| {
        let ((one, v), (zero, w)) = (filled(intervention, ours), filled(comparison, theirs));
        (one - zero, (v + w).sqrt())
    };
    let (low, high) = (end(least, most), end(most, least));
    Ok(Bounds {
        name: "horowitz-manski".to_owned(),
        lower: low.0,
        upper: high.0,
        interval: Some(imbens_manski(low, high, level)?),
        definition: "Horowitz and Manski’s bounds: all who are missing at one end of the scale in one group and at the other end in the other; raw difference in means; Imbens and Manski’s interval for the effect".to_owned(),
    })
}

fn enough(arm: &Arm<'_>) -> Result<(), Refusal> {
    if arm.measured.len() < 2 || count(arm.measured.len()) > count_u64(arm.drawn) {
        return Err(Refusal::new(
            "too-few-pupils",
            "A group has fewer than two scores, or more scores than pupils drawn, so nothing bounds what is missing.",
            "Check the list of who was drawn.",
        ));
    }
    Ok(())
}

/// The first share of some sorted scores, the last of them in part.
struct Trimmed {
    mean: f64,
    variance: f64,
    /// The score at which it ends.
    edge: f64,
}

impl Trimmed {
    fn of(scores: impl ExactSizeIterator<Item = f64> + Clone, keep: f64) -> Self {
        let whole = count(scores.len()) * keep;
        let (mut left, mut sum, mut edge) = (whole, 0.0, 0.0);
        let weighted: Vec<(f64, f64)> = scores
            .map_while(|score| {
                // Rounding of the share must not take a whole score's edge.
                let weight = if left > 1e-9 {
                    left.min(1.0)
                } else {
                    return None;
                };
                left -= weight;
                Some((score, weight))
            })
            .collect();
        for (score, weight) in &weighted {
            sum += score * weight;
            edge = *score;
        }
        let mean = sum / whole;
        let squares: f64 = weighted
            .iter()
            .map(|(score, weight)| weight * (score - mean).powi(2))
            .sum();
        Self {
            mean,
            variance: squares / whole,
            edge,
        }
    }
}

/// The interval that covers the effect, wherever between the bounds it lies: `c` with
/// `Φ(c + width/s) − Φ(−c) = level`, s the larger standard error.
fn imbens_manski(low: (f64, f64), high: (f64, f64), level: f64) -> Result<Interval, Refusal> {
    let wide = low.1.max(high.1);
    let apart = if wide > 0.0 {
        (high.0 - low.0).max(0.0) / wide
    } else {
        0.0
    };
    let (mut least, mut most) = (normal_quantile(level)?, normal_quantile(0.5 + level / 2.0)?);
    for _ in 0..60 {
        let c = 0.5 * (least + most);
        if normal_cdf(c + apart)? - normal_cdf(-c)? < level {
            least = c;
        } else {
            most = c;
        }
    }
    let c = most;
    let (lower, upper) = (low.0 - c * low.1, high.0 + c * high.1);
    if lower.is_finite() && upper.is_finite() {
        Ok(Interval {
            level,
            lower,
            upper,
        })
    } else {
        Err(Refusal::new(
            "out-of-range",
            "The scores are too large to be worked with.",
            "Give them in a larger unit.",
        ))
    }
}
