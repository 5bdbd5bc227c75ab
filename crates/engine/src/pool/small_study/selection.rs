//! The three-parameter selection model: results that are not clearly above nothing are reported less.
//!
//! Vevea & Hedges (1995), *Psychometrika* 60:419, with one step at the one-sided p of 0.025: a result with
//! `y < c = z₀.₉₇₅ √v` is reported δ times as often as one above. With `s = v + τ²` and
//! `U = Φ((μ − c)/√s)`, a result's log-likelihood is
//! `ln(δ where y < c) − ½ ln s − (y − μ)²/(2s) − ln(δ + (1 − δ)U)`. Newton's steps with the exact gradient
//! and Hessian find its top over μ, τ² ≥ 0 and δ > 0; standard errors are from the Hessian there. With few
//! results δ is hardly known, which its standard error says. Reference: `bangert_selmodel_step` of
//! `meta_education.json`.

use serde::{Deserialize, Serialize};

use super::super::average::{Datum, average};
use super::super::maximum_likelihood;
use super::super::model::Constant;
use crate::distributions::{OutOfDomain, chi2_upper, normal_cdf, normal_density, normal_quantile};

/// Newton's steps before the model is given up.
const STEPS: u32 = 200;
/// Beyond these δ says "never" or "only".
const DELTA: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

/// The model's answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// The average over all results, reported or not.
    pub estimate: f64,
    /// Its standard error; None at a boundary.
    pub standard_error: Option<f64>,
    /// Variance between places.
    pub tau2: f64,
    /// How often a result with one-sided p above 0.025 is reported, beside one below.
    pub delta: f64,
    /// Its standard error; None at a boundary.
    pub delta_standard_error: Option<f64>,
    /// Likelihood ratio against δ = 1, χ² with one degree of freedom.
    pub likelihood_ratio: f64,
    /// Its upper tail.
    pub p_value: f64,
}

/// Value, gradient and Hessian of the log-likelihood over (μ, τ², δ).
struct Height {
    value: f64,
    gradient: [f64; 3],
    hessian: [[f64; 3]; 3],
}

/// The model for sorted data; None where every result lies on one side of the step, or no top is found.
pub(super) fn three_parameters(
    data: &[Datum],
    level: f64,
) -> Result<Option<Selection>, OutOfDomain> {
    let step = normal_quantile(0.5 + 0.5 * level)?;
    let clear = data.iter().filter(|d| d.y >= step * d.v.sqrt()).count();
    if data.len() < 4 || clear == 0 || clear == data.len() {
        return Ok(None);
    }
    let tau2 = maximum_likelihood::tau2(&Constant(data));
    let without = [average(data, tau2).mean, tau2, 1.0];
    let start = height(data, step, without)?;
    let mut at = without;
    let mut here = height(data, step, at)?;
    for _ in 0..STEPS {
        let held = at[1] <= 0.0 && here.gradient[1] <= 0.0;
        let Some(change) = ascent(&here, held) else {
            return Ok(None);
        };
        let mut scale = 1.0;
        let mut moved = None;
        while scale > 1e-12 {
            let next = [
                at[0] + scale * change[0],
                (at[1] + scale * change[1]).max(0.0),
                at[2] + scale * change[2],
            ];
            if DELTA.contains(&next[2]) {
                let there = height(data, step, next)?;
                if there.value.is_finite() && there.value > here.value {
                    moved = Some((next, there));
                    break;
                }
            }
            scale *= 0.5;
        }
        let Some((next, there)) = moved else { break };
        let gained = there.value - here.value;
        (at, here) = (next, there);
        if gained <= 1e-14 * (1.0 + here.value.abs()) {
            break;
        }
    }
    let held = at[1] <= 0.0;
    let variances = variances(&here, held);
    let likelihood_ratio = (2.0 * (here.value - start.value)).max(0.0);
    Ok(Some(Selection {
        estimate: at[0],
        standard_error: variances.map(|v| v[0].sqrt()).filter(|s| s.is_finite()),
        tau2: at[1],
        delta: at[2],
        delta_standard_error: variances.map(|v| v[1].sqrt()).filter(|s| s.is_finite()),
        likelihood_ratio,
        p_value: chi2_upper(likelihood_ratio, 1.0)?,
    }))
}

fn height(data: &[Datum], step: f64, [mu, tau2, delta]: [f64; 3]) -> Result<Height, OutOfDomain> {
    let mut sum = Height {
        value: 0.0,
        gradient: [0.0; 3],
        hessian: [[0.0; 3]; 3],
    };
    for d in data {
        let s = d.v + tau2;
        let cut = step * d.v.sqrt();
        let h = (mu - cut) / s.sqrt();
        let (u, phi) = (normal_cdf(h)?, normal_density(h)?);
        let r = d.y - mu;
        let rare = d.y < cut;
        let a = delta + (1.0 - delta) * u;
        // U's derivatives by μ and s.
        let u_m = phi / s.sqrt();
        let u_s = -h * phi / (2.0 * s);
        let u_mm = -h * phi / s;
        let u_ms = (h * h - 1.0) * phi / (2.0 * s.powf(1.5));
        let u_ss = (3.0 * h - h.powi(3)) * phi / (4.0 * s * s);
        let one = 1.0 - delta;
        let first = [one * u_m, one * u_s, 1.0 - u];
        let second = [
            [one * u_mm, one * u_ms, -u_m],
            [one * u_ms, one * u_ss, -u_s],
            [-u_m, -u_s, 0.0],
        ];
        let reported = if rare { 1.0 / delta } else { 0.0 };
        sum.value +=
            if rare { delta.ln() } else { 0.0 } - 0.5 * s.ln() - r * r / (2.0 * s) - a.ln();
        let plain = [r / s, -0.5 / s + r * r / (2.0 * s * s), reported];
        let plain2 = [
            [-1.0 / s, -r / (s * s), 0.0],
            [-r / (s * s), 0.5 / (s * s) - r * r / s.powi(3), 0.0],
            [0.0, 0.0, -reported * reported],
        ];
        let rows = sum.hessian.iter_mut().zip(plain2).zip(second).zip(first);
        for (((row, plain), second), by_i) in rows {
            let cells = row.iter_mut().zip(plain).zip(second).zip(first);
            for (((cell, plain), second), by_j) in cells {
                *cell += plain - second / a + by_i * by_j / (a * a);
            }
        }
        for ((cell, plain), by) in sum.gradient.iter_mut().zip(plain).zip(first) {
            *cell += plain - by / a;
        }
    }
    Ok(sum)
}

/// Newton's step uphill; `held` keeps τ² at its boundary. Where the top is not in sight the Hessian is
/// bent until it is.
fn ascent(here: &Height, held: bool) -> Option<[f64; 3]> {
    let size = here
        .hessian
        .iter()
        .flatten()
        .fold(1.0_f64, |m, x| m.max(x.abs()));
    let mut bend = 0.0;
    for _ in 0..60 {
        if let Some(inverse) = negative_inverse(&here.hessian, held, bend) {
            let mut change = [0.0; 3];
            for (to, row) in change.iter_mut().zip(inverse) {
                *to = row.iter().zip(here.gradient).map(|(a, b)| a * b).sum();
            }
            return Some(change);
        }
        bend = if bend == 0.0 { 1e-6 * size } else { 4.0 * bend };
    }
    None
}

/// Variances of μ and δ.
fn variances(here: &Height, held: bool) -> Option<[f64; 2]> {
    let [[mu, ..], _, [.., delta]] = negative_inverse(&here.hessian, held, 0.0)?;
    Some([mu, delta])
}

/// `(bend I − H)⁻¹` by Cholesky; None where it is not positive definite. `held` leaves τ² out.
fn negative_inverse(hessian: &[[f64; 3]; 3], held: bool, bend: f64) -> Option<[[f64; 3]; 3]> {
    let [[a, b, c], [_, d, e], [.., f]] = *hessian;
    let (a, d, f) = (bend - a, bend - d, bend - f);
    let (b, c, e) = (-b, -c, -e);
    let (b, d, e) = if held { (0.0, 1.0, 0.0) } else { (b, d, e) };
    let minor = a * d - b * b;
    let determinant = a * (d * f - e * e) - b * (b * f - c * e) + c * (b * e - c * d);
    if !(a > 0.0 && minor > 0.0 && determinant > 0.0) {
        return None;
    }
    let tau2 = if held { 0.0 } else { 1.0 };
    Some([
        [
            (d * f - e * e) / determinant,
            (c * e - b * f) / determinant,
            (b * e - c * d) / determinant,
        ],
        [
            (c * e - b * f) / determinant,
            tau2 * (a * f - c * c) / determinant,
            (b * c - a * e) / determinant,
        ],
        [
            (b * e - c * d) / determinant,
            (b * c - a * e) / determinant,
            minor / determinant,
        ],
    ])
}
