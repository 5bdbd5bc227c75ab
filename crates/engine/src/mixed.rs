//! The mixed model: a level of its own for every class or school, drawn from one spread of levels.
//!
//! Who may call this: [`crate::evaluate`] and the effect sizes of cluster trials. What must stay
//! true: from moments alone, so that the merged moments of many places give the exact fit of all their rows; the
//! objective is counted as lme4 counts it; a variance of zero is said, never hidden.
//!
//! With `w_j = n_j/(1 + n_j λ)`, where λ is the variance between clusters over that within, generalised
//! least squares is the sum of what varies within clusters and of the cluster means' deviations weighted by `w_j`
//! from their block's weighted mean. So the profiled deviance and its derivatives cost one look at each
//! cluster. Bates, D., Mächler, M., Bolker, B. & Walker, S. (2015). Fitting linear mixed-effects models using lme4.
//! *Journal of Statistical Software* 67(1). Satterthwaite as Kuznetsova, A., Brockhoff, P. B. & Christensen, R. H. B.
//! (2017), lmerTest, *ibid.* 82(13), with the Hessian in closed form.

use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::TAU;

use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{Mat, Side};

use crate::count::count;
use crate::least_squares::{Cell, LeastSquares, Term, Weights, dot};
use crate::moments::Moments;
use crate::refusal::Refusal;

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

/// One cluster's size, block and mean deviations: scaled columns, then the residual of least squares.
#[derive(Clone, Debug)]
struct Group {
    block: usize,
    n: f64,
    means: Vec<f64>,
}

/// All that the deviance is made of.
struct Sums {
    /// By block.
    groups: Vec<Group>,
    /// Within clusters: columns, then the residual.
    within: Mat<f64>,
    n: f64,
    coefficients: f64,
    log_scales: f64,
    likelihood: Likelihood,
}

/// The fit at one ratio of variances.
#[derive(Clone, Debug)]
struct Profile {
    /// `C⁻¹` of the slopes, after the levels.
    inverse: Mat<f64>,
    /// What generalised least squares adds to the slopes of least squares.
    shift: Vec<f64>,
    /// Residual sum of squares.
    residual: f64,
    log_determinant: f64,
    log_spread: f64,
    blocks: Vec<Block>,
}

/// A block's sum of weights and weighted mean.
#[derive(Clone, Debug)]
struct Block {
    weight: f64,
    means: Vec<f64>,
}

/// First and second derivatives in (λ, σ²) at the optimum, and what the coefficients' variances need.
#[derive(Clone, Debug)]
struct Curvature {
    /// `N = Σ w² δδ'`.
    n: Mat<f64>,
    /// Of the only block: `Σ w²` and `Σ w² δ`.
    weight: f64,
    lean: Vec<f64>,
    /// Second derivatives of the deviance: λλ, λσ², σ²σ².
    hessian: [f64; 3],
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

impl Sums {
    fn new(start: &LeastSquares, cells: &[Cell], likelihood: Likelihood) -> Self {
        let size = start.slopes() + 1;
        let mut within = Mat::<f64>::zeros(size, size);
        let mut members: BTreeMap<(usize, usize), Vec<&Cell>> = BTreeMap::new();
        for cell in cells.iter().filter(|cell| cell.moments.n() > 0) {
            members
                .entry((cell.block, cell.cluster))
                .or_default()
                .push(cell);
        }
        let mut groups = Vec::with_capacity(members.len());
        for ((block, _), cells) in members {
            let mut group = Group {
                block,
                n: 0.0,
                means: vec![0.0; size],
            };
            for cell in cells {
                let Some((mut means, left)) = start.centred(block, cell.moments.means()) else {
                    continue;
                };
                means.push(left);
                let own = start.within(&cell.moments);
                let n = count(cell.moments.n());
                let joint = group.n * (n / (group.n + n));
                let apart: Vec<f64> = means.iter().zip(&group.means).map(|(a, b)| a - b).collect();
                let last = size - 1;
                for (i, a) in apart.iter().enumerate() {
                    for (j, b) in apart.iter().enumerate() {
                        let inside = match (i == last, j == last) {
                            (false, false) => *own.squares.get(i, j),
                            (true, true) => own.residual,
                            (true, false) => own.scores.get(j).copied().unwrap_or_default(),
                            (false, true) => own.scores.get(i).copied().unwrap_or_default(),
                        };
                        *within.get_mut(i, j) += inside + joint * a * b;
                    }
                }
                group.n += n;
                for (mean, apart) in group.means.iter_mut().zip(&apart) {
                    *mean += apart * n / group.n;
                }
            }
            groups.push(group);
        }
        Self {
            groups,
            within,
            n: count(start.n()),
            coefficients: count(start.rank()),
            log_scales: start.log_scales(),
            likelihood,
        }
    }

    fn degrees(&self) -> f64 {
        match self.likelihood {
            Likelihood::Restricted => self.n - self.coefficients,
            Likelihood::Full => self.n,
        }
    }

    fn by_block(&self) -> impl Iterator<Item = &[Group]> {
        self.groups.chunk_by(|a, b| a.block == b.block)
    }

    fn profile(&self, ratio: f64) -> Result<Profile, Refusal> {
        let size = self.within.nrows();
        let slopes = size - 1;
        let mut sum = self.within.clone();
        let (mut log_spread, mut log_determinant) = (0.0, 2.0 * self.log_scales);
        let mut blocks = Vec::new();
        for groups in self.by_block() {
            let mut block = Block {
                weight: 0.0,
                means: vec![0.0; size],
            };
            for group in groups {
                let weight = group.n / (1.0 + group.n * ratio);
                log_spread += (group.n * ratio).ln_1p();
                let before = block.weight;
                block.weight += weight;
                // Chan's update with weights for counts.
                let joint = before * (weight / block.weight);
                let share = weight / block.weight;
                for (i, (value, mean)) in group.means.iter().zip(&block.means).enumerate() {
                    let scaled = joint * (value - mean);
                    for (j, (value, mean)) in
                        group.means.iter().zip(&block.means).take(i + 1).enumerate()
                    {
                        *sum.get_mut(i, j) += scaled * (value - mean);
                    }
                }
                for (mean, value) in block.means.iter_mut().zip(&group.means) {
                    *mean += (value - *mean) * share;
                }
            }
            log_determinant += block.weight.ln();
            blocks.push(block);
        }
        let squares = Mat::from_fn(slopes, slopes, |i, j| {
            let (low, high) = if i < j { (i, j) } else { (j, i) };
            *sum.get(high, low)
        });
        let with_residual = Mat::from_fn(slopes, 1, |i, _| *sum.get(slopes, i));
        let cholesky = squares.llt(Side::Lower).map_err(|_| {
            Refusal::new(
                "collinear",
                "Two of the columns say the same, so their shares can't be told apart.",
                "Leave one of them out.",
            )
        })?;
        let inverse = cholesky.inverse();
        let shift = cholesky.solve(&with_residual);
        let shift: Vec<f64> = shift.col(0).iter().copied().collect();
        let explained: f64 = with_residual
            .col(0)
            .iter()
            .zip(&shift)
            .map(|(a, b)| a * b)
            .sum();
        log_determinant += 2.0
            * cholesky
                .L()
                .diagonal()
                .column_vector()
                .iter()
                .map(|d| d.ln())
                .sum::<f64>();
        Ok(Profile {
            inverse,
            shift,
            residual: (sum.get(slopes, slopes) - explained).max(0.0),
            log_determinant,
            log_spread,
            blocks,
        })
    }

    /// The profiled deviance (or restricted deviance) as lme4 counts it.
    fn deviance(&self, at: &Profile) -> f64 {
        let degrees = self.degrees();
        let determinant = match self.likelihood {
            Likelihood::Restricted => at.log_determinant,
            Likelihood::Full => 0.0,
        };
        at.log_spread + determinant + degrees * (1.0 + (TAU * at.residual / degrees).ln())
    }

    /// Its derivative in λ.
    fn slope(&self, ratio: f64, at: &Profile) -> f64 {
        let mut free = 0.0;
        let mut misfit = 0.0;
        for (groups, block) in self.by_block().zip(&at.blocks) {
            for group in groups {
                let w = group.n / (1.0 + group.n * ratio);
                let deviation = Deviation::new(group, block, at);
                let leverage = match self.likelihood {
                    Likelihood::Restricted => {
                        w * (1.0 / block.weight + dot(&deviation.columns, &deviation.turned))
                    }
                    Likelihood::Full => 0.0,
                };
                free += w * (1.0 - leverage);
                misfit += (w * deviation.residual).powi(2);
            }
        }
        free - self.degrees() * misfit / at.residual
    }

    /// The ratio where the deviance is lowest: a look along a grid, then the root of the derivative.
    fn minimise(&self) -> Result<f64, Refusal> {
        let typical = self.n / count(self.groups.len());
        let nothing = self.profile(0.0)?;
        // Between-cluster degrees of freedom: 0 when every cluster is fitted exactly.
        let free: f64 = (self.by_block().zip(&nothing.blocks))
            .flat_map(|(groups, block)| groups.iter().map(move |group| (group, block)))
            .map(|(group, block)| {
                let deviation = Deviation::new(group, block, &nothing);
                1.0 - group.n * (1.0 / block.weight + dot(&deviation.columns, &deviation.turned))
            })
            .sum();
        if free < 1e-6 {
            return Err(Refusal::new(
                "too-few-clusters",
                "There are no more classes or schools than things to work out about them, so how far they differ can't be told.",
                "Add classes or schools, or ask with fewer blocks and columns.",
            ));
        }
        let inside = *self
            .within
            .get(self.within.nrows() - 1, self.within.nrows() - 1);
        if inside <= 1e-14 * nothing.residual.max(f64::MIN_POSITIVE) {
            return Err(no_variation());
        }
        let mut grid = vec![0.0];
        grid.extend((-24..=28).map(|step| 10_f64.powf(f64::from(step) / 4.0) / typical));
        let mut best = (0, f64::INFINITY);
        for (place, ratio) in grid.iter().enumerate() {
            let value = self.deviance(&self.profile(*ratio)?);
            if value < best.1 {
                best = (place, value);
            }
        }
        let place = best.0;
        let at = |place: usize| grid.get(place).copied();
        let Some(middle) = at(place) else {
            return Err(no_variation());
        };
        let Some(above) = at(place + 1) else {
            return Err(no_variation());
        };
        let slope_here = self.slope(middle, &self.profile(middle)?);
        if slope_here >= 0.0 && place == 0 {
            return Ok(0.0);
        }
        let (low, high) = if slope_here < 0.0 {
            (middle, above)
        } else {
            (at(place - 1).unwrap_or(0.0), middle)
        };
        self.root(low, high)
    }

    /// The root of the derivative between two ratios (Illinois' regula falsi, kept inside its bracket).
    fn root(&self, mut low: f64, mut high: f64) -> Result<f64, Refusal> {
        let slope =
            |ratio: f64| -> Result<f64, Refusal> { Ok(self.slope(ratio, &self.profile(ratio)?)) };
        let (mut at_low, mut at_high) = (slope(low)?, slope(high)?);
        for _ in 0..200 {
            if high - low <= 4.0 * f64::EPSILON * high || at_high == at_low {
                break;
            }
            let mut middle = (low * at_high - high * at_low) / (at_high - at_low);
            if !(middle > low && middle < high) {
                middle = 0.5 * (low + high);
            }
            let value = slope(middle)?;
            if value == 0.0 {
                return Ok(middle);
            }
            if value < 0.0 {
                (low, at_low) = (middle, value);
                at_high *= 0.5;
            } else {
                (high, at_high) = (middle, value);
                at_low *= 0.5;
            }
        }
        Ok(0.5 * (low + high))
    }

    /// Second derivatives at the optimum.
    fn curvature(&self, ratio: f64, at: &Profile, within: f64) -> Curvature {
        let slopes = at.shift.len();
        let restricted = self.likelihood == Likelihood::Restricted;
        let mut n = Mat::<f64>::zeros(slopes, slopes);
        let mut cubes = Mat::<f64>::zeros(slopes, slopes);
        let mut score = vec![0.0; slopes];
        let (mut ratios, mut misfit, mut misfit_slope) = (0.0, 0.0, 0.0);
        let (mut weight, mut lean) = (0.0, vec![0.0; slopes]);
        let mut between_blocks = 0.0;
        for (groups, block) in self.by_block().zip(&at.blocks) {
            let (mut squares, mut third, mut left) = (0.0, 0.0, 0.0);
            let mut pull = vec![0.0; slopes];
            for group in groups {
                let w = group.n / (1.0 + group.n * ratio);
                let (w2, w3) = (w * w, w * w * w);
                let deviation = Deviation::new(group, block, at);
                let e = deviation.residual;
                squares += w2;
                third += w3;
                left += w2 * e;
                misfit += w2 * e * e;
                misfit_slope -= 2.0 * w3 * e * e;
                for (i, a) in deviation.columns.iter().enumerate() {
                    for (j, b) in deviation.columns.iter().enumerate() {
                        *n.get_mut(i, j) += w2 * a * b;
                        *cubes.get_mut(i, j) += w3 * a * b;
                    }
                }
                for ((sum, pull), a) in score.iter_mut().zip(&mut pull).zip(&deviation.columns) {
                    *sum += w2 * e * a;
                    *pull += w2 * a;
                }
            }
            ratios -= squares;
            if restricted {
                ratios += 2.0 * third / block.weight - (squares / block.weight).powi(2);
                between_blocks += dot(&pull, &times(&at.inverse, &pull)) / block.weight;
            }
            misfit_slope += 2.0 * left * left / block.weight;
            (weight, lean) = (squares, pull);
        }
        misfit_slope += 2.0 * dot(&score, &times(&at.inverse, &score));
        if restricted {
            let product = &at.inverse * &n;
            ratios += 2.0 * trace(&(&at.inverse * &cubes))
                - trace(&(&product * &product))
                - 2.0 * between_blocks;
        }
        ratios -= misfit_slope / within;
        Curvature {
            n,
            weight,
            lean,
            hessian: [
                ratios,
                misfit / within.powi(2),
                self.degrees() / within.powi(2),
            ],
        }
    }
}

/// How far a cluster's means are from its block's, and what the model leaves of its outcome.
struct Deviation {
    columns: Vec<f64>,
    /// `C⁻¹` times the columns.
    turned: Vec<f64>,
    residual: f64,
}

impl Deviation {
    fn new(group: &Group, block: &Block, at: &Profile) -> Self {
        let mut columns: Vec<f64> = (group.means.iter().zip(&block.means))
            .map(|(value, mean)| value - mean)
            .collect();
        let left = columns.pop().unwrap_or_default();
        Self {
            turned: times(&at.inverse, &columns),
            residual: left - dot(&columns, &at.shift),
            columns,
        }
    }
}

fn no_variation() -> Refusal {
    Refusal::new(
        "no-variation",
        "Within each class or school everybody has the same outcome, so pupils add nothing to it.",
        "Compare the classes or schools themselves, one row for each.",
    )
}

fn times(matrix: &Mat<f64>, v: &[f64]) -> Vec<f64> {
    matrix
        .row_iter()
        .map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum())
        .collect()
}

fn trace(matrix: &Mat<f64>) -> f64 {
    (0..matrix.nrows()).map(|i| matrix.get(i, i)).sum()
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
