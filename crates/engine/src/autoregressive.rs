//! Regression on a series whose errors remember the last one: `e_t = φ e_{t−1} + a_t`, by exact maximum likelihood.
//!
//! Who may call this: interrupted time series. What must stay true: the points are evenly spaced and none is missing; a φ at
//! the edge of its range is refused, because a trend that wanders can't be told from a change.
//!
//! `R⁻¹` of AR(1) errors is tridiagonal, so for every φ the normal equations are `A₀ − φA₁ + φ²A₂` of three sums of products, and the
//! likelihood is profiled over φ alone. Pinheiro, J. C. & Bates, D. M. (2000). *Mixed-Effects Models in S and S-PLUS*, ch. 5; Harvey, A. C. & Durbin, J.
//! (1986). The effects of seat belt legislation on British road casualties. *JRSS A* 149(3), 187–227. Reference:
//! `panel_did_its seatbelts_gls_ar1_ML` (nlme); the fit of `seatbelts_arima100_xreg`, whose own standard errors are coarse.

use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{Mat, Side};

use crate::count::count;
use crate::matrix::dot;
use crate::refusal::Refusal;

/// How finely φ is looked through before its best place is worked out.
const PLACES: u32 = 199;

/// A regression with first-order autoregressive errors.
///
/// ```
/// use difference_engine::autoregressive::Autoregressive;
///
/// // A level of 10 until the change, 14 after it, errors that remember.
/// let errors = [1.0, 0.8, 0.1, -0.6, -0.9, -0.2, 0.5, 0.9, 0.4, -0.1, -0.7, -0.5];
/// let rows: Vec<[f64; 2]> = (0..)
///     .zip(errors)
///     .map(|(t, e)| if t < 6 { [0.0, 10.0 + e] } else { [1.0, 14.0 + e] })
///     .collect();
/// let fit = Autoregressive::fit(&rows)?;
/// assert!(fit.phi() > 0.3 && (fit.coefficients()[1] - 4.0).abs() < 0.5);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct Autoregressive {
    n: usize,
    phi: f64,
    coefficients: Vec<f64>,
    /// Of the normal equations at φ.
    inverse: Mat<f64>,
    /// Sum of squares of the innovations.
    squares: f64,
    /// `∂²/∂φ∂β` of half the sum of squares, and `∂/∂φ`, `∂²/∂φ²` of the whole.
    cross: Vec<f64>,
    slope: f64,
    bend: f64,
}

impl Autoregressive {
    /// Fits rows in the order of time (the regressors, then the outcome) with an intercept, which comes first.
    ///
    /// # Errors
    /// `too-few-rows`; `collinear`; `no-variation` where nothing is left to remember; `wanders` where φ is at the edge of its range.
    pub fn fit<Row: AsRef<[f64]>>(rows: &[Row]) -> Result<Self, Refusal> {
        let sums = Sums::of(rows)?;
        let place = |i: u32| 2.0 * f64::from(i) / f64::from(PLACES + 1) - 1.0;
        let mut best = (0.0, f64::INFINITY);
        for phi in (1..=PLACES).map(place) {
            let objective = sums.at(phi)?.objective(&sums);
            if objective < best.1 {
                best = (phi, objective);
            }
        }
        let step = 2.0 / f64::from(PLACES + 1);
        let (mut low, mut high) = (best.0 - step, best.0 + step);
        for _ in 0..80 {
            let middle = 0.5 * (low + high);
            let down = sums.at(middle).is_ok_and(|at| at.derivative(&sums) < 0.0);
            if down {
                low = middle;
            } else {
                high = middle;
            }
        }
        let phi = 0.5 * (low + high);
        if phi.abs() > 0.995 {
            return Err(Refusal::new(
                "wanders",
                "The series wanders: what it was last month says nearly all about this month, so a change can’t be told from its own drift.",
                "Look at the changes from one point to the next, or at a comparison series.",
            ));
        }
        let at = sums.at(phi)?;
        Ok(Self {
            n: sums.n,
            phi,
            cross: at.cross(&sums),
            slope: at.slope,
            bend: at.bend,
            coefficients: at.coefficients,
            inverse: at.inverse,
            squares: at.squares,
        })
    }

    /// The correlation of neighbouring errors.
    #[must_use]
    pub fn phi(&self) -> f64 {
        self.phi
    }

    /// The intercept, then the regressors' coefficients, in outcome units for each unit of their columns.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// Variance of the innovations, over n.
    #[must_use]
    pub fn innovation_variance(&self) -> f64 {
        self.squares / count(self.n)
    }

    /// Standard deviation of the errors themselves, by maximum likelihood.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        (self.innovation_variance() / (1.0 - self.phi * self.phi)).sqrt()
    }

    /// Log-likelihood.
    #[must_use]
    pub fn log_likelihood(&self) -> f64 {
        let n = count(self.n);
        let spread = std::f64::consts::TAU * self.innovation_variance();
        -0.5 * n * (spread.ln() + 1.0) + 0.5 * (1.0 - self.phi * self.phi).ln()
    }

    /// Standard errors of the coefficients by generalised least squares, φ taken as known and the variance over n − p, as nlme counts it.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        let p = self.coefficients.len();
        let variance = self.squares / (count(self.n) - count(p));
        let diagonal = self.inverse.diagonal().column_vector();
        diagonal.iter().map(|v| (v * variance).sqrt()).collect()
    }

    /// Standard errors of φ and of the coefficients from the curvature of the likelihood, as R's `arima` has them.
    ///
    /// # Errors
    /// `wanders` where the likelihood has no curvature.
    pub fn from_curvature(&self) -> Result<(f64, Vec<f64>), Refusal> {
        let (n, p) = (count(self.n), self.coefficients.len());
        let squeeze = 1.0 - self.phi * self.phi;
        let precision = n / self.squares;
        // −½ of the second derivatives' block for φ, less what the coefficients take of it.
        let bend = 0.5 * n * (self.bend / self.squares - (self.slope / self.squares).powi(2))
            + (1.0 + self.phi * self.phi) / (squeeze * squeeze);
        let taken: Vec<f64> = (0..p)
            .map(|i| {
                self.inverse
                    .row(i)
                    .iter()
                    .zip(&self.cross)
                    .map(|(a, b)| a * b)
                    .sum()
            })
            .collect();
        let of_phi = bend - precision * dot(&taken, &self.cross);
        if !(of_phi > 0.0 && of_phi.is_finite()) {
            return Err(Refusal::new(
                "wanders",
                "The likelihood is flat, so nothing shows how sure the answer is.",
                "Add points in time.",
            ));
        }
        let diagonal = self.inverse.diagonal().column_vector();
        let errors = (diagonal.iter().zip(&taken))
            .map(|(v, t)| (v / precision + t * t / of_phi).sqrt())
            .collect();
        Ok((of_phi.recip().sqrt(), errors))
    }
}

/// `A₀ = Σ zz'`, `A₁ = Σ (z_t z_{t−1}' + z_{t−1} z_t')`, `A₂ = Σ zz'` without the ends, of `z = (1, x, y)`.
struct Sums {
    n: usize,
    p: usize,
    whole: Mat<f64>,
    neighbours: Mat<f64>,
    inside: Mat<f64>,
}

/// The regression at one φ.
struct At {
    phi: f64,
    coefficients: Vec<f64>,
    inverse: Mat<f64>,
    squares: f64,
    /// First and second derivative of the sum of squares in φ.
    slope: f64,
    bend: f64,
}

impl Sums {
    fn of<Row: AsRef<[f64]>>(rows: &[Row]) -> Result<Self, Refusal> {
        let n = rows.len();
        let p = rows.first().map_or(1, |row| row.as_ref().len());
        if n < p + 3 {
            return Err(Refusal::new(
                "too-few-rows",
                format!(
                    "There are {n} points in time for {} things to work out.",
                    p + 1
                ),
                "Add points in time, or ask with fewer columns.",
            ));
        }
        let z: Vec<Vec<f64>> = (rows.iter())
            .map(|row| {
                [1.0]
                    .into_iter()
                    .chain(row.as_ref().iter().copied())
                    .collect()
            })
            .collect();
        let product = |a: &dyn Fn(usize) -> Option<(Vec<f64>, Vec<f64>)>| {
            let mut sum = Mat::<f64>::zeros(p + 1, p + 1);
            for t in 0..n {
                if let Some((one, other)) = a(t) {
                    for (column, b) in sum.col_iter_mut().zip(&other) {
                        for (cell, a) in column.iter_mut().zip(&one) {
                            *cell += a * b;
                        }
                    }
                }
            }
            sum
        };
        let at = |t: usize| z.get(t).cloned();
        let whole = product(&|t| Some((at(t)?, at(t)?)));
        let half = product(&|t| Some((at(t)?, at(t.checked_sub(1)?)?)));
        let inside = product(&|t| (t > 0 && t + 1 < n).then(|| Some((at(t)?, at(t)?)))?);
        Ok(Self {
            n,
            p,
            neighbours: &half + half.transpose(),
            whole,
            inside,
        })
    }

    fn at(&self, phi: f64) -> Result<At, Refusal> {
        let p = self.p;
        let all = Mat::from_fn(p + 1, p + 1, |i, j| {
            self.whole.get(i, j) - phi * self.neighbours.get(i, j)
                + phi * phi * self.inside.get(i, j)
        });
        let units: Vec<f64> = (0..p).map(|i| all.get(i, i).max(0.0).sqrt()).collect();
        let unit = |i: usize| units.get(i).copied().unwrap_or(1.0);
        let scaled = Mat::from_fn(p, p, |i, j| all.get(i, j) / (unit(i) * unit(j)));
        let cholesky = scaled.llt(Side::Lower).map_err(|_| collinear())?;
        let with_outcome = Mat::from_fn(p, 1, |i, _| all.get(i, p) / unit(i));
        let mut solved = cholesky.solve(&with_outcome);
        solved += cholesky.solve(&(&with_outcome - &scaled * &solved));
        let coefficients: Vec<f64> = (solved.col(0).iter().zip(&units))
            .map(|(b, u)| b / u)
            .collect();
        let inverse = cholesky.inverse();
        let squares = self.form(&all, &coefficients);
        if squares.is_nan() || squares <= 1e-13 * all.get(p, p).abs() {
            return Err(Refusal::new(
                "no-variation",
                "Nothing is left to vary around the line, so nothing shows how sure the answer is.",
                "Check that the right column is chosen as the outcome.",
            ));
        }
        Ok(At {
            phi,
            slope: 2.0 * phi * self.form(&self.inside, &coefficients)
                - self.form(&self.neighbours, &coefficients),
            bend: 2.0 * self.form(&self.inside, &coefficients),
            inverse: Mat::from_fn(p, p, |i, j| inverse.get(i, j) / (unit(i) * unit(j))),
            coefficients,
            squares,
        })
    }

    /// `(y − zb)'A(y − zb)` as a form in `(−b, 1)`.
    fn form(&self, sums: &Mat<f64>, coefficients: &[f64]) -> f64 {
        let weights: Vec<f64> = coefficients.iter().map(|b| -b).chain([1.0]).collect();
        (sums.row_iter().zip(&weights))
            .map(|(row, w)| w * row.iter().zip(&weights).map(|(a, b)| a * b).sum::<f64>())
            .sum()
    }
}

impl At {
    /// `n/2 ln SSE − ½ ln(1 − φ²)`.
    fn objective(&self, sums: &Sums) -> f64 {
        0.5 * count(sums.n) * self.squares.ln() - 0.5 * (1.0 - self.phi * self.phi).ln()
    }

    fn derivative(&self, sums: &Sums) -> f64 {
        0.5 * count(sums.n) * self.slope / self.squares + self.phi / (1.0 - self.phi * self.phi)
    }

    /// `∂²/∂φ∂β` of half the sum of squares.
    fn cross(&self, sums: &Sums) -> Vec<f64> {
        let weights: Vec<f64> = self.coefficients.iter().map(|b| -b).chain([1.0]).collect();
        (0..sums.p)
            .map(|i| {
                let rows = sums.neighbours.row(i).iter().zip(sums.inside.row(i).iter());
                rows.zip(&weights)
                    .map(|((a, b), w)| (a - 2.0 * self.phi * b) * w)
                    .sum()
            })
            .collect()
    }
}

fn collinear() -> Refusal {
    Refusal::new(
        "collinear",
        "Two of the columns say the same, so their shares can't be told apart.",
        "Leave one of them out.",
    )
}
