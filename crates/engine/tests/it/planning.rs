//! What a trial could see, in numbers and in the wizard's sentence.

use difference_engine::power::{
    PowerQuestion, detectable, needed, sharpness, sizing, two_sided_power,
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
        .curve
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
    assert_eq!(answer.curve[1].clusters, 28);
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
    for question in [
        PowerQuestion {
            pupils: Some(2.0),
            ..PowerQuestion::default()
        },
        PowerQuestion {
            design: Design::Cluster,
            clusters: Some(2.0),
            ..PowerQuestion::default()
        },
        PowerQuestion {
            pupils: None,
            ..PowerQuestion::default()
        },
        PowerQuestion {
            pupils: Some(-5.0),
            ..PowerQuestion::default()
        },
        PowerQuestion {
            pupils: Some(f64::NAN),
            ..PowerQuestion::default()
        },
        PowerQuestion {
            power: 80.0,
            ..greeters()
        },
        PowerQuestion {
            icc: Some(1.5),
            design: Design::Cluster,
            clusters: Some(20.0),
            ..PowerQuestion::default()
        },
    ] {
        let refusal = sizing(&question).unwrap_err();
        assert_eq!(refusal.code, "size-not-possible", "{question:?}");
        assert!(!refusal.cure.is_empty());
    }
    let refusal = sizing(&PowerQuestion {
        effect: Some(0.0),
        ..greeters()
    })
    .unwrap_err();
    assert_eq!(refusal.code, "size-not-possible");
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
}
