//! `difference plan`: what a trial could see, before it begins.

use super::difference;

const TWO_CLASSES: [&str; 9] = [
    "plan",
    "--design",
    "blocked-individual",
    "--pupils",
    "56",
    "--blocks",
    "2",
    "--baseline",
    "--attainment",
];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    TWO_CLASSES.iter().chain(more).copied().collect()
}

#[test]
fn two_classes_as_text() {
    insta::assert_snapshot!(difference(&TWO_CLASSES).run().seen());
}

#[test]
fn a_difference_worth_having_is_set_against_what_could_be_seen() {
    insta::assert_snapshot!(
        difference(&[
            "plan",
            "--design",
            "individual",
            "--pupils",
            "120",
            "--sd",
            "4.3",
            "--unit",
            "minutes",
            "--effect",
            "0.2326",
            "--effect-sd",
            "0.1",
        ])
        .run()
        .seen()
    );
}

#[test]
fn whole_classes_say_what_was_taken_for_granted() {
    insta::assert_snapshot!(
        difference(&[
            "plan",
            "--design",
            "cluster",
            "--clusters",
            "6",
            "--baseline"
        ])
        .run()
        .seen()
    );
}

#[test]
fn json_says_all_of_it() {
    let came = difference(&with(&["--effect", "0.4", "--format", "json"])).run();
    let plan = came.json();
    assert_eq!((came.code, came.stderr.as_str()), (0, ""));
    assert_eq!(plan["schema"], "difference.plan/1");
    assert_eq!(plan["design"], "blocked-individual");
    assert_eq!(plan["months"], 7);
    assert!(plan["needed"]["pupils"].as_u64().unwrap() > 56);
    assert!(plan["power"].as_f64().unwrap() < 0.8);
    assert!(plan["curve"].as_array().unwrap().len() > 20);
    for assumed in plan["assumed"].as_array().unwrap() {
        assert!(assumed["value"].is_number() && assumed["because"].is_string());
    }
}

#[test]
fn with_a_difference_and_no_size_it_says_how_many() {
    let came = difference(&[
        "plan",
        "--design",
        "individual",
        "--effect",
        "0.2",
        "--format",
        "json",
    ])
    .run();
    let plan = came.json();
    assert_eq!(
        plan["headline"],
        "To notice a difference of 0.2 standard deviations 8 times in 10 you need about 788 pupils."
    );
    // R's power.t.test(delta = 0.2, power = 0.8): 393.4 a group.
    assert_eq!(plan["needed"]["pupils"], 788);
    assert!(plan["power"].as_f64().unwrap() >= 0.8);
}

#[test]
fn the_picture_stands_alone() {
    let came = difference(&with(&["--format", "svg"])).run();
    assert_eq!(came.code, 0);
    assert!(came.stdout.starts_with("<svg xmlns"));
    for part in [
        "role=\"img\"",
        "<title",
        "<desc",
        "7 months",
        "one more class of 28",
    ] {
        assert!(came.stdout.contains(part), "{part}");
    }
    assert!(!came.stdout.contains("var(--"), "a token was left in");
    // The styles are the charts' own; only what is drawn is looked at here.
    let (before, style) = came.stdout.split_once("<style>").unwrap();
    let (_, drawn) = style.split_once("</style>").unwrap();
    insta::assert_snapshot!(format!("{before}{drawn}"));
}

#[test]
fn what_can_not_be_meant_is_a_wrong_call() {
    let base = ["plan", "--design", "cluster", "--clusters", "20"];
    let above = "must be above 0";
    let between = "must be between 0 and 1, not";
    for (wrong, says) in [
        (["--power", "1.2"], between),
        (
            ["--power", "0.01"],
            "must be above the chance of noticing one that is not",
        ),
        (["--alpha", "0"], between),
        (["--icc", "1"], "must be at least 0 and below 1, not 1"),
        (
            ["--icc", "-0.1"],
            "must be at least 0 and below 1, not -0.1",
        ),
        (["--r2", "1.5"], "must be at least 0 and below 1, not 1.5"),
        (["--share-treated", "1"], between),
        (["--cluster-size", "-3"], above),
        (["--pupils", "0"], above),
        (["--pupils", "nan"], above),
        (["--size-cv", "-1"], above),
        (["--effect", "0"], above),
    ] {
        let words: Vec<&str> = base.iter().chain(&wrong).copied().collect();
        let came = difference(&words).run();
        assert_eq!((came.code, came.stdout.as_str()), (2, ""), "{wrong:?}");
        let told = came.stderr.replace('│', " ");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(says), "{wrong:?}: {told}");
    }
    let negative = difference(&["plan", "--design", "cluster", "--clusters", "-4"]).run();
    assert_eq!(negative.code, 2);
    assert!(
        negative.stderr.contains("must be above 0"),
        "{}",
        negative.stderr
    );
    let nothing = difference(&["plan", "--design", "individual"]).run();
    assert_eq!(nothing.code, 2);
    assert!(
        nothing.stderr.contains("How many pupils"),
        "{}",
        nothing.stderr
    );
}

#[test]
fn too_few_to_see_anything_is_an_answer() {
    let came = difference(&[
        "plan",
        "--design",
        "cluster",
        "--clusters",
        "2",
        "--format",
        "json",
    ])
    .run();
    assert_eq!(came.code, 1);
    assert_eq!(came.json()["refused"]["code"], "size-not-possible");
}
