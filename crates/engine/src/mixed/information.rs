//! How sharply the likelihood bends in the variances: what Satterthwaite's and Kenward & Roger's degrees of freedom need.
//!
//! Who may call this: those two. What must stay true: one look at each cluster, at the lowest point only; the same sums serve
//! both, so that they can't disagree about the model.
//!
//! With `V = I + Σ D_i G_i` (over the residual variance) and `P = V⁻¹ − V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹`, these are `tr(PG_i)`,
//! `tr(PG_iPG_j)`, and for vectors `v, w` in the span of `V⁻¹[X y]` the forms `v'G_iw` and `v'G_iPG_jw`.

use faer::Mat;

use super::deviance::{Factor, Profile, Symmetric, Turned, Weighed, inside, quadratic};
use super::search::Entry;
use super::sums::Sums;
use crate::least_squares::Weights;
use crate::matrix::{dot, trace};

/// A variance or covariance of the random effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Variance of the intercepts.
    Level,
    /// Covariance of intercepts and slopes.
    Lean,
    /// Variance of the slopes.
    Slope,
    /// Variance of groups within clusters.
    Inner,
}

impl Part {
    /// Of some entries of the factor: one for each.
    pub(super) fn of(entry: Entry) -> Self {
        match entry {
            Entry::Level => Self::Level,
            Entry::Lean => Self::Lean,
            Entry::Slope => Self::Slope,
            Entry::Inner => Self::Inner,
        }
    }

    /// Its share of the residual variance.
    pub(super) fn value(self, factor: &Factor) -> f64 {
        let [level, lean, slope] = factor.covariance();
        match self {
            Self::Level => level,
            Self::Lean => lean,
            Self::Slope => slope,
            Self::Inner => factor.inner * factor.inner,
        }
    }

    /// `GR`, for rows by intercept and slope.
    fn turn(self, [first, second]: [f64; 2]) -> [f64; 2] {
        match self {
            Self::Level => [first, 0.0],
            Self::Lean => [second, first],
            Self::Slope => [0.0, second],
            Self::Inner => [0.0, 0.0],
        }
    }

    fn matrix(self) -> Symmetric {
        match self {
            Self::Level => [1.0, 0.0, 0.0],
            Self::Lean => [0.0, 1.0, 0.0],
            Self::Slope => [0.0, 0.0, 1.0],
            Self::Inner => [0.0; 3],
        }
    }
}

/// The sums at the lowest point.
#[derive(Clone, Debug)]
pub(super) struct Information {
    pub(super) parts: Vec<Part>,
    /// `D_i`.
    pub(super) values: Vec<f64>,
    /// `tr(PG_i)`.
    pub(super) first: Vec<f64>,
    /// `tr(PG_iPG_j)`.
    pub(super) second: Mat<f64>,
    /// `tr(V⁻¹G_i)` and `tr(V⁻¹G_iV⁻¹G_j)`.
    pub(super) first_full: Vec<f64>,
    pub(super) second_full: Mat<f64>,
    /// `[1 X e]'V⁻¹G_iV⁻¹[1 X e]`, columns centred on their block.
    forms: Vec<Mat<f64>>,
    /// The same with `G_iV*G_j` in the middle, `V*` being `V⁻¹` after the blocks' levels.
    pairs: Vec<Vec<Mat<f64>>>,
    inverse: Mat<f64>,
}

/// Sums of one block.
struct Held {
    /// `[1 X e]'V⁻¹G_iV⁻¹1`.
    levels: Vec<Vec<f64>>,
}

impl Sums {
    /// Looks at every cluster once.
    pub(super) fn information(
        &self,
        entries: &[Entry],
        factor: &Factor,
        at: &Profile,
    ) -> Information {
        let parts: Vec<Part> = entries.iter().map(|entry| Part::of(*entry)).collect();
        let (count, size) = (parts.len(), self.width + 1);
        let mut work = Work::new(self.width, &parts);
        let zero = || Mat::<f64>::zeros(size, size);
        let mut found = Information {
            values: parts.iter().map(|part| part.value(factor)).collect(),
            first: vec![0.0; count],
            second: Mat::zeros(count, count),
            first_full: vec![0.0; count],
            second_full: Mat::zeros(count, count),
            forms: (0..count).map(|_| zero()).collect(),
            pairs: (0..count)
                .map(|_| (0..count).map(|_| zero()).collect())
                .collect(),
            inverse: at.inverse.clone(),
            parts,
        };
        let mut held = Held {
            levels: vec![vec![0.0; size]; count],
        };
        let (mut last, mut weight) = (None, 1.0);
        self.each_in_block(at, |seen, block| {
            if last != Some(seen.cluster.block) {
                if last.is_some() {
                    found.close(&held, weight);
                    held.levels.iter_mut().for_each(|level| level.fill(0.0));
                }
                last = Some(seen.cluster.block);
            }
            weight = block.weight;
            factor.weigh(&seen, &mut work.weighed, |_, _| {});
            work.turned.set(&seen, &work.weighed, block, &at.shift);
            work.rows(&seen);
            if self.third {
                work.inside(&seen, factor, block, at);
            }
            found.take(&work, &mut held, weight);
        });
        found.close(&held, weight);
        found.after_slopes();
        found
    }
}

/// What one cluster gives.
struct Work {
    weighed: Weighed,
    turned: Turned,
    /// `Z'V⁻¹[1 X e]`, by intercept and slope.
    rows: Vec<[f64; 2]>,
    /// `G` times these, for each part.
    parts: Vec<(Part, Vec<[f64; 2]>)>,
    /// `Z'V⁻¹Z`.
    q: Symmetric,
    /// Of groups within: `Σ RR'`, `Σ w RR' − (ΣRz)K(ΣRz)'`, `Σ yR'`, and the traces with itself and the cluster's own.
    groups: Option<Groups>,
}

struct Groups {
    form: Mat<f64>,
    pair: Mat<f64>,
    across: Vec<f64>,
    first: f64,
    second: f64,
    with_level: f64,
}

impl Work {
    fn new(width: usize, parts: &[Part]) -> Self {
        Self {
            weighed: Weighed::new(width),
            turned: Turned::new(width),
            rows: Vec::with_capacity(width + 1),
            parts: parts
                .iter()
                .map(|part| (*part, Vec::with_capacity(width + 1)))
                .collect(),
            q: [0.0; 3],
            groups: None,
        }
    }

    /// `FΨ` times the turned deviations, and `FΨF'`.
    fn rows(&mut self, seen: &super::sums::Seen<'_>) {
        let [a, b, c] = self.weighed.psi;
        let (r, m, d) = (self.weighed.root, seen.cluster.mean, seen.cluster.spread);
        let across = |u1: f64, u2: f64| {
            let (x, y) = (a * u1 + b * u2, b * u1 + c * u2);
            [r * x, r * m * x + d * y]
        };
        self.rows.clear();
        self.rows.push(across(r, 0.0));
        let [first, second] = &self.turned.columns;
        if second.is_empty() {
            self.rows.extend(first.iter().map(|u| across(*u, 0.0)));
        } else {
            self.rows
                .extend(first.iter().zip(second).map(|(u, v)| across(*u, *v)));
        }
        let [e1, e2] = self.turned.left;
        self.rows.push(across(e1, e2));
        for (part, turned) in &mut self.parts {
            turned.clear();
            turned.extend(self.rows.iter().map(|row| part.turn(*row)));
        }
        self.q = [
            r * r * a,
            r * (r * m * a + d * b),
            r * m * (r * m * a + 2.0 * d * b) + d * d * c,
        ];
    }

    fn inside(
        &mut self,
        seen: &super::sums::Seen<'_>,
        factor: &Factor,
        block: &super::deviance::Block,
        at: &Profile,
    ) {
        let width = self.weighed.means.len();
        let size = width + 1;
        let [psi, ..] = self.weighed.psi;
        let whole = self.weighed.root * self.weighed.root;
        let level = factor.level * factor.level;
        let (delta, k) = (factor.inner * factor.inner, level * psi);
        let mut groups = Groups {
            form: Mat::zeros(size, size),
            pair: Mat::zeros(size, size),
            across: vec![0.0; size],
            first: 0.0,
            second: 0.0,
            with_level: 0.0,
        };
        let (mut row, mut by_weight) = (Vec::with_capacity(size), vec![0.0; size]);
        let mut squares = 0.0;
        for (n, means) in seen.sizes.iter().zip(seen.means.chunks_exact(width)) {
            let own = n / (1.0 + n * delta);
            inside(&mut row, own, psi, means, &self.weighed.means, &block.means);
            let left = row.pop().unwrap_or_default() - dot(&row, &at.shift);
            row.push(left);
            row.insert(0, own * psi);
            let y = own * psi;
            groups.first += own * (1.0 + (whole - own) * level) * psi;
            groups.with_level += y * y;
            groups.second += own * own - 2.0 * own * own * own * k;
            squares += own * own;
            for (i, a) in row.iter().enumerate() {
                for (j, b) in row.iter().enumerate() {
                    *groups.form.get_mut(i, j) += a * b;
                    *groups.pair.get_mut(i, j) += own * a * b;
                }
            }
            for ((across, weighted), value) in
                groups.across.iter_mut().zip(&mut by_weight).zip(&row)
            {
                *across += y * value;
                *weighted += own * value;
            }
        }
        groups.second += (k * squares).powi(2);
        for (i, a) in by_weight.iter().enumerate() {
            for (j, b) in by_weight.iter().enumerate() {
                *groups.pair.get_mut(i, j) -= k * a * b;
            }
        }
        self.groups = Some(groups);
    }
}

/// `a'Qb` of rows by intercept and slope.
fn form([a, b]: [f64; 2], [q11, q12, q22]: Symmetric, [x, y]: [f64; 2]) -> f64 {
    a * (q11 * x + q12 * y) + b * (q12 * x + q22 * y)
}

/// `tr(QGQH)`.
fn trace_of([a, b, c]: Symmetric, [x, y, z]: Symmetric, [u, v, w]: Symmetric) -> f64 {
    // QG and QH, then the trace of their product.
    let (g11, g12, g21, g22) = (a * x + b * y, a * y + b * z, b * x + c * y, b * y + c * z);
    let (h11, h12, h21, h22) = (a * u + b * v, a * v + b * w, b * u + c * v, b * v + c * w);
    g11 * h11 + g12 * h21 + g21 * h12 + g22 * h22
}

/// Adds a matrix given by its entries.
fn add(to: &mut Mat<f64>, entry: impl Fn(usize, usize) -> f64) {
    for (other, column) in to.col_iter_mut().enumerate() {
        for (at, sum) in column.iter_mut().enumerate() {
            *sum += entry(at, other);
        }
    }
}

impl Information {
    /// Adds a cluster. Of pairs only those with `i ≤ j` are kept.
    fn take(&mut self, work: &Work, held: &mut Held, weight: f64) {
        for (i, (part, own)) in work.parts.iter().enumerate() {
            let groups = work.groups.as_ref().filter(|_| *part == Part::Inner);
            if let Some(first) = self.first_full.get_mut(i) {
                *first += match groups {
                    Some(groups) => groups.first,
                    None => {
                        let ([a, b, c], [x, y, z]) = (work.q, part.matrix());
                        a * x + 2.0 * b * y + c * z
                    }
                };
            }
            if let Some((form, level)) = self.forms.get_mut(i).zip(held.levels.get_mut(i)) {
                let entry = |at: usize, other: usize| match groups {
                    Some(groups) => *groups.form.get(at, other),
                    None => (work.rows.get(at).zip(own.get(other)))
                        .map_or(0.0, |([a, b], [x, y])| a * x + b * y),
                };
                add(form, entry);
                for (at, sum) in level.iter_mut().enumerate() {
                    *sum += entry(at, 0);
                }
            }
            for (j, (also, others)) in work.parts.iter().enumerate().skip(i) {
                *self.second_full.get_mut(i, j) += match (&work.groups, part, also) {
                    (Some(groups), Part::Inner, Part::Inner) => groups.second,
                    (Some(groups), Part::Level, Part::Inner) => groups.with_level,
                    _ => trace_of(work.q, part.matrix(), also.matrix()),
                };
                let Some(pair) = self.pairs.get_mut(i).and_then(|row| row.get_mut(j)) else {
                    continue;
                };
                let cell = |at: usize, other: usize| match (&work.groups, part, also) {
                    (Some(groups), Part::Inner, Part::Inner) => *groups.pair.get(at, other),
                    (Some(groups), _, Part::Inner) => {
                        let [level, _] = own.get(at).copied().unwrap_or_default();
                        level * groups.across.get(other).copied().unwrap_or_default()
                    }
                    _ => (own.get(at).zip(others.get(other)))
                        .map_or(0.0, |(a, b)| form(*a, work.q, *b)),
                };
                *self.second.get_mut(i, j) -= 2.0 * cell(0, 0) / weight;
                add(pair, cell);
            }
        }
    }

    /// Takes a block's level out.
    fn close(&mut self, held: &Held, weight: f64) {
        for (i, own) in held.levels.iter().enumerate() {
            let level = own.first().copied().unwrap_or_default();
            if let Some(first) = self.first.get_mut(i) {
                *first -= level / weight;
            }
            for (j, others) in held.levels.iter().enumerate().skip(i) {
                let other_level = others.first().copied().unwrap_or_default();
                *self.second.get_mut(i, j) += level * other_level / (weight * weight);
                if let Some(pair) = self.pairs.get_mut(i).and_then(|row| row.get_mut(j)) {
                    add(pair, |at, other| {
                        let (a, b) = (own.get(at), others.get(other));
                        -a.copied().unwrap_or_default() * b.copied().unwrap_or_default() / weight
                    });
                }
            }
        }
    }

    /// Takes the slopes out of the traces.
    fn after_slopes(&mut self) {
        let slopes = self.inverse.nrows();
        let inner = |m: &Mat<f64>| m.submatrix(1, 1, slopes, slopes).to_owned();
        let products: Vec<Mat<f64>> = self
            .forms
            .iter()
            .map(|form| &self.inverse * inner(form))
            .collect();
        for (i, own) in products.iter().enumerate() {
            if let Some((first, full)) = self.first.get_mut(i).zip(self.first_full.get(i)) {
                *first += full - trace(own);
            }
            for (j, other) in products.iter().enumerate().skip(i) {
                let pair = self.pairs.get(i).and_then(|row| row.get(j));
                let between = pair.map_or(0.0, |pair| trace(&(&self.inverse * inner(pair))));
                let full = *self.second_full.get(i, j);
                let whole = self.second.get(i, j) + full - 2.0 * between + trace(&(own * other));
                for (one, another) in [(i, j), (j, i)] {
                    *self.second_full.get_mut(one, another) = full;
                    *self.second.get_mut(one, another) = whole;
                }
            }
        }
    }

    /// `v'G_iv` for `v = V⁻¹[1 X e]` times a direction.
    pub(super) fn forms(&self, direction: &[f64]) -> Vec<f64> {
        self.forms
            .iter()
            .map(|form| quadratic(form, direction, direction))
            .collect()
    }

    /// `v'G_iPG_jv`.
    pub(super) fn pairs(&self, direction: &[f64]) -> Mat<f64> {
        let count = self.parts.len();
        let slopes = self.inverse.nrows();
        let reach: Vec<Vec<f64>> = (self.forms.iter())
            .map(|form| {
                (1..=slopes)
                    .map(|row| {
                        form.row(row)
                            .iter()
                            .zip(direction)
                            .map(|(m, d)| m * d)
                            .sum()
                    })
                    .collect()
            })
            .collect();
        let mut all = Mat::zeros(count, count);
        for (i, row) in self.pairs.iter().enumerate() {
            for (j, pair) in row.iter().enumerate().skip(i) {
                let through = (reach.get(i).zip(reach.get(j)))
                    .map_or(0.0, |(a, b)| quadratic(&self.inverse, a, b));
                let value = quadratic(pair, direction, direction) - through;
                *all.get_mut(i, j) = value;
                *all.get_mut(j, i) = value;
            }
        }
        all
    }

    /// The direction of what the model leaves.
    pub(super) fn residual(&self) -> Vec<f64> {
        let mut direction = vec![0.0; self.inverse.nrows() + 2];
        if let Some(last) = direction.last_mut() {
            *last = 1.0;
        }
        direction
    }

    /// The direction of a contrast of the coefficients: `(X'V⁻¹X)⁻¹c`, its level first.
    pub(super) fn direction(
        &self,
        contrast: &Weights,
        lean: &[f64],
        level_weight: f64,
    ) -> Vec<f64> {
        let mut direction = vec![contrast.level / level_weight];
        direction.extend(crate::matrix::times(&self.inverse, lean));
        direction.push(0.0);
        direction
    }
}
