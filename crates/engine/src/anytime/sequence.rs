//! Results that join one after another, and looks in between.
//!
//! Who may call this: [`pool`](crate::pool). What must stay true: a look changes nothing, except that the largest
//! e-value so far is remembered; results join in an order that does not depend on what they found.

use serde::{Deserialize, Serialize};

use super::{Mixture, Sums, Verdict, e_value, limits};
use crate::refusal::Refusal;

/// What one look sees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// `V = Σ 1/v` of what has joined.
    pub information: f64,
    /// `S/V`; None before anything has joined.
    pub estimate: Option<f64>,
    /// The mixture's e-value against "all true effects are zero"; the largest number that can be written where it is larger still.
    pub e_value: f64,
    /// Its natural logarithm.
    pub log_e_value: f64,
    /// 1 over the largest e-value up to here, at most 1: a p-value that may be read at every look.
    pub anytime_p: f64,
    /// Lower limit of the confidence sequence; None before anything has joined.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
}

/// A pool as it grows.
///
/// Checked by `bcg_mixture_g2_004`, `bcg_mixture_g2_05`, `bangert_mixture` and `raudenbush_mixture`.
///
/// ```
/// use difference_engine::anytime::{Sequence, Verdict};
/// let mut sequence = Sequence::new(0.2, 0.05)?;
/// sequence.join(0.10, 0.04)?;
/// let look = sequence.look();
/// assert!(look.lower.unwrap() < 0.0 && 0.0 < look.upper.unwrap());
/// assert_eq!(sequence.verdict(), Verdict::NotYet);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sequence {
    mixture: Mixture,
    alpha: f64,
    sums: Sums,
    /// The largest ln E at a look; at least 0, where it starts.
    largest: f64,
}

impl Sequence {
    /// A sequence before anything has joined; `alpha` is how often it may be wrong, such as 0.05.
    ///
    /// # Errors
    /// `prior-sd` as [`Mixture::new`]; `alpha` where it is not between 0 and 1.
    pub fn new(prior_sd: f64, alpha: f64) -> Result<Self, Refusal> {
        if !(alpha > 0.0 && alpha < 1.0) {
            return Err(Refusal::new(
                "alpha",
                format!("{alpha:?} is not a share of false alarms."),
                "Give a share between 0 and 1, such as 0.05.",
            ));
        }
        Ok(Self {
            mixture: Mixture::new(prior_sd)?,
            alpha,
            sums: Sums::default(),
            largest: 0.0,
        })
    }

    /// A result joins: its effect and its sampling variance. Several may join between two looks.
    ///
    /// # Errors
    /// As [`Sums::add`].
    pub fn join(&mut self, effect: f64, variance: f64) -> Result<(), Refusal> {
        self.sums.add(effect, variance)
    }

    /// Looks at what has joined.
    pub fn look(&mut self) -> Look {
        let log_e_value = self.mixture.log_e_value(&self.sums);
        self.largest = self.largest.max(log_e_value);
        let limits = limits(&self.sums, &self.mixture, self.alpha);
        Look {
            information: self.sums.information,
            estimate: self.sums.estimate(),
            e_value: e_value(log_e_value),
            log_e_value,
            anytime_p: (-self.largest).exp(),
            lower: limits.map(|(lower, _)| lower),
            upper: limits.map(|(_, upper)| upper),
        }
    }

    /// What the looks so far come to.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.largest, self.alpha)
    }
}
