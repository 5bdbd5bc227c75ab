//! A second look at the rows that brings a least-squares fit the digits which sums can't carry.
//!
//! Who may call this: whoever has the rows and columns that nearly repeat each other (a
//! polynomial's powers). What must stay true: it changes rounding only; fits from moments alone stay what they are.
//!
//! Sums of squares carry half the digits that the rows carry. One step of iterative refinement with
//! the residuals taken from the rows themselves gives the rest back: Björck, Å. (1987). Stability analysis of the
//! method of seminormal equations for linear least squares problems. *Linear Algebra and its Applications* 88/89, 31–48.

use std::collections::BTreeMap;

use crate::least_squares::LeastSquares;

/// What the rows add up to beside a fit: residuals, and residuals times columns.
///
/// ```
/// use difference_engine::least_squares::{Cell, LeastSquares, Term};
/// use difference_engine::moments::Moments;
/// use difference_engine::refinement::Refinement;
///
/// // Wampler's first set: y = 1 + x + x² + x³ + x⁴ + x⁵ for x = 0 … 20.
/// let rows: Vec<[f64; 6]> = (0..=20)
///     .map(|x| {
///         let x = f64::from(x);
///         let powers = [x, x.powi(2), x.powi(3), x.powi(4), x.powi(5)];
///         let [a, b, c, d, e] = powers;
///         [a, b, c, d, e, 1.0 + powers.iter().sum::<f64>()]
///     })
///     .collect();
/// let cells = [Cell { cluster: 0, block: 0, moments: Moments::of(&rows) }];
/// let mut fit = LeastSquares::fit(&cells)?;
/// for _ in 0..2 {
///     let mut refinement = Refinement::new(&fit);
///     rows.iter().for_each(|row| refinement.add(0, row));
///     fit = refinement.refine();
/// }
/// for column in 0..5 {
///     assert!((fit.coefficient(Term::Column(column)).unwrap() - 1.0).abs() < 1e-9);
/// }
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct Refinement<'fit> {
    fit: &'fit LeastSquares,
    columns: Vec<f64>,
    /// `Σ z e` of the slopes.
    slopes: Vec<f64>,
    /// `Σ e` and `Σ z` by block.
    blocks: BTreeMap<usize, (f64, Vec<f64>)>,
    /// `Σ e²`.
    squares: f64,
}

impl<'fit> Refinement<'fit> {
    /// Begins beside a fit.
    #[must_use]
    pub fn new(fit: &'fit LeastSquares) -> Self {
        Self {
            columns: Vec::with_capacity(fit.slopes()),
            slopes: vec![0.0; fit.slopes()],
            blocks: BTreeMap::new(),
            squares: 0.0,
            fit,
        }
    }

    /// Adds a row of the fit: its block, and its regressors and outcome.
    pub fn add(&mut self, block: usize, row: &[f64]) {
        let Some(residual) = self.fit.centre(block, row, &mut self.columns) else {
            return;
        };
        self.squares += residual * residual;
        let sums = self.blocks.entry(block);
        let (residuals, columns) = sums.or_insert_with(|| (0.0, vec![0.0; self.columns.len()]));
        *residuals += residual;
        for ((sum, across), z) in columns.iter_mut().zip(&mut self.slopes).zip(&self.columns) {
            *sum += z;
            *across += z * residual;
        }
    }

    /// The fit, refined, once every row was added. Repeat while it still moves.
    #[must_use]
    pub fn refine(self) -> LeastSquares {
        let mut slopes = self.slopes;
        let mut squares = self.squares;
        for (block, (residual, columns)) in &self.blocks {
            // What the means, rounded, left over.
            let level = residual / self.fit.block_rows(*block);
            squares -= level * residual;
            for (sum, column) in slopes.iter_mut().zip(columns) {
                *sum -= column * level;
            }
        }
        let levels = self
            .blocks
            .iter()
            .map(|(block, (residual, _))| (*block, residual / self.fit.block_rows(*block)));
        self.fit
            .moved(&self.fit.times_inverse(&slopes), levels, &slopes, squares)
    }
}
