//! An effect with its variance from a table of two by two counts, ready to be pooled.
//!
//! Who may call this: whoever asks for a pool of results that were published as counts. What must stay
//! true: the effects and variances are metafor's `escalc`; half a pupil is added to every cell where one is
//! empty, on every measure but the risk difference, the arcsine and Peto's, which need none.
//! Reference: `escalc_RR` of `meta_bcg.json` and the like.
//!
//! With cells a, b (intervention: reached, not) and c, d (comparison), `n₁ = a + b`, `n₂ = c + d` and
//! `N = n₁ + n₂`:
//!
//! | measure | effect | variance |
//! |---|---|---|
//! | ln risk ratio | `ln(a/n₁) − ln(c/n₂)` | `1/a − 1/n₁ + 1/c − 1/n₂` |
//! | ln odds ratio (Woolf 1955) | `ln(ad/bc)` | `1/a + 1/b + 1/c + 1/d` |
//! | risk difference | `a/n₁ − c/n₂` | `ab/n₁³ + cd/n₂³` |
//! | arcsine (Rücker et al. 2009) | `asin√(a/n₁) − asin√(c/n₂)` | `1/(4n₁) + 1/(4n₂)` |
//! | Peto's ln odds ratio (Yusuf et al. 1985) | `(a − E)/V` | `1/V`, `V = n₁n₂(a + c)(b + d)/(N²(N − 1))` |
//! | Yule's Q (1900) | `(ad − bc)/(ad + bc)` | `¼ (1 − Q²)² (1/a + 1/b + 1/c + 1/d)` |
//! | φ (Pearson) | `(ad − bc)/√(n₁n₂(a + c)(b + d))` | by the delta method, groups fixed in size |

use crate::binary::TwoByTwo;
use crate::count::count_u64 as count;
use crate::refusal::Refusal;

/// What a table of counts is made into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountEffect {
    /// ln risk ratio.
    LogRiskRatio,
    /// ln odds ratio.
    LogOddsRatio,
    /// Risk difference.
    RiskDifference,
    /// Arcsine-square-root difference.
    Arcsine,
    /// Peto's ln odds ratio.
    Peto,
    /// Yule's Q.
    YulesQ,
    /// φ, the correlation of two yes-or-no measures.
    Phi,
}

/// The effect and its variance.
///
/// ```
/// use difference_engine::binary::TwoByTwo;
/// use difference_engine::pool::{CountEffect, effect_from_counts};
/// let trial = TwoByTwo { successes: 4, pupils: 123, comparison_successes: 11, comparison_pupils: 139 };
/// let (effect, variance) = effect_from_counts(&trial, CountEffect::LogRiskRatio)?;
/// assert!((effect + 0.889_311).abs() < 1e-6 && (variance - 0.325_585).abs() < 1e-6);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `no-pupils` where a group is empty; `variance-zero` where nobody, or everybody, reached it in both
/// groups and the measure has no variance then.
pub fn effect_from_counts(table: &TwoByTwo, measure: CountEffect) -> Result<(f64, f64), Refusal> {
    let [a, b, c, d] = table.checked_cells()?;
    let (n1, n2) = (a + b, c + d);
    let half = if [a, b, c, d].contains(&0.0) {
        0.5
    } else {
        0.0
    };
    let [ha, hb, hc, hd] = [a, b, c, d].map(|x| x + half);
    let (effect, variance) = match measure {
        CountEffect::LogRiskRatio => (
            (ha / (ha + hb)).ln() - (hc / (hc + hd)).ln(),
            1.0 / ha - 1.0 / (ha + hb) + 1.0 / hc - 1.0 / (hc + hd),
        ),
        CountEffect::LogOddsRatio => {
            let (log, error) = table.log_odds_ratio()?;
            (log, error * error)
        }
        CountEffect::RiskDifference => (
            table.share() - table.comparison_share(),
            table.risk_difference_se().powi(2),
        ),
        CountEffect::Arcsine => (
            (a / n1).sqrt().asin() - (c / n2).sqrt().asin(),
            0.25 / n1 + 0.25 / n2,
        ),
        CountEffect::Peto => {
            let (excess, v) = observed_less_expected(table)?;
            (excess / v, 1.0 / v)
        }
        CountEffect::YulesQ => {
            let q = (ha * hd - hb * hc) / (ha * hd + hb * hc);
            let cells = 1.0 / ha + 1.0 / hb + 1.0 / hc + 1.0 / hd;
            (q, 0.25 * (1.0 - q * q).powi(2) * cells)
        }
        CountEffect::Phi => phi([ha, hb, hc, hd]),
    };
    if !effect.is_finite() || variance.is_nan() || variance <= 0.0 {
        return Err(Refusal::new(
            "variance-zero",
            "Nobody, or everybody, reached it in both groups, so this measure has no variance.",
            "Leave the trial out of a pool of ratios, or pool risk differences by Mantel and Haenszel.",
        ));
    }
    Ok((effect, variance))
}

/// Peto's observed less expected successes of the intervention, and their hypergeometric variance.
pub(super) fn observed_less_expected(table: &TwoByTwo) -> Result<(f64, f64), Refusal> {
    let [a, b, c, d] = table.checked_cells()?;
    let (n1, n2) = (a + b, c + d);
    let n = n1 + n2;
    let expected = n1 * (a + c) / n;
    let v = n1 * n2 * (a + c) * (b + d) / (n * n * (n - 1.0));
    Ok((a - expected, v))
}

fn phi([a, b, c, d]: [f64; 4]) -> (f64, f64) {
    let (n1, n2) = (a + b, c + d);
    let n = n1 + n2;
    let margins = (n1 * n2 * (a + c) * (b + d)).sqrt();
    let phi = (a * d - b * c) / margins;
    let [p1, p2, q1, q2] = [n1 / n, n2 / n, (a + c) / n, (b + d) / n];
    let variance = (1.0 - phi * phi
        + phi * (1.0 + 0.5 * phi * phi) * (p1 - p2) * (q1 - q2) / (p1 * p2 * q1 * q2).sqrt()
        - 0.75 * phi * phi * ((p1 - p2).powi(2) / (p1 * p2) + (q1 - q2).powi(2) / (q1 * q2)))
        / n;
    (phi, variance)
}

/// The total of a table.
pub(super) fn total(table: &TwoByTwo) -> f64 {
    count(table.pupils) + count(table.comparison_pupils)
}
