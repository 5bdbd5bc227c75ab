//! Generalised estimating equations: a chance of something, on some columns, where rows of a cluster are alike.
//!
//! Who may call this: whoever has the rows. What must stay true: the working correlation is exchangeable; the standard errors hold
//! whatever the correlation is, but only with many clusters (forty or more): with fewer, compare shares by CR2.
//!
//! With `x̃` and `r̃` a row's columns and residual over the root of its variance, `D'V⁻¹D = Σ_j (Σx̃x̃' − c_j Σx̃ Σx̃')/(1 − α)`, `c_j = α/(1 + (n_j − 1)α)`, so that
//! a cluster costs one look at its rows. Liang, K.-Y. & Zeger, S. L. (1986). Longitudinal data analysis using generalized linear
//! models. *Biometrika* 73(1), 13–22. Reference: `binary_outcomes awards2001_gee_exch` (geepack).

use std::collections::BTreeMap;

use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, Side};

use crate::generalised::{Family, Generalised, Rows};
use crate::matrix::{dot, times};
use crate::refusal::Refusal;

/// A logistic model of rows that are alike within clusters.
///
/// ```
/// use difference_engine::estimating_equations::Exchangeable;
/// // Ten classes of four; in every class of the second five one pupil more got there.
/// let rows = |see: &mut dyn FnMut(usize, &[f64])| {
///     for class in 0..10_usize {
///         let drawn = class / 5;
///         for pupil in 0..4_usize {
///             let got = pupil < 1 + drawn + class % 2;
///             see(class, &[f64::from(u8::from(drawn == 1)), f64::from(u8::from(got))]);
///         }
///     }
/// };
/// let fit = Exchangeable::fit(1, &rows)?;
/// assert!(fit.coefficients()[1] > 0.8 && fit.standard_errors()[1] > 0.0);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct Exchangeable {
    coefficients: Vec<f64>,
    errors: Vec<f64>,
    alpha: f64,
    phi: f64,
}

impl Exchangeable {
    /// Fits rows of so many regressors and an outcome of 0 or 1; `rows` gives each row's cluster first.
    ///
    /// # Errors
    /// Those of [`Generalised::fit`]; `not-settled` where the correlation does not come to rest.
    pub fn fit(regressors: usize, rows: &Rows<'_>) -> Result<Self, Refusal> {
        let start = Generalised::fit(Family::Logistic, regressors, rows)?;
        let mut coefficients = start.coefficients().to_vec();
        let mut alpha = 0.0;
        for _ in 0..200 {
            let all = Sums::of(&coefficients, rows);
            let (phi, found) = all.moments();
            let Equations { bread, score, meat } = all.equations(found)?;
            let step = times(&bread, &score);
            let moved = step
                .iter()
                .zip(&coefficients)
                .any(|(s, b)| s.abs() > 1e-12 * (1.0 + b.abs()));
            let still = !moved && (found - alpha).abs() < 1e-12;
            alpha = found;
            if still {
                let covariance = &bread * meat * &bread;
                let diagonal = covariance.diagonal().column_vector();
                return Ok(Self {
                    coefficients,
                    errors: diagonal.iter().map(|v| v.sqrt()).collect(),
                    alpha,
                    phi,
                });
            }
            for (b, s) in coefficients.iter_mut().zip(&step) {
                *b += s;
            }
        }
        Err(unsettled())
    }

    /// The intercept, then the regressors' coefficients: logarithms of odds ratios.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// Robust standard errors.
    #[must_use]
    pub fn standard_errors(&self) -> &[f64] {
        &self.errors
    }

    /// The correlation of two rows of a cluster.
    #[must_use]
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The scale of the variance; 1 where it is binomial.
    #[must_use]
    pub fn phi(&self) -> f64 {
        self.phi
    }
}

/// What the rows of a cluster add up to, over the root of their variance.
struct Part {
    n: f64,
    squares: Mat<f64>,
    columns: Vec<f64>,
    scores: Vec<f64>,
    residual: f64,
    residuals: f64,
}

/// `(D'V⁻¹D)⁻¹`, `D'V⁻¹r` and the sum of its clusters' squares.
struct Equations {
    bread: Mat<f64>,
    score: Vec<f64>,
    meat: Mat<f64>,
}

struct Sums {
    p: usize,
    parts: BTreeMap<usize, Part>,
}

impl Sums {
    fn of(coefficients: &[f64], rows: &Rows<'_>) -> Self {
        let p = coefficients.len();
        let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
        rows(&mut |cluster, row| {
            let Some((y, x)) = row.split_last() else {
                return;
            };
            let columns: Vec<f64> = [1.0].iter().chain(x).copied().collect();
            let mean = 1.0 / (1.0 + (-dot(&columns, coefficients)).exp());
            let root = (mean * (1.0 - mean)).sqrt();
            let residual = (y - mean) / root;
            let part = parts.entry(cluster).or_insert_with(|| Part {
                n: 0.0,
                squares: Mat::zeros(p, p),
                columns: vec![0.0; p],
                scores: vec![0.0; p],
                residual: 0.0,
                residuals: 0.0,
            });
            part.n += 1.0;
            part.residual += residual;
            part.residuals += residual * residual;
            for (j, b) in columns.iter().enumerate() {
                for (i, a) in columns.iter().enumerate() {
                    *part.squares.get_mut(i, j) += root * root * a * b;
                }
            }
            for ((sum, score), x) in part.columns.iter_mut().zip(&mut part.scores).zip(&columns) {
                *sum += root * x;
                *score += root * x * residual;
            }
        });
        Self { p, parts }
    }

    /// φ and α by the residuals' squares and products of pairs.
    fn moments(&self) -> (f64, f64) {
        let n: f64 = self.parts.values().map(|part| part.n).sum();
        let phi = self.parts.values().map(|part| part.residuals).sum::<f64>() / n;
        let pairs: f64 = self
            .parts
            .values()
            .map(|part| part.n * (part.n - 1.0) / 2.0)
            .sum();
        let products: f64 = (self.parts.values())
            .map(|part| (part.residual * part.residual - part.residuals) / 2.0)
            .sum();
        let alpha = if pairs > 0.0 {
            products / pairs / phi
        } else {
            0.0
        };
        (phi, alpha)
    }

    /// At a correlation, φ apart.
    fn equations(&self, alpha: f64) -> Result<Equations, Refusal> {
        let p = self.p;
        let mut information = Mat::<f64>::zeros(p, p);
        let mut meat = Mat::<f64>::zeros(p, p);
        let mut score = vec![0.0; p];
        for part in self.parts.values() {
            let shared = alpha / (1.0 + (part.n - 1.0) * alpha);
            if !shared.is_finite() || alpha >= 1.0 {
                return Err(unsettled());
            }
            let own: Vec<f64> = (part.scores.iter().zip(&part.columns))
                .map(|(s, x)| (s - shared * x * part.residual) / (1.0 - alpha))
                .collect();
            for (j, b) in part.columns.iter().enumerate() {
                for (i, a) in part.columns.iter().enumerate() {
                    *information.get_mut(i, j) +=
                        (part.squares.get(i, j) - shared * a * b) / (1.0 - alpha);
                }
            }
            for (j, b) in own.iter().enumerate() {
                for (i, a) in own.iter().enumerate() {
                    *meat.get_mut(i, j) += a * b;
                }
            }
            for (sum, s) in score.iter_mut().zip(&own) {
                *sum += s;
            }
        }
        let cholesky = information.llt(Side::Lower).map_err(|_| unsettled())?;
        Ok(Equations {
            bread: cholesky.inverse(),
            score,
            meat,
        })
    }
}

fn unsettled() -> Refusal {
    Refusal::new(
        "not-settled",
        "How alike rows of one class or school are does not come to rest, so this model has no answer.",
        "Compare shares by the analysis of covariance, which allows for classes or schools.",
    )
}
