//! Goals through the pages.

use crate::Story;

const ATTENDANCE: &[(&str, &str)] = &[
    ("measure", "Attendance"),
    ("how", "Half-days attended, whole school, each week"),
    ("unit", "%"),
    ("better", "higher"),
    ("baseline", "93.4"),
    ("target", "96"),
    ("due", "2027-07-16"),
];

#[tokio::test]
async fn a_goal_is_set_filled_corrected_and_shown_on_the_places_home() {
    let story = Story::begin().await;
    story.city.teacher("Priya Nair", "Thornbeck").await;
    let mut priya = story.signed_in("Priya Nair").await;
    priya
        .get("/places/thornbeck")
        .await
        .says(&["No goal is set here yet", "Set your first goal"]);
    priya.get("/places/thornbeck/goals/new").await.is(200);

    let wrong = priya
        .send(
            "/places/thornbeck/goals/new",
            &[
                ("measure", "Attendance"),
                ("baseline", "high"),
                ("target", "96"),
            ],
        )
        .await;
    wrong.is(422).says(&[
        "Enter where you stand now as a number",
        "Enter a date in the future",
    ]);
    assert!(wrong.text().contains("<title>Error: Set a goal"));
    assert!(
        wrong.text().contains("value=\"high\""),
        "what was typed is still there"
    );
    let nothing = priya.send("/places/thornbeck/goals/new", &[]).await;
    let page = nothing.is(422).words();
    let at = |says: &str| page.find(says).unwrap();
    assert!(
        at("Enter what you will measure") < at("Enter where you stand now")
            && at("Enter where you stand now") < at("Enter your target"),
        "the summary reads down the page"
    );

    let goal = priya.send("/places/thornbeck/goals/new", ATTENDANCE).await;
    goal.is(200)
        .says(&["No value yet", "96% by Friday 16 July 2027"]);
    let address = goal.path.clone();

    let values: String = (0..14)
        .map(|week| {
            format!(
                "{}\t{}\n",
                jiff::civil::date(2026, 8, 3) + jiff::Span::new().weeks(week),
                93.0 + f64::from(week % 3)
            )
        })
        .collect();
    let pasted = priya
        .send(&format!("{address}/paste"), &[("values", &values)])
        .await;
    pasted.is(200).says(&["14 values added"]);
    assert!(
        pasted.text().contains("<svg height=\"170\""),
        "a run chart is drawn"
    );

    let bad = priya
        .send(
            &format!("{address}/paste"),
            &[("values", "16/11/2026\tabs")],
        )
        .await;
    bad.is(422).says(&["Line 1: “abs” is not a number"]);
    let fixed = [
        ("date", "2026-08-03"),
        ("value", "94.2"),
        ("correction", "a register came late"),
    ];
    priya
        .send(&format!("{address}/values"), &fixed)
        .await
        .is(200)
        .says(&["1 value corrected", "a register came late"]);
    priya
        .send(
            &format!("{address}/changes"),
            &[
                ("change-date", "2026-09-07"),
                ("change-why", "breakfast club began"),
            ],
        )
        .await
        .is(200)
        .says(&["breakfast club began"]);
    priya
        .get("/places/thornbeck")
        .await
        .says(&["Half-days attended, whole school, each week", "Set a goal"]);
}

#[tokio::test]
async fn a_governor_reads_goals_and_has_no_form_and_others_find_nothing() {
    let story = Story::begin().await;
    story.city.teacher("Priya Nair", "Thornbeck").await;
    story.city.governor("Mary Hoyle", "Thornbeck").await;
    story.city.teacher("Dot Haigh", "Kirkfold").await;
    let mut priya = story.signed_in("Priya Nair").await;
    priya.get("/places/thornbeck/goals/new").await.is(200);
    let goal = priya.send("/places/thornbeck/goals/new", ATTENDANCE).await;
    let mut mary = story.signed_in("Mary Hoyle").await;
    let seen = mary.get(&goal.path).await;
    seen.is(200);
    assert!(!seen.text().contains("Save this value"));
    let mut dot = story.signed_in("Dot Haigh").await;
    dot.get(&goal.path).await.is(404);
    let elsewhere = goal.path.replace("thornbeck", "kirkfold");
    dot.get(&elsewhere).await.is(404);
}
