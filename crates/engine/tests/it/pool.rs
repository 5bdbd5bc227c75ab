//! What several places' results say together.

use difference_engine::pool::{
    Heterogeneity, Inference, Pool, PoolQuestion, Predicting, Study, Tau2Limits, Unreported, pool,
};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The morning reading group, place by place: g, its standard error, pupils, rung.
fn morning_reading() -> Vec<Study> {
    [
        ("Gipsy Row Primary", "2024-03-15", 0.33, 0.20, 44, 3),
        ("Millgarth Primary", "2024-07-12", 0.22, 0.17, 66, 3),
        ("Oakshaw Infant School", "2024-12-13", -0.16, 0.12, 132, 4),
        (
            "St Hilda’s Catholic Primary",
            "2025-07-11",
            0.38,
            0.15,
            80,
            3,
        ),
        ("Armsworth Junior", "2025-12-12", 0.12, 0.11, 170, 4),
        ("Hunslow Green Primary", "2026-03-20", 0.29, 0.09, 212, 4),
        (
            "Roundwood Academy, Year 7",
            "2026-07-10",
            -0.01,
            0.14,
            92,
            3,
        ),
        ("Thornbeck Primary", "2026-11-20", 0.24, 0.107, 155, 4),
    ]
    .map(|(label, date, effect, se, pupils, rung)| Study {
        label: label.to_owned(),
        effect,
        variance: se * se,
        date: Some(date.to_owned()),
        rung: Some(rung),
        pupils: Some(pupils),
        ..Study::default()
    })
    .to_vec()
}

fn reading() -> PoolQuestion {
    PoolQuestion {
        attainment: true,
        outcome: Some("reading".to_owned()),
        ..PoolQuestion::default()
    }
}

fn with_rung(rung: u8) -> Vec<Study> {
    morning_reading()
        .into_iter()
        .map(|s| Study {
            rung: Some(rung),
            ..s
        })
        .collect()
}

fn times(factor: f64, studies: Vec<Study>) -> Vec<Study> {
    studies
        .into_iter()
        .map(|s| Study {
            effect: s.effect * factor,
            ..s
        })
        .collect()
}

fn pooled(studies: &[Study]) -> Pool {
    pool(studies, &reading()).unwrap()
}

fn refused(studies: &[Study], question: &PoolQuestion) -> String {
    pool(studies, question).unwrap_err().code
}

#[test]
fn eight_places_say_how_much_on_average_and_what_a_new_place_would_see() {
    let all = pooled(&with_rung(4));
    assert_eq!(
        all.headline,
        "Adds about 2 months’ progress in reading on average across the eight places that tried it, but it could be next to nothing."
    );
    assert_eq!(all.highlight, "about 2 months’ progress");
    assert_eq!(
        all.paragraph,
        "Six of eight places saw a gain, two did not. The average is 2 months (0 to 4), from 0.17 standard deviations (0.01 to 0.32). \
         On average it very likely helps, but it could be next to nothing. Results vary more than chance alone would explain; \
         most new places should expect between losing 2 months and gaining 6."
    );
}

#[test]
fn the_word_is_capped_by_the_rung_whatever_the_numbers() {
    let opening = |rung| {
        let headline = pooled(&with_rung(rung)).headline;
        headline.split(" about").next().unwrap().to_owned()
    };
    assert_eq!(opening(1), "May add");
    assert_eq!(opening(2), "May add");
    assert_eq!(opening(3), "Probably adds");
    assert_eq!(opening(4), "Adds");
    let unknown: Vec<Study> = with_rung(4)
        .into_iter()
        .map(|s| Study { rung: None, ..s })
        .collect();
    let unknown = pooled(&unknown);
    assert!(unknown.headline.starts_with("Probably adds"));
    assert_eq!(unknown.evidence, None);
    assert!(unknown.warnings.iter().any(|w| w.contains("is not known")));
}

#[test]
fn bad_news_is_said_like_good_news() {
    let worse = pooled(&times(-1.0, with_rung(4)));
    assert_eq!(
        worse.headline,
        "Sets pupils back about 2 months in reading on average across the eight places that tried it, but it could be next to nothing."
    );
    assert!(worse.paragraph.starts_with(
        "One of eight places saw a gain, seven did not. The average is −2 months (−4 to 0)"
    ));
    assert!(
        worse
            .paragraph
            .ends_with("most new places should expect between losing 6 months and gaining 2.")
    );
}

#[test]
fn next_to_nothing_is_said_only_when_more_is_ruled_out() {
    let small: Vec<Study> = times(0.02, with_rung(4))
        .into_iter()
        .map(|s| Study {
            variance: s.variance / 10.0,
            ..s
        })
        .collect();
    assert_eq!(
        pooled(&small).headline,
        "Makes little or no difference to reading on average across the eight places that tried it."
    );
    let wide = pooled(&times(0.02, with_rung(4)));
    assert_eq!(
        wide.headline,
        "Not enough to tell yet: on average across the eight places that tried it, anything between losing 2 months and gaining 2 fits what we saw."
    );
    assert_eq!(wide.highlight, "Not enough to tell yet");
}

#[test]
fn one_place_keeps_its_own_interval_and_predicts_nothing() {
    let one = pooled(&with_rung(4)[..1]);
    assert_eq!(
        one.headline,
        "One place so far: added about 4 months’ progress in reading, but it could be nothing."
    );
    let average = one.primary().unwrap();
    let interval = average.interval.unwrap();
    assert_eq!(average.estimate, 0.33);
    assert_eq!(average.df, None);
    assert!((interval.upper - (0.33 + 1.959_963_984_540_054 * 0.20)).abs() < 1e-9);
    assert_eq!(one.prediction, None);
    assert_eq!(one.tau2.lower, None);
    assert!(one.leave_one_out.is_empty());
    assert!(!one.paragraph.contains("new place"));
}

#[test]
fn what_new_places_would_see_is_said_from_five_on_and_never_as_nineteen_in_twenty() {
    for k in 1..=8 {
        let so_far = pooled(&morning_reading()[..k]);
        assert_eq!(so_far.paragraph.contains("most new places"), k >= 5, "{k}");
        assert_eq!(so_far.prediction.is_some(), k >= 3, "{k}");
        assert!(!so_far.paragraph.contains("19 in 20"));
    }
}

#[test]
fn where_lower_is_better_a_fall_is_an_improvement() {
    let question = PoolQuestion {
        outcome: Some("lateness".to_owned()),
        lower_is_better: true,
        worthwhile: Some(0.1),
        ..PoolQuestion::default()
    };
    let down = pool(&times(-1.0, with_rung(4)), &question).unwrap();
    assert_eq!(
        down.headline,
        "Lowers lateness by about 0.17 standard deviations on average across the eight places that tried it."
    );
    assert!(down.paragraph.starts_with(
        "Six of eight places saw an improvement, two did not. The average is −0.17 standard deviations (−0.32 to −0.01). \
         On average it very likely helps. It is probably more than the 0.1 standard deviations said to be worth having."
    ), "{}", down.paragraph);
}

#[test]
fn studies_of_a_literature_are_called_what_they_are() {
    let question = PoolQuestion {
        each: Some("study".to_owned()),
        unit: Some("points".to_owned()),
        ..PoolQuestion::default()
    };
    let said = pool(&times(10.0, with_rung(4)), &question).unwrap();
    assert!(
        said.headline
            .ends_with("about 1.8 points on average across the eight studies."),
        "{}",
        said.headline
    );
}

#[test]
fn two_trials_at_one_place_are_two_results_from_one_place() {
    let mut twice = with_rung(4);
    twice[1].place = Some("Gipsy Row Primary".to_owned());
    let said = pooled(&twice);
    assert!(
        said.headline
            .contains("across eight results from the seven places that tried it")
    );
    assert!(
        said.paragraph
            .starts_with("Six of eight results showed a gain")
    );
}

#[test]
fn strong_evidence_takes_three_good_trials_in_three_places_that_agree() {
    let rung = |studies: &[Study]| pooled(studies).evidence.unwrap().rung;
    // Alike: three rung-4 trials in three places.
    let alike: Vec<Study> = with_rung(4)
        .into_iter()
        .map(|s| Study { effect: 0.2, ..s })
        .collect();
    assert_eq!(rung(&alike[..3]), 5);
    assert_eq!(rung(&alike[..2]), 4);
    let one_place: Vec<Study> = alike
        .iter()
        .map(|s| Study {
            place: Some("Thornbeck Primary".to_owned()),
            ..s.clone()
        })
        .collect();
    assert_eq!(rung(&one_place), 4);
    // Far apart: I² above 50 % and a new place could fall on either side of nothing.
    let apart = with_rung(4);
    assert!(pooled(&apart).i2 > 50.0);
    assert_eq!(rung(&apart), 4);
    // The median trial decides otherwise, the lower of two in the middle.
    let mut mixed = alike[..4].to_vec();
    for (study, rung) in mixed.iter_mut().zip([1, 2, 3, 4]) {
        study.rung = Some(rung);
    }
    assert_eq!(rung(&mixed), 2);
}

#[test]
fn the_series_runs_in_the_order_of_time() {
    let mut shuffled = morning_reading();
    shuffled.reverse();
    shuffled.swap(1, 4);
    shuffled[2].date = None;
    let undated = shuffled[2].label.clone();
    let series = pooled(&shuffled).cumulative;
    let dates: Vec<&str> = series.iter().filter_map(|s| s.date.as_deref()).collect();
    assert!(dates.is_sorted());
    assert_eq!(series.last().unwrap().label, undated);
    assert_eq!(
        series.iter().map(|s| s.k).collect::<Vec<_>>(),
        (1..=8).collect::<Vec<_>>()
    );
}

#[test]
fn what_cannot_be_pooled_is_refused_by_name() {
    assert_eq!(refused(&[], &reading()), "no-studies");
    for (effect, variance, code) in [
        (f64::NAN, 0.01, "effect-not-a-number"),
        (f64::INFINITY, 0.01, "effect-not-a-number"),
        (0.2, f64::NAN, "variance-not-a-number"),
        (0.2, -0.01, "variance-not-a-number"),
        (0.2, 0.0, "variance-zero"),
        (0.2, 1e-300, "variance-zero"),
    ] {
        let mut studies = morning_reading();
        studies[3].effect = effect;
        studies[3].variance = variance;
        let refusal = pool(&studies, &reading()).unwrap_err();
        assert_eq!(refusal.code, code);
        assert!(
            refusal
                .says
                .contains("result 4 (St Hilda’s Catholic Primary)")
        );
        assert!(!refusal.cure.is_empty());
    }
}

#[test]
fn equal_effects_are_answered_with_care_and_refused_where_the_interval_has_no_width() {
    let equal: Vec<Study> = with_rung(4)
        .into_iter()
        .map(|s| Study { effect: 0.2, ..s })
        .collect();
    let said = pooled(&equal);
    assert_eq!(said.tau2.estimate, 0.0);
    assert!(said.warnings.iter().any(|w| w.contains("exactly equal")));
    let no_floor = PoolQuestion {
        inference: Inference::Hksj,
        ..reading()
    };
    assert_eq!(refused(&equal, &no_floor), "no-variation");
}

#[test]
fn a_result_listed_twice_is_pointed_out() {
    let mut twice = morning_reading();
    twice.push(twice[0].clone());
    assert!(
        pooled(&twice)
            .warnings
            .iter()
            .any(|w| w.starts_with("Gipsy Row Primary is listed more than once"))
    );
}

#[test]
fn a_pool_survives_json() {
    let said = pooled(&morning_reading());
    let json = serde_json::to_string(&said).unwrap();
    assert_eq!(serde_json::from_str::<Pool>(&json).unwrap(), said);
}

fn any_studies() -> impl Strategy<Value = Vec<Study>> {
    let study = (-3.0..3.0_f64, -12.0..6.0_f64, 0..4_u8).prop_map(|(y, log_v, kind)| {
        let (effect, variance) = match kind {
            0 => (y, 10_f64.powf(log_v)),
            1 => (y * 1e6, 10_f64.powf(log_v + 6.0)),
            2 => (0.0, 0.01),
            _ => (y / 10.0, 0.02),
        };
        Study {
            label: format!("{y:.3}"),
            effect,
            variance,
            rung: Some(kind + 1),
            ..Study::default()
        }
    });
    prop::collection::vec(study, 1..12)
}

const EVERY: [Heterogeneity; 9] = [
    Heterogeneity::Reml,
    Heterogeneity::Ml,
    Heterogeneity::Dl,
    Heterogeneity::Pm,
    Heterogeneity::Eb,
    Heterogeneity::Sj,
    Heterogeneity::He,
    Heterogeneity::Hs,
    Heterogeneity::Equal,
];

fn any_question() -> impl Strategy<Value = PoolQuestion> {
    (
        0..9_usize,
        0..3_u8,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        0..20_u8,
    )
        .prop_map(
            |(method, inference, attainment, lower_is_better, worth, rare)| PoolQuestion {
                small_study: true,
                predicting: if rare == 0 {
                    Predicting::Calibrated
                } else {
                    Predicting::Standard
                },
                tau2_limits: if rare % 2 == 0 {
                    Tau2Limits::QProfile
                } else {
                    Tau2Limits::ProfileLikelihood
                },
                unreported: (0..rare % 3)
                    .map(|i| Unreported {
                        label: format!("Quiet school {i}"),
                        variance: None,
                        ..Unreported::default()
                    })
                    .collect(),
                method: EVERY[method],
                inference: [Inference::HksjFloor, Inference::Hksj, Inference::Wald]
                    [usize::from(inference)],
                attainment,
                lower_is_better,
                worthwhile: worth.then_some(0.1),
                ..PoolQuestion::default()
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_order_gives_the_same_pool_to_the_last_digit(
        studies in any_studies(), question in any_question(), turn in 0..12_usize
    ) {
        let mut other = studies.clone();
        other.rotate_left(turn % studies.len());
        other.reverse();
        let same = |a: &Pool, b: &Pool| {
            a.estimates == b.estimates && a.tau2 == b.tau2 && a.q == b.q && a.i2 == b.i2
                && a.prediction == b.prediction && a.headline == b.headline && a.paragraph == b.paragraph
        };
        match (pool(&studies, &question), pool(&other, &question)) {
            (Ok(a), Ok(b)) => prop_assert!(same(&a, &b)),
            (Err(a), Err(b)) => prop_assert_eq!(a.code, b.code),
            _ => prop_assert!(false, "answered in one order only"),
        }
    }

    #[test]
    fn every_number_that_comes_out_is_finite(studies in any_studies(), question in any_question()) {
        if let Ok(pool) = pool(&studies, &question) {
            // serde_json writes NaN and infinities as null, so a number that is none would not come back.
            let json = serde_json::to_string(&pool).unwrap();
            prop_assert_eq!(serde_json::from_str::<Pool>(&json).unwrap(), pool.clone());
            prop_assert!(pool.headline.contains(&pool.highlight));
            prop_assert!(!pool.paragraph.contains("NaN"));
            let weights: f64 = pool.studies.iter().map(|s| s.weight).sum();
            prop_assert!((weights - 100.0).abs() < 1e-9);
        }
    }

    #[test]
    fn words_never_say_more_than_the_interval(studies in any_studies(), question in any_question()) {
        if let Ok(pool) = pool(&studies, &question) {
            let interval = pool.primary().unwrap().interval.unwrap();
            if interval.lower <= 0.0 && interval.upper >= 0.0 {
                let open = ["could be nothing", "could go either way", "Not enough to tell", "little or no difference"];
                prop_assert!(open.iter().any(|w| pool.headline.contains(w)), "{}", pool.headline);
            }
            for word in ["significant", "proves", "no effect", "failed", "19 in 20"] {
                prop_assert!(!pool.headline.contains(word) && !pool.paragraph.contains(word));
            }
        }
    }
}

/// The share of simulated pools whose 95 % interval holds the true average.
fn coverage(k: usize, tau2: f64, pools: u32) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(2008);
    let mut normal = move || {
        let (u, v): (f64, f64) = (random.random(), random.random());
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    };
    let truth = 0.2;
    let held = (0..pools)
        .filter(|_| {
            let studies: Vec<Study> = (1_u8..)
                .take(k)
                .map(|i| {
                    let variance = 0.01 * f64::from(1 + i % 5);
                    Study {
                        label: i.to_string(),
                        effect: truth + tau2.sqrt() * normal() + variance.sqrt() * normal(),
                        variance,
                        ..Study::default()
                    }
                })
                .collect();
            let interval = pooled(&studies).primary().unwrap().interval.unwrap();
            interval.lower <= truth && truth <= interval.upper
        })
        .count();
    f64::from(u32::try_from(held).unwrap()) / f64::from(pools)
}

#[test]
fn the_interval_with_the_floor_covers_at_least_93_per_cent() {
    for k in [3, 5, 10] {
        for tau2 in [0.0, 0.01, 0.05] {
            let share = coverage(k, tau2, 1_000);
            assert!(share >= 0.93, "k = {k}, τ² = {tau2}: {share}");
        }
    }
}
