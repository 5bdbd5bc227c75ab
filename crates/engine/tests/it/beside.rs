//! What stands beside the answer: parts of the groups, who took part, who was not measured, and other ways to the same
//! estimate.

use difference_engine::bounds::{Arm, horowitz_manski, lee};
use difference_engine::evaluate;
use difference_engine::evaluation::{Estimate, Evaluation};
use difference_engine::question::{Allocation, Design, Method, Question, StandardErrors};
use difference_engine::sample::{
    Chunk, Covariate, CovariateKind, InMemory, Levels, MISSING, Outcome, Roles, Treatment,
};

use crate::reference::{Table, number_of};

/// Two groups that take turns, with these scores.
fn trial(scores: &[f64]) -> InMemory {
    InMemory {
        roles: Roles {
            outcome: Outcome {
                column: "score".into(),
                name: "reading".into(),
                unit: "points".into(),
                ..Outcome::default()
            },
            treatment: Some(Treatment {
                column: "group".into(),
                intervention: "club".into(),
                comparison: "usual".into(),
            }),
            ..Roles::default()
        },
        chunk: Chunk {
            outcome: scores.to_vec(),
            treatment: (0..scores.len()).map(|i| u32::from(i % 2 == 1)).collect(),
            ..Chunk::default()
        },
    }
}

/// Scores that wander, with something more for these pupils of the club.
fn scores(n: usize, more: impl Fn(usize) -> f64) -> Vec<f64> {
    (0..n)
        .map(|i| {
            let wander = ((i * 37) % 23) as f64 + ((i * 11) % 7) as f64;
            wander + if i % 2 == 1 { more(i) } else { 0.0 }
        })
        .collect()
}

fn parts_of(sample: &mut InMemory, column: &str, labels: &[&str], codes: Vec<u32>) {
    sample.roles.subgroups.push(Levels {
        column: column.into(),
        labels: labels.iter().map(|l| (*l).to_owned()).collect(),
    });
    sample.chunk.subgroups.push(codes);
}

fn by_lot() -> Question {
    Question {
        allocation: Allocation::Lot,
        ..Question::default()
    }
}

fn close(ours: f64, theirs: f64) {
    assert!(
        (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1e-9),
        "ours {ours}, theirs {theirs}"
    );
}

fn called<'e>(evaluation: &'e Evaluation, method: &str) -> &'e Estimate {
    let found = evaluation.estimates.iter().find(|e| e.method == method);
    found.unwrap_or_else(|| panic!("no {method}: {:#?}", evaluation.estimates))
}

/// Mean and variance over n of some numbers.
fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (
        mean,
        values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0) / n,
    )
}

#[test]
fn girls_gained_more_than_boys_and_the_difference_comes_first() {
    // Pupils 0, 1 are girls, 2, 3 boys, and so on.
    let girl = |i: usize| (i / 2).is_multiple_of(2);
    let scores = scores(120, |i| if girl(i) { 16.0 } else { 1.0 });
    let mut sample = trial(&scores);
    parts_of(
        &mut sample,
        "sex",
        &["girl", "boy"],
        (0..120).map(|i| u32::from(!girl(i))).collect(),
    );
    let answer = evaluate(&sample, &by_lot()).unwrap();
    let [column] = answer.subgroups.as_slice() else {
        panic!("one column")
    };
    // Without other columns each part's answer is its own two groups'.
    let part = |girls: bool, club: bool| {
        let of = |i: &usize| girl(*i) == girls && (i % 2 == 1) == club;
        mean_and_error(&(0..120).filter(of).map(|i| scores[i]).collect::<Vec<_>>())
    };
    let mut effects = Vec::new();
    for (level, girls) in column.levels.iter().zip([true, false]) {
        let ((club, v), (usual, w)) = (part(girls, true), part(girls, false));
        close(level.estimate.estimate, club - usual);
        close(level.estimate.standard_error.unwrap(), (v + w).sqrt());
        assert_eq!((level.intervention, level.comparison), (30, 30));
        assert!(level.p_holm.unwrap() >= level.estimate.p_value.unwrap());
        effects.push((club - usual, v + w));
    }
    let test = column.interaction.unwrap();
    close(
        test.statistic,
        (effects[0].0 - effects[1].0).powi(2) / (effects[0].1 + effects[1].1),
    );
    assert_eq!((test.df, test.df_denominator), (1.0, Some(116.0)));
    assert!(
        test.p_value < 0.001 && column.note.contains("more than chance"),
        "{column:?}"
    );
    assert!(answer.warnings.iter().any(|w| w.contains("chance find")));
}

#[test]
fn more_columns_make_each_of_them_less_surprising() {
    let mut sample = trial(&scores(200, |i| if i % 4 == 1 { 7.0 } else { 3.0 }));
    parts_of(
        &mut sample,
        "half",
        &["a", "b"],
        (0..200).map(|i| u32::from(i % 4 > 1)).collect(),
    );
    parts_of(
        &mut sample,
        "year",
        &["7", "8", "9"],
        (0..200).map(|i| (i / 2) % 3).collect(),
    );
    let answer = evaluate(&sample, &by_lot()).unwrap();
    let tests: Vec<_> = answer
        .subgroups
        .iter()
        .map(|s| s.interaction.unwrap())
        .collect();
    let smallest = tests.iter().map(|t| t.p_value).fold(1.0, f64::min);
    let held = tests.iter().map(|t| t.p_holm).fold(1.0, f64::min);
    close(held, (2.0 * smallest).min(1.0));
    assert_eq!(tests[1].df, 2.0, "three years, two differences");
}

#[test]
fn a_part_that_only_one_group_has_is_named() {
    let mut sample = trial(&scores(60, |_| 4.0));
    let codes = (0..60).map(|i| {
        if i % 2 == 1 && i < 20 {
            2
        } else {
            u32::from(i >= 40)
        }
    });
    parts_of(
        &mut sample,
        "set",
        &["top", "middle", "new"],
        codes.collect(),
    );
    let answer = evaluate(&sample, &by_lot()).unwrap();
    assert_eq!(answer.subgroups[0].levels.len(), 2);
    assert!(
        answer.subgroups[0]
            .note
            .contains("Not enough pupils in both groups: new."),
        "{}",
        answer.subgroups[0].note
    );
    // All of one group alone: nothing to compare, and the whole groups' answer stands.
    let mut sample = trial(&scores(60, |_| 4.0));
    parts_of(
        &mut sample,
        "set",
        &["club's", "ours"],
        (0..60).map(|i| u32::from(i % 2 == 0)).collect(),
    );
    let answer = evaluate(&sample, &by_lot()).unwrap();
    assert!(answer.subgroups.is_empty() && answer.primary().is_some());
    assert!(
        answer
            .warnings
            .iter()
            .any(|w| w.starts_with("The difference by “set” is missing")),
        "{:?}",
        answer.warnings
    );
}

#[test]
fn whole_schools_drawn_have_parts_too() {
    let table = Table::read("awards.csv").only("year", &["2001"]);
    let codes = |column: &str| -> Vec<u32> {
        let words = table.words(column);
        let mut known: Vec<&String> = words.iter().collect();
        known.sort();
        known.dedup();
        words
            .iter()
            .map(|w| u32::try_from(known.binary_search(&w).unwrap()).unwrap())
            .collect()
    };
    let mut sample = trial(&table.numbers("Bagrut_status"));
    sample.chunk.treatment = table
        .numbers("treated")
        .iter()
        .map(|t| u32::from(*t == 1.0))
        .collect();
    sample.roles.outcome.binary = true;
    sample.roles.cluster = Some(Levels {
        column: "school".into(),
        labels: Vec::new(),
    });
    sample.chunk.cluster = codes("school_id");
    parts_of(&mut sample, "sex", &["boy", "girl"], codes("sex"));
    let answer = evaluate(&sample, &by_lot()).unwrap();
    let column = &answer.subgroups[0];
    let test = column.interaction.unwrap();
    assert!(test.df_denominator.unwrap() < 38.0, "{test:?}");
    for level in &column.levels {
        assert_eq!(level.estimate.method, "ancova, CR2");
        assert!(level.estimate.df.unwrap() <= 37.0);
    }
    // Angrist & Lavy found it in the girls.
    assert!(column.levels[1].estimate.estimate > column.levels[0].estimate.estimate);
    // Without each school in turn: never far from the whole.
    let influence = answer.influence.unwrap();
    let primary = answer.primary().unwrap().estimate;
    assert_eq!((influence.clusters, influence.needed), (39, 0));
    assert!(influence.lower < primary && primary < influence.upper);
}

fn with_received(scores: &[f64], received: impl Fn(usize) -> f64) -> InMemory {
    let mut sample = trial(scores);
    sample.roles.received = Some("came".into());
    sample.chunk.received = (0..scores.len()).map(received).collect();
    sample
}

#[test]
fn who_came_because_of_the_lot_gained_what_all_gained_over_the_share_who_came() {
    // Half of the club came; the club's mean moved by 5.
    let scores = scores(160, |_| 5.0);
    let came = |i: usize| f64::from(u8::from(i % 4 == 1));
    let answer = evaluate(&with_received(&scores, came), &by_lot()).unwrap();
    let (all, some) = (answer.primary().unwrap(), called(&answer, "cace, HC2"));
    close(some.estimate, 2.0 * all.estimate);
    assert!(some.standard_error.unwrap() > 1.5 * all.standard_error.unwrap() && !some.primary);
    let compliance = answer.compliance.unwrap();
    assert_eq!(
        (
            compliance.intervention,
            compliance.comparison,
            compliance.known
        ),
        (0.5, 0.0, 160)
    );
    // Everybody did as drawn: the same answer, as sure.
    let all_came = evaluate(
        &with_received(&scores, |i| f64::from(u8::from(i % 2 == 1))),
        &by_lot(),
    )
    .unwrap();
    let (all, some) = (all_came.primary().unwrap(), called(&all_came, "cace, HC2"));
    close(some.estimate, all.estimate);
    close(some.standard_error.unwrap(), all.standard_error.unwrap());
}

#[test]
fn where_nobody_came_there_is_no_effect_of_coming() {
    let scores = scores(80, |_| 5.0);
    for (came, says) in [
        (
            Box::new(|_| 0.0) as Box<dyn Fn(usize) -> f64>,
            "has nothing to do with who was drawn",
        ),
        (Box::new(|_| f64::NAN), "says of nobody"),
        // As many in both groups but one.
        (
            Box::new(|i| f64::from(u8::from(i % 4 < 2 || i == 7))),
            "moved too few",
        ),
    ] {
        let answer = evaluate(&with_received(&scores, came), &by_lot()).unwrap();
        assert!(
            answer
                .estimates
                .iter()
                .all(|e| !e.method.starts_with("cace"))
        );
        assert!(answer.primary().is_some());
        assert!(
            answer.warnings.iter().any(|w| w.contains(says)),
            "{says}: {:?}",
            answer.warnings
        );
    }
}

#[test]
fn pupils_who_were_not_measured_are_given_the_worst_and_the_best() {
    let mut scores = scores(100, |_| 3.0);
    // Of the usual group's 50, ten have no score.
    (0..20).step_by(2).for_each(|i| scores[i] = f64::NAN);
    let answer = evaluate(&trial(&scores), &by_lot()).unwrap();
    let [one_way, whoever] = answer.bounds.as_slice() else {
        panic!("two bounds")
    };
    let raw = answer.groups[0].mean - answer.groups[1].mean;
    for bounds in [one_way, whoever] {
        let interval = bounds.interval.unwrap();
        assert!(
            bounds.lower <= raw && raw <= bounds.upper,
            "{bounds:?}, raw {raw}"
        );
        assert!(interval.lower < bounds.lower && bounds.upper < interval.upper);
    }
    assert!(whoever.lower < one_way.lower && one_way.upper < whoever.upper);
    // Nobody missing, or nobody drawn: nothing to bound.
    let full = trial(&self::scores(100, |_| 3.0));
    assert!(evaluate(&full, &by_lot()).unwrap().bounds.is_empty());
    assert!(
        evaluate(&trial(&scores), &Question::default())
            .unwrap()
            .bounds
            .is_empty()
    );
}

#[test]
fn the_bounds_by_hand() {
    let club = [4.0, 6.0, 8.0, 10.0];
    let usual = [3.0, 5.0, 7.0];
    // One of each group's is missing, on a scale of 0 to 10.
    let bounds = horowitz_manski(
        Arm {
            drawn: 5,
            measured: &club,
        },
        Arm {
            drawn: 4,
            measured: &usual,
        },
        0.0,
        10.0,
        0.95,
    )
    .unwrap();
    close(bounds.lower, 28.0 / 5.0 - 25.0 / 4.0);
    close(bounds.upper, 38.0 / 5.0 - 15.0 / 4.0);
    // 4 of 5 against 3 of 4: 15/16 of the club's four scores stay, 3.75 of them.
    let bounds = lee(
        Arm {
            drawn: 5,
            measured: &club,
        },
        Arm {
            drawn: 4,
            measured: &usual,
        },
        0.95,
    )
    .unwrap();
    close(bounds.lower, (4.0 + 6.0 + 8.0 + 0.75 * 10.0) / 3.75 - 5.0);
    close(bounds.upper, (0.75 * 4.0 + 6.0 + 8.0 + 10.0) / 3.75 - 5.0);
    // The other way round they change sides.
    let turned = lee(
        Arm {
            drawn: 4,
            measured: &usual,
        },
        Arm {
            drawn: 5,
            measured: &club,
        },
        0.95,
    )
    .unwrap();
    close(turned.lower, -bounds.upper);
    close(turned.upper, -bounds.lower);
}

/// Baumann's reading trial, two of its groups.
fn baumann() -> InMemory {
    let table = Table::read("baumann.csv").only("group", &["Basal", "DRTA"]);
    let mut sample = trial(&table.numbers("post_test_3"));
    sample.chunk.treatment = table
        .dummy("group", &["DRTA"])
        .iter()
        .map(|t| u32::from(*t == 1.0))
        .collect();
    for name in ["pretest_1", "pretest_2"] {
        sample.roles.covariates.push(Covariate {
            column: name.into(),
            level: None,
            kind: CovariateKind::Baseline,
        });
        sample.chunk.covariates.push(table.numbers(name));
    }
    sample
}

#[test]
fn lin_is_estimatrs_lm_lin() {
    for (se, item) in [
        (StandardErrors::Hc1, "baumann_lm_lin_HC1"),
        (StandardErrors::Hc2, "baumann_lm_lin_HC2"),
        (StandardErrors::Hc3, "baumann_lm_lin_HC3"),
    ] {
        let question = Question {
            methods: vec![Method::Lin],
            se: Some(se),
            ..by_lot()
        };
        let answer = evaluate(&baumann(), &question).unwrap();
        let primary = answer.primary().unwrap();
        assert!(primary.method.starts_with("lin, HC"));
        close(
            primary.estimate,
            number_of("ols_robust", item, "/coef/DRTA"),
        );
        close(
            primary.standard_error.unwrap(),
            number_of("ols_robust", item, "/se/DRTA"),
        );
        close(
            primary.p_value.unwrap(),
            number_of("ols_robust", item, "/p/DRTA"),
        );
        let interval = primary.interval.unwrap();
        close(interval.lower, number_of("ols_robust", item, "/lb/DRTA"));
    }
}

#[test]
fn lin_with_blocks_is_the_blocks_own_differences_by_their_size() {
    let scores = scores(90, |i| (i % 5) as f64);
    let mut sample = trial(&scores);
    sample.roles.block = Some(Levels {
        column: "class".into(),
        labels: ["a", "b", "c"].map(str::to_owned).to_vec(),
    });
    // 20, 30 and 40 pupils.
    sample.chunk.block = (0..90)
        .map(|i| u32::from(i >= 20) + u32::from(i >= 50))
        .collect();
    let question = Question {
        methods: vec![Method::Lin],
        ..by_lot()
    };
    let answer = evaluate(&sample, &question).unwrap();
    let (mut effect, mut variance) = (0.0, 0.0);
    for (block, share) in [(0, 2.0 / 9.0), (1, 3.0 / 9.0), (2, 4.0 / 9.0)] {
        let of = |club: bool| {
            let here = (0..90).filter(|i| sample.chunk.block[*i] == block && (i % 2 == 1) == club);
            mean_and_error(&here.map(|i| scores[i]).collect::<Vec<_>>())
        };
        let ((club, v), (usual, w)) = (of(true), of(false));
        effect += share * (club - usual);
        variance += share * share * (v + w);
    }
    let primary = answer.primary().unwrap();
    close(primary.estimate, effect);
    close(primary.standard_error.unwrap(), variance.sqrt());
    // A block with one group only has no difference of its own.
    sample.chunk.block[89] = 3;
    sample.roles.block.as_mut().unwrap().labels.push("d".into());
    let refusal = evaluate(&sample, &question).unwrap_err();
    assert_eq!(refusal.code, "collinear");
    assert!(refusal.says.contains("class = d"), "{refusal}");
}

#[test]
fn columns_that_nearly_repeat_each_other_keep_their_digits() {
    let mut sample = trial(&scores(400, |_| 3.0));
    let before: Vec<f64> = (0..400).map(|i| 1000.0 + ((i * 53) % 97) as f64).collect();
    let twin: Vec<f64> = before
        .iter()
        .zip(0..)
        .map(|(x, i)| x + 1e-3 * f64::from((i * 29) % 31))
        .collect();
    for (name, values) in [("before", before.clone()), ("twin", twin.clone())] {
        sample.roles.covariates.push(Covariate {
            column: name.into(),
            level: None,
            kind: CovariateKind::Covariate,
        });
        sample.chunk.covariates.push(values);
    }
    let near = evaluate(&sample, &by_lot()).unwrap();
    // The same model with the difference in the twin's place.
    sample.chunk.covariates[1] = twin.iter().zip(&before).map(|(t, b)| t - b).collect();
    let far = evaluate(&sample, &by_lot()).unwrap();
    close(
        near.primary().unwrap().estimate,
        far.primary().unwrap().estimate,
    );
    let coefficient = |answer: &Evaluation| {
        answer.fits[0]
            .coefficients
            .iter()
            .find(|c| c.term == "twin")
            .unwrap()
            .estimate
    };
    close(coefficient(&near), coefficient(&far));
}

#[test]
fn every_standard_error_that_can_be_asked_for_has_its_name() {
    let mut sample = trial(&scores(60, |_| 4.0));
    sample.roles.cluster = Some(Levels {
        column: "class".into(),
        labels: Vec::new(),
    });
    sample.chunk.cluster = (0..60).map(|i| (i / 6) * 2 + i % 2).collect();
    for (se, design, name) in [
        (StandardErrors::Hc1, Some(Design::Individual), "HC1"),
        (StandardErrors::Hc3, Some(Design::Individual), "HC3"),
        (StandardErrors::Cr1s, None, "CR1S"),
        (StandardErrors::Cr3, None, "CR3"),
    ] {
        let question = Question {
            design,
            se: Some(se),
            methods: vec![Method::Ancova],
            ..by_lot()
        };
        let answer = evaluate(&sample, &question).unwrap();
        assert_eq!(answer.primary().unwrap().method, format!("ancova, {name}"));
    }
    // A class with one pupil is a class.
    sample.chunk.cluster[0] = 40;
    let answer = evaluate(
        &sample,
        &Question {
            design: Some(Design::Cluster),
            ..by_lot()
        },
    )
    .unwrap();
    assert!(answer.primary().unwrap().standard_error.unwrap() > 0.0);
    sample.chunk.cluster[1] = MISSING;
    assert_eq!(evaluate(&sample, &by_lot()).unwrap().data.used, 59);
}
