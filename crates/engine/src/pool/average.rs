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

/// Sums that are kept apart, so that no step of a long pool waits for the one before it.
const LANES: usize = 4;

/// The weighted average of `data` when places differ by the variance `tau2`.
pub(super) fn average(data: &[Datum], tau2: f64) -> Average {
    // From the first effect on: equal effects, and one alone, keep every digit.
    let origin = data.first().map_or(0.0, |d| d.y);
    let (fours, rest) = data.as_chunks::<LANES>();
    let (mut sums, mut moments, mut within) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    for four in fours {
        let lanes = sums.iter_mut().zip(&mut moments).zip(&mut within);
        for (d, ((sum_w, sum_wy), pairs)) in four.iter().zip(lanes) {
            let w = 1.0 / (d.v + tau2);
            *pairs += w * *sum_w;
            *sum_w += w;
            *sum_wy += w * (d.y - origin);
        }
    }
    let (mut sum_w, mut sum_wy, mut pairs) = (0.0, 0.0, 0.0);
    for ((sum, moment), inside) in sums.iter().zip(&moments).zip(&within) {
        // Pairs of one lane, then those of it with every lane before.
        pairs += inside + sum * sum_w;
        sum_w += sum;
        sum_wy += moment;
    }
    for d in rest {
        let w = 1.0 / (d.v + tau2);
        pairs += w * sum_w;
        sum_w += w;
        sum_wy += w * (d.y - origin);
    }
    let mean = origin + sum_wy / sum_w;
    let (mut qs, mut q2s) = ([0.0; LANES], [0.0; LANES]);
    for four in fours {
        for (d, (q, q2)) in four.iter().zip(qs.iter_mut().zip(&mut q2s)) {
            let residual = (d.y - mean) / (d.v + tau2);
            *q += residual * (d.y - mean);
            *q2 += residual * residual;
        }
    }
    let (mut q, mut q2) = (qs.iter().sum::<f64>(), q2s.iter().sum::<f64>());
    for d in rest {
        let residual = (d.y - mean) / (d.v + tau2);
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
