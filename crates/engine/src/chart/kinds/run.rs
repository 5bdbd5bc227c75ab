//! Run chart: the values about their median, without limits.
//!
//! Judged by the length of runs and the number of crossings alone (Anhøj & Olesen 2014, *PLoS ONE*
//! 9:e113825); see [`crate::chart::rules::runs`]. Held to `reference/spc.json`: `…_runchart`, `…_qic_run`.

use crate::count::count;

/// The middle value, or the mean of the two in the middle; None without values.
///
/// ```
/// use difference_engine::chart::kinds::run::median;
/// assert_eq!(median(&[3.0, 1.0, 2.0, 10.0]), Some(2.5));
/// ```
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let upper = *sorted.get(n / 2)?;
    if n % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(n / 2 - 1)?;
    Some(lower + (upper - lower) / 2.0)
}

/// Arithmetic mean; None without values.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    let origin = *values.first()?;
    let sum: f64 = values.iter().map(|v| v - origin).sum();
    Some(origin + sum / count(values.len()))
}
