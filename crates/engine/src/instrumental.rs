//! Two-stage least squares: the effect on those who took part because the lot said so (CACE), beside, never instead of, the
//! effect of having been drawn.
//!
//! Who may call this: [`evaluate`](crate::evaluate()), and whoever knows who took part. What must stay true: from moments alone; with everybody
//! doing as drawn it is the effect of having been drawn, its standard error too.
//!
//! With one instrument z, one treatment received d and other columns w: `d̂` is the fit of d on z and w, `β` the
//! coefficient of `d̂` beside w, and the residuals are those of `y − βd − wγ`. They are also those of
//! `ỹ = y − β(d − d̂)` on `d̂` and w, because `d − d̂` is orthogonal to both; so every variance of ordinary least squares
//! (HC2, CR2 with Satterthwaite's degrees of freedom) is that of two-stage least squares when it is asked of that second fit.
//! Angrist, J. D., Imbens, G. W. & Rubin, D. B. (1996). Identification of causal effects using instrumental variables.
//! *Journal of the American Statistical Association* 91(434), 444–455. Checked against the definition with n×n matrices
//! (`tests/it/definitions.rs`): no reference item is about it.

use crate::least_squares::{Cell, LeastSquares, Term};
use crate::moments::{Moments, Source};
use crate::refusal::Refusal;

/// A fit by two-stage least squares.
///
/// ```
/// use difference_engine::instrumental::TwoStage;
/// use difference_engine::least_squares::{Cell, Term};
/// use difference_engine::moments::Moments;
///
/// // drawn, took part, score: half of those drawn took part, and the drawn gained 2 on average.
/// let rows = [
///     [1., 1., 16.], [1., 0., 10.], [1., 1., 14.], [1., 0., 12.],
///     [0., 0., 10.], [0., 0., 12.], [0., 0., 11.], [0., 0., 11.],
/// ];
/// let cells = [Cell { cluster: 0, block: 0, moments: Moments::of(rows) }];
/// let fit = TwoStage::fit(&cells)?;
/// assert!((fit.second().coefficient(Term::Column(0)).unwrap() - 4.0).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct TwoStage {
    first: LeastSquares,
    second: LeastSquares,
    cells: Vec<Cell>,
    /// `d̂` as weights of the columns, and its intercept.
    weights: Vec<f64>,
    level: f64,
    effect: f64,
}

impl TwoStage {
    /// Fits the outcome to what was received and other columns. The cells' columns: the lot (the instrument), the other
    /// columns, what was received, the outcome.
    ///
    /// # Errors
    /// `nobody-received` when what was received never differs or has nothing to do with the lot; those of [`LeastSquares::fit`].
    pub fn fit(cells: &[Cell]) -> Result<Self, Refusal> {
        let columns = cells.first().map_or(0, |cell| cell.moments.columns());
        let (Some(outcome), Some(received)) = (columns.checked_sub(1), columns.checked_sub(2))
        else {
            return Err(nobody());
        };
        let with = |moments: &dyn Fn(&Moments) -> Moments| -> Vec<Cell> {
            (cells.iter())
                .map(|cell| Cell {
                    moments: moments(&cell.moments),
                    ..cell.clone()
                })
                .collect()
        };
        let without_outcome: Vec<usize> = (0..=received).collect();
        let first = LeastSquares::fit(&with(&|m| m.select(&without_outcome)))?;
        if first.total_sum() <= 0.0 || first.coefficient(Term::Column(0)).is_none_or(|b| b == 0.0) {
            return Err(nobody());
        }
        let weights: Vec<f64> = (0..received)
            .map(|column| first.coefficient(Term::Column(column)).unwrap_or_default())
            .collect();
        let level = first.coefficient(Term::Intercept).unwrap_or_default();
        // d̂, the other columns, d, the outcome.
        let predicted = |m: &Moments| {
            let own = |column: usize| Source {
                column: Some(column),
                add: 0.0,
            };
            let doubled: Vec<Source> = (0..received)
                .chain([received, received, outcome])
                .map(own)
                .collect();
            let fitted: Vec<f64> = weights.iter().copied().chain([-1.0]).collect();
            let mut predicted = m.arranged(&doubled).with_added(received, &fitted);
            predicted.shift(received, level);
            let others = (1..received).chain([received + 1, received + 2]);
            let order: Vec<usize> = [received].into_iter().chain(others).collect();
            predicted.select(&order)
        };
        let both = with(&predicted);
        let kept: Vec<usize> = (0..received).chain([outcome]).collect();
        let plain: Vec<Cell> = (both.iter())
            .map(|cell| Cell {
                moments: cell.moments.select(&kept),
                ..cell.clone()
            })
            .collect();
        let effect = LeastSquares::fit(&plain)?
            .coefficient(Term::Column(0))
            .ok_or_else(nobody)?;
        let cells: Vec<Cell> = (both.iter())
            .map(|cell| {
                let mut back = vec![0.0; columns];
                for (at, weight) in [(0, effect), (received, -effect)] {
                    if let Some(place) = back.get_mut(at) {
                        *place = weight;
                    }
                }
                let moments = cell.moments.with_added(outcome, &back).select(&kept);
                Cell {
                    moments,
                    ..cell.clone()
                }
            })
            .collect();
        Ok(Self {
            second: LeastSquares::fit(&cells)?,
            first,
            cells,
            weights,
            level,
            effect,
        })
    }

    /// The first stage: what was received, on the lot (column 0) and the other columns.
    #[must_use]
    pub fn first(&self) -> &LeastSquares {
        &self.first
    }

    /// The second stage: column 0 is the effect of what was received, the other columns follow.
    #[must_use]
    pub fn second(&self) -> &LeastSquares {
        &self.second
    }

    /// The moments that the second stage was made from, for variances robust to clusters.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// A row (the lot, the other columns, what was received, the outcome) as the second stage sees it, for variances that look
    /// at rows.
    pub fn row(&self, row: &[f64], to: &mut Vec<f64>) {
        to.clear();
        let Some(([_, others @ ..], [received, outcome])) = row.split_last_chunk::<2>() else {
            return;
        };
        let fitted: f64 = row
            .iter()
            .zip(&self.weights)
            .map(|(x, w)| x * w)
            .sum::<f64>()
            + self.level;
        to.push(fitted);
        to.extend_from_slice(others);
        to.push(outcome - self.effect * (received - fitted));
    }
}

fn nobody() -> Refusal {
    Refusal::new(
        "nobody-received",
        "Who took part has nothing to do with who was drawn: nobody did, everybody did, or as many in both groups.",
        "Check the column that says who took part.",
    )
}
