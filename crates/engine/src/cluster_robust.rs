//! Standard errors for rows that come in clusters: pupils of a class or a school move together, so
//! they count for less than as many strangers.
//!
//! Who may call this: [`evaluate`](crate::evaluate()), on a least-squares fit. What must stay true: no matrix of
//! rows by rows, only one of columns by columns for each cluster; the answer is that of the
//! definition to rounding.
//!
//! Bell, R. M. & McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with
//! multi-stage samples. *Survey Methodology* 28(2), 169–181. Pustejovsky, J. E. & Tipton, E. (2018). Small-sample
//! methods for cluster-robust variance estimation and hypothesis testing in fixed effects models. *Journal of
//! Business & Economic Statistics* 36(4), 672–683.

use std::collections::BTreeMap;

use faer::Mat;

use crate::count::count;
use crate::least_squares::{Cell, LeastSquares, Term, Weights};
use crate::matrix::{dot, eigen, times, trace};
use crate::refusal::Refusal;

/// Eigenvalues below this share of the largest are rounding.
const NOTHING: f64 = 1e-12;

/// How the residuals are corrected for having been fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// None.
    Cr0,
    /// CR0 times `J/(J − 1)`, as clubSandwich counts it.
    Cr1,
    /// CR0 times `J(N − 1)/((J − 1)(N − p))`, as Stata counts it.
    Cr1s,
    /// `(I − H_jj)^(−1/2)`: unbiased where rows are independent with one variance.
    Cr2,
    /// `(I − H_jj)^(−1)`: close to leaving one cluster out.
    Cr3,
}

/// Cluster-robust variances of a least-squares fit.
///
/// ```
/// use difference_engine::cluster_robust::{ClusterRobust, Correction};
/// use difference_engine::least_squares::{Cell, LeastSquares, Term};
/// use difference_engine::moments::Moments;
///
/// // Four classes of two pupils: group, score.
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
/// let fit = LeastSquares::fit(&cells)?;
/// let robust = ClusterRobust::new(&fit, &cells, Correction::Cr2)?;
/// // The t-test of the four class means: √(8/2 + 8/2), two degrees of freedom.
/// assert!((robust.standard_error(Term::Column(0)).unwrap() - 8.0_f64.sqrt()).abs() < 1e-12);
/// assert!((robust.satterthwaite(Term::Column(0)).unwrap() - 2.0).abs() < 1e-12);
/// # Ok::<(), difference_engine::refusal::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct ClusterRobust<'fit> {
    fit: &'fit LeastSquares,
    clusters: Vec<Cluster>,
    /// What the sum over clusters is multiplied by.
    factor: f64,
}

/// One cluster, in its own columns: the levels of the blocks that it is in, then the slopes.
#[derive(Clone, Debug)]
struct Cluster {
    blocks: Vec<usize>,
    /// `G_j = X_j'X_j`.
    gram: Mat<f64>,
    /// `B_j`, so that `X_j'A_j e_j = B_j s_j`; None stands for the identity.
    adjustment: Option<Mat<f64>>,
    /// `B_j s_j`.
    score: Vec<f64>,
}

impl<'fit> ClusterRobust<'fit> {
    /// Prepares the variances of a fit; `cells` are those that it was made from.
    ///
    /// # Errors
    /// `too-few-clusters` when all rows are in one cluster.
    pub fn new(
        fit: &'fit LeastSquares,
        cells: &[Cell],
        correction: Correction,
    ) -> Result<Self, Refusal> {
        let mut members: BTreeMap<usize, Vec<&Cell>> = BTreeMap::new();
        for cell in cells.iter().filter(|cell| cell.moments.n() > 0) {
            members.entry(cell.cluster).or_default().push(cell);
        }
        let j = count(members.len());
        if members.len() < 2 {
            return Err(Refusal::new(
                "too-few-clusters",
                "All the rows are in one class or school, so nothing shows how far classes or schools differ.",
                "Compare at least two in each group; eight or more in all give an answer that can be relied on.",
            ));
        }
        let n = count(fit.n());
        let factor = match correction {
            Correction::Cr1 => j / (j - 1.0),
            Correction::Cr1s => j / (j - 1.0) * (n - 1.0) / count(fit.residual_df()),
            Correction::Cr0 | Correction::Cr2 | Correction::Cr3 => 1.0,
        };
        let power = match correction {
            Correction::Cr0 | Correction::Cr1 | Correction::Cr1s => None,
            Correction::Cr2 => Some(-0.5),
            Correction::Cr3 => Some(-1.0),
        };
        let clusters = members
            .values()
            .map(|cells| Cluster::new(fit, cells, power))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            fit,
            clusters,
            factor,
        })
    }

    /// Number of clusters.
    #[must_use]
    pub fn clusters(&self) -> usize {
        self.clusters.len()
    }

    /// Standard error of a coefficient, in its unit; None when the fit has no such term.
    #[must_use]
    pub fn standard_error(&self, term: Term) -> Option<f64> {
        let influence = self.fit.influence(term)?;
        let sum: f64 = self
            .clusters
            .iter()
            .map(|cluster| dot(&cluster.local(&influence), &cluster.score).powi(2))
            .sum();
        Some((self.factor * sum).sqrt())
    }

    /// Satterthwaite's degrees of freedom of a coefficient's variance, for rows that are independent
    /// with one variance (the working model of Bell & McCaffrey).
    ///
    /// `df = (Σ a_j − tr(MW))² / (Σ a_j² − 2 Σ a_j w_j'M w_j + tr(MWMW))` with `q_j = B_j'Mc`, `a_j = q_j'G_j q_j`,
    /// `w_j = G_j q_j`, `W = Σ w_j w_j'`. M is diagonal in the blocks' levels, so `tr(MWMW)` is summed
    /// over the pairs of blocks that share a cluster.
    #[must_use]
    pub fn satterthwaite(&self, term: Term) -> Option<f64> {
        let influence = self.fit.influence(term)?;
        let k = self.fit.slopes();
        let (mut first, mut second) = (0.0, 0.0);
        let mut slopes = Mat::<f64>::zeros(k, k);
        let mut levels: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let mut both: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for cluster in &self.clusters {
            let q = cluster.transposed(&cluster.local(&influence));
            let w = times(&cluster.gram, &q);
            let a = dot(&q, &w);
            let (of_levels, of_slopes) = w.split_at(cluster.blocks.len());
            // In units where M is the identity on the levels.
            let of_levels: Vec<f64> = (cluster.blocks.iter().zip(of_levels))
                .map(|(block, w)| w / self.fit.block_rows(*block).sqrt())
                .collect();
            let own =
                dot(&of_levels, &of_levels) + dot(of_slopes, &self.fit.times_inverse(of_slopes));
            first += a - own;
            second += a * a - 2.0 * a * own;
            for (i, a) in of_slopes.iter().enumerate() {
                for (j, b) in of_slopes.iter().enumerate() {
                    *slopes.get_mut(i, j) += a * b;
                }
            }
            for (b, l) in cluster.blocks.iter().zip(&of_levels) {
                let sum = both.entry(*b).or_insert_with(|| vec![0.0; k]);
                for (sum, w) in sum.iter_mut().zip(of_slopes) {
                    *sum += l * w;
                }
                for (c, m) in cluster.blocks.iter().zip(&of_levels) {
                    *levels.entry((*b, *c)).or_default() += l * m;
                }
            }
        }
        let product = self.fit.inverse() * &slopes;
        second += levels.values().map(|l| l * l).sum::<f64>();
        second += 2.0
            * both
                .values()
                .map(|v| dot(v, &self.fit.times_inverse(v)))
                .sum::<f64>();
        second += trace(&(&product * &product));
        let df = first * first / second;
        df.is_finite().then_some(df)
    }
}

impl Cluster {
    fn new(fit: &LeastSquares, cells: &[&Cell], power: Option<f64>) -> Result<Self, Refusal> {
        let mut blocks: Vec<usize> = cells.iter().map(|cell| cell.block).collect();
        blocks.sort_unstable();
        blocks.dedup();
        let levels = blocks.len();
        let size = levels + fit.slopes();
        let mut gram = Mat::<f64>::zeros(size, size);
        let mut score = vec![0.0; size];
        for cell in cells {
            let n = count(cell.moments.n());
            let level = blocks.iter().position(|b| *b == cell.block).unwrap_or(0);
            let Some((means, left)) = fit.centred(cell.block, &cell.moments.means()) else {
                continue;
            };
            let within = fit.within(&cell.moments);
            *gram.get_mut(level, level) += n;
            if let Some(sum) = score.get_mut(level) {
                *sum += n * left;
            }
            for (i, a) in means.iter().enumerate() {
                *gram.get_mut(levels + i, level) += n * a;
                *gram.get_mut(level, levels + i) += n * a;
                for (j, b) in means.iter().enumerate() {
                    *gram.get_mut(levels + i, levels + j) += within.squares.get(i, j) + n * a * b;
                }
            }
            for ((sum, own), a) in score
                .iter_mut()
                .skip(levels)
                .zip(&within.scores)
                .zip(&means)
            {
                *sum += own + n * a * left;
            }
        }
        let adjustment = match power {
            None => None,
            Some(power) => Some(adjustment(fit, &blocks, &gram, power)?),
        };
        if let Some(b) = &adjustment {
            score = times(b, &score);
        }
        Ok(Self {
            blocks,
            gram,
            adjustment,
            score,
        })
    }

    /// The part of `M c` in this cluster's columns.
    fn local(&self, influence: &Weights) -> Vec<f64> {
        let levels = self.blocks.iter().map(|_| influence.level);
        levels.chain(influence.slopes.iter().copied()).collect()
    }

    /// `B_j' v`.
    fn transposed(&self, v: &[f64]) -> Vec<f64> {
        match &self.adjustment {
            None => v.to_vec(),
            Some(b) => b
                .col_iter()
                .map(|column| column.iter().zip(v).map(|(a, b)| a * b).sum())
                .collect(),
        }
    }
}

/// `B_j = U S K S⁻¹ U'` with the eigenvectors `U` and eigenvalues `S²` of `G_j` that are not nothing and
/// `K = (I − S U'M U S)^power`, pseudo-inverse where a direction is fitted exactly.
fn adjustment(
    fit: &LeastSquares,
    blocks: &[usize],
    gram: &Mat<f64>,
    power: f64,
) -> Result<Mat<f64>, Refusal> {
    let levels = blocks.len();
    let size = gram.nrows();
    let (vectors, values) = eigen(gram)?;
    let largest = values.last().copied().unwrap_or_default();
    let directions: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter(|(_, value)| **value > NOTHING * largest)
        .map(|(i, value)| (i, value.sqrt()))
        .collect();
    let direction = |i: usize| directions.get(i).copied().unwrap_or((0, 0.0));
    let rank = directions.len();
    // U S, and M (U S): M is 1/n_b on the levels and S⁻¹ on the slopes.
    let us = Mat::from_fn(size, rank, |row, i| {
        let (column, s) = direction(i);
        vectors.get(row, column) * s
    });
    let slopes = fit.inverse() * us.subrows(levels, fit.slopes());
    let rows: Vec<f64> = blocks.iter().map(|b| fit.block_rows(*b)).collect();
    let mus = Mat::from_fn(size, rank, |row, i| match rows.get(row) {
        Some(n) => us.get(row, i) / n,
        None => *slopes.get(row - levels, i),
    });
    let hat = us.transpose() * &mus;
    let left = Mat::from_fn(rank, rank, |i, j| {
        f64::from(u8::from(i == j)) - hat.get(i, j)
    });
    let (turned, spread) = eigen(&left)?;
    let powers: Vec<f64> = spread
        .iter()
        .map(|v| if *v > NOTHING { v.powf(power) } else { 0.0 })
        .collect();
    let scaled = Mat::from_fn(rank, rank, |i, j| {
        turned.get(i, j) * powers.get(j).copied().unwrap_or_default()
    });
    let k = &scaled * turned.transpose();
    let us_inverse = Mat::from_fn(rank, size, |i, row| {
        let (column, s) = direction(i);
        vectors.get(row, column) / s
    });
    Ok(us * k * us_inverse)
}
