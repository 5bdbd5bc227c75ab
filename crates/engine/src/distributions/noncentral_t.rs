//! The noncentral t distribution, for intervals of standardised differences and for power.

use std::f64::consts::PI;

use super::incomplete::{gamma_regularised, stirling_error};
use super::normal::{normal_quantile, upper_normal};
use super::student::NEARLY_NORMAL;
use super::{Answer, degrees, finite, probability};

/// P(T ≤ t) and P(T > t) of the noncentral t: T = (Z + δ)/√(χ²_ν/ν).
///
/// Both are integrals of smooth functions that fall off at both ends, for which the trapezoidal
/// rule converges faster than any power of its step. AS 243 (Lenth 1989) sums a series that needs
/// ever more terms, and gives out past δ ≈ 37; this does not.
fn noncentral_t_parts(t: f64, df: f64, delta: f64) -> (f64, f64) {
    if df > NEARLY_NORMAL {
        // Johnson & Welch 1940: (t(1 − 1/4ν) − δ)/√(1 + t²/2ν).
        let x = (t * (1.0 - 0.25 / df) - delta) / (1.0 + t * t / (2.0 * df)).sqrt();
        return (upper_normal(-x), upper_normal(x));
    }
    if t < 0.0 {
        let (lower, upper) = noncentral_t_parts(-t, df, -delta);
        return (upper, lower);
    }
    if delta > 40.0 && t * t > 2.0 * df {
        // Over z, given which T ≤ t is a tail of χ²; the part beyond −δ is nothing here.
        let step = 0.125;
        let mut lower: f64 = 0.0;
        let mut upper: f64 = 0.0;
        let mut z: f64 = -9.0;
        while z <= 9.0 {
            let weight = (-0.5 * z * z).exp() / (2.0 * PI).sqrt() * step;
            let edge = (z + delta) / t;
            let (below, above) = gamma_regularised(0.5 * df, 0.5 * df * edge * edge);
            lower += weight * above;
            upper += weight * below;
            z += step;
        }
        return (lower.min(1.0), upper.min(1.0));
    }
    // Over u = ln √(χ²_ν/ν), given which T ≤ t is a normal tail.
    let log_factor = (2.0_f64).ln() + 0.5 * (0.25 * df / PI).ln() - stirling_error(0.5 * df);
    let weight = |u: f64| {
        // u − (e^2u − 1)/2, by its series where it would cancel.
        let body = if u.abs() < 1e-2 {
            let w = 2.0 * u;
            -0.5 * w
                * w
                * (0.5 + w * (1.0 / 6.0 + w * (1.0 / 24.0 + w * (1.0 / 120.0 + w / 720.0))))
        } else {
            u - 0.5 * (2.0 * u).exp_m1()
        };
        log_factor + df * body
    };
    let spread = (2.0 * df).sqrt();
    let step = 0.3
        / (2.0 * df + t * t.min(4.0 * delta * delta + 100.0))
            .sqrt()
            .max(2.0);
    let mut lower: f64 = 0.0;
    let mut upper: f64 = 0.0;
    let mut largest = f64::NEG_INFINITY;
    // Left from the peak, then right, until the weight is nothing.
    for direction in [-1.0, 1.0] {
        let mut u = if direction < 0.0 { 0.0 } else { step };
        loop {
            let log_weight = weight(u);
            largest = largest.max(log_weight);
            if log_weight < largest - 745.0 || (log_weight < -80.0 && u.abs() > 12.0 / spread) {
                break;
            }
            let x = t * u.exp() - delta;
            let w = log_weight.exp() * step;
            // The smaller tail, and what it leaves: as good as both, at half the price.
            let tail = upper_normal(x.abs());
            let (below, above) = if x > 0.0 {
                (1.0 - tail, tail)
            } else {
                (tail, 1.0 - tail)
            };
            lower += w * below;
            upper += w * above;
            u += direction * step;
        }
    }
    (lower.min(1.0), upper.min(1.0))
}

/// P(T ≤ t) of the noncentral t with `df` degrees of freedom and noncentrality `delta`.
///
/// # Errors
/// When `t` or `delta` is not finite or `df` is not above 0.
pub fn noncentral_t_cdf(t: f64, df: f64, delta: f64) -> Answer {
    let t = finite("noncentral_t_cdf", "t", t)?;
    let delta = finite("noncentral_t_cdf", "delta", delta)?;
    Ok(noncentral_t_parts(t, degrees("noncentral_t_cdf", "df", df)?, delta).0)
}

/// P(T > t) of the noncentral t.
///
/// # Errors
/// When `t` or `delta` is not finite or `df` is not above 0.
pub fn noncentral_t_upper(t: f64, df: f64, delta: f64) -> Answer {
    let t = finite("noncentral_t_upper", "t", t)?;
    let delta = finite("noncentral_t_upper", "delta", delta)?;
    Ok(noncentral_t_parts(t, degrees("noncentral_t_upper", "df", df)?, delta).1)
}

/// The noncentrality δ for which P(T ≤ t) = p: the limits of Cumming & Finch (2001) are those at
/// p = 0.975 (lower) and 0.025 (upper).
///
/// # Errors
/// When p is not strictly between 0 and 1, `t` is not finite, or `df` is not above 0.
pub fn noncentrality(t: f64, df: f64, p: f64) -> Answer {
    const NAME: &str = "noncentrality";
    let p = probability(NAME, p)?;
    let t = finite(NAME, "t", t)?;
    let df = degrees(NAME, "df", df)?;
    let z = normal_quantile(p)?;
    // The probit of the probability falls in δ, nearly straight: a bracket around the normal
    // approximation, then regula falsi with Illinois steps.
    let probit = |delta: f64| -> f64 {
        let (lower, upper) = noncentral_t_parts(t, df, delta);
        let beyond = |tail: f64| normal_quantile(tail.max(1e-300)).unwrap_or(0.0);
        if lower < 0.5 {
            beyond(lower) - z
        } else {
            -beyond(upper) - z
        }
    };
    let mut step = (1.0 + t * t / (2.0 * df)).sqrt();
    let mut low = t - z * step;
    let mut high = low;
    let mut at_low = probit(low);
    let mut at_high = at_low;
    while at_low < 0.0 && step < 1e300 {
        (high, at_high) = (low, at_low);
        low -= step;
        at_low = probit(low);
        step *= 2.0;
    }
    while at_high > 0.0 && step < 1e300 {
        (low, at_low) = (high, at_high);
        high += step;
        at_high = probit(high);
        step *= 2.0;
    }
    for _ in 0..200 {
        if at_low == 0.0 || high - low <= 1e-15 * (low.abs() + high.abs()) {
            return finite(NAME, "t", low);
        }
        if at_high == 0.0 {
            return finite(NAME, "t", high);
        }
        let straight = low + (high - low) * at_low / (at_low - at_high);
        let middle = if straight > low && straight < high {
            straight
        } else {
            0.5 * (low + high)
        };
        if middle <= low || middle >= high {
            break;
        }
        let here = probit(middle);
        // Illinois: the end that stays counts half next time, so that both ends close in.
        if here > 0.0 {
            (low, at_low) = (middle, here);
            at_high *= 0.5;
        } else {
            (high, at_high) = (middle, here);
            at_low *= 0.5;
        }
        if here.abs() < 1e-14 {
            return finite(NAME, "t", middle);
        }
    }
    finite(NAME, "t", 0.5 * (low + high))
}
