//! What may be asked of a pool beyond its average: moderators, what is missing, small trials, the next place.

use difference_engine::binary::TwoByTwo;
use difference_engine::permutation::Draws;
use difference_engine::pool::{
    CountEffect, Heterogeneity, Inference, Level, Pool, PoolQuestion, Predicting, Study,
    Unreported, effect_from_counts, fisher_z, mantel_haenszel, peto, pool, semipartial_correlation,
    sign_flip,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Twelve schools: effect, standard error, weeks of it, and who gave it.
fn twelve() -> Vec<Study> {
    [
        (0.05, 0.10, 4.0, "teacher"),
        (0.12, 0.12, 5.0, "assistant"),
        (0.10, 0.09, 6.0, "teacher"),
        (0.21, 0.15, 8.0, "volunteer"),
        (0.18, 0.11, 8.0, "teacher"),
        (0.24, 0.13, 10.0, "assistant"),
        (0.35, 0.17, 12.0, "teacher"),
        (0.27, 0.10, 12.0, "volunteer"),
        (0.30, 0.12, 14.0, "assistant"),
        (0.45, 0.18, 16.0, "teacher"),
        (0.41, 0.11, 18.0, "volunteer"),
        (0.50, 0.14, 20.0, "assistant"),
    ]
    .into_iter()
    .zip(1..)
    .map(|((effect, se, weeks, who), school)| Study {
        label: format!("School {school}"),
        effect,
        variance: se * se,
        date: Some(format!("2026-{school:02}-01")),
        rung: Some(4),
        moderators: vec![
            Some(Level::Number(weeks)),
            Some(Level::Word(who.to_owned())),
        ],
        ..Study::default()
    })
    .collect()
}

fn by(names: &[&str]) -> PoolQuestion {
    PoolQuestion {
        moderators: names.iter().map(|n| (*n).to_owned()).collect(),
        ..PoolQuestion::default()
    }
}

fn asked(studies: &[Study], question: &PoolQuestion) -> Pool {
    pool(studies, question).unwrap()
}

#[test]
fn effects_that_rise_with_weeks_are_said_to_and_not_said_to_be_caused_by_them() {
    let fit = asked(&twelve(), &by(&["weeks"])).meta_regression.unwrap();
    assert_eq!(fit.k, 12);
    let slope = &fit.coefficients[1];
    assert_eq!(slope.term, "weeks");
    let interval = slope.interval.unwrap();
    assert!(interval.lower > 0.0 && interval.upper < 0.06);
    assert_eq!(slope.df, Some(10.0));
    // One moderator: F is the square of its t.
    assert!((fit.test.statistic - slope.statistic.unwrap().powi(2)).abs() < 1e-9);
    let says = fit.says(&["weeks".to_owned()]);
    assert!(says.starts_with("Results move with weeks by more than chance alone would explain"));
    assert!(says.contains("Nobody drew lots over weeks"));
}

#[test]
fn words_become_groups_compared_with_the_first_in_the_alphabet() {
    let fit = asked(&twelve(), &by(&["weeks", "who"]))
        .meta_regression
        .unwrap();
    let terms: Vec<&str> = fit.coefficients.iter().map(|c| c.term.as_str()).collect();
    assert_eq!(
        terms,
        ["average", "weeks", "who = teacher", "who = volunteer"]
    );
    assert_eq!((fit.test.df, fit.test.residual_df), (3.0, Some(8.0)));
    assert!(
        fit.says(&["weeks".to_owned(), "who".to_owned()])
            .contains("fewer than ten results for each")
    );
}

#[test]
fn the_order_of_studies_changes_no_digit_of_a_meta_regression() {
    let mut turned = twelve();
    turned.rotate_left(5);
    turned.reverse();
    let question = by(&["weeks", "who"]);
    assert_eq!(
        asked(&twelve(), &question).meta_regression,
        asked(&turned, &question).meta_regression
    );
}

#[test]
fn moderators_that_cannot_be_told_apart_are_refused_by_name() {
    let code =
        |studies: &[Study], question: &PoolQuestion| pool(studies, question).unwrap_err().code;
    assert_eq!(
        code(&twelve()[..3], &by(&["weeks", "who"])),
        "too-many-moderators"
    );
    assert_eq!(code(&twelve()[..2], &by(&["weeks"])), "too-many-moderators");
    let same: Vec<Study> = twelve()
        .into_iter()
        .map(|s| Study {
            moderators: vec![Some(Level::Number(8.0))],
            ..s
        })
        .collect();
    assert_eq!(code(&same, &by(&["weeks"])), "moderators-collinear");
    let one_word: Vec<Study> = twelve()
        .into_iter()
        .map(|s| Study {
            moderators: vec![Some(Level::Word("teacher".to_owned()))],
            ..s
        })
        .collect();
    assert_eq!(code(&one_word, &by(&["who"])), "moderator-constant");
    let twice: Vec<Study> = twelve()
        .into_iter()
        .map(|s| Study {
            moderators: vec![s.moderators[0].clone(), s.moderators[0].clone()],
            ..s
        })
        .collect();
    assert_eq!(
        code(&twice, &by(&["weeks", "weeks again"])),
        "moderators-collinear"
    );
}

#[test]
fn a_study_without_a_value_is_named_and_counts_in_the_average_all_the_same() {
    let mut studies = twelve();
    studies[4].moderators[0] = None;
    let said = asked(&studies, &by(&["weeks"]));
    let fit = said.meta_regression.unwrap();
    assert_eq!((said.k, fit.k), (12, 11));
    assert_eq!(fit.left_out, ["School 5"]);
}

#[test]
fn a_year_costs_no_digits() {
    let shifted = |by: f64| {
        let studies: Vec<Study> = twelve()
            .into_iter()
            .zip(0_u8..)
            .map(|(s, i)| Study {
                moderators: vec![Some(Level::Number(by + f64::from(i % 7)))],
                ..s
            })
            .collect();
        asked(&studies, &self::by(&["year"]))
            .meta_regression
            .unwrap()
    };
    let (near, far) = (shifted(0.0), shifted(2_000_000.0));
    assert!((near.tau2 - far.tau2).abs() < 1e-9);
    let slope = |fit: &difference_engine::pool::MetaRegression| fit.coefficients[1].estimate;
    assert!((slope(&near) - slope(&far)).abs() < 1e-9);
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

#[test]
fn each_step_of_a_series_is_the_pool_of_its_own_studies_to_the_last_digit() {
    for method in EVERY {
        let question = PoolQuestion {
            method,
            ..PoolQuestion::default()
        };
        let all = asked(&twelve(), &question);
        for (at, step) in all.cumulative.iter().enumerate() {
            let alone = asked(&twelve()[..=at], &question);
            assert_eq!(
                step.estimate,
                alone.primary().unwrap().estimate,
                "{method:?} {at}"
            );
            assert_eq!(step.lower, alone.primary().unwrap().interval.unwrap().lower);
        }
        for (out, step) in all.leave_one_out.iter().enumerate() {
            let mut rest = twelve();
            rest.remove(out);
            let alone = asked(&rest, &question);
            assert_eq!(
                step.estimate,
                alone.primary().unwrap().estimate,
                "{method:?} {out}"
            );
            assert_eq!(step.upper, alone.primary().unwrap().interval.unwrap().upper);
        }
    }
}

#[test]
fn a_result_that_carries_the_average_away_is_named_with_what_the_others_say() {
    let mut studies = twelve();
    studies[6].effect = 3.0;
    studies[6].variance = 0.0025;
    let said = asked(
        &studies,
        &PoolQuestion {
            method: Heterogeneity::Equal,
            ..PoolQuestion::default()
        },
    );
    let words = "School 7 moves the average by more than its own uncertainty: without it the average would be 0.23 standard deviations.";
    assert!(
        said.warnings.iter().any(|w| w == words),
        "{:?}",
        said.warnings
    );
    assert!(
        asked(&twelve(), &PoolQuestion::default())
            .warnings
            .iter()
            .all(|w| !w.contains("moves the average"))
    );
}

#[test]
fn a_likelihood_with_two_peaks_gives_its_highest() {
    // Two sure results apart and many unsure ones together: REML rises twice.
    let studies: Vec<Study> = [
        (0.0, 1e-6),
        (0.02, 1e-6),
        (3.0, 1.0),
        (-3.0, 1.0),
        (4.0, 1.0),
        (-4.0, 1.0),
    ]
    .into_iter()
    .map(|(effect, variance)| Study {
        effect,
        variance,
        ..Study::default()
    })
    .collect();
    let height = |tau2: f64| {
        let w = |v: f64| 1.0 / (v + tau2);
        let sum: f64 = studies.iter().map(|s| w(s.variance)).sum();
        let mean = studies
            .iter()
            .map(|s| w(s.variance) * s.effect)
            .sum::<f64>()
            / sum;
        let rest: f64 = studies
            .iter()
            .map(|s| w(s.variance) * (s.effect - mean).powi(2) - w(s.variance).ln())
            .sum();
        -0.5 * (rest + sum.ln())
    };
    let highest = (0..200_000)
        .map(|i| 1e-7 * 1.0001_f64.powi(i))
        .chain([0.0])
        .map(height)
        .fold(f64::NEG_INFINITY, f64::max);
    let ours = asked(&studies, &PoolQuestion::default()).tau2.estimate;
    assert!(height(ours) >= highest - 1e-9, "{ours}");
}

#[test]
fn the_next_place_is_spoken_of_from_five_results_on_where_it_was_said_what_is_worth_having() {
    let question = PoolQuestion {
        worthwhile: Some(0.1),
        ..PoolQuestion::default()
    };
    let said = asked(&twelve(), &question);
    let next = said.next_place.clone().unwrap();
    let worthwhile = next.above_worthwhile.unwrap();
    assert!(
        worthwhile < next.above_zero && worthwhile > 0.7,
        "{worthwhile}"
    );
    assert!(said.paragraph.ends_with(
        "The next place would very likely see more than the 0.1 standard deviations said to be worth having."
    ), "{}", said.paragraph);
    assert!(
        !asked(&twelve()[..4], &question)
            .paragraph
            .contains("The next place")
    );
    // Where lower is better, the same on the other side.
    let down: Vec<Study> = twelve()
        .into_iter()
        .map(|s| Study {
            effect: -s.effect,
            ..s
        })
        .collect();
    let lower = PoolQuestion {
        lower_is_better: true,
        ..question
    };
    let mirrored = asked(&down, &lower).next_place.unwrap();
    assert!((mirrored.above_worthwhile.unwrap() - worthwhile).abs() < 1e-12);
}

#[test]
fn trials_that_never_reported_are_named_with_what_they_could_change() {
    let quiet = |label: &str| Unreported {
        label: label.to_owned(),
        variance: None,
        ..Unreported::default()
    };
    let question = PoolQuestion {
        unreported: vec![quiet("Oakshaw"), quiet("Millgarth")],
        ..PoolQuestion::default()
    };
    let said = asked(&twelve(), &question);
    let drawer = said.file_drawer.unwrap();
    assert_eq!(drawer.begun, 14);
    let average = said.estimates[0].estimate;
    assert!(drawer.lowest.estimate < average && average < drawer.highest.estimate);
    assert!(said.paragraph.contains(
        "Two more places began and have not reported: Oakshaw and Millgarth. Had both come out as low as could be, the average would be"
    ), "{}", said.paragraph);
    assert!(
        said.paragraph
            .ends_with("So the answer leans on who reported."),
        "{}",
        said.paragraph
    );
    assert_eq!(asked(&twelve(), &PoolQuestion::default()).file_drawer, None);
}

/// Normal numbers from a seed.
fn normals(seed: u64) -> impl FnMut() -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    move || {
        let (u, v): (f64, f64) = (random.random(), random.random());
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
}

#[test]
fn where_only_good_news_is_reported_the_bounds_hold_the_truth_and_the_interval_alone_does_not() {
    let mut normal = normals(27);
    let (truth, pools) = (0.0, 300);
    let (mut held, mut naive, mut counted) = (0, 0, 0);
    for _ in 0..pools {
        let begun: Vec<Study> = (1_u8..=10)
            .map(|i| {
                let variance = 0.01 * f64::from(1 + i % 4);
                let effect = truth + 0.1 * normal() + variance.sqrt() * normal();
                Study {
                    label: i.to_string(),
                    effect,
                    variance,
                    ..Study::default()
                }
            })
            .collect();
        let (reported, silent): (Vec<Study>, Vec<Study>) =
            begun.into_iter().partition(|s| s.effect > 0.0);
        if reported.len() < 2 || silent.is_empty() {
            continue;
        }
        counted += 1;
        let question = PoolQuestion {
            unreported: silent
                .iter()
                .map(|s| Unreported {
                    label: s.label.clone(),
                    variance: Some(s.variance),
                    ..Unreported::default()
                })
                .collect(),
            ..PoolQuestion::default()
        };
        let said = asked(&reported, &question);
        let interval = said.primary().unwrap().interval.unwrap();
        let drawer = said.file_drawer.clone().unwrap();
        naive += i32::from(interval.lower <= truth && truth <= interval.upper);
        held += i32::from(drawer.lowest.lower <= truth && truth <= drawer.highest.upper);
    }
    let share = |n: i32| f64::from(n) / f64::from(counted);
    assert!(share(held) >= 0.93, "{}", share(held));
    assert!(
        share(naive) < 0.8,
        "the interval alone should fail here: {}",
        share(naive)
    );
}

/// The share of new places that a prediction interval from k places holds.
fn holds_the_next_place(predicting: Predicting, k: u8, tau2: f64, pools: u32) -> f64 {
    let mut normal = normals(2019);
    let held = (0..pools)
        .filter(|_| {
            let studies: Vec<Study> = (1..=k)
                .map(|i| {
                    let variance = 0.01 * f64::from(1 + i % 5);
                    let effect = 0.2 + tau2.sqrt() * normal() + variance.sqrt() * normal();
                    Study {
                        label: i.to_string(),
                        effect,
                        variance,
                        ..Study::default()
                    }
                })
                .collect();
            let next = 0.2 + tau2.sqrt() * normal();
            let question = PoolQuestion {
                predicting,
                ..PoolQuestion::default()
            };
            let interval = asked(&studies, &question).prediction.unwrap();
            interval.lower <= next && next <= interval.upper
        })
        .count();
    f64::from(u32::try_from(held).unwrap()) / f64::from(pools)
}

#[test]
fn a_calibrated_prediction_holds_more_new_places_than_the_standard_one() {
    let standard = holds_the_next_place(Predicting::Standard, 5, 0.02, 200);
    let calibrated = holds_the_next_place(Predicting::Calibrated, 5, 0.02, 200);
    assert!(calibrated > standard, "{calibrated} {standard}");
    assert!(calibrated >= 0.91, "{calibrated}");
}

#[test]
fn the_same_seed_gives_the_same_prediction_and_another_one_nearly_the_same() {
    let with = |seed| {
        let question = PoolQuestion {
            predicting: Predicting::Calibrated,
            seed,
            ..PoolQuestion::default()
        };
        asked(&twelve(), &question).prediction.unwrap()
    };
    assert_eq!(with(7), with(7));
    assert_ne!(with(7), with(8));
    assert!((with(7).lower - with(8).lower).abs() < 0.05);
}

#[test]
fn small_trials_are_set_against_large_ones_where_that_is_asked_and_never_under_ten() {
    let question = PoolQuestion {
        small_study: true,
        ..PoolQuestion::default()
    };
    assert_eq!(asked(&twelve(), &PoolQuestion::default()).small_study, None);
    let twelve_say = asked(&twelve(), &question).small_study.unwrap();
    assert!(twelve_say.egger.unwrap().df == Some(10.0));
    let nine = asked(&twelve()[..9], &question).small_study.unwrap();
    assert!(nine.says.starts_with("Fewer than ten results"));
    // All of one size: nothing to set against anything.
    let alike: Vec<Study> = twelve()
        .into_iter()
        .map(|s| Study {
            variance: 0.01,
            ..s
        })
        .collect();
    let alike = asked(&alike, &question).small_study.unwrap();
    assert_eq!((alike.egger, alike.pet, alike.begg), (None, None, None));
    assert!(alike.says.contains("all are of one size"));
}

#[test]
fn counts_with_an_empty_cell_are_made_into_effects_and_hopeless_ones_refused() {
    let table = |successes, comparison_successes| TwoByTwo {
        successes,
        pupils: 20,
        comparison_successes,
        comparison_pupils: 20,
    };
    let (effect, variance) = effect_from_counts(&table(0, 5), CountEffect::LogRiskRatio).unwrap();
    assert!((effect - (0.5_f64 / 21.0 / (5.5 / 21.0)).ln()).abs() < 1e-12);
    assert!((variance - (2.0 - 1.0 / 21.0 + 1.0 / 5.5 - 1.0 / 21.0)).abs() < 1e-12);
    for measure in [CountEffect::RiskDifference, CountEffect::Peto] {
        assert_eq!(
            effect_from_counts(&table(0, 0), measure).unwrap_err().code,
            "variance-zero"
        );
    }
    let none = TwoByTwo {
        successes: 0,
        pupils: 0,
        comparison_successes: 1,
        comparison_pupils: 2,
    };
    assert_eq!(
        effect_from_counts(&none, CountEffect::Phi)
            .unwrap_err()
            .code,
        "no-pupils"
    );
    assert_eq!(
        mantel_haenszel(&[], CountEffect::LogOddsRatio, 0.95)
            .unwrap_err()
            .code,
        "no-studies"
    );
    assert_eq!(
        mantel_haenszel(&[table(3, 4)], CountEffect::Phi, 0.95)
            .unwrap_err()
            .code,
        "measure-not-offered"
    );
    assert_eq!(peto(&[table(0, 0)], 0.95).unwrap_err().code, "no-variation");
    assert_eq!(
        fisher_z(1.0, 30).unwrap_err().code,
        "correlation-out-of-range"
    );
    assert_eq!(
        semipartial_correlation(2.0, 5, 4, 0.3).unwrap_err().code,
        "correlation-out-of-range"
    );
}

#[test]
fn signs_are_drawn_where_there_are_too_many_to_count_out() {
    let few = Draws {
        complete_up_to: 100,
        draws: 499,
        seed: 5,
    };
    let question = PoolQuestion {
        method: Heterogeneity::Dl,
        inference: Inference::Wald,
        ..PoolQuestion::default()
    };
    let drawn = sign_flip(&twelve(), &question, &few).unwrap();
    assert!(!drawn.complete && drawn.looked_at == 499);
    assert!(drawn.p_value >= 1.0 / 500.0 && drawn.p_value < 0.05);
    assert_eq!(sign_flip(&twelve(), &question, &few).unwrap(), drawn);
    assert_eq!(
        sign_flip(&[], &question, &few).unwrap_err().code,
        "no-studies"
    );
}
