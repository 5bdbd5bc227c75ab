//! Trials made up by chance, in which the truth is known: how often does the answer miss it?
//!
//! For the two primary methods: a true difference of nothing gives p < 0.05 in 5 % of trials, and the 95 %
//! interval holds the truth in 95 %, within what 2,000 trials can tell (3.7 to 6.3 %). A cell outside
//! that band is run once more with ten times as many and a new seed, and that run decides (4.4 to 5.6 %). Cells
//! marked conservative may miss less often. The anytime-valid verdict
//! may be looked at every week. Who ignores classes, looks each week at the ordinary interval or counts the best of twenty must fall
//! out of the band.

use difference_calibration::beside;
use difference_calibration::estimator::{Estimator, Pooling};
use difference_calibration::looks::{Coming, Weekly, YEAR};
use difference_calibration::outcomes;
use difference_calibration::pools::{Pools, looking_each_time};
use difference_calibration::scenario::{CLASSES, PUPILS, SITES, Scenario, Shape};
use difference_calibration::shown::{Verdict, band};
use difference_calibration::trials::{cells, run};
use engine::multiplicity::{Adjustment, adjusted};
use engine::offered::Beside;
use engine::pool::{Heterogeneity, Inference, Working};
use engine::question::{Allocation, Design, Method, Question};
use rstest::rstest;

const TRIALS: u32 = 2_000;

/// Holds the design's own method to its band.
fn hold(scenario: &Scenario, may: Verdict) {
    hold_method(Method::Ancova, scenario, may);
}

fn hold_method(method: Method, scenario: &Scenario, may: Verdict) {
    let one = Estimator {
        method,
        se: None,
        df: None,
    };
    let [cell] = cells(scenario, &[one], TRIALS).try_into().unwrap();
    let good = cell.verdict == Verdict::Holds || cell.verdict == may;
    assert!(good, "{scenario:?}\n{cell:?}");
    assert!(cell.shown.answered > 0.99, "{scenario:?}\n{cell:?}");
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
    hold(&scenario, Verdict::Holds);
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
    hold(&scenario, Verdict::Holds);
}

#[rstest]
#[case::three_against_four(Scenario { drawn: [3, 4], ..CLASSES })]
#[case::two_against_twelve(Scenario { drawn: [12, 2], ..CLASSES })]
fn very_few_classes(#[case] scenario: Scenario) {
    hold(&scenario, Verdict::Conservative);
}

#[rstest]
#[case::pupils_of_ten_sites(Method::Mixed, Scenario { uneven: 0.2, ..SITES }, Verdict::Holds)]
#[case::schools_of_three_forms(Method::Mixed, Scenario { classes: 3, class_share: 0.1, icc: 0.1, size: [24, 36], ..CLASSES }, Verdict::Holds)]
#[case::lots_drawn_again(Method::Permutation, Scenario { drawn: [4, 4], ..CLASSES }, Verdict::Conservative)]
fn beside_the_first(#[case] method: Method, #[case] scenario: Scenario, #[case] may: Verdict) {
    hold_method(method, &scenario, may);
}

#[rstest]
#[case::few_alike(Pools::of(3))]
#[case::some_unlike(Pools { tau: 0.3, ..Pools::of(10) })]
fn places_pooled(#[case] pools: Pools) {
    let [cell] = pools
        .cells(
            &[Pooling {
                method: Heterogeneity::Reml,
                inference: Inference::HksjFloor,
                working: None,
            }],
            TRIALS,
        )
        .try_into()
        .unwrap();
    assert!(cell.shown.covered.unwrap() >= 0.93, "{pools:?}\n{cell:?}");
}

/// Ten places of up to six results each.
const SEVERAL: Pools = Pools {
    most: 6,
    tau: 0.3,
    ..Pools::of(10)
};

#[rstest]
#[case::three_levels(None)]
#[case::correlated(Some(Working::Corr))]
#[case::hierarchical(Some(Working::Hier))]
#[case::both(Some(Working::Che))]
fn several_results_of_each_place(#[case] working: Option<Working>) {
    let way = Pooling {
        method: Heterogeneity::Reml,
        inference: Inference::Cr2,
        working,
    };
    let [cell] = SEVERAL.cells(&[way], TRIALS).try_into().unwrap();
    assert_eq!(cell.shown.answered, 1.0, "{cell:?}");
    assert!(cell.shown.covered.unwrap() >= 0.93, "{cell:?}");
}

#[test]
fn who_takes_the_results_of_one_place_for_independent_is_wrong_far_more_often() {
    let way = Pooling {
        method: Heterogeneity::Reml,
        inference: Inference::HksjFloor,
        working: None,
    };
    let [cell] = SEVERAL.cells(&[way], TRIALS).try_into().unwrap();
    assert!(cell.shown.covered.unwrap() < 0.85, "{cell:?}");
}

fn out_of_the_band(share: f64, trials: u32) -> bool {
    share > 0.05 + band(trials)
}

#[test]
fn who_ignores_classes_is_wrong_far_more_often() {
    let naive = Question {
        design: Some(Design::Individual),
        allocation: Allocation::Lot,
        ..Question::default()
    };
    let sums = run(&CLASSES, &[naive], 500, 1);
    let shown = sums.first().unwrap().shown();
    assert!(out_of_the_band(shown.called.unwrap(), 500), "{shown:?}");
    assert!(shown.called.unwrap() > 0.2, "{shown:?}");
    assert!(shown.covered.unwrap() < 0.8, "{shown:?}");
}

#[test]
fn who_looks_each_week_and_stops_at_the_first_good_news_is_wrong_more_often() {
    let shown = looking_each_time(52, 200);
    assert!(out_of_the_band(shown.called.unwrap(), 200), "{shown:?}");
}

#[rstest]
#[case::everything_known(YEAR)]
#[case::results_that_come_late(Weekly { coming: Coming::Late, ..YEAR })]
fn who_looks_each_week_by_the_anytime_verdict_is_wrong_no_more_often_than_promised(
    #[case] weekly: Weekly,
) {
    let shown = weekly.watched(TRIALS).unwrap();
    // 99 in 100 such runs of 2,000 stay below 6.3 % where it is 5 % at most.
    assert!(shown.called <= 0.063, "{shown:?}");
    assert!(
        shown.least_covered >= 0.937 && shown.always_covered >= 0.937,
        "{shown:?}"
    );
    // The same streams, looked at in the ordinary way, must fail the bar, or the test could not fail.
    assert!(shown.naive_covered_at_stop < 0.9, "{shown:?}");
    assert!(
        shown.naive > 0.25 && out_of_the_band(shown.naive, TRIALS),
        "{shown:?}"
    );
}

#[test]
fn the_range_holds_the_truth_at_every_look_and_wherever_somebody_stops() {
    let shown = Weekly { truth: 0.1, ..YEAR }.watched(TRIALS).unwrap();
    assert!(
        shown.least_covered >= 0.95 && shown.always_covered >= 0.937,
        "{shown:?}"
    );
    assert!(shown.covered_at_stop >= 0.95, "{shown:?}");
    assert!(shown.called > 0.3, "a true effect is seen: {shown:?}");
}

/// However often somebody looks: at most 1 in 20, with what 2,000 trials can tell (the upper 99 % limit is 6.3 %).
#[rstest]
#[case::both_ways(Beside::Sequence)]
#[case::one_way(Beside::LikelihoodRatio)]
fn who_looks_each_week_by_evidence_is_not(#[case] beside: Beside) {
    for (setting, cell) in beside::cells(beside, TRIALS) {
        if setting.truth <= 0.0 {
            assert!(cell.shown.called.unwrap() <= 0.05, "{setting:?}\n{cell:?}");
        }
        assert!(
            cell.shown.covered.is_none_or(|c| c >= 0.95),
            "{setting:?}\n{cell:?}"
        );
    }
}

#[test]
fn the_claim_of_a_trial_with_twenty_outcomes_is_wrong_one_time_in_twenty() {
    let claim = outcomes::the_claim(TRIALS);
    assert!(claim.verdict(true) == Verdict::Holds, "{claim:?}");
    let any = outcomes::any_called(TRIALS, |p| adjusted(p, Adjustment::Holm).unwrap());
    assert!(any.called.unwrap() <= 0.05 + band(TRIALS), "{any:?}");
}

#[test]
fn who_counts_the_best_of_twenty_outcomes_is_wrong_more_often_than_not() {
    let shown = outcomes::each_by_itself(200);
    assert!(shown.called.unwrap() > 0.5, "{shown:?}");
}
