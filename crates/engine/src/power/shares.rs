//! Power for two shares: how many reach it in each group.
//!
//! Who may call this: whoever plans for an outcome of yes or no. What must stay true: `n` is a group's
//! pupils, and both approximations say which they are.

use crate::distributions::{normal_cdf, normal_quantile};
use crate::refusal::Refusal;

use super::design::wrong;

/// The chance of noticing a difference between two shares with `n` pupils a group, by the normal
/// approximation (R's `power.prop.test`).
///
/// # Errors
/// `out-of-domain`.
pub fn share_power(share: f64, comparison: f64, n: f64, alpha: f64) -> Result<f64, Refusal> {
    let z = normal_quantile(1.0 - 0.5 * alpha)?;
    let both = share + comparison;
    let spread = (share * (1.0 - share) + comparison * (1.0 - comparison)).sqrt();
    Ok(normal_cdf(
        (n.sqrt() * (share - comparison).abs() - z * (both * (1.0 - 0.5 * both)).sqrt()) / spread,
    )?)
}

/// Cohen's h = 2·asin √p₁ − 2·asin √p₂: a difference between two shares on the scale on which its
/// spread is the same whatever they are (Cohen 1988, ch. 6).
///
/// ```
/// use difference_engine::power::cohens_h;
/// assert!((cohens_h(0.65, 0.5)? - 0.304692654015398).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `share-out-of-range`.
pub fn cohens_h(share: f64, comparison: f64) -> Result<f64, Refusal> {
    for p in [share, comparison] {
        if !(0.0..=1.0).contains(&p) {
            return Err(wrong(
                "share-out-of-range",
                &format!("A share lies between 0 and 1, and {p} does not."),
                "Give it as a share, such as 0.65.",
            ));
        }
    }
    Ok(2.0 * (share.sqrt().asin() - comparison.sqrt().asin()))
}

/// The chance that a two-sided test notices a difference of `h` ([`cohens_h`]) with `n` pupils a group:
/// Φ(|h|√(n/2) − z₁₋α/₂) + Φ(−|h|√(n/2) − z₁₋α/₂) (Cohen 1988; pwr's `pwr.2p.test`). Checked by `pwr_2p`.
///
/// # Errors
/// `out-of-domain`.
pub fn arcsine_power(h: f64, n: f64, alpha: f64) -> Result<f64, Refusal> {
    let z = normal_quantile(1.0 - 0.5 * alpha)?;
    let shift = h.abs() * (0.5 * n).sqrt();
    Ok(normal_cdf(shift - z)? + normal_cdf(-shift - z)?)
}
