//! A goal's run chart, in a page and as a file.

use difference_report::run_chart::{figure, signal, standalone, target};
use engine::chart::{Change, Chart, ChartQuestion, Observation, chart};

const ATTENDANCE: [f64; 23] = [
    93.4, 93.9, 93.1, 93.6, 92.9, 93.8, 93.2, 94.0, 93.5, 93.0, 93.7, 93.3, 92.8, 94.9, 95.3, 95.0,
    95.6, 95.2, 94.8, 95.5, 95.7, 95.3, 95.8,
];

fn weekly(values: &[f64]) -> Vec<Observation> {
    values
        .iter()
        .enumerate()
        .map(|(week, value)| {
            let day = 6 + 7 * week;
            let (month, day) = [(4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30)]
                .iter()
                .fold((4, day), |(month, day), (m, days)| {
                    if month == *m && day > *days {
                        (month + 1, day - days)
                    } else {
                        (month, day)
                    }
                });
            Observation::new(format!("2026-{month:02}-{day:02}"), *value)
        })
        .collect()
}

fn question() -> ChartQuestion {
    ChartQuestion {
        measure: "attendance".to_owned(),
        unit: "%".to_owned(),
        target: Some(96.0),
        due: Some("2027-07-23".to_owned()),
        ..ChartQuestion::default()
    }
}

fn stepped_up() -> Chart {
    let points = weekly(&ATTENDANCE);
    let question = ChartQuestion {
        changes: vec![Change {
            date: points[13].date.clone(),
            why: "breakfast club <began> & stayed".to_owned(),
        }],
        ..question()
    };
    chart(&points, &question).unwrap()
}

fn lateness() -> Chart {
    let late: Vec<f64> = ATTENDANCE.iter().map(|a| a - 88.0).collect();
    let question = ChartQuestion {
        measure: "lateness".to_owned(),
        unit: "minutes".to_owned(),
        lower_is_better: true,
        baseline_until: Some("2026-06-29".to_owned()),
        target: Some(5.0),
        ..ChartQuestion::default()
    };
    chart(&weekly(&late), &question).unwrap()
}

#[test]
fn a_real_improvement_has_filled_circles_a_word_and_a_row_that_says_so() {
    let html = figure(&stepped_up());
    assert!(html.starts_with("<div class=\"chart\"><svg height=\"170\" role=\"img\" aria-label=\"Run chart of weekly attendance, 6 April to 7 September 2026. The newest value is 95.8%. Real improvement."));
    assert_eq!(html.matches("class=\"c-dot better\"").count(), 10);
    assert_eq!(html.matches("class=\"c-dot\"").count(), 13);
    assert!(html.contains("<p class=\"signal better\">"));
    assert!(
        html.contains(
            "<b>Real improvement.</b> Ten weeks in a row above the old average of 93.4%."
        )
    );
    assert_eq!(html.matches("<td>real improvement</td>").count(), 10);
    assert!(html.contains("<b>Target 96% by July 2027:</b> too early to say since"));
}

#[test]
fn a_real_concern_has_filled_diamonds_and_an_arrow_the_way_it_went() {
    let html = figure(&lateness());
    assert_eq!(html.matches("class=\"c-dot worse\"").count(), 10);
    assert!(html.contains("<p class=\"signal worse\">"));
    assert!(html.contains("<b>Real cause for concern.</b>"));
    assert!(html.contains("M11 16V6.5"), "it went up");
    assert!(html.contains("<th scope=\"col\" class=\"n\">Lateness (minutes)</th>"));
}

#[test]
fn the_old_range_stays_in_sight_until_there_is_a_new_one() {
    let html = figure(&stepped_up());
    assert_eq!(html.matches("class=\"c-band\"").count(), 2);
    // The old average twice, the new one once.
    assert_eq!(html.matches("class=\"c-mean\"").count(), 3);
    assert_eq!(html.matches("class=\"c-note\"").count(), 1);
}

#[test]
fn before_thirteen_points_there_is_no_band_and_the_mark_is_dotted() {
    let early = chart(&weekly(&ATTENDANCE[..5]), &question()).unwrap();
    let html = figure(&early);
    assert!(!html.contains("c-band") && !html.contains("c-mean"));
    assert!(html.contains("<p class=\"signal early\">"));
    assert!(html.contains("<b>Too early to say.</b> Five points so far."));
    assert!(!html.contains("<th scope=\"col\">Signal</th>"));
}

#[test]
fn what_was_typed_stays_text() {
    let html = figure(&stepped_up());
    assert!(html.contains("breakfast club &lt;began&gt; &amp; stayed"));
    assert!(!html.contains("<began>"));
    let svg = standalone(&stepped_up());
    assert!(!svg.contains("<began>"));
}

#[test]
fn every_mark_lies_inside_the_picture() {
    for values in [
        &ATTENDANCE[..],
        &ATTENDANCE[..1],
        &ATTENDANCE[..2],
        &[7.0; 14],
    ] {
        for target in [None, Some(96.0), Some(-40.0)] {
            let question = ChartQuestion {
                target,
                ..question()
            };
            let html = figure(&chart(&weekly(values), &question).unwrap());
            for (attribute, most) in [
                (" y=\"", 170.0),
                (" y1=\"", 170.0),
                (" cy=\"", 170.0),
                (" cx=\"", 100.0),
            ] {
                for value in html.split(attribute).skip(1) {
                    let number = value.split('"').next().unwrap().trim_end_matches('%');
                    let at: f64 = number.parse().unwrap();
                    assert!((-8.0..=most).contains(&at), "{attribute}{number}");
                }
            }
        }
    }
}

#[test]
fn a_file_of_its_own_names_its_rules_and_needs_no_stylesheet() {
    let svg = standalone(&stepped_up());
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\""));
    assert!(svg.contains("<title id=\"title\">Attendance has stepped up</title>"));
    assert!(svg.contains("Signals by the rule set “nhs”."));
    assert!(!svg.contains("var(--"));
}

#[test]
fn without_a_target_nothing_is_said_of_one() {
    let free = chart(
        &weekly(&ATTENDANCE),
        &ChartQuestion {
            target: None,
            ..question()
        },
    )
    .unwrap();
    assert_eq!(target(&free), "");
    assert!(!figure(&free).contains("arget"));
    assert!(signal(&free).contains("<b>"));
}
