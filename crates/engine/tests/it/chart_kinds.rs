//! Kinds of chart: which one suits, what each says, and what none can draw.

use difference_engine::chart::{
    Assurance, Change, Chart, ChartQuestion, Kind, News, Observation, RuleSet, Season, Signal,
    Variation, chart, limits_and_signals,
};
use proptest::prelude::*;

fn numbered(values: &[f64]) -> Vec<Observation> {
    (1..)
        .zip(values)
        .map(|(i, value)| Observation::new(format!("{i}"), *value))
        .collect()
}

fn counted(pairs: &[(f64, f64)]) -> Vec<Observation> {
    (1..)
        .zip(pairs)
        .map(|(i, (count, n))| Observation::of(format!("{i}"), *count, *n))
        .collect()
}

fn asking(kind: Kind) -> ChartQuestion {
    ChartQuestion {
        measure: "attendance".to_owned(),
        kind,
        ..ChartQuestion::default()
    }
}

/// Half-days attended of 420, week by week, as chance within them would have it.
fn by_chance() -> Vec<(f64, f64)> {
    [
        396.0, 401.0, 393.0, 399.0, 404.0, 391.0, 398.0, 395.0, 402.0, 397.0, 400.0, 394.0, 398.0,
        403.0,
    ]
    .map(|count| (count, 420.0))
    .to_vec()
}

#[test]
fn shares_are_a_p_chart_and_where_chance_cannot_be_it_a_p_prime_chart() {
    let small = chart(&counted(&by_chance()), &asking(Kind::Auto)).unwrap();
    assert_eq!(small.kind, Kind::P);
    assert!(
        small.because.contains("no more than chance"),
        "{}",
        small.because
    );
    // The same shares of a hundred times as many: the weeks differ far more than that chance allows.
    let large: Vec<(f64, f64)> = by_chance()
        .iter()
        .map(|(x, n)| (x * 100.0, n * 100.0))
        .collect();
    let large = chart(&counted(&large), &asking(Kind::Auto)).unwrap();
    assert_eq!(large.kind, Kind::PPrime);
    assert!(
        large.because.contains("times as much as chance"),
        "{}",
        large.because
    );
    assert!(large.points.iter().all(|p| p.signals.is_empty()));
    assert_eq!(large.shown.unit, "%");
    assert!(
        large.headline.contains("around an average of 94.7%"),
        "{}",
        large.headline
    );
    // The plain p chart would cry wolf.
    let plain = chart(
        &counted(
            &by_chance()
                .iter()
                .map(|(x, n)| (x * 100.0, n * 100.0))
                .collect::<Vec<_>>(),
        ),
        &asking(Kind::P),
    )
    .unwrap();
    assert!(
        plain
            .points
            .iter()
            .filter(|p| p.signals.contains(&Signal::Outside))
            .count()
            > 5
    );
}

#[test]
fn each_share_has_the_limits_of_its_own_denominator() {
    let mut weeks = by_chance();
    weeks[7].1 = 421.0;
    weeks[8] = (80.0, 84.0);
    let drawn = chart(&counted(&weeks), &asking(Kind::P)).unwrap();
    let upper = drawn.phases[0].upper.as_ref().unwrap();
    assert!(
        upper.at(8).unwrap() > upper.at(0).unwrap(),
        "fewer pupils, wider limits"
    );
    assert!(upper.values().all(|limit| limit <= 1.0));
}

#[test]
fn counts_that_may_exceed_their_denominator_are_a_rate() {
    let accidents: Vec<(f64, f64)> = [
        4.0, 6.0, 3.0, 5.0, 7.0, 4.0, 5.0, 3.0, 6.0, 4.0, 5.0, 6.0, 4.0, 5.0,
    ]
    .map(|count| (count, 1050.5))
    .to_vec();
    let question = ChartQuestion {
        denominator: Some("pupil-days".to_owned()),
        ..asking(Kind::Auto)
    };
    let drawn = chart(&counted(&accidents), &question).unwrap();
    assert_eq!(drawn.kind, Kind::U);
    assert_eq!(drawn.shown.unit, "per 1,000 pupil-days");
    assert!(
        drawn
            .headline
            .ends_with("around an average of 4.6 per 1,000 pupil-days."),
        "{}",
        drawn.headline
    );
}

#[test]
fn small_counts_that_come_by_chance_are_a_c_chart_and_others_are_not() {
    let rare = [
        1.0, 0.0, 2.0, 1.0, 0.0, 3.0, 1.0, 1.0, 0.0, 2.0, 1.0, 0.0, 1.0, 2.0,
    ];
    assert_eq!(
        chart(&numbered(&rare), &asking(Kind::Auto)).unwrap().kind,
        Kind::C
    );
    let bursts = [
        0.0, 0.0, 14.0, 0.0, 0.0, 0.0, 19.0, 0.0, 0.0, 0.0, 0.0, 11.0, 0.0, 0.0,
    ];
    assert_eq!(
        chart(&numbered(&bursts), &asking(Kind::Auto)).unwrap().kind,
        Kind::Xmr
    );
}

#[test]
fn a_run_chart_judges_runs_about_the_median_and_knows_no_target() {
    let stepped: Vec<f64> = (0..24)
        .map(|i| f64::from(i % 3) + if i < 12 { 0.0 } else { 10.0 })
        .collect();
    let question = ChartQuestion {
        target: Some(11.0),
        ..asking(Kind::Run)
    };
    let drawn = chart(&numbered(&stepped), &question).unwrap();
    assert_eq!(drawn.rules, RuleSet::Anhoej);
    let runs = drawn.phases[0].runs.unwrap();
    assert_eq!(
        (runs.longest, runs.longest_ordinary, runs.crossings),
        (12, 8, 1)
    );
    assert!(
        drawn
            .points
            .iter()
            .all(|p| p.signals.contains(&Signal::LongRun))
    );
    assert_eq!(drawn.variation, Variation::Improving);
    assert!(
        drawn
            .headline
            .contains("Twelve points in a row above the median"),
        "{}",
        drawn.headline
    );
    assert_eq!(drawn.assurance, Assurance::Unknown);
    assert!(drawn.target_words.unwrap().contains("no usual range"));
    let early = chart(&numbered(&stepped[..9]), &question).unwrap();
    assert_eq!(early.variation, Variation::TooEarly);
}

#[test]
fn cusum_and_ewma_see_a_small_lasting_step_that_no_single_point_shows() {
    let calm: Vec<f64> = (0..20)
        .map(|i| 50.0 + [0.0, 2.0, -2.0, 1.0, -1.0][i % 5])
        .collect();
    let stepped: Vec<f64> = calm.iter().map(|v| v + 3.0).collect();
    let values: Vec<f64> = calm.iter().chain(&stepped).copied().collect();
    for kind in [Kind::Cusum, Kind::Ewma] {
        let question = ChartQuestion {
            baseline_until: Some("20".to_owned()),
            ..asking(kind)
        };
        let drawn = chart(&numbered(&values), &question).unwrap();
        assert!(
            drawn.points[..20].iter().all(|p| p.signals.is_empty()),
            "{kind:?}"
        );
        assert_eq!(drawn.variation, Variation::Improving, "{kind:?}");
        assert_eq!(drawn.title, "Attendance has stepped up");
    }
    let xmr = ChartQuestion {
        baseline_until: Some("20".to_owned()),
        ..asking(Kind::Xmr)
    };
    let drawn = chart(&numbered(&values), &xmr).unwrap();
    assert!(
        drawn
            .points
            .iter()
            .all(|p| !p.signals.contains(&Signal::Outside))
    );
}

#[test]
fn long_times_between_rare_events_are_a_signal_on_g_and_t_charts() {
    let gaps = [
        3.0, 9.0, 1.0, 6.0, 14.0, 2.0, 7.0, 4.0, 11.0, 5.0, 2.0, 8.0, 6.0, 120.0,
    ];
    for kind in [Kind::G, Kind::T] {
        let question = ChartQuestion {
            baseline_until: Some("13".to_owned()),
            ..asking(kind)
        };
        let drawn = chart(&numbered(&gaps), &question).unwrap();
        let newest = drawn.points.last().unwrap();
        assert_eq!(newest.signals, [Signal::Outside], "{kind:?}");
        assert_eq!(newest.news, News::Improvement);
        assert!(drawn.phases[0].lower.as_ref().unwrap().newest().unwrap() >= 0.0);
    }
}

#[test]
fn a_seasonal_measure_is_compared_with_the_same_month_of_earlier_years() {
    let year = [
        5.0, 6.0, 9.0, 14.0, 20.0, 26.0, 27.0, 25.0, 19.0, 13.0, 8.0, 6.0,
    ];
    let ordinary = [
        0.3, -0.2, 0.1, -0.4, 0.2, 0.4, -0.1, 0.0, -0.3, 0.2, -0.2, 0.1,
    ];
    let series = |step: f64| -> Vec<Observation> {
        (0..36)
            .map(|i| {
                let value = year[i % 12]
                    + ordinary[(5 * i + i / 12) % 12]
                    + if i >= 26 { step } else { 0.0 };
                Observation::new(format!("{}-{:02}-01", 2023 + i / 12, i % 12 + 1), value)
            })
            .collect()
    };
    let question = ChartQuestion {
        measure: "absence".to_owned(),
        lower_is_better: true,
        season: Some(Season::Month),
        ..ChartQuestion::default()
    };
    let same = chart(&series(0.0), &question).unwrap();
    assert_eq!(same.variation, Variation::CommonCause);
    assert_eq!(
        same.headline,
        "No real change. Compared with the same months of earlier years the ups and downs are the ordinary kind."
    );
    // The band follows the season, and the first year has none.
    let upper = same.phases[0].upper.as_ref().unwrap();
    assert_eq!(upper.at(11), None);
    assert!(upper.at(18).unwrap() > upper.at(12).unwrap() + 15.0);

    let risen = chart(&series(1.5), &question).unwrap();
    assert_eq!(risen.variation, Variation::Concerning);
    assert_eq!(
        risen.headline,
        "Real cause for concern. Ten months in a row above the same months of earlier years."
    );
    // Without the season, summer is all that an XmR chart sees.
    let blind = ChartQuestion {
        season: None,
        ..question
    };
    let blind = chart(&series(0.0), &blind).unwrap();
    assert!(
        blind
            .points
            .iter()
            .filter(|p| !p.signals.is_empty())
            .count()
            > 10
    );
}

#[test]
fn houses_differ_so_the_rule_set_is_named_and_changes_what_is_said() {
    // Eight in a row above the average of the first fourteen: enough for `nhs`, not for `nelson`.
    let values: Vec<f64> = [11.0, 9.0]
        .into_iter()
        .cycle()
        .take(14)
        .chain(
            [10.5; 8]
                .into_iter()
                .enumerate()
                .map(|(i, v)| if i % 2 == 0 { v } else { v + 0.3 }),
        )
        .collect();
    let with = |rules| {
        let question = ChartQuestion {
            baseline_until: Some("14".to_owned()),
            rules: Some(rules),
            ..asking(Kind::Xmr)
        };
        chart(&numbered(&values), &question).unwrap()
    };
    assert_eq!(with(RuleSet::Nhs).variation, Variation::Improving);
    assert_eq!(with(RuleSet::Nelson).variation, Variation::CommonCause);
    for rules in [RuleSet::Nhs, RuleSet::Nelson, RuleSet::Anhoej] {
        assert_eq!(with(rules).rules, rules);
    }
}

#[test]
fn a_named_change_draws_the_limits_of_a_share_anew() {
    let mut weeks = by_chance();
    weeks.extend(by_chance().iter().map(|(x, n)| (x - 60.0, *n)));
    let question = ChartQuestion {
        changes: vec![Change {
            date: "15".to_owned(),
            why: "the register changed".to_owned(),
        }],
        ..asking(Kind::P)
    };
    let drawn = chart(&counted(&weeks), &question).unwrap();
    let [before, since] = drawn.phases.as_slice() else {
        panic!("two phases");
    };
    assert!(before.centre.one().unwrap() - since.centre.one().unwrap() > 0.1);
    assert!(since.carried.is_none(), "it has limits of its own");
    let early = chart(&counted(&weeks[..20]), &question).unwrap();
    let carried = early.phases[1].carried.as_ref().unwrap();
    assert_eq!(carried.centre, before.centre);
    assert!(carried.upper.is_some());
}

#[test]
fn what_a_kind_cannot_draw_is_refused_by_name() {
    let refused = |points: &[Observation], kind| {
        let refusal = chart(points, &asking(kind)).unwrap_err();
        assert!(!refusal.says.is_empty() && !refusal.cure.is_empty());
        refusal.code
    };
    let weeks = by_chance();
    let with = |at: usize, pair| {
        let mut weeks = weeks.clone();
        weeks[at] = pair;
        counted(&weeks)
    };
    assert_eq!(
        refused(&with(3, (4.0, 0.0)), Kind::Auto),
        "denominator-zero"
    );
    assert_eq!(
        refused(&with(3, (4.0, -1.0)), Kind::Auto),
        "denominator-not-a-number"
    );
    assert_eq!(
        refused(&with(3, (4.0, f64::NAN)), Kind::U),
        "denominator-not-a-number"
    );
    assert_eq!(
        refused(&with(3, (421.0, 420.0)), Kind::P),
        "value-above-denominator"
    );
    assert_eq!(
        refused(&with(3, (-1.0, 420.0)), Kind::UPrime),
        "count-below-zero"
    );
    assert_eq!(
        refused(&numbered(&[1.0; 14]), Kind::P),
        "denominator-missing"
    );
    assert_eq!(refused(&numbered(&[-1.0; 14]), Kind::C), "count-below-zero");
    let mut mixed = counted(&weeks);
    mixed.push(Observation::new("15", 4.0));
    assert_eq!(refused(&mixed, Kind::Auto), "denominator-missing");
    let seasonal = ChartQuestion {
        season: Some(Season::Week),
        ..asking(Kind::P)
    };
    assert_eq!(
        chart(&counted(&weeks), &seasonal).unwrap_err().code,
        "season-needs-xmr"
    );
    let target = ChartQuestion {
        target: Some(96.0),
        ..asking(Kind::P)
    };
    assert_eq!(
        chart(&counted(&weeks), &target).unwrap_err().code,
        "target-not-a-share"
    );
}

#[test]
fn years_and_numbers_do_for_dates() {
    let years: Vec<Observation> = (2008..2024)
        .map(|year| Observation::new(year.to_string(), 50.0 + f64::from(year % 3)))
        .collect();
    let drawn = chart(&years, &asking(Kind::Xmr)).unwrap();
    assert!(drawn.headline.contains("since 2008"), "{}", drawn.headline);
    let drawn = chart(&numbered(&[50.0, 51.0, 52.0].repeat(5)), &asking(Kind::Xmr)).unwrap();
    assert_eq!(drawn.points[14].date, "15");
    assert!(
        drawn.headline.contains("since point 1"),
        "{}",
        drawn.headline
    );
}

fn signals(chart: &Chart) -> Vec<Vec<Signal>> {
    chart.points.iter().map(|p| p.signals.clone()).collect()
}

const OF_VALUES: [Kind; 4] = [Kind::Run, Kind::Xmr, Kind::Cusum, Kind::Ewma];
const OF_COUNTS: [Kind; 7] = [
    Kind::P,
    Kind::PPrime,
    Kind::U,
    Kind::UPrime,
    Kind::C,
    Kind::G,
    Kind::T,
];
const RULES: [RuleSet; 3] = [RuleSet::Nhs, RuleSet::Anhoej, RuleSet::Nelson];

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn no_kind_says_nan(
        pairs in prop::collection::vec((0.0..=1.0_f64, 1_u32..100_000), 1..40),
        counts in prop::option::of(0..40_usize),
        kind in prop::sample::select([OF_VALUES.as_slice(), OF_COUNTS.as_slice(), &[Kind::Auto]].concat()),
        rules in prop::option::of(prop::sample::select(RULES.to_vec())),
        target in prop::option::of(0.0..=1.0_f64),
        change in 1..60_u32,
    ) {
        let pairs: Vec<(f64, f64)> = pairs
            .iter()
            .enumerate()
            .map(|(i, (share, n))| {
                let n = f64::from(*n);
                (if Some(i) == counts { 0.0 } else { (share * n).floor() }, n)
            })
            .collect();
        let question = ChartQuestion {
            rules,
            target,
            changes: vec![Change { date: change.to_string(), why: "a change".to_owned() }],
            ..asking(kind)
        };
        let drawn = chart(&counted(&pairs), &question).unwrap();
        prop_assert!(drawn.kind != Kind::Auto);
        let json = serde_json::to_value(&drawn).unwrap();
        // What is no number becomes null in JSON, and then it doesn't read back.
        prop_assert_eq!(serde_json::from_value::<Chart>(json).unwrap(), drawn.clone());
        prop_assert_eq!(drawn.points.len(), pairs.len());
        for phase in &drawn.phases {
            let lines = [Some(&phase.centre), phase.lower.as_ref(), phase.upper.as_ref()];
            prop_assert!(lines.into_iter().flatten().flat_map(|l| l.values()).all(f64::is_finite));
        }
        let words = format!("{} {} {}", drawn.title, drawn.headline, drawn.because);
        prop_assert!(!words.contains("NaN") && !words.contains("inf"), "{words}");
    }

    #[test]
    fn units_and_shifts_change_no_signal(
        // Eighths, so that multiplying and shifting lose nothing.
        values in prop::collection::vec(-4000..4000_i32, 13..60),
        scale in prop::sample::select(vec![0.25, 2.0, 64.0]),
        shift in -4096..4096_i32,
        kind in prop::sample::select(OF_VALUES.to_vec()),
        rules in prop::sample::select(RULES.to_vec()),
    ) {
        let values: Vec<f64> = values.iter().map(|v| f64::from(*v) / 8.0).collect();
        let question = ChartQuestion { rules: Some(rules), ..asking(kind) };
        let drawn = chart(&numbered(&values), &question).unwrap();
        let scaled: Vec<f64> = values.iter().map(|v| v * scale).collect();
        let scaled = chart(&numbered(&scaled), &question).unwrap();
        prop_assert_eq!(signals(&drawn), signals(&scaled), "another unit");
        prop_assert_eq!(drawn.variation, scaled.variation);
        let moved: Vec<f64> = values.iter().map(|v| v + f64::from(shift)).collect();
        let moved = chart(&numbered(&moved), &question).unwrap();
        // A value within rounding of a line may fall on either side of it when all is shifted.
        let differ = signals(&drawn).iter().zip(signals(&moved)).filter(|(a, b)| **a != *b).count();
        prop_assert!(differ == 0 || close_to_a_line(&drawn), "a shift");
    }

    #[test]
    fn bare_values_signal_what_a_chart_of_them_signals(
        values in prop::collection::vec(-100..100_i32, 13..80),
    ) {
        let values: Vec<f64> = values.iter().map(|v| f64::from(*v)).collect();
        let drawn = chart(&numbered(&values), &asking(Kind::Xmr)).unwrap();
        let (limits, bare) = limits_and_signals(&values).unwrap();
        prop_assert_eq!(signals(&drawn), bare.iter().map(|s| s.rules()).collect::<Vec<_>>());
        prop_assert_eq!(drawn.phases[0].centre.one(), Some(limits.centre));
        prop_assert_eq!(drawn.phases[0].upper.as_ref().unwrap().one(), Some(limits.upper()));
    }

    #[test]
    fn more_pupils_of_the_same_share_narrow_the_limits(
        share in 0.05..0.95_f64,
        n in 20_u32..2000,
        times in 2_u32..50,
    ) {
        use difference_engine::chart::kinds::{p, u};
        let (n, more) = (f64::from(n), f64::from(n * times));
        prop_assert!(p::sigma(share, more) < p::sigma(share, n));
        prop_assert!(u::sigma(share, more) < u::sigma(share, n));
    }
}

/// Whether any value is within rounding of the centre or of a third of the way to a limit.
fn close_to_a_line(chart: &Chart) -> bool {
    let phase = &chart.phases[0];
    let centre = phase.centre.newest().unwrap();
    let reach = phase
        .upper
        .as_ref()
        .map_or(0.0, |u| u.newest().unwrap() - centre);
    chart.points.iter().any(|point| {
        let value = point.ewma.unwrap_or(point.value);
        (-3..=3).any(|third| {
            (value - centre - f64::from(third) * reach / 3.0).abs() < 1e-9 * reach.max(1.0)
        })
    })
}
