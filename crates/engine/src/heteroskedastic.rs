//! Standard errors for rows whose spread may differ, such as a group that becomes more alike.
//!
//! Who may call this: [`evaluate`](crate::evaluate()), with a second pass over the rows that the fit was made
//! from. What must stay true: one row at a time, none kept.
//!
//! MacKinnon, J. G. & White, H. (1985). Some heteroskedasticity-consistent covariance matrix estimators with
//! improved finite sample properties. *Journal of Econometrics* 29(3), 305–325. Samii, C. & Aronow, P. M. (2012). On
//! equivalencies between design-based and regression-based variance estimators for randomized experiments.
//! *Statistics & Probability Letters* 82(2), 365–370.

use std::collections::BTreeMap;

use crate::count::count;
use crate::least_squares::{LeastSquares, Term, Weights};
use crate::matrix::dot;

/// A row whose leverage is closer to 1 than this is fitted exactly and says nothing about spread.
const EXACT: f64 = 1e-10;

/// How a squared residual is corrected for the row's leverage `h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// Not at all.
    Hc0,
    /// Times `n/(n − p)`.
    Hc1,
    /// Over `1 − h`: unbiased where the spread is equal, and Neyman's variance in a trial.
    Hc2,
    /// Over `(1 − h)²`.
    Hc3,
}

/// Heteroskedasticity-consistent variances of some coefficients of a least-squares fit.
///
/// ```
/// use difference_engine::heteroskedastic::{Correction, Heteroskedastic};
/// use difference_engine::least_squares::{Cell, LeastSquares, Term};
/// use difference_engine::moments::Moments;
///
/// // group, score
/// let rows = [[0., 10.], [0., 12.], [0., 14.], [1., 12.], [1., 16.], [1., 20.], [1., 24.]];
/// let cells = [Cell { cluster: 0, block: 0, moments: Moments::of(rows) }];
/// let fit = LeastSquares::fit(&cells)?;
/// let mut robust = Heteroskedastic::new(&fit, &[Term::Column(0)]);
/// for row in rows {
///     robust.add(0, &row);
/// }
/// // HC2 is Neyman's: √(s₀²/n₀ + s₁²/n₁).
/// let neyman = (4.0 / 3.0 + (80.0 / 3.0) / 4.0_f64).sqrt();
/// let hc2 = robust.standard_error(Term::Column(0), Correction::Hc2).unwrap();
/// assert!((hc2 - neyman).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct Heteroskedastic<'fit> {
    fit: &'fit LeastSquares,
    /// Lower triangle of `(X'X)⁻¹` of the slopes, row by row.
    inverse: Vec<f64>,
    terms: Vec<Sums>,
    /// Of the terms with each other, and how it is corrected; where it was asked for.
    joint: Option<(Correction, Vec<Vec<f64>>)>,
    /// The row at hand, centred and scaled.
    columns: Vec<f64>,
}

/// What the rows add up to for one coefficient.
#[derive(Clone, Debug)]
struct Sums {
    term: Term,
    influence: Weights,
    /// `Σ p² e² (1 − h)^−i` for i = 0, 1, 2, where `p` is the row's part of the coefficient.
    squares: [f64; 3],
    degrees: Option<Degrees>,
}

/// What Satterthwaite's formula sums over the rows, with `w = x p (1 − h)^(−1/2)`.
#[derive(Clone, Debug)]
struct Degrees {
    first: f64,
    second: f64,
    /// `Σ w_level²` by block, `Σ w_level w_slopes` by block, `Σ w_slopes w_slopes'`.
    levels: BTreeMap<usize, f64>,
    both: BTreeMap<usize, Vec<f64>>,
    slopes: Vec<Vec<f64>>,
}

impl<'fit> Heteroskedastic<'fit> {
    /// Prepares the standard errors of the terms that the fit has.
    #[must_use]
    pub fn new(fit: &'fit LeastSquares, terms: &[Term]) -> Self {
        let terms = terms
            .iter()
            .filter_map(|term| {
                Some(Sums {
                    term: *term,
                    influence: fit.influence(*term)?,
                    squares: [0.0; 3],
                    degrees: None,
                })
            })
            .collect();
        let inverse = fit.inverse();
        Self {
            inverse: (0..fit.slopes())
                .flat_map(|i| (0..=i).map(move |j| *inverse.get(i, j)))
                .collect(),
            columns: Vec::with_capacity(fit.slopes()),
            fit,
            terms,
            joint: None,
        }
    }

    /// Prepares the terms' covariance too, with one of the corrections.
    #[must_use]
    pub fn with_covariance(mut self, correction: Correction) -> Self {
        let terms = self.terms.len();
        self.joint = Some((correction, vec![vec![0.0; terms]; terms]));
        self
    }

    /// Prepares Satterthwaite's degrees of freedom too, which cost more.
    #[must_use]
    pub fn with_degrees_of_freedom(mut self) -> Self {
        let k = self.fit.slopes();
        for sums in &mut self.terms {
            sums.degrees = Some(Degrees {
                first: 0.0,
                second: 0.0,
                levels: BTreeMap::new(),
                both: BTreeMap::new(),
                slopes: vec![vec![0.0; k]; k],
            });
        }
        self
    }

    /// Adds a row of the fit: its block, and its regressors and outcome.
    pub fn add(&mut self, block: usize, row: &[f64]) {
        let Some(residual) = self.fit.centre(block, row, &mut self.columns) else {
            return;
        };
        let leverage = 1.0 / self.fit.block_rows(block) + self.quadratic();
        let free = 1.0 - leverage;
        if free < EXACT {
            return;
        }
        if let Some((correction, sums)) = &mut self.joint {
            let weight = match correction {
                Correction::Hc0 | Correction::Hc1 => 1.0,
                Correction::Hc2 => 1.0 / free,
                Correction::Hc3 => 1.0 / (free * free),
            };
            let parts: Vec<f64> = (self.terms.iter())
                .map(|s| s.influence.level + dot(&s.influence.slopes, &self.columns))
                .collect();
            for (row, a) in sums.iter_mut().zip(&parts) {
                for (sum, b) in row.iter_mut().zip(&parts) {
                    *sum += a * b * residual * residual * weight;
                }
            }
        }
        for sums in &mut self.terms {
            let part = sums.influence.level + dot(&sums.influence.slopes, &self.columns);
            let mut square = (part * residual).powi(2);
            for sum in &mut sums.squares {
                *sum += square;
                square /= free;
            }
            if let Some(degrees) = &mut sums.degrees {
                degrees.add(block, &self.columns, part * part / free, leverage);
            }
        }
    }

    /// `z'(X'X)⁻¹z` of the row at hand.
    fn quadratic(&self) -> f64 {
        let mut rest = self.inverse.as_slice();
        let mut sum = 0.0;
        for (i, z) in self.columns.iter().enumerate() {
            let Some((row, below)) = rest.split_at_checked(i + 1) else {
                break;
            };
            let across = dot(row, &self.columns);
            let own = row.last().copied().unwrap_or_default() * z;
            sum += z * (2.0 * across - own);
            rest = below;
        }
        sum
    }

    /// Standard error of a coefficient, once every row was added; None for a term not asked for.
    #[must_use]
    pub fn standard_error(&self, term: Term, correction: Correction) -> Option<f64> {
        let [hc0, hc2, hc3] = self.sums(term)?.squares;
        let n = count(self.fit.n());
        let variance = match correction {
            Correction::Hc0 => hc0,
            Correction::Hc1 => hc0 * n / count(self.fit.residual_df()),
            Correction::Hc2 => hc2,
            Correction::Hc3 => hc3,
        };
        Some(variance.sqrt())
    }

    /// Covariance of some coefficients, in the products of their units; None unless it was prepared for them.
    #[must_use]
    pub fn covariance(&self, terms: &[Term]) -> Option<Vec<Vec<f64>>> {
        let (correction, sums) = self.joint.as_ref()?;
        let factor = match correction {
            Correction::Hc1 => count(self.fit.n()) / count(self.fit.residual_df()),
            Correction::Hc0 | Correction::Hc2 | Correction::Hc3 => 1.0,
        };
        let place = |term: &Term| self.terms.iter().position(|sums| sums.term == *term);
        let places: Option<Vec<usize>> = terms.iter().map(place).collect();
        let places = places?;
        (places.iter())
            .map(|a| {
                let row = sums.get(*a)?;
                places.iter().map(|b| Some(factor * row.get(*b)?)).collect()
            })
            .collect()
    }

    /// Satterthwaite's degrees of freedom of HC2 (Bell & McCaffrey 2002, every row its own cluster);
    /// None unless they were prepared.
    #[must_use]
    pub fn satterthwaite(&self, term: Term) -> Option<f64> {
        let degrees = self.sums(term)?.degrees.as_ref()?;
        let rows = |block: &usize| self.fit.block_rows(*block);
        let levels: f64 = (degrees.levels.iter())
            .map(|(block, a)| (a / rows(block)).powi(2))
            .sum();
        let both: f64 = (degrees.both.iter())
            .map(|(block, v)| dot(v, &self.fit.times_inverse(v)) / rows(block))
            .sum();
        let product: Vec<Vec<f64>> = (degrees.slopes.iter())
            .map(|row| self.fit.times_inverse(row))
            .collect();
        let slopes: f64 = product
            .iter()
            .enumerate()
            .flat_map(|(i, row)| row.iter().enumerate().map(move |(j, value)| (i, j, value)))
            .filter_map(|(i, j, value)| Some(value * product.get(j)?.get(i)?))
            .sum();
        let df = degrees.first.powi(2) / (degrees.second + levels + 2.0 * both + slopes);
        df.is_finite().then_some(df)
    }

    fn sums(&self, term: Term) -> Option<&Sums> {
        self.terms.iter().find(|sums| sums.term == term)
    }
}

impl Degrees {
    fn add(&mut self, block: usize, columns: &[f64], a: f64, leverage: f64) {
        self.first += a * (1.0 - leverage);
        self.second += a * a * (1.0 - 2.0 * leverage);
        *self.levels.entry(block).or_default() += a;
        let both = self.both.entry(block);
        let both = both.or_insert_with(|| vec![0.0; columns.len()]);
        for (sum, z) in both.iter_mut().zip(columns) {
            *sum += a * z;
        }
        for (sum, z) in self.slopes.iter_mut().zip(columns) {
            for (sum, y) in sum.iter_mut().zip(columns) {
                *sum += a * z * y;
            }
        }
    }
}
