//! A pool that people look at again and again: results join when they are due, and who is missing is named.

use difference_engine::anytime::{Mixture, Sums, Verdict};
use difference_engine::pool::{Pool, PoolQuestion, Sequential, Study, Unreported, pool};
use proptest::collection::vec;
use proptest::prelude::*;

fn school(label: &str, effect: f64, due: &str) -> Study {
    Study {
        label: label.to_owned(),
        effect,
        variance: 0.01,
        due: (!due.is_empty()).then(|| due.to_owned()),
        ..Study::default()
    }
}

fn quiet(label: &str, due: &str) -> Unreported {
    Unreported {
        label: label.to_owned(),
        due: Some(due.to_owned()),
        ..Unreported::default()
    }
}

/// As it stands just before Christmas.
fn question() -> PoolQuestion {
    PoolQuestion {
        sequential: Some(0.2),
        as_of: Some("2026-12-18".to_owned()),
        ..PoolQuestion::default()
    }
}

fn looked(studies: &[Study], question: &PoolQuestion) -> Sequential {
    pool(studies, question).unwrap().sequential.unwrap()
}

fn three() -> Vec<Study> {
    vec![
        school("Thornbeck", 0.3, "2026-03-20"),
        school("Kirkfold", 0.35, "2026-07-10"),
        school("Oakshaw", 0.25, "2026-11-20"),
    ]
}

#[test]
fn a_look_on_each_day_that_something_was_due_and_a_verdict_about_somewhere() {
    let said = looked(&three(), &question());
    let days: Vec<_> = said
        .looks
        .iter()
        .map(|look| look.due.as_deref().unwrap())
        .collect();
    assert_eq!(days, ["2026-03-20", "2026-07-10", "2026-11-20"]);
    assert_eq!(
        said.looks.iter().map(|look| look.k).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    // By hand: V = 300, S = 90, g² = 0.04.
    let log_e = 90.0_f64.powi(2) * 0.04 / (2.0 * 13.0) - 0.5 * 13.0_f64.ln();
    assert!((said.now.log_e_value - log_e).abs() < 1e-9);
    assert_eq!(said.verdict, Verdict::Happening);
    assert_eq!(said.reached, Some(1));
    assert!(
        said.says.starts_with("Something is happening somewhere."),
        "{}",
        said.says
    );
    assert!(said.limits[0].contains("says nothing about the average"));
    // Nobody asked, nobody is told.
    let unasked = PoolQuestion {
        sequential: None,
        ..question()
    };
    assert_eq!(pool(&three(), &unasked).unwrap().sequential, None);
}

#[test]
fn results_join_when_they_are_due_whenever_they_were_reported() {
    let reported = |days: [&str; 3]| -> Vec<Study> {
        three()
            .into_iter()
            .zip(days)
            .map(|(study, day)| Study {
                date: Some(day.to_owned()),
                ..study
            })
            .collect()
    };
    let prompt = looked(
        &reported(["2026-03-20", "2026-07-10", "2026-11-20"]),
        &question(),
    );
    let as_it_comes = looked(
        &reported(["2026-12-01", "2026-07-01", "2026-04-01"]),
        &question(),
    );
    assert_eq!(prompt, as_it_comes);
}

#[test]
fn who_was_due_and_is_silent_is_named_and_who_is_not_due_yet_is_not() {
    let question = PoolQuestion {
        unreported: vec![
            quiet("Millgarth", "2026-07-10"),
            quiet("Tannery Row", "2027-03-19"),
        ],
        ..question()
    };
    let answer = pool(&three(), &question).unwrap();
    let said = answer.sequential.clone().unwrap();
    assert_eq!(said.missing, ["Millgarth"]);
    assert_eq!(said.looks[1].joined, ["Kirkfold"]);
    assert_eq!(said.looks[1].missing, ["Millgarth"]);
    assert!(
        said.says.contains("Due and not reported: Millgarth."),
        "{}",
        said.says
    );
    assert!(
        said.says
            .contains("Not all that was due had reported by then."),
        "{}",
        said.says
    );
    // The known file drawer holds the same.
    let drawer = answer.file_drawer.unwrap();
    assert_eq!(
        (drawer.missing, drawer.begun),
        (vec!["Millgarth".to_owned()], 5)
    );
    // A day on which only silence was due is a look that adds nothing.
    let silence = PoolQuestion {
        unreported: vec![quiet("Millgarth", "2026-08-01")],
        ..question
    };
    let said = looked(&three(), &silence);
    assert_eq!(said.looks.len(), 4);
    assert_eq!(said.looks[1].seen, said.looks[2].seen);
    assert_eq!(said.looks[2].missing, ["Millgarth"]);
}

#[test]
fn news_that_comes_before_its_day_waits_for_it() {
    let mut studies = three();
    studies.push(school("Aire View", 2.0, "2027-01-15"));
    let (with, without) = (looked(&studies, &question()), looked(&three(), &question()));
    assert_eq!(with.looks, without.looks);
    assert_eq!(with.waiting, ["Aire View"]);
    assert!(
        with.says
            .contains("counted here from the day it was due: Aire View."),
        "{}",
        with.says
    );
    let all_early = looked(&studies[3..], &question());
    assert_eq!((all_early.now.e_value, all_early.now.lower), (1.0, None));
    assert_eq!(
        all_early.says.split('.').next().unwrap(),
        "No result is due yet, so there is nothing to look at"
    );
    let later = PoolQuestion {
        as_of: Some("2027-01-15".to_owned()),
        ..question()
    };
    assert_eq!(looked(&studies, &later).looks.len(), 4);
}

#[test]
fn a_verdict_that_was_reached_stands_and_is_said_to_have_weakened() {
    let mut studies = three();
    studies.push(school("Aire View", -0.9, "2026-12-01"));
    let said = looked(&studies, &question());
    assert!(said.now.e_value < 20.0);
    assert_eq!((said.verdict, said.reached), (Verdict::Happening, Some(1)));
    assert!(
        said.says
            .contains("It was that strong by 10 July 2026. What came later has weakened it"),
        "{}",
        said.says
    );
}

#[test]
fn places_that_differ_both_ways_are_something_happening_somewhere_though_the_average_is_nothing() {
    let studies: Vec<Study> = (1_u8..=6)
        .map(|i| {
            school(
                &format!("School {i}"),
                if i == 1 { 0.7 } else { -0.14 },
                &format!("2026-0{i}-15"),
            )
        })
        .collect();
    let answer = pool(&studies, &question()).unwrap();
    let average = answer.primary().unwrap().interval.unwrap();
    assert!(average.lower < 0.0 && 0.0 < average.upper);
    let said = answer.sequential.unwrap();
    assert_eq!(said.verdict, Verdict::Happening);
    for word in [
        "on average",
        "helps",
        "works",
        "gain",
        "significant",
        "proves",
    ] {
        assert!(!said.says.contains(word), "{}", said.says);
    }
}

#[test]
fn without_dates_there_is_one_look_and_it_is_said() {
    let studies: Vec<Study> = three()
        .into_iter()
        .map(|s| Study { due: None, ..s })
        .collect();
    let said = looked(&studies, &question());
    assert_eq!(said.looks.len(), 1);
    assert_eq!(said.looks[0].due, None);
    assert!(
        said.limits
            .iter()
            .any(|l| l == "No dates are known, so all results count as one look.")
    );
    let reported: Vec<Study> = studies
        .into_iter()
        .zip(["2026-03-20", "2026-02-10", "never"])
        .map(|(s, day)| Study {
            date: Some(day.to_owned()),
            ..s
        })
        .collect();
    let said = looked(&reported, &question());
    let joined: Vec<_> = said
        .looks
        .iter()
        .flat_map(|look| look.joined.clone())
        .collect();
    assert_eq!(joined, ["Kirkfold", "Thornbeck", "Oakshaw"]);
    assert!(
        said.limits
            .iter()
            .any(|l| l.contains("No due date is known for Thornbeck and Kirkfold"))
    );
    assert!(
        said.limits
            .iter()
            .any(|l| l.contains("one last look: Oakshaw"))
    );
}

#[test]
fn a_scale_that_is_none_and_a_day_that_is_none_are_refused() {
    let code = |question: &PoolQuestion| pool(&three(), question).unwrap_err().code;
    for sd in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(
            code(&PoolQuestion {
                sequential: Some(sd),
                ..question()
            }),
            "prior-sd"
        );
    }
    assert_eq!(
        code(&PoolQuestion {
            as_of: Some("soon".to_owned()),
            ..question()
        }),
        "as-of-not-a-date"
    );
}

/// Days that go back and forth, repeat, are missing, or are in no calendar.
fn any_day() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        6 => (1_u8..=12, 1_u8..=28).prop_map(|(m, d)| Some(format!("2026-{m:02}-{d:02}"))),
        2 => Just(Some("2026-06-15".to_owned())),
        1 => Just(None),
        1 => prop_oneof![Just("2026-02-30"), Just(""), Just("last week"), Just("0000-01-01"), Just("9999-12-31")].prop_map(|d| Some(d.to_owned())),
    ]
}

fn any_studies() -> impl Strategy<Value = Vec<Study>> {
    let effect = prop_oneof![6 => -2.0..2.0_f64, 1 => Just(0.0), 1 => Just(-0.0), 1 => -1e30..1e30_f64, 1 => Just(f64::NAN)];
    let variance = prop_oneof![6 => 0.001..1.0_f64, 2 => Just(0.04), 1 => Just(1e-60), 1 => Just(1e60), 1 => -1.0..=0.0_f64];
    let study = (0_u8..5, effect, variance, any_day(), any_day()).prop_map(
        |(name, effect, variance, due, date)| Study {
            label: format!("School {name}"),
            effect,
            variance,
            due,
            date,
            ..Study::default()
        },
    );
    // Twins too: the same trial twice.
    (vec(study, 1..8), any::<bool>()).prop_map(|(mut studies, twin)| {
        if twin {
            studies.push(studies[0].clone());
        }
        studies
    })
}

fn any_question() -> impl Strategy<Value = PoolQuestion> {
    let silent = vec((0_u8..5, any_day()), 0..4).prop_map(|all| {
        all.into_iter()
            .map(|(name, due)| Unreported {
                label: format!("Quiet {name}"),
                due,
                variance: None,
            })
            .collect()
    });
    let sd =
        prop_oneof![6 => 0.01..2.0_f64, 1 => Just(0.0), 1 => Just(f64::NAN), 1 => any::<f64>()];
    let as_of =
        prop_oneof![4 => Just(Some("2026-08-01".to_owned())), 2 => Just(None), 1 => any_day()];
    (silent, sd, as_of).prop_map(|(unreported, sd, as_of)| PoolQuestion {
        unreported,
        sequential: Some(sd),
        as_of,
        ..PoolQuestion::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_pool_is_looked_at_or_refused_by_name(studies in any_studies(), question in any_question()) {
        let answer = match pool(&studies, &question) {
            Ok(answer) => answer,
            Err(refusal) => {
                let known = ["effect-not-a-number", "variance-not-a-number", "variance-zero", "prior-sd", "as-of-not-a-date"];
                prop_assert!(known.contains(&refusal.code.as_str()), "{refusal:?}");
                return Ok(());
            }
        };
        let json = serde_json::to_string(&answer).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Pool>(&json).unwrap(), &answer);
        let said = answer.sequential.unwrap();
        prop_assert!(said.now.e_value.is_finite() && said.now.e_value >= 0.0);
        // Every result joins once or waits, and every silent trial is missing once or not due.
        let joined: usize = said.looks.iter().map(|look| look.joined.len()).sum();
        prop_assert_eq!(joined + said.waiting.len(), studies.len());
        let missed: usize = said.looks.iter().map(|look| look.missing.len()).sum();
        prop_assert_eq!(missed, said.missing.len());
        prop_assert!(missed <= question.unreported.len());
        // Days go forward; what has none is last.
        for pair in said.looks.windows(2) {
            prop_assert!(pair[1].due.is_none() || pair[0].due < pair[1].due);
            prop_assert!(pair[0].seen.anytime_p >= pair[1].seen.anytime_p);
        }
        // The verdict is there exactly when some look is beyond 20.
        let beyond = said.looks.iter().position(|look| look.seen.log_e_value >= 20.0_f64.ln());
        prop_assert_eq!(said.reached, beyond);
        prop_assert_eq!(said.verdict == Verdict::Happening, beyond.is_some());
        prop_assert_eq!(said.says.contains("Something is happening somewhere."), beyond.is_some());
        for word in ["NaN", "inf", "significant", "proves", "no effect", "failed", " works"] {
            prop_assert!(!said.says.contains(word), "{}", said.says);
        }
        // The last look is that of all that joined, worked out anew.
        let mut sums = Sums::default();
        let waiting = said.waiting.len();
        if waiting == 0 {
            for study in &studies {
                sums.add(study.effect, study.variance).unwrap();
            }
            let anew = Mixture::new(said.prior_sd).unwrap().log_e_value(&sums);
            let scale = studies.iter().map(|s| (s.effect / s.variance).abs()).sum::<f64>() / sums.information.sqrt();
            prop_assert!((anew - said.now.log_e_value).abs() <= 1e-9 * (1.0 + scale * scale), "{anew} {}", said.now.log_e_value);
        }
    }

    #[test]
    fn any_order_gives_the_same_looks_to_the_last_digit(studies in any_studies(), question in any_question(), turn in 0_usize..9) {
        let mut other = studies.clone();
        other.rotate_left(turn % studies.len());
        other.reverse();
        if let (Ok(a), Ok(b)) = (pool(&studies, &question), pool(&other, &question)) {
            let (a, b) = (a.sequential.unwrap(), b.sequential.unwrap());
            prop_assert_eq!(a.now, b.now);
            prop_assert_eq!(a.reached, b.reached);
            for (a, b) in a.looks.iter().zip(&b.looks) {
                prop_assert_eq!((&a.due, a.k, a.seen), (&b.due, b.k, b.seen));
            }
        }
    }
}
