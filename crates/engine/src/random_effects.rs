//! Random effects of a panel by Swamy and Arora's moments, and Hausman's test of them against fixed effects.
//!
//! Who may call this: whoever must agree with econometricians' software. Pages use the [mixed model](crate::mixed) by likelihood instead.
//! What must stay true: from moments alone; panels need not be balanced.
//!
//! `σ²_ν` is the residual variance within; `σ²_η = (u'u_between − (N − K)σ²_ν)/(n − tr((Σ Tx̄x̄')⁻¹ Σ T²x̄x̄'))`; least squares
//! on `x − θ_i x̄_i`, `θ_i = 1 − √(σ²_ν/(σ²_ν + T_i σ²_η))`. Swamy, P. A. V. B. & Arora, S. S. (1972), *Econometrica* 40(2), 261–275; Baltagi, B. H. &
//! Chang, Y.-J. (1994), *Journal of Econometrics* 62(2), 67–89 (unbalanced). Hausman, J. A. (1978), *Econometrica* 46(6), 1251–1271.
//! Reference: `panel_did_its mlda_random`, `mlda_hausman` (plm).

use std::collections::BTreeMap;

use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{Mat, Side};

use crate::count::count;
use crate::least_squares::{Cell, LeastSquares, Term};
use crate::matrix::trace;
use crate::moments::Moments;
use crate::refusal::Refusal;
use crate::wald::{self, Wald};

/// A random-effects fit of a panel.
///
/// ```
/// use difference_engine::least_squares::Cell;
/// use difference_engine::moments::Moments;
/// use difference_engine::random_effects::RandomEffects;
///
/// let schools = [[[1., 3.], [2., 5.], [3., 6.]], [[2., 8.], [3., 9.], [5., 13.]], [[1., 1.], [4., 8.], [6., 11.]]];
/// let cells: Vec<Cell> = (0..)
///     .zip(schools)
///     .map(|(cluster, rows)| Cell { cluster, block: 0, moments: Moments::of(rows) })
///     .collect();
/// let fit = RandomEffects::fit(&cells)?;
/// assert!((fit.coefficients()[1] - 1.8).abs() < 0.3);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct RandomEffects {
    within: LeastSquares,
    own: f64,
    between: f64,
    coefficients: Vec<f64>,
    covariance: Mat<f64>,
    thetas: (f64, f64),
}

impl RandomEffects {
    /// Fits the outcome (the cells' last column) to the columns before it; a panel's member is a cluster.
    ///
    /// # Errors
    /// Those of [`LeastSquares::fit`]; `collinear` where a column does not vary within or between members.
    pub fn fit(cells: &[Cell]) -> Result<Self, Refusal> {
        let mut members: BTreeMap<usize, Moments> = BTreeMap::new();
        for cell in cells {
            let member = members.entry(cell.cluster);
            member
                .and_modify(|m| m.merge(&cell.moments))
                .or_insert_with(|| cell.moments.clone());
        }
        let fixed: Vec<Cell> = (members.iter())
            .map(|(member, moments)| Cell {
                cluster: *member,
                block: *member,
                moments: moments.clone(),
            })
            .collect();
        let within = LeastSquares::fit(&fixed)?;
        if !within.left_out().is_empty() {
            return Err(collinear());
        }
        let own = within.residual_variance();
        let p = members.values().next().map_or(1, Moments::columns);
        // With the intercept in front: Σ w z̄z̄' of the means, z = (1, x, y).
        let means = |weight: &dyn Fn(f64) -> f64| {
            Mat::from_fn(p + 1, p + 1, |i, j| {
                (members.values())
                    .map(|m| {
                        let at = |k: usize| k.checked_sub(1).map_or(1.0, |c| m.mean(c));
                        weight(count(m.n())) * at(i) * at(j)
                    })
                    .sum::<f64>()
            })
        };
        let (whole, twice) = (means(&|t| t), means(&|t| t * t));
        let (_, left) = solve(&whole, p)?;
        let x = |a: &Mat<f64>| a.submatrix(0, 0, p, p).to_owned();
        let inverse = x(&whole)
            .llt(Side::Lower)
            .map_err(|_| collinear())?
            .inverse();
        let reach = count(within.n()) - trace(&(inverse * x(&twice)));
        let spread = (left - (count(members.len()) - count(p)) * own) / reach;
        let spread = spread.max(0.0);
        let theta = |t: f64| 1.0 - (own / (own + t * spread)).sqrt();
        let kept = means(&|t| t * (1.0 - theta(t)).powi(2));
        let all = Mat::from_fn(p + 1, p + 1, |i, j| {
            let cross = match (i.checked_sub(1), j.checked_sub(1)) {
                (Some(a), Some(b)) => members.values().map(|m| m.cross(a, b)).sum::<f64>(),
                _ => 0.0,
            };
            cross + kept.get(i, j)
        });
        let (coefficients, squares) = solve(&all, p)?;
        let variance = squares / (count(within.n()) - count(p));
        let covariance = x(&all).llt(Side::Lower).map_err(|_| collinear())?.inverse();
        let sizes = || members.values().map(|m| theta(count(m.n())));
        Ok(Self {
            within,
            own,
            between: spread,
            coefficients,
            covariance: Mat::from_fn(p, p, |i, j| covariance.get(i, j) * variance),
            thetas: (sizes().fold(1.0, f64::min), sizes().fold(0.0, f64::max)),
        })
    }

    /// The intercept, then the regressors' coefficients.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// Their standard errors.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        let diagonal = self.covariance.diagonal().column_vector();
        diagonal.iter().map(|v| v.sqrt()).collect()
    }

    /// Variance within members, and between them.
    #[must_use]
    pub fn variances(&self) -> (f64, f64) {
        (self.own, self.between)
    }

    /// The smallest and the largest share of a member's mean that is taken away.
    #[must_use]
    pub fn thetas(&self) -> (f64, f64) {
        self.thetas
    }

    /// Whether random and fixed effects differ by more than chance: `χ²` on the regressors' coefficients.
    ///
    /// # Errors
    /// `collinear` where the difference of the two covariances has no inverse.
    pub fn hausman(&self) -> Result<Wald, Refusal> {
        let slopes = self.coefficients.len().saturating_sub(1);
        let terms: Vec<Term> = (0..slopes).map(Term::Column).collect();
        let fixed: Option<Vec<f64>> = terms.iter().map(|t| self.within.coefficient(*t)).collect();
        let known = fixed
            .zip(self.within.covariance(&terms))
            .ok_or_else(collinear)?;
        let apart: Vec<f64> = (known.0.iter().zip(self.coefficients.iter().skip(1)))
            .map(|(fixed, random)| fixed - random)
            .collect();
        let covariance: Vec<Vec<f64>> = (known.1.iter().enumerate())
            .map(|(i, row)| {
                let random = |j: usize| self.covariance.get(i + 1, j + 1);
                row.iter()
                    .enumerate()
                    .map(|(j, fixed)| fixed - random(j))
                    .collect()
            })
            .collect();
        wald::chi_squared(wald::quadratic(&apart, &covariance)?, slopes)
    }
}

/// Coefficients and residual sum of squares from the cross-products of `(1, x, y)`.
fn solve(all: &Mat<f64>, p: usize) -> Result<(Vec<f64>, f64), Refusal> {
    let squares = all.submatrix(0, 0, p, p).to_owned();
    let with_outcome = Mat::from_fn(p, 1, |i, _| *all.get(i, p));
    let cholesky = squares.llt(Side::Lower).map_err(|_| collinear())?;
    let mut b = cholesky.solve(&with_outcome);
    b += cholesky.solve(&(&with_outcome - &squares * &b));
    let explained = (b.transpose() * &with_outcome).get(0, 0).to_owned();
    let coefficients = b.col(0).iter().copied().collect();
    Ok((coefficients, all.get(p, p) - explained))
}

fn collinear() -> Refusal {
    Refusal::new(
        "collinear",
        "A column does not vary enough within or between the members of the panel.",
        "Leave that column out.",
    )
}
