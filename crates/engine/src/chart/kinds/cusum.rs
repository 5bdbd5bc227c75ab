//! CUSUM: sums of what is above and below the average, so that a small lasting step adds up.
//!
//! With zᵢ = (xᵢ − μ) / σ: C⁺ᵢ = max(0, C⁺ᵢ₋₁ + zᵢ − k) and C⁻ᵢ = max(0, C⁻ᵢ₋₁ − zᵢ − k); a sum above h is
//! a signal (Page 1954, *Biometrika* 41:100). k = ½ and h = 5 find a step of one standard deviation soon
//! and give a false alarm about every 465 points. σ = mR̄ / 1.128. Held to `reference/spc.json`: `…_cusum`.

/// Reference value, in standard deviations: half the step to be found.
pub const K: f64 = 0.5;
/// Decision interval, in standard deviations.
pub const H: f64 = 5.0;

/// (C⁺, C⁻) after each value. Where σ is 0, a value off the average steps past `h` at once.
///
/// ```
/// use difference_engine::chart::kinds::cusum::{H, K, cusum};
/// let sums = cusum(&[1.0, 1.0, -1.0], 0.0, 1.0, K, H);
/// assert_eq!(sums, [(0.5, 0.0), (1.0, 0.0), (0.0, 0.5)]);
/// ```
#[must_use]
pub fn cusum(values: &[f64], centre: f64, sigma: f64, k: f64, h: f64) -> Vec<(f64, f64)> {
    let (mut above, mut below) = (0.0_f64, 0.0_f64);
    values
        .iter()
        .map(|value| {
            let apart = value - centre;
            let z = if sigma > 0.0 {
                apart / sigma
            } else if apart == 0.0 {
                0.0
            } else {
                (h + k + 1.0).copysign(apart)
            };
            above = (above + z - k).max(0.0);
            below = (below - z - k).max(0.0);
            (above, below)
        })
        .collect()
}
