//! The story of the README: 39 Israeli schools in 2001, some of which paid pupils for passing
//! their school-leaving examination (Angrist & Lavy 2009). Counting pupils as if each had been drawn
//! alone, the payments surely helped; honestly, it could be nothing.

use difference_engine::evaluate;
use difference_engine::evaluation::Evaluation;
use difference_engine::question::{Allocation, Design, Method, Question, StandardErrors};
use difference_engine::sample::InMemory;

use crate::reference::Table;
use crate::trial::Trial;

fn trial() -> Trial {
    Trial::of(
        Table::read("awards.csv").only("year", &["2001"]),
        "Bagrut_status",
    )
    .binary()
    .treatment("treated", "1", "0")
}

fn by_lot() -> Question {
    Question {
        allocation: Allocation::Lot,
        ..Question::default()
    }
}

fn answer(sample: &InMemory) -> Evaluation {
    evaluate(sample, &by_lot()).unwrap()
}

/// Within a tenth of a percentage point.
fn about(ours: f64, percent: f64) -> bool {
    (100.0 * ours - percent).abs() < 0.5
}

#[test]
fn pupils_treated_as_drawn_alone_look_like_proof() {
    let naive = answer(&trial().sample());
    assert_eq!(naive.design, Design::Individual);
    let primary = naive.primary().unwrap();
    assert_eq!(primary.method, "ancova, HC2");
    assert!(primary.p_value.unwrap() < 0.001, "{primary:?}");
    // With one variance for all, as textbooks have it: p = 0.0007.
    let question = Question {
        se: Some(StandardErrors::Classical),
        ..by_lot()
    };
    let textbook = evaluate(&trial().sample(), &question).unwrap();
    let p = textbook.primary().unwrap().p_value.unwrap();
    assert!((p - 0.000_653_379_053_435_953).abs() < 1e-12, "{p}");
}

#[test]
fn schools_were_drawn_so_it_could_be_nothing() {
    let honest = answer(&trial().cluster("school_id").sample());
    assert_eq!(honest.design, Design::Cluster);
    assert_eq!(honest.data.used, 3821);
    let primary = honest.primary().unwrap();
    assert_eq!(primary.method, "ancova, CR2");
    assert!((primary.p_value.unwrap() - 0.342_092_995_545_089).abs() < 1e-9);
    assert!((primary.df.unwrap() - 27.013_200_882_976_4).abs() < 1e-7);
    let interval = primary.interval.unwrap();
    assert!(
        about(interval.lower, -5.0) && about(interval.upper, 15.0),
        "{interval:?}"
    );
    assert!(
        honest.paragraph.contains("it could be nothing"),
        "{}",
        honest.paragraph
    );
    // The mixed model stands beside it.
    assert_eq!(honest.estimates.len(), 2);
    assert_eq!(honest.estimates[1].method, "mixed, REML");
    assert!(honest.estimates[1].p_value.unwrap() > 0.2);
}

#[test]
fn with_its_pairs_as_it_was_drawn_even_less_is_sure() {
    let paired = answer(&trial().cluster("school_id").block("pair").sample());
    assert_eq!(paired.design, Design::BlockedCluster);
    let primary = paired.primary().unwrap();
    assert!(
        (primary.p_value.unwrap() - 0.56).abs() < 0.005,
        "{primary:?}"
    );
    let interval = primary.interval.unwrap();
    assert!(
        about(interval.lower, -8.0) && about(interval.upper, 14.0),
        "{interval:?}"
    );
}

#[test]
fn every_method_that_is_named_answers_once() {
    let question = Question {
        methods: vec![
            Method::Difference,
            Method::Ancova,
            Method::Mixed,
            Method::MixedMl,
            Method::Permutation,
        ],
        ..by_lot()
    };
    let sample = trial()
        .cluster("school_id")
        .block("pair")
        .baseline("lagscore")
        .sample();
    let all = evaluate(&sample, &question).unwrap();
    let methods: Vec<&str> = all.estimates.iter().map(|e| e.method.as_str()).collect();
    assert_eq!(
        methods,
        [
            "difference, CR2",
            "ancova, CR2",
            "mixed, REML",
            "permutation"
        ]
    );
    // Fewer than 40 schools are not taken for many.
    let missing = "The mixed model by maximum likelihood is missing: ";
    assert!(
        all.warnings
            .iter()
            .any(|warning| warning.starts_with(missing))
    );
    assert!(all.estimates[0].primary);
    assert_eq!(all.fits.len(), 3);
    assert_eq!(all.seed, Some(1));
}
