//! Results that depend on each other: several from one place, or several measures of the same pupils.

use difference_engine::pool::{
    Heterogeneity, Inference, Level, Pool, PoolQuestion, Predicting, RHO, Study, Unreported,
    Working, pool,
};
use proptest::prelude::*;
use rstest::rstest;

/// A result of a place, for a year group of its own.
fn result(place: &str, year: &str, effect: f64, variance: f64) -> Study {
    Study {
        label: format!("{place}, year {year}"),
        place: Some(place.to_owned()),
        within: Some(year.to_owned()),
        effect,
        variance,
        rung: Some(4),
        ..Study::default()
    }
}

/// Morning reading in six places, most of which tried it in more than one year group.
fn year_groups() -> Vec<Study> {
    vec![
        result("Gipsy Row", "3", 0.31, 0.021),
        result("Gipsy Row", "4", 0.36, 0.018),
        result("Gipsy Row", "5", 0.28, 0.025),
        result("Millgarth", "3", 0.21, 0.011),
        result("Millgarth", "4", 0.12, 0.014),
        result("Oakshaw", "4", -0.02, 0.009),
        result("Thornbeck", "3", 0.18, 0.030),
        result("Thornbeck", "4", 0.27, 0.016),
        result("Thornbeck", "5", 0.22, 0.019),
        result("Thornbeck", "6", 0.15, 0.022),
        result("Highmoor", "3", 0.41, 0.024),
        result("Highmoor", "6", 0.33, 0.013),
        result("Canal Row", "5", 0.05, 0.017),
    ]
}

fn robust() -> PoolQuestion {
    PoolQuestion {
        inference: Inference::Cr2,
        ..PoolQuestion::default()
    }
}

fn working(working: Working) -> PoolQuestion {
    PoolQuestion {
        working: Some(working),
        ..robust()
    }
}

fn near(ours: f64, theirs: f64, tolerance: f64) {
    let apart = (ours - theirs).abs() / theirs.abs();
    assert!(apart <= tolerance, "{ours:?} {theirs:?}: {apart:.1e} apart");
}

#[test]
fn a_place_with_four_year_groups_is_one_place_that_was_looked_at_four_times() {
    let all = year_groups();
    let said = pool(&all, &robust()).unwrap();
    let dependent = said.dependent.as_ref().unwrap();
    assert_eq!((said.k, dependent.places, dependent.rho), (13, 6, None));
    let levels: Vec<&str> = dependent.components.iter().map(|c| &*c.level).collect();
    assert_eq!(levels, ["between places", "within places"]);
    assert!(
        said.headline.contains("13 results from the six places"),
        "{}",
        said.headline
    );
    let average = said.primary().unwrap();
    assert_eq!(average.method, "reml, three levels, cr2");
    // No more degrees of freedom than places can give; as if all were independent there would be twelve.
    assert!(average.df.unwrap() <= 5.0, "{average:?}");
    let naive: Vec<Study> = all
        .iter()
        .map(|s| Study {
            within: None,
            ..s.clone()
        })
        .collect();
    let naive = pool(&naive, &PoolQuestion::default()).unwrap();
    let width = |pool: &Pool| {
        let interval = pool.primary().unwrap().interval.unwrap();
        interval.upper - interval.lower
    };
    assert!(width(&said) > 1.3 * width(&naive));
    // The next place is spoken of from five places on, however many results they have.
    assert!(
        said.paragraph.contains("most new places"),
        "{}",
        said.paragraph
    );
    let four: Vec<Study> = all
        .iter()
        .filter(|s| !["Highmoor", "Canal Row"].contains(&s.place.as_deref().unwrap()))
        .cloned()
        .collect();
    let four = pool(&four, &robust()).unwrap();
    assert_eq!((four.k, four.independent()), (10, 4));
    assert!(
        !four.paragraph.contains("most new places"),
        "{}",
        four.paragraph
    );
    let few = "Fewer than five places: too few to say what a new place would see.";
    assert!(
        four.warnings.iter().any(|w| w == few),
        "{:?}",
        four.warnings
    );
    // All the shares of variation add up, and every level has its limits.
    let together: f64 = dependent.components.iter().map(|c| c.i2).sum();
    near(together, said.i2, 1e-12);
    for component in &dependent.components {
        assert!(component.lower.unwrap() <= component.variance);
        assert!(component.upper.unwrap() > component.variance);
    }
    assert!(said.definitions[0].contains("three levels"));
    let again: Pool = serde_json::from_str(&serde_json::to_string(&said).unwrap()).unwrap();
    assert_eq!(again, said);
}

#[test]
fn a_result_copied_ten_times_hardly_moves_the_average_of_correlated_effects() {
    let asked = working(Working::Corr);
    let once = pool(&year_groups(), &asked).unwrap();
    let mut copied = year_groups();
    copied.extend((0..10).map(|i| result("Oakshaw", &format!("copy {i}"), -0.02, 0.009)));
    let ten = pool(&copied, &asked).unwrap();
    let average = |pool: &Pool| pool.primary().unwrap().estimate;
    assert!((average(&once) - average(&ten)).abs() < 0.01);
    let independent = |studies: &[Study]| {
        let alone: Vec<Study> = studies
            .iter()
            .map(|s| Study {
                within: None,
                ..s.clone()
            })
            .collect();
        average(&pool(&alone, &PoolQuestion::default()).unwrap())
    };
    assert!((independent(&year_groups()) - independent(&copied)).abs() > 0.05);
}

#[test]
fn with_one_result_a_place_only_the_interval_is_another() {
    let alone: Vec<Study> = year_groups()
        .into_iter()
        .map(|s| Study {
            place: None,
            within: None,
            ..s
        })
        .collect();
    let said = pool(&alone, &robust()).unwrap();
    let ordinary = pool(&alone, &PoolQuestion::default()).unwrap();
    near(said.tau2.estimate, ordinary.tau2.estimate, 1e-9);
    near(
        said.estimates[0].estimate,
        ordinary.estimates[0].estimate,
        1e-9,
    );
    assert_eq!(said.dependent.as_ref().unwrap().components.len(), 1);
    // τ² has the limits of its one level.
    assert!(said.tau2.lower.is_some() && said.tau2.upper.is_some());
    assert!(
        said.warnings
            .iter()
            .any(|w| w.contains("more than one result"))
    );

    // And where all are equally sure, it is the t-test of the results' mean.
    let equal: Vec<Study> = alone
        .into_iter()
        .map(|s| Study {
            variance: 0.02,
            ..s
        })
        .collect();
    let average = &pool(&equal, &robust()).unwrap().estimates[0];
    let (n, mean) = (13.0, equal.iter().map(|s| s.effect).sum::<f64>() / 13.0);
    let squares: f64 = equal.iter().map(|s| (s.effect - mean).powi(2)).sum();
    near(average.estimate, mean, 1e-12);
    near(
        average.standard_error.unwrap(),
        (squares / (n - 1.0) / n).sqrt(),
        1e-12,
    );
    near(average.df.unwrap(), n - 1.0, 1e-9);
}

#[test]
fn what_was_taken_for_granted_about_correlation_is_shown_to_hardly_matter() {
    for kind in [Working::Corr, Working::Che] {
        let said = pool(&year_groups(), &working(kind)).unwrap();
        let dependent = said.dependent.as_ref().unwrap();
        assert_eq!(dependent.rho, Some(RHO));
        let rhos: Vec<f64> = dependent.by_rho.iter().map(|row| row.rho).collect();
        assert_eq!(rhos.first(), Some(&0.0));
        // With every error the same, results of one place could not differ by chance at all.
        assert_eq!(
            rhos.last(),
            Some(if kind == Working::Corr { &1.0 } else { &0.8 })
        );
        let average = said.primary().unwrap();
        for row in &dependent.by_rho {
            assert!((row.estimate - average.estimate).abs() < 0.02, "{row:?}");
            assert!(row.lower < average.estimate && average.estimate < row.upper);
        }
        let own = dependent.by_rho.iter().find(|row| row.rho == RHO).unwrap();
        assert_eq!(own.estimate, average.estimate);
        assert_eq!(Some(own.df), average.df);
    }
}

#[rstest]
#[case::floor(PoolQuestion { inference: Inference::HksjFloor, ..robust() }, "inference-not-for-dependent-results")]
#[case::no_floor(PoolQuestion { inference: Inference::Hksj, ..robust() }, "inference-not-for-dependent-results")]
#[case::wald_by_moments(PoolQuestion { inference: Inference::Wald, ..working(Working::Corr) }, "inference-not-for-dependent-results")]
#[case::one_variance(PoolQuestion { method: Heterogeneity::Dl, ..robust() }, "method-not-for-dependent-results")]
#[case::none(PoolQuestion { method: Heterogeneity::Equal, ..robust() }, "method-not-for-dependent-results")]
#[case::likelihood_by_moments(PoolQuestion { method: Heterogeneity::Ml, ..working(Working::Hier) }, "method-not-for-dependent-results")]
#[case::calibrated(PoolQuestion { predicting: Predicting::Calibrated, ..robust() }, "prediction-not-for-dependent-results")]
#[case::unreported(PoolQuestion { unreported: vec![Unreported::default()], ..robust() }, "unreported-not-for-dependent-results")]
#[case::beyond(PoolQuestion { rho: Some(1.1), ..working(Working::Corr) }, "rho-out-of-range")]
#[case::below(PoolQuestion { rho: Some(-0.1), ..working(Working::Che) }, "rho-out-of-range")]
#[case::all_the_same(PoolQuestion { rho: Some(1.0), ..working(Working::Che) }, "rho-out-of-range")]
#[case::no_number(PoolQuestion { rho: Some(f64::NAN), ..working(Working::Che) }, "rho-out-of-range")]
#[case::nowhere(PoolQuestion { rho: Some(0.5), ..robust() }, "rho-without-its-model")]
fn what_is_not_offered_is_refused_by_name(#[case] question: PoolQuestion, #[case] code: &str) {
    let refusal = pool(&year_groups(), &question).unwrap_err();
    assert_eq!(refusal.code, code, "{}", refusal.says);
    assert!(!refusal.cure.is_empty());
}

#[rstest]
#[case::three_levels(robust())]
#[case::corr(working(Working::Corr))]
#[case::hier(working(Working::Hier))]
#[case::che(working(Working::Che))]
fn one_place_alone_and_equal_effects_say_nothing(#[case] question: PoolQuestion) {
    let code = |studies: &[Study]| pool(studies, &question).unwrap_err().code;
    let all = year_groups();
    assert_eq!(code(&all[..1]), "too-few-clusters");
    assert_eq!(code(&all[..3]), "too-few-clusters");
    let equal: Vec<Study> = all
        .iter()
        .map(|s| Study {
            effect: 0.2,
            ..s.clone()
        })
        .collect();
    assert_eq!(code(&equal), "no-variation");
    let mut far = all.clone();
    far[0].variance = 0.0;
    assert_eq!(code(&far), "variance-zero");

    // Moderators: more than places can tell apart, one that repeats another.
    let with = |values: &[fn(usize) -> f64]| -> (Vec<Study>, PoolQuestion) {
        let studies = all.iter().enumerate().map(|(row, study)| Study {
            moderators: values.iter().map(|f| Some(Level::Number(f(row)))).collect(),
            ..study.clone()
        });
        let names = (0..values.len()).map(|i| format!("moderator {i}"));
        let asked = PoolQuestion {
            moderators: names.collect(),
            ..question.clone()
        };
        (studies.collect(), asked)
    };
    let refused =
        |(studies, asked): (Vec<Study>, PoolQuestion)| pool(&studies, &asked).unwrap_err().code;
    let row = |row: usize| f64::from(u32::try_from(row).unwrap());
    assert_eq!(refused(with(&[row, row])), "moderators-collinear");
    let many: [fn(usize) -> f64; 6] = [
        |r| f64::from(u32::try_from(r % 2).unwrap()),
        |r| f64::from(u32::try_from(r % 3).unwrap()),
        |r| f64::from(u32::try_from(r % 5).unwrap()),
        |r| f64::from(u32::try_from(r % 7).unwrap()),
        |r| f64::from(u32::try_from(r * r % 11).unwrap()),
        |r| f64::from(u32::try_from(r * r % 5).unwrap()),
    ];
    assert_eq!(refused(with(&many)), "too-many-moderators");
}

#[test]
fn hierarchical_effects_of_places_with_one_result_each_cannot_be_told_apart() {
    let alone: Vec<Study> = year_groups()
        .into_iter()
        .map(|s| Study { place: None, ..s })
        .collect();
    let refusal = pool(&alone, &working(Working::Hier)).unwrap_err();
    assert_eq!(refusal.code, "levels-not-told-apart");
    // Correlated effects need no second level.
    assert!(pool(&alone, &working(Working::Corr)).is_ok());
}

/// Worked out for this test with robumeta 2.0, metafor 3.8-1 and clubSandwich 0.5.8 on the rows of
/// `reference/data/dropout_prevention.csv`.
mod with_moderators {
    use super::*;
    use crate::reference::Table;

    fn dropout(names: &[&str]) -> (Vec<Study>, Vec<String>) {
        let t = Table::read("dropout_prevention.csv");
        let (effects, variances) = (t.numbers("LOR1"), t.numbers("varLOR"));
        let level = |word: &String| {
            Some(
                word.parse()
                    .map_or_else(|_| Level::Word(word.clone()), Level::Number),
            )
        };
        let studies = effects.iter().zip(&variances).enumerate();
        let studies = studies.map(|(row, (effect, variance))| Study {
            label: format!("result {row}"),
            place: Some(t.words("studyID")[row].clone()),
            within: Some(t.words("studySample")[row].clone()),
            effect: *effect,
            variance: *variance,
            moderators: names.iter().map(|n| level(&t.words(n)[row])).collect(),
            ..Study::default()
        });
        (
            studies.collect(),
            names.iter().map(|n| (*n).to_owned()).collect(),
        )
    }

    #[test]
    fn hierarchical_effects_as_robumeta_has_them() {
        let (studies, moderators) = dropout(&["study_design", "male_pct", "average_age"]);
        let asked = PoolQuestion {
            moderators,
            ..working(Working::Hier)
        };
        let fit = pool(&studies, &asked).unwrap().meta_regression.unwrap();
        near(fit.tau2, 0.462_533_502_646_727, 1e-9);
        let theirs = [
            (
                0.401_652_472_821_549,
                0.310_121_586_176_9,
                6.163_378_966_373_79,
            ),
            (
                0.193_119_574_647_289,
                0.206_497_294_549_954,
                27.149_181_065_083,
            ),
            (
                -0.253_034_292_116_263,
                0.137_794_751_566_408,
                24.373_719_698_398_5,
            ),
            (
                0.061_470_141_995_697_3,
                0.202_680_560_567_708,
                18.184_859_501_665_9,
            ),
            (
                0.010_357_905_981_637_8,
                0.018_031_148_755_639,
                4.158_630_077_320_36,
            ),
        ];
        assert_eq!(fit.coefficients.len(), theirs.len());
        for (ours, (b, se, df)) in fit.coefficients.iter().zip(theirs) {
            near(ours.estimate, b, 1e-9);
            near(ours.standard_error.unwrap(), se, 1e-9);
            near(ours.df.unwrap(), df, 1e-9);
        }
    }

    #[test]
    fn several_at_once_by_hotelling_as_club_sandwich_has_it() {
        let (studies, moderators) = dropout(&["study_design", "male_pct", "average_age"]);
        let asked = PoolQuestion {
            moderators,
            ..working(Working::Corr)
        };
        let fit = pool(&studies, &asked).unwrap().meta_regression.unwrap();
        near(fit.test.statistic, 0.221_404_948_546_672, 1e-9);
        near(fit.test.residual_df.unwrap(), 47.056_657_999_634_3, 1e-9);
        near(fit.test.p_value, 0.925_160_959_606_484, 1e-9);
    }

    #[test]
    fn both_at_once_as_metafor_has_them() {
        let (studies, moderators) = dropout(&["study_design", "male_pct"]);
        let asked = PoolQuestion {
            moderators,
            rho: Some(0.6),
            ..working(Working::Che)
        };
        let fit = pool(&studies, &asked).unwrap().meta_regression.unwrap();
        let theirs = [
            (
                0.461_457_672_961_348,
                0.162_677_677_049_502,
                36.404_511_106_062_9,
            ),
            (
                0.283_697_533_479_604,
                0.220_773_566_443_372,
                60.258_972_360_194_7,
            ),
            (
                -0.052_706_154_391_351_7,
                0.142_344_611_120_849,
                61.142_112_332_327,
            ),
            (
                0.035_374_194_562_395_3,
                0.229_612_691_288_976,
                11.200_054_631_597,
            ),
        ];
        for (ours, (b, se, df)) in fit.coefficients.iter().zip(theirs) {
            near(ours.estimate, b, 1e-5);
            near(ours.standard_error.unwrap(), se, 1e-5);
            near(ours.df.unwrap(), df, 1e-5);
        }
        near(fit.tau2, 0.167_413_639_655_68 + 0.269_447_592_838_597, 1e-5);
        near(fit.test.statistic, 1.308_438_712_131_06, 1e-5);
        near(fit.test.residual_df.unwrap(), 36.977_606_479_276_6, 1e-5);
        near(fit.test.p_value, 0.286_210_004_501_943, 1e-5);
    }
}

prop_compose! {
    fn any_result()(
        place in 0..5_u8,
        within in prop::option::of(0..3_u8),
        y in -1.0..1.0_f64,
        log_v in -4.0..1.0_f64,
        kind in 0..8_u8,
        moderator in prop::option::weighted(0.9, -2.0..2.0_f64),
    ) -> Study {
        let (effect, variance) = match kind {
            0 => (y, 10_f64.powf(6.0 * log_v)),
            1 => (y * 1e6, 10_f64.powf(log_v + 6.0)),
            2 => (0.0, 0.01),
            _ => (y / 10.0, 0.02),
        };
        Study {
            label: format!("{place}"),
            within: within.map(|w| w.to_string()),
            effect,
            variance,
            rung: Some(1 + place % 4),
            moderators: vec![moderator.map(Level::Number)],
            ..Study::default()
        }
    }
}

prop_compose! {
    fn any_dependent_question()(
        working in prop::option::of(prop::sample::select(vec![Working::Corr, Working::Hier, Working::Che])),
        rho in prop::option::weighted(0.3, 0.0..1.0_f64),
        ml in any::<bool>(),
        wald in prop::bool::weighted(0.2),
        moderator in any::<bool>(),
        worth in any::<bool>(),
    ) -> PoolQuestion {
        PoolQuestion {
            method: if ml && !matches!(working, Some(Working::Corr | Working::Hier)) { Heterogeneity::Ml } else { Heterogeneity::Reml },
            inference: if wald { Inference::Wald } else { Inference::Cr2 },
            rho: rho.filter(|_| matches!(working, Some(Working::Corr | Working::Che))),
            working,
            moderators: if moderator { vec!["dose".to_owned()] } else { Vec::new() },
            worthwhile: worth.then_some(0.1),
            small_study: true,
            ..PoolQuestion::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn dependent_results_in_any_order_give_the_same_pool(
        studies in prop::collection::vec(any_result(), 1..14),
        question in any_dependent_question(),
        turn in 0..14_usize,
    ) {
        let mut other = studies.clone();
        other.rotate_left(turn % studies.len());
        other.reverse();
        match (pool(&studies, &question), pool(&other, &question)) {
            (Ok(a), Ok(b)) => {
                prop_assert_eq!(a.estimates, b.estimates);
                prop_assert_eq!((a.tau2, a.i2, a.q), (b.tau2, b.i2, b.q));
                prop_assert_eq!((a.prediction, a.headline, a.paragraph), (b.prediction, b.headline, b.paragraph));
                let fits = |p: Option<difference_engine::pool::MetaRegression>| p.map(|m| (m.coefficients, m.test));
                prop_assert_eq!(fits(a.meta_regression), fits(b.meta_regression));
            }
            (Err(a), Err(b)) => prop_assert_eq!(a.code, b.code),
            _ => prop_assert!(false, "answered in one order only"),
        }
    }

    #[test]
    fn every_figure_of_dependent_results_is_finite(
        studies in prop::collection::vec(any_result(), 1..14),
        question in any_dependent_question(),
    ) {
        if let Ok(pool) = pool(&studies, &question) {
            let json = serde_json::to_string(&pool).unwrap();
            prop_assert_eq!(serde_json::from_str::<Pool>(&json).unwrap(), pool.clone());
            prop_assert!(pool.headline.contains(&pool.highlight));
            let weights: f64 = pool.studies.iter().map(|s| s.weight).sum();
            prop_assert!((weights - 100.0).abs() < 1e-6, "{}", weights);
            for component in pool.dependent.iter().flat_map(|d| &d.components) {
                prop_assert!(component.variance >= 0.0);
                prop_assert!(component.lower.is_none_or(|l| l <= component.variance * (1.0 + 1e-9)));
                prop_assert!(component.upper.is_none_or(|u| u >= component.variance));
            }
        }
    }
}
