//! Generalised linear models: the chance of something, or a count, on some columns.
//!
//! Who may call this: whoever has the rows (each iteration is a pass over them), for odds, for standardised differences in risk and for
//! rates. What must stay true: none of the rows is kept; where a column tells the outcome exactly there is no answer, and that is said.
//!
//! Iteratively reweighted least squares on the canonical link (McCullagh, P. & Nelder, J. A. 1989, *Generalized Linear Models*). The rows of the
//! last step, each times the root of its weight, are rows of ordinary least squares; so CR2 and its degrees of freedom are those of
//! [`cluster_robust`](crate::cluster_robust) on them (Pustejovsky & Tipton 2018, with the working variance as it is fitted; where weights
//! differ within a cluster clubSandwich takes another square root of the adjustment, some tenths of a per cent away).
//! Reference: `binary_outcomes awards2001_glm`, `quine_poisson`, `quine_quasipoisson_dispersion`, `quine_negbin`.

use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{Mat, Side};
use libm::lgamma;

use crate::count::count;
use crate::least_squares::Cell;
use crate::matrix::{dot, times};
use crate::moments::Fold;
use crate::refusal::Refusal;

/// Steps before the fit is given up.
const STEPS: usize = 60;

/// What the outcome is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Family {
    /// 0 or 1, on the logit.
    Logistic,
    /// A count, on the logarithm.
    Poisson,
    /// A count that varies more: `μ + μ²/θ`, on the logarithm, θ known.
    NegativeBinomial {
        /// The smaller, the more it varies.
        theta: f64,
    },
}

impl Family {
    fn mean(self, eta: f64) -> f64 {
        match self {
            Self::Logistic => 1.0 / (1.0 + (-eta).exp()),
            Self::Poisson | Self::NegativeBinomial { .. } => eta.exp(),
        }
    }

    fn variance(self, mean: f64) -> f64 {
        match self {
            Self::Logistic => mean * (1.0 - mean),
            Self::Poisson => mean,
            Self::NegativeBinomial { theta } => mean + mean * mean / theta,
        }
    }

    /// `dμ/dη`.
    fn slope(self, mean: f64) -> f64 {
        match self {
            Self::Logistic => mean * (1.0 - mean),
            Self::Poisson | Self::NegativeBinomial { .. } => mean,
        }
    }

    fn log_density(self, y: f64, mean: f64) -> f64 {
        match self {
            Self::Logistic => xlogy(y, mean) + xlogy(1.0 - y, 1.0 - mean),
            Self::Poisson => xlogy(y, mean) - mean - lgamma(y + 1.0),
            Self::NegativeBinomial { theta } => {
                lgamma(theta + y) - lgamma(theta) - lgamma(y + 1.0)
                    + theta * theta.ln()
                    + xlogy(y, mean)
                    - (theta + y) * (theta + mean).ln()
            }
        }
    }

    /// Twice what the density lacks to the best one that y could have.
    fn deviance(self, y: f64, mean: f64) -> f64 {
        let lost = match self {
            Self::Logistic => xlogy(y, y / mean) + xlogy(1.0 - y, (1.0 - y) / (1.0 - mean)),
            Self::Poisson => xlogy(y, y / mean) - (y - mean),
            Self::NegativeBinomial { theta } => {
                xlogy(y, y / mean) - (y + theta) * ((y + theta) / (mean + theta)).ln()
            }
        };
        2.0 * lost
    }
}

fn xlogy(x: f64, y: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x * y.ln() }
}

/// One pass over rows: the regressors, then the outcome.
pub type Rows<'a> = dyn Fn(&mut dyn FnMut(usize, &[f64])) + 'a;

/// A fitted model; the intercept comes first.
///
/// ```
/// use difference_engine::generalised::{Family, Generalised};
///
/// // 10 of 40 without, 18 of 40 with.
/// let rows = |see: &mut dyn FnMut(usize, &[f64])| {
///     for i in 0..40 {
///         see(i, &[0.0, f64::from(u8::from(i < 10))]);
///         see(i, &[1.0, f64::from(u8::from(i < 18))]);
///     }
/// };
/// let fit = Generalised::fit(Family::Logistic, 1, &rows)?;
/// let odds_ratio = (18.0 / 22.0) / (10.0 / 30.0_f64);
/// assert!((fit.coefficients()[1] - odds_ratio.ln()).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct Generalised {
    family: Family,
    n: usize,
    coefficients: Vec<f64>,
    /// `(X'WX)⁻¹`.
    inverse: Mat<f64>,
    deviance: f64,
    log_likelihood: f64,
    pearson: f64,
    mean: f64,
}

impl Generalised {
    /// Fits rows of so many regressors and an outcome; `rows` gives each row's cluster first.
    ///
    /// # Errors
    /// `separated` where a column tells the outcome exactly; `collinear`; `too-few-rows`.
    pub fn fit(family: Family, regressors: usize, rows: &Rows<'_>) -> Result<Self, Refusal> {
        let p = regressors + 1;
        let (mut n, mut sum) = (0, 0.0);
        rows(&mut |_, row| {
            n += 1;
            sum += row.last().copied().unwrap_or_default();
        });
        if n <= p {
            return Err(Refusal::new(
                "too-few-rows",
                format!("There are {n} complete rows for {p} things to work out."),
                "Add rows, or ask with fewer columns.",
            ));
        }
        let mean = sum / count(n);
        let ends = match family {
            Family::Logistic => mean <= 0.0 || mean >= 1.0,
            Family::Poisson | Family::NegativeBinomial { .. } => mean <= 0.0,
        };
        if ends || !mean.is_finite() {
            return Err(separated());
        }
        let mut coefficients = vec![0.0; p];
        if let Some(first) = coefficients.first_mut() {
            *first = match family {
                Family::Logistic => (mean / (1.0 - mean)).ln(),
                Family::Poisson | Family::NegativeBinomial { .. } => mean.ln(),
            };
        }
        let mut before = f64::INFINITY;
        for _ in 0..STEPS {
            let step = Step::at(family, &coefficients, rows)?;
            let change = (before - step.deviance).abs() / (step.deviance.abs() + 0.1);
            before = step.deviance;
            let moves = times(&step.inverse, &step.score);
            if change < 1e-15 || dot(&moves, &step.score) < 1e-22 * count(n) {
                return Ok(Self {
                    family,
                    n,
                    coefficients,
                    inverse: step.inverse,
                    deviance: step.deviance,
                    log_likelihood: step.log_likelihood,
                    pearson: step.pearson,
                    mean,
                });
            }
            for (b, step) in coefficients.iter_mut().zip(&moves) {
                *b += step;
            }
            if coefficients.iter().any(|b| b.is_nan() || b.abs() >= 1e4) {
                return Err(separated());
            }
        }
        Err(separated())
    }

    /// Rows.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// The intercept, then the regressors' coefficients, on the link's scale.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// Their standard errors, as if the family's variance were right.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        self.inverse
            .diagonal()
            .column_vector()
            .iter()
            .map(|v| v.sqrt())
            .collect()
    }

    /// Residual deviance.
    #[must_use]
    pub fn deviance(&self) -> f64 {
        self.deviance
    }

    /// Log-likelihood.
    #[must_use]
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// Pearson's χ² over the residual degrees of freedom: 1 where the family's variance is right.
    #[must_use]
    pub fn dispersion(&self) -> f64 {
        self.pearson / count(self.n - self.coefficients.len())
    }

    /// Deviance of the model without columns.
    #[must_use]
    pub fn null_deviance(&self, rows: &Rows<'_>) -> f64 {
        let mut sum = 0.0;
        rows(&mut |_, row| {
            sum += self
                .family
                .deviance(row.last().copied().unwrap_or_default(), self.mean);
        });
        sum
    }

    /// The rows of the last step by cluster, as ordinary least squares through the origin takes them: each with its mirror image, so
    /// that their means are 0. Column 0 is the intercept; its [`ClusterRobust`](crate::cluster_robust::ClusterRobust) variances are this model's.
    #[must_use]
    pub fn cells(&self, rows: &Rows<'_>) -> Vec<Cell> {
        let mut fold = Fold::new(self.coefficients.len() + 1);
        let mut seen = Vec::new();
        rows(&mut |cluster, row| {
            let Some((y, x)) = row.split_last() else {
                return;
            };
            let eta = linear(&self.coefficients, x);
            let mean = self.family.mean(eta);
            let slope = self.family.slope(mean);
            let root = slope / self.family.variance(mean).sqrt();
            seen.clear();
            seen.push(root);
            seen.extend(x.iter().map(|x| root * x));
            seen.push(root * (eta + (y - mean) / slope));
            fold.add(cluster, &seen);
            seen.iter_mut().for_each(|v| *v = -*v);
            fold.add(cluster, &seen);
        });
        (fold.finish().into_iter())
            .map(|(cluster, moments)| Cell {
                cluster,
                block: 0,
                moments,
            })
            .collect()
    }

    /// Everybody's chance (or rate) had their column been 1, and had it been 0, and each mean's derivatives by the coefficients, for the delta
    /// method (g-computation: Robins 1986).
    #[must_use]
    pub fn standardised(&self, column: usize, rows: &Rows<'_>) -> [Standardised; 2] {
        let n = count(self.n);
        let mut found = [0.0, 1.0].map(|at| Standardised {
            at,
            mean: 0.0,
            derivative: vec![0.0; self.coefficients.len()],
        });
        let mut x = Vec::new();
        rows(&mut |_, row| {
            for one in &mut found {
                x.clear();
                x.extend(row.split_last().map(|(_, x)| x).unwrap_or_default());
                if let Some(place) = x.get_mut(column) {
                    *place = one.at;
                }
                let mean = self.family.mean(linear(&self.coefficients, &x));
                one.mean += mean / n;
                let slope = self.family.slope(mean) / n;
                for (sum, x) in one.derivative.iter_mut().zip([1.0].iter().chain(&x)) {
                    *sum += slope * x;
                }
            }
        });
        found
    }

    /// Covariance of the coefficients, as if the family's variance were right.
    #[must_use]
    pub fn covariance(&self) -> Vec<Vec<f64>> {
        self.inverse
            .row_iter()
            .map(|row| row.iter().copied().collect())
            .collect()
    }
}

/// A mean over everybody with one column set.
#[derive(Clone, Debug, PartialEq)]
pub struct Standardised {
    at: f64,
    /// Of the outcome.
    pub mean: f64,
    /// By the intercept and each coefficient.
    pub derivative: Vec<f64>,
}

/// Negative binomial regression with θ by maximum likelihood, in turn with the coefficients.
///
/// ```
/// use difference_engine::generalised::negative_binomial;
/// let days = [0., 0., 1., 2., 2., 3., 5., 9., 14., 20., 1., 4., 6., 11., 25., 30.];
/// let rows = |see: &mut dyn FnMut(usize, &[f64])| {
///     days.iter().zip(0..).for_each(|(y, i)| see(i, &[f64::from(u8::from(i % 2 == 1)), *y]));
/// };
/// let (fit, theta) = negative_binomial(1, &rows)?;
/// assert!(theta.estimate > 0.3 && theta.estimate < 2.0 && fit.coefficients()[1] > 0.0);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
///
/// # Errors
/// Those of [`Generalised::fit`]; `no-more-variation` where the counts vary no more than Poisson's, so that θ has no end.
pub fn negative_binomial(
    regressors: usize,
    rows: &Rows<'_>,
) -> Result<(Generalised, Theta), Refusal> {
    let mut fit = Generalised::fit(Family::Poisson, regressors, rows)?;
    let mut theta = 1.0;
    let mut information = 0.0;
    for _ in 0..200 {
        let before = theta;
        for _ in 0..STEPS {
            let mut score = 0.0;
            information = 0.0;
            rows(&mut |_, row| {
                let Some((y, x)) = row.split_last() else {
                    return;
                };
                let mean = fit.family.mean(linear(&fit.coefficients, x));
                let (mut first, mut second) = (0.0, 0.0);
                // ψ(θ + y) − ψ(θ) of a count is a sum, and so is the difference of their derivatives.
                let mut k = 0.0;
                while k < *y {
                    first += 1.0 / (theta + k);
                    second += 1.0 / (theta + k).powi(2);
                    k += 1.0;
                }
                score +=
                    first + theta.ln() + 1.0 - (theta + mean).ln() - (y + theta) / (mean + theta);
                information += second - 1.0 / theta + 2.0 / (mean + theta)
                    - (y + theta) / (mean + theta).powi(2);
            });
            let step = score / information;
            theta = if theta + step > 0.0 && information > 0.0 {
                theta + step
            } else {
                theta / 2.0
            };
            if !(1e-6..1e7).contains(&theta) {
                return Err(Refusal::new(
                    "no-more-variation",
                    "The counts vary no more than chance would make them, so a Poisson model is enough.",
                    "Use the Poisson model.",
                ));
            }
            if step.abs() < 1e-13 * theta {
                break;
            }
        }
        fit = Generalised::fit(Family::NegativeBinomial { theta }, regressors, rows)?;
        if (theta - before).abs() < 1e-12 * theta {
            break;
        }
    }
    Ok((
        fit,
        Theta {
            estimate: theta,
            standard_error: information.recip().sqrt(),
        },
    ))
}

/// How much counts vary beyond Poisson's: `μ + μ²/θ`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theta {
    /// By maximum likelihood.
    pub estimate: f64,
    /// From the observed information.
    pub standard_error: f64,
}

/// One step of the fit.
struct Step {
    inverse: Mat<f64>,
    score: Vec<f64>,
    deviance: f64,
    log_likelihood: f64,
    pearson: f64,
}

impl Step {
    fn at(family: Family, coefficients: &[f64], rows: &Rows<'_>) -> Result<Self, Refusal> {
        let p = coefficients.len();
        let mut information = Mat::<f64>::zeros(p, p);
        let mut score = vec![0.0; p];
        let (mut deviance, mut log_likelihood, mut pearson) = (0.0, 0.0, 0.0);
        let mut z = Vec::with_capacity(p);
        rows(&mut |_, row| {
            let Some((y, x)) = row.split_last() else {
                return;
            };
            z.clear();
            z.push(1.0);
            z.extend_from_slice(x);
            let mean = family.mean(linear(coefficients, x));
            let (slope, variance) = (family.slope(mean), family.variance(mean));
            let weight = slope * slope / variance;
            for (column, b) in information.col_iter_mut().zip(&z) {
                for (cell, a) in column.iter_mut().zip(&z) {
                    *cell += weight * a * b;
                }
            }
            for (sum, x) in score.iter_mut().zip(&z) {
                *sum += x * slope / variance * (y - mean);
            }
            deviance += family.deviance(*y, mean);
            log_likelihood += family.log_density(*y, mean);
            pearson += (y - mean).powi(2) / variance;
        });
        if !deviance.is_finite() {
            return Err(separated());
        }
        let units: Vec<f64> = information
            .diagonal()
            .column_vector()
            .iter()
            .map(|v| v.sqrt())
            .collect();
        let unit = |i: usize| units.get(i).copied().unwrap_or(1.0);
        let scaled = Mat::from_fn(p, p, |i, j| information.get(i, j) / (unit(i) * unit(j)));
        let cholesky = scaled.llt(Side::Lower).map_err(|_| collinear())?;
        let right = Mat::from_fn(p, 1, |i, _| {
            score.get(i).copied().unwrap_or_default() / unit(i)
        });
        if !cholesky.solve(&right).col(0).iter().all(|v| v.is_finite()) {
            return Err(collinear());
        }
        let inverse = cholesky.inverse();
        Ok(Self {
            inverse: Mat::from_fn(p, p, |i, j| inverse.get(i, j) / (unit(i) * unit(j))),
            score,
            deviance,
            log_likelihood,
            pearson,
        })
    }
}

fn linear(coefficients: &[f64], x: &[f64]) -> f64 {
    match coefficients.split_first() {
        Some((first, others)) => first + dot(others, x),
        None => 0.0,
    }
}

fn separated() -> Refusal {
    Refusal::new(
        "separated",
        "One of the columns tells the outcome exactly, or the outcome is the same for all, so odds have no end.",
        "Leave that column out, or compare shares by their difference.",
    )
}

fn collinear() -> Refusal {
    Refusal::new(
        "collinear",
        "Two of the columns say the same, so their shares can't be told apart.",
        "Leave one of them out.",
    )
}
