//! Mixed models, told as stories: what they say of schools, and what they refuse to say.

use difference_engine::evaluate;
use difference_engine::least_squares::{Cell, Term};
use difference_engine::mixed::{Component, Likelihood, Mixed, Random};
use difference_engine::moments::Moments;
use difference_engine::question::{Allocation, DegreesOfFreedom, Design, Method, Question};
use difference_engine::sample::{Chunk, InMemory, Levels, Outcome, Roles, Treatment};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rstest::rstest;

const TREATMENT: Term = Term::Column(0);

/// One group of one school: its pupils' scores.
fn cell(school: usize, arm: f64, scores: &[f64]) -> Cell {
    Cell {
        cluster: school,
        block: school,
        moments: Moments::of(scores.iter().map(|score| [arm, *score])),
    }
}

/// Schools whose differences are given; every group has three pupils, one above and one below its middle.
fn schools(differences: &[f64]) -> Vec<Cell> {
    let school = |(school, difference): (usize, &f64)| {
        [0.0, 1.0].map(|arm| {
            let middle = 50.0 + 3.0 * (school % 4) as f64 + arm * difference;
            cell(school, arm, &[middle - 2.0, middle, middle + 2.0])
        })
    };
    differences.iter().enumerate().flat_map(school).collect()
}

fn code(cells: &[Cell], random: Random) -> String {
    Mixed::with(cells, random, Likelihood::Restricted)
        .unwrap_err()
        .code
}

#[test]
fn schools_with_one_difference_are_on_the_boundary_and_it_is_said() {
    let model = Mixed::with(
        &schools(&[4.0; 6]),
        Random::SlopeOnly(0),
        Likelihood::Restricted,
    )
    .unwrap();
    assert_eq!(model.slope_variance(), Some(0.0));
    assert_eq!(model.at_boundary(), [Component::Slope]);
    assert!((model.coefficient(TREATMENT).unwrap() - 4.0).abs() < 1e-12);
    let test = model.likelihood_ratio().unwrap();
    assert_eq!((test.statistic, test.p_value), (0.0, 1.0));
    let spread = model.profile_sd(Component::Slope, 0.95).unwrap().unwrap();
    assert_eq!(spread.lower, 0.0);
    assert!(spread.upper > 0.0 && spread.upper < 5.0, "{spread:?}");
}

#[test]
fn schools_that_differ_more_than_chance_show_it() {
    let model = Mixed::with(
        &schools(&[-6.0, 0.0, 6.0, 12.0, 3.0, 9.0]),
        Random::SlopeOnly(0),
        Likelihood::Restricted,
    )
    .unwrap();
    // Balanced: the variance of the six differences, 42, less that of their pupils, 4 × 2/3.
    assert!((model.slope_variance().unwrap() - (42.0 - 8.0 / 3.0)).abs() < 1e-6);
    assert!((model.satterthwaite(TREATMENT).unwrap() - 5.0).abs() < 1e-6);
    let adjusted = model.kenward_roger(TREATMENT).unwrap();
    assert!((adjusted.df - 5.0).abs() < 1e-6);
    // In balanced trials there is nothing to adjust.
    assert!((adjusted.standard_error - model.standard_error(TREATMENT).unwrap()).abs() < 1e-6);
    assert!(model.likelihood_ratio().unwrap().p_value < 0.01);
    let spread = model.profile_sd(Component::Slope, 0.95).unwrap().unwrap();
    let sd = model.slope_variance().unwrap().sqrt();
    assert!(0.0 < spread.lower && spread.lower < sd && sd < spread.upper);
}

#[rstest]
#[case::one_school(schools(&[4.0]), "no-slope")]
#[case::a_group_to_each_school((0..6).map(|s| cell(s, (s % 2) as f64, &[1.0, 2.0, 4.0])).collect(), "no-slope")]
#[case::one_pupil_a_group((0..8).flat_map(|s| [cell(s, 0.0, &[s as f64]), cell(s, 1.0, &[2.0 + (s * s) as f64])]).collect(), "no-variation")]
#[case::fitted_exactly((0..8).flat_map(|s| [cell(s, 0.0, &[1.0, 1.0]), cell(s, 1.0, &[3.0, 3.0])]).collect(), "no-variation")]
fn what_cannot_be_told_is_refused_by_name(#[case] cells: Vec<Cell>, #[case] refusal: &str) {
    assert_eq!(code(&cells, Random::SlopeOnly(0)), refusal);
}

#[test]
fn merged_places_give_the_fit_of_all_their_rows() {
    let mut chance = ChaCha8Rng::seed_from_u64(3);
    let (mut whole, mut parts) = (Vec::new(), Vec::new());
    for school in 0..12 {
        let own: f64 = chance.random::<f64>() * 4.0;
        for arm in [0.0, 1.0] {
            let scores: Vec<f64> = (0..7)
                .map(|_| own + arm * (1.0 + own) + chance.random::<f64>())
                .collect();
            whole.push(cell(school, arm, &scores));
            let (one, other) = scores.split_at(3);
            parts.extend([cell(school, arm, one), cell(school, arm, other)]);
        }
    }
    for random in [Random::Slope(0), Random::SlopeOnly(0)] {
        let strip = |cells: &[Cell]| -> Vec<Cell> {
            let fixed = random == Random::SlopeOnly(0);
            let block = |c: &Cell| if fixed { c.block } else { 0 };
            cells
                .iter()
                .map(|c| Cell {
                    block: block(c),
                    ..c.clone()
                })
                .collect()
        };
        let fit =
            |cells: &[Cell]| Mixed::with(&strip(cells), random, Likelihood::Restricted).unwrap();
        let (one, other) = (fit(&whole), fit(&parts));
        let close = |a: f64, b: f64| assert!((a - b).abs() <= 1e-7 * b.abs(), "{a} {b}");
        close(one.objective(), other.objective());
        close(
            one.slope_variance().unwrap(),
            other.slope_variance().unwrap(),
        );
        close(
            one.coefficient(TREATMENT).unwrap(),
            other.coefficient(TREATMENT).unwrap(),
        );
        close(
            one.satterthwaite(TREATMENT).unwrap(),
            other.satterthwaite(TREATMENT).unwrap(),
        );
        let [a, b] = [&one, &other].map(|m| m.kenward_roger(TREATMENT).unwrap());
        close(a.df, b.df);
        close(a.standard_error, b.standard_error);
    }
}

/// Two classes a school, twelve schools, six of them in each group.
fn classes_in_schools(chance: &mut ChaCha8Rng) -> (Vec<Cell>, Vec<usize>) {
    let (mut cells, mut outer) = (Vec::new(), Vec::new());
    for school in 0..12 {
        let own = 3.0 * chance.random::<f64>();
        for class in 0..2 {
            let level = own + 2.0 * chance.random::<f64>();
            let arm = (school % 2) as f64;
            let rows = (0..6).map(|_| [arm, level + arm + chance.random::<f64>()]);
            cells.push(Cell {
                cluster: class,
                block: 0,
                moments: Moments::of(rows),
            });
            outer.push(school);
        }
    }
    (cells, outer)
}

#[test]
fn classes_in_schools_have_a_spread_of_their_own() {
    let (cells, outer) = classes_in_schools(&mut ChaCha8Rng::seed_from_u64(8));
    let model = Mixed::nested(&cells, &outer, Likelihood::Restricted).unwrap();
    assert_eq!((model.clusters(), model.groups()), (12, 24));
    let adjusted = model.kenward_roger(TREATMENT).unwrap();
    // Balanced, whole schools in one group: what decides is twelve schools less two.
    assert!((model.satterthwaite(TREATMENT).unwrap() - 10.0).abs() < 1e-5);
    assert!((adjusted.df - 10.0).abs() < 1e-5);
    assert!(model.between_groups().unwrap() > 0.0);
    // One class a school: classes and schools are the same.
    let (one, of): (Vec<Cell>, Vec<usize>) = cells
        .into_iter()
        .zip(outer)
        .filter(|(cell, _)| cell.cluster == 0)
        .unzip();
    let refusal = Mixed::nested(&one, &of, Likelihood::Restricted).unwrap_err();
    assert_eq!(refusal.code, "one-class-a-school");
}

/// Pupils drawn within schools; the difference varies from school to school by `spread`.
fn multisite(chance: &mut ChaCha8Rng, schools: u32, pupils: u32, spread: f64) -> InMemory {
    let mut chunk = Chunk::default();
    let normal = |chance: &mut ChaCha8Rng| {
        let (a, b): (f64, f64) = (1.0 - chance.random::<f64>(), chance.random());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    };
    for school in 0..schools {
        let (level, difference) = (normal(chance), spread * normal(chance));
        for pupil in 0..pupils {
            let arm = pupil % 2;
            chunk
                .outcome
                .push(level + f64::from(arm) * difference + normal(chance));
            chunk.treatment.push(arm);
            chunk.block.push(school);
        }
    }
    InMemory {
        roles: Roles {
            outcome: Outcome {
                column: "score".into(),
                unit: "points".into(),
                ..Outcome::default()
            },
            treatment: Some(Treatment {
                column: "club".into(),
                intervention: "yes".into(),
                comparison: "no".into(),
            }),
            block: Some(Levels {
                column: "school".into(),
                labels: Vec::new(),
            }),
            ..Roles::default()
        },
        chunk,
    }
}

fn mixed() -> Question {
    Question {
        allocation: Allocation::Lot,
        methods: vec![Method::Mixed],
        ..Question::default()
    }
}

#[test]
fn a_trial_in_many_schools_says_how_the_difference_varies() {
    let trial = multisite(&mut ChaCha8Rng::seed_from_u64(5), 20, 40, 0.8);
    let answer = evaluate(&trial, &mixed()).unwrap();
    assert_eq!(answer.design, Design::BlockedIndividual);
    let primary = answer.primary().unwrap();
    assert_eq!(primary.method, "mixed, REML");
    let note = primary.note.as_deref().unwrap();
    assert!(
        note.contains("From one “school” to another the difference itself varies"),
        "{note}"
    );
    let [slope, residual] = answer.fits[0].variance_components.as_slice() else {
        panic!("two components");
    };
    assert_eq!(
        (slope.group.as_str(), slope.term.as_str()),
        ("school", "club")
    );
    let interval = slope.interval.unwrap();
    assert!(interval.lower < slope.sd && slope.sd < interval.upper);
    assert_eq!(residual.group, "residual");
    // Measured against all the spread there is: between schools (1, and what the difference adds) and within them (1).
    let g = answer.effect_size("hedges_g_total").unwrap();
    assert!((primary.estimate / g.estimate - 2_f64.sqrt()).abs() < 0.35);
    let adjusted = Question {
        df: Some(DegreesOfFreedom::KenwardRoger),
        ..mixed()
    };
    let also = evaluate(&trial, &adjusted).unwrap();
    assert_eq!(also.primary().unwrap().method, "mixed, REML, Kenward–Roger");
    let df = also.primary().unwrap().df.unwrap();
    assert!((17.0..=19.5).contains(&df), "{df}");
}

#[test]
fn where_schools_are_alike_chance_is_said_to_be_enough() {
    let trial = multisite(&mut ChaCha8Rng::seed_from_u64(6), 10, 20, 0.0);
    let answer = evaluate(&trial, &mixed()).unwrap();
    let note = answer.primary().unwrap().note.clone().unwrap();
    assert!(note.contains("no more than chance would make it"), "{note}");
}

/// Twelve schools, six in each group, two classes of eight in each; class numbers begin anew in each school.
fn three_levels() -> InMemory {
    let mut trial = multisite(&mut ChaCha8Rng::seed_from_u64(11), 12, 16, 0.3);
    let schools = std::mem::take(&mut trial.chunk.block);
    for (row, score) in trial.chunk.outcome.iter_mut().enumerate() {
        let class = row % 16 / 8;
        trial
            .chunk
            .cluster_within
            .push(u32::try_from(class).unwrap());
        trial.chunk.treatment[row] = schools[row] % 2;
        *score += f64::from((7 * schools[row] + 5 * u32::try_from(class).unwrap()) % 6);
    }
    trial.chunk.cluster = schools;
    let column = |name: &str| {
        Some(Levels {
            column: name.into(),
            labels: Vec::new(),
        })
    };
    trial.roles.block = None;
    trial.roles.cluster = column("school");
    trial.roles.cluster_within = column("class");
    trial
}

#[test]
fn classes_within_schools_take_their_share_of_the_spread() {
    let mut trial = three_levels();
    let answer = evaluate(&trial, &mixed()).unwrap();
    assert_eq!(answer.design, Design::Cluster);
    let groups: Vec<&str> = answer.fits[0]
        .variance_components
        .iter()
        .map(|part| part.group.as_str())
        .collect();
    assert_eq!(groups, ["class:school", "school", "residual"]);
    // Schools are what was drawn: twelve less two, and never more.
    assert!(answer.primary().unwrap().df.unwrap() <= 10.0 + 1e-9);
    assert!((answer.primary().unwrap().df.unwrap() - 10.0).abs() < 1e-4);
    trial.chunk.cluster_within[3] = difference_engine::sample::MISSING;
    let answer = evaluate(&trial, &mixed()).unwrap();
    assert_eq!(answer.data.dropped[0].reason, "no class in “class”");
}
