//! What the likelihood of a mixed model needs to know of the rows: one look at each cell, once.
//!
//! Who may call this: the deviance and what is made of it. What must stay true: nothing here depends on a variance; the
//! rows of a cluster are turned so that what its random effects can reach stands in at most two of them, and the rest is
//! summed over all clusters. So no step of a fit subtracts large numbers from each other.
//!
//! With `Z_j = Q_j F_j'` (`Q_j` orthonormal, `F_j` lower triangular) and `B̃_j = Q_j'[X y]`:
//! `[X y]'V⁻¹[X y] = Σ R_j + Σ B̃_j'(I + F_j'DF_j)⁻¹B̃_j`, where `R_j` is what `Z_j` leaves of `[X y]'[X y]`.

use std::collections::BTreeMap;

use faer::Mat;

use super::{Likelihood, Random};
use crate::count::count;
use crate::least_squares::{Cell, LeastSquares};
use crate::refusal::Refusal;

/// A cluster whose random slope could be fitted from less than this share of the slope's spread counts as having none.
const FLAT: f64 = 1e-14;

/// One cluster: pupils who share a random effect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cluster {
    /// The number that the caller gave it.
    pub(super) code: usize,
    pub(super) block: usize,
    /// Groups within it (classes of a school); 1 without a third level.
    pub(super) groups: usize,
    /// The mean of the slope's column, centred and scaled as the random effects are.
    pub(super) mean: f64,
    /// Root of the slope's sum of squares within the cluster, scaled; 0 without a slope.
    pub(super) spread: f64,
}

/// Where the slope's column stands and how it is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measure {
    pub(super) shift: f64,
    pub(super) scale: f64,
}

/// All that the deviance is made of. Columns are those of least squares, centred on their block and scaled, then its residual.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    /// By block.
    pub(super) clusters: Vec<Cluster>,
    /// Rows of each group, in the order of the clusters.
    pub(super) sizes: Vec<f64>,
    /// Each group's mean deviations, `width` numbers a group.
    pub(super) means: Vec<f64>,
    /// Each cluster's cross-products with the slope over its spread, `width` numbers a cluster; empty without a slope.
    pub(super) turned: Vec<f64>,
    /// What varies within groups and beside the slope: lower triangle.
    pub(super) within: Vec<f64>,
    pub(super) width: usize,
    pub(super) n: f64,
    pub(super) coefficients: f64,
    pub(super) log_scales: f64,
    pub(super) likelihood: Likelihood,
    pub(super) measure: Option<Measure>,
    /// Whether there are groups within clusters that have a random level of their own.
    pub(super) third: bool,
}

/// Adds `scale × row × row'` to a lower triangle.
pub(super) fn outer(triangle: &mut [f64], row: &[f64], scale: f64) {
    let mut rest = triangle;
    for (i, a) in row.iter().enumerate() {
        let Some((line, below)) = rest.split_at_mut_checked(i + 1) else {
            return;
        };
        let scaled = scale * a;
        for (sum, b) in line.iter_mut().zip(row) {
            *sum += scaled * b;
        }
        rest = below;
    }
}

/// A cluster while its cells come in.
struct Gathered {
    n: f64,
    means: Vec<f64>,
    within: Mat<f64>,
    /// Mean of the slope's raw column.
    slope: f64,
}

impl Gathered {
    fn new(width: usize) -> Self {
        Self {
            n: 0.0,
            means: vec![0.0; width],
            within: Mat::zeros(width, width),
            slope: 0.0,
        }
    }

    fn take(&mut self, start: &LeastSquares, cell: &Cell, slope: Option<usize>) {
        let Some((mut means, left)) = start.centred(cell.block, &cell.moments.means()) else {
            return;
        };
        means.push(left);
        let own = start.within(&cell.moments);
        let n = count(cell.moments.n());
        let joint = self.n * (n / (self.n + n));
        let apart: Vec<f64> = means.iter().zip(&self.means).map(|(a, b)| a - b).collect();
        let last = apart.len().saturating_sub(1);
        for (i, a) in apart.iter().enumerate() {
            for (j, b) in apart.iter().enumerate() {
                let inside = match (i == last, j == last) {
                    (false, false) => *own.squares.get(i, j),
                    (true, true) => own.residual,
                    (true, false) => own.scores.get(j).copied().unwrap_or_default(),
                    (false, true) => own.scores.get(i).copied().unwrap_or_default(),
                };
                *self.within.get_mut(i, j) += inside + joint * a * b;
            }
        }
        self.n += n;
        for (mean, apart) in self.means.iter_mut().zip(&apart) {
            *mean += apart * n / self.n;
        }
        if let Some(column) = slope {
            self.slope += (cell.moments.mean(column) - self.slope) * n / self.n;
        }
    }
}

impl Sums {
    /// Gathers the cells. `outer` says for each cell in which cluster of the third level it lies; without it a cell's own
    /// cluster is the one with the random effects.
    pub(super) fn new(
        start: &LeastSquares,
        cells: &[Cell],
        outer_of: Option<&[usize]>,
        random: Random,
        likelihood: Likelihood,
    ) -> Result<Self, Refusal> {
        let width = start.slopes() + 1;
        let slope = random.slope();
        let place = match slope {
            Some(column) => Some(start.kept_at(column).ok_or_else(no_slope)?),
            None => None,
        };
        let mut members: BTreeMap<(usize, usize, usize), Gathered> = BTreeMap::new();
        for (at, cell) in cells.iter().enumerate().filter(|(_, c)| c.moments.n() > 0) {
            let outer = outer_of.and_then(|outer| outer.get(at).copied());
            members
                .entry((cell.block, outer.unwrap_or(cell.cluster), cell.cluster))
                .or_insert_with(|| Gathered::new(width))
                .take(start, cell, slope);
        }
        let measure = place.map(|(_, scale)| Measure {
            scale,
            shift: if random.correlated() {
                let all: f64 = members.values().map(|m| m.n).sum();
                members.values().map(|m| m.slope * (m.n / all)).sum()
            } else {
                0.0
            },
        });
        let mut sums = Self {
            clusters: Vec::new(),
            sizes: Vec::with_capacity(members.len()),
            means: Vec::with_capacity(members.len() * width),
            turned: Vec::new(),
            within: vec![0.0; width * (width + 1) / 2],
            width,
            n: count(start.n()),
            coefficients: count(start.rank()),
            log_scales: start.log_scales(),
            likelihood,
            measure,
            third: outer_of.is_some(),
        };
        let mut last = None;
        for ((block, code, _), group) in &members {
            sums.sizes.push(group.n);
            sums.means.extend_from_slice(&group.means);
            let mut entries = sums.within.iter_mut();
            for i in 0..width {
                for j in 0..=i {
                    if let Some(sum) = entries.next() {
                        *sum += group.within.get(i, j);
                    }
                }
            }
            if last == Some((*block, *code)) {
                if let Some(cluster) = sums.clusters.last_mut() {
                    cluster.groups += 1;
                }
                continue;
            }
            last = Some((*block, *code));
            let mut cluster = Cluster {
                code: *code,
                block: *block,
                groups: 1,
                mean: 0.0,
                spread: 0.0,
            };
            if let (Some((place, _)), Some(measure)) = (place, measure) {
                cluster.mean = (group.slope - measure.shift) / measure.scale;
                let squares = *group.within.get(place, place);
                if squares > FLAT * group.n {
                    cluster.spread = squares.sqrt();
                    let row: Vec<f64> = (0..width)
                        .map(|i| group.within.get(i, place) / cluster.spread)
                        .collect();
                    outer(&mut sums.within, &row, -1.0);
                    sums.turned.extend(row);
                } else {
                    sums.turned.extend(std::iter::repeat_n(0.0, width));
                }
            }
            sums.clusters.push(cluster);
        }
        if slope.is_some() && sums.clusters.iter().filter(|c| c.spread > 0.0).count() < 2 {
            return Err(no_slope());
        }
        Ok(sums)
    }

    pub(super) fn degrees(&self) -> f64 {
        match self.likelihood {
            Likelihood::Restricted => self.n - self.coefficients,
            Likelihood::Full => self.n,
        }
    }

    pub(super) fn restricted(&self) -> bool {
        self.likelihood == Likelihood::Restricted
    }

    /// Each cluster with its groups' sizes and means, and its row of the slope (empty without one).
    pub(super) fn each(&self) -> impl Iterator<Item = Seen<'_>> {
        let (mut sizes, mut means, mut turned) = (
            self.sizes.as_slice(),
            self.means.as_slice(),
            self.turned.as_slice(),
        );
        let width = self.width;
        self.clusters.iter().map(move |cluster| Seen {
            cluster,
            sizes: take(&mut sizes, cluster.groups),
            means: take(&mut means, cluster.groups * width),
            turned: take(&mut turned, width),
        })
    }
}

fn take<'a>(from: &mut &'a [f64], count: usize) -> &'a [f64] {
    let (front, rest) = from.split_at_checked(count).unwrap_or_default();
    *from = rest;
    front
}

/// A cluster as the deviance looks at it.
pub(super) struct Seen<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) sizes: &'a [f64],
    pub(super) means: &'a [f64],
    pub(super) turned: &'a [f64],
}

fn no_slope() -> Refusal {
    Refusal::new(
        "no-slope",
        "Fewer than two classes or schools have both groups in them, so how far the difference differs between them can't be told.",
        "Add classes or schools that have pupils of both groups, or ask without it.",
    )
}
