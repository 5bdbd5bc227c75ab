//! Three levels by likelihood: results within places, and places that differ; with sampling errors that are
//! independent (Konstantopoulos 2011) or correlated alike within a place ("CHE").
//!
//! Who may call this: this folder. What must stay true: no matrix of results by results, and one evaluation costs
//! the number of groups; the likelihood is looked at over all of its range before it is climbed, so that the answer
//! depends on no starting value.
//!
//! `var(y) = V + σ₁² 11' + σ₂² Σ 1_g1_g'` in each place, g its groups, with `V_ii = v_i` and
//! `V_ij = ρ √(v_i v_j)`. Inner groups, then the place, then ρ's own direction `s = √v` are each one step of Sherman and
//! Morrison's on what lies below, written with weighted means so that nothing is lost where variances are small:
//! `W_g = S_g/(1 + σ₂² S_g)` with `S_g = Σ 1/((1 − ρ) v)`, `W = S/(1 + σ₁² S)` with `S = Σ W_g`.
//!
//! Konstantopoulos, S. (2011). *Research Synthesis Methods* 2(1), 61–76. Van den Noortgate, W. et al. (2013).
//! *Behavior Research Methods* 45(2), 576–594. Pustejovsky, J. E. & Tipton, E. (2022). Meta-analysis with robust variance
//! estimation: expanding the range of working models. *Prevention Science* 23(3), 425–438. Climbing by average
//! information: Gilmour, Thompson & Cullis (1995), *Biometrics* 51(4), 1440–1450.

use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{Mat, Side};

use super::clusters::{Cluster, Clusters};
use crate::count::count;
use crate::matrix::{dot, times};

/// Which likelihood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likelihood {
    /// Restricted (REML).
    Restricted,
    /// The ordinary one (ML).
    Full,
}

/// σ₁² between places and σ₂² within them.
pub(super) type Variances = [f64; 2];

/// Values of each variance at which the likelihood is looked at before it is climbed, besides zero.
const LOOKS: u32 = 7;
/// Steps of a climb; a handful is what it takes.
const STEPS: u32 = 200;

/// The model, with everything that does not change with the variances.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    likelihood: Likelihood,
    rho: f64,
    /// Which variances there are.
    pub free: [bool; 2],
    p: usize,
    k: f64,
    /// Columns: the design's, the effects and, with ρ, `√v`.
    width: usize,
    places: Vec<Place>,
    /// `Σ w (z − z̄_g)(z − z̄_g)'` over all groups, width × width.
    within: Vec<f64>,
    /// `ln |V|` before any level.
    log_det: f64,
    scales: (f64, f64, f64),
}

#[derive(Clone, Debug)]
struct Place {
    /// `S_g`.
    weights: Vec<f64>,
    /// `z̄_g`, one after another.
    means: Vec<f64>,
    /// `Σ w (z − z̄_g)(s − s̄_g)` over the place's groups; empty without ρ.
    within: Vec<f64>,
}

/// What one place comes to at given variances.
struct Seen {
    /// `1'Σ⁻¹1`.
    ones: f64,
    /// `1'Σ⁻¹Z`.
    one: Vec<f64>,
    /// `1_g'Σ⁻¹Z`, one after another.
    groups: Vec<f64>,
    /// `W_g`.
    weights: Vec<f64>,
    /// `σ₁²/(1 + σ₁² S)`.
    shrink: f64,
    /// `ρ/(1 + ρ s'Σ₀⁻¹s)`.
    kappa: f64,
    /// `1'Σ₀⁻¹1_g` without ρ's part: `W_g/(1 + σ₁² S)` is this times `W_g`.
    share: f64,
    /// `1_g'Σ₀⁻¹s` before ρ, and `1'Σ₀⁻¹s`.
    toward: (Vec<f64>, f64),
}

/// The likelihood at given variances.
#[derive(Clone, Debug)]
pub(super) struct At {
    /// Log-likelihood, with its constants as metafor counts them.
    pub height: f64,
    /// `y'Py`.
    pub q: f64,
    /// Its slope in each variance.
    pub slope: [f64; 2],
    /// Average information.
    information: [[f64; 2]; 2],
}

/// What each place and group deviates by, with its standard error.
pub(super) struct Deviations {
    /// A pair for each place.
    pub places: Vec<(f64, f64)>,
    /// A pair for each group, place by place.
    pub groups: Vec<(f64, f64)>,
}

struct Solved {
    seen: Vec<Seen>,
    m: Mat<f64>,
    /// −γ and 1: what turns `[X, y]` into residuals.
    residual: Vec<f64>,
    height: f64,
    q: f64,
}

fn add_outer(sum: &mut [f64], width: usize, weight: f64, a: &[f64]) {
    for (row, x) in sum.chunks_exact_mut(width).zip(a) {
        let scaled = weight * x;
        for (sum, y) in row.iter_mut().zip(a) {
            *sum += scaled * y;
        }
    }
}

impl Levels {
    /// `rho` is at least 0 and below 1.
    pub fn new(clusters: &Clusters, rho: f64, likelihood: Likelihood) -> Self {
        let p = clusters.p();
        let width = p + 1 + usize::from(rho > 0.0);
        let mut within = vec![0.0; width * width];
        let mut log_det = 0.0;
        let places = clusters
            .places
            .iter()
            .map(|place| {
                let mut own = Place {
                    weights: Vec::with_capacity(place.groups.len()),
                    means: Vec::with_capacity(place.groups.len() * width),
                    within: vec![0.0; if rho > 0.0 { width } else { 0 }],
                };
                for group in &place.groups {
                    let rows: Vec<(f64, Vec<f64>)> = (group.v.iter().zip(&group.z).zip(&group.y))
                        .map(|((v, z), y)| {
                            let a = (1.0 - rho) * v;
                            log_det += a.ln();
                            let tail = (rho > 0.0).then(|| v.sqrt());
                            let row = z.iter().copied().chain([*y]).chain(tail);
                            (1.0 / a, row.collect())
                        })
                        .collect();
                    let sum: f64 = rows.iter().map(|(w, _)| w).sum();
                    let mut mean = vec![0.0; width];
                    for (w, row) in &rows {
                        for (mean, x) in mean.iter_mut().zip(row) {
                            *mean += w / sum * x;
                        }
                    }
                    if rows.len() > 1 {
                        for (w, row) in &rows {
                            let off: Vec<f64> = row.iter().zip(&mean).map(|(x, m)| x - m).collect();
                            add_outer(&mut within, width, *w, &off);
                            let s = off.last().copied().unwrap_or_default();
                            for (sum, x) in own.within.iter_mut().zip(&off) {
                                *sum += w * x * s;
                            }
                        }
                    }
                    own.weights.push(sum);
                    own.means.extend(mean);
                }
                own
            })
            .collect();
        let several = clusters.places.iter().any(|place| place.groups.len() > 1);
        Self {
            likelihood,
            rho,
            free: [true, several],
            p,
            k: count(clusters.k),
            width,
            places,
            within,
            log_det,
            scales: clusters.scales(),
        }
    }

    /// A place at given variances; its part of `[X, y]'Σ⁻¹[X, y]` and of `ln |Σ|` are added to the sums.
    fn see(
        &self,
        place: &Place,
        [outer, inner]: Variances,
        cross: &mut [f64],
        log: &mut f64,
    ) -> Seen {
        let width = self.width;
        let weights: Vec<f64> = (place.weights.iter())
            .map(|s| {
                *log += (inner * s).ln_1p();
                s / (1.0 + inner * s)
            })
            .collect();
        let sum: f64 = weights.iter().sum();
        let mut mean = vec![0.0; width];
        for (w, z) in weights.iter().zip(place.means.chunks_exact(width)) {
            let share = w / sum;
            for (mean, z) in mean.iter_mut().zip(z) {
                *mean += share * z;
            }
        }
        *log += (outer * sum).ln_1p();
        let share = 1.0 / (1.0 + outer * sum);
        let shrink = outer * share;
        let ones = sum * share;

        let mut toward = place.within.clone();
        for (w, z) in weights.iter().zip(place.means.chunks_exact(width)) {
            let off: Vec<f64> = z.iter().zip(&mean).map(|(z, m)| z - m).collect();
            add_outer(cross, width, *w, &off);
            let s = off.last().copied().unwrap_or_default();
            for (sum, x) in toward.iter_mut().zip(&off) {
                *sum += w * x * s;
            }
        }
        add_outer(cross, width, ones, &mean);
        let mut groups = Vec::with_capacity(place.means.len());
        for (w, z) in weights.iter().zip(place.means.chunks_exact(width)) {
            let pull = outer * ones;
            groups.extend(z.iter().zip(&mean).map(|(z, m)| w * (z - pull * m)));
        }
        let one: Vec<f64> = mean.iter().map(|m| ones * m).collect();
        let mut seen = Seen {
            ones,
            one,
            groups,
            weights,
            shrink,
            kappa: 0.0,
            share,
            toward: (Vec::new(), 0.0),
        };
        if self.rho > 0.0 {
            self.correlate(&mut seen, &mut toward, &mean, cross, log);
        }
        seen
    }

    /// The last step: ρ's own direction.
    fn correlate(
        &self,
        seen: &mut Seen,
        toward: &mut [f64],
        mean: &[f64],
        cross: &mut [f64],
        log: &mut f64,
    ) {
        let s_mean = mean.last().copied().unwrap_or_default();
        for (sum, m) in toward.iter_mut().zip(mean) {
            *sum += seen.ones * m * s_mean;
        }
        let length = toward.last().copied().unwrap_or_default();
        *log += (self.rho * length).ln_1p();
        let kappa = self.rho / (1.0 + self.rho * length);
        add_outer(cross, self.width, -kappa, toward);
        let last = |z: &[f64]| z.last().copied().unwrap_or_default();
        let of_groups: Vec<f64> = seen.groups.chunks_exact(self.width).map(last).collect();
        for (group, u) in seen.groups.chunks_exact_mut(self.width).zip(&of_groups) {
            for (t, z) in group.iter_mut().zip(toward.iter()) {
                *t -= kappa * u * z;
            }
        }
        let of_place = last(&seen.one);
        for (t, z) in seen.one.iter_mut().zip(toward.iter()) {
            *t -= kappa * of_place * z;
        }
        seen.ones -= kappa * of_place * of_place;
        seen.kappa = kappa;
        seen.toward = (of_groups, of_place);
    }

    fn solve(&self, variances: Variances) -> Option<Solved> {
        let (p, width) = (self.p, self.width);
        let mut cross = self.within.clone();
        let mut log_det = self.log_det;
        let seen: Vec<Seen> = (self.places.iter())
            .map(|place| self.see(place, variances, &mut cross, &mut log_det))
            .collect();
        let cell = |i: usize, j: usize| cross.get(i * width + j).copied().unwrap_or_default();
        let gram = Mat::from_fn(p, p, cell);
        let cholesky = gram.llt(Side::Lower).ok()?;
        let right = Mat::from_fn(p, 1, |i, _| cell(i, p));
        let gamma = cholesky.solve(&right);
        let taken: f64 = (0..p).map(|i| gamma.get(i, 0) * right.get(i, 0)).sum();
        let q = (cell(p, p) - taken).max(0.0);
        let diagonal = cholesky.L().diagonal().column_vector();
        let mut height = log_det + q;
        let mut n = self.k;
        if self.likelihood == Likelihood::Restricted {
            height += diagonal.iter().map(|l| 2.0 * l.ln()).sum::<f64>();
            n -= count(p);
        }
        height = -0.5 * (height + n * std::f64::consts::TAU.ln());
        let residual = gamma.col(0).iter().map(|g| -g).chain([1.0]).collect();
        height.is_finite().then(|| Solved {
            seen,
            m: cholesky.inverse(),
            residual,
            height,
            q,
        })
    }

    /// The likelihood at given variances; None where it is out of all range.
    pub fn at(&self, variances: Variances) -> Option<At> {
        let solved = self.solve(variances)?;
        let (p, m) = (self.p, &solved.m);
        let restricted = self.likelihood == Likelihood::Restricted;
        let leverage = |x: &[f64]| if restricted { form(m, x, x) } else { 0.0 };
        let mut slope = [0.0; 2];
        let (mut oo, mut oi, mut ii) = (0.0, 0.0, 0.0);
        let (mut x_outer, mut x_inner) = (vec![0.0; p], vec![0.0; p]);
        for seen in &solved.seen {
            let (x, _) = seen.one.split_at(p);
            let e = dot(&seen.one, &solved.residual);
            slope = [slope[0] + e * e - (seen.ones - leverage(x)), slope[1]];
            oo += e * e * seen.ones;
            add(&mut x_outer, e, x);
            if !self.free[1] {
                continue;
            }
            let (mut weighted, mut toward, mut to_place) = (0.0, 0.0, 0.0);
            let mut own = 0.0;
            for (at, (t, w)) in (seen.groups.chunks_exact(self.width))
                .zip(&seen.weights)
                .enumerate()
            {
                let (x, _) = t.split_at(p);
                let u = seen.toward.0.get(at).copied().unwrap_or_default();
                let e_g = dot(t, &solved.residual);
                let itself = w - seen.shrink * w * w - seen.kappa * u * u;
                slope = [slope[0], slope[1] + e_g * e_g - (itself - leverage(x))];
                own += w * e_g * e_g;
                weighted += w * e_g;
                toward += u * e_g;
                to_place += e_g * (w * seen.share - seen.kappa * u * seen.toward.1);
                add(&mut x_inner, e_g, x);
            }
            ii += own - seen.shrink * weighted * weighted - seen.kappa * toward * toward;
            oi += e * to_place;
        }
        let half = |all: f64, a: &[f64], b: &[f64]| 0.5 * (all - form(m, a, b));
        let off = half(oi, &x_outer, &x_inner);
        Some(At {
            height: solved.height,
            q: solved.q,
            slope: slope.map(|s| 0.5 * s),
            information: [
                [half(oo, &x_outer, &x_outer), off],
                [off, half(ii, &x_inner, &x_inner)],
            ],
        })
    }

    /// The variances at which the likelihood is highest, and what it is there.
    pub fn highest(&self) -> Option<(Variances, At)> {
        let (finest, coarsest, squares) = self.scales;
        let ceiling = coarsest.max(2.0 * squares / (self.k - count(self.p)));
        let floor = finest.min(0.1 * ceiling).max(1e-6 * ceiling);
        let growth = (ceiling / floor).powf(1.0 / f64::from(LOOKS - 1));
        let mut values = vec![0.0];
        values.extend((0..LOOKS).map(|i| floor * growth.powi(i.cast_signed())));
        let along = |free: bool| if free { values.clone() } else { vec![0.0] };
        let (outer, inner) = (along(self.free[0]), along(self.free[1]));
        let heights: Vec<Vec<f64>> = outer
            .iter()
            .map(|a| {
                let height = |b: &f64| self.solve([*a, *b]).map_or(f64::NEG_INFINITY, |s| s.height);
                inner.iter().map(height).collect()
            })
            .collect();
        let around = |i: usize, j: usize| {
            let rows = heights
                .iter()
                .skip(i.saturating_sub(1))
                .take(if i == 0 { 2 } else { 3 });
            rows.flat_map(move |row| {
                row.iter()
                    .skip(j.saturating_sub(1))
                    .take(if j == 0 { 2 } else { 3 })
            })
            .fold(f64::NEG_INFINITY, |a, b| a.max(*b))
        };
        let mut best: Option<(Variances, At)> = None;
        for (i, (row, a)) in heights.iter().zip(&outer).enumerate() {
            for (j, (height, b)) in row.iter().zip(&inner).enumerate() {
                // A look that no neighbour overlooks: a peak is near.
                if *height < around(i, j) || !height.is_finite() {
                    continue;
                }
                let Some(peak) = self.climb([*a, *b], self.free) else {
                    continue;
                };
                if best
                    .as_ref()
                    .is_none_or(|(_, at)| peak.1.height > at.height)
                {
                    best = Some(peak);
                }
            }
        }
        best
    }

    /// Uphill from some variances, in those that are free to move.
    pub fn climb(&self, from: Variances, free: [bool; 2]) -> Option<(Variances, At)> {
        let mut here = from;
        let mut at = self.at(here)?;
        for _ in 0..STEPS {
            // A variance of zero that would rather be less stays.
            let moves = [0, 1].map(|i| {
                let get = |a: [f64; 2]| a.get(i).copied().unwrap_or_default();
                free.get(i).copied().unwrap_or_default() && (get(here) > 0.0 || get(at.slope) > 0.0)
            });
            if moves == [false, false] {
                break;
            }
            let [whole, each] = steps(&at, moves);
            let mut found = None;
            'directions: for step in [whole, each] {
                let mut scale = 1.0;
                for _ in 0..40 {
                    let next = [
                        (here[0] + scale * step[0]).max(0.0),
                        (here[1] + scale * step[1]).max(0.0),
                    ];
                    // Near the top the height is flat to the last digit and the slope still tells.
                    let slack = 1e-13 * (1.0 + at.height.abs());
                    if let Some(there) = self.at(next).filter(|t| t.height >= at.height - slack) {
                        found = Some((next, there));
                        break 'directions;
                    }
                    scale *= 0.25;
                }
            }
            let Some((next, there)) = found else { break };
            let moved = |a: f64, b: f64| (a - b).abs() > 1e-13 * a.max(b);
            let done = !moved(next[0], here[0]) && !moved(next[1], here[1]);
            (here, at) = (next, there);
            if done {
                break;
            }
        }
        Some((here, at))
    }

    /// The finest scale on which anything changes.
    pub fn finest(&self) -> f64 {
        self.scales.0
    }

    /// What each place and group deviates by at given variances, with its standard error (best linear unbiased
    /// predictions).
    pub fn deviations(&self, variances: Variances) -> Option<Deviations> {
        let solved = self.solve(variances)?;
        let (p, [outer, inner]) = (self.p, variances);
        let pair = |variance: f64, t: &[f64], itself: f64| {
            let (x, _) = t.split_at(p);
            let known = variance * (itself - form(&solved.m, x, x));
            (
                variance * dot(t, &solved.residual),
                (variance * (1.0 - known)).max(0.0).sqrt(),
            )
        };
        let mut deviations = Deviations {
            places: Vec::with_capacity(solved.seen.len()),
            groups: Vec::new(),
        };
        for seen in &solved.seen {
            deviations.places.push(pair(outer, &seen.one, seen.ones));
            let groups = seen.groups.chunks_exact(self.width).zip(&seen.weights);
            for (at, (t, w)) in groups.enumerate() {
                let u = seen.toward.0.get(at).copied().unwrap_or_default();
                let itself = w - seen.shrink * w * w - seen.kappa * u * u;
                deviations.groups.push(pair(inner, t, itself));
            }
        }
        Some(deviations)
    }
}

/// The covariance of a place's results at given variances, in the order of [`Cluster::rows`].
pub(super) fn covariance(place: &Cluster, rho: f64, [outer, inner]: Variances) -> Mat<f64> {
    let mut rows = Vec::with_capacity(place.k());
    for (at, group) in place.groups.iter().enumerate() {
        rows.extend(group.v.iter().map(|v| (at, *v)));
    }
    let row = |i: usize| rows.get(i).copied().unwrap_or_default();
    Mat::from_fn(rows.len(), rows.len(), |i, j| {
        let ((g, v), (h, u)) = (row(i), row(j));
        let sampling = if i == j {
            v
        } else {
            rho * (v.sqrt() * u.sqrt())
        };
        sampling + outer + if g == h { inner } else { 0.0 }
    })
}

/// A step by average information in what moves, and one of each variance by itself.
fn steps(at: &At, moves: [bool; 2]) -> [Variances; 2] {
    let [[oo, oi], [_, ii]] = at.information;
    let alone = |moves: bool, slope: f64, information: f64| {
        if moves && information > 0.0 {
            slope / information
        } else {
            0.0
        }
    };
    let each = [
        alone(moves[0], at.slope[0], oo),
        alone(moves[1], at.slope[1], ii),
    ];
    let determinant = oo * ii - oi * oi;
    if moves == [true, true] && determinant > 1e-12 * oo * ii {
        let [a, b] = at.slope;
        return [
            [
                (ii * a - oi * b) / determinant,
                (oo * b - oi * a) / determinant,
            ],
            each,
        ];
    }
    [each, each]
}

/// `a'Mb`.
fn form(m: &Mat<f64>, a: &[f64], b: &[f64]) -> f64 {
    dot(a, &times(m, b))
}

fn add(sum: &mut [f64], weight: f64, x: &[f64]) {
    for (sum, x) in sum.iter_mut().zip(x) {
        *sum += weight * x;
    }
}
