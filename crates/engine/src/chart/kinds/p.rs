//! p chart: a share of a denominator, such as pupils present of pupils on roll.
//!
//! p̄ = Σx / Σn, σᵢ = √(p̄(1 − p̄) / nᵢ), limits p̄ ± 3 σᵢ, kept between 0 and 1 (Shewhart 1931). It
//! rests on pupils (or half-days) that come and go independently; where denominators are large they
//! don't, and [`super::p_prime`] is the honest chart. Held to `reference/spc.json`: `nhs_p`, `nhs_qic_p`.

/// p̄: all that were counted over all that could be.
#[must_use]
pub fn centre(counts: &[f64], denominators: &[f64]) -> f64 {
    counts.iter().sum::<f64>() / denominators.iter().sum::<f64>()
}

/// σᵢ of the share of `n`.
///
/// ```
/// assert_eq!(difference_engine::chart::kinds::p::sigma(0.5, 100.0), 0.05);
/// ```
#[must_use]
pub fn sigma(centre: f64, n: f64) -> f64 {
    (centre * (1.0 - centre) / n).max(0.0).sqrt()
}

/// zᵢ = (xᵢ/nᵢ − p̄) / σᵢ.
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
