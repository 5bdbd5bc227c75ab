//! Two groups compared by ratios: of their means, of their spreads, of their spreads for their means; and by the
//! standard deviation that is the average of two unequal ones.
//!
//! Who may call this: pools that start from published means, and who asks whether a gap narrowed (a spread is a gap). What must
//! stay true: ratios come as logarithms with their variance, as a pool takes them; a ratio of means needs a measure with a true
//! zero (days absent, words read), which points on most tests do not have.
//!
//! Hedges, L. V., Gurevitch, J. & Curtis, P. S. (1999). The meta-analysis of response ratios in experimental ecology. *Ecology*
//! 80(4), 1150–1156. Nakagawa, S. et al. (2015). Meta-analysis of variation. *Methods in Ecology and Evolution* 6(2), 143–152.
//! Bonett, D. G. (2009). Meta-analytic interval estimation for standardized and unstandardized mean differences.
//! *Psychological Methods* 14(3), 225–238. Reference: `effect_sizes …_escalc_ROM`, `_VR`, `_CVR`, `_SMDH` (metafor).

use crate::effect_size::{Scores, TwoGroups, j_exact};
use crate::refusal::Refusal;

/// A value and its sampling variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The logarithm of the ratio, or the standardised difference.
    pub estimate: f64,
    /// Of the estimate, squared units.
    pub variance: f64,
}

impl TwoGroups {
    /// Logarithm of the ratio of the means: `ln(x̄₁/x̄₀)`, variance `s₁²/(n₁x̄₁²) + s₀²/(n₀x̄₀²)`.
    ///
    /// ```
    /// use difference_engine::effect_size::{Scores, TwoGroups};
    /// let days = TwoGroups {
    ///     intervention: Scores { n: 50.0, mean: 8.0, sd: 4.0 },
    ///     comparison: Scores { n: 50.0, mean: 10.0, sd: 5.0 },
    /// };
    /// // A fifth fewer days absent.
    /// assert!((days.log_ratio_of_means()?.estimate.exp() - 0.8).abs() < 1e-12);
    /// # Ok::<(), difference_engine::refusal::Refusal>(())
    /// ```
    ///
    /// # Errors
    /// `out-of-domain` where a mean is not above zero, or a group has fewer than two pupils.
    pub fn log_ratio_of_means(&self) -> Result<Measured, Refusal> {
        let (one, zero) = (self.intervention, self.comparison);
        positive(&[one.mean, zero.mean])?;
        finite((one.mean / zero.mean).ln(), of_mean(one) + of_mean(zero))
    }

    /// Logarithm of the ratio of the standard deviations, corrected for small groups: `ln(s₁/s₀) + 1/(2(n₁ − 1)) − 1/(2(n₀ − 1))`.
    ///
    /// # Errors
    /// `out-of-domain` where nothing varies in a group.
    pub fn log_ratio_of_spreads(&self) -> Result<Measured, Refusal> {
        let (one, zero) = (self.intervention, self.comparison);
        positive(&[one.sd, zero.sd])?;
        let correction = of_spread(one) - of_spread(zero);
        finite(
            (one.sd / zero.sd).ln() + correction,
            of_spread(one) + of_spread(zero),
        )
    }

    /// Logarithm of the ratio of the coefficients of variation, corrected for small groups.
    ///
    /// # Errors
    /// `out-of-domain` where nothing varies in a group or a mean is not above zero.
    pub fn log_ratio_of_variation(&self) -> Result<Measured, Refusal> {
        let (spreads, means) = (self.log_ratio_of_spreads()?, self.log_ratio_of_means()?);
        finite(
            spreads.estimate - means.estimate,
            spreads.variance + means.variance,
        )
    }

    /// Standardised difference over the root of the average of the two variances, which need not be alike (SMDH):
    /// `g = J(n₁ + n₀ − 2) (x̄₁ − x̄₀)/s`, Bonett's variance.
    ///
    /// # Errors
    /// `out-of-domain` where nothing varies in a group.
    pub fn average_spread_g(&self) -> Result<Measured, Refusal> {
        let (one, zero) = (self.intervention, self.comparison);
        positive(&[one.sd, zero.sd])?;
        let (v, w) = (one.sd.powi(2), zero.sd.powi(2));
        let square = (v + w) / 2.0;
        let j = j_exact(self.df());
        let g = j * self.difference() / square.sqrt();
        let (df1, df0) = (one.n - 1.0, zero.n - 1.0);
        let of_square = g * g * (v * v / df1 + w * w / df0) / (8.0 * square * square);
        finite(g, j * j * (of_square + (v / df1 + w / df0) / square))
    }
}

fn of_mean(scores: Scores) -> f64 {
    (scores.sd / scores.mean).powi(2) / scores.n
}

fn of_spread(scores: Scores) -> f64 {
    0.5 / (scores.n - 1.0)
}

fn positive(values: &[f64]) -> Result<(), Refusal> {
    if values.iter().all(|v| *v > 0.0) {
        return Ok(());
    }
    Err(undefined())
}

fn finite(estimate: f64, variance: f64) -> Result<Measured, Refusal> {
    if estimate.is_finite() && variance.is_finite() && variance > 0.0 {
        Ok(Measured { estimate, variance })
    } else {
        Err(undefined())
    }
}

fn undefined() -> Refusal {
    Refusal::new(
        "out-of-domain",
        "A ratio needs something above zero in both groups, and two pupils or more in each.",
        "Compare the groups by their difference.",
    )
}
