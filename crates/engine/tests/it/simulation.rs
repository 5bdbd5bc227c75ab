//! Trials made up by chance, in which the truth is known: how often does the answer miss it?
//!
//! For the two primary methods: a true difference of nothing gives p < 0.05 in 5 % of trials, and the 95 %
//! interval holds the truth in 95 %, within what 2,000 trials can tell (3.7 to 6.3 %). A cell outside
//! that band is run once more with ten times as many and a new seed, and that run decides (4.4 to 5.6 %). Cells
//! marked conservative may miss less often. A method that ignores classes is run too: it must fall out of the band.

use difference_engine::evaluate;
use difference_engine::question::{Allocation, Design, Question};
use difference_engine::sample::{
    Chunk, Covariate, CovariateKind, InMemory, Levels, Outcome, Roles, Treatment,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rstest::rstest;

const TRIALS: u32 = 2_000;

/// How pupils' own share of the outcome is spread: mean 0, standard deviation 1.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Normal,
    /// A long tail upwards.
    Skewed,
    /// A test too easy for a third of them.
    Ceiling,
    /// Reached or not, by one in so many.
    Reached(f64),
}

/// A kind of trial.
#[derive(Clone, Copy, Debug)]
struct Scenario {
    shape: Shape,
    /// Clusters drawn into the comparison and the intervention; pupils where `size` is 1.
    drawn: [u32; 2],
    /// Smallest and largest cluster.
    size: [u32; 2],
    /// Share of the variance between clusters.
    icc: f64,
    /// Drawn within blocks of so many, half and half; 0 for none.
    block: u32,
    /// Correlation of the outcome with a score from before; 0 for no such score.
    baseline: f64,
    /// How much wider the intervention spreads.
    wider: f64,
    /// The true difference, in standard deviations.
    truth: f64,
}

const PUPILS: Scenario = Scenario {
    shape: Shape::Normal,
    drawn: [30, 30],
    size: [1, 1],
    icc: 0.0,
    block: 0,
    baseline: 0.7,
    wider: 1.0,
    truth: 0.0,
};

const CLASSES: Scenario = Scenario {
    drawn: [10, 10],
    size: [20, 20],
    icc: 0.2,
    ..PUPILS
};

fn normal(chance: &mut ChaCha8Rng) -> f64 {
    let (a, b): (f64, f64) = (1.0 - chance.random::<f64>(), chance.random());
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

impl Scenario {
    fn draw(&self, chance: &mut ChaCha8Rng) -> InMemory {
        let clustered = self.size[1] > 1;
        let mut chunk = Chunk::default();
        let mut before = Vec::new();
        let all = self.drawn[0] + self.drawn[1];
        for unit in 0..all {
            // With blocks, units alternate within each; the draw itself is in the independent errors.
            let arm = match self.block {
                0 => u32::from(unit >= self.drawn[0]),
                _ => unit % 2,
            };
            let block = unit.checked_div(self.block).unwrap_or(0);
            let shift = if self.block > 0 {
                f64::from(block % 5)
            } else {
                0.0
            };
            let level = self.icc.sqrt() * normal(chance);
            let pupils = chance.random_range(self.size[0]..=self.size[1]);
            let wider = if arm == 1 { self.wider } else { 1.0 };
            for _ in 0..pupils {
                let earlier = normal(chance);
                let own = self.baseline * earlier
                    + (1.0 - self.baseline.powi(2)).sqrt() * self.pupil(chance);
                let score = shift
                    + wider * (level + (1.0 - self.icc).sqrt() * own)
                    + self.truth * f64::from(arm);
                chunk.outcome.push(match self.shape {
                    Shape::Ceiling => score.min(0.43),
                    Shape::Reached(share) => {
                        // A share of its own in each class, the same on average.
                        let spread = (share * (1.0 - share) * self.icc).sqrt();
                        let here = share + self.truth * f64::from(arm) + spread * level.signum();
                        f64::from(u8::from(chance.random::<f64>() < here))
                    }
                    Shape::Normal | Shape::Skewed => score,
                });
                before.push(earlier);
                chunk.treatment.push(arm);
                if clustered {
                    chunk.cluster.push(unit);
                }
                if self.block > 0 {
                    chunk.block.push(block);
                }
            }
        }
        let with_baseline = self.baseline > 0.0;
        if with_baseline {
            chunk.covariates.push(before);
        }
        let levels = |column: &str| Levels {
            column: column.into(),
            labels: Vec::new(),
        };
        InMemory {
            roles: Roles {
                outcome: Outcome {
                    column: "score".into(),
                    name: "reading".into(),
                    binary: matches!(self.shape, Shape::Reached(_)),
                    ..Outcome::default()
                },
                treatment: Some(Treatment {
                    column: "group".into(),
                    intervention: "club".into(),
                    comparison: "usual".into(),
                }),
                cluster: clustered.then(|| levels("class")),
                block: (self.block > 0).then(|| levels("pair")),
                covariates: Vec::from_iter(with_baseline.then(|| Covariate {
                    column: "before".into(),
                    level: None,
                    kind: CovariateKind::Baseline,
                })),
                ..Roles::default()
            },
            chunk,
        }
    }

    fn pupil(&self, chance: &mut ChaCha8Rng) -> f64 {
        match self.shape {
            Shape::Skewed => -(1.0 - chance.random::<f64>()).ln() - 1.0,
            _ => normal(chance),
        }
    }
}

/// What many trials of one kind showed.
#[derive(Debug)]
struct Shown {
    /// Share with p < 0.05.
    called: f64,
    /// Share whose interval holds the truth.
    covered: f64,
    /// Mean estimate less the truth, and its Monte Carlo error.
    bias: f64,
    error: f64,
    /// Root of the mean squared standard error over the estimates' own standard deviation.
    honesty: f64,
}

fn run(scenario: &Scenario, question: &Question, trials: u32, seed: u64) -> Shown {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let (mut called, mut covered) = (0, 0);
    let (mut sum, mut squares, mut variances) = (0.0, 0.0, 0.0);
    for _ in 0..trials {
        let answer = evaluate(&scenario.draw(&mut chance), question).unwrap();
        let primary = answer.primary().unwrap();
        let interval = primary.interval.unwrap();
        called += u32::from(primary.p_value.unwrap() < 0.05);
        covered += u32::from(interval.lower <= scenario.truth && scenario.truth <= interval.upper);
        sum += primary.estimate - scenario.truth;
        squares += (primary.estimate - scenario.truth).powi(2);
        variances += primary.standard_error.unwrap().powi(2);
    }
    let n = f64::from(trials);
    let bias = sum / n;
    let spread = (squares / n - bias * bias).sqrt();
    Shown {
        called: f64::from(called) / n,
        covered: f64::from(covered) / n,
        bias,
        error: spread / n.sqrt(),
        honesty: (variances / n).sqrt() / spread,
    }
}

fn within(share: f64, nominal: f64, band: f64, may_be_less: bool) -> bool {
    let miss = share - nominal;
    miss <= band && (may_be_less || miss >= -band)
}

fn by_lot() -> Question {
    Question {
        allocation: Allocation::Lot,
        ..Question::default()
    }
}

/// Every cell has its own stream of chance (FNV-1a of what it is, and which run it is).
fn seed(scenario: &Scenario, run: u64) -> u64 {
    format!("{scenario:?}")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325 ^ run, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        })
}

/// Holds a cell to its band, with the one re-run that decides.
fn hold(scenario: &Scenario, conservative: bool) {
    let good = |shown: &Shown, band: f64| {
        let called = scenario.truth != 0.0 || within(shown.called, 0.05, band, conservative);
        called && within(1.0 - shown.covered, 0.05, band, conservative)
    };
    let mut shown = run(scenario, &by_lot(), TRIALS, seed(scenario, 1));
    let mut holds = good(&shown, 0.013);
    if !holds {
        shown = run(scenario, &by_lot(), 10 * TRIALS, seed(scenario, 2));
        holds = good(&shown, 0.006);
    }
    assert!(holds, "{scenario:?}\n{shown:?}");
    assert!(
        shown.bias.abs() <= 0.02_f64.max(3.0 * shown.error),
        "{scenario:?}\n{shown:?}"
    );
    // The standard deviation of so many estimates is itself known to within 3/√(2n).
    let known = 3.0 / (2.0 * f64::from(TRIALS)).sqrt();
    let honest = (shown.honesty - 1.0).abs() <= 0.05_f64.max(known);
    assert!(
        honest || (conservative && shown.honesty > 1.0),
        "{scenario:?}\n{shown:?}"
    );
}

#[rstest]
#[case::normal(PUPILS)]
#[case::few(Scenario { drawn: [10, 10], ..PUPILS })]
#[case::without_a_score_from_before(Scenario { baseline: 0.0, ..PUPILS })]
#[case::skewed(Scenario { shape: Shape::Skewed, drawn: [40, 40], ..PUPILS })]
#[case::ceiling(Scenario { shape: Shape::Ceiling, drawn: [50, 50], ..PUPILS })]
#[case::uneven_and_wider(Scenario { drawn: [60, 40], wider: 1.5, ..PUPILS })]
#[case::reached_by_one_in_five(Scenario { shape: Shape::Reached(0.2), drawn: [100, 100], baseline: 0.0, ..PUPILS })]
#[case::in_blocks_of_four(Scenario { drawn: [30, 30], block: 4, ..PUPILS })]
#[case::a_small_gain(Scenario { truth: 0.2, ..PUPILS })]
#[case::a_large_gain(Scenario { truth: 0.5, shape: Shape::Skewed, drawn: [40, 40], ..PUPILS })]
fn pupils_drawn(#[case] scenario: Scenario) {
    hold(&scenario, false);
}

#[rstest]
#[case::ten_a_group(CLASSES)]
#[case::fifteen_a_group(Scenario { drawn: [15, 15], size: [10, 30], ..CLASSES })]
#[case::six_a_group(Scenario { drawn: [6, 6], icc: 0.05, ..CLASSES })]
#[case::four_a_group(Scenario { drawn: [4, 4], ..CLASSES })]
#[case::uneven_sizes(Scenario { size: [5, 40], ..CLASSES })]
#[case::skewed(Scenario { shape: Shape::Skewed, ..CLASSES })]
#[case::classes_no_more_alike_than_strangers(Scenario { icc: 0.0, ..CLASSES })]
#[case::reached_by_one_in_five(Scenario { shape: Shape::Reached(0.2), baseline: 0.0, icc: 0.1, ..CLASSES })]
#[case::pairs(Scenario { block: 2, ..CLASSES })]
#[case::a_gain(Scenario { truth: 0.2, ..CLASSES })]
#[case::a_large_gain(Scenario { truth: 0.5, drawn: [8, 12], ..CLASSES })]
fn classes_drawn(#[case] scenario: Scenario) {
    hold(&scenario, false);
}

#[rstest]
#[case::three_against_four(Scenario { drawn: [3, 4], ..CLASSES })]
#[case::two_against_twelve(Scenario { drawn: [12, 2], ..CLASSES })]
fn very_few_classes(#[case] scenario: Scenario) {
    hold(&scenario, true);
}

#[test]
fn who_ignores_classes_is_wrong_far_more_often() {
    let naive = Question {
        design: Some(Design::Individual),
        ..by_lot()
    };
    let shown = run(&CLASSES, &naive, 500, seed(&CLASSES, 1));
    assert!(shown.called > 0.2, "{shown:?}");
    assert!(shown.covered < 0.8, "{shown:?}");
    assert!(!within(shown.called, 0.05, 0.013, true));
}
