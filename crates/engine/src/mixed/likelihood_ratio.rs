//! Whether clusters differ by more than chance would make them: a likelihood ratio on the boundary.
//!
//! Who may call this: whoever says so in words. What must stay true: a variance can't be below zero, so the reference is
//! a mixture of χ² distributions, never one alone (which would miss differences that are there); both models have the same
//! coefficients, so that restricted likelihoods may be compared.
//!
//! Self, S. G. & Liang, K.-Y. (1987). Asymptotic properties of maximum likelihood estimators and likelihood ratio tests under
//! nonstandard conditions. *JASA* 82(398), 605–610; Stram, D. O. & Lee, J. W. (1994). Variance components testing in the
//! longitudinal mixed effects model. *Biometrics* 50(4), 1171–1177.

use super::Mixed;
use super::deviance::Factor;
use super::search::{Entry, POLISH, beside, newton, values};
use crate::distributions::chi2_upper;
use crate::refusal::Refusal;

/// The comparison with the model in which clusters do not differ (in their slopes, where there are random ones).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LikelihoodRatio {
    /// By how much the deviance falls.
    pub statistic: f64,
    /// Degrees of freedom of the two χ² of which each counts half; 0 is all at zero.
    pub mixture: [u8; 2],
    /// Chance of such a fall, or a larger one, if they do not differ.
    pub p_value: f64,
}

impl Mixed {
    /// Tests the variance of the slopes where there are random slopes, otherwise that of the (outer) clusters.
    ///
    /// Checked against lme4 in `reference/mixed_models.json` (`exam_lrt_slope`).
    ///
    /// # Errors
    /// Those of the smaller model.
    pub fn likelihood_ratio(&self) -> Result<LikelihoodRatio, Refusal> {
        let sloped = self.entries.contains(&Entry::Slope);
        let goes = |entry: &Entry| match entry {
            Entry::Lean | Entry::Slope => true,
            Entry::Level => !sloped,
            Entry::Inner => false,
        };
        let fewer: Vec<Entry> = self.entries.iter().copied().filter(|e| !goes(e)).collect();
        let without = if fewer.is_empty() {
            self.sums.deviance(&self.sums.profile(&Factor::default())?)
        } else {
            let units: Vec<f64> = fewer.iter().map(|entry| self.sums.unit(*entry)).collect();
            let start = beside(&fewer, &values(&fewer, &self.factor), &units);
            newton(start, &units, POLISH, |x| self.sums.deviance_at(&fewer, x))?.value
        };
        let [level, lean, slope] = self.factor.covariance();
        let alike = if sloped {
            lean == 0.0 && slope == 0.0
        } else {
            level == 0.0
        };
        let statistic = if alike {
            0.0
        } else {
            (without - self.objective()).max(0.0)
        };
        let correlated = self.entries.contains(&Entry::Lean);
        let mixture = if correlated { [1, 2] } else { [0, 1] };
        let mut p_value = 0.0;
        for df in mixture {
            p_value += 0.5
                * match df {
                    0 => f64::from(u8::from(statistic <= 0.0)),
                    df => chi2_upper(statistic, f64::from(df)).map_err(Refusal::from)?,
                };
        }
        Ok(LikelihoodRatio {
            statistic,
            mixture,
            p_value,
        })
    }
}
