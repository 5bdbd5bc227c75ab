//! The profiled deviance of a random-intercept model, its derivative, and where it is lowest.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{Mat, Side};

use super::Likelihood;
use crate::count::count;
use crate::least_squares::{Cell, LeastSquares};
use crate::matrix::{dot, times};
use crate::refusal::Refusal;

/// One cluster's size, block and mean deviations: scaled columns, then the residual of least squares.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) block: usize,
    pub(super) n: f64,
    pub(super) means: Vec<f64>,
}

/// All that the deviance is made of.
pub(super) struct Sums {
    /// By block.
    pub(super) groups: Vec<Group>,
    /// Within clusters: columns, then the residual.
    pub(super) within: Mat<f64>,
    pub(super) n: f64,
    pub(super) coefficients: f64,
    pub(super) log_scales: f64,
    pub(super) likelihood: Likelihood,
}

/// The fit at one ratio of variances.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// `C⁻¹` of the slopes, after the levels.
    pub(super) inverse: Mat<f64>,
    /// What generalised least squares adds to the slopes of least squares.
    pub(super) shift: Vec<f64>,
    /// Residual sum of squares.
    pub(super) residual: f64,
    pub(super) log_determinant: f64,
    pub(super) log_spread: f64,
    pub(super) blocks: Vec<Block>,
}

/// A block's sum of weights and weighted mean.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) weight: f64,
    pub(super) means: Vec<f64>,
}

impl Sums {
    pub(super) fn new(start: &LeastSquares, cells: &[Cell], likelihood: Likelihood) -> Self {
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
                let Some((mut means, left)) = start.centred(block, &cell.moments.means()) else {
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

    pub(super) fn degrees(&self) -> f64 {
        match self.likelihood {
            Likelihood::Restricted => self.n - self.coefficients,
            Likelihood::Full => self.n,
        }
    }

    pub(super) fn by_block(&self) -> impl Iterator<Item = &[Group]> {
        self.groups.chunk_by(|a, b| a.block == b.block)
    }

    pub(super) fn profile(&self, ratio: f64) -> Result<Profile, Refusal> {
        let size = self.within.nrows();
        let slopes = size - 1;
        // The lower triangle, row by row.
        let mut sum: Vec<f64> = (0..size)
            .flat_map(|i| (0..=i).map(move |j| (i, j)))
            .map(|(i, j)| *self.within.get(i, j))
            .collect();
        let (mut log_spread, mut log_determinant) = (0.0, 2.0 * self.log_scales);
        let mut blocks = Vec::new();
        let mut apart = vec![0.0; size];
        for groups in self.by_block() {
            let mut block = Block {
                weight: 0.0,
                means: vec![0.0; size],
            };
            for group in groups {
                let weight = group.n / (1.0 + group.n * ratio);
                log_spread += (group.n * ratio).ln_1p();
                // Chan's update with weights for counts.
                let share = weight / (block.weight + weight);
                let joint = block.weight * share;
                block.weight += weight;
                for ((apart, value), mean) in
                    apart.iter_mut().zip(&group.means).zip(&mut block.means)
                {
                    *apart = value - *mean;
                    *mean += *apart * share;
                }
                let mut rest = sum.as_mut_slice();
                for (i, a) in apart.iter().enumerate() {
                    let Some((row, below)) = rest.split_at_mut_checked(i + 1) else {
                        break;
                    };
                    for (sum, b) in row.iter_mut().zip(&apart) {
                        *sum += joint * a * b;
                    }
                    rest = below;
                }
            }
            log_determinant += block.weight.ln();
            blocks.push(block);
        }
        let at = |i: usize, j: usize| {
            let (low, high) = if i < j { (i, j) } else { (j, i) };
            sum.get(high * (high + 1) / 2 + low)
                .copied()
                .unwrap_or_default()
        };
        let squares = Mat::from_fn(slopes, slopes, at);
        let with_residual = Mat::from_fn(slopes, 1, |i, _| at(slopes, i));
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
            residual: (at(slopes, slopes) - explained).max(0.0),
            log_determinant,
            log_spread,
            blocks,
        })
    }

    /// The profiled deviance (or restricted deviance) as lme4 counts it.
    pub(super) fn deviance(&self, at: &Profile) -> f64 {
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
    pub(super) fn minimise(&self) -> Result<f64, Refusal> {
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
        grid.extend((-12..=14).map(|step| 10_f64.powf(f64::from(step) / 2.0) / typical));
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
}

/// How far a cluster's means are from its block's, and what the model leaves of its outcome.
pub(super) struct Deviation {
    pub(super) columns: Vec<f64>,
    /// `C⁻¹` times the columns.
    pub(super) turned: Vec<f64>,
    pub(super) residual: f64,
}

impl Deviation {
    pub(super) fn new(group: &Group, block: &Block, at: &Profile) -> Self {
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
