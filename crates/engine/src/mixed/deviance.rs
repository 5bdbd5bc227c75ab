//! The profiled deviance of a mixed model and its gradient, each from one look at every cluster.
//!
//! Who may call this: the search for its lowest point, and what is worked out there. What must stay true: deviances are
//! counted as lme4 counts them; a step costs time in proportion to the clusters, whatever the number of pupils.
//!
//! The variances stand in the relative factor `Λ` (over the residual standard deviation), `D = ΛΛ'`, as in Bates, D., Mächler,
//! M., Bolker, B. & Walker, S. (2015). Fitting linear mixed-effects models using lme4. *Journal of Statistical Software* 67(1).

use std::f64::consts::TAU;

use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{Mat, Side};

use super::sums::{Seen, Sums, outer};
use crate::matrix::dot;
use crate::refusal::Refusal;

/// `Λ = [[level, 0], [lean, slope]]` of a cluster's intercept and slope, and the third level's own: all over the residual
/// standard deviation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Factor {
    pub(super) level: f64,
    pub(super) lean: f64,
    pub(super) slope: f64,
    /// Of groups within clusters.
    pub(super) inner: f64,
}

/// A symmetric 2 × 2 matrix: (1,1), (2,1), (2,2).
pub(super) type Symmetric = [f64; 3];

/// The fit at one factor.
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

/// A cluster's groups put together, and `(I + F'DF)⁻¹ = Ψ`.
pub(super) struct Weighed {
    /// Root of the groups' sum of weights: `F₁₁`.
    pub(super) root: f64,
    pub(super) means: Vec<f64>,
    pub(super) psi: Symmetric,
    /// `c₁₂/c₂₂` and `1/c₂₂` of `I + F'DF`.
    pub(super) tilt: f64,
    pub(super) share: f64,
    pub(super) log_determinant: f64,
}

impl Factor {
    /// Sums a cluster's groups, each with `n/(1 + nδ)`, and weighs the cluster. What varies between its groups goes to `apart`
    /// with its weight.
    pub(super) fn weigh(
        &self,
        seen: &Seen<'_>,
        to: &mut Weighed,
        mut apart: impl FnMut(&[f64], f64),
    ) {
        let delta = self.inner * self.inner;
        let width = to.means.len();
        let mut weight = 0.0;
        to.log_determinant = 0.0;
        if seen.cluster.groups == 1 {
            to.means.copy_from_slice(seen.means);
            let n = seen.sizes.first().copied().unwrap_or_default();
            weight = n / (1.0 + n * delta);
            to.log_determinant = (n * delta).ln_1p();
        } else {
            let mut away = vec![0.0; width];
            to.means.fill(0.0);
            for (n, row) in seen.sizes.iter().zip(seen.means.chunks_exact(width)) {
                let own = n / (1.0 + n * delta);
                to.log_determinant += (n * delta).ln_1p();
                let share = own / (weight + own);
                for ((away, value), mean) in away.iter_mut().zip(row).zip(&mut to.means) {
                    *away = value - *mean;
                    *mean += *away * share;
                }
                apart(&away, weight * share);
                weight += own;
            }
        }
        to.root = weight.sqrt();
        let (mean, spread) = (seen.cluster.mean, seen.cluster.spread);
        let (a, b) = (
            to.root * (self.level + mean * self.lean),
            to.root * mean * self.slope,
        );
        let (c, d) = (spread * self.lean, spread * self.slope);
        let (c11, c12, c22) = (1.0 + a * a + b * b, a * c + b * d, 1.0 + c * c + d * d);
        // |I + AA'| = 1 + ‖A‖² + |A|²: nothing is taken away.
        let more = a * a + b * b + c * c + d * d + (a * d - b * c).powi(2);
        let determinant = 1.0 + more;
        to.log_determinant += more.ln_1p();
        to.psi = [c22 / determinant, -c12 / determinant, c11 / determinant];
        to.tilt = c12 / c22;
        to.share = 1.0 / c22;
    }

    /// `D`, over the residual variance.
    pub(super) fn covariance(&self) -> Symmetric {
        [
            self.level * self.level,
            self.level * self.lean,
            self.lean * self.lean + self.slope * self.slope,
        ]
    }
}

impl Weighed {
    pub(super) fn new(width: usize) -> Self {
        Self {
            root: 0.0,
            means: vec![0.0; width],
            psi: [0.0; 3],
            tilt: 0.0,
            share: 1.0,
            log_determinant: 0.0,
        }
    }
}

/// A cluster's deviations from its block, turned: two rows, each of the slopes' columns and what the model leaves.
pub(super) struct Turned {
    pub(super) columns: [Vec<f64>; 2],
    pub(super) left: [f64; 2],
}

impl Turned {
    pub(super) fn new(width: usize) -> Self {
        let empty = || Vec::with_capacity(width);
        Self {
            columns: [empty(), empty()],
            left: [0.0; 2],
        }
    }

    pub(super) fn set(&mut self, seen: &Seen<'_>, weighed: &Weighed, block: &Block, shift: &[f64]) {
        let [first, second] = &mut self.columns;
        first.clear();
        first.extend(
            (weighed.means.iter().zip(&block.means))
                .map(|(mean, level)| weighed.root * (mean - level)),
        );
        let left = first.pop().unwrap_or_default() - dot(first, shift);
        second.clear();
        second.extend_from_slice(seen.turned);
        let also = second.pop().unwrap_or_default() - dot(second, shift);
        self.left = [left, also];
    }
}

impl Sums {
    /// Generalised least squares at a factor.
    ///
    /// # Errors
    /// `collinear`.
    pub(super) fn profile(&self, factor: &Factor) -> Result<Profile, Refusal> {
        let width = self.width;
        let mut sum = self.within.clone();
        let (mut log_spread, mut log_determinant) = (0.0, 2.0 * self.log_scales);
        let mut blocks: Vec<Block> = Vec::new();
        let (mut away, mut weighed) = (vec![0.0; width], Weighed::new(width));
        let mut last = None;
        for seen in self.each() {
            if last != Some(seen.cluster.block) {
                last = Some(seen.cluster.block);
                blocks.push(Block {
                    weight: 0.0,
                    means: vec![0.0; width],
                });
            }
            let Some(block) = blocks.last_mut() else {
                continue;
            };
            factor.weigh(&seen, &mut weighed, |away, weight| {
                outer(&mut sum, away, weight)
            });
            log_spread += weighed.log_determinant;
            let [psi, ..] = weighed.psi;
            let weight = psi * weighed.root * weighed.root;
            if !seen.turned.is_empty() {
                let tilt = weighed.tilt / weighed.root;
                for (mean, turned) in weighed.means.iter_mut().zip(seen.turned) {
                    *mean -= tilt * turned;
                }
                outer(&mut sum, seen.turned, weighed.share);
            }
            // Chan's update with weights for counts.
            let share = weight / (block.weight + weight);
            let joint = block.weight * share;
            block.weight += weight;
            for ((away, value), mean) in away.iter_mut().zip(&weighed.means).zip(&mut block.means) {
                *away = value - *mean;
                *mean += *away * share;
            }
            outer(&mut sum, &away, joint);
        }
        log_determinant += blocks.iter().map(|block| block.weight.ln()).sum::<f64>();
        self.solve(&sum, log_spread, log_determinant, blocks)
    }

    fn solve(
        &self,
        sum: &[f64],
        log_spread: f64,
        mut log_determinant: f64,
        blocks: Vec<Block>,
    ) -> Result<Profile, Refusal> {
        let slopes = self.width - 1;
        let at = |i: usize, j: usize| {
            let (low, high) = if i < j { (i, j) } else { (j, i) };
            let place = high * (high + 1) / 2 + low;
            sum.get(place).copied().unwrap_or_default()
        };
        let squares = Mat::from_fn(slopes, slopes, at);
        let with_residual = Mat::from_fn(slopes, 1, |i, _| at(slopes, i));
        let cholesky = squares.llt(Side::Lower).map_err(|_| collinear())?;
        let inverse = cholesky.inverse();
        let shift = cholesky.solve(&with_residual);
        let shift: Vec<f64> = shift.col(0).iter().copied().collect();
        let explained: f64 = (with_residual.col(0).iter().zip(&shift))
            .map(|(a, b)| a * b)
            .sum();
        let factor = cholesky.L().diagonal().column_vector();
        log_determinant += 2.0 * factor.iter().map(|d| d.ln()).sum::<f64>();
        Ok(Profile {
            inverse,
            shift,
            residual: (at(slopes, slopes) - explained).max(0.0),
            log_determinant,
            log_spread,
            blocks,
        })
    }

    /// What the variances alone cost: `log|V|`, restricted `log|X'V⁻¹X|` too.
    pub(super) fn cost(&self, at: &Profile) -> f64 {
        if self.restricted() {
            at.log_spread + at.log_determinant
        } else {
            at.log_spread
        }
    }

    /// The deviance with the residual variance profiled out, as lme4 counts it.
    pub(super) fn deviance(&self, at: &Profile) -> f64 {
        let degrees = self.degrees();
        self.cost(at) + degrees * (1.0 + (TAU * at.residual / degrees).ln())
    }

    /// The deviance's gradient in `D` (symmetric) and in the variance of groups within clusters, with `1/σ²` for the
    /// residual variance (degrees of freedom over the residual sum where that is profiled out).
    pub(super) fn slope(
        &self,
        factor: &Factor,
        at: &Profile,
        precision: f64,
        restricted: bool,
    ) -> (Symmetric, f64) {
        let (mut weighed, mut turned) = (Weighed::new(self.width), Turned::new(self.width));
        let [level, ..] = factor.covariance();
        let mut sum = [0.0; 3];
        let mut inner = 0.0;
        let mut row = Vec::with_capacity(self.width);
        self.each_in_block(at, |seen, block| {
            factor.weigh(&seen, &mut weighed, |_, _| {});
            turned.set(&seen, &weighed, block, &at.shift);
            let [e1, e2] = turned.left;
            let mut s = [
                e1 * e1 * precision,
                e1 * e2 * precision,
                e2 * e2 * precision,
            ];
            if restricted {
                let [u1, u2] = &turned.columns;
                let [s11, s12, s22] = &mut s;
                *s11 += weighed.root * weighed.root / block.weight + quadratic(&at.inverse, u1, u1);
                if !u2.is_empty() {
                    *s12 += quadratic(&at.inverse, u1, u2);
                    *s22 += quadratic(&at.inverse, u2, u2);
                }
            }
            let g = less(weighed.psi, sandwich(weighed.psi, s));
            let [g11, g12, g22] = g;
            let (r, m, d) = (weighed.root, seen.cluster.mean, seen.cluster.spread);
            let [a, b, c] = &mut sum;
            *a += r * r * g11;
            *b += r * (r * m * g11 + d * g12);
            *c += r * m * (r * m * g11 + 2.0 * d * g12) + d * d * g22;
            if self.third {
                let [psi, ..] = weighed.psi;
                let whole = weighed.root * weighed.root;
                let delta = factor.inner * factor.inner;
                for (n, means) in seen.sizes.iter().zip(seen.means.chunks_exact(self.width)) {
                    let own = n / (1.0 + n * delta);
                    inside(&mut row, own, psi, means, &weighed.means, &block.means);
                    let left = row.pop().unwrap_or_default() - dot(&row, &at.shift);
                    inner += own * (1.0 + (whole - own) * level) * psi - precision * left * left;
                    if restricted {
                        inner -=
                            (own * psi).powi(2) / block.weight + quadratic(&at.inverse, &row, &row);
                    }
                }
            }
        });
        (sum, inner)
    }

    /// Looks at each cluster with its block's profile.
    pub(super) fn each_in_block(&self, at: &Profile, mut look: impl FnMut(Seen<'_>, &Block)) {
        let mut blocks = at.blocks.iter();
        let (mut here, mut last) = (None, None);
        for seen in self.each() {
            if last != Some(seen.cluster.block) {
                last = Some(seen.cluster.block);
                here = blocks.next();
            }
            if let Some(block) = here {
                look(seen, block);
            }
        }
    }
}

/// `1_c'V⁻¹` times the columns, for a group within a cluster: `w_c((d_c − d̄) + ψ(d̄ − block))`.
pub(super) fn inside(
    row: &mut Vec<f64>,
    own: f64,
    psi: f64,
    means: &[f64],
    cluster: &[f64],
    block: &[f64],
) {
    row.clear();
    row.extend(
        (means.iter().zip(cluster).zip(block))
            .map(|((value, mean), level)| own * ((value - mean) + psi * (mean - level))),
    );
}

/// `a'Mb`.
pub(super) fn quadratic(matrix: &Mat<f64>, a: &[f64], b: &[f64]) -> f64 {
    (matrix.col_iter().zip(b))
        .map(|(column, b)| b * column.iter().zip(a).map(|(m, a)| m * a).sum::<f64>())
        .sum()
}

/// `ABA` of symmetric matrices.
pub(super) fn sandwich([a, b, c]: Symmetric, [x, y, z]: Symmetric) -> Symmetric {
    let (p, q) = (a * x + b * y, a * y + b * z);
    let (r, s) = (b * x + c * y, b * y + c * z);
    [p * a + q * b, r * a + s * b, r * b + s * c]
}

fn less([a, b, c]: Symmetric, [x, y, z]: Symmetric) -> Symmetric {
    [a - x, b - y, c - z]
}

pub(super) fn collinear() -> Refusal {
    Refusal::new(
        "collinear",
        "Two of the columns say the same, so their shares can't be told apart.",
        "Leave one of them out.",
    )
}
