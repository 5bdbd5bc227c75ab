//! Least squares from moments: the difference that is left when blocks, earlier scores and other
//! columns have been allowed for (analysis of covariance).
//!
//! Who may call this: [`evaluate`](crate::evaluate()) and the variance estimators beside it. What must stay true:
//! blocks are absorbed, never written out as columns, so that a thousand of them cost what ten do;
//! a column that says nothing new is left out and named, never guessed at.
//!
//! With the columns centred on their block, `X'X` falls into the blocks' counts and `S`, the
//! cross-products within blocks (Frisch & Waugh 1933; Lovell 1963), so `b = S⁻¹ S_zy`.

use std::collections::BTreeMap;

use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, Side};

use crate::count::count;
use crate::matrix::{dot, times};
use crate::moments::Moments;
use crate::refusal::Refusal;

/// A column is left out when less than this share of its variance is news beside the columns
/// before it: R's `lm` asks for 10⁻⁷ of its length, the squares here keep some five digits fewer.
const NEWS: f64 = 1e-11;

/// The moments of one cluster's rows within one block: the regressors in order, the outcome last.
///
/// Without clusters give every cell its own number; without blocks give every cell block 0. A
/// cluster may have several cells in a block (its arms, or chunks of its rows).
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Number of the cluster.
    pub cluster: usize,
    /// Number of the block.
    pub block: usize,
    /// Of the regressors and, last, the outcome.
    pub moments: Moments,
}

/// A coefficient of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// The outcome where every regressor is 0; there is none beside blocks.
    Intercept,
    /// A regressor, by its place in the cells' moments.
    Column(usize),
}

/// A least-squares fit.
///
/// ```
/// use difference_engine::least_squares::{Cell, LeastSquares, Term};
/// use difference_engine::moments::Moments;
///
/// // group (0 or 1), score before, score after
/// let rows = [[0., 8., 10.], [0., 12., 15.], [1., 9., 16.], [1., 11., 17.], [1., 13., 19.]];
/// let cells = [Cell { cluster: 0, block: 0, moments: Moments::of(rows) }];
/// let fit = LeastSquares::fit(&cells)?;
/// assert_eq!(fit.residual_df(), 2);
/// assert!((fit.coefficient(Term::Column(0)).unwrap() - 23.0 / 6.0).abs() < 1e-12);
/// assert!((fit.standard_error(Term::Column(0)).unwrap() - 0.722890).abs() < 1e-6);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct LeastSquares {
    n: usize,
    /// Each block's moments, by its number.
    blocks: BTreeMap<usize, Moments>,
    regressors: usize,
    kept: Vec<usize>,
    /// Of the kept columns: root mean square within blocks. Everything inside is in these units.
    scales: Vec<f64>,
    /// Of the kept columns, scaled.
    slopes: Vec<f64>,
    inverse: Mat<f64>,
    residual: f64,
    total: f64,
    /// The smallest share of a kept column's variance that is news beside those before it.
    news: f64,
}

impl LeastSquares {
    /// Fits the outcome (the cells' last column) to the columns before it and a level for each block.
    ///
    /// # Errors
    /// `too-few-rows` when there are no more rows than coefficients, `out-of-range` when the values are too
    /// large to be squared.
    pub fn fit(cells: &[Cell]) -> Result<Self, Refusal> {
        let mut blocks: BTreeMap<usize, Moments> = BTreeMap::new();
        for cell in cells {
            match blocks.entry(cell.block) {
                std::collections::btree_map::Entry::Vacant(new) => {
                    new.insert(cell.moments.clone());
                }
                std::collections::btree_map::Entry::Occupied(mut old) => {
                    old.get_mut().merge(&cell.moments);
                }
            }
        }
        if !blocks.values().all(Moments::is_finite) {
            return Err(Refusal::new(
                "out-of-range",
                "Some values are too large to be worked with.",
                "Look for a slip of the pen in the outcome and the other columns.",
            ));
        }
        let columns = cells.first().map_or(1, |cell| cell.moments.columns());
        let regressors = columns.saturating_sub(1);
        let n: usize = blocks.values().map(Moments::n).sum();
        let cross = |a, b| -> f64 { blocks.values().map(|m| m.cross(a, b)).sum() };
        let (kept, news) = news(regressors, cross);
        if n <= blocks.len() + kept.len() {
            return Err(Refusal::new(
                "too-few-rows",
                format!(
                    "There are {n} complete rows for {} things to work out.",
                    blocks.len() + kept.len()
                ),
                "Add rows, or ask with fewer columns.",
            ));
        }
        let scales: Vec<f64> = kept
            .iter()
            .map(|c| (cross(*c, *c) / count(n)).sqrt())
            .collect();
        let scaled: Vec<(usize, f64)> = kept.iter().copied().zip(scales.iter().copied()).collect();
        let k = kept.len();
        let column = |i: usize| scaled.get(i).copied().unwrap_or((regressors, 1.0));
        let squares = Mat::from_fn(k, k, |i, j| {
            let ((a, sa), (b, sb)) = (column(i), column(j));
            cross(a, b) / (sa * sb)
        });
        let with_outcome = Mat::from_fn(k, 1, |i, _| {
            let (a, sa) = column(i);
            cross(a, regressors) / sa
        });
        let inverse = match squares.llt(Side::Lower) {
            Ok(cholesky) => cholesky.inverse(),
            Err(_) => return Err(collinear()),
        };
        let mut slopes = &inverse * &with_outcome;
        // One step of refinement brings back the digits that forming the inverse lost.
        slopes += &inverse * (&with_outcome - &squares * &slopes);
        let total = cross(regressors, regressors);
        let explained = (slopes.transpose() * (&with_outcome + &with_outcome - &squares * &slopes))
            .get(0, 0)
            .to_owned();
        Ok(Self {
            n,
            regressors,
            kept,
            scales,
            slopes: slopes.col(0).iter().copied().collect(),
            inverse,
            residual: (total - explained).max(0.0),
            total,
            news,
            blocks,
        })
    }

    /// Rows.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// Coefficients: the blocks' levels (one, the intercept, without blocks) and the slopes.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.blocks.len() + self.kept.len()
    }

    /// Rows less coefficients.
    #[must_use]
    pub fn residual_df(&self) -> usize {
        self.n - self.rank()
    }

    /// Residual sum of squares, in the outcome's unit squared.
    #[must_use]
    pub fn residual_sum(&self) -> f64 {
        self.residual
    }

    /// The outcome's sum of squares within blocks, in its unit squared.
    #[must_use]
    pub fn total_sum(&self) -> f64 {
        self.total
    }

    /// Number of blocks.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// What the fit leaves of the outcome in a row, or of the mean outcome of some rows, given their
    /// values or means (regressors, outcome); None for a block that the fit has not seen.
    #[must_use]
    pub fn residual_at(&self, block: usize, values: &[f64]) -> Option<f64> {
        self.centred(block, values).map(|(_, residual)| residual)
    }

    /// Residual variance (over the residual degrees of freedom).
    #[must_use]
    pub fn residual_variance(&self) -> f64 {
        self.residual / count(self.residual_df())
    }

    /// Share of the outcome's variance within blocks that the regressors account for.
    #[must_use]
    pub fn r_squared(&self) -> f64 {
        if self.total > 0.0 {
            1.0 - self.residual / self.total
        } else {
            0.0
        }
    }

    /// The smallest share of a regressor's variance that the blocks and the regressors before it leave as news: 1 where
    /// they have nothing to do with each other. Sums of squares keep about `16 + log₁₀` of it of a coefficient's digits; under
    /// 10⁻⁴ look at the rows again ([`Refinement`](crate::refinement::Refinement), [`Qr`](crate::qr::Qr)). Under 10⁻¹¹ a column is [left
    /// out](Self::left_out).
    #[must_use]
    pub fn least_news(&self) -> f64 {
        self.news
    }

    /// Regressors that were left out, because the blocks and the columns before them say the same.
    #[must_use]
    pub fn left_out(&self) -> Vec<usize> {
        (0..self.regressors)
            .filter(|c| !self.kept.contains(c))
            .collect()
    }

    /// The coefficients that there are, intercept first.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        let intercept = (self.blocks.len() == 1).then_some(Term::Intercept);
        intercept
            .into_iter()
            .chain(self.kept.iter().map(|c| Term::Column(*c)))
            .collect()
    }

    /// A coefficient, in outcome units for each unit of its column; None when there is none.
    #[must_use]
    pub fn coefficient(&self, term: Term) -> Option<f64> {
        let contrast = self.contrast(term)?;
        let slopes: f64 = dot(&contrast.slopes, &self.slopes);
        let level = self.blocks.values().next()?.mean(self.regressors);
        Some(contrast.level * level + slopes)
    }

    /// Classical standard error: one variance for all rows.
    #[must_use]
    pub fn standard_error(&self, term: Term) -> Option<f64> {
        let contrast = self.contrast(term)?;
        let direction = self.direction(&contrast);
        let variance = contrast.level * direction.level + dot(&contrast.slopes, &direction.slopes);
        Some((variance * self.residual_variance()).sqrt())
    }

    /// Classical covariance of some coefficients, in the products of their units; None when one is not there.
    #[must_use]
    pub fn covariance(&self, terms: &[Term]) -> Option<Vec<Vec<f64>>> {
        let contrasts: Option<Vec<Weights>> = terms.iter().map(|t| self.contrast(*t)).collect();
        let contrasts = contrasts?;
        let directions: Vec<Weights> = contrasts.iter().map(|c| self.direction(c)).collect();
        let one = |c: &Weights, d: &Weights| {
            (c.level * d.level + dot(&c.slopes, &d.slopes)) * self.residual_variance()
        };
        Some(
            (contrasts.iter())
                .map(|c| directions.iter().map(|d| one(c, d)).collect())
                .collect(),
        )
    }

    /// A term as weights of the levels and the scaled, block-centred slopes.
    pub(crate) fn contrast(&self, term: Term) -> Option<Weights> {
        match term {
            Term::Column(column) => {
                let at = self.kept.iter().position(|c| *c == column)?;
                Some(Weights {
                    level: 0.0,
                    slopes: self
                        .scales
                        .iter()
                        .enumerate()
                        .map(|(i, scale)| if i == at { 1.0 / scale } else { 0.0 })
                        .collect(),
                })
            }
            Term::Intercept if self.blocks.len() == 1 => {
                let block = self.blocks.values().next()?;
                Some(Weights {
                    level: 1.0,
                    slopes: (self.kept.iter().zip(&self.scales))
                        .map(|(c, scale)| -block.mean(*c) / scale)
                        .collect(),
                })
            }
            Term::Intercept => None,
        }
    }

    /// `(X'X)⁻¹ c`.
    fn direction(&self, contrast: &Weights) -> Weights {
        Weights {
            level: contrast.level / count(self.n),
            slopes: self.times_inverse(&contrast.slopes),
        }
    }

    /// [`direction`](Self::direction) of a term.
    pub(crate) fn influence(&self, term: Term) -> Option<Weights> {
        self.contrast(term).map(|c| self.direction(&c))
    }

    /// `S⁻¹ v` in scaled columns.
    pub(crate) fn times_inverse(&self, v: &[f64]) -> Vec<f64> {
        times(&self.inverse, v)
    }

    /// `(X'X)⁻¹` of the slopes, in scaled columns.
    pub(crate) fn inverse(&self) -> &Mat<f64> {
        &self.inverse
    }

    /// Lower triangular `C` with `(X'X)⁻¹ = C C'` of the slopes, in scaled columns.
    pub(crate) fn root_of_inverse(&self) -> Result<Mat<f64>, Refusal> {
        let cholesky = self.inverse.llt(Side::Lower);
        cholesky.map(|c| c.L().to_owned()).map_err(|_| collinear())
    }

    /// A regressor's place among the slopes, and its scale; None when it was left out.
    pub(crate) fn kept_at(&self, column: usize) -> Option<(usize, f64)> {
        let place = self.kept.iter().position(|kept| *kept == column)?;
        Some((place, self.scales.get(place).copied()?))
    }

    /// Number of slopes.
    pub(crate) fn slopes(&self) -> usize {
        self.kept.len()
    }

    /// Rows in a block.
    pub(crate) fn block_rows(&self, block: usize) -> f64 {
        self.blocks.get(&block).map_or(0.0, |m| count(m.n()))
    }

    /// Values of a row, or means of some rows, centred on their block and scaled, and what the
    /// slopes leave of the outcome there.
    pub(crate) fn centred(&self, block: usize, values: &[f64]) -> Option<(Vec<f64>, f64)> {
        let mut columns = Vec::with_capacity(self.kept.len());
        let left = self.centre(block, values, &mut columns)?;
        Some((columns, left))
    }

    /// [`centred`](Self::centred) into a place that is used again.
    pub(crate) fn centre(&self, block: usize, values: &[f64], to: &mut Vec<f64>) -> Option<f64> {
        let level = self.blocks.get(&block)?;
        let at = |c: usize| values.get(c).copied().unwrap_or_default() - level.mean(c);
        to.clear();
        to.extend((self.kept.iter().zip(&self.scales)).map(|(c, scale)| at(*c) / scale));
        Some(at(self.regressors) - dot(to, &self.slopes))
    }

    /// What the rows of one cell vary by around their own means.
    pub(crate) fn within(&self, moments: &Moments) -> Within {
        let k = self.kept.len();
        let column = |i: usize| {
            let scaled = self.kept.get(i).zip(self.scales.get(i));
            scaled.map_or((0, 1.0), |(c, s)| (*c, *s))
        };
        let squares = Mat::from_fn(k, k, |i, j| {
            let ((a, sa), (b, sb)) = (column(i), column(j));
            moments.cross(a, b) / (sa * sb)
        });
        let (mut scores, mut residual) = (
            Vec::with_capacity(k),
            moments.cross(self.regressors, self.regressors),
        );
        for (i, slope) in self.slopes.iter().enumerate() {
            let (a, sa) = column(i);
            let with_outcome = moments.cross(a, self.regressors) / sa;
            let fitted: f64 = (squares.row(i).iter().zip(&self.slopes))
                .map(|(s, b)| s * b)
                .sum();
            residual -= slope * (2.0 * with_outcome - fitted);
            scores.push(with_outcome - fitted);
        }
        Within {
            squares,
            scores,
            residual: residual.max(0.0),
        }
    }

    /// The fit with its slopes moved by some steps, its blocks' mean outcomes by some levels, and its
    /// residual sum as the rows give it.
    pub(crate) fn moved(
        &self,
        steps: &[f64],
        levels: impl Iterator<Item = (usize, f64)>,
        scores: &[f64],
        squares: f64,
    ) -> Self {
        let mut fit = self.clone();
        for (slope, step) in fit.slopes.iter_mut().zip(steps) {
            *slope += step;
        }
        for (block, level) in levels {
            if let Some(moments) = fit.blocks.get_mut(&block) {
                moments.shift(self.regressors, level);
            }
        }
        fit.residual = (squares - dot(steps, scores)).max(0.0);
        fit
    }

    /// Sum of the logarithms of the scales that the slopes are measured in.
    pub(crate) fn log_scales(&self) -> f64 {
        self.scales.iter().map(|s| s.ln()).sum()
    }
}

/// Centred sums over the rows of one cell, in scaled columns.
pub(crate) struct Within {
    /// Of the columns.
    pub squares: Mat<f64>,
    /// Of the columns with the residual.
    pub scores: Vec<f64>,
    /// Of the residual.
    pub residual: f64,
}

/// Weights of the coefficients: of the one level (0 where there are blocks), and of the slopes.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    pub level: f64,
    pub slopes: Vec<f64>,
}

fn collinear() -> Refusal {
    Refusal::new(
        "collinear",
        "Two of the columns say the same, so their shares can't be told apart.",
        "Leave one of them out.",
    )
}

/// The columns that say something beside those before them: a Cholesky factorisation of the
/// correlations that passes over a column when its pivot is next to nothing. And the smallest pivot kept.
fn news(columns: usize, cross: impl Fn(usize, usize) -> f64) -> (Vec<usize>, f64) {
    let mut least: f64 = 1.0;
    let mut kept: Vec<usize> = Vec::new();
    let mut factor: Vec<Vec<f64>> = Vec::new();
    for column in 0..columns {
        let length = cross(column, column).sqrt();
        if length <= 0.0 || length.is_nan() {
            continue;
        }
        let mut row: Vec<f64> = Vec::with_capacity(kept.len() + 1);
        for (other, above) in kept.iter().zip(&factor) {
            let correlation = cross(column, *other) / (length * cross(*other, *other).sqrt());
            let (pivot, before) = above.split_last().map_or((1.0, &[][..]), |(p, b)| (*p, b));
            row.push((correlation - dot(&row, before)) / pivot);
        }
        let left = 1.0 - dot(&row, &row);
        if left > NEWS {
            least = least.min(left);
            row.push(left.sqrt());
            factor.push(row);
            kept.push(column);
        }
    }
    (kept, least)
}
