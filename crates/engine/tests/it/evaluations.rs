//! What people ask of a trial's file, and what they are told.

use difference_engine::evaluate;
use difference_engine::evaluation::Evaluation;
use difference_engine::question::{Allocation, Design, Method, PlanRecord, Question};
use difference_engine::sample::{
    Chunk, Covariate, CovariateKind, InMemory, Levels, MISSING, Outcome, Roles, Treatment,
};

use crate::reference::{Table, number_of};

fn sample(outcome: Vec<f64>, treatment: Vec<u32>) -> InMemory {
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
            outcome,
            treatment,
            ..Chunk::default()
        },
    }
}

fn levels(column: &str) -> Option<Levels> {
    Some(Levels {
        column: column.into(),
        labels: Vec::new(),
    })
}

fn column(sample: &mut InMemory, name: &str, kind: CovariateKind, values: Vec<f64>) {
    sample.roles.covariates.push(Covariate {
        column: name.into(),
        level: None,
        kind,
    });
    sample.chunk.covariates.push(values);
}

/// So many classes a group, of six pupils each, whose scores wander by class and pupil.
fn classes(comparison: u32, intervention: u32) -> InMemory {
    let (mut outcome, mut treatment, mut cluster) = (Vec::new(), Vec::new(), Vec::new());
    for class in 0..comparison + intervention {
        let arm = u32::from(class >= comparison);
        for pupil in 0..6 {
            outcome.push(f64::from(
                40 + 2 * arm + (class * 7) % 5 + (pupil * (class + 3)) % 11,
            ));
            treatment.push(arm);
            cluster.push(class);
        }
    }
    let mut trial = sample(outcome, treatment);
    trial.roles.cluster = levels("class");
    trial.chunk.cluster = cluster;
    trial
}

fn by_lot() -> Question {
    Question {
        allocation: Allocation::Lot,
        ..Question::default()
    }
}

fn close(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= 1e-9 * theirs.abs()
}

/// STAR's kindergarten: small classes against the others, allowing for aides and three traits of pupils.
fn star() -> InMemory {
    let table = Table::read("star.csv").complete(&[
        "mathk",
        "stark",
        "schoolidk",
        "gender",
        "ethnicity",
        "lunchk",
    ]);
    let small = table
        .dummy("stark", &["small"])
        .iter()
        .map(|s| u32::from(*s == 1.0))
        .collect();
    let mut trial = sample(table.numbers("mathk"), small);
    for (name, values) in [
        ("aide", table.dummy("stark", &["regular+aide"])),
        ("girl", table.dummy("gender", &["female"])),
        ("free", table.dummy("lunchk", &["free"])),
        ("white", table.dummy("ethnicity", &["cauc", "asian"])),
    ] {
        column(&mut trial, name, CovariateKind::Covariate, values);
    }
    trial.chunk.cluster = table
        .numbers("schoolidk")
        .iter()
        .map(|s| *s as u32)
        .collect();
    trial.roles.cluster = levels("schoolidk");
    trial
}

#[test]
fn pupils_drawn_within_schools_are_not_taken_for_schools_drawn() {
    let answer = evaluate(&star(), &by_lot()).unwrap();
    assert_eq!(answer.design, Design::Individual);
    let primary = answer.primary().unwrap();
    assert_eq!(primary.method, "ancova, CR2");
    let r = |pointer: &str| number_of("ols_robust", "star_mathk_adj", pointer);
    assert!(close(primary.estimate, r("/coef/small")));
    assert!(close(primary.standard_error.unwrap(), r("/se_CR2/small")));
    assert!(close(primary.df.unwrap(), r("/df_CR2_satterthwaite/small")));
    assert!(
        answer
            .warnings
            .iter()
            .any(|w| w.contains("within the same classes or schools"))
    );
    // The effect is measured against all pupils' spread, not against the schools'.
    assert_eq!(answer.comparable().unwrap().name, "hedges_g_adjusted");
}

#[test]
fn schools_as_blocks_are_a_level_each() {
    let mut trial = star();
    trial.chunk.block = std::mem::take(&mut trial.chunk.cluster);
    trial.roles.block = trial.roles.cluster.take();
    let answer = evaluate(&trial, &by_lot()).unwrap();
    assert_eq!(answer.design, Design::BlockedIndividual);
    let primary = answer.primary().unwrap();
    assert_eq!(primary.method, "ancova, HC2");
    let r = |pointer: &str| number_of("ols_robust", "star_mathk_schoolFE", pointer);
    assert!(close(primary.estimate, r("/coef/small")));
    assert!(close(primary.standard_error.unwrap(), r("/se_HC2/small")));
    assert!(close(primary.df.unwrap(), r("/df_resid")));
    let names: Vec<&str> = answer.fits[0]
        .coefficients
        .iter()
        .map(|c| c.term.as_str())
        .collect();
    assert_eq!(names, ["group", "aide", "girl", "free", "white"]);
}

#[test]
fn three_classes_against_three_can_not_say() {
    let refusal = evaluate(&classes(3, 3), &by_lot()).unwrap_err();
    assert_eq!(refusal.code, "too-few-clusters");
    assert_eq!(
        refusal.says,
        "With 3 against 3 classes or schools, even the largest difference that the lots could have given would come up by chance 1 time in 10."
    );
}

#[test]
fn under_eight_classes_the_lots_themselves_are_asked_too() {
    let answer = evaluate(&classes(3, 4), &by_lot()).unwrap();
    let methods: Vec<&str> = answer.estimates.iter().map(|e| e.method.as_str()).collect();
    assert_eq!(methods, ["ancova, CR2", "mixed, REML", "permutation"]);
    let lots = &answer.estimates[2];
    // 35 ways to draw 4 classes of 7: the p-value is one of 1/35, 2/35 …
    assert!((lots.p_value.unwrap() * 35.0).fract() < 1e-9);
    assert!(lots.interval.is_none() && lots.note.as_ref().unwrap().contains("of the 35 ways"));
    assert_eq!(answer.seed, None); // every way was looked at, none drawn
    assert_eq!(
        evaluate(&classes(4, 4), &by_lot()).unwrap().estimates.len(),
        2
    );
}

#[test]
fn one_class_against_many_can_not_say() {
    let refusal = evaluate(&classes(1, 9), &by_lot()).unwrap_err();
    assert_eq!(refusal.code, "too-few-clusters");
}

#[test]
fn classes_that_do_not_differ_are_said_to_and_their_number_holds_the_degrees_of_freedom() {
    // Class means differ by less than pupils would make them.
    let mut trial = classes(6, 6);
    for (row, score) in trial.chunk.outcome.iter_mut().enumerate() {
        let (class, pupil) = (row / 6, row % 6);
        *score = [3.0, 9.0, 4.0, 8.0, 5.0, 7.0][(class + pupil) % 6] + (class / 6) as f64;
    }
    let answer = evaluate(&trial, &by_lot()).unwrap();
    let mixed = &answer.estimates[1];
    assert_eq!(answer.fits[1].icc, Some(0.0));
    assert!(
        answer
            .warnings
            .iter()
            .any(|w| w.contains("its variance between them is 0"))
    );
    assert_eq!(mixed.df, Some(10.0));
    assert!(mixed.note.as_ref().unwrap().contains("held at 10"));
    // The fit itself says what lmerTest says: rows less coefficients.
    assert_eq!(answer.fits[1].coefficients[1].df, Some(70.0));
}

#[test]
fn every_method_uses_the_same_complete_rows() {
    let mut trial = classes(5, 5);
    let before: Vec<f64> = trial
        .chunk
        .outcome
        .iter()
        .map(|y| y - 3.0 + (y * 7.0) % 4.0)
        .collect();
    column(&mut trial, "before", CovariateKind::Baseline, before);
    trial.chunk.outcome[0] = f64::NAN;
    trial.chunk.covariates[0][7] = f64::NAN;
    trial.chunk.covariates[0][8] = f64::NAN;
    trial.chunk.treatment[20] = MISSING;
    trial.chunk.cluster[31] = MISSING;
    let question = Question {
        methods: vec![Method::Ancova, Method::Difference, Method::Mixed],
        ..by_lot()
    };
    let answer = evaluate(&trial, &question).unwrap();
    assert_eq!((answer.data.rows, answer.data.used), (60, 55));
    let reasons: Vec<(&str, u64)> = answer
        .data
        .dropped
        .iter()
        .map(|d| (d.reason.as_str(), d.rows))
        .collect();
    assert_eq!(
        reasons,
        [
            ("no outcome in “score”", 1),
            ("no group in “group”", 1),
            ("no class or school in “class”", 1),
            ("nothing in “before”", 2)
        ]
    );
    let difference = &answer.estimates[1];
    let [club, usual] = &answer.groups[..] else {
        panic!("two groups")
    };
    assert!(close(difference.estimate, club.mean - usual.mean));
    assert_eq!(club.n + usual.n, 55);
    // Lost is who has no score, not who lacks a score from before.
    let lost = answer.attrition.unwrap();
    assert_eq!((lost.comparison.drawn, lost.comparison.measured), (29, 28));
}

#[test]
fn a_column_that_says_nothing_new_is_left_out_and_named() {
    let mut trial = classes(5, 5);
    let age: Vec<f64> = (0..60).map(|i| f64::from((i * i) % 13)).collect();
    let months: Vec<f64> = age.iter().map(|a| 12.0 * a + 3.0).collect();
    column(&mut trial, "age", CovariateKind::Covariate, age);
    let without = evaluate(&trial, &by_lot()).unwrap();
    column(
        &mut trial,
        "age in months",
        CovariateKind::Covariate,
        months,
    );
    let with = evaluate(&trial, &by_lot()).unwrap();
    assert!(close(
        with.primary().unwrap().estimate,
        without.primary().unwrap().estimate
    ));
    assert!(
        with.warnings
            .iter()
            .any(|w| w.starts_with("“age in months” is left out"))
    );
}

#[test]
fn what_can_not_be_answered_is_named() {
    let code = |trial: &InMemory, question: &Question| evaluate(trial, question).unwrap_err().code;
    let question = by_lot();
    assert_eq!(
        code(
            &sample(vec![5.0; 8], vec![0, 1, 0, 1, 0, 1, 0, 1]),
            &question
        ),
        "no-variation"
    );
    assert_eq!(
        code(&sample(vec![1.0, 2.0, 3.0], vec![1, 1, 1]), &question),
        "one-group"
    );
    assert_eq!(code(&sample(Vec::new(), Vec::new()), &question), "no-rows");
    assert_eq!(
        code(
            &sample(vec![1e300, 2.0, 3.0, 4.0], vec![0, 0, 1, 1]),
            &question
        ),
        "out-of-range"
    );
    assert_eq!(
        code(
            &sample(vec![1.0, 1.0, 3.0, 3.0], vec![0, 0, 1, 1]),
            &question
        ),
        "no-variation"
    );
    let asks = |design| Question {
        design: Some(design),
        ..by_lot()
    };
    let plain = sample(vec![1.0, 2.0, 3.0, 5.0], vec![0, 0, 1, 1]);
    assert_eq!(code(&plain, &asks(Design::Cluster)), "no-clusters");
    assert_eq!(code(&plain, &asks(Design::BlockedIndividual)), "no-blocks");
    assert_eq!(code(&plain, &asks(Design::BeforeAfter)), "no-unit");
    let mut blocks = plain;
    blocks.chunk.block = vec![0, 0, 1, 1];
    blocks.roles.block = levels("class");
    assert_eq!(code(&blocks, &question), "collinear");
}

/// Before and after of six pupils, as two columns and as two rows each.
fn six_pupils() -> (InMemory, InMemory) {
    let before = [10.0, 12.0, 9.0, 14.0, 11.0, 13.0];
    let after = [12.0, 13.0, 12.0, 15.0, 10.0, 17.0];
    let mut columns = sample(after.to_vec(), Vec::new());
    columns.roles.treatment = None;
    column(
        &mut columns,
        "September",
        CovariateKind::Baseline,
        before.to_vec(),
    );
    let scores = before.into_iter().chain(after).collect();
    let mut rows = sample(scores, (0..12).map(|row| u32::from(row >= 6)).collect());
    rows.chunk.unit = (0..6).chain([3, 1, 2, 0, 5, 4]).collect();
    for (row, pupil) in [3_usize, 1, 2, 0, 5, 4].into_iter().enumerate() {
        rows.chunk.outcome[6 + row] = after[pupil];
    }
    rows.roles.unit = levels("pupil");
    (columns, rows)
}

#[test]
fn before_and_after_is_the_paired_difference_and_never_a_p_value() {
    let (columns, rows) = six_pupils();
    let one = evaluate(&columns, &Question::default()).unwrap();
    let other = evaluate(&rows, &Question::default()).unwrap();
    for answer in [&one, &other] {
        assert_eq!(answer.design, Design::BeforeAfter);
        let primary = answer.primary().unwrap();
        // Differences 2, 1, 3, 1, −1, 4: mean 10/6, standard deviation √(46/15).
        assert!(close(primary.estimate, 10.0 / 6.0));
        assert!(close(
            primary.standard_error.unwrap(),
            (46.0_f64 / 15.0 / 6.0).sqrt()
        ));
        assert_eq!((primary.p_value, primary.df), (None, Some(5.0)));
        assert!(answer.evidence.rung <= 2 && answer.chances.is_none());
        assert!(
            answer.headline.contains("with nobody to compare with"),
            "{}",
            answer.headline
        );
    }
    assert_eq!((one.data.used, other.data.used), (6, 12));
}

#[test]
fn who_was_measured_once_only_is_counted_out() {
    let (_, mut rows) = six_pupils();
    rows.chunk.unit[0] = 9;
    let answer = evaluate(&rows, &Question::default()).unwrap();
    assert_eq!((answer.data.rows, answer.data.used), (12, 10));
    assert_eq!(
        answer.data.dropped[0].reason,
        "measured before or after only"
    );
    assert_eq!(answer.data.dropped[0].rows, 2);
}

#[test]
fn months_are_said_of_attainment_only_and_chances_from_rung_three() {
    let trial = classes(20, 20);
    let locked = Some(PlanRecord {
        hash: "0".into(),
        locked_at: "2026-09-01T09:00:00Z".into(),
        before_outcome: true,
        deviations: Vec::new(),
    });
    let question = Question {
        attainment: true,
        plan: locked,
        ..by_lot()
    };
    let answer = evaluate(&trial, &question).unwrap();
    assert!(answer.evidence.rung >= 3, "{:?}", answer.evidence);
    assert!(answer.effect_size("months").is_some());
    let chances = answer.chances.as_ref().unwrap();
    let g = answer.effect_size("hedges_g_total").unwrap();
    assert!(chances.above_zero > 0.5 && g.estimate > 0.0);
    // Fewer absences are the better ones: the same numbers then speak against it.
    let mut absences = trial.clone();
    absences.roles.outcome.lower_is_better = true;
    let worse = evaluate(&absences, &question).unwrap();
    assert!(close(
        worse.chances.unwrap().above_zero,
        1.0 - chances.above_zero
    ));

    let chosen = Question {
        allocation: Allocation::Chosen,
        ..Question::default()
    };
    let weaker = evaluate(&trial, &chosen).unwrap();
    assert_eq!(weaker.design, Design::Comparison);
    assert!(weaker.chances.is_none() && weaker.effect_size("months").is_none());
}

#[test]
fn codes_of_pupils_and_classes_stay_behind() {
    let mut trial = classes(5, 5);
    if let Some(levels) = &mut trial.roles.cluster {
        levels.labels = (0..10).map(|class| format!("Mr Secret {class}")).collect();
    }
    let answer = evaluate(&trial, &by_lot()).unwrap();
    assert!(!serde_json::to_string(&answer).unwrap().contains("Secret"));
}

/// Figures as a page prints them.
fn printed(answer: &Evaluation) -> Vec<String> {
    let all = answer
        .estimates
        .iter()
        .chain(answer.fits.iter().flat_map(|f| &f.coefficients));
    let estimates = all.flat_map(|e| {
        [
            Some(e.estimate),
            e.standard_error,
            e.df,
            e.p_value,
            e.interval.map(|i| i.lower),
        ]
    });
    let sizes = answer.effect_sizes.iter().map(|s| Some(s.estimate));
    estimates
        .chain(sizes)
        .map(|x| x.map_or(String::new(), |x| format!("{x:.6}")))
        .collect()
}

#[test]
fn rows_in_another_order_say_the_same() {
    let trial = star();
    let question = by_lot();
    let first = evaluate(&trial, &question).unwrap();
    let n = trial.chunk.len();
    // Every 4,001st row, round and round: 4,001 and the number of rows share no factor.
    let order: Vec<usize> = (0..n).map(|i| (i * 4_001) % n).collect();
    let turned = |values: &Vec<f64>| order.iter().map(|i| values[*i]).collect::<Vec<f64>>();
    let recoded = |codes: &Vec<u32>| order.iter().map(|i| codes[*i]).collect::<Vec<u32>>();
    let shuffled = InMemory {
        roles: trial.roles.clone(),
        chunk: Chunk {
            outcome: turned(&trial.chunk.outcome),
            treatment: recoded(&trial.chunk.treatment),
            cluster: recoded(&trial.chunk.cluster),
            covariates: trial.chunk.covariates.iter().map(turned).collect(),
            ..Chunk::default()
        },
    };
    let second = evaluate(&shuffled, &question).unwrap();
    assert_eq!(first.headline, second.headline);
    assert_eq!(first.paragraph, second.paragraph);
    assert_eq!(printed(&first), printed(&second));
}
