//! Weighted least squares with one weight for each result, where moments start from.
//!
//! Who may call this: the two working models of robust variance estimation.

use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{Mat, Side};

use super::clusters::{Cluster, Clusters};
use super::sandwich::out_of_range;
use crate::refusal::Refusal;

/// A first fit.
pub(super) struct Moments {
    /// `(X'WX)⁻¹`.
    pub m: Mat<f64>,
    /// Coefficients of Z.
    pub gamma: Vec<f64>,
}

impl Moments {
    /// The fit with a weight for each place and sampling variance.
    pub fn new(
        clusters: &Clusters,
        weight: impl Fn(&Cluster, f64) -> f64,
    ) -> Result<Self, Refusal> {
        let p = clusters.p();
        let mut squares = Mat::<f64>::zeros(p, p);
        let mut right = Mat::<f64>::zeros(p, 1);
        for place in &clusters.places {
            for (v, z, y) in place.rows() {
                let w = weight(place, v);
                gram(&mut squares, w, z, z);
                gram(&mut right, w, z, &[y]);
            }
        }
        let cholesky = squares.llt(Side::Lower).map_err(|_| out_of_range())?;
        let gamma = cholesky.solve(&right);
        Ok(Self {
            m: cholesky.inverse(),
            gamma: gamma.col(0).iter().copied().collect(),
        })
    }
}

/// Adds `w a b'`.
pub(super) fn gram(sum: &mut Mat<f64>, w: f64, a: &[f64], b: &[f64]) {
    for (column, b) in sum.col_iter_mut().zip(b) {
        for (sum, a) in column.iter_mut().zip(a) {
            *sum += w * a * b;
        }
    }
}
