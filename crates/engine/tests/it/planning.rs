//! What a trial could see, in numbers and in the wizard's sentence.

use difference_engine::distributions::{normal_cdf, normal_quantile};
use difference_engine::power::{
    Earlier, PowerQuestion, assurance, detectable, learn, needed, sharpness, sizing,
    two_sided_power,
};
use difference_engine::question::Design;
use proptest::prelude::*;

/// Gate greeters: minutes late a week, 120 pupils, 1 minute worth having.
fn greeters() -> PowerQuestion {
    PowerQuestion {
        pupils: Some(120.0),
        sd: Some(4.3),
        unit: "minutes".into(),
        effect: Some(1.0 / 4.3),
        ..PowerQuestion::default()
    }
}

#[test]
fn the_wizard_says_what_could_be_noticed_and_how_many_it_takes() {
    let answer = sizing(&greeters()).unwrap();
    assert_eq!(
        answer.headline,
        "With 120 pupils you would probably (8 times in 10) notice a difference of 2.2 minutes or more. \
         To notice 1 minute you would need about 584 pupils."
    );
    let table: Vec<(u64, String)> = answer
        .table
        .iter()
        .map(|p| (p.pupils, format!("{:.1}", p.unit.unwrap())))
        .collect();
    let expected = [
        (60, "3.2"),
        (120, "2.2"),
        (240, "1.6"),
        (480, "1.1"),
        (584, "1.0"),
    ];
    assert_eq!(table, expected.map(|(n, s)| (n, s.to_owned())));
    assert!(answer.assumed.is_empty(), "{:?}", answer.assumed);
    assert!(answer.power < 0.5);
}

#[test]
fn what_was_not_given_is_listed_with_where_it_comes_from() {
    let answer = sizing(&PowerQuestion {
        design: Design::Cluster,
        clusters: Some(28.0),
        covariates: 1.0,
        attainment: true,
        effect: Some(0.2),
        ..PowerQuestion::default()
    })
    .unwrap();
    let names: Vec<&str> = answer.assumed.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(answer.assumed.iter().all(|a| !a.because.is_empty()));
    assert!(
        answer
            .headline
            .starts_with("With 700 pupils in 28 classes or schools you would probably"),
        "{}",
        answer.headline
    );
    assert!(answer.headline.contains("months"), "{}", answer.headline);
    assert_eq!(answer.table[1].clusters, 28);
    let needed = answer.needed.unwrap();
    assert_eq!(needed.pupils, 25 * needed.clusters);
}

#[test]
fn given_values_are_used_and_not_listed() {
    let question = PowerQuestion {
        design: Design::BlockedCluster,
        clusters: Some(38.0),
        blocks: Some(19.0),
        cluster_size: Some(100.0),
        size_cv: Some(0.6),
        icc: Some(0.16),
        ..PowerQuestion::default()
    };
    let answer = sizing(&question).unwrap();
    assert!(answer.assumed.is_empty(), "{:?}", answer.assumed);
    // 38 clusters less 19 pairs less the treatment: as a paired t test of 19 pairs.
    assert_eq!(sharpness(&question).unwrap().df, 18.0);
}

#[test]
fn too_few_to_see_anything_is_said_and_cured() {
    for (code, question) in [
        (
            "size-not-possible",
            PowerQuestion {
                pupils: Some(2.0),
                ..PowerQuestion::default()
            },
        ),
        (
            "size-not-possible",
            PowerQuestion {
                design: Design::Cluster,
                clusters: Some(2.0),
                ..PowerQuestion::default()
            },
        ),
        (
            "size-missing",
            PowerQuestion {
                pupils: None,
                ..PowerQuestion::default()
            },
        ),
        (
            "size-out-of-range",
            PowerQuestion {
                pupils: Some(-5.0),
                ..PowerQuestion::default()
            },
        ),
        (
            "size-out-of-range",
            PowerQuestion {
                pupils: Some(f64::NAN),
                ..PowerQuestion::default()
            },
        ),
        (
            "size-out-of-range",
            PowerQuestion {
                effect: Some(0.0),
                ..greeters()
            },
        ),
        (
            "size-out-of-range",
            PowerQuestion {
                effect: Some(f64::INFINITY),
                ..greeters()
            },
        ),
        (
            "share-out-of-range",
            PowerQuestion {
                power: 80.0,
                ..greeters()
            },
        ),
        (
            "share-out-of-range",
            PowerQuestion {
                share_treated: 1.0,
                ..greeters()
            },
        ),
        (
            "share-out-of-range",
            PowerQuestion {
                icc: Some(1.5),
                design: Design::Cluster,
                clusters: Some(20.0),
                ..PowerQuestion::default()
            },
        ),
    ] {
        let refusal = sizing(&question).unwrap_err();
        assert_eq!(refusal.code, code, "{question:?}");
        assert!(!refusal.cure.is_empty());
    }
}

/// Two classes of 28, a score from before, months of attainment.
fn two_classes() -> PowerQuestion {
    PowerQuestion {
        design: Design::BlockedIndividual,
        pupils: Some(56.0),
        blocks: Some(2.0),
        covariates: 1.0,
        attainment: true,
        ..PowerQuestion::default()
    }
}

#[test]
fn the_class_next_door_is_worth_knowing_about() {
    let answer = sizing(&two_classes()).unwrap();
    assert_eq!(
        answer.headline,
        "With 56 pupils in 2 classes or schools you would probably (8 times in 10) notice a difference of 7 months or more."
    );
    let says: Vec<&str> = answer.what_if.iter().map(|w| w.says.as_str()).collect();
    // As many classes again would make it 5 months too, so one more is all that is worth saying.
    assert_eq!(says, ["If one more class of 28 joins, 5 months."]);
    let joined = detectable(&PowerQuestion {
        pupils: Some(84.0),
        blocks: Some(3.0),
        ..two_classes()
    });
    assert_eq!(answer.what_if[0].then.detectable, joined.unwrap());
    assert!(answer.notes[0].contains("Kraft 2020"), "{:?}", answer.notes);
}

#[test]
fn whole_classes_see_less_and_it_says_what_would_help() {
    let answer = sizing(&PowerQuestion {
        design: Design::Cluster,
        clusters: Some(6.0),
        cluster_size: Some(28.0),
        ..PowerQuestion::default()
    })
    .unwrap();
    let changes: Vec<&str> = answer.what_if.iter().map(|w| w.change.as_str()).collect();
    assert_eq!(
        changes,
        [
            "two more classes or schools of 28 join",
            "as many classes or schools again join",
            "lots are drawn between pupils within each class or school instead",
            "you use a score from before as well"
        ]
    );
    assert!(answer.notes.iter().any(|n| n.contains("Under eight")));
    assert!(
        answer
            .what_if
            .iter()
            .all(|w| w.then.detectable < answer.detectable)
    );
}

#[test]
fn the_curve_falls_as_the_trial_grows_and_meets_what_it_takes() {
    let answer = sizing(&greeters()).unwrap();
    let curve = &answer.curve;
    assert!((20..60).contains(&curve.len()), "{}", curve.len());
    assert!(curve.windows(2).all(|w| w[0].pupils < w[1].pupils
        && w[0].detectable > w[1].detectable
        && w[0].power < w[1].power));
    assert!(curve.iter().any(|p| p.pupils == 120));
    // At the number that is needed the curve crosses 8 times in 10.
    let needed = answer.needed.unwrap().pupils;
    for p in curve {
        assert_eq!(p.power.unwrap() >= 0.8, p.pupils >= needed, "{p:?}");
    }
}

#[test]
fn earlier_results_go_before_published_defaults() {
    let trial = |icc: f64, clusters: f64| Earlier {
        pupils: 25.0 * clusters,
        clusters,
        icc: Some(icc),
        r2: Some(0.6),
        r2_cluster: Some(0.7),
    };
    let earlier = [trial(0.05, 10.0), trial(0.09, 12.0), trial(0.1, 20.0)];
    let question = PowerQuestion {
        design: Design::Cluster,
        clusters: Some(20.0),
        covariates: 1.0,
        learnt: Some(learn(&earlier, "this network")),
        ..PowerQuestion::default()
    };
    let answer = sizing(&question).unwrap();
    let icc = answer
        .assumed
        .iter()
        .find(|a| a.name.contains("lies between"))
        .unwrap();
    // Ten clusters weigh 9, twelve 11, twenty 19.
    assert!((icc.value - (0.05 * 9.0 + 0.09 * 11.0 + 0.1 * 19.0) / 39.0).abs() < 1e-12);
    assert_eq!(icc.because, "from the 3 trials of this network that tell");
    assert!(
        answer.detectable
            < detectable(&PowerQuestion {
                learnt: None,
                ..question
            })
            .unwrap()
    );

    // Too little to go by leaves the published default, whatever it says.
    for few in [&earlier[..2], &[trial(0.4, 3.0); 3]] {
        assert_eq!(learn(few, "this network").icc, None);
    }
    assert_eq!(
        learn(&[], "this network"),
        learn(&[trial(f64::NAN, f64::NAN); 9], "us")
    );
}

#[test]
fn being_unsure_of_the_difference_is_allowed_for() {
    let question = PowerQuestion {
        pupils: Some(1_000_000.0),
        effect: Some(0.004),
        effect_sd: Some(0.003),
        ..PowerQuestion::default()
    };
    // With so many pupils t is normal, and the chance has a closed form (O'Hagan, Stevens & Campbell 2005, eq. 4).
    let se = sharpness(&question).unwrap().standard_error;
    let z = normal_quantile(0.975).unwrap();
    let closed = normal_cdf((0.004 - z * se) / (0.003_f64.powi(2) + se * se).sqrt()).unwrap();
    let answer = sizing(&question).unwrap().assurance.unwrap();
    assert!((answer - closed).abs() < 1e-5, "{answer} against {closed}");

    // A share between classes that may be anything from little to much costs assurance here.
    let clusters = PowerQuestion {
        design: Design::Cluster,
        clusters: Some(40.0),
        cluster_size: Some(25.0),
        icc: Some(0.1),
        effect: Some(0.4),
        effect_sd: Some(0.0),
        ..PowerQuestion::default()
    };
    let sure = assurance(&clusters).unwrap();
    let unsure = assurance(&PowerQuestion {
        icc_sd: Some(0.08),
        ..clusters.clone()
    })
    .unwrap();
    assert!(unsure < sure, "{unsure} against {sure}");
    let impossible = assurance(&PowerQuestion {
        icc_sd: Some(0.9),
        ..clusters
    })
    .unwrap_err();
    assert_eq!(impossible.code, "share-out-of-range");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_number_that_is_needed_is_enough_and_two_fewer_are_not(
        effect in 0.1..1.2_f64,
        power in 0.6..0.95_f64,
    ) {
        let question = PowerQuestion { pupils: Some(100.0), power, ..PowerQuestion::default() };
        let n = needed(&question, effect).unwrap().unwrap().pupils as f64;
        let with = |n: f64| {
            let sharp = sharpness(&PowerQuestion { pupils: Some(n), ..question.clone() }).unwrap();
            two_sided_power(effect, sharp.standard_error, sharp.df, 0.05).unwrap()
        };
        prop_assert!(with(n) >= power - 1e-9);
        if n > 6.0 {
            prop_assert!(with(n - 2.0) < power);
        }
    }

    #[test]
    fn more_of_what_helps_sees_less_and_more_of_what_hurts_sees_more(
        clusters in 8.0..60.0_f64,
        size in 5.0..80.0_f64,
        icc in 0.01..0.4_f64,
        cv in 0.0..1.0_f64,
    ) {
        let question = PowerQuestion {
            design: Design::Cluster,
            clusters: Some(clusters),
            cluster_size: Some(size),
            icc: Some(icc),
            size_cv: Some(cv),
            ..PowerQuestion::default()
        };
        let here = detectable(&question).unwrap();
        let sharper = [
            PowerQuestion { clusters: Some(clusters + 2.0), ..question.clone() },
            PowerQuestion { cluster_size: Some(size + 5.0), ..question.clone() },
        ];
        for better in sharper {
            let there = detectable(&better).unwrap();
            prop_assert!(there < here, "{there} against {here}: {better:?}");
        }
        let blunter = [
            PowerQuestion { icc: Some(icc + 0.05), ..question.clone() },
            PowerQuestion { size_cv: Some(cv + 0.2), ..question.clone() },
            PowerQuestion { power: 0.9, ..question.clone() },
            PowerQuestion { share_treated: 0.3, ..question },
        ];
        for worse in blunter {
            let there = detectable(&worse).unwrap();
            prop_assert!(there > here, "{there} against {here}: {worse:?}");
        }
    }

    #[test]
    fn assurance_lies_between_never_and_the_chance_of_the_right_sign(
        pupils in 10.0..5_000.0_f64,
        mean in 0.02..0.8_f64,
        sd in 0.0..1.0_f64,
    ) {
        let question = PowerQuestion {
            pupils: Some(pupils),
            effect: Some(mean),
            effect_sd: Some(sd),
            ..PowerQuestion::default()
        };
        let chance = assurance(&question).unwrap();
        let right = if sd > 0.0 { normal_cdf(mean / sd).unwrap() } else { 1.0 };
        // Even where there is nothing, the test says so in this direction 1 time in 40.
        prop_assert!(chance > 0.0 && chance < right + 0.025 * (1.0 - right) + 1e-9, "{chance} {right}");
    }

    #[test]
    fn no_size_that_can_be_typed_gives_a_panic_or_a_number_that_is_none(
        design in prop::sample::select(vec![
            Design::Individual, Design::BlockedIndividual, Design::Cluster,
            Design::BlockedCluster, Design::Comparison, Design::BeforeAfter,
        ]),
        pupils in prop::option::of(-2.0..1e5_f64),
        clusters in prop::option::of(-2.0..500.0_f64),
        blocks in prop::option::of(-1.0..60.0_f64),
        icc in prop::option::of(-0.1..1.2_f64),
        shares in (0.0..1.1_f64, 0.0..1.1_f64, 0.0..1.1_f64),
        effect in prop::option::of(-0.1..1.0_f64),
        effect_sd in prop::option::of(0.0..0.5_f64),
        covariates in 0_u8..3,
    ) {
        let question = PowerQuestion {
            design, pupils, clusters, blocks, icc, effect, effect_sd,
            share_treated: shares.0,
            power: shares.1,
            r2: Some(shares.2),
            covariates: f64::from(covariates),
            attainment: true,
            ..PowerQuestion::default()
        };
        match sizing(&question) {
            Err(refusal) => prop_assert!(!refusal.cure.is_empty()),
            Ok(answer) => {
                let numbers = answer.curve.iter().chain(&answer.table)
                    .flat_map(|p| [Some(p.detectable), p.power])
                    .chain([Some(answer.detectable), answer.assurance, Some(answer.power)]);
                for x in numbers.flatten() {
                    prop_assert!(x.is_finite() && x >= 0.0, "{x}: {question:?}");
                }
                prop_assert!(!answer.headline.contains("unknown"), "{}", answer.headline);
            }
        }
    }
}
