//! A model of the effects with moderators: weighted least squares at any τ².
//!
//! Who may call this: [`super::meta_regression`] and the small-study methods. What must stay true: the
//! design is taken apart once (`X = ZR`, Z with orthonormal columns), so that a moderator such as a year
//! costs no digits; data and rows stand in an order of their own, so that the order in which studies
//! came changes no digit.

use std::cmp::Ordering;

use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, Side};

use super::average::Datum;
use super::model::{Curvature, Model, Sums, Unweighted};
use super::soundness::order;
use crate::count::count;
use crate::matrix::{dot, times, trace};
use crate::refusal::Refusal;

/// A column this small beside its own length, once the others are taken out, says nothing of its own.
const NOTHING_OF_ITS_OWN: f64 = 1e-9;

/// Effects, variances and the design.
#[derive(Clone, Debug)]
pub(super) struct Regression {
    data: Vec<Datum>,
    /// Orthonormal rows' parts: one vector of p numbers for each study.
    z: Vec<Vec<f64>>,
    /// `R⁻¹`, p × p.
    r_inverse: Mat<f64>,
}

/// A fit at one τ².
#[derive(Clone, Debug)]
pub(super) struct Fit {
    /// β.
    pub coefficients: Vec<f64>,
    /// Standard errors of β, for weights that are the inverse of the variances.
    pub standard_errors: Vec<f64>,
    /// `y′Py`.
    pub q: f64,
}

struct Solved {
    gram_inverse: Mat<f64>,
    log_det: f64,
    gamma: Vec<f64>,
}

impl Regression {
    /// From one row of the design for each study, the constant's 1 among them. `names` are those of the
    /// columns.
    pub fn new(data: &[Datum], rows: &[Vec<f64>], names: &[String]) -> Result<Self, Refusal> {
        let (k, p) = (data.len(), names.len());
        if k <= p {
            return Err(too_many(k, p));
        }
        let mut studies: Vec<(Datum, &Vec<f64>)> = data.iter().copied().zip(rows).collect();
        studies.sort_by(|(a, x), (b, z)| {
            order(a, b).then_with(|| {
                x.iter()
                    .zip(*z)
                    .map(|(x, z)| x.total_cmp(z))
                    .find(|o| o.is_ne())
                    .unwrap_or(Ordering::Equal)
            })
        });
        let in_order: Vec<Vec<f64>> = studies.iter().map(|(_, x)| (*x).clone()).collect();
        let (z, r_inverse) = orthonormal(&in_order, names)?;
        Ok(Self {
            data: studies.iter().map(|(d, _)| *d).collect(),
            z,
            r_inverse,
        })
    }

    /// A constant and one column.
    pub fn line(data: &[Datum], x: &[f64], name: &str) -> Result<Self, Refusal> {
        let rows: Vec<Vec<f64>> = x.iter().map(|x| vec![1.0, *x]).collect();
        Self::new(data, &rows, &["average".to_owned(), name.to_owned()])
    }

    /// β, its standard errors and `y′Py` at a τ².
    pub fn fit(&self, tau2: f64) -> Fit {
        let solved = self.solve(tau2);
        let half = &self.r_inverse * &solved.gram_inverse;
        let covariance = &half * self.r_inverse.transpose();
        let p = self.r_inverse.nrows();
        Fit {
            coefficients: times(&self.r_inverse, &solved.gamma),
            standard_errors: (0..p)
                .map(|i| covariance.get(i, i).max(0.0).sqrt())
                .collect(),
            q: self.sums(tau2, &solved).q,
        }
    }

    fn solve(&self, tau2: f64) -> Solved {
        let p = self.r_inverse.nrows();
        let mut gram = Mat::<f64>::zeros(p, p);
        let mut right = vec![0.0; p];
        for (d, z) in self.data.iter().zip(&self.z) {
            let w = 1.0 / (d.v + tau2);
            for (i, a) in z.iter().enumerate() {
                for (j, b) in z.iter().enumerate() {
                    *gram.get_mut(i, j) += w * a * b;
                }
            }
            for (sum, a) in right.iter_mut().zip(z) {
                *sum += w * a * d.y;
            }
        }
        // Positive definite since every weight is above zero and Z has full rank; where rounding says
        // otherwise the fit is worthless, and NaN makes every figure made from it a refusal.
        let (gram_inverse, log_det) = gram.llt(Side::Lower).map_or_else(
            |_| (Mat::from_fn(p, p, |_, _| f64::NAN), f64::NAN),
            |cholesky| {
                let diagonal = cholesky.L().diagonal().column_vector();
                let log_det = diagonal.iter().map(|l| 2.0 * l.ln()).sum();
                (cholesky.inverse(), log_det)
            },
        );
        Solved {
            gamma: times(&gram_inverse, &right),
            gram_inverse,
            log_det,
        }
    }

    fn sums(&self, tau2: f64, solved: &Solved) -> Sums {
        let (mut q, mut q2, mut trace_p, mut sum_w) = (0.0, 0.0, 0.0, 0.0);
        for (d, z) in self.data.iter().zip(&self.z) {
            let w = 1.0 / (d.v + tau2);
            let r = d.y - dot(z, &solved.gamma);
            let leverage = w * dot(z, &times(&solved.gram_inverse, z));
            q += w * r * r;
            q2 += (w * r).powi(2);
            trace_p += w * (1.0 - leverage);
            sum_w += w;
        }
        Sums {
            q,
            q2,
            trace: trace_p,
            sum_w,
            log_det: solved.log_det,
        }
    }
}

impl Model for Regression {
    fn data(&self) -> &[Datum] {
        &self.data
    }

    fn columns(&self) -> f64 {
        count(self.r_inverse.nrows())
    }

    fn at(&self, tau2: f64) -> Sums {
        self.sums(tau2, &self.solve(tau2))
    }

    fn curvature(&self, tau2: f64) -> Curvature {
        let solved = self.solve(tau2);
        let p = self.r_inverse.nrows();
        let (mut sum_w2, mut w2_leverage, mut wu2) = (0.0, 0.0, 0.0);
        let mut squares = Mat::<f64>::zeros(p, p);
        let mut zwu = vec![0.0; p];
        for (d, z) in self.data.iter().zip(&self.z) {
            let w = 1.0 / (d.v + tau2);
            let u = w * (d.y - dot(z, &solved.gamma));
            sum_w2 += w * w;
            w2_leverage += w.powi(3) * dot(z, &times(&solved.gram_inverse, z));
            wu2 += w * u * u;
            for (i, a) in z.iter().enumerate() {
                for (j, b) in z.iter().enumerate() {
                    *squares.get_mut(i, j) += w * w * a * b;
                }
            }
            for (sum, a) in zwu.iter_mut().zip(z) {
                *sum += w * u * a;
            }
        }
        let hat = &solved.gram_inverse * &squares;
        let hat2 = &hat * &hat;
        Curvature {
            q3: wu2 - dot(&zwu, &times(&solved.gram_inverse, &zwu)),
            trace2: sum_w2 - 2.0 * w2_leverage + trace(&hat2),
            sum_w2,
        }
    }

    fn unweighted(&self) -> Unweighted {
        let p = self.r_inverse.nrows();
        let mut gamma = vec![0.0; p];
        for (d, z) in self.data.iter().zip(&self.z) {
            for (sum, a) in gamma.iter_mut().zip(z) {
                *sum += a * d.y;
            }
        }
        let (mut squares, mut noise) = (0.0, 0.0);
        for (d, z) in self.data.iter().zip(&self.z) {
            squares += (d.y - dot(z, &gamma)).powi(2);
            noise += d.v * (1.0 - dot(z, z));
        }
        Unweighted { squares, noise }
    }
}

/// A design taken apart: `X = ZR`. The rows of Z, with orthonormal columns, and `R⁻¹`. There are more rows than
/// columns; `names` are those of the columns.
pub(super) fn orthonormal(
    rows: &[Vec<f64>],
    names: &[String],
) -> Result<(Vec<Vec<f64>>, Mat<f64>), Refusal> {
    let (k, p) = (rows.len(), names.len());
    let cell = |row: usize, column: usize| {
        rows.get(row)
            .and_then(|x| x.get(column))
            .copied()
            .unwrap_or(0.0)
    };
    let design = Mat::from_fn(k, p, cell);
    let qr = design.qr();
    let r = qr.thin_R();
    for (column, name) in names.iter().enumerate() {
        let length = (0..k)
            .map(|row| cell(row, column).powi(2))
            .sum::<f64>()
            .sqrt();
        let own = r.get(column, column).abs();
        if own.is_nan() || own <= NOTHING_OF_ITS_OWN * length || length <= 0.0 {
            return Err(Refusal::new(
                "moderators-collinear",
                format!(
                    "The moderator {name} says nothing that the average and the other moderators do not say already."
                ),
                "Leave it out, or use one that differs between results in a way of its own.",
            ));
        }
    }
    // R times its inverse, column by column from below.
    let mut r_inverse = Mat::<f64>::zeros(p, p);
    for column in 0..p {
        for row in (0..=column).rev() {
            let known: f64 = (row + 1..=column)
                .map(|i| r.get(row, i) * r_inverse.get(i, column))
                .sum();
            let one = if row == column { 1.0 } else { 0.0 };
            *r_inverse.get_mut(row, column) = (one - known) / r.get(row, row);
        }
    }
    let thin = qr.compute_thin_Q();
    let z = thin
        .row_iter()
        .map(|row| row.iter().copied().collect())
        .collect();
    Ok((z, r_inverse))
}

/// More columns than studies can tell apart.
fn too_many(k: usize, p: usize) -> Refusal {
    Refusal::new(
        "too-many-moderators",
        format!(
            "{k} results are too few for {} columns of moderators beside the average.",
            p.saturating_sub(1)
        ),
        "Use fewer moderators; as a rule of thumb, one for every ten results.",
    )
}
