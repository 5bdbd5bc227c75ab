//! How strong something unmeasured would have to be to explain an association away: VanderWeele and Ding's E-value.
//!
//! Not the e-value of [`anytime`](crate::anytime), which is evidence in a sequence of looks: the two share a letter and nothing else.
//!
//! Who may call this: whoever compares groups that were not drawn by lot. What must stay true: it is about a risk ratio;
//! the answer is never below 1, and 1 says that nothing need be unmeasured.
//!
//! VanderWeele, T. J. & Ding, P. (2017). Sensitivity analysis in observational research: introducing the E-value.
//! *Annals of Internal Medicine* 167(4), 268–274.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// How strong an unmeasured cause would have to be: as risk ratios both with who was in which group and with the outcome, beyond
/// all that was adjusted for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Needed {
    /// To move the estimate to "no difference".
    pub estimate: f64,
    /// To move the limit that is nearer to 1 there; 1 where the interval already holds it. None where no interval was given.
    pub limit: Option<f64>,
}

/// What is needed to explain a risk ratio away, and its interval.
///
/// A ratio below 1 is turned over, so that 0.5 and 2 need the same.
///
/// Checked by `vanderweele_evalue`.
///
/// ```
/// use difference_engine::unmeasured_confounding::needed;
/// let answer = needed(1.8, Some((1.2, 2.7)))?;
/// assert!((answer.estimate - 3.0).abs() < 1e-12);
/// assert!((answer.limit.unwrap() - 1.69).abs() < 0.001);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `risk-ratio` where the ratio or a limit is no number above zero; `interval` where the ratio is not inside its interval.
pub fn needed(risk_ratio: f64, interval: Option<(f64, f64)>) -> Result<Needed, Refusal> {
    let ratios = [
        Some(risk_ratio),
        interval.map(|i| i.0),
        interval.map(|i| i.1),
    ];
    if ratios.iter().flatten().any(|r| !usable(*r)) {
        return Err(Refusal::new(
            "risk-ratio",
            "A risk ratio and its limits are numbers above zero.",
            "Give the ratio of the two groups' risks, such as 1.8, not its logarithm.",
        ));
    }
    if interval.is_some_and(|(lower, upper)| !(lower <= risk_ratio && risk_ratio <= upper)) {
        return Err(Refusal::new(
            "interval",
            "The risk ratio is not inside its interval.",
            "Give the lower limit first, and the interval of this ratio.",
        ));
    }
    let limit = interval.map(|(lower, upper)| {
        if lower <= 1.0 && upper >= 1.0 {
            1.0
        } else if risk_ratio >= 1.0 {
            strength(lower)
        } else {
            strength(upper)
        }
    });
    Ok(Needed {
        estimate: strength(risk_ratio),
        limit,
    })
}

/// So that the answer can be written.
fn usable(ratio: f64) -> bool {
    (1e-150..=1e150).contains(&ratio)
}

/// `RR + √(RR (RR − 1))`, with RR at least 1.
fn strength(ratio: f64) -> f64 {
    let rr = if ratio < 1.0 { 1.0 / ratio } else { ratio };
    rr + (rr * (rr - 1.0)).sqrt()
}
