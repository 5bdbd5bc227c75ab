//! A trial from its idea to another school's pool, by API alone.

use axum::http::Method;
use network::trials::ListedPupil;
use serde_json::{Value, json};
use testkit::{Browser, trials};

use super::{ask, get, post, post_once};
use crate::Story;

async fn put(program: &mut Browser, path: &str, body: Value) -> super::Reply {
    ask(program, Method::PUT, path, Some(body)).await
}

async fn act(program: &mut Browser, path: &str) -> super::Reply {
    ask(program, Method::POST, path, None).await
}

/// A class as a program sends it.
fn class(pupils: &[ListedPupil]) -> Value {
    let pupil = |p: &ListedPupil| {
        json!({
            "who": p.who, "class": p.class, "baseline": p.baseline, "disadvantaged": p.disadvantaged,
        })
    };
    json!({ "pupils": pupils.iter().map(pupil).collect::<Vec<_>>() })
}

/// Scores with ups and downs, and `gain` points for whoever is in the morning group.
fn scores(pupils: &[ListedPupil], key: &Value, gain: f64) -> Value {
    let lines = key["pupils"].as_array().unwrap();
    let rows: Vec<Value> = (0_u32..)
        .zip(pupils.iter().zip(lines))
        .map(|(i, (pupil, line))| {
            let gets_it = line["group"] == "morning reading";
            let ups_and_downs = f64::from((i * 37 + 11) % 13) - 6.0;
            let score = pupil.baseline.unwrap() + ups_and_downs + if gets_it { gain } else { 0.0 };
            json!({"who": pupil.who, "score": score})
        })
        .collect();
    json!({"measured": "2027-03-26", "scores": rows})
}

/// Fills in the plan, brings the list and asks for the lock; gives the key.
async fn planned(teacher: &mut Browser, trial: &str, pupils: &[ListedPupil]) -> Value {
    let idea = json!({
        "title": "Morning reading group",
        "idea": "Pupils read aloud with one adult for 25 minutes before school.",
        "question": "Does it improve reading?",
        "measure": {"name": "reading", "how": "Reading test in March, marked blind", "unit": "points",
            "attainment": true, "baseline": true},
    });
    let saved = put(teacher, &format!("{trial}/idea"), idea).await.is(200);
    let missing = saved.json["missing"].as_array().unwrap();
    assert!(missing.iter().all(|m| m["screen"] != "idea"), "{missing:?}");
    let comparison = json!({
        "compare": "lots-between-pupils", "intervention": "morning reading",
        "comparison": "as usual", "pupils": 80, "worthwhile": {"unit": 2.0}, "spread": 10.0,
    });
    put(teacher, &format!("{trial}/comparison"), comparison)
        .await
        .is(200);
    let sizing = get(teacher, &format!("{trial}/sizing")).await.is(200);
    assert!(sizing.json["headline"].is_string());
    let dates = json!({"starts": "2026-12-01", "measured": "2027-03-26"});
    put(teacher, &format!("{trial}/dates"), dates).await.is(200);
    let key = post(teacher, &format!("{trial}/people"), class(pupils))
        .await
        .is(200);
    let asked = act(teacher, &format!("{trial}/ask")).await.is(200);
    assert_eq!(asked.json["state"], "asked");
    key.json
}

#[tokio::test]
async fn two_schools_walk_the_whole_loop() {
    let story = Story::begin().await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    story.city.leader("Tom Brearley", "Thornbeck").await;
    story.city.teacher("Kim Lee", "Kirkfold").await;
    story.city.leader("Pat Moss", "Kirkfold").await;
    let mut amina = story.program("Amina Rashid", true).await;
    let mut tom = story.program("Tom Brearley", true).await;
    let mut kim = story.program("Kim Lee", true).await;
    let mut pat = story.program("Pat Moss", true).await;
    let pupils = trials::pupils(60);

    // Plan, draw and lock.
    let begun = act(&mut amina, "/api/v1/places/thornbeck/trials")
        .await
        .is(201);
    let short = begun.json["trial"].as_str().unwrap().to_owned();
    let trial = format!("/api/v1/trials/{short}");
    assert!(!begun.json["missing"].as_array().unwrap().is_empty());
    let early = act(&mut amina, &format!("{trial}/ask")).await.is(422);
    assert!(early.json["errors"].as_array().unwrap().len() > 3);
    planned(&mut amina, &trial, &pupils).await;
    let why = json!({"why": "A pupil left before the start."});
    let drawn = post(&mut amina, &format!("{trial}/draws"), why)
        .await
        .is(200);
    assert_eq!(drawn.json["draws"].as_array().unwrap().len(), 2);
    act(&mut tom, &format!("{trial}/approve")).await.is(409);
    act(&mut amina, &format!("{trial}/ask")).await.is(200);
    act(&mut amina, &format!("{trial}/approve")).await.is(403);
    let locked = act(&mut tom, &format!("{trial}/approve")).await.is(200);
    let plan = amina
        .once(Method::GET, &format!("{trial}/plan"), None)
        .await;
    assert_eq!(
        locked.json["locked"]["hash"],
        engine::trial_plan::fingerprint_of(&plan.text())
    );
    put(&mut amina, &format!("{trial}/dates"), json!({}))
        .await
        .is(409);
    let listed = get(&mut amina, &format!("{trial}/people"))
        .await
        .is(200)
        .json;
    assert!(!listed.to_string().contains("Abbott"), "no name is kept");

    // Match, bring, report. The groups are those of the second draw: asked for by code.
    let by_code = json!({"pupils": listed["pupils"].as_array().unwrap().iter().map(|p| json!({
        "group": p["group"] })).collect::<Vec<_>>()});
    let by_code_pupils: Vec<ListedPupil> = listed["pupils"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| ListedPupil {
            who: p["code"].as_str().unwrap().to_owned(),
            baseline: p["baseline"].as_f64(),
            ..ListedPupil::default()
        })
        .collect();
    let mut sent = scores(&by_code_pupils, &by_code, 6.0);
    sent["scores"][0]["who"] = json!("Somebody Else");
    let found = post(&mut amina, &format!("{trial}/scores/match"), sent.clone())
        .await
        .is(200);
    assert_eq!(found.json["clear"], false);
    assert_eq!(
        found.json["unknown"][0]["suggestions"][0],
        by_code_pupils[0].who
    );
    post(&mut amina, &format!("{trial}/scores"), sent.clone())
        .await
        .is(422);
    sent["answers"] = json!({"Somebody Else": {"is": by_code_pupils[0].who}});
    let brought = post(&mut amina, &format!("{trial}/scores"), sent)
        .await
        .is(200);
    assert_eq!(brought.json["state"], "measured");
    get(&mut kim, &format!("{trial}/result")).await.is(404);
    act(&mut amina, &format!("{trial}/report")).await.is(200);
    let result = get(&mut kim, &format!("{trial}/result")).await.is(200).json;
    assert_eq!(result["schema"], "difference.evaluation/1");
    let files = get(&mut kim, &format!("{trial}/scores")).await.is(200).json;
    assert_eq!(files["files"][0]["listed"], 60);
    assert_eq!(files["people"][0], "Amina Rashid");

    // Share, adopt, pool.
    let words = json!({"title": "Morning reading group", "what": "Reading aloud before school.",
        "how": "Choose who and when.", "keep": "Pupils choose the book."});
    let shared = post_once(&amina, "share", &format!("{trial}/practice"), words.clone())
        .await
        .is(201);
    let again = post_once(&amina, "share", &format!("{trial}/practice"), words)
        .await
        .is(201);
    assert_eq!(shared.json, again.json);
    let practice = format!(
        "/api/v1/practices/{}",
        shared.json["practice"].as_str().unwrap()
    );
    let before = get(&mut story.stranger(), &format!("{practice}/pool"))
        .await
        .is(200)
        .json;
    assert_eq!(before["counted"].as_array().unwrap().len(), 1);

    let adopts = json!({"practice": shared.json["practice"]});
    post(
        &mut kim,
        "/api/v1/places/thornbeck/adoptions",
        adopts.clone(),
    )
    .await
    .is(404);
    let adopted = post(&mut kim, "/api/v1/places/kirkfold/adoptions", adopts)
        .await
        .is(201)
        .json;
    assert_eq!(adopted["adopts"]["title"], "Morning reading group");
    let there = format!("/api/v1/trials/{}", adopted["trial"].as_str().unwrap());
    get(&mut amina, &there).await.is(404);
    let key = planned(&mut kim, &there, &pupils).await;
    act(&mut pat, &format!("{there}/approve")).await.is(200);
    let brought = format!("{there}/scores");
    post(&mut kim, &brought, scores(&pupils, &key, 2.0))
        .await
        .is(200);
    act(&mut kim, &format!("{there}/report")).await.is(200);
    let after = get(&mut story.stranger(), &format!("{practice}/pool"))
        .await
        .is(200)
        .json;
    assert_eq!(after["counted"].as_array().unwrap().len(), 2);
    assert_ne!(before["pool"], after["pool"]);

    let why = json!({"why": "Two classes were mixed up."});
    act(&mut pat, &format!("{there}/withdraw")).await.is(422);
    post(&mut kim, &format!("{there}/withdraw"), why.clone())
        .await
        .is(403);
    post(&mut pat, &format!("{there}/withdraw"), why)
        .await
        .is(200);
    let left = get(&mut story.stranger(), &format!("{practice}/pool"))
        .await
        .is(200)
        .json;
    assert_eq!(left["counted"].as_array().unwrap().len(), 1);
    assert_eq!(left["tombstones"][0]["why"], "Two classes were mixed up.");
    assert_eq!(left["pool"], before["pool"]);
}

#[tokio::test]
async fn a_list_that_is_sent_again_is_taken_once_and_its_codes_are_the_same() {
    let story = Story::begin().await;
    story.city.teacher("Amina Rashid", "Thornbeck").await;
    let mut amina = story.program("Amina Rashid", true).await;
    let trials = "/api/v1/places/thornbeck/trials";
    let first = post_once(&amina, "begin", trials, json!({})).await.is(201);
    let again = post_once(&amina, "begin", trials, json!({})).await.is(201);
    assert_eq!(first.json["trial"], again.json["trial"]);
    let all = get(&mut amina, trials).await.is(200).json;
    assert_eq!(all["trials"].as_array().unwrap().len(), 1);

    let trial = format!("/api/v1/trials/{}", first.json["trial"].as_str().unwrap());
    let comparison = json!({"compare": "lots-between-pupils", "intervention": "morning reading",
        "comparison": "as usual"});
    put(&mut amina, &format!("{trial}/comparison"), comparison)
        .await
        .is(200);
    let list = class(&testkit::trials::pupils(30));
    let people = format!("{trial}/people");
    let first = post_once(&amina, "people", &people, list.clone())
        .await
        .is(200);
    let again = post_once(&amina, "people", &people, list).await.is(200);
    assert!(again.replayed);
    assert_eq!(first.json, again.json);
    let draws = get(&mut amina, &format!("{trial}/draws"))
        .await
        .is(200)
        .json;
    assert_eq!(
        draws["draws"].as_array().unwrap().len(),
        1,
        "lots were drawn once"
    );

    ask(&mut amina, Method::DELETE, &trial, None).await.is(204);
    get(&mut amina, &trial).await.is(404);
}

#[tokio::test]
async fn a_small_trials_groups_are_withheld_from_everybody_else() {
    let story = Story::begin().await;
    let amina = story.city.teacher("Amina Rashid", "Thornbeck").await;
    let tom = story.city.leader("Tom Brearley", "Thornbeck").await;
    let small = story
        .city
        .reported_trial(&amina, &tom, &trials::pupils(16), 3.0)
        .await;
    let result = format!("/api/v1/trials/{}/result", small.short);
    let mut own = story.program("Amina Rashid", false).await;
    assert_eq!(
        get(&mut own, &result).await.is(200).json["groups"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let public = get(&mut story.stranger(), &result).await.is(200).json;
    assert!(public["groups"].as_array().unwrap().is_empty());
    let trial = get(
        &mut story.stranger(),
        &format!("/api/v1/trials/{}", small.short),
    )
    .await;
    assert!(trial.is(200).json["draft"].is_null());
}
