//! One group measured twice, in standard deviations.
//!
//! Who may call this: [`evaluate`](crate::evaluate()) for before-and-after designs. What must stay true: a
//! standardised change is never called an effect: there was nobody to compare with.
//!
//! Citation: Morris 2008; Becker 1988 (the variances as in metafor's SMCC, SMCR and SMCRH).

use crate::effect_size::{Scores, j_exact};
use crate::refusal::Refusal;

/// The same pupils before and after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Scores before.
    pub before: Scores,
    /// Scores after, of the same pupils.
    pub after: Scores,
    /// Correlation of the two.
    pub correlation: f64,
}

/// A mean change and its sampling variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanChange {
    /// After less before.
    pub estimate: f64,
    /// Squared standard error.
    pub variance: f64,
}

impl Change {
    fn checked(&self) -> Result<f64, Refusal> {
        let n = self.after.n;
        let spread = self.before.sd > 0.0 && self.after.sd > 0.0 && self.change_variance() > 0.0;
        if n >= 2.0 && spread {
            return Ok(n);
        }
        Err(Refusal::new(
            "no-variation",
            "Every pupil changed by the same amount, or there are fewer than two, so there is no spread to measure the change against.",
            "Check that the right columns are chosen as before and after.",
        ))
    }

    /// Variance of the pupils' changes.
    fn change_variance(&self) -> f64 {
        let (a, b) = (self.after.sd, self.before.sd);
        a * a + b * b - 2.0 * self.correlation * a * b
    }

    /// Mean change in the outcome's unit.
    ///
    /// # Errors
    /// `no-variation`.
    pub fn raw(&self) -> Result<MeanChange, Refusal> {
        let n = self.checked()?;
        Ok(MeanChange {
            estimate: self.after.mean - self.before.mean,
            variance: self.change_variance() / n,
        })
    }

    /// Mean change over the standard deviation of the changes (SMCC).
    ///
    /// # Errors
    /// `no-variation`.
    pub fn over_changes(&self) -> Result<MeanChange, Refusal> {
        let n = self.checked()?;
        let j = j_exact(n - 1.0);
        let estimate = j * (self.after.mean - self.before.mean) / self.change_variance().sqrt();
        Ok(MeanChange {
            estimate,
            variance: 1.0 / n + estimate * estimate / (2.0 * n),
        })
    }

    /// Mean change over a standard deviation of the scores themselves, which compares with other
    /// effects (SMCR): `sd` is that of before or of after.
    ///
    /// # Errors
    /// `no-variation`.
    pub fn over_scores(&self, sd: f64) -> Result<MeanChange, Refusal> {
        let n = self.checked()?;
        let estimate = j_exact(n - 1.0) * (self.after.mean - self.before.mean) / sd;
        Ok(MeanChange {
            estimate,
            variance: 2.0 * (1.0 - self.correlation) / n + estimate * estimate / (2.0 * n),
        })
    }

    /// The same where the two spreads differ (SMCRH; Bonett 2008).
    ///
    /// # Errors
    /// `no-variation`.
    pub fn over_scores_unequal(&self, sd: f64) -> Result<MeanChange, Refusal> {
        let n = self.checked()?;
        let j = j_exact(n - 1.0);
        let estimate = j * (self.after.mean - self.before.mean) / sd;
        Ok(MeanChange {
            estimate,
            variance: j
                * j
                * (self.change_variance() / (sd * sd * (n - 1.0))
                    + estimate * estimate / (2.0 * (n - 1.0))),
        })
    }
}
