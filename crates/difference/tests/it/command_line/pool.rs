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

#[test]
fn every_estimator_of_the_variance_between_studies_can_be_asked_for() {
    let tau2 = |method: &'static str| {
        let came = difference(&with(&["--method", method, "--format", "json"])).run();
        assert_eq!(came.code, 0, "{method}");
        assert_eq!(came.json()["question"]["method"], method);
        came.json()["tau2"]["estimate"].as_f64().unwrap()
    };
    // metafor's rma(yi, vi, method).
    let near = |method, wanted: f64| assert!((tau2(method) - wanted).abs() < 5e-5, "{method}");
    for (method, wanted) in [
        ("reml", 0.0188),
        ("ml", 0.0126),
        ("dl", 0.0259),
        ("pm", 0.0518),
        ("eb", 0.0518),
        ("sj", 0.0771),
        ("he", 0.0804),
        ("hs", 0.0224),
        ("equal", 0.0),
    ] {
        near(method, wanted);
    }
}

#[test]
fn a_moderator_is_set_against_the_effects_and_too_many_are_refused() {
    let came = difference(&with(&["--moderator", "weeks", "--format", "json"])).run();
    let fit = &came.json()["meta_regression"];
    assert_eq!(fit["coefficients"][1]["term"], "weeks");
    assert_eq!(fit["test"]["residual_df"], 17.0);
    let words = difference(&with(&["--moderator", "setting"])).run();
    assert!(words.seen().contains("Setting = indiv"), "{}", words.seen());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("results.csv"),
        "school,g,v,weeks\nA,0.2,0.04,3\nB,0.1,0.01,4\n",
    )
    .unwrap();
    let call = [
        "pool",
        "results.csv",
        "--effect",
        "g",
        "--variance",
        "v",
        "--moderator",
        "weeks",
        "--format",
        "json",
    ];
    let refused = super::difference_in(folder.path(), &call).run();
    assert_eq!(refused.code, 1);
    assert_eq!(refused.json()["refused"]["code"], "too-many-moderators");
}

#[test]
fn a_calibrated_prediction_comes_from_a_seed() {
    let ahead = |seed| {
        let more = [
            "--prediction",
            "calibrated",
            "--seed",
            seed,
            "--format",
            "json",
        ];
        difference(&with(&more)).run().json()["prediction"].clone()
    };
    assert_eq!(ahead("3"), ahead("3"));
    assert_ne!(ahead("3"), ahead("4"));
}

#[test]
fn trials_that_never_reported_are_named_where_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("results.csv"),
        "school,g,v\nThornbeck,0.2,0.04\nKirkfold,0.3,0.05\nOakshaw,,\n",
    )
    .unwrap();
    let call = [
        "pool",
        "results.csv",
        "--effect",
        "g",
        "--variance",
        "v",
        "--study",
        "school",
        "--unreported",
        "--format",
        "json",
    ];
    let pool = super::difference_in(folder.path(), &call).run().json();
    assert_eq!(pool["file_drawer"]["missing"][0], "Oakshaw");
    assert_eq!(pool["file_drawer"]["begun"], 3);
    let paragraph = pool["paragraph"].as_str().unwrap();
    assert!(paragraph.contains("One more place began and has not reported: Oakshaw."));
}

/// Schools within districts (Konstantopoulos 2011).
const DISTRICTS: [&str; 12] = [
    "pool",
    "konstantopoulos2011.csv",
    "--effect",
    "yi",
    "--variance",
    "vi",
    "--study",
    "district",
    "--within",
    "school",
    "--each",
    "district",
];

#[test]
fn several_results_of_each_district_as_text() {
    insta::assert_snapshot!(difference(&DISTRICTS).run().seen());
}

#[test]
fn several_results_of_each_district_agree_with_r() {
    let call: Vec<&str> = DISTRICTS.into_iter().chain(["--format", "json"]).collect();
    let pool = difference(&call).run().json();
    let near =
        |value: &serde_json::Value, wanted: f64| (value.as_f64().unwrap() - wanted).abs() < 5e-5;
    // robust(rma.mv(yi, vi, random=~1|district/school), cluster=district, clubSandwich=TRUE).
    let average = &pool["estimates"][0];
    assert_eq!(average["method"], "reml, three levels, cr2");
    assert!(near(&average["estimate"], 0.1847));
    assert!(near(&average["standard_error"], 0.0845));
    assert!(near(&average["df"], 9.8632));
    let components = &pool["dependent"]["components"];
    assert!(near(&components[0]["variance"], 0.0651));
    assert!(near(&components[1]["variance"], 0.0327));
    // predict() of the same.
    assert!(near(&pool["prediction"]["lower"], -0.5384));
    assert!(near(&pool["prediction"]["upper"], 0.9078));
    assert_eq!(pool["studies"][0]["place"], "11");
    assert_eq!(pool["studies"][0]["label"], "11, 1");
}

#[test]
fn each_working_model_is_asked_for_by_its_name() {
    let average = |more: &[&'static str]| {
        let call = [
            "pool",
            "dropout_prevention.csv",
            "--effect",
            "LOR1",
            "--variance",
            "varLOR",
            "--study",
            "studyID",
            "--format",
            "json",
        ];
        let call: Vec<&str> = call.into_iter().chain(more.iter().copied()).collect();
        let pool = difference(&call).run().json();
        let average = &pool["estimates"][0];
        (
            average["method"].as_str().unwrap().to_owned(),
            average["estimate"].as_f64().unwrap(),
            average["df"].as_f64().unwrap(),
        )
    };
    // robu(…, modelweights), and robust(rma.mv(…, V of errors correlated by 0.6), clubSandwich=TRUE).
    for (more, method, estimate, df) in [
        (&["--working", "corr"][..], "corr, cr2", 0.512_681, 135.025),
        (&["--working", "hier"], "hier, cr2", 0.501_384, 55.827),
        (
            &[
                "--working",
                "che",
                "--rho",
                "0.6",
                "--within",
                "studySample",
            ],
            "reml, che, cr2",
            0.519_132,
            119.975,
        ),
    ] {
        let (name, ours, freedom) = average(more);
        assert_eq!(name, method);
        assert!((ours - estimate).abs() < 5e-6, "{method}: {ours}");
        assert!((freedom - df).abs() < 5e-3, "{method}: {freedom}");
    }
}

#[test]
fn what_dependent_results_cannot_be_asked_is_refused_by_name() {
    for (more, code) in [
        (
            ["--inference", "hksj"],
            "inference-not-for-dependent-results",
        ),
        (["--method", "dl"], "method-not-for-dependent-results"),
        (
            ["--prediction", "calibrated"],
            "prediction-not-for-dependent-results",
        ),
        (["--rho", "0.5"], "rho-without-its-model"),
        (
            ["--sequential", "0.2"],
            "sequential-not-for-dependent-results",
        ),
    ] {
        let call = DISTRICTS.into_iter().chain(more);
        let call: Vec<&str> = call.chain(["--format", "json"]).collect();
        let came = difference(&call).run();
        assert_eq!(came.code, 1, "{code}");
        assert_eq!(came.json()["refused"]["code"], code);
    }
}

fn with_due_days(more: &[&'static str]) -> super::Came {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("results.csv"),
        "school,g,v,due\nOakshaw,0.25,0.01,20/11/2026\nThornbeck,0.3,0.01,20/03/2026\nMillgarth,,,10/07/2026\n\
         Kirkfold,0.35,0.01,10/07/2026\nAire View,-0.1,0.01,15/01/2027\nTannery Row,,,19/03/2027\n",
    )
    .unwrap();
    let call = [
        "pool",
        "results.csv",
        "--effect",
        "g",
        "--variance",
        "v",
        "--study",
        "school",
        "--due",
        "due",
        "--as-of",
        "2026-12-18",
    ];
    let call: Vec<&str> = call.iter().chain(more).copied().collect();
    super::difference_in(folder.path(), &call).run()
}

#[test]
fn a_pool_may_be_looked_at_as_often_as_one_likes_and_says_who_is_missing() {
    insta::assert_snapshot!(with_due_days(&[]).seen());
    let pool = with_due_days(&["--format", "json"]).json();
    let sequential = &pool["sequential"];
    assert_eq!(sequential["prior_sd"], 0.2);
    assert_eq!(sequential["verdict"], "happening");
    assert_eq!(sequential["missing"], serde_json::json!(["Millgarth"]));
    assert_eq!(sequential["waiting"], serde_json::json!(["Aire View"]));
    for figure in ["e_value", "lower", "upper"] {
        assert!(sequential[figure].is_number(), "{figure}");
    }
    assert_eq!(sequential["looks"].as_array().unwrap().len(), 3);
    // What is due later is neither missing nor a row without an effect.
    assert_eq!(
        pool["file_drawer"]["missing"],
        serde_json::json!(["Millgarth"])
    );
    let wider = with_due_days(&["--sequential", "0.5", "--format", "json"]).json();
    assert_ne!(wider["sequential"]["e_value"], sequential["e_value"]);
}

#[test]
fn a_scale_of_nothing_is_refused() {
    let refused = with_due_days(&["--sequential", "0", "--format", "json"]);
    assert_eq!(refused.code, 1);
    assert_eq!(refused.json()["refused"]["code"], "prior-sd");
}
