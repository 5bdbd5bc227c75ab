//! The mixed model: a level of its own for every class or school, drawn from one spread of levels.
//!
//! Who may call this: [`evaluate`](crate::evaluate()) and the effect sizes of cluster trials. What must stay
//! true: from moments alone, so that the merged moments of many places give the exact fit of all their rows; the
//! objective is counted as lme4 counts it; a variance of zero is said, never hidden.
//!
//! With `w_j = n_j/(1 + n_j λ)`, where λ is the variance between clusters over that within, generalised
//! least squares is the sum of what varies within clusters and of the cluster means' deviations weighted by `w_j`
//! from their block's weighted mean. So the profiled deviance and its derivatives cost one look at each
//! cluster. Bates, D., Mächler, M., Bolker, B. & Walker, S. (2015). Fitting linear mixed-effects models using lme4.
//! *Journal of Statistical Software* 67(1). Satterthwaite as Kuznetsova, A., Brockhoff, P. B. & Christensen, R. H. B.
//! (2017), lmerTest, *ibid.* 82(13), with the Hessian in closed form.

mod curvature;
mod deviance;

use std::collections::{BTreeMap, BTreeSet};

use crate::least_squares::{Cell, LeastSquares, Term, Weights};
use crate::matrix::{dot, times};
use crate::moments::Moments;
use crate::refusal::Refusal;

use curvature::Curvature;
use deviance::{Profile, Sums};

/// Which likelihood is made as large as it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likelihood {
    /// Restricted: variances allow for the coefficients having been fitted.
    Restricted,
    /// Full: for comparing models with different coefficients.
    Full,
}

/// More blocks than this are not written out as columns (needed only where clusters reach over blocks).
const WRITTEN_OUT: usize = 200;

/// A mixed model with a random intercept for each cluster.
///
/// ```
/// use difference_engine::least_squares::{Cell, Term};
/// use difference_engine::mixed::{Likelihood, Mixed};
/// use difference_engine::moments::Moments;
///
/// let classes = [
///     [[0.0, 10.0], [0.0, 12.0]],
///     [[0.0, 14.0], [0.0, 16.0]],
///     [[1.0, 15.0], [1.0, 17.0]],
///     [[1.0, 19.0], [1.0, 21.0]],
/// ];
/// let cells: Vec<Cell> = (0..)
///     .zip(classes)
///     .map(|(cluster, rows)| Cell { cluster, block: 0, moments: Moments::of(rows) })
///     .collect();
/// let model = Mixed::fit(&cells, Likelihood::Restricted)?;
/// // Balanced, so the analysis of variance: within 2, between (16 − 2)/2.
/// assert!((model.within() - 2.0).abs() < 1e-9);
/// assert!((model.between() - 7.0).abs() < 1e-9);
/// assert!((model.satterthwaite(Term::Column(0)).unwrap() - 2.0).abs() < 1e-9);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct Mixed {
    likelihood: Likelihood,
    start: LeastSquares,
    clusters: usize,
    /// Variance between clusters over that within.
    ratio: f64,
    within: f64,
    objective: f64,
    at: Profile,
    curvature: Curvature,
}

impl Mixed {
    /// Fits the outcome (the cells' last column) to the columns before it, a level for each block, and a random
    /// level for each cluster.
    ///
    /// # Errors
    /// Those of [`LeastSquares::fit`]; `too-few-clusters` when clusters can't be told from blocks and columns;
    /// `no-variation` when nothing varies within clusters; `too-many-blocks` when clusters reach over more than
    /// 200 blocks.
    pub fn fit(cells: &[Cell], likelihood: Likelihood) -> Result<Self, Refusal> {
        let nested;
        let cells = if reach_over_blocks(cells) {
            nested = blocks_as_columns(cells)?;
            nested.as_slice()
        } else {
            cells
        };
        let start = LeastSquares::fit(cells)?;
        let sums = Sums::new(&start, cells, likelihood);
        let ratio = sums.minimise()?;
        let at = sums.profile(ratio)?;
        let objective = sums.deviance(&at);
        let within = at.residual / sums.degrees();
        let curvature = sums.curvature(ratio, &at, within);
        Ok(Self {
            likelihood,
            clusters: sums.groups.len(),
            start,
            ratio,
            within,
            objective,
            at,
            curvature,
        })
    }

    /// Which likelihood was maximised.
    #[must_use]
    pub fn likelihood(&self) -> Likelihood {
        self.likelihood
    }

    /// −2 log-likelihood, restricted where that was asked, as lme4 counts it.
    #[must_use]
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// Number of clusters.
    #[must_use]
    pub fn clusters(&self) -> usize {
        self.clusters
    }

    /// Rows.
    #[must_use]
    pub fn n(&self) -> usize {
        self.start.n()
    }

    /// Variance between clusters, in the outcome's unit squared.
    #[must_use]
    pub fn between(&self) -> f64 {
        self.ratio * self.within
    }

    /// Variance within clusters, in the outcome's unit squared.
    #[must_use]
    pub fn within(&self) -> f64 {
        self.within
    }

    /// Whether the variance between clusters is estimated as zero: the clusters differ by no more
    /// than their pupils would make them.
    #[must_use]
    pub fn is_singular(&self) -> bool {
        self.ratio == 0.0
    }

    /// Share of the variance that lies between clusters, 0 to 1.
    #[must_use]
    pub fn intraclass_correlation(&self) -> f64 {
        self.ratio / (1.0 + self.ratio)
    }

    /// The coefficients that there are, intercept first.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        self.start.terms()
    }

    /// A coefficient, in outcome units for each unit of its column.
    #[must_use]
    pub fn coefficient(&self, term: Term) -> Option<f64> {
        let contrast = self.start.contrast(term)?;
        let start = self.start.coefficient(term)?;
        // The level moves by what the weighted means of the residuals leave.
        let level = self.at.blocks.first().map_or(0.0, |block| {
            let (residual, columns) = block
                .means
                .split_last()
                .map_or((0.0, &[][..]), |(r, c)| (*r, c));
            residual - dot(columns, &self.at.shift)
        });
        Some(start + contrast.level * level + dot(&contrast.slopes, &self.at.shift))
    }

    /// Standard error of a coefficient.
    #[must_use]
    pub fn standard_error(&self, term: Term) -> Option<f64> {
        let contrast = self.start.contrast(term)?;
        Some((self.within * self.spread(&contrast)).sqrt())
    }

    /// Satterthwaite's degrees of freedom of a coefficient. Where the variance between clusters is zero they are
    /// those of least squares, as in lmerTest.
    #[must_use]
    pub fn satterthwaite(&self, term: Term) -> Option<f64> {
        let contrast = self.start.contrast(term)?;
        let spread = self.spread(&contrast);
        let [ratios, mixed, variances] = self.curvature.hessian;
        // A = 2 H⁻¹ is the covariance of (λ, σ²); the variance's gradient is (σ² ∂spread/∂λ, spread).
        let by_variance = spread;
        let covariance = if self.is_singular() {
            2.0 * by_variance.powi(2) / variances
        } else {
            let by_ratio = self.within * self.spread_slope(&contrast);
            let determinant = ratios * variances - mixed * mixed;
            2.0 * (variances * by_ratio.powi(2) - 2.0 * mixed * by_ratio * by_variance
                + ratios * by_variance.powi(2))
                / determinant
        };
        let df = 2.0 * (self.within * spread).powi(2) / covariance;
        (df.is_finite() && df > 0.0).then_some(df)
    }

    /// The contrast's variance over σ²: `c₀²/W + a'C⁻¹a` with `a = c − c₀ d̄`.
    fn spread(&self, contrast: &Weights) -> f64 {
        let lean = self.lean(contrast);
        let level = self
            .at
            .blocks
            .first()
            .map_or(0.0, |b| contrast.level.powi(2) / b.weight);
        level + dot(&lean, &times(&self.at.inverse, &lean))
    }

    /// Its derivative in λ: `c₀² Σw²/W² + a'C⁻¹NC⁻¹a + 2 c₀ a'C⁻¹(Σw²δ)/W`.
    fn spread_slope(&self, contrast: &Weights) -> f64 {
        let turned = times(&self.at.inverse, &self.lean(contrast));
        let weight = self.at.blocks.first().map_or(1.0, |b| b.weight);
        contrast.level.powi(2) * self.curvature.weight / weight.powi(2)
            + dot(&turned, &times(&self.curvature.n, &turned))
            + 2.0 * contrast.level * dot(&turned, &self.curvature.lean) / weight
    }

    fn lean(&self, contrast: &Weights) -> Vec<f64> {
        let means = self.at.blocks.first().map_or(&[][..], |b| &b.means);
        (contrast.slopes.iter().zip(means))
            .map(|(c, mean)| c - contrast.level * mean)
            .collect()
    }
}

/// Whether a cluster has rows in more than one block.
fn reach_over_blocks(cells: &[Cell]) -> bool {
    let mut home: BTreeMap<usize, usize> = BTreeMap::new();
    cells
        .iter()
        .any(|cell| *home.entry(cell.cluster).or_insert(cell.block) != cell.block)
}

/// The same rows with a column for each block but the first, in front of the outcome.
fn blocks_as_columns(cells: &[Cell]) -> Result<Vec<Cell>, Refusal> {
    let blocks: BTreeSet<usize> = cells.iter().map(|cell| cell.block).collect();
    if blocks.len() > WRITTEN_OUT {
        return Err(Refusal::new(
            "too-many-blocks",
            format!(
                "Classes or schools reach over the {} blocks, too many for the mixed model.",
                blocks.len()
            ),
            "Leave the mixed model out, or use blocks that hold whole classes or schools.",
        ));
    }
    Ok(cells
        .iter()
        .map(|cell| {
            let outcome = cell.moments.columns().saturating_sub(1);
            let moments =
                blocks
                    .iter()
                    .skip(1)
                    .fold(cell.moments.clone(), |moments: Moments, block| {
                        let here = f64::from(u8::from(*block == cell.block));
                        moments.with_constant(outcome, here)
                    });
            Cell {
                cluster: cell.cluster,
                block: 0,
                moments,
            }
        })
        .collect())
}
