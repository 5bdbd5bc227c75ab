//! The logistic model with a level for each class or school, drawn from one normal spread of levels.
//!
//! Who may call this: whoever wants odds within one school. What must stay true: its odds ratio is about pupils of the same school, and further from 1 than
//! the one about all pupils; shares are compared by CR2. The integral over a school's level is by adaptive Gauss–Hermite quadrature, one
//! node being Laplace's approximation.
//!
//! `ln L_j = ln ∫ Π_i p(y_i | x_i'β + σu) φ(u) du ≈ ln (√2 s Σ_k w_k e^{z_k²} e^{f(û + √2 s z_k)} / √(2π))`, with `û` the mode of f and `s` from its
//! curvature. Pinheiro, J. C. & Bates, D. M. (1995). Approximations to the log-likelihood function in the nonlinear mixed-effects model.
//! *Journal of Computational and Graphical Statistics* 4(1), 12–35. Reference: `binary_outcomes awards2001_glmm_nAGQ1`, `9`, `25` (lme4).

use std::collections::BTreeMap;

use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, Side};

use crate::count::count;
use crate::generalised::{Family, Generalised, Rows};
use crate::matrix::{dot, eigen, times};
use crate::refusal::Refusal;

/// Width of the differences that the likelihood's slope and curvature are taken over.
const WIDTH: f64 = 1e-3;

/// A logistic model with a random intercept.
///
/// ```
/// use difference_engine::logistic_mixed::LogisticMixed;
/// let rows = |see: &mut dyn FnMut(usize, &[f64])| {
///     for class in 0..16_usize {
///         for pupil in 0..8_usize {
///             let got = pupil < 1 + class / 8 + 2 * ((class * 3) % 4);
///             see(class, &[f64::from(u8::from(class >= 8)), f64::from(u8::from(got))]);
///         }
///     }
/// };
/// let fit = LogisticMixed::fit(1, &rows, 9)?;
/// assert!(fit.coefficients()[1] > 0.1 && fit.sd() > 0.2);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct LogisticMixed {
    coefficients: Vec<f64>,
    errors: Vec<f64>,
    sd: f64,
    log_likelihood: f64,
}

impl LogisticMixed {
    /// Fits rows of so many regressors and an outcome of 0 or 1, `rows` giving each row's cluster first, with so many nodes.
    ///
    /// # Errors
    /// Those of [`Generalised::fit`]; `not-settled` where the likelihood has no top, such as with no variation between clusters.
    pub fn fit(regressors: usize, rows: &Rows<'_>, nodes: usize) -> Result<Self, Refusal> {
        let start = Generalised::fit(Family::Logistic, regressors, rows)?;
        let schools = Schools::of(rows, nodes)?;
        let mut at: Vec<f64> = start.coefficients().iter().copied().chain([0.5]).collect();
        let mut best = schools.log_likelihood(&at);
        for _ in 0..100 {
            let (slope, inverse) = schools.shape(&at)?;
            let step = times(&inverse, &slope);
            let gain = dot(&step, &slope);
            let mut length = 1.0;
            let next = loop {
                let there: Vec<f64> = at.iter().zip(&step).map(|(x, s)| x + length * s).collect();
                let found = schools.log_likelihood(&there);
                if found >= best - 1e-12 * best.abs() || length < 1e-8 {
                    best = found;
                    break there;
                }
                length /= 2.0;
            };
            at = next;
            if gain.abs() < 1e-12 * best.abs() {
                let (_, inverse) = schools.shape(&at)?;
                let (sd, coefficients) = at.split_last().ok_or_else(unsettled)?;
                let errors: Vec<f64> = inverse
                    .diagonal()
                    .column_vector()
                    .iter()
                    .map(|v| v.sqrt())
                    .collect();
                if errors.iter().any(|e| !e.is_finite()) {
                    return Err(unsettled());
                }
                return Ok(Self {
                    errors: errors.into_iter().take(coefficients.len()).collect(),
                    coefficients: coefficients.to_vec(),
                    sd: sd.abs(),
                    log_likelihood: best,
                });
            }
        }
        Err(unsettled())
    }

    /// The intercept, then the regressors' coefficients: logarithms of odds ratios within a cluster.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// Their standard errors, from the curvature of the likelihood.
    #[must_use]
    pub fn standard_errors(&self) -> &[f64] {
        &self.errors
    }

    /// Standard deviation of the clusters' levels, on the logit.
    #[must_use]
    pub fn sd(&self) -> f64 {
        self.sd
    }

    /// Log-likelihood.
    #[must_use]
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }
}

/// Rows of one cluster that have the same columns.
struct Group {
    /// With the intercept first.
    columns: Vec<f64>,
    rows: f64,
    successes: f64,
}

struct Schools {
    schools: Vec<Vec<Group>>,
    /// Nodes, and logarithms of their weights times `e^{z²}`.
    nodes: Vec<(f64, f64)>,
}

impl Schools {
    fn of(rows: &Rows<'_>, nodes: usize) -> Result<Self, Refusal> {
        let mut schools: BTreeMap<usize, BTreeMap<Vec<u64>, Group>> = BTreeMap::new();
        rows(&mut |cluster, row| {
            let Some((y, x)) = row.split_last() else {
                return;
            };
            let key = x.iter().map(|x| x.to_bits()).collect();
            let groups = schools.entry(cluster).or_default();
            let group = groups.entry(key).or_insert_with(|| Group {
                columns: [1.0].iter().chain(x).copied().collect(),
                rows: 0.0,
                successes: 0.0,
            });
            group.rows += 1.0;
            group.successes += y;
        });
        Ok(Self {
            schools: schools
                .into_values()
                .map(|groups| groups.into_values().collect())
                .collect(),
            nodes: gauss_hermite(nodes.max(1))?,
        })
    }

    fn log_likelihood(&self, at: &[f64]) -> f64 {
        let Some((sd, coefficients)) = at.split_last() else {
            return f64::NEG_INFINITY;
        };
        self.schools
            .iter()
            .map(|groups| self.school(groups, coefficients, *sd))
            .sum()
    }

    fn school(&self, groups: &[Group], coefficients: &[f64], sd: f64) -> f64 {
        let fixed: Vec<f64> = groups
            .iter()
            .map(|g| dot(&g.columns, coefficients))
            .collect();
        // Of the joint density's logarithm, apart from the normal's constant.
        let density = |u: f64| -> f64 {
            let rows = groups.iter().zip(&fixed).map(|(group, fixed)| {
                let eta = fixed + sd * u;
                let both = eta.max(0.0) + (-eta.abs()).exp().ln_1p();
                group.successes * eta - group.rows * both
            });
            rows.sum::<f64>() - 0.5 * u * u
        };
        let (mut mode, mut curvature) = (0.0_f64, 1.0);
        for _ in 0..100 {
            let mut slope = -mode;
            curvature = 1.0;
            for (group, fixed) in groups.iter().zip(&fixed) {
                let mean = 1.0 / (1.0 + (-(fixed + sd * mode)).exp());
                slope += sd * (group.successes - group.rows * mean);
                curvature += sd * sd * group.rows * mean * (1.0 - mean);
            }
            let step = slope / curvature;
            mode += step;
            if step.abs() < 1e-13 * (1.0 + mode.abs()) {
                break;
            }
        }
        let wide = (2.0 / curvature).sqrt();
        let parts: Vec<f64> = self
            .nodes
            .iter()
            .map(|(z, weight)| weight + density(mode + wide * z))
            .collect();
        let largest = parts.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = parts.iter().map(|part| (part - largest).exp()).sum();
        largest + sum.ln() + wide.ln() - 0.5 * std::f64::consts::TAU.ln()
    }

    /// The likelihood's slope, and the inverse of minus its curvature.
    fn shape(&self, at: &[f64]) -> Result<(Vec<f64>, Mat<f64>), Refusal> {
        let p = at.len();
        let moved = |moves: &[(usize, f64)]| {
            let mut there = at.to_vec();
            for (place, by) in moves {
                if let Some(x) = there.get_mut(*place) {
                    *x += by;
                }
            }
            self.log_likelihood(&there)
        };
        let here = self.log_likelihood(at);
        let h = WIDTH;
        let slope = (0..p)
            // To the fourth order.
            .map(|i| {
                (8.0 * (moved(&[(i, h)]) - moved(&[(i, -h)])) - moved(&[(i, 2.0 * h)])
                    + moved(&[(i, -2.0 * h)]))
                    / (12.0 * h)
            })
            .collect();
        let curvature = Mat::from_fn(p, p, |i, j| {
            let second = if i == j {
                moved(&[(i, h)]) - 2.0 * here + moved(&[(i, -h)])
            } else {
                (moved(&[(i, h), (j, h)]) - moved(&[(i, h), (j, -h)]) - moved(&[(i, -h), (j, h)])
                    + moved(&[(i, -h), (j, -h)]))
                    / 4.0
            };
            -second / (h * h)
        });
        let cholesky = curvature.llt(Side::Lower).map_err(|_| unsettled())?;
        Ok((slope, cholesky.inverse()))
    }
}

/// Nodes and weights for `∫ e^{−z²} f(z) dz`, by the eigenvalues of Jacobi's matrix (Golub & Welsch 1969); weights as
/// `ln w + z²`.
fn gauss_hermite(nodes: usize) -> Result<Vec<(f64, f64)>, Refusal> {
    let jacobi = Mat::from_fn(nodes, nodes, |i, j| {
        if i.abs_diff(j) == 1 {
            (count(i.max(j)) / 2.0).sqrt()
        } else {
            0.0
        }
    });
    let (vectors, values) = eigen(&jacobi)?;
    let whole = std::f64::consts::PI.sqrt();
    Ok((values.iter().zip(vectors.row(0).iter()))
        .map(|(z, first)| (*z, (whole * first * first).ln() + z * z))
        .collect())
}

fn unsettled() -> Refusal {
    Refusal::new(
        "not-settled",
        "The model's likelihood has no top: classes or schools may differ no more than their pupils would make them.",
        "Use the logistic model without levels for classes or schools, or compare shares.",
    )
}
