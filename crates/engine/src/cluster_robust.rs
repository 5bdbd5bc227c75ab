//! Standard errors for rows that come in clusters: pupils of a class or a school move together, so
//! they count for less than as many strangers.
//!
//! Who may call this: [`evaluate`](crate::evaluate()), on a least-squares fit. What must stay true: no matrix of
//! rows by rows, only one of columns by columns for each cluster; the answer is that of the
//! definition to rounding.
//!
//! In coordinates where `X'X = I` (levels over the root of their rows, slopes by the Cholesky factor of `S⁻¹`) a
//! cluster's `X_j'X_j = Q Λ Q'` has its leverages on the diagonal of Λ, so `X_j'(I − H_jj)^p e_j = Q (I − Λ)^p Q' s_j`:
//! one small eigenproblem a cluster serves CR2, CR3, Satterthwaite, Hotelling and leaving the cluster out.
//!
//! Bell, R. M. & McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with
//! multi-stage samples. *Survey Methodology* 28(2), 169–181. Pustejovsky, J. E. & Tipton, E. (2018). Small-sample
//! methods for cluster-robust variance estimation and hypothesis testing in fixed effects models. *Journal of
//! Business & Economic Statistics* 36(4), 672–683.

use std::collections::BTreeMap;

use faer::Mat;

use crate::count::count;
use crate::least_squares::{Cell, LeastSquares, Term};
use crate::matrix::{dot, eigen, times};
use crate::refusal::Refusal;
use crate::wald::{self, Wald};

/// A direction of which a cluster leaves less than this share to the others is fitted exactly.
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
    /// `C`, lower triangular, with `S⁻¹ = C C'`.
    root: Mat<f64>,
    clusters: Vec<Cluster>,
    correction: Correction,
    /// What the sum over clusters is multiplied by.
    factor: f64,
}

/// One cluster: the levels of the blocks that it is in, then the slopes, where `X'X = I`.
#[derive(Clone, Debug)]
struct Cluster {
    number: usize,
    blocks: Vec<usize>,
    /// `Q`.
    vectors: Mat<f64>,
    /// `1 − Λ`: what each direction leaves to the others.
    left: Vec<f64>,
    /// `Q's_j`.
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
        let root = fit.root_of_inverse()?;
        let clusters = members
            .iter()
            .map(|(number, cells)| Cluster::new(fit, &root, *number, cells))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            fit,
            root,
            clusters,
            correction,
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
        let contrast = self.contrast(term)?;
        let sum: f64 = (self.clusters.iter())
            .map(|cluster| self.part(cluster, &contrast).powi(2))
            .sum();
        Some((self.factor * sum).sqrt())
    }

    /// Covariance of some coefficients, in the products of their units; None when the fit lacks one of them.
    #[must_use]
    pub fn covariance(&self, terms: &[Term]) -> Option<Vec<Vec<f64>>> {
        let contrasts = self.contrasts(terms)?;
        let mut sums = vec![vec![0.0; terms.len()]; terms.len()];
        for cluster in &self.clusters {
            let parts: Vec<f64> = (contrasts.iter())
                .map(|contrast| self.part(cluster, contrast))
                .collect();
            for (row, a) in sums.iter_mut().zip(&parts) {
                for (sum, b) in row.iter_mut().zip(&parts) {
                    *sum += self.factor * a * b;
                }
            }
        }
        Some(sums)
    }

    /// Satterthwaite's degrees of freedom of a coefficient's variance, for rows that are independent
    /// with one variance (the working model of Bell & McCaffrey): 2 E(V)²/Var(V).
    #[must_use]
    pub fn satterthwaite(&self, term: Term) -> Option<f64> {
        let df = self.eta(&[self.contrast(term)?]).ok()?;
        df.is_finite().then_some(df)
    }

    /// Whether some coefficients are all zero, by Hotelling's T² approximation ("HTZ").
    ///
    /// # Errors
    /// `no-such-term` where the fit lacks one of them; those of [`wald::quadratic`] and [`wald::hotelling`].
    pub fn wald(&self, terms: &[Term]) -> Result<Wald, Refusal> {
        let eta = self.eta(&self.contrasts(terms).ok_or_else(no_such_term)?)?;
        wald::hotelling(self.quadratic(terms)?, terms.len(), eta)
    }

    /// `b'V⁻¹b` of some coefficients, for the forms of the test that [`wald`](mod@wald) has.
    ///
    /// # Errors
    /// `no-such-term`; those of [`wald::quadratic`].
    pub fn quadratic(&self, terms: &[Term]) -> Result<f64, Refusal> {
        let estimates = terms.iter().map(|term| self.fit.coefficient(*term));
        let estimates: Option<Vec<f64>> = estimates.collect();
        let covariance = self.covariance(terms);
        let (b, v) = estimates.zip(covariance).ok_or_else(no_such_term)?;
        wald::quadratic(&b, &v)
    }

    /// A coefficient without each of the clusters in turn: the cluster's number, and what the others say; None where
    /// they could not say it alone.
    ///
    /// `b − b₍ⱼ₎ = c'M X_j'(I − H_jj)⁻¹e_j`: exact, O(p²) a cluster once its directions are known.
    #[must_use]
    pub fn leave_one_out(&self, term: Term) -> Vec<(usize, Option<f64>)> {
        let whole = self.fit.coefficient(term).zip(self.contrast(term));
        let Some((estimate, contrast)) = whole else {
            return Vec::new();
        };
        let without = |cluster: &Cluster| {
            let turned = cluster.turned(&contrast);
            let length = dot(&turned, &turned);
            let mut moved = 0.0;
            for ((v, left), score) in turned.iter().zip(&cluster.left).zip(&cluster.score) {
                if *left > NOTHING {
                    moved += v * score / left;
                } else if v * v > NOTHING * length {
                    return None;
                }
            }
            Some(estimate - moved)
        };
        (self.clusters.iter())
            .map(|cluster| (cluster.number, without(cluster)))
            .collect()
    }

    /// A term's weights of the level and of the slopes, where `X'X = I`.
    fn contrast(&self, term: Term) -> Option<Contrast> {
        let weights = self.fit.contrast(term)?;
        Some(Contrast {
            level: weights.level,
            slopes: down(&self.root, &weights.slopes),
            rows: count(self.fit.n()),
        })
    }

    fn contrasts(&self, terms: &[Term]) -> Option<Vec<Contrast>> {
        terms.iter().map(|term| self.contrast(*term)).collect()
    }

    /// What a cluster's corrected residuals add to a coefficient.
    fn part(&self, cluster: &Cluster, contrast: &Contrast) -> f64 {
        (cluster
            .turned(contrast)
            .iter()
            .zip(&cluster.left)
            .zip(&cluster.score))
        .map(|((v, left), score)| v * self.corrected(*left) * score)
        .sum()
    }

    /// `(1 − λ)^p`, 0 where the direction is fitted exactly.
    fn corrected(&self, left: f64) -> f64 {
        match self.correction {
            Correction::Cr0 | Correction::Cr1 | Correction::Cr1s => 1.0,
            Correction::Cr2 if left > NOTHING => 1.0 / left.sqrt(),
            Correction::Cr3 if left > NOTHING => 1.0 / left,
            Correction::Cr2 | Correction::Cr3 => 0.0,
        }
    }

    /// `η = q(q + 1)/Σ Var(ω_st)`, ω being the covariance standardised by what the working model expects of it.
    ///
    /// With `g_si` the cluster's part of contrast s as weights of all residuals, `g_si'g_tj = δ_ij a_sti − w_si'w_tj`, where
    /// `a_sti = q_si'G_i q_ti`, `w_si = G_i q_si`; so all sums over pairs of clusters are products of `W_st = Σ w_si w_ti'`.
    fn eta(&self, contrasts: &[Contrast]) -> Result<f64, Refusal> {
        let q = contrasts.len();
        let looks: Vec<Look> = (self.clusters.iter())
            .map(|cluster| self.look(cluster, contrasts))
            .collect();
        let mut expected = Mat::<f64>::zeros(q, q);
        for look in &looks {
            for (s, (row, w)) in look.squares.iter().zip(&look.weights).enumerate() {
                for (t, (a, v)) in row.iter().zip(&look.weights).enumerate() {
                    *expected.get_mut(s, t) += a - dot(w, v);
                }
            }
        }
        let turn = inverse_root(&expected)?;
        let looks: Vec<Look> = looks.iter().map(|look| look.turned(&turn)).collect();
        let mut variance = 0.0;
        for s in 0..q {
            for t in 0..=s {
                let twice = if s == t { 1.0 } else { 2.0 };
                variance += twice * self.variance(&looks, s, t);
            }
        }
        Ok(count(q * (q + 1)) / variance)
    }

    fn look(&self, cluster: &Cluster, contrasts: &[Contrast]) -> Look {
        let turned: Vec<Vec<f64>> = contrasts
            .iter()
            .map(|contrast| {
                let parts = cluster.turned(contrast).into_iter().zip(&cluster.left);
                parts.map(|(v, left)| v * self.corrected(*left)).collect()
            })
            .collect();
        // The leverages, from above and below: rounding leaves neither more than 1 nor less than 0.
        let leverage = |left: &f64| (1.0 - left).clamp(0.0, 1.0);
        let by_leverage = |v: &Vec<f64>| -> Vec<f64> {
            (v.iter().zip(&cluster.left))
                .map(|(v, left)| v * leverage(left))
                .collect()
        };
        Look {
            squares: (turned.iter().map(by_leverage))
                .map(|w| turned.iter().map(|v| dot(&w, v)).collect())
                .collect(),
            weights: (turned.iter())
                .map(|v| times(&cluster.vectors, &by_leverage(v)))
                .collect(),
        }
    }

    /// `Var(ω_st)` under the working model.
    fn variance(&self, looks: &[Look], s: usize, t: usize) -> f64 {
        let k = self.fit.slopes();
        let mut own = 0.0;
        let mut slopes = Mat::<f64>::zeros(k, k);
        let mut levels: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let mut mixed: BTreeMap<usize, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
        for (cluster, look) in self.clusters.iter().zip(looks) {
            let square = |i: usize, j: usize| {
                let row = look.squares.get(i);
                row.and_then(|row| row.get(j)).copied().unwrap_or_default()
            };
            let Some((w, v)) = look.weights.get(s).zip(look.weights.get(t)) else {
                continue;
            };
            own += square(s, s) * square(t, t) + square(s, t).powi(2)
                - square(s, s) * dot(v, v)
                - square(t, t) * dot(w, w)
                - 2.0 * square(s, t) * dot(w, v);
            let (w_levels, w_slopes) = w.split_at(cluster.blocks.len());
            let (v_levels, v_slopes) = v.split_at(cluster.blocks.len());
            for (column, b) in slopes.col_iter_mut().zip(v_slopes) {
                for (sum, a) in column.iter_mut().zip(w_slopes) {
                    *sum += a * b;
                }
            }
            for ((block, a), b) in cluster.blocks.iter().zip(w_levels).zip(v_levels) {
                let sums = mixed.entry(*block);
                let (right, below) = sums.or_insert_with(|| (vec![0.0; k], vec![0.0; k]));
                for ((right, below), (w, v)) in
                    (right.iter_mut().zip(below)).zip(w_slopes.iter().zip(v_slopes))
                {
                    *right += a * v;
                    *below += b * w;
                }
                for (other, b) in cluster.blocks.iter().zip(v_levels) {
                    *levels.entry((*block, *other)).or_default() += a * b;
                }
            }
        }
        // ‖W‖² + tr(WW).
        for i in 0..k {
            for j in 0..k {
                own += slopes.get(i, j) * (slopes.get(i, j) + slopes.get(j, i));
            }
        }
        for ((b, c), value) in &levels {
            let across = levels.get(&(*c, *b)).copied().unwrap_or_default();
            own += value * (value + across);
        }
        for (right, below) in mixed.values() {
            own += dot(right, right) + dot(below, below) + 2.0 * dot(right, below);
        }
        own
    }
}

/// A term, where `X'X = I`.
struct Contrast {
    /// Over the root of the block's rows: of the one level, 0 where there are several.
    level: f64,
    slopes: Vec<f64>,
    rows: f64,
}

/// What one cluster adds to the variance of some contrasts' variances.
struct Look {
    /// `q_s'G q_t`.
    squares: Vec<Vec<f64>>,
    /// `G q_s`: levels, then slopes.
    weights: Vec<Vec<f64>>,
}

impl Look {
    /// The same of the contrasts' combinations `T c`, with T symmetric.
    fn turned(&self, turn: &Mat<f64>) -> Self {
        let combine = |rows: &[Vec<f64>]| -> Vec<Vec<f64>> {
            let length = rows.first().map_or(0, Vec::len);
            turn.row_iter()
                .map(|weights| {
                    let mut sum = vec![0.0; length];
                    for (weight, row) in weights.iter().zip(rows) {
                        for (sum, value) in sum.iter_mut().zip(row) {
                            *sum += weight * value;
                        }
                    }
                    sum
                })
                .collect()
        };
        Self {
            squares: (combine(&self.squares).iter())
                .map(|row| times(turn, row))
                .collect(),
            weights: combine(&self.weights),
        }
    }
}

impl Cluster {
    fn new(
        fit: &LeastSquares,
        root: &Mat<f64>,
        number: usize,
        cells: &[&Cell],
    ) -> Result<Self, Refusal> {
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
            let unit = fit.block_rows(cell.block).sqrt();
            *gram.get_mut(level, level) += n / (unit * unit);
            if let Some(sum) = score.get_mut(level) {
                *sum += n * left / unit;
            }
            let means = down(root, &means);
            let squares = root.transpose() * within.squares * root;
            for (i, a) in means.iter().enumerate() {
                *gram.get_mut(levels + i, level) += n * a / unit;
                *gram.get_mut(level, levels + i) += n * a / unit;
                for (j, b) in means.iter().enumerate() {
                    *gram.get_mut(levels + i, levels + j) += squares.get(i, j) + n * a * b;
                }
            }
            let scores = down(root, &within.scores);
            for ((sum, own), a) in score.iter_mut().skip(levels).zip(&scores).zip(&means) {
                *sum += own + n * a * left;
            }
        }
        let (vectors, values) = eigen(&gram)?;
        Ok(Self {
            number,
            blocks,
            score: down(&vectors, &score),
            left: values.into_iter().map(|value| 1.0 - value).collect(),
            vectors,
        })
    }

    /// `Q'c` of a contrast.
    fn turned(&self, contrast: &Contrast) -> Vec<f64> {
        // Only a fit with one block has a level to speak of.
        let level = contrast.level / contrast.rows.sqrt();
        let weights: Vec<f64> = (self.blocks.iter().map(|_| level))
            .chain(contrast.slopes.iter().copied())
            .collect();
        down(&self.vectors, &weights)
    }
}

/// `A'v`.
fn down(matrix: &Mat<f64>, v: &[f64]) -> Vec<f64> {
    matrix
        .col_iter()
        .map(|column| column.iter().zip(v).map(|(a, b)| a * b).sum())
        .collect()
}

/// The symmetric `A^(−1/2)` of a positive definite matrix.
fn inverse_root(matrix: &Mat<f64>) -> Result<Mat<f64>, Refusal> {
    let (vectors, values) = eigen(matrix)?;
    let largest = values.last().copied().unwrap_or_default();
    if values.iter().any(|value| *value <= NOTHING * largest) {
        return Err(Refusal::new(
            "collinear",
            "The figures can’t be told apart well enough to be tested together.",
            "Compare more classes or schools, or fewer groups.",
        ));
    }
    let scaled = Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| {
        vectors.get(i, j) / values.get(j).map_or(1.0, |value| value.sqrt())
    });
    Ok(&scaled * vectors.transpose())
}

fn no_such_term() -> Refusal {
    Refusal::new(
        "no-such-term",
        "The model has no such column, or left it out because others say the same.",
        "Ask about columns that the model has.",
    )
}
