//! `difference evaluate` on real trials: the Achievement Awards of 2001 (Angrist & Lavy 2009) and STAR.

use super::{Came, difference, difference_in};

/// Cash for passing the Bagrut: 39 schools, drawn by lot in pairs, outcome 0 or 1.
const AWARDS: [&str; 10] = [
    "evaluate",
    "awards.csv",
    "--where",
    "year = 2001",
    "--outcome",
    "Bagrut_status",
    "--treatment",
    "treated",
    "--allocation",
    "lot",
];

fn awards(more: &[&'static str]) -> Came {
    let words: Vec<&str> = AWARDS.iter().chain(more).copied().collect();
    difference(&words).run()
}

/// The primary estimate's p-value and interval in percentage points.
fn primary(came: &Came) -> (f64, f64, f64) {
    let evaluation = came.json();
    let estimates = evaluation["estimates"].as_array().unwrap();
    let primary = estimates.iter().find(|e| e["primary"] == true).unwrap();
    (
        primary["p_value"].as_f64().unwrap(),
        primary["interval"]["lower"].as_f64().unwrap() * 100.0,
        primary["interval"]["upper"].as_f64().unwrap() * 100.0,
    )
}

#[test]
fn schools_were_drawn_so_schools_are_what_counts() {
    let came = awards(&["--cluster", "school_id"]);
    insta::assert_snapshot!(came.seen());
}

#[test]
fn the_same_trial_asked_three_ways() {
    // Pupils taken as independent of each other: far too sure.
    let (p, ..) = primary(&awards(&["--se", "classical", "--format", "json"]));
    assert!((p - 0.000_653_379).abs() < 1e-9, "{p}");
    let said = awards(&["--se", "classical"]).stdout;
    assert!(said.contains("0.0007"), "{said}");
    // Whole schools were drawn.
    let (p, lower, upper) = primary(&awards(&["--cluster", "school_id", "--format", "json"]));
    assert!((p - 0.34).abs() < 0.005, "{p}");
    assert!(
        (lower + 5.0).abs() < 0.5 && (upper - 15.0).abs() < 0.5,
        "{lower} {upper}"
    );
    // They were drawn within pairs.
    let (p, lower, upper) = primary(&awards(&[
        "--cluster",
        "school_id",
        "--block",
        "pair",
        "--format",
        "json",
    ]));
    assert!((p - 0.56).abs() < 0.005, "{p}");
    assert!(
        (lower + 8.0).abs() < 0.5 && (upper - 14.0).abs() < 0.5,
        "{lower} {upper}"
    );
}

#[test]
fn star_in_months_as_markdown() {
    let came = difference(&[
        "evaluate",
        "star.csv",
        "--where",
        "stark != regular+aide",
        "--outcome",
        "readk",
        "--treatment",
        "stark",
        "--control",
        "regular",
        "--block",
        "schoolidk",
        "--allocation",
        "lot",
        "--attainment",
        "--worthwhile",
        "0.05sd",
        "--format",
        "markdown",
    ])
    .run();
    insta::assert_snapshot!(came.seen());
}

#[test]
fn json_carries_the_schema_the_call_and_the_fingerprint() {
    let came = awards(&["--cluster", "school_id", "--format", "json"]);
    let evaluation = came.json();
    assert_eq!(came.code, 0);
    assert!(came.stderr.is_empty(), "{}", came.stderr);
    assert_eq!(evaluation["schema"], "difference.evaluation/1");
    assert_eq!(evaluation["data"]["used"], 3_821);
    assert_eq!(evaluation["evidence"]["rung"], 3);
    let call = evaluation["call"].as_str().unwrap();
    assert!(
        call.contains("--where 'year = 2001'") && !call.contains("--format"),
        "{call}"
    );
    assert_eq!(
        evaluation["data"]["fingerprint"]["bytes"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
}

#[test]
fn the_call_that_is_printed_asks_the_same_again() {
    let first = awards(&[
        "--cluster",
        "school_id",
        "--block",
        "pair",
        "--worthwhile",
        "3",
        "--format",
        "json",
    ])
    .json();
    let call = first["call"].as_str().unwrap().to_owned();
    let again = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!("{call} --format json").replacen(
            "difference",
            env!("CARGO_BIN_EXE_difference"),
            1,
        ))
        .current_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference/data"))
        .output()
        .unwrap();
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(first, again);
}

#[test]
fn the_page_is_whole_and_is_written_only_when_it_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("awards.html");
    let path: &'static str = out.to_str().unwrap().to_owned().leak();
    let came = awards(&["--cluster", "school_id", "--format", "html", "--out", path]);
    assert_eq!((came.code, came.stdout.as_str()), (0, ""));
    let page = std::fs::read_to_string(&out).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let nowhere = awards(&[
        "--cluster",
        "school_id",
        "--out",
        "no/such/folder/answer.txt",
    ]);
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.stderr.contains("could not be written"));
}

#[test]
fn a_column_that_is_not_there_is_named_with_the_nearest() {
    insta::assert_snapshot!(
        difference(&[
            "evaluate",
            "awards.csv",
            "--outcome",
            "Bagrut",
            "--treatment",
            "treated"
        ])
        .run()
        .seen()
    );
}

#[test]
fn a_cell_that_is_no_number_is_named_with_its_row_and_its_cure() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("scores.csv"),
        "pupil,group,score\n1,reading,98\n2,usual,101\n3,reading,ninety\n4,usual,97\n5,reading,104\n6,usual,99\n",
    )
    .unwrap();
    insta::assert_snapshot!(
        difference_in(
            folder.path(),
            &[
                "evaluate",
                "scores.csv",
                "--outcome",
                "score",
                "--treatment",
                "group"
            ]
        )
        .run()
        .seen()
    );
}

#[test]
fn where_nothing_varies_it_cannot_say_and_that_is_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..40)
        .map(|i| format!("{i},{},7\n", if i % 2 == 0 { "reading" } else { "usual" }))
        .collect();
    std::fs::write(
        folder.path().join("scores.csv"),
        format!("pupil,group,score\n{rows}"),
    )
    .unwrap();
    let words = [
        "evaluate",
        "scores.csv",
        "--outcome",
        "score",
        "--treatment",
        "group",
    ];
    insta::assert_snapshot!(difference_in(folder.path(), &words).run().seen());
    let json: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
    let came = difference_in(folder.path(), &json).run();
    assert_eq!(came.code, 1);
    let answer = came.json();
    assert_eq!(answer["schema"], "difference.evaluation/1");
    for part in ["code", "says", "cure"] {
        assert!(
            !answer["refused"][part].as_str().unwrap().is_empty(),
            "{part}"
        );
    }
}

#[test]
fn the_list_that_was_drawn_shows_who_was_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut scores = "pupil,group,score\n".to_owned();
    let mut list = "code,group\n".to_owned();
    for i in 0..60 {
        let group = if i % 2 == 0 { "reading" } else { "usual" };
        list.push_str(&format!("P{i},{group}\n"));
        if i % 10 != 0 {
            scores.push_str(&format!("P{i},{group},{}\n", 95 + (i * 7) % 13));
        }
    }
    std::fs::write(folder.path().join("scores.csv"), scores).unwrap();
    std::fs::write(folder.path().join("list.csv"), &list).unwrap();
    let words = [
        "evaluate",
        "scores.csv",
        "--outcome",
        "score",
        "--treatment",
        "group",
        "--control",
        "usual",
        "--allocation",
        "lot",
        "--randomised",
        "list.csv",
        "--format",
        "json",
    ];
    let attrition = difference_in(folder.path(), &words).run().json()["attrition"].clone();
    assert_eq!(attrition["from_list"], true);
    assert_eq!(attrition["intervention"]["drawn"], 30);
    assert_eq!(attrition["intervention"]["measured"], 24);
    assert_eq!(attrition["comparison"]["measured"], 30);
    // A name that is neither group is named with its row, never counted as one of them.
    std::fs::write(
        folder.path().join("list.csv"),
        list.replace("P3,usual", "P3,maths"),
    )
    .unwrap();
    let came = difference_in(folder.path(), &words).run();
    assert_eq!(came.code, 2);
    assert!(
        came.stderr.contains("Row 5") && came.stderr.contains("maths"),
        "{}",
        came.stderr
    );
}

#[test]
fn a_locked_plan_is_checked_and_what_was_done_otherwise_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..60)
        .map(|i| {
            format!(
                "P{i},{},{}\n",
                if i % 2 == 0 { "reading" } else { "usual" },
                95 + (i * 7) % 13
            )
        })
        .collect();
    std::fs::write(
        folder.path().join("scores.csv"),
        format!("pupil,group,score\n{rows}"),
    )
    .unwrap();
    let plan = include_str!("../../../../engine/tests/it/trial_plan/morning_reading.json");
    std::fs::write(folder.path().join("plan.json"), plan).unwrap();
    let words = [
        "evaluate",
        "scores.csv",
        "--outcome",
        "score",
        "--treatment",
        "group",
        "--control",
        "usual",
        "--plan",
        "plan.json",
        "--locked",
        "2026-01-06",
        "--format",
        "json",
    ];
    let evaluation = difference_in(folder.path(), &words).run().json();
    assert_eq!(
        evaluation["allocation"], "lot",
        "the plan says how the groups came about"
    );
    assert_eq!(evaluation["plan"]["before_outcome"], true);
    assert_eq!(evaluation["plan"]["hash"].as_str().unwrap().len(), 64);
    let deviations = evaluation["plan"]["deviations"].to_string();
    assert!(deviations.contains("morning reading"), "{deviations}");
    // Without the day nobody can show that the plan came first.
    let without: Vec<&str> = words
        .iter()
        .copied()
        .filter(|w| *w != "--locked" && *w != "2026-01-06")
        .collect();
    assert_eq!(
        difference_in(folder.path(), &without).run().json()["plan"]["before_outcome"],
        false
    );
    // Another fingerprint is another plan.
    let other = "0".repeat(64);
    let held: Vec<&str> = words
        .iter()
        .copied()
        .chain(["--fingerprint", &other])
        .collect();
    let came = difference_in(folder.path(), &held).run();
    assert_eq!((came.code, came.stdout.as_str()), (2, ""));
    std::fs::write(folder.path().join("plan.json"), "{}").unwrap();
    let came = difference_in(folder.path(), &words).run();
    assert_eq!((came.code, came.stdout.as_str()), (2, ""));
    assert!(came.stderr.contains("plan"), "{}", came.stderr);
}

#[test]
fn a_worthwhile_that_is_no_number_is_a_wrong_call() {
    let came = awards(&["--worthwhile", "lots"]);
    assert_eq!((came.code, came.stdout.as_str()), (2, ""));
    assert!(came.stderr.contains("0.1sd"));
}

#[test]
fn with_only_a_file_in_a_pipe_it_shows_its_guess_as_a_call_and_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("year4.csv"), YEAR_4).unwrap();
    let came = difference_in(folder.path(), &["evaluate", "year4.csv"]).run();
    assert_eq!((came.code, came.stdout.as_str()), (2, ""));
    assert!(!came.stderr.contains("Khan"), "names are masked");
    insta::assert_snapshot!(came.seen());
}

/// As schools export them: a title above the headings, names, `abs`.
const YEAR_4: &str = "Year 4 reading trial,,,,,,
UPN,Surname,Class,Group,Sept score,July score,PP
A123456789012,Khan,4TB,reading,96,104,no
A123456789013,Brown,4TB,usual,101,103,no
A123456789014,Nair,4TB,reading,93,99,yes
A123456789015,Holt,4KH,usual,98,abs,yes
A123456789016,Adu,4KH,reading,102,108,no
A123456789017,Li,4KH,usual,99,101,no
A123456789018,Roe,4KH,reading,95,103,no
A123456789019,Fox,4TB,usual,97,99,yes
A123456789020,May,4TB,reading,94,101,no
A123456789021,Day,4TB,usual,100,101,no
";

#[test]
fn what_is_no_table_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("report.pdf"),
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    )
    .unwrap();
    let came = difference_in(folder.path(), &["evaluate", "report.pdf"]).run();
    assert_eq!((came.code, came.stdout.as_str()), (2, ""));
    assert!(came.stderr.contains("PDF"), "{}", came.stderr);
}

/// Forty pupils who took turns by lot; of the club three in four came, two pupils were away for the test.
fn club() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = "code,sex,group,came,score\n".to_owned();
    for i in 0..80 {
        let drawn = i % 2 == 1;
        let came = if drawn && i % 8 != 7 { "yes" } else { "no" };
        let girl = if i % 4 < 2 { "girl" } else { "boy" };
        let score = 20 + (i * 37) % 23 + if came == "yes" { 6 } else { 0 };
        let score = if i == 10 || i == 40 {
            "abs".to_owned()
        } else {
            score.to_string()
        };
        let group = if drawn { "club" } else { "usual" };
        rows.push_str(&format!("P{i},{girl},{group},{came},{score}\n"));
    }
    std::fs::write(folder.path().join("club.csv"), rows).unwrap();
    folder
}

const CLUB: [&str; 14] = [
    "evaluate",
    "club.csv",
    "--outcome",
    "score",
    "--treatment",
    "group",
    "--control",
    "usual",
    "--received",
    "came",
    "--subgroup",
    "sex",
    "--allocation",
    "lot",
];

#[test]
fn who_came_girls_and_boys_and_the_two_who_were_away() {
    let folder = club();
    insta::assert_snapshot!(difference_in(folder.path(), &CLUB).run().seen());
}

#[test]
fn what_stands_beside_the_answer_is_in_the_json() {
    let folder = club();
    let words = [
        &CLUB[..],
        &["--method", "lin", "--se", "hc3", "--format", "json"],
    ]
    .concat();
    let came = difference_in(folder.path(), &words).run().json();
    assert_eq!(came["compliance"]["intervention"], 0.75);
    let methods: Vec<&str> = came["estimates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["method"].as_str().unwrap())
        .collect();
    assert_eq!(methods, ["lin, HC3", "cace, HC3"]);
    assert_eq!(came["subgroups"][0]["levels"].as_array().unwrap().len(), 2);
    assert!(came["subgroups"][0]["interaction"]["p_holm"].is_number());
    assert_eq!(came["bounds"][0]["name"], "lee");
    assert!(came["call"].as_str().unwrap().contains("--received came"));
}

#[test]
fn who_took_part_must_be_yes_or_no() {
    let folder = club();
    let mut words = CLUB;
    words[9] = "code";
    let came = difference_in(folder.path(), &words).run();
    assert_eq!(came.code, 2, "{}", came.stderr);
}
