//! Kenward & Roger's standard errors and degrees of freedom: what the variances' own uncertainty costs the coefficients.
//!
//! Who may call this: whoever tests a coefficient of a model fitted by restricted maximum likelihood. What must stay true: the
//! expected information, in the variances and covariances themselves (linear in `V`), as in pbkrtest; from the same sums as the fit.
//!
//! With `Φ = σ²(X'V⁻¹X)⁻¹` and `W = 2[tr(PG_iPG_j)]⁻¹`: `Φ_A = Φ + 2Φ{Σ W_ij(Q_ij − P_iΦP_j)}Φ`, and for one contrast the degrees of
//! freedom are `2/A`, `A = Σ W_ij (c'ΦP_iΦc)(c'ΦP_jΦc)/(c'Φc)²`. Kenward, M. G. & Roger, J. H. (1997). Small sample inference for fixed
//! effects from restricted maximum likelihood. *Biometrics* 53(3), 983–997; Halekoh, U. & Højsgaard, S. (2014). pbkrtest. *Journal of
//! Statistical Software* 59(9).

use faer::Mat;
use faer::linalg::solvers::DenseSolveCore;

use super::{Likelihood, Mixed};
use crate::least_squares::Term;
use crate::matrix::eigen;

/// A coefficient's adjusted uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KenwardRoger {
    /// Adjusted standard error, in outcome units for each unit of the column.
    pub standard_error: f64,
    /// Degrees of freedom of its t.
    pub df: f64,
}

impl Mixed {
    /// Kenward & Roger's standard error and degrees of freedom of a coefficient; None for a model by full maximum likelihood, and
    /// where the variances can't be told apart at all.
    ///
    /// Checked against pbkrtest in `reference/mixed_models.json` (`exam_ri_REML`, `exam_rs_REML`).
    #[must_use]
    pub fn kenward_roger(&self, term: Term) -> Option<KenwardRoger> {
        if self.likelihood() != Likelihood::Restricted {
            return None;
        }
        let contrast = self.start.contrast(term)?;
        let spread = self.spread(&contrast);
        let direction = self.direction(&contrast);
        let info = self.information();
        // The residual variance's own matrix is I = V − Σ D_iG_i, so that PVP = P gives its traces and forms from the others'.
        let values = &info.values;
        let forms = info.forms(&direction);
        let own = spread - weigh(&forms, values);
        let forms: Vec<f64> = std::iter::once(own).chain(forms).collect();
        let pairs = info.pairs(&direction);
        let pairs = bordered(&pairs, values, |_| 0.0, 0.0);
        let traces = bordered(
            &info.second,
            values,
            |i| info.first.get(i).copied().unwrap_or_default(),
            self.sums.n - self.sums.coefficients - 2.0 * weigh(&info.first, values),
        );
        let inverse = inverted(&traces)?;
        let (mut bias, mut a) = (0.0, 0.0);
        for (i, one) in forms.iter().enumerate() {
            for (j, other) in forms.iter().enumerate() {
                bias += inverse.get(i, j) * pairs.get(i, j);
                a += 2.0 * inverse.get(i, j) * one * other;
            }
        }
        a /= spread * spread;
        let answer = KenwardRoger {
            standard_error: (self.within * (spread + 4.0 * bias)).sqrt(),
            df: 2.0 / a,
        };
        (answer.standard_error.is_finite() && answer.df.is_finite() && answer.df > 0.0)
            .then_some(answer)
    }
}

fn weigh(a: &[f64], values: &[f64]) -> f64 {
    crate::matrix::dot(a, values)
}

/// The same with a row and a column in front for the residual variance: `x_0j = linear_j − Σ D_i x_ij`,
/// `x_00 = constant + Σ D_iD_j x_ij`.
fn bordered(
    inner: &Mat<f64>,
    values: &[f64],
    linear: impl Fn(usize) -> f64,
    constant: f64,
) -> Mat<f64> {
    let through: Vec<f64> = (inner.col_iter())
        .map(|column| column.iter().zip(values).map(|(x, d)| x * d).sum())
        .collect();
    let at = |i: usize| linear(i) - through.get(i).copied().unwrap_or_default();
    Mat::from_fn(inner.nrows() + 1, inner.ncols() + 1, |i, j| {
        match (i.checked_sub(1), j.checked_sub(1)) {
            (None, None) => constant + weigh(&through, values),
            (Some(one), None) | (None, Some(one)) => at(one),
            (Some(i), Some(j)) => *inner.get(i, j),
        }
    })
}

/// The inverse, in units in which the diagonal is 1; None where something can't be told from the rest.
fn inverted(traces: &Mat<f64>) -> Option<Mat<f64>> {
    let size = traces.nrows();
    let unit: Vec<f64> = (0..size).map(|i| 1.0 / traces.get(i, i).sqrt()).collect();
    let by = |i: usize| unit.get(i).copied().unwrap_or_default();
    let scaled = Mat::from_fn(size, size, |i, j| {
        0.5 * (traces.get(i, j) + traces.get(j, i)) * by(i) * by(j)
    });
    let (_, values) = eigen(&scaled).ok()?;
    if values.iter().any(|value| value.is_nan() || *value < 1e-12) {
        return None;
    }
    let inverse = scaled.partial_piv_lu().inverse();
    Some(Mat::from_fn(size, size, |i, j| {
        inverse.get(i, j) * by(i) * by(j)
    }))
}
