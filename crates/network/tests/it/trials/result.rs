//! Scores are brought, the engine answers, the result is reported; the scores are gone.

use std::collections::BTreeMap;

use engine::evaluation::Evaluation;
use jiff::civil::date;
use network::trials::{self, Answer, Compare, ListedPupil, Score, State};
use network::{Actor, Error};
use testkit::TestNetwork;
use testkit::trials::{MEASURED, comparison, idea, pupils, scores};

async fn thornbeck() -> (TestNetwork, Actor, Actor) {
    let city = TestNetwork::new().await.with_place("Thornbeck").await;
    let amina = city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = city.leader("Tom Brearley", "Thornbeck").await;
    (city, amina, tom)
}

/// A reported trial of a class of `n`, in which the group gained `gain` points.
async fn reported(
    city: &TestNetwork,
    amina: &Actor,
    tom: &Actor,
    class: &[ListedPupil],
    gain: f64,
) -> trials::Trial {
    let (trial, sheet) = city
        .locked_trial(amina, tom, Compare::LotsBetweenPupils, class)
        .await;
    let brought = scores(class, &sheet, gain);
    trials::bring_scores(city, amina, &trial.short, &brought, None)
        .await
        .unwrap();
    trials::report(city, amina, &trial.short).await.unwrap()
}

#[tokio::test]
async fn the_engine_answers_from_the_locked_plan() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(80);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &class)
        .await;
    let brought = scores(&class, &sheet, 4.0);
    let found = trials::match_scores(&city, &amina, &trial.short, &brought)
        .await
        .unwrap();
    assert_eq!(found.says, "80 of 80 matched.");
    let measured = trials::bring_scores(&city, &amina, &trial.short, &brought, None)
        .await
        .unwrap();
    assert_eq!(measured.state, State::Measured);

    let result = trials::result(&city, &amina, &trial.short).await.unwrap();
    let evaluation = &result.evaluation;
    let primary = evaluation.primary().unwrap();
    assert!((primary.estimate - 4.0).abs() < 3.0, "{}", primary.estimate);
    assert!(primary.method.starts_with("ancova"), "{}", primary.method);
    let plan = evaluation.plan.as_ref().unwrap();
    assert_eq!(plan.hash, trial.lock.as_ref().unwrap().hash);
    assert!(plan.before_outcome);
    assert!(result.deviations.is_empty(), "{:?}", result.deviations);
    assert_eq!(
        evaluation.attrition.as_ref().unwrap().intervention.drawn,
        40
    );
    assert!(evaluation.attrition.as_ref().unwrap().from_list);
    assert_eq!(evaluation.groups.first().unwrap().name, "morning reading");
    assert!(!evaluation.groups.first().unwrap().subgroups.is_empty());
    assert_eq!(evaluation.roles.outcome.name, "reading");
    assert!(evaluation.data.fingerprint.is_some());
    let who: Vec<&str> = result.people.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(who, ["Amina Rashid", "Tom Brearley"]);
}

#[tokio::test]
async fn no_score_is_anywhere_in_the_data_folder() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(28);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &class)
        .await;
    let mut brought = scores(&class, &sheet, 4.0);
    let canary = 98.765_432_123_4;
    brought.rows.first_mut().unwrap().score = Some(Score::Number(canary));
    trials::bring_scores(&city, &amina, &trial.short, &brought, None)
        .await
        .unwrap();
    let (text, bits) = (canary.to_string(), canary.to_be_bytes());
    for file in std::fs::read_dir(city.folder().join("data")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(text.len()).any(|w| w == text.as_bytes()));
        assert!(!bytes.windows(8).any(|w| w == bits));
    }
}

#[tokio::test]
async fn a_name_that_is_not_on_the_list_is_asked_about() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(28);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &class)
        .await;
    let mut brought = scores(&class, &sheet, 4.0);
    let first = brought.rows.first_mut().unwrap();
    assert_eq!(first.who, "Amina Abbott");
    first.who = "Amina Abbott-Cole".to_owned();
    let found = trials::match_scores(&city, &amina, &trial.short, &brought)
        .await
        .unwrap();
    assert_eq!(
        found.says,
        "27 of 28 matched; one name is not on the list: which pupil is it?"
    );
    let code = &sheet.rows.first().unwrap().code;
    assert_eq!(
        found.unknown.first().unwrap().suggestions.first(),
        Some(code)
    );
    let tried = trials::bring_scores(&city, &amina, &trial.short, &brought, None)
        .await
        .unwrap_err();
    assert!(
        matches!(tried, Error::Invalid(_)),
        "not before it is answered"
    );
    brought
        .answers
        .insert("Amina Abbott-Cole".to_owned(), Answer::Is(code.clone()));
    trials::bring_scores(&city, &amina, &trial.short, &brought, None)
        .await
        .unwrap();
    let file = trials::result(&city, &amina, &trial.short)
        .await
        .unwrap()
        .files;
    assert_eq!(file.first().unwrap().matched, 28);
}

#[tokio::test]
async fn who_was_lost_counts_against_the_result() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(40);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &class)
        .await;
    let mut brought = scores(&class, &sheet, 4.0);
    for row in brought.rows.iter_mut().take(6) {
        row.score = None;
    }
    brought.rows.remove(10);
    trials::bring_scores(&city, &amina, &trial.short, &brought, None)
        .await
        .unwrap();
    let evaluation = trials::result(&city, &amina, &trial.short)
        .await
        .unwrap()
        .evaluation;
    let attrition = evaluation.attrition.unwrap();
    let lost = |l: engine::evaluation::Lost| l.drawn - l.measured;
    assert_eq!(lost(attrition.intervention) + lost(attrition.comparison), 7);
}

#[tokio::test]
async fn a_wrong_file_is_replaced_until_reported_and_the_result_says_so() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(40);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &class)
        .await;
    let short = &trial.short;
    let wrong = scores(&class, &sheet, 20.0);
    trials::bring_scores(&city, &amina, short, &wrong, None)
        .await
        .unwrap();
    let right = scores(&class, &sheet, 3.0);
    let tried = trials::bring_scores(&city, &amina, short, &right, None)
        .await
        .unwrap_err();
    assert!(
        matches!(tried, Error::Invalid(_)),
        "a second file needs a reason"
    );
    trials::bring_scores(
        &city,
        &amina,
        short,
        &right,
        Some("That was the mock test."),
    )
    .await
    .unwrap();
    let result = trials::result(&city, &amina, short).await.unwrap();
    assert_eq!(
        result.deviations,
        ["The file of scores was replaced on 24 November 2026: That was the mock test."]
    );
    assert_eq!(
        result.evaluation.plan.as_ref().unwrap().deviations,
        result.deviations
    );
    assert!((result.evaluation.primary().unwrap().estimate - 3.0).abs() < 4.0);
    trials::report(&city, &amina, short).await.unwrap();
    let late = trials::bring_scores(&city, &amina, short, &right, Some("Again."))
        .await
        .unwrap_err();
    assert!(matches!(late, Error::Conflict { .. }));
}

#[tokio::test]
async fn a_result_is_its_teams_until_it_is_reported_and_everybodys_after() {
    let (city, amina, tom) = thornbeck().await;
    let dot = city.governor("Dot Haigh", "Thornbeck").await;
    let class = pupils(40);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &class)
        .await;
    let short = &trial.short;
    let brought = scores(&class, &sheet, 4.0);
    trials::bring_scores(&city, &amina, short, &brought, None)
        .await
        .unwrap();
    assert!(trials::result(&city, &tom, short).await.is_ok());
    assert!(matches!(
        trials::result(&city, &Actor::public(), short).await,
        Err(Error::NotFound)
    ));
    assert!(matches!(
        trials::result(&city, &dot, short).await,
        Err(Error::NotAllowed { .. })
    ));

    trials::report(&city, &amina, short).await.unwrap();
    let public = trials::result(&city, &Actor::public(), short)
        .await
        .unwrap();
    assert_eq!(public.trial.state, State::Reported);
    assert_eq!(
        public.trial.draft,
        trials::Draft::default(),
        "how the plan came about is theirs"
    );
    assert_eq!(public.trial.title(), "Morning reading group");
    let json = serde_json::to_string(&public).unwrap();
    assert!(
        !json.contains("@example.org"),
        "no address of anybody is in it"
    );
    let team = trials::result(&city, &amina, short).await.unwrap();
    // 40 pupils, 14 disadvantaged: 5 to 9 in each group is shown inside the place, not outside it.
    let levels = |e: &Evaluation| e.groups.iter().map(|g| g.subgroups.len()).sum::<usize>();
    assert_eq!(levels(&team.evaluation), 4);
    assert_eq!(levels(&public.evaluation), 0);
    assert!(
        public
            .evaluation
            .warnings
            .iter()
            .any(|w| w.contains("too few to show"))
    );
    assert_eq!(public.evaluation.headline, team.evaluation.headline);
}

#[tokio::test]
async fn a_small_trial_shows_no_group_outside() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(16);
    let trial = reported(&city, &amina, &tom, &class, 4.0).await;
    let public = trials::result(&city, &Actor::public(), &trial.short)
        .await
        .unwrap()
        .evaluation;
    assert!(public.groups.is_empty());
    assert!(public.attrition.is_none());
    assert!(public.balance.is_empty());
    let team = trials::result(&city, &tom, &trial.short)
        .await
        .unwrap()
        .evaluation;
    assert_eq!(team.groups.len(), 2);
}

#[tokio::test]
async fn a_withdrawn_result_leaves_its_reason() {
    let (city, amina, tom) = thornbeck().await;
    let trial = reported(&city, &amina, &tom, &pupils(40), 4.0).await;
    let tried = trials::withdraw(&city, &amina, &trial.short, "The test leaked.")
        .await
        .unwrap_err();
    assert!(matches!(tried, Error::NotAllowed { .. }));
    let gone = trials::withdraw(&city, &tom, &trial.short, "The test leaked.")
        .await
        .unwrap();
    assert_eq!(gone.state, State::Withdrawn);
    let all = trials::reported(&city).await.unwrap();
    assert_eq!(
        all.first().unwrap().withdrawn.as_ref().unwrap().why,
        "The test leaked."
    );
}

#[tokio::test]
async fn words_in_order_count_as_the_plan_says() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(60);
    let mut plan = idea();
    plan.measure.words = ["WTS", "EXS", "GDS"].map(str::to_owned).to_vec();
    plan.measure.success = ["EXS", "GDS"].map(str::to_owned).to_vec();
    plan.measure.baseline = false;
    let (trial, sheet) = city
        .filled_trial(&amina, plan, comparison(Compare::LotsBetweenPupils), &class)
        .await;
    trials::ask_for_lock(&city, &amina, &trial.short)
        .await
        .unwrap();
    trials::approve(&city, &tom, &trial.short).await.unwrap();
    let mut brought = scores(&class, &sheet, 6.0);
    for row in &mut brought.rows {
        if let Some(Score::Number(x)) = row.score {
            let word = if x < 98.0 {
                "wts"
            } else if x < 106.0 {
                "EXS"
            } else {
                "GDS"
            };
            row.score = Some(Score::Word(word.to_owned()));
        }
    }
    let mut odd = brought.clone();
    odd.rows.first_mut().unwrap().score = Some(Score::Word("EXP".to_owned()));
    let tried = trials::bring_scores(&city, &amina, &trial.short, &odd, None)
        .await
        .unwrap_err();
    assert_eq!(
        tried.to_string(),
        "The file has “EXP”, but the plan’s words are WTS, EXS, GDS. Change the file, or leave those cells empty."
    );
    trials::bring_scores(&city, &amina, &trial.short, &brought, None)
        .await
        .unwrap();
    let evaluation = trials::result(&city, &amina, &trial.short)
        .await
        .unwrap()
        .evaluation;
    assert!(evaluation.roles.outcome.binary);
    assert!(evaluation.effect_size("risk_difference").is_some());
}

#[tokio::test]
async fn a_score_that_is_no_number_is_named_by_its_row() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(28);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &class)
        .await;
    let mut brought = scores(&class, &sheet, 4.0);
    brought.rows.get_mut(2).unwrap().score = Some(Score::Word("ill".to_owned()));
    let tried = trials::bring_scores(&city, &amina, &trial.short, &brought, None)
        .await
        .unwrap_err();
    assert_eq!(
        tried.to_string(),
        "Row 3 has “ill” as its score. Enter a number, or leave it empty."
    );
}

#[tokio::test]
async fn before_and_after_says_that_there_was_nobody_to_compare_with() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(28);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::BeforeAndAfter, &class)
        .await;
    let brought = scores(&class, &sheet, 0.0);
    trials::bring_scores(&city, &amina, &trial.short, &brought, None)
        .await
        .unwrap();
    let evaluation = trials::result(&city, &amina, &trial.short)
        .await
        .unwrap()
        .evaluation;
    assert_eq!(evaluation.design, engine::question::Design::BeforeAfter);
    assert!(evaluation.evidence.rung <= 2);
}

#[tokio::test]
async fn whole_classes_are_evaluated_as_whole_classes() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(80);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenClasses, &class)
        .await;
    let brought = scores(&class, &sheet, 4.0);
    trials::bring_scores(&city, &amina, &trial.short, &brought, None)
        .await
        .unwrap();
    let evaluation = trials::result(&city, &amina, &trial.short)
        .await
        .unwrap()
        .evaluation;
    assert!(evaluation.primary().unwrap().method.contains("CR2"));
    assert_eq!(evaluation.attrition.unwrap().intervention.clusters_drawn, 4);
}

#[tokio::test]
async fn looks_before_the_planned_day_are_counted_and_a_replaced_file_is_not() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(80);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &class)
        .await;
    let mut early = scores(&class, &sheet, 4.0);
    early.measured = date(2027, 1, 29);
    trials::bring_scores(&city, &amina, &trial.short, &early, None)
        .await
        .unwrap();
    let mut last = scores(&class, &sheet, 4.0);
    last.measured = MEASURED;
    trials::bring_scores(
        &city,
        &amina,
        &trial.short,
        &last,
        Some("The planned test."),
    )
    .await
    .unwrap();
    let evaluation = trials::result(&city, &amina, &trial.short)
        .await
        .unwrap()
        .evaluation;
    assert!(evaluation.evidence.rung <= 3, "two looks hold it down");
}

#[tokio::test]
async fn a_retry_brings_scores_once() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(40);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &class)
        .await;
    let retry = network::Retry {
        key: "upload-1".to_owned(),
        body_hash: "aa".to_owned(),
    };
    let through_the_api = amina.clone().with_retry(retry);
    let brought = scores(&class, &sheet, 4.0);
    let short = &trial.short;
    trials::bring_scores(&city, &through_the_api, short, &brought, None)
        .await
        .unwrap();
    let again = trials::bring_scores(&city, &through_the_api, short, &brought, None).await;
    assert!(matches!(again, Err(Error::AlreadyDone { on }) if on.id == short.to_string()));
}

#[tokio::test]
async fn a_pasted_file_of_scores_goes_from_the_page_to_the_answer() {
    let (city, amina, tom) = thornbeck().await;
    let class = pupils(40);
    let (trial, sheet) = city
        .locked_trial(&amina, &tom, Compare::LotsBetweenPupils, &class)
        .await;
    let mut pasted = String::from("Pupil\tJuly score\n");
    for (i, row) in sheet.rows.iter().enumerate() {
        let score = if i == 5 {
            "abs".to_owned()
        } else {
            (95 + i * 7 % 19).to_string()
        };
        pasted.push_str(&format!("{}\t{score}\n", row.who));
    }
    let source = tables::Source::bytes("pasted", pasted.as_bytes());
    let read = tables::scores(source, None, &tables::Options::default()).unwrap();
    let brought = trials::Scores {
        rows: read.rows.into_iter().map(Into::into).collect(),
        file_hash: read.fingerprint,
        measured: MEASURED,
        answers: BTreeMap::new(),
    };
    trials::bring_scores(&city, &amina, &trial.short, &brought, None)
        .await
        .unwrap();
    let result = trials::result(&city, &amina, &trial.short).await.unwrap();
    assert_eq!(result.files.first().unwrap().matched, 39);
}
