//! A normal estimate and a normal prior: the estimate shrunken towards what was believed before.
//!
//! Who may call this: whoever has an estimate, its standard error, and a distribution of effects like it, such as those of a
//! pool. What must stay true: closed forms only; the posterior lies between prior and estimate and is surer than either.
//!
//! James, W. & Stein, C. (1961), *Proceedings of the Fourth Berkeley Symposium* 1:361; Efron, B. & Morris, C. (1973), *Journal
//! of the American Statistical Association* 68:117. Bayes factor: Dickey, J. M. (1971), *Annals of Mathematical Statistics* 42:204.

use serde::{Deserialize, Serialize};

use crate::distributions::normal_upper;
use crate::refusal::Refusal;

/// Means and standard deviations beyond these overflow when squared.
const LARGEST: f64 = 1e60;
const SDS: std::ops::RangeInclusive<f64> = 1e-60..=1e60;

/// A normal distribution of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normal {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
}

impl Normal {
    /// The chance of more than `x`.
    ///
    /// # Errors
    /// `out-of-domain` where x or the mean is no number; `standard-error` where the standard deviation is not above zero.
    pub fn chance_above(&self, x: f64) -> Result<f64, Refusal> {
        if self.sd.is_nan() || self.sd <= 0.0 {
            return Err(not_a_spread(self.sd));
        }
        Ok(normal_upper((x - self.mean) / self.sd)?)
    }
}

/// What is believed after an estimate: weights are one over the variances,
/// `sd² = 1/(1/τ² + 1/se²)` and `mean = sd² (m/τ² + y/se²)`.
///
/// Checked by `steinjames_normal_posterior`.
///
/// ```
/// use difference_engine::normal_posterior::{Normal, posterior};
/// let prior = Normal { mean: 0.0, sd: 0.2 };
/// let after = posterior(prior, Normal { mean: 0.35, sd: 0.15 })?;
/// assert!((after.mean - 0.224).abs() < 1e-12);
/// assert!((after.sd - 0.12).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `not-a-number` where a mean is none or out of all proportion, `standard-error` where a standard deviation is.
pub fn posterior(prior: Normal, estimate: Normal) -> Result<Normal, Refusal> {
    sound(&prior)?;
    sound(&estimate)?;
    // With the ratio of the variances, so that neither is squared and lost.
    let (narrow, wide) = if prior.sd <= estimate.sd {
        (prior, estimate)
    } else {
        (estimate, prior)
    };
    let ratio = (narrow.sd / wide.sd).powi(2);
    let share = ratio / (1.0 + ratio);
    Ok(Normal {
        mean: narrow.mean + share * (wide.mean - narrow.mean),
        sd: narrow.sd / (1.0 + ratio).sqrt(),
    })
}

/// How much more likely the estimate is if the effect is exactly zero than if it is drawn from the prior: the posterior's
/// density at zero over the prior's (Savage and Dickey).
///
/// ```
/// use difference_engine::normal_posterior::{Normal, bayes_factor_for_zero};
/// let prior = Normal { mean: 0.0, sd: 0.2 };
/// let for_zero = bayes_factor_for_zero(prior, Normal { mean: 0.35, sd: 0.15 })?;
/// assert!(for_zero < 1.0);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// As [`posterior`]; `not-a-number` too where the prior leaves zero next to no chance, so that there is nothing to divide by.
pub fn bayes_factor_for_zero(prior: Normal, estimate: Normal) -> Result<f64, Refusal> {
    let after = posterior(prior, estimate)?;
    // In logarithms: far from zero both densities are too small to write.
    let distance = |normal: &Normal| 0.5 * (normal.mean / normal.sd).powi(2);
    let factor = (distance(&prior) - distance(&after)).exp() * (prior.sd / after.sd);
    if factor.is_finite() {
        Ok(factor)
    } else {
        Err(Refusal::new(
            "not-a-number",
            "The prior leaves zero next to no chance, so it cannot be weighed.",
            "Take a prior that holds zero possible.",
        ))
    }
}

fn sound(normal: &Normal) -> Result<(), Refusal> {
    if !normal.mean.is_finite() || normal.mean.abs() > LARGEST {
        return Err(Refusal::new(
            "not-a-number",
            format!("{:?} is not a mean that effects could have.", normal.mean),
            "Give the effect as a number such as 0.24.",
        ));
    }
    if !SDS.contains(&normal.sd) {
        return Err(not_a_spread(normal.sd));
    }
    Ok(())
}

fn not_a_spread(sd: f64) -> Refusal {
    Refusal::new(
        "standard-error",
        format!("{sd:?} is not a standard deviation above zero."),
        "Give the estimate's standard error, or the prior's standard deviation, above zero.",
    )
}
