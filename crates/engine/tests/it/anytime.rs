//! Looking as often as one likes: whatever joins, in whatever order, a right answer or a named refusal.

use difference_engine::anytime::{
    LikelihoodRatio, Mixture, Sequence, Sums, Verdict, evidence, limits,
};
use difference_engine::multiplicity::{Adjustment, adjusted};
use difference_engine::normal_posterior::{Normal, bayes_factor_for_zero, posterior};
use difference_engine::rubins_rules::{Imputed, combined};
use difference_engine::unmeasured_confounding::needed;
use proptest::collection::vec;
use proptest::prelude::*;

#[test]
fn a_school_that_sees_nothing_takes_evidence_away_and_the_verdict_stays() {
    let mut sequence = Sequence::new(0.2, 0.05).unwrap();
    sequence.join(0.5, 0.01).unwrap();
    let high = sequence.look();
    assert!(high.e_value >= 20.0);
    sequence.join(-0.5, 0.01).unwrap();
    let low = sequence.look();
    assert!(low.e_value < 1.0);
    assert_eq!(low.anytime_p, high.anytime_p);
    assert_eq!(sequence.verdict(), Verdict::Happening);
}

#[test]
fn nobody_is_told_of_a_verdict_that_was_only_rounded_to() {
    assert_eq!(evidence(19.99), "19.9");
    assert_eq!(Verdict::of(19.99_f64.ln(), 0.05), Verdict::NotYet);
    assert_eq!(Verdict::of(20.01_f64.ln(), 0.05), Verdict::Happening);
    assert_eq!(evidence(0.29), "0.29");
    assert_eq!(evidence(99.99), "99.9");
    assert_eq!(evidence(2_272.5), "2,272");
    assert_eq!(evidence(f64::MAX), "over a million");
}

#[test]
fn what_cannot_be_added_is_refused_by_name() {
    let code = |effect, variance| Sums::default().add(effect, variance).unwrap_err().code;
    assert_eq!(code(f64::NAN, 0.1), "effect-not-a-number");
    assert_eq!(code(f64::INFINITY, 0.1), "effect-not-a-number");
    assert_eq!(code(0.1, -0.1), "variance-not-a-number");
    assert_eq!(code(0.1, f64::NAN), "variance-not-a-number");
    assert_eq!(code(0.1, 0.0), "variance-zero");
    assert_eq!(code(0.1, f64::MIN_POSITIVE), "variance-zero");
    for sd in [0.0, -0.2, f64::NAN, f64::INFINITY, 1e-200] {
        assert_eq!(Mixture::new(sd).unwrap_err().code, "prior-sd");
    }
    for alpha in [0.0, 1.0, -0.1, f64::NAN] {
        assert_eq!(Sequence::new(0.2, alpha).unwrap_err().code, "alpha");
    }
    assert_eq!(LikelihoodRatio::new(0.0).unwrap_err().code, "effect-zero");
}

#[test]
fn a_ratio_below_one_needs_as_much_as_the_same_ratio_turned_over() {
    let (double, half) = (
        needed(2.0, Some((1.0, 4.0))),
        needed(0.5, Some((0.25, 1.0))),
    );
    assert_eq!(double.unwrap(), half.unwrap());
    assert_eq!(needed(1.0, None).unwrap().estimate, 1.0);
    assert_eq!(needed(1.8, Some((2.0, 3.0))).unwrap_err().code, "interval");
    assert_eq!(needed(-1.0, None).unwrap_err().code, "risk-ratio");
}

#[test]
fn imputations_that_agree_are_as_sure_as_complete_data() {
    let same = [Imputed {
        estimate: 0.2,
        variance: 0.01,
    }; 5];
    let all = combined(&same, Some(196.0)).unwrap();
    assert_eq!((all.between, all.increase), (0.0, 0.0));
    // Barnard and Rubin: (ν + 1)/(ν + 3) ν.
    assert!((all.df.unwrap() - 197.0 / 199.0 * 196.0).abs() < 1e-9);
    assert_eq!(combined(&same, None).unwrap().df, None);
    assert_eq!(
        combined(&same[..1], None).unwrap_err().code,
        "too-few-imputations"
    );
}

/// Numbers as files hold them, and as none should.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -3.0..3.0_f64,
        2 => Just(0.2),
        1 => any::<f64>(),
        1 => prop_oneof![Just(0.0), Just(-0.0), Just(f64::NAN), Just(f64::INFINITY), Just(1e30), Just(-1e30), Just(1e-300)],
    ]
}

fn variance() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => 0.001..1.0_f64,
        2 => Just(0.04),
        1 => any::<f64>(),
        1 => prop_oneof![Just(0.0), Just(-0.01), Just(1e-60), Just(1e60), Just(f64::NAN), Just(f64::MIN_POSITIVE)],
    ]
}

fn sane(look: &difference_engine::anytime::Look) -> bool {
    let optional = [look.estimate, look.lower, look.upper];
    let finite = [
        look.information,
        look.e_value,
        look.log_e_value,
        look.anytime_p,
    ];
    let ordered = match (look.lower, look.estimate, look.upper) {
        (Some(lower), Some(estimate), Some(upper)) => lower <= estimate && estimate <= upper,
        (None, None, None) => look.information == 0.0,
        _ => false,
    };
    ordered
        && finite.iter().all(|x| x.is_finite())
        && optional.iter().flatten().all(|x| x.is_finite())
        && look.e_value >= 0.0
        && (0.0..=1.0).contains(&look.anytime_p)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_results_give_finite_looks_or_a_named_refusal(
        results in vec((number(), variance()), 0..30), sd in prop_oneof![4 => Just(0.2), 1 => number()]
    ) {
        let Ok(mut sequence) = Sequence::new(sd, 0.05) else {
            prop_assert!(!(1e-15..=1e15).contains(&sd));
            return Ok(());
        };
        prop_assert!(sane(&sequence.look()));
        let mut largest = 0.0_f64;
        for (effect, variance) in results {
            let fit = effect.abs() <= 1e30 && (1e-60..=1e60).contains(&variance);
            prop_assert_eq!(sequence.join(effect, variance).is_ok(), fit);
            let look = sequence.look();
            prop_assert!(sane(&look), "{look:?}");
            largest = largest.max(look.log_e_value);
            prop_assert_eq!(look.anytime_p, (-largest).exp());
            prop_assert!(!evidence(look.e_value).contains("NaN"));
        }
    }

    /// The interval holds exactly the effects around which the e-value is below 1/α.
    #[test]
    fn the_interval_and_the_e_value_say_the_same(
        results in vec((-2.0..2.0_f64, 0.001..1.0_f64), 1..20), sd in 0.05..2.0_f64, alpha in 0.01..0.5_f64
    ) {
        let mixture = Mixture::new(sd).unwrap();
        let around = |theta: f64| {
            let mut sums = Sums::default();
            for (effect, variance) in &results {
                sums.add(effect - theta, *variance).unwrap();
            }
            (mixture.log_e_value(&sums), limits(&sums, &mixture, alpha).unwrap())
        };
        let (_, (lower, upper)) = around(0.0);
        for edge in [lower, upper] {
            prop_assert!((around(edge).0 + alpha.ln()).abs() < 1e-6);
        }
        prop_assert!(around(0.5 * (lower + upper)).0 < -alpha.ln());
    }

    #[test]
    fn the_order_of_joining_changes_no_last_look(results in vec((-2.0..2.0_f64, 0.001..1.0_f64), 1..20)) {
        let last = |results: &mut dyn Iterator<Item = &(f64, f64)>| {
            let mut sequence = Sequence::new(0.2, 0.05).unwrap();
            for (effect, variance) in results {
                sequence.join(*effect, *variance).unwrap();
            }
            sequence.look().log_e_value
        };
        let (forth, back) = (last(&mut results.iter()), last(&mut results.iter().rev()));
        prop_assert!((forth - back).abs() <= 1e-9 * (1.0 + forth.abs()));
    }

    #[test]
    fn adjusted_p_values_keep_their_order_and_never_fall(p in vec(0.0..=1.0_f64, 0..30), which in 0..5_usize) {
        let how = [
            Adjustment::Bonferroni,
            Adjustment::Holm,
            Adjustment::Hochberg,
            Adjustment::BenjaminiHochberg,
            Adjustment::BenjaminiYekutieli,
        ][which];
        let raised = adjusted(&p, how).unwrap();
        prop_assert_eq!(raised.len(), p.len());
        for (own, up) in p.iter().zip(&raised) {
            // m/m × p may lose the last digit.
            prop_assert!(*up >= own * (1.0 - 1e-12) && *up <= 1.0);
            for (other, also) in p.iter().zip(&raised) {
                prop_assert!(own > other || up <= also);
            }
        }
    }

    #[test]
    fn imputations_are_combined_or_refused(
        imputed in vec((number(), variance()), 0..8), df in prop::option::of(prop_oneof![3 => 1.0..500.0_f64, 1 => number()])
    ) {
        let all: Vec<Imputed> = imputed.iter().map(|(estimate, variance)| Imputed { estimate: *estimate, variance: *variance }).collect();
        match combined(&all, df) {
            Ok(one) => {
                let numbers = [one.estimate, one.within, one.between, one.total, one.increase, one.fraction_missing];
                prop_assert!(numbers.iter().all(|x| x.is_finite()), "{one:?}");
                prop_assert!(one.total >= one.within && one.between >= 0.0);
                prop_assert!(one.df.is_none_or(|d| d > 0.0 && df.is_none_or(|all| d <= all)), "{one:?}");
                if let Ok(interval) = one.interval(0.95) {
                    prop_assert!(interval.lower.is_finite() && interval.upper.is_finite());
                    prop_assert!(interval.lower <= one.estimate && one.estimate <= interval.upper);
                }
            }
            Err(refusal) => prop_assert!(!refusal.code.is_empty() && !refusal.cure.is_empty()),
        }
    }

    #[test]
    fn what_is_unmeasured_needs_to_be_at_least_as_strong(ratio in prop_oneof![0.01..100.0_f64, any::<f64>()], wider in 1.0..5.0_f64) {
        if let Ok(answer) = needed(ratio, Some((ratio / wider, ratio * wider))) {
            let limit = answer.limit.unwrap();
            prop_assert!(answer.estimate.is_finite() && limit.is_finite());
            prop_assert!(1.0 <= limit && limit <= answer.estimate * (1.0 + 1e-12));
        } else {
            prop_assert!(!(1e-149..=1e149).contains(&ratio));
        }
    }

    #[test]
    fn a_posterior_lies_between_and_is_surer(m in number(), t in variance(), y in number(), s in variance()) {
        let (prior, estimate) = (Normal { mean: m, sd: t }, Normal { mean: y, sd: s });
        if let Ok(after) = posterior(prior, estimate) {
            let slack = 1e-12 * (m.abs() + y.abs());
            prop_assert!(after.mean >= m.min(y) - slack && after.mean <= m.max(y) + slack);
            prop_assert!(after.sd > 0.0 && after.sd <= t.min(s));
            prop_assert!((0.0..=1.0).contains(&after.chance_above(0.0).unwrap()));
        }
        if let Ok(factor) = bayes_factor_for_zero(prior, estimate) {
            prop_assert!(factor.is_finite() && factor >= 0.0);
        }
    }
}
