//! Re-randomisation: drawing until the groups are alike enough on what is known before.
//!
//! Who may call this: whoever draws lots. What must stay true: the rule is settled before the first
//! draw, looks at nothing but the list, and is written down with the lots, so that the test draws by the same rule.
//!
//! Morgan & Rubin 2012, "Rerandomization to improve covariate balance in experiments": draws are kept
//! where Mahalanobis's distance M between the groups is small. M is about χ² with as many degrees of
//! freedom as columns, so a share pₐ of draws is kept below its pₐ quantile. Keeping the best of N is
//! the same idea with the number of draws settled instead. An analysis that allows for the same columns stays sound
//! (Li & Ding 2020); the plain difference's standard error is then too large, never too small.

use serde::{Deserialize, Serialize};

use crate::distributions::chi2_quantile;
use crate::refusal::Refusal;

/// Which of the draws is kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rerandomise {
    /// The one with the smallest distance of so many; the first of equals.
    BestOf(u32),
    /// The first whose distance is at most this.
    Within(f64),
}

impl Rerandomise {
    /// Keeps about this share of draws, with so many columns to even out.
    ///
    /// ```
    /// use difference_engine::allocation::Rerandomise;
    /// // Of one column: |z| up to 0.0125 has about 1 draw in 100.
    /// let Rerandomise::Within(most) = Rerandomise::accepting(0.01, 1)? else { unreachable!() };
    /// assert!((most.sqrt() - 0.012533).abs() < 1e-5);
    /// # Ok::<(), difference_engine::refusal::Refusal>(())
    /// ```
    ///
    /// # Errors
    /// `share-out-of-range`; `nothing-to-balance` without columns.
    pub fn accepting(share: f64, columns: u32) -> Result<Self, Refusal> {
        if !(share > 0.0 && share < 1.0) {
            return Err(Refusal::new(
                "share-out-of-range",
                format!(
                    "The share of draws that is accepted must be between 0 and 1, not {share}."
                ),
                "Give it as a share, such as 0.01.",
            ));
        }
        if columns == 0 {
            return Err(Refusal::new(
                "nothing-to-balance",
                "No column is named to even out.",
                "Name one, such as a score from before.",
            ));
        }
        Ok(Self::Within(chi2_quantile(share, f64::from(columns))?))
    }
}

/// What re-randomisation came to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rerandomised {
    /// The rule, settled before the first draw.
    pub rule: Rerandomise,
    /// Draws that were looked at.
    pub draws: u32,
    /// Mahalanobis's distance M of the one that was kept.
    pub distance: f64,
}
