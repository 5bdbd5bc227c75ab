//! A plan that is locked stays what it was.

use difference_engine::question::{Allocation, Design, Drawn, Method, Question, Worthwhile};
use difference_engine::sample::{Covariate, CovariateKind, Levels, Outcome, Roles, Treatment};
use difference_engine::trial_plan::{TrialPlan, answered_otherwise};
use proptest::prelude::*;

const MORNING_READING: &str = include_str!("morning_reading.json");

fn plan() -> TrialPlan {
    TrialPlan::parse(MORNING_READING).unwrap()
}

fn altered(change: impl Fn(&mut TrialPlan)) -> String {
    let mut plan = plan();
    change(&mut plan);
    serde_json::to_string(&plan).unwrap()
}

fn code(json: &str) -> String {
    TrialPlan::parse(json).unwrap_err().code
}

/// The roles and the question of an evaluation that did everything as planned.
fn as_planned() -> (Roles, Question) {
    let roles = Roles {
        outcome: Outcome {
            column: "Score July".to_owned(),
            name: "Reading".to_owned(),
            ..Outcome::default()
        },
        treatment: Some(Treatment {
            column: "group".to_owned(),
            intervention: "Morning reading".to_owned(),
            comparison: "As usual".to_owned(),
        }),
        covariates: vec![Covariate {
            column: "Score September".to_owned(),
            level: None,
            kind: CovariateKind::Baseline,
        }],
        ..Roles::default()
    };
    let question = Question {
        allocation: Allocation::Lot,
        attainment: true,
        worthwhile: Some(Worthwhile::Sd(0.09)),
        drawn: Some(Drawn {
            intervention: 78,
            comparison: 77,
            ..Drawn::default()
        }),
        ..Question::default()
    };
    (roles, question)
}

#[test]
fn the_canonical_form_is_rfc_8785_and_its_fingerprint_is_known() {
    let canonical = plan().canonical().unwrap();
    assert!(
        canonical
            .starts_with(r#"{"adopts":null,"allocation":"lot","allocation_fingerprint":"9f86"#)
    );
    assert!(!canonical.contains('\n') && !canonical.contains("\": "));
    // Worked out once with Python: json.dumps(sort_keys=True, separators=(",", ":")) and hashlib.
    assert_eq!(
        plan().fingerprint().unwrap(),
        "b555f5f7b07a33ef8eeaa4572dccd223c721b33c90eef81606870b5c1c7bdade"
    );
}

#[test]
fn spacing_and_order_do_not_matter_but_every_letter_does() {
    let locked = plan().fingerprint().unwrap();
    let value: serde_json::Value = serde_json::from_str(MORNING_READING).unwrap();
    for same in [
        serde_json::to_string(&value).unwrap(),
        serde_json::to_string_pretty(&value).unwrap(),
    ] {
        assert_eq!(TrialPlan::verify(&same, &locked).unwrap(), plan());
    }
    assert!(TrialPlan::verify(MORNING_READING, &locked.to_uppercase()).is_ok());
    for changed in [
        altered(|p| p.measure.how.push('.')),
        altered(|p| p.pupils += 1),
        altered(|p| p.worthwhile = Some(Worthwhile::Sd(0.1))),
        altered(|p| p.measured = "2026-07-07".to_owned()),
        MORNING_READING.replacen('{', "{\"added\": 1,", 1),
    ] {
        let refusal = TrialPlan::verify(&changed, &locked).unwrap_err();
        assert_eq!(refusal.code, "plan-altered");
        assert!(refusal.says.contains(&locked));
    }
}

#[test]
fn what_is_no_plan_is_refused_by_name() {
    assert_eq!(code("not json"), "plan-not-read");
    assert_eq!(code("{}"), "plan-of-another-kind");
    assert_eq!(
        code(&MORNING_READING.replace("trial-plan/1", "trial-plan/2")),
        "plan-of-another-kind"
    );
    assert_eq!(
        code(&MORNING_READING.replace("\"pupils\": 155", "\"pupils\": \"many\"")),
        "plan-not-read"
    );
    for (change, expected) in [
        (
            (|p| p.title.clear()) as fn(&mut TrialPlan),
            "plan-incomplete",
        ),
        (|p| p.measure.name = "  ".to_owned(), "plan-incomplete"),
        (|p| p.salt = "guess".to_owned(), "plan-without-salt"),
        (|p| p.starts = "Monday".to_owned(), "plan-date-not-read"),
        (
            |p| p.measured = "2026-01-01".to_owned(),
            "plan-dates-backwards",
        ),
        (
            |p| p.comparison = " Morning Reading ".to_owned(),
            "plan-groups-alike",
        ),
        (|p| p.design = Design::Cluster, "plan-without-clusters"),
        (
            |p| p.worthwhile = Some(Worthwhile::Unit(0.0)),
            "plan-worthwhile",
        ),
    ] {
        assert_eq!(code(&altered(change)), expected);
    }
}

#[test]
fn words_count_from_one_word_upwards() {
    let with = |words: &[&str], success: &[&str]| {
        altered(|p| {
            p.measure.words = words.iter().map(|w| (*w).to_owned()).collect();
            p.measure.success = success.iter().map(|w| (*w).to_owned()).collect();
        })
    };
    let order = ["WTS", "EXS", "GDS"];
    for fine in [&["GDS"][..], &["EXS", "GDS"], &["GDS", "EXS"]] {
        assert!(TrialPlan::parse(&with(&order, fine)).is_ok());
    }
    for wrong in [
        &["EXS"][..],
        &["WTS"],
        &["WTS", "GDS"],
        &["WTS", "EXS", "GDS"],
        &["PASS"],
        &[],
    ] {
        assert_eq!(
            code(&with(&order, wrong)),
            "plan-words-in-order",
            "{wrong:?}"
        );
    }
    assert_eq!(code(&with(&["WTS", "WTS"], &["WTS"])), "plan-words");
    assert_eq!(code(&with(&["WTS"], &["WTS"])), "plan-words");
}

#[test]
fn an_evaluation_as_planned_has_no_deviation() {
    let (roles, question) = as_planned();
    assert_eq!(
        answered_otherwise(&plan(), &roles, &question),
        Vec::<String>::new()
    );
}

#[test]
fn every_departure_is_told_in_a_sentence() {
    type Change = fn(&mut Roles, &mut Question);
    let told: [(Change, &str); 14] = [
        (
            |r, _| r.outcome.name = "maths".to_owned(),
            "The plan measures “reading”; this answer is about “maths”.",
        ),
        (
            |r, _| r.outcome.lower_is_better = true,
            "In the plan a higher value is the better one; here a lower one is.",
        ),
        (
            |_, q| q.attainment = false,
            "The plan calls the measure attainment; here it is not, so no months are said.",
        ),
        (
            |_, q| q.design = Some(Design::Cluster),
            "The plan compares pupils, one by one; this answer compares whole classes or schools.",
        ),
        (
            |r, _| r.cluster = Some(Levels::default()),
            "The plan compares pupils, one by one; this answer compares whole classes or schools.",
        ),
        (
            |_, q| {
                q.design = Some(Design::Individual);
                q.allocation = Allocation::Chosen;
            },
            "In the plan the groups are drawn by lot; here they were chosen by somebody.",
        ),
        (
            |r, _| r.treatment.as_mut().unwrap().comparison = "quiet reading".to_owned(),
            "The group to compare with is “as usual” in the plan and “quiet reading” here.",
        ),
        (
            |_, q| q.drawn.as_mut().unwrap().comparison = 70,
            "The plan lists 155 pupils; 148 were drawn.",
        ),
        (
            |r, _| {
                r.covariates.push(Covariate {
                    column: "age".to_owned(),
                    level: None,
                    kind: CovariateKind::Covariate,
                });
            },
            "This answer also allows for age, which the plan does not name.",
        ),
        (
            |_, q| q.methods = vec![Method::Permutation],
            "The answer was asked for by permutation, which the plan does not name.",
        ),
        (
            |_, q| q.worthwhile = None,
            "The smallest difference worth having is 0.09 standard deviations in the plan and left open here.",
        ),
        (
            |_, q| q.worthwhile = Some(Worthwhile::Unit(1.0)),
            "The smallest difference worth having is 0.09 standard deviations in the plan and 1 point here.",
        ),
        (
            |_, q| q.looks = 3,
            "The outcome was looked at 3 times; the plan says once.",
        ),
        (
            |r, _| r.unit = Some(Levels::default()),
            "The plan compares pupils, one by one; this answer compares the same people before and after.",
        ),
    ];
    for (change, sentence) in told {
        let (mut roles, mut question) = as_planned();
        change(&mut roles, &mut question);
        assert_eq!(answered_otherwise(&plan(), &roles, &question), [sentence]);
    }
    // The method that the plan names is no deviation.
    let (roles, mut question) = as_planned();
    question.methods = vec![Method::Ancova];
    assert!(answered_otherwise(&plan(), &roles, &question).is_empty());
}

proptest! {
    #[test]
    fn what_people_type_survives_the_canonical_form(title in "\\PC{1,40}", pupils: u32, worth in 0.001..1e6_f64) {
        prop_assume!(!title.trim().is_empty());
        let mut plan = plan();
        plan.title = title;
        plan.pupils = pupils;
        plan.worthwhile = Some(Worthwhile::Unit(worth));
        let canonical = plan.canonical().unwrap();
        prop_assert_eq!(TrialPlan::verify(&canonical, &plan.fingerprint().unwrap()).unwrap(), plan);
    }
}
