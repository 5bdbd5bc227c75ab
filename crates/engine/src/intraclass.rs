//! How alike pupils of one class or school are, and what that costs.
//!
//! Who may call this: the effect sizes of cluster trials and the planning of the next one. What must
//! stay true: the variances are those of the unconditional mixed model, without treatment, blocks or
//! covariates, by restricted maximum likelihood.

use crate::least_squares::Cell;
use crate::mixed::{Likelihood, Mixed};
use crate::power;
use crate::refusal::Refusal;

/// How the outcome's variance divides between and within clusters.
///
/// ```
/// use difference_engine::intraclass::Intraclass;
/// use difference_engine::least_squares::Cell;
/// use difference_engine::moments::Moments;
///
/// let classes = [[[10.0], [12.0]], [[14.0], [16.0]], [[15.0], [17.0]], [[19.0], [21.0]]];
/// let cells: Vec<Cell> = (0..)
///     .zip(classes)
///     .map(|(cluster, rows)| Cell { cluster, block: 0, moments: Moments::of(rows) })
///     .collect();
/// let spread = Intraclass::of(&cells)?;
/// // Analysis of variance: within 2; the class means' variance is 41/3, so between 41/3 − 2/2.
/// assert!((spread.within - 2.0).abs() < 1e-9);
/// assert!((spread.between - (41.0 / 3.0 - 1.0)).abs() < 1e-9);
/// assert!((spread.correlation() - 38.0 / 44.0).abs() < 1e-9);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intraclass {
    /// Variance between clusters, in the outcome's unit squared.
    pub between: f64,
    /// Variance within clusters, in the outcome's unit squared.
    pub within: f64,
}

impl Intraclass {
    /// Fits the unconditional model to the last column of the cells.
    ///
    /// # Errors
    /// Those of [`Mixed::fit`].
    pub fn of(cells: &[Cell]) -> Result<Self, Refusal> {
        let bare: Vec<Cell> = cells
            .iter()
            .map(|cell| Cell {
                cluster: cell.cluster,
                block: 0,
                moments: cell
                    .moments
                    .select(&[cell.moments.columns().saturating_sub(1)]),
            })
            .collect();
        let model = Mixed::fit(&bare, Likelihood::Restricted)?;
        Ok(Self {
            between: model.between(),
            within: model.within(),
        })
    }

    /// Share of the variance that lies between clusters, 0 to 1.
    #[must_use]
    pub fn correlation(&self) -> f64 {
        self.between / (self.between + self.within)
    }

    /// Standard deviation over all pupils, in the outcome's unit.
    #[must_use]
    pub fn total_sd(&self) -> f64 {
        (self.between + self.within).sqrt()
    }

    /// Standard deviation within clusters, in the outcome's unit.
    #[must_use]
    pub fn within_sd(&self) -> f64 {
        self.within.sqrt()
    }

    /// How many times as many pupils are needed as if they had been drawn one by one, for clusters of this mean size and
    /// coefficient of variation of size.
    #[must_use]
    pub fn design_effect(&self, mean_size: f64, size_cv: f64) -> f64 {
        power::design_effect(mean_size, size_cv, self.correlation())
    }
}
