//! Standard errors for rows whose spread may differ, such as a group that becomes more alike.
//!
//! Who may call this: [`crate::evaluate`], with a second pass over the rows that the fit was made
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
    terms: Vec<Sums>,
}

/// What the rows add up to for one coefficient.
#[derive(Clone, Debug)]
struct Sums {
    term: Term,
    influence: Weights,
    /// `Σ p² e² (1 − h)^−i` for i = 0, 1, 2, where `p` is the row's part of the coefficient.
    squares: [f64; 3],
    /// The two sums over rows of Satterthwaite's formula.
    first: f64,
    second: f64,
    /// `Σ w²` by block, `Σ w_level w_slopes` by block, `Σ w_slopes w_slopes'`.
    levels: BTreeMap<usize, f64>,
    both: BTreeMap<usize, Vec<f64>>,
    slopes: Vec<Vec<f64>>,
}

impl<'fit> Heteroskedastic<'fit> {
    /// Prepares the variances of the terms that the fit has.
    #[must_use]
    pub fn new(fit: &'fit LeastSquares, terms: &[Term]) -> Self {
        let k = fit.slopes();
        let terms = terms
            .iter()
            .filter_map(|term| {
                Some(Sums {
                    term: *term,
                    influence: fit.influence(*term)?,
                    squares: [0.0; 3],
                    first: 0.0,
                    second: 0.0,
                    levels: BTreeMap::new(),
                    both: BTreeMap::new(),
                    slopes: vec![vec![0.0; k]; k],
                })
            })
            .collect();
        Self { fit, terms }
    }

    /// Adds a row of the fit: its block, and its regressors and outcome.
    pub fn add(&mut self, block: usize, row: &[f64]) {
        let Some((columns, residual)) = self.fit.centred(block, row) else {
            return;
        };
        let rows = self.fit.block_rows(block);
        let leverage = 1.0 / rows + dot(&columns, &self.fit.times_inverse(&columns));
        let free = 1.0 - leverage;
        if free < EXACT {
            return;
        }
        for sums in &mut self.terms {
            let part = sums.influence.level + dot(&sums.influence.slopes, &columns);
            let mut square = (part * residual).powi(2);
            for sum in &mut sums.squares {
                *sum += square;
                square /= free;
            }
            let a = part * part / free;
            sums.first += a * free;
            sums.second += a * a * (1.0 - 2.0 * leverage);
            *sums.levels.entry(block).or_default() += a;
            let both = sums.both.entry(block);
            for (sum, z) in both
                .or_insert_with(|| vec![0.0; columns.len()])
                .iter_mut()
                .zip(&columns)
            {
                *sum += a * z;
            }
            for (sum, z) in sums.slopes.iter_mut().zip(&columns) {
                for (sum, y) in sum.iter_mut().zip(&columns) {
                    *sum += a * z * y;
                }
            }
        }
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

    /// Satterthwaite's degrees of freedom of HC2 (Bell & McCaffrey 2002, every row its own cluster).
    #[must_use]
    pub fn satterthwaite(&self, term: Term) -> Option<f64> {
        let sums = self.sums(term)?;
        let rows = |block: &usize| self.fit.block_rows(*block);
        let levels: f64 = sums.levels.iter().map(|(b, a)| (a / rows(b)).powi(2)).sum();
        let both: f64 = (sums.both.iter())
            .map(|(b, v)| dot(v, &self.fit.times_inverse(v)) / rows(b))
            .sum();
        let product: Vec<Vec<f64>> = (sums.slopes.iter())
            .map(|row| self.fit.times_inverse(row))
            .collect();
        let slopes: f64 = product
            .iter()
            .enumerate()
            .flat_map(|(i, row)| row.iter().enumerate().map(move |(j, value)| (i, j, value)))
            .filter_map(|(i, j, value)| Some(value * product.get(j)?.get(i)?))
            .sum();
        let df = sums.first.powi(2) / (sums.second + levels + 2.0 * both + slopes);
        df.is_finite().then_some(df)
    }

    fn sums(&self, term: Term) -> Option<&Sums> {
        self.terms.iter().find(|sums| sums.term == term)
    }
}
