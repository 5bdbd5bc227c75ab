//! The chance that the true effect is above zero, and above the smallest difference worth having:
//! P(T_df > (x − estimate)/se), the posterior under a flat prior, from the primary estimate.
//!
//! Who may call this: [`evaluate`](crate::evaluate()), from rung 3 on. What must stay true: no p-value is turned
//! into a chance; what is returned is toward the better side, which is down where lower is better.

use crate::distributions::t_cdf;
use crate::evaluation::Chances;
use crate::refusal::Refusal;

/// The chance that the true effect is better than `threshold` (0, or the smallest difference worth
/// having, given as a size above 0).
///
/// # Errors
/// `out-of-domain` where the standard error is not above 0 or a number is not finite.
pub fn better_than(
    threshold: f64,
    estimate: f64,
    standard_error: f64,
    df: Option<f64>,
    lower_is_better: bool,
) -> Result<f64, Refusal> {
    let gain = if lower_is_better { -estimate } else { estimate };
    if !(standard_error > 0.0 && standard_error.is_finite() && gain.is_finite()) {
        return Err(Refusal::new(
            "no-standard-error",
            "The estimate has no standard error, so no chance can be worked out.",
            "Check that pupils’ scores differ within each group.",
        ));
    }
    Ok(t_cdf(
        (gain - threshold) / standard_error,
        df.unwrap_or(f64::INFINITY),
    )?)
}

/// Both chances; `worthwhile` is in the estimate's own unit.
///
/// ```
/// use difference_engine::chances::chances;
/// let c = chances(0.066, 0.0677, Some(18.0), false, None)?;
/// assert!((c.above_zero - 0.8288).abs() < 1e-3);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// As [`better_than`].
pub fn chances(
    estimate: f64,
    standard_error: f64,
    df: Option<f64>,
    lower_is_better: bool,
    worthwhile: Option<f64>,
) -> Result<Chances, Refusal> {
    Ok(Chances {
        prior: "flat".to_owned(),
        above_zero: better_than(0.0, estimate, standard_error, df, lower_is_better)?,
        above_worthwhile: worthwhile
            .map(|x| better_than(x.abs(), estimate, standard_error, df, lower_is_better))
            .transpose()?,
    })
}
