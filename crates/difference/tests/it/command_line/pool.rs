//! `difference pool` on real results: what teachers expect of pupils, 19 studies (Raudenbush 1985).

use super::difference;

const EXPECTANCY: [&str; 12] = [
    "pool",
    "raudenbush1985.csv",
    "--effect",
    "yi",
    "--variance",
    "vi",
    "--study",
    "author",
    "--measure",
    "IQ",
    "--each",
    "study",
];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    EXPECTANCY.iter().chain(more).copied().collect()
}

#[test]
fn nineteen_studies_as_text() {
    insta::assert_snapshot!(difference(&EXPECTANCY).run().seen());
}

#[test]
fn json_agrees_with_r_and_says_its_schema() {
    let came = difference(&with(&["--inference", "wald", "--format", "json"])).run();
    let pool = came.json();
    assert_eq!(came.code, 0);
    assert_eq!(pool["schema"], "difference.pool/1");
    assert_eq!(pool["k"], 19);
    // metafor's rma(yi, vi), REML: 0.0837 (0.0516), τ² 0.0188.
    let near =
        |value: &serde_json::Value, wanted: f64| (value.as_f64().unwrap() - wanted).abs() < 5e-5;
    assert!(near(&pool["estimates"][0]["estimate"], 0.0837));
    assert!(near(&pool["estimates"][0]["standard_error"], 0.0516));
    assert!(near(&pool["tau2"]["estimate"], 0.0188));
}

#[test]
fn standard_errors_do_as_well_as_variances() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.csv");
    std::fs::write(
        &path,
        "school,g,v,se\nA,0.2,0.04,0.2\nB,0.1,0.01,0.1\nC,0.4,0.09,0.3\n",
    )
    .unwrap();
    let call = |column: &str, name: &str| {
        super::difference_in(
            folder.path(),
            &[
                "pool",
                "results.csv",
                "--effect",
                "g",
                column,
                name,
                "--format",
                "json",
            ],
        )
        .run()
        .json()["estimates"][0]["estimate"]
            .as_f64()
            .unwrap()
    };
    assert!((call("--variance", "v") - call("--se", "se")).abs() < 1e-9);
}

#[test]
fn a_column_that_is_not_there_is_named_with_the_nearest() {
    insta::assert_snapshot!(
        difference(&[
            "pool",
            "raudenbush1985.csv",
            "--effect",
            "y",
            "--variance",
            "vi"
        ])
        .run()
        .seen()
    );
}

#[test]
fn a_word_where_a_number_should_be_is_named_with_its_row() {
    insta::assert_snapshot!(
        difference(&[
            "pool",
            "raudenbush1985.csv",
            "--effect",
            "yi",
            "--variance",
            "author"
        ])
        .run()
        .seen()
    );
}

#[test]
fn a_result_without_its_precision_is_named_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.csv");
    std::fs::write(
        &path,
        "school,g,v\nThornbeck,0.2,0.04\nKirkfold,0.1,\nOakshaw,0.3,0.05\n",
    )
    .unwrap();
    let came = super::difference_in(
        folder.path(),
        &[
            "pool",
            "results.csv",
            "--effect",
            "g",
            "--variance",
            "v",
            "--study",
            "school",
            "--format",
            "json",
        ],
    )
    .run();
    assert_eq!(came.json()["k"], 2);
    assert!(
        came.stderr
            .contains("Kirkfold has no effect or no precision"),
        "{}",
        came.stderr
    );
}

#[test]
fn a_pool_of_impossible_variances_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("results.csv"),
        "school,g,v\nA,0.2,-1\nB,0.1,0.01\n",
    )
    .unwrap();
    let came = super::difference_in(
        folder.path(),
        &[
            "pool",
            "results.csv",
            "--effect",
            "g",
            "--variance",
            "v",
            "--format",
            "json",
        ],
    )
    .run();
    assert_eq!(came.code, 1);
    let refused = &came.json()["refused"];
    assert!(
        refused["code"].is_string() && refused["says"].is_string() && refused["cure"].is_string()
    );
}

#[test]
fn the_page_and_the_file_that_it_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("pool.html");
    let path = out.to_str().unwrap().to_owned();
    let words: Vec<&str> = EXPECTANCY
        .iter()
        .copied()
        .chain(["--format", "html", "--out", &path])
        .collect();
    let came = difference(&words).run();
    assert_eq!((came.code, came.stdout.as_str()), (0, ""));
    assert!(came.stderr.starts_with("Written to"));
    assert!(
        std::fs::read_to_string(&out)
            .unwrap()
            .starts_with("<!DOCTYPE html>")
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing half-written is left"
    );
}
