//! `difference chart`: signal or noise, on deaths of drivers in Great Britain (1969 to 1984) and on small files.

use std::fmt::Write as _;
use std::path::Path;

use super::{Came, difference, difference_in};

const DRIVERS: [&str; 9] = [
    "chart",
    "seatbelts.csv",
    "--date",
    "year,month",
    "--value",
    "DriversKilled",
    "--better",
    "lower",
    "--measure",
];

fn drivers(more: &[&'static str]) -> Vec<&'static str> {
    DRIVERS
        .iter()
        .chain(&["deaths of drivers"])
        .chain(more)
        .copied()
        .collect()
}

/// A call on a file of its own.
fn on(csv: &str, words: &[&str]) -> Came {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("weeks.csv"), csv).unwrap();
    let all: Vec<&str> = ["chart", "weeks.csv"]
        .iter()
        .chain(words)
        .copied()
        .collect();
    difference_in(folder.path(), &all).run()
}

/// Half-days attended of those possible in eleven weeks of a register.
fn register(weeks: usize) -> String {
    let present = [
        396, 401, 393, 399, 404, 391, 398, 395, 402, 397, 400, 394, 398, 403,
    ];
    let mut csv = "Week,Present,Possible\n".to_owned();
    for (week, present) in present.iter().cycle().take(weeks).enumerate() {
        let (month, day) = (1 + week / 4, 1 + 7 * (week % 4));
        let _ = writeln!(csv, "{day:02}/{month:02}/2026,{present},420");
    }
    csv
}

#[test]
fn drivers_killed_as_text() {
    let came = difference(&drivers(&["--change", "1983-02-01:seat belts became law"])).run();
    insta::assert_snapshot!(came.seen());
}

#[test]
fn json_agrees_with_r_and_names_its_kind_and_rules() {
    let came = difference(&drivers(&["--format", "json"])).run();
    let chart = came.json();
    assert_eq!(came.code, 0);
    assert_eq!(chart["schema"], "difference.chart/1");
    assert_eq!(chart["kind"], "xmr");
    assert_eq!(chart["rules"], "nhs");
    assert_eq!(chart["points"].as_array().unwrap().len(), 192);
    // NHSRplotthedots: 122.802, 81.996 to 163.608.
    let near =
        |value: &serde_json::Value, wanted: f64| (value.as_f64().unwrap() - wanted).abs() < 1e-3;
    assert!(near(&chart["phases"][0]["centre"], 122.802));
    assert!(near(&chart["phases"][0]["lower"], 81.996));
    assert!(near(&chart["phases"][0]["upper"], 163.608));
}

#[test]
fn the_season_is_compared_with_the_same_month_of_earlier_years() {
    let chart = difference(&drivers(&["--season", "month", "--format", "json"]))
        .run()
        .json();
    let upper = chart["phases"][0]["upper"].as_array().unwrap();
    assert!(upper[0].is_null(), "1969 has no earlier year");
    assert!(upper[191].is_number());
    // The law's first year: fewer deaths than in the same months before.
    assert_eq!(chart["variation"], "improving");
    assert!(
        chart["headline"]
            .as_str()
            .unwrap()
            .contains("the same months of earlier years")
    );
}

#[test]
fn a_share_finds_its_dates_its_kind_and_its_target_in_per_cent() {
    let came = on(
        &register(16),
        &[
            "--value",
            "Present",
            "--denominator",
            "Possible",
            "--target",
            "96%",
            "--measure",
            "attendance",
        ],
    );
    assert_eq!(came.code, 0, "{}", came.stderr);
    assert!(
        came.stderr.contains("The dates were found in “Week”"),
        "{}",
        came.stderr
    );
    for told in [
        "Attendance is holding steady",
        "94.8%",
        "p chart",
        "Target 96%",
        "nhs",
        "═ target",
    ] {
        assert!(came.stdout.contains(told), "{told}\n{}", came.stdout);
    }
    assert!(came.stdout.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn five_points_are_too_early_and_that_is_an_answer() {
    let came = on(&register(5), &["--value", "Present", "--format", "json"]);
    assert_eq!(came.code, 0);
    assert_eq!(came.json()["variation"], "too-early");
    let one = on(&register(1), &["--value", "Present"]);
    assert_eq!(one.code, 0);
    assert!(one.stdout.contains("One point so far"), "{}", one.stdout);
}

#[test]
fn a_series_that_never_moves_and_dates_that_go_back_are_drawn_and_said() {
    let still = (1..=14).fold("day,x\n".to_owned(), |csv, day| {
        format!("{csv}2026-01-{day:02},5\n")
    });
    let came = on(&still, &["--value", "x"]);
    assert_eq!(came.code, 0);
    assert!(came.stdout.contains("holding steady"));
    let back = on("day,x\n2026-01-02,5\n2026-01-01,6\n", &["--value", "x"]);
    assert_eq!(back.code, 0);
    assert!(back.stdout.contains("not in the order of time"));
}

#[test]
fn what_cannot_be_drawn_is_a_refusal_with_its_name() {
    let refused = |csv: &str, words: &[&str]| {
        let all: Vec<&str> = words.iter().chain(&["--format", "json"]).copied().collect();
        let came = on(csv, &all);
        assert_eq!(came.code, 1, "{}", came.stderr);
        let refused = came.json()["refused"].clone();
        assert!(refused["says"].is_string() && refused["cure"].is_string());
        refused["code"].as_str().unwrap().to_owned()
    };
    let of = ["--value", "x", "--denominator", "n"];
    assert_eq!(
        refused("day,x,n\n2026-01-01,5,0\n", &of),
        "denominator-zero"
    );
    assert_eq!(
        refused(
            "day,x,n\n2026-01-01,5,4\n",
            &["--value", "x", "--denominator", "n", "--kind", "p"]
        ),
        "value-above-denominator"
    );
    assert_eq!(
        refused("day,x\n2026-01-01,5\n2026-01-01,6\n", &["--value", "x"]),
        "date-twice"
    );
    assert_eq!(
        refused("day,x\n2026-01-01,\n", &["--value", "x"]),
        "no-values"
    );
}

#[test]
fn wrong_calls_and_files_end_with_2() {
    let wrong = |csv: &str, words: &[&str], told: &str| {
        let came = on(csv, words);
        assert_eq!(
            (came.code, came.stdout.as_str()),
            (2, ""),
            "{}",
            came.stderr
        );
        assert!(came.stderr.contains(told), "{}", came.stderr);
    };
    let good = register(5);
    wrong(&good, &[], "--value");
    wrong(&good, &["--value", "Presnt"], "Present");
    wrong(
        &good,
        &["--value", "Present", "--change", "soon"],
        "breakfast club",
    );
    wrong(&good, &["--value", "Present", "--target", "lots"], "96%");
    wrong("a,x\nred,5\n", &["--value", "x"], "No column holds dates");
    wrong("a,x\nred,5\n", &["--value", "x", "--date", "a"], "red");
    wrong(&good, &["--value", "Present", "--kind", "funnel"], "--by");
}

#[test]
fn one_chart_for_each_school() {
    let mut csv = "week,school,late\n".to_owned();
    for week in 1..=14 {
        let _ = writeln!(
            csv,
            "{week},Thornbeck,{}\n{week},Oakshaw,{}",
            20 + week % 3,
            30 + week % 4
        );
    }
    let words = [
        "--date", "week", "--value", "late", "--by", "school", "--better", "lower",
    ];
    let with = |format: &str| {
        let all: Vec<&str> = words.iter().chain(&["--format", format]).copied().collect();
        on(&csv, &all)
    };
    let charts = with("json").json();
    assert_eq!(charts["schema"], "difference.chart/1");
    let labels: Vec<&str> = charts["charts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["label"].as_str().unwrap())
        .collect();
    assert_eq!(labels, ["Oakshaw", "Thornbeck"]);
    assert_eq!(charts["charts"][0]["kind"], "xmr");
    let drawn = with("svg").stdout;
    assert!(drawn.starts_with("<svg ") && drawn.contains("Oakshaw") && drawn.contains("title-1"));
    let page = with("html").stdout;
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<h2>Thornbeck</h2>"));
    assert!(with("text").stdout.contains("── Thornbeck"));
}

#[test]
fn a_funnel_names_only_who_differs_by_more_than_chance() {
    let csv = "school,absent,possible\nAshby,21,210\nBirch,9,120\nCedar,48,420\nDale,33,300\nElm,14,180\nFirth,90,400\n";
    let words = [
        "--kind",
        "funnel",
        "--value",
        "absent",
        "--denominator",
        "possible",
        "--by",
        "school",
        "--better",
        "lower",
    ];
    let came = on(csv, &words);
    insta::assert_snapshot!(came.seen());
    let all: Vec<&str> = words.iter().chain(&["--format", "json"]).copied().collect();
    let funnel = on(csv, &all).json();
    assert_eq!(
        (&funnel["schema"], &funnel["kind"]),
        (&"difference.chart/1".into(), &"funnel".into())
    );
    assert_eq!(funnel["phases"][0]["upper"].as_array().unwrap().len(), 6);
    let all: Vec<&str> = words.iter().chain(&["--format", "svg"]).copied().collect();
    let drawn = on(csv, &all).stdout;
    assert!(drawn.contains(">Firth</text>") && !drawn.contains(">Ashby</text>"));
}

#[test]
fn a_drawing_stands_alone_and_goes_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("drivers.svg");
    let path = out.to_str().unwrap().to_owned();
    let words: Vec<&str> = drivers(&["--format", "svg", "--out"])
        .into_iter()
        .chain([path.as_str()])
        .collect();
    let came = difference(&words).run();
    assert_eq!((came.code, came.stdout.as_str()), (0, ""));
    let drawn = std::fs::read_to_string(Path::new(&path)).unwrap();
    assert!(drawn.starts_with("<svg xmlns") && drawn.contains("“nhs”") && !drawn.contains("var("));
}

#[test]
fn every_kind_answers() {
    for kind in [
        "run", "xmr", "p", "pprime", "u", "uprime", "c", "g", "t", "cusum", "ewma",
    ] {
        for format in ["text", "html", "svg"] {
            let came = on(
                &register(20),
                &[
                    "--value",
                    "Present",
                    "--denominator",
                    "Possible",
                    "--kind",
                    kind,
                    "--format",
                    format,
                ],
            );
            assert_eq!(came.code, 0, "{kind}: {}", came.stderr);
            assert!(!came.stdout.contains("NaN"), "{kind}");
        }
    }
    let days = "when\n2026-01-01\n2026-01-09\n2026-02-20\n2026-02-28\n";
    let gaps = on(days, &["--kind", "t", "--date", "when", "--format", "json"]);
    assert_eq!(gaps.json()["points"][1]["value"], 42.0);
}
