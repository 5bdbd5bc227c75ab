//! The standard normal distribution.

use std::f64::consts::{PI, SQRT_2};

use libm::erfc;
use statrs::function::erf::erfc_inv;

use super::{Answer, number, probability};

pub(super) fn upper_normal(x: f64) -> f64 {
    0.5 * erfc(x / SQRT_2)
}

/// Density of the standard normal distribution.
///
/// # Errors
/// When `x` is not a number.
pub fn normal_density(x: f64) -> Answer {
    let x = number("normal_density", "x", x)?;
    Ok((-0.5 * x * x).exp() / (2.0 * PI).sqrt())
}

/// P(Z ≤ x).
///
/// # Errors
/// When `x` is not a number.
pub fn normal_cdf(x: f64) -> Answer {
    Ok(upper_normal(-number("normal_cdf", "x", x)?))
}

/// P(Z > x).
///
/// # Errors
/// When `x` is not a number.
pub fn normal_upper(x: f64) -> Answer {
    Ok(upper_normal(number("normal_upper", "x", x)?))
}

/// The x with P(Z ≤ x) = p.
///
/// # Errors
/// When p is not strictly between 0 and 1.
pub fn normal_quantile(p: f64) -> Answer {
    let p = probability("normal_quantile", p)?;
    let tail = p.min(1.0 - p);
    // Distance of the quantile from 0, then Newton on the tail, which keeps its digits.
    let mut x = SQRT_2 * erfc_inv(2.0 * tail);
    for _ in 0..3 {
        let density = (-0.5 * x * x).exp() / (2.0 * PI).sqrt();
        if density == 0.0 {
            break;
        }
        let step = (upper_normal(x) - tail) / density;
        // Halley's correction: the density's slope is −x·density.
        x += step / (1.0 - 0.5 * x * step);
    }
    Ok(if p < 0.5 { -x } else { x })
}
