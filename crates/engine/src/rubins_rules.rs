//! Rubin's rules: one answer from several imputations of the scores that are missing.
//!
//! Who may call this: whoever has filled the gaps several times, analysed each filled table the same way, and wants one
//! estimate that owns up to the guessing. What must stay true: the variance is never below that within the
//! imputations; the degrees of freedom are never above those of the complete data.
//!
//! Rubin, D. B. (1987). *Multiple Imputation for Nonresponse in Surveys*. New York: Wiley. Barnard, J. & Rubin, D. B.
//! (1999). Small-sample degrees of freedom with multiple imputation. *Biometrika* 86(4), 948–955.

use serde::{Deserialize, Serialize};

use crate::count::count;
use crate::distributions::critical;
use crate::evaluation::Interval;
use crate::refusal::Refusal;

/// Estimates larger than this overflow when squared.
const LARGEST: f64 = 1e150;

/// One imputation's answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Imputed {
    /// The estimate.
    pub estimate: f64,
    /// Its variance: the standard error squared.
    pub variance: f64,
}

/// The imputations' answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Combined {
    /// `Q̄`: the mean estimate.
    pub estimate: f64,
    /// `Ū`: the mean variance within imputations.
    pub within: f64,
    /// `B`: the variance of the estimates between imputations.
    pub between: f64,
    /// `T = Ū + (1 + 1/m) B`.
    pub total: f64,
    /// Barnard and Rubin's; None where they are without limit: nothing differs between imputations, and the complete data have no limit.
    pub df: Option<f64>,
    /// `r = (1 + 1/m) B / Ū`: by how much the gaps increase the variance.
    pub increase: f64,
    /// `γ = (r + 2/(df + 3)) / (r + 1)`: the share of the information that is missing.
    pub fraction_missing: f64,
}

impl Combined {
    /// √T.
    #[must_use]
    pub fn standard_error(&self) -> f64 {
        self.total.sqrt()
    }

    /// The interval at a level such as 0.95, from t.
    ///
    /// # Errors
    /// `out-of-domain` where the level is not between 0 and 1; `degrees-of-freedom` where so few are left that no number can
    /// hold the limits.
    pub fn interval(&self, level: f64) -> Result<Interval, Refusal> {
        let reach = critical(level, self.df)? * self.standard_error();
        if !reach.is_finite() {
            return Err(nothing_left());
        }
        Ok(Interval {
            level,
            lower: self.estimate - reach,
            upper: self.estimate + reach,
        })
    }
}

/// Combines the answers of m imputations; `complete_df` are the degrees of freedom that the analysis would have if no score
/// were missing (n less the coefficients), None where they are without limit.
///
/// Checked by `rubin_rules`.
///
/// ```
/// use difference_engine::rubins_rules::{Imputed, combined};
/// let imputed = |estimate, variance| Imputed { estimate, variance };
/// let answer = combined(&[imputed(0.21, 0.010), imputed(0.25, 0.011), imputed(0.19, 0.009)], Some(196.0))?;
/// assert!((answer.estimate - 0.65 / 3.0).abs() < 1e-12);
/// assert!(answer.total > answer.within);
/// assert!(answer.df.unwrap() < 196.0);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `too-few-imputations` for fewer than two: one alone does not show how much was guessed. `not-a-number` for an estimate
/// that is none; `variance-zero` where an imputation's variance is not above zero; `degrees-of-freedom` where the
/// complete data's are not above zero.
pub fn combined(imputations: &[Imputed], complete_df: Option<f64>) -> Result<Combined, Refusal> {
    check(imputations, complete_df)?;
    let m = count(imputations.len());
    let mean = |of: fn(&Imputed) -> f64| imputations.iter().map(of).sum::<f64>() / m;
    let estimate = mean(|i| i.estimate);
    let within = mean(|i| i.variance);
    let squares = imputations.iter().map(|i| (i.estimate - estimate).powi(2));
    let between = squares.sum::<f64>() / (m - 1.0);
    let extra = (1.0 + 1.0 / m) * between;
    let total = within + extra;
    let increase = extra / within;
    if !(total.is_finite() && increase.is_finite()) {
        return Err(Refusal::new(
            "not-a-number",
            "The estimates are so far apart beside their variances that no number can hold it.",
            "Check that every imputation was analysed in the same way.",
        ));
    }
    // λ: the share of the variance that is between imputations.
    let lambda = extra / total;
    let rubin = (m - 1.0) / lambda.powi(2);
    let observed = complete_df.map(|nu| (nu + 1.0) / (nu + 3.0) * nu * (1.0 - lambda));
    let df = match (rubin.is_finite(), observed) {
        (true, Some(observed)) if observed > 0.0 => {
            Some(1.0 / (1.0 / rubin + 1.0 / observed)).filter(|df| *df > 0.0)
        }
        // All of it is between imputations: what was observed says nothing.
        (true, Some(_)) => None,
        (true, None) => Some(rubin),
        (false, observed) => observed,
    };
    // Rounding may lift them by a last digit.
    let df = df.map(|df| complete_df.map_or(df, |nu| df.min(nu)));
    if df.is_none() && complete_df.is_some() {
        return Err(nothing_left());
    }
    Ok(Combined {
        estimate,
        within,
        between,
        total,
        df,
        increase,
        fraction_missing: (increase + df.map_or(0.0, |df| 2.0 / (df + 3.0))) / (increase + 1.0),
    })
}

fn nothing_left() -> Refusal {
    Refusal::new(
        "degrees-of-freedom",
        "The estimates differ so much between imputations that nothing of what was observed is left.",
        "Check that every imputation was analysed in the same way.",
    )
}

fn check(imputations: &[Imputed], complete_df: Option<f64>) -> Result<(), Refusal> {
    if imputations.len() < 2 {
        return Err(Refusal::new(
            "too-few-imputations",
            "One imputation does not show how much was guessed.",
            "Fill the gaps at least twice, better twenty times.",
        ));
    }
    if imputations
        .iter()
        .any(|i| !i.estimate.is_finite() || i.estimate.abs() > LARGEST)
    {
        return Err(Refusal::new(
            "not-a-number",
            "An imputation's estimate is not a number that can be averaged.",
            "Leave out an imputation whose analysis gave no answer.",
        ));
    }
    if imputations.iter().any(|i| {
        !(i.variance.is_finite()
            && i.variance >= f64::MIN_POSITIVE
            && i.variance <= LARGEST * LARGEST)
    }) {
        return Err(Refusal::new(
            "variance-zero",
            "An imputation's variance is not a number above zero.",
            "Give the square of each estimate's standard error.",
        ));
    }
    if complete_df.is_some_and(|df| !(df.is_finite() && df > 0.0)) {
        return Err(Refusal::new(
            "degrees-of-freedom",
            "The complete data have no degrees of freedom.",
            "Give the number of pupils (or of clusters, where they were drawn) less the coefficients, above zero.",
        ));
    }
    Ok(())
}
