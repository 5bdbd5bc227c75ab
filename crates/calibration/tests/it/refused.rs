//! What would call differences that are not there is refused, with its reason and what to ask for instead.

use difference_calibration::chance::Chance;
use difference_calibration::estimator::Estimator;
use difference_calibration::scenario::{CLASSES, LotsFor, PUPILS, SITES, Scenario};
use engine::evaluate;
use engine::question::{DegreesOfFreedom, Method, Question, StandardErrors};
use rstest::rstest;

const ANCOVA: Estimator = Estimator {
    method: Method::Ancova,
    se: None,
    df: None,
};

fn with(se: StandardErrors) -> Estimator {
    Estimator {
        se: Some(se),
        ..ANCOVA
    }
}

fn degrees(df: DegreesOfFreedom) -> Estimator {
    Estimator {
        df: Some(df),
        ..ANCOVA
    }
}

fn method(method: Method) -> Estimator {
    Estimator { method, ..ANCOVA }
}

/// Twenty classes were drawn and somebody asks for standard errors as textbooks have them for pupils.
#[rstest]
#[case::pupils_as_strangers(CLASSES, with(StandardErrors::Classical), "errors-ignore-clusters")]
#[case::pupils_as_strangers_robust(CLASSES, with(StandardErrors::Hc2), "errors-ignore-clusters")]
#[case::no_correction_for_few(CLASSES, with(StandardErrors::Cr0), "errors-too-sure")]
#[case::pairs(Scenario { block: 2, ..CLASSES }, with(StandardErrors::Cr1), "errors-too-sure")]
#[case::maximum_likelihood(CLASSES, method(Method::MixedMl), "errors-too-sure")]
#[case::as_if_there_were_many(
    CLASSES,
    degrees(DegreesOfFreedom::Normal),
    "too-many-degrees-of-freedom"
)]
#[case::two_against_twelve(Scenario { drawn: [12, 2], ..CLASSES }, degrees(DegreesOfFreedom::Residual), "too-many-degrees-of-freedom")]
#[case::sites(SITES, Estimator { df: Some(DegreesOfFreedom::Residual), ..method(Method::Mixed) }, "too-many-degrees-of-freedom")]
#[case::few_rows(PUPILS, with(StandardErrors::Hc0), "errors-too-sure")]
#[case::few_pupils(Scenario { drawn: [10, 10], ..PUPILS }, degrees(DegreesOfFreedom::Normal), "too-many-degrees-of-freedom")]
#[case::the_few_vary_more(Scenario { drawn: [120, 60], wider: 2.5, ..PUPILS }, with(StandardErrors::Classical), "errors-too-sure")]
fn too_sure(#[case] scenario: Scenario, #[case] asked: Estimator, #[case] code: &str) {
    let sample = scenario.draw(&mut Chance::seeded(1));
    let refused = evaluate(&sample, &asked.question()).unwrap_err();
    assert_eq!(refused.code, code, "{refused}");
    assert!(
        refused.cure.contains("Leave") || refused.cure.contains("Ask"),
        "{refused}"
    );
    // What it says to ask for instead is there.
    evaluate(&sample, &ANCOVA.question()).unwrap();
}

#[rstest]
#[case::many_classes(Scenario { drawn: [25, 25], ..CLASSES }, method(Method::MixedMl))]
#[case::many_classes_without_correction(Scenario { drawn: [25, 25], ..CLASSES }, with(StandardErrors::Cr0))]
#[case::many_pupils(Scenario { drawn: [200, 200], ..PUPILS }, with(StandardErrors::Hc0))]
#[case::many_pupils_normal(Scenario { drawn: [200, 200], ..PUPILS }, degrees(DegreesOfFreedom::Normal))]
#[case::pupils_of_named_classes(Scenario { drawn: [20, 0], lots: LotsFor::PupilsOfClasses, ..CLASSES }, with(StandardErrors::Hc2))]
fn sure_enough(#[case] scenario: Scenario, #[case] asked: Estimator) {
    let sample = scenario.draw(&mut Chance::seeded(1));
    let answer = evaluate(&sample, &asked.question()).unwrap();
    let primary = answer.primary().unwrap();
    assert!(primary.p_value.is_some(), "{primary:?}");
    if let Some(se) = asked.se {
        let called = difference_calibration::estimator::name(&se).to_uppercase();
        assert!(primary.method.ends_with(&called), "{primary:?}");
    }
}

/// Asked for beside another method, what is refused is missing with its reason, and the other stands.
#[test]
fn beside_another_the_reason_is_a_warning() {
    let sample = CLASSES.draw(&mut Chance::seeded(1));
    let question = Question {
        methods: vec![Method::Ancova, Method::MixedMl],
        ..ANCOVA.question()
    };
    let answer = evaluate(&sample, &question).unwrap();
    assert_eq!(answer.estimates.len(), 1);
    let why = "The mixed model by maximum likelihood is missing";
    assert!(
        answer.warnings.iter().any(|w| w.contains(why)),
        "{:?}",
        answer.warnings
    );
}

/// The few vary more: the lots drawn again can't tell a difference in spread from one in the average, and say so.
#[test]
fn lots_drawn_again_say_what_they_cannot_tell() {
    let said = |scenario: Scenario| {
        let sample = scenario.draw(&mut Chance::seeded(1));
        let answer = evaluate(&sample, &method(Method::Permutation).question()).unwrap();
        answer
            .warnings
            .iter()
            .any(|w| w.contains("difference in spread"))
    };
    assert!(said(Scenario {
        drawn: [120, 60],
        wider: 2.5,
        ..PUPILS
    }));
    assert!(!said(PUPILS));
}
