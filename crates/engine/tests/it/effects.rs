//! Effect sizes and shares at their edges: no NaN, whatever the scores.

use difference_engine::binary::{TwoByTwo, wilson};
use difference_engine::effect_size::{
    Scores, TwoGroups, j_approximate, j_exact, probability_of_superiority, standardise,
};
use difference_engine::evaluation::{EffectSize, Interval};
use difference_engine::months::{LOWER_EDGES, Months, months};
use proptest::prelude::*;

fn two(a: &[f64], b: &[f64]) -> Option<TwoGroups> {
    Some(TwoGroups {
        intervention: Scores::of(a)?,
        comparison: Scores::of(b)?,
    })
}

#[test]
fn the_two_forms_of_j_meet_and_the_exact_one_is_smooth() {
    for m in [5.0, 42.0, 263.0, 299.9, 300.1, 3792.0, 1e6] {
        assert!(
            (j_exact(m) / j_approximate(m) - 1.0).abs() < 0.06 / (m * m),
            "{m}"
        );
    }
    assert!((j_exact(300.0 - 1e-9) - j_exact(300.0 + 1e-9)).abs() < 1e-13);
    assert_eq!(j_exact(1.0), 0.0);
    assert_eq!(j_exact(f64::INFINITY), 1.0);
    // J(2) = Γ(1)/(√1·Γ(½)) = 1/√π.
    assert!((j_exact(2.0) - 1.0 / std::f64::consts::PI.sqrt()).abs() < 1e-15);
}

#[test]
fn groups_without_spread_or_pupils_are_refused_by_name() {
    let flat = two(&[3.0, 3.0], &[3.0, 3.0]).unwrap();
    assert_eq!(flat.hedges_g(0.95).unwrap_err().code, "no-variation");
    assert!(two(&[3.0], &[1.0, 2.0]).is_none());
    let one = Scores {
        n: 1.0,
        mean: 3.0,
        sd: 0.0,
    };
    let lone = TwoGroups {
        intervention: one,
        comparison: one,
    };
    assert_eq!(lone.cohens_d().unwrap_err().code, "too-few-pupils");
    assert_eq!(
        standardise("g", "", 1.0, None, None, 0.0, None)
            .unwrap_err()
            .code,
        "no-variation"
    );
}

#[test]
fn months_step_at_the_published_edges() {
    for (month, edge) in LOWER_EDGES.iter().enumerate().skip(1) {
        // An effect is rounded to hundredths first, so a month begins half a hundredth below its edge.
        assert_eq!(
            usize::from(Months::of(edge - 0.005).months.unsigned_abs()),
            month
        );
        assert_eq!(
            usize::from(Months::of(edge - 0.0051).months.unsigned_abs()),
            month - 1
        );
        assert_eq!(usize::from(Months::of(-edge).months.unsigned_abs()), month);
        assert!(Months::of(-edge).months < 0);
    }
    assert!(!Months::of(1.004).or_more && Months::of(1.005).or_more && Months::of(-2.0).or_more);
    assert_eq!(Months::of(-2.0).months, -12);
    let g = EffectSize {
        name: "hedges_g_total".into(),
        estimate: 0.24,
        standard_error: Some(0.1),
        interval: Some(Interval {
            level: 0.95,
            lower: -0.03,
            upper: 1.2,
        }),
        definition: String::new(),
    };
    let m = months(&g);
    assert_eq!((m.estimate, m.standard_error), (3.0, None));
    assert_eq!(
        m.interval,
        Some(Interval {
            level: 0.95,
            lower: -1.0,
            upper: 12.0
        })
    );
}

#[test]
fn superiority_counts_ties_as_half() {
    assert_eq!(
        probability_of_superiority(&[1.0, 2.0, 3.0], &[2.0]),
        Some(0.5)
    );
    assert_eq!(probability_of_superiority(&[5.0], &[1.0, 2.0]), Some(1.0));
    assert_eq!(probability_of_superiority(&[], &[1.0]), None);
    assert_eq!(probability_of_superiority(&[f64::NAN], &[1.0]), None);
}

#[test]
fn everybody_or_nobody_succeeding_still_has_an_interval() {
    let all = TwoByTwo {
        successes: 10,
        pupils: 10,
        comparison_successes: 0,
        comparison_pupils: 10,
    };
    let difference = all.risk_difference(0.95).unwrap();
    assert_eq!(difference.estimate, 1.0);
    let interval = difference.interval.unwrap();
    assert!(
        interval.lower > 0.5 && interval.upper <= 1.0,
        "{interval:?}"
    );
    assert!(
        all.odds_ratio(0.95)
            .unwrap()
            .definition
            .contains("half a pupil")
    );
    assert!(all.odds_ratio(0.95).unwrap().estimate.is_finite());
    // Both margins are 10 of 20: one table of C(20, 10) each way.
    assert!((all.fisher_exact().unwrap() - 2.0 / 184_756.0).abs() < 1e-15);
    let same = TwoByTwo {
        comparison_successes: 10,
        ..all
    };
    assert_eq!(same.pearson().unwrap_err().code, "no-variation");
    assert_eq!(same.number_needed(), None);
    assert_eq!(wilson(0, 0, 0.95).unwrap_err().code, "no-pupils");
    let wrong = TwoByTwo {
        successes: 11,
        ..all
    };
    assert_eq!(wrong.risk_difference(0.95).unwrap_err().code, "no-pupils");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_scores_give_finite_numbers_or_a_refusal(
        a in prop::collection::vec(-1e6..1e6_f64, 2..30),
        b in prop::collection::vec(-1e6..1e6_f64, 2..30),
        shrink in -12.0..6.0_f64,
    ) {
        let scale = 10_f64.powf(shrink);
        let scaled = |x: &[f64]| -> Vec<f64> { x.iter().map(|v| v * scale).collect() };
        let groups = two(&scaled(&a), &scaled(&b)).unwrap();
        let g = groups.hedges_g(0.95).unwrap();
        let i = g.interval.unwrap();
        prop_assert!(i.lower <= g.estimate && g.estimate <= i.upper, "{g:?}");
        // The scale of the scores does not matter.
        let plain = two(&a, &b).unwrap().hedges_g(0.95).unwrap();
        prop_assert!((plain.estimate - g.estimate).abs() <= 1e-9 * plain.estimate.abs().max(1e-3));
        // Swapping the groups turns the sign and the interval.
        let turned = two(&b, &a).unwrap().hedges_g(0.95).unwrap();
        let j = turned.interval.unwrap();
        prop_assert!((turned.estimate + plain.estimate).abs() < 1e-9);
        prop_assert!((j.lower + i.upper).abs() < 1e-6 && (j.upper + i.lower).abs() < 1e-6, "{i:?} {j:?}");
    }

    #[test]
    fn scores_that_hardly_vary_are_a_number_or_a_refusal(
        apart in prop::sample::select(vec![0.0, 1e-12, 1.0, 1e6]),
        spread in prop::sample::select(vec![0.0, 1e-300, 1e-12, 1e-3]),
    ) {
        let groups = two(&[apart, apart + spread, apart], &[0.0, spread, 0.0]).unwrap();
        if let Ok(g) = groups.hedges_g(0.95) {
            let i = g.interval.unwrap();
            for x in [g.estimate, g.standard_error.unwrap(), i.lower, i.upper] {
                prop_assert!(x.is_finite(), "{g:?}");
            }
        }
    }

    #[test]
    fn shares_stay_between_nobody_and_everybody(
        n1 in 1_u64..200, n0 in 1_u64..200, s1 in 0.0..=1.0_f64, s0 in 0.0..=1.0_f64,
    ) {
        let part = |n: u64, s: f64| (n as f64 * s).round() as u64;
        let table = TwoByTwo {
            successes: part(n1, s1), pupils: n1,
            comparison_successes: part(n0, s0), comparison_pupils: n0,
        };
        let difference = table.risk_difference(0.95).unwrap();
        let i = difference.interval.unwrap();
        prop_assert!(i.lower >= -1.0 - 1e-12 && i.upper <= 1.0 + 1e-12, "{i:?}");
        prop_assert!(i.lower <= difference.estimate && difference.estimate <= i.upper, "{i:?}");
        let odds = table.odds_ratio(0.95).unwrap();
        prop_assert!(odds.estimate.is_finite() && odds.interval.unwrap().upper.is_finite());
        let p = table.fisher_exact().unwrap();
        prop_assert!(p > 0.0 && p <= 1.0);
    }
}
