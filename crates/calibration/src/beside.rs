//! Trials, series and pools for the estimates that are asked for by functions of their own.
//!
//! What must stay true: every entry of the engine's list has its case below, so that one more in the list does not compile until
//! somebody says in what it is simulated.

mod looks;
mod reached;

use engine::autoregressive::Autoregressive;
use engine::difference_in_differences::{Part, difference_in_differences};
use engine::distributions::two_sided_p;
use engine::effect_size::{Scores, TwoGroups};
use engine::evaluate;
use engine::evaluation::{Estimate, Interval};
use engine::interrupted::{Point, columns, interrupted};
use engine::least_squares::Cell as Moment;
use engine::moments::Fold;
use engine::offered::Beside;
use engine::permutation::Draws;
use engine::pool::{Level, PoolQuestion, Predicting, Study, pool, sign_flip};
use engine::question::{Allocation, Question};
use engine::random_effects::RandomEffects;
use engine::sample::{Chunk, Covariate, CovariateKind, InMemory, Levels, Outcome, Roles};

use crate::chance::Chance;
use crate::estimator::name;
use crate::pools::Pools;
use crate::scenario::{CLASSES, PUPILS, Scenario};
use crate::shown::{Answer, NOMINAL, Sums, Verdict};
use crate::trials::Cell;
use looks::{imputed, ratio, sequence};
use reached::{counts, generalised, schools, shares};

/// 97.5 % of the standard normal distribution is below it.
const Z: f64 = 1.959_963_984_540_054;

/// A kind of data for one estimate: its size, and the true effect on the estimate's own scale.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// In words.
    pub called: &'static str,
    /// Schools, pupils, points in time or trials.
    pub size: u32,
    /// The truth.
    pub truth: f64,
    /// Correlation of an error with the one before.
    pub memory: f64,
}

const fn setting(called: &'static str, size: u32, truth: f64) -> Setting {
    Setting {
        called,
        size,
        truth,
        memory: 0.0,
    }
}

/// In what an estimate is simulated.
#[must_use]
pub fn settings(beside: Beside) -> Vec<Setting> {
    match beside {
        Beside::Cace => vec![
            setting("60 against 60, three in four take part", 60, 0.0),
            setting("60 against 60, a gain of 0.5", 60, 0.5),
            setting("20 against 20", 20, 0.0),
        ],
        Beside::BeforeAfter => vec![
            setting("20 pupils twice", 20, 0.0),
            setting("60 pupils twice, a gain of 0.3", 60, 0.3),
        ],
        Beside::Subgroups => vec![
            setting("40 against 40 in two halves", 40, 0.0),
            setting("15 against 15 in two halves", 15, 0.0),
        ],
        Beside::DifferenceInDifferences => vec![
            setting("6 schools of 25 pupils, twice", 6, 0.0),
            setting("20 schools of 25 pupils, twice", 20, 0.0),
            setting("20 schools of 25 pupils, twice, a gain of 0.2", 20, 0.2),
        ],
        Beside::InterruptedSeries | Beside::Autoregressive => vec![
            setting("48 months, errors without memory", 48, 0.0),
            Setting {
                memory: 0.4,
                ..setting("48 months, errors that remember 0.4", 48, 0.0)
            },
            Setting {
                memory: 0.4,
                ..setting("240 months, errors that remember 0.4", 240, 0.0)
            },
        ],
        Beside::SwamyArora => vec![
            setting("10 schools of 20", 10, 0.0),
            setting("40 schools of 20, a slope of 0.3", 40, 0.3),
        ],
        Beside::EstimatingEquations | Beside::LogisticMixed => vec![
            setting("20 schools of 20", 20, 0.0),
            setting("60 schools of 20", 60, 0.0),
        ],
        Beside::Logistic => vec![
            setting("60 pupils", 60, 0.0),
            setting("300 pupils, log odds 0.5", 300, 0.5),
        ],
        Beside::Poisson => vec![
            setting("60 pupils", 60, 0.0),
            setting("60 pupils, log ratio 0.3", 60, 0.3),
        ],
        Beside::NegativeBinomial => vec![
            setting("60 pupils", 60, 0.0),
            setting("300 pupils, log ratio 0.3", 300, 0.3),
        ],
        Beside::RiskDifference | Beside::OddsRatio => vec![
            setting("30 against 30, 1 in 5", 30, 0.0),
            setting("200 against 200, 1 in 5", 200, 0.0),
        ],
        Beside::HedgesG => vec![
            setting("10 against 10", 10, 0.0),
            setting("30 against 30, 0.5", 30, 0.5),
        ],
        Beside::MantelHaenszel | Beside::Peto => vec![
            setting("5 trials of 50 against 50, 1 in 5", 5, 0.0),
            setting("20 trials of 50 against 50, 1 in 5", 20, 0.0),
        ],
        Beside::MetaRegression => vec![
            setting("10 trials", 10, 0.0),
            setting("30 trials", 30, 0.0),
            setting("30 trials, a slope of 0.2", 30, 0.2),
        ],
        Beside::Egger => vec![setting("10 trials", 10, 0.0), setting("30 trials", 30, 0.0)],
        Beside::SignFlip => vec![setting("6 trials", 6, 0.0), setting("10 trials", 10, 0.0)],
        Beside::CalibratedPrediction => {
            vec![setting("5 trials", 5, 0.0), setting("10 trials", 10, 0.0)]
        }
        Beside::Sequence => vec![
            setting("52 weekly looks", 52, 0.0),
            setting("52 weekly looks, a gain of 0.1", 52, 0.1),
            setting("5 looks", 5, 0.0),
        ],
        Beside::LikelihoodRatio => vec![
            setting("52 weekly looks", 52, 0.0),
            setting("52 weekly looks, a harm of 0.1", 52, -0.1),
        ],
        Beside::RubinsRules => vec![
            setting("50 pupils, 3 in 10 missing, 10 imputations", 50, 0.0),
            setting("50 pupils, 3 in 10 missing, 10 imputations, 0.3", 50, 0.3),
        ],
    }
}

/// An estimate in each of its settings, held to the bands.
#[must_use]
pub fn cells(beside: Beside, trials: u32) -> Vec<(Setting, Cell)> {
    settings(beside)
        .into_iter()
        .map(|setting| {
            let run = |trials: u32, run: u64| {
                let what = format!("{beside:?} {setting:?}");
                let mut chance = Chance::of(&what, run);
                let mut sums = Sums::default();
                for _ in 0..trials {
                    sums.add(one(beside, setting, &mut chance));
                }
                sums.shown()
            };
            let null = setting.truth == 0.0 || beside == Beside::LikelihoodRatio;
            let mut shown = run(trials, 1);
            if shown.verdict(null) == Verdict::Outside && !shown.far_outside(null) {
                shown = run(10 * trials, 2);
            }
            let cell = Cell {
                estimator: name(&beside),
                verdict: shown.verdict(null),
                shown,
                null,
            };
            (setting, cell)
        })
        .collect()
}

/// One answer; none where the engine refuses.
fn one(beside: Beside, setting: Setting, chance: &mut Chance) -> Option<Answer> {
    match beside {
        Beside::Cace => cace(setting, chance),
        Beside::BeforeAfter => before_after(setting, chance),
        Beside::Subgroups => subgroups(setting, chance),
        Beside::DifferenceInDifferences => changes(setting, chance),
        Beside::InterruptedSeries | Beside::Autoregressive => series(beside, setting, chance),
        Beside::SwamyArora => panel(setting, chance),
        Beside::EstimatingEquations | Beside::LogisticMixed => schools(beside, setting, chance),
        Beside::Logistic | Beside::Poisson | Beside::NegativeBinomial => {
            generalised(beside, setting, chance)
        }
        Beside::RiskDifference | Beside::OddsRatio => shares(beside, setting, chance),
        Beside::HedgesG => hedges(setting, chance),
        Beside::MantelHaenszel | Beside::Peto => counts(beside, setting, chance),
        Beside::MetaRegression | Beside::Egger | Beside::SignFlip => {
            pooled(beside, setting, chance)
        }
        Beside::CalibratedPrediction => prediction(setting, chance),
        Beside::Sequence => sequence(setting, chance),
        Beside::LikelihoodRatio => ratio(setting, chance),
        Beside::RubinsRules => imputed(setting, chance),
    }
}

fn within(interval: Interval, truth: f64) -> bool {
    interval.lower <= truth && truth <= interval.upper
}

fn from_estimate(estimate: &Estimate, truth: f64) -> Answer {
    Answer {
        off: estimate.estimate - truth,
        standard_error: estimate.standard_error,
        called: estimate.p_value.map(|p| p <= NOMINAL),
        covered: estimate.interval.map(|i| within(i, truth)),
    }
}

/// By the normal distribution.
fn by_normal(estimate: f64, standard_error: f64, truth: f64) -> Option<Answer> {
    let p = two_sided_p(estimate / standard_error, None).ok()?;
    Some(Answer {
        off: estimate - truth,
        standard_error: Some(standard_error),
        called: Some(p <= NOMINAL),
        covered: Some((estimate - truth).abs() <= Z * standard_error),
    })
}

fn by_lot() -> Question {
    Question {
        allocation: Allocation::Lot,
        ..Question::default()
    }
}

/// Three in four of those drawn take part, the better likelier; the effect is theirs.
fn cace(setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let mut sample = Scenario {
        drawn: [setting.size, setting.size],
        ..PUPILS
    }
    .draw(chance);
    let chunk = &mut sample.chunk;
    for ((score, arm), before) in chunk
        .outcome
        .iter_mut()
        .zip(&chunk.treatment)
        .zip(chunk.covariates.first()?)
    {
        let would = chance.share() < if *before > 0.0 { 0.9 } else { 0.6 };
        let took = *arm == 1 && would;
        *score += if took { setting.truth } else { 0.0 };
        chunk.received.push(f64::from(u8::from(took)));
    }
    sample.roles.received = Some("came".into());
    let answer = evaluate(&sample, &by_lot()).ok()?;
    let cace = answer
        .estimates
        .iter()
        .find(|e| e.method.starts_with("cace"))?;
    Some(from_estimate(cace, setting.truth))
}

fn before_after(setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let mut chunk = Chunk::default();
    let mut before = Vec::new();
    for _ in 0..setting.size {
        let own = chance.normal();
        before.push(own + 0.5 * chance.normal());
        chunk
            .outcome
            .push(own + 0.5 * chance.normal() + setting.truth);
    }
    chunk.covariates.push(before);
    let roles = Roles {
        outcome: Outcome {
            column: "after".into(),
            name: "reading".into(),
            ..Outcome::default()
        },
        covariates: vec![Covariate {
            column: "before".into(),
            level: None,
            kind: CovariateKind::Baseline,
        }],
        ..Roles::default()
    };
    let answer = evaluate(&InMemory { roles, chunk }, &Question::default()).ok()?;
    Some(from_estimate(answer.primary()?, setting.truth))
}

/// Whether the difference differs between two halves, where there is none.
fn subgroups(setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let mut sample = Scenario {
        drawn: [setting.size, setting.size],
        ..PUPILS
    }
    .draw(chance);
    let codes = (0..sample.chunk.len()).map(|_| chance.below(2)).collect();
    sample.chunk.subgroups.push(codes);
    sample.roles.subgroups.push(Levels {
        column: "half".into(),
        labels: vec!["one".into(), "other".into()],
    });
    let answer = evaluate(&sample, &by_lot()).ok()?;
    let test = answer.subgroups.first()?.interaction?;
    Some(Answer {
        called: Some(test.p_value <= NOMINAL),
        ..Answer::default()
    })
}

/// Schools with levels and changes of their own; half of them get it in between.
fn changes(setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let mut fold = Fold::new(1);
    for school in 0..setting.size {
        let treated = 2 * school >= setting.size;
        let (level, change) = (0.4 * chance.normal(), 0.2 * chance.normal());
        for after in [false, true] {
            let moved = if after { 0.1 + change } else { 0.0 };
            let gain = if after && treated { setting.truth } else { 0.0 };
            for _ in 0..25 {
                fold.add(
                    (school, treated, after),
                    &[level + moved + gain + 0.9 * chance.normal()],
                );
            }
        }
    }
    let parts: Vec<Part> = fold
        .finish()
        .into_iter()
        .map(|((school, treated, after), moments)| Part {
            cluster: usize::try_from(school).unwrap_or_default(),
            treated,
            after,
            moments,
        })
        .collect();
    let found = difference_in_differences(&parts, true).ok()?;
    Some(Answer {
        off: found.estimate - setting.truth,
        standard_error: Some(found.standard_error),
        called: Some(found.p_value <= NOMINAL),
        covered: Some(within(found.interval, setting.truth)),
    })
}

/// Months that rise slowly, with nothing happening in the middle.
fn series(beside: Beside, setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let (months, memory) = (setting.size, setting.memory);
    let mut error = chance.normal();
    let points: Vec<Point> = (0..months)
        .map(|month| {
            error = memory * error + f64::sqrt(1.0 - memory * memory) * chance.normal();
            Point {
                time: f64::from(month),
                value: 10.0 + 0.02 * f64::from(month) + error,
                season: 0,
            }
        })
        .collect();
    let change = f64::from(months / 2);
    if beside == Beside::InterruptedSeries {
        let level = interrupted(&points, change).ok()?.level;
        return Some(Answer {
            off: level.estimate,
            standard_error: Some(level.standard_error),
            called: Some(level.p_value <= NOMINAL),
            covered: Some(within(level.interval, 0.0)),
        });
    }
    let mut rows = columns(&points, change);
    for (row, point) in rows.iter_mut().zip(&points) {
        row.push(point.value);
    }
    let fit = Autoregressive::fit(&rows).ok()?;
    let (jump, errors) = (*fit.coefficients().get(2)?, fit.standard_errors());
    by_normal(jump, *errors.get(2)?, 0.0)
}

/// A column that varies within and between schools.
fn panel(setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let mut fold = Fold::new(2);
    for school in 0..setting.size {
        let (level, place) = (0.5 * chance.normal(), 0.5 * chance.normal());
        for _ in 0..20 {
            let x = place + chance.normal();
            fold.add(
                school,
                &[x, setting.truth * x + level + 0.85 * chance.normal()],
            );
        }
    }
    let cells: Vec<Moment> = fold
        .finish()
        .into_iter()
        .map(|(school, moments)| Moment {
            cluster: usize::try_from(school).unwrap_or_default(),
            block: 0,
            moments,
        })
        .collect();
    let fit = RandomEffects::fit(&cells).ok()?;
    let (slope, errors) = (*fit.coefficients().get(1)?, fit.standard_errors());
    by_normal(slope, *errors.get(1)?, setting.truth)
}

fn hedges(setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let mut group = |gain: f64| -> Option<Scores> {
        let scores: Vec<f64> = (0..setting.size).map(|_| gain + chance.normal()).collect();
        Scores::of(&scores)
    };
    let groups = TwoGroups {
        intervention: group(setting.truth)?,
        comparison: group(0.0)?,
    };
    let g = groups.hedges_g(0.95).ok()?;
    Some(Answer {
        off: g.estimate - setting.truth,
        standard_error: g.standard_error,
        called: None,
        covered: g.interval.map(|i| within(i, setting.truth)),
    })
}

fn some_pool(setting: Setting) -> Pools {
    Pools {
        tau: 0.15,
        ..Pools::of(setting.size)
    }
}

fn pooled(beside: Beside, setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let mut studies: Vec<Study> = some_pool(setting).draw(chance);
    match beside {
        Beside::SignFlip => {
            let flipped = sign_flip(&studies, &PoolQuestion::default(), &Draws::default()).ok()?;
            Some(Answer {
                called: Some(flipped.p_value <= NOMINAL),
                ..Answer::default()
            })
        }
        Beside::Egger => {
            let question = PoolQuestion {
                small_study: true,
                ..PoolQuestion::default()
            };
            let found = pool(&studies, &question).ok()?;
            let egger = found.small_study?.egger_mixed?;
            Some(Answer {
                called: Some(egger.p_value <= NOMINAL),
                ..Answer::default()
            })
        }
        _ => {
            for study in &mut studies {
                let weeks = chance.normal();
                study.effect += setting.truth * weeks;
                study.moderators = vec![Some(Level::Number(weeks))];
            }
            let question = PoolQuestion {
                moderators: vec!["weeks".into()],
                ..PoolQuestion::default()
            };
            let found = pool(&studies, &question).ok()?.meta_regression?;
            Some(from_estimate(found.coefficients.get(1)?, setting.truth))
        }
    }
}

/// Whether the interval holds one more place's true effect.
fn prediction(setting: Setting, chance: &mut Chance) -> Option<Answer> {
    let pools = some_pool(setting);
    let studies = pools.draw(chance);
    let new = pools.tau * chance.normal();
    let question = PoolQuestion {
        predicting: Predicting::Calibrated,
        ..PoolQuestion::default()
    };
    let interval = pool(&studies, &question).ok()?.prediction?;
    Some(Answer {
        covered: Some(interval.lower <= new && new <= interval.upper),
        ..Answer::default()
    })
}

/// What takes pupils of drawn classes as drawn one by one, by each standard error that does so.
#[must_use]
pub fn naive() -> (Scenario, Vec<(String, Question)>) {
    use engine::question::{Design, StandardErrors};
    let each = [StandardErrors::Classical, StandardErrors::Hc2].map(|se| {
        let question = Question {
            design: Some(Design::Individual),
            se: Some(se),
            ..by_lot()
        };
        (name(&se), question)
    });
    (CLASSES, each.into())
}
