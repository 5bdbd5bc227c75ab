//! u chart: a rate for a denominator that a count may exceed, such as accidents per 1,000 pupil-days.
//!
//! ū = Σx / Σn, σᵢ = √(ū / nᵢ), limits ū ± 3 σᵢ, not below 0 (Shewhart 1931). It rests on events that
//! come independently, as Poisson's do. Held to `reference/spc.json`: `cdi_u`, `cdi_qic_u`,
//! `complaints_u`, `infections_AHH_u`.

/// ū: all events over all of the denominators.
#[must_use]
pub fn centre(counts: &[f64], denominators: &[f64]) -> f64 {
    super::p::centre(counts, denominators)
}

/// σᵢ of the rate over `n`.
///
/// ```
/// assert_eq!(difference_engine::chart::kinds::u::sigma(0.04, 4.0), 0.1);
/// ```
#[must_use]
pub fn sigma(centre: f64, n: f64) -> f64 {
    (centre / n).max(0.0).sqrt()
}

/// zᵢ = (xᵢ/nᵢ − ū) / σᵢ.
#[must_use]
pub fn standardised(counts: &[f64], denominators: &[f64], centre: f64) -> Vec<f64> {
    counts
        .iter()
        .zip(denominators)
        .map(|(x, n)| {
            let sigma = sigma(centre, *n);
            if sigma > 0.0 {
                (x / n - centre) / sigma
            } else {
                0.0
            }
        })
        .collect()
}
