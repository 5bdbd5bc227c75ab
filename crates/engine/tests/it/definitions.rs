//! The formulas that need only sums, held to the definitions that need every row: matrices of rows by
//! rows, on small made-up trials with every complication at once.

use difference_engine::cluster_robust::{ClusterRobust, Correction as Cr};
use difference_engine::heteroskedastic::{Correction as Hc, Heteroskedastic};
use difference_engine::instrumental::TwoStage;
use difference_engine::least_squares::{Cell, LeastSquares, Term};
use difference_engine::mixed::{Likelihood, Mixed};
use difference_engine::moments::Fold;
use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, Side};

/// A made-up trial: cluster, block, treatment, two covariates, outcome.
struct Made {
    rows: Vec<(usize, usize, [f64; 4])>,
}

/// A stream of numbers between −1 and 1 (a linear congruential generator is chance enough here).
fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed
        .wrapping_mul(2_862_933_555_777_941_757)
        .wrapping_add(3_037_000_493);
    move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// Clusters of 1 to 6 pupils; every fourth cluster reaches over two blocks when `crossing`.
fn made(seed: u64, clusters: usize, blocks: usize, crossing: bool) -> Made {
    let mut number = numbers(seed);
    let mut rows = Vec::new();
    for cluster in 0..clusters {
        let level = number();
        let treated = f64::from(u8::from((cluster / blocks) % 2 == 1));
        for pupil in 0..1 + (cluster * 7) % 6 {
            let away = usize::from(crossing && cluster % 4 == 0 && pupil % 2 == 1);
            let block = (cluster + away) % blocks;
            let before = 100.0 + 15.0 * number();
            let other = level.mul_add(0.5, number());
            let after = 0.8 * before + 3.0 * treated + 4.0 * level + 6.0 * number() + block as f64;
            rows.push((cluster, block, [treated, before, other, after]));
        }
    }
    Made { rows }
}

impl Made {
    fn cells(&self) -> Vec<Cell> {
        let mut fold = Fold::new(4);
        for (cluster, block, row) in &self.rows {
            fold.add((*cluster, *block), row);
        }
        fold.finish()
            .into_iter()
            .map(|((cluster, block), moments)| Cell {
                cluster,
                block,
                moments,
            })
            .collect()
    }

    /// X with a column for each block, then treatment and covariates.
    fn x(&self) -> Mat<f64> {
        let mut blocks: Vec<usize> = self.rows.iter().map(|r| r.1).collect();
        blocks.sort_unstable();
        blocks.dedup();
        let b = blocks.len();
        Mat::from_fn(self.rows.len(), b + 3, |i, j| {
            let (_, block, row) = &self.rows[i];
            if j < b {
                f64::from(u8::from(blocks[j] == *block))
            } else {
                row[j - b]
            }
        })
    }

    fn y(&self) -> Mat<f64> {
        Mat::from_fn(self.rows.len(), 1, |i, _| self.rows[i].2[3])
    }

    fn same_cluster(&self, i: usize, j: usize) -> bool {
        self.rows[i].0 == self.rows[j].0
    }
}

fn inverse(a: &Mat<f64>) -> Mat<f64> {
    a.llt(Side::Lower).unwrap().inverse()
}

/// A symmetric matrix to a power, pseudo-inverse where its eigenvalues are nothing.
fn power(a: &Mat<f64>, power: f64) -> Mat<f64> {
    let eigen = a.self_adjoint_eigen(Side::Lower).unwrap();
    let (u, s) = (eigen.U(), eigen.S().column_vector());
    let scaled = Mat::from_fn(a.nrows(), a.nrows(), |i, j| {
        if s[j] > 1e-12 {
            u[(i, j)] * s[j].powf(power)
        } else {
            0.0
        }
    });
    scaled * u.transpose()
}

fn close(what: &str, ours: f64, theirs: f64, tolerance: f64) {
    let apart = (ours - theirs).abs() / theirs.abs();
    assert!(
        apart <= tolerance,
        "{what}: ours {ours:?}, by definition {theirs:?}"
    );
}

/// Trials with one block, with nested blocks, and with clusters that reach over blocks.
fn trials() -> Vec<Made> {
    vec![
        made(1, 12, 1, false),
        made(2, 16, 2, false),
        made(3, 24, 3, false),
        made(4, 16, 2, true),
        made(5, 30, 5, true),
    ]
}

#[test]
fn cluster_robust_variance_and_its_degrees_of_freedom() {
    for trial in trials() {
        let (x, y, n) = (trial.x(), trial.y(), trial.rows.len());
        let m = inverse(&(x.transpose() * &x));
        let hat = &x * &m * x.transpose();
        let left = Mat::<f64>::identity(n, n) - &hat;
        let residual = &left * &y;
        // A holds each cluster's (I − H_jj)^(−1/2) on its diagonal.
        let mut a = Mat::<f64>::zeros(n, n);
        let mut clusters: Vec<usize> = trial.rows.iter().map(|r| r.0).collect();
        clusters.dedup();
        for cluster in &clusters {
            let own: Vec<usize> = (0..n).filter(|i| trial.rows[*i].0 == *cluster).collect();
            let block = Mat::from_fn(own.len(), own.len(), |i, j| left[(own[i], own[j])]);
            let root = power(&block, -0.5);
            for (i, at) in own.iter().enumerate() {
                for (j, to) in own.iter().enumerate() {
                    a[(*at, *to)] = root[(i, j)];
                }
            }
        }
        let column = x.ncols() - 3;
        let direction = &x * &m;
        let scores: Vec<f64> = clusters
            .iter()
            .map(|cluster| {
                let adjusted = &a * &residual;
                (0..n)
                    .filter(|i| trial.rows[*i].0 == *cluster)
                    .map(|i| direction[(i, column)] * adjusted[(i, 0)])
                    .sum()
            })
            .collect();
        let variance: f64 = scores.iter().map(|s| s * s).sum();
        // The quadratic form's vectors (I − H)A_j X_j M c, and df = (Σ p_jj)² / Σ p_jk².
        let vectors: Vec<Mat<f64>> = clusters
            .iter()
            .map(|cluster| {
                let own = Mat::from_fn(n, 1, |i, _| {
                    if trial.rows[i].0 == *cluster {
                        direction[(i, column)]
                    } else {
                        0.0
                    }
                });
                &left * (&a * own)
            })
            .collect();
        let (mut trace, mut squares) = (0.0, 0.0);
        for (j, p) in vectors.iter().enumerate() {
            for (k, q) in vectors.iter().enumerate() {
                let product = (p.transpose() * q)[(0, 0)];
                squares += product * product;
                trace += if j == k { product } else { 0.0 };
            }
        }
        let cells = trial.cells();
        let fit = LeastSquares::fit(&cells).unwrap();
        let robust = ClusterRobust::new(&fit, &cells, Cr::Cr2).unwrap();
        let term = Term::Column(0);
        close(
            "CR2",
            robust.standard_error(term).unwrap(),
            variance.sqrt(),
            1e-10,
        );
        let df = robust.satterthwaite(term).unwrap();
        close("Satterthwaite", df, trace * trace / squares, 1e-9);
    }
}

#[test]
fn every_row_its_own_cluster_is_hc2() {
    for trial in trials() {
        let mut alone = trial.cells();
        alone.clear();
        for (row, (_, block, values)) in trial.rows.iter().enumerate() {
            let moments = difference_engine::moments::Moments::of([values]);
            alone.push(Cell {
                cluster: row,
                block: *block,
                moments,
            });
        }
        let fit = LeastSquares::fit(&alone).unwrap();
        let clusters = ClusterRobust::new(&fit, &alone, Cr::Cr2).unwrap();
        let terms = fit.terms();
        let mut rows = Heteroskedastic::new(&fit, &terms).with_degrees_of_freedom();
        for (_, block, values) in &trial.rows {
            rows.add(*block, values);
        }
        for term in terms {
            let hc2 = rows.standard_error(term, Hc::Hc2).unwrap();
            close("HC2", clusters.standard_error(term).unwrap(), hc2, 1e-10);
            let df = rows.satterthwaite(term).unwrap();
            close("df", clusters.satterthwaite(term).unwrap(), df, 1e-9);
        }
    }
}

/// −2 log-likelihood with V written out, restricted or not, as lme4 counts it; and the treatment's
/// coefficient and standard error.
fn written_out(trial: &Made, between: f64, within: f64, likelihood: Likelihood) -> (f64, f64, f64) {
    let (x, y, n) = (trial.x(), trial.y(), trial.rows.len());
    let v = Mat::from_fn(n, n, |i, j| {
        let own = if i == j { within } else { 0.0 };
        own + if trial.same_cluster(i, j) {
            between
        } else {
            0.0
        }
    });
    let log_determinant = |a: &Mat<f64>| -> f64 {
        let cholesky = a.llt(Side::Lower).unwrap();
        2.0 * cholesky
            .L()
            .diagonal()
            .column_vector()
            .iter()
            .map(|d| d.ln())
            .sum::<f64>()
    };
    let weight = inverse(&v);
    let information = x.transpose() * &weight * &x;
    let covariance = inverse(&information);
    let b = &covariance * (x.transpose() * &weight * &y);
    let residual = &y - &x * &b;
    let misfit = (residual.transpose() * &weight * &residual)[(0, 0)];
    let (n, p) = (n as f64, x.ncols() as f64);
    let tau = std::f64::consts::TAU.ln();
    let objective = match likelihood {
        Likelihood::Full => log_determinant(&v) + misfit + n * tau,
        Likelihood::Restricted => {
            log_determinant(&v) + log_determinant(&information) + misfit + (n - p) * tau
        }
    };
    let column = x.ncols() - 3;
    (
        objective,
        b[(column, 0)],
        covariance[(column, column)].sqrt(),
    )
}

#[test]
fn mixed_models_are_the_likelihood_of_every_row() {
    for trial in trials() {
        for likelihood in [Likelihood::Restricted, Likelihood::Full] {
            let model = Mixed::fit(&trial.cells(), likelihood).unwrap();
            let (between, within) = (model.between(), model.within());
            let (objective, b, se) = written_out(&trial, between, within, likelihood);
            close("objective", model.objective(), objective, 1e-11);
            let term = Term::Column(0);
            close("coefficient", model.coefficient(term).unwrap(), b, 1e-8);
            close(
                "standard error",
                model.standard_error(term).unwrap(),
                se,
                1e-8,
            );
            // Nowhere near is it lower.
            for (up, wide) in [(1.01, 1.0), (0.99, 1.0), (1.0, 1.01), (1.0, 0.99)] {
                let (near, _, _) = written_out(&trial, between * up, within * wide, likelihood);
                assert!(near >= objective - 1e-9);
            }
        }
    }
}

#[test]
fn satterthwaite_of_a_mixed_model_is_that_of_its_likelihood() {
    // Second derivatives of the written-out objective, and first ones of the variance, by differences.
    let trial = made(7, 24, 3, false);
    for likelihood in [Likelihood::Restricted, Likelihood::Full] {
        let model = Mixed::fit(&trial.cells(), likelihood).unwrap();
        let at = [model.between(), model.within()];
        let step = [1e-3 * at[0], 1e-3 * at[1]];
        let f = |i: f64, j: f64| {
            written_out(&trial, at[0] + i * step[0], at[1] + j * step[1], likelihood)
        };
        let second = |i: usize, j: usize| {
            let e = |k: usize, s: f64| if k == 0 { (s, 0.0) } else { (0.0, s) };
            let value = |a: (f64, f64), b: (f64, f64)| f(a.0 + b.0, a.1 + b.1).0;
            (value(e(i, 1.0), e(j, 1.0))
                - value(e(i, 1.0), e(j, -1.0))
                - value(e(i, -1.0), e(j, 1.0))
                + value(e(i, -1.0), e(j, -1.0)))
                / (4.0 * step[i] * step[j])
        };
        let hessian = [second(0, 0), second(0, 1), second(1, 1)];
        let variance = |i: f64, j: f64| f(i, j).2.powi(2);
        let gradient = [
            (variance(1.0, 0.0) - variance(-1.0, 0.0)) / (2.0 * step[0]),
            (variance(0.0, 1.0) - variance(0.0, -1.0)) / (2.0 * step[1]),
        ];
        let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
        let spread = 2.0
            * (hessian[2] * gradient[0].powi(2) - 2.0 * hessian[1] * gradient[0] * gradient[1]
                + hessian[0] * gradient[1].powi(2))
            / determinant;
        let df = 2.0 * variance(0.0, 0.0).powi(2) / spread;
        close(
            "df",
            model.satterthwaite(Term::Column(0)).unwrap(),
            df,
            1e-3,
        );
    }
}

#[test]
fn without_each_cluster_in_turn() {
    for trial in trials() {
        let cells = trial.cells();
        let fit = LeastSquares::fit(&cells).unwrap();
        let robust = ClusterRobust::new(&fit, &cells, Cr::Cr2).unwrap();
        for (cluster, without) in robust.leave_one_out(Term::Column(0)) {
            let others: Vec<Cell> = cells
                .iter()
                .filter(|c| c.cluster != cluster)
                .cloned()
                .collect();
            let again = LeastSquares::fit(&others)
                .unwrap()
                .coefficient(Term::Column(0));
            close("left out", without.unwrap(), again.unwrap(), 1e-10);
        }
    }
}

#[test]
fn two_stage_least_squares_and_its_cluster_robust_variance() {
    for (seed, trial) in (10..).zip(trials()) {
        let mut number = numbers(seed);
        // Most of those drawn took part, and a few others.
        let took: Vec<f64> = (trial.rows.iter())
            .map(|(_, _, row)| f64::from(u8::from(number() + 1.2 * row[0] > 0.6)))
            .collect();
        let (x, y, n) = (trial.x(), trial.y(), trial.rows.len());
        let blocks = x.ncols() - 3;
        // The lot stands first after the blocks: the instruments are X itself, the regressors have who took part in its place.
        let d = Mat::from_fn(
            n,
            x.ncols(),
            |i, j| if j == blocks { took[i] } else { x[(i, j)] },
        );
        let fitted = &x * inverse(&(x.transpose() * &x)) * x.transpose() * &d;
        let m = inverse(&(fitted.transpose() * &fitted));
        let b = &m * fitted.transpose() * &y;
        let residual = &y - &d * &b;
        let mut fold = Fold::new(5);
        for ((cluster, block, row), took) in trial.rows.iter().zip(&took) {
            fold.add((*cluster, *block), &[row[0], row[1], row[2], *took, row[3]]);
        }
        let cells: Vec<Cell> = (fold.finish().into_iter())
            .map(|((cluster, block), moments)| Cell {
                cluster,
                block,
                moments,
            })
            .collect();
        let stages = TwoStage::fit(&cells).unwrap();
        close(
            "2SLS",
            stages.second().coefficient(Term::Column(0)).unwrap(),
            b[(blocks, 0)],
            1e-9,
        );
        // CR2 with the fitted regressors' hat matrix and the residuals of what was received.
        let mut meat = Mat::<f64>::zeros(x.ncols(), x.ncols());
        let mut clusters: Vec<usize> = trial.rows.iter().map(|r| r.0).collect();
        clusters.dedup();
        for cluster in &clusters {
            let own: Vec<usize> = (0..n).filter(|i| trial.rows[*i].0 == *cluster).collect();
            let part = Mat::from_fn(own.len(), x.ncols(), |i, j| fitted[(own[i], j)]);
            let left = Mat::<f64>::identity(own.len(), own.len()) - &part * &m * part.transpose();
            let e = Mat::from_fn(own.len(), 1, |i, _| residual[(own[i], 0)]);
            let score = part.transpose() * power(&left, -0.5) * e;
            meat += &score * score.transpose();
        }
        let variance = &m * meat * &m;
        let robust = ClusterRobust::new(stages.second(), stages.cells(), Cr::Cr2).unwrap();
        let ours = robust.standard_error(Term::Column(0)).unwrap();
        close("its CR2", ours, variance[(blocks, blocks)].sqrt(), 1e-8);
        // And by rows, HC2.
        let mut rows = Heteroskedastic::new(stages.second(), &[Term::Column(0)]);
        let mut seen = Vec::new();
        let mut sum = 0.0;
        let c = &fitted * &m;
        for (i, ((_, block, row), took)) in trial.rows.iter().zip(&took).enumerate() {
            stages.row(&[row[0], row[1], row[2], *took, row[3]], &mut seen);
            rows.add(*block, &seen);
            let leverage: f64 = (0..x.ncols()).map(|j| c[(i, j)] * fitted[(i, j)]).sum();
            sum += (c[(i, blocks)] * residual[(i, 0)]).powi(2) / (1.0 - leverage);
        }
        close(
            "its HC2",
            rows.standard_error(Term::Column(0), Hc::Hc2).unwrap(),
            sum.sqrt(),
            1e-8,
        );
    }
}
