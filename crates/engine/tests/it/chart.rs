//! Signal or noise: a school's goals over time.

use difference_engine::chart::{
    Assurance, Change, Chart, ChartQuestion, Line, News, Observation, Phase, Signal, Variation,
    chart,
};
use proptest::prelude::*;

/// Mondays of 2026 on which Thornbeck counts, 20 April to 16 November.
const WEEKS: [&str; 23] = [
    "2026-04-20",
    "2026-04-27",
    "2026-05-04",
    "2026-05-11",
    "2026-05-18",
    "2026-06-01",
    "2026-06-08",
    "2026-06-15",
    "2026-06-22",
    "2026-06-29",
    "2026-07-06",
    "2026-07-13",
    "2026-07-20",
    "2026-09-07",
    "2026-09-14",
    "2026-09-21",
    "2026-09-28",
    "2026-10-05",
    "2026-10-12",
    "2026-10-19",
    "2026-11-02",
    "2026-11-09",
    "2026-11-16",
];
const ATTENDANCE: [f64; 23] = [
    93.4, 93.9, 93.1, 93.6, 92.9, 93.8, 93.2, 94.0, 93.5, 93.0, 93.7, 93.3, 92.8, 94.9, 95.3, 95.0,
    95.6, 95.2, 94.8, 95.5, 95.7, 95.3, 95.8,
];
const HOME_READING: [f64; 23] = [
    57.0, 61.0, 55.0, 59.0, 62.0, 56.0, 60.0, 54.0, 58.0, 63.0, 57.0, 55.0, 59.0, 60.0, 56.0, 61.0,
    58.0, 54.0, 60.0, 63.0, 57.0, 59.0, 61.0,
];
const LATENESS: [f64; 23] = [
    6.1, 5.4, 6.6, 5.8, 6.3, 5.2, 6.0, 6.7, 5.5, 6.2, 5.9, 5.3, 6.4, 5.6, 5.7, 6.8, 7.1, 6.9, 7.4,
    7.0, 7.3, 7.8, 7.5,
];

fn weekly(values: &[f64]) -> Vec<Observation> {
    WEEKS
        .iter()
        .zip(values)
        .map(|(date, value)| Observation::new(*date, *value))
        .collect()
}

fn drawn(values: &[f64], question: &ChartQuestion) -> Chart {
    chart(&weekly(values), question).unwrap()
}

fn attendance() -> ChartQuestion {
    ChartQuestion {
        measure: "attendance".to_owned(),
        unit: "%".to_owned(),
        target: Some(96.0),
        due: Some("2027-07-23".to_owned()),
        ..ChartQuestion::default()
    }
}

fn with_breakfast_club() -> ChartQuestion {
    ChartQuestion {
        changes: vec![Change {
            date: "2026-09-07".to_owned(),
            why: "the breakfast club began".to_owned(),
        }],
        ..attendance()
    }
}

fn lateness() -> ChartQuestion {
    ChartQuestion {
        measure: "lateness".to_owned(),
        unit: "minutes".to_owned(),
        lower_is_better: true,
        target: Some(5.0),
        baseline_until: Some("2026-09-14".to_owned()),
        ..ChartQuestion::default()
    }
}

fn upper(phase: &Phase) -> f64 {
    phase.upper.as_ref().and_then(Line::one).unwrap()
}

fn news(chart: &Chart) -> Vec<News> {
    chart.points.iter().map(|p| p.news).collect()
}

#[test]
fn a_step_up_after_a_named_change_is_judged_by_the_old_range() {
    let chart = drawn(&ATTENDANCE, &with_breakfast_club());
    assert_eq!(chart.title, "Attendance has stepped up");
    assert_eq!(
        chart.headline,
        "Real improvement. Ten weeks in a row above the old average of 93.4%. The new average is 95.3% so far."
    );
    assert_eq!(chart.variation, Variation::Improving);
    assert!(news(&chart)[..13].iter().all(|n| *n == News::Ordinary));
    assert!(news(&chart)[13..].iter().all(|n| *n == News::Improvement));
    let [before, since] = chart.phases.as_slice() else {
        panic!("two phases")
    };
    assert!((before.centre.one().unwrap() - 93.4).abs() < 1e-9);
    assert!((upper(before) - (93.4 + 2.66 * 7.4 / 12.0)).abs() < 1e-9);
    assert_eq!(since.why.as_deref(), Some("the breakfast club began"));
    assert_eq!((&since.lower, &since.upper), (&None, &None), "ten points");
    assert_eq!(
        chart.target_words.as_deref(),
        Some("Target 96% by July 2027: too early to say since the breakfast club began.")
    );
}

#[test]
fn once_a_new_phase_has_thirteen_points_it_has_a_range_of_its_own() {
    let mut weeks = weekly(&ATTENDANCE);
    for (day, value) in (20..).zip([95.4, 95.0, 95.5]) {
        weeks.push(Observation::new(format!("2026-11-{day}"), value));
    }
    let chart = chart(&weeks, &with_breakfast_club()).unwrap();
    assert!(chart.phases[1].upper.is_some());
    assert_eq!(chart.title, "Attendance is holding its new level");
    assert_eq!(
        chart.headline,
        "Holding its new level. The average has been 95.3% since the breakfast club began; before, it was 93.4%."
    );
    // What the first points said when they came stays said.
    assert!(news(&chart)[13..25].iter().all(|n| *n == News::Improvement));
    assert_eq!(news(&chart)[25], News::Ordinary);
    assert!(chart.target_words.unwrap().contains("within reach"));
}

#[test]
fn limits_stay_where_they_were_frozen() {
    let frozen = ChartQuestion {
        baseline_until: Some("2026-07-20".to_owned()),
        ..attendance()
    };
    let before = drawn(&ATTENDANCE[..13], &frozen);
    let after = drawn(&ATTENDANCE, &frozen);
    assert_eq!(before.phases[0].centre, after.phases[0].centre);
    assert_eq!(before.phases[0].upper, after.phases[0].upper);
    assert_eq!(
        after.headline,
        "Real improvement. Ten weeks in a row above the average of 93.4%."
    );
    assert_eq!(
        after.target_words.as_deref(),
        Some(
            "Target 96% by July 2027: out of reach so far, but moving the right way. Usual range is 91.8% to 95%."
        )
    );
}

#[test]
fn ordinary_ups_and_downs_are_no_real_change() {
    let question = ChartQuestion {
        measure: "reading at home".to_owned(),
        target: Some(70.0),
        due: Some("2027-04-30".to_owned()),
        ..attendance()
    };
    let chart = drawn(&HOME_READING, &question);
    assert_eq!(chart.title, "Reading at home is holding steady");
    assert_eq!(
        chart.headline,
        "No real change. The ups and downs since April are the ordinary kind, around an average of 58.5%."
    );
    assert_eq!(chart.assurance, Assurance::Fails);
    assert_eq!(
        chart.target_words.as_deref(),
        Some(
            "Target 70% by April 2027: out of reach unless something changes. Usual range is 48% to 69%."
        )
    );
    assert!(chart.points.iter().all(|p| p.signals.is_empty()));
}

#[test]
fn where_lower_is_better_a_rise_is_a_concern() {
    let chart = drawn(&LATENESS, &lateness());
    assert_eq!(chart.title, "Lateness needs a look");
    assert_eq!(
        chart.headline,
        "Real cause for concern. Eight weeks in a row above the average of 5.9 minutes."
    );
    assert_eq!(
        chart.target_words.as_deref(),
        Some("Target 5 minutes: moving away. Usual range is 3.9 to 7.9 minutes.")
    );
    assert!(news(&chart)[15..].iter().all(|n| *n == News::Concern));
    let up_is_better = ChartQuestion {
        lower_is_better: false,
        ..lateness()
    };
    let chart = drawn(&LATENESS, &up_is_better);
    assert_eq!(chart.variation, Variation::Improving);
    assert!(news(&chart)[15..].iter().all(|n| *n == News::Improvement));
}

#[test]
fn before_thirteen_points_it_is_too_early_to_say() {
    for n in 1..=13 {
        let chart = drawn(&HOME_READING[..n], &attendance());
        let early = n < 13;
        assert_eq!(chart.variation == Variation::TooEarly, early, "{n}");
        assert_eq!(chart.phases[0].upper.is_none(), early, "{n}");
    }
    let belonging = ChartQuestion {
        measure: "belonging".to_owned(),
        ..attendance()
    };
    let chart = drawn(&HOME_READING[..5], &belonging);
    assert_eq!(chart.title, "Too early to say about belonging");
    assert_eq!(
        chart.headline,
        "Too early to say. Five points so far. We draw a usual range from 13."
    );
    assert_eq!(
        chart.target_words.as_deref(),
        Some("Target 96% by July 2027: too early to say.")
    );
    assert!(
        drawn(&HOME_READING[..1], &belonging)
            .headline
            .contains("One point so far")
    );
}

#[test]
fn targets_are_judged_by_the_usual_range_whichever_way_is_better() {
    // Usual range of home reading: 48 to 69, average 58.5.
    for (target, lower_is_better, assurance, words) in [
        (
            75.0,
            false,
            Assurance::Fails,
            "out of reach unless something changes",
        ),
        (65.0, false, Assurance::HitAndMiss, "within reach"),
        (55.0, false, Assurance::HitAndMiss, "already met most weeks"),
        (
            40.0,
            false,
            Assurance::Passes,
            "already met, and nearly every week will meet it",
        ),
        (
            75.0,
            true,
            Assurance::Passes,
            "already met, and nearly every week will meet it",
        ),
        (65.0, true, Assurance::HitAndMiss, "already met most weeks"),
        (55.0, true, Assurance::HitAndMiss, "within reach"),
        (
            40.0,
            true,
            Assurance::Fails,
            "out of reach unless something changes",
        ),
    ] {
        let question = ChartQuestion {
            target: Some(target),
            lower_is_better,
            ..attendance()
        };
        let chart = drawn(&HOME_READING, &question);
        assert_eq!(chart.assurance, assurance, "{target}");
        let said = chart.target_words.unwrap();
        assert!(said.contains(words), "{said}");
    }
    let none = ChartQuestion {
        target: None,
        ..attendance()
    };
    assert_eq!(drawn(&HOME_READING, &none).target_words, None);
}

#[test]
fn a_share_has_no_usual_range_above_100_per_cent() {
    let nearly_all: Vec<f64> = (0..23)
        .map(|i| if i % 2 == 0 { 97.0 } else { 99.5 })
        .collect();
    let chart = drawn(&nearly_all, &attendance());
    assert!(upper(&chart.phases[0]) > 100.0);
    assert!(chart.target_words.unwrap().contains("to 100%"));
}

#[test]
fn a_single_odd_point_is_named_by_its_day() {
    let mut values = HOME_READING;
    values[22] = 72.0;
    let frozen = ChartQuestion {
        baseline_until: Some("2026-11-09".to_owned()),
        ..attendance()
    };
    let chart = drawn(&values, &frozen);
    assert_eq!(chart.title, "Attendance was unusually high on 16 November");
    assert!(
        chart
            .headline
            .starts_with("Real improvement. The newest value, 72%, is above the usual range of")
    );
    assert_eq!(chart.points[22].signals, [Signal::Outside]);
}

#[test]
fn plural_measures_take_plural_verbs() {
    for (measure, title) in [
        ("absences", "Absences are holding steady"),
        (
            "pupils who read at home",
            "Pupils who read at home are holding steady",
        ),
        (
            "minutes lost to lateness",
            "Minutes lost to lateness are holding steady",
        ),
        ("maths", "Maths is holding steady"),
        ("progress", "Progress is holding steady"),
        ("time in lessons", "Time in lessons is holding steady"),
    ] {
        let question = ChartQuestion {
            measure: measure.to_owned(),
            ..attendance()
        };
        assert_eq!(drawn(&HOME_READING, &question).title, title);
    }
}

#[test]
fn values_out_of_order_are_drawn_in_order_and_it_is_said() {
    let mut shuffled = weekly(&HOME_READING);
    shuffled.reverse();
    let chart = chart(&shuffled, &attendance()).unwrap();
    assert!(chart.points.iter().map(|p| &p.date).is_sorted());
    assert_eq!(
        chart.warnings,
        ["The values were not in the order of time; they are drawn in it."]
    );
}

#[test]
fn what_cannot_be_drawn_is_refused_by_name() {
    let refused = |points: &[Observation], question: &ChartQuestion| {
        let refusal = chart(points, question).unwrap_err();
        assert!(!refusal.says.is_empty() && !refusal.cure.is_empty());
        refusal.code
    };
    let weeks = weekly(&HOME_READING);
    assert_eq!(refused(&[], &attendance()), "no-values");
    for (date, value, code) in [
        ("2026-05-04", 55.0, "date-twice"),
        ("04/05/2026", 55.0, "date-not-read"),
        ("2026-02-30", 55.0, "date-not-read"),
        ("2026-12-01", f64::NAN, "value-not-a-number"),
        ("2026-12-01", f64::INFINITY, "value-not-a-number"),
    ] {
        let mut points = weeks.clone();
        points.push(Observation::new(date, value));
        assert_eq!(refused(&points, &attendance()), code);
    }
    let ask = |change: fn(&mut ChartQuestion)| {
        let mut question = attendance();
        change(&mut question);
        question
    };
    assert_eq!(
        refused(&weeks, &ask(|q| q.target = Some(f64::NAN))),
        "target-not-a-number"
    );
    assert_eq!(
        refused(&weeks, &ask(|q| q.due = Some("next July".to_owned()))),
        "date-not-read"
    );
    let nameless = Change {
        date: "2026-09-07".to_owned(),
        why: " ".to_owned(),
    };
    let mut question = attendance();
    question.changes.push(nameless);
    assert_eq!(refused(&weeks, &question), "change-without-a-name");
}

#[test]
fn a_baseline_that_ends_early_is_pointed_out() {
    let until = |date: &str| {
        let question = ChartQuestion {
            baseline_until: Some(date.to_owned()),
            ..attendance()
        };
        drawn(&HOME_READING, &question)
    };
    let short = until("2026-05-04");
    assert_eq!(short.variation, Variation::TooEarly);
    assert_eq!(
        short.warnings,
        ["The baseline holds three points, too few for a usual range. Let it end later."]
    );
    let thin = until("2026-06-29");
    assert_eq!(thin.variation, Variation::CommonCause);
    assert_eq!(
        thin.warnings,
        ["The usual range rests on ten points; 13 or more would make it steadier."]
    );
}

#[test]
fn a_series_that_never_moves_is_steady() {
    let chart = drawn(&[0.1; 23], &attendance());
    assert_eq!(chart.variation, Variation::CommonCause);
    assert_eq!(upper(&chart.phases[0]), 0.1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_number_that_comes_out_is_finite(
        values in prop::collection::vec(-1e6..1e6_f64, 1..23),
        target in prop::option::of(-1e6..1e6_f64),
        lower_is_better: bool,
        change in prop::option::of(0..23_usize),
    ) {
        let question = ChartQuestion {
            target,
            lower_is_better,
            changes: change
                .map(|i| Change { date: WEEKS[i].to_owned(), why: "a change".to_owned() })
                .into_iter()
                .collect(),
            ..attendance()
        };
        let chart = drawn(&values, &question);
        let json = serde_json::to_string(&chart).unwrap();
        prop_assert_eq!(serde_json::from_str::<Chart>(&json).unwrap(), chart.clone());
        prop_assert_eq!(chart.points.len(), values.len());
        for point in &chart.points {
            prop_assert_eq!(point.signals.is_empty(), point.news == News::Ordinary);
        }
        let mirrored: Vec<f64> = values.iter().map(|v| -v).collect();
        let other = drawn(&mirrored, &ChartQuestion {
            target: target.map(|t| -t),
            lower_is_better: !lower_is_better,
            ..question
        });
        prop_assert_eq!(news(&chart), news(&other), "mirrored");
        prop_assert_eq!(chart.assurance, other.assurance);
    }
}
