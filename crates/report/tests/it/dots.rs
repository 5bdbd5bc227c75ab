//! Effect dots: what is drawn, what is said and what the table holds agree.

use difference_report::dots::{self, EffectDots};
use difference_report::drawing::Mark;
use engine::chances::chances;
use engine::distributions::t_quantile;
use engine::question::Worthwhile;

use crate::sample::{Sample, reading_group};

fn laid_out(sample: &Sample) -> EffectDots {
    dots::layout(&sample.0).unwrap()
}

/// Dots of one kind and where they are, in per cent.
fn drawn(dots: &EffectDots, wanted: &str) -> Vec<f64> {
    dots.drawing
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Dot { class, at, .. } if *class == wanted => Some(at.x),
            _ => None,
        })
        .collect()
}

fn line(dots: &EffectDots, wanted: &str) -> f64 {
    dots.drawing
        .marks
        .iter()
        .find_map(|mark| match mark {
            Mark::Line { class, from, .. } if *class == wanted => Some(from.x),
            _ => None,
        })
        .unwrap()
}

#[test]
fn twenty_dots_are_drawn_and_counted_in_words() {
    let dots = laid_out(&reading_group());
    let worth = drawn(&dots, "c-q on").len();
    let less = drawn(&dots, "c-q").len();
    assert_eq!(worth + less + drawn(&dots, "c-q neg").len(), 20);
    assert_eq!(
        dots.words,
        "All 20 dots are on the helpful side and 19 are past 1 month. Best estimate 3 months; \
         95% interval 1 to 6 months (0.24 standard deviations, 0.03 to 0.45; 3.1 points, \
         0.4 to 5.8 points)."
    );
    assert_eq!((worth, less), (19, 1));
}

#[test]
fn no_dot_is_on_the_wrong_side_of_a_line() {
    for worth in [0.3, 1.0, 2.0, 5.0, 12.0] {
        for (estimate, half) in [
            (3.1, 2.7),
            (-1.0, 4.0),
            (0.0, 9.0),
            (14.0, 1.0),
            (-6.0, 2.0),
        ] {
            for lower in [false, true] {
                let mut sample = reading_group()
                    .in_points()
                    .worth(Some(Worthwhile::Unit(worth)))
                    .estimated(estimate, half);
                if lower {
                    sample = sample.lower_is_better();
                }
                let dots = laid_out(&sample);
                let (nothing, mark) = (line(&dots, "c-zero"), line(&dots, "c-worth"));
                let side = if lower { -1.0 } else { 1.0 };
                let on = drawn(&dots, "c-q on");
                let less = drawn(&dots, "c-q");
                let wrong = drawn(&dots, "c-q neg");
                assert_eq!(on.len() + less.len() + wrong.len(), 20);
                assert!(on.iter().all(|x| (x - mark) * side > 0.0));
                assert!(
                    less.iter()
                        .all(|x| (x - mark) * side < 0.0 && (x - nothing) * side > 0.0)
                );
                assert!(wrong.iter().all(|x| (x - nothing) * side < 0.0));
            }
        }
    }
}

#[test]
fn dots_do_not_cover_each_other_on_a_phone() {
    let phone = 300.0 / 100.0;
    let dots = laid_out(&reading_group());
    let places: Vec<(f64, f64, f64)> = dots
        .drawing
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Dot { at, radius, .. } => Some((at.x * phone, at.y, *radius)),
            _ => None,
        })
        .collect();
    for (i, a) in places.iter().enumerate() {
        for b in places.iter().skip(i + 1) {
            let apart = ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt();
            assert!(apart > a.2 + b.2 - 1.0, "{a:?} and {b:?}");
        }
    }
}

#[test]
fn the_table_says_the_same_as_the_dots() {
    let dots = laid_out(
        &reading_group()
            .in_points()
            .worth(Some(Worthwhile::Unit(1.0))),
    );
    let rows: Vec<String> = dots
        .rows
        .iter()
        .map(|(size, chance)| format!("{size}: {chance}"))
        .collect();
    assert_eq!(
        rows,
        [
            "Nothing, or it went the wrong way: about 1 in 100",
            "Some, but less than 1 point: about 5 in 100",
            "1 to less than 2 points: about 15 in 100",
            "2 to less than 4 points: about 53 in 100",
            "4 points or more: about 26 in 100",
        ]
    );
    // The dots past one point, as a share of twenty, are what the table adds up to.
    assert_eq!(drawn(&dots, "c-q on").len(), 19);
}

#[test]
fn under_rung_three_there_is_the_interval_only() {
    let dots = laid_out(&reading_group().on_rung(2, "An early sign"));
    assert!(drawn(&dots, "c-q on").is_empty());
    assert!(dots.rows.is_empty());
    assert!(dots.question.starts_with("Best estimate and 95% interval"));
    assert!(!dots.words.contains("dots"));
    assert!(line(&dots, "c-int") > 0.0);
}

#[test]
fn a_name_with_markup_stays_text() {
    let mut sample = reading_group().in_points();
    sample.0.roles.outcome.name = "<script>alert(1)</script>".to_owned();
    let html = dots::figure(&sample.0);
    assert!(!html.contains("<script>"));
    assert!(html.contains("&lt;script&gt;"));
}

#[test]
fn the_dots_agree_with_the_chance_that_the_engine_says() {
    for (estimate, standard_error, df) in [
        (3.1, 1.4, 143.0),
        (-0.4, 2.0, 12.0),
        (0.9, 1.1, 5.5),
        (6.0, 1.0, 30.0),
    ] {
        let chances = chances(estimate, standard_error, Some(df), false, Some(1.0)).unwrap();
        let half = standard_error * t_quantile(0.975, df).unwrap();
        let mut sample = reading_group()
            .in_points()
            .worth(Some(Worthwhile::Unit(1.0)))
            .estimated(estimate, half);
        sample.0.estimates[0].df = Some(df);
        let dots = laid_out(&sample);
        let share = |count: usize| f64::from(u32::try_from(count).unwrap()) / 20.0;
        let worth = drawn(&dots, "c-q on").len();
        let helpful = worth + drawn(&dots, "c-q").len();
        assert!(
            (share(helpful) - chances.above_zero).abs() <= 0.025,
            "{estimate}"
        );
        assert!(
            (share(worth) - chances.above_worthwhile.unwrap()).abs() <= 0.025,
            "{estimate}"
        );
    }
}
