//! The inverse-variance weighted average, for any variance between places.
//!
//! Who may call this: the estimators of this folder. What must stay true: sums run over data that
//! [`super::soundness`] has sorted, so that the order in which studies are given changes no digit.

/// One effect `y` with its sampling variance `v`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Datum {
    /// The effect.
    pub y: f64,
    /// Its sampling variance.
    pub v: f64,
}

/// `μ = Σ w y / Σ w` with `w = 1 / (v + τ²)`, and the sums that go with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Average {
    /// μ.
    pub mean: f64,
    /// Σ w; the average's variance is its inverse.
    pub sum_w: f64,
    /// `Σ w − Σ w² / Σ w`, without cancellation: twice the sum over pairs of w w', over Σ w.
    pub spread: f64,
    /// `Σ w (y − μ)²`.
    pub q: f64,
    /// `Σ w² (y − μ)²`.
    pub q2: f64,
}

/// The weighted average of `data` when places differ by the variance `tau2`.
pub(super) fn average(data: &[Datum], tau2: f64) -> Average {
    // From the first effect on: equal effects, and one alone, keep every digit.
    let origin = data.first().map_or(0.0, |d| d.y);
    let (mut sum_w, mut sum_wy, mut pairs) = (0.0, 0.0, 0.0);
    for d in data {
        let w = 1.0 / (d.v + tau2);
        pairs += w * sum_w;
        sum_w += w;
        sum_wy += w * (d.y - origin);
    }
    let mean = origin + sum_wy / sum_w;
    let (mut q, mut q2) = (0.0, 0.0);
    for d in data {
        let w = 1.0 / (d.v + tau2);
        let residual = w * (d.y - mean);
        q += residual * (d.y - mean);
        q2 += residual * residual;
    }
    Average {
        mean,
        sum_w,
        spread: 2.0 * pairs / sum_w,
        q,
        q2,
    }
}
