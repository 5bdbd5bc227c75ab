//! What has joined so far, as two sums.
//!
//! Who may call this: the e-values of this folder and whoever adds results. What must stay true: what was taken in
//! keeps every figure made from these sums finite.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// Effects larger than this overflow when weighted and squared.
const LARGEST_EFFECT: f64 = 1e30;
/// Variances outside these overflow when inverted and squared.
const VARIANCES: std::ops::RangeInclusive<f64> = 1e-60..=1e60;

/// The score and the information of the results that have joined.
///
/// ```
/// use difference_engine::anytime::Sums;
/// let mut sums = Sums::default();
/// sums.add(0.30, 0.04)?;
/// sums.add(0.10, 0.04)?;
/// assert!((sums.estimate().unwrap() - 0.20).abs() < 1e-12);
/// assert!((sums.information - 50.0).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// `S = Σ y/v`.
    pub score: f64,
    /// `V = Σ 1/v`.
    pub information: f64,
}

impl Sums {
    /// Adds a result: its effect, and its sampling variance on the same scale squared.
    ///
    /// # Errors
    /// `effect-not-a-number`, `variance-not-a-number` or `variance-zero`.
    pub fn add(&mut self, effect: f64, variance: f64) -> Result<(), Refusal> {
        if !effect.is_finite() || effect.abs() > LARGEST_EFFECT {
            return Err(Refusal::new(
                "effect-not-a-number",
                format!("{effect:?} is not an effect that can be added."),
                "Give each effect as a number such as 0.24, or leave the result out.",
            ));
        }
        if !variance.is_finite() || variance < 0.0 {
            return Err(Refusal::new(
                "variance-not-a-number",
                format!("{variance:?} is not a variance above zero."),
                "Give the square of the effect's standard error, such as 0.0121 for 0.11.",
            ));
        }
        if !VARIANCES.contains(&variance) {
            return Err(Refusal::new(
                "variance-zero",
                format!(
                    "A variance of {variance:?} is zero or out of all proportion, as if the effect were known exactly or not at all."
                ),
                "Check the standard error of that result.",
            ));
        }
        self.score += effect / variance;
        self.information += 1.0 / variance;
        Ok(())
    }

    /// `S/V`: the average weighted by precision, as if the true effect were the same everywhere; None before
    /// anything has joined.
    #[must_use]
    pub fn estimate(&self) -> Option<f64> {
        (self.information > 0.0).then(|| self.score / self.information)
    }
}
