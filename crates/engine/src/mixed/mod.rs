//! The mixed model: a level of its own for every class or school, drawn from one spread of levels, and where it is asked for a
//! difference of its own too, or a level for each class within its school.
//!
//! Who may call this: [`evaluate`](crate::evaluate()) and the effect sizes of cluster trials. What must stay
//! true: from moments alone, so that the merged moments of many places give the exact fit of all their rows; the
//! objective is counted as lme4 counts it; a variance of zero is said, never hidden.
//!
//! A cluster's rows are turned so that its random effects reach at most two of them (`sums`); so the profiled deviance and its
//! gradient cost one look at each cluster (`deviance`), and the lowest point is found by Newton's steps (`search`). Bates, D.,
//! Mächler, M., Bolker, B. & Walker, S. (2015). Fitting linear mixed-effects models using lme4.
//! *Journal of Statistical Software* 67(1).

mod deviance;
mod information;
mod kenward_roger;
mod likelihood_ratio;
mod predictions;
mod profile_likelihood;
mod satterthwaite;
mod search;
mod sums;

pub use kenward_roger::KenwardRoger;
pub use likelihood_ratio::LikelihoodRatio;
pub use predictions::Prediction;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::least_squares::{Cell, LeastSquares, Term, Weights};
use crate::moments::Moments;
use crate::refusal::Refusal;

use deviance::{Factor, Profile, Symmetric};
use information::Information;
use profile_likelihood::{coefficient, lean, spread};
use search::Entry;
use sums::Sums;

/// Which likelihood is made as large as it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likelihood {
    /// Restricted: variances allow for the coefficients having been fitted.
    Restricted,
    /// Full: for comparing models with different coefficients.
    Full,
}

/// What is drawn anew for each cluster. A slope is named by its column among the regressors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Random {
    /// A level: `(1 | cluster)`.
    Intercept,
    /// A level and a slope that may go together: `(1 + x | cluster)`.
    Slope(usize),
    /// A level and a slope that have nothing to do with each other: `(1 + x || cluster)`.
    UncorrelatedSlope(usize),
    /// A slope alone, `(0 + x | cluster)`. With a level for each block and clusters as blocks these are fixed intercepts and
    /// a random coefficient, the multisite trial of Bloom, H. S., Raudenbush, S. W., Weiss, M. J. & Porter, K. (2017). Using
    /// multisite experiments to study cross-site variation in treatment effects. *Journal of Research on Educational
    /// Effectiveness* 10(4), 817–842 (here with one residual variance for both groups).
    SlopeOnly(usize),
}

impl Random {
    fn slope(self) -> Option<usize> {
        match self {
            Self::Intercept => None,
            Self::Slope(column) | Self::UncorrelatedSlope(column) | Self::SlopeOnly(column) => {
                Some(column)
            }
        }
    }

    fn correlated(self) -> bool {
        matches!(self, Self::Slope(_))
    }
}

/// A standard deviation of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// Of the clusters' levels (of the schools', where classes are within schools).
    Intercept,
    /// Of the clusters' slopes.
    Slope,
    /// Of the classes' levels within schools.
    Group,
    /// Of pupils.
    Residual,
}

/// More blocks than this are not written out as columns (needed only where clusters reach over blocks).
const WRITTEN_OUT: usize = 200;

/// A mixed model: random effects for each cluster.
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
    start: LeastSquares,
    sums: Sums,
    entries: Vec<Entry>,
    factor: Factor,
    within: f64,
    objective: f64,
    at: Profile,
    /// Worked out when somebody first asks how sure a coefficient is.
    information: OnceLock<Information>,
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
        Self::with(cells, Random::Intercept, likelihood)
    }

    /// The same with other random effects for each cluster.
    ///
    /// ```
    /// use difference_engine::least_squares::{Cell, Term};
    /// use difference_engine::mixed::{Likelihood, Mixed, Random};
    /// use difference_engine::moments::Moments;
    ///
    /// // Four schools, each with a comparison and an intervention group; the difference is 1, 3, 5 and 7.
    /// let mut cells = Vec::new();
    /// for (school, difference) in [1.0, 3.0, 5.0, 7.0].into_iter().enumerate() {
    ///     for arm in [0.0, 1.0] {
    ///         let middle = 10.0 + arm * difference;
    ///         let rows = [[arm, middle - 1.0], [arm, middle + 1.0]];
    ///         cells.push(Cell { cluster: school, block: school, moments: Moments::of(rows) });
    ///     }
    /// }
    /// let model = Mixed::with(&cells, Random::SlopeOnly(0), Likelihood::Restricted)?;
    /// // Balanced: the variance of the four differences is 20/3, of which 2 × 2/2 is that of their pupils.
    /// assert!((model.coefficient(Term::Column(0)).unwrap() - 4.0).abs() < 1e-9);
    /// assert!((model.slope_variance().unwrap() - (20.0 / 3.0 - 2.0)).abs() < 1e-6);
    /// assert!((model.satterthwaite(Term::Column(0)).unwrap() - 3.0).abs() < 1e-6);
    /// # Ok::<(), difference_engine::refusal::Refusal>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`fit`](Self::fit); `no-slope` when the slope's column varies within fewer than two clusters.
    pub fn with(cells: &[Cell], random: Random, likelihood: Likelihood) -> Result<Self, Refusal> {
        Self::made(cells, None, random, likelihood)
    }

    /// Three levels: a random level for each cluster (a class), and one for what `outer` says that each cell's cluster lies in (a
    /// school). Clusters of one number in two outer ones are two clusters.
    ///
    /// # Errors
    /// Those of [`fit`](Self::fit); `one-class-a-school` when no outer cluster holds two clusters.
    pub fn nested(
        cells: &[Cell],
        outer: &[usize],
        likelihood: Likelihood,
    ) -> Result<Self, Refusal> {
        Self::made(cells, Some(outer), Random::Intercept, likelihood)
    }

    fn made(
        cells: &[Cell],
        outer: Option<&[usize]>,
        random: Random,
        likelihood: Likelihood,
    ) -> Result<Self, Refusal> {
        let homes: Vec<usize> = match outer {
            Some(outer) => outer.to_vec(),
            None => cells.iter().map(|cell| cell.cluster).collect(),
        };
        let nested;
        let cells = if reach_over_blocks(cells, &homes) {
            nested = blocks_as_columns(cells)?;
            nested.as_slice()
        } else {
            cells
        };
        let start = LeastSquares::fit(cells)?;
        let sums = Sums::new(&start, cells, outer, random, likelihood)?;
        let factor = sums.minimise(random)?;
        let at = sums.profile(&factor)?;
        let entries = random.entries(sums.third);
        Ok(Self {
            objective: sums.deviance(&at),
            within: at.residual / sums.degrees(),
            information: OnceLock::new(),
            start,
            sums,
            entries,
            factor,
            at,
        })
    }

    /// Which likelihood was maximised.
    #[must_use]
    pub fn likelihood(&self) -> Likelihood {
        self.sums.likelihood
    }

    /// −2 log-likelihood, restricted where that was asked, as lme4 counts it.
    #[must_use]
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// Number of clusters that have random effects (schools, where classes are within schools).
    #[must_use]
    pub fn clusters(&self) -> usize {
        self.sums.clusters.len()
    }

    /// Number of groups within clusters; that of the clusters without a third level.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.sums.sizes.len()
    }

    /// Rows.
    #[must_use]
    pub fn n(&self) -> usize {
        self.start.n()
    }

    /// Variance between clusters, in the outcome's unit squared: of their levels where every column is 0, beside a random slope.
    #[must_use]
    pub fn between(&self) -> f64 {
        let [level, ..] = self.in_own_units(self.factor.covariance());
        level * self.within
    }

    /// Variance of the slopes, in the outcome's unit for each unit of the column, squared; None without a random slope.
    #[must_use]
    pub fn slope_variance(&self) -> Option<f64> {
        let [.., slope] = self.in_own_units(self.factor.covariance());
        self.entries
            .contains(&Entry::Slope)
            .then_some(slope * self.within)
    }

    /// Covariance of levels and slopes; None where the model has none.
    #[must_use]
    pub fn covariance(&self) -> Option<f64> {
        let [_, covariance, _] = self.in_own_units(self.factor.covariance());
        self.entries
            .contains(&Entry::Lean)
            .then_some(covariance * self.within)
    }

    /// Variance between classes within schools, in the outcome's unit squared; None without a third level.
    #[must_use]
    pub fn between_groups(&self) -> Option<f64> {
        self.sums
            .third
            .then_some(self.factor.inner.powi(2) * self.within)
    }

    /// Variance within clusters, in the outcome's unit squared.
    #[must_use]
    pub fn within(&self) -> f64 {
        self.within
    }

    /// Variance of a pupil's outcome around the coefficients, in its unit squared; beside a random slope of a column of zeros and
    /// ones, where this share of pupils has a one.
    #[must_use]
    pub fn total_variance(&self, share: f64) -> f64 {
        let slope = self.slope_variance().unwrap_or_default();
        let together = 2.0 * self.covariance().unwrap_or_default();
        let groups = self.between_groups().unwrap_or_default();
        self.within + groups + self.between() + share * (slope + together)
    }

    /// Whether a variance of the random effects is estimated as zero, or a correlation as one: the clusters differ by no more
    /// than their pupils would make them.
    #[must_use]
    pub fn is_singular(&self) -> bool {
        !self.at_boundary().is_empty()
    }

    /// The parts whose variance is estimated as zero (beside a correlation: given the other part).
    #[must_use]
    pub fn at_boundary(&self) -> Vec<Component> {
        let parts = self.entries.iter().filter_map(|entry| match entry {
            Entry::Level if self.factor.level == 0.0 => Some(Component::Intercept),
            Entry::Slope if self.factor.slope == 0.0 => Some(Component::Slope),
            Entry::Inner if self.factor.inner == 0.0 => Some(Component::Group),
            _ => None,
        });
        parts.collect()
    }

    /// Share of the variance that lies between clusters, 0 to 1; beside a random slope, where its column is 0. With a third level:
    /// the share between schools.
    #[must_use]
    pub fn intraclass_correlation(&self) -> f64 {
        let between = self.between();
        between / (between + self.between_groups().unwrap_or_default() + self.within)
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
        Some(self.start.coefficient(term)? + coefficient(&contrast, &self.at))
    }

    /// Standard error of a coefficient.
    #[must_use]
    pub fn standard_error(&self, term: Term) -> Option<f64> {
        let contrast = self.start.contrast(term)?;
        Some((self.within * self.spread(&contrast)).sqrt())
    }

    fn spread(&self, contrast: &Weights) -> f64 {
        spread(contrast, &self.at)
    }

    fn information(&self) -> &Information {
        let look = || self.sums.information(&self.entries, &self.factor, &self.at);
        self.information.get_or_init(look)
    }

    /// `(X'V⁻¹X)⁻¹c`.
    fn direction(&self, contrast: &Weights) -> Vec<f64> {
        let weight = self.at.blocks.first().map_or(1.0, |block| block.weight);
        self.information()
            .direction(contrast, &lean(contrast, &self.at), weight)
    }

    /// Where the random effects' column has its zero, in units of its scale, and that scale.
    fn unit(&self) -> [f64; 2] {
        let measure = self.sums.measure;
        measure.map_or([0.0, 1.0], |m| [m.shift / m.scale, m.scale])
    }

    /// A covariance of intercept and slope, from the centred and scaled column to the column itself.
    fn in_own_units(&self, [level, covariance, slope]: Symmetric) -> Symmetric {
        let [shift, scale] = self.unit();
        [
            level - 2.0 * shift * covariance + shift * shift * slope,
            (covariance - shift * slope) / scale,
            slope / (scale * scale),
        ]
    }
}

/// Whether a cluster has rows in more than one block.
fn reach_over_blocks(cells: &[Cell], homes: &[usize]) -> bool {
    let mut home: BTreeMap<usize, usize> = BTreeMap::new();
    (cells.iter().zip(homes))
        .any(|(cell, cluster)| *home.entry(*cluster).or_insert(cell.block) != cell.block)
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
