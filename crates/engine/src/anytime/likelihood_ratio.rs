//! The likelihood ratio of one named effect: an e-value for one direction.
//!
//! Who may call this: whoever looks for an effect of one sign, of a size that was named before the results. What must
//! stay true: it speaks against "no true effect is on that side of zero", not only against "all are zero".
//!
//! ter Schure & Grünwald (2022): each result multiplies by `exp(θ₁ y/v − θ₁²/(2v))`, whose mean is at most 1 wherever the
//! true effect θ has `θ θ₁ ≤ 0`.

use super::Sums;
use crate::refusal::Refusal;

/// Effects larger than this overflow when squared and multiplied.
const LARGEST: f64 = 1e15;

/// The ratio of "every true effect is θ₁" to "every true effect is zero".
///
/// Checked by `bcg_onesided`.
///
/// ```
/// use difference_engine::anytime::{LikelihoodRatio, Sums};
/// let gain = LikelihoodRatio::new(0.2)?;
/// let mut sums = Sums::default();
/// sums.add(0.4, 0.01)?;
/// // 0.2 × 40 − 0.04 × 100 / 2
/// assert!((gain.log_e_value(&sums) - 6.0).abs() < 1e-9);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LikelihoodRatio {
    /// θ₁.
    effect: f64,
}

impl LikelihoodRatio {
    /// The ratio for this effect, such as the smallest that is worth having.
    ///
    /// # Errors
    /// `effect-zero` where it is zero, no number or out of all proportion: there is nothing to compare then.
    pub fn new(effect: f64) -> Result<Self, Refusal> {
        if effect != 0.0 && effect.abs() <= LARGEST {
            Ok(Self { effect })
        } else {
            Err(Refusal::new(
                "effect-zero",
                format!("{effect:?} is not an effect that can be told from none."),
                "Give the effect that you look for, such as 0.2, with its sign.",
            ))
        }
    }

    /// `ln E`: 0 before anything has joined.
    #[must_use]
    pub fn log_e_value(&self, sums: &Sums) -> f64 {
        self.effect * sums.score - 0.5 * self.effect * self.effect * sums.information
    }
}
