//! Hierarchical effects ("HIER"): the results of a place differ truly by ω², places by τ², and sampling errors are
//! independent.
//!
//! Who may call this: this folder. What must stay true: both variances come from moments, ω² first; whichever comes out
//! below zero is none, as robumeta has it.
//!
//! With `W = diag(1/v)`, `R = I − X(X'WX)⁻¹X'W`, `e = Ry`, the two sums of squares `e'Je` (J of ones within each place) and
//! `e'We` have expectations that are linear in τ² and ω².
//!
//! Hedges, L. V., Tipton, E. & Johnson, M. C. (2010). *Research Synthesis Methods* 1(1), 39–65. Reference:
//! `dropout_robu_HIER` of `meta_multilevel.json` (robumeta).

use faer::Mat;

use super::clusters::{Cluster, Clusters};
use super::moments::{Moments, gram};
use super::sandwich::out_of_range;
use crate::count::count;
use crate::matrix::{dot, trace};
use crate::refusal::Refusal;

/// τ² between places and ω² within them, by moments.
pub(super) fn hierarchical(clusters: &Clusters) -> Result<[f64; 2], Refusal> {
    let start = Moments::new(clusters, |_, v| 1.0 / v)?;
    let m = &start.m;
    let p = clusters.p();
    let square = || Mat::<f64>::zeros(p, p);
    let (mut xjx, mut xwjx, mut xwjjx, mut xwwx, mut xwjwx) =
        (square(), square(), square(), square(), square());
    let (mut e_j_e, mut e_w_e, mut noise, mut mass, mut pairs) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for place in &clusters.places {
        let k = count(place.k());
        let (mut sum, mut weighted, mut off) = (vec![0.0; p], vec![0.0; p], 0.0);
        for (v, z, y) in place.rows() {
            let w = 1.0 / v;
            let e = y - dot(z, &start.gamma);
            off += e;
            e_w_e += w * e * e;
            noise += v;
            mass += w;
            gram(&mut xwwx, w * w, z, z);
            for ((sum, weighted), z) in sum.iter_mut().zip(&mut weighted).zip(z) {
                *sum += z;
                *weighted += w * z;
            }
        }
        e_j_e += off * off;
        pairs += k * k;
        gram(&mut xjx, 1.0, &sum, &sum);
        gram(&mut xwjx, 1.0, &weighted, &sum);
        gram(&mut xwjjx, k, &weighted, &sum);
        gram(&mut xwjwx, 1.0, &weighted, &weighted);
    }
    let k = count(clusters.k);
    let first = m * &xjx * m;
    // Expectations of e'Je and e'We: what sampling gives, what τ² and what ω² add.
    let by_j = [
        noise - trace(&(m * &xjx)),
        pairs - 2.0 * trace(&(m * &xwjjx)) + trace(&(&first * &xwjwx)),
        k - 2.0 * trace(&(m * &xwjx)) + trace(&(&first * &xwwx)),
    ];
    let by_w = [
        k - count(p),
        mass - trace(&(m * &xwjwx)),
        mass - trace(&(m * &xwwx)),
    ];
    let (q_j, q_w) = (e_j_e - by_j[0], e_w_e - by_w[0]);
    let (cross, back) = (by_j[2] * by_w[1], by_w[2] * by_j[1]);
    if (cross - back).abs() <= 1e-12 * cross.abs().max(back.abs()) {
        return Err(Refusal::new(
            "levels-not-told-apart",
            "No place has results enough for differences within places to be told from those between them.",
            "Leave out --working hier, or pool places that report more than one result.",
        ));
    }
    let omega2 = ((q_j * by_w[1] - q_w * by_j[1]) / (cross - back)).max(0.0);
    let tau2 = ((q_w - omega2 * by_w[2]) / by_w[1]).max(0.0);
    if tau2.is_finite() && omega2.is_finite() {
        Ok([tau2, omega2])
    } else {
        Err(out_of_range())
    }
}

/// The working covariance of a place: `diag(v + τ² + ω²)`.
pub(super) fn working(place: &Cluster, [tau2, omega2]: [f64; 2]) -> Mat<f64> {
    let v: Vec<f64> = place.rows().map(|(v, _, _)| v).collect();
    Mat::from_fn(v.len(), v.len(), |i, j| {
        if i == j {
            v.get(i).copied().unwrap_or_default() + tau2 + omega2
        } else {
            0.0
        }
    })
}
