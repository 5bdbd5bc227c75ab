//! The engine's inner loops, each alone: `cargo bench -p difference-engine --bench kernels`. Whole rows of work beside their peers
//! are in docs/performance.md.
#![expect(
    clippy::unwrap_used,
    reason = "a bench that meets the unexpected should stop there and say so"
)]

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use difference_engine::chart::limits_and_signals;
use difference_engine::cluster_robust::{ClusterRobust, Correction};
use difference_engine::least_squares::{Cell, LeastSquares, Term};
use difference_engine::mixed::{Likelihood, Mixed, Random};
use difference_engine::moments::Fold;
use difference_engine::permutation::{Draws, Units, permutation};
use difference_engine::pool::{PoolQuestion, Study, pool};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// About normal: twelve shares of chance.
fn normal(chance: &mut StdRng) -> f64 {
    (0..12).map(|_| chance.random::<f64>()).sum::<f64>() - 6.0
}

/// Rows of a trial of whole schools: treatment, two columns, outcome.
fn rows(schools: usize, pupils: usize) -> Vec<(usize, [f64; 4])> {
    let mut chance = StdRng::seed_from_u64(1);
    let mut all = Vec::with_capacity(schools * pupils);
    for school in 0..schools {
        let level = 0.4 * normal(&mut chance);
        let treated = if school % 2 == 0 { 0.0 } else { 1.0 };
        for _ in 0..pupils + school % 7 {
            let (before, age) = (normal(&mut chance), normal(&mut chance));
            let after = 0.2 * treated + 0.6 * before + level + 0.7 * normal(&mut chance);
            all.push((school, [treated, before, age, after]));
        }
    }
    all
}

fn cells(rows: &[(usize, [f64; 4])], blocked: bool) -> Vec<Cell> {
    let mut fold = Fold::new(4);
    for (school, row) in rows {
        fold.add((*school, if blocked { *school } else { 0 }), row);
    }
    let cell = |((cluster, block), moments)| Cell {
        cluster,
        block,
        moments,
    };
    fold.finish().into_iter().map(cell).collect()
}

fn moments(c: &mut Criterion) {
    let rows = rows(300, 100);
    let mut group = c.benchmark_group("moments");
    group.throughput(Throughput::Elements(u64::try_from(rows.len()).unwrap()));
    group.bench_function("one pass", |b| b.iter(|| cells(black_box(&rows), false)));
    let cells = cells(&rows, false);
    group.bench_function("merge 300 schools", |b| {
        b.iter_batched(
            || cells.clone(),
            |cells| {
                cells
                    .into_iter()
                    .map(|cell| cell.moments)
                    .reduce(|mut all, one| {
                        all.merge(&one);
                        all
                    })
            },
            BatchSize::SmallInput,
        );
    });
}

fn trials(c: &mut Criterion) {
    let mut group = c.benchmark_group("trial");
    for schools in [20, 3_000] {
        let cells = cells(&rows(schools, 30), false);
        let at = |name: &str| BenchmarkId::new(name, schools);
        group.bench_with_input(at("least squares"), &cells, |b, cells| {
            b.iter(|| LeastSquares::fit(cells).unwrap());
        });
        group.bench_with_input(at("CR2, Satterthwaite"), &cells, |b, cells| {
            let fit = LeastSquares::fit(cells).unwrap();
            b.iter(|| {
                let robust = ClusterRobust::new(&fit, cells, Correction::Cr2).unwrap();
                robust.satterthwaite(Term::Column(0))
            });
        });
        group.bench_with_input(at("random intercept"), &cells, |b, cells| {
            b.iter(|| Mixed::fit(cells, Likelihood::Restricted).unwrap());
        });
        group.bench_with_input(at("random slope"), &cells, |b, cells| {
            b.iter(|| Mixed::with(cells, Random::Slope(1), Likelihood::Restricted).unwrap());
        });
        if schools < 100 {
            group.bench_with_input(at("Kenward–Roger"), &cells, |b, cells| {
                let mixed = Mixed::fit(cells, Likelihood::Restricted).unwrap();
                b.iter(|| mixed.clone().kenward_roger(Term::Column(0)));
            });
        }
    }
}

fn lots(c: &mut Criterion) {
    let mut chance = StdRng::seed_from_u64(2);
    let mut group = c.benchmark_group("permutation");
    for units in [80, 1_000] {
        let values: Vec<f64> = (0..units).map(|_| normal(&mut chance)).collect();
        let treated: Vec<bool> = (0..units).map(|unit| unit % 2 == 1).collect();
        let draws = Draws {
            complete_up_to: 0,
            draws: 10_000,
            seed: 1,
        };
        group.bench_function(BenchmarkId::new("10,000 draws", units), |b| {
            let units = Units {
                values: &values,
                treated: &treated,
                blocks: &[],
                covariates: &[],
            };
            b.iter(|| permutation(&units, draws).unwrap());
        });
    }
}

fn pools(c: &mut Criterion) {
    let mut chance = StdRng::seed_from_u64(3);
    let mut group = c.benchmark_group("pool");
    for k in [3_u32, 50, 1_000] {
        let studies: Vec<Study> = (0..k)
            .map(|place| {
                let variance = 0.02 + 0.1 * chance.random::<f64>();
                Study {
                    label: format!("place {place}"),
                    effect: 0.2 + 0.2 * normal(&mut chance) + variance.sqrt() * normal(&mut chance),
                    variance,
                    ..Study::default()
                }
            })
            .collect();
        group.bench_with_input(BenchmarkId::new("whole", k), &studies, |b, studies| {
            b.iter(|| pool(studies, &PoolQuestion::default()).unwrap());
        });
    }
}

fn charts(c: &mut Criterion) {
    let mut chance = StdRng::seed_from_u64(4);
    let series: Vec<f64> = (0..520).map(|_| 90.0 + 3.0 * normal(&mut chance)).collect();
    c.bench_function("chart/limits and rules of 520 points", |b| {
        b.iter(|| limits_and_signals(black_box(&series)));
    });
}

criterion_group!(kernels, moments, trials, lots, pools, charts);
criterion_main!(kernels);
