//! Pooling of two by two counts without a logarithm of each: Mantel & Haenszel, and Peto.
//!
//! Who may call this: anybody with the counts of several trials. What must stay true: one true effect
//! for all is taken for granted, so a pool of effects with variance between places stands beside it;
//! trials with an empty cell count as they are, nothing is added.
//!
//! Mantel & Haenszel (1959), *Journal of the National Cancer Institute* 22:719; Robins, Breslow &
//! Greenland (1986), *Biometrics* 42:311 (ln odds ratio); Greenland & Robins (1985), *Biometrics* 41:55
//! (ln risk ratio); Sato (1989), *Biometrics* 45:1323 (risk difference); Yusuf et al. (1985), *Progress in
//! Cardiovascular Diseases* 27:335 (Peto). Reference: `MH_OR` and `peto` of `meta_bcg.json`.

use super::Cochran;
use super::effect_from_counts::{CountEffect, effect_from_counts, observed_less_expected, total};
use crate::binary::TwoByTwo;
use crate::count::count;
use crate::distributions::{chi2_upper, critical, two_sided_p};
use crate::evaluation::{Estimate, Interval};
use crate::refusal::Refusal;

/// A pool of counts.
#[derive(Clone, Debug, PartialEq)]
pub struct PooledCounts {
    /// The average: ln odds ratio, ln risk ratio or risk difference.
    pub average: Estimate,
    /// Cochran's Q of the trials' own effects about it.
    pub q: Cochran,
    /// `(Q − df)/Q`, in per cent, never below zero.
    pub i2: f64,
}

/// Sums over trials that an average is made from.
struct Cells {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
    n1: f64,
    n2: f64,
    n: f64,
}

/// Mantel and Haenszel's average of ln odds ratios, ln risk ratios or risk differences.
///
/// ```
/// use difference_engine::binary::TwoByTwo;
/// use difference_engine::pool::{CountEffect, mantel_haenszel};
/// let trial = |successes, comparison_successes| TwoByTwo {
///     successes, pupils: 100, comparison_successes, comparison_pupils: 100,
/// };
/// let pooled = mantel_haenszel(&[trial(60, 50), trial(55, 50)], CountEffect::RiskDifference, 0.95)?;
/// assert!((pooled.average.estimate - 0.075).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// `no-studies`, `no-pupils`; `measure-not-offered` for any other measure; `no-variation` where nobody, or
/// everybody, reached it.
pub fn mantel_haenszel(
    tables: &[TwoByTwo],
    measure: CountEffect,
    level: f64,
) -> Result<PooledCounts, Refusal> {
    let trials = tables
        .iter()
        .map(|table| {
            let [a, b, c, d] = table.checked_cells()?;
            Ok(Cells {
                a,
                b,
                c,
                d,
                n1: a + b,
                n2: c + d,
                n: a + b + c + d,
            })
        })
        .collect::<Result<Vec<Cells>, Refusal>>()?;
    let sum = |f: &dyn Fn(&Cells) -> f64| trials.iter().map(f).sum::<f64>();
    let (name, estimate, variance) = match measure {
        CountEffect::LogOddsRatio => {
            let r = sum(&|t| t.a * t.d / t.n);
            let s = sum(&|t| t.b * t.c / t.n);
            let pr = sum(&|t| (t.a + t.d) / t.n * t.a * t.d / t.n);
            let ps_qr = sum(&|t| ((t.a + t.d) * t.b * t.c + (t.b + t.c) * t.a * t.d) / (t.n * t.n));
            let qs = sum(&|t| (t.b + t.c) / t.n * t.b * t.c / t.n);
            let variance = 0.5 * (pr / (r * r) + ps_qr / (r * s) + qs / (s * s));
            ("mantel-haenszel ln odds ratio", (r / s).ln(), variance)
        }
        CountEffect::LogRiskRatio => {
            let r = sum(&|t| t.a * t.n2 / t.n);
            let s = sum(&|t| t.c * t.n1 / t.n);
            let p = sum(&|t| t.n1 * t.n2 * (t.a + t.c) / (t.n * t.n) - t.a * t.c / t.n);
            ("mantel-haenszel ln risk ratio", (r / s).ln(), p / (r * s))
        }
        CountEffect::RiskDifference => {
            let weight = sum(&|t| t.n1 * t.n2 / t.n);
            let difference = sum(&|t| (t.a * t.n2 - t.c * t.n1) / t.n) / weight;
            let p = sum(&|t| {
                let (f1, f2) = (t.n1 / t.n, t.n2 / t.n);
                t.c * f1 * f1 - t.a * f2 * f2 + f1 * f2 * (t.n2 - t.n1) / 2.0
            });
            let q = sum(&|t| (t.a * (t.n2 - t.c) + t.c * (t.n1 - t.a)) / t.n) / 2.0;
            (
                "mantel-haenszel risk difference",
                difference,
                (difference * p + q) / (weight * weight),
            )
        }
        _ => {
            return Err(Refusal::new(
                "measure-not-offered",
                "Mantel and Haenszel average odds ratios, risk ratios and risk differences.",
                "Ask for one of these, or pool the effects with their variances.",
            ));
        }
    };
    let own = tables
        .iter()
        .filter_map(|table| effect_from_counts(table, measure).ok())
        .collect::<Vec<_>>();
    answer(tables, name, estimate, variance, &own, level)
}

/// Peto's average of ln odds ratios, for rare outcomes and groups of like size.
///
/// # Errors
/// `no-studies`, `no-pupils`; `no-variation` where nobody, or everybody, reached it.
pub fn peto(tables: &[TwoByTwo], level: f64) -> Result<PooledCounts, Refusal> {
    let parts = tables
        .iter()
        .filter(|table| total(table) > 1.0)
        .map(observed_less_expected)
        .collect::<Result<Vec<_>, Refusal>>()?;
    let excess: f64 = parts.iter().map(|(excess, _)| excess).sum();
    let v: f64 = parts.iter().map(|(_, v)| v).sum();
    let own: Vec<(f64, f64)> = parts
        .iter()
        .filter(|(_, v)| *v > 0.0)
        .map(|(excess, v)| (excess / v, 1.0 / v))
        .collect();
    answer(
        tables,
        "peto ln odds ratio",
        excess / v,
        1.0 / v,
        &own,
        level,
    )
}

fn answer(
    tables: &[TwoByTwo],
    name: &str,
    estimate: f64,
    variance: f64,
    own: &[(f64, f64)],
    level: f64,
) -> Result<PooledCounts, Refusal> {
    if tables.is_empty() {
        return Err(Refusal::new(
            "no-studies",
            "There is no result to pool yet.",
            "Add at least one trial with its counts.",
        ));
    }
    let error = variance.sqrt();
    if !estimate.is_finite() || !error.is_finite() || error <= 0.0 {
        return Err(Refusal::new(
            "no-variation",
            "Nobody, or everybody, reached it, so there is nothing to average.",
            "Check which value counts as reached.",
        ));
    }
    let statistic = estimate / error;
    let half = critical(level, None)? * error;
    let q: f64 = own.iter().map(|(y, v)| (y - estimate).powi(2) / v).sum();
    let df = count(own.len()) - 1.0;
    Ok(PooledCounts {
        average: Estimate {
            method: name.to_owned(),
            term: "average".to_owned(),
            estimate,
            standard_error: Some(error),
            statistic: Some(statistic),
            df: None,
            p_value: Some(two_sided_p(statistic, None)?),
            interval: Some(Interval {
                level,
                lower: estimate - half,
                upper: estimate + half,
            }),
            primary: true,
            note: None,
        },
        q: Cochran {
            statistic: q,
            df,
            p_value: if df > 0.0 { chi2_upper(q, df)? } else { 1.0 },
        },
        i2: if q > df { 100.0 * (q - df) / q } else { 0.0 },
    })
}
