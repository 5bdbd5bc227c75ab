//! The normal mixture: an e-value for an effect of either sign.
//!
//! Who may call this: [`super::Sequence`], and whoever keeps [`Sums`] of their own. What must stay true: the prior is
//! chosen before the results; at no information the e-value is exactly 1.
//!
//! Robbins (1970): the likelihood ratio of "the true effect is θ" against "it is zero", averaged over θ from a normal
//! distribution around 0 with variance g²: `E = (1 + V g²)^(−1/2) exp(S² g² / (2 (1 + V g²)))`.

use super::Sums;
use crate::refusal::Refusal;

/// Standard deviations outside these overflow when squared and multiplied.
const PRIOR_SDS: std::ops::RangeInclusive<f64> = 1e-15..=1e15;

/// A normal distribution around nothing, over which the likelihood ratio is averaged.
///
/// The narrower it is, the sooner small effects are seen and the later large ones; it is right at any width.
///
/// Checked by `bcg_mixture_g2_004`, `bcg_mixture_g2_05`, `bangert_mixture` and `raudenbush_mixture`.
///
/// ```
/// use difference_engine::anytime::{Mixture, Sums};
/// let mixture = Mixture::new(0.2)?;
/// let mut sums = Sums::default();
/// assert_eq!(mixture.log_e_value(&sums), 0.0);
/// sums.add(0.0, 0.04)?;
/// // Nothing seen speaks for nothing: V g² = 1, E = 1/√2.
/// assert!((mixture.log_e_value(&sums).exp() - 0.5_f64.sqrt()).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mixture {
    /// g².
    variance: f64,
}

impl Mixture {
    /// A mixture with this standard deviation, on the effects' scale.
    ///
    /// # Errors
    /// `prior-sd` where it is no number above zero, or out of all proportion.
    pub fn new(prior_sd: f64) -> Result<Self, Refusal> {
        if PRIOR_SDS.contains(&prior_sd) {
            Ok(Self {
                variance: prior_sd * prior_sd,
            })
        } else {
            Err(Refusal::new(
                "prior-sd",
                format!("{prior_sd:?} is not a standard deviation that effects could have."),
                "Give how large effects of this kind usually are, above zero, such as 0.2 standard deviations.",
            ))
        }
    }

    /// g²: the mixture's variance.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.variance
    }

    /// `ln E`: 0 before anything has joined.
    #[must_use]
    pub fn log_e_value(&self, sums: &Sums) -> f64 {
        let vg2 = sums.information * self.variance;
        0.5 * (sums.score * sums.score * self.variance / (1.0 + vg2) - vg2.ln_1p())
    }
}
